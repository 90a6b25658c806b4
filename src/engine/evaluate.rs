//! A sentence against what was observed: it holds, it misses, or it cannot be told.
//!
//! Three outcomes, never two: a missing observation is not a pass and not a failure. Verdicts are given elsewhere, by the
//! force and level of the requirement a sentence belongs to.

use super::paths::{Spot, operand, walk};
use super::query::{RecordMembers, Truth, satisfies};
use super::scope::{Outside, Scope};
use super::sets::{self, Problem};
use super::values::{moment, number, same, shorten, shown};
use crate::model::exchange::{Answer, Direction, Exchange};
use crate::model::verdict::Verdict;
use crate::profile::ast::{Comparison, Operand, Path, Phrase, Predicate, Root, Says, Segment, Sentence, Type};
use crate::standard::{Standard, Strictness};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

/// What came of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Holds,
    /// It does not.
    Misses,
    /// It cannot be told; why.
    Unknown(String),
    /// It was not asked: the guard before it never held; which.
    NotAsked(String),
}

/// A judged sentence.
#[derive(Clone, Debug)]
pub struct Judged {
    /// What came of it.
    pub outcome: Outcome,
    /// What was asked, references resolved.
    pub expected: String,
    /// What was found.
    pub found: String,
    /// JSON pointer, header name, or stage.
    pub at: String,
    /// Erratum that touched it.
    pub erratum: Option<String>,
    /// Errata under which something was accepted, with what was seen.
    pub accepted: Vec<(String, String)>,
    /// Values looked at.
    pub observed: usize,
}

impl Judged {
    fn new(outcome: Outcome, expected: impl Into<String>, found: impl Into<String>, at: impl Into<String>) -> Judged {
        let (expected, found, at) = (expected.into(), found.into(), at.into());
        Judged { outcome, expected, found, at, erratum: None, accepted: Vec::new(), observed: 1 }
    }

    fn unknown(expected: &str, why: impl Into<String>) -> Judged {
        let why = why.into();
        Judged { observed: 0, ..Judged::new(Outcome::Unknown(why.clone()), expected, why, "") }
    }
}

/// What the whole run knows and a sentence may ask for.
pub trait World: Outside {
    /// The standard.
    fn standard(&self) -> &Standard;
    /// Strictness for data records.
    fn strictness(&self) -> Strictness;
    /// What members of a record mean.
    fn record_members(&self) -> &RecordMembers;
    /// Whether a member of that name is hidden in reports.
    fn is_hidden(&self, member: &str) -> bool;
    /// Whether a shared preparation held: `yes`, `no`, or why it cannot be told.
    fn prepared(&self, fragment: &str) -> Result<bool, String>;
    /// A claim: `yes`, `no`, a list, or why it cannot be told.
    fn supports(&self, claim: &str) -> Result<Value, String>;
    /// Arrivals of a kind at the test's addresses.
    fn arrivals(&self, callback: &str, token: &str) -> Value;
    /// How often each value (by key) stands at this path in messages received in the run.
    fn counted(&self, path: &Path) -> Arc<HashMap<String, usize>>;
}

/// What one sentence can see.
pub struct Eyes<'a> {
    /// The exchange it speaks about, if there is one.
    pub current: Option<&'a Exchange>,
    /// Names of the test.
    pub scope: &'a Scope,
    /// Everything else.
    pub world: &'a dyn World,
}

impl<'a> Eyes<'a> {
    /// Judges a sentence.
    pub fn judge(&self, sentence: &Sentence) -> Judged {
        match &sentence.claim {
            Says::Phrase(phrase) => self.phrase(phrase),
            Says::That { every, path, predicate } => self.that(&sentence.text, *every, path, predicate),
        }
    }

    /// True when every sentence holds; used by `where`, `until` and guards.
    pub fn all_hold(&self, sentences: &[Sentence]) -> bool {
        sentences.iter().all(|sentence| self.judge(sentence).outcome == Outcome::Holds)
    }

