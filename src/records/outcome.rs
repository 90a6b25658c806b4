//! From counts to verdicts: one test for the records as a whole, one for each rule, and the verdict.

use super::finding::Finding;
use super::table::ValueNode;
use super::tally::{Example, Kinds, RuleTally, Tally};
use super::{
    CELL_ERROR, CELL_FORM, CELL_TYPE, CLASS_UNCLEAR, COLUMN_LEFT_OUT, COLUMN_LIKE, COLUMN_PARTS, COLUMN_TWICE, Checked,
    ELSEWHERE, FORMULA, NO_TEXT, OTHER_CLASS, Part, ROW_BEYOND, ROW_DIFFERS, ROW_QUOTE, ROW_TWIN, SHEETS, TOO_LARGE,
    TWICE, Table,
};
use crate::model::result::{
    Check, ErratumNote, FINDINGS_LEFT_OUT, FileResult, FilesResult, FindingExample, NotTested, OutsideCodes, Presence,
    RecordCounts, RuleResult, TestResult, ValueCount, place_in_file,
};
use crate::model::verdict::{Conformance, Force, Verdict};
use crate::standard::{Contradiction, EARLIER, KEYWORD, OTHER_OBJECT, WRAPPED};
use std::collections::BTreeMap;

/// Names and paths listed of each kind; all are counted.
const MOST_LISTED: usize = 200;
/// A value that is in no code list is shown when it was there so often: then it is nobody's name.
const OFTEN: u64 = 3;
/// Values shown of each member.
const MOST_VALUES: usize = 20;
/// What is asked of every record whatever its class.
const OF_RECORDS: [(&str, &str); 6] = [
    ("JSON-SYNTAX", "records that are JSON"),
    ("UTF-8", "text in UTF-8"),
    (TWICE, "each name once in an object"),
    ("NUMBER-PRECISION", "numbers that every reader takes for the same"),
    (TOO_LARGE, "records within the limit of the suite"),
    (OTHER_CLASS, "records of the class that is judged"),
];
/// What is asked of cells, where one was found wanting: the words of a finding are about one value.
const OF_CELLS: [(&str, &str); 3] = [
    (CELL_FORM, "values written as the standard writes them, or as a mapping file says"),
    (CELL_TYPE, "cells of the type that their columns should have"),
    (COLUMN_PARTS, "columns for the parts of what has parts"),
];
const TOPIC: &str = "Records against the data standard";

/// What a check comes to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The verdict.
    pub verdict: Conformance,
    /// Why, most important first.
    pub reasons: Vec<String>,
    /// One test for the records as a whole, then one for each rule.
    pub tests: Vec<TestResult>,
    /// The numbers.
    pub files: FilesResult,
    /// What was not judged.
    pub not_tested: Vec<NotTested>,
    /// Where the standard contradicts itself about what the records hold.
    pub errata: Vec<ErratumNote>,
}

/// Sums a check up. `reproduce` is the command that repeats it.
pub fn outcome(
    checked: &Checked,
    class: &str,
    table: &Table,
    contradictions: &[Contradiction],
    reproduce: &str,
) -> Outcome {
    let tally = &checked.tally;
    let open = unjudged(checked, table);
    let mut tests = vec![whole(checked, &open, class, reproduce)];
    tests.extend(rules(table, checked).into_iter().map(|row| of_rule(&row, reproduce)));
    let (verdict, reasons) = verdict(checked, open);
    let flawed = tally.failing + tally.warning + tally.noted;
    let files = FilesResult {
        files: checked
            .files
            .iter()
            .map(|file| FileResult {
                name: file.name.clone(),
                format: file.format.clone(),
                bytes: file.bytes,
                records: file.records,
                sha256: file.sha256.clone(),
                trouble: file.trouble.clone(),
            })
            .chain(checked.refused.iter().map(|refused| FileResult {
                name: refused.name.clone(),
                trouble: Some(refused.why.clone()),
                ..FileResult::default()
            }))
            .collect(),
        rules: tally.rules.iter().map(|(id, rule)| rule_result(id, rule)).collect(),
        records: RecordCounts {
            class: class.to_owned(),
            checked: tally.records,
            clean: tally.records.saturating_sub(flawed),
            with_findings: flawed,
            failing: tally.failing,
            warning: tally.warning,
            overlays_silent: false,
        },
        completeness: listed(table.completeness(&tally.present).into_iter()),
        unknown: listed(tally.unknown.named.iter().map(|(path, count)| (path.as_str(), *count, 0))),
        outside: outside(&tally.outside),
        mapping: None,
    };
    let not_tested = checked.not_judged.iter().map(|rule| NotTested {
        what: rule.rule.clone(),
        why: rule.why.clone(),
        question: rule.question.clone(),
    });
    let errata = contradictions.iter().filter_map(|contradiction| met(contradiction, table, tally)).collect();
    Outcome { verdict, reasons, tests, files, not_tested: not_tested.collect(), errata }
}

