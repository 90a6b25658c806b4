//! The summary at the end of a run, for a terminal: verdict first, then each failure with all that is needed to act.

use super::text::{one_line, plain, thousands};
use super::words;
use crate::model::result::{Check, RequirementResult, RunResult, TestResult};
use crate::model::verdict::{Conformance, Verdict};
use std::collections::BTreeMap;

/// How the summary is laid out.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Colour codes are written.
    pub colour: bool,
    /// Columns of the terminal; lines are broken at blanks, never inside a word or a command.
    pub width: usize,
}

impl Default for Layout {
    fn default() -> Self {
        Layout { colour: false, width: 100 }
    }
}

/// Longest text of one finding.
const LONGEST: usize = 400;
/// Most findings written out for one test; all are in the reports.
const MOST_FINDINGS: usize = 3;
/// Most entries of a list that is only a summary.
const MOST_ENTRIES: usize = 20;

/// The summary. `written` lists the paths of the reports that were written.
pub fn summary(result: &RunResult, written: &[String], layout: Layout) -> String {
    let mut page = Page { text: String::new(), layout };
    head(&mut page, result);
    let requirements: BTreeMap<&str, &RequirementResult> =
        result.requirements.iter().map(|row| (row.id.as_str(), row)).collect();
    let of = |verdict: Verdict| result.tests.iter().filter(move |test| test.verdict == verdict).collect::<Vec<_>>();
    findings(&mut page, "Failures", Style::Bad, &of(Verdict::Fail), &requirements);
    findings(&mut page, "Errors of the test suite", Style::Bad, &of(Verdict::Error), &requirements);
    undecided(&mut page, "Could not be decided", &of(Verdict::Inconclusive));
    let not_run: Vec<&TestResult> = of(Verdict::NotRun).into_iter().filter(|test| test.mandatory).collect();
    undecided(&mut page, "Not run, though mandatory", &not_run);
    one_each(&mut page, "Waived", &of(Verdict::Waived));
    warnings(&mut page, &of(Verdict::Warn));
    tail(&mut page, result);
    if !written.is_empty() {
        page.section("Reports", Style::Strong);
        for path in written {
            page.line(2, &plain(path));
        }
    }
    page.text
}

fn head(page: &mut Page, result: &RunResult) {
    let style = match result.verdict {
        Conformance::Conformant | Conformance::ConformantWithWaivers => Style::Good,
        Conformance::NotConformant => Style::Bad,
        Conformance::Incomplete => Style::Doubt,
    };
    if let Some(why) = words::provisional(&result.profile.stage) {
        page.styled(Style::Doubt, "PROVISIONAL", &format!(": {}", one_line(&why, LONGEST)));
    }
    page.styled(style, &words::headline(result.verdict).to_uppercase(), "");
    page.wrap(0, 0, &words::verdict_in_words(result));
    if result.interrupted {
        page.wrap(0, 0, "The run was stopped before its end; what was not reached is not run.");
    }
    page.gap();
    subject(page, result);
    let profile = &result.profile;
    page.pair("profile", &format!("{} {} ({}), {}", profile.id, profile.version, profile.stage, profile.edition));
    page.pair("standard", &profile.standard);
    page.pair("tests", &counts(&result.counts.tests, words::TEST_VERDICTS.map(|v| (v.word(), words::test_verdict(v)))));
    if result.checked.is_none() {
        let requirements = words::REQUIREMENT_VERDICTS.map(|v| (v.word(), v.word()));
        page.pair("requirements", &counts(&result.counts.requirements, requirements).replace('-', " "));
    }
    if !result.reasons.is_empty() {
        page.section("Why", Style::Strong);
        for reason in result.reasons.iter().take(MOST_ENTRIES) {
            page.wrap(2, 4, &format!("- {}", one_line(reason, LONGEST)));
        }
        page.more(result.reasons.len());
    }
}

