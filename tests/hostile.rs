//! Products that hang, drop, flood, lie and plant: every run ends, in bounded memory, with all its reports written and a
//! verdict that is no pass, and nothing planted acts where a person reads.
//!
//! Each product is run against by a process of its own, which is this very test executable started again with `child`
//! alone, so that its peak of memory can be read where it is known best: within, at the end.

#![allow(clippy::print_stdout)] // what the runs came to is worth seeing

mod folder;
#[path = "hostile/products.rs"]
mod products;
mod raw;
mod vendor;

use folder::Folder;
use raw::{Act, Asked, RawServer};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tokio::process::Command;
use tokio::sync::Semaphore;

/// The run ends by itself, or its own time limit ends it; this is only for a suite that hangs.
const FOR_EVER: Duration = Duration::from_secs(600);
/// Where the vendor's token is.
const TOKEN: &str = "DCI_TOKEN_OF_THE_HOSTILE";
/// How much the memory of a run may grow.
const MOST_KIB: u64 = 200 << 10;

/// One run at a time: memory and processors are for all tests together.
static ONE_AT_A_TIME: Semaphore = Semaphore::const_new(1);

/// What came of a run.
struct Run {
    output: Output,
    result: Value,
    html: String,
    junit: String,
}

fn implementation(folder: &Folder, server: &RawServer, patience: &str) -> PathBuf {
    folder.write("implementation.yaml", &vendor::claims_everything(&server.base_url(), TOKEN, patience));
    folder.file("implementation.yaml")
}

fn arguments(folder: &Folder, file: &Path) -> Vec<String> {
    let (file, out) = (file.display().to_string(), folder.path().display().to_string());
    ["dci-conform", "run", "--implementation", &file, "--out", &out, "--time-limit", "90s"].map(str::to_owned).to_vec()
}

fn read(folder: &Folder, output: Output) -> Run {
    let result = serde_json::from_str(&folder.read("result.json")).expect("result.json is JSON");
    Run { output, result, html: folder.read("report.html"), junit: folder.read("junit.xml") }
}

/// The other side of [`measured`]: a whole run in this process, its exit code and peaks of memory left in a file.
#[test]
#[ignore = "started by the other tests"]
fn child() {
    let (Ok(arguments), Ok(peaks)) = (std::env::var("HOSTILE_ARGUMENTS"), std::env::var("HOSTILE_PEAKS")) else {
        return;
    };
    let before = peak();
    let status = dci_conform::cli::main(arguments.lines().map(Into::into));
    std::fs::write(peaks, format!("{} {before} {}", status.code(), peak())).expect("the peaks can be written");
}

/// The most memory this process ever held, in KiB; 0 where the system does not tell.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// Runs the whole profile against a hostile product and checks what holds for all of them.
async fn measured<F>(name: &str, product: F) -> Run
where
    F: Fn(Asked) -> Act + Send + Sync + 'static,
{
    patient(name, product, "500ms").await
}

/// As [`measured`], with so long for an answer.
async fn patient<F>(name: &str, product: F, patience: &str) -> Run
where
    F: Fn(Asked) -> Act + Send + Sync + 'static,
{
    let _turn = ONE_AT_A_TIME.acquire().await.expect("never closed");
    let folder = Folder::new();
    let server = RawServer::start(move |asked| {
        let act = product(asked);
        async move { act }
    })
    .await;
    let file = implementation(&folder, &server, patience);
    let child = Command::new(std::env::current_exe().expect("the path of this test"))
        .args(["--exact", "child", "--ignored", "--nocapture"])
        .env("HOSTILE_ARGUMENTS", arguments(&folder, &file).join("\n"))
        .env("HOSTILE_PEAKS", folder.file("peaks"))
        // What the run holds is measured, and not how luckily the allocator of this system fills the holes between large
        // bodies: those go back at once with this.
        .env("MALLOC_MMAP_THRESHOLD_", "262144")
        .env(TOKEN, "a-token")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(FOR_EVER, child).await.expect("the run ends").expect("the run starts");
    let peaks: Vec<u64> = folder.read("peaks").split(' ').filter_map(|number| number.parse().ok()).collect();
    let [code, before, after] = peaks[..] else { panic!("{name}: {peaks:?}") };
    let run = read(&folder, output);
    let verdict = run.result["verdict"].as_str().unwrap_or_default();
    let tests = &run.result["counts"]["tests"];
    let interrupted = &run.result["interrupted"];
    println!(
        "{name}: {verdict}, exit {code}, memory {} + {} MiB, interrupted {interrupted}, {tests}",
        before >> 10,
        (after - before) >> 10
    );
    match verdict {
        "not-conformant" => assert_eq!(code, 1, "{name}"),
        "incomplete" => assert_eq!(code, 2, "{name}"),
        other => panic!("{name}: {other}"),
    }
    assert!(after - before < MOST_KIB, "{name}: memory grew by {} MiB", (after - before) >> 10);
    assert_eq!(tests["error"], 0, "{name}: the suite itself failed");
    nothing_acts(name, &run);
    run
}

