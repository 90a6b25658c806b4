//! What a defect is, and how it is made: edits of the bytes of a clean record.

use super::places::{Span, find};
use super::{CLASSES, Class, formats, meanings};

/// What the pointers of a defect start from, so that one defect serves every class that has such a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The record.
    Record,
    /// The person in it.
    Person,
    /// The member in it.
    Member,
}

/// One kind of mistake.
#[derive(Clone, Copy, Debug)]
pub struct Defect {
    /// Name on the command line.
    pub name: &'static str,
    /// What its pointers start from.
    pub from: Anchor,
    /// Where the finding must be.
    pub pointer: &'static str,
    /// Id of the rule that must find it.
    pub rule: &'static str,
    /// What is done, in words.
    pub what: &'static str,
    /// How.
    pub edits: &'static [Edit],
}

/// A change of a record, or a condition for one. A change that finds nothing at its pointer does not apply, and the
/// record is invented again.
#[derive(Clone, Copy, Debug)]
pub enum Edit {
    /// Only where this JSON stands.
    Only(&'static str, &'static str),
    /// Only where nothing stands.
    Lacks(&'static str),
    /// Only where something stands.
    Has(&'static str),
    /// This JSON instead; `%n` in it becomes the number of the record.
    Set(&'static str, &'static str),
    /// The value of another pointer instead.
    Copy(&'static str, &'static str),
    /// Nothing instead.
    Drop(&'static str),
    /// A member more in the object at the pointer: its key and its JSON, with `%n` as above.
    Add(&'static str, &'static str, &'static str),
    /// An item more in the list at the pointer, with `%n` as above.
    Append(&'static str, &'static str),
    /// A copy of what stands at the second pointer as an item more in the list at the first.
    AppendCopy(&'static str, &'static str),
    /// Another key.
    Rename(&'static str, &'static str),
    /// The key and the value twice.
    Again(&'static str),
    /// What comes before and after the value.
    Around(&'static str, &'static str, &'static str),
    /// What comes first in a text.
    Prefix(&'static str, &'static str),
    /// The value without its first and last byte: an item without its list, digits without quotes.
    Bare(&'static str),
    /// The value twice in a list.
    Twice(&'static str),
    /// A text in lower case.
    Lower(&'static str),
    /// What stands at the pointer in an earlier, clean record instead.
    Earlier(&'static str),
    /// What stands at the second pointer in an earlier record as an item more in the list at the first.
    AppendEarlier(&'static str, &'static str),
    /// A byte that is no UTF-8 first in a text.
    BadByte(&'static str),
    /// The line ends in its middle.
    Cut,
}

/// All defects.
pub fn defects() -> impl Iterator<Item = &'static Defect> {
    formats::DEFECTS.iter().chain(meanings::DEFECTS)
}

impl Defect {
    /// The defect of that name.
    pub fn named(name: &str) -> Option<&'static Defect> {
        defects().find(|defect| defect.name == name)
    }

    /// The names of the classes it applies to.
    pub fn classes(&'static self) -> Vec<&'static str> {
        CLASSES.iter().filter(|class| class.takes(self)).map(|class| class.name).collect()
    }

    /// True when the mistake lies between records, not within one.
    pub fn needs_earlier(&self) -> bool {
        self.edits.iter().any(|edit| matches!(edit, Edit::Earlier(_) | Edit::AppendEarlier(..)))
    }

    /// True when the line is no JSON any more, so that it cannot stand in a list.
    pub fn breaks_syntax(&self) -> bool {
        self.edits.iter().any(|edit| matches!(edit, Edit::Cut))
    }

    /// The pointer of the finding in a record of that class.
    pub fn place(&self, class: &Class) -> Option<String> {
        Some(format!("{}{}", class.part(self.from)?, self.pointer))
    }

    /// Spoils a record; false (with the record in no useful state) when it has not what the defect needs.
    pub(super) fn spoil(&self, record: &mut Vec<u8>, class: &Class, number: u64, earlier: Option<&[u8]>) -> bool {
        let Some(part) = class.part(self.from) else { return false };
        self.edits.iter().all(|edit| edit.make(record, part, number, earlier).is_some())
    }

    /// True when a clean record can lend what the defect copies from an earlier one.
    pub(super) fn can_lend(&self, record: &[u8], class: &Class) -> bool {
        let Some(part) = class.part(self.from) else { return false };
        let at = |pointer: &str| find(record, &format!("{part}{pointer}"));
        self.edits.iter().all(|edit| match edit {
            Edit::Only(pointer, json) => at(pointer).is_some_and(|span| &record[span.value] == json.as_bytes()),
            Edit::Earlier(pointer) | Edit::AppendEarlier(_, pointer) | Edit::Has(pointer) => at(pointer).is_some(),
            _ => true,
        })
    }
}

impl Edit {
    fn make(&self, record: &mut Vec<u8>, part: &str, number: u64, earlier: Option<&[u8]>) -> Option<()> {
        let at = |record: &[u8], pointer: &str| find(record, &format!("{part}{pointer}"));
        let filled = |json: &str| json.replace("%n", &number.to_string()).into_bytes();
        match *self {
            Edit::Only(pointer, json) => {
                let span = at(record, pointer)?;
                (record.get(span.value)? == json.as_bytes()).then_some(())
            }
            Edit::Lacks(pointer) => at(record, pointer).is_none().then_some(()),
            Edit::Has(pointer) => at(record, pointer).map(|_| ()),
            Edit::Set(pointer, json) => {
                let span = at(record, pointer)?;
                put(record, span.value, &filled(json))
            }
            Edit::Copy(pointer, from) => {
                let value = record.get(at(record, from)?.value)?.to_vec();
                let span = at(record, pointer)?;
                put(record, span.value, &value)
            }
            Edit::Drop(pointer) => drop_part(record, at(record, pointer)?),
            Edit::Add(pointer, key, json) => {
                if at(record, &format!("{pointer}/{key}")).is_some() {
                    return None;
                }
                let member = [b"\"", key.as_bytes(), b"\":", &filled(json)].concat();
                more(record, at(record, pointer)?, &member)
            }
            Edit::Append(pointer, json) => more(record, at(record, pointer)?, &filled(json)),
            Edit::AppendCopy(pointer, from) => {
                let value = record.get(at(record, from)?.value)?.to_vec();
                more(record, at(record, pointer)?, &value)
            }
            Edit::Rename(pointer, key) => {
                let span = at(record, pointer)?;
                put(record, span.key, format!("\"{key}\"").as_bytes())
            }
            Edit::Again(pointer) => {
                let whole = at(record, pointer)?.whole();
                let twice = [record.get(whole.clone())?, b",", record.get(whole.clone())?].concat();
                put(record, whole, &twice)
            }
            Edit::Around(pointer, before, behind) => {
                let span = at(record, pointer)?;
                let value = [before.as_bytes(), record.get(span.value.clone())?, behind.as_bytes()].concat();
                put(record, span.value, &value)
            }
            Edit::Prefix(pointer, first) => prefix(record, at(record, pointer)?, first.as_bytes()),
            Edit::Bare(pointer) => {
                let span = at(record, pointer)?;
                let inner = record.get(span.value.start + 1..span.value.end - 1)?.to_vec();
                put(record, span.value, &inner)
            }
            Edit::Twice(pointer) => {
                let span = at(record, pointer)?;
                let value = record.get(span.value.clone())?;
                let list = [b"[", value, b",", value, b"]"].concat();
                put(record, span.value, &list)
            }
            Edit::Lower(pointer) => {
                let span = at(record, pointer)?;
                record.get_mut(span.value)?.make_ascii_lowercase();
                Some(())
            }
            Edit::Earlier(pointer) => {
                let lent = earlier?;
                let value = lent.get(at(lent, pointer)?.value)?;
                let span = at(record, pointer)?;
                put(record, span.value, value)
            }
            Edit::AppendEarlier(pointer, from) => {
                let lent = earlier?;
                let value = lent.get(at(lent, from)?.value)?;
                more(record, at(record, pointer)?, value)
            }
            Edit::BadByte(pointer) => prefix(record, at(record, pointer)?, b"\xff"),
            Edit::Cut => {
                // Two thirds of the bytes, and never a character in halves.
                let mut end = record.len() * 2 / 3;
                while record.get(end).is_some_and(|byte| !byte.is_ascii()) {
                    end -= 1;
                }
                record.truncate(end);
                Some(())
            }
        }
    }
}

fn put(record: &mut Vec<u8>, at: std::ops::Range<usize>, bytes: &[u8]) -> Option<()> {
    (at.end <= record.len()).then(|| drop(record.splice(at, bytes.iter().copied())))
}

/// One member or item more, as the last.
fn more(record: &mut Vec<u8>, span: Span, bytes: &[u8]) -> Option<()> {
    let end = span.value.end.checked_sub(1)?;
    let empty = matches!(record.get(end.checked_sub(1)?)?, b'{' | b'[');
    let comma: &[u8] = if empty { b"" } else { b"," };
    put(record, end..end, &[comma, bytes].concat())
}

fn prefix(record: &mut Vec<u8>, span: Span, bytes: &[u8]) -> Option<()> {
    let start = span.value.start;
    (record.get(start)? == &b'"').then_some(())?;
    put(record, start + 1..start + 1, bytes)
}

/// Takes a member or an item out, with one comma.
fn drop_part(record: &mut Vec<u8>, span: Span) -> Option<()> {
    let whole = span.whole();
    let range = match (record.get(whole.end)?, record.get(whole.start.checked_sub(1)?)?) {
        (b',', _) => whole.start..whole.end + 1,
        (_, b',') => whole.start - 1..whole.end,
        _ => whole,
    };
    put(record, range, b"")
}
