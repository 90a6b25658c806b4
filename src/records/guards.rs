//! Rules with what excuses an object from them, as bit masks: see `standard/rules/excuse.rs`.
//!
//! Three masks are of an object's own properties. The fourth tells which of the values that rules look for stand in the
//! object or below it: each place raises the signs of its values, and an object raises those of all it holds.

use super::codes::CodeSet;
use super::table::{ID_BIT, NO_SLOT, ObjectId, ObjectNode, PlaceId, PlaceNode, TYPE_BIT, Table, ValueNode};
use crate::standard::rules::{Ages, Applied, Excuse, Rule, Sign, Sought, Step, Symbol};
use std::collections::HashMap;
use std::sync::Arc;

/// Values that rules look for, each a bit.
pub(super) type Signs = u64;

/// Rules of one class, each a bit.
type Rules = u64;

/// The rules about an object that can be broken, and what excuses an object from them.
#[derive(Debug, Default)]
pub(super) struct Guarded {
    pub(super) rules: Vec<Arc<Rule>>,
    /// Each with the rules it excuses from: most of them excuse from several.
    excuses: Vec<(Masks, Rules)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Masks {
    absent: u64,
    present: u64,
    single: u64,
    nowhere: Signs,
}

/// What is known of an object without looking at its values again, as bits.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known {
    /// Properties that are not absent.
    pub(super) filled: u64,
    /// Those that hold a value that rules see, or a list with one in it.
    pub(super) valued: u64,
    /// Those that hold a list with more than one.
    pub(super) several: u64,
    /// What stands in the object or below it.
    pub(super) signs: Signs,
}

impl Guarded {
    /// Gives the rules, by their numbers, that an object is not certainly excused from.
    pub(super) fn due(&self, known: &Known, mut each: impl FnMut(usize)) {
        // Nothing is asked before the next excuse is looked at: which ones hold is hard to foresee.
        let excused = self.excuses.iter().fold(0, |excused, (masks, rules)| {
            let speaks = known.filled & masks.absent
                | !known.valued & masks.present
                | known.several & masks.single
                | known.signs & masks.nowhere;
            excused | if speaks == 0 { *rules } else { 0 }
        });
        let bits = self.rules.len().min(Rules::BITS as usize);
        let mut due = !excused & Rules::MAX.checked_shr(Rules::BITS - bits as u32).unwrap_or(0);
        while due != 0 {
            each(due.trailing_zeros() as usize);
            due &= due - 1;
        }
        // More rules than bits: nothing excuses from those.
        (bits..self.rules.len()).for_each(each);
    }

    fn add(&mut self, rule: &Arc<Rule>, excuses: &[Masks]) {
        let bit = Rules::from(1u8).checked_shl(self.rules.len() as u32).unwrap_or(0);
        self.rules.push(rule.clone());
        for masks in excuses {
            match self.excuses.iter_mut().find(|(known, _)| known == masks) {
                Some((_, rules)) => *rules |= bit,
                None => self.excuses.push((*masks, bit)),
            }
        }
    }
}

/// Signs seen in an object or below it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    /// The last step of their way was seen.
    pub(super) partly: Signs,
    /// The first was, too: the last one within it.
    pub(super) whole: Signs,
}

impl Seen {
    pub(super) fn join(&mut self, other: Seen) {
        self.partly |= other.partly;
        self.whole |= other.whole;
    }

    /// `single` are the signs of one step.
    pub(super) fn raise(&mut self, signs: Signs, single: Signs) {
        self.partly |= signs;
        self.whole |= signs & single;
    }
}

/// The signs that the values of a place raise.
#[derive(Debug, Default)]
pub(super) struct Raised {
    /// The signs of several steps that start with this place.
    pub(super) first: Signs,
    /// A value of which nothing more is known.
    pub(super) any: Signs,
    /// `true` and `false`.
    pub(super) truths: [Signs; 2],
    /// Codes, by their slot.
    pub(super) codes: Box<[Signs]>,
    /// The signs that dates of some ages do not raise.
    pub(super) aged: Box<[(Ages, Signs)]>,
}

impl Raised {
    /// The signs of a text that is no code, in a year.
    pub(super) fn of_text(&self, text: &[u8], year: i16) -> Signs {
        let not = self.aged.iter().filter(|(ages, _)| ages.hold(text, year));
        not.fold(self.any, |all, (_, signs)| all & !signs)
    }
}

/// Gives every object of a finished table its guarded rules, and every place its signs.
pub(super) fn compile(table: &mut Table) {
    let mut signs = Vec::new();
    let all: Vec<(Box<[u64]>, Guarded)> = table
        .objects
        .iter()
        .map(|node| {
            let bits = bits(table, node);
            let guarded = rules(&node.applied, &bits, &mut signs);
            (bits, guarded)
        })
        .collect();
    for (node, (bits, guarded)) in table.objects.iter_mut().zip(all) {
        node.guarded = guarded;
        number(node, &mut table.places, &bits);
    }
    raise(table, &signs);
    hush(table);
}

