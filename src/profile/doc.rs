//! A profile as a page to read: requirements, questions, tests with their sentences. Markdown.

use super::ast::{Expectation, Fragment, Length, Profile, Sentence, Step, Test, TiedSentence, Verb};
use super::coverage::{Row, coverage};
use crate::model::duration;
use crate::model::verdict::{Force, Level};
use std::fmt::Write;

/// The profile as Markdown.
pub fn markdown(profile: &Profile) -> String {
    let mut page = format!(
        "# {}\n\nProfile `{}`, version {}, {}. It tests a product in the role {} against {} (edition {}).\n\n",
        line(&profile.title),
        profile.id,
        profile.version,
        profile.stage,
        profile.role,
        line(&profile.standard),
        profile.edition,
    );
    requirements(profile, &mut page);
    questions(profile, &mut page);
    phrases(profile, &mut page);
    let mut topic = "";
    for test in &profile.tests {
        if test.topic != topic {
            let _ = writeln!(page, "## {}\n", line(&test.topic));
            topic = &test.topic;
        }
        write_test(test, &mut page);
    }
    if !profile.fragments.is_empty() {
        page.push_str("## Preparations\n\n");
        profile.fragments.values().for_each(|fragment| write_fragment(fragment, &mut page));
    }
    page
}

fn requirements(profile: &Profile, page: &mut String) {
    let coverage = coverage(profile);
    let _ = writeln!(page, "## Requirements\n\n```\n{}```\n", coverage);
    page.push_str("| id | force | level | requirement | source | shown by |\n| --- | --- | --- | --- | --- | --- |\n");
    for (requirement, row) in profile.requirements.iter().zip(&coverage.rows) {
        let _ = writeln!(
            page,
            "| {} | {} | {} | {} | {} | {} |",
            requirement.id,
            requirement.force.letter(),
            level(requirement.level),
            cell(&requirement.text),
            cell(&requirement.source.join(", ")),
            cell(&shown_by(row)),
        );
    }
    page.push_str("\nN and D with level must can fail a product; everything else can only warn.\n\n");
}

fn shown_by(row: &Row) -> String {
    match (&row.not_covered, row.tests.is_empty()) {
        (_, false) => row.tests.join(", "),
        (Some(reason), true) => format!("no test: {reason}"),
        (None, true) => "nothing yet".into(),
    }
}

fn questions(profile: &Profile, page: &mut String) {
    if !profile.supports.is_empty() {
        page.push_str("## What the vendor says\n\n| claim | tier | question |\n| --- | --- | --- |\n");
        for claim in &profile.supports {
            let _ = writeln!(page, "| {} | {} | {} |", claim.name, claim.tier, cell(&claim.ask));
        }
        page.push('\n');
    }
    if !profile.values.is_empty() {
        page.push_str("## What the vendor supplies\n\n| value | question | default |\n| --- | --- | --- |\n");
        for value in &profile.values {
            let default = value.default.as_ref().map(ToString::to_string).unwrap_or_default();
            let _ = writeln!(page, "| {} | {} | {} |", value.name, cell(&value.ask), cell(&default));
        }
        page.push('\n');
    }
    if !profile.actions.is_empty() {
        page.push_str("## What is done to the product from outside\n\n");
        for action in &profile.actions {
            let _ = writeln!(page, "- `{}`: {}", action.name, line(&action.ask));
        }
        page.push('\n');
    }
}

fn phrases(profile: &Profile, page: &mut String) {
    if profile.phrases.is_empty() {
        return;
    }
    page.push_str("## Phrases\n\n");
    for phrase in profile.phrases.values() {
        let how = if phrase.any { "at least one of" } else { "all of" };
        let erratum = phrase.erratum.as_ref().map(|id| format!(" ({id})")).unwrap_or_default();
        let _ = writeln!(page, "- **{}**{erratum}: {how}", line(&phrase.name));
        for part in &phrase.parts {
            let _ = writeln!(page, "  - {}", code(&part.text));
        }
    }
    page.push('\n');
}

