//! What the targets about exported files share.

use dci_conform::records::{self, Checked, Options, Table};
use dci_conform::standard::{Standard, Strictness};
use jiff::civil::{Date, date};
use std::path::Path;
use std::sync::LazyLock;
use tempfile::TempDir;

/// The built-in data standard.
pub static STANDARD: LazyLock<Standard> =
    LazyLock::new(|| Standard::built_in("dec2025").expect("the built-in standard"));

/// The day of every run, so that an input that fails today fails tomorrow.
pub const TODAY: Date = date(2026, 11, 25);

/// One folder for all files, since findings name it.
static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a temporary folder"));

/// As `check` without options, with a small bound of records so that it is met.
pub fn options() -> Options<'static> {
    Options { record_limit: 4096, ..Options::new(Strictness::Strict, TODAY) }
}

/// These bytes as a file of that name, judged: what came out, and the findings as written.
pub fn check(bytes: &[u8], name: &str, class: &str, options: &Options) -> (Checked, Vec<u8>) {
    let path = FOLDER.path().join(name);
    std::fs::write(&path, bytes).expect("the temporary folder can be written");
    judged(&path, class, options)
}

/// The same with a table of the class made beforehand.
pub fn check_by(bytes: &[u8], name: &str, class: &str, table: &Table, options: &Options) -> Vec<u8> {
    let path = FOLDER.path().join(name);
    std::fs::write(&path, bytes).expect("the temporary folder can be written");
    let (inputs, _) = records::find(&[path]);
    let mut findings = Vec::new();
    records::check_by(&STANDARD, class, table, &inputs, options, None, &mut findings).expect("memory can be written");
    findings
}

fn judged(path: &Path, class: &str, options: &Options) -> (Checked, Vec<u8>) {
    let (inputs, _) = records::find(&[path.to_owned()]);
    let mut findings = Vec::new();
    let checked = records::check(&STANDARD, class, &inputs, options, &mut findings).expect("memory can be written");
    (checked, findings)
}