/// Tells the objects that rules have nothing to do with.
fn hush(table: &mut Table) {
    let compared = |node: &ObjectNode| !node.applied.file.is_empty() || !node.applied.targets.is_empty();
    let looked_at = |node: &ObjectNode| node.slots != 0 || !node.guarded.rules.is_empty() || compared(node);
    let (quiet, alone) = (without(table, looked_at), without(table, compared));
    for ((node, quiet), alone) in table.objects.iter_mut().zip(quiet).zip(alone) {
        (node.quiet, node.alone) = (quiet, alone);
    }
}

/// For each object whether it is none of these, nor holds one. An object may stand within itself: those that hold one are
/// looked for until there are no more.
fn without(table: &Table, are: impl Fn(&ObjectNode) -> bool) -> Vec<bool> {
    let mut without: Vec<bool> = table.objects.iter().map(|node| !are(node)).collect();
    loop {
        let holds_none = |place: &PlaceNode| match &place.value {
            ValueNode::Objects(inner) => inner.iter().all(|(id, _)| without[usize::from(*id)]),
            _ => true,
        };
        let holds =
            |node: &ObjectNode| node.keys.iter().any(|name| !holds_none(&table.places[usize::from(name.place)]));
        let with = table.objects.iter().zip(&without).position(|(node, without)| *without && holds(node));
        let Some(with) = with else { return without };
        without[with] = false;
    }
}

/// Numbers the members of an object that rules name: its properties, then `@id` and `@type`.
fn number(node: &mut ObjectNode, places: &mut [PlaceNode], bits: &[u64]) {
    let mut named: Vec<usize> = (0..bits.len()).filter(|symbol| bits[*symbol] != 0).collect();
    named.sort_by_key(|symbol| bits[*symbol]);
    node.slot_of = vec![NO_SLOT; bits.len()].into();
    // No more than there are bits.
    for (slot, symbol) in (0..).zip(named) {
        node.slot_of[symbol] = slot;
        node.slots = slot + 1;
    }
    for name in &node.keys {
        let Some(place) = places.get_mut(usize::from(name.place)) else { continue };
        let slot = place.symbol.and_then(|symbol| node.slot_of.get(usize::from(symbol.0)));
        place.slot = slot.copied().unwrap_or(NO_SLOT);
    }
}

/// The bits of an object's members by the numbers of their names; nothing for names it has not.
fn bits(table: &Table, node: &ObjectNode) -> Box<[u64]> {
    let own = node.keys.iter().filter_map(|name| table.places.get(usize::from(name.place)));
    let own = own.filter_map(|place| Some((place.symbol?, place.bit)));
    let marks =
        [(table.id, ID_BIT), (table.kind, TYPE_BIT)].into_iter().filter_map(|(symbol, bit)| Some((symbol?, bit)));
    let mut bits = Vec::new();
    for (Symbol(number), bit) in own.chain(marks) {
        let number = usize::from(number);
        bits.resize(bits.len().max(number + 1), 0);
        bits[number] = bit;
    }
    bits.into()
}

/// The rules of a class; one that every object is excused from is left out.
fn rules(applied: &Applied, bits: &[u64], signs: &mut Vec<Sign>) -> Guarded {
    let mut guarded = Guarded::default();
    for rule in &applied.record {
        let excuses: Vec<Masks> = rule.excuses.iter().filter_map(|excuse| masks(excuse, bits, signs)).collect();
        if !excuses.contains(&Masks::default()) {
            guarded.add(rule, &excuses);
        }
    }
    guarded
}

fn masks(excuse: &Excuse, bits: &[u64], signs: &mut Vec<Sign>) -> Option<Masks> {
    let bit = |symbol: Symbol| bits.get(usize::from(symbol.0)).copied().filter(|bit| *bit != 0);
    let mask = |steps: &[Step]| steps.iter().try_fold(0, |all, step| Some(all | bit(step.symbol)?));
    let mut nowhere = 0;
    for sign in &excuse.nowhere {
        let known = signs.iter().position(|known| known == sign);
        let number = known.unwrap_or_else(|| {
            signs.push(sign.clone());
            signs.len() - 1
        });
        // More signs than bits: the excuse is not used.
        nowhere |= Signs::from(1u8).checked_shl(u32::try_from(number).ok()?)?;
    }
    Some(Masks {
        absent: mask(&excuse.absent)?,
        present: mask(&excuse.present)?,
        single: mask(&excuse.single)?,
        nowhere,
    })
}

/// The way from a place back to the objects it may stand in.
struct Ways {
    /// The object of each place.
    object: Vec<ObjectId>,
    /// The places that may hold each object.
    above: Vec<Vec<PlaceId>>,
    symbols: Vec<Option<Symbol>>,
}

