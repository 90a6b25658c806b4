//! What can be said of an input by its beginning, before anything is judged.

use super::RECORD_LIMIT;
use super::chunks::{Chunks, Layout};
use super::detect::{self, HEAD};
use super::documents::Documents;
use super::flat::{self, Mapping};
use super::inputs::{Input, fill};
use crate::standard::Standard;
use serde_json::Value;
use std::io::Read;

/// The columns of an input that is a table and not standard input; `side` tells which one of two that are joined.
pub(super) fn columns(
    standard: &Standard,
    input: &Input,
    mapping: Option<&Mapping>,
    side: Option<usize>,
) -> Option<Vec<String>> {
    let mut opened = input.is_file().then(|| input.open(false).ok())??;
    let mut head = vec![0; HEAD];
    let read = fill(&mut opened.bytes, &mut head).ok()?;
    head.truncate(read);
    let shape = detect::shape(&head, read < HEAD, &Documents::of(standard), None).ok()?;
    let bytes = Box::new(std::io::Cursor::new(head).chain(opened.bytes));
    shape.layout.is_table().then(|| flat::columns(bytes, mapping, side).ok())?
}

/// Why an input does not tell the class of its records.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoClass {
    /// It cannot be read, whatever class its records are said to be of.
    #[error("{0}")]
    Unreadable(String),
    /// It can be read, and what stands at its start tells none.
    #[error("{0}")]
    Untold(&'static str),
}

/// The names of the sheets of an input that is a workbook and not standard input.
pub(super) fn sheets(input: &Input) -> Option<Vec<String>> {
    let mut opened = input.is_file().then(|| input.open(false).ok())??;
    let mut head = vec![0; 4];
    let read = fill(&mut opened.bytes, &mut head).ok()?;
    let shape = detect::shape(head.get(..read)?, false, &Documents::default(), None).ok()?;
    let bytes = Box::new(std::io::Cursor::new(head).chain(opened.bytes));
    (shape.layout == Layout::Workbook).then(|| flat::sheets(bytes).ok())?
}

/// So many records are looked at to tell their class.
const LOOKED_AT: usize = 100;

/// A record, and the context of the document it stands in.
type InContext = (Vec<u8>, Option<Value>);

/// The first records of an input, one at least, each with the context of its document, or what its message says of the registry,
/// and the record type of the message they stand in.
///
/// # Errors
/// It cannot be read, holds no record at its start, or is a workbook or Parquet file on standard input, which is read only once.
pub(super) fn first_records(
    standard: &Standard,
    input: &Input,
    mapping: Option<&Mapping>,
) -> std::result::Result<(Vec<InContext>, Option<String>), NoClass> {
    let unread = |error: &dyn std::fmt::Display| NoClass::Unreadable(error.to_string());
    let mut bytes = input.beginning().map_err(|error| unread(&error))?;
    let mut head = vec![0; HEAD];
    let read = fill(&mut bytes, &mut head).map_err(|error| unread(&error))?;
    head.truncate(read);
    let documents = Documents::of(standard);
    let shape = detect::shape(&head, read < HEAD, &documents, None).map_err(|error| unread(&error))?;
    if matches!(shape.layout, Layout::Workbook | Layout::Columnar) && !input.is_file() {
        return Err(NoClass::Untold("a workbook or Parquet file on standard input is not looked at beforehand"));
    }
    if shape.layout.is_table() {
        let side = mapping.and_then(|mapping| mapping.sheet(&input.name));
        let first = flat::first_row(Box::new(std::io::Cursor::new(head).chain(bytes)), mapping, side);
        let (columns, kind) = first.map_err(|error| unread(&error))?;
        return Ok((vec![(flat::sketch(standard, &columns, kind, mapping), None)], None));
    }
    let enveloped = shape.layout == Layout::Document;
    let named = |member: &str| detect::text_of(&head, member).filter(|_| enveloped && !member.is_empty());
    let (record_type, registry) = (named(standard.record_type_member()), named(standard.registry_type_member()));
    let mut chunks = Chunks::new(bytes, head, shape.layout, &shape.documents, RECORD_LIMIT);
    let chunk = chunks.next(Vec::new()).map_err(|error| unread(&error))?.unwrap_or_default();
    if chunk.spans.is_empty() {
        // Why nothing more is there, where it is damaged.
        chunks.next(Vec::new()).map_err(|error| unread(&error))?;
    }
    let context = |index: usize| {
        let written = || chunk.contexts.iter().rev().find(|(from, _)| *from <= index)?.1.as_ref();
        written().and_then(|written| serde_json::from_slice(written).ok()).or_else(|| registry.clone().map(Value::from))
    };
    let all = chunk.spans.iter().enumerate();
    let all = all.filter_map(|(index, span)| Some((index, chunk.data.get(span.start..span.end)?)));
    let taken = |(index, record): (usize, &[u8])| (record.to_vec(), context(index));
    let objects = all.clone().filter(|(_, record)| record.starts_with(b"{"));
    let mut records: Vec<InContext> = objects.take(LOOKED_AT).map(taken).collect();
    if records.is_empty() {
        records.extend(all.take(1).map(taken));
    }
    match records.is_empty() {
        true => Err(NoClass::Untold("no whole record was found at its start")),
        false => Ok((records, record_type)),
    }
}
