//! Rows of text: CSV, TSV and their kin, through the parser of the `csv-core` crate. Lines are counted as they stand in
//! the file, also inside quotes.

use super::rows::{Flaw, Flawed, Next, Row, RowSource};
use crate::records::inputs::fill;
use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use std::io::{Error, ErrorKind, Read, Result};

/// Bytes read at a time.
const BLOCK: usize = 1 << 18;
/// At most so many cells in a row.
pub(super) const MOST_CELLS: usize = 1 << 16;

/// Reads rows from text.
pub(super) struct Text {
    from: Box<dyn Read + Send>,
    parser: Reader,
    buffer: Vec<u8>,
    /// Where the row at hand starts in the buffer, how far it was parsed, and where the bytes read end.
    start: usize,
    at: usize,
    end: usize,
    line: u64,
    limit: usize,
    ended: bool,
    taken: u64,
}

impl Text {
    /// `head` was read already, `line` is its first line; a row has at most `limit` bytes.
    pub(super) fn new(from: Box<dyn Read + Send>, head: Vec<u8>, separator: u8, line: u64, limit: usize) -> Text {
        let parser = ReaderBuilder::new().delimiter(separator).build();
        let end = head.len();
        Text { from, parser, buffer: head, start: 0, at: 0, end, line, limit, ended: false, taken: 0 }
    }

    /// Counts bytes that stand before the header.
    pub(super) fn passed(mut self, bytes: usize) -> Text {
        self.taken += count(bytes);
        self
    }

    /// Makes room and reads on; false at the end.
    fn more(&mut self) -> Result<bool> {
        if self.ended {
            return Ok(false);
        }
        self.buffer.copy_within(self.start..self.end, 0);
        (self.at, self.end, self.start) = (self.at - self.start, self.end - self.start, 0);
        if self.buffer.len() < self.end + BLOCK {
            self.buffer.resize(self.end + BLOCK, 0);
        }
        let room = self.buffer.get_mut(self.end..self.end + BLOCK).unwrap_or_default();
        let read = fill(&mut self.from, room)?;
        self.end += read;
        self.ended = read == 0;
        Ok(read > 0)
    }

    /// Takes the bytes of the row that ends here; gives its line.
    fn take(&mut self) -> u64 {
        let raw = self.buffer.get(self.start..self.at).unwrap_or_default();
        let breaks = memchr::memchr_iter(b'\n', raw).count();
        // Blank lines before a row are passed over by the parser.
        let blank = raw.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|byte| **byte == b'\n').count();
        let line = self.line + count(blank);
        self.line += count(breaks);
        self.taken += count(raw.len());
        self.start = self.at;
        line
    }

    /// Ends the row with a line break. What is not a record then is inside a quote.
    fn end_row(&mut self, row: &mut Row, used: usize, cells: usize) -> Option<usize> {
        let (text, ends) = (row.text.get_mut(used..), row.ends.get_mut(cells..));
        let (result, _, _, ended) = self.parser.read_record(b"\n", text.unwrap_or_default(), ends.unwrap_or_default());
        (result == ReadRecordResult::Record).then_some(cells + ended)
    }

    /// Leaves a row with an open quote behind its first line, so that the rows after it are read all the same.
    fn give_up_quote(&mut self) -> Next {
        let raw = self.buffer.get(self.start..self.end).unwrap_or_default();
        let blank = raw.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let first = memchr::memchr(b'\n', raw.get(blank..).unwrap_or_default());
        self.at = first.map_or(self.end, |first| self.start + blank + first + 1);
        self.parser.reset();
        Next::Flaw(Flawed { line: self.take(), flaw: Flaw::OpenQuote, second: false })
    }

    /// Passes over the rest of a line that is too long.
    fn pass_line(&mut self) -> Result<Next> {
        let line = self.take();
        self.parser.reset();
        loop {
            let rest = self.buffer.get(self.start..self.end).unwrap_or_default();
            let found = memchr::memchr(b'\n', rest);
            self.at = found.map_or(self.end, |found| self.start + found + 1);
            self.take();
            if found.is_some() || !self.more()? {
                return Ok(Next::Flaw(Flawed { line, flaw: Flaw::TooLarge, second: false }));
            }
        }
    }

    /// The end of the input inside a row.
    fn last(&mut self, row: &mut Row, used: usize, cells: usize) -> Next {
        let raw = self.buffer.get(self.start..self.at).unwrap_or_default();
        if raw.iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
            self.take();
            return Next::End;
        }
        let Some(count) = self.end_row(row, used, cells) else { return self.give_up_quote() };
        row.count = count;
        row.line = self.take();
        Next::Row
    }
}

