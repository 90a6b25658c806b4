//! What rules need of a record, kept while its bytes are read once: the values of the members that rules name, and the
//! objects on the way to them, as places in the bytes. No tree is built.

use super::table::{NO_SLOT, ObjectId, ObjectNode, PlaceId, Slot, Table, ValueNode};
use crate::standard::number_text;
use crate::standard::rules::{Applied, Memo, Only, Seen, Step};
use std::borrow::Cow;
use std::fmt::Write;

/// No object, no place in a list, nothing under a name.
const NONE: u32 = u32::MAX;

/// The length of a list that cannot be told.
const UNTOLD: u32 = NONE - 1;

/// One value, one object, or the length of one list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kept {
    /// The object it stands in.
    above: u32,
    place: PlaceId,
    /// Which of the object's names it stands under.
    key: u16,
    /// Its position in a list, or none.
    index: u32,
    start: u32,
    end: u32,
    what: What,
    /// Behind the last thing kept inside it.
    next: u32,
    /// Of an object: where its slots begin.
    slots: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Value,
    /// A text without escapes, and without blanks around it.
    Text,
    /// Such a text that is a code of the list of its property.
    Code,
    Object(ObjectId),
    /// An object in which nothing is: for the object around it there is none.
    Hollow(ObjectId),
    /// `index` is the number of its items.
    List,
    /// `@id` or `@type`, by its first letter.
    Mark(u8),
}

/// The things kept of one record, an object before what is inside it.
#[derive(Debug, Default)]
pub(super) struct Arena {
    kept: Vec<Kept>,
    /// For each object, for each of its members that rules name: the first thing kept of it.
    slots: Vec<u32>,
    /// What rules found out about each thing kept, of this record or of one before.
    memos: Vec<Memo>,
    /// The number of the record, to tell them apart.
    record: u64,
}

/// How much is kept: what is kept later can be dropped again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fill {
    kept: usize,
    slots: usize,
}

/// Where something stands: in which object, under which of its names, at which position of a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    pub(super) above: Opened,
    pub(super) place: PlaceId,
    pub(super) key: u16,
    /// Where rules find it, if they name it.
    pub(super) slot: Slot,
    pub(super) index: Option<u32>,
}

/// An object that is being read: its number, and where its slots begin.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opened {
    pub(super) number: u32,
    slots: u32,
}

impl Opened {
    /// Stands for objects that are not kept.
    pub(super) const NOWHERE: Opened = Opened { number: NONE, slots: 0 };
}

impl Spot {
    /// Where the record itself stands.
    pub(super) const ROOT: Spot = Spot { above: Opened::NOWHERE, place: 0, key: 0, slot: NO_SLOT, index: None };
}

impl Arena {
    pub(super) fn clear(&mut self) {
        self.kept.clear();
        self.slots.clear();
        self.record += 1;
    }

    pub(super) fn fill(&self) -> Fill {
        Fill { kept: self.kept.len(), slots: self.slots.len() }
    }

    /// Drops what was kept since. Whatever is kept next stands in the same place: slots above lead to it.
    pub(super) fn drop_to(&mut self, fill: Fill) {
        self.kept.truncate(fill.kept);
        self.slots.truncate(fill.slots);
    }

    fn push(&mut self, spot: Spot, start: usize, end: usize, what: What) -> Option<u32> {
        let number = u32::try_from(self.kept.len()).ok()?;
        if spot.slot != NO_SLOT
            && let Some(first) = self.slots.get_mut(spot.above.slots as usize + usize::from(spot.slot))
            && *first == NONE
        {
            *first = number;
        }
        self.kept.push(Kept {
            above: spot.above.number,
            place: spot.place,
            key: spot.key,
            index: spot.index.unwrap_or(NONE),
            start: u32::try_from(start).ok()?,
            end: u32::try_from(end).ok()?,
            what,
            next: number + 1,
            slots: 0,
        });
        Some(number)
    }

    /// A value that is no object, from its first to its last byte.
    pub(super) fn value(&mut self, spot: Spot, (start, end): (usize, usize), what: What) -> Option<()> {
        self.push(spot, start, end, what).map(drop)
    }

