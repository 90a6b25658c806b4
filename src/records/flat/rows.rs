//! Rows of cells, whatever file they come from.

use std::io::Result;

/// One row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    /// The text of all cells, one after the other.
    pub(super) text: Vec<u8>,
    /// Where each cell ends in it; only the first `count` are of this row.
    pub(super) ends: Vec<usize>,
    /// How many cells there are.
    pub(super) count: usize,
    /// The line in its file at which it starts, from 1; for a sheet its row.
    pub(super) line: u64,
    /// What it is to the row before.
    pub(super) kin: Kin,
    /// Cells that are not just text, by their columns (from 0).
    pub(super) odd: Vec<(u32, Odd)>,
    /// True where it is of the second of two files that are joined.
    pub(super) second: bool,
}

/// What a cell was before it became text, where that may matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Odd {
    /// A number.
    Number,
    /// A number that is shown as a date.
    Date,
    /// An error such as `#REF!`; its text is empty.
    Error,
    /// A formula without its value; its text is empty.
    Formula,
    /// One of a whole column of numbers.
    Numbers,
    /// One of a whole column of dates, times or moments.
    Dates,
    /// True or false.
    Truth,
}

impl Odd {
    /// All of them, each at its number.
    pub(super) const ALL: [Odd; 7] =
        [Odd::Number, Odd::Date, Odd::Error, Odd::Formula, Odd::Numbers, Odd::Dates, Odd::Truth];
}

/// What a row is to the row before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kin {
    /// It starts a record, unless its key says otherwise.
    #[default]
    Alone,
    /// It goes on with the same record.
    Follows,
    /// It should go on with a record that is not there.
    Orphan,
    /// It starts a record, and so does another row of the same key: which of them rows that follow go on with is not known.
    Twin,
}

impl Row {
    /// The text of a cell; empty where the row has no such cell.
    pub(super) fn cell(&self, column: usize) -> &[u8] {
        if column >= self.count {
            return &[];
        }
        let start = column.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(column).copied().unwrap_or(start);
        self.text.get(start..end).unwrap_or_default()
    }

    /// True where no cell holds anything.
    pub(super) fn blank(&self) -> bool {
        self.count.checked_sub(1).and_then(|last| self.ends.get(last)).is_none_or(|end| *end == 0)
    }

    /// Bytes of all cells.
    pub(super) fn size(&self) -> usize {
        self.count.checked_sub(1).and_then(|last| self.ends.get(last)).copied().unwrap_or(0)
    }

    /// All cells.
    pub(super) fn cells(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.count).map(|column| self.cell(column))
    }

    /// Adds a cell.
    #[cfg(test)]
    pub(super) fn push(&mut self, cell: &[u8]) {
        self.text.truncate(self.size());
        self.text.extend_from_slice(cell);
        self.ends.truncate(self.count);
        self.ends.push(self.text.len());
        self.count += 1;
    }
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// A row, in the buffer given.
    Row,
    /// A row that cannot be read; the next one follows.
    Flaw(Flawed),
    /// Nothing more.
    End,
}

/// A row that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flawed {
    pub(super) line: u64,
    pub(super) flaw: Flaw,
    /// True where it is of the second of two files that are joined.
    pub(super) second: bool,
}

/// Why a row cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// A quote is opened and never closed.
    OpenQuote,
    /// Something stands behind a closing quote: most often the quote of a later row, and the one before is not closed.
    BehindQuote,
    /// It is larger than the limit.
    TooLarge,
}

/// Where rows come from.
pub(super) trait RowSource: Send {
    /// Reads the next row into the buffer given.
    fn next(&mut self, row: &mut Row) -> Result<Next>;

    /// Bytes taken in since this was last asked.
    fn taken(&mut self) -> u64;
}
