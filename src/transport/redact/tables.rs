//! Tables in texts: a row of names of members, and rows of values below it, as CSV and Markdown write them.

use super::fields::{Around, Fields};

/// Lines at the beginning that may be the row of names.
const FIRST: usize = 4;
/// A longer cell of that row is no name.
const LONGEST: usize = 64;
/// Columns that are read.
const COLUMNS: usize = 512;
/// What stands between cells.
const MARKS: &[char] = &[',', ';', '\t', '|'];

/// The values of hidden members in a table, with their kinds. A row is a record: members that the standard does not know
/// are hidden, too.
pub(super) fn values(text: &str, fields: &Fields) -> Vec<(&'static str, String)> {
    let mut lines = text.lines();
    let Some((mark, names)) = lines.by_ref().take(FIRST).find_map(|line| names(line, fields)) else {
        return Vec::new();
    };
    let columns: Vec<Around> =
        names.iter().map(|name| fields.member(Around::record(), ("", name), true, None)).collect();
    let mut found = Vec::new();
    for line in lines {
        for (cell, around) in cells(line, mark).zip(&columns) {
            found.extend(fields.values(*around, &cell).into_iter().map(|(kind, value)| (kind, value.to_owned())));
        }
    }
    found
}

/// The mark between the names of members in a line, and the names.
fn names(line: &str, fields: &Fields) -> Option<(char, Vec<String>)> {
    let mark = MARKS.iter().copied().find(|mark| line.contains(*mark))?;
    let names: Vec<String> = cells(line, mark).take(COLUMNS).collect();
    let is_name = |name: &String| {
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | ' ' | '/');
        name.len() < LONGEST && name.chars().all(plain)
    };
    let hides = names.iter().filter(|name| fields.is_personal(name, true)).count();
    (names.len() > 1 && hides > 0 && names.iter().all(is_name)).then_some((mark, names))
}

/// The cells of a line, without blanks and quotes around them. A line of Markdown begins and ends with a mark.
fn cells(line: &str, mark: char) -> impl Iterator<Item = String> {
    let line = if mark == '|' { line.trim().trim_matches('|') } else { line };
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let text = rest?.trim_start_matches([' ', '\u{feff}']);
        let quoted = text.strip_prefix('"').and_then(|inner| inner.split_once('"'));
        let (cell, after) = quoted.unwrap_or_else(|| {
            let end = text.find(mark).unwrap_or(text.len());
            text.split_at_checked(end).unwrap_or((text, ""))
        });
        rest = after.split_once(mark).map(|(_, rest)| rest);
        Some(cell.trim().to_owned())
    })
}
