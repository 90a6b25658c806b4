//! Codes of relations that answer each other: what one says of another, and what that one may say back.

/// The codes of a rule about symmetry, each with a number, and which of them answer which.
#[derive(Debug)]
pub(crate) struct Opposites {
    /// In order.
    codes: Vec<String>,
    /// For each code, for each code.
    answers: Vec<bool>,
}

impl Opposites {
    /// Of pairs of groups: every code of one answers every code of the other.
    pub(super) fn new(pairs: &[(Vec<String>, Vec<String>)]) -> Opposites {
        let mut codes: Vec<String> = pairs.iter().flat_map(|(one, other)| one.iter().chain(other)).cloned().collect();
        codes.sort_unstable();
        codes.dedup();
        let answer = |one: &String, other: &String| {
            let mut ways = pairs.iter().flat_map(|(first, second)| [(first, second), (second, first)]);
            ways.any(|(first, second)| first.contains(one) && second.contains(other))
        };
        let answers = codes.iter().flat_map(|one| codes.iter().map(move |other| answer(one, other))).collect();
        Opposites { codes, answers }
    }

    /// The number of a code; `None` where nothing is known of it.
    pub(crate) fn number(&self, code: &str) -> Option<u16> {
        let number = self.codes.binary_search_by(|known| known.as_str().cmp(code)).ok()?;
        u16::try_from(number).ok()
    }

    /// Whether a code is answered by another.
    pub(crate) fn answers(&self, code: u16, back: u16) -> Option<bool> {
        let (row, column) = (usize::from(code), usize::from(back));
        let known = row.max(column) < self.codes.len();
        known.then(|| self.answers.get(row * self.codes.len() + column).copied())?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_one_group_are_answered_by_those_of_the_other() {
        let group = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>();
        let pairs = [(group(&["SON", "DAU"]), group(&["FTH"])), (group(&["SIB", "BRO"]), group(&["SIB", "BRO"]))];
        let opposites = Opposites::new(&pairs);
        let answers = |code: &str, back: &str| opposites.answers(opposites.number(code)?, opposites.number(back)?);
        for (code, back, expected) in [
            ("SON", "FTH", Some(true)),
            ("FTH", "DAU", Some(true)),
            ("SON", "DAU", Some(false)),
            ("BRO", "SIB", Some(true)),
            ("SIB", "SIB", Some(true)),
            ("SIB", "FTH", Some(false)),
            ("SON", "AUNT", None),
        ] {
            assert_eq!(answers(code, back), expected, "{code} {back}");
        }
        assert_eq!(opposites.answers(5, 0), None);
    }
}
