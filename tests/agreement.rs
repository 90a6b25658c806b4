//! Our message schemas against the official ones, on a committed corpus.
//!
//! The corpus (`fixtures/agreement/social.json`) holds messages we wrote and single edits of them, our answer to each,
//! the official schema's answer, and the erratum where the two differ. The first test needs only the corpus. The second
//! asks the official file again, where `DCI_OFFICIAL_DIR` names the folder that holds `openapi-2025-12/`.
//! `UPDATE_AGREEMENT=1` with that folder writes the corpus anew.

#![allow(clippy::print_stdout)] // the counts are what these tests are run for

#[path = "agreement/corpus.rs"]
mod corpus;
#[path = "agreement/messages.rs"]
mod messages;
#[path = "agreement/official.rs"]
mod official;

use corpus::{Base, Corpus};
use dci_conform::source::Files;
use dci_conform::standard::Standard;
use official::Official;
use serde_json::Value;
use std::path::PathBuf;

/// Notes about what both sides accept: these explain no difference.
const ACCEPTED_BY_BOTH: [&str; 3] = ["ET-41", "ET-72", "ET-73"];

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/agreement/social.json");

fn standard() -> Standard {
    Standard::load(&Files::embedded(), "dec2025").unwrap_or_else(|wrong| panic!("{wrong}"))
}

fn committed() -> Corpus {
    let text = std::fs::read_to_string(CORPUS).expect("the corpus is committed");
    Corpus::read(&serde_json::from_str(&text).expect("the corpus is JSON"))
}

/// Our answer: sound or broken, with the errata that had a say.
fn ours(standard: &Standard, schema: &str, message: &Value) -> (bool, Vec<String>) {
    let judgement = standard.judge(schema, message).expect("the schema exists");
    let corrected = judgement.violations.iter().filter_map(|violation| violation.erratum.clone());
    let observed = judgement.observed.iter().map(|observed| observed.erratum.clone());
    let sound = judgement.violations.is_empty();
    let mut errata: Vec<String> = if sound { observed.collect() } else { corrected.collect() };
    errata.sort();
    errata.dedup();
    errata.retain(|id| !ACCEPTED_BY_BOTH.contains(&id.as_str()));
    (sound, errata)
}

#[test]
fn our_schemas_answer_as_committed() {
    let (standard, corpus) = (standard(), committed());
    let (mut cases, mut differences, mut wrong) = (0, 0, Vec::new());
    for base in &corpus.bases {
        for case in base.cases(&corpus.edits) {
            let (sound, errata) = ours(&standard, &base.schema, &case.message);
            cases += 1;
            if sound != case.answer.ours {
                wrong.push(format!("{} {} {}: committed {}", base.name, case.pointer, case.edit, case.answer));
            }
            if case.answer.ours != case.answer.official {
                differences += 1;
                let explained =
                    !case.answer.errata.is_empty() && case.answer.errata.iter().all(|id| errata.contains(id));
                if !explained || case.answer.errata.iter().any(|id| standard.erratum(id).is_none()) {
                    wrong.push(format!(
                        "{} {} {}: a difference no erratum explains",
                        base.name, case.pointer, case.edit
                    ));
                }
            }
        }
    }
    println!(
        "agreement: {cases} committed messages, {differences} differ from the official schema, each by an erratum"
    );
    assert!(cases > 2_000, "the corpus holds {cases} messages");
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_official_schemas_answer_as_committed() {
    let Some(folder) = std::env::var_os("DCI_OFFICIAL_DIR").map(PathBuf::from) else {
        println!("agreement: skipped, DCI_OFFICIAL_DIR names no folder with the official files");
        return;
    };
    let official = Official::read(&folder, "openapi-2025-12/social_api_v1.0.0.yaml");
    let (fresh, wrong) = ask(&standard(), &official);
    assert_eq!(wrong, Vec::<String>::new(), "differences no erratum explains");
    let (hit, total, missed) = official.hits();
    let counts = fresh.counts();
    println!("agreement: {counts}");
    println!("agreement: {hit} of {total} constraints of the official file are broken by at least one message");
    assert_eq!(missed, Vec::<String>::new(), "constraints of the official file that no message breaks");
    let text = fresh.write();
    if std::env::var_os("UPDATE_AGREEMENT").is_some() {
        std::fs::write(CORPUS, &text).expect("the corpus can be written");
    }
    let same = std::fs::read_to_string(CORPUS).expect("the corpus is committed") == text;
    assert!(
        same,
        "the corpus is not what the official file says today: run with UPDATE_AGREEMENT=1 and read the change"
    );
}

/// Every message and edit, asked of both; and the differences that no erratum explains.
fn ask(standard: &Standard, official: &Official) -> (Corpus, Vec<String>) {
    let mut corpus = Corpus::new(official.file(), official.sha256(), messages::edits());
    let mut wrong = Vec::new();
    for (name, schema, target, message) in messages::bases() {
        let mut base = Base::new(name, schema, target, message);
        for (pointer, edit, message) in messages::variants(&base.message, &corpus.edits) {
            let (sound, errata) = ours(standard, schema, &message);
            let theirs = official.answer(target, &message);
            let errata = if sound == theirs { Vec::new() } else { errata };
            if sound != theirs && errata.is_empty() {
                let say = |sound| if sound { "sound" } else { "broken" };
                wrong.push(format!("{name} {pointer} {edit}: ours {}, official {}", say(sound), say(theirs)));
            }
            base.add(&pointer, &edit, corpus::Answer { ours: sound, official: theirs, errata });
        }
        corpus.bases.push(base);
    }
    (corpus, wrong)
}
