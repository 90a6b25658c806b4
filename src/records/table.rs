//! The data standard compiled for one class: a flat table of places in a record. The same class in two places is two
//! nodes, so that presence can be counted for each place; a class within itself is the same node again.

use super::codes::CodeSet;
use super::guards::{self, Guarded, Raised, Signs};
use super::names::Name;
use super::patterns::Pattern;
use crate::standard::asks::OF_OBJECTS;
use crate::standard::rules::file::FileRule;
use crate::standard::rules::{Applied, Symbol};
use crate::standard::{Names, Open, PlainClass, PlainFormat, PlainNumber, PlainProperty, PlainValue, Standard};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// At most so many places; what lies deeper is left to the full evaluator.
const MOST_PLACES: usize = 20_000;

/// Properties of a provable object, each a bit of a mask.
const MOST_PROPERTIES: usize = 60;
/// The bits of `@id` and `@type` in the same masks.
pub(super) const ID_BIT: u64 = 1 << 62;
pub(super) const TYPE_BIT: u64 = 1 << 63;

/// The number of a member of an object, among those that rules name.
pub(super) type Slot = u8;
/// Of members that no rule names.
pub(super) const NO_SLOT: Slot = Slot::MAX;

/// Index of an object node.
pub(super) type ObjectId = u16;
/// Index of a property node.
pub(super) type PlaceId = u16;

/// The places of a record of one class. The first object is the record itself.
#[derive(Debug, Default)]
pub struct Table {
    pub(super) objects: Vec<ObjectNode>,
    pub(super) places: Vec<PlaceNode>,
    pub(super) patterns: Vec<Pattern>,
    pub(super) codes: Vec<CodeSet>,
    /// The names of formats.
    pub(super) formats: Vec<String>,
    /// Which names of members are the standard's own.
    pub(super) own_names: Arc<Names>,
    /// The names of members of any class: what an object has of them may show it to be of another class.
    pub(super) of_classes: HashSet<String>,
    /// The numbers of the names `@id` and `@type`.
    pub(super) id: Option<Symbol>,
    pub(super) kind: Option<Symbol>,
    /// The signs values of them raise.
    pub(super) id_signs: Signs,
    pub(super) kind_signs: Signs,
    /// The signs of one step.
    pub(super) single_signs: Signs,
    /// Every rule that may find something.
    pub(super) asked: BTreeMap<String, Asked>,
    /// The places that are contradictory in the standard, by erratum.
    pub(super) contradicted: BTreeMap<String, Vec<PlaceId>>,
}

/// A rule that may find something in records of the class.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// What it asks for, in words.
    pub(super) words: String,
    /// What it is about: places of values, or of objects. Where none of them had a value, nothing was judged.
    pub(super) about: Vec<PlaceId>,
}

/// An object at a place of a record.
#[derive(Debug)]
pub(super) struct ObjectNode {
    pub(super) class: String,
    /// The names that have no finding, with the place of each.
    pub(super) keys: Vec<Name>,
    /// The slots of its properties, `@id` and `@type`, by the number of the name.
    pub(super) slot_of: Box<[Slot]>,
    /// How many there are, those of `@id` and `@type` last.
    pub(super) slots: Slot,
    /// All other names the standard knows.
    pub(super) aliases: Vec<(String, PlaceId)>,
    /// Those among them that are seen in place of a name, and are somebody's own beside it.
    pub(super) instead: Vec<String>,
    /// Members that enclose the object's own.
    pub(super) wrappers: Vec<String>,
    /// Bits of the properties whose absence is a finding.
    pub(super) required: u64,
    /// The rules that apply to it.
    pub(super) applied: Applied,
    /// Those about the record that can be broken, with what excuses an object from each.
    pub(super) guarded: Guarded,
    /// True where no rule looks at it, nor at anything inside it.
    pub(super) quiet: bool,
    /// True where no rule about files speaks of it, nor of anything inside it.
    pub(super) alone: bool,
    /// The counter of such objects.
    pub(super) visits: PlaceId,
    /// Where it is remembered which of its names came first: behind all places.
    pub(super) first: usize,
    /// False where the object is left to the full evaluator whatever it holds.
    pub(super) provable: bool,
}

