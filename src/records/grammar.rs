//! The grammar of JSON (RFC 8259), byte by byte: what stands around the records of a document is read by it, so that a
//! document which is no JSON is never taken for one. Several values may follow each other, as in files of messages.

use serde::de::IgnoredAny;

/// Objects and lists within each other that are followed.
const DEEPEST: usize = 1_000;
/// Bytes of a number or a word.
const LONGEST: usize = 4_096;

/// Follows a document. Memory is bounded by [`DEEPEST`] and [`LONGEST`].
#[derive(Debug, Default)]
pub(super) struct Grammar {
    /// For each object or list that is open, whether it is a list.
    open: Vec<bool>,
    expect: Expect,
    token: Token,
    literal: Vec<u8>,
    /// Bytes of a character still to come, and the range of the next one.
    rest: (u8, u8, u8),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Expect {
    /// A whole value, or the end of the document.
    #[default]
    Top,
    Value,
    ValueOrClose,
    Name,
    NameOrClose,
    Colon,
    /// A comma, or the bracket that closes.
    More,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Token {
    #[default]
    None,
    /// A text, which may be the name of a member.
    Text {
        name: bool,
    },
    Escape {
        name: bool,
    },
    Hex {
        name: bool,
        left: u8,
    },
    Literal,
}

/// What a byte is to a text, a number or a word that is a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// None, or its middle.
    No,
    Starts,
    /// The value ends with it.
    Ends,
    /// The value ended before it.
    Behind,
}

/// Why a document is not read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// It is no JSON.
    NoJson,
    /// It is beyond what is followed: too deep, or a number that is too long.
    Beyond,
}

/// True where bytes are JSON, as far as they are followed.
pub(super) fn fits(bytes: &[u8]) -> bool {
    let mut grammar = Grammar::default();
    match bytes.iter().try_for_each(|byte| grammar.byte(*byte).map(|_| ())) {
        Ok(()) => grammar.expect == Expect::Top && grammar.token == Token::None,
        Err(broken) => broken == Broken::Beyond,
    }
}

impl Grammar {
    /// Takes in the next byte.
    pub(super) fn byte(&mut self, byte: u8) -> Result<Part, Broken> {
        match self.token {
            Token::None => self.between(byte),
            Token::Text { name } => self.in_text(byte, name),
            Token::Escape { name } => {
                self.token = match byte {
                    b'u' => Token::Hex { name, left: 4 },
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Token::Text { name },
                    _ => return Err(Broken::NoJson),
                };
                Ok(Part::No)
            }
            Token::Hex { name, left } if byte.is_ascii_hexdigit() => {
                self.token = if left > 1 { Token::Hex { name, left: left - 1 } } else { Token::Text { name } };
                Ok(Part::No)
            }
            Token::Hex { .. } => Err(Broken::NoJson),
            Token::Literal => self.in_literal(byte),
        }
    }

    /// A whole value stands here, which others look at; gives what was expected, for [`Grammar::back`].
    pub(super) fn value(&mut self) -> Result<Expect, Broken> {
        let before = self.expect;
        match self.wants_value() {
            true => self.valued(),
            false => return Err(Broken::NoJson),
        }
        Ok(before)
    }

    /// Goes back before a value.
    pub(super) fn back(&mut self, expect: Expect) {
        (self.expect, self.token, self.rest) = (expect, Token::None, (0, 0, 0));
    }

    /// What is expected next.
    pub(super) fn expects(&self) -> Expect {
        self.expect
    }

    fn wants_value(&self) -> bool {
        matches!(self.expect, Expect::Top | Expect::Value | Expect::ValueOrClose)
    }

    /// A value has ended.
    fn valued(&mut self) {
        self.expect = if self.open.is_empty() { Expect::Top } else { Expect::More };
    }

