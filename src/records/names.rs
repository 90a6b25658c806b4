//! Names of members, compared with bytes of a record a few words at a time.

use super::table::PlaceId;

const WORDS: usize = 3;
const WIDTH: usize = WORDS * 8;

/// A name under which a property stands, and the place it leads to.
#[derive(Debug)]
pub(super) struct Name {
    pub(super) text: Box<str>,
    pub(super) place: PlaceId,
    /// The first bytes of the name and its closing quote, as words, and which bytes of them count.
    words: [u64; WORDS],
    masks: [u64; WORDS],
}

impl Name {
    pub(super) fn new(text: &str, place: PlaceId) -> Name {
        let (mut bytes, mut mask) = ([0u8; WIDTH], [0u8; WIDTH]);
        for ((byte, mask), written) in bytes.iter_mut().zip(&mut mask).zip(text.bytes().chain([b'"'])) {
            (*byte, *mask) = (written, 0xFF);
        }
        Name { text: text.into(), place, words: words(&bytes), masks: words(&mask) }
    }

    /// True where the bytes start with this name and its closing quote.
    #[inline]
    pub(super) fn starts(&self, rest: &[u8]) -> bool {
        let Some(head) = rest.first_chunk::<WIDTH>() else { return self.whole(rest) };
        let read = words(head);
        let differs = (0..WORDS).fold(0, |all, at| all | ((read[at] ^ self.words[at]) & self.masks[at]));
        differs == 0 && (self.text.len() < WIDTH || self.whole(rest))
    }

    fn whole(&self, rest: &[u8]) -> bool {
        rest.starts_with(self.text.as_bytes()) && rest.get(self.text.len()) == Some(&b'"')
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
            for behind in ["", ": 1, \"more\": \"and more and more and more\""] {
                assert!(name.starts(format!("{text}\"{behind}").as_bytes()), "{text}");
                assert!(!name.starts(format!("{text}x\"{behind}").as_bytes()), "{text}");
                assert!(!name.starts(format!("{text}{behind}").as_bytes()), "{text}");
                assert!(!name.starts(format!("x{text}\"{behind}").as_bytes()), "{text}");
                assert!(text.is_empty() || !name.starts(format!("{}\"{behind}", &text[1..]).as_bytes()), "{text}");
            }
        }
    }
}
