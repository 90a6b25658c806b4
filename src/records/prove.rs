//! One pass over the bytes of a record, without a tree: is it certainly free of findings?
//!
//! `Certain` is a proof; anything else only means that the full evaluator has to look. The pass accepts no more JSON than
//! the parser does, and no value that the standard would remark upon.

use super::arena::{Arena, Sight, Spot};
use super::scan::{self, Number};
use super::table::{ObjectId, ObjectNode, PlaceId, PlaceNode, Scalar, Table, Text, ValueNode};
use crate::standard::Standard;
use crate::standard::rules::Seen;
use crate::standard::rules::judge::{Bench, Outcome};
use jiff::civil::Date;

/// Objects and lists within each other; deeper records are left to the full evaluator.
const DEEPEST: usize = 48;

/// Proves records of one class, one after the other.
#[derive(Debug)]
pub struct Prover<'t> {
    table: &'t Table,
    /// For each place the key that followed it last time; for each object its first key, behind all places.
    follows: Vec<u16>,
    /// Places with a value in the record at hand.
    present: Vec<PlaceId>,
    /// What rules need of it.
    arena: Arena,
    bench: Bench<'t>,
}

impl<'t> Prover<'t> {
    /// A prover with nothing learned yet. `today` is what rules about dates take for the day of the run, in UTC.
    pub fn new(table: &'t Table, standard: &'t Standard, today: Date) -> Prover<'t> {
        Prover {
            table,
            follows: vec![0; table.places.len() + table.objects.len()],
            present: Vec::new(),
            arena: Arena::default(),
            bench: standard.bench(today),
        }
    }

    /// True when the record, one JSON object with nothing around it but white space, certainly has no finding.
    pub fn certain(&mut self, record: &[u8]) -> bool {
        self.present.clear();
        self.arena.clear();
        let start = scan::blank(record, 0);
        let Some(end) = self.object(record, start, 0, Spot::ROOT, 0) else { return false };
        scan::blank(record, end.at) == record.len() && self.keeps_rules(record)
    }

    /// True where no rule that applies to an object of the record is broken.
    fn keeps_rules(&self, record: &[u8]) -> bool {
        self.arena.objects(self.table, record).all(|object| {
            let rules = object.applied().map(|applied| applied.record.as_slice()).unwrap_or_default();
            rules.iter().all(|rule| !matches!(self.bench.judge(rule, object), Outcome::Broken { .. }))
        })
    }

    /// The places that had a value in the record just proven, and the objects that were there.
    pub(super) fn present(&self) -> &[PlaceId] {
        &self.present
    }

    /// The record just proven, as rules see it.
    pub(super) fn seen<'v>(&'v self, record: &'v [u8]) -> Option<Sight<'v>> {
        self.arena.objects(self.table, record).next()
    }

    /// An object that starts here.
    fn object(&mut self, bytes: &[u8], start: usize, id: ObjectId, spot: Spot, depth: usize) -> Option<Proven> {
        let table = self.table;
        let node = table.objects.get(usize::from(id))?;
        if !node.provable || depth > DEEPEST || bytes.get(start) != Some(&b'{') {
            return None;
        }
        let number = self.arena.open(spot, id, start)?;
        self.present.push(table.visits(id));
        let end = self.contents(bytes, start, node, id, number, depth)?;
        self.arena.close(number);
        Some(end)
    }

    fn contents(
        &mut self,
        bytes: &[u8],
        start: usize,
        node: &ObjectNode,
        id: ObjectId,
        number: u32,
        depth: usize,
    ) -> Option<Proven> {
        let table = self.table;
        let mut seen = 0u64;
        let mut filled = 0u64;
        let mut marks = 0u8;
        let mut last = self.table.places.len() + usize::from(id);
        let mut at = scan::blank(bytes, start + 1);
        if bytes.get(at) == Some(&b'}') {
            return (node.required == 0).then_some(Proven { at: at + 1, seen });
        }
        loop {
            if bytes.get(at) != Some(&b'"') {
                return None;
            }
            at += 1;
            let rest = bytes.get(at..)?;
            let guess = *self.follows.get(last)?;
            let key = match node.keys.get(usize::from(guess)) {
                Some((name, _)) if rest.starts_with(name) && rest.get(name.len()) == Some(&b'"') => Some(guess),
                _ => {
                    let found = node
                        .keys
                        .iter()
                        .position(|(name, _)| rest.starts_with(name) && rest.get(name.len()) == Some(&b'"'));
                    found.and_then(|found| u16::try_from(found).ok())
                }
            };
            let Some(key) = key else {
                at = self.mark(bytes, at, &node.class, number, &mut marks)?;
                at = match bytes.get(at)? {
                    b',' => scan::blank(bytes, at + 1),
                    b'}' => return (filled & node.required == node.required).then_some(Proven { at: at + 1, seen }),
                    _ => return None,
                };
                continue;
            };
            if let Some(follows) = self.follows.get_mut(last) {
                *follows = key;
            }
            let (name, place) = node.keys.get(usize::from(key))?;
            at = scan::colon(bytes, at + name.len() + 1)?;
            last = usize::from(*place);
            let property = table.places.get(last)?;
            if seen & property.bit != 0 {
                return None;
            }
            seen |= property.bit;
            let spot = Spot { above: number, place: *place, key, index: None };
            let (end, present) = self.values(bytes, at, property, spot, depth)?;
            if present {
                filled |= property.bit;
                self.present.push(*place);
            }
            at = scan::blank(bytes, end);
            match bytes.get(at)? {
                b',' => at = scan::blank(bytes, at + 1),
                b'}' => return (filled & node.required == node.required).then_some(Proven { at: at + 1, seen }),
                _ => return None,
            }
        }
    }

    /// A member of JSON-LD: `@type` with the name of the class, `@id`, `@context`. Ends at the comma or bracket after it.
    fn mark(&mut self, bytes: &[u8], at: usize, class: &str, number: u32, marks: &mut u8) -> Option<usize> {
        let rest = bytes.get(at..)?;
        let (length, bit) = if rest.starts_with(b"@type\"") {
            (6, 1)
        } else if rest.starts_with(b"@id\"") {
            (4, 2)
        } else if rest.starts_with(b"@context\"") {
            (9, 4)
        } else {
            return None;
        };
        if *marks & bit != 0 {
            return None;
        }
        *marks |= bit;
        let value = scan::colon(bytes, at + length)?;
        let end = scan::value(bytes, value, 0)?;
        if bit == 1 {
            let text = bytes.get(value + 1..end - 1).filter(|_| bytes.get(value) == Some(&b'"'))?;
            let bare = text.rsplit(|byte| matches!(byte, b':' | b'/' | b'#')).next()?;
            if bare != class.as_bytes() {
                return None;
            }
        }
        match bit {
            1 => self.arena.mark(number, b't', value, end)?,
            // Rules see a text; anything else is theirs to judge on the tree.
            2 if bytes.get(value) == Some(&b'"') => self.arena.mark(number, b'i', value, end)?,
            2 => return None,
            _ => {}
        }
        Some(scan::blank(bytes, end))
    }

    /// The value or values of a property; true when there is any.
    fn values(
        &mut self,
        bytes: &[u8],
        at: usize,
        property: &PlaceNode,
        spot: Spot,
        depth: usize,
    ) -> Option<(usize, bool)> {
        match bytes.get(at)? {
            b'n' => Some((scan::word(bytes, at, b"null")?, false)),
            b'[' if property.list => {
                let (end, items) = self.items(bytes, at, property, spot, depth)?;
                if property.symbol.is_some() {
                    self.arena.list(spot, items)?;
                }
                Some((end, true))
            }
            b'[' => None,
            _ if property.single => Some((self.value(bytes, at, property, spot, depth + 1)?, true)),
            _ => None,
        }
    }

    /// The items of a list, and how many there are.
    fn items(
        &mut self,
        bytes: &[u8],
        at: usize,
        property: &PlaceNode,
        spot: Spot,
        depth: usize,
    ) -> Option<(usize, u32)> {
        let mut at = scan::blank(bytes, at + 1);
        if bytes.get(at) == Some(&b']') {
            return Some((at + 1, 0));
        }
        let mut count = 0;
        loop {
            let spot = Spot { index: Some(count), ..spot };
            at = match bytes.get(at)? {
                b'n' => scan::word(bytes, at, b"null")?,
                _ => self.value(bytes, at, property, spot, depth + 1)?,
            };
            count += 1;
            at = scan::blank(bytes, at);
            match bytes.get(at)? {
                b',' => at = scan::blank(bytes, at + 1),
                b']' => return Some((at + 1, count)),
                _ => return None,
            }
        }
    }

    /// One value that is neither null nor a list.
    fn value(&mut self, bytes: &[u8], at: usize, property: &PlaceNode, spot: Spot, depth: usize) -> Option<usize> {
        if let ValueNode::Objects(nodes) = &property.value {
            return self.objects(bytes, at, nodes, spot, depth);
        }
        let end = self.plain(bytes, at, property, depth)?;
        if property.symbol.is_some() {
            self.arena.value(spot, at, end)?;
        }
        Some(end)
    }

    /// A value that is no object of a class.
    fn plain(&self, bytes: &[u8], at: usize, property: &PlaceNode, depth: usize) -> Option<usize> {
        match &property.value {
            ValueNode::Codes(set) => {
                let text = scan::text(bytes, at)?;
                let known = self.table.codes.get(usize::from(*set))?.contains(text.plain()?);
                known.then_some(text.end)
            }
            ValueNode::Scalar(scalar) => self.scalar(bytes, at, scalar),
            ValueNode::Objects(_) => None,
            ValueNode::Any => match bytes.get(at)? {
                b'"' => {
                    let text = scan::text(bytes, at)?;
                    text.says_something().then_some(text.end)
                }
                b'{' | b'[' => None,
                _ => scan::value(bytes, at, depth),
            },
        }
    }

    fn objects(
        &mut self,
        bytes: &[u8],
        at: usize,
        nodes: &[(ObjectId, u64)],
        spot: Spot,
        depth: usize,
    ) -> Option<usize> {
        let (before, kept) = (self.present.len(), self.arena.len());
        for (index, (node, shared)) in nodes.iter().enumerate() {
            let Some(proven) = self.object(bytes, at, *node, spot, depth) else {
                self.present.truncate(before);
                self.arena.truncate(kept);
                continue;
            };
            // The first class is meant in a tie; a later one only where the object has a member of its own, and no
            // type that might name an earlier one.
            let own = index == 0 || (proven.seen & !shared != 0 && !typed(bytes.get(at..proven.at)?));
            return own.then_some(proven.at);
        }
        None
    }

    fn scalar(&self, bytes: &[u8], at: usize, scalar: &Scalar) -> Option<usize> {
        match bytes.get(at)? {
            b'"' => {
                let text = scan::text(bytes, at)?;
                let fine = match scalar.text {
                    Text::Never => false,
                    Text::Any => text.says_something(),
                    Text::Pattern(pattern) => {
                        self.table.patterns.get(usize::from(pattern))?.certainly(text.plain()?) && text.says_something()
                    }
                };
                fine.then_some(text.end)
            }
            b't' if scalar.boolean => scan::word(bytes, at, b"true"),
            b'f' if scalar.boolean => scan::word(bytes, at, b"false"),
            b'-' | b'0'..=b'9' => {
                let plain = scalar.number?;
                let number: Number<'_> = scan::number(bytes, at)?;
                let fine = match plain {
                    _ if plain.binary => matches!(number.text, b"0" | b"1"),
                    _ if plain.whole && number.fraction => false,
                    _ => plain.within.is_none_or(|(from, to)| number.within(from, to)),
                };
                fine.then_some(number.end)
            }
            _ => None,
        }
    }
}

/// Where a proven object ends, and which of its properties it names.
struct Proven {
    at: usize,
    seen: u64,
}

fn typed(object: &[u8]) -> bool {
    object.windows(7).any(|window| window == b"\"@type\"")
}
