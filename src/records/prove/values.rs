//! Values that are no objects of a class: texts, numbers, truths, and what formats take beside them.

use super::{Kind, Prover};
use crate::records::arena::{Spot, What};
use crate::records::presence;
use crate::records::scan::{self, Quoted};
use crate::records::table::{NO_SLOT, PlaceNode, Scalar, Text, ValueNode};
use serde_json::Value;

impl Prover<'_> {
    /// One value that is no object.
    pub(super) fn plain(
        &mut self,
        bytes: &[u8],
        at: usize,
        node: &ValueNode,
        property: &PlaceNode,
        spot: Spot,
    ) -> Option<usize> {
        let text = scan::text(bytes, at);
        let (mut slot, mut said) = (None, true);
        let (end, fine) = match &text {
            Some(text) => {
                let says = text.says_something();
                let fine = match node {
                    ValueNode::Codes(set) => {
                        let set = self.table.codes.get(usize::from(*set))?;
                        slot = text.plain().and_then(|text| set.find(text));
                        slot.is_some() && trimmed(text.inner)
                    }
                    ValueNode::Scalar(scalar) => says && (self.text(text, scalar) || self.other_text(text, scalar)),
                    _ => says,
                };
                said = says;
                // Blank text stands for nothing: rules would not see it.
                (text.end, (fine || says).then_some(fine)?)
            }
            None if bytes.get(at) == Some(&b'{') => {
                let (end, fine, says) = self.shape(bytes, at, node)?;
                said = says;
                (end, fine)
            }
            None => {
                let end = bare(bytes, at)?;
                let fine = match node {
                    ValueNode::Codes(_) => false,
                    ValueNode::Scalar(scalar) => bare_fits(bytes, at, scalar),
                    _ => true,
                };
                (end, fine)
            }
        };
        self.said += u64::from(said);
        if !fine {
            self.doubts.add_at(at..end, property.owner, Kind::Value { key: spot.key }, spot);
        }
        if let Some(raised) = &property.raised {
            let signs = match (bytes.get(at), slot) {
                (_, Some(slot)) => raised.codes.get(slot).copied().unwrap_or(raised.any),
                (Some(b'"'), None) if !raised.aged.is_empty() => {
                    let inner = text.as_ref().map_or(&[][..], |text| text.inner);
                    raised.of_text(inner, self.bench.today.year())
                }
                (Some(b'f'), _) if fine => raised.truths[0],
                (Some(b't'), _) if fine => raised.truths[1],
                _ => raised.any,
            };
            self.signs.raise(signs, self.table.single_signs);
        }
        // An object in which nothing is, is none for rules.
        if property.slot != NO_SLOT && said {
            let kind = match &text {
                Some(text) if !text.escaped && trimmed(text.inner) && slot.is_some() => What::Code,
                Some(text) if !text.escaped && trimmed(text.inner) => What::Text,
                _ => What::Value,
            };
            self.arena.value(spot, (at, end), kind)?;
        }
        Some(end)
    }

    /// An object that a format may take, with nothing but plain values in it: the place behind it, whether it is fine, and
    /// whether there is something in it.
    /// What is deeper is not followed: the record might be known by it.
    fn shape(&self, bytes: &[u8], at: usize, node: &ValueNode) -> Option<(usize, bool, bool)> {
        let ValueNode::Scalar(scalar) = node else { return None };
        let end = scan::value(bytes, at, 0)?;
        let value: Value = serde_json::from_slice(bytes.get(at..end)?).ok()?;
        let members = value.as_object()?;
        let flat = members.values().all(|value| !value.is_object() && !value.is_array());
        // JSON-LD may wrap a value in an object.
        let certain = flat && !members.keys().any(|name| name.starts_with('@'));
        certain.then(|| (end, scalar.open.shape && !self.remarkable(scalar, &value), presence::says(&value)))
    }

    /// True where a text has no finding that no pattern decides on.
    #[cold]
    fn other_text(&self, text: &Quoted<'_>, scalar: &Scalar) -> bool {
        let plain = || Some(Value::from(std::str::from_utf8(text.plain()?).ok()?));
        scalar.open.text && plain().is_some_and(|text| !self.remarkable(scalar, &text))
    }

    fn remarkable(&self, scalar: &Scalar, value: &Value) -> bool {
        let format = self.table.formats.get(usize::from(scalar.format));
        format.is_none_or(|format| self.standard.remarkable(format, value))
    }

    /// True where a text that is not blank is certainly fine.
    fn text(&self, text: &Quoted<'_>, scalar: &Scalar) -> bool {
        match scalar.text {
            Text::Never => false,
            Text::Any => true,
            Text::Pattern(pattern) => {
                let pattern = self.table.patterns.get(usize::from(pattern));
                pattern.is_some_and(|pattern| text.plain().is_some_and(|text| pattern.certainly(text)))
            }
        }
    }
}

/// Behind a number or a truth value.
fn bare(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at)? {
        b'"' | b'{' | b'[' | b'n' => None,
        _ => scan::value(bytes, at, 0),
    }
}

/// True where a number or a truth value is certainly fine.
fn bare_fits(bytes: &[u8], at: usize, scalar: &Scalar) -> bool {
    match (bytes.get(at), scalar.number) {
        (Some(b't' | b'f'), _) => scalar.boolean,
        (_, Some(plain)) => scan::number(bytes, at).is_some_and(|number| match plain {
            _ if plain.binary => matches!(number.text, b"0" | b"1"),
            _ if plain.whole && number.fraction => false,
            _ => plain.within.is_none_or(|(from, to)| number.within(from, to)),
        }),
        _ => false,
    }
}

/// True where a text certainly has no blanks around it.
fn trimmed(text: &[u8]) -> bool {
    let graphic = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    graphic(text.first()) && graphic(text.last())
}