/// A property at a place of a record.
#[derive(Debug)]
pub(super) struct PlaceNode {
    /// Path for people: `member_list.demographic_info.birth_date`.
    pub(super) path: String,
    /// The object it belongs to.
    pub(super) owner: ObjectId,
    /// Its bit in the mask of properties seen.
    pub(super) bit: u64,
    pub(super) single: bool,
    pub(super) list: bool,
    /// The number of its name, where a rule names it.
    pub(super) symbol: Option<Symbol>,
    /// Where rules find its values.
    pub(super) slot: Slot,
    /// What its values say to rules that look for some.
    pub(super) raised: Option<Box<Raised>>,
    pub(super) value: ValueNode,
    /// True where an object of another class than those of `value` may stand, which is a finding.
    pub(super) others: bool,
}

/// Which values are certainly fine.
#[derive(Debug)]
pub(super) enum ValueNode {
    Any,
    Codes(u16),
    Scalar(Scalar),
    /// Objects of the first class that fits; the bits tell which of its properties the class before knows too.
    Objects(Vec<(ObjectId, u64)>),
}

/// Plain values of a format.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Scalar {
    pub(super) text: Text,
    pub(super) number: Option<PlainNumber>,
    pub(super) boolean: bool,
    /// The format, by its place among those of the table.
    pub(super) format: u16,
    pub(super) open: Open,
}

/// Texts of a format.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Text {
    /// None is certain.
    #[default]
    Never,
    /// Any that is not blank.
    Any,
    /// Those of a pattern.
    Pattern(u16),
}

impl Table {
    /// Compiles a class (`Group`, or `ibr Beneficiary`); `None` when there is no such class.
    pub fn new(standard: &Standard, class: &str) -> Option<Table> {
        let domain = class.split_once(' ').map(|(domain, _)| domain.to_owned());
        let table = Table {
            own_names: Arc::clone(standard.names()),
            of_classes: standard.members_of_classes().map(str::to_owned).collect(),
            id: standard.symbol("@id"),
            kind: standard.symbol("@type"),
            ..Table::default()
        };
        let mut compiler = Compiler { standard, domain, table, formats: HashMap::new(), lists: HashMap::new() };
        compiler.object(class, "", &mut Vec::new())?;
        let mut table = compiler.table;
        table.count();
        table.ask_of_objects();
        guards::compile(&mut table);
        Some(table)
    }

    /// True where a rule about files speaks of an object of these records.
    pub(super) fn applies(&self, rule: &FileRule) -> bool {
        let has = |object: &ObjectNode| object.applied.file.iter().any(|known| known.number == rule.number);
        self.objects.iter().any(has)
    }