/// A contradiction, where a finding rests on it, or where either reading passes and a member it is about has a value.
fn met(contradiction: &Contradiction, table: &Table, tally: &Tally) -> Option<ErratumNote> {
    let Contradiction { id, title, accepts, silent } = contradiction;
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for place in table.contradicted.get(id).filter(|_| *silent).into_iter().flatten() {
        let place = usize::from(*place);
        let count = tally.present.get(place).copied().unwrap_or(0);
        let path = table.places.get(place).map(|place| place.path.as_str());
        if let Some(path) = path.filter(|_| count > 0) {
            *counts.entry(path).or_default() += count;
        }
    }
    let mut places: Vec<(&str, u64)> = counts.into_iter().collect();
    places.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let decided = tally.errata.get(id).map(|count| format!("decided {}", counted(*count, "finding", "findings")));
    let values = places.into_iter().map(|(path, count)| format!("{path}: {}", counted(count, "value", "values")));
    let seen: Vec<String> = decided.into_iter().chain(values).take(MOST_VALUES).collect();
    (!seen.is_empty()).then(|| ErratumNote { id: id.clone(), title: title.clone(), policy: accepts.clone(), seen })
}

fn verdict(checked: &Checked, open: Vec<String>) -> (Conformance, Vec<String>) {
    let tally = &checked.tally;
    let mut reasons = Vec::new();
    let failing = tally.failures();
    let at_least = if tally.rules.contains_key(FINDINGS_LEFT_OUT) { "at least " } else { "" };
    let findings = format!("{at_least}{}", counted(failing, "finding", "findings"));
    let (decides, doubtful) = deciding(checked, failing);
    let counts = if failing == 1 { "counts" } else { "count" };
    match (failing, tally.failing) {
        (0, _) => {}
        (_, 0) => reasons.push(format!("{findings} about a file as a whole that {counts} as an error.")),
        (_, records) => {
            let records = counted(records, "record has", "records have");
            reasons.push(format!("{records} a finding that counts as an error ({findings} in all)."));
        }
    }
    reasons.extend((doubtful > 0).then(|| {
        let them = counted(doubtful, "of these findings is", "of these findings are");
        format!("{them} in an archive that is damaged, or about records of one, and may be of the damage: they decide nothing. Pack it again.")
    }));
    let troubled = checked.refused.iter().map(|refused| (&refused.name, &refused.why));
    let troubled = troubled.chain(checked.files.iter().filter_map(|file| Some((&file.name, file.trouble.as_ref()?))));
    let troubled: Vec<String> = troubled.map(|(name, why)| format!("{name} was not read to its end: {why}.")).collect();
    let incomplete = !troubled.is_empty() || tally.records == 0 || checked.part.is_some() || !open.is_empty();
    reasons.extend(troubled.into_iter().take(MOST_LISTED));
    reasons.extend(open);
    if let Some(part) = checked.part {
        reasons.push(of_whole(part));
    } else if tally.records == 0 {
        reasons.push("No record was judged.".into());
    }
    let verdict = match (decides, incomplete) {
        (1.., _) => Conformance::NotConformant,
        (0, true) => Conformance::Incomplete,
        (0, false) => Conformance::Conformant,
    };
    (verdict, reasons)
}

