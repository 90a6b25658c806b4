//! The static conformance review: which tests will run, which cannot and why. A plan sends nothing.

use super::facts::{Closed, Facts, Standing};
use crate::model::verdict::{Verdict, miss};
use crate::profile::ast::{Profile, Step, Test, Verb};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What will be done, in order.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Every test instance of the profile.
    pub tests: Vec<Planned>,
}

/// One test instance and its fate.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Instance id: test id and `/value` for each `for each` value.
    pub id: String,
    /// The test.
    pub test: Arc<Test>,
    /// `for each` values.
    pub each: BTreeMap<String, Value>,
    /// Only this variant of derived requests (`FAULT/PATH`), when one was asked for.
    pub variant: Option<String>,
    /// What becomes of it.
    pub fate: Fate,
    /// Whether inconclusive, not-run and error count against the product's verdict.
    pub mandatory: bool,
}

/// What becomes of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It runs.
    Runs,
    /// It depends on claims that are to be probed.
    Waits(Vec<String>),
    /// Declared unsupported: why.
    NotApplicable(String),
    /// Left out of this run: why.
    NotRun(String),
    /// Something needed is missing: why, and the question the vendor must answer.
    Missing {
        /// Why.
        why: String,
        /// The question.
        question: String,
    },
}

/// What the user asked for.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Globs over instance ids (`*` and `?`), a variant may follow an id; all when empty.
    pub only: Vec<String>,
    /// The product is in production: tests that write do not run.
    pub production: bool,
    /// There is no product, only what was recorded: tests that look back run, and no others.
    pub recorded: bool,
}

impl Plan {
    /// Makes the plan from what is known; before probing some fates are [`Fate::Waits`].
    pub fn make(profile: &Profile, facts: &Facts, selection: &Selection) -> Plan {
        let mut tests = Vec::new();
        for test in &profile.tests {
            for each in instances(test) {
                let id = instance(test, &each);
                let each: BTreeMap<_, _> = each.into_iter().collect();
                let (mut fate, mandatory) = fate(profile, test, &each, facts);
                let mut variant = None;
                match selected(&id, &selection.only) {
                    Some(asked) => variant = asked,
                    None => fate = Fate::NotRun("not selected with --test".into()),
                }
                if selection.production && test.writes && matches!(fate, Fate::Runs | Fate::Waits(_)) {
                    fate =
                        Fate::NotRun("the vendor's file says `production: true`: tests that write do not run".into());
                }
                if selection.recorded && !looks_back(profile, test) && !matches!(fate, Fate::NotRun(_)) {
                    fate = Fate::NotRun("needs a running system: `dci-conform run`".into());
                }
                tests.push(Planned { id, test: test.clone(), each, variant, fate, mandatory });
            }
        }
        Plan { tests }
    }

    /// What of a selection means no test of a profile: a test of another name, or none at all.
    pub fn unknown(profile: &Profile, only: &[String]) -> Vec<String> {
        let ids: Vec<String> = profile
            .tests
            .iter()
            .flat_map(|test| instances(test).into_iter().map(|each| instance(test, &each)))
            .collect();
        let means = |asked: &String| ids.iter().any(|id| selected(id, std::slice::from_ref(asked)).is_some());
        only.iter().filter(|asked| !means(asked)).cloned().collect()
    }

    /// How many run.
    pub fn running(&self) -> usize {
        self.tests.iter().filter(|planned| planned.fate == Fate::Runs).count()
    }
}

/// Whether a test does nothing but review what was exchanged: then a recording is all it needs. A value it needs might have to
/// be learned from the product.
fn looks_back(profile: &Profile, test: &Test) -> bool {
    let reviews = |step: &Step| matches!(step.verb, Verb::Review(_));
    let value = |need: &String| profile.values.iter().any(|value| covers(need, &value.name));
    test.given.is_empty() && test.finally.is_empty() && test.steps.iter().all(reviews) && !test.needs.iter().any(value)
}

/// Every combination of the `for each` values, in order.
fn instances(test: &Test) -> Vec<Vec<(String, Value)>> {
    test.for_each.iter().fold(vec![vec![]], |sets, (name, values)| {
        sets.iter()
            .flat_map(|set| {
                values.iter().map(|value| {
                    let mut set = set.clone();
                    set.push((name.clone(), value.clone()));
                    set
                })
            })
            .collect()
    })
}

/// The id of an instance.
fn instance(test: &Test, each: &[(String, Value)]) -> String {
    each.iter().fold(test.id.clone(), |id, (_, value)| format!("{id}/{}", word(value)))
}

fn word(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.replace([' ', '/'], "-")
}

/// `Some(variant)` when selected.
fn selected(id: &str, only: &[String]) -> Option<Option<String>> {
    if only.is_empty() {
        return Some(None);
    }
    only.iter().find_map(|glob| {
        if matches(glob, id) {
            return Some(None);
        }
        let variant = glob.strip_prefix(id)?.strip_prefix('/')?;
        Some(Some(variant.to_owned()))
    })
}