    /// The paths of all places, in the order of their counters.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.places.iter().map(|place| place.path.as_str())
    }

    /// The name of a member of an object, by its place and its number among the names of the object.
    pub(super) fn name(&self, place: PlaceId, key: u16) -> &str {
        let owner = self.places.get(usize::from(place)).and_then(|place| self.objects.get(usize::from(place.owner)));
        owner.and_then(|owner| owner.keys.get(usize::from(key))).map_or("", |name| &name.text)
    }

    /// The names of the properties of an object that these bits stand for.
    pub(super) fn names<'t>(&'t self, node: &'t ObjectNode, bits: u64) -> impl Iterator<Item = &'t str> {
        let has = move |place: PlaceId| self.places.get(usize::from(place)).is_some_and(|place| place.bit & bits != 0);
        node.keys.iter().filter(move |name| has(name.place)).map(|name| &*name.text)
    }

    /// The counter of objects of a node: those of places come first.
    pub(super) fn visits(&self, id: ObjectId) -> PlaceId {
        PlaceId::try_from(self.places.len()).unwrap_or(PlaceId::MAX).saturating_add(id)
    }

    /// How often each place had a value, and how often the object was there that it belongs to; one row for each path.
    pub(super) fn completeness(&self, counts: &[u64]) -> Vec<(&str, u64, u64)> {
        let count = |counter: PlaceId| counts.get(usize::from(counter)).copied().unwrap_or(0);
        let mut rows: Vec<(&str, u64, u64)> = Vec::new();
        let mut row_of: HashMap<&str, usize> = HashMap::new();
        for (id, node) in (0..).zip(&self.objects) {
            let mut places: Vec<PlaceId> = node.keys.iter().map(|name| name.place).collect();
            places.dedup();
            for place in places {
                let Some(path) = self.places.get(usize::from(place)).map(|place| place.path.as_str()) else { continue };
                let row = *row_of.entry(path).or_insert_with(|| {
                    rows.push((path, 0, 0));
                    rows.len() - 1
                });
                if let Some((_, with_value, of)) = rows.get_mut(row) {
                    *with_value += count(place);
                    *of += count(self.visits(id));
                }
            }
        }
        rows
    }

    /// The counters of objects can be told once all places have theirs.
    fn count(&mut self) {
        for id in 0..self.objects.len() {
            let visits = self.visits(ObjectId::try_from(id).unwrap_or(ObjectId::MAX));
            let first = self.places.len() + id;
            let Some(node) = self.objects.get_mut(id) else { continue };
            (node.visits, node.first) = (visits, first);
        }
    }

    fn ask(&mut self, rule: &str, words: &str, about: PlaceId) {
        let asked = self.asked.entry(rule.to_owned()).or_default();
        if asked.words.is_empty() {
            asked.words = words.to_owned();
        }
        asked.about.push(about);
    }

    /// What is asked of objects can be told once all places have their counters.
    fn ask_of_objects(&mut self) {
        for id in 0..ObjectId::try_from(self.objects.len()).unwrap_or(ObjectId::MAX) {
            let (about, Some(node)) = (self.visits(id), self.objects.get(usize::from(id))) else { continue };
            let of_file = node.applied.file.iter().map(|rule| (rule.id.clone(), rule.expected.clone()));
            let of_record = node.applied.record.iter().map(|rule| (rule.id.clone(), rule.expected.clone()));
            let rules: Vec<(String, String)> = of_record.chain(of_file).collect();
            let common = OF_OBJECTS.iter().filter(|(rule, _)| *rule != "REQUIRED" || node.required != 0);
            let common: Vec<_> = common.collect();
            rules.iter().for_each(|(rule, words)| self.ask(rule, words, about));
            common.iter().for_each(|(rule, words)| self.ask(rule, words, about));
        }
    }
}

impl ObjectNode {
    /// Which of its names the bytes start with, in quotes.
    pub(super) fn find(&self, bytes: &[u8]) -> Option<u16> {
        let found = self.keys.iter().position(|name| name.starts(bytes))?;
        u16::try_from(found).ok()
    }
}

struct Compiler<'s> {
    standard: &'s Standard,
    domain: Option<String>,
    table: Table,
    formats: HashMap<String, Option<u16>>,
    lists: HashMap<String, u16>,
}