    fn phrase(&self, phrase: &Phrase) -> Judged {
        let parts: Vec<(&Sentence, Judged)> = phrase.parts.iter().map(|part| (part, self.judge(part))).collect();
        let expected = phrase.reads.clone().unwrap_or_else(|| phrase.name.clone());
        let decided = match phrase.any {
            true => parts.iter().find(|(_, part)| part.outcome == Outcome::Holds),
            false => parts.iter().find(|(_, part)| part.outcome == Outcome::Misses),
        };
        let open = parts.iter().find(|(_, part)| matches!(part.outcome, Outcome::Unknown(_)));
        let mut judged = match (decided, open, phrase.any) {
            (Some((part, judged)), _, true) => Judged { found: part.text.clone(), expected, ..judged.clone() },
            (Some((part, judged)), _, false) => {
                Judged { expected: format!("{expected}: {}", part.text), ..judged.clone() }
            }
            (None, Some((_, judged)), _) => Judged { expected, ..judged.clone() },
            (None, None, true) => {
                let found: Vec<_> =
                    parts.iter().map(|(part, judged)| format!("{}: {}", path_of(part), judged.found)).collect();
                let at =
                    parts.iter().map(|(_, judged)| judged.at.as_str()).find(|at| at.starts_with('/')).unwrap_or("");
                Judged::new(Outcome::Misses, expected, shorten(&found.join("; ")), at)
            }
            (None, None, false) => Judged::new(Outcome::Holds, expected, "holds", ""),
        };
        judged.erratum = phrase.erratum.clone();
        if let (Some(erratum), Outcome::Holds) = (&phrase.erratum, &judged.outcome) {
            judged.accepted.push((erratum.clone(), judged.found.clone()));
        }
        judged
    }

    fn that(&self, text: &str, every: bool, path: &Path, predicate: &Predicate) -> Judged {
        let expected = self.worded(text);
        let base = match self.base(path) {
            Ok(base) => base,
            Err(why) => return Judged::unknown(&expected, why),
        };
        let resolve = |text: &str| self.scope.resolve(text, self.world);
        let spots = match base.as_deref() {
            None => Vec::new(),
            Some(base) => match walk(base, &path.segments, &resolve) {
                Ok(spots) => spots,
                Err(why) => return Judged::unknown(&expected, why),
            },
        };
        let prefix = at_prefix(&path.root);
        if spots.is_empty() {
            let pointer = format!("{prefix}{}", nearest(base.as_deref(), &path.segments));
            return match predicate {
                Predicate::Absent => Judged::new(Outcome::Holds, expected, "absent", pointer),
                _ => Judged { observed: 0, ..Judged::new(Outcome::Misses, expected, "nothing stands there", pointer) },
            };
        }
        let mut judged = match (every, collective(predicate)) {
            (true, _) => self.each(&expected, &spots, predicate),
            (false, true) => self.collection(&expected, path, &spots, predicate),
            (false, false) => self.one(&expected, &spots[0], predicate),
        };
        judged.at = format!("{prefix}{}", judged.at);
        judged
    }

