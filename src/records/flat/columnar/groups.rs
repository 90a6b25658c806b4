//! The rows of a file, group by group.

use super::column::{self, Cells};
use super::file::{Survey, damaged};
use super::{CELLS, Parquet};
use crate::records::flat::wrong;
use std::io::Result;

/// The most bytes that all columns hold at once.
const HELD: u64 = 1 << 30;

/// The columns of the group of rows at hand, and how far it is read.
pub(super) struct Groups {
    pub(super) parquet: Parquet,
    pub(super) columns: Vec<Box<dyn Cells>>,
    /// The row read last, from 1.
    pub(super) line: u64,
    group: usize,
    /// Rows left in the group at hand.
    left: u64,
    cells: u64,
    /// Bytes that were said to be taken in.
    told: u64,
}

impl Groups {
    pub(super) fn new(parquet: Parquet) -> Groups {
        Groups { parquet, columns: Vec::new(), line: 0, group: 0, left: 0, cells: 0, told: 0 }
    }

    /// Goes on to the next row; false where there is none.
    pub(super) fn next(&mut self) -> Result<bool> {
        if self.left == 0 && !self.next_group()? {
            return Ok(false);
        }
        self.left -= 1;
        self.line += 1;
        Ok(true)
    }

    /// The next group that has rows; false at the end.
    fn next_group(&mut self) -> Result<bool> {
        if !self.columns.iter_mut().all(|column| column.ended()) {
            return Err(damaged("a column has values behind its last row"));
        }
        // The old ones go before the new ones come.
        self.columns.clear();
        let Parquet { file, content, .. } = &self.parquet;
        while self.group < content.groups() {
            let (chunks, rows) = (content.chunks(self.group), content.rows_of(self.group));
            self.group += 1;
            // Also of a group that says it has no rows: it may not have values either.
            let surveys: Vec<Survey> = chunks.iter().map(|chunk| file.survey(chunk, rows)).collect::<Result<_>>()?;
            if surveys.iter().map(Survey::bytes).sum::<u64>() > HELD {
                let words = format!("its pages take more than {HELD} bytes at once; write it with smaller pages");
                return Err(wrong(words));
            }
            self.cells = surveys.iter().fold(self.cells, |sum, survey| sum.saturating_add(survey.cells));
            if self.cells > CELLS {
                return Err(wrong(format!("it has more than {CELLS} cells; export it in parts")));
            }
            if rows > 0 {
                let open = |(chunk, survey)| column::cells(file, chunk, rows, survey);
                self.columns = chunks.iter().zip(&surveys).map(open).collect::<Result<_>>()?;
                self.left = rows;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The share of the file that the rows until now are, without what was said to be taken in before.
    pub(super) fn taken(&mut self) -> u64 {
        let Parquet { rows, size, .. } = self.parquet;
        let part = u128::from(size) * u128::from(self.line) / u128::from(rows.max(1));
        let now = u64::try_from(part).unwrap_or(size);
        now - std::mem::replace(&mut self.told, now)
    }
}
