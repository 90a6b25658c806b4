//! Two files that are one: the rows of groups and those of their members, joined by a key they share. Both are sorted by
//! it first, so that memory is bounded whatever their order; records come in the order of their keys.

use super::cell::Key;
use super::rows::{Flawed, Kin, Next, Row, RowSource};
use super::sort::{RUN, Sorted};
use std::collections::VecDeque;
use std::io::Result;

/// Rows of both files, each group followed by its members.
pub(super) struct Joined {
    groups: Sorted,
    members: Sorted,
    /// Cells of a row of the first file.
    width: usize,
    /// The key of the group at hand.
    key: Option<Vec<u8>>,
    flaws: VecDeque<Flawed>,
    taken: u64,
}

impl Joined {
    /// Reads and sorts both files; `keys` are the key columns of each, `width` is the number of columns of the first.
    pub(super) fn new(mut files: [Box<dyn RowSource>; 2], keys: [Key; 2], width: usize) -> Result<Joined> {
        let [groups, members] = &mut files;
        let mut flaws = VecDeque::new();
        let [first, second] = &keys;
        let sorted = Sorted::new(&mut **groups, first, &mut |flawed| flaws.push_back(flawed), RUN)?;
        let told = &mut |flawed| flaws.push_back(Flawed { second: true, ..flawed });
        let members = Sorted::new(&mut **members, second, told, RUN)?;
        Ok(Joined { groups: sorted, members, width, key: None, flaws, taken: groups.taken() })
    }

    /// The next row of the second file, behind empty cells for those of the first.
    fn member(&mut self, row: &mut Row, kin: Kin) -> Result<Next> {
        self.members.take(row)?;
        row.ends.truncate(row.count);
        row.ends.splice(0..0, std::iter::repeat_n(0, self.width));
        row.count += self.width;
        let before = u32::try_from(self.width).unwrap_or(u32::MAX);
        row.odd.iter_mut().for_each(|(column, _)| *column = column.saturating_add(before));
        (row.kin, row.second) = (kin, true);
        Ok(Next::Row)
    }
}

impl RowSource for Joined {
    fn next(&mut self, row: &mut Row) -> Result<Next> {
        if let Some(flawed) = self.flaws.pop_front() {
            return Ok(Next::Flaw(flawed));
        }
        if self.key.is_some() && self.members.key() == self.key.as_deref() {
            return self.member(row, Kin::Follows);
        }
        let group_first = match (self.groups.key(), self.members.key()) {
            (None, None) => return Ok(Next::End),
            (Some(group), Some(member)) => group <= member,
            (group, _) => group.is_some(),
        };
        if group_first {
            // A row without a key has no members, whatever their keys are.
            let before =
                std::mem::replace(&mut self.key, self.groups.key().filter(|key| !key.is_empty()).map(<[u8]>::to_vec));
            self.groups.take(row)?;
            let twin = self.key.is_some() && (before == self.key || self.groups.key() == self.key.as_deref());
            (row.kin, row.second) = (if twin { Kin::Twin } else { Kin::Alone }, false);
            return Ok(Next::Row);
        }
        self.key = self.members.key().filter(|key| !key.is_empty()).map(<[u8]>::to_vec);
        self.member(row, Kin::Orphan)
    }

    fn taken(&mut self) -> u64 {
        std::mem::take(&mut self.taken)
    }
}
