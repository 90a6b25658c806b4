//! Recorded exchanges as the page shows them: those that were found wanting first in the queue for space.

use super::super::text::{one_line, shorten, visible};
use super::body::{Mark, Segment, segments};
use super::cost;
use crate::model::result::{Check, Evidence, RunResult, TestResult};
use crate::model::verdict::Verdict;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// Space for all exchanges together, in bytes of the page.
const SPACE: usize = 3_600_000;
/// Space one exchange takes without its bodies, about.
const FRAME: usize = 1_200;
/// Most lines of a body that a finding refers to.
const LINES_JUDGED: usize = 500;
/// Most lines of any other body.
const LINES_OTHER: usize = 120;
/// Most findings and tests named beside one exchange.
const MOST_NAMED: usize = 12;

/// All exchanges for the page.
#[derive(Debug, Default, Serialize)]
pub(super) struct Exhibits {
    /// Those shown, in the order in which the tests used them.
    pub(super) shown: Vec<Exhibit>,
    /// How many are shown without their bodies.
    pub(super) without_bodies: usize,
    /// How many are not shown at all.
    pub(super) left_out: usize,
}

/// One exchange.
#[derive(Debug, Serialize)]
pub(super) struct Exhibit {
    /// Anchor in the page.
    pub(super) anchor: String,
    id: String,
    arrived: bool,
    name: String,
    sound: bool,
    at: String,
    took_ms: u64,
    request_line: String,
    request_headers: Vec<Field>,
    request_body: Vec<Segment>,
    status: Option<u16>,
    status_marked: bool,
    response_headers: Vec<Field>,
    response_body: Vec<Segment>,
    no_answer: String,
    notes: Vec<String>,
    findings: Vec<Finding>,
    tests: Vec<TestLink>,
    bodies_left_out: bool,
    /// True when a sentence found something here: its messages come before those of all others.
    judged: bool,
    open: bool,
}

/// A header field.
#[derive(Debug, Serialize)]
struct Field {
    name: String,
    value: String,
    marked: bool,
}

/// What a sentence found here.
#[derive(Clone, Debug, Serialize)]
struct Finding {
    verdict: super::Badge,
    test: TestLink,
    expected: String,
    found: String,
    at: String,
}

/// A test that used the exchange.
#[derive(Clone, Debug, Serialize)]
pub(super) struct TestLink {
    pub(super) id: String,
    pub(super) anchor: String,
}

/// What the tests say about one exchange.
#[derive(Default)]
struct Uses<'a> {
    tests: Vec<(usize, &'a TestResult)>,
    judged: Vec<(usize, &'a TestResult, &'a Check)>,
}

/// Anchors of all exchanges by id: first in the order of the tests, then what no test refers to.
pub(super) fn anchors(result: &RunResult) -> (Vec<&str>, HashMap<&str, String>) {
    let mut order: Vec<&str> = Vec::new();
    let mut anchors = HashMap::new();
    let used = result
        .tests
        .iter()
        .flat_map(|test| test.evidence.iter().chain(test.checks.iter().filter_map(|check| check.evidence.as_ref())));
    for id in used.chain(result.evidence.keys()) {
        if result.evidence.contains_key(id) && !anchors.contains_key(id.as_str()) {
            anchors.insert(id.as_str(), format!("e{}", order.len() + 1));
            order.push(id);
        }
    }
    (order, anchors)
}

/// All exchanges, as far as there is space.
pub(super) fn exhibits(result: &RunResult, order: &[&str]) -> Exhibits {
    let uses = uses(result);
    let none = Uses::default();
    let mut queue: Vec<(u8, usize, &str, &Evidence)> = Vec::new();
    for (number, id) in order.iter().enumerate() {
        let judged = uses.get(id).map_or(&[][..], |uses| &uses.judged);
        let worst = Verdict::worst(judged.iter().map(|(_, _, check)| check.verdict));
        queue.extend(result.evidence.get(*id).map(|evidence| (urgency(worst), number, *id, evidence)));
    }
    queue.sort_by_key(|(urgency, number, ..)| (*urgency, *number));
    let mut space = SPACE;
    let mut shown: BTreeMap<usize, Exhibit> = BTreeMap::new();
    let mut all = Exhibits::default();
    for (urgency, number, id, evidence) in queue {
        let mut exhibit = exhibit(id, number, evidence, uses.get(id).unwrap_or(&none), urgency);
        if exhibit.frame() > space {
            all.left_out += 1;
            continue;
        }
        space -= exhibit.frame();
        if exhibit.judged {
            exhibit.keep_bodies_within(&mut space);
        }
        shown.insert(number, exhibit);
    }
    for exhibit in shown.values_mut().filter(|exhibit| !exhibit.judged) {
        exhibit.keep_bodies_within(&mut space);
    }
    all.without_bodies = shown.values().filter(|exhibit| exhibit.bodies_left_out).count();
    all.shown = shown.into_values().collect();
    all
}