/// Nothing a product said acts in a terminal, in a browser or in a reader of XML.
fn nothing_acts(name: &str, run: &Run) {
    let seen =
        |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap_or_else(|_| panic!("{name}: output is not UTF-8"));
    let dangerous = |c: char| (c.is_control() && !matches!(c, '\n' | '\t')) || c == '\u{202e}';
    for (place, text) in [
        ("standard output", seen(&run.output.stdout)),
        ("standard error", seen(&run.output.stderr)),
        ("report.html", run.html.clone()),
        ("junit.xml", run.junit.clone()),
    ] {
        let found = text.chars().find(|c| dangerous(*c));
        assert_eq!(found, None, "{name}: a control character in {place}");
    }
    for markup in ["<script>alert", "<img src=x", "<html>\\u001b"] {
        assert!(!run.html.contains(markup), "{name}: {markup} in report.html");
        assert!(!run.junit.contains(markup), "{name}: {markup} in junit.xml");
    }
}

macro_rules! hostile {
    ($($name:ident: $product:expr;)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            measured(stringify!($name), $product).await;
        }
    )*};
}

/// The same act for every request, made once.
fn always(act: Act) -> impl Fn(Asked) -> Act + Send + Sync + 'static {
    move |_| act.clone()
}

hostile! {
    hangs: always(Act::Hang);
    drops_the_connection: always(Act::Drop);
    length_too_long: always(products::length_too_long());
    length_too_short: always(products::length_too_short());
    two_lengths: always(products::two_lengths());
    invalid_utf8: always(products::invalid_utf8());
    deep_json: always(products::deep_json());
    redirect_loop: |asked| products::redirect_loop(&asked);
    slow_head: always(products::slow_head());
    slow_body: always(products::slow_body());
    endless_provisional_answers: always(products::endless_provisional());
    header_field_without_end: always(products::endless_field());
    no_http_at_all: always(products::no_http());
    markup_for_an_answer: always(products::markup());
    callback_flood: |asked| products::callback_flood(&asked, 10);
    callback_flood_of_large_messages: |asked| products::callback_flood(&asked, 4 << 20);
}

/// The checks that speak against a requirement, in words.
fn missed(result: &Value, requirement: &str) -> String {
    let tests = result["tests"].as_array().map(Vec::as_slice).unwrap_or_default();
    let checks = tests.iter().flat_map(|test| {
        let checks = test["checks"].as_array().map(Vec::as_slice).unwrap_or_default();
        checks.iter().map(move |check| (&test["id"], check))
    });
    checks
        .filter(|(_, check)| check["requirement"] == requirement && check["verdict"] == "fail")
        .map(|(id, check)| format!("{id}: {}; ", check["found"]))
        .collect()
}

