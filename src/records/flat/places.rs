//! From a place in a record back to the row and column it came from.

use super::form;
use super::header::CONVENTION;
use super::unread::{Place, Unread};
use super::write::Mark;
use crate::model::verdict::{Force, Verdict};
use crate::records::finding::{Finding, Judged};
use crate::records::keys::Doubt;
use crate::records::offsets::places;
use crate::records::{CELL_FORM, CELL_TYPE, COLUMN_PARTS, NUMBER_FORMAT, STRING_NUMBER, TOO_LARGE, scan};
use crate::standard::{Standard, Written};
use std::ops::Range;
use std::sync::Arc;

/// What a chunk of rows has beside its records.
#[derive(Debug, Default)]
pub(in crate::records) struct Flat {
    /// Where each value stood, in the order of the bytes.
    pub(super) marks: Vec<Mark>,
    /// True where one of them is of a value that may be another than was meant.
    pub(in crate::records) doubtful: bool,
    /// True where a record may have several rows, all of one file.
    pub(in crate::records) by_rows: bool,
    /// What is wrong with rows and columns.
    pub(in crate::records) findings: Vec<Finding>,
    /// Bytes of the file that were taken in.
    pub(in crate::records) taken: u64,
    /// Columns the standard does not know, with the number of their values.
    pub(in crate::records) unknown: Vec<(String, u64)>,
    /// The first column of the second of two files, from 0, and that file.
    pub(super) second: Option<(u32, String)>,
    /// Columns, from 0, that hold one value where the standard has several, with a path of one of them.
    pub(super) partless: Arc<[(u32, String)]>,
    /// Columns, from 0, that are members of another class than that of their object, with their paths.
    pub(super) of_another: Arc<[(u32, String)]>,
    /// True for a file of text, which may be in another encoding.
    pub(super) text: bool,
    /// What the cells of each column should hold, where nobody has said how they are written.
    pub(super) undeclared: Arc<[Option<Written>]>,
    /// Where in records the value of each column belongs, where that can be told.
    pub(super) places: Arc<[Option<Place>]>,
    /// Columns, from 0, that the mapping leaves out although their names have a place.
    pub(super) left_out: Arc<[usize]>,
    /// What of the records was not read, in their order.
    pub(super) unread: Vec<Unread>,
}

/// Where in a record something stands that is beyond what the suite reads. A column of the text that the row was written as
/// tells nobody anything.
fn beyond(record: &[u8], finding: &mut Finding) -> Option<usize> {
    let words = finding.found.split(" at column ").next().unwrap_or_default().to_owned();
    finding.found = format!("{words}; it was not judged");
    // Behind the last byte that was looked at: a number has two at least.
    serde_json::from_slice::<serde_json::Value>(record).err()?.column().checked_sub(2)
}

impl Flat {
    /// Gives the findings of a record their rows and columns; `data` is the chunk, the record stands from `start` to `end`.
    pub(in crate::records) fn place(
        &self,
        standard: &Standard,
        data: &[u8],
        (start, end): (usize, usize),
        judged: &mut Judged,
    ) {
        let record = data.get(start..end).unwrap_or_default();
        let bad_text = std::str::from_utf8(record).err().map(|error| error.valid_up_to());
        let pointers: Vec<&str> = judged.findings.iter().map(|finding| finding.pointer.as_str()).collect();
        let places = places(record, if bad_text.is_some() { &[] } else { &pointers });
        // That nobody knows a column was told of the header.
        let mut told: Vec<usize> = Vec::new();
        for (number, finding) in judged.findings.iter_mut().enumerate() {
            let place = places.get(number);
            let exact = match bad_text {
                // Which encoding a table has is for us to know.
                Some(offset) => {
                    finding.found = "a byte that is not; the record was not judged".into();
                    finding.expected = match self.text {
                        true => "text in UTF-8, or in the encoding that a mapping file names".into(),
                        false => "text in UTF-8".into(),
                    };
                    (finding.force, finding.verdict) = (Force::I, Verdict::Warn);
                    finding.source = CONVENTION.into();
                    self.value(data, start + offset)
                }
                None if finding.rule == TOO_LARGE => {
                    beyond(record, finding).and_then(|at| self.value(data, start + at))
                }
                None => place.filter(|place| place.exact).and_then(|place| self.value(data, start + place.at)),
            };
            let around = place.filter(|_| !finding.pointer.is_empty());
            // An object, or what is missing in one: the row in which it starts.
            let near = || around.and_then(|place| self.after(start + place.at)).filter(|mark| mark.at < end);
            let mark = exact.or_else(near);
            self.excuse(standard, start, mark, finding);
            let Some(mark) = mark else { continue };
            let of_another = self.of_another.iter().any(|(column, _)| *column == mark.column);
            told.extend((of_another && finding.rule == "PROP-UNKNOWN").then_some(number));
            let (column, file) = self.column(mark);
            if exact.is_some() {
                let at = place.filter(|place| place.exact).map(|place| start + place.at);
                let value = at.and_then(|at| data.get(at..scan::value_loose(data, at)?));
                let between = standard.is_rule(&finding.rule);
                self.blame_the_table(mark, value.unwrap_or_default(), between, finding);
            }
            finding.line = mark.line;
            finding.column = exact.map(|_| column);
            finding.file = file.map(str::to_owned);
        }
        judged.unknown.retain(|path| !self.of_another.iter().any(|(_, known)| known == path));
        let mut number = 0..;
        judged.findings.retain(|_| !number.next().is_some_and(|number| told.contains(&number)));
        // A text that is no number as declared may break the rule by that id already.
        let mut told: Vec<String> = Vec::new();
        judged.findings.retain(|finding| {
            let again = finding.rule == NUMBER_FORMAT && told.contains(&finding.pointer);
            told.extend((finding.rule == NUMBER_FORMAT).then(|| finding.pointer.clone()));
            !again
        });
    }