/// Place in the queue for space: what fails, then what is open or warned about, then the rest.
fn urgency(worst: Option<Verdict>) -> u8 {
    match worst {
        Some(Verdict::Fail) => 0,
        Some(Verdict::Pass | Verdict::NotApplicable) | None => 2,
        Some(_) => 1,
    }
}

fn uses(result: &RunResult) -> HashMap<&str, Uses<'_>> {
    let mut uses: HashMap<&str, Uses<'_>> = HashMap::new();
    for (number, test) in result.tests.iter().enumerate() {
        for id in &test.evidence {
            uses.entry(id).or_default().tests.push((number, test));
        }
        for check in test.checks.iter().filter(|check| !super::held(check.verdict)) {
            if let Some(id) = &check.evidence {
                uses.entry(id).or_default().judged.push((number, test, check));
            }
        }
    }
    uses
}

fn exhibit(id: &str, number: usize, evidence: &Evidence, uses: &Uses<'_>, urgency: u8) -> Exhibit {
    let arrived = evidence.direction == "arrived";
    let marks: Vec<Mark> = uses.judged.iter().filter_map(|(_, test, check)| mark(test, check)).collect();
    let lines = if urgency < 2 { LINES_JUDGED } else { LINES_OTHER };
    let (of_request, of_response): (&[Mark], &[Mark]) = if arrived { (&marks, &[]) } else { (&[], &marks) };
    let at = |place: &str| uses.judged.iter().any(|(_, _, check)| check.at.trim().eq_ignore_ascii_case(place));
    let fields = |fields: &[(String, String)], received: bool| -> Vec<Field> {
        let most = fields.iter().take(60);
        most.map(|(name, value)| Field {
            marked: received && (at(name) || at(&format!("http.{name}"))),
            name: shorten(&visible(name), 100),
            value: shorten(&visible(value), 500),
        })
        .collect()
    };
    Exhibit {
        anchor: format!("e{}", number + 1),
        id: shorten(&visible(id), 80),
        arrived,
        name: shorten(&visible(&evidence.name), 80),
        sound: evidence.sound,
        at: shorten(&visible(&evidence.at), 40),
        took_ms: evidence.took_ms,
        request_line: shorten(&visible(&evidence.request_line), 500),
        request_headers: fields(&evidence.request_headers, arrived),
        request_body: segments(&evidence.request_body, of_request, lines),
        status: evidence.status,
        status_marked: at("status"),
        response_headers: fields(&evidence.response_headers, !arrived),
        response_body: segments(&evidence.response_body, of_response, lines),
        no_answer: shorten(&visible(&evidence.no_answer), 500),
        notes: evidence.notes.iter().take(20).map(|note| shorten(&visible(note), 500)).collect(),
        findings: uses
            .judged
            .iter()
            .take(MOST_NAMED)
            .map(|(number, test, check)| finding(*number, test, check))
            .collect(),
        tests: uses.tests.iter().take(MOST_NAMED).map(|(number, test)| link(*number, test)).collect(),
        bodies_left_out: false,
        judged: urgency < 2,
        open: urgency == 0,
    }
}

/// The place a sentence judged, if it is a place in the body.
fn mark(test: &TestResult, check: &Check) -> Option<Mark> {
    let pointer = check.at.trim();
    if !pointer.is_empty() && !pointer.starts_with('/') {
        return None;
    }
    let found = one_line(&check.found, 120);
    Some(Mark { pointer: pointer.to_owned(), note: format!("{}: found {found}", one_line(&test.id, 80)) })
}

fn finding(number: usize, test: &TestResult, check: &Check) -> Finding {
    Finding {
        verdict: super::badge(check.verdict),
        test: link(number, test),
        expected: shorten(&visible(&check.expected), 300),
        found: shorten(&visible(&check.found), 300),
        at: shorten(&visible(&check.at), 200),
    }
}

pub(super) fn link(number: usize, test: &TestResult) -> TestLink {
    TestLink { id: shorten(&visible(&test.id), 120), anchor: format!("t{}", number + 1) }
}

impl Exhibit {
    /// What it takes without its messages.
    fn frame(&self) -> usize {
        let fields = self.request_headers.iter().chain(&self.response_headers);
        let findings = self.findings.iter().map(|f| 300 + cost(&f.expected) + cost(&f.found) + cost(&f.at));
        FRAME
            + fields.map(|field| 60 + cost(&field.name) + cost(&field.value)).sum::<usize>()
            + cost(&self.request_line)
            + cost(&self.no_answer)
            + self.notes.iter().map(|note| cost(note)).sum::<usize>()
            + findings.sum::<usize>()
            + self.tests.len() * 120
    }

    /// Takes the space for the messages, or leaves them out and says so.
    fn keep_bodies_within(&mut self, space: &mut usize) {
        let bodies: usize = self.request_body.iter().chain(&self.response_body).map(Segment::cost).sum();
        match space.checked_sub(bodies) {
            Some(rest) => *space = rest,
            None => {
                self.request_body.clear();
                self.response_body.clear();
                self.bodies_left_out = true;
            }
        }
    }
}
