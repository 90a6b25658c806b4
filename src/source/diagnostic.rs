//! What is wrong, where, and what to do: every reader collects these instead of stopping at the first.

use std::fmt;
use std::sync::Arc;

/// A place in a file. Lines and columns count from 1; 0 means the file as a whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place {
    /// Path as the user knows it.
    pub file: Arc<str>,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Place {
    /// The file as a whole.
    pub fn file(path: &str) -> Place {
        Place { file: path.into(), line: 0, column: 0 }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}", self.file),
            _ => write!(f, "{}:{}:{}", self.file, self.line, self.column),
        }
    }
}

/// How bad a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The file cannot be used.
    Error,
    /// The file can be used, but something in it deserves a look.
    Warning,
}

/// One finding in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// Where.
    pub place: Place,
    /// What is wrong, lower case, no full stop.
    pub message: String,
    /// The offending text, as written; empty where the message already quotes it.
    pub text: String,
    /// What to do, such as "did you mean `expect`?"; empty where there is nothing to say.
    pub hint: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{}: {word}: {}", self.place, self.message)?;
        if !self.text.is_empty() {
            write!(f, "\n    {}", self.text)?;
        }
        if !self.hint.is_empty() {
            write!(f, "\n    help: {}", self.hint)?;
        }
        Ok(())
    }
}

/// Everything found wrong so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Notes an error.
    pub fn error(&mut self, place: Place, message: impl Into<String>) -> &mut Diagnostic {
        self.push(Severity::Error, place, message.into())
    }

    /// Notes a warning.
    pub fn warning(&mut self, place: Place, message: impl Into<String>) -> &mut Diagnostic {
        self.push(Severity::Warning, place, message.into())
    }

    fn push(&mut self, severity: Severity, place: Place, message: String) -> &mut Diagnostic {
        self.0.push(Diagnostic { severity, place, message, text: String::new(), hint: String::new() });
        self.0.last_mut().expect("just pushed")
    }

    /// True when at least one error was noted.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// True when nothing was noted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All findings, ordered by file, line and column. What was found several times on the way is told once.
    pub fn sorted(&self) -> Vec<&Diagnostic> {
        let mut all: Vec<_> = self.0.iter().collect();
        all.sort_by(|a, b| a.place.cmp(&b.place).then_with(|| a.message.cmp(&b.message)));
        all.dedup();
        all
    }

    /// Takes over all findings of another collection.
    pub fn extend(&mut self, other: Diagnostics) {
        self.0.extend(other.0);
    }
}

impl Diagnostic {
    /// Adds the offending text.
    pub fn text(&mut self, text: impl Into<String>) -> &mut Diagnostic {
        self.text = text.into();
        self
    }

    /// Adds what to do.
    pub fn hint(&mut self, hint: impl Into<String>) -> &mut Diagnostic {
        self.hint = hint.into();
        self
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, diagnostic) in self.sorted().into_iter().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            write!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}

/// The known name nearest to a misspelt one, when it is near enough to be meant.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = wrong.chars().count();
    let limit = (length / 3).clamp(1, 3);
    let long = length > 200; // no name is so long, and the distance would take its square
    let own = letters(if long { "" } else { wrong });
    known
        .into_iter()
        .filter(|name| !long && name.chars().count().abs_diff(length) <= limit)
        // An edit changes at most two of the counts: most names are told apart without laying them side by side.
        .filter(|name| {
            letters(name).iter().zip(own).map(|(one, other)| one.abs_diff(other)).sum::<usize>() <= 2 * limit
        })
        .map(|name| (strsim::damerau_levenshtein(&wrong.to_lowercase(), &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// How often each letter stands in a text; capitals are small ones, and letters that share a count do no harm.
fn letters(text: &str) -> [usize; 32] {
    let mut counts = [0; 32];
    for letter in text.chars().flat_map(char::to_lowercase) {
        counts[letter as usize % 32] += 1;
    }
    counts
}

/// A hint for a misspelt name: the nearest known one, or else the list of all (when short).
pub fn did_you_mean<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match nearest(wrong, known.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None if known.is_empty() => String::new(),
        None if known.len() <= 24 => format!("known here: {}", known.join(", ")),
        None => format!("none of the {} known names is near", known.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_only_what_is_near() {
        let known = ["expect", "should", "remember"];
        assert_eq!(nearest("exepct", known), Some("expect"));
        assert_eq!(nearest("zzz", known), None);
        assert!(did_you_mean("zzz", known).contains("remember"));
    }

    proptest::proptest! {
        #[test]
        fn no_near_name_is_passed_over(one in "[a-cA-C_é]{0,12}", other in "[a-cA-C_é]{0,12}") {
            let limit = (one.chars().count() / 3).clamp(1, 3);
            let near = strsim::damerau_levenshtein(&one.to_lowercase(), &other.to_lowercase()) <= limit;
            let same_length = one.chars().count().abs_diff(other.chars().count()) <= limit;
            proptest::prop_assert_eq!(nearest(&one, [other.as_str()]).is_some(), near && same_length);
        }
    }

    #[test]
    fn the_same_is_told_once() {
        let mut found = Diagnostics::default();
        for line in [2, 1, 2] {
            found.error(Place { file: "a.yaml".into(), line, column: 1 }, "unknown step");
        }
        assert_eq!(found.to_string(), "a.yaml:1:1: error: unknown step\na.yaml:2:1: error: unknown step");
    }

    #[test]
    fn prints_place_message_text_and_help() {
        let mut found = Diagnostics::default();
        found
            .error(Place { file: "a.yaml".into(), line: 3, column: 5 }, "unknown step")
            .text("sned: search")
            .hint("did you mean `send`?");
        assert_eq!(
            found.to_string(),
            "a.yaml:3:5: error: unknown step\n    sned: search\n    help: did you mean `send`?"
        );
    }
}
