//! What of a table could not be read, although something stood there: columns whose name or place is not clear, cells that
//! are errors, rows that are broken. Where the standard demands a member, or a rule looks for one, and just that was not
//! read, nobody knows that it is missing: no product fails by it.

use super::header::{CONVENTION, Header};
use super::places::Flat;
use super::resolve::Item;
use super::rows::{Kin, Odd, Row};
use super::write::Mark;
use crate::model::verdict::{Force, Verdict};
use crate::records::COLUMN_LEFT_OUT;
use crate::records::finding::Finding;
use crate::standard::Standard;

/// A place in records: the members that lead to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place(Vec<Stage>);

/// A member on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stage {
    /// Its name in records.
    written: String,
    /// Its name in the standard; none for a wrapper of earlier samples, which rules look through.
    name: Option<String>,
    /// Which item of its list.
    item: Option<Item>,
}

impl Stage {
    pub(super) fn member(written: &str, name: &str) -> Stage {
        Stage { written: written.into(), name: Some(name.into()), item: None }
    }

    pub(super) fn wrapper(written: &str) -> Stage {
        Stage { written: written.into(), name: None, item: None }
    }
}

impl Place {
    pub(super) fn enter(&mut self, stage: Stage) {
        self.0.push(stage);
    }

    /// The name of the first member.
    #[cfg(feature = "parquet")]
    pub(super) fn first(&self) -> Option<&str> {
        self.0.first().map(|stage| stage.written.as_str())
    }

    /// Goes on in an item of the list it has come to.
    pub(super) fn item(&mut self, item: &Item) {
        if let Some(stage) = self.0.last_mut() {
            stage.item = Some(item.clone());
        }
    }

    /// True where a value here would be at this path from an object, below it, or around it. The names of members lead to the
    /// object; `beside` is where a value in it came from, and tells whether it came `from_the_same_row`.
    fn concerns(&self, object: &[&str], path: &[&str], beside: Option<(&Place, bool)>) -> bool {
        let (mut within, mut asked) = (0, 0);
        for stage in &self.0 {
            if let Some(name) = object.get(within) {
                let is_it = stage.written == *name;
                if !is_it && stage.name.is_some() {
                    return false;
                }
                if is_it && beside.is_some_and(|beside| stage.is_elsewhere(within, beside)) {
                    return false;
                }
                within += usize::from(is_it);
            } else if let (Some(name), Some(wanted)) = (&stage.name, path.get(asked)) {
                if name != wanted {
                    return false;
                }
                asked += 1;
            }
        }
        true
    }
}

impl Stage {
    /// True where it leads into another item than that in which something else came from.
    fn is_elsewhere(&self, at: usize, (beside, same_row): (&Place, bool)) -> bool {
        let Some(other) = beside.0.get(at) else { return false };
        self.item != other.item || self.item == Some(Item::OfRow) && !same_row
    }
}

/// Something of a record that was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unread {
    /// Where the record starts.
    pub(super) start: usize,
    pub(super) line: u64,
    /// Its column, from 0; none where it may be anything of the record.
    pub(super) column: Option<usize>,
}

impl Header {
    /// Notes what of a record that starts here is not read of its rows.
    pub(super) fn unread(&self, rows: &[Row], start: usize, flat: &mut Flat) {
        for row in rows {
            let columns = self.unread.iter().copied().filter(|column| !row.cell(*column).is_empty());
            let placed = |column: usize| self.places.get(column).is_some_and(Option::is_some).then_some(column);
            let valueless = row.odd.iter().filter(|(_, odd)| matches!(odd, Odd::Error | Odd::Formula));
            let valueless = valueless.filter_map(|(column, _)| usize::try_from(*column).ok());
            let known = columns.map(placed).chain(valueless.map(Some));
            let anything = self.is_beyond(row) || row.kin == Kin::Twin;
            let all = known.chain(anything.then_some(None));
            flat.unread.extend(all.map(|column| Unread { start, line: row.line, column }));
        }
    }

    /// True where a row has values behind the last column of the header, or where that has no name for them.
    pub(super) fn is_beyond(&self, row: &Row) -> bool {
        let width = self.widths.get(usize::from(row.second)).copied().unwrap_or(row.count);
        let mut nameless = self.nameless.iter().copied();
        (width..row.count).any(|column| !row.cell(column).is_empty())
            || nameless.any(|column| !row.cell(column).is_empty())
    }
}

