//! Secrets found in a text, in linear time and without keeping them: of each there is a sum, a length and the first bytes.
//!
//! A recording may hold megabytes of credentials. An automaton takes hundreds of bytes for each byte of theirs, this takes
//! a few for each secret. Two texts of one length, one beginning and one sum are taken for the same.

use std::cmp::Reverse;
use std::ops::Range;

/// Bytes by which a secret is looked for at first; a shorter one cannot be taken.
pub(super) const START: usize = 8;
/// Lengths tried of secrets that begin alike. Where there are more, the word is hidden to its end.
const LENGTHS: usize = 16;
/// Bits that tell in most places of a text that no secret begins there.
const FILTER: u32 = 20;
/// Sums of a text are kept at every so many bytes.
const STEP: usize = 16;
/// Odd, so that no two powers are alike.
const BASE: u64 = 0x9E37_79B9_7F4A_7C15;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Digest {
    start: u64,
    /// The longest comes first.
    length: Reverse<u32>,
    sum: u64,
}

/// Secrets that can be found, and not read.
#[derive(Default)]
pub(super) struct Digests {
    /// In order, each once.
    all: Vec<Digest>,
    filter: Vec<u64>,
}

impl Digests {
    /// Takes a secret; false where it is too short. [`Digests::ready`] has to follow.
    pub(super) fn take(&mut self, secret: &str) -> bool {
        let bytes = secret.as_bytes();
        let (Some(start), Ok(length)) = (start_at(bytes, 0), u32::try_from(bytes.len())) else { return false };
        self.all.push(Digest { start, length: Reverse(length), sum: sum(0, bytes) });
        true
    }

    /// Puts in order what was taken.
    pub(super) fn ready(&mut self) {
        self.all.sort_unstable();
        self.all.dedup();
        self.all.shrink_to_fit();
        self.filter = vec![0; (1 << FILTER) / 64];
        for digest in &self.all {
            let (word, bit) = place(digest.start);
            if let Some(word) = self.filter.get_mut(word) {
                *word |= 1 << bit;
            }
        }
    }

    /// Where secrets stand in a text, from left to right, the longest where several begin.
    pub(super) fn find(&self, text: &str) -> Vec<Range<usize>> {
        let bytes = text.as_bytes();
        let (mut found, mut at, mut sums) = (Vec::new(), 0, None);
        if self.all.is_empty() {
            return found;
        }
        while let Some(start) = start_at(bytes, at) {
            let (word, bit) = place(start);
            let may = self.filter.get(word).is_some_and(|word| word >> bit & 1 == 1);
            let length = may.then(|| self.longest(start, at, sums.get_or_insert_with(|| Sums::new(bytes)))).flatten();
            if let Some(length) = length {
                found.push(at..at + length);
            }
            at += length.unwrap_or(1);
        }
        found
    }

    fn longest(&self, start: u64, at: usize, sums: &Sums<'_>) -> Option<usize> {
        let from = self.all.partition_point(|digest| digest.start < start);
        let alike = self.all.get(from..)?;
        let mut alike = alike.get(..alike.partition_point(|digest| digest.start == start))?;
        for _ in 0..LENGTHS {
            let length = alike.first()?.length;
            let (these, shorter) = alike.split_at_checked(alike.partition_point(|digest| digest.length == length))?;
            let bytes = usize::try_from(length.0).ok()?;
            if sums.of(at, bytes).is_some_and(|sum| these.binary_search_by_key(&sum, |digest| digest.sum).is_ok()) {
                return Some(bytes);
            }
            alike = shorter;
        }
        let ends = |byte: &u8| byte.is_ascii_whitespace() || b"\"'<>,;(){}[]".contains(byte);
        let word = || sums.bytes.get(at..).map(|rest| rest.iter().position(ends).unwrap_or(rest.len()));
        (!alike.is_empty()).then(word).flatten().filter(|length| *length > 0)
    }
}