/// What was tested: a product at an address, or the records of files.
fn subject(page: &mut Page, result: &RunResult) {
    if let Some(checked) = &result.checked {
        let number = |number: u64| thousands(usize::try_from(number).unwrap_or(usize::MAX));
        let records = &checked.records;
        page.pair("files", &result.implementation.base_url);
        page.pair("records", &format!("{} of class {}", number(records.checked), one_line(&records.class, LONGEST)));
        page.pair(
            "found in",
            &format!(
                "{} that fail, {} that warn, {} with notes alone",
                number(records.failing),
                number(records.warning),
                number(records.with_findings.saturating_sub(records.failing + records.warning))
            ),
        );
        return;
    }
    let product = &result.implementation.product;
    let declared = words::declared(&[&product.name, &product.version, &product.vendor], ", ");
    page.pair("product", declared.as_deref().unwrap_or("not declared"));
    page.pair("address", &result.implementation.base_url);
}

/// `12 passed, 1 failed`; words that count nothing are left out.
fn counts<const N: usize>(numbers: &BTreeMap<String, usize>, words: [(&str, &str); N]) -> String {
    let parts: Vec<String> = words
        .iter()
        .map(|(word, shown)| (words::count(numbers, word), shown))
        .filter(|(number, _)| *number > 0)
        .map(|(number, shown)| format!("{} {shown}", thousands(number)))
        .collect();
    if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
}

fn title(test: &TestResult) -> String {
    format!("{}  {}", one_line(&test.id, LONGEST), one_line(&test.title, LONGEST))
}

fn findings(
    page: &mut Page,
    heading: &str,
    style: Style,
    tests: &[&TestResult],
    requirements: &BTreeMap<&str, &RequirementResult>,
) {
    if tests.is_empty() {
        return;
    }
    page.section(&format!("{heading} ({})", thousands(tests.len())), style);
    for test in tests {
        page.styled(style, &format!("  ✗ {}", title(test)), "");
        let missed: Vec<&Check> = test.checks.iter().filter(|check| check.verdict == test.verdict).collect();
        if missed.is_empty() || test.verdict == Verdict::Error {
            page.wrap(4, 6, &one_line(&test.reason, LONGEST));
        }
        for check in missed.iter().take(MOST_FINDINGS) {
            finding(page, check, requirements);
        }
        if missed.len() > MOST_FINDINGS {
            page.line(4, &format!("and {} more in the report", missed.len() - MOST_FINDINGS));
        }
        if !test.reproduce.is_empty() {
            page.line(4, &format!("reproduce    {}", one_line(&test.reproduce, 4 * LONGEST)));
        }
        page.gap();
    }
}

fn finding(page: &mut Page, check: &Check, requirements: &BTreeMap<&str, &RequirementResult>) {
    let detail = |page: &mut Page, name: &str, text: &str| {
        if !text.trim().is_empty() {
            page.wrap(4, 17, &format!("{name:<12} {}", one_line(text, LONGEST)));
        }
    };
    if let Some(id) = &check.requirement {
        let text = match requirements.get(id.as_str()) {
            None => id.clone(),
            Some(row) => {
                let strength = words::strength_short(row.force, row.level);
                format!("{id} ({strength}; {}) {}", row.source.join(", "), row.text)
            }
        };
        detail(page, "requirement", &text);
    } else {
        // The sentence of a finding in a file names the standard itself.
        detail(page, "sentence", &check.sentence);
    }
    detail(page, "variant", check.variant.as_deref().unwrap_or_default());
    detail(page, "expected", &check.expected);
    detail(page, "found", &check.found);
    detail(page, "where", &check.at);
    detail(page, "erratum", check.erratum.as_deref().unwrap_or_default());
    detail(page, "evidence", check.evidence.as_deref().unwrap_or_default());
}

/// Tests without a verdict, those that count first, each with its remedy.
fn undecided(page: &mut Page, heading: &str, tests: &[&TestResult]) {
    if tests.is_empty() {
        return;
    }
    page.section(&format!("{heading} ({})", thousands(tests.len())), Style::Doubt);
    let (counting, others): (Vec<&TestResult>, Vec<&TestResult>) = tests.iter().partition(|test| test.mandatory);
    for (tests, mark) in [(counting, "counts against the verdict"), (others, "optional")] {
        let groups = by_reason(&tests);
        for (reason, tests) in groups.iter().take(MOST_ENTRIES) {
            page.wrap(2, 4, &format!("? {} ({mark})", together(tests)));
            if !reason.trim().is_empty() {
                page.wrap(4, 4, &one_line(reason, LONGEST));
            }
        }
        page.more(groups.len());
    }
}