/// How many findings that fail decide, and how many do not: those in damaged archives, and where there is one those between
/// records.
fn deciding(checked: &Checked, failing: u64) -> (u64, u64) {
    let of = |damaged: bool| checked.files.iter().filter(|file| file.damaged == damaged).map(|file| file.failing).sum();
    let (damaged, sound): (u64, u64) = (of(true), of(false));
    match checked.files.iter().any(|file| file.damaged) {
        true => (sound, failing.saturating_sub(sound)),
        false => (failing, damaged),
    }
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// What stands for something that nobody judged, of one and of many, and why.
const UNJUDGED: &[(&str, &str, &str, &str)] = &[
    (TOO_LARGE, "record is", "records are", "beyond what the suite reads, and not judged"),
    (OTHER_CLASS, "record is", "records are", "of another class, as members show, and not judged"),
    (
        CLASS_UNCLEAR,
        "record has",
        "records have",
        "members of a related class that it may be of as well, and could not be judged: say with --record which class is meant",
    ),
    (
        ELSEWHERE,
        "message holds",
        "messages hold",
        "something where no records are looked for (by another name, in another place, or encrypted), and it was not judged",
    ),
    (
        OTHER_OBJECT,
        "object is",
        "objects are",
        "of another class than their place is for, as members show, and those members were not judged",
    ),
    (
        KEYWORD,
        "member is",
        "members are",
        "a keyword of JSON-LD that is not followed, and what it holds was not judged",
    ),
    (
        EARLIER,
        "member has",
        "members have",
        "a name of an earlier model of the standard, and what it holds was not judged",
    ),
    (WRAPPED, "wrapper is", "wrappers are", "around several objects, which were not judged"),
    (TWICE, "member stands", "members stand", "more than once in one object, and only the last value was judged"),
    (
        COLUMN_PARTS,
        "value is",
        "values are",
        "in a column that stands for an object, and not judged: name its parts in the header, or say with --mapping what \
         the column means",
    ),
    (
        COLUMN_LIKE,
        "column is",
        "columns are",
        "named almost like a member of the standard or a column of the mapping file, and not read: mend the name, or say with \
         --mapping what is meant",
    ),
    (
        COLUMN_LEFT_OUT,
        "member is",
        "members are",
        "in a column that the mapping file leaves out, and not judged: say in it what the column means",
    ),
    (COLUMN_TWICE, "column is", "columns are", "for a place that another column has, and not read"),
    (
        CELL_TYPE,
        "value is",
        "values are",
        "in a cell of another type than it should have, which may have lost what was meant, and not judged",
    ),
    (
        CELL_FORM,
        "value is",
        "values are",
        "written in the way of a country or a program (dates, numbers, yes and no, blanks around them), and not judged: say \
         with --mapping how this table is written",
    ),
    (
        SHEETS,
        "workbook has",
        "workbooks have",
        "more sheets with cells, which were not read: say with `sheet` in a mapping file which one is meant",
    ),
    (FORMULA, "cell holds", "cells hold", "a formula whose value was not stored, and could not be judged"),
    (
        CELL_ERROR,
        "cell holds",
        "cells hold",
        "an error of the spreadsheet in place of a value, and could not be judged",
    ),
    (
        ROW_TWIN,
        "row of a group has",
        "rows of groups have",
        "the key of another one, or of rows further up, and of which of them the members are could not be told",
    ),
    (ROW_BEYOND, "row has", "rows have", "values beyond the header, or under no name in it, which were not read"),
    (
        ROW_DIFFERS,
        "value is",
        "values are",
        "other than in the first row of a record, for it as a whole, and not judged",
    ),
    (
        ROW_QUOTE,
        "row has",
        "rows have",
        "a quote that is not closed, or more behind one that is, and could not be judged",
    ),
    (
        NO_TEXT,
        "record has",
        "records have",
        "bytes that are no UTF-8, and could not be judged: of a CSV file say with --mapping in which encoding it is",
    ),
];

/// What to do where keys could not be kept.
const ROOM: &str = "Name another temporary folder with TMPDIR, or allow more memory with --memory.";

/// What nobody judged, how often, and why.
fn unjudged(checked: &Checked, table: &Table) -> Vec<String> {
    let places = table.places.iter().zip(&checked.tally.present);
    let valued = places.filter(|(place, count)| **count > 0 && !matches!(place.value, ValueNode::Objects(_))).count();
    let empty =
        (checked.tally.records > 0 && valued == 0).then(|| "No record holds a value that could be judged.".to_owned());
    let found = UNJUDGED.iter().filter_map(|(rule, one, many, why)| {
        // What fails says enough by itself.
        let count = checked.tally.rules.get(*rule)?.warn;
        (count > 0).then(|| format!("{} {why}.", counted(count, one, many)))
    });
    let uncompared = checked.uncompared.iter().map(|why| format!("{why} {ROOM}"));
    uncompared.chain(found).chain(empty).collect()
}

/// True where a finding says that something was not judged.
pub(super) fn is_unjudged(finding: &Finding) -> bool {
    finding.verdict == Verdict::Warn && UNJUDGED.iter().any(|(rule, ..)| *rule == finding.rule)
}

fn of_whole(part: Part) -> String {
    format!("This is part {} of {}: `report merge` of all parts gives the verdict.", part.number, part.of)
}

/// The test that something was judged at all, and to the end.
fn whole(checked: &Checked, unjudged: &[String], class: &str, reproduce: &str) -> TestResult {
    let troubled = checked.refused.len() + checked.files.iter().filter(|file| file.trouble.is_some()).count();
    let open = troubled > 0 || checked.tally.records == 0 || checked.part.is_some() || !unjudged.is_empty();
    let verdict = if open { Verdict::Inconclusive } else { Verdict::Pass };
    let reason = match verdict {
        Verdict::Pass => String::new(),
        _ if troubled > 0 => format!("{troubled} of the files could not be read to the end"),
        _ if !unjudged.is_empty() => unjudged.join(" "),
        _ => checked.part.map_or_else(|| "there was no record to judge".into(), of_whole),
    };
    TestResult {
        title: format!("Every file is read to its end, every record judged as {class}"),
        verdict,
        mandatory: true,
        reason,
        ..test("RECORDS", reproduce)
    }
}

fn test(id: &str, reproduce: &str) -> TestResult {
    TestResult {
        id: id.to_owned(),
        title: String::new(),
        why: String::new(),
        topic: TOPIC.into(),
        role: "files".into(),
        verdict: Verdict::Pass,
        mandatory: false,
        reason: String::new(),
        proves: Vec::new(),
        checks: Vec::new(),
        evidence: Vec::new(),
        duration_ms: 0,
        reproduce: reproduce.to_owned(),
    }
}

/// A rule, what it asks for, and what came of it.
struct Row<'t> {
    id: &'t str,
    words: &'t str,
    found: Option<&'t RuleTally>,
    /// Values or objects it was about.
    judged: u64,
    /// Why nobody judged it.
    open: Option<&'t str>,
    /// True where not all findings of some records are listed.
    cut: bool,
}

