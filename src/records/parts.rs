//! One part of a check that is done in several places, and how the parts become one check again.
//!
//! A part judges every n-th chunk of the inputs and keeps what the whole needs: for each chunk its counts and how many
//! bytes of findings it gave, and the rows of its keys in order. Putting them together does again what one check does when
//! results are put in order, so that nothing can come out differently.

use super::keys::{ChunkAt, Keys, Teller, check_value, is_not_kept};
use super::tally::Tally;
use super::{Checked, FileChecked, NotJudged, Refused, Table, not_judged};
use crate::model::result::MappingResult;
use crate::standard::{Standard, Strictness};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// Version of what a part writes.
const SCHEMA: &str = "dci-conform/part/4";
pub(super) const ABOUT: &str = "part.json";
pub(super) const CHUNKS: &str = "part.chunks.ndjson";
pub(super) const KEYS: &str = "part.keys";
/// Findings of the records of a part.
pub const FINDINGS: &str = "findings.ndjson";
/// The files of a part beside the one that tells of them.
const SUMMED: [&str; 3] = [CHUNKS, KEYS, FINDINGS];
/// Findings while they are being written.
pub const UNFINISHED: &str = ".findings.ndjson.part";
/// The longest line of a file of chunks that is read.
const LONGEST: u64 = 64 << 20;

/// Which part: the first is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// From 1.
    pub number: u64,
    /// How many parts there are.
    pub of: u64,
}

/// What parts must have in common, beside their inputs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Common {
    /// Version of the suite.
    pub tool: String,
    /// The hash of a fixed text: other versions may hash otherwise.
    pub hash: String,
    /// Id of the profile.
    pub profile: String,
    /// Digest of the profile.
    pub digest: String,
    /// Digest of the standard it was loaded with.
    pub standard: String,
    /// Class of the records.
    pub class: String,
    /// Strictness.
    pub strictness: String,
    /// The day of the run for rules about dates.
    pub today: String,
    /// Whether the files are declared to hold everything.
    pub complete: bool,
    /// The names of the inputs as given.
    pub inputs: String,
    /// The command that does the whole in one place.
    pub command: String,
    /// Digest of the mapping file; empty where there is none.
    pub mapping: String,
    /// What it says, for the report.
    pub mapping_shown: Option<MappingResult>,
}

/// What is known of a part beside its chunks and keys.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct About {
    schema: String,
    /// Which it is.
    pub part: Part,
    /// What it shares with the others.
    pub common: Common,
    /// What a report tells of it besides.
    pub seen: Seen,
    /// SHA-256 of its other files, by name: a part that was cut off on its way is told from a whole one.
    sums: BTreeMap<String, String>,
    files: Vec<PartFile>,
    refused: Vec<(String, String)>,
    unread: bool,
    pointers: Vec<String>,
    masks: Vec<String>,
}

/// What a report tells of a part beside what was found.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Seen {
    /// When it began, RFC 3339.
    pub started: String,
    /// Whether somebody stopped it before its end.
    pub interrupted: bool,
    /// What deserves a look.
    pub observations: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct PartFile {
    name: String,
    format: String,
    sha256: String,
    trouble: Option<String>,
    damaged: bool,
}

/// One chunk that was judged.
#[derive(Serialize, Deserialize)]
struct Row {
    number: u64,
    record: u64,
    first: u64,
    file: usize,
    line: u64,
    bytes: u64,
    findings: u64,
    tally: Tally,
}

/// Why parts cannot be put together.
#[derive(Debug, thiserror::Error)]
pub enum PartsError {
    /// Something of a part cannot be read.
    #[error("{0}: {1}")]
    Read(String, String),
    /// The parts do not belong together.
    #[error("{0}")]
    Apart(String),
    /// The whole could not be written.
    #[error("findings could not be written: {0}")]
    Write(#[from] std::io::Error),
}

/// Writes a part into a folder, chunk by chunk.
pub struct Writer {
    folder: PathBuf,
    chunks: BufWriter<File>,
    /// Which part.
    pub part: Part,
}

impl Part {
    /// `2/4`.
    pub fn read(text: &str) -> Option<Part> {
        let (number, of) = text.split_once('/')?;
        let part = Part { number: number.parse().ok()?, of: of.parse().ok()? };
        (1..=part.of).contains(&part.number).then_some(part)
    }