impl Compiler<'_> {
    fn class(&self, name: &str) -> Option<PlainClass> {
        let own = self.domain.as_ref().filter(|_| !name.contains(' ')).map(|domain| format!("{domain} {name}"));
        self.standard.plain_class(own.as_deref().unwrap_or(name))
    }

    /// The node of a class at a path; `above` are the classes around it with their nodes.
    fn object(&mut self, class: &str, path: &str, above: &mut Vec<(String, ObjectId)>) -> Option<ObjectId> {
        let plain = self.class(class)?;
        if let Some((_, node)) = above.iter().find(|(name, _)| *name == plain.name) {
            return Some(*node);
        }
        let id = ObjectId::try_from(self.table.objects.len()).ok()?;
        let provable = plain.properties.len() <= MOST_PROPERTIES;
        self.table.objects.push(ObjectNode {
            class: plain.name.clone(),
            keys: Vec::new(),
            slot_of: Box::default(),
            slots: 0,
            aliases: Vec::new(),
            instead: Vec::new(),
            wrappers: plain.wrappers.clone(),
            required: 0,
            applied: plain.applied.clone(),
            guarded: Guarded::default(),
            quiet: false,
            alone: false,
            visits: 0,
            first: 0,
            provable,
        });
        above.push((plain.name.clone(), id));
        for (index, property) in plain.properties.iter().enumerate() {
            if self.table.places.len() >= MOST_PLACES {
                self.table.objects[usize::from(id)].provable = false;
                break;
            }
            let place = PlaceId::try_from(self.table.places.len()).ok()?;
            let bit = 1u64.checked_shl(u32::try_from(index).ok()?).unwrap_or(0);
            let inner = if path.is_empty() { property.name.clone() } else { format!("{path}.{}", property.name) };
            self.table.places.push(PlaceNode {
                path: inner.clone(),
                owner: id,
                bit,
                single: property.single,
                list: property.list,
                symbol: property.symbol,
                slot: NO_SLOT,
                raised: None,
                value: ValueNode::Any,
                others: matches!(&property.value, PlainValue::Classes(names) if names.len() < property.of.len()),
            });
            property.asks.iter().for_each(|(rule, words)| self.table.ask(rule, words, place));
            for erratum in &property.errata {
                self.table.contradicted.entry(erratum.clone()).or_default().push(place);
            }
            let node = &mut self.table.objects[usize::from(id)];
            node.keys.extend(property.spellings.iter().map(|name| Name::new(name, place)));
            node.aliases.extend(property.aliases.iter().map(|name| (name.clone(), place)));
            node.instead.extend(property.instead.iter().cloned());
            if property.required {
                node.required |= bit;
            }
            let value = self.value(property, &inner, above);
            self.table.places[usize::from(place)].value = value;
        }
        above.pop();
        Some(id)
    }

    fn value(&mut self, property: &PlainProperty, path: &str, above: &mut Vec<(String, ObjectId)>) -> ValueNode {
        match &property.value {
            PlainValue::Any => ValueNode::Any,
            PlainValue::Codes { list, codes } => {
                let (fresh, sets) = (self.table.codes.len(), &mut self.table.codes);
                let number = *self.lists.entry(list.clone()).or_insert_with(|| {
                    sets.push(CodeSet::new(list, codes));
                    u16::try_from(fresh).unwrap_or(u16::MAX)
                });
                ValueNode::Codes(number)
            }
            PlainValue::Format(format) => {
                let name = property.of.first().map(String::as_str).unwrap_or_default();
                ValueNode::Scalar(self.scalar(name, format))
            }
            PlainValue::Classes(names) => {
                let mut nodes = Vec::new();
                let mut before: Vec<PlainClass> = Vec::new();
                for name in names {
                    let Some(node) = self.object(name, path, above) else { break };
                    let Some(plain) = self.class(name) else { break };
                    nodes.push((node, shared(&plain, &before)));
                    before.push(plain);
                }
                ValueNode::Objects(nodes)
            }
        }
    }

    fn scalar(&mut self, name: &str, format: &PlainFormat) -> Scalar {
        let text = match &format.text {
            None => Text::Never,
            Some(text) if text.patterns.is_empty() && text.unless.is_empty() => Text::Any,
            Some(text) => {
                let (fresh, patterns) = (self.table.patterns.len(), &mut self.table.patterns);
                let number = *self.formats.entry(format!("{text:?}")).or_insert_with(|| {
                    patterns.push(Pattern::new(text)?);
                    u16::try_from(fresh).ok()
                });
                number.map_or(Text::Never, Text::Pattern)
            }
        };
        let known = self.table.formats.iter().position(|known| known == name);
        let place = known.unwrap_or_else(|| {
            self.table.formats.push(name.to_owned());
            self.table.formats.len() - 1
        });
        Scalar {
            text,
            number: format.number,
            boolean: format.boolean,
            format: u16::try_from(place).unwrap_or(u16::MAX),
            open: format.open,
        }
    }
}

/// Bits of the properties of a class that a class before it knows too, by whatever name.
fn shared(class: &PlainClass, before: &[PlainClass]) -> u64 {
    let knows = |other: &PlainClass, name: &String| {
        other.properties.iter().any(|property| property.spellings.contains(name) || property.aliases.contains(name))
    };
    class
        .properties
        .iter()
        .enumerate()
        .filter(|(_, property)| property.spellings.iter().any(|name| before.iter().any(|other| knows(other, name))))
        .fold(0, |bits, (index, _)| bits | 1u64.checked_shl(u32::try_from(index).unwrap_or(64)).unwrap_or(0))
}
