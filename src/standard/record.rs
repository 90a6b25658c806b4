//! Judges one data record by its class: member names, kinds, formats, codes and the rules within a record.
//!
//! JSON-LD is judged by key names: prefixes are taken off, contexts are never fetched.

use super::codes::Listed;
use super::data::{Data, Strictness};
use super::formats::Remark;
use super::objects::{Class, Domain, Many, Property, Shape, bare, fold_type};
use super::pointer::{At, escape};
use super::rules::judge::{Bench, Outcome};
use super::rules::{Census, Json, Kind, absent};
use super::words;
use crate::model::verdict::{Force, Verdict};
use crate::source::diagnostic::nearest;
use jiff::civil::Date;
use serde_json::{Map, Value};

/// At most so many findings are kept for one record, unless more are asked for.
pub const MOST_FINDINGS: usize = 200;

/// Something found in a record.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordFinding {
    /// JSON pointer into the record.
    pub pointer: String,
    /// Stable id of the rule.
    pub rule: String,
    /// N stated, D described, I inferred.
    pub force: Force,
    /// Fail, warn, or pass with this as a note, at the strictness asked for.
    pub verdict: Verdict,
    /// What is expected, in words.
    pub expected: String,
    /// What was found, in words (not redacted).
    pub found: String,
    /// Where the standard says so.
    pub source: String,
    /// Erratum that decided.
    pub erratum: Option<String>,
}

pub(super) fn judge(
    data: &Data,
    class: &str,
    record: &Value,
    strictness: Strictness,
    today: Option<Date>,
    most: usize,
) -> Option<(Vec<RecordFinding>, usize)> {
    let (domain, class) = data.class(class)?;
    let mut judge = Judge::new(data, domain, strictness, most);
    judge.today = today;
    if record.is_object() && !record.as_object().is_some_and(|members| members.contains_key("@context")) {
        judge.tell(&At::Root, Found::new("CONTEXT-ABSENT", Force::I, "an @context", "none").erratum("ED-33"), class);
    }
    judge.object(class, record, &At::Root, None);
    Some((judge.findings, judge.left_out))
}

/// The class a record belongs to among several: the one its `@type` names, else the one that knows most of its members
/// (the first of equals); `None` when there is nothing to tell by.
pub(super) fn class_of<'c>(data: &Data, classes: &'c [String], record: &Value) -> Option<&'c str> {
    let known = |name: &&String| data.class(name).is_some();
    let classes: Vec<&String> = classes.iter().filter(known).collect();
    let typed = |name: &&&String| {
        data.class(name).is_some_and(|(domain, class)| types(record).iter().any(|written| fits(written, class, domain)))
    };
    let members = |name: &&&String| data.class(name).map_or(0, |(_, class)| known_members(class, record));
    let by_members = || classes.iter().rev().filter(|name| members(name) > 0).max_by_key(members);
    classes.iter().find(typed).or_else(by_members).map(|name| name.as_str())
}

/// How many members of a value the class knows.
pub(super) fn known_members(class: &Class, value: &Value) -> usize {
    let knows = |key: &str| class.property(bare(key)).is_some() || class.aliased(bare(key)).is_some();
    value.as_object().map_or(0, |members| members.keys().filter(|key| knows(key)).count())
}

/// The types a value gives itself.
pub(super) fn types(value: &Value) -> Vec<&str> {
    match value.get("@type") {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
        Some(other) => other.as_str().into_iter().collect(),
        None => Vec::new(),
    }
}

/// True when a type is another spelling of the class, of what it extends, or of a class that extends it.
pub(super) fn fits(written: &str, class: &Class, domain: &Domain) -> bool {
    // The usual spelling, without a look at all others: a class passes under its own name.
    if bare(written) == class.name {
        return true;
    }
    let folded = fold_type(written);
    let narrower = || domain.classes.values().find(|known| fold_type(&known.name) == folded);
    class.types.contains(&folded) || narrower().is_some_and(|known| known.types.contains(&fold_type(&class.name)))
}

pub(super) struct Judge<'d> {
    data: &'d Data,
    domain: &'d Domain,
    strictness: Strictness,
    /// What rules are judged by; without it they are not.
    today: Option<Date>,
    /// The most findings that are kept.
    most: usize,
    findings: Vec<RecordFinding>,
    /// How many of those kept fail, warn, and are notes.
    kept: [usize; 3],
    left_out: usize,
}

