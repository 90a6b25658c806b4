//! The same records as NDJSON and as tables give the same findings: the sandbox's own CSV, and the tables of four vendors
//! whose mapping files are in `fixtures/flat/`. A converter of our own writes the vendors' tables from the NDJSON.

#![allow(clippy::print_stdout)] // the counts are what these tests are run for

mod parquet_file;
#[path = "tables/vendor.rs"]
mod vendor;

use dci_conform::records::{self, Checked, Mapping, Options};
use dci_conform::sandbox::export::{self, CLASSES, Class, Defect, Format, Frequency};
use dci_conform::standard::{Standard, Strictness};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use vendor::{Style, Table};

static STANDARD: LazyLock<Standard> =
    LazyLock::new(|| Standard::built_in("dec2025").expect("the standard that is built in"));

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("tables-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    folder
}

fn check(class: &str, files: &[PathBuf], mapping: Option<&Mapping>) -> (Checked, Vec<Value>) {
    let (inputs, refused) = records::find(files);
    assert!(refused.is_empty());
    let today = jiff::civil::date(2026, 11, 25);
    let options = Options { threads: 2, mapping, ..Options::new(Strictness::Standard, today) };
    let mut out = Vec::new();
    let checked = records::check(&STANDARD, class, &inputs, &options, &mut out).expect("a class of the standard");
    for file in &checked.files {
        assert_eq!(file.trouble, None, "{}", file.name);
    }
    let lines = out.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    (checked, lines.map(|line| serde_json::from_slice(line).expect("a finding")).collect())
}

/// A finding, with its file and record instead of its line.
type Found = (String, usize, String, String, String);

/// Findings by record: `record` tells from file and line which record it is.
fn by_record(findings: &[Value], record: impl Fn(&str, u64) -> usize) -> BTreeSet<Found> {
    let text = |finding: &Value, name: &str| finding[name].as_str().unwrap_or_default().to_owned();
    // What is found between records names another file and line, and depends on which of them comes first.
    let alone = findings.iter().filter(|finding| finding["other"].is_null());
    let found = alone.map(|finding| {
        let file = text(finding, "file");
        let record = record(&file, finding["line"].as_u64().expect("a line"));
        let stem = Path::new(&file).file_stem().expect("a name").to_string_lossy().into_owned();
        (stem, record, text(finding, "rule"), text(finding, "pointer"), text(finding, "found"))
    });
    found.collect()
}

/// The same places have a value, as often.
fn same_places(class: &str, left: &Checked, right: &Checked) {
    let table = records::Table::new(&STANDARD, class).expect("a class of the standard");
    let counts = left.tally.present.iter().zip(&right.tally.present);
    let differ: Vec<_> = table.paths().zip(counts).filter(|(_, (left, right))| left != right).collect();
    assert!(differ.is_empty(), "{class}: {differ:?}");
}

fn name(class: &Class) -> String {
    format!("{} {}", class.domain, class.type_name)
}

/// Writes records of a class with a defect; false where the format cannot show it.
fn write(class: &'static Class, defect: Option<&'static Defect>, count: u64, format: Format, file: &Path) -> bool {
    let defect = defect.map(|defect| (defect, Frequency::Every(20)));
    let options = export::Options { class, count, format, defect, seed: 3 };
    let shown = options.check().is_ok();
    if shown {
        let mut out = std::fs::File::create(file).expect("a file for the test");
        export::write(&options, &mut out, None).expect("the disk takes it");
    }
    shown
}