    /// Every value by itself: the first miss decides, else the first that cannot be told.
    fn each(&self, expected: &str, spots: &[Spot<'_>], predicate: &Predicate) -> Judged {
        let mut open = None;
        let mut accepted = Vec::new();
        for spot in spots {
            let judged = match collective(predicate) {
                true => self.collection(
                    expected,
                    &Path { text: String::new(), root: Root::Item, segments: vec![] },
                    std::slice::from_ref(spot),
                    predicate,
                ),
                false => self.one(expected, spot, predicate),
            };
            accepted.extend(judged.accepted.clone());
            match judged.outcome {
                Outcome::Misses => return Judged { observed: spots.len(), ..judged },
                Outcome::Unknown(_) | Outcome::NotAsked(_) => open = open.or(Some(judged)),
                Outcome::Holds => {}
            }
        }
        let holds = Judged::new(Outcome::Holds, expected, format!("holds for all {}", spots.len()), "");
        Judged { observed: spots.len(), accepted, ..open.unwrap_or(holds) }
    }

    /// A single value.
    fn one(&self, expected: &str, spot: &Spot<'_>, predicate: &Predicate) -> Judged {
        let found = shown(spot.value);
        let judged = |outcome| Judged::new(outcome, expected, found.clone(), spot.pointer.clone());
        match self.test(spot.value, predicate) {
            Ok(true) => judged(Outcome::Holds),
            Ok(false) => judged(Outcome::Misses),
            Err(Doubt::Unknown(why)) => judged(Outcome::Unknown(why)),
            Err(Doubt::Told(told)) => Judged {
                at: format!("{}{}", spot.pointer, told.at),
                expected: format!("{expected}{}", told.expected),
                ..*told
            },
        }
    }

    fn operand(&self, value: &Operand) -> Result<Value, Doubt> {
        operand(value, &|text| self.scope.resolve(text, self.world)).map_err(Doubt::Unknown)
    }

    fn test(&self, value: &Value, predicate: &Predicate) -> Result<bool, Doubt> {
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
            Predicate::FollowsDataStandard { closely, classes } => return self.record(value, *closely, classes),
            Predicate::Satisfies(path) => return self.satisfies(value, path),
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
            .map(|seen| (seen.erratum.clone(), format!("{} at {}", seen.violation.found, seen.violation.pointer)))
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
                finding.erratum.clone().map(|erratum| (erratum, format!("{} at {}", finding.found, finding.pointer)))
            })
            .collect();
        let bad: Vec<_> = findings.iter().filter(|finding| counts(finding.verdict)).collect();
        let told = match bad.as_slice() {
            [] => Judged::new(Outcome::Holds, "", format!("follows the data standard as {class}"), ""),
            [first, rest @ ..] => {
                let more = if rest.is_empty() { String::new() } else { format!(" (and {} more)", rest.len()) };
                let expected = format!(": {} ({})", first.expected, first.rule);
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

    fn no_personal_data(&self, value: &Value) -> Result<bool, Doubt> {
        let mut pointer = None;
        find_hidden(value, "", &|name| self.world.is_hidden(name), &mut pointer);
        match pointer {
            None => Ok(true),
            Some(at) => Err(Doubt::Told(Box::new(Judged::new(
                Outcome::Misses,
                "",
                "a member that holds personal data has a value",
                at,
            )))),
        }
    }

    /// Sentences about all that was found together.
    fn collection(&self, expected: &str, path: &Path, spots: &[Spot<'_>], predicate: &Predicate) -> Judged {
        let values: Vec<&Value> = spots.iter().map(|spot| spot.value).collect();
        let items = sets::items(&values);
        let at = spots.first().map_or("", |spot| spot.pointer.as_str()).to_owned();
        let counted = || format!("{} items", items.len());
        let resolve = |text: &str| self.scope.resolve(text, self.world);
        let compared = match predicate {
            Predicate::Empty => plain(values.iter().all(|value| is_empty(value)), || shown(values[0])),
            Predicate::NotEmpty => plain(values.iter().all(|value| !is_empty(value)), || shown(values[0])),
            Predicate::HasItems(comparison, wanted) => match self.operand(wanted) {
                Ok(wanted) => match (number(&wanted), listed(&values)) {
                    (Some(wanted), true) => {
                        plain(holds(*comparison, (items.len() as f64).partial_cmp(&wanted)), counted)
                    }
                    (_, false) => Err(Problem::Misses(format!("{}, which is no list", shown(values[0])))),
                    (None, _) => Err(Problem::Unknown(format!("{} is not a number", shown(&wanted)))),
                },
                Err(doubt) => Err(doubt.into()),
            },
            Predicate::AsManyItemsAs(other) => self
                .count(other)
                .and_then(|count| plain(items.len() == count, || format!("{} items against {count}", items.len()))),
            Predicate::NumberOfItems(other) => self.count(other).and_then(|count| {
                plain(values[0].as_f64() == Some(count as f64), || {
                    format!("{} where the list has {count} items", shown(values[0]))
                })
            }),
            Predicate::Unique => sets::unique(&items),
            Predicate::UniqueInRun => self.unique_in_run(path, &values),
            Predicate::SortedBy { attribute, descending } => match self.operand(attribute) {
                Ok(attribute) => sets::sorted(&items, attribute.as_str().unwrap_or_default(), *descending),
                Err(doubt) => Err(doubt.into()),
            },
            Predicate::SameItems(other, by) => self
                .sets(&items, std::slice::from_ref(other), by.as_ref(), &resolve)
                .and_then(|(left, right)| sets::same_items(&left, &merge(right))),
            Predicate::SharesNoItem(other, by) => self
                .sets(&items, std::slice::from_ref(other), by.as_ref(), &resolve)
                .and_then(|(left, right)| sets::disjoint(&left, &merge(right))),
            Predicate::UnionOf(others, by) => self
                .sets(&items, others, by.as_ref(), &resolve)
                .and_then(|(left, right)| sets::same_items(&left, &merge(right))),
            Predicate::IntersectionOf(others, by) => self
                .sets(&items, others, by.as_ref(), &resolve)
                .and_then(|(left, right)| sets::same_items(&left, &intersect(right))),
            Predicate::Contains(_) if spots.len() == 1 => return self.one(expected, &spots[0], predicate),
            Predicate::Contains(wanted) => match self.operand(wanted) {
                Ok(wanted) => plain(values.iter().any(|value| same(value, &wanted)), counted),
                Err(doubt) => Err(doubt.into()),
            },
            Predicate::Present => Ok(()),
            Predicate::Absent => Err(Problem::Misses(shown(values[0]))),
            _ => Err(Problem::Unknown("this sentence needs `every`".into())),
        };
        let judged = match compared {
            Ok(()) => Judged::new(Outcome::Holds, expected, counted(), at),
            Err(Problem::Misses(found)) => Judged::new(Outcome::Misses, expected, found, at),
            Err(Problem::Unknown(why)) => Judged::new(Outcome::Unknown(why.clone()), expected, why, at),
        };
        Judged { observed: items.len().max(1), ..judged }
    }

    fn unique_in_run(&self, path: &Path, values: &[&Value]) -> sets::Compared {
        let counts = self.world.counted(path);
        let again = values.iter().find(|value| counts.get(&super::values::key(value)).copied().unwrap_or(0) > 1);
        match again {
            None => Ok(()),
            Some(value) => Err(Problem::Misses(format!(
                "{} stands in {} messages of this run",
                shown(value),
                counts.get(&super::values::key(value)).copied().unwrap_or(0)
            ))),
        }
    }

    fn count(&self, path: &Path) -> Result<usize, Problem> {
        self.with_found(path, |found| match found {
            [] => Err(Doubt::Unknown(format!("`{}` finds nothing to count", path.text))),
            found => Ok(sets::items(found).len()),
        })
        .map_err(Problem::from)
    }

    fn sets(
        &self,
        items: &[&Value],
        others: &[Path],
        by: Option<&Path>,
        resolve: super::paths::Resolve<'_>,
    ) -> Result<(sets::Set, Vec<sets::Set>), Problem> {
        let left = sets::set(items, by, resolve)?;
        let mut right = Vec::with_capacity(others.len());
        for other in others {
            right.push(self.with_found(other, |found| match found {
                [] => Err(Doubt::Unknown(format!("`{}` finds nothing to compare with", other.text))),
                found => sets::set(&sets::items(found), by, resolve).map_err(Doubt::from),
            })?);
        }
        Ok((left, right))
    }

    /// Runs `look` on what a second path finds.
    fn with_found<T>(&self, path: &Path, look: impl FnOnce(&[&Value]) -> Result<T, Doubt>) -> Result<T, Doubt> {
        let base = self.base(path).map_err(Doubt::Unknown)?;
        let resolve = |text: &str| self.scope.resolve(text, self.world);
        let spots = match base.as_deref() {
            None => Vec::new(),
            Some(base) => walk(base, &path.segments, &resolve).map_err(Doubt::Unknown)?,
        };
        let found: Vec<&Value> = spots.iter().map(|spot| spot.value).collect();
        look(&found)
    }

    /// What a path finds, cloned: for `remember`.
    pub fn find(&self, path: &Path) -> Result<Vec<Value>, String> {
        self.with_found(path, |found| Ok(found.iter().map(|value| (*value).clone()).collect())).map_err(|doubt| {
            match doubt {
                Doubt::Unknown(why) => why,
                Doubt::Told(told) => told.found,
            }
        })
    }

    /// Where a path starts. `Ok(None)`: there is something to look at, and the root is not in it.
    ///
    /// # Errors
    /// Why there is nothing to look at.
    fn base(&self, path: &Path) -> Result<Option<Cow<'a, Value>>, String> {
        let owned = |value: Value| Ok(Some(Cow::Owned(value)));
        match &path.root {
            Root::Status => owned(status_of(self.current()?)?),
            Root::Time => owned(json!(self.current()?.took.as_secs_f64())),
            Root::Sent => owned(if self.current()?.sound { "sound" } else { "broken" }.into()),
            Root::EndpointName => Ok(self.current()?.name.clone().map(|name| Cow::Owned(name.into()))),
            Root::Http(name) => {
                let exchange = self.current()?;
                let headers = match (exchange.direction, exchange.response()) {
                    (Direction::Arrived, _) => &exchange.request.headers,
                    (_, Some(response)) => &response.headers,
                    _ => return Err(no_answer(exchange)),
                };
                Ok(headers.get(name).map(|value| Cow::Owned(value.into())))
            }
            Root::Text => {
                let exchange = self.current()?;
                let body = exchange.received().ok_or_else(|| no_answer(exchange))?;
                owned(body.text().into_owned().into())
            }
            Root::Body => received(self.current()?).map(|value| Some(Cow::Borrowed(value))),
            Root::Request => {
                let exchange = match self.current {
                    Some(exchange) if exchange.direction == Direction::Sent => Some(exchange),
                    _ => self.scope.last_sent.as_deref(),
                };
                let exchange = exchange.ok_or("nothing was sent yet")?;
                // The scope outlives this sentence, and the current exchange does too.
                owned(exchange.request.body.json().map_err(str::to_owned)?.clone())
            }
            Root::Step(name) => owned(received(self.step(name)?)?.clone()),
            Root::StepRequest(name) => owned(self.step(name)?.request.body.json().map_err(str::to_owned)?.clone()),
            Root::StepStatus(name) => owned(status_of(self.step(name)?)?),
            Root::Prepared(name) => owned(self.world.prepared(name)?.into()),
            Root::Supports(name) => owned(self.world.supports(name)?),
            Root::Value(name) => owned(self.world.value(name)?),
            Root::Arrivals(callback) => owned(self.world.arrivals(callback, &self.scope.token)),
            Root::Item => Err("a path inside an item has no place here".into()),
        }
    }

    fn current(&self) -> Result<&'a Exchange, String> {
        self.current.ok_or_else(|| "no message came to look at".to_owned())
    }

    fn step(&self, name: &str) -> Result<&Exchange, String> {
        self.scope.steps.get(name).map(|step| &**step).ok_or_else(|| format!("step `{name}` did not come to pass"))
    }

    /// A sentence with its references resolved, where they can be.
    fn worded(&self, text: &str) -> String {
        if !text.contains("${") || text.contains("${new.id}") {
            return text.to_owned();
        }
        match self.scope.resolve(text, self.world) {
            Ok(Value::String(text)) => text,
            _ => text.to_owned(),
        }
    }
}

/// Why a test of one value gave neither yes nor no.
enum Doubt {
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

fn plain(held: bool, found: impl FnOnce() -> String) -> sets::Compared {
    if held { Ok(()) } else { Err(Problem::Misses(found())) }
}

fn merge(sets: Vec<sets::Set>) -> sets::Set {
    sets.into_iter().flatten().collect()
}

fn intersect(sets: Vec<sets::Set>) -> sets::Set {
    let mut sets = sets.into_iter();
    let first = sets.next().unwrap_or_default();
    sets.fold(first, |kept, next| kept.into_iter().filter(|(key, _)| next.contains_key(key)).collect())
}

fn listed(values: &[&Value]) -> bool {
    values.len() != 1 || values[0].is_array()
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

fn holds(comparison: Comparison, order: Option<Ordering>) -> bool {
    order.is_some_and(|order| match comparison {
        Comparison::AtLeast => order.is_ge(),
        Comparison::AtMost => order.is_le(),
        Comparison::MoreThan => order.is_gt(),
        Comparison::LessThan => order.is_lt(),
        Comparison::Exactly => order.is_eq(),
    })
}

/// Predicates that speak about all values found together.
fn collective(predicate: &Predicate) -> bool {
    matches!(
        predicate,
        Predicate::Empty
            | Predicate::NotEmpty
            | Predicate::Present
            | Predicate::Absent
            | Predicate::HasItems(..)
            | Predicate::AsManyItemsAs(_)
            | Predicate::NumberOfItems(_)
            | Predicate::Unique
            | Predicate::UniqueInRun
            | Predicate::SortedBy { .. }
            | Predicate::SameItems(..)
            | Predicate::SharesNoItem(..)
            | Predicate::UnionOf(..)
            | Predicate::IntersectionOf(..)
            | Predicate::Contains(_)
    )
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

fn received(exchange: &Exchange) -> Result<&Value, String> {
    exchange.received().ok_or_else(|| no_answer(exchange))?.json().map_err(str::to_owned)
}

fn status_of(exchange: &Exchange) -> Result<Value, String> {
    exchange.response().map(|response| response.status.into()).ok_or_else(|| no_answer(exchange))
}

fn no_answer(exchange: &Exchange) -> String {
    match &exchange.answer {
        Answer::None(none) => format!("no answer came: {}", none.detail),
        Answer::Response(_) => "no message came to look at".into(),
    }
}

/// Says which message a pointer leads into, when it is not the body received.
fn at_prefix(root: &Root) -> String {
    match root {
        Root::Body | Root::Item => String::new(),
        Root::Status => "status".into(),
        Root::Http(name) => format!("http.{name}"),
        Root::Time => "time".into(),
        Root::Text => "text".into(),
        Root::Request => "request".into(),
        Root::Step(name) => format!("{name}:"),
        Root::StepRequest(name) => format!("{name}.request:"),
        Root::StepStatus(name) => format!("{name}.status"),
        Root::Prepared(name) => format!("prepared.{name}"),
        Root::Supports(name) => format!("supports.{name}"),
        Root::Value(name) => format!("value.{name}"),
        Root::Arrivals(name) => format!("arrivals.{name}:"),
        Root::Sent => "sent".into(),
        Root::EndpointName => "endpoint".into(),
    }
}

/// The pointer of the deepest thing on the way of a path that does exist.
fn nearest(base: Option<&Value>, segments: &[Segment]) -> String {
    let none = |_: &str| Err::<Value, _>(String::new());
    let Some(base) = base else { return String::new() };
    (0..segments.len())
        .rev()
        .find_map(|end| walk(base, &segments[..end], &none).ok().and_then(|spots| spots.into_iter().next()))
        .map_or(String::new(), |spot| spot.pointer)
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

fn path_of(sentence: &Sentence) -> &str {
    match &sentence.claim {
        Says::That { path, .. } => &path.text,
        Says::Phrase(phrase) => &phrase.name,
    }
}