impl Flat {
    /// Leaves out what was noted of a record that starts here, since it is not given.
    pub(super) fn forget(&mut self, start: usize) {
        while self.unread.last().is_some_and(|last| last.start >= start) {
            self.unread.pop();
        }
    }

    /// Lets a finding only warn that rests on the absence of what may just not have been read; `mark` is of a value in the
    /// object it is about.
    pub(super) fn excuse(&self, standard: &Standard, start: usize, mark: Option<Mark>, finding: &mut Finding) {
        let from = self.unread.partition_point(|unread| unread.start < start);
        let unread = || self.unread.iter().skip(from).take_while(|unread| unread.start == start);
        if finding.verdict != Verdict::Fail || unread().next().is_none() {
            return;
        }
        let names: Vec<String> = finding.pointer.split('/').skip(1).map(|part| part.replace("~1", "/")).collect();
        let is_position = |name: &&str| name.bytes().all(|byte| byte.is_ascii_digit());
        let names: Vec<&str> = names.iter().map(String::as_str).filter(|name| !is_position(name)).collect();
        let mut asked = standard.asks_for(&finding.rule);
        let mut objects = 0..=names.len();
        if let (REQUIRED, Some((last, around))) = (finding.rule.as_str(), names.split_last()) {
            (asked, objects) = (vec![vec![*last]], around.len()..=around.len());
        }
        let place = |column: usize| self.places.get(column).and_then(Option::as_ref);
        let beside = mark.and_then(|mark| Some((mark.line, place(usize::try_from(mark.column).ok()?)?)));
        let may_be = |unread: &Unread| {
            let Some(column) = unread.column else { return !asked.is_empty() };
            let Some(place) = place(column) else { return false };
            let beside = beside.map(|(line, beside)| (beside, line == unread.line));
            let of = |object: &[&str]| asked.iter().any(|path| place.concerns(object, path, beside));
            objects.clone().any(|depth| names.get(..depth).is_some_and(of))
        };
        let left_out = |unread: &Unread| unread.column.is_some_and(|column| self.left_out.contains(&column));
        let mut may_be = unread().filter(|unread| may_be(unread)).peekable();
        if may_be.peek().is_none() {
            return;
        }
        finding.verdict = Verdict::Warn;
        if may_be.all(left_out) {
            // Nothing else tells that something was not judged: whoever leaves a column out may do so.
            finding.rule = COLUMN_LEFT_OUT.into();
            (finding.force, finding.source, finding.erratum) = (Force::I, CONVENTION.into(), None);
            finding.found.push_str("; its column is left out by the mapping file");
        } else {
            finding.found.push_str("; it may be in what was not read of this record");
        }
    }
}

/// What is found of a member that is demanded and not there.
const REQUIRED: &str = "REQUIRED";

#[cfg(test)]
mod tests {
    use super::*;

    fn place(stages: &[(&str, Option<Item>)]) -> Place {
        let mut place = Place::default();
        for (name, item) in stages {
            match name.strip_prefix('-') {
                Some(name) => place.enter(Stage::wrapper(name)),
                None => place.enter(Stage::member(name, name)),
            }
            item.iter().for_each(|item| place.item(item));
        }
        place
    }

    #[test]
    fn what_was_not_read_concerns_what_is_asked_for_at_its_place() {
        let unread = place(&[("-wrapper", None), ("list", Some(Item::At(1))), ("place", None), ("east", None)]);
        for (object, path, is) in [
            (&[][..], &["list"][..], true),
            (&[], &["list", "place", "east"], true),
            (&[], &["list", "place", "east", "more"], true),
            (&[], &["list", "place", "north"], false),
            (&["list"], &["place"], true),
            (&["wrapper", "list"], &["place"], true),
            (&["list"], &["list"], false),
            (&["other"], &["place"], false),
        ] {
            assert_eq!(unread.concerns(object, path, None), is, "{object:?} {path:?}");
        }
        let beside = |item| place(&[("list", Some(item)), ("name", None)]);
        let unread = place(&[("list", Some(Item::At(1))), ("place", None)]);
        assert!(unread.concerns(&["list"], &["place"], Some((&beside(Item::At(1)), false))));
        assert!(!unread.concerns(&["list"], &["place"], Some((&beside(Item::At(0)), false))), "in another item");
        let unread = place(&[("list", Some(Item::OfRow)), ("place", None)]);
        assert!(unread.concerns(&["list"], &["place"], Some((&beside(Item::OfRow), true))));
        assert!(!unread.concerns(&["list"], &["place"], Some((&beside(Item::OfRow), false))), "of another row");
    }
}
