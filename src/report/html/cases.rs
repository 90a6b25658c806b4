//! Tests by topic and requirements one by one, as the page shows them.

use super::super::text::{shorten, visible};
use super::super::words;
use super::evidence::{TestLink, link};
use super::{Badge, badge, cost, held};
use crate::model::result::{Check, RequirementResult, RunResult, TestResult};
use crate::model::verdict::Verdict;
use serde::Serialize;
use std::collections::HashMap;

/// Space for findings and for sentences that held, in bytes of the page.
const SPACE_FINDINGS: usize = 700_000;
const SPACE_HELD: usize = 400_000;
/// Longest text of one finding.
const LONGEST: usize = 600;
/// Most links in one cell.
const MOST_LINKS: usize = 6;

/// Tests that share a topic.
#[derive(Debug, Serialize)]
pub(super) struct Topic {
    title: String,
    counts: Vec<(Badge, usize)>,
    tests: Vec<Case>,
}

/// One test.
#[derive(Debug, Serialize)]
struct Case {
    anchor: String,
    id: String,
    title: String,
    why: String,
    verdict: Badge,
    counts_against: bool,
    attention: bool,
    open: bool,
    reason: String,
    proves: Vec<Link>,
    findings: Vec<Sentence>,
    findings_left_out: usize,
    held: Vec<Sentence>,
    held_left_out: usize,
    evidence: Vec<Link>,
    evidence_more: usize,
    duration_ms: u64,
    reproduce: String,
}

/// One sentence, judged.
#[derive(Debug, Serialize)]
struct Sentence {
    verdict: Badge,
    sentence: String,
    variant: Option<String>,
    requirement: Option<Link>,
    expected: String,
    found: String,
    at: String,
    erratum: Option<String>,
    evidence: Option<Link>,
    observed: usize,
}

/// A name that may lead somewhere in the page.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Link {
    pub(super) text: String,
    pub(super) anchor: Option<String>,
}

/// One requirement.
#[derive(Debug, Serialize)]
pub(super) struct Requirement {
    pub(super) anchor: String,
    pub(super) id: String,
    pub(super) text: String,
    strength: &'static str,
    short: String,
    standard: String,
    source: String,
    verdict: Badge,
    not_covered: Option<String>,
    tests: Vec<TestLink>,
    tests_more: usize,
}

/// Anchors within the page by id.
pub(super) struct Anchors<'a> {
    requirements: HashMap<&'a str, String>,
    evidence: HashMap<&'a str, String>,
}

impl<'a> Anchors<'a> {
    /// Anchors of a result, with those of its exchanges that the page shows.
    pub(super) fn new(result: &'a RunResult, evidence: HashMap<&'a str, String>) -> Self {
        let rows = result.requirements.iter().enumerate();
        Anchors { requirements: rows.map(|(n, row)| (row.id.as_str(), format!("r{}", n + 1))).collect(), evidence }
    }

    fn requirement(&self, id: &str) -> Link {
        Link { text: shorten(&visible(id), 80), anchor: self.requirements.get(id).cloned() }
    }

    fn evidence(&self, id: &str) -> Link {
        Link { text: shorten(&visible(id), 80), anchor: self.evidence.get(id).cloned() }
    }
}

/// Space that is left for two kinds of sentences.
struct Space {
    findings: usize,
    held: usize,
}

/// Tests by topic, both in the order of the plan.
pub(super) fn topics(result: &RunResult, anchors: &Anchors<'_>) -> Vec<Topic> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut topics: Vec<Topic> = Vec::new();
    let mut space = Space { findings: SPACE_FINDINGS, held: SPACE_HELD };
    for (number, test) in result.tests.iter().enumerate() {
        let place = *places.entry(&test.topic).or_insert_with(|| {
            topics.push(Topic { title: shorten(&visible(&test.topic), 200), counts: Vec::new(), tests: Vec::new() });
            topics.len() - 1
        });
        let Some(topic) = topics.get_mut(place) else { continue };
        let case = case(number, test, anchors, &mut space);
        match topic.counts.iter_mut().find(|(badge, _)| badge.class == case.verdict.class) {
            Some((_, count)) => *count += 1,
            None => topic.counts.push((case.verdict, 1)),
        }
        topic.tests.push(case);
    }
    topics
}

