//! Judges single places of a record, of which everything else is known to be sound: with the same words, by the same
//! evaluator, as if it had walked through the whole record.

use super::data::{Data, Strictness};
use super::objects::{Alias, Class, Content, Property};
use super::pointer::{At, escape};
use super::record::{Judge, RecordFinding, elsewhere, plain};
use serde_json::Value;

/// A place of a record that may have a finding.
pub(crate) struct Doubtful<'d> {
    /// The class of the object it is in.
    pub(crate) class: &'d str,
    /// Where it stands: the value, or the object.
    pub(crate) pointer: &'d str,
    pub(crate) doubt: Doubt<'d>,
}

/// What may be found.
pub(crate) enum Doubt<'d> {
    /// A member of this name has one value where it should have a list, or a list where it should have one.
    Count(&'d str, &'d Value),
    /// One value of the member of this name.
    Value(&'d str, &'d Value),
    /// A member of this name, which the standard does not know.
    Unknown(&'d str),
    /// Members of these names, which the object does not have.
    Missing(Vec<&'d str>),
}

/// What the evaluator finds at these places of a record of a class, in their order; `None` where it cannot be told by
/// them, or more is found than is kept.
pub(super) fn judge(
    data: &Data,
    class: &str,
    doubts: &[Doubtful<'_>],
    strictness: Strictness,
    most: usize,
) -> Option<Vec<RecordFinding>> {
    let (domain, _) = data.class(class)?;
    let mut judge = Judge::new(data, domain, strictness, most);
    let others: Vec<_> = data.domains.iter().filter(|other| other.name != domain.name).collect();
    for Doubtful { class, pointer, doubt } in doubts {
        let (class, at) = (domain.classes.get(*class)?, At::Told(pointer));
        match doubt {
            Doubt::Count(name, value) => judge.count(class, property(class, name)?, plain(value), &at),
            Doubt::Value(name, value) => {
                let property = property(class, name)?;
                // Whether the record may be of that domain is told by all of it.
                if elsewhere(data, &others, class, property, value).is_some() {
                    return None;
                }
                judge.value(class, property, plain(value), &at);
            }
            Doubt::Unknown(name) => {
                if judge.member(class, name, &at).is_some() {
                    return None;
                }
            }
            Doubt::Missing(names) => {
                for property in class.properties.iter().filter(|property| names.contains(&property.name.as_str())) {
                    judge.missing(class, property, format!("{pointer}/{}", escape(&property.name)), false);
                }
            }
        }
    }
    judge.all()
}

/// The property of a name, where its values are judged.
fn property<'c>(class: &'c Class, name: &str) -> Option<&'c Property> {
    let same = |(_, alias): &(_, &Alias)| alias.content == Content::Same;
    let aliased = || class.aliased(name).filter(same).map(|(property, _)| property);
    class.property(name).or_else(aliased)
}
