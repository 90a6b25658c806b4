//! Quotes in a row of text, as far as a parser that never complains does not tell.

/// What a row shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Quotes {
    /// Nothing speaks against it.
    Sound,
    /// A cell that does not start with a quote has one inside: a character like others, if this is a row.
    Inside,
    /// Something else than blanks stands between a closing quote and the separator, or the end of the row. Blanks are part of
    /// the value, as they are without quotes.
    Stray,
}

/// Looks through the bytes of a row.
pub(super) fn look(raw: &[u8], separator: u8) -> Quotes {
    let mut found = Quotes::Sound;
    if memchr::memchr(b'"', raw).is_none() {
        return found;
    }
    let mut at = raw.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    while let Some(rest) = raw.get(at..).filter(|rest| !rest.is_empty()) {
        let (start, blanks) = match rest.first() {
            Some(b'"') => {
                let Some(behind) = closed(raw, at + 1) else { return found };
                let blank = |byte: &&u8| **byte == b' ' || (**byte == b'\t' && separator != b'\t');
                (behind, raw.get(behind..).unwrap_or_default().iter().take_while(blank).count())
            }
            _ => {
                let end = memchr::memchr(separator, rest).unwrap_or(rest.len());
                if memchr::memchr(b'"', rest.get(..end).unwrap_or_default()).is_some() {
                    found = Quotes::Inside;
                }
                (at, end)
            }
        };
        at = start + blanks + 1;
        match raw.get(start + blanks) {
            Some(mark) if *mark == separator => {}
            Some(b'\r' | b'\n') | None => return found,
            Some(_) => return Quotes::Stray,
        }
    }
    found
}

/// The place behind the quote that closes a cell; of two quotes side by side the first closes nothing.
fn closed(raw: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr::memchr(b'"', raw.get(at..)?)? + 1;
        match raw.get(at) {
            Some(b'"') => at += 1,
            _ => return Some(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_blanks_stand_behind_a_closing_quote() {
        let look = |text: &str| look(text.as_bytes(), b',');
        let sound = [
            "",
            "a,b\n",
            "\"a\",b\n",
            "\r\n\"a\"\"b\",\"\"\r\n",
            "\"a\nb\" ,c",
            "\"a\"",
            "a,\"open\n",
            "\"a,",
            "a,\"\"",
        ];
        for text in sound {
            assert_eq!(look(text), Quotes::Sound, "{text:?}");
        }
        for text in ["a\"b,c\"\n", "x,\"y\", \"z\"\n", "x\"", "x\",\"y"] {
            assert_eq!(look(text), Quotes::Inside, "{text:?}");
        }
        for text in ["\"a\"b,c\n", "a,\"b\nc,\"d\n", "\"\"\"a\"x\n", "\"a\";b\n", "x,\"a\\\"b\",c\n", "\"\"x"] {
            assert_eq!(look(text), Quotes::Stray, "{text:?}");
        }
        assert_eq!(super::look(b"\"a\",b\n", b'\t'), Quotes::Stray);
        assert_eq!(super::look(b"\"a\"\tb\n", b'\t'), Quotes::Sound);
    }
}
