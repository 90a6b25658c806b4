//! Rows of text: CSV, TSV and their kin, through the parser of the `csv-core` crate. Lines are counted as they stand in
//! the file, also inside quotes. What the crate takes in silence is looked at here: something behind a closing quote, which
//! is most often the quote of a later row, so that all rows up to it would be one.

use super::quotes::{self, Quotes};
use super::rows::{Flaw, Flawed, Next, Row, RowSource};
use crate::records::inputs::fill;
use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use std::io::{Error, ErrorKind, Read, Result};

/// Bytes read at a time.
const BLOCK: usize = 1 << 18;
/// At most so many pieces of a row that was given up are told.
const MOST_PIECES: u32 = 20;
/// At most so many cells in a row.
pub(super) const MOST_CELLS: usize = 1 << 16;

/// Reads rows from text.
pub(super) struct Text {
    from: Box<dyn Read + Send>,
    parser: Reader,
    separator: u8,
    buffer: Vec<u8>,
    /// Where the row at hand starts in the buffer, how far it was parsed, and where the bytes read end.
    start: usize,
    at: usize,
    end: usize,
    line: u64,
    /// What ends lines: old programs write a carriage return alone.
    end_of_line: u8,
    limit: usize,
    ended: bool,
    taken: u64,
    /// The last line of a row that was given up behind its first line: what follows up to here may be the rest of it.
    given_up: u64,
    /// True where that may go on behind it: a quote was open at the limit of a row.
    goes_on: bool,
    /// Pieces of it that were told.
    pieces: u32,
    /// How many cells the header has.
    width: Option<usize>,
}

impl Text {
    /// `head` was read already, `line` is its first line; a row has at most `limit` bytes.
    pub(super) fn new(from: Box<dyn Read + Send>, head: Vec<u8>, separator: u8, line: u64, limit: usize) -> Text {
        let parser = ReaderBuilder::new().delimiter(separator).build();
        let end = head.len();
        let returns = memchr::memchr_iter(b'\r', &head).filter(|at| head.get(at + 1) != Some(&b'\n')).count();
        let end_of_line = if returns > memchr::memchr_iter(b'\n', &head).count() { b'\r' } else { b'\n' };
        Text {
            from,
            parser,
            separator,
            buffer: head,
            start: 0,
            at: 0,
            end,
            line,
            end_of_line,
            limit,
            ended: false,
            taken: 0,
            given_up: 0,
            goes_on: false,
            pieces: 0,
            width: None,
        }
    }

    /// Counts bytes that stand before the header.
    pub(super) fn passed(mut self, bytes: usize) -> Text {
        self.taken += count(bytes);
        self
    }

