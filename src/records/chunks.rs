//! An input in chunks of whole records, in memory that does not grow with it.

use super::documents::Documents;
use super::flat::Flat;
use super::grammar::Broken;
use super::inputs::fill;
use super::scan;
use super::split::{Edge, Span, Splitter};
use std::io::Read;
use std::sync::Arc;

/// Bytes read at a time: a fair share of work for a thread, and little enough to stay in the cache until it is judged. Which
/// records are in which part of a check hangs on it: with another size the parts are of another schema ([`super::parts`]).
const BLOCK: usize = 1 << 18;

/// How records are laid out in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// One record a line.
    Lines,
    /// One document: a list, a single record, or an envelope.
    Document,
    /// A table of text: a header, then one row or several a record.
    Rows,
    /// The same in a sheet of a workbook.
    Workbook,
    /// The same in a Parquet file.
    Columnar,
}

impl Layout {
    /// The word for people and the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Layout::Lines => "ndjson",
            Layout::Document => "json",
            Layout::Rows => "csv",
            Layout::Workbook => "xlsx",
            Layout::Columnar => "parquet",
        }
    }

    /// True where rows make records.
    pub(super) const fn is_table(self) -> bool {
        matches!(self, Layout::Rows | Layout::Workbook | Layout::Columnar)
    }
}

/// Whole records with their places.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    pub(super) data: Vec<u8>,
    pub(super) spans: Vec<Span>,
    /// Line of the first byte.
    pub(super) first_line: u64,
    /// Something that is wrong with the stream itself, by line.
    pub(super) wrong: Vec<(u64, Wrong)>,
    /// The contexts of the documents that records stand in, as they are written, each from the record of a number on.
    pub(super) contexts: Vec<(usize, Context)>,
    /// What a table has beside its records.
    pub(super) flat: Option<Box<Flat>>,
}

/// The context of a document, as it is written; none where it has none.
pub(super) type Context = Option<Arc<[u8]>>;

/// What is wrong with a stream beyond its records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    /// A document that is no JSON from here on; records behind it are read as far as they can be told.
    NoJson,
    /// A byte-order mark at the start.
    Mark,
    /// A record larger than the limit, or a document that may be one; it was passed over.
    TooLarge,
    /// The document ended inside a record.
    CutOff,
    /// No record was found in a document that is not empty.
    NoRecord,
    /// A document holds something that may be records, where none are looked for.
    Elsewhere,
    /// The context of a document stands behind records in it, which were judged without.
    Context,
}

/// Reads one input.
pub(super) struct Chunks {
    from: Box<dyn Read + Send>,
    layout: Layout,
    splitter: Splitter,
    /// What was read and belongs to the next chunk.
    rest: Vec<u8>,
    line: u64,
    limit: usize,
    started: bool,
    ended: bool,
    passing: bool,
    records: u64,
    empty: bool,
    /// That of the document at hand.
    context: Context,
    /// Why nothing more can be read: told once what was read before is given.
    broken: Option<std::io::Error>,
    /// True where the file begins with lines of several objects.
    side_by_side: bool,
}

impl Chunks {
    /// `head` is what was read to find the layout; `limit` is the most bytes of one record.
    pub(super) fn new(
        from: Box<dyn Read + Send>,
        head: Vec<u8>,
        layout: Layout,
        documents: &Documents,
        limit: usize,
    ) -> Chunks {
        let splitter = Splitter::new(documents);
        // Whether a line has several objects is asked of the beginning alone: it costs as much as a good part of judging.
        let side_by_side = side_by_side(&head);
        Chunks {
            from,
            layout,
            splitter,
            side_by_side,
            rest: head,
            line: 1,
            limit,
            started: false,
            ended: false,
            passing: false,
            records: 0,
            empty: true,
            context: None,
            broken: None,
        }
    }

    /// The next chunk, in the buffer given; `None` at the end.
    pub(super) fn next(&mut self, mut data: Vec<u8>) -> std::io::Result<Option<Chunk>> {
        if let Some(error) = self.broken.take() {
            return Err(error);
        }
        if self.ended {
            return Ok(None);
        }
        // What was in the buffer is read over: to empty and fill it with noughts again and again would cost time.
        let filled = self.rest.len();
        if data.capacity() == 0 {
            // The system gives a new one full of noughts, and no memory for what is never read into it.
            data = vec![0; filled + BLOCK];
        }
        data.resize(data.len().max(filled), 0);
        if let Some(start) = data.get_mut(..filled) {
            start.copy_from_slice(&self.rest);
        }
        self.rest.clear();
        let mut chunk = Chunk { data, first_line: self.line, ..Chunk::default() };
        let mut filled = filled;
        if !self.started {
            self.started = true;
            filled += self.grow(&mut chunk.data, filled, 3);
            if filled >= 3 && chunk.data.starts_with(b"\xEF\xBB\xBF") {
                // Blanks in its place keep all positions as they are.
                chunk.data.iter_mut().take(3).for_each(|byte| *byte = b' ');
                chunk.wrong.push((1, Wrong::Mark));
            }
        }
        match self.layout {
            Layout::Lines => self.lines(&mut chunk, filled),
            Layout::Document | Layout::Rows | Layout::Workbook | Layout::Columnar => {
                self.document(&mut chunk, filled)?;
            }
        }
        self.records += u64::try_from(chunk.spans.len()).unwrap_or(0);
        Ok(Some(chunk))
    }

