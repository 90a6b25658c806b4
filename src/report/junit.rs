//! `junit.xml` for build servers, in the strict form: only attributes that the narrowest reader allows.
//!
//! It is red exactly when the process ends with another code than 0. A build server shows either the `message`
//! attribute or the content, never surely both, so the content begins with the message.

use super::ReportError;
use super::text::{one_line, plain, shorten};
use super::words;
use crate::model::result::{Check, RunResult, TestResult};
use crate::model::verdict::{Conformance, ExitStatus, Verdict};
use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// Longest text of one finding; a hostile product decides how much it says.
const LONGEST: usize = 2_000;
/// Most findings written out for one test.
const MOST_FINDINGS: usize = 20;

/// Writes the document.
pub(super) fn write(result: &RunResult) -> Result<Vec<u8>, ReportError> {
    refuse_contradiction(result)?;
    let mut report =
        Report::new(line(&format!("{} {} {}", result.tool.name, result.profile.id, result.profile.version)));
    let mut names = HashSet::new();
    for (topic, tests) in by_topic(&result.tests) {
        let classname = format!("{}.{}", slug(&result.profile.id), slug(topic));
        let cases = tests.into_iter().map(|test| (test_case(result, test), Duration::from_millis(test.duration_ms)));
        report.add_test_suite(suite(result, topic, &classname, cases, &mut names));
    }
    if let Some(status) = verdict_without_a_test(result) {
        let classname = format!("{}.verdict", slug(&result.profile.id));
        let case = TestCase::new(format!("Verdict: {}", result.verdict.word()), status);
        let cases = [(case, Duration::ZERO)].into_iter();
        report.add_test_suite(suite(result, "Verdict on the product", &classname, cases, &mut names));
    }
    report.set_time(result.tests.iter().map(|test| Duration::from_millis(test.duration_ms)).sum());
    let text = report.to_string()?;
    Ok(without_skipped_of_root(&text).into_bytes())
}

/// The strict form has no `skipped` on the root element, and the crate always writes one. A quote inside an attribute
/// is escaped, so the first match is the attribute of the root.
fn without_skipped_of_root(text: &str) -> String {
    let Some((before, rest)) = text.split_once(" skipped=\"") else { return text.to_owned() };
    let Some((_, after)) = rest.split_once('"') else { return text.to_owned() };
    format!("{before}{after}")
}

/// True when the test is shown red.
fn is_red(test: &TestResult) -> bool {
    match test.verdict {
        Verdict::Fail => true,
        Verdict::Error | Verdict::Inconclusive | Verdict::NotRun => test.mandatory,
        Verdict::Waived | Verdict::Warn | Verdict::Pass | Verdict::NotApplicable => false,
    }
}

/// A run that ends with 0 must show no red test; if it would, the suite is at fault and says so.
fn refuse_contradiction(result: &RunResult) -> Result<(), ReportError> {
    if ExitStatus::from(result.verdict) != ExitStatus::Conformant {
        return Ok(());
    }
    match result.tests.iter().find(|test| is_red(test)) {
        None => Ok(()),
        Some(test) => Err(ReportError::Contradiction {
            verdict: result.verdict.word(),
            test: one_line(&test.id, 200),
            found: test.verdict.word(),
        }),
    }
}

/// A verdict other than conformant for a reason that no test shows: a case of its own must be red.
fn verdict_without_a_test(result: &RunResult) -> Option<TestCaseStatus> {
    let shown = match result.verdict {
        Conformance::Conformant | Conformance::ConformantWithWaivers => true,
        Conformance::NotConformant => result.tests.iter().any(|test| test.verdict == Verdict::Fail),
        Conformance::Incomplete => result.tests.iter().any(is_red),
    };
    if shown {
        return None;
    }
    let kind = match result.verdict {
        Conformance::NotConformant => NonSuccessKind::Failure,
        _ => NonSuccessKind::Error,
    };
    let mut status = TestCaseStatus::non_success(kind);
    let first = result.reasons.first().cloned().unwrap_or_else(|| words::verdict_in_words(result));
    let message = line(&format!("{}: {first}", result.verdict.word()));
    let mut text = vec![message.clone()];
    text.extend(result.reasons.iter().skip(1).map(|reason| line(reason)));
    status.set_message(message).set_type(result.verdict.word()).set_description(text.join("\n"));
    Some(status)
}

