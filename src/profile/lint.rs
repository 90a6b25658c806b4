//! Checks across the whole of a profile that could be read: nothing uncovered without a reason, no reason without need.

use super::ast::Profile;
use super::coverage::coverage;
use super::names::StandardNames;
use crate::model::verdict::Level;
use crate::source::Diagnostics;
use crate::source::diagnostic::did_you_mean;
use std::collections::BTreeSet;

/// Everything that deserves a look in a profile without errors of reading.
pub fn lint(profile: &Profile, names: &dyn StandardNames) -> Diagnostics {
    let mut wrong = Diagnostics::default();
    requirements(profile, &mut wrong);
    anchors(profile, &mut wrong);
    sources(profile, names, &mut wrong);
    wrong
}

fn requirements(profile: &Profile, wrong: &mut Diagnostics) {
    let coverage = coverage(profile);
    for (requirement, row) in profile.requirements.iter().zip(&coverage.rows) {
        let id = &requirement.id;
        let place = requirement.place.clone();
        match (row.tests.as_slice(), &requirement.not_covered, requirement.level) {
            ([], None, Level::Must) => {
                wrong
                    .error(place, format!("no test proves `{id}`, and nothing says why"))
                    .hint("tie a sentence of a test to it, or add `not covered: REASON`");
            }
            ([], None, Level::Should) => {
                wrong.warning(place, format!("no test shows `{id}`")).hint("add a test, or `not covered: REASON`");
            }
            ([first, ..], Some(reason), _) => {
                wrong
                    .error(place, format!("`{id}` is said to be not covered, yet `{first}` proves it"))
                    .text(reason)
                    .hint("take `not covered` out");
            }
            _ => {}
        }
    }
}

fn anchors(profile: &Profile, wrong: &mut Diagnostics) {
    for anchor in &profile.anchors {
        let said = [!anchor.covered_by.is_empty(), anchor.not_testable.is_some(), anchor.not_here.is_some()];
        match said.iter().filter(|said| **said).count() {
            0 => {
                wrong
                    .error(anchor.place.clone(), format!("it is not said what became of the anchor `{}`", anchor.id))
                    .hint("add `covered by: [REQUIREMENT]`, `not testable: REASON` or `not here: REASON`");
            }
            1 => {}
            _ => {
                wrong
                    .error(anchor.place.clone(), format!("two things are said of the anchor `{}`", anchor.id))
                    .hint("keep one of `covered by`, `not testable` and `not here`");
            }
        }
    }
}

/// Sources must be anchors that are listed, where there is a list, and errata that exist.
fn sources(profile: &Profile, names: &dyn StandardNames, wrong: &mut Diagnostics) {
    let listed: BTreeSet<&str> = profile.anchors.iter().map(|anchor| anchor.id.as_str()).collect();
    let errata = names.erratum_names();
    let prefixes: BTreeSet<&str> =
        errata.iter().filter_map(|id| id.split_once('-')).map(|(prefix, _)| prefix).collect();
    for requirement in &profile.requirements {
        for source in &requirement.source {
            let prefix = source.split_once('-').map(|(prefix, _)| prefix);
            if prefix.is_some_and(|prefix| prefixes.contains(prefix)) {
                if !names.has_erratum(source) {
                    wrong
                        .error(
                            requirement.place.clone(),
                            format!("`{}` comes from an unknown erratum: `{source}`", requirement.id),
                        )
                        .hint(did_you_mean(source, errata.iter().map(String::as_str)));
                }
            } else if !listed.is_empty() && !listed.contains(source.as_str()) {
                wrong
                    .warning(
                        requirement.place.clone(),
                        format!("`{}` comes from `{source}`, which anchors.yaml does not list", requirement.id),
                    )
                    .hint(did_you_mean(source, listed.iter().copied()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::load;
    use crate::profile::sample::{self, Stub};

    fn found(path: &str, from: &str, to: &str) -> String {
        let text = sample::ALL.iter().find(|(known, _)| *known == path).unwrap().1;
        assert!(text.contains(from), "{from}");
        let loaded = load(&sample::with(path, &text.replacen(from, to, 1)), "lamps", &Stub).unwrap();
        lint(&loaded.profile, &Stub).to_string()
    }

    #[test]
    fn the_sample_is_clean() {
        let wrong = lint(&sample::profile().profile, &Stub);
        assert!(wrong.is_empty(), "{wrong}");
    }

    #[test]
    fn what_is_open_or_contradictory_is_reported_where_it_stands() {
        let rows = [
            (
                "lamps/requirements.yaml",
                "  not covered: beauty cannot be measured\n",
                "",
                "requirements.yaml:19:3: error: no test proves `LP-ONE-04`",
            ),
            (
                "lamps/requirements.yaml",
                "  source: [lamps.md#2]",
                "  source: [lamps.md#2]\n  not covered: why",
                "said to be not covered, yet `LP-PING-01`",
            ),
            (
                "lamps/requirements.yaml",
                "[lamps.md#2]",
                "[lamps.md#22]",
                "warning: `LP-ONE-02` comes from `lamps.md#22`",
            ),
            ("lamps/requirements.yaml", "[lamps.md#2]", "[ET-62]", "unknown erratum: `ET-62`"),
            (
                "lamps/anchors.yaml",
                ", not here: about rooms",
                "",
                "anchors.yaml:4:3: error: it is not said what became of the anchor `rooms.md#1`",
            ),
            ("lamps/anchors.yaml", "not here: about rooms", "not here: x, not testable: y", "two things are said"),
        ];
        for (path, from, to, message) in rows {
            let found = found(path, from, to);
            assert!(found.contains(message), "{message} in {found}");
        }
    }
}
