//! A Parquet file that can be read from any place, with what it says of its sizes checked before anything hangs on it.

use super::column::odd;
use super::guard::guarded;
use super::thrift::{Page, page, sound_schema};
use crate::records::flat::rows::Odd;
use crate::records::flat::spill::Stored;
use crate::records::flat::wrong;
use crate::records::inputs::fill;
use bytes::Bytes;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, ParquetMetaDataReader};
use parquet::file::reader::{ChunkReader, Length};
use parquet::schema::types::TypePtr;
use std::io::{BufReader, Error, ErrorKind, Read, Result, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

/// The bytes at both ends.
const MAGIC: &[u8] = b"PAR1";
/// Size of the metadata and the magic bytes, at the end.
const FOOTER: u64 = 8;
/// The most bytes of metadata.
const METADATA: u64 = 16 << 20;
/// At most so many columns and structs.
const ELEMENTS: usize = 20_000;
/// Structs within each other.
const DEEPEST: usize = 64;
/// The most bytes of a page, packed or not.
pub(super) const PAGE: u64 = 64 << 20;
/// The most bytes of the header of a page: the smallest and largest of its values may stand in it.
const HEADER: usize = 1 << 20;
/// Bytes read for a header at first.
const HEADER_READ: usize = 1 << 10;
/// Bytes that a value of a dictionary takes beside its text.
const VALUE: u64 = 32;
/// Bytes that a cell of a row with lists takes while it is at hand.
const CELL: u64 = 40;
/// So many of them are always read at once.
const CELLS_AT_ONCE: u64 = 1 << 16;
/// Numbers of encodings that the crate reads in bounded memory.
const ENCODINGS: [i64; 7] = [0, 2, 3, 4, 5, 8, 9];

pub(super) fn damaged(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, format!("the Parquet file is damaged or cut off: {what}; export it again"))
}

/// The bytes of the file, shared by the readers of all its columns.
#[derive(Clone)]
pub(super) struct File {
    bytes: Arc<Mutex<Box<dyn Stored>>>,
    size: u64,
}

impl File {
    pub(super) fn new(bytes: Box<dyn Stored>, size: u64) -> File {
        File { bytes: Arc::new(Mutex::new(bytes)), size }
    }

    /// Fills a buffer from a place, as far as there are bytes.
    fn read_at(&self, at: u64, buffer: &mut [u8]) -> Result<usize> {
        let mut bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        bytes.seek(SeekFrom::Start(at))?;
        fill(&mut *bytes, buffer)
    }

    pub(super) fn exactly(&self, at: u64, size: usize) -> Result<Vec<u8>> {
        if at.checked_add(size as u64).is_none_or(|end| end > self.size) {
            return Err(damaged("a part of it would lie behind its end"));
        }
        let mut buffer = vec![0; size];
        match self.read_at(at, &mut buffer)? == size {
            true => Ok(buffer),
            false => Err(damaged("it ends too early")),
        }
    }

    /// What the file says of itself at its end.
    pub(super) fn content(&self) -> Result<Content> {
        let no_end = || damaged("its end does not tell what is in it");
        let end = self.size.checked_sub(FOOTER).filter(|end| *end > 0).ok_or_else(no_end)?;
        let footer = self.exactly(end, 8)?;
        let (size, magic) = footer.split_at(4);
        let size = u64::from(u32::from_le_bytes(size.try_into().unwrap_or_default()));
        if magic != MAGIC {
            return Err(no_end());
        }
        if size > METADATA {
            let words = format!("it has {size} bytes of metadata, more than {METADATA}; write larger row groups");
            return Err(Error::new(ErrorKind::InvalidData, words));
        }
        let start = end.checked_sub(size).ok_or_else(no_end)?;
        let metadata = self.exactly(start, usize::try_from(size).unwrap_or(0))?;
        if !sound_schema(&metadata, ELEMENTS, DEEPEST) {
            return Err(damaged(&format!(
                "its schema is none, or has more than {ELEMENTS} columns, or more than {DEEPEST} structs in each other"
            )));
        }
        let parsed = guarded(|| ParquetMetaDataReader::decode_metadata(&metadata));
        parsed.and_then(std::result::Result::ok).map(Content).ok_or_else(no_end)
    }

