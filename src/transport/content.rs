//! Content encodings: gzip and deflate, undone under a limit.

use crate::model::exchange::Cut;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use std::io::{ErrorKind, Read};

/// More than one encoding on top of another has no honest use; more than this is refused.
const MOST_ENCODINGS: usize = 2;

/// A body with its content encoding undone as far as possible.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Decoded {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Why they are incomplete, when they are.
    pub cut: Option<Cut>,
    /// An observation for people.
    pub note: Option<String>,
}

/// Undoes a `Content-Encoding`, keeping at most `max` bytes. An unknown encoding leaves the bytes as they came.
pub fn decode(bytes: Vec<u8>, encoding: Option<&str>, max: usize) -> Decoded {
    let names: Vec<String> = encoding
        .unwrap_or("")
        .split(',')
        .map(|name| name.trim().to_ascii_lowercase())
        .filter(|name| !name.is_empty() && name != "identity")
        .collect();
    let known = |name: &String| matches!(name.as_str(), "gzip" | "x-gzip" | "deflate");
    if names.len() > MOST_ENCODINGS || !names.iter().all(known) {
        let note = "the content encoding is none the suite knows; the body is kept as it came".to_owned();
        return Decoded { note: Some(note), ..bounded(bytes, max) };
    }
    if names.is_empty() {
        return bounded(bytes, max);
    }
    let mut decoded = Decoded { bytes, ..Decoded::default() };
    for name in names.iter().rev() {
        if decoded.bytes.is_empty() || decoded.cut.is_some() {
            break;
        }
        decoded = match name.as_str() {
            "deflate" => inflate(&decoded.bytes, max),
            _ => read(MultiGzDecoder::new(decoded.bytes.as_slice()), max),
        };
    }
    decoded
}

fn bounded(mut bytes: Vec<u8>, max: usize) -> Decoded {
    let larger = || Cut::Suite(format!("the body is larger than the suite reads: {} bytes", bytes.len()));
    let cut = (bytes.len() > max).then(larger);
    bytes.truncate(max);
    Decoded { bytes, cut, note: None }
}

/// `deflate` means the zlib format by the book, and bare deflate in the field.
fn inflate(bytes: &[u8], max: usize) -> Decoded {
    let zlib = read(ZlibDecoder::new(bytes), max);
    match zlib.bytes.is_empty() && zlib.cut.is_some() {
        true => read(DeflateDecoder::new(bytes), max),
        false => zlib,
    }
}

fn read(mut source: impl Read, max: usize) -> Decoded {
    // At once, since what grows holds what it was and what it becomes. What is not written to costs no memory.
    let mut bytes = Vec::with_capacity(max);
    let mut block = [0u8; 16 * 1024];
    let cut = loop {
        match source.read(&mut block) {
            Ok(0) => break None,
            Ok(count) => {
                let room = max.saturating_sub(bytes.len());
                bytes.extend_from_slice(block.get(..count.min(room)).unwrap_or_default());
                if count > room {
                    let words = "the body is larger than the suite reads: more than";
                    break Some(Cut::Suite(format!("{words} {max} bytes once decompressed")));
                }
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => break Some(Cut::Product("the compression of the body is broken".to_owned())),
        }
    };
    bytes.shrink_to_fit();
    Decoded { bytes, cut, note: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use std::io::Write;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn gzip_and_both_readings_of_deflate_are_undone() {
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
        zlib.write_all(b"hello").unwrap();
        let mut bare = DeflateEncoder::new(Vec::new(), Compression::fast());
        bare.write_all(b"hello").unwrap();
        for (bytes, encoding) in [
            (gzip(b"hello"), "gzip"),
            (zlib.finish().unwrap(), "deflate"),
            (bare.finish().unwrap(), "deflate"),
            (gzip(&gzip(b"hello")), "gzip, GZIP"),
            (b"hello".to_vec(), "identity"),
        ] {
            let decoded = decode(bytes, Some(encoding), 100);
            assert_eq!((decoded.bytes.as_slice(), decoded.cut), (&b"hello"[..], None), "{encoding}");
        }
    }

    #[test]
    fn a_bomb_is_cut_at_the_limit() {
        let bomb = gzip(&vec![0; 1 << 20]);
        let decoded = decode(bomb, Some("gzip"), 1000);
        assert_eq!(decoded.bytes.len(), 1000);
        assert!(matches!(decoded.cut, Some(Cut::Suite(why)) if why.contains("more than 1000 bytes")));
    }

    #[test]
    fn broken_compression_keeps_what_could_be_read() {
        let mut broken = gzip(b"hello");
        broken.truncate(broken.len() - 6);
        let cut = decode(broken, Some("gzip"), 100).cut;
        assert!(matches!(cut, Some(Cut::Product(why)) if why.contains("broken")));
        assert!(decode(b"plain".to_vec(), Some("gzip"), 100).cut.is_some());
        assert!(decode(b"plain".to_vec(), Some("deflate"), 100).cut.is_some());
    }

    #[test]
    fn an_unknown_encoding_is_noted() {
        let decoded = decode(b"x".to_vec(), Some("br"), 100);
        assert_eq!(decoded.bytes, b"x");
        assert!(decoded.note.is_some());
        assert!(decode(b"x".to_vec(), Some("gzip,gzip,gzip"), 100).note.is_some());
    }
}
