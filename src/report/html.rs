//! `report.html`: one self-contained page. First what an officer needs, then requirement by requirement, test by test,
//! and the evidence with the judged places marked.
//!
//! Nothing is fetched and no script is needed to read it. Everything is escaped by the template engine; what could act
//! even when escaped (control characters, direction overrides) is made visible before.

mod body;
mod cases;
mod evidence;
mod files;

use super::ReportError;
use super::text::{shorten, visible};
use super::words;
use crate::model::result::{RequirementResult, RunResult};
use crate::model::verdict::{Conformance, RequirementVerdict, Verdict};
use cases::{Anchors, Link, Requirement, Topic};
use evidence::Exhibits;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, UndefinedBehavior, context};
use serde::Serialize;
use std::collections::BTreeMap;

const PARTS: &str = include_str!("templates/parts.html");
const OF_RUNS: &str = include_str!("templates/report.html");
const OF_FILES: &str = include_str!("templates/files.html");
const STYLE: &str = include_str!("templates/report.css");
const SCRIPT: &str = include_str!("templates/report.js");

/// Entries of a list on page one; all of them follow behind it.
const ON_PAGE_ONE: usize = 5;
/// Entries of a list that a product can make as long as it likes.
const MOST_ENTRIES: usize = 200;
/// Longest text of one entry.
const LONGEST: usize = 600;

/// Writes the page.
pub(super) fn write(result: &RunResult) -> Result<Vec<u8>, ReportError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().map_err(fault)?;
    environment.set_syntax(syntax);
    for (name, text) in [("parts.html", PARTS), ("report.html", OF_RUNS), ("files.html", OF_FILES)] {
        environment.add_template(name, text).map_err(fault)?;
    }
    let (name, page) = match &result.checked {
        Some(checked) => ("files.html", Value::from(Serde(&files::page(result, checked)))),
        None => ("report.html", Value::from(Serde(&page(result)))),
    };
    let template = environment.get_template(name).map_err(fault)?;
    let values = context! {
        style => Value::from_safe_string(STYLE.to_owned()),
        script => Value::from_safe_string(SCRIPT.to_owned()),
        page => page,
    };
    let mut text = template.render(values).map_err(fault)?;
    text.push('\n');
    Ok(text.into_bytes())
}

/// In the long form, which names the line of the template.
fn fault(error: minijinja::Error) -> ReportError {
    ReportError::Html(format!("{error:#}"))
}

