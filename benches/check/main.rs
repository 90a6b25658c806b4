//! The figures of docs/performance.md about exported files: measured and reported, never asserted.
//!
//! `cargo bench --bench check` measures everything, `cargo bench --bench check -- rules json memory shapes classes generator
//! peers` what is named, of 100,000 records (`--records N` of as many). Each contestant is a process of its own on one thread; what
//! is reported is its processor time, user and system, whole process included. Contestants that find defects must first
//! report the same lines. Those of `peers` come from `benches/peers/install`; who is not installed is left out.

#![allow(clippy::print_stdout)] // the figures are what this program is run for

#[path = "../run/cost.rs"]
mod cost;
mod files;
mod lines;

use cost::{Cost, PROGRAM, measure, median, watch};
use files::Files;
use lines::Lines;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// Runs of each contestant that takes no minutes.
const RUNS: usize = 5;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    // This program is also two of the contestants.
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--read-and-drop", file] => return lines::read_and_drop(Path::new(file)),
        ["--json-schema", schema, file] => return lines::judge(Path::new(schema), Path::new(file)),
        _ => {}
    }
    let records = words.iter().skip_while(|word| *word != "--records").nth(1).and_then(|count| count.parse().ok());
    let records: u32 = records.unwrap_or(100_000);
    let named: Vec<&String> =
        words.iter().filter(|word| !word.starts_with("--") && word.parse::<u32>().is_err()).collect();
    let asked = |name: &str| named.is_empty() || named.iter().any(|word| *word == name);
    let folder = std::env::temp_dir().join(format!("dci-conform-check-{}", std::process::id()));
    let bench = Bench { files: Files::new(&folder), records };
    println!("{records} records of class Group; {}", env!("CARGO_PKG_VERSION"));
    println!("load average: {}", std::fs::read_to_string("/proc/loadavg").unwrap_or_default().trim());
    for (name, part) in [
        ("rules", Bench::rules as fn(&Bench)),
        ("json", Bench::json),
        ("shapes", Bench::shapes),
        ("classes", Bench::classes),
        ("memory", Bench::memory),
        ("start", Bench::start),
        ("generator", Bench::generator),
        ("peers", Bench::peers),
    ] {
        if asked(name) {
            part(&bench);
        }
    }
    let _ = std::fs::remove_dir_all(&folder);
}

struct Bench {
    files: Files,
    records: u32,
}

impl Bench {
    fn check(&self, file: &Path, more: &[&str]) -> Cost {
        self.check_on("1", file, more)
    }

    fn check_on(&self, threads: &str, file: &Path, more: &[&str]) -> Cost {
        let out = self.files.path("out");
        let mut command = Command::new(PROGRAM);
        command.args(["check", "--record", "Group", "--threads", threads, "--out"]).arg(&out).args(more).arg(file);
        let cost = watch(command.stdout(Stdio::null()).stderr(Stdio::null()));
        assert!(matches!(cost.code, 0..=2), "{command:?} ended with {}", cost.code);
        cost
    }

    /// With the rules between values, and with a copy of the standard that has none.
    fn rules(&self) {
        println!("\nthe rules");
        let file = self.files.mixed(self.records);
        let without = self.files.without_rules();
        let schema = processor(RUNS, || self.check(&file, &["--profiles", &without]));
        let all = processor(RUNS, || self.check(&file, &[]));
        println!("  1 % defective, {:.0} MB", size(&file));
        println!("  without rules between values  {schema:.2} s");
        println!("  with all of them              {all:.2} s, {:.2} times (target 1.5)", all / schema);
    }

    /// Against readers of JSON that judge nothing, and against the JSON Schema crate.
    fn json(&self) {
        println!("\nagainst others in Rust, the same allocator");
        let file = self.files.mixed(self.records);
        let without = self.files.without_rules();
        let schema = processor(RUNS, || self.check(&file, &["--profiles", &without]));
        let bare = processor(RUNS, || self.check(&file, &["--profiles", &without, "--no-checksum"]));
        let drop = processor(RUNS, || this(&["--read-and-drop".as_ref(), file.as_ref()], None));
        println!(
            "  serde_json, read and dropped  {drop:.2} s; ours without rules {:.2} times, without checksum {:.2} (target 2.5)",
            schema / drop,
            bare / drop
        );
        let (json_schema, found) = (self.files.schema(), self.files.path("crate.txt"));
        let plain =
            processor(2, || this(&["--json-schema".as_ref(), json_schema.as_ref(), file.as_ref()], Some(&found)));
        println!("  jsonschema on serde_json      {plain:.2} s, {:.1} times ours", plain / schema);
    }

