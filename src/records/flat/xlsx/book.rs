//! What a workbook says of itself: its sheets, its texts, and which numbers are dates.

use super::dates::Shown;
use super::xml::{Event, Xml, attribute, named};
use super::zip::{Archive, damaged};
use std::collections::HashMap;
use std::io::{Error, ErrorKind, Result};

/// At most so many formats and links of a workbook.
const MOST: usize = 1 << 16;
/// At most so many sheets.
const SHEETS: usize = 1 << 10;
/// The most bytes of all texts that cells share.
const TEXTS: usize = 512 << 20;
/// The most bytes of one text.
pub(super) const TEXT: usize = 4 << 20;

/// A sheet by its name, and the part that has its cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sheet {
    pub(super) name: String,
    /// Empty where the workbook does not say which one it is.
    pub(super) part: String,
    /// True for one of cells; macros and dialogues are sheets as well, and may have some.
    pub(super) plain: bool,
}

/// All but the cells.
#[derive(Debug, Default)]
pub(super) struct Book {
    pub(super) sheets: Vec<Sheet>,
    pub(super) texts: Texts,
    /// How numbers are shown, by the style of their cells.
    pub(super) styles: Vec<Shown>,
    /// True where days are counted from 1904.
    pub(super) from_1904: bool,
}

/// Texts that cells share.
#[derive(Debug, Default)]
pub(super) struct Texts {
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl Texts {
    pub(super) fn get(&self, index: usize) -> Option<&[u8]> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.bytes.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
    }
}

/// A link from one part to another.
struct Link {
    id: String,
    kind: String,
    part: String,
}

impl Book {
    pub(super) fn new(archive: &mut Archive) -> Result<Book> {
        let package = match archive.has("_rels/.rels") {
            true => links(archive, "")?,
            false => Vec::new(),
        };
        let start = package.iter().find(|link| link.kind == "officeDocument").map(|link| link.part.as_str());
        let start = start.unwrap_or("xl/workbook.xml");
        if !archive.has(start) || start.ends_with(".bin") || !start.ends_with(".xml") || start.starts_with("word/") {
            let words = "it is a ZIP archive, but no XLSX workbook; unpack it first, or export XLSX or CSV";
            return Err(Error::new(ErrorKind::InvalidData, words));
        }
        let mut book = Book::default();
        let links = links(archive, start)?;
        book.sheets(archive, start, &links)?;
        let of = |kind: &str| links.iter().find(|link| link.kind == kind).map(|link| link.part.as_str());
        if let Some(part) = of("styles").filter(|part| archive.has(part)) {
            book.styles(archive, part)?;
        }
        if let Some(part) = of("sharedStrings").filter(|part| archive.has(part)) {
            book.texts(archive, part)?;
        }
        Ok(book)
    }

