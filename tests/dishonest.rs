//! Eight servers that look alive and are not what they say. Each is run with the whole Social Registry profile, with the
//! right credential and everything claimed, and each must be found not conformant.
//!
//! No test may pass that should not: what passes is listed here with the reason why it is right, and a pass that is not
//! listed fails. The lists are upper bounds where answers come later, since a machine under load may lose one; the
//! servers that answer in the call only must come out exactly as listed.

#![allow(clippy::print_stdout)] // the lists are what these tests are run for

#[path = "dishonest/liars.rs"]
mod liars;
mod raw;

use dci_conform::engine::events::Quiet;
use dci_conform::engine::plan::Selection;
use dci_conform::engine::session::{Loaded, Options, conduct};
use dci_conform::engine::stop::Stop;
use dci_conform::implementation::{self, Credentials, Login};
use dci_conform::model::result::RunResult;
use dci_conform::model::verdict::{Conformance, Verdict};
use dci_conform::profile;
use dci_conform::source::Files;
use dci_conform::standard::Standard;
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;

/// The person the vendor's file names.
pub const KNOWN: &str = "KE-44006202H";

/// Everything is claimed; deadlines are short.
const FILE: &str = r#"
profile: social-registry
role: registry
base-url: http://liar
paths: {prefix: registry}
sender-id: dci-conform
receiver-id: dci-sandbox-sr
authorisation: {bearer: {env: DCI_TOKEN_OF_THE_DISHONEST}}
callback: {listen: 127.0.0.1:0}
deadlines: {http: 2s, callback: 300ms, notify: 300ms, quiet: 100ms}
supports:
  sync-search: yes
  async-search: yes
  subscriptions: yes
  transaction-status: yes
  async-transaction-status: yes
  sorting: yes
  response-entity: yes
  pagination: yes
  signatures: yes
  encryption: yes
  change-person: yes
  query-types: [idtype-value, expression, predicate]
values:
  known-person.type: UIN
  known-person.value: KE-44006202H
  unknown-person.value: KE-4
  other-person.value: PE-85364397N
  many.count: 59
actions:
  change-person:
    http: {method: POST, url: /sandbox/change-person, body: {identifier_type: "${type}", identifier_value: "${value}"}}
"#;

/// A glob over test ids and why it is right that such a test passes.
type Reason = (&'static str, &'static str);

fn loaded() -> Loaded {
    let files = Files::embedded();
    let standard = Standard::load(&files, "dec2025").unwrap_or_else(|wrong| panic!("{wrong}"));
    let profile = profile::load(&files, "social-registry", &standard).unwrap_or_else(|wrong| panic!("{wrong}")).profile;
    Loaded { profile: Arc::new(profile), standard: Arc::new(standard) }
}

async fn run(base_url: &str) -> RunResult {
    let file = FILE.replace("http://liar", base_url);
    let implementation = implementation::parse("liar.yaml", &file, None).unwrap_or_else(|wrong| panic!("{wrong}"));
    let login = Login::Bearer(SecretString::from(liars::TOKEN.to_owned()));
    let credentials = Credentials { login, action_headers: Vec::new(), signing_key: None };
    let options = Options {
        jobs: 8,
        rate: None,
        patience: 1.0,
        time_limit: Duration::from_secs(300),
        seed: 1,
        listen: None,
        public_url: None,
        selection: Selection::default(),
        operator: None,
        hears: Arc::new(Quiet),
        stop: Stop::default(),
        command: "dci-conform run".into(),
        digest: String::new(),
    };
    conduct(&loaded(), &implementation, credentials, options).await.unwrap_or_else(|error| panic!("{error}")).result
}

/// `*` at the end stands for anything.
fn covers(glob: &str, id: &str) -> bool {
    glob.strip_suffix('*').map_or(glob == id, |start| id.starts_with(start))
}

/// Prints what passed, with the reason; fails on what passed without one.
fn judge(name: &str, result: &RunResult, reasons: &[Reason]) -> usize {
    let passes: Vec<_> = result.tests.iter().filter(|test| test.verdict == Verdict::Pass).collect();
    println!("{name}: {:?}, {} of {} tests pass; {:?}", result.verdict, passes.len(), result.tests.len(), result.counts.tests);
    let mut wrong = Vec::new();
    for test in &passes {
        let reason = reasons.iter().find(|(glob, _)| covers(glob, &test.id));
        println!("  {:<22} {:<70} {}", test.id, test.title, reason.map_or("WITHOUT REASON", |(_, why)| why));
        if reason.is_none() {
            wrong.push(test.id.as_str());
            for check in &test.checks {
                println!("      {:?} {:?} {} | {}", check.verdict, check.requirement, check.expected, check.found);
            }
        }
    }
    assert_eq!(result.verdict, Conformance::NotConformant, "{name}: {:?}", result.reasons);
    assert!(!result.interrupted, "{name}: the run came to its end");
    assert!(wrong.is_empty(), "{name}: passes that nobody can justify: {}", wrong.join(", "));
    passes.len()
}

/// As [`judge`], and every reason must have been needed.
fn judge_exactly(name: &str, result: &RunResult, reasons: &[Reason], count: usize) {
    assert_eq!(judge(name, result, reasons), count, "{name}: number of passes");
    for (glob, _) in reasons {
        let used = result.tests.iter().any(|test| test.verdict == Verdict::Pass && covers(glob, &test.id));
        assert!(used, "{name}: nothing passes as {glob} any more: take the line out");
    }
}

#[tokio::test]
async fn the_same_error_for_everything() {
    let liar = liars::same_error().await;
    judge_exactly("same ERR", &run(&liar.server.base_url()).await, &[], 0);
}

#[tokio::test]
async fn unauthorised_with_the_right_credential() {
    let liar = liars::always_unauthorised().await;
    judge_exactly("always 401", &run(&liar.server.base_url()).await, &[], 0);
}

#[tokio::test]
async fn never_there() {
    let liar = liars::never_there().await;
    judge_exactly("always 404", &run(&liar.server.base_url()).await, &[], 0);
}

#[tokio::test]
async fn an_empty_object_for_everything() {
    let liar = liars::empty_object().await;
    judge_exactly("always {}", &run(&liar.server.base_url()).await, &[], 0);
}

#[tokio::test]
async fn every_id_echoed_with_one_canned_record() {
    let liar = liars::echoes_ids().await;
    judge("echoes ids", &run(&liar.server.base_url()).await, &[]);
}

#[tokio::test]
async fn acknowledged_and_never_called_back() {
    let liar = liars::acknowledges_only().await;
    judge_exactly("ACK only", &run(&liar.server.base_url()).await, &[], 0);
}

#[tokio::test]
async fn called_back_with_the_answer_of_another_transaction() {
    let liar = liars::swaps(false).await;
    judge("another's answer", &run(&liar.server.base_url()).await, &[]);
}

#[tokio::test]
async fn called_back_with_the_records_of_another_transaction() {
    let liar = liars::swaps(true).await;
    judge("another's records", &run(&liar.server.base_url()).await, &[]);
}

#[tokio::test]
async fn the_first_answer_for_ever() {
    let liar = liars::replays().await;
    judge("first answer for ever", &run(&liar.server.base_url()).await, &[]);
}
