//! Judges one data record by its class: member names, kinds, formats, codes and the rules within a record.
//!
//! JSON-LD is judged by key names: prefixes are taken off, contexts are never fetched.

mod astray;

use super::codes::Listed;
use super::data::{Data, Strictness};
use super::formats::Remark;
use super::meant::{fits, meant, types};
use super::names::Keys;
use super::objects::{Class, Content, Domain, Many, Property, Shape, bare_type};
use super::pointer::{At, escape};
use super::rules::judge::{Bench, Outcome};
use super::rules::{Census, Json, Kind, absent, count, holds, says};
use super::{told, words};
use crate::model::verdict::{Force, Verdict};
use crate::source::diagnostic::nearest;
use jiff::civil::Date;
use serde_json::{Map, Value};
use std::rc::Rc;

/// At most so many findings are kept for one record, unless more are asked for.
pub const MOST_FINDINGS: usize = 200;

/// What is found of an object that shows to be of another class than its place is for.
pub(crate) const OTHER_OBJECT: &str = "OBJECT-OTHER-CLASS";
/// What is found of values under a keyword of JSON-LD that is not followed.
pub(crate) const KEYWORD: &str = "JSONLD-KEYWORD";

/// What is found of a wrapper around several objects: of which one the members are meant is not known.
pub(crate) const WRAPPED: &str = "WRAPPER-LIST";

/// What is found of content under a name of an earlier model.
pub(crate) const EARLIER: &str = "EARLIER-NAME";

/// What is found of a record that may be of a related class as well, or of a code that only that has.
pub(crate) const CLASS_UNCLEAR: &str = "RECORD-CLASS-UNCLEAR";

/// All of these: what a place holds is not judged.
const UNJUDGED: [&str; 5] = [OTHER_OBJECT, KEYWORD, WRAPPED, EARLIER, CLASS_UNCLEAR];

/// Keywords of JSON-LD whose objects have values and nothing else in them.
const WRAPS: [&str; 4] = ["@value", "@list", "@set", "@graph"];
/// Further ones under which objects stand.
const HOLDS: [&str; 3] = ["@included", "@nest", "@reverse"];

/// All others.
const KEYWORDS: [&str; 17] = [
    "@base",
    "@container",
    "@context",
    "@direction",
    "@id",
    "@import",
    "@index",
    "@json",
    "@language",
    "@none",
    "@prefix",
    "@propagate",
    "@protected",
    "@type",
    "@version",
    "@vocab",
    "@default",
];

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
    (today, told): (Option<Date>, bool),
    most: usize,
) -> Option<(Vec<RecordFinding>, usize)> {
    let others = told::may_be_of(data, class, record, told);
    let (domain, class) = data.class(class)?;
    let mut judge = Judge::new(data, domain, strictness, most);
    (judge.today, judge.others) = (today, others);
    judge.of_record = domain.names.of_record(record).into();
    if record.is_object() && !record.as_object().is_some_and(|members| members.contains_key("@context")) {
        judge.tell(&At::Root, Found::new("CONTEXT-ABSENT", Force::I, "an @context", "none").erratum("ED-33"), class);
    }
    judge.object(class, record, &At::Root, None);
    Some((judge.findings, judge.left_out))
}

pub(super) struct Judge<'d> {
    data: &'d Data,
    domain: &'d Domain,
    strictness: Strictness,
    /// What rules are judged by; without it they are not.
    today: Option<Date>,
    /// The prefixes that the record itself gives to the standard.
    of_record: Rc<[String]>,
    /// Other domains that the record may be of, with classes by the same names.
    others: Vec<&'d Domain>,
    /// The most findings that are kept.
    most: usize,
    findings: Vec<RecordFinding>,
    /// How many of those kept are of each rank.
    kept: [usize; 4],
    left_out: usize,
    /// How many places were told that are not judged.
    unread: usize,
    /// True for one that judges something as if it stood elsewhere.
    is_trial: bool,
}

