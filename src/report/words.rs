//! Verdicts, forces, roles and dates in words that a reader outside the trade understands. Shared by the writers for people.

use crate::model::result::{Counts, FilesResult, MappingResult, OwnProfile, ProfileInfo, RequirementResult, RunResult};
use crate::model::verdict::{Conformance, Force, Level, RequirementVerdict, Verdict, miss};
use std::collections::BTreeMap;

/// The verdict on the product as a headline.
pub(super) const fn headline(verdict: Conformance) -> &'static str {
    match verdict {
        Conformance::Conformant => "Conformant",
        Conformance::ConformantWithWaivers => "Conformant, with waivers",
        Conformance::NotConformant => "Not conformant",
        Conformance::Incomplete => "Incomplete: no verdict yet",
    }
}

/// The verdict on the product in a few sentences, and what it hangs on beside the standard as published.
pub(super) fn verdict_in_words(result: &RunResult) -> String {
    let mut sentences = vec![verdict_alone(result)];
    sentences.extend(conditions(result));
    sentences.join(" ")
}

/// Whatever makes the judgement another one than that by the standard as published: nobody should have to look for it.
fn conditions(result: &RunResult) -> Vec<String> {
    let profile = &result.profile;
    let mut all = Vec::new();
    if let Some(first) = profile.altered.first() {
        let files = plural(profile.altered.len(), "file", "files");
        all.push(format!("Judged by an altered copy of what dci-conform publishes ({files}, such as {first}): no verdict by the standard as published."));
    }
    let files = result.checked.is_some();
    all.extend(profile.own.as_ref().map(|own| own_profile(profile, own, files)));
    if profile.own_edition {
        let edition = &profile.edition;
        all.push(format!(
            "The edition {edition} is none that dci-conform publishes: no verdict by the standard as published."
        ));
    }
    let silent = result.checked.as_ref().map(|checked| &checked.records).filter(|records| records.overlays_silent);
    all.extend(overlays(profile).map(|added| match silent {
        Some(records) => format!(
            "{added} says nothing of records of class {}: these were judged by the standard alone.",
            records.class
        ),
        None => format!("Beside the standard as published, {added} counts here: every finding names its source."),
    }));
    all.extend(match profile.strictness.as_str() {
        "lenient" => {
            Some("Strictness is lenient: some of what fails by the standard strictness is only noted.".to_owned())
        }
        "strict" => Some("Strictness is strict: some of what warns by the standard strictness fails.".to_owned()),
        _ => None,
    });
    all.extend(result.checked.as_ref().and_then(|checked| checked.mapping.as_ref()).map(mapped));
    all
}

/// What a profile that is not built in makes of those that are. Its tests judge no files, and are not looked at for them.
fn own_profile(profile: &ProfileInfo, own: &OwnProfile, files: bool) -> String {
    const NAMED: usize = 3;
    let told = format!("The profile {} {} is none that dci-conform publishes", profile.id, profile.version);
    let parents = own.extends.join(" and ");
    let named = own.replaces.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let such_as = if own.replaces.len() > NAMED { "such as " } else { "" };
    match (own.extends.is_empty(), own.replaces.len()) {
        (true, 0) => format!("{told}, and takes over none of those whole."),
        (false, 0) if files => format!("{told}; it extends {parents}."),
        (false, 0) => format!("{told}; it takes over {parents} as that is, and may add to it."),
        (_, number) => {
            let parts = plural(number, "part", "parts");
            let of = if parents.is_empty() { "what it extends" } else { &parents };
            format!("{told}: it replaces {parts} of {of} ({such_as}{named}). No verdict by the standard as published.")
        }
    }
}

/// How tables were translated before anything was judged.
fn mapped(mapping: &MappingResult) -> String {
    let left_out = mapping.columns.values().filter(|path| path.is_empty()).count();
    let values = mapping.values.values().map(BTreeMap::len).sum();
    let parts = [
        (left_out, "column is left out", "columns are left out"),
        (values, "value is translated", "values are translated"),
    ];
    let parts =
        parts.into_iter().filter(|(number, ..)| *number > 0).map(|(number, one, many)| plural(number, one, many));
    let nulls = mapping.settings.get("nulls").map(|texts| format!("for no value stands {texts}"));
    let parts: Vec<String> = parts.chain(nulls).collect();
    let what = if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) };
    format!("Tables were read by the mapping file {}{what}.", mapping.file)
}

/// What is demanded beyond the published standard.
fn overlays(profile: &ProfileInfo) -> Option<String> {
    let added: Vec<String> =
        profile.overlays.iter().map(|added| format!("{} {}", added.title, added.version)).collect();
    (!added.is_empty()).then(|| added.join(", "))
}

