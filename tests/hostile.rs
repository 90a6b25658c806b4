//! Products that hang, drop, flood, lie and plant: every run ends, in bounded memory, with all its reports written and a
//! verdict that is no pass, and nothing planted acts where a person reads.
//!
//! Each product is run against by a process of its own, which is this very test executable started again with `child`
//! alone, so that its peak of memory can be read where it is known best: within, at the end.

#![allow(clippy::print_stdout)] // what the runs came to is worth seeing

#[path = "hostile/products.rs"]
mod products;
mod raw;

use products::POISON;
use raw::{Act, Asked, RawServer};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tokio::process::Command;
use tokio::sync::Semaphore;

const FILE: &str = r#"
profile: social-registry
base-url: http://hostile
paths: {prefix: registry}
authorisation: {bearer: {env: DCI_TOKEN_OF_THE_HOSTILE}}
callback: {listen: 127.0.0.1:0}
deadlines: {http: 500ms, callback: 300ms, notify: 300ms, quiet: 100ms}
supports:
  sync-search: yes
  async-search: yes
  subscriptions: yes
  transaction-status: yes
  async-transaction-status: yes
  sorting: yes
  response-entity: yes
  pagination: yes
  query-types: [idtype-value, expression, predicate]
values: {known-person.type: UIN, known-person.value: KE-44006202H, other-person.value: PE-85364397N, many.count: 59}
actions: {change-person: {http: {method: POST, url: /change}}}
"#;

/// The run ends by itself, or its own time limit ends it; this is only for a suite that hangs.
const FOR_EVER: Duration = Duration::from_secs(600);
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

struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("hostile-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("the scratch folder can be made");
        Scratch(folder)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn implementation(&self, server: &RawServer, change: impl Fn(String) -> String) -> PathBuf {
        let path = self.0.join("implementation.yaml");
        let text = change(FILE.replace("http://hostile", &server.base_url()));
        std::fs::write(&path, text).expect("the file can be written");
        path
    }

    fn arguments(&self, file: &Path) -> Vec<String> {
        let (file, out) = (file.display().to_string(), self.0.display().to_string());
        ["dci-conform", "run", "--implementation", &file, "--out", &out, "--time-limit", "90s"]
            .map(str::to_owned)
            .to_vec()
    }

    fn run(&self, output: Output) -> Run {
        let result = serde_json::from_str(&self.read("result.json")).expect("result.json is JSON");
        Run { output, result, html: self.read("report.html"), junit: self.read("junit.xml") }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
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
    let _turn = ONE_AT_A_TIME.acquire().await.expect("never closed");
    let scratch = Scratch::new(name);
    let server = RawServer::start(move |asked| {
        let act = product(asked);
        async move { act }
    })
    .await;
    let file = scratch.implementation(&server, |text| text);
    let child = Command::new(std::env::current_exe().expect("the path of this test"))
        .args(["--exact", "child", "--ignored", "--nocapture"])
        .env("HOSTILE_ARGUMENTS", scratch.arguments(&file).join("\n"))
        .env("HOSTILE_PEAKS", scratch.0.join("peaks"))
        .env("DCI_TOKEN_OF_THE_HOSTILE", "a-token")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(FOR_EVER, child).await.expect("the run ends").expect("the run starts");
    let peaks: Vec<u64> = scratch.read("peaks").split(' ').filter_map(|number| number.parse().ok()).collect();
    let [code, before, after] = peaks[..] else { panic!("{name}: {peaks:?}") };
    let run = scratch.run(output);
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
    body_without_end: always(products::endless_body());
    length_too_long: always(products::length_too_long());
    length_too_short: always(products::length_too_short());
    two_lengths: always(products::two_lengths());
    invalid_utf8: always(products::invalid_utf8());
    deep_json: always(products::deep_json());
    gzip_bomb: always(products::gzip_bomb());
    redirect_loop: |asked| products::redirect_loop(&asked);
    slow_head: always(products::slow_head());
    slow_body: always(products::slow_body());
    endless_provisional_answers: always(products::endless_provisional());
    a_hundred_thousand_header_fields: always(products::many_fields());
    header_field_without_end: always(products::endless_field());
    no_http_at_all: always(products::no_http());
    many_small_values: always(products::many_small_values());
    fifty_megabytes_of_records: always(products::record_list());
    markup_for_an_answer: always(products::markup());
    callback_flood: |asked| products::callback_flood(&asked, 10);
    callback_flood_of_large_messages: |asked| products::callback_flood(&asked, 4 << 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn poison_in_every_text() {
    let run = measured("poison_in_every_text", |asked| products::poison(&asked)).await;
    // It did come as far as the reports, where it is shown and does nothing.
    assert!(run.result.to_string().contains("alert(1)"));
    assert!(run.html.contains("alert(1)"));
    assert!(POISON.contains("alert(1)"));
}

/// Ctrl-C while the product hangs: nothing failed yet, so the run is incomplete, and says why.
#[cfg(unix)]
async fn interrupted(name: &str, hangs_from: usize, wait_for: u32) {
    let _turn = ONE_AT_A_TIME.acquire().await.expect("never closed");
    let scratch = Scratch::new(name);
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
    let file = scratch.implementation(&server, |text| text.replace("500ms", "10m"));
    let child = Command::new(env!("CARGO_BIN_EXE_dci-conform"))
        .args(&scratch.arguments(&file)[1..])
        .env("DCI_TOKEN_OF_THE_HOSTILE", "a-token")
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
    let run = scratch.run(ended.expect("the run ends").expect("the run ends"));
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