/// What weighs most comes first: what fails, then what was not judged, since the verdict hangs on both.
fn rank(finding: &RecordFinding) -> usize {
    match finding.verdict {
        Verdict::Fail => 0,
        Verdict::Warn if UNJUDGED.contains(&finding.rule.as_str()) => 1,
        Verdict::Warn => 2,
        _ => 3,
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
    /// True where it says that something was not judged: it warns however strictly the record is judged.
    unjudged: bool,
    /// True where it says that something is absent which may stand in what was not judged: it fails nobody.
    unsure: bool,
}

impl Found {
    fn new(rule: &str, force: Force, expected: impl Into<String>, found: impl Into<String>) -> Found {
        let (expected, found) = (expected.into(), found.into());
        Found {
            rule: rule.to_owned(),
            force,
            expected,
            found,
            erratum: None,
            source: None,
            known: false,
            only_note: false,
            unjudged: false,
            unsure: false,
        }
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

    fn unsure(mut self, unsure: bool) -> Found {
        self.unsure = unsure;
        self
    }
}

impl<'d> Judge<'d> {
    /// Nothing found yet, and no day to judge rules by.
    pub(super) fn new(data: &'d Data, domain: &'d Domain, strictness: Strictness, most: usize) -> Judge<'d> {
        Judge {
            data,
            domain,
            strictness,
            today: None,
            of_record: Rc::from([]),
            others: Vec::new(),
            most,
            findings: Vec::new(),
            kept: [0; 4],
            left_out: 0,
            unread: 0,
            is_trial: false,
        }
    }

    fn keys(&self) -> Keys<'_> {
        Keys { names: &self.domain.names, of_record: &self.of_record }
    }

    /// What was found; `None` where more was found than is kept.
    pub(super) fn all(self) -> Option<Vec<RecordFinding>> {
        (self.left_out == 0).then_some(self.findings)
    }

    fn tell(&mut self, at: &At<'_>, found: Found, class: &Class) {
        self.tell_of(at.pointer(), found, class);
    }

    fn tell_of(&mut self, pointer: String, found: Found, class: &Class) {
        let verdict = match (found.only_note, found.unjudged) {
            (true, _) => Verdict::Pass,
            (_, true) => Verdict::Warn,
            _ => self.data.weigh(found.force, found.known, self.strictness),
        };
        self.unread += usize::from(found.unjudged);
        let finding = RecordFinding {
            pointer,
            rule: found.rule,
            force: found.force,
            verdict: if found.unsure { verdict.max(Verdict::Warn) } else { verdict },
            expected: found.expected,
            found: found.found,
            source: found.source.unwrap_or_else(|| class.source.clone()),
            erratum: found.erratum,
        };
        let rank_of = rank(&finding);
        // A full list makes room for what weighs more: notes never hide a failure.
        if self.findings.len() >= self.most {
            self.left_out += 1;
            let [_, milder @ ..] = self.kept.get(rank_of..).unwrap_or_default() else { return };
            if milder.iter().all(|count| *count == 0) {
                return;
            }
            let Some(milder) = self.findings.iter().rposition(|known| rank(known) > rank_of) else { return };
            self.kept[rank(&self.findings.remove(milder))] -= 1;
        }
        self.kept[rank_of] += 1;
        self.findings.push(finding);
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
        let unread = self.unread;
        if under.is_some() && told::keyed(members, |name| self.knows(class, name)) {
            // The keys may be somebody's: none is told.
            self.unlike(class, at, "objects under keys of their own");
            return;
        }
        let other = under
            .is_some_and(|property| self.stranger(class, value, at) || self.astray(class, property, value, at))
            || self.misplaced(class, members, at);
        let mut seen = Vec::new();
        let Ok(inside) = self.contents(class, value, members, at, &mut seen) else { return };
        // What is demanded of an object is demanded inside its wrapper too, and not of a mere reference to it, nor of one in
        // which nothing is: that counts as absent.
        let named = |(key, inner): (&String, &Value)| !key.starts_with('@') && says(inner);
        let reference = members.contains_key("@id") && !members.iter().any(named);
        let vacant = under.is_some() && !says(value);
        for property in class.properties.iter().filter(|_| !reference && !vacant) {
            if property.required.is_some() && !among(&seen, property) {
                let place = match &inside.wrapper {
                    Some(within) => format!("{within}/{}", escape(&property.name)),
                    None => At::Name(at, &property.name).pointer(),
                };
                self.missing(class, property, place, other || inside.unread);
            }
        }
        let unread = self.unread > unread;
        self.rules(class, value, at, unread);
    }

    /// True where a class has a member of this name, or a wrapper.
    fn knows(&self, class: &Class, name: &str) -> bool {
        let own = self.keys().own(name);
        own.is_some_and(|name| class.named(name).is_some() || class.wrappers.iter().any(|known| known == name))
    }

    /// An object that shows to be of another class than its place is for: what that class alone knows is not judged.
    fn stranger(&mut self, class: &Class, value: &Value, at: &At<'_>) -> bool {
        let of_domain = || told::of_another_domain(self.data, &self.others, class, value);
        let other = told::stranger_inside(self.data, (self.domain, class), value).or_else(of_domain);
        if let Some(other) = &other {
            self.unlike(class, at, &format!("more members of {other}"));
        }
        other.is_some()
    }

    fn unlike(&mut self, class: &Class, at: &At<'_>, found: &str) {
        let (expected, found) = (format!("members of class {}", class.name), format!("{found}; they were not judged"));
        self.tell(at, Found { unjudged: true, ..Found::new(OTHER_OBJECT, Force::I, expected, found) }, class);
    }

    /// A member that is demanded and not there; `unread` where it may be in what was not judged.
    pub(super) fn missing(&mut self, class: &Class, property: &Property, place: String, unread: bool) {
        let Some((force, erratum)) = &property.required else { return };
        let found = Found::new("REQUIRED", *force, &property.name, "nothing").decided(erratum);
        self.tell_of(place, found.by(&property.demanded_by).unsure(unread), class);
    }

    /// The members of an object, and of the legacy wrappers around some of them. Where one is around several objects nothing
    /// more can be said of the object.
    fn contents<'c>(
        &mut self,
        class: &'c Class,
        value: &Value,
        members: &Map<String, Value>,
        at: &At<'_>,
        seen: &mut Vec<&'c Property>,
    ) -> Result<Inside, Several> {
        let (mut inside, mut several) = (Inside::default(), Ok(()));
        self.type_of(class, value, members, at);
        for (key, inner) in members {
            let place = At::Name(at, key);
            if is_keyword(key) {
                inside.unread |= match key.as_str() {
                    "@context" => self.context(class, value, &place),
                    _ => self.keyword(class, key, inner, &place),
                };
                continue;
            }
            let name = self.keys().own(key);
            let wraps = || name.is_some_and(|name| class.wrappers.iter().any(|wrapper| wrapper == name));
            let expected = || format!("the members of {} themselves", class.name);
            match wraps().then(|| wrapped(inner)).flatten() {
                Some(Ok((inner, index))) => {
                    self.tell(&place, Found::new("WRAPPER", Force::D, expected(), format!("inside {key}")), class);
                    let Some(members) = inner.as_object() else { continue };
                    let item = index.map(|index| At::Item(&place, index));
                    let place = item.as_ref().unwrap_or(&place);
                    let other = self.stranger(class, inner, place);
                    let within = self.contents(class, inner, members, place, seen)?;
                    inside.wrapper = within.wrapper.or_else(|| Some(place.pointer()));
                    inside.unread |= other || within.unread;
                    continue;
                }
                Some(Err(Several)) => {
                    let found = format!("several objects inside {key}; they were not judged");
                    let found = Found { unjudged: true, ..Found::new(WRAPPED, Force::D, expected(), found) };
                    self.tell(&place, found, class);
                    several = Err(Several);
                    continue;
                }
                None => {}
            }
            if let Some(property) = self.beside(class, key, members) {
                let found = Found::new("PROP-UNKNOWN", Force::I, format!("{property} alone"), words::quoted(key));
                self.tell(&place, Found { only_note: true, ..found }, class);
                continue;
            }
            let Some(property) = self.member(class, key, &place) else { continue };
            if says(inner) && among(seen, property) {
                let expected = format!("{} once", property.name);
                self.tell(&place, Found::new("PROP-TWICE", Force::I, expected, "another name of it as well"), class);
            }
            if says(inner) {
                seen.push(property);
            }
            self.under(class, property, name, inner, &place);
        }
        several.map(|()| inside)
    }

    /// What stands under a name of a property: its own, or another one.
    pub(super) fn under(
        &mut self,
        class: &Class,
        property: &Property,
        name: Option<&str>,
        inner: &Value,
        place: &At<'_>,
    ) {
        let alias = name.and_then(|name| class.aliased(name)).filter(|_| name != Some(property.name.as_str()));
        match alias.map(|(_, alias)| &alias.content) {
            None | Some(Content::Same) => self.values(class, property, inner, place),
            Some(Content::Of(format)) => self.values(class, &property.of(format), inner, place),
            Some(Content::Unknown) => self.earlier(class, property, inner, place),
        }
    }

    /// What stands under a name of an earlier model: of its content nobody knows what it should be.
    fn earlier(&mut self, class: &Class, property: &Property, inner: &Value, place: &At<'_>) {
        if says(inner) {
            let found = "content of an earlier model; it was not judged";
            let found = Found::new(EARLIER, Force::I, &property.name, found).decided(&property.erratum);
            self.tell(place, Found { unjudged: true, ..found }, class);
        }
    }

    /// Values under a keyword of JSON-LD: what they say of the object is not known. True where there are some.
    fn keyword(&mut self, class: &Class, key: &str, inner: &Value, place: &At<'_>) -> bool {
        let told = says(inner) && WRAPS.iter().chain(&HOLDS).any(|known| *known == key);
        if told {
            let found = Found::new(
                KEYWORD,
                Force::I,
                "members by their names",
                format!("values under {key}; they were not judged"),
            );
            self.tell(place, Found { unjudged: true, ..found }, class);
        }
        told
    }

    /// The context of an object inside a record: the prefixes that it alone gives to the standard are not followed. True where
    /// names have them.
    fn context(&mut self, class: &Class, object: &Value, place: &At<'_>) -> bool {
        let prefixes = self.domain.names.of_record(object);
        let told = !prefixes.is_empty() && prefixed(object, self.keys(), &prefixes);
        if told {
            let found = "a context of its own; what has its prefixes was not judged";
            let found = Found::new(KEYWORD, Force::I, "the prefixes of the record", found);
            self.tell(place, Found { unjudged: true, ..found }, class);
        }
        told
    }

    /// The property that a key might be another name of, where the object has it under its own. Such names are seen in place
    /// of the proper one; beside it the member is somebody's own. Other spellings of the name stay what they are.
    fn beside<'c>(&self, class: &'c Class, key: &str, members: &Map<String, Value>) -> Option<&'c str> {
        let keys = self.keys();
        let name = keys.own(key).filter(|name| class.property(name).is_none())?;
        let (property, _) = class.aliased(name).filter(|(_, alias)| !alias.is_spelling())?;
        let proper = |name: &str| {
            let spelled = || property.aliases.iter().any(|alias| alias.is_spelling() && alias.name == name);
            property.name == name || spelled()
        };
        let there = |(key, value): (&String, &Value)| keys.own(key).is_some_and(proper) && holds(value);
        members.iter().any(there).then_some(property.name.as_str())
    }

    /// The property a key stands for, with findings about its spelling.
    pub(super) fn member<'c>(&mut self, class: &'c Class, key: &str, place: &At<'_>) -> Option<&'c Property> {
        let own = self.keys().own(key);
        if let Some(property) = own.and_then(|name| class.property(name)) {
            if property.name != key {
                let found = Found::new("KEY-PREFIXED", Force::I, &property.name, words::quoted(key));
                self.tell(place, found, class);
            }
            return Some(property);
        }
        let name = own.unwrap_or(key);
        let Some((property, alias)) = own.and_then(|name| class.aliased(name)) else {
            let near = nearest(name, class.properties.iter().map(|property| property.name.as_str()));
            let expected = near.map_or_else(|| "a member of the standard".into(), |near| format!("perhaps {near}"));
            let found = Found::new("PROP-UNKNOWN", Force::I, expected, words::quoted(key));
            self.tell(place, Found { only_note: true, ..found }, class);
            return None;
        };
        if let Some(force) = alias.force {
            let found = Found::new("PROP-ALIAS", force, property.name.clone(), words::quoted(key));
            self.tell(place, found.decided(&property.erratum).known(true).by(&alias.source), class);
        }
        Some(property)
    }

    fn values(&mut self, class: &Class, property: &Property, value: &Value, at: &At<'_>) {
        if let Some((key, inner)) = unwrapped(value) {
            return self.values(class, property, inner, &within(at, key));
        }
        if absent(value) {
            if value.is_string() {
                self.tell(at, Found::new("EMPTY-STRING", Force::I, "a value, or no member", "empty text"), class);
            }
            return;
        }
        self.count(class, property, value, at);
        let Some(items) = value.as_array() else { return self.value(class, property, value, at) };
        for (index, item) in items.iter().enumerate() {
            self.item(class, property, item, &At::Item(at, index));
        }
    }

    fn item(&mut self, class: &Class, property: &Property, item: &Value, at: &At<'_>) {
        match unwrapped(item) {
            Some((key, inner)) => self.item(class, property, inner, &within(at, key)),
            None if absent(item) => {}
            None => self.value(class, property, item, at),
        }
    }

    /// Whether a member has one value or a list of them, as it should.
    pub(super) fn count(&mut self, class: &Class, property: &Property, value: &Value, at: &At<'_>) {
        let found = match (value.as_array().and(count(value)), property.many) {
            (None, Many::Yes) if !value.is_array() => {
                let seen = words::found(value);
                Found::new("SCALAR-FOR-LIST", Force::I, "a list", seen).decided(&property.erratum)
            }
            (Some(1), Many::No) => Found::new("LIST-FOR-SCALAR", Force::I, "one value", "a list of 1 item"),
            (Some(2..), Many::No) if self.one_of_each(property, value) => return,
            (Some(2..), Many::No) => {
                let found = Found::new("LIST-FOR-SCALAR", Force::N, "one value", words::found(value));
                found.known(property.seen_as.iter().any(|kind| kind == "list"))
            }
            _ => return,
        };
        self.tell(at, found.by(&property.counted_by), class);
    }

    /// True for a code of each of the two lists that a property may have codes of.
    fn one_of_each(&self, property: &Property, value: &Value) -> bool {
        let (Shape::Codes(first), Some(second)) = (&property.shape, &property.or_codes) else { return false };
        let accepts = |list: &String, value: &Value| self.data.codes.get(list).is_some_and(|list| list.accepts(value));
        let of_each = |one: &Value, other: &Value| accepts(first, one) && accepts(second, other);
        let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
        matches!(items, [one, other] if of_each(one, other) || of_each(other, one))
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
                    if let Some(inner) = meant(domain, self.keys(), names, value) {
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
            Listed::Outside if elsewhere(self.data, &self.others, class, property, value).is_some() => {
                let other = elsewhere(self.data, &self.others, class, property, value).unwrap_or_default();
                let found = format!(
                    "a code that only {other} has, which the record may be of: say with --record which class is meant"
                );
                let found = Found::new(CLASS_UNCLEAR, Force::I, format!("a code of {}", list.name), found);
                Found { unjudged: true, ..found }
            }
            Listed::Outside if self.other_code(property, value).is_some() => {
                let Some((rule, force)) = self.other_code(property, value) else { return };
                let found = Found::new(rule, *force, format!("a code of {}", list.name), words::found(value));
                found.decided(&property.erratum)
            }
            Listed::Outside => {
                let codes = words::list(list.codes.iter().map(|(code, _)| code.as_str()), 12);
                let force = if list.closed { list.force } else { Force::I };
                let rule = if list.closed { "CODE-UNKNOWN" } else { "CODE-UNLISTED" };
                Found::new(rule, force, format!("a code of {}: {codes}", list.name), words::found(value))
            }
        };
        let found = found.decided(&list.erratum).decided(&property.erratum);
        self.tell(at, found.by(list.source_of(value)).by(&property.source), class);
    }

    /// What is found of a code of the other list that the property may have codes of.
    fn other_code<'p>(&self, property: &'p Property, value: &Value) -> Option<&'p (String, Force)> {
        let other = property.or_codes.as_ref().and_then(|list| self.data.codes.get(list));
        property.told_as.as_ref().filter(|_| other.is_some_and(|list| list.accepts(value)))
    }

    fn type_of(&mut self, class: &Class, value: &Value, members: &Map<String, Value>, at: &At<'_>) {
        let Some(written) = members.get("@type") else { return };
        let place = At::Name(at, "@type");
        let names = types(value);
        let found = if !holds(written) {
            // No type is given, however that is written.
            if !written.is_string() {
                return;
            }
            Found::new("EMPTY-STRING", Force::I, "a type, or no member", "empty text")
        } else if names.is_empty() {
            Found::new("TYPE-SPELLING", Force::I, class.name.clone(), words::found(written))
        } else if names.iter().any(|name| is_name(bare_type(name), &class.name)) {
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

    /// `unread` where something in the object was not judged: what a rule misses may be there.
    fn rules(&mut self, class: &Class, value: &Value, at: &At<'_>, unread: bool) {
        let Some(today) = self.today else { return };
        let bench = Bench { codes: &self.data.codes, today };
        let of_record = Rc::clone(&self.of_record);
        let keys = Keys { names: &self.domain.names, of_record: &of_record };
        let object = Json::new(value, class, self.domain, at, keys);
        let members = object.members_counted();
        for rule in class.applied.record.iter().filter(|rule| !members.excused(rule)) {
            if let Outcome::Broken { place, found } = bench.judge(rule, object) {
                let found = Found::new(&rule.id, rule.force, rule.expected.clone(), found).decided(&rule.erratum);
                self.tell_of(place, found.by(&rule.source).unsure(unread && rule.may_miss()), class);
            }
        }
    }
}

/// True for a keyword of JSON-LD around values, beside which nothing stands.
pub(crate) fn wraps(key: &str) -> bool {
    WRAPS.contains(&key)
}

/// The class by the same name in another domain of which a value is a code, where it is none of the own.
pub(super) fn elsewhere(
    data: &Data,
    others: &[&Domain],
    class: &Class,
    property: &Property,
    value: &Value,
) -> Option<String> {
    let accepts = |domain: &&&Domain| {
        let property = domain.classes.get(&class.name).and_then(|class| class.property(&property.name));
        let list = property.and_then(|property| match &property.shape {
            Shape::Codes(list) => data.codes.get(list),
            _ => None,
        });
        list.is_some_and(|list| list.accepts(value))
    };
    let of = |domain: &&Domain| format!("{} {}", domain.name, class.name);
    others.iter().find(accepts).map(of)
}

/// True for a keyword of JSON-LD. Other names that start like one are members as any, such as attributes that were XML.
pub(crate) fn is_keyword(key: &str) -> bool {
    key.starts_with('@') && WRAPS.iter().chain(&HOLDS).chain(&KEYWORDS).any(|known| *known == key)
}

/// True for the name of a class, also as the published classes part its words (`SR_Person`).
pub(crate) fn is_name(written: &str, class: &str) -> bool {
    written == class || written.bytes().filter(|byte| *byte != b'_').eq(class.bytes())
}

/// True where a property is one of these, all of one class.
fn among(seen: &[&Property], property: &Property) -> bool {
    seen.iter().any(|known| std::ptr::eq(*known, property))
}

/// True where a name in a value has one of these prefixes, and is nobody's that is known.
fn prefixed(value: &Value, keys: Keys<'_>, prefixes: &[String]) -> bool {
    let has = |key: &str| key.split_once(':').is_some_and(|(prefix, _)| prefixes.iter().any(|known| known == prefix));
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(key, _)| *key != "@context")
            .any(|(key, inner)| has(key) && keys.own(key).is_none() || prefixed(inner, keys, prefixes)),
        Value::Array(items) => items.iter().any(|item| prefixed(item, keys, prefixes)),
        _ => false,
    }
}