    /// True where a chunk belongs to it.
    pub(super) fn has(self, chunk: u64) -> bool {
        chunk % self.of == self.number - 1
    }
}

impl Common {
    /// With the hash of this build.
    pub fn hashed(self) -> Common {
        Common { hash: check_value(), ..self }
    }
}

impl Writer {
    /// Starts to write into a folder that is there.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn new(folder: &Path, part: Part) -> std::io::Result<Writer> {
        let chunks = BufWriter::new(File::create(folder.join(CHUNKS))?);
        Ok(Writer { folder: folder.to_owned(), chunks, part })
    }

    pub(super) fn chunk(
        &mut self,
        number: u64,
        at: ChunkAt,
        bytes: u64,
        findings: usize,
        tally: &Tally,
    ) -> std::io::Result<()> {
        let row = Row {
            number,
            record: at.record,
            first: at.first,
            file: at.file,
            line: at.line,
            bytes,
            findings: findings as u64,
            tally: tally.clone(),
        };
        serde_json::to_writer(&mut self.chunks, &row)?;
        self.chunks.write_all(b"\n")
    }

    /// Writes the keys, and what is known at the end.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn end(mut self, checked: &mut Checked, common: Common, seen: Seen) -> std::io::Result<()> {
        self.chunks.flush()?;
        let Some(keys) = checked.keys.take() else { return Ok(()) };
        let (pointers, masks, unread) = keys.names();
        let files = checked.files.iter().map(|file| PartFile {
            name: file.name.clone(),
            format: file.format.clone(),
            sha256: file.sha256.clone(),
            trouble: file.trouble.clone(),
            damaged: file.damaged,
        });
        keys.write(&mut BufWriter::new(File::create(self.folder.join(KEYS))?))?;
        let sums = SUMMED.into_iter().map(|name| Ok((name.to_owned(), sum(&self.folder.join(name))?)));
        let about = About {
            schema: SCHEMA.into(),
            part: self.part,
            common,
            seen,
            sums: sums.collect::<std::io::Result<_>>()?,
            files: files.collect(),
            refused: checked.refused.iter().map(|refused| (refused.name.clone(), refused.why.clone())).collect(),
            unread,
            pointers,
            masks,
        };
        std::fs::write(self.folder.join(ABOUT), serde_json::to_vec(&about)?)
    }
}

/// Parts that belong together, in order.
pub struct Parts {
    folders: Vec<PathBuf>,
    about: Vec<About>,
}

impl Parts {
    /// Reads what is known of the parts in some folders, and sees that they are all parts of one check.
    ///
    /// # Errors
    /// One cannot be read, one is missing or there twice, or they differ in what they must have in common.
    pub fn find(folders: &[PathBuf]) -> Result<Parts, PartsError> {
        let mut all = Vec::new();
        for folder in folders {
            let path = folder.join(ABOUT);
            let fault = |why: String| PartsError::Read(path.display().to_string(), why);
            let bytes = std::fs::read(&path).map_err(|error| fault(format!("{error}; is it the folder of a part?")))?;
            let about: About = serde_json::from_slice(&bytes).map_err(|error| fault(error.to_string()))?;
            if about.schema != SCHEMA {
                return Err(fault(format!("it is `{}`, and this version reads `{SCHEMA}`", about.schema)));
            }
            all.push((folder.clone(), about));
        }
        all.sort_by_key(|(_, about)| about.part.number);
        let (folders, about): (Vec<PathBuf>, Vec<About>) = all.into_iter().unzip();
        let parts = Parts { folders, about };
        parts.belong_together()?;
        parts.are_whole()?;
        Ok(parts)
    }

