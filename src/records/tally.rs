//! What is counted over many records. Tallies of parts add up to the tally of the whole, whatever the parts were.

use super::finding::{Finding, Judged};
use super::table::PlaceId;
use crate::model::verdict::{Force, Verdict};
use crate::standard::wraps;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Findings shown of each rule.
pub const EXAMPLES: usize = 5;
/// Different names or values counted one by one; further ones are counted together.
const MOST_KINDS: usize = 2000;
/// What is found of values that are in no code list.
const OUTSIDE: [&str; 2] = ["CODE-UNKNOWN", "CODE-UNLISTED"];

/// Counts over records.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// Records judged.
    pub records: u64,
    /// Records with a finding that fails.
    pub failing: u64,
    /// Records with a finding that warns, and none that fails.
    pub warning: u64,
    /// Records with notes alone.
    pub noted: u64,
    /// Findings in all.
    pub findings: u64,
    /// By rule.
    pub rules: BTreeMap<String, RuleTally>,
    /// For each place how many times it had a value, in the order of [`super::Table::paths`].
    pub present: Vec<u64>,
    /// Members the standard does not know.
    pub unknown: Kinds,
    /// Values that are in no code list, by the path of the member.
    pub outside: BTreeMap<String, Kinds>,
    /// Findings that an erratum decided, by erratum.
    pub errata: BTreeMap<String, u64>,
}

/// Counts of one rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RuleTally {
    /// Force of the rule; the strongest, where it differs by place.
    pub force: Option<Force>,
    /// Findings that fail, warn, are notes.
    pub fail: u64,
    /// See `fail`.
    pub warn: u64,
    /// See `fail`.
    pub note: u64,
    /// By place (list positions left out).
    pub places: Kinds,
    /// The first ones.
    pub examples: Vec<Example>,
}

/// One finding shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Example {
    /// File.
    pub file: String,
    /// Line in it.
    pub line: u64,
    /// Number of the record in it, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<u64>,
    /// Column of a table, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// JSON pointer.
    pub pointer: String,
    /// The record's key, masked.
    pub key: String,
    /// What is expected.
    pub expected: String,
    /// What was found, redacted.
    pub found: String,
    /// What it does.
    pub verdict: Verdict,
    /// Where the standard says so.
    pub source: String,
    /// Erratum that decided.
    pub erratum: Option<String>,
}

/// Counts by name, bounded: the names met first are counted one by one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Kinds {
    /// By name.
    pub named: BTreeMap<String, u64>,
    /// All others together.
    pub others: u64,
}

impl Kinds {
    pub(super) fn add(&mut self, name: &str, count: u64) {
        if let Some(known) = self.named.get_mut(name) {
            *known += count;
        } else if self.named.len() < MOST_KINDS {
            self.named.insert(name.to_owned(), count);
        } else {
            self.others += count;
        }
    }

    fn merge(&mut self, other: &Kinds) {
        other.named.iter().for_each(|(name, count)| self.add(name, *count));
        self.others += other.others;
    }
}

impl Tally {
    /// Findings that fail.
    pub(super) fn failures(&self) -> u64 {
        self.rules.values().map(|rule| rule.fail).sum()
    }

    /// A record without any finding.
    pub(super) fn clean(&mut self, present: &[PlaceId]) {
        self.records += 1;
        self.places(present);
    }

    /// A record that was explained.
    pub(super) fn judged(&mut self, file: &str, judged: &Judged) {
        self.records += 1;
        self.places(&judged.present);
        judged.unknown.iter().for_each(|path| self.unknown.add(path, 1));
        let worst = judged.findings.iter().map(|finding| finding.verdict).min();
        match worst {
            Some(Verdict::Fail) => self.failing += 1,
            Some(Verdict::Warn) => self.warning += 1,
            Some(_) => self.noted += 1,
            None => {}
        }
        for finding in &judged.findings {
            self.finding(file, &judged.key, finding);
        }
    }

    /// A record of which the worst was one thing by itself (0 for nothing) is now something else: 1 fails, 2 warns, 3 is
    /// a note.
    pub(super) fn worsened(&mut self, before: u8, now: u8) {
        if before != 0 && before <= now {
            return;
        }
        for (worst, sign) in [(before, -1), (now, 1)] {
            let count = match worst {
                0 => continue,
                1 => &mut self.failing,
                2 => &mut self.warning,
                _ => &mut self.noted,
            };
            *count = count.saturating_add_signed(sign);
        }
    }

    pub(super) fn finding(&mut self, file: &str, key: &str, finding: &Finding) {
        self.findings += 1;
        let rule = self.rules.entry(finding.rule.clone()).or_default();
        rule.force = Some(rule.force.map_or(finding.force, |force| force.min(finding.force)));
        match finding.verdict {
            Verdict::Fail => rule.fail += 1,
            Verdict::Warn => rule.warn += 1,
            _ => rule.note += 1,
        }
        if let Some(erratum) = &finding.erratum {
            *self.errata.entry(erratum.clone()).or_default() += 1;
        }
        let place = without_positions(&finding.pointer);
        rule.places.add(&place, 1);
        if OUTSIDE.contains(&finding.rule.as_str()) {
            let value = finding.open.as_deref().unwrap_or(&finding.found);
            self.outside.entry(place).or_default().add(value, 1);
        }
        if rule.examples.len() < EXAMPLES {
            rule.examples.push(Example {
                file: finding.file.as_deref().unwrap_or(file).to_owned(),
                line: finding.line,
                record: finding.record,
                column: finding.column,
                pointer: finding.pointer.clone(),
                key: key.to_owned(),
                expected: finding.expected.clone(),
                found: finding.found.clone(),
                verdict: finding.verdict,
                source: finding.source.clone(),
                erratum: finding.erratum.clone(),
            });
        }
    }

    fn places(&mut self, present: &[PlaceId]) {
        for place in present {
            let place = usize::from(*place);
            match self.present.get_mut(place) {
                Some(count) => *count += 1,
                None => {
                    self.present.resize(place, 0);
                    self.present.push(1);
                }
            }
        }
    }

    /// Adds a tally of records that come after these.
    pub fn merge(&mut self, later: &Tally) {
        self.records += later.records;
        self.failing += later.failing;
        self.warning += later.warning;
        self.noted += later.noted;
        self.findings += later.findings;
        self.unknown.merge(&later.unknown);
        for (erratum, count) in &later.errata {
            *self.errata.entry(erratum.clone()).or_default() += count;
        }
        for (place, values) in &later.outside {
            self.outside.entry(place.clone()).or_default().merge(values);
        }
        if self.present.len() < later.present.len() {
            self.present.resize(later.present.len(), 0);
        }
        self.present.iter_mut().zip(&later.present).for_each(|(sum, count)| *sum += count);
        for (id, later) in &later.rules {
            let rule = self.rules.entry(id.clone()).or_default();
            rule.force = rule.force.into_iter().chain(later.force).min();
            rule.fail += later.fail;
            rule.warn += later.warn;
            rule.note += later.note;
            rule.places.merge(&later.places);
            let free = EXAMPLES.saturating_sub(rule.examples.len());
            rule.examples.extend(later.examples.iter().take(free).cloned());
        }
    }
}

/// `/member_list/3/name` as `member_list.name`, however it is wrapped.
fn without_positions(pointer: &str) -> String {
    let named = |part: &&str| !part.bytes().all(|byte| byte.is_ascii_digit()) && !wraps(part);
    pointer.split('/').filter(named).collect::<Vec<_>>().join(".")
}
