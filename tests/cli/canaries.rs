//! Canaries: no name, identifier, date of birth, phone, address or token of the sandbox survives in anything a run leaves.

use super::folder::Folder;
use super::run;
use regex::{Regex, RegexBuilder};
use serde_json::Value;
use std::collections::BTreeSet;

/// The people of the sandbox, as committed.
const PEOPLE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/sandbox/people.json"));
/// Members whose values the profile hides, as its `profile.yaml` lists them.
const PROFILE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/test-profiles/base/profile.yaml"));
/// The demo's token, as its source has it.
const DEMO: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/proof/mod.rs"));

fn hidden_members() -> BTreeSet<String> {
    let node = dci_conform::source::yaml::parse("profile.yaml", PROFILE).expect("the profile reads");
    let listed = node.get("privacy").and_then(|privacy| privacy.get("hide fields"));
    let items = listed.and_then(dci_conform::source::Node::items).expect("the profile hides members");
    items.iter().filter_map(|item| item.text()).map(str::to_owned).collect()
}

fn gather(value: &Value, hidden: &BTreeSet<String>, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                if hidden.contains(name) {
                    leaves(value, into);
                }
                gather(value, hidden, into);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, hidden, into)),
        _ => {}
    }
}

fn leaves(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            into.insert(text.clone());
        }
        Value::Number(number) => {
            into.insert(number.to_string());
        }
        Value::Array(items) => items.iter().for_each(|item| leaves(item, into)),
        Value::Object(members) => members.values().for_each(|value| leaves(value, into)),
        _ => {}
    }
}

fn canaries() -> BTreeSet<String> {
    let people: Value = serde_json::from_str(PEOPLE).expect("the people are JSON");
    let mut found = BTreeSet::new();
    gather(&people, &hidden_members(), &mut found);
    assert!(found.len() > 300, "only {} canaries", found.len());
    // Two letters are found everywhere and give nobody away; a postal code of four digits is also a part of a message id.
    let is_short_number = |text: &str| text.len() < 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    found.retain(|text| text.chars().count() > 2 && !is_short_number(text));
    let token = Regex::new(r#"const TOKEN: &str = "([^"]+)""#).expect("sound");
    found.insert(token.captures(DEMO).expect("the demo has a token")[1].to_owned());
    found
}

/// Where a canary stands as a word of its own, not inside a longer one.
pub(super) fn survivors(texts: &[(String, String)]) -> Vec<String> {
    let canaries: Vec<String> = canaries().into_iter().collect();
    let any = canaries.iter().map(|canary| regex::escape(canary)).collect::<Vec<_>>().join("|");
    let search = RegexBuilder::new(&any).size_limit(64 << 20).build().expect("the canaries make an expression");
    let mut found = BTreeSet::new();
    for (name, text) in texts {
        for hit in search.find_iter(text) {
            let before = text[..hit.start()].chars().next_back();
            let after = text[hit.end()..].chars().next();
            // A letter behind a backslash is the end of an escape in JSON, not the beginning of the word.
            let escape = text[..hit.start()].chars().rev().nth(1) == Some('\\');
            let joins = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            if (!joins(before) || escape) && !joins(after) {
                let start = text[..hit.start()].char_indices().rev().nth(40).map_or(0, |(index, _)| index);
                found.insert(format!("{name}: {} after {:?}", hit.as_str(), &text[start..hit.start()]));
            }
        }
    }
    found.into_iter().collect()
}

/// The first few of them, for people.
pub(super) fn shown(survivors: &[String]) -> String {
    format!("{} survivors, among them:\n{}", survivors.len(), survivors[..survivors.len().min(20)].join("\n"))
}

fn artefacts(faults: &[&str]) -> Vec<(String, String)> {
    let folder = Folder::new();
    let mut arguments = vec!["demo", "--out", "reports"];
    faults.iter().for_each(|fault| arguments.extend(["--fault", fault]));
    let ran = run(&folder, &arguments);
    assert!(ran.code <= 2, "{}{}", ran.out, ran.err);
    let mut texts = folder.files();
    texts.retain(|(name, _)| !name.ends_with('/'));
    assert_eq!(texts.len(), 3, "result.json, report.html, junit.xml");
    assert!(texts.iter().all(|(_, text)| text.len() > 1000));
    // How long a test took may look like the height of a village.
    let took = Regex::new(r#"\btime="[0-9.]+""#).expect("sound");
    texts.iter_mut().for_each(|(_, text)| *text = took.replace_all(text, "time").into_owned());
    texts.extend([("standard output".to_owned(), ran.out), ("standard error".to_owned(), ran.err)]);
    texts
}

fn none_survives(faults: &[&str]) {
    let found = survivors(&artefacts(faults));
    assert!(found.is_empty(), "{faults:?}: {}", shown(&found));
}

#[test]
fn nothing_personal_survives_a_run() {
    none_survives(&[]);
}

/// A product that gives away what it can, where nobody expects it: in refusals, in texts, in what is no JSON.
#[test]
fn nothing_personal_survives_a_careless_product() {
    none_survives(&["refused-with-data", "refusal-repeats-token", "personal-data-in-error", "markup-in-error"]);
    none_survives(&["length-too-short"]);
    none_survives(&["records-nested", "search-response-as-object", "result-with-status-500", "content-type-html"]);
}

/// A product that spells values in its own way.
#[test]
fn nothing_personal_survives_another_spelling() {
    none_survives(&["identifier-padded", "phone-without-plus", "date-with-dots"]);
    none_survives(&["identifier-as-number", "date-impossible"]);
}

/// A product that gives the members of names and identifiers names of its own.
#[test]
fn nothing_personal_survives_under_other_names() {
    none_survives(&["identifier-members-renamed"]);
    none_survives(&["name-as-text"]);
}

#[test]
fn the_search_for_canaries_finds_what_is_there() {
    let (name, date) = ("Odhiambo", "1984-05-02");
    let text = format!("{{\"surname\": \"{name}\", \"born\": \"{date}\"}} sandbox-token-of-the-demo");
    assert_eq!(survivors(&[("a".to_owned(), text)]).len(), 3);
}
