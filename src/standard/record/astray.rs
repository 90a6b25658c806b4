//! Members that the class of an object does not know and another class does: of the standard, in the wrong place, or somebody's
//! own. They fail nobody; but where they would in their place, nobody has judged them, and that is told.

use super::{Found, Judge, OTHER_OBJECT, plain, told};
use crate::model::verdict::{Force, Verdict};
use crate::standard::meant::meant;
use crate::standard::objects::{Class, Domain, Property, Shape};
use crate::standard::pointer::At;
use crate::standard::rules::says;
use serde_json::{Map, Value};
use std::rc::Rc;

impl Judge<'_> {
    /// True where members would fail by the other class that may stand in this place, or by that of what stands beside a
    /// wrapper.
    pub(super) fn astray(&mut self, class: &Class, under: &Property, value: &Value, at: &At<'_>) -> bool {
        let (data, domain) = (self.data, self.domain);
        let of_place = match &under.shape {
            Shape::Is(names) => {
                names.iter().filter(|name| **name != class.name).find_map(|name| domain.classes.get(name))
            }
            Shape::Any | Shape::Codes(_) => None,
        };
        let other =
            of_place.map(|other| (domain, other)).or_else(|| told::beside_wrapper(data, (domain, class), value));
        let Some(other) = other.filter(|other| self.fails(class, *other, value)) else { return false };
        self.unlike(class, at, &format!("members of {} as well, some of them wrong", told::name(other)));
        true
    }

    /// Whether what the other class alone knows of an object fails by it, or could not be judged.
    fn fails(&self, class: &Class, (domain, other): (&Domain, &Class), value: &Value) -> bool {
        let keys = self.keys();
        let mut judge = self.trial(domain);
        for (key, inner) in value.as_object().into_iter().flatten().filter(|(_, inner)| says(inner)) {
            let name = keys.own(key).filter(|name| !self.knows(class, name));
            if let Some((name, property)) = name.and_then(|name| Some((name, other.named(name)?))) {
                judge.under(other, property, Some(name), inner, &At::Root);
            }
        }
        judge.has_failed()
    }

    /// True where members that the class does not know hold objects such as stand under their names in other classes of the
    /// domain, and they would fail there.
    pub(super) fn misplaced(&mut self, class: &Class, members: &Map<String, Value>, at: &At<'_>) -> bool {
        let unread = self.unread;
        if self.is_trial {
            return false;
        }
        for (key, inner) in members {
            let Some(place) = self.place_of(class, key, inner) else { continue };
            let expected = format!("a member of {}", class.name);
            let found = format!("one of {}, some of it wrong; it was not judged", place.name);
            let found = Found { unjudged: true, ..Found::new(OTHER_OBJECT, Force::I, expected, found) };
            self.tell(&At::Name(at, key), found, class);
        }
        self.unread > unread
    }

    /// The class in which such objects stand under this name; none where they do not, or would not fail.
    fn place_of(&self, class: &Class, key: &str, inner: &Value) -> Option<&Class> {
        let (domain, keys, inner) = (self.domain, self.keys(), plain(inner));
        let first = inner.as_array().map_or(Some(inner), |items| items.first()).map(plain);
        let object = first.and_then(Value::as_object).filter(|_| says(inner))?;
        let name = keys.own(key).filter(|name| !self.knows(class, name))?;
        let said = || object.iter().filter(|(key, inner)| !key.starts_with('@') && says(inner));
        let mostly = |of: &Class| 2 * said().filter(|(key, _)| self.knows(of, key)).count() >= said().count();
        let mut places: Vec<(&Class, &Property, &[String])> = Vec::new();
        for (other, property) in domain.classes.values().filter_map(|other| Some((other, other.property(name)?))) {
            let Shape::Is(names) = &property.shape else { continue };
            let fits = meant(domain, keys, names, first?).is_some_and(mostly);
            if fits && !places.iter().any(|(_, _, known)| *known == names.as_slice()) {
                places.push((other, property, names));
            }
        }
        let fails = |(other, property, _): &(&Class, &Property, &[String])| {
            let mut judge = self.trial(domain);
            judge.under(other, property, Some(name), inner, &At::Root);
            judge.has_failed()
        };
        places.first().filter(|_| places.iter().all(fails)).map(|(other, ..)| *other)
    }

    /// One that judges something as if it stood elsewhere.
    fn trial<'t>(&'t self, domain: &'t Domain) -> Judge<'t> {
        let judge = Judge::new(self.data, domain, self.strictness, 1);
        Judge { of_record: Rc::clone(&self.of_record), is_trial: true, ..judge }
    }

    /// Whether something failed, or could not be judged.
    fn has_failed(&self) -> bool {
        self.unread > 0 || self.findings.iter().any(|found| found.verdict == Verdict::Fail)
    }
}
