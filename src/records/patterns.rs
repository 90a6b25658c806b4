//! Texts that certainly match, decided by one table look-up a byte.
//!
//! Only ASCII text is decided here. For it a pattern means the same with and without Unicode, so a "yes" of the table is a
//! "yes" of the regular expression; anything else is left to the full evaluator.

use crate::standard::PlainText;
use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::util::{primitives::StateID, start, syntax};
use regex_automata::{Anchored, MatchKind};
use std::collections::HashMap;

/// At most so many states: a larger table would not stay in the processor's cache.
const MOST_STATES: usize = 2048;
const DEAD: u16 = 0;
const FOUND: u16 = 1;

/// A text format that can be proven.
#[derive(Debug)]
pub(super) struct Pattern {
    classes: [u8; 256],
    /// Rows are as wide as two to this power: a division takes longer than a look-up.
    width: u32,
    /// States are the places where their rows start.
    start: u16,
    next: Vec<u16>,
    /// The same for two bytes at once, each state as many times as far as rows are wide: the look-ups wait for each other. Empty where that
    /// would be too far for a number of two bytes, which keep the table in the processor's cache.
    pairs: Vec<u16>,
    /// True for states in which the text may end, by the number of the row.
    accepts: Vec<bool>,
    calendar: bool,
    /// What must not match.
    unless: Option<Box<Pattern>>,
}

/// Byte classes below the first real one: not decided here, and left out.
const OTHER: u8 = 0;
const IGNORED: u8 = 1;

impl Pattern {
    /// Compiles the patterns of a format; `None` where they cannot be decided by a small table.
    pub(super) fn new(text: &PlainText) -> Option<Pattern> {
        let mut pattern = Pattern::compile(&text.patterns, &text.ignore, text.calendar)?;
        if !text.unless.is_empty() {
            pattern.unless = Some(Box::new(Pattern::compile(&text.unless, "", false)?));
        }
        Some(pattern)
    }

    fn compile(patterns: &[String], ignore: &str, calendar: bool) -> Option<Pattern> {
        let dfa = dense::Builder::new()
            .configure(
                dense::Config::new()
                    .match_kind(MatchKind::LeftmostFirst)
                    .start_kind(StartKind::Unanchored)
                    .dfa_size_limit(Some(16 << 20))
                    .determinize_size_limit(Some(32 << 20)),
            )
            .syntax(syntax::Config::new().unicode(false).utf8(false))
            .build_many(patterns)
            .ok()?;
        Pattern::flatten(&dfa, ignore, calendar)
    }

    fn flatten(dfa: &dense::DFA<Vec<u32>>, ignore: &str, calendar: bool) -> Option<Pattern> {
        let (classes, samples) = byte_classes(dfa, ignore);
        let width = samples.len().next_power_of_two();
        let first = dfa.start_state(&start::Config::new().anchored(Anchored::No)).ok()?;
        let mut known: HashMap<StateID, u16> = HashMap::new();
        let mut next = vec![DEAD; width * 2];
        next.iter_mut().skip(width).for_each(|cell| *cell = FOUND);
        let mut accepts = vec![false, true];
        let mut waiting = vec![first];
        known.insert(first, 2);
        while let Some(state) = waiting.pop() {
            let row = usize::from(*known.get(&state)?);
            if accepts.len() <= row {
                accepts.resize(row + 1, false);
                next.resize((row + 1) * width, DEAD);
            }
            accepts[row] = dfa.is_match_state(dfa.next_eoi_state(state));
            for (class, sample) in samples.iter().enumerate() {
                let Some(byte) = sample else {
                    next[row * width + class] =
                        if class == usize::from(IGNORED) { u16::try_from(row).ok()? } else { DEAD };
                    continue;
                };
                let target = dfa.next_state(state, *byte);
                let number = if dfa.is_dead_state(target) || dfa.is_quit_state(target) {
                    DEAD
                } else if dfa.is_match_state(target) {
                    FOUND
                } else {
                    let fresh = u16::try_from(known.len() + 2).ok()?;
                    *known.entry(target).or_insert_with(|| {
                        waiting.push(target);
                        fresh
                    })
                };
                next[row * width + class] = number;
            }
            if known.len() > MOST_STATES {
                return None;
            }
        }
        let row = u16::try_from(width).ok()?;
        for state in &mut next {
            *state = state.checked_mul(row)?;
        }
        let pairs = pairs(&next, width).unwrap_or_default();
        let start = 2 * row;
        Some(Pattern { classes, width: width.ilog2(), start, next, pairs, accepts, calendar, unless: None })
    }

    /// True when the text certainly matches.
    pub(super) fn certainly(&self, text: &[u8]) -> bool {
        let fits = self.run(text, false).is_some_and(|state| self.accepts.get(state) == Some(&true));
        // Text that fits is ASCII throughout, for which the tables decide both ways.
        fits && (!self.calendar || on_calendar(text)) && self.unless.as_ref().is_none_or(|unless| !unless.may(text))
    }

    /// True unless ASCII text certainly does not match.
    fn may(&self, text: &[u8]) -> bool {
        self.run(text, true).is_some_and(|state| self.accepts.get(state) != Some(&false))
    }