fn start_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at.checked_add(START)?)?.try_into().ok()?))
}

/// Word and bit of the filter.
fn place(start: u64) -> (usize, u32) {
    let bit = start.wrapping_mul(BASE) >> (64 - FILTER);
    (usize::try_from(bit / 64).unwrap_or(0), (bit % 64) as u32)
}

fn sum(before: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(before, |sum, byte| sum.wrapping_mul(BASE).wrapping_add(u64::from(*byte) + 1))
}

/// Sums of a text up to some of its bytes, from which that of any part follows.
struct Sums<'t> {
    bytes: &'t [u8],
    every: Vec<u64>,
}

impl<'t> Sums<'t> {
    fn new(bytes: &'t [u8]) -> Sums<'t> {
        let mut every = vec![0];
        for part in bytes.chunks(STEP) {
            every.push(sum(every.last().copied().unwrap_or(0), part));
        }
        Sums { bytes, every }
    }

    fn up_to(&self, end: usize) -> Option<u64> {
        let step = end / STEP;
        Some(sum(*self.every.get(step)?, self.bytes.get(step * STEP..end)?))
    }

    fn of(&self, at: usize, length: usize) -> Option<u64> {
        let power = BASE.wrapping_pow(u32::try_from(length).ok()?);
        Some(self.up_to(at.checked_add(length)?)?.wrapping_sub(self.up_to(at)?.wrapping_mul(power)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn digests<S: AsRef<str>>(secrets: &[S]) -> Digests {
        let mut digests = Digests::default();
        assert!(secrets.iter().all(|secret| digests.take(secret.as_ref()) || secret.as_ref().len() < START));
        digests.ready();
        digests
    }

    #[test]
    fn the_longest_is_found_and_short_ones_are_not_taken() {
        let digests = digests(&["12345678", "12345678-90", "abcdefghé", "short"]);
        assert!(!Digests::default().take("short"));
        assert_eq!(digests.find("x12345678-90x12345678 abcdefghé"), [1..12, 13..21, 22..32]);
        assert!(digests.find("1234567 short 1234-5678 abcdefghe").is_empty());
    }

    #[test]
    fn of_many_that_begin_alike_the_word_is_hidden() {
        let secrets: Vec<String> = (0..40).map(|n| format!("eyJhbGciOi{}", "x".repeat(n))).collect();
        let digests = digests(&secrets);
        for secret in &secrets {
            assert_eq!(digests.find(&format!("\"{secret}\" y")).first(), Some(&(1..secret.len() + 1)));
        }
    }

    /// Four thousand long credentials took gigabytes once; each takes some bytes whatever its length.
    #[test]
    fn memory_and_time_stay_small_whatever_there_is() {
        let secret = |n: usize| format!("{n:08}{}", "k9".repeat(700));
        let mut many = Digests::default();
        assert!((0..4_000).all(|n| many.take(&secret(n))));
        many.ready();
        assert!(many.all.capacity() * size_of::<Digest>() < 200_000);
        assert_eq!(many.find(&format!("a {} b", secret(3_999))).first(), Some(&(2..1410)));
        let alike = digests(&[format!("{}b", "a".repeat(8_000))]);
        assert!(alike.find(&"a".repeat(1 << 18)).is_empty());
    }

    proptest! {
        #[test]
        fn it_finds_what_a_search_for_each_finds(
            secrets in prop::collection::vec("[ab]{8,12}", 1..6), text in "[ab ]{0,80}"
        ) {
            let found = digests(&secrets).find(&text);
            let (mut expected, mut at) = (Vec::new(), 0);
            while at < text.len() {
                let fits = secrets.iter().filter(|secret| text[at..].starts_with(secret.as_str())).map(String::len).max();
                if let Some(length) = fits {
                    expected.push(at..at + length);
                }
                at += fits.unwrap_or(1);
            }
            prop_assert_eq!(found, expected);
        }
    }
}