/// Every rule that was asked about, and every other that found something, by id.
fn rules<'t>(table: &'t Table, checked: &'t Checked) -> Vec<Row<'t>> {
    let tally = &checked.tally;
    let count = |about: &u16| tally.present.get(usize::from(*about)).copied().unwrap_or(0);
    let cut = tally.rules.contains_key(FINDINGS_LEFT_OUT);
    let mut rows: BTreeMap<&str, Row<'t>> = BTreeMap::new();
    for (id, asked) in &table.asked {
        let judged = asked.about.iter().map(count).sum();
        rows.insert(id, Row { id, words: &asked.words, found: None, judged, open: None, cut });
    }
    for (id, words) in OF_RECORDS {
        rows.insert(id, Row { id, words, found: None, judged: tally.records, open: None, cut });
    }
    for (id, found) in &tally.rules {
        let of_cells = OF_CELLS.iter().find(|(known, _)| known == id).map(|(_, words)| *words);
        let of_one = || found.examples.first().map(|first| first.expected.as_str());
        let words = of_cells.or_else(of_one).unwrap_or_default();
        rows.entry(id).or_insert(Row { id, words, found: None, judged: 0, open: None, cut }).found = Some(found);
    }
    for rule in &checked.not_judged {
        for id in &rule.ids {
            rows.entry(id).and_modify(|row| row.open = Some(&rule.why));
        }
    }
    rows.into_values().collect()
}