    /// How many items a list has, nulls aside, where that can be told.
    pub(super) fn list(&mut self, spot: Spot, items: Option<u32>) -> Option<()> {
        self.push(Spot { index: Some(items.unwrap_or(UNTOLD)), ..spot }, 0, 0, What::List).map(drop)
    }

    /// `@id` or `@type`, by its first letter.
    pub(super) fn mark(&mut self, spot: Spot, letter: u8, (start, end): (usize, usize)) -> Option<()> {
        self.push(spot, start, end, What::Mark(letter)).map(drop)
    }

    /// An object with so many slots begins.
    pub(super) fn open(&mut self, spot: Spot, id: ObjectId, slots: Slot, start: usize) -> Option<Opened> {
        let number = self.push(spot, start, start, What::Object(id))?;
        let first = u32::try_from(self.slots.len()).ok()?;
        self.slots.resize(self.slots.len() + usize::from(slots), NONE);
        self.kept.last_mut()?.slots = first;
        Some(Opened { number, slots: first })
    }

    /// An object ends, in which there was something or nothing.
    pub(super) fn close(&mut self, object: Opened, said: bool) {
        let next = u32::try_from(self.kept.len()).unwrap_or(NONE);
        if let Some(object) = self.kept.get_mut(object.number as usize) {
            object.next = next;
            object.what = match object.what {
                What::Object(id) if !said => What::Hollow(id),
                what => what,
            };
        }
    }

    /// The record as rules see it.
    pub(super) fn view<'v>(&'v mut self, table: &'v Table, record: &'v str) -> View<'v> {
        if self.memos.len() < self.kept.len() {
            self.memos.resize_with(self.kept.len(), Memo::default);
        }
        self.seen(table, record)
    }

    /// The same once more.
    pub(super) fn seen<'v>(&'v self, table: &'v Table, record: &'v str) -> View<'v> {
        let Arena { kept, slots, memos, record: number } = self;
        View { kept, slots, memos, number: *number, table, record }
    }
}

/// An arena with what it refers to.
pub(super) struct View<'v> {
    kept: &'v [Kept],
    slots: &'v [u32],
    memos: &'v [Memo],
    number: u64,
    table: &'v Table,
    record: &'v str,
}

impl View<'_> {
    /// The record itself.
    pub(super) fn root(&self) -> Sight<'_> {
        self.sight(0)
    }

    /// What is kept under a number, such as [`Arena::open`] gave.
    pub(super) fn sight(&self, number: u32) -> Sight<'_> {
        Sight { view: self, number }
    }
}

/// Something kept, as rules see it.
#[derive(Clone, Copy)]
pub(super) struct Sight<'v> {
    view: &'v View<'v>,
    number: u32,
}

