//! What is kept of a value where a key may have only one, and of what tells owners apart.

use super::digest::Digest;
use super::file::MOST_MARKS;
use super::judge::Bench;
use super::moment::Moment;
use super::{End, Only, Path, Seen};
use icu_normalizer::DecomposingNormalizerBorrowed;
use smallvec::SmallVec;
use twox_hash::XxHash3_64;

/// A value in eight bytes: nothing, a day, or a hash of its text. Capitals make no difference, nor do gaps and the marks of
/// names, nor how a letter with an accent is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Trait(u64);

/// Set where it is a day.
const DAY: u64 = 1 << 63;
/// Set in the short form where it is a day.
const SHORT_DAY: u16 = 1 << 15;

impl Trait {
    /// Nothing that could be told for certain.
    pub(crate) const NONE: Trait = Trait(0);

    pub(crate) fn from_bits(bits: u64) -> Trait {
        Trait(bits)
    }

    pub(crate) fn bits(self) -> u64 {
        self.0
    }

    /// True when two values are certainly not the same. A day without a zone may be the one before or after.
    pub(crate) fn differs(self, other: Trait) -> bool {
        match (self.0, other.0) {
            (0, _) | (_, 0) => false,
            (one, other) if one & other & DAY != 0 => one.abs_diff(other) > 1,
            (one, other) => (one ^ other) & DAY == 0 && one != other,
        }
    }

    /// In two bytes: other values may look the same, never the other way round.
    pub(crate) fn short(self) -> u16 {
        let low = u16::try_from(self.0 & u64::from(SHORT_DAY - 1)).unwrap_or(0);
        match self.0 {
            0 => 0,
            bits if bits & DAY != 0 => SHORT_DAY | low,
            _ => low.max(1),
        }
    }

    /// [`Trait::differs`] of short forms.
    pub(crate) fn short_differs(one: u16, other: u16) -> bool {
        match (one, other) {
            (0, _) | (_, 0) => false,
            (one, other) if one & other & SHORT_DAY != 0 => {
                let apart = one.wrapping_sub(other) & (SHORT_DAY - 1);
                (2..SHORT_DAY - 1).contains(&apart)
            }
            (one, other) => (one ^ other) & SHORT_DAY == 0 && one != other,
        }
    }

    /// What tells an owner from others.
    pub(super) fn marks<'v, S: Seen<'v>>(bench: Bench<'_>, paths: &[Path], object: S, entry: S) -> [Trait; MOST_MARKS] {
        let mut marks = [Trait::NONE; MOST_MARKS];
        for (mark, path) in marks.iter_mut().zip(paths) {
            *mark = Trait::mark(bench, path, object, entry);
        }
        marks
    }

    /// The one value at the end of a path; nothing where there are several, or a code that no list has.
    fn mark<'v, S: Seen<'v>>(bench: Bench<'_>, path: &Path, object: S, entry: S) -> Trait {
        match path.only(object, entry) {
            Only::Nothing => Trait::NONE,
            Only::One(value) => Trait::of(bench, path, value, false),
            Only::Several => {
                let told = Only::of(|each| {
                    let paths = std::slice::from_ref(path);
                    Trait::each(bench, paths, object, entry, false, &mut |value, _| each(value));
                });
                if let Only::One(value) = told { value } else { Trait::NONE }
            }
        }
    }

    /// All values at the ends of some paths, as far as they are certain, each with its place.
    pub(super) fn each<'v, S: Seen<'v>>(
        bench: Bench<'_>,
        paths: &[Path],
        object: S,
        entry: S,
        letters: bool,
        each: &mut dyn FnMut(Trait, S),
    ) {
        for path in paths {
            path.each(object, entry, &mut |value| {
                let found = Trait::of(bench, path, value, letters);
                if found != Trait::NONE {
                    each(found, value);
                }
            });
        }
    }

    fn of<'v, S: Seen<'v>>(bench: Bench<'_>, path: &Path, value: S, letters: bool) -> Trait {
        let as_written = match &path.end {
            End::Objects(telling) => return Trait::of_parts(bench, &telling.parts, value).unwrap_or(Trait::NONE),
            End::Codes(list) => value.is_code_of(list),
            End::Plain => true,
        };
        let tell = || match bench.code(&path.end, value) {
            Some((text, _)) if path.open.iter().any(|open| *open == text) => Trait::NONE,
            Some((text, true)) if letters => {
                Trait::text(&text.chars().filter(|c| c.is_alphabetic()).collect::<String>())
            }
            Some((text, true)) => Moment::read(&text).map_or_else(|| Trait::text(&text), Trait::day),
            _ => Trait::NONE,
        };
        match value.memo().filter(|_| as_written && !letters) {
            Some(memo) => memo.value(tell),
            None => tell(),
        }
    }

    /// Of an object, by the parts that tell it from others; `None` where one of them is not there.
    fn of_parts<'v, S: Seen<'v>>(bench: Bench<'_>, parts: &[Path], object: S) -> Option<Trait> {
        let mut all: Option<Digest> = None;
        for part in parts {
            let text = Trait::text(&bench.code(&part.end, part.first(object, object)?)?.0);
            let digest = Digest::from(u128::from(text.0));
            all = Some(all.map_or(digest, |before| before.and(digest)));
        }
        all.map(|digest| Trait::hashed(digest.words()[1]))
    }