/// A limit of ours is no finding: too large for us may be right in every way. What is wrong with it shows all the same.
async fn judged(name: &str, product: Act, patience: &str, expected: [(&str, &[&str]); 2]) {
    let run = patient(name, always(product), patience).await;
    for (requirement, verdicts) in expected {
        let rows = run.result["requirements"].as_array().expect("requirements");
        let row = rows.iter().find(|row| row["id"] == requirement).expect("the requirement");
        let told = verdicts.iter().any(|verdict| row["verdict"] == *verdict);
        assert!(told, "{name}: {requirement}: {}: {}", row["verdict"], missed(&run.result, requirement));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_megabytes_of_records() {
    let product = products::record_list();
    judged("fifty_megabytes_of_records", product, "20s", [("RG-OP-06", &["not-shown"]), ("RG-HYG-03", &["not-shown"])])
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_small_values() {
    let product = products::many_small_values();
    // The first answers fill the room there is for all: they may be those of a test, or of preparations alone.
    let whole: &[&str] = &["met", "not-shown"];
    judged("many_small_values", product, "20s", [("RG-OP-06", whole), ("RG-HYG-03", &["not-shown"])]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_thousand_header_fields() {
    let product = products::many_fields();
    judged("many_header_fields", product, "20s", [("RG-OP-06", &["not-shown"]), ("RG-HYG-03", &["not-shown"])]).await;
}

/// Not too large, but without end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn body_without_end() {
    let product = products::endless_body();
    judged("body_without_end", product, "500ms", [("RG-OP-06", &["not-met"]), ("RG-HYG-03", &["not-met"])]).await;
}

/// Nothing but blanks.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gzip_bomb() {
    judged("gzip_bomb", products::gzip_bomb(), "20s", [("RG-OP-06", &["not-met"]), ("RG-HYG-03", &["not-shown"])])
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn poison_in_every_text() {
    let run = measured("poison_in_every_text", |asked| products::poison(&asked)).await;
    // It did come as far as the reports, where it is shown and does nothing.
    assert!(run.result.to_string().contains("alert(1)"));
    assert!(run.html.contains("alert(1)"));
}

/// Ctrl-C while the product hangs: nothing failed yet, so the run is incomplete, and says why.
#[cfg(unix)]
async fn interrupted(name: &str, hangs_from: usize, wait_for: u32) {
    let _turn = ONE_AT_A_TIME.acquire().await.expect("never closed");
    let folder = Folder::new();
    let (asked, waiting) = (Arc::new(std::sync::atomic::AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
    let hanging = waiting.clone();
    let server = RawServer::start(move |_| {
        let number = asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let act = if number < hangs_from { Act::json(&serde_json::json!({})) } else { Act::Hang };
        if number >= hangs_from {
            hanging.add_permits(1);
        }
        async move { act }
    })
    .await;
    // The product has all the time it wants, so that nothing fails before the signal.
    let file = implementation(&folder, &server, "10m");
    let child = Command::new(env!("CARGO_BIN_EXE_dci-conform"))
        .args(&arguments(&folder, &file)[1..])
        .env(TOKEN, "a-token")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the run starts");
    let id = child.id().expect("a running process").to_string();
    let ready = waiting.acquire_many(wait_for);
    let _ready = tokio::time::timeout(FOR_EVER, ready).await.expect("requests come").expect("never closed");
    let signal = Command::new("kill").args(["-INT", &id]).status().await.expect("kill can be run");
    assert!(signal.success());
    let ended = tokio::time::timeout(FOR_EVER, child.wait_with_output()).await;
    let run = read(&folder, ended.expect("the run ends").expect("the run ends"));
    assert_eq!(run.output.status.code(), Some(2), "{name}: {}", String::from_utf8_lossy(&run.output.stdout));
    assert_eq!(run.result["interrupted"], true);
    assert_eq!(run.result["verdict"], "incomplete");
    assert!(run.result["reasons"].to_string().contains("stopped"), "{}", run.result["reasons"]);
    assert!(!run.html.is_empty() && !run.junit.is_empty());
    nothing_acts(name, &run);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ctrl_c_in_the_middle() {
    interrupted("ctrl_c_in_the_middle", 1, 3).await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ctrl_c_at_the_first_request() {
    interrupted("ctrl_c_at_the_first_request", 0, 1).await;
}
