//! Rows in the order of a key, in memory that does not grow with the file: sorted runs in a temporary file that nobody
//! else can open, merged as they are read.

use super::cell::Key;
use super::rows::{Flawed, Next, Odd, Row, RowSource};
use super::spill::temporary;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{Error, Read, Result, Seek, SeekFrom, Write};
use std::ops::Range;

/// Bytes of rows sorted in memory at a time.
pub(super) const RUN: usize = 32 << 20;
/// Bytes of a run read at a time.
const BLOCK: usize = 1 << 15;

/// Rows sorted by a key; rows of the same key keep their order.
pub(super) struct Sorted {
    spill: Spill,
    runs: Vec<Run>,
    /// The next row of each run: its key, its number in the file, and the run.
    heap: BinaryHeap<Reverse<(Vec<u8>, u64, usize)>>,
}

/// Where sorted runs are kept.
enum Spill {
    Memory(Vec<u8>),
    File(File),
}

/// A sorted run, read from its start.
struct Run {
    left: Range<u64>,
    buffer: Vec<u8>,
    at: usize,
    row: Row,
}

/// Rows on their way into a run.
#[derive(Default)]
struct Gathered {
    bytes: Vec<u8>,
    /// Key, number and row, as ranges of the bytes.
    rows: Vec<(Range<usize>, u64, Range<usize>)>,
}

impl Sorted {
    /// Reads all rows of a source; blank ones are passed over. `told` hears of rows that cannot be read.
    pub(super) fn new(from: &mut dyn RowSource, key: &Key, told: &mut dyn FnMut(Flawed), run: usize) -> Result<Sorted> {
        let mut sorted = Sorted { spill: Spill::Memory(Vec::new()), runs: Vec::new(), heap: BinaryHeap::new() };
        let (mut gathered, mut row, mut number) = (Gathered::default(), Row::default(), 0);
        loop {
            match from.next(&mut row)? {
                Next::Row if row.blank() => {}
                Next::Row => {
                    number += 1;
                    gathered.add(&row, key, number);
                    if gathered.bytes.len() > run {
                        sorted.keep(&mut gathered, true)?;
                    }
                }
                Next::End => break,
                Next::Flaw(flawed) => told(flawed),
            }
        }
        let spilled = !sorted.runs.is_empty();
        sorted.keep(&mut gathered, spilled)?;
        for run in 0..sorted.runs.len() {
            sorted.advance(run)?;
        }
        Ok(sorted)
    }

    /// Sorts what was gathered into a run.
    fn keep(&mut self, gathered: &mut Gathered, spill: bool) -> Result<()> {
        let Gathered { bytes, rows } = std::mem::take(gathered);
        let mut rows = rows;
        rows.sort_by(|a, b| (bytes.get(a.0.clone()), a.1).cmp(&(bytes.get(b.0.clone()), b.1)));
        let mut sorted = Vec::with_capacity(bytes.len());
        for (_, _, row) in &rows {
            sorted.extend_from_slice(bytes.get(row.clone()).unwrap_or_default());
        }
        let mut start = 0;
        if spill {
            if let Spill::Memory(_) = self.spill {
                self.spill = Spill::File(temporary()?);
            }
            if let Spill::File(file) = &mut self.spill {
                start = file.seek(SeekFrom::End(0))?;
                file.write_all(&sorted)?;
            }
        }
        let left = start..start + sorted.len() as u64;
        if !spill {
            self.spill = Spill::Memory(sorted);
        }
        self.runs.push(Run { left, buffer: Vec::new(), at: 0, row: Row::default() });
        Ok(())
    }

    /// Reads the next row of a run and puts it among those that wait.
    fn advance(&mut self, index: usize) -> Result<()> {
        let Some(run) = self.runs.get_mut(index) else { return Ok(()) };
        if let Some((key, number)) = run.next(&mut self.spill)? {
            self.heap.push(Reverse((key, number, index)));
        }
        Ok(())
    }

    /// The key of the row that comes next.
    pub(super) fn key(&self) -> Option<&[u8]> {
        self.heap.peek().map(|Reverse((key, ..))| key.as_slice())
    }

    /// Takes the next row; false at the end.
    pub(super) fn take(&mut self, row: &mut Row) -> Result<bool> {
        let Some(Reverse((_, _, index))) = self.heap.pop() else { return Ok(false) };
        if let Some(run) = self.runs.get_mut(index) {
            std::mem::swap(&mut run.row, row);
        }
        self.advance(index)?;
        Ok(true)
    }
}

