//! What the suite makes of a product about which nothing is known but its address: everything it can probe is tested,
//! nothing fails for want of knowledge, and what was not shown comes with the question the vendor must answer.

#![allow(clippy::print_stdout)] // what was not shown, and the questions, are what these tests are run for

mod folder;

use assert_cmd::Command;
use dci_conform::sandbox::{self, Sandbox};
use folder::Folder;
use serde_json::Value;
use std::path::Path;

/// The embedded registry without a token, on a runtime that lives as long as it.
struct Product {
    sandbox: Sandbox,
    _runtime: tokio::runtime::Runtime,
}

fn product() -> Product {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let sandbox = runtime.block_on(sandbox::start(sandbox::Options::default())).expect("the sandbox starts");
    Product { sandbox, _runtime: runtime }
}

fn command() -> Command {
    Command::cargo_bin("dci-conform").expect("the binary is built")
}

/// Runs and reads the result; the exit code must say what the verdict says.
fn run(arguments: &[&str], out: &Path) -> Value {
    let output = command().arg("run").args(arguments).arg("--out").arg(out).output().expect("the binary runs");
    let text = std::fs::read_to_string(out.join("result.json")).unwrap_or_else(|error| {
        panic!("{error}: {}", String::from_utf8_lossy(&output.stderr));
    });
    let result: Value = serde_json::from_str(&text).expect("result.json is JSON");
    let expected = match result["verdict"].as_str() {
        Some("conformant") => 0,
        Some("incomplete") => 2,
        other => panic!("the verdict is {other:?}: {}", result["reasons"]),
    };
    assert_eq!(output.status.code(), Some(expected));
    result
}

fn tests<'a>(result: &'a Value, verdict: &str) -> Vec<&'a str> {
    let tests = result["tests"].as_array().expect("a list of tests");
    tests.iter().filter(|test| test["verdict"] == verdict).filter_map(|test| test["id"].as_str()).collect()
}

/// Prints what was not shown and asked; nothing may have failed, and much must have been shown.
fn report(name: &str, result: &Value) {
    println!("{name}: {}; {}; {}", result["verdict"], result["reasons"], result["counts"]["tests"]);
    for open in result["not-tested"].as_array().or(result["not_tested"].as_array()).expect("what was not tested") {
        let text = |name: &str| open[name].as_str().unwrap_or("-").to_owned();
        println!("  {}\n    why: {}\n    question: {}", text("what"), text("why"), text("question"));
    }
    for verdict in ["fail", "error", "warn"] {
        assert!(tests(result, verdict).is_empty(), "{name}: {verdict}: {:?}", tests(result, verdict));
    }
    assert!(tests(result, "pass").len() > 50, "{name}: little was shown: {:?}", tests(result, "pass"));
    // Nothing is not-applicable that the vendor did not declare unsupported.
    assert!(tests(result, "not-applicable").is_empty(), "{name}: {:?}", tests(result, "not-applicable"));
}

#[test]
fn the_address_is_enough() {
    let (product, out) = (product(), Folder::new());
    let result = run(&["--profile", "social-registry", "--url", &product.sandbox.base_url()], out.path());
    report("--url alone", &result);
    // Without a stimulus nothing is claimed about notifications, and the question is asked.
    let open = tests(&result, "inconclusive");
    assert!(open.contains(&"RG-EVENT-02"), "{open:?}");
    let asked = result.to_string();
    for question in ["Change the address of the known person", "Does the product want a credential?"] {
        assert!(asked.contains(question), "{question}");
    }
}

#[test]
fn init_writes_a_file_that_run_accepts() {
    let (product, out) = (product(), Folder::new());
    let file = out.file("implementation.yaml");
    let url = product.sandbox.base_url();
    command().args(["init", "--url", &url, "--out"]).arg(&file).assert().code(0);
    let text = std::fs::read_to_string(&file).expect("the file is written");
    println!("{text}");
    assert!(text.contains("base-url:") && text.contains("prefix: registry"), "{text}");
    // It does not write over a file that somebody may have filled in.
    command().args(["init", "--url", &url, "--out"]).arg(&file).assert().code(3);
    let result = run(&["--implementation", &file.display().to_string()], &out.file("reports"));
    report("after init", &result);
}

/// Most registries answer later: what they claim is asked by the way they have, and neither passed over nor left open.
#[test]
fn a_product_that_answers_later_alone_is_asked_that_way() {
    let (product, out) = (product(), Folder::new());
    let file = out.file("later.yaml");
    let text = format!(
        "profile: social-registry\nbase-url: {}\npaths: {{prefix: registry}}\ncallback: {{listen: 127.0.0.1:0}}\n\
         deadlines: {{http: 2s, callback: 2s, notify: 1s, quiet: 100ms}}\n\
         supports: {{sync-search: no, async-search: yes, subscriptions: no, transaction-status: yes}}\n",
        product.sandbox.base_url()
    );
    std::fs::write(&file, text).expect("the file is written");
    let asked = ["RG-SYNC-03", "RG-QUERY-01", "RG-QUERY-05/gt", "RG-ORDER-03", "RG-PAGES-02", "RG-STATUS-04"];
    let mut arguments = vec!["--implementation".to_owned(), file.display().to_string()];
    arguments.extend(asked.iter().flat_map(|id| ["--test".to_owned(), (*id).to_owned()]));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = run(&arguments, &out.file("reports"));
    let passed = tests(&result, "pass");
    assert!(asked.iter().all(|id| passed.contains(id)), "{passed:?}: {}", result["reasons"]);
}
