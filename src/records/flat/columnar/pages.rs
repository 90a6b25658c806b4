//! The pages of a column that is packed with gzip or zstd. The crate can be built with unpackers of its own; those that packed
//! files are read with do as well, and are here already.

use super::file::File;
use super::thrift::{Levels, Page as Header};
use crate::records::unpack::unpack;
use bytes::Bytes;
use parquet::basic::Encoding;
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use std::io::{Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Pages of which no more is given than so many cells.
pub(super) struct Bounded {
    pub(super) pages: Box<dyn PageReader>,
    pub(super) left: Arc<AtomicU64>,
}

impl PageReader for Bounded {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.pages.get_next_page()?;
        let cells = match &page {
            None | Some(Page::DictionaryPage { .. }) => 0,
            Some(page) => u64::from(page.num_values()),
        };
        let left = self.left.load(Ordering::Relaxed).checked_sub(cells).ok_or_else(|| damaged("too many cells"))?;
        self.left.store(left, Ordering::Relaxed);
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.pages.skip_next_page()
    }

    fn at_record_boundary(&mut self) -> Result<bool> {
        self.pages.at_record_boundary()
    }
}

impl Iterator for Bounded {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Result<Page>> {
        self.get_next_page().transpose()
    }
}

/// Pages one after the other.
pub(super) struct Pages {
    file: File,
    at: u64,
    end: u64,
}

fn damaged(what: &str) -> ParquetError {
    ParquetError::General(what.into())
}

fn number<N: TryFrom<i64>>(number: i64) -> Result<N> {
    N::try_from(number).map_err(|_| damaged("a number that cannot be"))
}

#[allow(deprecated)] // older writers say so of levels that are not there
fn encoding(number: i64) -> Result<Encoding> {
    Ok(match number {
        0 => Encoding::PLAIN,
        2 => Encoding::PLAIN_DICTIONARY,
        3 => Encoding::RLE,
        4 => Encoding::BIT_PACKED,
        5 => Encoding::DELTA_BINARY_PACKED,
        8 => Encoding::RLE_DICTIONARY,
        9 => Encoding::BYTE_STREAM_SPLIT,
        _ => return Err(damaged("an encoding that is not read")),
    })
}

/// What is packed in these bytes, which must be so many.
fn unpacked(packed: &[u8], size: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(size);
    let (from, packing) = unpack(packed, Box::new(Cursor::new(packed.to_vec())));
    packing.ok_or_else(|| damaged("a page that is not packed"))?;
    from.take(size as u64 + 1).read_to_end(&mut bytes).map_err(|_| damaged("a page that cannot be unpacked"))?;
    match bytes.len() == size {
        true => Ok(bytes),
        false => Err(damaged("a page of another size")),
    }
}

impl Pages {
    /// The pages between two places of a file.
    pub(super) fn new(file: File, (at, end): (u64, u64)) -> Pages {
        Pages { file, at, end }
    }

    /// The header of the next page that holds values; `None` behind the last one.
    fn header(&mut self) -> Result<Option<Header>> {
        while self.at < self.end {
            let header = self.file.page(self.at, self.end).map_err(|_| damaged("no header"))?;
            if header.kind != 1 {
                return Ok(Some(header));
            }
            self.pass(&header)?;
        }
        Ok(None)
    }

    fn pass(&mut self, header: &Header) -> Result<()> {
        self.at += header.header as u64 + number::<u64>(header.packed)?;
        Ok(())
    }

    fn page(&mut self, header: &Header) -> Result<Page> {
        let packed = number::<usize>(header.packed)?;
        let body = self.file.exactly(self.at + header.header as u64, packed).map_err(|_| damaged("no page"))?;
        self.pass(header)?;
        let (size, num_values, encoded) =
            (number(header.unpacked)?, number(header.values)?, encoding(header.encoding)?);
        Ok(match header.levels {
            Levels::First { .. } if header.kind == 2 => {
                let buf = Bytes::from(unpacked(&body, size)?);
                Page::DictionaryPage { buf, num_values, encoding: encoded, is_sorted: false }
            }
            Levels::First { definition, repetition } if header.kind == 0 => Page::DataPage {
                buf: Bytes::from(unpacked(&body, size)?),
                num_values,
                encoding: encoded,
                def_level_encoding: encoding(definition)?,
                rep_level_encoding: encoding(repetition)?,
                statistics: None,
            },
            Levels::Second { nulls, rows, definition, repetition, packed } if header.kind == 3 => {
                let (definition, repetition): (u32, u32) = (number(definition)?, number(repetition)?);
                let levels = definition as usize + repetition as usize;
                let (mut buf, rest) = (body.get(..levels).unwrap_or_default().to_vec(), body.get(levels..));
                let (rest, left) = rest.zip(size.checked_sub(levels)).ok_or_else(|| damaged("levels of no size"))?;
                match packed && left > 0 {
                    true => buf.extend(unpacked(rest, left)?),
                    false => buf.extend_from_slice(rest),
                }
                Page::DataPageV2 {
                    buf: Bytes::from(buf),
                    num_values,
                    encoding: encoded,
                    num_nulls: number(nulls)?,
                    num_rows: number(rows)?,
                    def_levels_byte_len: definition,
                    rep_levels_byte_len: repetition,
                    is_compressed: false,
                    statistics: None,
                }
            }
            _ => return Err(damaged("a header of another kind")),
        })
    }
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let header = self.header()?;
        header.map(|header| self.page(&header)).transpose()
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        let Some(header) = self.header()? else { return Ok(None) };
        let num_rows = match header.levels {
            Levels::Second { rows, .. } => Some(number(rows)?),
            Levels::First { .. } => None,
        };
        Ok(Some(PageMetadata { num_rows, num_levels: Some(number(header.values)?), is_dict: header.kind == 2 }))
    }

    fn skip_next_page(&mut self) -> Result<()> {
        let header = self.header()?;
        header.map_or(Ok(()), |header| self.pass(&header))
    }
}

impl Iterator for Pages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Result<Page>> {
        self.get_next_page().transpose()
    }
}
