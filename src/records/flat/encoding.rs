//! Text in other encodings than UTF-8, turned into UTF-8 as it is read.

use std::io::{Read, Result};

/// The encoding of a file, where it is declared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Encoding {
    #[default]
    Utf8,
    /// Windows-1252; ISO 8859-1 is read as the same, as everywhere on the web.
    Windows1252,
}

/// The characters of Windows-1252 from 0x80 to 0x9F; all others are those of Unicode with the same number. The five codes
/// that stand for nothing are read as control characters.
const HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', //
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];

impl Encoding {
    /// Reads the name of an encoding, in any spelling.
    pub(super) fn named(name: &str) -> Option<Encoding> {
        let folded: String = name.to_ascii_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
        match folded.as_str() {
            "utf8" => Some(Encoding::Utf8),
            "windows1252" | "cp1252" | "iso88591" | "latin1" => Some(Encoding::Windows1252),
            _ => None,
        }
    }

    /// The bytes as UTF-8.
    pub(super) fn utf8(self, from: Box<dyn Read + Send>) -> Box<dyn Read + Send> {
        match self {
            Encoding::Utf8 => from,
            Encoding::Windows1252 => Box::new(Decoder { from, raw: vec![0; 1 << 16], text: Vec::new(), at: 0 }),
        }
    }
}

struct Decoder {
    from: Box<dyn Read + Send>,
    raw: Vec<u8>,
    text: Vec<u8>,
    at: usize,
}

impl Read for Decoder {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        if self.at == self.text.len() {
            let read = self.from.read(&mut self.raw)?;
            (self.at, self.text) = (0, std::mem::take(&mut self.text));
            self.text.clear();
            for byte in self.raw.get(..read).unwrap_or_default() {
                match byte {
                    0..0x80 => self.text.push(*byte),
                    _ => {
                        let high = HIGH.get(usize::from(*byte) - 0x80).copied().unwrap_or(char::from(*byte));
                        self.text.extend_from_slice(high.encode_utf8(&mut [0; 4]).as_bytes());
                    }
                }
            }
        }
        let rest = self.text.get(self.at..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(rest) {
            *to = *from;
        }
        self.at += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_its_character() {
        let bytes: Vec<u8> = (0..=255).collect();
        let mut text = String::new();
        let read = Encoding::Windows1252.utf8(Box::new(std::io::Cursor::new(bytes))).read_to_string(&mut text);
        assert!(read.is_ok());
        assert_eq!(text.chars().count(), 256);
        assert_eq!(text.chars().nth(0x80), Some('€'));
        assert_eq!(text.chars().nth(0x9F), Some('Ÿ'));
        assert_eq!(text.chars().nth(0xE9), Some('é'));
        assert_eq!(Encoding::named("ISO-8859-1"), Some(Encoding::Windows1252));
        assert_eq!(Encoding::named("utf_8"), Some(Encoding::Utf8));
        assert_eq!(Encoding::named("ebcdic"), None);
    }
}
