//! The names and codes that the data standard uses, whatever class they belong to.

use super::Standard;
use super::objects::{Property, Shape};

/// A member of data records.
#[derive(Clone, Debug)]
pub struct MemberNames<'s> {
    /// Its name in the standard.
    pub name: &'s str,
    /// Other names it is known by.
    pub aliases: Vec<&'s str>,
    /// True where it holds objects.
    pub holds_objects: bool,
    /// True where the standard as published does not have it: an edition adds it.
    pub added: bool,
}

impl Standard {
    /// The members of all classes; one that several classes have is told several times.
    pub fn members(&self) -> impl Iterator<Item = MemberNames<'_>> {
        self.properties().map(|property| MemberNames {
            name: &property.name,
            aliases: property.aliases.iter().map(|alias| alias.name.as_str()).collect(),
            holds_objects: match &property.shape {
                Shape::Is(names) => names.first().is_some_and(|name| !self.data.formats.contains_key(name)),
                Shape::Any | Shape::Codes(_) => false,
            },
            added: property.added,
        })
    }

    /// The names of the code lists that values of a member are taken from, in any class.
    pub fn lists_of<'s>(&'s self, member: &'s str) -> impl Iterator<Item = &'s str> {
        self.properties().filter(move |property| property.name == member).filter_map(|property| match &property.shape {
            Shape::Codes(list) => Some(list.as_str()),
            _ => None,
        })
    }

    /// The codes of all lists, but those that might be names.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        let shown = self.data.codes.values().filter(|list| !list.hidden);
        shown.flat_map(|list| &list.codes).map(|(code, _)| code.as_str())
    }

    fn properties(&self) -> impl Iterator<Item = &Property> {
        let classes = self.data.domains.iter().flat_map(|domain| domain.classes.values());
        classes.flat_map(|class| &class.properties)
    }
}