/// Everything the template shows, in its order.
#[derive(Debug, Serialize)]
struct Page {
    title: String,
    product: String,
    verdict: VerdictBox,
    facts: Vec<(&'static str, String)>,
    declaration: String,
    owned: bool,
    reasons: Cut<String>,
    unmet: Cut<UnmetRequirement>,
    measure: String,
    not_tested: Vec<NotTestedRow>,
    not_tested_all: usize,
    gaps: String,
    not_shown: Cut<NotShown>,
    questions: usize,
    on_page_one: usize,
    test_counts: Vec<Count>,
    tests_all: usize,
    requirement_counts: Vec<Count>,
    requirements_all: usize,
    waivers: Vec<Waiver>,
    errata: Vec<Erratum>,
    requirements: Vec<Requirement>,
    topics: Vec<Topic>,
    exhibits: Exhibits,
    observations: Cut<String>,
    answers: Vec<(String, String)>,
    settings: Vec<(String, String)>,
    redactions: String,
    identity: Vec<(&'static str, String)>,
    repeat: String,
    legend: Vec<(Badge, &'static str)>,
}

/// The verdict as page one begins with it.
#[derive(Debug, Serialize)]
struct VerdictBox {
    class: &'static str,
    headline: &'static str,
    words: String,
    buy: &'static str,
    provisional: Option<String>,
    interrupted: bool,
}

/// A list that may be cut, and how many entries are not in it.
#[derive(Debug, Serialize)]
struct Cut<T> {
    shown: Vec<T>,
    more: usize,
}

impl<T> Cut<T> {
    fn of(items: impl IntoIterator<Item = T>, most: usize) -> Self {
        let mut shown: Vec<T> = items.into_iter().collect();
        let more = shown.len().saturating_sub(most);
        shown.truncate(most);
        Cut { shown, more }
    }
}

/// A verdict: a class for its colour, a sign and a word. The word alone says it all.
#[derive(Clone, Copy, Debug, Serialize)]
struct Badge {
    class: &'static str,
    sign: &'static str,
    word: &'static str,
}

#[derive(Debug, Serialize)]
struct Count {
    badge: Badge,
    number: usize,
}

#[derive(Debug, Serialize)]
struct UnmetRequirement {
    link: Link,
    text: String,
}

#[derive(Debug, Serialize)]
struct NotTestedRow {
    what: String,
    why: String,
    question: Option<String>,
}

#[derive(Debug, Serialize)]
struct Waiver {
    link: Link,
    title: String,
    reason: String,
}

/// A requirement of which nothing is known after the run.
#[derive(Debug, Serialize)]
struct NotShown {
    link: Link,
    text: String,
    why: String,
}

#[derive(Debug, Serialize)]
struct Erratum {
    id: String,
    title: String,
    policy: String,
    seen: Cut<String>,
}

fn page(result: &RunResult) -> Page {
    let product = words::declared(&[&result.implementation.product.name, &result.implementation.product.version], " ");
    let product = product.map_or_else(|| "A product that was not named".to_owned(), |name| safe(&name));
    let (order, anchors) = evidence::anchors(result);
    let exhibits = evidence::exhibits(result, &order);
    let shown: std::collections::HashSet<&str> = exhibits.shown.iter().map(|e| e.anchor.as_str()).collect();
    let evidence_anchors = anchors.into_iter().filter(|(_, anchor)| shown.contains(anchor.as_str())).collect();
    let anchors = Anchors::new(result, evidence_anchors);
    Page {
        title: format!("{}: {}", words::headline(result.verdict), product),
        product,
        verdict: verdict_box(result),
        facts: facts(result),
        declaration: declaration(result),
        owned: owner(result).is_some(),
        reasons: Cut::of(result.reasons.iter().map(|reason| safe(reason)), ON_PAGE_ONE),
        unmet: unmet(result),
        measure: safe(&words::measure(&result.profile)),
        not_tested: not_tested(result),
        not_tested_all: result.not_tested.len(),
        gaps: gaps(result),
        not_shown: not_shown(result),
        questions: result.not_tested.iter().filter(|entry| entry.question.is_some()).count(),
        on_page_one: ON_PAGE_ONE,
        test_counts: test_counts(result),
        tests_all: words::all_tests(&result.counts),
        requirement_counts: requirement_counts(result),
        requirements_all: result.requirements.len(),
        waivers: waivers(result),
        errata: errata(result),
        requirements: cases::requirements(result),
        topics: cases::topics(result, &anchors),
        exhibits,
        observations: Cut::of(result.observations.iter().map(|text| safe(text)), MOST_ENTRIES),
        answers: pairs(&result.implementation.answers),
        settings: pairs(&result.implementation.settings),
        redactions: redactions(result),
        identity: identity(result),
        repeat: repeat(result),
        legend: words::TEST_VERDICTS.iter().map(|v| (badge(*v), words::test_verdict_means(*v))).collect(),
    }
}

/// The command of the whole run. In a result of an older version, which does not say it: what each test says of itself,
/// without the choice of one test.
fn repeat(result: &RunResult) -> String {
    if !result.repeat.is_empty() {
        return safe(&result.repeat);
    }
    let own =
        result.tests.iter().find_map(|test| test.reproduce.split_once(" --test ")).map(|(command, _)| safe(command));
    own.unwrap_or_else(|| {
        let (profile, seed) = (safe(&result.profile.id), result.seed);
        format!("dci-conform run --profile {profile} --implementation FILE --seed {seed}")
    })
}

/// Text fit for the page, bounded.
fn safe(text: &str) -> String {
    shorten(&visible(text), LONGEST)
}

/// Bytes that a text takes in the page once escaped.
fn cost(text: &str) -> usize {
    text.len() + 5 * text.bytes().filter(|byte| matches!(byte, b'<' | b'>' | b'&' | b'"' | b'\'' | b'/')).count()
}

/// True for verdicts that ask nothing of the reader.
const fn held(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Pass | Verdict::NotApplicable)
}

const fn badge(verdict: Verdict) -> Badge {
    let (class, sign) = match verdict {
        Verdict::Pass => ("pass", "✓"),
        Verdict::Warn => ("warn", "!"),
        Verdict::Fail => ("fail", "✗"),
        Verdict::Inconclusive => ("inconclusive", "?"),
        Verdict::Error => ("error", "⚠"),
        Verdict::NotRun => ("not-run", "–"),
        Verdict::NotApplicable => ("not-applicable", "∅"),
        Verdict::Waived => ("waived", "~"),
    };
    Badge { class, sign, word: words::test_verdict(verdict) }
}

fn requirement_badge(row: &RequirementResult) -> Badge {
    let (class, sign) = match row.verdict {
        RequirementVerdict::Met => ("pass", "✓"),
        RequirementVerdict::NotMet if words::binds(row) => ("fail", "✗"),
        RequirementVerdict::NotMet => ("warn", "!"),
        RequirementVerdict::NotShown => ("inconclusive", "?"),
        RequirementVerdict::NotApplicable => ("not-applicable", "∅"),
    };
    Badge { class, sign, word: words::requirement_verdict(row) }
}

fn verdict_box(result: &RunResult) -> VerdictBox {
    VerdictBox {
        class: match result.verdict {
            Conformance::Conformant => "good",
            Conformance::ConformantWithWaivers => "waived",
            Conformance::NotConformant => "bad",
            Conformance::Incomplete => "open",
        },
        headline: words::headline(result.verdict),
        words: words::verdict_in_words(result),
        buy: words::may_i_buy(result.verdict, &result.profile),
        provisional: words::provisional(&result.profile.stage).map(|why| safe(&why)),
        interrupted: result.interrupted,
    }
}

/// What was tested, against what, by whom and when. What the vendor did not say is said to be missing.
fn facts(result: &RunResult) -> Vec<(&'static str, String)> {
    let product = &result.implementation.product;
    let declared = |text: &str| {
        if text.trim().is_empty() { "not declared".to_owned() } else { safe(text) }
    };
    let profile = &result.profile;
    let mut facts = vec![
        ("Product", declared(&product.name)),
        ("Version", declared(&product.version)),
        ("Vendor", declared(&product.vendor)),
        ("Run by", declared(&product.operator)),
        ("Date", date(result)),
        ("Standard", safe(&words::standard(profile))),
        ("Profile", format!("{}, version {} ({})", safe(&profile.title), safe(&profile.version), safe(&profile.stage))),
        ("Tested as", words::role(&safe(&profile.role))),
        ("Address tested", declared(&result.implementation.base_url)),
    ];
    if let Some(owner) = owner(result) {
        facts.push(("Scheme owner", safe(owner)));
    }
    facts
}

fn date(result: &RunResult) -> String {
    let moment = safe(&words::moment(&result.started));
    match words::took(result) {
        Some(took) => format!("{moment} (took {took})"),
        None => moment,
    }
}

/// The authority behind the scheme, where there is one.
fn owner(result: &RunResult) -> Option<&str> {
    result.scheme_owner.as_deref().filter(|owner| !owner.trim().is_empty())
}

/// Whose word this report is.
fn declaration(result: &RunResult) -> String {
    let suite =
        format!("the open conformance suite {}, version {}", safe(&result.tool.name), safe(&result.tool.version));
    let info = &result.profile;
    let of = if info.own.is_some() { "as run by" } else { "of" };
    let profile = format!("profile {} {} {of} {suite}", safe(&info.id), safe(&info.version));
    let operator = result.implementation.product.operator.trim();
    let by = if operator.is_empty() { "whoever ran the test".to_owned() } else { safe(operator) };
    match result.verdict {
        Conformance::Conformant | Conformance::ConformantWithWaivers => {
            let copy = if info.altered.is_empty() { "" } else { "an altered copy of " };
            let own_edition = format!("the edition {}, which is not of that suite", safe(&info.edition));
            let to = match (result.checked.is_some(), info.own_edition) {
                (true, true) => format!("{own_edition}, as judged by {profile}"),
                (true, false) => format!("{copy}{}, as judged by {profile}", safe(&info.standard)),
                (false, true) => format!("{copy}{profile}, with {own_edition}"),
                (false, false) => format!("{copy}{profile}"),
            };
            format!("Declared conformant to {to}, by {by}.")
        }
        _ => format!("Tested against {profile}, by {by}."),
    }
}

/// Binding requirements that did not hold.
fn unmet(result: &RunResult) -> Cut<UnmetRequirement> {
    let rows = result.requirements.iter().enumerate();
    let broken = rows.filter(|(_, row)| row.verdict == RequirementVerdict::NotMet && words::binds(row));
    let entries = broken.map(|(number, row)| UnmetRequirement {
        link: Link { text: safe(&row.id), anchor: Some(format!("r{}", number + 1)) },
        text: safe(&row.text),
    });
    Cut::of(entries, ON_PAGE_ONE)
}

/// What was not shown; questions first, since somebody can answer them.
fn not_tested(result: &RunResult) -> Vec<NotTestedRow> {
    let (asked, unasked): (Vec<_>, Vec<_>) = result.not_tested.iter().partition(|entry| entry.question.is_some());
    let rows = asked.into_iter().chain(unasked).take(MOST_ENTRIES);
    rows.map(|entry| NotTestedRow {
        what: safe(&entry.what),
        why: safe(&entry.why),
        question: entry.question.as_deref().map(safe),
    })
    .collect()
}

/// Requirements that were not shown, and why: no test can, or those that could did not tell.
fn not_shown(result: &RunResult) -> Cut<NotShown> {
    let rows = result.requirements.iter().enumerate();
    let open = rows.filter(|(_, row)| row.verdict == RequirementVerdict::NotShown);
    let entries = open.map(|(number, row)| NotShown {
        link: Link { text: safe(&row.id), anchor: Some(format!("r{}", number + 1)) },
        text: safe(&row.text),
        why: match &row.not_covered {
            Some(why) => format!("no test can show it: {}", safe(why)),
            None => "none of its tests could tell".to_owned(),
        },
    });
    Cut::of(entries, MOST_ENTRIES)
}

/// What else the run left open, counted; “nothing” only where that is so.
fn gaps(result: &RunResult) -> String {
    if result.tests.is_empty() {
        return "Nothing at all was tested.".to_owned();
    }
    let undecided = result.tests.iter().filter(|test| words::undecided(test.verdict)).count();
    let not_shown = result.requirements.iter().filter(|row| row.verdict == RequirementVerdict::NotShown).count();
    let mut gaps = Vec::new();
    if undecided > 0 {
        gaps.push(format!("{} no answer.", words::plural(undecided, "test gave", "tests gave")));
    }
    if not_shown > 0 {
        gaps.push(format!("{} not shown.", words::plural(not_shown, "requirement was", "requirements were")));
    }
    match (gaps.is_empty(), result.not_tested.is_empty()) {
        (true, true) => "Nothing of the profile was left out.".to_owned(),
        _ => gaps.join(" "),
    }
}

fn test_counts(result: &RunResult) -> Vec<Count> {
    let counts = words::TEST_VERDICTS
        .map(|verdict| Count { badge: badge(verdict), number: words::count(&result.counts.tests, verdict.word()) });
    counts.into_iter().filter(|count| count.number > 0).collect()
}

/// Counted from the rows, since a broken recommendation is another thing than a broken rule.
fn requirement_counts(result: &RunResult) -> Vec<Count> {
    let mut counts: Vec<Count> = Vec::new();
    for row in &result.requirements {
        let badge = requirement_badge(row);
        match counts.iter_mut().find(|count| count.badge.word == badge.word) {
            Some(count) => count.number += 1,
            None => counts.push(Count { badge, number: 1 }),
        }
    }
    let order = ["met", "not met", "not followed", "not shown", "not applicable"];
    counts.sort_by_key(|count| order.iter().position(|word| *word == count.badge.word));
    counts
}

fn waivers(result: &RunResult) -> Vec<Waiver> {
    let tests = result.tests.iter().enumerate().filter(|(_, test)| test.verdict == Verdict::Waived);
    tests
        .map(|(number, test)| Waiver {
            link: Link { text: safe(&test.id), anchor: Some(format!("t{}", number + 1)) },
            title: safe(&test.title),
            reason: safe(&test.reason),
        })
        .collect()
}

fn errata(result: &RunResult) -> Vec<Erratum> {
    let notes = result.errata.iter().take(MOST_ENTRIES);
    notes
        .map(|note| Erratum {
            id: safe(&note.id),
            title: safe(&note.title),
            policy: safe(&note.policy),
            seen: Cut::of(note.seen.iter().map(|seen| shorten(&visible(seen), 200)), ON_PAGE_ONE),
        })
        .collect()
}

fn pairs(map: &BTreeMap<String, String>) -> Vec<(String, String)> {
    map.iter().take(MOST_ENTRIES).map(|(key, value)| (safe(key), safe(value))).collect()
}

fn redactions(result: &RunResult) -> String {
    if result.redactions.count == 0 {
        return "Redaction found nothing to replace in what was stored.".to_owned();
    }
    let count = words::plural(result.redactions.count, "value was", "values were");
    let fields: Vec<String> = result.redactions.fields.iter().take(60).map(|field| safe(field)).collect();
    let hidden = match fields.is_empty() {
        true => String::new(),
        false => format!(" Hidden fields: {}.", fields.join(", ")),
    };
    format!("{count} replaced by numbered tokens before anything was stored; equal values have equal tokens.{hidden}")
}

/// What pins the run down.
fn identity(result: &RunResult) -> Vec<(&'static str, String)> {
    let known = |text: &str| if text.is_empty() { "not known".to_owned() } else { safe(text) };
    vec![
        ("Suite", format!("{} {}", safe(&result.tool.name), safe(&result.tool.version))),
        ("Suite, SHA-256", known(&result.tool.digest)),
        ("Profile", format!("{} {}", safe(&result.profile.id), safe(&result.profile.version))),
        ("Profile, SHA-256", known(&result.profile.digest)),
        ("Standard, SHA-256", known(&result.profile.standard_digest)),
        ("Strictness for records", known(&result.profile.strictness)),
        ("Seed", result.seed.to_string()),
        ("Nonce", known(&result.nonce)),
        ("Started", known(&result.started)),
        ("Finished", known(&result.finished)),
        ("Result format", known(&result.schema)),
    ]
}

#[cfg(test)]
mod tests;