/// Tests by topic, both in the order of the plan.
fn by_topic(tests: &[TestResult]) -> Vec<(&str, Vec<&TestResult>)> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut topics: Vec<(&str, Vec<&TestResult>)> = Vec::new();
    for test in tests {
        let place = *places.entry(&test.topic).or_insert_with(|| {
            topics.push((&test.topic, Vec::new()));
            topics.len() - 1
        });
        if let Some((_, members)) = topics.get_mut(place) {
            members.push(test);
        }
    }
    topics
}

fn suite(
    result: &RunResult,
    topic: &str,
    classname: &str,
    cases: impl Iterator<Item = (TestCase, Duration)>,
    names: &mut HashSet<(String, String)>,
) -> TestSuite {
    let mut suite = TestSuite::new(line(topic));
    suite.extra.insert("timestamp".into(), result.started.as_str().into());
    suite.add_properties(properties(result));
    let mut total = Duration::ZERO;
    for (mut case, time) in cases {
        case.name = unique(names, classname, case.name.as_str()).into();
        case.set_classname(classname).set_time(time);
        total += time;
        suite.add_test_case(case);
    }
    suite.set_time(total);
    suite
}

/// Readers drop a second case of the same class and name, so a repeated one gets a number.
fn unique(names: &mut HashSet<(String, String)>, classname: &str, name: &str) -> String {
    let mut candidate = name.to_owned();
    let mut number = 2;
    while !names.insert((classname.to_owned(), candidate.clone())) {
        candidate = format!("{name} ({number})");
        number += 1;
    }
    candidate
}

fn listed_or_nothing(names: &[String]) -> String {
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}

fn properties(result: &RunResult) -> Vec<Property> {
    let product = &result.implementation.product;
    let added = result.profile.overlays.iter().map(|added| format!("+{}@{}", added.edition, added.version));
    let edition = std::iter::once(result.profile.edition.clone()).chain(added).collect();
    let mapping = result.checked.as_ref().and_then(|checked| checked.mapping.as_ref());
    let silent = result.checked.as_ref().is_some_and(|checked| checked.records.overlays_silent);
    let own = result.profile.own.as_ref().map(|own| {
        format!("extends {}; replaces {}", listed_or_nothing(&own.extends), listed_or_nothing(&own.replaces))
    });
    let conditions = [
        ("dci.altered", (!result.profile.altered.is_empty()).then(|| result.profile.altered.join(", "))),
        ("dci.own-profile", own),
        ("dci.own-edition", result.profile.own_edition.then(|| result.profile.edition.clone())),
        ("dci.overlays-silent", silent.then(|| "yes".to_owned())),
        ("dci.mapping", mapping.map(|mapping| mapping.file.clone())),
    ];
    [
        ("dci.tool", format!("{} {}", result.tool.name, result.tool.version)),
        ("dci.profile", format!("{}@{}", result.profile.id, result.profile.version)),
        ("dci.profile-digest", result.profile.digest.clone()),
        ("dci.profile-stage", result.profile.stage.clone()),
        ("dci.edition", edition),
        ("dci.standard-digest", result.profile.standard_digest.clone()),
        ("dci.strictness", result.profile.strictness.clone()),
        ("dci.target", format!("{} {}", product.name, product.version)),
        ("dci.verdict", result.verdict.word().to_owned()),
        ("dci.seed", result.seed.to_string()),
    ]
    .into_iter()
    .chain(conditions.into_iter().filter_map(|(name, value)| Some((name, value?))))
    .map(|(name, value)| Property::new(name, line(&value)))
    .collect()
}

fn test_case(result: &RunResult, test: &TestResult) -> TestCase {
    let findings: Vec<&Check> = test.checks.iter().filter(|check| check.verdict == test.verdict).collect();
    let message = line(&message(test, &findings));
    let mut status = match test.verdict {
        Verdict::Pass | Verdict::Warn => TestCaseStatus::success(),
        Verdict::Fail => TestCaseStatus::non_success(NonSuccessKind::Failure),
        _ if is_red(test) => TestCaseStatus::non_success(NonSuccessKind::Error),
        _ => TestCaseStatus::skipped(),
    };
    let content = || content(result, test, &message, &findings);
    let mut case = if test.verdict == Verdict::Warn {
        let mut case = TestCase::new("", status);
        case.set_system_out(content());
        case
    } else {
        status.set_message(message.as_str()).set_type(test.verdict.word()).set_description(content());
        TestCase::new("", status)
    };
    case.name = line(&format!("{} {}", test.id, test.title)).into();
    case
}

