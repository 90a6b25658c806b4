//! What records are compared by: keys kept for a whole check as hashes, put side by side at its end.
//!
//! Judges make rows of forty bytes ([`gather`]), whoever puts results in order collects them ([`Keys::take`]); sorted in
//! bounded memory ([`runs`]), those of one key meet and are compared ([`compare`]). No text of a key is kept: two keys
//! are taken for the same where 126 bits of their hash are.

mod compare;
mod gather;
mod names;
mod pointers;
mod row;
mod runs;
mod tell;
#[cfg(test)]
mod tests;

pub(super) use gather::{Batch, Plan, Spot};
pub(super) use row::Doubt;
pub(super) use runs::is_not_kept;
pub(super) use tell::Teller;

use crate::standard::rules::digest::{Digest, Identity};
use crate::standard::rules::file::FileRule;
use compare::Comparison;
use names::Names;
use row::{At, MOST_MASKS, MOST_POINTERS, Row, SIZE};
use runs::Runs;
use std::fs::File;
use std::io::{BufRead, BufReader, Error, Read, Result, Write};
use std::sync::Arc;

/// Bytes of memory for keys unless said otherwise.
pub const MEMORY: usize = 64 << 20;

/// So many parts of rows: one is put in order while it fits into the caches of a processor.
const PARTS: usize = 64;

/// The keys of all records read so far.
#[derive(Debug)]
pub(super) struct Keys {
    /// Rows by the first bits of their keys: those of one key are in one part, and the parts stand in order.
    parts: Vec<Runs>,
    places: Places,
    /// True where something could not be read.
    pub(super) unread: bool,
    /// Why rows are not kept any more: records are judged one by one then, and not compared.
    pub(super) lost: Option<Error>,
    memory: usize,
    /// How many threads compare them.
    threads: usize,
}

/// Where rows stand: their numbers lead to names here.
#[derive(Debug)]
pub(super) struct Places {
    pointers: Names,
    masks: Names,
    chunks: Vec<ChunkAt>,
}

/// Where a chunk starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ChunkAt {
    /// Number of its first record among all, from 0.
    pub(super) record: u64,
    /// The same of its file.
    pub(super) first: u64,
    /// Its file, and its first line there.
    pub(super) file: usize,
    pub(super) line: u64,
}

impl Keys {
    /// With at most so many bytes of rows in memory, to be compared by so many threads.
    pub(super) fn new(memory: usize, threads: usize) -> Keys {
        let threads = threads.clamp(1, PARTS);
        // Each thread merges one part at a time.
        let part = || Runs::new(memory / 8 * 5 / PARTS).reading(memory / 8 / threads);
        let parts = (0..PARTS).map(|_| part()).collect();
        Keys { parts, places: Places::new(), unread: false, lost: None, memory, threads }
    }

    /// Takes in the rows of a chunk. Where they cannot be kept, what was kept is let go of as well: of some of the keys
    /// nothing could be said.
    pub(super) fn take(&mut self, chunk: ChunkAt, batch: &Batch) {
        self.unread |= batch.unread;
        if self.lost.is_none() && !batch.rows.is_empty() {
            self.lost = self.keep(chunk, batch).err();
        }
        if self.lost.is_some() {
            self.parts.clear();
        }
    }

    fn keep(&mut self, chunk: ChunkAt, batch: &Batch) -> Result<()> {
        self.places.chunk(chunk);
        let (pointers, masks) = self.places.numbers(batch.pointers.all(), batch.masks.all());
        for row in &batch.rows {
            let part = row.key[0] >> (u64::BITS - PARTS.trailing_zeros());
            if let Some(part) = self.parts.get_mut(part as usize) {
                part.push(row.renumbered(&pointers, &masks))?;
            }
        }
        Ok(())
    }

    /// Where a chunk stands whose rows come from elsewhere.
    pub(super) fn place(&mut self, chunk: ChunkAt) {
        self.places.chunk(chunk);
    }

    /// The names that rows are told by, and whether something could not be read.
    pub(super) fn names(&self) -> (Vec<String>, Vec<String>, bool) {
        (self.places.pointers.all().to_vec(), self.places.masks.all().to_vec(), self.unread)
    }

