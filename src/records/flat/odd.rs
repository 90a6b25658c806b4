//! What a workbook or a Parquet file lost of a value, or never had: cells or columns have types of their own there, and
//! these may be the wrong ones.

use super::cell::Reading;
use super::header::Header;
use super::places::Flat;
use super::rows::{Odd, Row};
use crate::model::verdict::{Force, Verdict};
use crate::records::finding::finding;
use crate::records::{CELL_ERROR, FORMULA};
use crate::standard::Written;

const LOSSY: &str = "XLSX-LOSSY";
const COLUMN: &str = "PARQUET-LOSSY";

impl Header {
    /// Tells the cells of a row whose type is not that of their column; where a whole column is of the wrong one, that is
    /// told once, and the column added to those told of.
    pub(super) fn odd(&self, row: &Row, flat: &mut Flat, source: &str, told_of: &mut Vec<u32>) {
        for (column, odd) in &row.odd {
            if told_of.contains(column) {
                continue;
            }
            let at = usize::try_from(*column).unwrap_or(usize::MAX);
            let place = self.cells.get(at).copied().flatten();
            // What is in a column that is not read is not judged either.
            let Some(cell) = place.and_then(|place| self.plan.cells.get(place)) else { continue };
            if let Some((rule, expected, found)) = told(*odd, &cell.reading, row.cell(at)) {
                let before = if row.second { self.widths.first().copied().unwrap_or(0) } else { 0 };
                let mut told = finding(row.line, rule, Force::I, Verdict::Warn, expected, found, source);
                told.column = u32::try_from((at + 1).saturating_sub(before)).ok();
                flat.tell(told, row.second);
                told_of.extend(matches!(odd, Odd::Numbers | Odd::Dates).then_some(*column));
            }
        }
    }
}

impl Odd {
    /// True where what was meant by a cell may be another text.
    pub(super) fn loses(self, reading: &Reading, text: &[u8]) -> bool {
        !matches!(self, Odd::Error | Odd::Formula) && told(self, reading, text).is_some()
    }
}

/// Rule, what is expected and what was found.
pub(super) fn told(odd: Odd, reading: &Reading, text: &[u8]) -> Option<(&'static str, &'static str, &'static str)> {
    let dates = || reading.words.dates.as_ref().is_some_and(|dates| dates.read(text).is_some());
    match (odd, reading.written) {
        _ if reading.of_another => None,
        (Odd::Error, _) => Some((CELL_ERROR, "a value", "an error of the spreadsheet; taken for no value")),
        (Odd::Formula, _) => Some((
            FORMULA,
            "a formula with its value (open and save the workbook in a spreadsheet program)",
            "a formula alone; taken for no value",
        )),
        // What the mapping has a word for is meant so.
        _ if reading.blank(text) || reading.values.contains_key(text) => None,
        (Odd::Number, Written::Text) => Some((
            LOSSY,
            "a cell of text",
            "a number: zeros in front and digits after the fifteenth would be lost in it",
        )),
        (Odd::Number, Written::Date) if !dates() => {
            Some((LOSSY, "a cell of text or with the format of a date", "a number without such a format"))
        }
        (Odd::Date, Written::Text) => {
            Some((LOSSY, "a cell of text", "a date: spreadsheets take texts such as 1-2 for one"))
        }
        (Odd::Date, Written::Number | Written::Amount | Written::Boolean) => Some((
            LOSSY,
            "a cell of a number, or of text",
            "a date or a time: spreadsheets take numbers such as 1.5, 5/1 or 1:30 for one",
        )),
        (Odd::Truth, Written::Text | Written::Date | Written::Number | Written::Amount) => Some((
            LOSSY,
            "a cell of text, or of a number or a date where the standard has one",
            "true or false: spreadsheets take such words for one",
        )),
        // By which programs keep a number that is missing.
        (Odd::Numbers, _) if text == b"NaN" => Some((COLUMN, "numbers, or no value", "what is no number; told once")),
        (Odd::Numbers, Written::Text) => {
            Some((COLUMN, "a column of text", "numbers: zeros in front would be lost in them; told once"))
        }
        (Odd::Numbers, Written::Date) if !dates() => {
            Some((COLUMN, "a column of dates, or of text", "numbers, which no date is; told once"))
        }
        (Odd::Dates, Written::Text) => Some((COLUMN, "a column of text", "dates or times; told once")),
        (Odd::Number | Odd::Numbers | Odd::Date | Odd::Dates | Odd::Truth, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_none_is_told_of_its_column() {
        let number = Reading { written: Written::Number, ..Reading::default() };
        assert_eq!(told(Odd::Numbers, &number, b"NaN").map(|told| told.0), Some(COLUMN));
        assert!(Odd::Numbers.loses(&number, b"NaN") && !Odd::Numbers.loses(&number, b"inf"));
    }
}
