//! JSON read from bytes: white space, words, numbers, texts, whole values. Every function takes the place where something
//! starts and gives the place behind it; `None` means "not certain", which covers all that is not JSON.
//!
//! The bytes are known to be UTF-8.

const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Objects and lists within each other that [`value`] follows.
const DEEPEST: usize = 64;

/// Members of an object that [`value`] compares with each other.
const MOST_NAMES: usize = 24;

/// The place of the next byte that is not white space: mostly the very next.
#[inline]
pub(super) fn blank(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(b'!'..) => at,
        _ => blanks(bytes, at),
    }
}

fn blanks(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
        at += 1;
    }
    at
}

/// Behind the colon and the white space around it.
#[inline]
pub(super) fn colon(bytes: &[u8], at: usize) -> Option<usize> {
    let at = if bytes.get(at) == Some(&b':') { at } else { blank(bytes, at) };
    (bytes.get(at) == Some(&b':')).then(|| blank(bytes, at + 1))
}

/// Behind the comma that follows a member or an item, or the bracket that closes all of them; and whether it was a comma.
#[inline]
pub(super) fn behind(bytes: &[u8], at: usize, close: u8) -> Option<(usize, bool)> {
    let at = blank(bytes, at);
    match *bytes.get(at)? {
        b',' => Some((blank(bytes, at + 1), true)),
        byte if byte == close => Some((at + 1, false)),
        _ => None,
    }
}

/// Behind a word such as `null`.
pub(super) fn word(bytes: &[u8], at: usize, word: &[u8]) -> Option<usize> {
    bytes.get(at..)?.starts_with(word).then_some(at + word.len())
}

/// A text between its quotes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quoted<'b> {
    /// The bytes between the quotes, escapes as written.
    pub(super) inner: &'b [u8],
    /// True where a backslash stands in it.
    pub(super) escaped: bool,
    /// Behind the closing quote.
    pub(super) end: usize,
}

impl<'b> Quoted<'b> {
    /// The text itself, where nothing in it is escaped.
    pub(super) fn plain(&self) -> Option<&'b [u8]> {
        (!self.escaped).then_some(self.inner)
    }

    /// True when the text is certainly not blank.
    #[inline]
    pub(super) fn says_something(&self) -> bool {
        match self.inner.first() {
            Some(b'!'..=b'[' | b']'..=b'~') => true,
            // An escape, a blank or a byte of a longer character first: look for anything that is surely no blank.
            Some(_) => !self.escaped && std::str::from_utf8(self.inner).is_ok_and(|text| !text.trim().is_empty()),
            None => false,
        }
    }
}

/// A text that starts with a quote here. Escapes are checked; half surrogate pairs are not certain.
#[inline]
pub(super) fn text(bytes: &[u8], at: usize) -> Option<Quoted<'_>> {
    if bytes.get(at) != Some(&b'"') {
        return None;
    }
    let end = special(bytes, at + 1)?;
    match bytes.get(end)? {
        b'"' => Some(Quoted { inner: bytes.get(at + 1..end)?, escaped: false, end: end + 1 }),
        _ => escaped(bytes, at + 1, end),
    }
}

/// The rest of a text that starts at a place, from its first backslash or control byte on.
#[cold]
fn escaped(bytes: &[u8], start: usize, mut at: usize) -> Option<Quoted<'_>> {
    loop {
        at = match bytes.get(at)? {
            b'"' => return Some(Quoted { inner: bytes.get(start..at)?, escaped: true, end: at + 1 }),
            b'\\' => match bytes.get(at + 1)? {
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => at + 2,
                b'u' => {
                    let [first, second, third, fourth] = *bytes.get(at + 2..)?.first_chunk::<4>()?;
                    let hex = [first, second, third, fourth].iter().all(u8::is_ascii_hexdigit);
                    let surrogate = matches!(first, b'd' | b'D') && !matches!(second, b'0'..=b'7');
                    if !hex || surrogate {
                        return None;
                    }
                    at + 6
                }
                _ => return None,
            },
            _ => return None,
        };
        at = special(bytes, at)?;
    }
}

/// The next quote, backslash or control byte: eight bytes at a time.
#[inline]
fn special(bytes: &[u8], mut at: usize) -> Option<usize> {
    while let Some(block) = bytes.get(at..)?.first_chunk::<8>() {
        let word = u64::from_le_bytes(*block);
        let found =
            zero(word ^ (LOW * 0x22)) | zero(word ^ (LOW * 0x5C)) | (word.wrapping_sub(LOW * 0x20) & !word & HIGH);
        if found != 0 {
            return Some(at + usize::try_from(found.trailing_zeros() / 8).ok()?);
        }
        at += 8;
    }
    let rest = bytes.get(at..)?;
    rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1F)).map(|offset| at + offset)
}

/// The high bit of every byte that is zero (and perhaps of some above the lowest such byte).
#[inline]
const fn zero(word: u64) -> u64 {
    word.wrapping_sub(LOW) & !word & HIGH
}