impl RowSource for Text {
    fn next(&mut self, row: &mut Row) -> Result<Next> {
        let (mut used, mut cells) = (0, 0);
        loop {
            // Room for the break that ends the last line of a file without one.
            if row.text.len() < used + 64 {
                row.text.resize((used + 64) * 2, 0);
            }
            if row.ends.len() < cells + 2 {
                row.ends.resize((cells + 2) * 2, 0);
            }
            // The parser takes an empty input for the end.
            if self.at == self.end {
                if self.at - self.start > self.limit {
                    return match self.end_row(row, used, cells) {
                        Some(_) => self.pass_line(),
                        None => Ok(self.give_up_quote()),
                    };
                }
                if !self.more()? {
                    return Ok(self.last(row, used, cells));
                }
            }
            let input = self.buffer.get(self.at..self.end).unwrap_or_default();
            let (text, ends) = (row.text.get_mut(used..), row.ends.get_mut(cells..));
            let (result, read, wrote, ended) =
                self.parser.read_record(input, text.unwrap_or_default(), ends.unwrap_or_default());
            (self.at, used, cells) = (self.at + read, used + wrote, cells + ended);
            if cells > MOST_CELLS {
                let words =
                    format!("line {}: more than {MOST_CELLS} cells in a row; is the separator right?", self.line);
                return Err(Error::new(ErrorKind::InvalidData, words));
            }
            match result {
                ReadRecordResult::Record => {
                    row.count = cells;
                    row.line = self.take();
                    return Ok(Next::Row);
                }
                ReadRecordResult::OutputFull => row.text.resize(row.text.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => row.ends.resize(row.ends.len() * 2, 0),
                ReadRecordResult::InputEmpty | ReadRecordResult::End => {}
            }
        }
    }

    fn taken(&mut self) -> u64 {
        std::mem::take(&mut self.taken)
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str, limit: usize) -> Vec<(u64, Result<Vec<String>, Flaw>)> {
        let mut source =
            Text::new(Box::new(std::io::Cursor::new(text.as_bytes().to_vec())), Vec::new(), b',', 1, limit);
        let (mut row, mut all) = (Row::default(), Vec::new());
        loop {
            match source.next(&mut row).expect("in memory") {
                Next::Row => {
                    let cells = row.cells().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
                    all.push((row.line, Ok(cells)));
                }
                Next::Flaw(flawed) => all.push((flawed.line, Err(flawed.flaw))),
                Next::End => break,
            }
        }
        assert_eq!(source.taken(), text.len() as u64, "every byte is taken in");
        all
    }

    type Result<T, E> = std::result::Result<T, E>;

    fn row(line: u64, cells: &[&str]) -> (u64, Result<Vec<String>, Flaw>) {
        (line, Ok(cells.iter().map(|cell| (*cell).to_owned()).collect()))
    }

    #[test]
    fn lines_are_counted_as_they_stand() {
        let text = "a,b\r\n\r\n\"1\n2\",\"x\"\"y\"\n\n3,\n4";
        let expected = [row(1, &["a", "b"]), row(3, &["1\n2", "x\"y"]), row(6, &["3", ""]), row(7, &["4"])];
        assert_eq!(read(text, 1000), expected);
        assert_eq!(read("", 1000), []);
        assert_eq!(read("\n\r\n", 1000), []);
    }

    #[test]
    fn an_open_quote_hides_no_other_row() {
        let text = "a,b\n1,\"2\n3,4\n5,6\n";
        let expected = [row(1, &["a", "b"]), (2, Err(Flaw::OpenQuote)), row(3, &["3", "4"]), row(4, &["5", "6"])];
        assert_eq!(read(text, 1000), expected);
        // Far from the end: given up at the limit.
        let long = format!("a\n\"b\n{}", "12345\n".repeat(100_000));
        let found = read(&long, 1000);
        assert_eq!(found[1], (2, Err(Flaw::OpenQuote)));
        assert_eq!((found.len(), found[100_001].0), (100_002, 100_002));
    }

    #[test]
    fn a_row_that_is_too_large_is_passed_over() {
        let text = format!("a\n{}\n2\n", "x".repeat(1 << 20));
        assert_eq!(read(&text, 1000), [row(1, &["a"]), (2, Err(Flaw::TooLarge)), row(3, &["2"])]);
    }

    #[test]
    fn a_row_of_endless_cells_is_refused() {
        let text = ",".repeat(MOST_CELLS + 10);
        let mut source = Text::new(Box::new(std::io::Cursor::new(text.into_bytes())), Vec::new(), b',', 1, 1 << 20);
        assert!(source.next(&mut Row::default()).expect_err("too many").to_string().contains("separator"));
    }

    fn quoted(cell: &str) -> String {
        format!("\"{}\"", cell.replace('"', "\"\""))
    }

    proptest! {
        /// Any cells, quoted, come back as they were, on the line where their row starts.
        #[test]
        fn any_cells_come_back(rows in prop::collection::vec(prop::collection::vec("[ -~\n\r\téß\"\",;]{0,12}", 1..6), 1..20)) {
            let mut text = String::new();
            let mut expected = Vec::new();
            for cells in &rows {
                let line = 1 + text.matches('\n').count() as u64;
                expected.push((line, Ok(cells.clone())));
                text.push_str(&cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(","));
                text.push('\n');
            }
            prop_assert_eq!(read(&text, 1 << 20), expected);
        }

        #[test]
        fn any_text_is_read_to_its_end(text in "[ab\",\n\r]{0,200}") {
            let all = read(&text, 50);
            prop_assert!(all.windows(2).all(|pair| pair[0].0 <= pair[1].0));
        }
    }
}
