//! The files that are measured, made when first asked for.

use crate::cost::PROGRAM;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Lines, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Files are written in large pieces: of small ones the page cache makes small pages, which the kernel takes up to three times
/// as long to read, and not always.
const PIECE: usize = 1 << 20;

/// Kinds of mistake that a JSON Schema can tell, each in its share of the records.
const DEFECTS: [&str; 5] =
    ["date-written-with-dots", "phone-short", "identifier-with-blank", "size-with-fraction", "longitude-out-of-range"];

/// The one that a table has no place for.
const NOT_IN_TABLES: &str = "identifier-with-blank";

/// One of the contestants knows files of one record a line by this ending alone.
const LINES: &str = "jsonl";

pub struct Files {
    folder: PathBuf,
}

impl Files {
    pub fn new(folder: &Path) -> Files {
        std::fs::create_dir_all(folder).expect("the temporary folder can be written");
        Files { folder: folder.to_owned() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub fn clean(&self, records: u32, format: &str) -> PathBuf {
        let ending = if format == "ndjson" { LINES } else { format };
        self.made(&format!("clean-{records}.{ending}"), |file| {
            write(file, &["--count", &records.to_string(), "--format", format]);
        })
    }

    pub fn of_class(&self, class: &str, records: u32) -> PathBuf {
        self.made(&format!("{class}-{records}.{LINES}"), |file| {
            let mut command = Command::new(PROGRAM);
            run(
                command.args(["sandbox", "data", "--record", class, "--out", "-", "--count", &records.to_string()]),
                file,
            );
        })
    }

    /// The clean records as one list, indented.
    pub fn indented(&self, records: u32) -> PathBuf {
        let lines = BufReader::new(File::open(self.clean(records, "ndjson")).expect("just written")).lines();
        self.made(&format!("indented-{records}.json"), |file| {
            let mut out = BufWriter::with_capacity(PIECE, file);
            for (number, line) in lines.map_while(Result::ok).enumerate() {
                let record: Value = serde_json::from_str(&line).expect("JSON");
                let before = if number == 0 { "[" } else { "," };
                write!(out, "{before}\n{record:#}").expect("the temporary folder can be written");
            }
            writeln!(out, "\n]").expect("the temporary folder can be written");
        })
    }

    /// One indented record near the limit of the suite, in which every member is defective; and one that is not certain to
    /// be read alike.
    pub fn huge(&self) -> [PathBuf; 2] {
        let group = |sex: &str| {
            let member = |number: u32| {
                json!({"member_identifier": [{"identifier_type": "UIN", "identifier_value": number.to_string()}],
                       "demographic_info": {"sex": sex, "birth_date": "1990-01-31", "name": {"surname": "A"}}})
            };
            let members: Vec<Value> = (0..20_000).map(member).collect();
            format!("{:#}", json!({"@type": "Group", "member_list": members}))
        };
        let twice = group("male").replacen('{', "{\"@type\": \"Group\",", 1);
        [("huge-defective.json", group("man")), ("huge-twice.json", twice)].map(|(name, text)| {
            self.made(name, |mut file| file.write_all(text.as_bytes()).expect("the temporary folder can be written"))
        })
    }

    /// One record in a hundred has a mistake.
    pub fn mixed(&self, records: u32) -> PathBuf {
        self.defective(&format!("mixed-{records}.{LINES}"), records, 100, "ndjson")
    }

    /// Every record has one.
    pub fn broken(&self, records: u32) -> PathBuf {
        self.defective(&format!("broken-{records}.{LINES}"), records, 1, "ndjson")
    }

    /// One in a hundred, in CSV.
    pub fn table(&self, records: u32) -> PathBuf {
        self.defective(&format!("mixed-{records}.csv"), records, 100, "csv")
    }

    /// The same records in as many files as there are kinds of mistake; the result has its defective ones of each in turn.
    fn defective(&self, name: &str, records: u32, every: usize, format: &str) -> PathBuf {
        self.made(name, |file| {
            let kinds = DEFECTS.iter().filter(|defect| format != "csv" || **defect != NOT_IN_TABLES);
            let mut parts: Vec<_> = kinds.map(|defect| self.part(defect, records, every, format)).collect();
            let (count, mut out) = (parts.len(), BufWriter::with_capacity(PIECE, file));
            let header = usize::from(format == "csv");
            for number in (1 - header).. {
                let lines: Vec<_> = parts.iter_mut().map_while(|part| part.next()?.ok()).collect();
                let Some(line) = lines.get(number / every % count) else { break };
                writeln!(out, "{line}").expect("the temporary folder can be written");
            }
        })
    }

    /// The lines of a file of records of which one in so many has a mistake of this kind.
    fn part(&self, defect: &str, records: u32, every: usize, format: &str) -> Lines<BufReader<File>> {
        let path = self.path(&format!("part-{defect}"));
        let file = File::create(&path).expect("the temporary folder can be written");
        let (count, every) = (records.to_string(), every.to_string());
        write(&file, &["--count", &count, "--format", format, "--defect", defect, "--every", &every]);
        BufReader::new(File::open(&path).expect("just written")).lines()
    }

    /// Our data standard as JSON Schema.
    pub fn schema(&self) -> PathBuf {
        self.made("schema.json", |file| {
            run(Command::new(PROGRAM).args(["profile", "schema", "--record", "Group"]), file)
        })
    }

    /// A copy of the profiles whose data standard has no rules between values.
    pub fn without_rules(&self) -> String {
        let to = self.path("without-rules");
        if !to.is_dir() {
            copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("test-profiles"), &to);
        }
        to.display().to_string()
    }

    fn made(&self, name: &str, make: impl FnOnce(&File)) -> PathBuf {
        let path = self.path(name);
        if !path.is_file() {
            make(&File::create(&path).expect("the temporary folder can be written"));
        }
        path
    }
}

fn write(file: &File, more: &[&str]) {
    run(Command::new(PROGRAM).args(["sandbox", "data", "--record", "Group", "--out", "-"]).args(more), file);
}

fn run(command: &mut Command, into: &File) {
    let into = into.try_clone().expect("a file can be shared");
    let status = command.stdout(into).stderr(Stdio::null()).status().expect("the program starts");
    assert!(status.success(), "{command:?}");
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("the temporary folder can be written");
    for entry in std::fs::read_dir(from).expect("the profiles can be read").flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let rules = name.to_string_lossy().starts_with("rules") && from.ends_with("data");
        match path.is_dir() {
            true => copy(&path, &to.join(name)),
            false if rules => {}
            false => drop(std::fs::copy(&path, to.join(name)).expect("the profiles can be copied")),
        }
    }
}
