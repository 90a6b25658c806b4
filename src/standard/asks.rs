//! What may be found wrong with the values of a property: the ids of rules, each with what it asks for. A report names
//! them whether they found something or not.

use super::data::Data;
use super::objects::{Many, Property, Shape};

const KIND: (&str, &str) = ("TYPE", "values of the kind that the member takes");
const NAME: (&str, &str) = ("PROP-ALIAS", "members under the names of the standard");
const EMPTY: (&str, &str) = ("EMPTY-STRING", "a value, or no member; no empty text");
const SINGLE: (&str, &str) = ("LIST-FOR-SCALAR", "one value where one is meant, no list");
const LIST: (&str, &str) = ("SCALAR-FOR-LIST", "a list where several values are meant");
const CLOSED: (&str, &str) = ("CODE-UNKNOWN", "codes of the list, where the list is closed");
const OPEN: (&str, &str) = ("CODE-UNLISTED", "codes of the list, where others may be added");

/// What is asked of an object whatever its class: its members, its type.
pub(crate) const OF_OBJECTS: [(&str, &str); 4] = [
    ("REQUIRED", "every member that is demanded"),
    ("PROP-UNKNOWN", "members that the standard knows"),
    ("KEY-PREFIXED", "names of members without a prefix"),
    ("TYPE-SPELLING", "the type as the standard writes it, where one is given"),
];

/// The rules about values of a property.
pub(super) fn of_values(data: &Data, property: &Property) -> Vec<(String, String)> {
    let mut asks = vec![EMPTY];
    if property.aliases.iter().any(|alias| alias.force.is_some()) {
        asks.push(NAME);
    }
    match property.many {
        Many::No => asks.push(SINGLE),
        Many::Yes => asks.push(LIST),
        Many::Either => {}
    }
    let format = match &property.shape {
        Shape::Any => None,
        Shape::Codes(name) => {
            let list = data.codes.get(name);
            asks.extend(list.map(|list| if list.closed { CLOSED } else { OPEN }));
            asks.extend(list.map(|_| KIND));
            None
        }
        Shape::Is(names) => {
            asks.push(KIND);
            names.first().and_then(|name| data.formats.get(name))
        }
    };
    let words = |(rule, asked): (&str, &str)| (rule.to_owned(), asked.to_owned());
    asks.into_iter().map(words).chain(format.into_iter().flat_map(|format| format.asks())).collect()
}