/// One test with all its sentences.
pub(super) fn write_test(test: &Test, page: &mut String) {
    let _ = writeln!(page, "### {}: {}\n", test.id, line(&test.title));
    if !test.why.is_empty() {
        let _ = writeln!(page, "{}\n", line(&test.why));
    }
    let _ = writeln!(page, "Proves {}; tier {}.", test.proves.join(", "), test.tier);
    let when: Vec<String> = test.when.iter().map(condition).collect();
    for (name, list) in [("When", &when), ("Needs", &test.needs), ("Shares", &test.shares)] {
        if !list.is_empty() {
            let _ = writeln!(page, "{name}: {}.", list.join(", "));
        }
    }
    for (name, values) in &test.for_each {
        let values: Vec<String> = values.iter().map(ToString::to_string).collect();
        let _ = writeln!(page, "For each {name}: {}.", values.join(", "));
    }
    page.push('\n');
    for (title, steps) in [("Given", &test.given), ("Steps", &test.steps), ("Finally", &test.finally)] {
        if !steps.is_empty() {
            let _ = writeln!(page, "{title}:\n");
            write_steps(steps, 0, page);
            page.push('\n');
        }
    }
}

fn write_fragment(fragment: &Fragment, page: &mut String) {
    let once = if fragment.once { " (once in a run)" } else { "" };
    let _ = writeln!(page, "### {}{once}\n", line(&fragment.name));
    write_steps(&fragment.steps, 0, page);
    page.push('\n');
}

fn write_steps(steps: &[Step], depth: usize, page: &mut String) {
    let indent = "   ".repeat(depth);
    for (index, step) in steps.iter().enumerate() {
        let name = step.name.as_ref().map(|name| format!(" (called {name})")).unwrap_or_default();
        let _ = writeln!(page, "{indent}{}. {}{name}", index + 1, line(&verb(&step.verb)));
        match &step.verb {
            Verb::Repeat { steps, until, .. } => {
                write_steps(steps, depth + 1, page);
                until.iter().for_each(|sentence| bullet(page, &indent, &format!("until {}", code(&sentence.text))));
            }
            Verb::AtOnce { branches, .. } => branches.iter().for_each(|branch| write_steps(branch, depth + 1, page)),
            _ => {}
        }
        conditions(&step.verb)
            .iter()
            .for_each(|sentence| bullet(page, &indent, &format!("where {}", code(&sentence.text))));
        for (list, word) in [(&step.expect, "must"), (&step.should, "should")] {
            list.iter().for_each(|expectation| write_expectation(expectation, word, &indent, page));
        }
        for (name, path) in &step.remember {
            bullet(page, &indent, &format!("remember {name}: {}", code(&path.text)));
        }
    }
}

fn write_expectation(expectation: &Expectation, word: &str, indent: &str, page: &mut String) {
    match expectation {
        Expectation::Sentence(tied) => bullet(page, indent, &format!("{word}: {}", tied_text(tied))),
        Expectation::Guard { condition, then } => {
            let condition: Vec<String> = condition.iter().map(|sentence| code(&sentence.text)).collect();
            for tied in then {
                bullet(page, indent, &format!("{word}, if {}: {}", condition.join(" and "), tied_text(tied)));
            }
        }
    }
}

fn tied_text(tied: &TiedSentence) -> String {
    let requirement = tied.requirement.as_ref().map(|id| format!(" ({id})")).unwrap_or_default();
    format!("{}{requirement}", code(&tied.sentence.text))
}

fn conditions(verb: &Verb) -> &[Sentence] {
    match verb {
        Verb::Await(found) => &found.where_,
        Verb::Silence(found) => &found.where_,
        Verb::Review(found) => &found.where_,
        _ => &[],
    }
}