    fn breaks(&self, bytes: &[u8]) -> u64 {
        count(memchr::memchr_iter(self.end_of_line, bytes).count())
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
        // Blank lines before a row are passed over by the parser.
        let blank = raw
            .iter()
            .take_while(|byte| matches!(byte, b'\r' | b'\n'))
            .filter(|byte| **byte == self.end_of_line)
            .count();
        let line = self.line + count(blank);
        self.line += self.breaks(raw);
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

    /// Leaves a row with an open quote behind its first line, so that the rows after it are read all the same, but for those
    /// that may be pieces of it.
    fn give_up(&mut self, flaw: Flaw) -> Next {
        let read = self.buffer.get(self.start..self.at).unwrap_or_default();
        self.given_up = self.given_up.max(self.line + self.breaks(read.trim_ascii_end()));
        self.pieces = 0;
        let raw = self.buffer.get(self.start..self.end).unwrap_or_default();
        let blank = raw.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let first = memchr::memchr(self.end_of_line, raw.get(blank..).unwrap_or_default());
        self.at = first.map_or(self.end, |first| self.start + blank + first + 1);
        self.parser.reset();
        Next::Flaw(Flawed { line: self.take(), flaw, second: false })
    }

    /// Leaves a row that is too long, and inside a quote. In one line it is just that.
    fn give_up_inside(&mut self) -> Result<Next> {
        self.goes_on = true;
        let raw = self.buffer.get(self.start..self.end).unwrap_or_default();
        let (line, several) = (self.line, self.breaks(raw.trim_ascii_start()) > 0);
        if several {
            return Ok(self.give_up(Flaw::OpenQuote));
        }
        let passed = self.pass_line();
        (self.given_up, self.pieces) = (self.given_up.max(line), 0);
        passed
    }

    /// The row that ends here, of so many cells, or why it is none; `None` for one of many pieces of what was given up.
    fn row(&mut self, row: &mut Row, cells: usize) -> Option<Next> {
        let raw = self.buffer.get(self.start..self.at).unwrap_or_default();
        let quotes = quotes::look(raw, self.separator);
        if quotes == Quotes::Stray {
            return Some(self.give_up(Flaw::BehindQuote));
        }
        let line = self.take();
        // A row has as many cells as the header; what has not, or has a quote inside, may be a piece of what was given up.
        let piece = quotes == Quotes::Inside || self.width.is_some_and(|width| width != cells);
        if piece && (self.goes_on || line <= self.given_up) {
            self.pieces += 1;
            let told = self.pieces <= MOST_PIECES;
            return told.then_some(Next::Flaw(Flawed { line, flaw: Flaw::BehindQuote, second: false }));
        }
        self.goes_on &= line <= self.given_up;
        self.width.get_or_insert(cells);
        (row.count, row.line) = (cells, line);
        Some(Next::Row)
    }

    /// Passes over the rest of a line that is too long.
    fn pass_line(&mut self) -> Result<Next> {
        let line = self.take();
        self.parser.reset();
        loop {
            let rest = self.buffer.get(self.start..self.end).unwrap_or_default();
            let found = memchr::memchr(self.end_of_line, rest);
            self.at = found.map_or(self.end, |found| self.start + found + 1);
            self.take();
            if found.is_some() || !self.more()? {
                return Ok(Next::Flaw(Flawed { line, flaw: Flaw::TooLarge, second: false }));
            }
        }
    }

    /// The end of the input inside a row.
    fn last(&mut self, row: &mut Row, used: usize, cells: usize) -> Option<Next> {
        let raw = self.buffer.get(self.start..self.at).unwrap_or_default();
        if raw.iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
            self.take();
            return Some(Next::End);
        }
        match self.end_row(row, used, cells) {
            Some(cells) => self.row(row, cells),
            None => Some(self.give_up(Flaw::OpenQuote)),
        }
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
                    let raw = self.buffer.get(self.start..self.at).unwrap_or_default();
                    let stray = quotes::look(raw, self.separator) == Quotes::Stray;
                    return match self.end_row(row, used, cells) {
                        Some(_) if stray => Ok(self.give_up(Flaw::BehindQuote)),
                        Some(_) => self.pass_line(),
                        None => self.give_up_inside(),
                    };
                }
                if !self.more()? {
                    match self.last(row, used, cells) {
                        Some(next) => return Ok(next),
                        None => (used, cells) = (0, 0),
                    }
                    continue;
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
                ReadRecordResult::Record => match self.row(row, cells) {
                    Some(next) => return Ok(next),
                    None => (used, cells) = (0, 0),
                },
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
        // As Excel for the Macintosh ended lines.
        let text = "a,b\r1,2\r\r\"x\ny\",4\r5,\"6\r7,8\r";
        let mut source = Text::new(Box::new(std::io::empty()), text.into(), b',', 1, 1000);
        let (mut row, mut lines) = (Row::default(), Vec::new());
        while let next @ (Next::Row | Next::Flaw(_)) = source.next(&mut row).expect("in memory") {
            lines.push(if let Next::Flaw(flawed) = next { (flawed.line, 0) } else { (row.line, row.count) });
        }
        assert_eq!(lines, [(1, 2), (2, 2), (4, 2), (5, 0), (6, 2)]);
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

    /// Rows with a quote that is not closed, each of which the next one seems to close.
    #[test]
    fn a_quote_that_a_later_row_seems_to_close_glues_no_rows() {
        let open = |line| (line, Err(Flaw::OpenQuote));
        let behind = |line| (line, Err(Flaw::BehindQuote));
        assert_eq!(read("a,b\n1,\"2\n3,\"4\n", 1000), [row(1, &["a", "b"]), behind(2), open(3)]);
        assert_eq!(
            read("a,b\n1,\"2\n3,\"4\n5,6\n", 1000),
            [row(1, &["a", "b"]), behind(2), open(3), row(4, &["5", "6"])]
        );
        assert_eq!(read("a,b\n\n1,\"2\"x\n5,6", 1000), [row(1, &["a", "b"]), behind(3), row(4, &["5", "6"])]);
        assert_eq!(read("a,b\n5,\"6\"x", 1000), [row(1, &["a", "b"]), behind(2)]);
        // A piece of a cell over several lines is no row.
        let text = "a,b\n\"1\n2\n3\"x,4\n5\n";
        assert_eq!(read(text, 1000), [row(1, &["a", "b"]), behind(2), behind(3), behind(4), row(5, &["5"])]);
        // Longer than a row may be.
        let text = format!("a,b\n1,\"2\n3,\"{}\n5,6\n", "4".repeat(1 << 20));
        assert_eq!(read(&text, 1000)[1..], [behind(2), (3, Err(Flaw::TooLarge)), row(4, &["5", "6"])]);
        // Text over two lines, and no quote behind it; a cell beyond the limit, in one line and in many.
        let text = "a,b\n1,\"2\n3\n4,5\n";
        assert_eq!(read(text, 1000), [row(1, &["a", "b"]), open(2), behind(3), row(4, &["4", "5"])]);
        let text = format!("a,b\n1,\"{}\"\n3,4\n", "x".repeat(1 << 20));
        assert_eq!(read(&text, 1000), [row(1, &["a", "b"]), (2, Err(Flaw::TooLarge)), row(3, &["3", "4"])]);
        let text = format!("a,b\n1,\"{}\"\n3,4\n", "xyz\n".repeat(1 << 18));
        let found = read(&text, 1000);
        assert_eq!((found.len(), &found[1]), (24, &open(2)), "not every piece is told");
        assert_eq!(found[22..], [open(262_146), row(262_147, &["3", "4"])]);
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
