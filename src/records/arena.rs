//! What rules need of a record, kept while its bytes are read once: the values of the members that rules name, and the
//! objects on the way to them, as places in the bytes. No tree is built.

use super::table::{ObjectId, ObjectNode, PlaceId, PlaceNode, Table};
use crate::standard::rules::{Applied, Seen, Step};
use std::borrow::Cow;
use std::fmt::Write;

/// Bytes of most pointers.
const POINTER: usize = 96;

/// No object, no place in a list.
const NONE: u32 = u32::MAX;

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
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Value,
    Object(ObjectId),
    /// `index` is the number of items.
    List,
    /// `@id` or `@type`, by its first letter.
    Mark(u8),
}

/// The things kept of one record, an object before what is inside it.
#[derive(Debug, Default)]
pub(super) struct Arena {
    kept: Vec<Kept>,
}

/// Where something stands: in which object, under which of its names, at which position of a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    pub(super) above: u32,
    pub(super) place: PlaceId,
    pub(super) key: u16,
    pub(super) index: Option<u32>,
}

impl Spot {
    /// Where the record itself stands.
    pub(super) const ROOT: Spot = Spot { above: NONE, place: 0, key: 0, index: None };
}

impl Arena {
    pub(super) fn clear(&mut self) {
        self.kept.clear();
    }

    pub(super) fn len(&self) -> usize {
        self.kept.len()
    }

    pub(super) fn truncate(&mut self, len: usize) {
        self.kept.truncate(len);
    }

    fn push(&mut self, spot: Spot, start: usize, end: usize, what: What) -> Option<u32> {
        let number = u32::try_from(self.kept.len()).ok()?;
        self.kept.push(Kept {
            above: spot.above,
            place: spot.place,
            key: spot.key,
            index: spot.index.unwrap_or(NONE),
            start: u32::try_from(start).ok()?,
            end: u32::try_from(end).ok()?,
            what,
            next: number + 1,
        });
        Some(number)
    }

    /// A plain value from its first to its last byte.
    pub(super) fn value(&mut self, spot: Spot, start: usize, end: usize) -> Option<()> {
        self.push(spot, start, end, What::Value).map(drop)
    }

    /// How many items a list has.
    pub(super) fn list(&mut self, spot: Spot, items: u32) -> Option<()> {
        self.push(Spot { index: Some(items), ..spot }, 0, 0, What::List).map(drop)
    }

    /// `@id` or `@type`.
    pub(super) fn mark(&mut self, above: u32, letter: u8, start: usize, end: usize) -> Option<()> {
        self.push(Spot { above, ..Spot::ROOT }, start, end, What::Mark(letter)).map(drop)
    }

    /// An object begins; gives its number, by which it is closed.
    pub(super) fn open(&mut self, spot: Spot, id: ObjectId, start: usize) -> Option<u32> {
        self.push(spot, start, start, What::Object(id))
    }

    /// An object ends.
    pub(super) fn close(&mut self, number: u32) {
        let next = u32::try_from(self.kept.len()).unwrap_or(NONE);
        if let Some(object) = self.kept.get_mut(number as usize) {
            object.next = next;
        }
    }

    /// All objects of the record, as rules see them.
    pub(super) fn objects<'v>(&'v self, table: &'v Table, bytes: &'v [u8]) -> impl Iterator<Item = Sight<'v>> {
        let view = View { arena: self, table, bytes };
        let all = self.kept.iter().enumerate().filter(|(_, kept)| matches!(kept.what, What::Object(_)));
        all.map(move |(number, _)| Sight { view, number })
    }
}

/// An arena with what it refers to.
#[derive(Clone, Copy)]
struct View<'v> {
    arena: &'v Arena,
    table: &'v Table,
    bytes: &'v [u8],
}

/// Something kept, as rules see it.
#[derive(Clone, Copy)]
pub(super) struct Sight<'v> {
    view: View<'v>,
    number: usize,
}

