//! Regular expressions of the data standard, compiled when they are first asked for.
//!
//! A check asks for few of them: what certainly fits is told by tables of its own. Compiling all would be a good part of the
//! time a small file takes.

use regex::Regex;
use std::sync::OnceLock;

/// A regular expression.
#[derive(Debug)]
pub(super) struct Pattern {
    written: String,
    compiled: OnceLock<Regex>,
}

impl Pattern {
    /// An expression of a file. `proven` where the file is as it was built in, which the tests have compiled.
    ///
    /// # Errors
    /// It is none, or too large.
    pub(super) fn new(written: &str, proven: bool) -> Result<Pattern, regex::Error> {
        let compiled = OnceLock::new();
        if !proven {
            let _ = compiled.set(Regex::new(written)?);
        }
        Ok(Pattern { written: written.to_owned(), compiled })
    }

    /// The same for one that fits a text as a whole, whether it says so or not.
    ///
    /// # Errors
    /// As for [`Pattern::new`].
    pub(super) fn of_whole_texts(written: &str, proven: bool) -> Result<Pattern, regex::Error> {
        // By itself first: what is broken may be whole inside of this one.
        let alone = Pattern::new(written, proven)?;
        if proven { Ok(alone) } else { Pattern::new(&format!("^(?:{written})$"), false) }
    }

    /// As written.
    pub(super) fn as_str(&self) -> &str {
        &self.written
    }

    /// Compiled.
    pub(super) fn regex(&self) -> &Regex {
        self.compiled.get_or_init(|| Regex::new(&self.written).expect("the tests compile what is built in"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Files;
    use crate::standard::{CodeList, Standard};

    #[test]
    fn what_is_built_in_compiles() {
        let standard = Standard::built_in("dec2025").unwrap_or_else(|wrong| panic!("{wrong}"));
        let cases = standard.data.formats.values().flat_map(|format| format.cases.iter().chain(&format.also));
        let mut compiled = 0;
        for case in cases {
            let pattern = Regex::new(case.pattern.as_str()).unwrap_or_else(|wrong| panic!("{wrong}"));
            assert!(!case.is_among() || pattern.captures_len() > 1, "{pattern} has no group");
            compiled += 1;
        }
        for pattern in standard.data.codes.values().flat_map(CodeList::patterns) {
            assert!(Regex::new(pattern.as_str()).is_ok(), "{pattern:?}");
            let written = pattern.as_str().trim_start_matches("(?i)");
            assert!(written.starts_with('^') && written.ends_with('$'), "{pattern:?} fits parts of a text");
            compiled += 1;
        }
        assert!(compiled > 30, "{compiled}");
    }

    #[test]
    fn a_file_of_the_user_is_compiled_when_it_is_read() {
        let path = "standards/dec2025/data/formats.yaml";
        let built_in = Files::embedded();
        assert!(built_in.is_built_in(path) && !built_in.is_built_in("standards/none.yaml"));
        let text = built_in.text(path).expect("the formats");
        assert!(Files::from_texts([(path, text)]).is_built_in(path));
        let broken = text.replacen("'^([a-z]{3})$'", "'^[a-z{3}$'", 1);
        assert!(!Files::from_texts([(path, broken.as_str())]).is_built_in(path));
        assert!(Pattern::new("^[a-z{3}$", false).is_err());
    }
}
