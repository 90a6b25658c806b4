//! Which values are the same: codes, identities of objects, dates.

use super::digest::Identity;
use super::judge::Bench;
use super::moment::Moment;
use super::traits::Trait;
use super::{End, Few, Path, Seen};
use smallvec::SmallVec;
use std::borrow::Cow;

/// The identities of one object: by which of several keys, and what.
pub(super) type Marks = SmallVec<[(usize, Identity); 4]>;

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

    /// What tells a value at the end of a path from others; nothing where several may have it in common.
    pub(super) fn identity<'v: 'd, S: Seen<'v>>(self, end: &End, value: S) -> Option<Identity> {
        let End::Objects(known) = end else { return Some(Identity::of(&self.code(end, value)?.0)) };
        let tell = || {
            let mut identity: Option<Identity> = None;
            for part in &known.parts {
                let (text, _) = self.code(&part.end, part.first(value, value)?)?;
                if identity.is_none() && known.shared.iter().any(|kind| kind.eq_ignore_ascii_case(&text)) {
                    return None;
                }
                identity = Some(identity.map_or_else(|| Identity::of(&text), |before| before.and(&text)));
            }
            identity
        };
        value.memo().map_or_else(tell, |memo| memo.identity(known.number, tell))
    }

    /// The identities of all values of some paths, each with its value.
    pub(super) fn identities<'v: 'd, S: Seen<'v>>(self, paths: &[Path], object: S, entry: S) -> Few<(Identity, S)> {
        let mut all = Few::new();
        for path in paths {
            self.each_identity(path, object, entry, &mut |identity, value| all.push((identity, value)));
        }
        all
    }

    /// Gives the identities of all values of a path, each with its value.
    pub(super) fn each_identity<'v: 'd, S: Seen<'v>>(
        self,
        path: &Path,
        object: S,
        entry: S,
        each: &mut dyn FnMut(Identity, S),
    ) {
        path.each(object, entry, &mut |value| {
            if let Some(identity) = self.identity(&path.end, value) {
                each(identity, value);
            }
        });
    }

    /// What tells an object from others, by alternative keys.
    pub(super) fn marks<'v: 'd, S: Seen<'v>>(self, by: &[Path], object: S) -> Marks {
        let mut marks = Marks::new();
        for (number, path) in by.iter().enumerate() {
            self.each_identity(path, object, object, &mut |identity, _| marks.push((number, identity)));
        }
        marks
    }

    /// Whether another object is the same: by a key that both have and share, else by one that both have.
    pub(super) fn twins<'v: 'd, S: Seen<'v>>(self, by: &[Path], one: &Marks, other: S) -> Option<bool> {
        let mut told = None;
        for mine in one.chunk_by(|(one, _), (next, _)| one == next) {
            let Some(path) = mine.first().and_then(|(number, _)| by.get(*number)) else { continue };
            self.each_identity(path, other, other, &mut |theirs, _| {
                mine.iter().for_each(|(_, mine)| told = told.max(mine.same(&theirs)));
            });
            if told == Some(true) {
                break;
            }
        }
        told
    }

    /// False when two values certainly differ.
    pub(super) fn agree<'v: 'd, S: Seen<'v>>(self, one: (&Path, S), other: (&Path, S)) -> Option<bool> {
        // The same text is the same, whatever it says.
        if one.1.text().is_some_and(|text| Some(text) == other.1.text()) {
            return Some(true);
        }
        if let (Some(mine), Some(theirs)) = (Moment::of(one.1), Moment::of(other.1)) {
            return Some(mine.may_be(theirs));
        }
        if matches!(one.0.end, End::Objects(_)) {
            return self.identity(&one.0.end, one.1)?.same(&self.identity(&other.0.end, other.1)?);
        }
        let (mine, theirs) = (self.code(&one.0.end, one.1)?, self.code(&other.0.end, other.1)?);
        let truths = one.1.truth().is_some() && one.1.truth() == other.1.truth();
        let open = |path: &Path, code: &str| path.open.iter().any(|open| open == code);
        match mine.0 == theirs.0 || truths || Trait::text(&mine.0) == Trait::text(&theirs.0) {
            true => Some(true),
            false if open(one.0, &mine.0) || open(other.0, &theirs.0) => None,
            false => (mine.1 && theirs.1).then_some(false),
        }
    }
}