impl<'v> Sight<'v> {
    fn kept(self) -> Option<&'v Kept> {
        self.view.kept.get(self.number as usize)
    }

    fn node(self) -> Option<&'v ObjectNode> {
        match self.kept()?.what {
            What::Object(id) | What::Hollow(id) => self.view.table.objects.get(usize::from(id)),
            _ => None,
        }
    }

    /// As written, quotes included.
    fn written(self) -> Option<&'v str> {
        let kept = self.kept()?;
        self.view.record.get(kept.start as usize..kept.end as usize)
    }

    /// The text between quotes, as written.
    fn quoted(self) -> Option<&'v str> {
        self.written()?.strip_prefix('"')?.strip_suffix('"')
    }

    fn point_at(self, pointer: &mut String) {
        let Some(kept) = self.kept() else { return };
        let above = Sight { view: self.view, number: kept.above };
        let Some(node) = above.node() else { return };
        above.point_at(pointer);
        let name = node.keys.get(usize::from(kept.key)).map(|name| &*name.text);
        pointer.push('/');
        pointer.push_str(match kept.what {
            What::Mark(b'i') => "@id",
            What::Mark(_) => "@type",
            _ => name.unwrap_or_default(),
        });
        if kept.index != NONE && kept.what != What::List {
            pointer.push('/');
            match kept.index {
                digit @ 0..=9 => pointer.push(char::from(b'0' + digit as u8)),
                // Writing to a text cannot fail.
                more => drop(write!(pointer, "{more}")),
            }
        }
    }

    /// What stands right inside an object, until the listener answers no.
    #[inline]
    fn inside(self, mut each: impl FnMut(Sight<'v>, &'v Kept) -> bool) {
        let end = self.kept().map_or(0, |kept| kept.next);
        let mut number = self.number + 1;
        while number < end {
            let Some(kept) = self.view.kept.get(number as usize) else { return };
            if !each(Sight { view: self.view, number }, kept) {
                return;
            }
            number = kept.next;
        }
    }

    /// The first thing kept of a member that rules name: a value, an item of a list, or the length of an empty one.
    #[inline]
    fn first(self, step: &Step) -> Option<(Sight<'v>, &'v Kept)> {
        let (view, object) = (self.view, self.kept()?);
        let (What::Object(id) | What::Hollow(id)) = object.what else { return None };
        let slot = *view.table.objects.get(usize::from(id))?.slot_of.get(usize::from(step.symbol.0))?;
        if slot == NO_SLOT {
            return None;
        }
        let number = *view.slots.get(object.slots as usize + usize::from(slot))?;
        let (sight, kept) = (Sight { view, number }, view.kept.get(number as usize)?);
        match kept.what {
            What::Hollow(_) => sight.following(kept),
            _ => Some((sight, kept)),
        }
    }

    /// What is kept of the same member behind this: the next item of a list, or its length at its end.
    #[inline]
    fn following(self, kept: &Kept) -> Option<(Sight<'v>, &'v Kept)> {
        let (place, above, mut before) = (kept.place, kept.above, *kept);
        loop {
            let sight = Sight { view: self.view, number: before.next };
            let next = sight.kept().filter(|_| before.index != NONE && before.what != What::List)?;
            if next.place != place || next.above != above {
                return None;
            }
            if !matches!(next.what, What::Hollow(_)) {
                return Some((sight, next));
            }
            before = *next;
        }
    }
}

