//! What the tests of a profile cover: requirement by requirement, anchor by anchor.

use super::ast::{Profile, Step, Test, Verb};
use super::read::{each_step, each_tied};
use crate::model::verdict::{Force, Level};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// One requirement and what covers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Requirement.
    pub id: String,
    /// Force.
    pub force: Force,
    /// Level.
    pub level: Level,
    /// Tests with a sentence that belongs to it.
    pub tests: Vec<String>,
    /// Why no test can show it.
    pub not_covered: Option<String>,
}

/// Numbers of one force, or of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows.
    pub total: usize,
    /// Covered by at least one test.
    pub covered: usize,
    /// Not coverable, with a reason.
    pub not_coverable: usize,
    /// Neither.
    pub open: usize,
}

/// Anchors of the standard and what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AnchorCounts {
    /// Covered by a requirement.
    pub covered: usize,
    /// Not testable, with a reason.
    pub not_testable: usize,
    /// Not about this profile, with a reason.
    pub not_here: usize,
    /// None of these.
    pub open: usize,
}

/// The whole of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// In the order of `requirements.yaml`.
    pub rows: Vec<Row>,
    /// Anchors.
    pub anchors: AnchorCounts,
}

/// Counts what a profile covers.
pub fn coverage(profile: &Profile) -> Coverage {
    let mut by_requirement: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for test in &profile.tests {
        for id in proven(test) {
            by_requirement.entry(id).or_default().push(test.id.clone());
        }
        // Every request is a check of this one, whatever else its test is about.
        let answered =
            profile.answer_requirement.as_deref().filter(|id| sends(test) && !test.proves.iter().any(|p| p == id));
        if let Some(id) = answered {
            by_requirement.entry(id).or_default().push(test.id.clone());
        }
    }
    let rows = profile.requirements.iter().map(|requirement| Row {
        id: requirement.id.clone(),
        force: requirement.force,
        level: requirement.level,
        tests: by_requirement.get(requirement.id.as_str()).cloned().unwrap_or_default(),
        not_covered: requirement.not_covered.clone(),
    });
    let mut anchors = AnchorCounts::default();
    for anchor in &profile.anchors {
        match anchor {
            anchor if !anchor.covered_by.is_empty() => anchors.covered += 1,
            anchor if anchor.not_testable.is_some() => anchors.not_testable += 1,
            anchor if anchor.not_here.is_some() => anchors.not_here += 1,
            _ => anchors.open += 1,
        }
    }
    Coverage { rows: rows.collect(), anchors }
}

/// The requirements some check of a test belongs to. Steps this version does not run cover nothing.
pub fn proven(test: &Test) -> BTreeSet<&str> {
    let mut ids = BTreeSet::new();
    each_step(&test.steps, &mut |step: &Step| {
        if !matches!(step.verb, Verb::NotRunHere { .. }) {
            ids.extend(step.requirement.clone());
            each_tied(step, &mut |tied, _, _| ids.extend(tied.requirement.clone()));
        }
    });
    test.proves.iter().map(String::as_str).filter(|id| ids.contains(*id)).collect()
}

/// True where a test sends something.
fn sends(test: &Test) -> bool {
    let mut found = false;
    each_step(&test.steps, &mut |step: &Step| found |= matches!(step.verb, Verb::Send(_) | Verb::SendBroken(_)));
    found
}

impl Coverage {
    /// Numbers of one force.
    pub fn of(&self, force: Force) -> Counts {
        self.count(|row| row.force == force)
    }

    /// Numbers of all rows.
    pub fn all(&self) -> Counts {
        self.count(|_| true)
    }

    fn count(&self, wanted: impl Fn(&Row) -> bool) -> Counts {
        let mut counts = Counts::default();
        for row in self.rows.iter().filter(|row| wanted(row)) {
            counts.total += 1;
            match (row.tests.is_empty(), &row.not_covered) {
                (false, _) => counts.covered += 1,
                (true, Some(_)) => counts.not_coverable += 1,
                (true, None) => counts.open += 1,
            }
        }
        counts
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "force  rows  covered  not coverable  open")?;
        let forces = [Force::N, Force::D, Force::I].map(|force| (force.letter(), self.of(force)));
        for (name, counts) in forces.into_iter().chain([("all", self.all())]) {
            let Counts { total, covered, not_coverable, open } = counts;
            writeln!(f, "{name:<5}{total:>6}{covered:>9}{not_coverable:>15}{open:>6}")?;
        }
        let AnchorCounts { covered, not_testable, not_here, open } = self.anchors;
        writeln!(f, "anchors: {covered} covered, {not_testable} not testable, {not_here} not here, {open} open")?;
        for row in self.rows.iter().filter(|row| row.tests.is_empty()) {
            let why = row.not_covered.as_deref().unwrap_or("OPEN: no test and no reason");
            writeln!(f, "{} ({}): {why}", row.id, row.force.letter())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::sample;

    #[test]
    fn counts_rows_and_anchors() {
        let found = coverage(&sample::profile().profile);
        assert_eq!(found.of(Force::N), Counts { total: 2, covered: 1, not_coverable: 1, open: 0 });
        assert_eq!(found.all(), Counts { total: 4, covered: 3, not_coverable: 1, open: 0 });
        assert_eq!(found.rows[0].tests, ["LP-PING-01", "LP-PING-02", "LP-REVIEW-01"]);
        assert_eq!(found.anchors, AnchorCounts { covered: 2, not_testable: 1, not_here: 1, open: 0 });
        assert!(found.to_string().contains("LP-ONE-04 (N): beauty"), "{found}");
    }
}
