//! One pass over the bytes of a record, without a tree: is it certainly free of findings?
//!
//! [`Look::Sound`] is a proof; anything else only means that the full evaluator has to look. The pass accepts no more JSON
//! than the parser does. A value that the standard may remark upon, a member that is missing or not known, leave a doubt and
//! nothing more: rules can be judged all the same, since they see such a value as it is.

mod doubts;
mod values;

use super::arena::{Arena, Opened, Spot, View};
use super::guards::{Known, Seen};
use super::presence;
use super::scan;
use super::table::{ID_BIT, NO_SLOT, ObjectId, ObjectNode, PlaceId, PlaceNode, TYPE_BIT, Table, ValueNode};
use crate::standard::rules::judge::{Bench, Outcome};
use crate::standard::{Standard, is_name};
pub(super) use doubts::{Doubt, Doubts, Kind};
use jiff::civil::Date;
use std::ops::Range;

/// The bit of `@context` among the members of an object.
const CONTEXT_BIT: u64 = 1 << 61;

/// Objects and lists within each other; deeper records are left to the full evaluator.
const DEEPEST: usize = 48;

/// What one pass over a record tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Nothing is to be found in it.
    Sound,
    /// Something may be found in it, and rules see it as they would see its tree.
    Regular {
        /// No rule is broken.
        keeps_rules: bool,
    },
    /// Nothing is known of it; it may not even be JSON.
    Unsure,
}

/// Proves records of one class, one after the other.
#[derive(Debug)]
pub struct Prover<'t> {
    table: &'t Table,
    /// For each place the key that followed it last time; for each object its first key, behind all places.
    follows: Vec<u16>,
    /// Places with a value in the record at hand.
    present: Vec<PlaceId>,
    /// How many values that say something were seen: a member in which none is has no value.
    said: u64,
    /// What rules need of it.
    arena: Arena,
    /// The rules that its objects are not excused from.
    due: Vec<Due>,
    /// What rules look for and was seen in the object at hand.
    signs: Seen,
    /// Where something may be found in what was read.
    doubts: Doubts,
    bench: Bench<'t>,
    standard: &'t Standard,
}

