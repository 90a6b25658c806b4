//! A sentence as tokens: words, commas, quoted texts, a regular expression. Offsets count characters.

use super::Problem;

/// One token.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    /// As written.
    pub raw: String,
    /// Where it starts, in characters.
    pub offset: usize,
    /// What it is.
    pub kind: Kind,
}

/// Kinds of token.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// A word, a number, a path, a reference.
    Word,
    /// Text in quotes, without them.
    Quoted(String),
    /// A comma.
    Comma,
    /// A regular expression, without its slashes. Reaches to the end of the sentence.
    Regex(String),
}

/// Cuts a text into tokens.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Problem> {
    let chars: Vec<char> = text.chars().collect();
    let mut found: Vec<Token> = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        if c.is_whitespace() {
            at += 1;
            continue;
        }
        let wants_regex =
            found.last().is_some_and(|t| t.kind == Kind::Word && (t.raw == "matches" || t.raw == "match"));
        let (end, kind) = match c {
            ',' => (at + 1, Kind::Comma),
            '/' if wants_regex => regex(&chars, at)?,
            _ => word(&chars, at)?,
        };
        found.push(Token { raw: slice(&chars, at, end), offset: at, kind });
        at = end;
    }
    Ok(found)
}

/// The canonical text: one blank between tokens, none before a comma.
pub(super) fn canonical(tokens: &[Token]) -> String {
    let mut text = String::new();
    for token in tokens {
        if !text.is_empty() && token.kind != Kind::Comma {
            text.push(' ');
        }
        text.push_str(&token.raw);
    }
    text
}

fn regex(chars: &[char], start: usize) -> Result<(usize, Kind), Problem> {
    let mut end = chars.len();
    while end > start && chars.get(end - 1).is_some_and(|c| c.is_whitespace()) {
        end -= 1;
    }
    match chars.get(end - 1) {
        Some('/') if end - start >= 3 => Ok((end, Kind::Regex(slice(chars, start + 1, end - 1)))),
        _ => {
            Err(Problem::new("the regular expression is not closed", start).hint("it ends with `/`, as in /^[A-Z]+$/"))
        }
    }
}

/// A word ends at a blank or comma; quoted stretches at the start of a name and `${...}` are taken whole.
fn word(chars: &[char], start: usize) -> Result<(usize, Kind), Problem> {
    let mut at = start;
    while let Some(&c) = chars.get(at) {
        let opens = at == start || chars.get(at - 1).is_some_and(|before| matches!(before, '.' | '[' | '='));
        match c {
            ',' => break,
            c if c.is_whitespace() => break,
            '"' | '\'' if opens => {
                let end = closing(chars, at + 1, c)
                    .ok_or_else(|| Problem::new("the quote is never closed", at).hint(format!("add a closing {c}")))?;
                let next = chars.get(end + 1);
                if at == start && next.is_none_or(|n| n.is_whitespace() || *n == ',') {
                    return Ok((end + 1, Kind::Quoted(slice(chars, at + 1, end))));
                }
                at = end + 1;
            }
            '$' if chars.get(at + 1) == Some(&'{') => {
                at = closing(chars, at + 2, '}').ok_or_else(|| {
                    Problem::new("the reference is never closed", at).hint("a reference ends with `}`, as in ${now}")
                })? + 1;
            }
            _ => at += 1,
        }
    }
    Ok((at, Kind::Word))
}

fn closing(chars: &[char], from: usize, close: char) -> Option<usize> {
    chars.iter().skip(from).position(|c| *c == close).map(|found| from + found)
}

fn slice(chars: &[char], start: usize, end: usize) -> String {
    chars.iter().skip(start).take(end.saturating_sub(start)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Vec<String> {
        tokens(text).unwrap().into_iter().map(|t| t.raw).collect()
    }

    #[test]
    fn cuts_words_commas_quotes_references_and_expressions() {
        assert_eq!(raw("status  is one of 200,202"), ["status", "is", "one", "of", "200", ",", "202"]);
        assert_eq!(raw("a.\"b c\".d is 'x y'"), ["a.\"b c\".d", "is", "'x y'"]);
        assert_eq!(raw("t is before ${now + 5 minutes}"), ["t", "is", "before", "${now + 5 minutes}"]);
        assert_eq!(raw("a matches /^x, y$/ "), ["a", "matches", "/^x, y$/"]);
        assert_eq!(raw("it isn't here"), ["it", "isn't", "here"]);
    }

    #[test]
    fn says_where_something_is_not_closed() {
        assert_eq!(tokens("a is \"x").unwrap_err().offset, 5);
        assert_eq!(tokens("a is ${x").unwrap_err().offset, 5);
        assert_eq!(tokens("a matches /x").unwrap_err().offset, 10);
        assert_eq!(tokens("a matches /").unwrap_err().offset, 10);
    }
}
