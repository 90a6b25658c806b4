//! The page of a check of exported files: how many records break what, how often each member has a value, which values
//! are in no code list. Bars show shares; the number stands beside each of them.

use super::super::text::thousands;
use super::super::words;
use super::{Badge, Cut, Erratum, MOST_ENTRIES, VerdictBox, badge, declaration, identity, pairs, safe, verdict_box};
use crate::model::result::{
    FINDINGS_LEFT_OUT, FileResult, FilesResult, MappingResult, Presence, RuleResult, RunResult, TestResult,
    place_in_file,
};
use crate::model::verdict::{Level, Verdict};
use serde::Serialize;
use std::collections::HashMap;

/// Rules named on page one.
const ON_PAGE_ONE: usize = 8;
/// Places shown of a rule.
const MOST_PLACES: usize = 12;

/// Everything the template shows, in its order.
#[derive(Debug, Serialize)]
pub(super) struct FilesPage {
    title: String,
    heading: String,
    verdict: VerdictBox,
    facts: Vec<(&'static str, String)>,
    declaration: String,
    reasons: Cut<String>,
    records: Vec<Part>,
    worst: Vec<Bar>,
    rules: Vec<Rule>,
    /// True where not all findings of some records are listed anywhere.
    cut: bool,
    held: Vec<(String, String)>,
    idle: Vec<(String, String)>,
    open: Vec<(String, String)>,
    files: Cut<FileRow>,
    completeness: Cut<Bar>,
    outside: Vec<Outside>,
    unknown: Cut<Bar>,
    errata: Vec<Erratum>,
    mapping: Option<Mapping>,
    observations: Vec<String>,
    settings: Vec<(String, String)>,
    identity: Vec<(&'static str, String)>,
    hidden: String,
    repeat: String,
}

/// A share of all records.
#[derive(Debug, Serialize)]
struct Part {
    class: &'static str,
    word: &'static str,
    number: String,
    share: String,
    /// Of 1000, with the least that can be seen.
    width: u64,
}

/// A named number with its share as a bar.
#[derive(Debug, Serialize)]
struct Bar {
    name: String,
    anchor: Option<String>,
    class: &'static str,
    number: String,
    share: String,
    width: u64,
}

/// A rule that found something.
#[derive(Debug, Serialize)]
struct Rule {
    anchor: String,
    id: String,
    words: String,
    badge: Badge,
    strength: &'static str,
    counts: Vec<(Badge, String)>,
    places: Cut<(String, String)>,
    examples: Vec<Shown>,
}

/// A finding, shown.
#[derive(Debug, Serialize)]
struct Shown {
    place: String,
    pointer: String,
    key: String,
    expected: String,
    found: String,
    source: String,
    erratum: Option<String>,
}

#[derive(Debug, Serialize)]
struct FileRow {
    name: String,
    format: String,
    records: String,
    bytes: String,
    sha256: String,
    trouble: Option<String>,
}

#[derive(Debug, Serialize)]
struct Outside {
    path: String,
    number: String,
    values: Vec<Bar>,
    rare: String,
}

/// How tables were translated before they were judged.
#[derive(Debug, Serialize)]
struct Mapping {
    file: String,
    settings: Vec<(String, String)>,
    columns: Cut<(String, String)>,
    values: Cut<(String, String, String)>,
}

/// The page of a result with files.
pub(super) fn page(result: &RunResult, checked: &FilesResult) -> FilesPage {
    let heading = format!("Exported records: {}", safe(&checked.records.class));
    let tests: HashMap<&str, &TestResult> = result.tests.iter().map(|test| (test.id.as_str(), test)).collect();
    let rules = rules(checked, &tests);
    let of_verdict = |wanted: Verdict| {
        let found = |test: &TestResult| checked.rules.iter().any(|rule| rule.id == test.id);
        let tests = result.tests.iter().filter(|test| test.verdict == wanted && !found(test));
        tests.map(|test| (safe(&test.id), safe(&test.title))).collect::<Vec<_>>()
    };
    FilesPage {
        title: format!("{}: {heading}", words::headline(result.verdict)),
        heading,
        verdict: VerdictBox { buy: words::may_i_rely(result.verdict), ..verdict_box(result) },
        facts: facts(result, checked),
        declaration: declaration(result),
        reasons: Cut::of(result.reasons.iter().map(|reason| safe(reason)), super::ON_PAGE_ONE),
        records: parts(checked),
        worst: worst(&rules, checked),
        rules,
        cut: checked.rules.iter().any(|rule| rule.id == FINDINGS_LEFT_OUT),
        held: of_verdict(Verdict::Pass),
        idle: of_verdict(Verdict::NotApplicable),
        open: [Verdict::Inconclusive, Verdict::NotRun, Verdict::Error].into_iter().flat_map(of_verdict).collect(),
        files: Cut::of(checked.files.iter().map(file), MOST_ENTRIES),
        completeness: Cut::of(checked.completeness.iter().map(completeness), MOST_ENTRIES),
        outside: checked.outside.iter().map(outside).collect(),
        unknown: unknown(checked),
        errata: super::errata(result),
        mapping: checked.mapping.as_ref().map(mapping),
        observations: result.observations.iter().take(MOST_ENTRIES).map(|text| safe(text)).collect(),
        settings: pairs(&result.implementation.settings),
        identity: identity(result).into_iter().filter(|(name, _)| !matches!(*name, "Seed" | "Nonce")).collect(),
        hidden: result.redactions.fields.iter().take(60).map(|field| safe(field)).collect::<Vec<_>>().join(", "),
        repeat: super::repeat(result),
    }
}

fn count(number: u64) -> String {
    thousands(usize::try_from(number).unwrap_or(usize::MAX))
}

/// `12.3 %`, never 0 of what is there and never 100 of what is not all.
fn share(part: u64, whole: u64) -> String {
    match (part, whole) {
        (_, 0) | (0, _) => "0 %".into(),
        (part, whole) if part >= whole => "100 %".into(),
        (part, whole) => match u128::from(part) * 1000 / u128::from(whole) {
            0 => "under 0.1 %".into(),
            tenths => format!("{}.{} %", tenths / 10, tenths % 10),
        },
    }
}

/// The length of a bar, of 1000; what is there can be seen.
fn width(part: u64, whole: u64) -> u64 {
    let of = u128::from(part.min(whole)) * 1000 / u128::from(whole.max(1));
    u64::try_from(of).unwrap_or(1000).max(if part > 0 { 4 } else { 0 })
}

fn parts(checked: &FilesResult) -> Vec<Part> {
    let records = &checked.records;
    let noted = records.with_findings.saturating_sub(records.failing + records.warning);
    let all = [
        ("pass", "without any finding", records.clean),
        ("note", "with mere notes", noted),
        ("warn", "with warnings", records.warning),
        ("fail", "that break a binding rule", records.failing),
    ];
    let part = |(class, word, number)| Part {
        class,
        word,
        number: count(number),
        share: share(number, records.checked),
        width: width(number, records.checked),
    };
    all.into_iter().filter(|(_, _, number)| *number > 0).map(part).collect()
}

fn rules(checked: &FilesResult, tests: &HashMap<&str, &TestResult>) -> Vec<Rule> {
    let mut rules: Vec<&RuleResult> = checked.rules.iter().collect();
    rules.sort_by(|a, b| {
        (b.failing, b.warning, b.count).cmp(&(a.failing, a.warning, a.count)).then_with(|| a.id.cmp(&b.id))
    });
    rules
        .into_iter()
        .enumerate()
        .map(|(number, rule)| row(number, rule, tests.get(rule.id.as_str()).copied()))
        .collect()
}

fn row(number: usize, rule: &RuleResult, test: Option<&TestResult>) -> Rule {
    let verdict = match (rule.failing, rule.warning) {
        (1.., _) => Verdict::Fail,
        (_, 1..) => Verdict::Warn,
        _ => Verdict::Pass,
    };
    let notes = rule.count.saturating_sub(rule.failing + rule.warning);
    let counts = [
        (Verdict::Fail, "fail", rule.failing),
        (Verdict::Warn, "warn", rule.warning),
        (Verdict::Pass, "are noted", notes),
    ];
    let counted = |(verdict, word, number)| (Badge { word, ..badge(verdict) }, count(number));
    let mut places: Vec<(&String, &u64)> = rule.places.iter().collect();
    places.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
    let place = |(path, number): (&String, &u64)| {
        (if path.is_empty() { "the record".to_owned() } else { safe(path) }, count(*number))
    };
    let shown = Cut::of(places.into_iter().map(place), MOST_PLACES);
    Rule {
        anchor: format!("rule{}", number + 1),
        id: safe(&rule.id),
        words: test.map(|test| safe(&test.title)).unwrap_or_default(),
        badge: badge(verdict),
        strength: words::strength(rule.force, Level::Must),
        counts: counts.into_iter().filter(|(_, _, number)| *number > 0).map(counted).collect(),
        places: Cut { more: shown.more + usize::try_from(rule.more_places).unwrap_or(usize::MAX), ..shown },
        examples: rule
            .examples
            .iter()
            .map(|example| Shown {
                place: place_in_file(&safe(&example.file), example.line, example.column, example.record),
                pointer: safe(&example.pointer),
                key: safe(&example.key),
                expected: safe(&example.expected),
                found: safe(&example.found),
                source: safe(&example.source),
                erratum: example.erratum.as_deref().map(safe),
            })
            .collect(),
    }
}

/// The rules with most findings, as bars beside each other.
fn worst(rules: &[Rule], checked: &FilesResult) -> Vec<Bar> {
    let total =
        |rule: &&Rule| checked.rules.iter().find(|known| safe(&known.id) == rule.id).map_or(0, |known| known.count);
    let most = rules.iter().take(ON_PAGE_ONE).map(|rule| total(&rule)).max().unwrap_or(0);
    let bar = |rule: &Rule| Bar {
        name: if rule.words.is_empty() { rule.id.clone() } else { format!("{} ({})", rule.words, rule.id) },
        anchor: Some(rule.anchor.clone()),
        class: rule.badge.class,
        number: count(total(&rule)),
        share: String::new(),
        width: width(total(&rule), most),
    };
    rules.iter().take(ON_PAGE_ONE).map(bar).collect()
}

fn completeness(row: &Presence) -> Bar {
    let known = row.of > 0;
    Bar {
        name: safe(&row.path),
        anchor: None,
        class: "plain",
        number: if known { format!("{} of {}", count(row.count), count(row.of)) } else { count(row.count) },
        share: if known { share(row.count, row.of) } else { String::new() },
        width: width(row.count, row.of),
    }
}

fn outside(row: &crate::model::result::OutsideCodes) -> Outside {
    let shown: u64 = row.values.iter().map(|value| value.count).sum();
    let bar = |value: &crate::model::result::ValueCount| Bar {
        name: safe(&value.value),
        anchor: None,
        class: "warn",
        number: count(value.count),
        share: share(value.count, row.count),
        width: width(value.count, row.count),
    };
    Outside {
        path: safe(&row.path),
        number: count(row.count),
        values: row.values.iter().map(bar).collect(),
        rare: if row.count > shown { count(row.count - shown) } else { String::new() },
    }
}

fn unknown(checked: &FilesResult) -> Cut<Bar> {
    let most = checked.unknown.first().map_or(0, |row| row.count);
    let bar = |row: &Presence| Bar {
        name: safe(&row.path),
        anchor: None,
        class: "note",
        number: count(row.count),
        share: String::new(),
        width: width(row.count, most),
    };
    Cut::of(checked.unknown.iter().map(bar), MOST_ENTRIES)
}

fn mapping(mapping: &MappingResult) -> Mapping {
    let left_out = |path: &str| if path.is_empty() { "left out".to_owned() } else { safe(path) };
    let columns = mapping.columns.iter().map(|(name, path)| (safe(name), left_out(path)));
    let values = mapping
        .values
        .iter()
        .flat_map(|(path, values)| values.iter().map(|(from, to)| (safe(path), safe(from), safe(to))));
    Mapping {
        file: safe(&mapping.file),
        settings: pairs(&mapping.settings),
        columns: Cut::of(columns, MOST_ENTRIES),
        values: Cut::of(values, MOST_ENTRIES),
    }
}

fn file(row: &FileResult) -> FileRow {
    FileRow {
        name: safe(&row.name),
        format: safe(&row.format),
        records: count(row.records),
        bytes: count(row.bytes),
        sha256: safe(&row.sha256),
        trouble: row.trouble.as_deref().map(safe),
    }
}

fn facts(result: &RunResult, checked: &FilesResult) -> Vec<(&'static str, String)> {
    let profile = &result.profile;
    let files = match checked.files.as_slice() {
        [only] => safe(&only.name),
        many => format!("{} files", thousands(many.len())),
    };
    let bytes = checked.files.iter().map(|file| file.bytes).sum();
    let mut facts = vec![
        ("Files", format!("{files}, {} bytes", count(bytes))),
        ("Records", format!("{} of class {}", count(checked.records.checked), safe(&checked.records.class))),
        ("Strictness", safe(&profile.strictness)),
        ("Date", super::date(result)),
        ("Standard", safe(&words::standard(profile))),
        ("Profile", format!("{}, version {} ({})", safe(&profile.title), safe(&profile.version), safe(&profile.stage))),
    ];
    facts.extend(super::owner(result).map(|owner| ("Scheme owner", safe(owner))));
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_never_round_to_none_or_to_all() {
        let shares = [(0, 5), (1, 5000), (1, 3), (4999, 5000), (5, 5), (1, 0)].map(|(part, whole)| share(part, whole));
        assert_eq!(shares, ["0 %", "under 0.1 %", "33.3 %", "99.9 %", "100 %", "0 %"]);
        assert_eq!((width(1, 100_000), width(0, 9), width(9, 9)), (4, 0, 1000));
    }
}