    /// Files of other shapes than one record a line with a defect in a hundred.
    fn shapes(&self) {
        println!("\nshapes of files, all rules");
        let mixed = processor(RUNS, || self.check(&self.files.mixed(self.records), &[]));
        let clean = processor(RUNS, || self.check(&self.files.clean(self.records, "ndjson"), &[]));
        let broken = processor(2, || self.check(&self.files.broken(self.records), &[]));
        let list = processor(RUNS, || self.check(&self.files.clean(self.records, "json"), &[]));
        println!("  clean            {clean:.2} s");
        println!("  1 % defective    {mixed:.2} s, {:.2} times clean (target 1.15)", mixed / clean);
        println!("  100 % defective  {broken:.2} s, {:.2} times clean (target 7)", broken / clean);
        println!("  clean JSON list  {list:.2} s, {:.2} times NDJSON (target 1.3)", list / clean);
        let path = self.files.indented(self.records);
        let indented = processor(RUNS, || self.check(&path, &[]));
        println!("  ... indented     {indented:.2} s, {:.2} times NDJSON, {:.0} MB", indented / clean, size(&path));
        for path in self.files.huge() {
            let huge = processor(2, || self.check(&path, &[]));
            let name = path.file_name().unwrap_or_default().display();
            println!("  one record, {:.1} MB, {name}: {huge:.2} s", size(&path));
        }
        let file = self.files.clean(self.records, "ndjson");
        for threads in ["1", "2"] {
            let costs: Vec<Cost> = (0..RUNS).map(|_| self.check_on(threads, &file, &[])).collect();
            let wall = median(costs.iter().map(|cost| cost.wall));
            let cpu = median(costs.iter().map(|cost| cost.processor));
            println!("  clean, {threads} threads  {wall:.2} s wall, {cpu:.2} s processor");
        }
    }

    /// Records of every class that the sandbox makes: one kind of member that is slow to judge shows in some of them only.
    fn classes(&self) {
        println!("\nclean records of each class, without and with all rules");
        let without = self.files.without_rules();
        for class in
            ["Group", "Member", "SRPerson", "CRVSPerson", "Beneficiary", "PWD", "Farmer", "ESSMember", "IDPerson"]
        {
            let file = self.files.of_class(class, self.records);
            let out = self.files.path("out");
            let check = |more: &[&str]| {
                let mut command = Command::new(PROGRAM);
                command.args(["check", "--threads", "1", "--out"]).arg(&out).args(more).arg(&file);
                watch(command.stdout(Stdio::null()).stderr(Stdio::null()))
            };
            let [bare, all] = [vec!["--profiles", &without], vec![]].map(|more| processor(3, || check(&more)));
            let size = size(&file);
            println!(
                "  {class:<12} {size:>4.0} MB  {bare:.2} s, {:.0} MB/s; {all:.2} s, {:.0} MB/s",
                size / bare,
                size / all
            );
        }
    }

    fn memory(&self) {
        println!("\nmemory at its peak (target 32 MiB and 4 MiB a thread)");
        for count in [self.records / 10, self.records, self.records * 10] {
            let file = self.files.clean(count, "ndjson");
            for threads in ["1", "2"] {
                let cost = self.check_on(threads, &file, &[]);
                println!(
                    "  {count} records, {:.0} MB, {threads} threads: {:.1} MiB, {:.2} s processor",
                    size(&file),
                    cost.megabytes * 1000.0 / 1024.0,
                    cost.processor
                );
            }
        }
    }

    /// A file of one record: all that is done before the first and after the last one.
    fn start(&self) {
        let file = self.files.clean(1, "ndjson");
        let costs: Vec<Cost> = (0..20).map(|_| self.check(&file, &[])).collect();
        let wall = median(costs.iter().map(|cost| cost.wall * 1000.0));
        let first = median((0..20).map(|_| self.until_judged() * 1000.0));
        println!("\nstart to the first record that is judged: {first:.0} ms wall (target 50)");
        println!("  a file of one record, reports included: {wall:.0} ms wall");
        let version = (0..20).map(|_| measure(PROGRAM, &["--version"], &[]).wall * 1000.0);
        println!("  --version: {:.0} ms", median(version));
    }

    /// Seconds from the start of the process until it takes of a pipe what is beyond the beginning that tells the class: the
    /// writer waits at what the pipe does not hold.
    fn until_judged(&self) -> f64 {
        const LOOKED_AT: usize = 1 << 20;
        const PIPE: usize = 64 << 10;
        let records = std::fs::read(self.files.clean(1000, "ndjson")).expect("records");
        let (before, rest) = records.split_at(LOOKED_AT + PIPE + 1);
        let started = Instant::now();
        let mut command = Command::new(PROGRAM);
        command.args(["check", "-", "--threads", "1", "--out"]).arg(self.files.path("start"));
        let quiet = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = quiet.spawn().expect("the program starts");
        let mut pipe = child.stdin.take().expect("a pipe");
        pipe.write_all(before).expect("taken");
        let seconds = started.elapsed().as_secs_f64();
        pipe.write_all(rest).expect("taken");
        drop(pipe);
        child.wait().expect("an end");
        seconds
    }

