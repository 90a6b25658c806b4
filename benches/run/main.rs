//! The figures of docs/performance.md: measured and reported, never asserted.
//!
//! `cargo bench --bench run` measures everything, `cargo bench --bench run -- start whole slow matrix` what is named. Time
//! and memory of the program are those of a process of its own, as the system counts them (Linux: /proc).

#![allow(clippy::print_stdout)] // the figures are what this program is run for

mod cost;
mod slow;

use cost::{Cost, PROGRAM, measure, median};
use dci_conform::sandbox;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Duration;

const TOKEN: &str = "token-of-the-bench";
const ANSWER_TIME: Duration = Duration::from_millis(100);

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let asked = |name: &str| wanted.is_empty() || wanted.iter().any(|word| word == name);
    let folder = std::env::temp_dir().join(format!("dci-conform-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the temporary folder can be written");
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    println!("{cores} cores; {}", env!("CARGO_PKG_VERSION"));
    if asked("start") {
        start();
    }
    if asked("whole") {
        whole(&folder);
    }
    if asked("slow") {
        slowly(&folder);
    }
    if asked("matrix") {
        matrix();
    }
    let _ = std::fs::remove_dir_all(&folder);
}

fn start() {
    let bytes = std::fs::metadata(PROGRAM).map_or(0, |file| file.len());
    println!("\nbinary: {:.1} MB (target 30)", bytes as f64 / 1e6);
    for arguments in [&["--version"][..], &["profile", "list"]] {
        let costs: Vec<Cost> = (0..20).map(|_| measure(PROGRAM, arguments, &[])).collect();
        let wall = costs.iter().map(|cost| cost.wall * 1000.0);
        let slowest = wall.clone().fold(0.0, f64::max);
        println!("{}: {:.1} ms, slowest {slowest:.1} ms (target 30)", arguments.join(" "), median(wall));
    }
}

/// The profile against the fault-free sandbox: in one process as `demo` does it, and in two.
fn whole(folder: &Path) {
    let out = folder.join("demo");
    let out = out.display().to_string();
    let costs: Vec<Cost> = (0..7).map(|_| measure(PROGRAM, &["demo", "--out", &out], &[])).collect();
    report("demo (suite, sandbox and reports in one process)", &costs);
    let costs: Vec<Cost> = (0..7).map(|_| with_sandbox(folder, Duration::ZERO).0).collect();
    report("run (the suite alone; the sandbox is another process)", &costs);
}

fn report(what: &str, costs: &[Cost]) {
    println!("\n{what}: median of {}", costs.len());
    println!("  wall      {:.2} s (target 3)", median(costs.iter().map(|cost| cost.wall)));
    println!("  processor {:.2} s (target 1.5)", median(costs.iter().map(|cost| cost.processor)));
    println!("  memory    {:.0} MB at its peak (target 100)", median(costs.iter().map(|cost| cost.megabytes)));
    println!("  exit code {}", costs.first().map_or(-1, |cost| cost.code));
}

/// A server that needs 100 ms for every answer.
fn slowly(folder: &Path) {
    let mut runs: Vec<(Cost, slow::Bound)> = (0..3)
        .map(|_| {
            let (cost, result) = with_sandbox(folder, ANSWER_TIME);
            (cost, slow::Bound::of(&result, ANSWER_TIME))
        })
        .collect();
    runs.sort_by(|(left, _), (right, _)| left.wall.total_cmp(&right.wall));
    let Some((cost, bound)) = runs.get(runs.len() / 2) else { return };
    println!("\na server that needs 100 ms per answer: median of {}", runs.len());
    println!("  wall                   {:.2} s, exit code {}", cost.wall, cost.code);
    println!("  messages x 100 ms / {}  {:.2} s ({} messages)", bound.jobs, bound.by_messages(), bound.messages);
    println!("  longest chain          {:.2} s ({})", bound.chain, bound.links);
    println!("  ratio                  {:.2} (target 1.5)", cost.wall / bound.by_messages().max(bound.chain));
}

fn matrix() {
    let cost = measure(PROGRAM, &["profile", "test", "social-registry"], &[]);
    println!("\nthe whole fault matrix: {:.0} s wall (target 300), {:.0} s processor", cost.wall, cost.processor);
    println!("  memory {:.0} MB at its peak, exit code {}", cost.megabytes, cost.code);
}

/// `run` against a sandbox in this process, answers delayed; with the result.
fn with_sandbox(folder: &Path, delay: Duration) -> (Cost, Value) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (sandbox, address) = runtime.block_on(async {
        let options = sandbox::Options { token: Some(TOKEN.into()), ..sandbox::Options::default() };
        let sandbox = sandbox::start(options).await.expect("the sandbox starts");
        let address = match delay.is_zero() {
            true => sandbox.address(),
            false => slow::proxy(sandbox.address(), delay).await.expect("the proxy starts"),
        };
        (sandbox, address)
    });
    let demo = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/proof/demo.yaml"));
    let file: PathBuf = folder.join("implementation.yaml");
    let text = demo.expect("the demo's file").replace("http://sandbox", &format!("http://{address}"));
    std::fs::write(&file, text).expect("the temporary folder can be written");
    let out = folder.join("run");
    let (file, out_text) = (file.display().to_string(), out.display().to_string());
    let environment = [("DCI_SANDBOX_TOKEN", TOKEN)];
    let cost = measure(PROGRAM, &["run", "--implementation", &file, "--out", &out_text], &environment);
    let result = std::fs::read(out.join("result.json")).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    drop(sandbox);
    (cost, result.unwrap_or_default())
}