    fn day(moment: Moment) -> Trait {
        Trait(DAY | moment.day_number())
    }

    pub(super) fn text(text: &str) -> Trait {
        // One word of some letters, as most are.
        if let Some(room) = [0; 32].get_mut(..text.len() + 1)
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && let Some((end, word)) = room.split_last_mut()
        {
            word.copy_from_slice(text.as_bytes());
            word.make_ascii_lowercase();
            *end = b' ';
            return if word.is_empty() { Trait::NONE } else { Trait::hashed(XxHash3_64::oneshot(room)) };
        }
        let mut folded: SmallVec<[u8; 64]> = SmallVec::new();
        folded.reserve(text.len() + 1);
        // Between digits a mark may be all that tells two values apart.
        let digits = text.bytes().any(|byte| byte.is_ascii_digit());
        if text.is_ascii() {
            text.bytes().for_each(|byte| match byte {
                _ if !digits && is_mark(char::from(byte)) => {}
                b'\t'..=b'\r' | b' ' => part(&mut folded),
                byte => folded.push(byte.to_ascii_lowercase()),
            });
        } else {
            for c in NFD.normalize_iter(text.chars()).filter(|c| digits || !is_mark(*c)) {
                match c.is_whitespace() {
                    true => part(&mut folded),
                    false => fold(c, &mut folded),
                }
            }
        }
        if folded.is_empty() {
            return Trait::NONE;
        }
        part(&mut folded);
        Trait::hashed(XxHash3_64::oneshot(&folded))
    }

    fn hashed(hash: u64) -> Trait {
        Trait((hash & !DAY).max(1))
    }
}

/// Letters with their accents taken apart: the same text in all its encodings (Unicode, normalization form D).
const NFD: DecomposingNormalizerBorrowed<'static> = DecomposingNormalizerBorrowed::new_nfd();

/// A gap behind a word, if none is there.
fn part(folded: &mut SmallVec<[u8; 64]>) {
    if !matches!(folded.last(), None | Some(b' ')) {
        folded.push(b' ');
    }
}

/// Adds a character without its case: as a capital first, since some letters have two small forms, or none of their own.
fn fold(c: char, folded: &mut SmallVec<[u8; 64]>) {
    for c in c.to_uppercase().flat_map(char::to_lowercase) {
        // The dot of a Turkish capital i is that of every small one.
        if c != '\u{307}' || folded.last() != Some(&b'i') {
            folded.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
}

/// Gaps between the words of a name, and the marks in it that are written in several ways or left out: apostrophes, hyphens,
/// dots, commas, and what is not seen.
fn is_mark(c: char) -> bool {
    match c {
        '\'' | '-' | '.' | ',' | '`' => true,
        '\0'..='\x7F' => c.is_ascii_whitespace() || c == '\x0B',
        '\u{ad}' | '\u{b4}' | '\u{b7}' | '\u{2b9}'..='\u{2bc}' | '\u{5be}' | '\u{5f3}' | '\u{200b}'..='\u{2015}' => {
            true
        }
        '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{2212}' | '\u{feff}' | '\u{ff07}' | '\u{ff0d}' => true,
        _ => c.is_whitespace(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Trait {
        Trait::day(Moment::read(text).unwrap())
    }

    #[test]
    fn values_differ_only_where_that_is_certain() {
        let text = Trait::text;
        let cases = [
            (text("Zoë  ODHIAMBO"), text("zoë odhiambo"), false),
            (text("Zoë"), text("Zoe"), true),
            (text("Jos\u{e9}"), text("JOSE\u{301}"), false),
            (text("O'Brien"), text("O\u{2019}Brien"), false),
            (text("Da Silva"), text("da-silva"), false),
            (text("Jr."), text("JR"), false),
            (text("Straße"), text("STRASSE"), false),
            (text("\u{130}smail I\u{15f}\u{131}k"), text("ismail I\u{15e}IK"), false),
            (text("-"), text("Zoe"), false),
            (text("1-2"), text("12"), true),
            (text("1.5"), text("15"), true),
            (text("1 5"), text("1  5"), false),
            (text("A+"), text("A"), true),
            (text(""), text("Zoe"), false),
            (day("1990-01-31"), day("1990-02-01T01:00:00+03:00"), false),
            (day("1990-01-31"), day("1990-02-02"), true),
            (day("1990-01-31"), text("January"), false),
            (day("0001-01-01"), day("9999-12-31"), true),
        ];
        for (one, other, differ) in cases {
            assert_eq!(one.differs(other), differ, "{one:?} {other:?}");
            assert_eq!(Trait::short_differs(one.short(), other.short()), differ, "{one:?} {other:?}");
            assert_eq!(Trait::short_differs(other.short(), one.short()), differ, "{one:?} {other:?}");
        }
    }
}
