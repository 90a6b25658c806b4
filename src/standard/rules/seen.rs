//! A JSON tree as rules see it.

use super::{Applied, Census, Seen, Step, Symbol};
use crate::standard::formats;
use crate::standard::meant::meant;
use crate::standard::names::{Keys, Names};
use crate::standard::objects::{Class, Content, Domain, Property, Shape};
use crate::standard::pointer::{At, push_escaped};
use crate::standard::record::{plain, wrapped};
use serde_json::Value;
use smallvec::SmallVec;
use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;
use std::fmt::Write;

/// A value of a JSON tree, with its class where it is an object of one.
#[derive(Clone, Copy)]
pub(crate) struct Json<'v> {
    value: &'v Value,
    class: Option<&'v Class>,
    domain: &'v Domain,
    /// The object rules were asked about, and its pointer in the record.
    root: &'v Value,
    at: &'v At<'v>,
    keys: Keys<'v>,
    /// Where values below that object stand, where many of them will be asked for.
    ways: Option<&'v Ways<'v>>,
}

impl<'v> Json<'v> {
    pub(in crate::standard) fn new(
        value: &'v Value,
        class: &'v Class,
        domain: &'v Domain,
        at: &'v At<'v>,
        keys: Keys<'v>,
    ) -> Json<'v> {
        Json { value, class: Some(class), domain, root: value, at, keys, ways: None }
    }

    /// The same, where many places will be asked for.
    pub(in crate::standard) fn by(self, ways: &'v Ways<'v>) -> Json<'v> {
        Json { ways: Some(ways), ..self }
    }

    /// Members of an object, those inside legacy wrappers too.
    fn entries(self, value: &'v Value, each: &mut dyn FnMut(&'v str, &'v Value)) {
        let Some(members) = value.as_object() else { return };
        for (key, inner) in members {
            let wraps = |class: &Class| {
                class.wrappers.iter().any(|wrapper| self.keys.own(key).is_some_and(|name| wrapper == name))
            };
            match self.class.is_some_and(wraps).then(|| wrapped(inner)).flatten() {
                Some(Ok((inner, _))) => self.entries(inner, each),
                _ => each(key, inner),
            }
        }
    }

    /// The values a member holds, list items one by one.
    fn items(self, value: &'v Value, names: &[String], each: &mut dyn FnMut(Json<'v>)) {
        let value = plain(value);
        for item in value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice) {
            let value = plain(item);
            if !vacant(value) {
                let class = value.is_object().then(|| meant(self.domain, self.keys, names, value)).flatten();
                each(Json { value, class, ..self });
            }
        }
    }

    /// The members that stand for a property, with the classes their values may have.
    fn of(self, step: &Step, each: &mut dyn FnMut(&'v Value, &'v [String])) {
        if step.name.starts_with('@') {
            if let Some(value) = self.value.get(&step.name) {
                each(value, &[]);
            }
            return;
        }
        let Some(class) = self.class else { return };
        let Some(property) = class.spoken_of(step.symbol) else {
            return;
        };
        let classes: &[String] = match &property.shape {
            Shape::Is(names) => names,
            _ => &[],
        };
        let (mut proper, mut other) = (false, false);
        self.entries(self.value, &mut |key, value| match self.spelling(property, key) {
            Some(Spelling::Good) => {
                proper |= holds(value);
                each(value, classes);
            }
            Some(Spelling::Other) => other = true,
            Some(Spelling::Earlier) | None => {}
        });
        // Another name is meant where the proper one is not there.
        if other && !proper {
            self.entries(self.value, &mut |key, value| {
                if self.spelling(property, key) == Some(Spelling::Other) {
                    each(value, classes);
                }
            });
        }
    }

    /// How a member is spelled that stands for a property, with or without a prefix; `None` where it stands for another.
    fn spelling(self, property: &Property, key: &str) -> Option<Spelling> {
        // What stands before the name is looked at first: lengths and one byte tell most names apart.
        let is = |name: &str| match key.len().checked_sub(name.len()) {
            Some(0) => key == name,
            Some(before) => {
                let divided = matches!(key.as_bytes().get(before - 1), Some(b':' | b'/' | b'#'));
                divided && key.ends_with(name) && self.keys.own(key) == Some(name)
            }
            None => false,
        };
        if is(&property.name) {
            return Some(Spelling::Good);
        }
        let alias = property.aliases.iter().find(|alias| is(&alias.name))?;
        Some(match alias.content {
            Content::Same if alias.is_spelling() => Spelling::Good,
            Content::Same => Spelling::Other,
            Content::Of(_) | Content::Unknown => Spelling::Earlier,
        })
    }

    /// True where a property holds a value under its own name, however spelled.
    fn has_properly(self, property: &Property) -> bool {
        let mut proper = false;
        self.entries(self.value, &mut |key, value| {
            proper = proper || (self.spelling(property, key) == Some(Spelling::Good) && holds(value));
        });
        proper
    }

    /// Counts the members that rules speak of.
    pub(in crate::standard) fn members_counted(self) -> Members<'v> {
        let mut counts = SmallVec::new();
        if let Some(class) = self.class {
            self.entries(self.value, &mut |key, value| {
                let Some(count) = values(value) else { return };
                for (symbol, index) in &class.spoken_of {
                    let Some(property) = class.properties.get(*index) else { continue };
                    let there = match self.spelling(property, key) {
                        Some(Spelling::Good) => true,
                        Some(Spelling::Other) => !self.has_properly(property),
                        Some(Spelling::Earlier) | None => false,
                    };
                    if there {
                        counts.push((*symbol, count));
                    }
                }
            });
        }
        Members { object: self.value, counts }
    }
}