/// Tests that share a reason, in the order in which the reasons first come.
fn by_reason<'r>(tests: &[&'r TestResult]) -> Vec<(&'r str, Vec<&'r TestResult>)> {
    let mut groups: Vec<(&str, Vec<&TestResult>)> = Vec::new();
    for test in tests {
        match groups.iter_mut().find(|(reason, _)| *reason == test.reason) {
            Some((_, together)) => together.push(test),
            None => groups.push((&test.reason, vec![test])),
        }
    }
    groups
}

/// One test by its title, several by their ids.
fn together(tests: &[&TestResult]) -> String {
    match tests {
        [only] => title(only),
        many => {
            let ids: Vec<&str> = many.iter().take(MOST_ENTRIES).map(|test| test.id.as_str()).collect();
            let more = if many.len() > MOST_ENTRIES { ", and more" } else { "" };
            format!("{} tests: {}{more}", many.len(), one_line(&ids.join(", "), LONGEST))
        }
    }
}

fn one_each(page: &mut Page, heading: &str, tests: &[&TestResult]) {
    if tests.is_empty() {
        return;
    }
    page.section(&format!("{heading} ({})", thousands(tests.len())), Style::Doubt);
    for test in tests {
        page.wrap(2, 4, &format!("- {}: {}", title(test), one_line(&test.reason, LONGEST)));
    }
}

fn warnings(page: &mut Page, tests: &[&TestResult]) {
    if tests.is_empty() {
        return;
    }
    page.section(&format!("Warnings ({})", thousands(tests.len())), Style::Doubt);
    for test in tests.iter().take(MOST_ENTRIES) {
        let first = test.checks.iter().find(|check| check.verdict == Verdict::Warn);
        let what = first.map_or_else(|| test.reason.clone(), |check| warned(test, check));
        page.wrap(2, 4, &format!("! {}: {}", title(test), one_line(&what, LONGEST)));
    }
    page.more(tests.len());
}

/// What was found and where, and what was expected, unless the title says that.
fn warned(test: &TestResult, check: &Check) -> String {
    let mut what = format!("found {}", one_line(&check.found, 120));
    if !check.at.trim().is_empty() {
        what = format!("{what} at {}", one_line(&check.at, 120));
    }
    if check.expected == test.title {
        return what;
    }
    format!("expected {}; {what}", one_line(&check.expected, 120))
}

fn tail(page: &mut Page, result: &RunResult) {
    if !result.not_tested.is_empty() {
        page.section(&format!("Not tested ({})", thousands(result.not_tested.len())), Style::Strong);
        for entry in result.not_tested.iter().take(MOST_ENTRIES) {
            page.wrap(2, 4, &format!("- {}: {}", one_line(&entry.what, LONGEST), one_line(&entry.why, LONGEST)));
            if let Some(question) = &entry.question {
                page.wrap(4, 4, &format!("Question to the vendor: {}", one_line(question, LONGEST)));
            }
        }
        page.more(result.not_tested.len());
    }
    if !result.errata.is_empty() && result.checked.is_some() {
        // Whoever has many records meets many of them, the same in every check.
        let ids: Vec<&str> = result.errata.iter().take(MOST_ENTRIES).map(|erratum| erratum.id.as_str()).collect();
        page.section("Contradictions of the standard that were met", Style::Strong);
        let text = format!("- {}: the report says what is accepted, and `dci-conform explain ID` does", ids.join(", "));
        page.wrap(2, 4, &one_line(&text, LONGEST));
    } else if !result.errata.is_empty() {
        page.section("Contradictions of the standard that were met", Style::Strong);
        for erratum in result.errata.iter().take(MOST_ENTRIES) {
            let text = format!("- {} {}: {}", erratum.id, erratum.title, erratum.policy);
            page.wrap(2, 4, &one_line(&text, LONGEST));
        }
        page.more(result.errata.len());
    }
    if !result.observations.is_empty() {
        page.section("Observations", Style::Strong);
        for observation in result.observations.iter().take(MOST_ENTRIES) {
            page.wrap(2, 4, &format!("- {}", one_line(observation, LONGEST)));
        }
        page.more(result.observations.len());
    }
}

