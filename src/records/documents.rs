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
    /// Members further on beside a path, in which no records are.
    usual: Vec<String>,
    /// The path of the member that is true where a document is encrypted.
    encrypted: Vec<String>,
}

/// A name of a member as it stands in a document.
type Name<'n> = &'n [u8];

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
        let places = places.iter().map(|path| steps(path)).collect();
        Documents { places, beside: beside.to_vec(), ..Documents::default() }
    }

    /// The same with members in which no records are, and the path of the one that is true of an encrypted document.
    pub(super) fn with(self, usual: &[String], encrypted: &str) -> Documents {
        Documents { usual: usual.to_vec(), encrypted: steps(encrypted), ..self }
    }

    /// Those that the standard has.
    pub(super) fn of(standard: &Standard) -> Documents {
        let documents = Documents::new(standard.record_places(), standard.beside_records());
        documents.with(standard.no_records(), standard.encrypted_at())
    }

    /// Every document is a record.
    pub(super) fn records() -> Documents {
        Documents { places: vec![Vec::new()], ..Documents::default() }
    }

    /// True where nothing else is meant by a document than a record.
    pub(super) fn are_records(&self) -> bool {
        self.places.iter().any(Vec::is_empty)
    }

    /// True where records stand at a path.
    pub(super) fn stand_at<'n>(&self, path: impl Iterator<Item = &'n [u8]> + Clone) -> bool {
        self.places.iter().any(|place| place.iter().map(String::as_bytes).eq(path.clone()))
    }

    /// True where a path leads on to records, and is not at its start.
    pub(super) fn lead_on<'n>(&self, path: impl Iterator<Item = Name<'n>> + Clone) -> bool {
        let along = path.clone().count();
        along > 0 && self.places.iter().any(|place| place.len() > along && common(place, path.clone()) == along)
    }

    /// True where what holds objects at a path may be records that are not looked for there: it stands beside the way to
    /// records and is nothing usual there, or has the name of a list of records.
    pub(super) fn may_be_aside<'n>(&self, path: impl Iterator<Item = Name<'n>> + Clone) -> bool {
        let along = self.places.iter().map(|place| common(place, path.clone())).max().unwrap_or(0);
        let aside = path.skip(along);
        let Some(first) = aside.clone().next() else { return false };
        let beside = self.beside.iter().filter(|_| along == 0);
        let usual = first == b"@context" || self.usual.iter().chain(beside).any(|known| known.as_bytes() == first);
        let of_records =
            |name: Name<'_>| self.places.iter().filter_map(|place| place.last()).any(|last| like(last, name));
        !usual || aside.clone().any(of_records)
    }

    /// True where the member stands that says whether a document is encrypted.
    pub(super) fn encrypted_at<'n>(&self, path: impl Iterator<Item = Name<'n>>) -> bool {
        !self.encrypted.is_empty() && self.encrypted.iter().map(String::as_bytes).eq(path)
    }

    /// Where the context of a document stands that starts here, from and to: it is one of what the document holds where it
    /// comes before that.
    pub(super) fn context(&self, bytes: &[u8]) -> Option<(usize, usize)> {
        let mut found = None;
        let of_place =
            |name: Name<'_>| self.places.iter().any(|place| place.first().is_some_and(|s| s.as_bytes() == name));
        // Where the bytes end is of no matter: what was found before stands.
        let _ = members(bytes, 0, |name, value| {
            if name == b"@context" {
                let end = value.and_then(|start| scan::value_loose(bytes, start));
                found = value.zip(end);
            }
            Ok(of_place(name))
        });
        found
    }

    /// True where some lines of a text, behind the first one, are documents that hold records.
    pub(super) fn among_lines(&self, text: &[u8]) -> bool {
        let quoted = |place: &Vec<String>| place.first().map(|step| format!("\"{step}\""));
        let names: Vec<String> = self.places.iter().filter_map(quoted).collect();
        let named = |line: &[u8]| names.iter().any(|name| memchr::memmem::find(line, name.as_bytes()).is_some());
        let holds = |line: &[u8]| {
            let start = scan::blank(line, 0);
            line.get(start) == Some(&b'{') && self.kind(line.get(start..).unwrap_or_default()) == Kind::Holds
        };
        named(text) && text.split(|byte| *byte == b'\n').skip(1).any(|line| named(line) && holds(line))
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

fn steps(path: &str) -> Vec<String> {
    path.split('.').filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// How many steps a place and a path have in common.
fn common<'n>(place: &[String], path: impl Iterator<Item = Name<'n>>) -> usize {
    place.iter().zip(path).take_while(|(step, name)| step.as_bytes() == *name).count()
}

/// True where a name is that of a step in another spelling: capitals and underscores make no difference.
fn like(step: &str, name: Name<'_>) -> bool {
    let folded = |name: &[u8]| {
        name.iter().filter(|byte| !matches!(byte, b'_' | b'-')).map(u8::to_ascii_lowercase).collect::<Vec<u8>>()
    };
    folded(step.as_bytes()) == folded(name)
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
    fn what_stands_beside_the_way_to_records_may_be_records() {
        let texts = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let documents = Documents::new(&texts(&["message.found.data.reg_rows", "@graph"]), &texts(&["header"]));
        let documents = documents.with(&texts(&["pages"]), "header.secret");
        let path = |text: &'static str| text.split('.').filter(|step| !step.is_empty()).map(str::as_bytes);
        for aside in [
            "message.found.data.rows",
            "message.x",
            "message.found.data.x.pages",
            "Reg_Rows",
            "x.regRows",
            "message.pages.REG-ROWS",
            "x.y",
            "x.header",
            "@included",
            "message.@included.x",
            "message.found.data.@set",
        ] {
            assert!(documents.may_be_aside(path(aside)), "{aside}");
        }
        for none in [
            "",
            "header",
            "header.y",
            "pages.x",
            "@context.x",
            "message",
            "message.found.data",
            "message.pages.x",
            "message.@context",
            "message.found.data.reg_rows",
        ] {
            assert!(!documents.may_be_aside(path(none)), "{none}");
        }
        assert!(documents.lead_on(path("message.found")) && documents.lead_on(path("message")));
        for none in ["", "header", "@graph", "message.x", "message.found.data.reg_rows"] {
            assert!(!documents.lead_on(path(none)), "{none}");
        }
        assert!(documents.encrypted_at(path("header.secret")) && !documents.encrypted_at(path("secret")));
    }

    #[test]
    fn a_context_counts_where_it_stands_before_records() {
        let documents = Documents::new(&["@graph".to_owned()], &[]);
        let of = |text: &'static str| documents.context(text.as_bytes()).and_then(|(from, to)| text.get(from..to));
        assert_eq!(of(r#"{"a": 1, "@context" : {"x": "y"}, "@graph": [{"@context": 2}"#), Some(r#"{"x": "y"}"#));
        assert_eq!(of(r#"{"@graph": [{}], "@context": "x"}"#), None);
        assert_eq!(of(r#"{"a": {"@context": "x"}, "@graph": []}"#), None);
    }

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