    /// Reads so many bytes behind those that the buffer is filled with already; none where nothing more can be read.
    fn grow(&mut self, data: &mut Vec<u8>, filled: usize, by: usize) -> usize {
        let end = filled + by;
        if data.len() < end {
            // No more than that: a buffer that doubles would be half empty.
            data.reserve_exact(end - data.len());
            data.resize(end, 0);
        }
        let read = fill(&mut self.from, data.get_mut(filled..end).unwrap_or_default()).unwrap_or_else(|error| {
            self.broken = Some(error);
            0
        });
        self.empty &= data.iter().take(filled + read).all(u8::is_ascii_whitespace);
        read
    }

    fn lines(&mut self, chunk: &mut Chunk, mut filled: usize) {
        // What was read before may hold whole lines as well: the first bytes of a file do.
        let mut searched = 0;
        loop {
            let read = self.grow(&mut chunk.data, filled, BLOCK);
            filled += read;
            self.ended = read == 0;
            let new = chunk.data.get(searched..filled).unwrap_or_default();
            let last = if self.broken.is_some() {
                // Of a line that is cut off there is nothing to judge.
                Some(whole_lines(chunk.data.get(..filled).unwrap_or_default()))
            } else if self.ended {
                Some(filled)
            } else {
                new.iter().rposition(|b| *b == b'\n').map(|at| searched + at + 1)
            };
            if let Some(end) = last {
                self.rest.extend_from_slice(chunk.data.get(end..filled).unwrap_or_default());
                chunk.data.truncate(end);
                break;
            }
            if filled > self.limit {
                // A line without end: what was read of it is dropped, so that memory is bounded.
                filled = 0;
                if !self.passing {
                    chunk.wrong.push((self.line, Wrong::TooLarge));
                }
                self.passing = true;
            }
            searched = filled;
        }
        self.cut_lines(chunk);
    }

    fn cut_lines(&mut self, chunk: &mut Chunk) {
        let mut start = 0;
        let mut line = 0;
        let side_by_side = self.side_by_side && side_by_side(&chunk.data);
        for end in line_ends(&chunk.data) {
            let whole = !std::mem::take(&mut self.passing);
            let row = chunk.data.get(start..end).unwrap_or_default();
            if whole && row.len() > self.limit {
                chunk.wrong.push((chunk.first_line + line, Wrong::TooLarge));
            } else if let Some(first) = row.iter().find(|byte| !byte.is_ascii_whitespace()).filter(|_| whole) {
                let several = match first {
                    b'[' => items(&chunk.data, start, end),
                    _ => side_by_side.then(|| objects(&chunk.data, start, end)).flatten(),
                };
                match several {
                    Some(all) => chunk.spans.extend(all.into_iter().map(|(start, end)| Span { start, end, line })),
                    None => chunk.spans.push(Span { start, end, line }),
                }
            }
            if chunk.data.get(end) == Some(&b'\n') {
                line += 1;
            }
            start = end + 1;
        }
        self.line += line;
    }

    fn document(&mut self, chunk: &mut Chunk, mut filled: usize) -> std::io::Result<()> {
        let mut from = 0;
        let mut open: Option<usize> = None;
        let (mut broken, mut wrong) = (None, Vec::new());
        chunk.contexts.extend(self.context.is_some().then(|| (0, self.context.clone())));
        // An object of which more must be seen, and where there is no more to see of it.
        let mut guess: Option<usize> = None;
        let mut waits: Option<usize>;
        loop {
            let mut spans = std::mem::take(&mut chunk.spans);
            let bytes = chunk.data.get(..filled).unwrap_or_default();
            let (context, contexts) = (&mut self.context, &mut chunk.contexts);
            waits = self.splitter.go(bytes, from, guess, |edge| match edge {
                Edge::Start(at) => open = Some(at),
                Edge::End(end) => spans.extend(open.take().map(|start| Span { start, end, line: 0 })),
                Edge::Broken(at, why) => (broken, open) = (Some((at, why)), None),
                Edge::Unread(at) => wrong.push((at, Wrong::TooLarge)),
                Edge::Aside(at) => wrong.push((at, Wrong::Elsewhere)),
                Edge::Context(at) => wrong.push((at, Wrong::Context)),
                Edge::Document(place) => {
                    let new: Context = place.and_then(|(from, to)| bytes.get(from..to)).map(Arc::from);
                    if new.is_some() || context.is_some() {
                        contexts.push((spans.len(), new.clone()));
                    }
                    *context = new;
                }
            });
            chunk.spans = spans;
            from = waits.unwrap_or(filled);
            let held = waits.or(open).map_or(0, |start| filled - start);
            if held > self.limit {
                guess = waits;
                if guess.is_some() {
                    continue;
                }
                return Err(std::io::Error::new(
                    std::io::ErrorKind::FileTooLarge,
                    format!(
                        "a record is larger than {} bytes; is it one record, and is the file of the format said?",
                        self.limit
                    ),
                ));
            }
            let enough = filled >= BLOCK && !chunk.spans.is_empty();
            if enough || (waits.or(open).is_none() && filled >= BLOCK) {
                break;
            }
            let read = self.grow(&mut chunk.data, filled, BLOCK);
            filled += read;
            if read == 0 && waits.is_some() {
                guess = waits;
            } else if read == 0 {
                self.ended = true;
                break;
            }
        }
        chunk.data.truncate(filled);
        chunk.wrong.extend(broken.map(|(at, why)| {
            let line = chunk.first_line + breaks(chunk.data.get(..at).unwrap_or_default());
            (line, if why == Broken::Beyond { Wrong::TooLarge } else { Wrong::NoJson })
        }));
        for (at, wrong) in wrong {
            let line = chunk.first_line + breaks(chunk.data.get(..at).unwrap_or_default());
            chunk.wrong.push((line, wrong));
        }
        self.close(chunk, waits.or(open));
        Ok(())
    }