/// What is known of the members of an object.
#[derive(Default)]
struct Inside {
    /// The place of the innermost wrapper around some of them.
    wrapper: Option<String>,
    /// True where some of them may stand in what was not judged.
    unread: bool,
}

/// A wrapper is around several objects.
pub(crate) struct Several;

/// The object in a legacy wrapper, which may stand in a list of its own, and its position in that; none where there is no
/// object.
pub(crate) fn wrapped(inner: &Value) -> Option<Result<(&Value, Option<usize>), Several>> {
    let Value::Array(items) = inner else { return inner.is_object().then_some(Ok((inner, None))) };
    let mut objects = items.iter().enumerate().filter(|(_, item)| item.is_object());
    let (index, first) = objects.next()?;
    match objects.next() {
        None => Some(Ok((first, Some(index)))),
        Some(_) => Some(Err(Several)),
    }
}

/// A value out of its JSON-LD wrapping: `{"@value": ...}`, `{"@set": [...]}` and the like, where nothing else is in it. A list of
/// one that is itself a list is that list: so a processor of JSON-LD writes it.
pub(crate) fn plain(value: &Value) -> &Value {
    let mut value = value;
    while let Some((_, inner)) = unwrapped(value) {
        value = inner;
    }
    value
}

/// What is inside the outermost wrapping of a value, and the keyword that it stands under; none where it is the first of a list.
fn unwrapped(value: &Value) -> Option<(Option<&str>, &Value)> {
    let members = match value {
        Value::Object(members) => members,
        Value::Array(items) => {
            let only = items.first().filter(|first| items.len() == 1 && first.is_object());
            return only.filter(|only| plain(only).is_array()).map(|only| (None, only));
        }
        _ => return None,
    };
    // Most objects have a first member that says enough.
    if !members.keys().all(|name| name.starts_with('@')) {
        return None;
    }
    let inner = members.iter().find(|(name, _)| wraps(name));
    inner.map(|(name, inner)| (Some(name.as_str()), inner))
}

/// The place of what is inside a wrapping.
fn within<'a>(at: &'a At<'a>, key: Option<&'a str>) -> At<'a> {
    key.map_or(At::Item(at, 0), |key| At::Name(at, key))
}