/// The name of a member that stands for a property.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spelling {
    /// Its own, or another spelling of it.
    Good,
    /// One that is seen in place of it.
    Other,
    /// One under which something else stands than is due, so that rules cannot look at it.
    Earlier,
}

/// How many values a member holds; `None` for null.
pub(in crate::standard) fn count(value: &Value) -> Option<usize> {
    count_but(absent, value)
}

/// How many of them rules see.
fn values(value: &Value) -> Option<usize> {
    count_but(vacant, value)
}

fn count_but(nothing: fn(&Value) -> bool, value: &Value) -> Option<usize> {
    match plain(value) {
        Value::Null => None,
        Value::Array(items) => Some(items.iter().filter(|item| !nothing(plain(item))).count()),
        other => Some(usize::from(!nothing(other))),
    }
}

/// True where a member holds a value: neither null nor blank, nor a list of nothing else.
pub(crate) fn holds(value: &Value) -> bool {
    count(value).is_some_and(|count| count > 0)
}

/// The members of an object that rules speak of, counted once for all rules.
pub(crate) struct Members<'v> {
    object: &'v Value,
    counts: SmallVec<[(Symbol, usize); 16]>,
}

impl Census for Members<'_> {
    fn values(&self, step: &Step) -> Option<usize> {
        if step.name.starts_with('@') {
            return self.object.get(&step.name).and_then(values);
        }
        let here = self.counts.iter().filter(|(symbol, _)| *symbol == step.symbol).map(|(_, count)| *count);
        here.reduce(|sum, more| sum + more)
    }
}

impl<'v> Seen<'v> for Json<'v> {
    fn members(self, step: &Step, each: &mut dyn FnMut(Self)) {
        self.of(step, &mut |value, classes| self.items(value, classes, each));
    }

    fn unread(self, step: &Step) -> bool {
        let mut unread = false;
        if let Some(property) = self.class.and_then(|class| class.spoken_of(step.symbol)) {
            self.entries(self.value, &mut |key, value| {
                unread = unread || (self.spelling(property, key) == Some(Spelling::Earlier) && says(value));
            });
        }
        unread
    }

    fn text(self) -> Option<Cow<'v, str>> {
        match self.value {
            Value::String(text) => Some(Cow::Borrowed(text.trim())),
            Value::Number(number) => Some(Cow::Owned(formats::number_text(number))),
            Value::Bool(yes) => Some(Cow::Borrowed(if *yes { "true" } else { "false" })),
            _ => None,
        }
    }

    fn number(self) -> Option<f64> {
        formats::number(self.value)
    }

    fn truth(self) -> Option<bool> {
        match self.value {
            Value::Bool(yes) => Some(*yes),
            Value::Number(number) => match number.as_f64()? {
                0.0 => Some(false),
                1.0 => Some(true),
                _ => None,
            },
            Value::String(text) => match text.as_str() {
                "true" | "1" => Some(true),
                "false" | "0" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    fn listed(self, step: &Step) -> Option<usize> {
        let (mut sum, mut told) = (None, true);
        self.of(step, &mut |value, _| {
            let value = plain(value);
            // A single value stands for a list of one.
            if value.is_array() || !vacant(value) {
                let seen = values(value);
                told &= seen == count(value);
                sum = Some(sum.unwrap_or(0) + seen.unwrap_or(0));
            }
        });
        sum.filter(|_| told)
    }

    fn point(self, at: &mut String) {
        self.at.write(at);
        let mut way = SmallVec::new();
        match self.ways {
            Some(ways) => ways.find(self.root, self.value, &mut way),
            None => drop(find(self.root, self.value, &mut way)),
        }
        for segment in way.iter().rev() {
            at.push('/');
            match segment {
                Segment::Name(name) => push_escaped(at, name),
                Segment::Item(index) => drop(write!(at, "{index}")),
            }
        }
    }

    fn applied(self) -> Option<&'v Applied> {
        self.class.map(|class| &class.applied)
    }

    fn inner(self, each: &mut dyn FnMut(Self)) {
        let Some(class) = self.class else { return };
        self.entries(self.value, &mut |key, value| {
            let property = self.keys.own(key).and_then(|name| class.named(name));
            let meant = |property: &&Property| match self.spelling(property, key) {
                Some(Spelling::Other) => !self.has_properly(property),
                Some(Spelling::Earlier) => false,
                _ => true,
            };
            let property = property.filter(meant);
            if let Some(Shape::Is(names)) = property.map(|property| &property.shape) {
                self.items(value, names, &mut |item| {
                    if item.class.is_some() {
                        each(item);
                    }
                });
            }
        });
    }
}

/// Where every value of a tree stands, found out when it is asked for first.
#[derive(Default)]
pub(crate) struct Ways<'v> {
    known: OnceCell<Known<'v>>,
    /// The prefixes that the record gives to the standard.
    of_record: OnceCell<Vec<String>>,
}

