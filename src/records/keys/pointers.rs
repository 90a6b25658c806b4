//! Where keys stand: the same places come up in every record, and are written once for a chunk.

use super::names::{Names, Number};
use crate::standard::rules::Seen;
use crate::standard::rules::digest::Digest;
use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher};

/// Stands for the record itself.
const TOP: u32 = u32::MAX;

/// The pointer of a place in records.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pointer {
    pub(super) number: Number,
    pub(super) hash: u64,
}

/// The pointers of places in the records of one chunk.
#[derive(Debug, Default)]
pub(super) struct Pointers {
    /// The number of the place above, and the step from there.
    steps: HashMap<(u32, u64), u32, Mix>,
    /// By number, where it was asked for.
    all: Vec<Option<Pointer>>,
    /// Room for a pointer.
    text: String,
}

impl Pointers {
    /// The pointer of a value.
    pub(super) fn of<'v, S: Seen<'v>>(&mut self, value: S, names: &mut Names) -> Pointer {
        let Some(number) = self.number(value) else { return self.write(value, names) };
        if let Some(Some(known)) = self.all.get(number as usize) {
            return *known;
        }
        let pointer = self.write(value, names);
        if let Some(slot) = self.all.get_mut(number as usize) {
            *slot = Some(pointer);
        }
        pointer
    }

    /// `None` for the record itself, and where steps are not known.
    fn number<'v, S: Seen<'v>>(&mut self, value: S) -> Option<u32> {
        let number = value.memo()?.place(|| {
            let Some((above, step)) = value.above() else { return TOP };
            let above = self.number(above).unwrap_or(TOP);
            let fresh = u32::try_from(self.all.len()).unwrap_or(TOP);
            *self.steps.entry((above, step)).or_insert_with(|| {
                self.all.push(None);
                fresh
            })
        });
        (number != TOP).then_some(number)
    }

    fn write<'v, S: Seen<'v>>(&mut self, value: S, names: &mut Names) -> Pointer {
        self.text.clear();
        value.point(&mut self.text);
        Pointer { number: names.pointer(&self.text), hash: Digest::of(&self.text).words()[0] }
    }
}

/// Hashes of steps. These are numbers of ours and positions in lists, which nobody can choose so that they meet: what the
/// standard library does against that would cost more than writing the pointer.
#[derive(Clone, Copy, Debug, Default)]
struct Mix(u64);

impl BuildHasher for Mix {
    type Hasher = Mix;

    fn build_hasher(&self) -> Mix {
        Mix(0)
    }
}

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u32(&mut self, word: u32) {
        self.write_u64(u64::from(word));
    }

    fn write_u64(&mut self, word: u64) {
        let mixed = u128::from(self.0 ^ word ^ 0x9E37_79B9_7F4A_7C15) * 0xD6E8_FEB8_6659_FD93;
        self.0 = (mixed >> 64) as u64 ^ mixed as u64;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