    /// The row of the state at the end of the text; `None` where it cannot match any more. `early` where that is likely to
    /// be known before the end.
    #[inline]
    fn run(&self, text: &[u8], early: bool) -> Option<usize> {
        let class = |byte: u8| usize::from(self.classes[usize::from(byte)]);
        let (mut state, mut left) = (usize::from(self.start), text);
        if !self.pairs.is_empty() {
            let (both, last) = text.as_chunks::<2>();
            let mut far = state << self.width;
            for [first, second] in both {
                far = usize::from(*self.pairs.get(far + (class(*first) << self.width) + class(*second))?);
                if early && far == usize::from(DEAD) {
                    return None;
                }
            }
            (state, left) = (far >> self.width, last);
        }
        for byte in left {
            state = usize::from(*self.next.get(state + class(*byte))?);
        }
        // No way leads out of it.
        (state != usize::from(DEAD)).then_some(state >> self.width)
    }
}

/// Where two bytes lead from every state; `None` where that is too far.
fn pairs(next: &[u16], width: usize) -> Option<Vec<u16>> {
    let far = u16::try_from(width).ok()?;
    let mut pairs = Vec::with_capacity(next.len() * width);
    for between in next {
        let row = next.get(usize::from(*between)..)?.get(..width)?;
        for state in row {
            pairs.push(state.checked_mul(far)?);
        }
    }
    Some(pairs)
}

/// The classes of bytes the automaton tells apart, with one byte of each.
fn byte_classes(dfa: &dense::DFA<Vec<u32>>, ignore: &str) -> ([u8; 256], Vec<Option<u8>>) {
    let mut classes = [OTHER; 256];
    let mut samples: Vec<Option<u8>> = vec![None, None];
    let mut seen: HashMap<u8, u8> = HashMap::new();
    for byte in 0..128u8 {
        if ignore.as_bytes().contains(&byte) {
            classes[usize::from(byte)] = IGNORED;
            continue;
        }
        let own = dfa.byte_classes().get(byte);
        let class = *seen.entry(own).or_insert_with(|| {
            samples.push(Some(byte));
            u8::try_from(samples.len() - 1).unwrap_or(OTHER)
        });
        classes[usize::from(byte)] = class;
    }
    (classes, samples)
}

/// True when the text does not start with a date, or with one that exists.
fn on_calendar(text: &[u8]) -> bool {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, ..] = text else { return false };
    let digits =
        |all: &[u8]| all.iter().try_fold(0u32, |sum, d| d.is_ascii_digit().then(|| sum * 10 + u32::from(d - b'0')));
    let (Some(year), Some(month), Some(day)) =
        (digits(&[*y1, *y2, *y3, *y4]), digits(&[*m1, *m2]), digits(&[*d1, *d2]))
    else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return false,
    };
    (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standard::{PlainFormat, PlainValue};

    fn pattern(patterns: &[&str], ignore: &str, calendar: bool) -> Pattern {
        let patterns = patterns.iter().map(|&text| text.to_owned()).collect();
        let text = PlainText { patterns, ignore: ignore.into(), calendar, ..PlainText::default() };
        Pattern::new(&text).expect("a small table")
    }

    #[test]
    fn whole_texts_match() {
        let date = pattern(&[r"^\d{4}-\d{2}-\d{2}$", "^none$"], "", true);
        assert!(date.certainly(b"2024-02-29"));
        assert!(!date.certainly(b"2023-02-29"));
        assert!(!date.certainly(b"2024-02-29 "));
        assert!(!date.certainly(b""));
        assert!(!date.certainly(b"none"), "no date, so not certain");
    }

    #[test]
    fn left_out_characters_and_parts() {
        let phone = pattern(&[r"^\+[1-9]\d{7,14}$"], " ()-", false);
        assert!(phone.certainly(b"+1 (425) 555-1212"));
        assert!(!phone.certainly(b"+1 (425) 555-1212x"));
        let part = pattern(&["@"], "", false);
        assert!(part.certainly(b"a@b"));
        assert!(!part.certainly("a@é".as_bytes()), "only ASCII is decided");
    }

    #[test]
    fn what_must_not_match() {
        let text = PlainText { patterns: vec!["^[0-9-]+$".into()], unless: vec!["^0".into()], ..PlainText::default() };
        let year = Pattern::new(&text).expect("a small table");
        assert!(year.certainly(b"1990-01"));
        assert!(!year.certainly(b"0990-01"));
    }

    #[test]
    fn long_counts_are_small_tables() {
        let identifier = pattern(&[r"^\S(?:.{0,253}\S)?$"], "", false);
        assert!(identifier.certainly(b"1"));
        assert!(identifier.certainly(&[b'x'; 255]));
        assert!(!identifier.certainly(&[b'x'; 256]));
        assert!(!identifier.certainly(b"x "));
        assert!(!identifier.certainly(b"x\ny"));
    }

    /// Else every sound record with one of them would be asked about value by value.
    #[test]
    fn codes_of_languages_are_a_small_table() {
        let standard = crate::standard::Standard::built_in("dec2025").unwrap_or_else(|wrong| panic!("{wrong}"));
        let class = standard.plain_class("Member").expect("a class");
        let language = class.properties.into_iter().find(|property| property.name == "language_code");
        let value = language.map(|language| language.value);
        let Some(PlainValue::Format(PlainFormat { text: Some(text), .. })) = value else {
            panic!("no texts: {value:?}")
        };
        let language = Pattern::new(&text).expect("a small table");
        assert!(language.certainly(b"swa") && language.certainly(b"zxx"));
        for other in ["zzz", "ger", "en", "SWA", "swaa", "sw", ""] {
            assert!(!language.certainly(other.as_bytes()), "{other}");
        }
    }
}