/// What a product is held to, where the two cannot be told apart: the standard, or what counts beside it.
pub(super) fn measure(profile: &ProfileInfo) -> String {
    overlays(profile).map_or_else(|| "the standard".to_owned(), |added| format!("the standard or {added}"))
}

/// The standard, its edition, and what is added to it.
pub(super) fn standard(profile: &ProfileInfo) -> String {
    let added = overlays(profile).map(|added| format!(", and {added}")).unwrap_or_default();
    format!("{}, edition {}{added}", profile.standard, edition(&profile.edition))
}

fn verdict_alone(result: &RunResult) -> String {
    if let Some(checked) = &result.checked {
        return files_in_words(result.verdict, checked, &result.profile);
    }
    let failed = count(&result.counts.tests, Verdict::Fail.word());
    let waived = count(&result.counts.tests, Verdict::Waived.word());
    match result.verdict {
        // What was replaced may have asked for more.
        Conformance::Conformant if result.profile.departs() => {
            "Everything the profile makes mandatory was tested, and the product did what the profile says.".to_owned()
        }
        Conformance::Conformant => {
            "Everything the profile makes mandatory was tested, and the product did what the standard says.".to_owned()
        }
        Conformance::ConformantWithWaivers => format!(
            "Everything mandatory was tested. {} not do what the standard says and {} set aside by an accepted waiver; \
             the rest held.",
            plural(waived, "test showed that the product does", "tests showed that the product does"),
            if waived == 1 { "is" } else { "are" },
        ),
        Conformance::NotConformant if failed == 0 => {
            format!("The product does not do what {} says.", measure(&result.profile))
        }
        Conformance::NotConformant => format!(
            "{} that the product does not do what {} says.",
            plural(failed, "test showed", "tests showed"),
            measure(&result.profile)
        ),
        Conformance::Incomplete => "Nothing was found to be wrong, but something that must be shown could not be \
                                    tested. The product is neither conformant nor not conformant until it is."
            .to_owned(),
    }
}

/// What the verdict means for somebody who is about to buy.
pub(super) const fn may_i_buy(verdict: Conformance, profile: &ProfileInfo) -> &'static str {
    match verdict {
        Conformance::NotConformant if !profile.overlays.is_empty() => {
            "Not as it is. Other systems that follow the standard and what counts beside it here may fail to work with this \
             one. Ask the vendor to mend the points below and to hand in a new report for the mended version."
        }
        Conformance::Conformant => {
            "On this point, yes. For this version of the product and this interface, nothing in this report speaks \
             against buying. Read what was not tested, and have the same test run on the system that is delivered."
        }
        Conformance::ConformantWithWaivers => {
            "Yes, if you can live with the waivers. Each one is a point where the product departs from the standard \
             and somebody agreed to it. Read them, and ask the vendor by when each will be closed."
        }
        Conformance::NotConformant => {
            "Not as it is. Other systems that follow the standard may fail to work with this one. Ask the vendor to \
             mend the points below and to hand in a new report for the mended version."
        }
        Conformance::Incomplete => {
            "Not yet. This report cannot tell. Have the vendor answer the questions below, supply what was missing, \
             and run the test again."
        }
    }
}

/// The verdict on exported records in one or two sentences.
fn files_in_words(verdict: Conformance, checked: &FilesResult, profile: &ProfileInfo) -> String {
    let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let all = plural(number(checked.records.checked), "record", "records");
    let rule = match overlays(profile).filter(|_| !checked.records.overlays_silent) {
        Some(added) => format!("a rule that binds, of the standard or of {added}"),
        None => "a rule of the standard that binds".to_owned(),
    };
    match verdict {
        Conformance::NotConformant if checked.records.failing == 0 => {
            format!("A file as a whole breaks {rule}; none of {all} does.")
        }
        Conformance::NotConformant => {
            let failing = number(checked.records.failing);
            let breaks = if failing == 1 { "breaks" } else { "break" };
            format!("Of {all} {} {breaks} {rule}.", super::text::thousands(failing))
        }
        // What is found in a damaged archive decides nothing, and is found all the same.
        Conformance::Incomplete if checked.rules.iter().any(|rule| rule.failing > 0) => {
            "What was found may be of the damage to the files, and decides nothing. They are neither conformant nor not \
             conformant until they are whole."
                .to_owned()
        }
        Conformance::Incomplete => format!(
            "Nothing was found that breaks {rule}, but not everything could be judged. The files are neither conformant nor \
             not conformant until it is."
        ),
        _ => format!("Every file was read to its end, and none of {all} breaks {rule}."),
    }
}