#[test]
fn every_defect_a_table_can_show_is_found_as_in_ndjson() {
    let folder = folder("defects");
    let (mut kinds, mut findings, mut local) = (BTreeSet::new(), 0, 0);
    // The file is declared to be written by the convention.
    let declared = Mapping::read("declared.yaml", "separator: ','").unwrap_or_else(|wrong| panic!("{wrong}"));
    // A quarter of the defects of each class, other ones each time: all of them take minutes (`DCI_TABLES` makes them).
    let step = if std::env::var_os("DCI_TABLES").is_some() { 1 } else { 4 };
    for (number, class) in CLASSES.iter().filter(|class| STANDARD.has_class(&name(class))).enumerate() {
        let (mut tables, mut lines) = (Vec::new(), Vec::new());
        let defects = export::defects().filter(|defect| class.takes(defect)).skip(number % step);
        for defect in defects.step_by(step) {
            let file = |end: &str| folder.join(format!("{}-{}.{end}", class.name, defect.name));
            if write(class, Some(defect), 40, Format::Csv, &file("csv")) {
                write(class, Some(defect), 40, Format::Ndjson, &file("ndjson"));
                tables.push(file("csv"));
                lines.push(file("ndjson"));
                kinds.insert(defect.name);
            }
        }
        let (in_tables, table) = check(&name(class), &tables, Some(&declared));
        let (in_lines, ndjson) = check(&name(class), &lines, None);
        local += undeclared(&table, &check(&name(class), &tables, None).1);
        assert_eq!(in_tables.tally.records, in_lines.tally.records);
        same_places(&name(class), &in_tables, &in_lines);
        let table = by_record(&table, |_, line| usize::try_from(line).expect("small") - 1);
        let ndjson = by_record(&ndjson, |_, line| usize::try_from(line).expect("small"));
        let differ: Vec<&Found> = table.symmetric_difference(&ndjson).collect();
        assert!(differ.is_empty(), "{}: {differ:#?}", class.name);
        findings += table.len();
    }
    println!("{} kinds of defect, {findings} findings, {local} of cells written otherwise", kinds.len());
    assert!(local > 0);
    assert!(kinds.len() > 40, "{}", kinds.len());
    std::fs::remove_dir_all(&folder).expect("gone");
}

/// Where nobody said how a table is written, the same places are found; some of them only warn. Gives how many.
fn undeclared(declared: &[Value], other: &[Value]) -> usize {
    let local = other.iter().filter(|finding| finding["rule"] == "CELL-FORM");
    assert!(local.clone().all(|finding| finding["verdict"] == "warn" && finding["expected"].to_string().contains('`')));
    let places = |findings: &[Value]| -> Vec<String> {
        let place =
            |found: &Value| format!("{} {} {} {}", found["file"], found["line"], found["column"], found["pointer"]);
        findings.iter().map(place).collect()
    };
    assert_eq!(places(declared), places(other));
    let same = declared.iter().zip(other).filter(|(declared, other)| declared == other).count();
    assert_eq!(same + local.clone().count(), declared.len());
    local.count()
}

/// Records with ten kinds of defect, `each` of every kind.
fn with_defects(class: &'static Class, each: u64, folder: &Path) -> (Vec<Value>, PathBuf) {
    let lines = folder.join("records.ndjson");
    let part = folder.join("part");
    let (mut all, mut kinds) = (Vec::new(), 0);
    for defect in export::defects().filter(|defect| class.takes(defect) && !defect.breaks_syntax()).step_by(3) {
        let options = export::Options {
            class,
            count: 1,
            format: Format::Csv,
            defect: Some((defect, Frequency::Every(1))),
            seed: 1,
        };
        if options.check().is_ok() && kinds < 10 {
            write(class, Some(defect), each, Format::Ndjson, &part);
            all.extend(std::fs::read(&part).expect("just written"));
            kinds += 1;
        }
    }
    assert_eq!(kinds, 10, "{} has so many defects", class.name);
    std::fs::write(&lines, &all).expect("a file for the test");
    let records = all.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    (records.map(|line| serde_json::from_slice(line).expect("JSON")).collect(), lines)
}

/// How many records of each kind of defect: `DCI_TABLES=1000` makes ten thousand of every vendor.
fn each(few: u64) -> u64 {
    std::env::var("DCI_TABLES").ok().and_then(|each| each.parse().ok()).unwrap_or(few)
}