    /// That a column holds one value where the standard has several, that a cell has a type in which its value was lost, or
    /// writes it as a country or a program does, is a matter of the table: how tables are to be written is our convention,
    /// and a product cannot fail by it. `between`: the finding is by a rule between values.
    fn blame_the_table(&self, mark: Mark, value: &[u8], between: bool, finding: &mut Finding) {
        let part = self.partless.iter().find(|(column, _)| *column == mark.column).filter(|_| finding.rule == "TYPE");
        if let Some((_, part)) = part {
            finding.rule = COLUMN_PARTS.into();
            finding.expected = format!("{}, in columns such as {part}", finding.expected);
        } else if mark.lossy && finding.verdict != Verdict::Pass {
            finding.rule = CELL_TYPE.into();
            finding.found = format!("{}, in a cell of another type than its column should have", finding.found);
        } else if mark.moment && !between && finding.verdict == Verdict::Fail {
            finding.rule = CELL_TYPE.into();
            finding.found = format!("{}, in a cell that can hold no more than day and time", finding.found);
        } else if mark.undeclared && finding.rule == STRING_NUMBER {
            // Whoever declares how numbers are written means nothing else by them.
            finding.rule = NUMBER_FORMAT.into();
            finding.expected = "a number, written as `number_format` of the mapping file says".into();
            (finding.force, finding.verdict) = (Force::N, Verdict::Fail);
            return;
        } else if let Some(key) = self.said_by(mark, value, between).filter(|_| finding.verdict != Verdict::Pass) {
            finding.rule = CELL_FORM.into();
            finding.expected =
                format!("{}; or `{key}` in a mapping file that says how it is written here", finding.expected);
        } else {
            return;
        }
        (finding.force, finding.verdict) = (Force::I, Verdict::Warn);
        (finding.source, finding.erratum) = (CONVENTION.into(), None);
    }

    /// What of a mapping file would say how a value of this cell is written. Blanks around it break no rule between
    /// values, which look past them.
    fn said_by(&self, mark: Mark, value: &[u8], between: bool) -> Option<&'static str> {
        let written = (*self.undeclared.get(usize::try_from(mark.column).ok()?)?)?;
        let text = serde_json::from_slice::<String>(value).ok()?;
        form::said_by(written, if between { text.trim() } else { &text })
    }

    /// Whether a value that starts in these bytes may be another than was meant.
    pub(in crate::records) fn doubt(&self, bytes: Range<usize>) -> Doubt {
        let from = self.marks.partition_point(|mark| mark.at < bytes.start);
        let within = self.marks.iter().skip(from).take_while(|mark| mark.at < bytes.end);
        let doubts = within.map(|mark| match mark {
            Mark { lossy: true, .. } => Doubt::Type,
            Mark { unclear: true, .. } => Doubt::Form,
            _ => Doubt::None,
        });
        doubts.max().unwrap_or_default()
    }

    /// The row of what starts at this byte, where records may have several.
    pub(in crate::records) fn line(&self, at: usize) -> Option<u64> {
        Some(self.after(at).filter(|_| self.by_rows)?.line)
    }

    /// The mark of the value that holds this byte, or of the value to which it was written as a name.
    fn value(&self, data: &[u8], at: usize) -> Option<Mark> {
        let next = self.marks.partition_point(|mark| mark.at <= at);
        let before = next.checked_sub(1).and_then(|before| self.marks.get(before));
        let holds = |mark: &&Mark| scan::value_loose(data, mark.at).is_none_or(|end| at < end);
        if let Some(mark) = before.filter(holds) {
            return Some(*mark);
        }
        match data.get(at)? {
            b'{' | b'[' => None,
            _ => self.marks.get(next).copied(),
        }
    }

    fn after(&self, at: usize) -> Option<Mark> {
        self.marks.get(self.marks.partition_point(|mark| mark.at < at)).copied()
    }

    /// The column of a value, from 1, and the file it is in, where that is the second of two.
    fn column(&self, mark: Mark) -> (u32, Option<&str>) {
        match &self.second {
            Some((first, file)) if mark.column >= *first => (mark.column - first + 1, Some(file)),
            _ => (mark.column + 1, None),
        }
    }

    /// Notes a finding about a row.
    pub(super) fn tell(&mut self, mut finding: Finding, second: bool) {
        finding.file = self.second.as_ref().filter(|_| second).map(|(_, file)| file.clone());
        self.findings.push(finding);
    }
}
