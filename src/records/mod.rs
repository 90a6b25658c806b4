//! Exported files: records of the data standard read from streams of any size and judged one by one.
//!
//! A record is first tried by one pass over its bytes ([`Prover`]), which can only say "certainly sound". What it leaves
//! open goes to the full evaluator of [`crate::standard`], which alone finds and explains: single places, where all else is
//! sound, or else the whole record. The two must agree: what is proven has no finding.

mod arena;
mod chunks;
mod codes;
mod detect;
mod documents;
mod doubts;
mod drive;
mod explain;
mod finding;
mod flat;
mod glance;
mod grammar;
mod guards;
mod inputs;
mod keys;
mod names;
mod offsets;
mod outcome;
mod parts;
mod patterns;
mod presence;
mod prove;
mod redact;
mod reports;
mod scan;
mod sheet;
mod split;
mod table;
mod tally;
mod tree;
mod unpack;

pub use chunks::Layout;
pub use finding::{Elsewhere, Finding};
pub use flat::Mapping;
pub use glance::NoClass;
pub use inputs::{Found, Input, MOST_FILES, Refused, find, find_records};
pub use keys::MEMORY;
pub use outcome::{Outcome, outcome};
pub use parts::{Common, FINDINGS, Part, Parts, PartsError, Seen, UNFINISHED, Writer};
pub use prove::{Look, Prover};
pub use redact::Hidden;
pub use reports::{OWN_FILES, is_of_reports, is_own};
pub use sheet::{SHEET, sheet};
pub use table::Table;
pub use tally::{EXAMPLES, Example, Kinds, RuleTally, Tally};

use crate::standard::{CLASS_UNCLEAR, Standard, Strictness};
use explain::Measure;
use jiff::civil::Date;
use serde_json::Value;
use std::io::Write;

/// The most bytes of one record unless said otherwise.
pub const RECORD_LIMIT: usize = 8 << 20;
/// What is found of a record that is larger.
const TOO_LARGE: &str = "RECORD-TOO-LARGE";
/// What is found of a record that is none of the class it is to be judged by.
const OTHER_CLASS: &str = "RECORD-OTHER-CLASS";
/// What is found of a message that holds something where no records are looked for.
const ELSEWHERE: &str = "RECORDS-ELSEWHERE";
/// What is found of a name that stands twice in an object.
const TWICE: &str = "DUPLICATE-KEY";
/// What is found of a value in a column of a table that stands for an object.
const COLUMN_PARTS: &str = "COLUMN-PARTS";
/// What is found of a value that something speaks against, in a cell whose type may have lost what was meant.
const CELL_TYPE: &str = "CELL-TYPE";
/// What is found of a value that something speaks against, and that may be written in the way of a country or a program.
const CELL_FORM: &str = "CELL-FORM";
/// A text where a number is due that can be read as one; and one that cannot. Ids of the formats of the standard.
const STRING_NUMBER: &str = "TYPE-STRING-NUMBER";
/// See [`STRING_NUMBER`].
const NUMBER_FORMAT: &str = "NUMBER-FORMAT";
/// What is found of a column whose name is almost that of a member.
const COLUMN_LIKE: &str = "COLUMN-LIKE";
/// What is found of what would be missing but for a column that the mapping file leaves out.
const COLUMN_LEFT_OUT: &str = "COLUMN-LEFT-OUT";
/// What is found of a column whose place another one has.
const COLUMN_TWICE: &str = "COLUMN-TWICE";
/// What is found of a row with values beyond the header.
const ROW_BEYOND: &str = "ROW-BEYOND";
/// What is found of a later row of a record that has another value for the record as a whole.
const ROW_DIFFERS: &str = "ROW-DIFFERS";
/// What is found of a row in which a quote is not closed.
const ROW_QUOTE: &str = "ROW-QUOTE";
/// What is found of a cell that holds a formula without its value.
const FORMULA: &str = "XLSX-FORMULA";
/// What is found of a cell that holds an error.
const CELL_ERROR: &str = "XLSX-ERROR";
/// What is found of rows of groups that have one key, to which members are joined.
const ROW_TWIN: &str = "ROW-TWIN";
/// What is found of a workbook of which only one sheet was read.
const SHEETS: &str = "XLSX-SHEET";
/// What is found of a record whose bytes are no text.
const NO_TEXT: &str = "UTF-8";