/// Kinds of file in which tables come.
const KINDS: &[&str] = if cfg!(feature = "parquet") { &["csv", "xlsx", "parquet"] } else { &["csv", "xlsx"] };

/// The findings of a vendor's tables, read by the mapping in `fixtures/flat/`, are those of the NDJSON.
fn vendor(class: &str, mapping_file: &str, each: u64, style: &Style, files: &[&str]) {
    let folder = folder(mapping_file);
    let class = CLASSES.iter().find(|known| known.name == class).expect("a class");
    let (records, lines) = with_defects(class, each, &folder);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/flat").join(mapping_file);
    let text = std::fs::read_to_string(path).expect("a mapping").replace("encoding: windows-1252", "encoding: utf-8");
    let (in_lines, ndjson) = check(class.type_name, &[lines], None);
    let anonymous = |found: BTreeSet<Found>| -> BTreeSet<_> {
        found.into_iter().map(|(_, record, rule, pointer, found)| (record, rule, pointer, found)).collect()
    };
    let ndjson = anonymous(by_record(&ndjson, |_, line| usize::try_from(line).expect("small")));
    let tables: Vec<Table> = vendor::tables(&records, &text, style);
    for &kind in KINDS {
        let mapping = Mapping::read(mapping_file, &text.replace(".csv", &format!(".{kind}")));
        let mapping = mapping.unwrap_or_else(|wrong| panic!("{wrong}"));
        let wrong = mapping.check(&STANDARD, class.type_name);
        assert!(wrong.is_empty(), "{wrong}");
        let files: Vec<String> = files.iter().map(|file| format!("{file}.{kind}")).collect();
        let paths: Vec<PathBuf> = files.iter().map(|file| folder.join(file)).collect();
        for (table, path) in tables.iter().zip(&paths) {
            std::fs::write(path, table.bytes(kind, style)).expect("a file for the test");
        }
        let (in_tables, found) = check(class.type_name, &paths, Some(&mapping));
        assert_eq!((in_lines.tally.records, in_tables.tally.records), (10 * each, 10 * each));
        same_places(class.type_name, &in_tables, &in_lines);
        let found = anonymous(by_record(&found, |file, line| {
            let table = tables.iter().zip(&files).find(|(_, name)| file.ends_with(name.as_str())).expect("a table").0;
            // A Parquet file has no row for the names of its columns.
            table.record_at(line + u64::from(kind == "parquet"))
        }));
        let differ: Vec<_> = found.symmetric_difference(&ndjson).take(20).collect();
        assert!(differ.is_empty(), "{kind}: {differ:#?}");
        println!("{mapping_file}: {} records as {kind}, {} findings", 10 * each, found.len());
        assert!(found.len() as u64 >= each * 3 / 10, "{}", found.len());
    }
    std::fs::remove_dir_all(&folder).expect("gone");
}

#[test]
fn a_national_table_with_codes_of_its_own() {
    let style =
        Style { separator: ';', dates: Some("birth_date"), lists: Some(("phone_number", '/')), ..Style::default() };
    vendor("SRPerson", "national.yaml", each(1000), &style, &["people"]);
}

#[test]
fn paths_and_booleans_of_django() {
    let style = Style { joint: "__", booleans: ["True", "False"], ..Style::default() };
    vendor("Member", "openimis.yaml", each(50), &style, &["individuals"]);
}

#[test]
fn a_row_for_each_member_as_odoo_writes_them() {
    let style = Style { joint: "/", rows: Some("member_list"), key: Some("id"), ..Style::default() };
    vendor("Group", "odoo.yaml", each(50), &style, &["groups"]);
}

#[test]
fn groups_and_members_in_two_files() {
    let style = Style { rows: Some("member_list"), key: Some("code"), second: Some("group_code"), ..Style::default() };
    vendor("Group", "two-files.yaml", each(50), &style, &["groups", "members"]);
}
