//! The XML inside a workbook, one event after the other. An event has a limit, and so have elements within each other:
//! memory stays the same whatever the file holds.

use super::zip::damaged;
use quick_xml::events::BytesStart;
pub(super) use quick_xml::events::Event;
use quick_xml::{Reader, XmlVersion};
use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Result};

/// The most bytes of an event: a spreadsheet puts 32,767 characters into a cell at most.
const EVENT: usize = 4 << 20;
/// The most bytes of a name: of a sheet, a link, or the part it leads to.
const NAME: usize = 1 << 10;
/// Elements within each other.
const DEEPEST: usize = 100;

/// Gives at most so many bytes for an event.
struct Bounded<R> {
    from: BufReader<R>,
    left: usize,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        self.from.read(buffer)
    }
}

impl<R: Read> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> Result<&[u8]> {
        if self.left == 0 {
            let words = format!("the workbook has a text or a tag of more than {EVENT} bytes; export CSV instead");
            return Err(Error::new(ErrorKind::FileTooLarge, words));
        }
        self.from.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.left = self.left.saturating_sub(count);
        self.from.consume(count);
    }
}

/// A part of a workbook.
pub(super) struct Xml<R: Read> {
    reader: Reader<Bounded<R>>,
    buffer: Vec<u8>,
    depth: usize,
}

impl<R: Read> Xml<R> {
    pub(super) fn new(part: R) -> Xml<R> {
        let from = BufReader::with_capacity(1 << 16, part);
        let mut reader = Reader::from_reader(Bounded { from, left: EVENT });
        reader.config_mut().expand_empty_elements = true;
        Xml { reader, buffer: Vec::new(), depth: 0 }
    }

    /// The next event; an element without content comes as a start and an end.
    pub(super) fn next(&mut self) -> Result<Event<'_>> {
        self.buffer.clear();
        self.reader.get_mut().left = EVENT;
        let event = self.reader.read_event_into(&mut self.buffer).map_err(told)?;
        match &event {
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            Event::Eof if self.depth > 0 => return Err(damaged("a part of it ends too early")),
            _ => {}
        }
        match self.depth > DEEPEST {
            true => Err(damaged("elements within each other too deeply")),
            false => Ok(event),
        }
    }

    /// The text inside an element that was just started, up to its end. `within` names the elements whose text counts,
    /// where not all of it does.
    pub(super) fn text(&mut self, within: Option<&[u8]>, most: usize, out: &mut Vec<u8>) -> Result<()> {
        let start = out.len();
        let outside = self.depth.saturating_sub(1);
        // How a name is spoken stands beside it (`rPh`), and is no part of it.
        let (mut counts, mut spoken) = (within.is_none(), None);
        loop {
            let depth = self.depth;
            match self.next()? {
                Event::Start(tag) if spoken.is_none() && tag.local_name().as_ref() == b"rPh" => spoken = Some(depth),
                Event::Start(tag) => counts |= spoken.is_none() && within == Some(tag.local_name().as_ref()),
                Event::End(_) => {
                    counts = within.is_none();
                    spoken = spoken.filter(|outer| depth > outer + 1);
                    if depth <= outside + 1 {
                        return Ok(());
                    }
                }
                Event::Text(text) if counts => {
                    out.extend(text.xml10_content().map_err(|_| damaged("text that is not UTF-8"))?.bytes());
                }
                Event::CData(text) if counts => out.extend_from_slice(&text),
                Event::GeneralRef(name) if counts => out.extend(character(&name)?.to_string().bytes()),
                Event::Eof => return Err(damaged("a part of it ends too early")),
                _ => {}
            }
            if out.len() - start > most {
                let words = format!("the workbook has a cell of more than {most} bytes; export CSV instead");
                return Err(Error::new(ErrorKind::FileTooLarge, words));
            }
        }
    }
}

fn character(name: &quick_xml::events::BytesRef<'_>) -> Result<char> {
    if let Ok(Some(character)) = name.resolve_char_ref() {
        return Ok(character);
    }
    match &**name {
        b"lt" => Ok('<'),
        b"gt" => Ok('>'),
        b"amp" => Ok('&'),
        b"quot" => Ok('"'),
        b"apos" => Ok('\''),
        _ => Err(damaged("an entity that workbooks do not have")),
    }
}

/// What the XML reader says. Its own words may show what the file holds.
fn told(error: quick_xml::Error) -> Error {
    match error {
        quick_xml::Error::Io(error) => Error::new(error.kind(), error.to_string()),
        _ => damaged("a part of it is not well-formed XML"),
    }
}

/// An attribute by its name without prefix.
pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found =
        tag.attributes().with_checks(false).flatten().find(|one| one.key.local_name().as_ref() == name.as_bytes());
    found.and_then(|one| one.normalized_value(XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned))
}

/// An attribute that is kept, and so must be short.
pub(super) fn named(tag: &BytesStart<'_>, name: &str) -> Result<String> {
    let text = attribute(tag, name).unwrap_or_default();
    match text.len() > NAME {
        true => Err(damaged("a name in it is longer than any")),
        false => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_of_a_tag_is_short() {
        let of = |length: usize| {
            let text = format!("sheet name=\"{}\"", "x".repeat(length));
            named(&BytesStart::from_content(text, 5), "name").map(|name| name.len()).ok()
        };
        assert_eq!((of(0), of(NAME), of(NAME + 1)), (Some(0), Some(NAME), None));
    }
}