/// What the verdict means for somebody who is given the records.
pub(super) const fn may_i_rely(verdict: Conformance) -> &'static str {
    match verdict {
        Conformance::Conformant | Conformance::ConformantWithWaivers => {
            "As far as their form goes, yes: other systems that follow the standard can read these records. Whether what \
             they say is true, and whether anybody is missing, no check of files can tell."
        }
        Conformance::NotConformant => {
            "Not as they are. Other systems may refuse or misread the records named below. Ask whoever exported them to \
             mend what was found most, and to export them again."
        }
        Conformance::Incomplete => "Not yet. Mend what kept the files from being judged whole, and check them again.",
    }
}

/// Why a profile that is not stable must be read with care; `None` for a stable one.
pub(super) fn provisional(stage: &str) -> Option<String> {
    match stage {
        "stable" => None,
        "draft" => Some("this profile is a draft: its requirements may still change".to_owned()),
        "pilot" => Some("this profile is a pilot: it is being tried out and may still change".to_owned()),
        other => Some(format!("the stage of this profile is “{other}”, not stable: it may still change")),
    }
}

/// The verdict on a test.
pub(super) const fn test_verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "passed",
        Verdict::Warn => "passed with a warning",
        Verdict::Fail => "failed",
        Verdict::Inconclusive => "could not be decided",
        Verdict::Error => "error of the test suite",
        Verdict::NotRun => "not run",
        Verdict::NotApplicable => "not applicable",
        Verdict::Waived => "waived",
    }
}

/// What the verdict on a test says, for the legend.
pub(super) const fn test_verdict_means(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "carried out, and everything held",
        Verdict::Warn => "a recommendation was not followed; never counts against the product",
        Verdict::Fail => "a binding requirement of the standard did not hold",
        Verdict::Inconclusive => "something needed for the test was missing; its reason says what",
        Verdict::Error => "the test suite itself failed; says nothing about the product",
        Verdict::NotRun => "left out of this run",
        Verdict::NotApplicable => "the vendor declares the feature unsupported, and it is optional",
        Verdict::Waived => "a failure that somebody agreed to accept",
    }
}

/// The verdict on a requirement, told apart by whether it binds.
pub(super) fn requirement_verdict(requirement: &RequirementResult) -> &'static str {
    match requirement.verdict {
        RequirementVerdict::Met => "met",
        RequirementVerdict::NotMet if binds(requirement) => "not met",
        RequirementVerdict::NotMet => "not followed",
        RequirementVerdict::NotShown => "not shown",
        RequirementVerdict::NotApplicable => "not applicable",
    }
}

/// True when a miss of the requirement can fail a product.
pub(super) fn binds(requirement: &RequirementResult) -> bool {
    miss(requirement.force, requirement.level) == Verdict::Fail
}

/// Force and level in words.
pub(super) const fn strength(force: Force, level: Level) -> &'static str {
    match (force, level) {
        (Force::N, Level::Must) => "Binding: a rule of the standard",
        (Force::D, Level::Must) => "Binding: what the standard describes",
        (Force::N | Force::D, Level::Should) => "Recommended by the standard",
        (Force::I, _) => "Good practice: can only warn",
    }
}

/// Force and level in short, for technical readers: `must, N`.
pub(super) fn strength_short(force: Force, level: Level) -> String {
    let level = match level {
        Level::Must => "must",
        Level::Should => "should",
    };
    format!("{level}, {}", force.letter())
}

/// True for verdicts that decide nothing about the product.
pub(super) const fn undecided(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Inconclusive | Verdict::Error | Verdict::NotRun)
}

/// What the vendor declared, joined; `None` when it declared nothing.
pub(super) fn declared(parts: &[&str], between: &str) -> Option<String> {
    let known: Vec<&str> = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).collect();
    (!known.is_empty()).then(|| known.join(between))
}

/// The role of the product in words.
pub(super) fn role(role: &str) -> String {
    match role {
        "registry" => "the registry (it holds the records and answers)".to_owned(),
        "subscriber" => "the subscriber (it asks and is notified)".to_owned(),
        "client" => "the client (it sends the searches)".to_owned(),
        "files" => "exported files".to_owned(),
        "link" => "two systems talking to each other".to_owned(),
        other => other.to_owned(),
    }
}

/// `December 2025` for `dec2025`; any other name as it is.
pub(super) fn edition(name: &str) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let month = MONTHS.iter().find(|month| {
        name.get(..3).is_some_and(|start| month.get(..3).is_some_and(|known| known.eq_ignore_ascii_case(start)))
    });
    match (month, name.get(3..)) {
        (Some(month), Some(year)) if year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{month} {year}")
        }
        _ => name.to_owned(),
    }
}

/// `3 tests`, `1 test`.
pub(super) fn plural(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", super::text::thousands(number), if number == 1 { one } else { many })
}

/// A count by its word; a word that is missing counts nothing.
pub(super) fn count(counts: &std::collections::BTreeMap<String, usize>, word: &str) -> usize {
    counts.get(word).copied().unwrap_or(0)
}

