//! Hashes of files, profiles and evidence: SHA-256 in lower-case hex.

use aws_lc_rs::digest::{Context, SHA256, digest};
use std::fmt::Write;
use std::io::{ErrorKind, Read};

/// SHA-256 of bytes, in hex.
pub fn hex(bytes: &[u8]) -> String {
    to_hex(digest(&SHA256, bytes).as_ref())
}

/// SHA-256 of everything a reader gives, in hex, a block at a time.
///
/// # Errors
/// The reader fails.
pub fn of_reader(mut reader: impl Read) -> std::io::Result<String> {
    let mut context = Context::new(&SHA256);
    let mut block = [0u8; 64 << 10];
    loop {
        match reader.read(&mut block) {
            Ok(0) => return Ok(to_hex(context.finish().as_ref())),
            Ok(read) => context.update(block.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// A reader that hashes what goes through it.
pub struct Hashing<R> {
    inner: R,
    context: Context,
}

impl<R: Read> Hashing<R> {
    /// Hashes from here on.
    pub fn new(inner: R) -> Hashing<R> {
        Hashing { inner, context: Context::new(&SHA256) }
    }

    /// SHA-256 of what was read so far, in hex.
    pub fn hex(&self) -> String {
        to_hex(self.context.clone().finish().as_ref())
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.context.update(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}

/// SHA-256 over several files: over the lines `PATH NUL SHA-256 LF`, sorted by path, so that neither the order of reading
/// nor where one file ends and the next begins can change it.
pub fn of_files<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> String {
    let mut lines: Vec<(&str, String)> = files.into_iter().map(|(path, bytes)| (path, hex(bytes))).collect();
    lines.sort();
    lines.dedup();
    let mut context = Context::new(&SHA256);
    for (path, hash) in lines {
        context.update(path.as_bytes());
        context.update(b"\0");
        context.update(hash.as_bytes());
        context.update(b"\n");
    }
    to_hex(context.finish().as_ref())
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_published_example() {
        assert_eq!(hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        let long = vec![7; 200_000];
        assert_eq!(of_reader(long.as_slice()).unwrap(), hex(&long));
    }

    #[test]
    fn the_order_of_files_does_not_matter_and_their_borders_do() {
        let one = of_files([("a", b"1".as_slice()), ("b", b"2")]);
        assert_eq!(one, of_files([("b", b"2".as_slice()), ("a", b"1")]));
        assert_ne!(one, of_files([("a", b"12".as_slice()), ("b", b"")]));
        assert_ne!(one, of_files([("a", b"2".as_slice()), ("b", b"1")]));
    }
}
