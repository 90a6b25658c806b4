//! Paths: where a sentence looks.

use super::{Problem, Scope, value};
use crate::profile::ast::{Path, Root, Segment};

/// Names a step may not carry, because a path that starts with one means something else.
pub const ROOTS: [&str; 14] = [
    "status", "method", "http", "time", "text", "body", "request", "answer", "prepared", "supports", "value",
    "arrivals", "sent", "endpoint",
];

/// Reads a path; `offset` is where it stands in its sentence.
///
/// # Errors
/// What is wrong with it, and where.
pub(super) fn parse(text: &str, offset: usize, scope: &Scope<'_>) -> Result<Path, Problem> {
    let pieces = pieces(text, offset)?;
    let (root, skip) = root(&pieces, offset, scope)?;
    let segments = pieces.into_iter().skip(skip).map(|piece| piece.segment).collect();
    Ok(Path { text: text.to_owned(), root, segments })
}

/// Reads a path that starts at an item of a list (after `by`).
pub(super) fn inside_item(text: &str, offset: usize) -> Result<Path, Problem> {
    let segments = pieces(text, offset)?.into_iter().map(|piece| piece.segment).collect();
    Ok(Path { text: text.to_owned(), root: Root::Item, segments })
}

/// True when the path may find several values.
pub fn finds_several(path: &Path) -> bool {
    path.segments.iter().any(|segment| matches!(segment, Segment::Each | Segment::Descendants(_)))
}

struct Piece {
    segment: Segment,
    /// A bare name can be a root, a quoted one never is.
    bare: bool,
}

fn root(pieces: &[Piece], offset: usize, scope: &Scope<'_>) -> Result<(Root, usize), Problem> {
    let name = |index: usize| match pieces.get(index) {
        Some(Piece { segment: Segment::Member(name), .. }) => Some(name.as_str()),
        _ => None,
    };
    let first = match pieces.first() {
        Some(Piece { segment: Segment::Member(name), bare: true }) => name.as_str(),
        Some(Piece { segment: Segment::Member(_) | Segment::Descendants(_), .. }) => return Ok((Root::Body, 0)),
        _ => return Err(Problem::new("a path starts with a name", offset).hint("such as `message` or `body[0]`")),
    };
    if first.contains("${") {
        return Err(Problem::new("a path cannot start with a reference", offset)
            .hint("start with a root, as in `message.${...}`; values stand after the predicate"));
    }
    let second = || {
        name(1).map(str::to_owned).ok_or_else(|| {
            Problem::new(format!("`{first}` needs a name"), offset).hint(format!("as in `{first}.NAME`"))
        })
    };
    let (root, taken) = match first {
        "status" => (Root::Status, 1),
        "method" => (Root::Method, 1),
        "time" => (Root::Time, 1),
        "text" => (Root::Text, 1),
        "sent" => (Root::Sent, 1),
        "endpoint" => (Root::EndpointName, 1),
        "http" => (Root::Http(second()?), 2),
        "prepared" => (Root::Prepared(second()?), 2),
        "supports" => (Root::Supports(second()?), 2),
        "body" => return Ok((Root::Body, 1)),
        "request" => return Ok((Root::Request, 1)),
        "answer" => {
            return Ok(match (name(1), pieces.len()) {
                (Some("status"), 2) => (Root::AnswerStatus, 2),
                (Some("body"), _) => (Root::Answer, 2),
                _ => (Root::Answer, 1),
            });
        }
        "arrivals" => return Ok((Root::Arrivals(second()?), 2)),
        "value" => {
            second()?;
            return Ok(value_root(pieces, scope));
        }
        step if (scope.is_step)(step) => {
            return Ok(match (name(1), pieces.len()) {
                (Some("status"), 2) => (Root::StepStatus(step.to_owned()), 2),
                (Some("request"), _) => (Root::StepRequest(step.to_owned()), 2),
                (Some("body"), _) => (Root::Step(step.to_owned()), 2),
                _ => (Root::Step(step.to_owned()), 1),
            });
        }
        _ => return Ok((Root::Body, 0)),
    };
    if pieces.len() > taken {
        let all = if taken == 1 { first.to_owned() } else { format!("{first}.{}", name(1).unwrap_or_default()) };
        return Err(Problem::new(format!("there is nothing inside `{all}`"), offset)
            .hint(format!("for a member of the body called `{first}` write `body.{first}`")));
    }
    Ok((root, taken))
}