fn case(number: usize, test: &TestResult, anchors: &Anchors<'_>, space: &mut Space) -> Case {
    let (held_checks, findings): (Vec<&Check>, Vec<&Check>) = test.checks.iter().partition(|c| held(c.verdict));
    let (findings, findings_left_out) = sentences(&findings, anchors, &mut space.findings);
    let (held_sentences, held_left_out) = sentences(&held_checks, anchors, &mut space.held);
    // A test that was left out and counts for nothing asks nothing of the reader; a filtered run has hundreds.
    let attention = !held(test.verdict) && (test.mandatory || test.verdict != Verdict::NotRun);
    Case {
        anchor: format!("t{}", number + 1),
        id: shorten(&visible(&test.id), 120),
        title: shorten(&visible(&test.title), 300),
        why: shorten(&visible(&test.why), LONGEST),
        verdict: badge(test.verdict),
        counts_against: test.mandatory && words::undecided(test.verdict),
        attention,
        open: attention && (test.mandatory || !findings.is_empty()),
        reason: shorten(&visible(&test.reason), LONGEST),
        proves: test.proves.iter().take(20).map(|id| anchors.requirement(id)).collect(),
        findings,
        findings_left_out,
        held: held_sentences,
        held_left_out,
        evidence: test.evidence.iter().take(2 * MOST_LINKS).map(|id| anchors.evidence(id)).collect(),
        evidence_more: test.evidence.len().saturating_sub(2 * MOST_LINKS),
        duration_ms: test.duration_ms,
        reproduce: shorten(&visible(&test.reproduce), 2 * LONGEST),
    }
}

/// The sentences for which there is space, and how many are left out.
fn sentences(checks: &[&Check], anchors: &Anchors<'_>, space: &mut usize) -> (Vec<Sentence>, usize) {
    let mut shown = Vec::new();
    for check in checks {
        let sentence = sentence(check, anchors);
        let needed = sentence.cost();
        if needed > *space {
            break;
        }
        *space -= needed;
        shown.push(sentence);
    }
    let left_out = checks.len() - shown.len();
    (shown, left_out)
}

fn sentence(check: &Check, anchors: &Anchors<'_>) -> Sentence {
    let safe = |text: &str| shorten(&visible(text), LONGEST);
    Sentence {
        verdict: badge(check.verdict),
        sentence: safe(&check.sentence),
        variant: check.variant.as_deref().map(safe),
        requirement: check.requirement.as_deref().map(|id| anchors.requirement(id)),
        expected: safe(&check.expected),
        found: safe(&check.found),
        at: safe(&check.at),
        erratum: check.erratum.as_deref().map(safe),
        evidence: check.evidence.as_deref().map(|id| anchors.evidence(id)),
        observed: check.observed,
    }
}

impl Sentence {
    fn cost(&self) -> usize {
        let texts = [&self.sentence, &self.expected, &self.found, &self.at];
        700 + texts.iter().map(|text| cost(text)).sum::<usize>()
    }
}

/// All requirements in the order of the profile.
pub(super) fn requirements(result: &RunResult) -> Vec<Requirement> {
    let mut tests: HashMap<&str, Vec<TestLink>> = HashMap::new();
    for (number, test) in result.tests.iter().enumerate() {
        let link = link(number, test);
        let whole = test.id.as_str();
        // A requirement may name a test, which stands for all its instances `test/value`.
        let base = whole.split('/').next().filter(|base| *base != whole);
        for id in std::iter::once(whole).chain(base) {
            tests.entry(id).or_default().push(link.clone());
        }
    }
    let rows = result.requirements.iter().enumerate();
    rows.map(|(number, row)| requirement(number, row, &tests)).collect()
}

fn requirement(number: usize, row: &RequirementResult, tests: &HashMap<&str, Vec<TestLink>>) -> Requirement {
    let mut links: Vec<TestLink> = Vec::new();
    for link in row.tests.iter().filter_map(|id| tests.get(id.as_str())).flatten() {
        if !links.iter().any(|known| known.anchor == link.anchor) {
            links.push(link.clone());
        }
    }
    let tests_more = links.len().saturating_sub(MOST_LINKS);
    links.truncate(MOST_LINKS);
    Requirement {
        anchor: format!("r{}", number + 1),
        id: shorten(&visible(&row.id), 80),
        text: shorten(&visible(&row.text), LONGEST),
        strength: words::strength(row.force, row.level),
        short: words::strength_short(row.force, row.level),
        standard: shorten(&visible(&row.standard), 40),
        source: shorten(&visible(&row.source.join(", ")), 300),
        verdict: super::requirement_badge(row),
        not_covered: row.not_covered.as_deref().map(|why| shorten(&visible(why), LONGEST)),
        tests: links,
        tests_more,
    }
}
