//! Rows put in order, in memory that does not grow: what is too much is written to a file in sorted runs, which are read
//! again side by side.

use super::row::{Row, SIZE};
use std::fs::File;
use std::io::{Error, Read, Result, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::Arc;

/// Rows of a run read at a time, at least.
const FEWEST: usize = 64;
/// Rows that room is made for at a time, at least.
const ROOM: usize = 1 << 15;
/// Bytes written at a time.
const BLOCK: usize = 1 << 18;

/// That rows could not be kept in a file without a name.
#[derive(Debug, thiserror::Error)]
#[error("keys of records could not be kept in the temporary folder {}: {}", .0.display(), .1)]
struct NotKept(PathBuf, Error);

/// True for what [`Runs::push`] says where there is no room.
pub(in crate::records) fn is_not_kept(error: &Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<NotKept>())
}

/// Collects rows.
#[derive(Debug)]
pub(super) struct Runs {
    rows: Vec<Row>,
    /// Rows in memory.
    most: usize,
    /// Rows of all runs together that are read at a time.
    ahead: usize,
    /// Sorted runs one behind the other, in a file that has no name and is gone when it is closed.
    spilled: Option<File>,
    /// Where each run ends.
    ends: Vec<u64>,
}

/// Rows in order, from wherever; `None` at the end.
pub(super) type Source<'s> = Box<dyn FnMut() -> Result<Option<Row>> + 's>;

impl Runs {
    /// With at most so many bytes in memory.
    pub(super) fn new(bytes: usize) -> Runs {
        let most = (bytes / SIZE).max(FEWEST);
        Runs { rows: Vec::new(), most, ahead: most, spilled: None, ends: Vec::new() }
    }

    /// With more bytes for what is read of its runs at a time: short reads cost the most where there are many runs.
    pub(super) fn reading(self, bytes: usize) -> Runs {
        Runs { ahead: self.ahead.max(bytes / SIZE), ..self }
    }

    pub(super) fn push(&mut self, row: Row) -> Result<()> {
        if self.rows.len() >= self.most {
            self.spill().map_err(|error| Error::new(error.kind(), NotKept(std::env::temp_dir(), error)))?;
        }
        if self.rows.len() == self.rows.capacity() {
            // Room that is not used yet costs nothing, moving rows does; but nobody asks for gigabytes at once.
            let more = self.rows.len().max(ROOM).min(self.most - self.rows.len());
            self.rows.reserve_exact(more);
        }
        self.rows.push(row);
        Ok(())
    }

    fn spill(&mut self) -> Result<()> {
        sort(&mut self.rows);
        let mut file = match self.spilled.take() {
            Some(file) => file,
            None => tempfile::tempfile()?,
        };
        let mut block = Vec::with_capacity(BLOCK);
        for part in self.rows.chunks(BLOCK / SIZE) {
            block.clear();
            part.iter().for_each(|row| row.write(&mut block));
            file.write_all(&block)?;
        }
        let before = self.ends.last().copied().unwrap_or(0);
        self.ends.push(before + self.rows.len() as u64 * SIZE as u64);
        self.rows.clear();
        self.spilled = Some(file);
        Ok(())
    }

    /// Gives all rows in order.
    pub(super) fn merge(mut self, each: &mut dyn FnMut(Row) -> Result<()>) -> Result<()> {
        match self.spilled {
            None => {
                sort(&mut self.rows);
                self.rows.into_iter().try_for_each(each)
            }
            Some(_) => merge(self.sources()?, each),
        }
    }

    /// The rows, as so many sources in order as there are runs.
    pub(super) fn sources(mut self) -> Result<Vec<Source<'static>>> {
        let mut sources: Vec<Source<'static>> = Vec::with_capacity(self.ends.len() + 1);
        if let Some(file) = self.spilled.map(Arc::new) {
            let starts = std::iter::once(0).chain(self.ends.iter().copied());
            let rows = (self.ahead / self.ends.len().max(1)).max(FEWEST);
            sources.extend(starts.zip(&self.ends).map(|(start, end)| run(file.clone(), start, *end, rows)));
        }
        // Those that were not too much stay where they are.
        sort(&mut self.rows);
        let mut rows = self.rows.into_iter();
        sources.push(Box::new(move || Ok(rows.next())));
        Ok(sources)
    }
}

/// Puts rows in order: by the first word of their keys, which decides nearly always and is compared faster than a whole
/// row; then those that share it.
fn sort(rows: &mut [Row]) {
    rows.sort_unstable_by_key(|row| row.key[0]);
    for same in rows.chunk_by_mut(|one, next| one.key[0] == next.key[0]) {
        if same.len() > 1 {
            same.sort_unstable();
        }
    }
}

/// One run of a file, so many rows at a time.
fn run(file: Arc<File>, start: u64, end: u64, rows: usize) -> Source<'static> {
    let (mut at, mut block, mut used) = (start, Vec::new(), 0);
    Box::new(move || {
        if used >= block.len() {
            let left = usize::try_from(end - at).unwrap_or(usize::MAX);
            block.resize(left.min(rows * SIZE), 0);
            let mut file = &*file;
            file.seek(SeekFrom::Start(at))?;
            file.read_exact(&mut block)?;
            at += block.len() as u64;
            used = 0;
        }
        let row = block.get(used..).and_then(Row::read);
        used += SIZE;
        Ok(row)
    })
}

/// Gives the rows of several sources in order.
pub(super) fn merge(mut sources: Vec<Source<'_>>, each: &mut dyn FnMut(Row) -> Result<()>) -> Result<()> {
    // The next row of each source, and the sources in the order of these, the first one last. There are few of them, so
    // that putting one back into its place costs less than a heap.
    let mut rows = Vec::with_capacity(sources.len());
    let mut order = Vec::with_capacity(sources.len());
    for (number, source) in sources.iter_mut().enumerate() {
        let row = source()?;
        order.extend(row.map(|_| number));
        rows.push(row.unwrap_or_default());
    }
    order.sort_unstable_by_key(|number| std::cmp::Reverse((rows[*number], *number)));
    while let Some(number) = order.pop() {
        each(rows[number])?;
        if let Some(row) = sources[number]()? {
            rows[number] = row;
            let behind = |other: &usize| (rows[*other], *other) > (row, number);
            order.insert(order.partition_point(behind), number);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::row::{At, What};
    use super::*;

    fn sorted(count: u64, bytes: usize) -> Vec<Row> {
        let mut runs = Runs::new(bytes);
        for n in 0..count {
            let key = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) % 97;
            runs.push(Row::new([key, 0], 0, n, At::new(n, 0), What::default())).expect("room");
        }
        assert_eq!(runs.spilled.is_some(), count as usize > runs.most);
        let mut all = Vec::new();
        runs.merge(&mut |row| {
            all.push(row);
            Ok(())
        })
        .expect("room");
        all
    }

    #[test]
    fn a_file_makes_no_difference() {
        let in_memory = sorted(5000, 1 << 20);
        assert_eq!(in_memory.len(), 5000);
        assert!(in_memory.is_sorted());
        assert_eq!(sorted(5000, 0), in_memory);
        assert_eq!(sorted(5000, 1000 * SIZE), in_memory);
        assert_eq!(sorted(0, 0), []);
        assert_eq!(sorted(64, 0).len(), 64);
        assert_eq!(sorted(65, 0).len(), 65);
    }
}