/// Names of values hold dots: the longest known name wins, what follows looks inside the value.
fn value_root(pieces: &[Piece], scope: &Scope<'_>) -> (Root, usize) {
    let names: Vec<&str> = pieces
        .iter()
        .skip(1)
        .map_while(|piece| match &piece.segment {
            Segment::Member(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    let known = (1..=names.len()).rev().find(|count| (scope.is_value)(&names[..*count].join(".")));
    let count = known.unwrap_or(names.len());
    (Root::Value(names[..count].join(".")), count + 1)
}

fn pieces(text: &str, offset: usize) -> Result<Vec<Piece>, Problem> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let (piece, end) = match chars.get(at) {
            Some('[') => bracket(&chars, at, offset)?,
            Some('.') if at > 0 => member(&chars, at + 1, offset)?,
            Some(_) if at == 0 => member(&chars, at, offset)?,
            _ => return Err(Problem::new("a name or `[` was expected here in the path", offset + at)),
        };
        found.push(piece);
        at = end;
    }
    Ok(found)
}

fn member(chars: &[char], start: usize, offset: usize) -> Result<(Piece, usize), Problem> {
    let descends = chars.get(start) == Some(&'*') && chars.get(start + 1) == Some(&'*');
    if descends {
        if chars.get(start + 2) != Some(&'.') {
            return Err(Problem::new("`**` needs a name after it", offset + start).hint("as in `message.**.name`"));
        }
        let (piece, end) = name(chars, start + 3, offset)?;
        let Segment::Member(name) = piece.segment else { return Ok((piece, end)) };
        return Ok((Piece { segment: Segment::Descendants(name), bare: false }, end));
    }
    name(chars, start, offset)
}

fn name(chars: &[char], start: usize, offset: usize) -> Result<(Piece, usize), Problem> {
    if let Some(quote @ ('"' | '\'')) = chars.get(start) {
        let end = chars.iter().skip(start + 1).position(|c| c == quote).map(|found| start + 1 + found);
        let end = end.ok_or_else(|| Problem::new("the quote is never closed", offset + start))?;
        let name: String = chars.iter().skip(start + 1).take(end - start - 1).collect();
        return Ok((Piece { segment: Segment::Member(name), bare: false }, end + 1));
    }
    let mut at = start;
    while let Some(&c) = chars.get(at) {
        match c {
            '$' if chars.get(at + 1) == Some(&'{') => {
                let end = chars.iter().skip(at).position(|c| *c == '}');
                at += end.ok_or_else(|| Problem::new("the reference is never closed", offset + at))? + 1;
            }
            c if c.is_alphanumeric() || matches!(c, '_' | '-' | '/') => at += 1,
            '.' | '[' => break,
            _ => {
                return Err(Problem::new(format!("`{c}` cannot stand in a bare name"), offset + at)
                    .hint("write names with odd characters in double quotes, as in message.\"@type\""));
            }
        }
    }
    if at == start {
        return Err(Problem::new("a name is missing here in the path", offset + start));
    }
    let name = chars.iter().skip(start).take(at - start).collect();
    Ok((Piece { segment: Segment::Member(name), bare: true }, at))
}

fn bracket(chars: &[char], start: usize, offset: usize) -> Result<(Piece, usize), Problem> {
    let end = bracket_end(chars, start).ok_or_else(|| {
        Problem::new("`[` is never closed", offset + start).hint("`[]`, `[0]`, `[last]` or `[name=VALUE]`")
    })?;
    let inner: String = chars.iter().skip(start + 1).take(end - start - 1).collect();
    let wrong = |message: String| Problem::new(message, offset + start).hint("`[]`, `[0]`, `[last]` or `[name=VALUE]`");
    let segment = match inner.as_str() {
        "" => Segment::Each,
        "last" => Segment::Last,
        digits if digits.chars().all(|c| c.is_ascii_digit()) => {
            Segment::Index(digits.parse().map_err(|_| wrong(format!("the index `{digits}` is too large")))?)
        }
        other => match other.split_once('=') {
            Some((name, text)) if !name.is_empty() && !text.is_empty() => {
                Segment::Select { name: name.to_owned(), value: value::operand(text) }
            }
            _ => return Err(wrong(format!("`[{other}]` is no way to choose an item"))),
        },
    };
    Ok((Piece { segment, bare: false }, end + 1))
}

fn bracket_end(chars: &[char], start: usize) -> Option<usize> {
    let mut close = None;
    for (at, &c) in chars.iter().enumerate().skip(start + 1) {
        match (close, c) {
            (Some(waiting), c) if c == waiting => close = None,
            (Some(_), _) => {}
            (None, ']') => return Some(at),
            (None, '"' | '\'') if matches!(chars.get(at - 1), Some('=' | '[')) => close = Some(c),
            (None, '{') if chars.get(at - 1) == Some(&'$') => close = Some('}'),
            _ => {}
        }
    }
    None
}