    /// Writes all rows in order.
    pub(super) fn write(self, out: &mut dyn Write) -> Result<()> {
        let mut bytes = Vec::with_capacity(SIZE);
        for part in self.parts {
            part.merge(&mut |row| {
                bytes.clear();
                row.write(&mut bytes);
                out.write_all(&bytes)
            })?;
        }
        out.flush()
    }

    /// Compares the rows of several checks, each written in order, with the names they are told by.
    pub(super) fn compare_all(
        mut self,
        parts: Vec<(File, &[String], &[String])>,
        rules: &[Arc<FileRule>],
        teller: &mut Teller<'_>,
    ) -> Result<()> {
        let mut sources = Vec::new();
        for (file, pointers, masks) in parts {
            let (pointers, masks) = self.places.numbers(pointers, masks);
            let mut rows = BufReader::with_capacity(SIZE * 1024, file);
            sources.push(Box::new(move || {
                let mut bytes = [0; SIZE];
                match rows.fill_buf()?.is_empty() {
                    true => Ok(None),
                    false => rows.read_exact(&mut bytes).map(|()| Row::read(&bytes)),
                }
                .map(|row| row.map(|row| row.renumbered(&pointers, &masks)))
            }) as runs::Source<'_>);
        }
        let mut comparison = Comparison::new(rules, self.memory / 8);
        runs::merge(sources, &mut |row| comparison.feed(row))?;
        teller.tell(vec![comparison], &self.places, self.memory / 8)
    }

    /// Compares all rows, each thread some of the parts; gives what was found in the order of findings.
    ///
    /// # Errors
    /// Findings could not be written, or rows not be kept ([`is_not_kept`]).
    pub(super) fn compare(mut self, rules: &[Arc<FileRule>], teller: &mut Teller<'_>) -> Result<()> {
        let memory = self.memory / 8 / self.threads;
        let compare = |parts: Vec<Runs>| {
            let mut comparison = Comparison::new(rules, memory);
            parts.into_iter().try_for_each(|part| part.merge(&mut |row| comparison.feed(row))).map(|()| comparison)
        };
        let share = self.parts.len().div_ceil(self.threads);
        let compared: Result<Vec<Comparison<'_>>> = std::thread::scope(|scope| {
            let mut threads = Vec::with_capacity(self.threads);
            while !self.parts.is_empty() {
                let behind = self.parts.split_off(share.min(self.parts.len()));
                let parts = std::mem::replace(&mut self.parts, behind);
                threads.push(scope.spawn(|| compare(parts)));
            }
            let died = |_| Err(Error::other("a thread that compared records died"));
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(died)).collect()
        });
        teller.tell(compared?, &self.places, self.memory / 8)
    }
}

/// The hash of a fixed text: where it differs, no hashes can be compared.
pub(super) fn check_value() -> String {
    let [one, other] = Identity::of("dci-conform").and("key").whole.and(Digest::of("rule")).words();
    format!("{one:016x}{other:016x}")
}

impl Places {
    fn new() -> Places {
        Places { pointers: Names::new(MOST_POINTERS), masks: Names::new(MOST_MASKS), chunks: Vec::new() }
    }

    fn chunk(&mut self, chunk: ChunkAt) {
        self.chunks.push(chunk);
    }

    /// Our numbers for the names of others.
    fn numbers(&mut self, pointers: &[String], masks: &[String]) -> (Vec<u32>, Vec<u32>) {
        let pointers = pointers.iter().map(|pointer| self.pointers.pointer(pointer)).collect();
        let masks = masks.iter().map(|mask| self.masks.number(mask).unwrap_or_default()).collect();
        (pointers, masks)
    }

    /// The file and the line of a place, and the number of its record in the file, from 1.
    fn line(&self, at: At) -> (usize, u64, u64) {
        let behind = self.chunks.partition_point(|chunk| chunk.record <= at.record());
        match self.chunks.get(behind.wrapping_sub(1)) {
            Some(chunk) => (chunk.file, chunk.line + at.line(), at.record() - chunk.first.min(at.record()) + 1),
            None => (0, 0, 0),
        }
    }
}