impl Ways {
    fn new(table: &Table) -> Ways {
        let mut object = vec![0; table.places.len()];
        for (id, node) in (0..).zip(&table.objects) {
            for place in node.keys.iter().map(|name| name.place) {
                object[usize::from(place)] = id;
            }
        }
        let mut above = vec![Vec::new(); table.objects.len()];
        for (place, node) in (0..).zip(&table.places) {
            if let ValueNode::Objects(inner) = &node.value {
                inner.iter().for_each(|(id, _)| above[usize::from(*id)].push(place));
            }
        }
        Ways { object, above, symbols: table.places.iter().map(|place| place.symbol).collect() }
    }

    /// True where these steps may end at a place.
    fn lead_to(&self, place: PlaceId, steps: &[Step]) -> bool {
        let Some((last, before)) = steps.split_last() else { return true };
        let place = usize::from(place);
        let above = &self.above[usize::from(self.object[place])];
        self.symbols[place] == Some(last.symbol)
            && (before.is_empty() || above.iter().any(|above| self.lead_to(*above, before)))
    }
}

fn raise(table: &mut Table, signs: &[Sign]) {
    let mut ending: HashMap<Symbol, Vec<(Signs, &Sign)>> = HashMap::new();
    for (number, sign) in (0u32..).zip(signs) {
        if let (Some(bit), Some(last)) = (Signs::from(1u8).checked_shl(number), sign.steps.last()) {
            ending.entry(last.symbol).or_default().push((bit, sign));
        }
    }
    let ending_in =
        |symbol: Option<Symbol>| symbol.and_then(|symbol| ending.get(&symbol)).map_or(&[][..], Vec::as_slice);
    let any = |signs: &[(Signs, &Sign)]| signs.iter().fold(0, |all, (bit, _)| all | bit);
    (table.id_signs, table.kind_signs) = (any(ending_in(table.id)), any(ending_in(table.kind)));
    let several = |from: Option<Symbol>| {
        let starting = (0u32..)
            .zip(signs)
            .filter(|(_, sign)| sign.steps.len() > 1 && sign.steps.first().map(|step| step.symbol) == from);
        starting.fold(0, |all, (number, _)| all | Signs::from(1u8).checked_shl(number).unwrap_or(0))
    };
    let single = ending.values().flatten().filter(|(_, sign)| sign.steps.len() == 1);
    table.single_signs = single.fold(0, |all, (bit, _)| all | bit);
    let mut starts: HashMap<Symbol, Signs> = HashMap::new();
    let ways = Ways::new(table);
    for (number, place) in (0..).zip(&mut table.places) {
        let Some(symbol) = place.symbol else { continue };
        let first = *starts.entry(symbol).or_insert_with(|| several(Some(symbol)));
        let all = ending.get(&symbol).map_or(&[][..], Vec::as_slice).iter();
        let here: Vec<(Signs, &Sign)> = all.filter(|(_, sign)| ways.lead_to(number, &sign.steps)).copied().collect();
        if here.is_empty() && first == 0 {
            continue;
        }
        let codes = match &place.value {
            ValueNode::Codes(set) => table.codes.get(usize::from(*set)),
            _ => None,
        };
        let truth = |word: &str| here.iter().fold(0, |all, (bit, sign)| if fits(sign, word) { all | bit } else { all });
        place.raised = Some(Box::new(Raised {
            first,
            any: any(&here),
            truths: [truth("false"), truth("true")],
            codes: codes.map(|codes| by_code(codes, &here)).unwrap_or_default(),
            aged: here.iter().filter_map(|(bit, sign)| Some((sign.of.ages()?, *bit))).collect(),
        }));
    }
}

/// Whether a value of this text is among those looked for.
fn fits(sign: &Sign, text: &str) -> bool {
    match &sign.of {
        Sought::Any => true,
        Sought::OneOf(codes) => codes.iter().any(|code| code == text),
        Sought::NoneOf(codes) => codes.iter().all(|code| code != text),
        Sought::Outside(_) => true,
    }
}

/// The signs of each code of a set.
fn by_code(set: &CodeSet, here: &[(Signs, &Sign)]) -> Box<[Signs]> {
    let mut raised = vec![0; set.slots()];
    for (bit, sign) in here {
        // Codes that mean yes or no, and codes compared by another list: nothing is known.
        let plain = |codes: &[String]| !codes.iter().any(|code| code == "true" || code == "false");
        let told = sign.list.as_deref() == Some(set.list.as_str());
        let (codes, listed) = match &sign.of {
            Sought::OneOf(codes) if told && plain(codes) => (codes.as_slice(), true),
            Sought::NoneOf(codes) if told && plain(codes) => (codes.as_slice(), false),
            _ => (&[][..], false),
        };
        let slots: Vec<usize> = codes.iter().filter_map(|code| set.find(code.as_bytes())).collect();
        for (slot, signs) in raised.iter_mut().enumerate() {
            if slots.contains(&slot) == listed {
                *signs |= bit;
            }
        }
    }
    raised.into()
}