/// Whether a glob fits a text: `*` stands for anything, `?` for one character.
pub fn matches(glob: &str, text: &str) -> bool {
    let (mut glob, mut text) = (glob.as_bytes(), text.as_bytes());
    let mut retry: Option<(&[u8], &[u8])> = None;
    loop {
        match (glob.first(), text.first()) {
            (Some(b'*'), _) => {
                glob = &glob[1..];
                retry = Some((glob, text));
            }
            (Some(g), Some(t)) if g == t || *g == b'?' => {
                glob = &glob[1..];
                text = &text[1..];
            }
            (None, None) => return true,
            _ => match retry {
                Some((after, from)) if !from.is_empty() => {
                    glob = after;
                    text = &from[1..];
                    retry = Some((after, text));
                }
                _ => return false,
            },
        }
    }
}

fn fate(profile: &Profile, test: &Test, each: &BTreeMap<String, Value>, facts: &Facts) -> (Fate, bool) {
    let core = test.tier == "core";
    let mut claimed_all = true;
    let mut waits = Vec::new();
    for condition in &test.when {
        match facts.holds(condition, |wanted| Some(filled(wanted, each))) {
            Ok(claimed) => claimed_all &= claimed,
            Err(Closed::No(why)) => return (Fate::NotApplicable(why), false),
            Err(Closed::Silent { claim, question }) => {
                let why = format!("`{claim}` is not declared and did not show itself");
                return (Fate::Missing { why, question }, false);
            }
            Err(Closed::Unasked(claims)) => {
                claimed_all = false;
                waits.extend(claims);
            }
        }
    }
    let mandatory = can_fail(profile, test) && (core || (claimed_all && !test.when.is_empty()));
    if !waits.is_empty() {
        return (Fate::Waits(waits), mandatory);
    }
    let lacking: Vec<_> = test.needs.iter().filter_map(|need| missing(profile, need, facts)).collect();
    // A stimulus nobody claims excuses the test, whatever else it lacks.
    match lacking.iter().find(|(.., counts)| !counts).or(lacking.first()) {
        Some((why, question, counts)) => {
            (Fate::Missing { why: why.clone(), question: question.clone() }, mandatory && *counts)
        }
        None => (Fate::Runs, mandatory),
    }
}

/// A test that can only warn never stands between a product and its verdict, so it does not when it is open either.
fn can_fail(profile: &Profile, test: &Test) -> bool {
    let binding = |id: &String| {
        let row = profile.requirements.iter().find(|row| row.id == *id);
        row.is_none_or(|row| miss(row.force, row.level) == Verdict::Fail)
    };
    test.proves.iter().any(binding)
}

fn filled(text: &str, each: &BTreeMap<String, Value>) -> String {
    each.iter().fold(text.to_owned(), |text, (name, value)| {
        text.replace(&format!("${{each.{name}}}"), value.as_str().unwrap_or_default())
    })
}

/// Whether a need means a name: the same, or the beginning of it.
fn covers(need: &str, name: &str) -> bool {
    name == need || name.strip_prefix(need).is_some_and(|rest| rest.starts_with('.'))
}

/// What a need lacks: why, the question, and whether it counts against the verdict.
fn missing(profile: &Profile, need: &str, facts: &Facts) -> Option<(String, String, bool)> {
    if let Some(action) = profile.actions.iter().find(|action| covers(need, &action.name)) {
        let claimed = facts.supports.get(&action.name) == Some(&Standing::Yes);
        return (!facts.actions.contains(&action.name)).then(|| {
            let why = format!("no way to make it happen: `actions.{}` is not configured", action.name);
            (why, action.ask.clone(), claimed)
        });
    }
    let lacking = profile
        .values
        .iter()
        .filter(|value| covers(need, &value.name))
        .find(|value| !facts.values.contains_key(&value.name) && value.learn.is_none())?;
    let why = format!("`values.{}` is not given and cannot be learned from the product", lacking.name);
    Some((why, lacking.ask.clone(), true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_select_instances_and_variants() {
        let only = |globs: &[&str]| globs.iter().map(|glob| (*glob).to_owned()).collect::<Vec<_>>();
        assert_eq!(selected("RG-1/a", &only(&[])), Some(None));
        assert_eq!(selected("RG-1/a", &only(&["RG-*"])), Some(None));
        assert_eq!(selected("RG-1", &only(&["RG-1/wrong-type/message.x"])), Some(Some("wrong-type/message.x".into())));
        assert_eq!(selected("RG-10", &only(&["RG-1"])), None);
        assert!(matches("*-0?/x*z", "RG-01/xyz"));
        assert!(!matches("*-0?", "RG-012"));
    }
}