    /// Invented records, into a file.
    fn generator(&self) {
        println!("\nsandbox data (target 100 MB/s)");
        for format in ["ndjson", "json", "csv"] {
            let (path, count) = (self.files.path("generated"), self.records.to_string());
            let mut command = Command::new(PROGRAM);
            command
                .args(["sandbox", "data", "--record", "Group", "--count", &count, "--format", format, "--out"])
                .arg(&path);
            let cost = watch(command.stdout(Stdio::null()).stderr(Stdio::null()));
            println!("  {format:6}  {:.0} MB in {:.2} s: {:.0} MB/s", size(&path), cost.wall, size(&path) / cost.wall);
        }
    }

    /// Validators of other makers, given a JSON Schema made of our data standard.
    fn peers(&self) {
        println!("\npeers, 1 % defective, the same schema; ours without rules between values");
        let (file, schema, without) = (self.files.mixed(self.records), self.files.schema(), self.files.without_rules());
        let (ours, mine) = self.ours(&file, &without);
        let found = self.files.path("peer.txt");
        let crate_cost = this(&["--json-schema".as_ref(), schema.as_ref(), file.as_ref()], Some(&found));
        compare("jsonschema crate", &crate_cost, ours, &mine, &Lines::listed(&found));
        let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers");
        if !peers.join("venv").is_dir() {
            println!("  benches/peers/install was not run: no others");
            return;
        }
        let mut ajv = Command::new("node");
        ajv.arg(peers.join("ajv.mjs")).args([&schema, &file]);
        let cost = watch(ajv.stdout(output(&found)).stderr(Stdio::null()));
        compare("ajv, compiled, allErrors", &cost, ours, &mine, &Lines::listed(&found));
        let mut sourcemeta = Command::new(peers.join("node_modules/.bin/jsonschema"));
        sourcemeta.args(["validate", "--continue", "--format-assertion"]).args([&schema, &file]);
        let cost = watch(sourcemeta.stdout(Stdio::null()).stderr(output(&found)));
        compare("sourcemeta validate", &cost, ours, &mine, &Lines::of_entries(&found));
        self.table(&peers, &schema, &without);
    }

    /// Our time with the checksum of the file, which no peer makes, and without it; and the lines found.
    fn ours(&self, file: &Path, without: &str) -> ([f64; 2], Lines) {
        let whole = processor(RUNS, || self.check(file, &["--profiles", without]));
        let bare = processor(RUNS, || self.check(file, &["--profiles", without, "--no-checksum"]));
        let mine = Lines::of_findings(&self.files.path("out/findings.ndjson"));
        let name = file.extension().map(|ending| ending.to_string_lossy()).unwrap_or_default();
        let count = mine.count();
        println!(
            "  ours, {name}, {:.0} MB: {count} defective lines in {whole:.2} s, without checksum {bare:.2} s",
            size(file)
        );
        ([whole, bare], mine)
    }

    /// The one of them that reads tables.
    fn table(&self, peers: &Path, schema: &Path, without: &str) {
        let (file, found) = (self.files.table(self.records), self.files.path("peer.txt"));
        let (ours, mine) = self.ours(&file, without);
        let mut frictionless = Command::new(peers.join("venv/bin/python"));
        frictionless.arg(peers.join("frictionless.py")).args([schema, &file]);
        let cost = watch(frictionless.stdout(output(&found)).stderr(Stdio::null()));
        compare("frictionless on CSV", &cost, ours, &mine, &Lines::listed(&found));
    }
}

fn compare(who: &str, cost: &Cost, [whole, bare]: [f64; 2], mine: &Lines, theirs: &Lines) {
    let Cost { processor, .. } = cost;
    match mine == theirs {
        true => println!(
            "  {who}: the same lines; {processor:.2} s, {:.1} times ours, without checksum {:.1}",
            processor / whole,
            processor / bare
        ),
        false => println!("  {who}: not the same lines, so not compared: {}", mine.difference(theirs)),
    }
}

/// Median of the processor seconds of some runs.
fn processor(runs: usize, mut run: impl FnMut() -> Cost) -> f64 {
    median((0..runs).map(|_| run().processor))
}

/// This program once more, as a contestant.
fn this(arguments: &[&std::ffi::OsStr], into: Option<&PathBuf>) -> Cost {
    let program = std::env::current_exe().expect("a program has a path");
    watch(Command::new(program).args(arguments).stdout(into.map_or_else(Stdio::null, |path| output(path))))
}

fn output(path: &Path) -> Stdio {
    std::fs::File::create(path).expect("the temporary folder can be written").into()
}

fn size(file: &Path) -> f64 {
    std::fs::metadata(file).map_or(0.0, |data| data.len() as f64 / 1e6)
}
