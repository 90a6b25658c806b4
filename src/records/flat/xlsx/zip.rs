//! The parts of a ZIP archive, each read as a stream. No size that the archive tells is believed where memory hangs on
//! it: a part that unpacks to more than its directory says is damaged, and one that says too much is refused at once.

use crate::records::flat::spill::Stored;
use crate::records::inputs::fill;
use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Result, Seek, SeekFrom};

/// The most bytes of the directory of an archive; a workbook has some dozens of parts.
const DIRECTORY: u64 = 16 << 20;
/// The most bytes to which a part may unpack.
const MOST: u64 = 4_000_000_000;
/// The most bytes to which all parts that are read may unpack: many entries may share the same few bytes.
const ALL: u64 = 4 * MOST;
/// The end record without its comment, which has 65535 bytes at most.
const END: u64 = 22;

/// An archive whose directory was read.
pub(super) struct Archive {
    file: Box<dyn Stored>,
    parts: Vec<Part>,
    /// Bytes that parts may still unpack to.
    left: u64,
}

/// An entry of the directory.
#[derive(Clone, Debug, Default)]
struct Part {
    name: String,
    method: u16,
    encrypted: bool,
    packed: u64,
    unpacked: u64,
    crc: u32,
    offset: u64,
}

pub(super) fn damaged(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, format!("the workbook is damaged or cut off: {what}; export it again"))
}

/// Numbers of a record, the least byte first.
struct Numbers<'b>(&'b [u8]);