impl<'v> Sight<'v> {
    fn kept(self) -> Option<&'v Kept> {
        self.view.arena.kept.get(self.number)
    }

    fn node(self) -> Option<&'v ObjectNode> {
        match self.kept()?.what {
            What::Object(id) => self.view.table.objects.get(usize::from(id)),
            _ => None,
        }
    }

    fn property(self) -> Option<&'v PlaceNode> {
        let kept = self.kept()?;
        matches!(kept.what, What::Value | What::Object(_) | What::List)
            .then(|| self.view.table.places.get(usize::from(kept.place)))?
    }

    fn bytes(self) -> Option<&'v [u8]> {
        let kept = self.kept()?;
        self.view.bytes.get(kept.start as usize..kept.end as usize)
    }

    /// What stands right inside an object.
    fn inside(self) -> impl Iterator<Item = Sight<'v>> {
        let end = self.kept().map_or(0, |kept| kept.next as usize);
        let view = self.view;
        let next = move |number: usize| {
            let next = view.arena.kept.get(number)?.next as usize;
            (next < end).then_some(next)
        };
        let first = (self.number + 1 < end).then_some(self.number + 1);
        std::iter::successors(first, move |number| next(*number)).map(move |number| Sight { view, number })
    }

    /// Writes its pointer.
    fn written(self, pointer: &mut String) {
        let Some(kept) = self.kept() else { return };
        let above = Sight { view: self.view, number: kept.above as usize };
        let Some(node) = above.node() else { return };
        above.written(pointer);
        let name = node.keys.get(usize::from(kept.key)).and_then(|(name, _)| std::str::from_utf8(name).ok());
        pointer.push('/');
        pointer.push_str(match kept.what {
            What::Mark(b'i') => "@id",
            What::Mark(_) => "@type",
            _ => name.unwrap_or_default(),
        });
        if kept.index != NONE && kept.what != What::List {
            // Writing to a text cannot fail.
            let _ = write!(pointer, "/{}", kept.index);
        }
    }

    fn is(self, step: &Step) -> bool {
        match self.kept().map(|kept| kept.what) {
            Some(What::Mark(letter)) => {
                let name = step.name.as_bytes();
                name.first() == Some(&b'@') && name.get(1) == Some(&letter)
            }
            Some(_) => self.property().is_some_and(|property| property.symbol == Some(step.symbol)),
            None => false,
        }
    }
}

impl<'v> Seen<'v> for Sight<'v> {
    fn members(self, step: &Step, each: &mut dyn FnMut(Self)) {
        let found = self.inside().filter(|inner| inner.is(step));
        found.filter(|inner| inner.kept().is_some_and(|kept| kept.what != What::List)).for_each(each);
    }

    fn text(self) -> Option<Cow<'v, str>> {
        let bytes = self.bytes()?;
        match bytes.first()? {
            b'"' => {
                let inner = std::str::from_utf8(bytes.get(1..bytes.len() - 1)?).ok()?;
                match inner.contains('\\') {
                    false => Some(Cow::Borrowed(inner.trim())),
                    true => serde_json::from_slice::<String>(bytes).ok().map(|text| Cow::Owned(text.trim().to_owned())),
                }
            }
            b't' | b'f' => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            b'-' | b'0'..=b'9' => {
                serde_json::from_slice::<serde_json::Number>(bytes).ok().map(|number| Cow::Owned(number.to_string()))
            }
            _ => None,
        }
    }

    fn number(self) -> Option<f64> {
        let bytes = self.bytes()?;
        match bytes.first()? {
            b'-' | b'0'..=b'9' => std::str::from_utf8(bytes).ok()?.parse().ok(),
            b'"' => {
                let text = std::str::from_utf8(bytes.get(1..bytes.len() - 1)?).ok()?;
                let plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || "+-.".contains(c));
                text.parse().ok().filter(|number: &f64| plain && number.is_finite())
            }
            _ => None,
        }
    }

    fn truth(self) -> Option<bool> {
        match self.bytes()? {
            b"true" | b"\"true\"" | b"\"1\"" => Some(true),
            b"false" | b"\"false\"" | b"\"0\"" => Some(false),
            _ => match self.number().filter(|_| self.bytes().is_some_and(|bytes| bytes.first() != Some(&b'"')))? {
                0.0 => Some(false),
                1.0 => Some(true),
                _ => None,
            },
        }
    }

    fn listed(self, step: &Step) -> Option<usize> {
        let lists = self.inside().filter(|inner| inner.is(step)).filter_map(Sight::kept);
        lists.filter(|kept| kept.what == What::List).map(|kept| kept.index as usize).reduce(|sum, more| sum + more)
    }

    fn place(self) -> String {
        let mut pointer = String::with_capacity(POINTER);
        self.written(&mut pointer);
        pointer
    }

    fn applied(self) -> Option<&'v Applied> {
        self.node().map(|node| &node.applied)
    }

    fn inner(self, each: &mut dyn FnMut(Self)) {
        self.inside().filter(|inner| inner.node().is_some()).for_each(each);
    }
}