fn rank(verdict: Verdict) -> usize {
    match verdict {
        Verdict::Fail => 0,
        Verdict::Warn => 1,
        _ => 2,
    }
}

/// A finding before it is weighed.
struct Found {
    rule: String,
    force: Force,
    expected: String,
    found: String,
    erratum: Option<String>,
    /// Who says so, where it is not the class.
    source: Option<String>,
    known: bool,
    only_note: bool,
}

impl Found {
    fn new(rule: &str, force: Force, expected: impl Into<String>, found: impl Into<String>) -> Found {
        let (expected, found) = (expected.into(), found.into());
        let (erratum, source) = (None, None);
        Found { rule: rule.to_owned(), force, expected, found, erratum, source, known: false, only_note: false }
    }

    fn erratum(mut self, id: &str) -> Found {
        self.erratum = Some(id.to_owned());
        self
    }

    fn decided(mut self, erratum: &Option<String>) -> Found {
        self.erratum = self.erratum.or_else(|| erratum.clone());
        self
    }

    fn by(mut self, source: &Option<String>) -> Found {
        self.source = self.source.or_else(|| source.clone());
        self
    }

    fn known(mut self, known: bool) -> Found {
        self.known = known;
        self
    }
}

impl<'d> Judge<'d> {
    /// Nothing found yet, and no day to judge rules by.
    pub(super) fn new(data: &'d Data, domain: &'d Domain, strictness: Strictness, most: usize) -> Judge<'d> {
        Judge { data, domain, strictness, today: None, most, findings: Vec::new(), kept: [0; 3], left_out: 0 }
    }

    /// What was found; `None` where more was found than is kept.
    pub(super) fn all(self) -> Option<Vec<RecordFinding>> {
        (self.left_out == 0).then_some(self.findings)
    }

    fn tell(&mut self, at: &At<'_>, found: Found, class: &Class) {
        self.tell_of(at.pointer(), found, class);
    }

    fn tell_of(&mut self, pointer: String, found: Found, class: &Class) {
        let verdict = match found.only_note {
            true => Verdict::Pass,
            false => self.data.weigh(found.force, found.known, self.strictness),
        };
        // A full list makes room for what weighs more: notes never hide a failure.
        if self.findings.len() >= self.most {
            self.left_out += 1;
            let [_, milder @ ..] = self.kept.get(rank(verdict)..).unwrap_or_default() else { return };
            if milder.iter().all(|count| *count == 0) {
                return;
            }
            let Some(milder) = self.findings.iter().rposition(|known| known.verdict > verdict) else { return };
            self.kept[rank(self.findings.remove(milder).verdict)] -= 1;
        }
        self.kept[rank(verdict)] += 1;
        self.findings.push(RecordFinding {
            pointer,
            rule: found.rule,
            force: found.force,
            verdict,
            expected: found.expected,
            found: found.found,
            source: found.source.unwrap_or_else(|| class.source.clone()),
            erratum: found.erratum,
        });
    }

    fn object(&mut self, class: &Class, value: &Value, at: &At<'_>, under: Option<&Property>) {
        let Some(members) = value.as_object() else {
            let expected = format!("an object ({})", class.name);
            let seen = |property: &&Property| value.is_string() && property.seen_as.iter().any(|kind| kind == "text");
            let mut found = Found::new("TYPE", Force::N, expected, words::found(value));
            if let Some(property) = under.filter(seen) {
                found = found.known(true).decided(&property.erratum);
            }
            self.tell(at, found, class);
            return;
        };
        let mut seen = Vec::new();
        let within = self.contents(class, value, members, at, &mut seen);
        // What is demanded of an object is demanded inside its wrapper too, and not of a mere reference to it.
        let reference = members.contains_key("@id") && members.keys().all(|key| key.starts_with('@'));
        for property in class.properties.iter().filter(|_| !reference) {
            if property.required.is_some() && !among(&seen, property) {
                let place = match &within {
                    Some(within) => format!("{within}/{}", escape(&property.name)),
                    None => At::Name(at, &property.name).pointer(),
                };
                self.missing(class, property, place);
            }
        }
        self.rules(class, value, at);
    }

    /// A member that is demanded and not there.
    pub(super) fn missing(&mut self, class: &Class, property: &Property, place: String) {
        let Some((force, erratum)) = &property.required else { return };
        let found = Found::new("REQUIRED", *force, &property.name, "nothing").decided(erratum);
        self.tell_of(place, found.by(&property.demanded_by), class);
    }

    /// The members of an object, and of the legacy wrappers around some of them; gives the place of the innermost wrapper.
    fn contents<'c>(
        &mut self,
        class: &'c Class,
        value: &Value,
        members: &Map<String, Value>,
        at: &At<'_>,
        seen: &mut Vec<&'c Property>,
    ) -> Option<String> {
        let mut within = None;
        self.type_of(class, value, members, at);
        for (key, inner) in members.iter().filter(|(key, _)| !key.starts_with('@')) {
            let place = At::Name(at, key);
            let wrapped = inner.as_object().filter(|_| class.wrappers.iter().any(|wrapper| wrapper == bare(key)));
            if let Some(members) = wrapped {
                let expected = format!("the members of {} themselves", class.name);
                self.tell(&place, Found::new("WRAPPER", Force::D, expected, format!("inside {key}")), class);
                within = self.contents(class, inner, members, &place, seen).or_else(|| Some(place.pointer()));
                continue;
            }
            let Some(property) = self.member(class, key, &place) else { continue };
            if !absent(inner) && among(seen, property) {
                let expected = format!("{} once", property.name);
                self.tell(&place, Found::new("PROP-TWICE", Force::I, expected, "another name of it as well"), class);
            }
            if !absent(inner) {
                seen.push(property);
            }
            if class.aliased(bare(key)).is_none_or(|(_, alias)| !alias.unchecked) {
                self.values(class, property, inner, &place);
            }
        }
        within
    }

    /// The property a key stands for, with findings about its spelling.
    pub(super) fn member<'c>(&mut self, class: &'c Class, key: &str, place: &At<'_>) -> Option<&'c Property> {
        let name = bare(key);
        if let Some(property) = class.property(name) {
            if name != key {
                self.tell(place, Found::new("KEY-PREFIXED", Force::I, name, words::quoted(key)), class);
            }
            return Some(property);
        }
        let Some((property, alias)) = class.aliased(name) else {
            let near = nearest(name, class.properties.iter().map(|property| property.name.as_str()));
            let expected = near.map_or_else(|| "a member of the standard".into(), |near| format!("perhaps {near}"));
            let found = Found::new("PROP-UNKNOWN", Force::I, expected, words::quoted(key));
            self.tell(place, Found { only_note: true, ..found }, class);
            return None;
        };
        if let Some(force) = alias.force {
            let found = Found::new("PROP-ALIAS", force, property.name.clone(), words::quoted(key));
            self.tell(place, found.decided(&property.erratum).known(true), class);
        }
        Some(property)
    }

    fn values(&mut self, class: &Class, property: &Property, value: &Value, at: &At<'_>) {
        let value = plain(value);
        if absent(value) {
            if value.is_string() {
                self.tell(at, Found::new("EMPTY-STRING", Force::I, "a value, or no member", "empty text"), class);
            }
            return;
        }
        self.count(class, property, value, at);
        let Some(items) = value.as_array() else { return self.value(class, property, value, at) };
        for (index, item) in items.iter().enumerate() {
            let item = plain(item);
            if !absent(item) {
                self.value(class, property, item, &At::Item(at, index));
            }
        }
    }

    /// Whether a member has one value or a list of them, as it should.
    pub(super) fn count(&mut self, class: &Class, property: &Property, value: &Value, at: &At<'_>) {
        let found = match (value.as_array().map(Vec::len), property.many) {
            (None, Many::Yes) => {
                let seen = words::found(value);
                Found::new("SCALAR-FOR-LIST", Force::I, "a list", seen).decided(&property.erratum)
            }
            (Some(1), Many::No) => Found::new("LIST-FOR-SCALAR", Force::I, "one value", "a list of 1 item"),
            (Some(2..), Many::No) => {
                let found = Found::new("LIST-FOR-SCALAR", Force::N, "one value", words::found(value));
                found.known(property.seen_as.iter().any(|kind| kind == "list"))
            }
            _ => return,
        };
        self.tell(at, found.by(&property.source), class);
    }

    pub(super) fn value(&mut self, class: &Class, property: &Property, value: &Value, at: &At<'_>) {
        match &property.shape {
            Shape::Any => {}
            Shape::Codes(list) => self.code(class, property, list, value, at),
            Shape::Is(names) => match names.first().and_then(|name| self.data.formats.get(name)) {
                Some(format) => {
                    for remark in format.remarks(value) {
                        let Remark { rule, force, expected, erratum } = remark;
                        let found = Found::new(&rule, force, expected, format.found(value)).decided(&erratum);
                        self.tell(at, found.decided(&property.erratum).by(&property.source), class);
                    }
                }
                None => {
                    let domain = self.domain;
                    if let Some(inner) = meant(domain, names, value) {
                        let instead = property.told_as.as_ref().filter(|_| Some(&inner.name) != names.first());
                        if let Some((rule, force)) = instead {
                            let (expected, found) = (names.first().cloned().unwrap_or_default(), &inner.name);
                            let found = Found::new(rule, *force, expected, format!("a {found}"));
                            self.tell(at, found.decided(&property.erratum), class);
                        }
                        self.object(inner, value, at, Some(property));
                    }
                }
            },
        }
    }

    fn code(&mut self, class: &Class, property: &Property, list: &str, value: &Value, at: &At<'_>) {
        let Some(list) = self.data.codes.get(list) else { return };
        let found = match list.place(value) {
            Listed::Code => return,
            Listed::Noted(rule, expected) => Found::new(rule, Force::I, expected, words::found(value)),
            Listed::Outside if !(value.is_string() || value.is_number()) => {
                Found::new("TYPE", Force::N, format!("a code of {}", list.name), words::found(value))
            }
            Listed::Outside => {
                let codes = words::list(list.codes.iter().map(|(code, _)| code.as_str()), 12);
                let force = if list.closed { list.force } else { Force::I };
                let rule = if list.closed { "CODE-UNKNOWN" } else { "CODE-UNLISTED" };
                Found::new(rule, force, format!("a code of {}: {codes}", list.name), words::found(value))
            }
        };
        let found = found.decided(&list.erratum).decided(&property.erratum);
        self.tell(at, found.by(&list.source).by(&property.source), class);
    }

    fn type_of(&mut self, class: &Class, value: &Value, members: &Map<String, Value>, at: &At<'_>) {
        let Some(written) = members.get("@type") else { return };
        let place = At::Name(at, "@type");
        let names = types(value);
        let found = if names.is_empty() {
            Found::new("TYPE-SPELLING", Force::I, class.name.clone(), words::found(written))
        } else if names.iter().any(|name| bare(name) == class.name) {
            return;
        } else if names.iter().any(|name| fits(name, class, self.domain)) {
            Found::new("TYPE-SPELLING", Force::I, class.name.clone(), words::found(written))
        } else {
            let rule = class.applied.record.iter().find(|rule| matches!(rule.kind, Kind::Type));
            match rule {
                Some(rule) => Found::new(&rule.id, rule.force, rule.expected.clone(), words::found(written)),
                None => Found::new("TYPE-UNEXPECTED", Force::I, class.name.clone(), words::found(written)),
            }
        };
        self.tell(&place, found, class);
    }

    fn rules(&mut self, class: &Class, value: &Value, at: &At<'_>) {
        let Some(today) = self.today else { return };
        let bench = Bench { codes: &self.data.codes, today };
        let object = Json::new(value, class, self.domain, at);
        let members = object.members_counted();
        for rule in class.applied.record.iter().filter(|rule| !members.excused(rule)) {
            if let Outcome::Broken { place, found } = bench.judge(rule, object) {
                let found = Found::new(&rule.id, rule.force, rule.expected.clone(), found).decided(&rule.erratum);
                self.tell_of(place, found.by(&rule.source), class);
            }
        }
    }
}

/// True where a property is one of these, all of one class.
fn among(seen: &[&Property], property: &Property) -> bool {
    seen.iter().any(|known| std::ptr::eq(*known, property))
}

/// The class among several that is meant; the first is the usual one.
pub(super) fn meant<'d>(domain: &'d Domain, names: &[String], value: &Value) -> Option<&'d Class> {
    if let [only] = names {
        return domain.classes.get(only);
    }
    let classes: Vec<&Class> = names.iter().filter_map(|name| domain.classes.get(name)).collect();
    let typed = |class: &&&Class| types(value).iter().any(|written| fits(written, class, domain));
    let members = |class: &&&Class| known_members(class, value);
    classes.iter().find(typed).or_else(|| classes.iter().rev().max_by_key(members)).copied()
}

/// A value out of its JSON-LD wrapping `{"@value": ...}`.
pub(super) fn plain(value: &Value) -> &Value {
    match value {
        // So few are looked through sooner than a hash is made of the name.
        Value::Object(members) if members.len() <= 2 => {
            members.iter().find(|(name, _)| *name == "@value").map_or(value, |(_, inner)| inner)
        }
        other => other,
    }
}