    fn belong_together(&self) -> Result<(), PartsError> {
        let apart = |why: String| Err(PartsError::Apart(why));
        let Some(first) = self.about.first() else { return apart("there is no part".into()) };
        for (about, folder) in self.about.iter().zip(&self.folders) {
            let folder = folder.display();
            if about.part.of != first.part.of {
                return apart(format!("{folder} is one of {} parts, others are of {}", about.part.of, first.part.of));
            }
            if let Some((name, mine, theirs)) = differs(&about.common, &first.common) {
                return apart(format!("{folder} was made with {name}: {mine}, not {theirs}"));
            }
            if about.files != first.files || about.refused != first.refused {
                // What was not read to its end has no hash.
                let mut all = self.about.iter().zip(&self.folders);
                if let Some((_, stopped)) = all.find(|(about, _)| about.seen.interrupted) {
                    return apart(format!("{} was stopped before its end: make that part again", stopped.display()));
                }
                let other = about.files.iter().zip(&first.files).find(|(mine, first)| mine != first);
                let name = other.map(|(mine, _)| mine.name.as_str()).unwrap_or("other files");
                return apart(format!("{folder} was made of other inputs: {name} is not the same"));
            }
        }
        if first.common.hash != check_value() {
            return apart("the parts were made by another version of dci-conform; merge them with that one".into());
        }
        let there: BTreeSet<u64> = self.about.iter().map(|about| about.part.number).collect();
        let missing: Vec<String> =
            (1..=first.part.of).filter(|n| !there.contains(n)).take(20).map(|n| n.to_string()).collect();
        if !missing.is_empty() {
            return apart(format!("of {} parts these are missing: {}", first.part.of, missing.join(", ")));
        }
        match there.len() == self.about.len() {
            true => Ok(()),
            false => apart("one part is there more than once".into()),
        }
    }

    /// What they have in common.
    pub fn common(&self) -> Common {
        self.about.first().map(|about| about.common.clone()).unwrap_or_default()
    }

    /// When the first of them began.
    pub fn started(&self) -> String {
        self.about.iter().map(|about| about.seen.started.clone()).min().unwrap_or_default()
    }

    /// Whether one was stopped before its end, and what deserves a look in any of them.
    pub fn seen(&self) -> (bool, BTreeSet<String>) {
        let interrupted = self.about.iter().any(|about| about.seen.interrupted);
        (interrupted, self.about.iter().flat_map(|about| about.seen.observations.iter().cloned()).collect())
    }

    /// Every file of every part is what the part wrote.
    fn are_whole(&self) -> Result<(), PartsError> {
        for (about, folder) in self.about.iter().zip(&self.folders) {
            for name in SUMMED {
                let path = folder.join(name);
                let found = sum(&path).map_err(|error| fault(&path, &error.to_string()))?;
                if about.sums.get(name) != Some(&found) {
                    return Err(fault(
                        &path,
                        "it is not what the part wrote: it was cut off or changed; check that part again",
                    ));
                }
            }
        }
        Ok(())
    }

    /// Does what is left to do once for all parts. Findings go to `out` as they would in one check.
    ///
    /// # Errors
    /// A part cannot be read, or findings cannot be written.
    pub fn merge(
        &self,
        standard: &Standard,
        table: &Table,
        strictness: Strictness,
        memory: usize,
        out: &mut (dyn Write + Send),
    ) -> Result<Checked, PartsError> {
        let Some(first) = self.about.first() else { return Ok(Checked::default()) };
        let mut keys = Keys::new(memory, 1);
        keys.unread = self.about.iter().any(|about| about.unread);
        let mut checked = Checked {
            files: first.files.iter().map(PartFile::file).collect(),
            refused: first.refused.iter().map(|(name, why)| Refused { name: name.clone(), why: why.clone() }).collect(),
            ..Checked::default()
        };
        self.chunks(&mut checked, &mut keys, out)?;
        let names: Vec<String> = checked.files.iter().map(|file| file.name.clone()).collect();
        let whole = !keys.unread && checked.files.iter().all(|file| file.trouble.is_none());
        let declared = first.common.complete;
        checked.not_judged = not_judged(standard, table, declared, whole);
        let mut teller =
            Teller { standard, strictness, names: &names, complete: declared && whole, out, tally: &mut checked.tally };
        let mut sources = Vec::new();
        for (about, folder) in self.about.iter().zip(&self.folders) {
            let path = folder.join(KEYS);
            let file = File::open(&path).map_err(|error| fault(&path, &error.to_string()))?;
            sources.push((file, about.pointers.as_slice(), about.masks.as_slice()));
        }
        match keys.compare_all(sources, standard.file_rules(), &mut teller) {
            Err(error) if is_not_kept(&error) => checked.leave_uncompared(standard, table, &error),
            compared => compared?,
        }
        Ok(checked)
    }

