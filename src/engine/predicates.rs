//! Predicates about one value.

use super::evaluate::{Eyes, all};
use super::judged::{Judged, Outcome};
use super::paths::{Spot, around, operand, walk};
use super::query::{Truth, satisfies};
use super::sets::Problem;
use super::values::{moment, number, same, shown};
use crate::model::verdict::Verdict;
use crate::profile::ast::{Comparison, Operand, Path, Predicate, Type};
use serde_json::Value;
use std::borrow::Cow;
use std::cmp::Ordering;

impl Eyes<'_> {
    pub(super) fn operand(&self, value: &Operand) -> Result<Value, Doubt> {
        operand(value, &|text| self.scope.resolve(text, self.world)).map_err(Doubt::Unknown)
    }

    pub(super) fn test(&self, value: &Value, predicate: &Predicate) -> Result<bool, Doubt> {
        let text = || value.as_str().map(Cow::Borrowed).unwrap_or_else(|| Cow::Owned(value.to_string()));
        let text_of = |operand: &Operand| {
            self.operand(operand).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        };
        Ok(match predicate {
            Predicate::Present => true,
            Predicate::Absent => false,
            Predicate::Is(wanted) => same(value, &self.operand(wanted)?),
            Predicate::IsNot(wanted) => !same(value, &self.operand(wanted)?),
            Predicate::OneOf(choices) => self.among(value, choices)?,
            Predicate::NotOneOf(choices) => !self.among(value, choices)?,
            Predicate::IsA(kind) => is_a(value, *kind),
            Predicate::Compare(comparison, wanted) => {
                let wanted = self.operand(wanted)?;
                match (value.as_f64(), number(&wanted)) {
                    (Some(found), Some(wanted)) => holds(*comparison, found.partial_cmp(&wanted)),
                    (None, _) => false,
                    (_, None) => return Err(Doubt::Unknown(format!("{} is not a number", shown(&wanted)))),
                }
            }
            Predicate::Before(wanted) => self.moments(value, wanted)?.is_some_and(|order| order.is_lt()),
            Predicate::After(wanted) => self.moments(value, wanted)?.is_some_and(|order| order.is_gt()),
            Predicate::Within(length, wanted) => match (moment(value), moment(&self.operand(wanted)?)) {
                (Some(found), Some(wanted)) => found.duration_since(wanted).unsigned_abs() <= *length,
                _ => false,
            },
            Predicate::StartsWith(wanted) => text().starts_with(text_of(wanted)?.as_str()),
            Predicate::EndsWith(wanted) => text().ends_with(text_of(wanted)?.as_str()),
            Predicate::Contains(wanted) => match value {
                Value::Array(items) => {
                    let wanted = self.operand(wanted)?;
                    items.iter().any(|item| same(item, &wanted))
                }
                _ => text().contains(text_of(wanted)?.as_str()),
            },
            Predicate::Matches(pattern) => pattern.0.is_match(&text()),
            Predicate::DoesNotMatch(pattern) => !pattern.0.is_match(&text()),
            Predicate::SameAs(path) => self.same_as(value, path)?,
            Predicate::NotSameAs(path) => !self.same_as(value, path)?,
            Predicate::MatchesSchema(name) => return self.schema(value, name),
            Predicate::InCodeList(list) => self
                .world
                .standard()
                .code_list(list)
                .ok_or_else(|| Doubt::Unknown(format!("there is no code list `{list}`")))?
                .accepts(value),
            Predicate::FollowsDataStandard { closely, classes } => {
                return self.of_each(value, predicate, |record| self.record(record, *closely, classes));
            }
            Predicate::Satisfies(path, _) => {
                return self.of_each(value, predicate, |record| self.satisfies(record, path));
            }
            Predicate::ClientError => value.as_u64().is_some_and(|status| (400..500).contains(&status)),
            Predicate::NoPersonalData => return self.no_personal_data(value),
            _ => return Err(Doubt::Unknown("this sentence speaks about a collection".into())),
        })
    }

    fn among(&self, value: &Value, choices: &[Operand]) -> Result<bool, Doubt> {
        for choice in choices {
            if same(value, &self.operand(choice)?) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn moments(&self, value: &Value, wanted: &Operand) -> Result<Option<Ordering>, Doubt> {
        Ok(moment(value).zip(moment(&self.operand(wanted)?)).map(|(found, wanted)| found.cmp(&wanted)))
    }

    fn same_as(&self, value: &Value, path: &Path) -> Result<bool, Doubt> {
        self.with_found(path, |found| match found {
            [] => Err(Doubt::Unknown(format!("`{}` finds nothing to compare with", path.text))),
            found => Ok(found.iter().any(|other| same(value, other))),
        })
    }

    fn schema(&self, value: &Value, name: &str) -> Result<bool, Doubt> {
        let judgement = self
            .world
            .standard()
            .judge(name, value)
            .ok_or_else(|| Doubt::Unknown(format!("there is no schema `{name}`")))?;
        let accepted: Vec<_> = judgement
            .observed
            .iter()
            .map(|seen| (seen.erratum.clone(), seen_at(&seen.violation.found, &seen.violation.pointer)))
            .collect();
        let told = match judgement.violations.as_slice() {
            [] => Judged::new(Outcome::Holds, "", format!("matches schema {name}"), ""),
            [first, rest @ ..] => {
                let more = match rest.len() {
                    0 => String::new(),
                    n => format!(
                        " (and {n} more: {})",
                        rest.iter().take(5).map(|v| v.pointer.as_str()).collect::<Vec<_>>().join(", ")
                    ),
                };
                Judged::new(
                    Outcome::Misses,
                    format!(": {}", first.expected),
                    format!("{}{more}", first.found),
                    &first.pointer,
                )
            }
        };
        // What was accepted is no reason for what was not.
        let erratum = accepted.first().map(|(id, _)| id.clone()).filter(|_| told.outcome == Outcome::Holds);
        Err(Doubt::Told(Box::new(Judged { accepted, erratum, ..told })))
    }

    /// What is said of a record, and of a list of every record in it.
    fn of_each(
        &self,
        value: &Value,
        predicate: &Predicate,
        look: impl FnOnce(&Value) -> Result<bool, Doubt>,
    ) -> Result<bool, Doubt> {
        let Value::Array(records) = value else { return look(value) };
        if records.is_empty() {
            return Err(Doubt::Unknown("the list holds no record".into()));
        }
        let spot = |(index, value)| Spot { pointer: format!("/{index}"), value };
        let spots: Vec<Spot<'_>> = records.iter().enumerate().map(spot).collect();
        let judged = self.each("", &spots, predicate);
        Err(match judged.outcome {
            Outcome::Unknown(why) | Outcome::NotAsked(why) => Doubt::Unknown(why),
            _ => Doubt::Told(Box::new(judged)),
        })
    }

    fn record(&self, value: &Value, closely: bool, classes: &[String]) -> Result<bool, Doubt> {
        let counts = |verdict| match verdict {
            Verdict::Fail => !closely,
            Verdict::Warn => closely,
            _ => false,
        };
        let standard = self.world.standard();
        let Some(class) = standard.class_of(classes, value) else {
            return Err(Doubt::Unknown(format!("nothing in the record tells which of {} it is", classes.join(", "))));
        };
        let findings = standard.judge_record(class, value, self.world.strictness());
        let accepted: Vec<_> = findings
            .iter()
            .filter(|finding| !matches!(finding.verdict, Verdict::Fail | Verdict::Warn))
            .filter_map(|finding| {
                finding.erratum.clone().map(|erratum| (erratum, seen_at(&finding.found, &finding.pointer)))
            })
            .collect();
        let bad: Vec<_> = findings.iter().filter(|finding| counts(finding.verdict)).collect();
        let told = match bad.as_slice() {
            [] => Judged::new(Outcome::Holds, "", format!("follows the data standard as {class}"), ""),
            [first, rest @ ..] => {
                let more = if rest.is_empty() { String::new() } else { format!(" (and {} more)", rest.len()) };
                // Who says so, where that may be somebody else than the standard.
                let source = standard.overlays().first().map(|_| format!(", {}", first.source)).unwrap_or_default();
                let expected = format!(": {} ({}{source})", first.expected, first.rule);
                Judged::new(Outcome::Misses, expected, format!("{}{more}", first.found), &first.pointer)
            }
        };
        Err(Doubt::Told(Box::new(Judged { accepted, ..told })))
    }

    fn satisfies(&self, value: &Value, path: &Path) -> Result<bool, Doubt> {
        let truth = self.with_found(path, |found| match found {
            [] => Err(Doubt::Unknown(format!("`{}` finds no query", path.text))),
            [first, ..] => Ok(satisfies(value, first, self.world.record_members())),
        })?;
        match truth {
            Truth::Yes => Ok(true),
            Truth::CannotTell(why) => Err(Doubt::Unknown(why)),
            Truth::No(why) => Err(Doubt::Told(Box::new(Judged::new(Outcome::Misses, "", why, "")))),
        }
    }

    /// Every record against the query it was found by: of those at `queries`, the ones that stand under the same `by`.
    pub(super) fn each_satisfies(
        &self,
        expected: &str,
        base: &Value,
        spots: &[Spot<'_>],
        queries: &Path,
        by: &Path,
    ) -> Judged {
        let resolve = |text: &str| self.scope.resolve(text, self.world);
        let asked = match self.base(queries) {
            Ok(asked) => asked.unwrap_or_default(),
            Err(why) => return Judged::unknown(expected, why),
        };
        let queries = match walk(&asked, &queries.segments, &resolve) {
            Ok(queries) => queries,
            Err(why) => return Judged::unknown(expected, why),
        };
        all(expected, spots, |spot| {
            // The record may have a member of that name too.
            let holder = spot.pointer.rsplit_once('/').map_or("", |(holder, _)| holder);
            let under = around(base, holder, &by.segments, &resolve);
            let same_one = |query: &&Spot<'_>| {
                let theirs = around(&asked, &query.pointer, &by.segments, &resolve);
                under.zip(theirs).is_some_and(|(ours, theirs)| same(ours, theirs))
            };
            let unknown = Truth::CannotTell(format!("no query was asked under its {}", by.text));
            let own = queries.iter().filter(same_one);
            let truths = own.map(|query| satisfies(spot.value, query.value, self.world.record_members()));
            // Who asks twice under one name may be told the answer to either.
            let truth = truths.reduce(|one, other| match (&one, &other) {
                (Truth::Yes, _) | (Truth::CannotTell(_), Truth::No(_)) => one,
                _ => other,
            });
            let judged = |outcome, found: String| Judged::new(outcome, expected, found, spot.pointer.clone());
            match truth.unwrap_or(unknown) {
                Truth::Yes => judged(Outcome::Holds, shown(spot.value)),
                Truth::No(why) => judged(Outcome::Misses, why),
                Truth::CannotTell(why) => judged(Outcome::Unknown(why.clone()), why),
            }
        })
    }

    fn no_personal_data(&self, value: &Value) -> Result<bool, Doubt> {
        let mut pointer = None;
        find_hidden(value, "", &|name| self.world.is_hidden(name), &mut pointer);
        match pointer {
            None if self.tells_a_person(value) => Err(Doubt::Told(Box::new(Judged::new(
                Outcome::Misses,
                "",
                "a text names a person of the registry",
                "",
            )))),
            None => Ok(true),
            Some(at) => Err(Doubt::Told(Box::new(Judged::new(
                Outcome::Misses,
                "",
                "a member that holds personal data has a value",
                at,
            )))),
        }
    }

    /// A value of a hidden field that the product told elsewhere in this run, told here without having been asked.
    fn tells_a_person(&self, value: &Value) -> bool {
        let told = value.to_string();
        let asked = self.current.map_or(Cow::Borrowed(""), |exchange| exchange.request.body.text());
        self.world.personal_values().iter().any(|personal| stands_in(&told, personal) && !asked.contains(personal))
    }
}

/// Why a test of one value gave neither yes nor no.
pub(super) enum Doubt {
    Unknown(String),
    Told(Box<Judged>),
}

impl From<Problem> for Doubt {
    fn from(problem: Problem) -> Doubt {
        match problem {
            Problem::Unknown(why) => Doubt::Unknown(why),
            Problem::Misses(found) => Doubt::Told(Box::new(Judged::new(Outcome::Misses, "", found, ""))),
        }
    }
}

impl From<Doubt> for Problem {
    fn from(doubt: Doubt) -> Problem {
        match doubt {
            Doubt::Unknown(why) => Problem::Unknown(why),
            Doubt::Told(told) => Problem::Misses(told.found),
        }
    }
}

pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

pub(super) fn holds(comparison: Comparison, order: Option<Ordering>) -> bool {
    order.is_some_and(|order| match comparison {
        Comparison::AtLeast => order.is_ge(),
        Comparison::AtMost => order.is_le(),
        Comparison::MoreThan => order.is_gt(),
        Comparison::LessThan => order.is_lt(),
        Comparison::Exactly => order.is_eq(),
    })
}

fn is_a(value: &Value, kind: Type) -> bool {
    let text = value.as_str();
    match kind {
        Type::Text => text.is_some(),
        Type::Number => value.is_number(),
        Type::WholeNumber => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        Type::List => value.is_array(),
        Type::Object => value.is_object(),
        Type::YesOrNo => value.is_boolean(),
        Type::Date => text.is_some_and(|text| text.parse::<jiff::civil::Date>().is_ok() && text.len() == 10),
        Type::DateTime => text.is_some_and(|text| text.contains(['T', 't']) && text.parse::<jiff::Timestamp>().is_ok()),
        Type::Uuid => text.is_some_and(|text| uuid::Uuid::try_parse(text).is_ok()),
        Type::WebAddress => text.is_some_and(|text| text.starts_with("http://") || text.starts_with("https://")),
        Type::HttpsAddress => text.is_some_and(|text| text.starts_with("https://")),
        Type::LanguageTag => text.is_some_and(|text| {
            (2..=35).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        }),
    }
}

/// Whether a text holds a value as a word of its own: a postal code inside a longer number is nobody's.
fn stands_in(text: &str, value: &str) -> bool {
    text.match_indices(value).any(|(start, found)| {
        let before = text[..start].chars().next_back();
        let after = text[start + found.len()..].chars().next();
        [before, after].into_iter().flatten().all(|c| !c.is_alphanumeric() && c != '-')
    })
}

fn find_hidden(value: &Value, pointer: &str, hidden: &dyn Fn(&str) -> bool, found: &mut Option<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let at = super::paths::below(pointer, name);
                if hidden(name) && !is_empty(value) {
                    *found = found.take().or(Some(at));
                    return;
                }
                find_hidden(value, &at, hidden, found);
            }
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, item)| find_hidden(item, &format!("{pointer}/{i}"), hidden, found));
        }
        _ => {}
    }
}

/// What was accepted, and where.
fn seen_at(found: &str, pointer: &str) -> String {
    match pointer {
        "" => format!("{found} at the top"),
        pointer => format!("{found} at {pointer}"),
    }
}
