//! Names of members, compared with bytes of a record a few words at a time.

use super::table::PlaceId;

const WORDS: usize = 3;
const WIDTH: usize = WORDS * 8;

/// A name under which a property stands, and the place it leads to.
#[derive(Debug)]
pub(super) struct Name {
    pub(super) text: Box<str>,
    pub(super) place: PlaceId,
    /// The first bytes of the name between its quotes, and of a colon, as words, and which bytes of them count.
    words: [u64; WORDS],
    masks: [u64; WORDS],
    /// Which bytes of the first word count where blanks may stand before the colon.
    head: u64,
}

impl Name {
    pub(super) fn new(text: &str, place: PlaceId) -> Name {
        let (mut bytes, mut mask) = ([0u8; WIDTH], [0u8; WIDTH]);
        let written = [b'"'].into_iter().chain(text.bytes()).chain(*b"\":");
        for ((byte, mask), written) in bytes.iter_mut().zip(&mut mask).zip(written) {
            (*byte, *mask) = (written, 0xFF);
        }
        let (words, masks) = (words(&bytes), words(&mask));
        let quoted = 8 * (text.len() + 2);
        let head = if quoted < 64 { masks[0] & ((1 << quoted) - 1) } else { masks[0] };
        Name { text: text.into(), place, words, masks, head }
    }

    /// How many bytes [`Name::leads`] compares.
    #[inline]
    pub(super) fn length(&self) -> usize {
        self.text.len() + 3
    }

    /// True where the bytes start with this name in quotes and a colon right behind it, as programs write it.
    #[inline]
    pub(super) fn leads(&self, rest: &[u8]) -> bool {
        let Some(head) = rest.first_chunk::<WIDTH>() else { return self.quoted(rest) == Some(b':') };
        let read = words(head);
        let differs = (0..WORDS).fold(0, |all, at| all | ((read[at] ^ self.words[at]) & self.masks[at]));
        differs == 0 && (self.length() <= WIDTH || self.quoted(rest) == Some(b':'))
    }

    /// True where the bytes start with this name in quotes.
    pub(super) fn starts(&self, rest: &[u8]) -> bool {
        // Most names differ in their first letters.
        let head = rest.first_chunk::<8>().map(|head| u64::from_le_bytes(*head));
        head.is_none_or(|head| (head ^ self.words[0]) & self.head == 0) && self.quoted(rest).is_some()
    }

    /// What follows the name in quotes, where the bytes start with it; nought at the end.
    fn quoted(&self, rest: &[u8]) -> Option<u8> {
        let behind = rest.strip_prefix(b"\"")?.strip_prefix(self.text.as_bytes())?.strip_prefix(b"\"")?;
        Some(behind.first().copied().unwrap_or(0))
    }
}

#[inline]
fn words(bytes: &[u8; WIDTH]) -> [u64; WORDS] {
    let (words, _) = bytes.as_chunks::<8>();
    std::array::from_fn(|index| words.get(index).map_or(0, |word| u64::from_le_bytes(*word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_name_fits() {
        let long = "a_name_that_is_longer_than_three_words";
        for text in [
            "",
            "a",
            "sex",
            "birth_da",
            "registration_date",
            "twenty_three_bytes_long",
            "twenty_four_bytes__long.",
            long,
        ] {
            let name = Name::new(text, 0);
            for behind in ["", "}", " : 1, \"more\": \"and more and more and more\""] {
                assert!(name.starts(format!("\"{text}\"{behind}").as_bytes()), "{text}");
                assert!(!name.leads(format!("\"{text}\"{behind}").as_bytes()), "{text}");
            }
            for behind in [":", ":1}", ": 1, \"more\": \"and more and more and more\""] {
                assert!(name.leads(format!("\"{text}\"{behind}").as_bytes()), "{text}");
                for other in [format!("\"{text}x\""), format!("\"x{text}\""), format!("\"{text}"), text.to_owned()] {
                    let other = format!("{other}{behind}");
                    assert!(!name.leads(other.as_bytes()) && !name.starts(other.as_bytes()), "{text}: {other}");
                }
                let cut = format!("\"{}\"{behind}", text.get(1..).unwrap_or("x"));
                assert!(!name.leads(cut.as_bytes()), "{text}");
            }
        }
    }
}
