//! Which values are the same: codes, identities of objects, dates.

use super::compare::{Identity, Key, any_same};
use super::judge::Bench;
use super::moment::Moment;
use super::{End, Few, Path, Seen};
use smallvec::smallvec;
use std::borrow::Cow;

impl<'d> Bench<'d> {
    /// The canonical code of a value, or its text where it has no code; and whether that is certain.
    pub(super) fn code<'v: 'd, S: Seen<'v>>(self, end: &End, value: S) -> Option<(Cow<'d, str>, bool)> {
        let text = value.text()?;
        let End::Codes(list) = end else { return Some((text, true)) };
        if value.is_code_of(list) {
            return Some((text, true));
        }
        match self.codes.get(list).and_then(|list| list.canonical(&text)) {
            Some(code) => Some((Cow::Borrowed(code), true)),
            None => Some((text, false)),
        }
    }

    /// What tells a value at the end of a path from others.
    fn identity<'v: 'd, S: Seen<'v>>(self, path: &Path, value: S) -> Option<Identity<'d>> {
        match &path.end {
            End::Objects(parts) if parts.is_empty() => None,
            End::Objects(parts) => {
                let part = |path: &Path| Some(self.code(&path.end, path.first(value, value)?)?.0);
                Some(Identity(parts.iter().map(part).collect::<Option<_>>()?))
            }
            end => Some(Identity(smallvec![self.code(end, value)?.0])),
        }
    }

    /// The identities of all values of some paths, each with its value.
    pub(super) fn identities<'v: 'd, S: Seen<'v>>(self, paths: &[Path], object: S, entry: S) -> Few<(Identity<'d>, S)> {
        let mut all = Few::new();
        for path in paths {
            path.each(object, entry, &mut |value| all.extend(self.identity(path, value).map(|key| (key, value))));
        }
        all
    }

    /// The same, to be kept beyond the record.
    pub(crate) fn keys<'v, S: Seen<'v>>(self, paths: &[Path], object: S, entry: S) -> Vec<(Key, S)> {
        self.identities(paths, object, entry).into_iter().map(|(key, value)| (key.kept(), value)).collect()
    }

    /// Whether two objects are the same, by alternative keys: one that both have and share, else one that both have.
    pub(super) fn twins<'v: 'd, S: Seen<'v>>(self, by: &[Path], one: S, other: S) -> Option<bool> {
        let of = |path: &Path, object: S| self.identities(std::slice::from_ref(path), object, object);
        by.iter().filter_map(|path| any_same(&of(path, one), &of(path, other))).reduce(|sum, more| sum || more)
    }

    /// False when two values certainly differ.
    pub(super) fn agree<'v: 'd, S: Seen<'v>>(self, one: (&Path, S), other: (&Path, S)) -> Option<bool> {
        let moment = |value: S| value.text().and_then(|text| Moment::read(&text));
        if let (Some(mine), Some(theirs)) = (moment(one.1), moment(other.1)) {
            return Some(mine.may_be(theirs));
        }
        if matches!(one.0.end, End::Objects(_)) {
            return self.identity(one.0, one.1)?.same(&self.identity(other.0, other.1)?);
        }
        let (mine, theirs) = (self.code(&one.0.end, one.1)?, self.code(&other.0.end, other.1)?);
        let truths = one.1.truth().is_some() && one.1.truth() == other.1.truth();
        match mine.0 == theirs.0 || truths {
            true => Some(true),
            false => (mine.1 && theirs.1).then_some(false),
        }
    }
}