impl<'t> Prover<'t> {
    /// A prover with nothing learned yet. `today` is what rules about dates take for the day of the run, in UTC.
    pub fn new(table: &'t Table, standard: &'t Standard, today: Date) -> Prover<'t> {
        Prover {
            table,
            follows: vec![0; table.places.len() + table.objects.len()],
            present: Vec::new(),
            said: 0,
            arena: Arena::default(),
            due: Vec::new(),
            signs: Seen::default(),
            doubts: Doubts::default(),
            bench: standard.bench(today),
            standard,
        }
    }

    /// True when a record certainly has no finding.
    pub fn certain(&mut self, record: &str) -> bool {
        self.look(record) == Look::Sound
    }

    /// Looks at a record: one JSON object with nothing around it but white space.
    pub fn look(&mut self, record: &str) -> Look {
        let bytes = record.as_bytes();
        self.present.clear();
        self.arena.clear();
        self.due.clear();
        self.doubts.clear();
        self.signs = Seen::default();
        let start = scan::blank(bytes, 0);
        let end = self.object(bytes, start, 0, Spot::ROOT, (0, true));
        // A record without any member of its class is none, and not one that keeps all rules.
        let end = end.filter(|end| end.seen != 0 && scan::blank(bytes, end.at) == bytes.len());
        match end.map(|_| self.keeps_rules(record)) {
            Some(true) if self.doubts.count() == 0 => Look::Sound,
            Some(keeps_rules) => Look::Regular { keeps_rules },
            None => {
                self.doubts.whole = true;
                Look::Unsure
            }
        }
    }

    /// True where no rule that applies to an object of the record is broken.
    fn keeps_rules(&mut self, record: &str) -> bool {
        let table = self.table;
        let view = self.arena.view(table, record);
        self.due.iter().all(|due| {
            let node = table.objects.get(usize::from(due.node));
            let Some(rule) = node.and_then(|node| node.guarded.rules.get(due.rule)) else { return false };
            !matches!(self.bench.judge(rule, view.sight(due.object)), Outcome::Broken { .. })
        })
    }

    /// The places that had a value in the record just found sound, and the objects that were there.
    pub(super) fn present(&self) -> &[PlaceId] {
        &self.present
    }

    /// What may be found in the record just found regular.
    pub(super) fn doubts(&self) -> &Doubts {
        &self.doubts
    }

    /// The record just found sound or regular, as rules see it.
    pub(super) fn view<'v>(&'v self, record: &'v str) -> View<'v> {
        self.arena.seen(self.table, record)
    }

    /// An object that starts here; `alone` where nothing else than this class may be meant.
    fn object(
        &mut self,
        bytes: &[u8],
        start: usize,
        id: ObjectId,
        spot: Spot,
        (depth, alone): (usize, bool),
    ) -> Option<Proven> {
        let table = self.table;
        let node = table.objects.get(usize::from(id))?;
        if !node.provable || depth > DEEPEST || bytes.get(start) != Some(&b'{') {
            return None;
        }
        let object = match node.quiet && spot.slot == NO_SLOT {
            true => Opened::NOWHERE,
            false => self.arena.open(spot, id, node.slots, start)?,
        };
        // What was seen in it is told apart from what was seen around it only where a rule asks.
        let around = (!node.guarded.rules.is_empty()).then(|| std::mem::take(&mut self.signs));
        let mut seen = Members::default();
        let said = self.said;
        let within = (depth > 0).then_some(spot.place);
        let doubts = self.doubts.count();
        let end = self.members(bytes, start, node, Inside { object, id, depth, alone, within }, &mut seen);
        let signs = around.map(|around| std::mem::replace(&mut self.signs, around));
        let at = end?;
        if seen.named & !(ID_BIT | TYPE_BIT | CONTEXT_BIT) == 0 && self.doubts.hold_objects(bytes, doubts) {
            // Objects of the class may stand there under keys of their own.
            self.doubts.whole = true;
        }
        // An object in which nothing is, is not there: nothing is demanded of it.
        let there = depth == 0 || self.said > said;
        if there {
            self.present.push(node.visits);
        }
        let lacks = node.required & !seen.known.valued;
        if lacks != 0 && there {
            // Nothing is demanded of a mere reference.
            self.doubts.whole |= seen.named & ID_BIT != 0;
            self.doubts.add(start..at, id, Kind::Missing { lacks });
        }
        self.arena.close(object, self.said > said);
        if let Some(signs) = signs {
            self.signs.join(signs);
            let known = Known { signs: signs.whole, ..seen.known };
            let due = &mut self.due;
            node.guarded.due(&known, |rule| due.push(Due { object: object.number, node: id, rule }));
        }
        let (named, valued) = (seen.named & !(ID_BIT | TYPE_BIT | CONTEXT_BIT), seen.known.valued);
        Some(Proven { at, seen: named, valued, typed: seen.named & TYPE_BIT != 0 })
    }

    /// The members of an object, up to behind its closing bracket. Once for every member of a file: what is looked at most
    /// is kept in variables of its own.
    fn members(
        &mut self,
        bytes: &[u8],
        start: usize,
        node: &'t ObjectNode,
        inside: Inside,
        into: &mut Members,
    ) -> Option<usize> {
        let table = self.table;
        let mut last = node.first;
        let (mut named, mut null, mut empty, mut hollow, mut several) = (0, 0, 0, 0, 0);
        let mut at = scan::blank(bytes, start + 1);
        if bytes.get(at) == Some(&b'}') {
            return Some(at + 1);
        }
        loop {
            let rest = bytes.get(at..)?;
            // Exports write members in one order: the one that came next last time is tried first.
            let follows = self.follows.get_mut(last)?;
            let mut key = *follows;
            let mut name = node.keys.get(usize::from(key)).filter(|name| name.leads(rest));
            if let Some(name) = name {
                at = scan::blank(bytes, at + name.length());
            } else if let Some(found) = node.find(rest) {
                (*follows, key) = (found, found);
                name = node.keys.get(usize::from(found));
                at = scan::colon(bytes, at + name?.text.len() + 2)?;
            } else {
                let (end, bit) = self.other(bytes, (start, at), node, inside)?;
                let twice = named & bit != 0;
                named |= bit;
                let (behind, more) = scan::behind(bytes, end, b'}').filter(|_| !twice)?;
                at = behind;
                if !more {
                    break;
                }
                continue;
            }
            let place = name?.place;
            last = usize::from(place);
            let property = table.places.get(last)?;
            if named & property.bit != 0 {
                return None;
            }
            named |= property.bit;
            let spot = Spot { above: inside.object, place, key, slot: property.slot, index: None };
            let said = self.said;
            let end = match bytes.get(at)? {
                b'n' => {
                    null |= property.bit;
                    scan::word(bytes, at, b"null")?
                }
                b'[' => {
                    if !property.list {
                        self.doubts.add_at(at..at, inside.id, Kind::Count { key }, spot);
                    }
                    let (end, values, seen) = self.items(bytes, at, property, spot, inside.depth)?;
                    if property.slot != NO_SLOT {
                        self.arena.list(spot, Some(seen).filter(|seen| *seen == values))?;
                    }
                    if seen == 0 {
                        hollow |= property.bit;
                    }
                    match values {
                        0 => empty |= property.bit,
                        1 => {}
                        _ => several |= property.bit,
                    }
                    end
                }
                _ => {
                    if !property.single {
                        self.doubts.add_at(at..at, inside.id, Kind::Count { key }, spot);
                    }
                    let end = self.value(bytes, at, property, spot, inside.depth + 1)?;
                    if self.said == said {
                        hollow |= property.bit;
                    }
                    end
                }
            };
            if self.said > said {
                self.present.push(place);
            }
            let (behind, more) = scan::behind(bytes, end, b'}')?;
            at = behind;
            if !more {
                break;
            }
        }
        let filled = named & !null & !CONTEXT_BIT;
        let valued = filled & !empty & !hollow;
        *into = Members { named, known: Known { filled, valued, several, signs: 0 } };
        Some(at)
    }

    /// A member that is no property: one of JSON-LD (`@type` with the name of the class, `@id`, `@context`), or one that the
    /// standard does not know. `start` is where the object starts. Gives the place behind the member, and its bit.
    #[cold]
    fn other(
        &mut self,
        bytes: &[u8],
        (start, at): (usize, usize),
        node: &ObjectNode,
        Inside { object, id, alone, within, .. }: Inside,
    ) -> Option<(usize, u64)> {
        let rest = bytes.get(at..)?;
        let (length, bit) = if rest.starts_with(b"\"@type\"") {
            (7, TYPE_BIT)
        } else if rest.starts_with(b"\"@id\"") {
            (5, ID_BIT)
        } else if rest.starts_with(b"\"@context\"") {
            (10, CONTEXT_BIT)
        } else {
            // Another class may know it.
            let name = scan::text(bytes, at).filter(|_| alone)?;
            let value = unknown(bytes, &name, node)?;
            // A name that stands twice is for the full evaluator to tell.
            let name = at..name.end;
            if self.doubts.is_known(bytes, start, &name) {
                return None;
            }
            let end = value.end;
            self.said += u64::from(says(bytes, &value));
            self.doubts.add(value, id, Kind::Unknown { within, start, name });
            return Some((end, 0));
        };
        let start = scan::colon(bytes, at + length)?;
        let end = scan::value(bytes, start, 0)?;
        if bit == CONTEXT_BIT {
            return Some((end, bit));
        }
        // Rules see a text that is not blank; anything else is theirs to judge on the tree.
        let text = scan::text(bytes, start).filter(scan::Quoted::says_something)?;
        let (letter, symbol, signs) = match bit {
            ID_BIT => (b'i', self.table.id, self.table.id_signs),
            _ => (b't', self.table.kind, self.table.kind_signs),
        };
        if bit == TYPE_BIT {
            let bare = text.inner.rsplit(|byte| matches!(byte, b':' | b'/' | b'#')).next()?;
            if !is_name(std::str::from_utf8(bare).ok()?, &node.class) {
                return None;
            }
        }
        self.signs.raise(signs, self.table.single_signs);
        self.said += u64::from(bit == ID_BIT);
        let slot = symbol.and_then(|symbol| node.slot_of.get(usize::from(symbol.0))).copied().unwrap_or(NO_SLOT);
        self.arena.mark(Spot { above: object, slot, ..Spot::ROOT }, letter, (start, end))?;
        Some((end, bit))
    }

    /// The items of a list: how many are not null, and how many of those rules see.
    fn items(
        &mut self,
        bytes: &[u8],
        at: usize,
        property: &PlaceNode,
        spot: Spot,
        depth: usize,
    ) -> Option<(usize, u32, u32)> {
        let mut at = scan::blank(bytes, at + 1);
        if bytes.get(at) == Some(&b']') {
            return Some((at + 1, 0, 0));
        }
        let (mut count, mut values, mut seen) = (0, 0, 0);
        loop {
            let (spot, said) = (Spot { index: Some(count), ..spot }, self.said);
            at = match bytes.get(at)? {
                b'n' => scan::word(bytes, at, b"null")?,
                _ => {
                    values += 1;
                    self.value(bytes, at, property, spot, depth + 1)?
                }
            };
            count += 1;
            seen += u32::from(self.said > said);
            let (behind, more) = scan::behind(bytes, at, b']')?;
            if !more {
                return Some((behind, values, seen));
            }
            at = behind;
        }
    }

    /// One value that is neither null nor a list.
    fn value(&mut self, bytes: &[u8], at: usize, property: &PlaceNode, spot: Spot, depth: usize) -> Option<usize> {
        match &property.value {
            ValueNode::Objects(nodes) => {
                let alone = nodes.len() == 1 && !property.others;
                let before = self.doubts.count();
                let around = property.raised.is_some().then(|| std::mem::take(&mut self.signs));
                let end = self.objects(bytes, at, nodes, spot, (depth, alone));
                if let (Some(raised), Some(around)) = (&property.raised, around) {
                    let inside = std::mem::replace(&mut self.signs, around);
                    self.signs.join(inside);
                    self.signs.whole |= inside.partly & raised.first;
                    self.signs.raise(raised.any, self.table.single_signs);
                }
                if self.doubts.count() > before {
                    self.doubts.lead(before, spot);
                }
                end
            }
            node => self.plain(bytes, at, node, property, spot),
        }
    }

    fn objects(
        &mut self,
        bytes: &[u8],
        at: usize,
        nodes: &[(ObjectId, u64)],
        spot: Spot,
        (depth, alone): (usize, bool),
    ) -> Option<usize> {
        if let [(node, _)] = nodes {
            return self.object(bytes, at, *node, spot, (depth, alone)).map(|proven| proven.at);
        }
        let (before, kept, due, doubts) = (self.present.len(), self.arena.fill(), self.due.len(), self.doubts.fill());
        let (said, before_doubts) = (self.said, self.doubts.count());
        for (index, (node, shared)) in nodes.iter().enumerate() {
            let Some(proven) = self.object(bytes, at, *node, spot, (depth, false)) else {
                self.present.truncate(before);
                self.said = said;
                self.arena.drop_to(kept);
                self.due.truncate(due);
                self.doubts.drop_to(doubts);
                continue;
            };
            // The first class is meant in a tie; a later one only where the object has a member of its own in which something
            // is, and no type that might name an earlier one. A value that does not fit may speak for another class.
            let own = index == 0 || (proven.valued & !(shared | ID_BIT | TYPE_BIT) != 0 && !proven.typed);
            let own = own && self.doubts.count() == before_doubts;
            return own.then_some(proven.at);
        }
        None
    }
}