    /// The chunks of all parts, as they stood in the inputs.
    fn chunks(&self, checked: &mut Checked, keys: &mut Keys, out: &mut dyn Write) -> Result<(), PartsError> {
        let mut readers = Vec::new();
        for folder in &self.folders {
            let open = |name: &str| {
                let path = folder.join(name);
                File::open(&path).map(BufReader::new).map_err(|error| fault(&path, &error.to_string()))
            };
            readers.push((folder.as_path(), open(CHUNKS)?, open(FINDINGS)?));
        }
        let mut ended = 0;
        let mut line = String::new();
        for number in 0.. {
            let place = usize::try_from(number % readers.len() as u64).unwrap_or(0);
            let Some((folder, chunks, findings)) = readers.get_mut(place) else { break };
            line.clear();
            let path = folder.join(CHUNKS);
            let read = chunks.take(LONGEST).read_line(&mut line).map_err(|error| fault(&path, &error.to_string()))?;
            if read == 0 {
                ended += 1;
                if ended == readers.len() {
                    return Ok(());
                }
                continue;
            }
            let row: Row = serde_json::from_str(&line).map_err(|error| fault(&path, &error.to_string()))?;
            let Some(file) = checked.files.get_mut(row.file).filter(|_| row.number == number && ended == 0) else {
                return Err(fault(
                    &path,
                    "its chunks do not follow those of the other parts; was it written to its end?",
                ));
            };
            file.records += row.tally.records;
            file.failing += row.tally.failures();
            file.bytes += row.bytes;
            checked.tally.merge(&row.tally);
            keys.place(ChunkAt { record: row.record, first: row.first, file: row.file, line: row.line });
            if std::io::copy(&mut findings.take(row.findings), out)? != row.findings {
                return Err(fault(&folder.join(FINDINGS), "it ends too early"));
            }
        }
        Ok(())
    }
}

impl PartFile {
    fn file(&self) -> FileChecked {
        FileChecked {
            name: self.name.clone(),
            format: self.format.clone(),
            sha256: self.sha256.clone(),
            trouble: self.trouble.clone(),
            damaged: self.damaged,
            ..FileChecked::default()
        }
    }
}

/// SHA-256 of a file, hex.
fn sum(path: &Path) -> std::io::Result<String> {
    crate::digest::of_reader(File::open(path)?)
}

fn fault(path: &Path, why: &str) -> PartsError {
    PartsError::Read(path.display().to_string(), why.to_owned())
}

/// The first member that two have different values of.
fn differs(one: &Common, other: &Common) -> Option<(String, String, String)> {
    let members = |common: &Common| serde_json::to_value(common).unwrap_or_default();
    let (one, other) = (members(one), members(other));
    let (mine, theirs) = (one.as_object()?, other.as_object()?);
    let found = mine.iter().find(|(name, value)| theirs.get(*name) != Some(value))?;
    let name = match found.0.as_str() {
        "tool" | "hash" => "another version of dci-conform",
        "inputs" => "other names of files",
        "command" => "another command",
        "today" => "another day for --today",
        "complete" => "another answer to --complete",
        "mapping" | "mapping_shown" => "another mapping file",
        other => &format!("another {other}"),
    };
    Some((name.to_owned(), found.1.to_string(), theirs.get(found.0)?.to_string()))
}

/// What a part says of the rules it cannot judge.
pub(super) fn left_to_the_whole(standard: &Standard, part: Part) -> NotJudged {
    NotJudged {
        rule: "Rules between records".into(),
        ids: standard.file_rules().iter().map(|rule| rule.id.clone()).collect(),
        why: format!("This is part {} of {}: `report merge` of all parts judges them.", part.number, part.of),
        question: None,
    }
}
