//! What kind of file it is, told from its first bytes.

use super::chunks::Layout;
use super::documents::{Documents, Kind};
use super::scan;

/// Bytes looked at.
pub(super) const HEAD: usize = 1 << 20;

/// How the records lie, and where they are in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) layout: Layout,
    pub(super) documents: Documents,
}

/// Why a file cannot be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotRecords {
    #[error("it is empty")]
    Empty,
    #[error("it is {0}, which this version does not read; export JSON, NDJSON or CSV")]
    Foreign(&'static str),
    #[error("it is packed with {0}, which this version does not read; unpack it, or pack it with gzip or zstd")]
    Packed(&'static str),
    #[error(
        "it is a Parquet file, which this build does not read: build it with `--features parquet`, or export NDJSON or CSV"
    )]
    NotBuilt,
    #[error("it is an old XLS workbook, or one that is encrypted; save it as XLSX without a password, or export CSV")]
    OldWorkbook,
    #[error("it is no {0}, which --input says; leave --input out where the files are of different kinds")]
    NotSaid(&'static str),
    #[error("it is {0}, and --input says {1}; leave --input out")]
    Other(&'static str, &'static str),
    #[error("it starts neither with {{ nor with [, so it is no JSON; is the file what its name says?")]
    NoJson,
    #[error(
        "it holds so many NUL bytes or other control characters that it is no text; is the file what its name says, and is it in UTF-8?"
    )]
    Binary,
}

/// Layouts that are told by their first bytes, and what such a file is.
const TOLD: [(&[u8], Layout, &str); 2] = [
    (b"PK\x03\x04", Layout::Workbook, "an XLSX workbook or another ZIP archive"),
    (b"PAR1", Layout::Columnar, "a Parquet file"),
];
/// First bytes of the container in which old workbooks are, and encrypted ones.
const OLE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// First bytes of what a vendor may send instead of records, or under the wrong name: such as no table starts with.
const FOREIGN: [(&[u8], &str); 12] = [
    (b"PARE", "an encrypted Parquet file"),
    (b"%PDF", "a PDF"),
    (b"-----BEGIN PGP", "an encrypted message"),
    (b"\xFF\xFE", "text in UTF-16"),
    (b"\xFE\xFF", "text in UTF-16"),
    (b"<?xml", "an XML document"),
    (b"<!DOCTYPE", "a page of HTML"),
    (b"<html", "a page of HTML"),
    (b"SQLite format 3", "an SQLite database"),
    (b"PGDMP", "a dump of a PostgreSQL database"),
    (b"Obj\x01", "an Avro file"),
    (b"ARROW1\0\0", "an Arrow file"),
];

/// First bytes of archives.
const PACKED: [(&[u8], &str); 6] = [
    (b"\xFD7zXZ", "xz"),
    (b"BZh91AY", "bzip2"),
    (b"7z\xBC\xAF", "7-Zip"),
    (b"Rar!\x1A", "RAR"),
    (b"\x1F\x8B", "gzip inside another archive"),
    (b"\x28\xB5\x2F\xFD", "zstd inside another archive"),
];

