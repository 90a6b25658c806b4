//! Packed inputs as the bytes they hold: gzip and zstd, told by their first bytes. Both are unpacked as they are read, so
//! that a small file which unpacks to a huge one costs time alone.

use flate2::bufread::GzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Result, copy, sink};

/// The most memory that a zstd archive may ask for: what the tool of that name grants without being told to.
const WINDOW: u64 = 128 << 20;

/// Unpacks what starts with `head`, and names the packing; bytes that are not packed stay as they are.
pub(super) fn unpack(head: &[u8], whole: Box<dyn Read + Send>) -> (Box<dyn Read + Send>, Option<&'static str>) {
    match head {
        [0x1F, 0x8B, ..] => (Box::new(Gzip::new(BufReader::new(whole))), Some("gzip")),
        // A frame, or one to be skipped, as tools write that pack on several processors.
        [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => {
            (Box::new(Zstd::new(BufReader::new(whole))), Some("zstd"))
        }
        _ => (whole, None),
    }
}

/// The kind of error for what stands behind an archive that is sound itself: what was in it is as it was packed.
pub(super) const BEHIND: ErrorKind = ErrorKind::Unsupported;

fn behind(packing: &str) -> Error {
    Error::new(BEHIND, format!("something else stands behind the {packing} archive, and was not read"))
}

/// A gzip archive: one member or several one after the other.
struct Gzip<R>(Option<GzDecoder<R>>);

impl<R: BufRead> Gzip<R> {
    fn new(from: R) -> Gzip<R> {
        Gzip(Some(GzDecoder::new(from)))
    }
}

impl<R: BufRead> Read for Gzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        loop {
            let Some(member) = &mut self.0 else { return Ok(0) };
            let read = member.read(buffer).map_err(|error| match error.kind() {
                ErrorKind::InvalidInput | ErrorKind::InvalidData | ErrorKind::UnexpectedEof => {
                    Error::new(ErrorKind::InvalidData, "the gzip archive is damaged or cut off")
                }
                _ => error,
            })?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            // Its sum was right. Behind it comes nothing, or another one.
            let Some(mut from) = self.0.take().map(GzDecoder::into_inner) else { return Ok(0) };
            match from.fill_buf()?.first() {
                None => return Ok(0),
                Some(0x1F) => self.0 = Some(GzDecoder::new(from)),
                Some(_) => return Err(behind("gzip")),
            }
        }
    }
}

/// A zstd archive: one frame or several one after the other.
struct Zstd<R> {
    from: R,
    decoder: FrameDecoder,
    /// True inside a frame.
    open: bool,
    /// True where a frame was read to its end.
    ended: bool,
}

impl<R: BufRead> Zstd<R> {
    fn new(from: R) -> Zstd<R> {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(WINDOW);
        Zstd { from, decoder, open: false, ended: false }
    }

    /// Goes to the next frame; false at the end.
    fn frame(&mut self) -> Result<bool> {
        while !self.from.fill_buf()?.is_empty() {
            match self.decoder.reset(&mut self.from) {
                Ok(()) => {
                    self.open = true;
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    copy(&mut self.from.by_ref().take(u64::from(length)), &mut sink())?;
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::BadMagicNumber(_))) if self.ended => {
                    return Err(behind("zstd"));
                }
                Err(error) => return Err(broken(&error)),
            }
        }
        Ok(false)
    }

    /// The end of a frame: its sum, where it has one, must be that of what it held.
    fn close(&mut self) -> Result<()> {
        (self.open, self.ended) = (false, true);
        match (self.decoder.get_checksum_from_data(), self.decoder.get_calculated_checksum()) {
            (Some(told), Some(found)) if told != found => {
                Err(Error::new(ErrorKind::InvalidData, "the zstd archive is damaged: its sum is another"))
            }
            _ => Ok(()),
        }
    }
}

impl<R: BufRead> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        loop {
            if !self.open && !self.frame()? {
                return Ok(0);
            }
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                let step = self.decoder.decode_blocks(&mut self.from, BlockDecodingStrategy::UptoBlocks(1));
                step.map_err(|error| broken(&error))?;
            }
            let read = self.decoder.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            self.close()?;
        }
    }
}

fn broken(error: &FrameDecoderError) -> Error {
    let words = match error {
        FrameDecoderError::WindowSizeTooBig { .. } => {
            format!("the zstd archive asks for more than {} MiB of memory; pack it again without --long", WINDOW >> 20)
        }
        FrameDecoderError::DictNotProvided { .. } => {
            "the zstd archive needs a dictionary; pack it again without one".to_owned()
        }
        _ => "the zstd archive is damaged or cut off".to_owned(),
    };
    Error::new(ErrorKind::InvalidData, words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    fn unpacked(bytes: Vec<u8>) -> Result<Vec<u8>> {
        let head = bytes.clone();
        let (mut from, packed) = unpack(&head, Box::new(std::io::Cursor::new(bytes)));
        assert_eq!(packed, Some("zstd"));
        let mut all = Vec::new();
        from.read_to_end(&mut all).map(|_| all)
    }

    #[test]
    fn archives_of_several_frames_are_unpacked() {
        let pack = |text: &str| compress_to_vec(text.as_bytes(), CompressionLevel::Fastest);
        let mut bytes = pack(&"one ".repeat(100_000));
        bytes.extend([0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3]);
        bytes.extend(pack("two"));
        let all = unpacked(bytes.clone()).expect("an archive");
        assert_eq!(all.len(), 400_003);
        let skipped = [&[0x50, 0x2A, 0x4D, 0x18, 4, 0, 0, 0, 9, 9, 9, 9], &*pack("three")].concat();
        assert_eq!(unpacked(skipped).expect("as pzstd packs"), b"three");
        assert!(all.ends_with(b"one two"));
        let cut = bytes.split_at(bytes.len() - 6).0.to_vec();
        assert!(unpacked(cut).expect_err("cut off").to_string().contains("cut off"));
        bytes.extend(b"more");
        assert_eq!(unpacked(bytes).expect_err("something else").kind(), BEHIND);
    }

    #[test]
    fn an_archive_cannot_ask_for_all_memory() {
        // A frame whose window is of 2^41 bytes.
        let bytes = vec![0x28, 0xB5, 0x2F, 0xFD, 0x00, 0xF8, 0x01, 0x00, 0x00];
        assert!(unpacked(bytes).expect_err("too much").to_string().contains("128 MiB"));
    }
}