/// A number without an exponent that every reader takes for the same.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number<'b> {
    pub(super) text: &'b [u8],
    pub(super) fraction: bool,
    pub(super) end: usize,
}

impl Number<'_> {
    pub(super) fn within(&self, from: f64, to: f64) -> bool {
        let number = std::str::from_utf8(self.text).ok().and_then(|text| text.parse::<f64>().ok());
        number.is_some_and(|number| from <= number && number <= to)
    }
}

/// A number of at most 15 digits: more are not certain to be read alike.
pub(super) fn number(bytes: &[u8], start: usize) -> Option<Number<'_>> {
    let mut at = start;
    if bytes.get(at) == Some(&b'-') {
        at += 1;
    }
    let digits = |from: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let whole = digits(at);
    if whole == 0 || (whole > 1 && bytes.get(at) == Some(&b'0')) {
        return None;
    }
    at += whole;
    let mut count = whole;
    let fraction = bytes.get(at) == Some(&b'.');
    if fraction {
        let behind = digits(at + 1);
        if behind == 0 {
            return None;
        }
        at += 1 + behind;
        count += behind;
    }
    let ends = !matches!(bytes.get(at), Some(b'e' | b'E' | b'.' | b'+' | b'-'));
    (ends && count <= 15).then(|| Number { text: bytes.get(start..at).unwrap_or_default(), fraction, end: at })
}

/// Behind a value of any kind.
pub(super) fn value(bytes: &[u8], at: usize, depth: usize) -> Option<usize> {
    if depth > DEEPEST {
        return None;
    }
    match bytes.get(at)? {
        b'"' => text(bytes, at).map(|text| text.end),
        b't' => word(bytes, at, b"true"),
        b'f' => word(bytes, at, b"false"),
        b'n' => word(bytes, at, b"null"),
        b'{' => members(bytes, at, b'}', depth),
        b'[' => members(bytes, at, b']', depth),
        _ => number(bytes, at).map(|number| number.end),
    }
}

fn members(bytes: &[u8], at: usize, close: u8, depth: usize) -> Option<usize> {
    let mut at = blank(bytes, at + 1);
    if bytes.get(at) == Some(&close) {
        return Some(at + 1);
    }
    let mut names: [&[u8]; MOST_NAMES] = [&[]; MOST_NAMES];
    let mut count = 0;
    loop {
        if close == b'}' {
            // Where two names may be the same, nothing is certain.
            let name = text(bytes, at)?;
            if names.get(..count)?.contains(&name.plain()?) {
                return None;
            }
            *names.get_mut(count)? = name.inner;
            count += 1;
            at = colon(bytes, name.end)?;
        }
        at = blank(bytes, value(bytes, at, depth + 1)?);
        match bytes.get(at)? {
            b',' => at = blank(bytes, at + 1),
            byte if *byte == close => return Some(at + 1),
            _ => return None,
        }
    }
}

/// The next quote or backslash, or the end.
#[inline]
pub(super) fn quote(bytes: &[u8], mut at: usize) -> usize {
    while let Some(block) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*block);
        let found = zero(word ^ (LOW * 0x22)) | zero(word ^ (LOW * 0x5C));
        if found != 0 {
            return at + usize::try_from(found.trailing_zeros() / 8).unwrap_or(0);
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| matches!(byte, b'"' | b'\\')).unwrap_or(rest.len())
}

/// Quotes and brackets.
static MARKS: [bool; 256] = {
    let mut marks = [false; 256];
    let (all, mut at) = (*b"\"{}[]", 0);
    while at < all.len() {
        marks[all[at] as usize] = true;
        at += 1;
    }
    marks
};

/// Behind an object whose brackets and quotes are in balance, whatever follows it; `None` where none starts, or it does not end.
pub(super) fn object_loose(bytes: &[u8], start: usize) -> Option<usize> {
    (bytes.get(start) == Some(&b'{')).then(|| balanced(bytes, start))?
}

/// Behind a value whose brackets and quotes are in balance, sound or not; `None` where it does not end.
pub(super) fn value_loose(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        at = balanced(bytes, at)?;
        if matches!(bytes.get(at), None | Some(b',' | b'}' | b']' | b':' | b' ' | b'\n' | b'\r' | b'\t')) {
            return Some(at);
        }
    }
}

/// Behind one text, one bracket with all that is in it, or one other byte.
fn balanced(bytes: &[u8], start: usize) -> Option<usize> {
    let (mut depth, mut at) = (0usize, start);
    loop {
        match bytes.get(at)? {
            b'"' => {
                at = quote(bytes, at + 1);
                while bytes.get(at) == Some(&b'\\') {
                    at = quote(bytes, at + 2);
                }
                bytes.get(at)?;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
        while bytes.get(at).is_some_and(|byte| !MARKS[usize::from(*byte)]) {
            at += 1;
        }
    }
}