impl<'v> Seen<'v> for Sight<'v> {
    fn members(self, step: &Step, each: &mut dyn FnMut(Self)) {
        self.along(std::slice::from_ref(step), each);
    }

    fn along(self, steps: &[Step], each: &mut dyn FnMut(Self)) {
        let (mut at, mut left) = (self, steps);
        while let [step, rest @ ..] = left {
            let Some((first, kept)) = at.first(step) else { return };
            if kept.index != NONE {
                let mut item = Some((first, kept));
                while let Some((sight, kept)) = item
                    && kept.what != What::List
                {
                    match rest {
                        [] => each(sight),
                        rest => sight.along(rest, each),
                    }
                    item = sight.following(kept);
                }
                return;
            }
            (at, left) = (first, rest);
        }
        each(at);
    }

    fn first_along(self, steps: &[Step]) -> Option<Self> {
        let (mut at, mut left) = (self, steps);
        while let [step, rest @ ..] = left {
            let (first, kept) = at.first(step)?;
            if kept.index != NONE {
                let mut item = Some((first, kept));
                while let Some((sight, kept)) = item.filter(|(_, kept)| kept.what != What::List) {
                    match sight.first_along(rest) {
                        None => item = sight.following(kept),
                        found => return found,
                    }
                }
                return None;
            }
            (at, left) = (first, rest);
        }
        Some(at)
    }

    fn only_along(self, steps: &[Step]) -> Only<Self> {
        let mut at = self;
        for (step, number) in steps.iter().zip(1..) {
            let Some((first, kept)) = at.first(step).filter(|(_, kept)| kept.what != What::List) else {
                return Only::Nothing;
            };
            if first.following(kept).is_some_and(|(_, next)| next.what != What::List) {
                let rest = steps.get(number..).unwrap_or_default();
                return Only::of(|each| at.members(step, &mut |item| item.along(rest, each)));
            }
            at = first;
        }
        Only::One(at)
    }

    fn is_code_of(self, list: &str) -> bool {
        let Some(kept) = self.kept().filter(|kept| kept.what == What::Code) else { return false };
        let set = match self.view.table.places.get(usize::from(kept.place)).map(|property| &property.value) {
            Some(ValueNode::Codes(set)) => self.view.table.codes.get(usize::from(*set)),
            _ => None,
        };
        set.is_some_and(|set| set.list == list)
    }

    fn text(self) -> Option<Cow<'v, str>> {
        let kept = self.kept()?;
        if matches!(kept.what, What::Text | What::Code) {
            return self
                .view
                .record
                .get(kept.start as usize + 1..(kept.end as usize).checked_sub(1)?)
                .map(Cow::Borrowed);
        }
        let written = self.written()?;
        match written.as_bytes().first()? {
            b'"' => match self.quoted()? {
                plain if !plain.as_bytes().contains(&b'\\') => Some(Cow::Borrowed(plain.trim())),
                _ => serde_json::from_str::<String>(written).ok().map(|text| Cow::Owned(text.trim().to_owned())),
            },
            b't' | b'f' => Some(Cow::Borrowed(written)),
            b'-' | b'0'..=b'9' => {
                serde_json::from_str::<serde_json::Number>(written).ok().map(|number| Cow::Owned(number_text(&number)))
            }
            _ => None,
        }
    }

    fn number(self) -> Option<f64> {
        let written = self.written()?;
        match written.as_bytes().first()? {
            b'-' | b'0'..=b'9' => written.parse().ok(),
            b'"' => {
                let text = self.quoted()?;
                let plain =
                    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.".contains(&byte));
                if plain { text.parse().ok().filter(|number: &f64| number.is_finite()) } else { None }
            }
            _ => None,
        }
    }

    fn truth(self) -> Option<bool> {
        match self.written()? {
            "true" | "\"true\"" | "\"1\"" => Some(true),
            "false" | "\"false\"" | "\"0\"" => Some(false),
            text if text.starts_with('"') => None,
            _ => match self.number()? {
                0.0 => Some(false),
                1.0 => Some(true),
                _ => None,
            },
        }
    }

    fn listed(self, step: &Step) -> Option<usize> {
        let mut item = self.first(step);
        if item.is_some_and(|(_, kept)| kept.index == NONE) {
            return Some(1);
        }
        while let Some((sight, kept)) = item {
            if kept.what == What::List {
                return Some(kept.index as usize).filter(|_| kept.index != UNTOLD);
            }
            item = sight.following(kept);
        }
        None
    }

    fn point(self, into: &mut String) {
        self.point_at(into);
    }

    fn offset(self) -> Option<usize> {
        self.kept().map(|kept| kept.start as usize)
    }

    fn above(self) -> Option<(Sight<'v>, u64)> {
        let kept = self.kept()?;
        let above = Sight { view: self.view, number: kept.above };
        let (place, key) = match kept.what {
            // No place has so many names.
            What::Mark(letter) => (0, u16::MAX - u16::from(letter)),
            _ => (kept.place, kept.key),
        };
        let step = u64::from(place) << 48 | u64::from(key) << 32 | u64::from(kept.index);
        above.kept().map(|_| (above, step))
    }

    fn listed_item(self) -> bool {
        self.kept().is_some_and(|kept| kept.index != NONE)
    }

    fn memo(self) -> Option<&'v Memo> {
        let memo = self.view.memos.get(self.number as usize)?;
        memo.of_record(self.view.number);
        Some(memo)
    }

    fn applied(self) -> Option<&'v Applied> {
        self.node().map(|node| &node.applied)
    }

    fn alone(self) -> bool {
        self.node().is_some_and(|node| node.alone)
    }

    fn inner(self, each: &mut dyn FnMut(Self)) {
        self.inside(|inner, kept| {
            if matches!(kept.what, What::Object(_)) {
                each(inner);
            }
            true
        });
    }
}
