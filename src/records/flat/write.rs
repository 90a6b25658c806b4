//! Rows written as one record of JSON, with the place of every value.

use super::plan::{Cell, Plan, Repeat};
use super::rows::{Odd, Row};
use crate::standard::Written;

/// Where a value stands in the bytes of a chunk, and where it stood in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::records) struct Mark {
    pub(super) at: usize,
    pub(super) line: u64,
    /// Its column, from 0.
    pub(super) column: u32,
    /// True where the type of its cell may have lost what was meant.
    pub(super) lossy: bool,
    /// True where its cell has a type that holds dates and times and no offset.
    pub(super) moment: bool,
    /// True where it should be a number, and is none in the way that the mapping file declares.
    pub(super) undeclared: bool,
    /// True for a text as programs write what they take for a number, or for no value, where nobody has said how texts are
    /// written.
    pub(super) unclear: bool,
}

/// What is written to.
pub(super) struct Pen<'p> {
    pub(super) plan: &'p Plan,
    pub(super) out: &'p mut Vec<u8>,
    pub(super) marks: &'p mut Vec<Mark>,
    /// Set where one of them is doubtful.
    pub(super) doubtful: &'p mut bool,
    /// The most bytes of a record.
    pub(super) limit: usize,
}

/// A record on the way.
struct Open<'p> {
    /// The cell written last.
    last: Option<&'p Cell>,
    /// The innermost container shared with all cells passed since.
    shared: usize,
    start: usize,
}

/// The record became larger than the limit.
pub(super) struct TooLarge;

impl Pen<'_> {
    /// Writes the record that these rows make. Blank cells are absent: a record of blank cells has no members.
    pub(super) fn record(&mut self, rows: &[Row]) -> Result<(), TooLarge> {
        let mut open = Open { last: None, shared: usize::MAX, start: self.out.len() };
        let plan = self.plan;
        for block in &plan.blocks {
            let cells = plan.cells.get(block.cells.clone()).unwrap_or_default();
            let first = rows.get(..1).unwrap_or_default();
            match block.repeat {
                Repeat::Once => first.iter().try_for_each(|row| self.cells(cells, row, None, &mut open))?,
                Repeat::Rows(list) => {
                    for (number, row) in rows.iter().enumerate() {
                        let again = (number > 0).then_some(list);
                        self.cells(cells, row, again, &mut open)?;
                    }
                }
                Repeat::Parts(list) => first.iter().try_for_each(|row| self.parts(cells, row, list, &mut open))?,
            }
        }
        match open.last {
            Some(last) => self.out.extend_from_slice(&last.close),
            None => self.out.push(b'{'),
        }
        self.out.push(b'}');
        Ok(())
    }

    /// The cells of a block; `again` is the container that stays open where it is not the first time.
    fn cells<'p>(
        &mut self,
        cells: &'p [Cell],
        row: &Row,
        again: Option<usize>,
        open: &mut Open<'p>,
    ) -> Result<(), TooLarge> {
        let mut shared = again;
        for cell in cells {
            open.shared = open.shared.min(shared.take().unwrap_or(cell.shared));
            let text = row.cell(cell.column);
            if !text.is_empty() && !cell.reading.blank(text) {
                self.value(cell, text, row, open)?;
            }
        }
        Ok(())
    }

    /// The same once for each part of the cells.
    fn parts<'p>(&mut self, cells: &'p [Cell], row: &Row, list: usize, open: &mut Open<'p>) -> Result<(), TooLarge> {
        let mut parts: Vec<_> = cells.iter().map(|cell| cell.reading.parts(row.cell(cell.column))).collect();
        let mut shared = None;
        loop {
            let mut more = false;
            for (cell, parts) in cells.iter().zip(&mut parts) {
                open.shared = open.shared.min(shared.take().unwrap_or(cell.shared));
                let part = parts.next();
                more |= part.is_some();
                if let Some(part) = part.filter(|part| !cell.reading.blank(part)) {
                    self.value(cell, part, row, open)?;
                }
            }
            if !more {
                return Ok(());
            }
            shared = Some(list);
        }
    }

    fn value<'p>(&mut self, cell: &'p Cell, text: &[u8], row: &Row, open: &mut Open<'p>) -> Result<(), TooLarge> {
        let shared = match open.last {
            Some(last) => {
                let closed = last.close.len().saturating_sub(open.shared);
                self.out.extend_from_slice(last.close.get(..closed).unwrap_or_default());
                self.out.push(b',');
                open.shared
            }
            None => {
                self.out.push(b'{');
                0
            }
        };
        let from = cell.starts.get(shared).copied().unwrap_or(0);
        self.out.extend_from_slice(cell.before.get(from..).unwrap_or_default());
        let column = u32::try_from(cell.column).unwrap_or(u32::MAX);
        let odd = row.odd.iter().find(|(at, _)| *at == column).map(|(_, odd)| *odd);
        let lossy = odd.is_some_and(|odd| odd.loses(&cell.reading, text));
        let moment = odd == Some(Odd::Date) && cell.reading.written == Written::Date;
        let typed = matches!(odd, Some(Odd::Number | Odd::Numbers));
        let at = self.out.len();
        let undeclared = !cell.reading.write(text, typed, self.out);
        let unclear = cell.reading.is_unclear(text);
        *self.doubtful |= lossy | unclear;
        self.marks.push(Mark { at, line: row.line, column, lossy, moment, undeclared, unclear });
        (open.last, open.shared) = (Some(cell), usize::MAX);
        if self.out.len() - open.start > self.limit { Err(TooLarge) } else { Ok(()) }
    }
}