    /// Looks through the headers of all pages of a column in a group of rows.
    pub(super) fn survey(&self, chunk: &ColumnChunkMetaData, rows: u64) -> Result<Survey> {
        let (mut at, end) = self.place(chunk)?;
        let (mut largest, mut most, mut dictionary, mut values) = (0, 0, 0, 0u64);
        while at < end {
            let page = self.page(at, end)?;
            let sizes = [page.unpacked, page.packed, page.values].map(u64::try_from);
            let [Ok(unpacked), Ok(packed), Ok(count)] = sizes else { return Err(damaged("a page has no size")) };
            at += page.header as u64 + packed;
            if unpacked.max(packed) > PAGE {
                let words = format!("it has a page of more than {PAGE} bytes; write it with smaller pages");
                return Err(Error::new(ErrorKind::InvalidData, words));
            }
            match page.kind {
                // An index says nothing of values.
                1 => continue,
                2 if count > unpacked => return Err(damaged("a dictionary has more values than bytes")),
                2 => dictionary += unpacked + count * VALUE,
                0 | 3 => {
                    largest = largest.max(unpacked.max(packed));
                    most = most.max(count);
                    values += count;
                }
                _ => return Err(damaged("a page is of an unknown kind")),
            }
            if !ENCODINGS.contains(&page.encoding) {
                let words = format!(
                    "a column is written with encoding {}, which is not read; write it with the usual ones (plain, \
                     dictionary)",
                    page.encoding
                );
                return Err(Error::new(ErrorKind::InvalidData, words));
            }
        }
        let lists = chunk.column_descr().max_rep_level() > 0;
        let survey = Survey { held: largest + dictionary, cells: values, most, lists };
        // A row with lists has a cell for each item, or one where there is none.
        match at == end && if lists { values >= rows } else { values == rows } {
            true => Ok(survey),
            false => Err(damaged("a column does not have a value for each row")),
        }
    }

    /// Where the pages of a column in a group of rows begin and end.
    pub(super) fn place(&self, chunk: &ColumnChunkMetaData) -> Result<(u64, u64)> {
        let first = chunk.dictionary_page_offset().unwrap_or_else(|| chunk.data_page_offset());
        let (first, size) = (u64::try_from(first).ok(), u64::try_from(chunk.compressed_size()).ok());
        let place = first.zip(size).and_then(|(first, size)| Some((first, first.checked_add(size)?)));
        place.filter(|(_, end)| *end <= self.size).ok_or_else(|| damaged("a column would lie behind its end"))
    }

    /// The header of the page at a place.
    pub(super) fn page(&self, at: u64, end: u64) -> Result<Page> {
        let left = usize::try_from(end - at).unwrap_or(usize::MAX);
        let mut size = HEADER_READ;
        loop {
            let head = self.exactly(at, size.min(left))?;
            match page(&head) {
                Some(page) => return Ok(page),
                None if size >= left.min(HEADER) => return Err(damaged("a page has no header")),
                None => size *= 8,
            }
        }
    }
}

/// What the headers of the pages of a column tell.
pub(super) struct Survey {
    /// The bytes of its largest page and of its dictionary.
    pub(super) held: u64,
    /// All cells, and those of the page with the most.
    pub(super) cells: u64,
    most: u64,
    lists: bool,
}

impl Survey {
    /// How many cells may be read at once, where rows have lists: those of some rows begin and end in two pages, unless
    /// these are small.
    pub(super) fn at_once(&self) -> u64 {
        (2 * self.most).max(CELLS_AT_ONCE)
    }