/// How to check.
pub struct Options<'o> {
    /// What a finding weighs.
    pub strictness: Strictness,
    /// What rules about dates take for the day of the run, in UTC.
    pub today: Date,
    /// What must not be shown.
    pub hidden: Hidden,
    /// Threads that judge.
    pub threads: usize,
    /// The layout of all files, where it is not to be found out.
    pub layout: Option<Layout>,
    /// What the columns of tables mean, where their names do not say so.
    pub mapping: Option<&'o Mapping>,
    /// True where the class was told by the first records, and nobody named it: a record that may be of another one of its
    /// family is then not judged by it.
    pub told: bool,
    /// The most bytes of one record.
    pub record_limit: usize,
    /// True where the SHA-256 of each file is wanted.
    pub checksum: bool,
    /// Only so many records are judged, the first ones.
    pub sample: Option<u64>,
    /// True where the files are declared to hold everything: what is referred to must be in them.
    pub complete: bool,
    /// True where not all that was asked for could be found: what is referred to may be in what is missing.
    pub missing: bool,
    /// The most bytes of keys in memory, for rules between records.
    pub memory: usize,
    /// Hears how many records are done, and the bytes since it was last told.
    pub progress: Option<&'o (dyn Fn(u64, u64) + Sync)>,
    /// True when the check is to end early.
    pub stop: Option<&'o (dyn Fn() -> bool + Sync)>,
}

impl Options<'_> {
    /// On one thread, with nothing hidden, of files that are not declared complete.
    pub fn new(strictness: Strictness, today: Date) -> Options<'static> {
        Options {
            strictness,
            today,
            hidden: Hidden::default(),
            threads: 1,
            layout: None,
            mapping: None,
            told: false,
            record_limit: RECORD_LIMIT,
            checksum: true,
            sample: None,
            complete: false,
            missing: false,
            memory: MEMORY,
            progress: None,
            stop: None,
        }
    }
}

/// What came of a check.
#[derive(Debug, Default)]
pub struct Checked {
    /// Counts over all records.
    pub tally: Tally,
    /// The files read, in order.
    pub files: Vec<FileChecked>,
    /// What could not be read at all.
    pub refused: Vec<Refused>,
    /// Which part of the inputs it is, where it is not the whole.
    pub part: Option<Part>,
    /// The keys of a part, to be compared with those of the others.
    keys: Option<keys::Keys>,
    /// Rules that were not judged, and why.
    pub not_judged: Vec<NotJudged>,
    /// Why records were not compared with each other.
    pub uncompared: Option<String>,
}

impl Checked {
    /// Says of every rule between records that it was not judged, since keys could not be kept.
    fn leave_uncompared(&mut self, standard: &Standard, table: &Table, error: &std::io::Error) {
        let why = format!("Records were not compared with each other: {error}.");
        let rules = standard.file_rules().iter().filter(|rule| table.applies(rule));
        let not_judged = rules.map(|rule| NotJudged {
            rule: format!("{}: {}", rule.id, rule.expected),
            ids: vec![rule.id.clone()],
            why: why.clone(),
            question: None,
        });
        self.not_judged = not_judged.collect();
        self.uncompared = Some(why);
    }
}

/// A rule, or several, that nobody judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotJudged {
    /// Its id and what it expects, or words for several.
    pub rule: String,
    /// The ids.
    pub ids: Vec<String>,
    /// Why not.
    pub why: String,
    /// What to answer so that it is.
    pub question: Option<String>,
}

/// One file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileChecked {
    /// Its name as given.
    pub name: String,
    /// Its format as found, for people.
    pub format: String,
    /// Bytes read, unpacked.
    pub bytes: u64,
    /// Records judged.
    pub records: u64,
    /// SHA-256 of the bytes as stored, hex; empty where they were not read to the end.
    pub sha256: String,
    /// Why it was not read to its end.
    pub trouble: Option<String>,
    /// Findings in it that fail.
    pub failing: u64,
    /// True for an archive that turned out damaged: nobody knows from where on it holds what was exported.
    pub damaged: bool,
}

/// Why a check did not come about.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The class is not in the standard.
    #[error("there is no record class `{0}` in the data standard")]
    NoClass(String),
    /// Findings could not be written.
    #[error("findings could not be written: {0}")]
    Write(std::io::Error),
    /// Keys of records could not be kept until all are read.
    #[error("{0}")]
    Keys(std::io::Error),
}