/// The verdict and its reason, on one line.
fn message(test: &TestResult, findings: &[&Check]) -> String {
    let verdict = words::test_verdict(test.verdict);
    match (test.reason.trim(), findings.first()) {
        ("", None) => verdict.to_owned(),
        ("", Some(check)) => format!("{verdict}: expected {}; found {}", check.expected, check.found),
        (reason, _) => format!("{verdict}: {reason}"),
    }
}

/// The message again, then each finding in full, then how to see it again.
fn content(result: &RunResult, test: &TestResult, message: &str, findings: &[&Check]) -> String {
    let mut lines = vec![message.to_owned()];
    for check in findings.iter().take(MOST_FINDINGS) {
        lines.push(String::new());
        lines.extend(requirement(result, check).map(|requirement| format!("requirement: {requirement}")));
        lines.push(format!("sentence:    {}", line(&check.sentence)));
        if let Some(variant) = &check.variant {
            lines.push(format!("variant:     {}", line(variant)));
        }
        lines.push(format!("expected:    {}", block(&check.expected)));
        lines.push(format!("found:       {}", block(&check.found)));
        lines.push(format!("where:       {}", line(&check.at)));
        if let Some(erratum) = &check.erratum {
            lines.push(format!("erratum:     {}", line(erratum)));
        }
        if let Some(evidence) = &check.evidence {
            lines.push(format!("evidence:    {}", line(evidence)));
        }
    }
    if findings.len() > MOST_FINDINGS {
        lines.push(format!("\nand {} more, all in result.json", findings.len() - MOST_FINDINGS));
    }
    if !test.reproduce.is_empty() {
        lines.push(format!("\nreproduce:   {}", line(&test.reproduce)));
    }
    lines.join("\n")
}

/// `None` for a preparation, and for a finding in a file: the sentence tells all.
fn requirement(result: &RunResult, check: &Check) -> Option<String> {
    let id = check.requirement.as_ref()?;
    Some(match result.requirements.iter().find(|row| &row.id == id) {
        None => line(id),
        Some(row) => format!(
            "{} ({}; {}) {}",
            line(id),
            words::strength_short(row.force, row.level),
            line(&row.source.join(", ")),
            line(&row.text)
        ),
    })
}

/// One line fit for XML.
fn line(text: &str) -> String {
    one_line(text, LONGEST)
}

/// Several lines fit for XML.
fn block(text: &str) -> String {
    shorten(&plain(text), LONGEST)
}