/// How a heading is coloured. Colour is never the only sign: every heading says the same in words.
#[derive(Clone, Copy)]
enum Style {
    Strong,
    Good,
    Bad,
    Doubt,
}

impl Style {
    const fn code(self) -> &'static str {
        match self {
            Style::Strong => "\u{1b}[1m",
            Style::Good => "\u{1b}[1;32m",
            Style::Bad => "\u{1b}[1;31m",
            Style::Doubt => "\u{1b}[1;33m",
        }
    }
}

/// The text so far.
struct Page {
    text: String,
    layout: Layout,
}

impl Page {
    fn gap(&mut self) {
        if !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    fn section(&mut self, heading: &str, style: Style) {
        self.gap();
        self.styled(style, heading, "");
    }

    fn styled(&mut self, style: Style, strong: &str, rest: &str) {
        if self.layout.colour {
            self.text.push_str(&format!("{}{strong}\u{1b}[0m{rest}\n", style.code()));
        } else {
            self.text.push_str(&format!("{strong}{rest}\n"));
        }
    }

    /// One line as it is, however long: commands and paths are copied whole.
    fn line(&mut self, indent: usize, text: &str) {
        self.text.push_str(&" ".repeat(indent));
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn pair(&mut self, name: &str, value: &str) {
        self.wrap(0, 14, &format!("{name:<13} {}", one_line(value, LONGEST)));
    }

    /// Says how many entries of a cut list are not shown.
    fn more(&mut self, all: usize) {
        if all > MOST_ENTRIES {
            self.line(2, &format!("and {} more in the report", thousands(all - MOST_ENTRIES)));
        }
    }

    /// Words in lines of the terminal's width, the second and later ones with their own indent. Blanks inside the first
    /// line are kept, so that columns stay columns.
    fn wrap(&mut self, first: usize, later: usize, text: &str) {
        let width = self.layout.width.max(40);
        let mut line = " ".repeat(first);
        let mut used = first;
        let mut fresh = true;
        for word in text.split(' ') {
            let length = word.chars().count();
            if !fresh && used + 1 + length > width {
                self.text.push_str(line.trim_end());
                self.text.push('\n');
                line = " ".repeat(later);
                used = later;
                fresh = true;
            }
            if !fresh {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
            used += length;
            fresh = false;
        }
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn written() -> Vec<String> {
        vec!["reports/run/report.html".into(), "reports/run/junit.xml".into()]
    }

    #[test]
    fn looks_like_this() {
        insta::assert_snapshot!(summary(&sample::small(), &written(), Layout::default()));
    }

    #[test]
    fn every_verdict_has_its_place() {
        insta::assert_snapshot!(summary(&sample::every_verdict(), &[], Layout { colour: false, width: 80 }));
    }

    #[test]
    fn an_empty_run_says_so() {
        insta::assert_snapshot!(summary(&sample::empty(), &[], Layout::default()));
    }

    #[test]
    fn colour_adds_codes_and_nothing_else() {
        let result = sample::every_verdict();
        let plain = summary(&result, &written(), Layout::default());
        let coloured = summary(&result, &written(), Layout { colour: true, ..Layout::default() });
        assert_ne!(plain, coloured);
        assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
        assert!(!plain.contains('\u{1b}'));
    }

    #[test]
    fn hostile_text_neither_acts_nor_floods() {
        let text = summary(&sample::hostile(), &written(), Layout::default());
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()));
        assert!(!text.contains('\u{202e}'));
        assert!(text.len() < 30_000, "{} bytes", text.len());
    }
}
