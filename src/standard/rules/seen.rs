//! A JSON tree as rules see it.

use super::{Applied, Census, Seen, Step, Symbol};
use crate::standard::formats;
use crate::standard::objects::{Class, Domain, Property, Shape, bare};
use crate::standard::pointer::{At, push_escaped};
use crate::standard::record::{meant, plain};
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
    /// Where values below that object stand, where many of them will be asked for.
    ways: Option<&'v Ways<'v>>,
}

impl<'v> Json<'v> {
    pub(in crate::standard) fn new(value: &'v Value, class: &'v Class, domain: &'v Domain, at: &'v At<'v>) -> Json<'v> {
        Json { value, class: Some(class), domain, root: value, at, ways: None }
    }

    /// The same, where many places will be asked for.
    pub(in crate::standard) fn by(self, ways: &'v Ways<'v>) -> Json<'v> {
        Json { ways: Some(ways), ..self }
    }

    /// Members of an object, those inside legacy wrappers too.
    fn entries(self, value: &'v Value, each: &mut dyn FnMut(&'v str, &'v Value)) {
        let Some(members) = value.as_object() else { return };
        for (key, inner) in members {
            let wraps = |class: &Class| class.wrappers.iter().any(|wrapper| wrapper == bare(key));
            match inner.is_object() && self.class.is_some_and(wraps) {
                true => self.entries(inner, each),
                false => each(key, inner),
            }
        }
    }

    /// The values a member holds, list items one by one.
    fn items(self, value: &'v Value, names: &[String], each: &mut dyn FnMut(Json<'v>)) {
        let value = plain(value);
        for item in value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice) {
            let value = plain(item);
            if !absent(value) {
                let class = value.is_object().then(|| meant(self.domain, names, value)).flatten();
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
        self.entries(self.value, &mut |key, value| {
            if stands_for(property, key) {
                each(value, classes);
            }
        });
    }

    /// Counts the members that rules speak of.
    pub(in crate::standard) fn members_counted(self) -> Members<'v> {
        let mut counts = SmallVec::new();
        if let Some(class) = self.class {
            self.entries(self.value, &mut |key, value| {
                let Some(count) = count(value) else { return };
                for (symbol, index) in &class.spoken_of {
                    if class.properties.get(*index).is_some_and(|property| stands_for(property, key)) {
                        counts.push((*symbol, count));
                    }
                }
            });
        }
        Members { object: self.value, counts }
    }
}

/// True where a member stands for a property: by its name or by another, with or without a prefix.
fn stands_for(property: &Property, key: &str) -> bool {
    // What stands before the name is looked at first: lengths and one byte tell most names apart.
    let is = |name: &str| match key.len().checked_sub(name.len()) {
        Some(0) => key == name,
        Some(before) => matches!(key.as_bytes().get(before - 1), Some(b':' | b'/' | b'#')) && key.ends_with(name),
        None => false,
    };
    let alias = || property.aliases.iter().any(|alias| !alias.unchecked && is(&alias.name));
    (is(&property.name) || alias()) && !key.starts_with('@')
}

/// How many values a member holds; `None` for null.
fn count(value: &Value) -> Option<usize> {
    match plain(value) {
        Value::Null => None,
        Value::Array(items) => Some(items.iter().filter(|item| !absent(plain(item))).count()),
        other => Some(usize::from(!absent(other))),
    }
}

/// The members of an object that rules speak of, counted once for all rules.
pub(crate) struct Members<'v> {
    object: &'v Value,
    counts: SmallVec<[(Symbol, usize); 16]>,
}

impl Census for Members<'_> {
    fn values(&self, step: &Step) -> Option<usize> {
        if step.name.starts_with('@') {
            return self.object.get(&step.name).and_then(count);
        }
        let here = self.counts.iter().filter(|(symbol, _)| *symbol == step.symbol).map(|(_, count)| *count);
        here.reduce(|sum, more| sum + more)
    }
}

impl<'v> Seen<'v> for Json<'v> {
    fn members(self, step: &Step, each: &mut dyn FnMut(Self)) {
        self.of(step, &mut |value, classes| self.items(value, classes, each));
    }

    fn text(self) -> Option<Cow<'v, str>> {
        match self.value {
            Value::String(text) => Some(Cow::Borrowed(text.trim())),
            Value::Number(number) => Some(Cow::Owned(number.to_string())),
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
        let mut count = None;
        self.of(step, &mut |value, _| {
            if let Some(items) = plain(value).as_array() {
                count = Some(count.unwrap_or(0) + items.len());
            }
        });
        count
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
            let name = bare(key);
            let property = class.property(name).or_else(|| class.aliased(name).map(|(property, _)| property));
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
pub(crate) struct Ways<'v>(OnceCell<Known<'v>>);

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
    /// Adds the way from a tree to one of its values, the last step first.
    fn find(&self, tree: &'v Value, wanted: &Value, way: &mut SmallVec<[Segment<'v>; 8]>) {
        let known = self.0.get_or_init(|| {
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

/// Null, empty and blank text all mean absent.
pub(in crate::standard) fn absent(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}