/// The value of a member whose name the standard does not know, under no spelling of any kind.
fn unknown(bytes: &[u8], name: &scan::Quoted<'_>, node: &ObjectNode) -> Option<Range<usize>> {
    let text = std::str::from_utf8(name.plain()?).ok()?;
    let other = node.aliases.iter().map(|(alias, _)| alias).chain(&node.wrappers).any(|known| known == text);
    let odd = text.bytes().any(|byte| matches!(byte, b'@' | b':' | b'/' | b'#'));
    if other || odd {
        return None;
    }
    let start = scan::colon(bytes, name.end)?;
    Some(start..scan::value(bytes, start, 0)?)
}

/// True where there is something in a value whose name the standard does not know.
fn says(bytes: &[u8], value: &Range<usize>) -> bool {
    let within = bytes.get(value.clone()).unwrap_or_default();
    match within.first() {
        Some(b'n') | None => false,
        Some(b'{' | b'[' | b'"') => serde_json::from_slice(within).is_ok_and(|value| presence::says(&value)),
        Some(_) => true,
    }
}

/// A rule to judge an object by.
#[derive(Clone, Copy, Debug)]
struct Due {
    object: u32,
    node: ObjectId,
    rule: usize,
}

/// An object whose members are read.
#[derive(Clone, Copy)]
struct Inside {
    object: Opened,
    id: ObjectId,
    depth: usize,
    /// True where nothing else than its class may be meant.
    alone: bool,
    /// The place it stands in; none for the record itself.
    within: Option<PlaceId>,
}

/// The members of an object.
#[derive(Clone, Copy, Debug, Default)]
struct Members {
    /// Those that are named, as bits.
    named: u64,
    known: Known,
}

/// Where a proven object ends, which of its properties it names and which have a value, and whether it names its type.
struct Proven {
    at: usize,
    seen: u64,
    valued: u64,
    typed: bool,
}
