//! What a JSON document of a file is: a record, or something that holds records further down.

use super::scan;
use crate::standard::Standard;

/// Lists within each other that are followed on the way to records.
const DEEPEST: usize = 16;

/// Where records stand in documents that hold them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Documents {
    /// Paths of members, positions in lists left out; the empty path is the document itself.
    places: Vec<Vec<String>>,
    /// Members that stand beside the first step of a path.
    beside: Vec<String>,
}

/// What an object that is a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Record,
    Holds,
    /// Its end was not seen, and nothing before it tells; whether a path of records starts in it.
    Open {
        starts: bool,
    },
}

/// How far a path leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    Nowhere,
    /// To a list without items.
    Empty,
    There,
}

/// The end of the bytes was reached, or what is no JSON.
struct Ended;

impl Documents {
    pub(super) fn new(places: &[String], beside: &[String]) -> Documents {
        let parts = |path: &String| path.split('.').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        Documents { places: places.iter().map(parts).collect(), beside: beside.to_vec() }
    }

    /// Those that the standard has.
    pub(super) fn of(standard: &Standard) -> Documents {
        Documents::new(standard.record_places(), standard.beside_records())
    }

    /// Every document is a record.
    pub(super) fn records() -> Documents {
        Documents { places: vec![Vec::new()], beside: Vec::new() }
    }

    /// True where nothing else is meant by a document than a record.
    pub(super) fn are_records(&self) -> bool {
        self.places.iter().any(Vec::is_empty)
    }

    /// True where records stand at a path.
    pub(super) fn stand_at<'n>(&self, path: impl Iterator<Item = &'n [u8]> + Clone) -> bool {
        self.places.iter().any(|place| place.iter().map(String::as_bytes).eq(path.clone()))
    }

    /// What the object is that starts here. It holds records where a path leads to some. Where one only starts, as in an
    /// answer that has none, it holds none; but it is a record where it has a member beside that is not usual there.
    pub(super) fn kind(&self, bytes: &[u8]) -> Kind {
        let (mut starts, mut stranger) = (false, false);
        let each = members(bytes, 0, |name, value| {
            let mut reach = Reach::Nowhere;
            let mut first = false;
            for place in &self.places {
                let Some((_, rest)) = place.split_first().filter(|(step, _)| step.as_bytes() == name) else { continue };
                (first, starts) = (true, true);
                let found = reach_of(bytes, value.ok_or(Ended)?, rest, 0)?;
                // An empty list right there may be a member like any other.
                reach = reach.max(if found == Reach::Empty && !rest.is_empty() { Reach::There } else { found });
            }
            stranger |= !first && !name.starts_with(b"@") && !self.beside.iter().any(|known| known.as_bytes() == name);
            Ok(reach == Reach::There)
        });
        match each {
            Ok(true) => Kind::Holds,
            Ok(false) if starts && !stranger => Kind::Holds,
            Ok(false) => Kind::Record,
            Err(Ended) => Kind::Open { starts },
        }
    }
}

/// How far the rest of a path leads from a value; lists on the way are walked.
fn reach_of(bytes: &[u8], at: usize, rest: &[String], depth: usize) -> Result<Reach, Ended> {
    let first = bytes.get(at).ok_or(Ended)?;
    let mut best = Reach::Nowhere;
    match (first, rest) {
        (b'n', []) => {}
        (b'[', _) if depth < DEEPEST => {
            let mut any = false;
            let there = items(bytes, at, |item| {
                any = true;
                best = best.max(if rest.is_empty() { Reach::There } else { reach_of(bytes, item, rest, depth + 1)? });
                Ok(best == Reach::There)
            })?;
            return Ok(match (there, rest) {
                (false, []) if !any => Reach::Empty,
                _ => best,
            });
        }
        (_, []) => best = Reach::There,
        (b'{', [step, rest @ ..]) => {
            members(bytes, at, |name, value| {
                if name == step.as_bytes() {
                    best = best.max(reach_of(bytes, value.ok_or(Ended)?, rest, depth)?);
                }
                Ok(best == Reach::There)
            })?;
        }
        _ => {}
    }
    Ok(best)
}

/// Gives the members of an object that starts here, until one is what was looked for; whether one was. A name that no value
/// follows is given by itself.
fn members(
    bytes: &[u8],
    at: usize,
    mut each: impl FnMut(&[u8], Option<usize>) -> Result<bool, Ended>,
) -> Result<bool, Ended> {
    let mut at = scan::blank(bytes, at + 1);
    while bytes.get(at) != Some(&b'}') {
        let name = scan::text(bytes, at).ok_or(Ended)?;
        let value = scan::colon(bytes, name.end);
        if each(name.inner, value)? {
            return Ok(true);
        }
        match behind(bytes, value.ok_or(Ended)?, b'}')? {
            Some(next) => at = next,
            None => return Ok(false),
        }
    }
    Ok(false)
}

/// The same of the items of a list.
fn items(bytes: &[u8], at: usize, mut each: impl FnMut(usize) -> Result<bool, Ended>) -> Result<bool, Ended> {
    let mut at = scan::blank(bytes, at + 1);
    while bytes.get(at) != Some(&b']') {
        if bytes.get(at).is_none() {
            return Err(Ended);
        }
        if each(at)? {
            return Ok(true);
        }
        match behind(bytes, at, b']')? {
            Some(next) => at = next,
            None => return Ok(false),
        }
    }
    Ok(false)
}

/// What comes behind the value that starts here, and its comma; nothing where the bracket closes.
fn behind(bytes: &[u8], value: usize, close: u8) -> Result<Option<usize>, Ended> {
    let end = scan::value_loose(bytes, value).ok_or(Ended)?;
    let (next, more) = scan::behind(bytes, end, close).ok_or(Ended)?;
    Ok(more.then_some(next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_holds_records_where_a_path_leads_to_some() {
        let texts = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let documents = Documents::new(&texts(&["message.found.data.rows", "@graph"]), &texts(&["header"]));
        let kind = |text: &str| documents.kind(text.as_bytes());
        for holds in [
            r#"{"@graph": [{"a": 1}]}"#,
            r#"{"@context": {}, "x": 1, "@graph": {"a": 1}}"#,
            r#"{"@graph": []}"#,
            r#"{"@graph": null}"#,
            r#"{"header": {"x": [{}]}, "message": {"found": [{"data": 1}, {"data": {"rows": [{}]}}]}}"#,
            r#"{"status": "ok", "message": {"found": [{"data": {"rows": []}}]}}"#,
            r#"{"header": {}, "message": {"ack": "yes"}}"#,
            r#"{"status": "ok", "message": {"found": {"data": {"rows": [{"a": 1}, "and it goes on"#,
        ] {
            assert_eq!(kind(holds), Kind::Holds, "{holds}");
        }
        for record in [
            "{}",
            r#"{"sex": "male"}"#,
            r#"{"sex": "male", "message": "x"}"#,
            r#"{"message": {"text": "x"}, "sex": "male"}"#,
            r#"{"sex": "male", "@graph": null}"#,
            r#"{"sex": "male", "@graph": []}"#,
            r#"{"a": {"@graph": [{"b": 1}]}}"#,
        ] {
            assert_eq!(kind(record), Kind::Record, "{record}");
        }
        for (open, starts) in [
            (r#"{"sex": "ma"#, false),
            (r#"{"sex": "male","#, false),
            (r#"{"message": {"found": [{"#, true),
            (r#"{"message": {}, "sex": "#, true),
            (r#"{"message" {"found": []}}"#, true),
            ("{", false),
        ] {
            assert_eq!(kind(open), Kind::Open { starts }, "{open}");
        }
    }
}