#[derive(Default)]
struct Known<'v> {
    /// The number of what a value stands in, and the step from there.
    steps: Vec<(u32, Segment<'v>)>,
    /// The number of each value, by its address.
    numbers: HashMap<usize, u32>,
}

/// Stands for the tree itself.
const TOP: u32 = u32::MAX;

impl<'v> Ways<'v> {
    /// Which names of members are those of the standard, in a record.
    pub(in crate::standard) fn keys<'w>(&'w self, names: &'w Names, record: &Value) -> Keys<'w> {
        Keys { names, of_record: self.of_record.get_or_init(|| names.of_record(record)) }
    }

    /// Adds the way from a tree to one of its values, the last step first.
    fn find(&self, tree: &'v Value, wanted: &Value, way: &mut SmallVec<[Segment<'v>; 8]>) {
        let known = self.known.get_or_init(|| {
            let mut known = Known::default();
            known.enter(tree, TOP);
            known
        });
        let mut number = known.numbers.get(&address(wanted)).copied().unwrap_or(TOP);
        while let Some((above, segment)) = known.steps.get(number as usize) {
            way.push(*segment);
            number = *above;
        }
    }
}

impl<'v> Known<'v> {
    fn enter(&mut self, value: &'v Value, number: u32) {
        // What is wrapped stands where its wrapper does.
        self.numbers.entry(address(plain(value))).or_insert(number);
        match value {
            Value::Object(members) => members.iter().for_each(|(n, inner)| self.step(number, Segment::Name(n), inner)),
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(n, inner)| self.step(number, Segment::Item(n), inner));
            }
            _ => {}
        }
    }

    fn step(&mut self, above: u32, segment: Segment<'v>, inner: &'v Value) {
        let number = u32::try_from(self.steps.len()).unwrap_or(TOP);
        self.steps.push((above, segment));
        self.enter(inner, number);
    }
}

fn address(value: &Value) -> usize {
    std::ptr::from_ref(value).addr()
}

/// A step on the way to a value.
#[derive(Clone, Copy)]
enum Segment<'v> {
    Name(&'v str),
    Item(usize),
}

/// Looks for one value of a tree, told by its address; where it is found the way there is kept, the last step first.
/// Nothing is written on the way, since most of what is looked at is something else.
fn find<'v>(tree: &'v Value, wanted: &Value, way: &mut SmallVec<[Segment<'v>; 8]>) -> bool {
    if std::ptr::eq(plain(tree), wanted) {
        return true;
    }
    // Most of what is passed is neither wanted nor holds anything.
    let mut there = |inner: &'v Value| {
        (std::ptr::eq(inner, wanted) || inner.is_object() || inner.is_array()) && find(inner, wanted, way)
    };
    let found = match tree {
        Value::Object(members) => members.iter().find(|(_, inner)| there(inner)).map(|(name, _)| Segment::Name(name)),
        Value::Array(items) => items.iter().position(there).map(Segment::Item),
        _ => None,
    };
    let there = found.is_some();
    way.extend(found);
    there
}

/// What rules see nothing of: what is absent, and an object in which nothing is, as many systems write for null.
fn vacant(value: &Value) -> bool {
    absent(value) || value.is_object() && !says(value)
}

/// True where there is something in a value. A list or an object of nothing says nothing, and what an object is neither; what
/// it is known by does.
pub(crate) fn says(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(items) => items.iter().any(says),
        Value::Object(members) => {
            members.iter().any(|(name, value)| !matches!(name.as_str(), "@type" | "@context") && says(value))
        }
        Value::Bool(_) | Value::Number(_) => true,
    }
}

/// Null, empty and blank text all mean absent.
pub(in crate::standard) fn absent(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}