impl From<std::io::Error> for CheckError {
    fn from(error: std::io::Error) -> CheckError {
        match keys::is_not_kept(&error) {
            true => CheckError::Keys(error),
            false => CheckError::Write(error),
        }
    }
}

/// The rules that need files which hold everything, where they do not, or nobody said that they do.
fn not_judged(standard: &Standard, table: &Table, declared: bool, whole: bool) -> Vec<NotJudged> {
    if declared && whole {
        return Vec::new();
    }
    let rules = standard.file_rules().iter().filter(|rule| rule.needs_all() && table.applies(rule));
    rules
        .map(|rule| NotJudged {
            rule: format!("{}: {}", rule.id, rule.expected),
            ids: vec![rule.id.clone()],
            why: match declared {
                true => "Not everything could be read: what is referred to may be in what was not.".into(),
                false => "It can only be judged in files that hold everything, and nobody said that these do.".into(),
            },
            question: (!declared).then(|| "Do these files hold all records? Then say so with --complete.".into()),
        })
        .collect()
}

/// Checks inputs as records of a class (`Group`, `ibr Beneficiary`). Every finding goes to `out`, one line of JSON each.
///
/// # Errors
/// The class is unknown, or findings could not be written. What is wrong with an input is in [`FileChecked::trouble`].
pub fn check(
    standard: &Standard,
    class: &str,
    inputs: &[Input],
    options: &Options<'_>,
    out: &mut (dyn Write + Send),
) -> Result<Checked, CheckError> {
    let table = Table::new(standard, class).ok_or_else(|| CheckError::NoClass(class.to_owned()))?;
    check_by(standard, class, &table, inputs, options, None, out)
}

/// The same with a table of the class made beforehand, and of one part where what the whole needs of it is to go to
/// `part`, which is to be ended afterwards.
///
/// # Errors
/// Findings could not be written.
pub fn check_by(
    standard: &Standard,
    class: &str,
    table: &Table,
    inputs: &[Input],
    options: &Options<'_>,
    part: Option<&mut Writer>,
    out: &mut (dyn Write + Send),
) -> Result<Checked, CheckError> {
    let measure = Measure {
        standard,
        class,
        table,
        strictness: options.strictness,
        today: options.today,
        hidden: &options.hidden,
        told: options.told,
        context: None,
    };
    Ok(drive::run(inputs, measure, options, part, out)?)
}

/// The columns of the inputs that are tables and can be looked at beforehand, by name.
pub fn columns_of(standard: &Standard, inputs: &[Input], mapping: &Mapping) -> Vec<(String, Vec<String>)> {
    let mut all = Vec::new();
    for input in inputs {
        let sides = match mapping.both_in(&input.name) {
            true => vec![Some(0), Some(1)],
            false => vec![mapping.sheet(&input.name)],
        };
        let columns = sides.into_iter().filter_map(|side| glance::columns(standard, input, Some(mapping), side));
        all.extend(columns.map(|columns| (input.name.clone(), columns)));
    }
    all
}

/// The sheets of the inputs that are workbooks and can be looked at beforehand, by name.
pub fn sheets_of(inputs: &[Input]) -> Vec<(String, Vec<String>)> {
    inputs.iter().filter_map(|input| Some((input.name.clone(), glance::sheets(input)?))).collect()
}

/// The class of the first record of an input, told by its type or its members.
///
/// # Errors
/// Why there is none to tell by.
pub fn class_of(standard: &Standard, input: &Input, mapping: Option<&Mapping>) -> Result<String, NoClass> {
    if mapping.is_some_and(|mapping| mapping.sheet(&input.name) == Some(1)) {
        return Err(NoClass::Untold("it holds parts of the records of another file"));
    }
    let (records, record_type) = glance::first_records(standard, input, mapping)?;
    // What is wrong with one that cannot be read is told where it is judged.
    let mut records = records.into_iter().filter_map(|(record, context)| {
        let mut record = tree::read(&record).ok()?.0;
        if let (Value::Object(members), Some(context)) = (&mut record, context) {
            members.entry("@context").or_insert(context);
        }
        Some(record)
    });
    let first = records.next().ok_or(NoClass::Untold(
        "none of its first records is a JSON object that can be read: they are broken, or beyond what this suite reads",
    ))?;
    let class = standard.told_class(record_type.as_deref(), &first, records);
    class.ok_or(NoClass::Untold("its first record has no type, and most of its members are of no class of records"))
}

#[cfg(test)]
mod tests;