    /// Cuts the chunk behind its last record; a record that is not whole yet waits for the next one.
    fn close(&mut self, chunk: &mut Chunk, open: Option<usize>) {
        if let Some(start) = open.filter(|_| !self.ended) {
            self.rest.extend_from_slice(chunk.data.get(start..).unwrap_or_default());
            chunk.data.truncate(start);
            self.splitter.back();
        }
        let mut line = 0u64;
        let mut at = 0;
        for span in &mut chunk.spans {
            line += breaks(chunk.data.get(at..span.start).unwrap_or_default());
            span.line = line;
            at = span.start;
        }
        let all = line + breaks(chunk.data.get(at..).unwrap_or_default());
        if self.ended && self.broken.is_none() {
            let last = chunk.first_line + all;
            if (open.is_some() || self.splitter.inside()) && self.splitter.sound() {
                chunk.wrong.push((last, Wrong::CutOff));
            } else if self.records == 0 && chunk.spans.is_empty() && !self.empty {
                chunk.wrong.push((last, Wrong::NoRecord));
            }
        }
        self.line += all;
    }
}

fn breaks(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(0)
}

/// True where nothing but blanks stands between two objects of one line: in sound JSON nowhere but in texts.
fn side_by_side(data: &[u8]) -> bool {
    let before = |at: usize| data.get(..at).unwrap_or_default().iter().rev();
    let first = |at: usize| before(at).find(|byte| !matches!(byte, b' ' | b'\t' | b'\r'));
    memchr::memchr_iter(b'{', data).any(|at| first(at) == Some(&b'}'))
}

/// The objects that follow each other in a line; `None` where it is no such line.
fn objects(data: &[u8], start: usize, end: usize) -> Option<Vec<(usize, usize)>> {
    let line = data.get(..end)?;
    let (mut all, mut at) = (Vec::new(), scan::blank(line, start));
    while at < end {
        let behind = scan::object_loose(line, at)?;
        all.push((at, behind));
        at = scan::blank(line, behind);
    }
    (all.len() > 1).then_some(all)
}

/// The items of a line that is a list, and of lists in it; `None` where it is no such line.
fn items(data: &[u8], start: usize, end: usize) -> Option<Vec<(usize, usize)>> {
    let line = data.get(..end)?;
    let (mut all, mut at, mut depth) = (Vec::new(), scan::blank(line, start), 0usize);
    loop {
        // An item, or a list of them.
        if line.get(at) == Some(&b'[') {
            (depth, at) = (depth + 1, scan::blank(line, at + 1));
            if line.get(at) != Some(&b']') {
                continue;
            }
            (depth, at) = (depth - 1, at + 1);
        } else {
            let behind = scan::value_loose(line, at)?;
            all.push((at, behind));
            at = behind;
        }
        // Behind it, and behind the lists that end with it.
        loop {
            if depth == 0 {
                return (scan::blank(line, at) == end).then_some(all);
            }
            let (behind, more) = scan::behind(line, at, b']')?;
            at = behind;
            if more {
                break;
            }
            depth -= 1;
        }
    }
}

/// Where whole lines end that may be cut off behind these bytes: the last one counts where it is an object.
fn whole_lines(data: &[u8]) -> usize {
    let start = data.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let object = data.get(start) == Some(&b'{') && scan::value_loose(data, start) == Some(data.len());
    if object { data.len() } else { start }
}

/// The ends of all lines, the last one with or without a line break.
fn line_ends(data: &[u8]) -> impl Iterator<Item = usize> {
    let last = (data.last().is_some_and(|byte| *byte != b'\n')).then_some(data.len());
    memchr::memchr_iter(b'\n', data).chain(last)
}