/// One part of a dotted name: letters and digits of any script, the rest made a hyphen.
fn slug(text: &str) -> String {
    let lower = one_line(text, 100).to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.is_empty() { "general".to_owned() } else { words.join("-") }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use proptest::prelude::*;

    fn xml(result: &RunResult) -> String {
        String::from_utf8(write(result).expect("written")).expect("UTF-8")
    }

    /// Reads the document as a build server does: (class, name, status) of each case.
    fn cases(xml: &str) -> Vec<(String, String, &'static str)> {
        let report = Report::deserialize_from_str(xml).expect("well-formed");
        let cases = report.test_suites.into_iter().flat_map(|suite| suite.test_cases);
        cases
            .map(|case| {
                let status = match case.status {
                    TestCaseStatus::Success { .. } => "success",
                    TestCaseStatus::NonSuccess { kind: NonSuccessKind::Failure, .. } => "failure",
                    TestCaseStatus::NonSuccess { kind: NonSuccessKind::Error, .. } => "error",
                    TestCaseStatus::Skipped { .. } => "skipped",
                };
                (case.classname.expect("always present").into_string(), case.name.into_string(), status)
            })
            .collect()
    }

    #[test]
    fn looks_like_this() {
        insta::assert_snapshot!(xml(&sample::small()));
    }

    #[test]
    fn an_empty_run_is_red() {
        insta::assert_snapshot!(xml(&sample::empty()));
    }

    #[test]
    fn every_verdict_is_shown_as_agreed() {
        let shown: Vec<String> = cases(&xml(&sample::every_verdict()))
            .into_iter()
            .map(|(class, name, status)| format!("{status:8} {class} | {name}"))
            .collect();
        insta::assert_snapshot!(shown.join("\n"));
    }

    /// Attributes by element, as the strict form allows them.
    fn allowed(element: &str) -> &'static [&'static str] {
        match element {
            "testsuites" => &["name", "time", "tests", "failures", "errors"],
            "testsuite" => &["name", "tests", "failures", "errors", "group", "time", "skipped", "timestamp", "id"],
            "testcase" => &["name", "time", "classname", "group"],
            "failure" | "error" | "skipped" => &["type", "message"],
            "property" => &["name", "value"],
            "properties" | "system-out" => &[],
            other => panic!("element {other} is not part of the strict form"),
        }
    }

    #[test]
    fn only_the_strict_form_is_written() {
        let element = regex::Regex::new(r#"<([a-z][A-Za-z-]*)((?: [a-z]+="[^"]*")*) ?/?>"#).expect("a regex");
        let attribute = regex::Regex::new(r#" ([a-z]+)=""#).expect("a regex");
        for result in [sample::every_verdict(), sample::hostile(), sample::empty()] {
            let text = xml(&result);
            let mut seen = 0;
            for found in element.captures_iter(&text) {
                seen += 1;
                for name in attribute.captures_iter(&found[2]) {
                    assert!(allowed(&found[1]).contains(&&name[1]), "{} on {}", &name[1], &found[1]);
                }
            }
            assert!(seen > 3);
        }
    }

    #[test]
    fn hostile_text_stays_text_and_small() {
        let text = xml(&sample::hostile());
        assert!(text.len() < 60_000, "{} bytes", text.len());
        assert!(!text.contains("<script>") && !text.contains("]]>"));
        assert!(text.chars().all(|c| matches!(c, '\n' | '\t') || !c.is_control()));
        assert!(!text.contains('\u{202e}') && !text.contains('\u{fffe}'));
        assert!(!cases(&text).is_empty());
    }

    #[test]
    fn a_result_that_contradicts_itself_is_refused() {
        let mut result = sample::small();
        result.verdict = Conformance::Conformant;
        assert!(matches!(write(&result), Err(ReportError::Contradiction { .. })));
    }

    #[test]
    fn no_case_is_lost_to_an_equal_name() {
        let mut result = sample::small();
        result.tests.push(result.tests[0].clone());
        result.tests.push(result.tests[0].clone());
        let names: HashSet<_> = cases(&xml(&result)).into_iter().map(|(class, name, _)| (class, name)).collect();
        assert_eq!(names.len(), 3);
    }

    fn any_verdict() -> impl Strategy<Value = Verdict> {
        proptest::sample::select(words::TEST_VERDICTS.to_vec())
    }

    proptest! {
        #[test]
        fn red_and_the_exit_code_agree(
            tests in proptest::collection::vec((any_verdict(), any::<bool>(), "[a-z<&\u{1b}\u{0}é ]{0,6}"), 0..8),
            verdict in proptest::sample::select(vec![
                Conformance::Conformant,
                Conformance::ConformantWithWaivers,
                Conformance::NotConformant,
                Conformance::Incomplete,
            ]),
        ) {
            let mut result = sample::empty();
            result.verdict = verdict;
            result.tests = tests.iter().map(|(verdict, mandatory, id)| sample::test(id, "a", *verdict, *mandatory)).collect();
            match write(&result) {
                Ok(bytes) => {
                    let shown = cases(&String::from_utf8(bytes).expect("UTF-8"));
                    let red = shown.iter().any(|(_, _, status)| matches!(*status, "failure" | "error"));
                    prop_assert_eq!(red, ExitStatus::from(verdict).code() != 0);
                    prop_assert!(shown.len() >= result.tests.len(), "no test is lost");
                }
                Err(ReportError::Contradiction { .. }) => {
                    prop_assert_eq!(ExitStatus::from(verdict).code(), 0);
                    prop_assert!(result.tests.iter().any(is_red));
                }
                Err(error) => prop_assert!(false, "{}", error),
            }
        }
    }
}