fn of_rule(row: &Row<'_>, reproduce: &str) -> TestResult {
    let Row { id, words, found, judged, open, cut } = row;
    let test = TestResult { title: (*words).to_owned(), ..test(id, reproduce) };
    match found {
        Some(rule) => {
            let verdict = match (rule.fail, rule.warn) {
                (1.., _) => Verdict::Fail,
                (_, 1..) => Verdict::Warn,
                _ => Verdict::Pass,
            };
            let places = counted(rule.places.named.len() as u64, "place", "places");
            let findings = counted(rule.fail + rule.warn + rule.note, "finding", "findings");
            let all = if *cut { "those that are listed" } else { "all" };
            let reason = format!("{findings} at {places}; {all} are in findings.ndjson");
            let checks = rule.examples.iter().map(|example| check(id, rule, example)).collect();
            TestResult { verdict, reason, checks, ..test }
        }
        None if open.is_some() => {
            TestResult { verdict: Verdict::NotRun, reason: open.unwrap_or_default().to_owned(), ..test }
        }
        None if *judged == 0 => {
            let reason = "no record holds what the rule speaks of".into();
            TestResult { verdict: Verdict::NotApplicable, reason, ..test }
        }
        None => test,
    }
}

/// Values outside code lists, by member; what was there rarely is counted and not shown.
fn outside(all: &BTreeMap<String, Kinds>) -> Vec<OutsideCodes> {
    let of_member = |(path, kinds): (&String, &Kinds)| {
        let often = kinds.named.iter().filter(|(_, count)| **count >= OFTEN);
        let mut values: Vec<ValueCount> =
            often.map(|(value, count)| ValueCount { value: value.clone(), count: *count }).collect();
        values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        values.truncate(MOST_VALUES);
        OutsideCodes { path: path.clone(), count: kinds.named.values().sum::<u64>() + kinds.others, values }
    };
    let mut members: Vec<OutsideCodes> = all.iter().map(of_member).collect();
    members.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.path.cmp(&b.path)));
    members.truncate(MOST_LISTED);
    members
}

fn check(id: &str, rule: &RuleTally, example: &Example) -> Check {
    let place = place_in_file(&example.file, example.line, example.column, example.record);
    Check {
        sentence: format!(
            "{} follows {id} ({})",
            if example.pointer.is_empty() { "the record" } else { &example.pointer },
            example.source
        ),
        key: place.clone(),
        variant: None,
        requirement: None,
        force: rule.force,
        verdict: example.verdict,
        expected: example.expected.clone(),
        found: example.found.clone(),
        at: format!("{place} {}", example.pointer),
        erratum: example.erratum.clone(),
        evidence: None,
        observed: 1,
    }
}

fn rule_result(id: &str, rule: &RuleTally) -> RuleResult {
    let places: BTreeMap<String, u64> =
        rule.places.named.iter().take(MOST_LISTED).map(|(p, n)| (p.clone(), *n)).collect();
    RuleResult {
        id: id.to_owned(),
        force: rule.force.unwrap_or(Force::I),
        count: rule.fail + rule.warn + rule.note,
        failing: rule.fail,
        warning: rule.warn,
        more_places: (rule.places.named.len().saturating_sub(MOST_LISTED)) as u64,
        places,
        examples: rule
            .examples
            .iter()
            .map(|example| FindingExample {
                file: example.file.clone(),
                line: example.line,
                record: example.record,
                column: example.column,
                pointer: example.pointer.clone(),
                key: example.key.clone(),
                expected: example.expected.clone(),
                found: example.found.clone(),
                source: example.source.clone(),
                erratum: example.erratum.clone(),
            })
            .collect(),
    }
}

/// What occurs at all, most frequent first, then by name.
fn listed<'p>(all: impl Iterator<Item = (&'p str, u64, u64)>) -> Vec<Presence> {
    let there = all.filter(|(_, count, _)| *count > 0);
    let mut listed: Vec<Presence> =
        there.map(|(path, count, of)| Presence { path: path.to_owned(), count, of }).collect();
    listed.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.path.cmp(&b.path)));
    listed
}