/// Tells the shape from the first bytes; `whole` when they are all there is. `forced` is what the user said.
pub(super) fn shape(
    head: &[u8],
    whole: bool,
    documents: &Documents,
    forced: Option<Layout>,
) -> Result<Shape, NotRecords> {
    let told = TOLD.iter().find(|(magic, ..)| head.starts_with(magic));
    match (told, forced) {
        (Some((_, Layout::Columnar, _)), _) if !cfg!(feature = "parquet") => return Err(NotRecords::NotBuilt),
        (Some((_, layout, _)), forced) if forced.is_none_or(|forced| forced == *layout) => {
            return Ok(Shape { layout: *layout, documents: Documents::default() });
        }
        (Some((.., name)), Some(other)) => return Err(NotRecords::Other(name, other.word())),
        _ if head.starts_with(OLE) => return Err(NotRecords::OldWorkbook),
        (None, Some(Layout::Workbook)) => return Err(NotRecords::NotSaid("XLSX workbook")),
        (None, Some(Layout::Columnar)) => return Err(NotRecords::NotSaid("Parquet file")),
        _ => {}
    }
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let named = |all: &[(&[u8], &'static str)]| all.iter().find(|(magic, _)| text.starts_with(magic)).map(|(_, n)| *n);
    if let Some(name) = named(&FOREIGN) {
        return Err(NotRecords::Foreign(name));
    }
    if let Some(name) = named(&PACKED) {
        return Err(NotRecords::Packed(name));
    }
    let start = scan::blank(text, 0);
    let lines = Shape { layout: Layout::Lines, documents: Documents::default() };
    let document = |documents: &Documents| Shape { layout: Layout::Document, documents: documents.clone() };
    let rows = Shape { layout: Layout::Rows, documents: Documents::default() };
    match text.get(start) {
        Some(_) if forced == Some(Layout::Rows) => Ok(rows),
        None if whole => Err(NotRecords::Empty),
        Some(b'[') if forced != Some(Layout::Lines) => Ok(document(documents)),
        // A line that is no record is a finding, as long as one of the lines may be.
        Some(_) if forced == Some(Layout::Lines) => Ok(lines),
        Some(b'{') => {
            let holds = matches!(
                documents.kind(text.get(start..).unwrap_or_default()),
                Kind::Holds | Kind::Open { starts: true }
            );
            let end = scan::value_loose(text, start);
            let one_line = end.is_some_and(|end| !text.get(start..end).unwrap_or_default().contains(&b'\n'));
            Ok(match (holds, end) {
                (true, _) => document(documents),
                // Records and messages among each other: as documents both are read.
                (false, Some(_)) if documents.among_lines(text.get(start..).unwrap_or_default()) => document(documents),
                (false, Some(_)) if one_line && forced.is_none() => lines,
                (false, None) if forced.is_none() && first_line_ends(text) => lines,
                // One record over many lines, or several one after the other.
                _ => document(&Documents::records()),
            })
        }
        _ if forced.is_some() => Err(NotRecords::NoJson),
        _ if no_text(text) => Err(NotRecords::Binary),
        _ => Ok(rows),
    }
}

/// True where the first bytes are no text: among so few there are more than a few control characters. A single NUL is a
/// finding about a row.
pub(super) fn no_text(head: &[u8]) -> bool {
    const FEW: usize = 32;
    let head = head.get(..head.len().min(1 << 12)).unwrap_or_default();
    let controls = head.iter().filter(|byte| matches!(byte, 0..=8 | 14..=31 | 127)).count();
    controls * FEW > head.len()
}

/// A first line that is broken JSON is still a line, where the next one starts a record.
fn first_line_ends(text: &[u8]) -> bool {
    let next = text.iter().position(|byte| *byte == b'\n').map(|end| scan::blank(text, end));
    next.is_some_and(|next| text.get(next) == Some(&b'{'))
}

/// The text of the first member of this name, wherever it stands in the first bytes.
pub(super) fn text_of(head: &[u8], name: &str) -> Option<String> {
    let quoted = format!("\"{name}\"");
    let values = memchr::memmem::find_iter(head, &quoted).filter_map(|at| scan::colon(head, at + quoted.len()));
    let mut texts = values.filter_map(|value| std::str::from_utf8(scan::text(head, value)?.inner).ok());
    texts.next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_found_by_its_name() {
        let of = |text: &str| text_of(text.as_bytes(), "kind");
        assert_eq!(of(r#"{"a": "kind", "b": {"kind" : "x:Person"}}"#).as_deref(), Some("x:Person"));
        assert_eq!(of(r#"{"kind": 1"#), None);
        assert_eq!(of(r#"{"kind": "Per"#), None);
    }

    #[test]
    fn shapes_are_told_by_the_first_bytes() {
        let places = Documents::new(&["message.data.rows".to_owned(), "@graph".to_owned()], &[]);
        let told = |text: &str| shape(text.as_bytes(), true, &places, None);
        let shape_of = |layout| Ok(Shape { layout, documents: Documents::default() });
        let lines = shape_of(Layout::Lines);
        let document = Ok(Shape { layout: Layout::Document, documents: places.clone() });
        let single = Ok(Shape { layout: Layout::Document, documents: Documents::records() });
        assert_eq!(told("{\"a\": 1}\n{\"a\": 2}\n"), lines);
        assert_eq!(told("\u{feff}{\"a\": 1}"), lines);
        assert_eq!(told("{\"a\": }\n{\"a\": 2}\n"), lines, "a broken first line");
        assert_eq!(told(" [{\"a\": 1}]"), document);
        assert_eq!(told("{\"x\": {\"message\": 1}, \"message\": {\"data\": {\"rows\": []}}}"), document);
        assert_eq!(told("{\"x\": 1, \"message\": \"a member of its own\"}"), lines);
        assert_eq!(told("{\"@graph\": []}"), document);
        let answer = "{\"message\": {\"data\": {\"rows\": [{\"a\": 2}]}}}";
        assert_eq!(told(&format!("{{\"a\": 1}}\n{{\"a\": 2}}\n{answer}\n")), document, "records and messages");
        assert_eq!(told("{\"a\": 1}\n{\"a\": 2, \"message\": {\"data\": 1}}\n"), lines, "a record with such a member");
        assert_eq!(told("{\n \"a\": 1\n}\n"), single);
        assert_eq!(told(""), Err(NotRecords::Empty));
        assert_eq!(told("a,b\n1,2\n"), shape_of(Layout::Rows));
        assert_eq!(told("a\0b"), Err(NotRecords::Binary));
        assert_eq!(told("PK\x03\x04.."), shape_of(Layout::Workbook));
        let forced = |text: &[u8], layout| shape(text, true, &places, Some(layout));
        assert_eq!(forced(b"PK\x03\x04", Layout::Rows), Err(NotRecords::Other(TOLD[0].2, "csv")));
        assert_eq!(forced(b"a,b", Layout::Workbook), Err(NotRecords::NotSaid("XLSX workbook")));
        assert_eq!(shape(OLE, true, &places, None), Err(NotRecords::OldWorkbook));
        let parquet = shape_of(Layout::Columnar);
        assert_eq!(told("PAR1..."), if cfg!(feature = "parquet") { parquet } else { Err(NotRecords::NotBuilt) });
        assert_eq!(told("PARE..."), Err(NotRecords::Foreign("an encrypted Parquet file")));
        assert_eq!(told("<?xml version='1.0'?>"), Err(NotRecords::Foreign("an XML document")));
        assert_eq!(told("BZh91AY"), Err(NotRecords::Packed("bzip2")));
        let twice = shape(b"\x1F\x8B\x08\0\0\0\0", true, &places, None);
        assert_eq!(twice, Err(NotRecords::Packed("gzip inside another archive")));
    }
}
