//! Exported files: records of the data standard read from streams of any size and judged one by one.
//!
//! A record is first tried by one pass over its bytes ([`Prover`]), which can only say "certainly sound". Every other
//! record goes to the full evaluator of [`crate::standard`], which alone finds and explains. The two must agree: what is
//! proven has no finding.

mod arena;
mod chunks;
mod codes;
mod detect;
mod drive;
mod explain;
mod finding;
mod guards;
mod inputs;
mod names;
mod outcome;
mod patterns;
mod presence;
mod prove;
mod redact;
mod scan;
mod split;
mod table;
mod tally;
mod tree;

pub use chunks::Layout;
pub use finding::Finding;
pub use inputs::{Input, MOST_FILES, Refused, find};
pub use outcome::{Outcome, outcome};
pub use prove::Prover;
pub use redact::Hidden;
pub use table::Table;
pub use tally::{EXAMPLES, Example, Kinds, RuleTally, Tally};

use crate::standard::{Standard, Strictness};
use explain::Measure;
use jiff::civil::Date;
use std::io::Write;

/// The most bytes of one record unless said otherwise.
pub const RECORD_LIMIT: usize = 8 << 20;

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
    /// The most bytes of one record.
    pub record_limit: usize,
    /// Hears how many records are done, and the bytes since it was last told.
    pub progress: Option<&'o (dyn Fn(u64, u64) + Sync)>,
    /// True when the check is to end early.
    pub stop: Option<&'o (dyn Fn() -> bool + Sync)>,
}

/// What came of a check.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// Counts over all records.
    pub tally: Tally,
    /// The files read, in order.
    pub files: Vec<FileChecked>,
    /// What could not be read at all.
    pub refused: Vec<Refused>,
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
}

/// Why a check did not come about.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The class is not in the standard.
    #[error("there is no record class `{0}` in the data standard")]
    NoClass(String),
    /// Findings could not be written.
    #[error("findings could not be written: {0}")]
    Write(#[from] std::io::Error),
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
    let measure = Measure {
        standard,
        class,
        table: &table,
        strictness: options.strictness,
        today: options.today,
        hidden: &options.hidden,
    };
    Ok(drive::run(inputs, measure, options, out)?)
}

/// The class of the first record of an input, told by its type or its members; `None` where there is none to tell by.
pub fn class_of(standard: &Standard, input: &Input) -> Option<String> {
    let record = drive::first_record(standard, input)?;
    let (record, _) = tree::read(&record).ok()?;
    let classes: Vec<String> = standard.class_names().map(str::to_owned).collect();
    standard.class_of(&classes, &record).map(str::to_owned)
}

#[cfg(test)]
mod tests;
