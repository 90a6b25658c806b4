//! The files that are measured, made when first asked for.

use crate::cost::PROGRAM;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Kinds of mistake that a JSON Schema can tell, each in its share of the records.
const DEFECTS: [&str; 5] =
    ["date-written-with-dots", "phone-short", "identifier-with-blank", "size-with-fraction", "longitude-out-of-range"];

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

    /// One record in a hundred has a mistake.
    pub fn mixed(&self, records: u32) -> PathBuf {
        self.defective("mixed", records, "100")
    }

    /// Every record has one.
    pub fn broken(&self, records: u32) -> PathBuf {
        self.defective("broken", records, "1")
    }

    fn defective(&self, name: &str, records: u32, every: &str) -> PathBuf {
        self.made(&format!("{name}-{records}.{LINES}"), |file| {
            let share = (records / DEFECTS.len() as u32).to_string();
            for (seed, defect) in (1..).zip(DEFECTS) {
                let seed = seed.to_string();
                write(file, &["--count", &share, "--seed", &seed, "--defect", defect, "--every", every]);
            }
        })
    }

    /// The same mistakes, but for one that a table has no place for, in CSV.
    pub fn table(&self, records: u32) -> PathBuf {
        let path = self.path("mixed.csv");
        let mut table = String::new();
        for (seed, defect) in (1..).zip(DEFECTS.iter().filter(|defect| **defect != "identifier-with-blank")) {
            let part = self.path("part.csv");
            let (share, seed) = ((records / 4).to_string(), seed.to_string());
            let file = File::create(&part).expect("the temporary folder can be written");
            let kind = ["--format", "csv", "--defect", defect, "--every", "100"];
            write(&file, &[&["--count", &share, "--seed", &seed], kind.as_slice()].concat());
            let text = std::fs::read_to_string(&part).expect("just written");
            let rows = text.find('\n').map_or(0, |end| end + 1);
            table.push_str(if table.is_empty() { &text } else { &text[rows..] });
        }
        std::fs::write(&path, table).expect("the temporary folder can be written");
        path
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