    /// The most bytes that reading the column holds.
    pub(super) fn bytes(&self) -> u64 {
        self.held + if self.lists { self.at_once().min(self.cells) * CELL } else { 0 }
    }
}

/// True where a column is packed in a way that the crate is not built with, and that is read here.
pub(super) fn packed(chunk: &ColumnChunkMetaData) -> bool {
    matches!(chunk.compression(), Compression::GZIP(_) | Compression::ZSTD(_))
}

/// What is in a file: its columns, and its rows in groups.
pub(super) struct Content(ParquetMetaData);

impl Content {
    pub(super) fn columns(&self) -> usize {
        self.0.file_metadata().schema_descr().num_columns()
    }

    /// The first column that is a list, or in one.
    pub(super) fn list(&self) -> Option<usize> {
        self.0.file_metadata().schema_descr().columns().iter().position(|column| column.max_rep_level() > 0)
    }

    /// The fields of a row.
    pub(super) fn fields(&self) -> &[TypePtr] {
        self.0.file_metadata().schema_descr().root_schema().get_fields()
    }

    /// The name of a column; of a field of a struct its path.
    pub(super) fn name(&self, column: usize) -> String {
        let columns = self.0.file_metadata().schema_descr().columns();
        columns.get(column).map(|column| column.path().string()).unwrap_or_default()
    }

    pub(super) fn groups(&self) -> usize {
        self.0.num_row_groups()
    }

    /// The columns of a group of rows.
    pub(super) fn chunks(&self, group: usize) -> &[ColumnChunkMetaData] {
        self.0.row_groups().get(group).map(|group| group.columns()).unwrap_or_default()
    }

    pub(super) fn rows_of(&self, group: usize) -> u64 {
        self.0.row_groups().get(group).and_then(|group| u64::try_from(group.num_rows()).ok()).unwrap_or(0)
    }

    /// All rows; `None` where the groups together do not have as many as the file says.
    pub(super) fn rows(&self) -> Option<u64> {
        let rows = (0..self.groups()).try_fold(0u64, |sum, group| sum.checked_add(self.rows_of(group)));
        rows.filter(|rows| u64::try_from(self.0.file_metadata().num_rows()) == Ok(*rows))
    }

    /// # Errors
    /// A column is packed in a way that is not read.
    pub(super) fn readable(&self) -> Result<()> {
        for chunk in (0..self.groups()).flat_map(|group| self.chunks(group)) {
            let known = matches!(chunk.compression(), Compression::UNCOMPRESSED | Compression::SNAPPY) || packed(chunk);
            if !known {
                return Err(wrong(format!(
                    "it is packed with {}, which is not read; write it with Snappy, zstd, gzip or unpacked",
                    chunk.compression_codec()
                )));
            }
        }
        Ok(())
    }

    /// What is to be told of each column whose values are no text.
    ///
    /// # Errors
    /// A column holds what has no text.
    pub(super) fn odd(&self) -> Result<Vec<Option<Odd>>> {
        let columns = self.0.file_metadata().schema_descr().columns();
        columns.iter().map(|column| odd(column)).collect()
    }
}

impl Length for File {
    fn len(&self) -> u64 {
        self.size
    }
}

impl ChunkReader for File {
    type T = BufReader<From>;

    fn get_read(&self, start: u64) -> std::result::Result<Self::T, ParquetError> {
        Ok(BufReader::with_capacity(HEADER_READ, From { file: self.clone(), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> std::result::Result<Bytes, ParquetError> {
        if length as u64 > PAGE {
            return Err(ParquetError::General("larger than a page may be".into()));
        }
        Ok(self.exactly(start, length)?.into())
    }
}

/// The bytes from a place on.
pub(super) struct From {
    file: File,
    at: u64,
}

impl Read for From {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let read = self.file.read_at(self.at, buffer)?;
        self.at += read as u64;
        Ok(read)
    }
}