impl Gathered {
    /// Adds a row: sizes, number and line, then the ends of its cells, which of them are odd, and their text.
    fn add(&mut self, row: &Row, key: &Key, number: u64) {
        let start = self.bytes.len();
        let key = key.of(row);
        let text = row.text.get(..row.size()).unwrap_or_default();
        for count in [key.len(), row.count, row.odd.len(), text.len()] {
            self.bytes.extend(u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
        }
        self.bytes.extend(number.to_le_bytes());
        self.bytes.extend(row.line.to_le_bytes());
        let at = self.bytes.len();
        self.bytes.extend_from_slice(key);
        for end in row.ends.iter().take(row.count) {
            self.bytes.extend(u32::try_from(*end).unwrap_or(u32::MAX).to_le_bytes());
        }
        for (column, odd) in &row.odd {
            self.bytes.extend(column.to_le_bytes());
            self.bytes.extend((*odd as u32).to_le_bytes());
        }
        self.bytes.extend_from_slice(text);
        self.rows.push((at..at + key.len(), number, start..self.bytes.len()));
    }
}

impl Run {
    /// Reads the next row; gives its key and number.
    fn next(&mut self, spill: &mut Spill) -> Result<Option<(Vec<u8>, u64)>> {
        if !self.fill(spill, 32)? {
            return Ok(None);
        }
        let [key, count, odd, text] = [self.u32(), self.u32(), self.u32(), self.u32()];
        let (number, line) = (self.u64(), self.u64());
        let size = key + count * 4 + odd * 8 + text;
        if !self.fill(spill, size)? {
            return Err(Error::other("the temporary file of sorted rows ends too early"));
        }
        let key = self.bytes(key).to_vec();
        self.row.ends.clear();
        for _ in 0..count {
            let end = self.u32();
            self.row.ends.push(end);
        }
        self.row.odd.clear();
        for _ in 0..odd {
            let (column, odd) = (self.u32(), self.u32());
            self.row.odd.extend(u32::try_from(column).ok().zip(Odd::ALL.get(odd).copied()));
        }
        let mut held = std::mem::take(&mut self.row.text);
        held.clear();
        held.extend_from_slice(self.bytes(text));
        (self.row.text, self.row.count, self.row.line) = (held, count, line);
        Ok(Some((key, number)))
    }

    /// Makes sure that so many bytes are there; false at the end of the run.
    fn fill(&mut self, spill: &mut Spill, size: usize) -> Result<bool> {
        if self.buffer.len() - self.at >= size {
            return Ok(true);
        }
        self.buffer.drain(..self.at);
        self.at = 0;
        let before = self.buffer.len();
        let left = usize::try_from(self.left.end - self.left.start).unwrap_or(usize::MAX);
        let more = left.min(BLOCK.max(size - before));
        self.buffer.resize(before + more, 0);
        let free = self.buffer.get_mut(before..).unwrap_or_default();
        match spill {
            Spill::Memory(bytes) => {
                let start = usize::try_from(self.left.start).unwrap_or(usize::MAX);
                free.copy_from_slice(bytes.get(start..start + more).unwrap_or_default());
            }
            Spill::File(file) => {
                file.seek(SeekFrom::Start(self.left.start))?;
                file.read_exact(free)?;
            }
        }
        self.left.start += more as u64;
        Ok(self.buffer.len() >= size)
    }

    fn bytes(&mut self, count: usize) -> &[u8] {
        let bytes = self.buffer.get(self.at..self.at + count).unwrap_or_default();
        self.at += count;
        bytes
    }

    fn u32(&mut self) -> usize {
        let bytes = self.bytes(4).try_into().unwrap_or_default();
        usize::try_from(u32::from_le_bytes(bytes)).unwrap_or(0)
    }

    fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.bytes(8).try_into().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn odd(number: u64) -> Odd {
        Odd::ALL[usize::try_from(number).expect("small") % Odd::ALL.len()]
    }

    /// Rows that are there already.
    struct Given(std::vec::IntoIter<(String, u64)>);

    impl RowSource for Given {
        fn next(&mut self, row: &mut Row) -> Result<Next> {
            let Some((key, number)) = self.0.next() else { return Ok(Next::End) };
            *row = Row { line: number, ..Row::default() };
            row.push(b"before");
            row.push(key.as_bytes());
            row.push(number.to_string().as_bytes());
            row.odd = vec![(2, odd(number))];
            Ok(Next::Row)
        }

        fn taken(&mut self) -> u64 {
            0
        }
    }

    proptest! {
        /// However small the runs are, the rows come as a stable sort would give them.
        #[test]
        fn rows_come_in_the_order_of_their_keys(keys in prop::collection::vec("[a-c]{0,3}", 0..60), run in 1usize..3000) {
            let rows: Vec<(String, u64)> = keys.into_iter().zip(1..).collect();
            let mut given = Given(rows.clone().into_iter());
            let mut sorted = Sorted::new(&mut given, &Key { column: 1, ..Key::default() }, &mut |_| {}, run).expect("a temporary file");
            let mut expected = rows;
            expected.sort_by(|a, b| a.0.cmp(&b.0));
            let (mut row, mut found) = (Row::default(), Vec::new());
            while let Some(key) = sorted.key().map(<[u8]>::to_vec) {
                prop_assert!(sorted.take(&mut row).expect("a row"));
                prop_assert_eq!(row.cell(1), key.as_slice());
                let line = row.line.to_string();
                prop_assert_eq!(row.cell(2), line.as_bytes());
                prop_assert_eq!((row.count, row.cell(0)), (3, &b"before"[..]));
                prop_assert_eq!(&row.odd, &vec![(2, odd(row.line))]);
                found.push((String::from_utf8(key).expect("text"), row.line));
            }
            prop_assert!(!sorted.take(&mut row).expect("the end"));
            prop_assert_eq!(found, expected);
        }
    }
}
