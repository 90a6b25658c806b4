//! Sets of codes: whether a text is one of them, mostly in one load.

/// A set of texts. Codes of up to eight bytes are numbers in a half-empty table.
#[derive(Debug, Default)]
pub(super) struct CodeSet {
    /// The name of the code list.
    pub(super) list: String,
    shift: u32,
    table: Vec<u64>,
    long: Vec<Box<[u8]>>,
}

/// No text in UTF-8 has these bytes.
const EMPTY: u64 = u64::MAX;
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

impl CodeSet {
    pub(super) fn new(list: &str, codes: &[String]) -> CodeSet {
        let (short, long): (Vec<&[u8]>, Vec<&[u8]>) =
            codes.iter().map(String::as_bytes).partition(|code| code.len() <= 8);
        let mut long: Vec<Box<[u8]>> = long.into_iter().map(Box::from).collect();
        long.sort_unstable();
        let size = (short.len() * 2 + 2).next_power_of_two();
        let mut set =
            CodeSet { list: list.to_owned(), shift: 64 - size.trailing_zeros(), table: vec![EMPTY; size], long };
        for key in short.into_iter().filter_map(key) {
            let place = set.place(key);
            if let Some(slot) = set.table.get_mut(place) {
                *slot = key;
            }
        }
        set
    }

    /// The slot of the text where it is one of the codes.
    #[inline]
    pub(super) fn find(&self, text: &[u8]) -> Option<usize> {
        match key(text) {
            Some(key) => {
                let place = self.place(key);
                (self.table.get(place) == Some(&key)).then_some(place)
            }
            None => {
                let place = self.long.binary_search_by(|code| (**code).cmp(text)).ok()?;
                Some(self.table.len() + place)
            }
        }
    }

    /// There are so many slots, some of them empty.
    pub(super) fn slots(&self) -> usize {
        self.table.len() + self.long.len()
    }

    /// Where the key stands, or the free place where it would.
    fn place(&self, key: u64) -> usize {
        let mut place = usize::try_from(key.wrapping_mul(FACTOR) >> self.shift).unwrap_or(0);
        while self.table.get(place).is_some_and(|held| *held != key && *held != EMPTY) {
            place = (place + 1) & (self.table.len() - 1);
        }
        place
    }
}

/// The bytes as a number, read as two halves that may overlap; no code holds a NUL, so that the length needs no mention.
fn key(text: &[u8]) -> Option<u64> {
    let (first, last) = (text.first_chunk::<4>(), text.last_chunk::<4>());
    match (text, first, last) {
        ([], ..) => Some(0),
        ([.., last], None, _) => {
            let middle = text.len() / 2;
            let of = |byte: u8, at: usize| u64::from(byte) << (8 * at);
            Some(of(text[0], 0) | of(text[middle], middle) | of(*last, text.len() - 1))
        }
        (_, Some(first), Some(last)) if text.len() <= 8 => {
            let of = |half: &[u8; 4], at: usize| u64::from(u32::from_le_bytes(*half)) << (8 * at);
            Some(of(first, 0) | of(last, text.len() - 4))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_are_numbers_and_no_two_the_same() {
        let bytes = |text: &[u8]| {
            let mut whole = [0u8; 8];
            whole[..text.len()].copy_from_slice(text);
            u64::from_le_bytes(whole)
        };
        for text in ["", "a", "ab", "abc", "abcd", "abcde", "abcdef", "abcdefg", "abcdefgh", "\u{e9}\u{e9}"] {
            assert_eq!(key(text.as_bytes()), Some(bytes(text.as_bytes())), "{text}");
        }
        assert_eq!(key(b"abcdefghi"), None);
    }

    #[test]
    fn finds_its_codes_and_no_others() {
        let codes: Vec<String> = (0..300).map(|n| format!("C{n}")).chain(["a code of many letters".into()]).collect();
        let set = CodeSet::new("c", &codes);
        assert!(codes.iter().all(|code| set.find(code.as_bytes()).is_some_and(|slot| slot < set.slots())));
        for other in ["", "C", "C300", "c1", "a code of many letter"] {
            assert!(set.find(other.as_bytes()).is_none(), "{other:?}");
        }
        assert!(CodeSet::new("none", &[]).find(b"x").is_none());
        assert!(CodeSet::new("none", &[]).find(b"").is_none());
    }
}