    fn between(&mut self, byte: u8) -> Result<Part, Broken> {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {}
            b'{' | b'[' if self.wants_value() => {
                if self.open.len() >= DEEPEST {
                    return Err(Broken::Beyond);
                }
                let list = byte == b'[';
                self.open.push(list);
                self.expect = if list { Expect::ValueOrClose } else { Expect::NameOrClose };
            }
            b'}' | b']' => {
                let empty = if byte == b']' { Expect::ValueOrClose } else { Expect::NameOrClose };
                let fits =
                    self.open.pop() == Some(byte == b']') && (self.expect == empty || self.expect == Expect::More);
                fits.then_some(()).ok_or(Broken::NoJson)?;
                self.valued();
            }
            b',' if self.expect == Expect::More => {
                self.expect = if self.open.last() == Some(&true) { Expect::Value } else { Expect::Name };
            }
            b':' if self.expect == Expect::Colon => self.expect = Expect::Value,
            b'"' if matches!(self.expect, Expect::Name | Expect::NameOrClose) => {
                self.token = Token::Text { name: true }
            }
            b'"' if self.wants_value() && self.expect != Expect::Top => {
                self.token = Token::Text { name: false };
                return Ok(Part::Starts);
            }
            b'-' | b'0'..=b'9' | b't' | b'f' | b'n' if self.wants_value() && self.expect != Expect::Top => {
                self.token = Token::Literal;
                self.literal.clear();
                self.literal.push(byte);
                return Ok(Part::Starts);
            }
            _ => return Err(Broken::NoJson),
        }
        Ok(Part::No)
    }

    fn in_text(&mut self, byte: u8, name: bool) -> Result<Part, Broken> {
        let (left, low, high) = self.rest;
        if left > 0 {
            self.rest = (left - 1, 0x80, 0xBF);
            return (low..=high).contains(&byte).then_some(Part::No).ok_or(Broken::NoJson);
        }
        match byte {
            b'"' if name => (self.token, self.expect) = (Token::None, Expect::Colon),
            b'"' => {
                self.token = Token::None;
                self.valued();
                return Ok(Part::Ends);
            }
            b'\\' => self.token = Token::Escape { name },
            0..=0x1F => return Err(Broken::NoJson),
            0x20..=0x7F => {}
            // UTF-8: how many bytes follow, and which the next may be.
            0xC2..=0xDF => self.rest = (1, 0x80, 0xBF),
            0xE0 => self.rest = (2, 0xA0, 0xBF),
            0xED => self.rest = (2, 0x80, 0x9F),
            0xE1..=0xEF => self.rest = (2, 0x80, 0xBF),
            0xF0 => self.rest = (3, 0x90, 0xBF),
            0xF4 => self.rest = (3, 0x80, 0x8F),
            0xF1..=0xF3 => self.rest = (3, 0x80, 0xBF),
            _ => return Err(Broken::NoJson),
        }
        Ok(Part::No)
    }

    fn in_literal(&mut self, byte: u8) -> Result<Part, Broken> {
        match byte {
            b'-' | b'+' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'E' => {
                if self.literal.len() >= LONGEST {
                    return Err(Broken::Beyond);
                }
                self.literal.push(byte);
                Ok(Part::No)
            }
            _ => {
                if serde_json::from_slice::<IgnoredAny>(&self.literal).is_err() {
                    return Err(Broken::NoJson);
                }
                self.token = Token::None;
                self.valued();
                self.between(byte).map(|_| Part::Behind)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    #[test]
    fn what_is_not_followed_is_not_called_wrong() {
        let mut grammar = Grammar::default();
        let taken: Result<Vec<Part>, Broken> = vec![b'['; DEEPEST].into_iter().map(|byte| grammar.byte(byte)).collect();
        assert!(taken.is_ok());
        let long = |end: &str| format!("[{}{end}]", "1".repeat(80));
        assert!(fits(long("").as_bytes()) && !fits(long("x1").as_bytes()) && !fits(long("-1").as_bytes()));
        assert!(fits(format!("[{}", "1".repeat(LONGEST + 1)).as_bytes()), "longer than is followed");
        assert_eq!((grammar.byte(b'{'), grammar.byte(b'}')), (Err(Broken::Beyond), Err(Broken::NoJson)));
    }

    #[test]
    fn values_that_follow_each_other_are_taken() {
        for document in ["{}", " [1]\n{\"a\": [null, \"\\u00e9\u{e9}\"]}\n", "[][]", ""] {
            assert!(fits(document.as_bytes()), "{document}");
        }
        for document in
            ["[1,]", "[1 2]", "{\"a\"}", "[}", "[]]", "1", "\"a\"", "[tru]", "[01]", "[\"\\x\"]", "{1:2}", "[],[]"]
        {
            assert!(!fits(document.as_bytes()), "{document}");
        }
    }

    /// True for lists and objects that follow each other.
    fn json(document: &[u8]) -> bool {
        let all: Result<Vec<Value>, _> = serde_json::Deserializer::from_slice(document).into_iter().collect();
        all.is_ok_and(|all| all.iter().all(|value| value.is_array() || value.is_object()))
    }

    proptest! {
        #[test]
        fn what_is_taken_is_json(
            bits in proptest::collection::vec(prop_oneof![
                Just("{"), Just("}"), Just("["), Just("]"), Just(","), Just(":"), Just("\"a\""), Just("\"b\\n\""), Just("1"),
                Just("-0.5e-3"), Just("true"), Just("null"), Just(" "), Just("\u{e9}"), Just("\""), Just("\\"), Just("0"),
            ], 0..12),
        ) {
            let document = format!("[{}]", bits.concat());
            prop_assert_eq!(fits(document.as_bytes()), json(document.as_bytes()), "{}", document);
        }

        #[test]
        fn bytes_are_taken_as_the_parser_takes_them(
            value in proptest::collection::vec("\\PC{0,6}", 0..5), at in any::<proptest::sample::Index>(), byte in any::<u8>(),
        ) {
            let mut document = serde_json::to_vec(&value).expect("JSON");
            let at = at.index(document.len());
            document[at] = byte;
            prop_assert_eq!(fits(&document), json(&document), "{:?}", String::from_utf8_lossy(&document));
        }
    }
}