impl<'b> Numbers<'b> {
    fn bytes(&mut self, count: usize) -> Result<&'b [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count).ok_or_else(|| damaged("its directory ends too early"))?;
        self.0 = rest;
        Ok(bytes)
    }

    fn number(&mut self, count: usize) -> Result<u64> {
        Ok(self.bytes(count)?.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn short(&mut self) -> Result<u16> {
        Ok(u16::try_from(self.number(2)?).unwrap_or_default())
    }
}

impl Archive {
    /// Reads the directory.
    pub(super) fn new(mut file: Box<dyn Stored>) -> Result<Archive> {
        let (at, size) = directory(&mut *file)?;
        if size > DIRECTORY {
            return Err(damaged("its directory is larger than that of any workbook"));
        }
        file.seek(SeekFrom::Start(at))?;
        let mut bytes = Vec::new();
        file.by_ref().take(size).read_to_end(&mut bytes)?;
        let (mut numbers, mut parts) = (Numbers(&bytes), Vec::new());
        while numbers.0.starts_with(b"PK\x01\x02") {
            parts.push(part(&mut numbers)?);
        }
        Ok(Archive { file, parts, left: ALL })
    }

    /// The name of a part as the archive spells it; upper and lower case are the same in a workbook.
    fn find(&self, name: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.name.eq_ignore_ascii_case(name))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// A part, to be read once.
    pub(super) fn part(&mut self, name: &str) -> Result<Unpacked<&mut Box<dyn Stored>>> {
        let part = self.wanted(name)?;
        Unpacked::new(&mut self.file, part)
    }

    /// A part, after which no other is read.
    pub(super) fn last_part(mut self, name: &str) -> Result<Unpacked<Box<dyn Stored>>> {
        let part = self.wanted(name)?;
        Unpacked::new(self.file, part)
    }

    fn wanted(&mut self, name: &str) -> Result<Part> {
        let part = self.find(name).ok_or_else(|| damaged(&format!("the part {name:?} is not there")))?.clone();
        if self.parts.iter().filter(|other| other.name.eq_ignore_ascii_case(name)).count() > 1 {
            // Programs differ in which of them they read.
            return Err(damaged(&format!("the part {name:?} is there more than once")));
        }
        if part.encrypted {
            return Err(Error::new(ErrorKind::InvalidData, "the workbook is encrypted; save it without a password"));
        }
        if part.unpacked > MOST {
            let words = format!(
                "the part {:?} of the workbook says that it unpacks to {} bytes; at most {MOST} are read. Export CSV \
                 instead, or fewer rows at a time",
                part.name, part.unpacked
            );
            return Err(Error::new(ErrorKind::FileTooLarge, words));
        }
        self.left = self.left.checked_sub(part.unpacked).ok_or_else(|| {
            let words = format!("its parts unpack to more than {ALL} bytes; export CSV instead, or fewer sheets");
            Error::new(ErrorKind::FileTooLarge, words)
        })?;
        Ok(part)
    }
}

/// Where the directory is, and how large.
fn directory(file: &mut dyn Stored) -> Result<(u64, u64)> {
    let size = file.seek(SeekFrom::End(0))?;
    let tail = size.min(END + 0xFFFF);
    file.seek(SeekFrom::Start(size - tail))?;
    let mut bytes = Vec::new();
    file.take(tail).read_to_end(&mut bytes)?;
    let end = memchr::memmem::rfind(&bytes, b"PK\x05\x06").ok_or_else(|| damaged("its directory is not there"))?;
    let mut numbers = Numbers(bytes.get(end + 12..).unwrap_or_default());
    let (length, at) = (numbers.number(4)?, numbers.number(4)?);
    if length != 0xFFFF_FFFF && at != 0xFFFF_FFFF {
        return Ok((at, length));
    }
    // Larger archives tell it in a record of their own, whose place stands just before.
    let locator = end.checked_sub(20).and_then(|start| bytes.get(start..end)).unwrap_or_default();
    let place = locator.strip_prefix(b"PK\x06\x07").ok_or_else(|| damaged("its directory is not there"))?;
    let mut place = Numbers(place.get(4..).unwrap_or_default());
    file.seek(SeekFrom::Start(place.number(8)?))?;
    let mut record = [0; 56];
    let read = fill(file, &mut record)?;
    let record = record.get(..read).and_then(|record| record.strip_prefix(b"PK\x06\x06"));
    let mut numbers = Numbers(record.and_then(|record| record.get(36..)).unwrap_or_default());
    let (length, at) = (numbers.number(8)?, numbers.number(8)?);
    Ok((at, length))
}

/// The next entry of the directory.
fn part(numbers: &mut Numbers<'_>) -> Result<Part> {
    numbers.bytes(8)?;
    let flags = numbers.short()?;
    let method = numbers.short()?;
    numbers.bytes(4)?;
    let crc = u32::try_from(numbers.number(4)?).unwrap_or_default();
    let (packed, unpacked) = (numbers.number(4)?, numbers.number(4)?);
    let lengths = [numbers.short()?, numbers.short()?, numbers.short()?].map(usize::from);
    let [name, extra, comment] = lengths;
    numbers.bytes(8)?;
    let offset = numbers.number(4)?;
    let name = String::from_utf8_lossy(numbers.bytes(name)?).replace('\\', "/");
    let extra = numbers.bytes(extra)?;
    numbers.bytes(comment)?;
    let mut part = Part { name, method, encrypted: flags & 1 != 0, packed, unpacked, crc, offset };
    large(&mut part, extra)?;
    Ok(part)
}

/// Sizes and places that do not fit into four bytes stand in an extra field, in this order.
fn large(part: &mut Part, extra: &[u8]) -> Result<()> {
    let mut extra = Numbers(extra);
    while extra.0.len() >= 4 {
        let (id, length) = (extra.short()?, usize::from(extra.short()?));
        let mut field = Numbers(extra.bytes(length.min(extra.0.len()))?);
        if id == 1 {
            for number in [&mut part.unpacked, &mut part.packed, &mut part.offset] {
                if *number == 0xFFFF_FFFF {
                    *number = field.number(8)?;
                }
            }
        }
    }
    Ok(())
}

/// The bytes of a part.
pub(super) struct Unpacked<F: Read> {
    from: Packing<BufReader<std::io::Take<F>>>,
    left: u64,
    crc: Crc,
    expected: u32,
}

enum Packing<R: BufRead> {
    Stored(R),
    Deflated(DeflateDecoder<R>),
}

impl<F: Read + Seek> Unpacked<F> {
    fn new(mut file: F, part: Part) -> Result<Unpacked<F>> {
        file.seek(SeekFrom::Start(part.offset))?;
        let mut head = [0; 30];
        let read = fill(&mut file, &mut head)?;
        let head = head.get(..read).filter(|head| head.starts_with(b"PK\x03\x04")).unwrap_or_default();
        let mut numbers = Numbers(head.get(26..).unwrap_or_default());
        let (name, extra) = (i64::from(numbers.short()?), i64::from(numbers.short()?));
        file.seek(SeekFrom::Current(name + extra))?;
        let bytes = BufReader::new(file.take(part.packed));
        let from = match part.method {
            0 => Packing::Stored(bytes),
            8 => Packing::Deflated(DeflateDecoder::new(bytes)),
            _ => return Err(damaged("it is packed in a way that workbooks are not")),
        };
        Ok(Unpacked { from, left: part.unpacked, crc: Crc::new(), expected: part.crc })
    }
}

impl<F: Read> Read for Unpacked<F> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let read = match &mut self.from {
            Packing::Stored(from) => from.read(buffer),
            Packing::Deflated(from) => from.read(buffer),
        };
        let read = read.map_err(|_| damaged("a part of it cannot be unpacked"))?;
        self.crc.update(buffer.get(..read).unwrap_or_default());
        let bytes = u64::try_from(read).unwrap_or(u64::MAX);
        self.left = self.left.checked_sub(bytes).ok_or_else(|| damaged("a part of it unpacks to more than it says"))?;
        if read == 0 && !buffer.is_empty() && (self.left > 0 || self.crc.sum() != self.expected) {
            return Err(damaged("a part of it is not what its sum says"));
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_bytes_are_not_unpacked_for_ever() {
        let part = Part { name: "a".into(), unpacked: MOST, ..Part::default() };
        let mut archive = Archive { file: Box::new(std::io::Cursor::new(Vec::new())), parts: vec![part], left: ALL };
        for _ in 0..4 {
            assert!(archive.wanted("a").is_ok());
        }
        let refused = archive.wanted("a").map(|_| ()).map_err(|error| error.kind());
        assert_eq!(refused, Err(ErrorKind::FileTooLarge));
    }
}