/// All verdicts of tests in the order in which reports list them.
pub(super) const TEST_VERDICTS: [Verdict; 8] = [
    Verdict::Pass,
    Verdict::Warn,
    Verdict::Fail,
    Verdict::Inconclusive,
    Verdict::Error,
    Verdict::NotRun,
    Verdict::NotApplicable,
    Verdict::Waived,
];

/// All verdicts of requirements in the order in which reports list them.
pub(super) const REQUIREMENT_VERDICTS: [RequirementVerdict; 4] = [
    RequirementVerdict::Met,
    RequirementVerdict::NotMet,
    RequirementVerdict::NotShown,
    RequirementVerdict::NotApplicable,
];

/// How many tests there are in all.
pub(super) fn all_tests(counts: &Counts) -> usize {
    counts.tests.values().sum()
}

/// `22 November 2026, 01:44 UTC`; the text as it is when it is no time.
pub(super) fn moment(text: &str) -> String {
    match text.parse::<jiff::Timestamp>() {
        Ok(time) => time.strftime("%-d %B %Y, %H:%M UTC").to_string(),
        Err(_) => text.to_owned(),
    }
}

/// How long the run took; `None` when the two times say nothing.
pub(super) fn took(result: &RunResult) -> Option<String> {
    let started = result.started.parse::<jiff::Timestamp>().ok()?;
    let finished = result.finished.parse::<jiff::Timestamp>().ok()?;
    let length = finished.duration_since(started).try_into().ok()?;
    Some(crate::model::duration::words(length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_people_write_them() {
        assert_eq!(moment("2026-11-02T01:44:05Z"), "2 November 2026, 01:44 UTC");
        assert_eq!(moment("yesterday"), "yesterday");
    }

    #[test]
    fn a_profile_of_somebody_elses_is_told_with_the_verdict() {
        let mut result = crate::report::sample::small();
        assert!(!verdict_in_words(&result).contains("publishes"));
        let mut told = |extends: &[&str], replaces: usize| {
            let replaces = (1..=replaces).map(|number| format!("test T-{number}")).collect();
            let extends = extends.iter().copied().map(str::to_owned).collect();
            result.profile.own = Some(OwnProfile { extends, replaces });
            (verdict_in_words(&result), result.profile.departs())
        };
        let (whole, departs) = told(&["social-registry"], 0);
        assert!(whole.contains("takes over social-registry as that is") && !departs, "{whole}");
        let (less, departs) = told(&["social-registry"], 4);
        let parts =
            "it replaces 4 parts of social-registry (such as test T-1, test T-2, test T-3). No verdict by the standard";
        assert!(less.contains(parts) && departs, "{less}");
        result.checked = crate::report::sample::every_member().checked;
        assert!(verdict_in_words(&result).contains("it replaces 4 parts"));
        result.profile.own = Some(OwnProfile { extends: vec!["social-registry".into()], replaces: Vec::new() });
        assert!(verdict_in_words(&result).contains("publishes; it extends social-registry."));
        result.checked = None;
        result.profile.own = Some(OwnProfile::default());
        let (other, departs) = (verdict_in_words(&result), result.profile.departs());
        assert!(other.contains("takes over none of those whole") && departs, "{other}");
        result.profile.own = None;
        result.profile.own_edition = true;
        assert!(verdict_in_words(&result).contains("is none that dci-conform publishes: no verdict by the standard"));
    }

    #[test]
    fn what_an_overlay_demands_is_not_said_of_the_standard() {
        let mut result = crate::report::sample::every_member();
        assert!(verdict_in_words(&result).starts_with("Of 3 records 1 breaks a rule of the standard that binds."));
        result.checked.iter_mut().for_each(|checked| checked.records.overlays_silent = false);
        let told = verdict_in_words(&result);
        let both = "a rule that binds, of the standard or of National data profile of Example 1.0.0.";
        assert!(told.starts_with(&format!("Of 3 records 1 breaks {both}")), "{told}");
        // A running product is told the same.
        (result.checked, result.verdict) = (None, Conformance::NotConformant);
        let told = verdict_in_words(&result);
        assert!(told.contains("not do what the standard or National data profile of Example 1.0.0 says."), "{told}");
        assert!(may_i_buy(result.verdict, &result.profile).contains("what counts beside it here"));
    }

    #[test]
    fn editions_read_as_dates() {
        assert_eq!(edition("dec2025"), "December 2025");
        assert_eq!(edition("jan2025-draft"), "jan2025-draft");
        assert_eq!(edition("é2"), "é2");
    }

    #[test]
    fn only_a_stable_profile_is_final() {
        assert_eq!(provisional("stable"), None);
        assert!(provisional("draft").is_some_and(|text| text.contains("draft")));
        assert!(provisional("").is_some());
    }
}