    fn sheets(&mut self, archive: &mut Archive, part: &str, links: &[Link]) -> Result<()> {
        let mut xml = Xml::new(archive.part(part)?);
        loop {
            match xml.next()? {
                Event::Start(tag) => match tag.local_name().as_ref() {
                    b"workbookPr" => {
                        self.from_1904 = attribute(&tag, "date1904").is_some_and(|said| said == "1" || said == "true");
                    }
                    b"sheet" => {
                        if self.sheets.len() == SHEETS {
                            return Err(damaged(&format!("it has more than {SHEETS} sheets")));
                        }
                        let id = attribute(&tag, "id").unwrap_or_default();
                        let link = links.iter().find(|link| link.id == id);
                        // Charts are sheets as well, without cells.
                        if link.is_none_or(|link| link.kind != "chartsheet") {
                            let part = link.map(|link| link.part.clone()).unwrap_or_default();
                            let plain = link.is_none_or(|link| link.kind == "worksheet");
                            self.sheets.push(Sheet { name: named(&tag, "name")?, part, plain });
                        }
                    }
                    _ => {}
                },
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    fn styles(&mut self, archive: &mut Archive, part: &str) -> Result<()> {
        let mut xml = Xml::new(archive.part(part)?);
        let mut own: HashMap<u32, Shown> = HashMap::new();
        let mut inside = false;
        loop {
            match xml.next()? {
                Event::Start(tag) => match tag.local_name().as_ref() {
                    b"numFmt" if own.len() < MOST => {
                        let id = attribute(&tag, "numFmtId").and_then(|id| id.parse().ok());
                        if let Some((id, code)) = id.zip(attribute(&tag, "formatCode")) {
                            own.insert(id, Shown::of_code(&code));
                        }
                    }
                    b"cellXfs" => inside = true,
                    b"xf" if inside && self.styles.len() < MOST => {
                        let id = attribute(&tag, "numFmtId").and_then(|id| id.parse().ok()).unwrap_or(0);
                        self.styles.push(own.get(&id).copied().unwrap_or_else(|| Shown::built_in(id)));
                    }
                    _ => {}
                },
                Event::End(tag) if tag.local_name().as_ref() == b"cellXfs" => inside = false,
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    fn texts(&mut self, archive: &mut Archive, part: &str) -> Result<()> {
        let mut xml = Xml::new(archive.part(part)?);
        let mut text = Vec::new();
        loop {
            match xml.next()? {
                Event::Start(tag) if tag.local_name().as_ref() == b"si" => {}
                Event::Eof => return Ok(()),
                _ => continue,
            }
            text.clear();
            xml.text(Some(b"t"), TEXT, &mut text)?;
            plain(&mut text);
            let Texts { bytes, ends } = &mut self.texts;
            bytes.extend_from_slice(&text);
            ends.push(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
            // Where each ends takes memory as well, also of those that are empty.
            if bytes.len() + ends.len() * size_of::<u32>() > TEXTS {
                let words = format!("the texts of the workbook have more than {TEXTS} bytes; export CSV instead");
                return Err(Error::new(ErrorKind::FileTooLarge, words));
            }
        }
    }
}

/// Characters that XML cannot hold are written `_x000D_`.
pub(super) fn plain(text: &mut Vec<u8>) {
    if memchr::memmem::find(text, b"_x").is_none() {
        return;
    }
    let escaped = |rest: &[u8]| {
        let digits = rest.strip_prefix(b"_x").filter(|rest| rest.get(4) == Some(&b'_'))?.get(..4)?;
        let digits = std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|d| d.is_ascii_hexdigit()))?;
        char::from_u32(u32::from_str_radix(digits, 16).ok()?)
    };
    let (mut out, mut at) = (Vec::with_capacity(text.len()), 0);
    while let Some(byte) = text.get(at) {
        match escaped(text.get(at..).unwrap_or_default()) {
            Some(character) => {
                out.extend(character.to_string().bytes());
                at += 7;
            }
            None => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    *text = out;
}

/// The links of a part; those of the archive itself where it has no name.
fn links(archive: &mut Archive, part: &str) -> Result<Vec<Link>> {
    let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
    let name = if folder.is_empty() { format!("_rels/{file}.rels") } else { format!("{folder}/_rels/{file}.rels") };
    let mut xml = Xml::new(archive.part(&name)?);
    let mut links = Vec::new();
    loop {
        match xml.next()? {
            Event::Start(tag) if tag.local_name().as_ref() == b"Relationship" => {
                let (id, kind, target) = (named(&tag, "Id")?, named(&tag, "Type")?, named(&tag, "Target")?);
                let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                links.push(Link { id, kind, part: joined(folder, &target) });
                if links.len() > MOST {
                    return Err(damaged("it has more links than any workbook"));
                }
            }
            Event::Eof => return Ok(links),
            _ => {}
        }
    }
}

/// The name of a part that another one in a folder names.
fn joined(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = match target.starts_with('/') {
        true => Vec::new(),
        false => folder.split('/').filter(|part| !part.is_empty()).collect(),
    };
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}