/// What a step does, in words.
pub(super) fn verb(verb: &Verb) -> String {
    match verb {
        Verb::Send(send) => {
            let place = send.endpoint.as_ref().or(send.raw_path.as_ref()).cloned().unwrap_or_default();
            let what = match (&send.message, &send.same_as) {
                (Some(message), _) => format!("\"{message}\""),
                (None, Some(step)) => format!("the same bytes as in {step}"),
                (None, None) => "a raw body".into(),
            };
            let credential = match send.authorisation.as_str() {
                "valid" => String::new(),
                other => format!(", authorisation {other}"),
            };
            format!("send {what} to {place} ({}{credential})", send.method)
        }
        Verb::Await(found) => format!("await {} within {}", found.callback, length(&found.within)),
        Verb::Silence(found) => format!("expect no {} for {}", found.callback, length(&found.length)),
        Verb::Ask { action, .. } => format!("ask for the action {action}"),
        Verb::SendBroken(broken) => {
            format!(
                "send broken variants of \"{}\" to {}: {}",
                broken.message,
                broken.endpoint,
                broken.faults.join(", ")
            )
        }
        Verb::Repeat { every, within, .. } => format!("repeat every {}, for at most {}", length(every), length(within)),
        Verb::Use { fragment, may_fail, .. } => {
            format!("use \"{fragment}\"{}", if *may_fail { " (may fail)" } else { "" })
        }
        Verb::AtOnce { branches, copies } => match branches.len() {
            1 => format!("at once, {copies} copies"),
            several => format!("at once, {several} branches"),
        },
        Verb::Review(review) => {
            let what = match (review.replies, review.callbacks) {
                (true, true) => "every message",
                (true, false) => "every answer",
                _ => "every callback",
            };
            let of = if review.of.is_empty() { String::new() } else { format!(" of {}", review.of.join(", ")) };
            format!("review {what}{of} of the run")
        }
        Verb::NotRunHere { verb } => format!("{verb} (this version does not run it)"),
    }
}

fn length(length: &Length) -> String {
    match length {
        Length::Named(name) => format!("the deadline {name}"),
        Length::Literal(length) => duration::words(*length),
    }
}

fn condition(condition: &super::ast::Condition) -> String {
    let claims: Vec<String> = condition
        .any
        .iter()
        .map(|claimed| match &claimed.contains {
            Some(value) => format!("{} with {value}", claimed.claim),
            None => claimed.claim.clone(),
        })
        .collect();
    format!("the product supports {}", claims.join(" or "))
}

const fn level(level: Level) -> &'static str {
    match level {
        Level::Must => "must",
        Level::Should => "should",
    }
}

/// What a miss of a requirement does, in words.
pub(super) const fn consequence(force: Force, of: Level) -> &'static str {
    match (force, of) {
        (Force::N | Force::D, Level::Must) => "a miss fails the product",
        _ => "a miss is a warning",
    }
}

fn bullet(page: &mut String, indent: &str, text: &str) {
    let _ = writeln!(page, "{indent}   - {text}");
}

/// Text of a profile in one line, with nothing that Markdown would take for markup of its own.
fn line(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.replace('\\', "\\\\").replace('<', "&lt;").replace('`', "\\`").replace('*', "\\*")
}

fn cell(text: &str) -> String {
    line(text).replace('|', "\\|")
}

fn code(text: &str) -> String {
    let text = text.split('\n').collect::<Vec<_>>().join(" ");
    match text.contains('`') {
        true => format!("`` {text} ``"),
        false => format!("`{text}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::sample;

    #[test]
    fn the_page_holds_every_requirement_test_and_sentence() {
        let profile = sample::profile().profile;
        let page = markdown(&profile);
        for requirement in &profile.requirements {
            assert!(page.contains(&format!("| {} |", requirement.id)));
        }
        for part in [
            "### LP-PING-01: A ping is answered",
            "- must: `status is 200` (LP-ONE-01)",
            "- must, if `prepared.\"a lamp\" is yes`: `message.lamps has at least 1 items` (LP-ONE-01)",
            "- should: `time is at most 5` (LP-ONE-03)",
            "await pong within the deadline callback",
            "   1. send \"ping\" to ping (POST)",
            "no test: beauty cannot be measured",
            "### a lamp (once in a run)",
            "For each token: \"missing\", \"wrong\".",
        ] {
            assert!(page.contains(part), "{part} in\n{page}");
        }
    }

    #[test]
    fn text_of_a_profile_cannot_break_the_page() {
        assert_eq!(cell("a | <b>\nc"), "a \\| &lt;b> c");
        assert_eq!(code("a `b`"), "`` a `b` ``");
    }
}
