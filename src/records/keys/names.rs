//! Texts that occur again and again, each kept once: pointers and masked keys. Bounded, whatever a file holds.

use std::collections::HashMap;

/// A text by its number; 0 is the empty one.
pub(super) type Number = u32;

/// Bytes of all texts together.
const MOST_BYTES: usize = 8 << 20;
/// Bytes of one.
const LONGEST: usize = 512;

/// Texts with their numbers.
#[derive(Debug, PartialEq)]
pub(super) struct Names {
    numbers: HashMap<String, Number>,
    all: Vec<String>,
    bytes: usize,
    most: usize,
}

impl Names {
    pub(super) fn new(most: usize) -> Names {
        Names { numbers: HashMap::from([(String::new(), 0)]), all: vec![String::new()], bytes: 0, most }
    }

    /// The number of a text; `None` where it is too long, or there are too many.
    pub(super) fn number(&mut self, text: &str) -> Option<Number> {
        if let Some(known) = self.numbers.get(text) {
            return Some(*known);
        }
        let bytes = self.bytes + text.len();
        if text.len() > LONGEST || bytes > MOST_BYTES || self.all.len() >= self.most {
            return None;
        }
        let number = Number::try_from(self.all.len()).ok()?;
        self.bytes = bytes;
        self.all.push(text.to_owned());
        self.numbers.insert(text.to_owned(), number);
        Some(number)
    }

    /// The number of a pointer, or of the nearest place above it that has one.
    pub(super) fn pointer(&mut self, pointer: &str) -> Number {
        let mut at = pointer;
        loop {
            if let Some(number) = self.number(at) {
                return number;
            }
            match at.rsplit_once('/') {
                Some((above, _)) => at = above,
                None => return 0,
            }
        }
    }

    pub(super) fn text(&self, number: Number) -> &str {
        self.all.get(number as usize).map(String::as_str).unwrap_or_default()
    }

    pub(super) fn all(&self) -> &[String] {
        &self.all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_told_by_what_is_above_it() {
        let mut names = Names::new(3);
        assert_eq!((names.pointer("/a"), names.pointer("/a/0"), names.pointer("/a/1")), (1, 2, 1));
        assert_eq!(names.pointer("/b"), 0);
        assert_eq!(names.pointer(&"/x".repeat(LONGEST)), 0);
        assert_eq!(names.text(2), "/a/0");
        assert_eq!(names.number("more"), None);
    }
}
