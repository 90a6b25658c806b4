//! Which members hold personal values or secrets, and of what kind, told from their names.

use serde_json::{Map, Value};
use std::collections::HashSet;

/// Words in a field name and the kind they mean; the first that fits counts.
const KINDS: &[(&str, &str)] = &[
    ("mail", "email"),
    ("phone", "phone"),
    ("mobile", "phone"),
    ("address", "address"),
    ("street", "address"),
    ("postal", "address"),
    ("locality", "address"),
    ("place", "address"),
    ("name", "name"),
    ("birth", "date"),
    ("death", "date"),
    ("date", "date"),
    ("identifier", "identifier"),
    ("number", "identifier"),
];
const OTHER: &str = "value";

const SECRET_FIELDS: &[&str] = &[
    "access_token",
    "refresh_token",
    "id_token",
    "client_secret",
    "password",
    "api_key",
    "apikey",
    "authorization",
    "private_key",
];
/// The fields a profile hides.
#[derive(Debug)]
pub(super) struct Fields {
    names: Vec<String>,
    plain: HashSet<String>,
    /// Hidden where they hold plain text or a number, not where they hold an object with members of its own.
    as_text: HashSet<String>,
    /// Hidden only directly below a member of another name, lists passed over: `outer.inner`.
    below: HashSet<(String, String)>,
}

/// Follows a name that is hidden as plain text only.
const AS_TEXT: &str = " as text";

impl Fields {
    pub(super) fn new(names: &[String]) -> Fields {
        let pair = |name: &String| name.split_once('.').map(|(outer, inner)| (plain(outer), plain(inner)));
        Fields {
            names: names.to_vec(),
            plain: names.iter().filter(|name| !name.ends_with(AS_TEXT)).map(|name| plain(name)).collect(),
            as_text: names.iter().filter_map(|name| name.strip_suffix(AS_TEXT)).map(plain).collect(),
            below: names.iter().filter_map(pair).collect(),
        }
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// The kind of a hidden field; none when the field is not hidden.
    pub(super) fn kind(&self, name: &str) -> Option<&'static str> {
        let plain = plain(name);
        self.plain.contains(&plain).then(|| kind_of(&plain))
    }

    /// The kind of a member by its own name, or by that of the member `parent` it stands in; `as_text` where it holds
    /// no members of its own.
    pub(super) fn kind_below(&self, parent: &str, name: &str, as_text: bool) -> Option<&'static str> {
        let both = || (plain(parent), plain(name));
        self.kind(name)
            .or_else(|| (as_text && self.as_text.contains(&plain(name))).then(|| kind_of(name)))
            .or_else(|| self.below.contains(&both()).then(|| kind_of(&format!("{parent}.{name}"))))
    }

    /// The kind of a member's values: hidden by an outer field, by its own name, or as the value beside a field's name.
    pub(super) fn kind_of_member(
        &self,
        (parent, name): (&str, &str),
        value: &Value,
        outer: Option<&'static str>,
        named: Option<&'static str>,
    ) -> Option<&'static str> {
        outer
            .or_else(|| self.kind_below(parent, name, !holds_members(value)))
            .or_else(|| named.filter(|_| name.to_ascii_lowercase().contains("value")))
    }

    /// The kind of the hidden field an object names in a text, as `{attribute: birth_date, value: …}` does.
    pub(super) fn named_in(&self, members: &Map<String, Value>) -> Option<&'static str> {
        members.values().find_map(|value| self.kind(value.as_str()?.rsplit('.').next()?))
    }
}

fn holds_members(value: &Value) -> bool {
    value.is_object() || value.as_array().is_some_and(|items| items.iter().any(holds_members))
}

/// The name without its prefix, in lower case: `spdci:Given_Name` is `given_name`.
fn plain(name: &str) -> String {
    name.rsplit(':').next().unwrap_or(name).to_lowercase()
}

/// The kind a field name or a kind itself means.
pub(super) fn kind_of(name: &str) -> &'static str {
    let name = plain(name);
    KINDS.iter().find(|(word, _)| name.contains(word)).map_or(OTHER, |(_, kind)| kind)
}

/// Every kind, as it stands in tokens.
pub(super) fn is_kind(word: &str) -> bool {
    word == OTHER || KINDS.iter().any(|(_, kind)| *kind == word)
}

pub(super) fn is_secret_field(name: &str) -> bool {
    let name = plain(name).replace('-', "_");
    SECRET_FIELDS.contains(&name.as_str())
}
