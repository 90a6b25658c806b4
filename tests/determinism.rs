//! The same seed gives the same report: two runs against the sandbox, byte by byte, apart from what cannot be the same.
//!
//! What cannot be the same is put out of the way first, and nothing else is:
//! - moments (`started`, `at`, `message_ts`, HTTP dates) and lengths of time (`took-ms`, `duration_ms`);
//! - ids that are new in every run by design: ours come from the seed and the nonce of the run, the sandbox's from chance;
//! - the nonce itself, and the secret part of callback addresses, which comes from it;
//! - the order of messages from the sandbox that no test waited for: they stand in the order they arrived in;
//! - the tokens of addresses: one test has the address of the known person changed while others read it, and who reads
//!   before and who after is not ours to say;
//! - ports, which the system hands out, and `content-length`, which changes with the length of all of these; and where a
//!   body ends of which more was sent than is kept.

use dci_conform::engine::session::Loaded;
use dci_conform::profile;
use dci_conform::proof::{Change, Conditions, against_sandbox};
use dci_conform::source::Files;
use dci_conform::standard::Standard;
use regex::{Captures, Regex};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

const ID: &str = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

/// So much of a body that is not kept whole is there in every run, whatever the lengths of what changes.
const ALIKE: usize = 50_000;

fn loaded() -> Loaded {
    let files = Files::embedded();
    let standard = Standard::load(&files, "dec2025").unwrap_or_else(|wrong| panic!("{wrong}"));
    let profile = profile::load(&files, "social-registry", &standard).unwrap_or_else(|wrong| panic!("{wrong}")).profile;
    Loaded { profile: Arc::new(profile), standard: Arc::new(standard) }
}

async fn report(loaded: &Loaded, seed: u64) -> Value {
    let conditions = Conditions { seed, patience: 2.0, ..Conditions::default() };
    let finished =
        against_sandbox(loaded, Change::default(), conditions).await.unwrap_or_else(|wrong| panic!("{wrong}"));
    serde_json::to_value(&finished.result).expect("a result is JSON")
}

/// What differs between any two runs, by its form.
struct Changing(Vec<(Regex, &'static str)>);

impl Changing {
    fn new() -> Changing {
        let forms = [
            (ID, "(id)"),
            (r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})", "(moment)"),
            (r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT", "(moment)"),
            (r"127\.0\.0\.1:\d+", "127.0.0.1:(port)"),
            (r"/cb/[0-9a-f]{16}", "/cb/(token)"),
            (r"\baddress-\d+\b", "(address)"),
        ];
        Changing(forms.map(|(form, name)| (Regex::new(form).expect("a form"), name)).into())
    }

    fn put_away(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                for (form, name) in &self.0 {
                    *text = form.replace_all(text, |_: &Captures| *name).into_owned();
                }
                if text.ends_with("more bytes are not kept") {
                    *text = text.chars().take(ALIKE).collect();
                }
            }
            Value::Array(pair) if pair.first().and_then(Value::as_str) == Some("content-length") => {
                pair.truncate(1);
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.put_away(item)),
            Value::Object(members) => {
                for (name, value) in members.iter_mut() {
                    match name.as_str() {
                        "nonce" | "took-ms" | "duration_ms" => *value = Value::Null,
                        _ => self.put_away(value),
                    }
                }
            }
            _ => {}
        }
    }
}

/// Puts evidence that no test refers to into one order.
fn sort_the_unasked(report: &mut Value) {
    let asked = report["tests"].to_string();
    let evidence = report["evidence"].as_object_mut().expect("a report has evidence");
    let (kept, unasked): (Vec<_>, Vec<_>) =
        std::mem::take(evidence).into_iter().partition(|(id, _)| asked.contains(&format!("\"{id}\"")));
    let mut unasked: Vec<Value> = unasked.into_iter().map(|(_, value)| value).collect();
    unasked.sort_by_cached_key(Value::to_string);
    evidence.extend(kept);
    evidence.insert("unasked".into(), unasked.into());
}

/// The first lines that differ, for the message.
fn differences(left: &str, right: &str) -> Vec<String> {
    let lines = left.lines().zip(right.lines()).enumerate();
    let differing = lines.filter(|(_, (left, right))| left != right).take(10);
    let short = |text: &str| text.chars().take(200).collect::<String>();
    differing.map(|(line, (l, r))| format!("line {}:\n  {}\n  {}", line + 1, short(l), short(r))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_seed_gives_the_same_report_with_new_ids() {
    let (loaded, changing) = (loaded(), Changing::new());
    let id = Regex::new(ID).expect("a form");
    let (mut texts, mut seen) = (Vec::new(), BTreeSet::new());
    for _ in 0..2 {
        let mut report = report(&loaded, 42).await;
        let text = report.to_string();
        let ids: BTreeSet<String> = id.find_iter(&text).map(|id| id.as_str().to_owned()).collect();
        assert!(ids.len() > 100 && seen.is_disjoint(&ids), "ids are new in every run");
        seen.extend(ids);
        changing.put_away(&mut report);
        sort_the_unasked(&mut report);
        texts.push(serde_json::to_string_pretty(&report).expect("a result is JSON"));
    }
    if let Some(folder) = std::env::var_os("DCI_KEEP_REPORTS").map(std::path::PathBuf::from) {
        for (number, text) in texts.iter().enumerate() {
            std::fs::write(folder.join(format!("report-{number}.json")), text).expect("the folder can be written");
        }
    }
    let differences = differences(&texts[0], &texts[1]);
    assert!(differences.is_empty(), "two runs of one seed differ:\n{}", differences.join("\n"));
    assert_eq!(texts[0].len(), texts[1].len(), "one report goes on where the other ends");
}
