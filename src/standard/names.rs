//! Which names of members are the standard's own: bare ones, those with its prefixes, and those below its addresses. Any
//! other prefix makes a name of somebody else, and an extension. Codes have prefixes of their own beside these. Read from
//! `data/names.yaml`.

use crate::source::{Diagnostics, Files, yaml};
use serde_json::Value;

/// Prefixes and addresses of the standard.
#[derive(Debug, Default)]
pub(crate) struct Names {
    prefixes: Vec<String>,
    /// Those that its code lists write before codes.
    code_prefixes: Vec<String>,
    /// Without `http://` or `https://`, and without a slash at the end.
    addresses: Vec<String>,
}

impl Names {
    /// The name of the standard that a key stands for where no record gives prefixes of its own; see [`Keys::own`].
    pub(crate) fn own<'k>(&self, key: &'k str) -> Option<&'k str> {
        Keys { names: self, of_record: &[] }.own(key)
    }

    /// Some prefixes and addresses.
    #[cfg(test)]
    pub(crate) fn of(prefixes: &[&str], addresses: &[&str]) -> Names {
        let texts = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect();
        Names { prefixes: texts(prefixes), addresses: texts(addresses), ..Names::default() }
    }
}

/// The same for one record, whose context may give the addresses other prefixes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keys<'n> {
    pub(crate) names: &'n Names,
    /// What [`Names::of_record`] gave.
    pub(crate) of_record: &'n [String],
}

impl Names {
    /// Reads the file; where the edition has none, only bare names are its own.
    pub(super) fn load(files: &Files, root: &str, wrong: &mut Diagnostics) -> Names {
        let path = format!("{root}data/names.yaml");
        let Some(text) = files.text(&path) else { return Names::default() };
        match yaml::parse(&files.shown(&path), text) {
            Ok(tree) => {
                tree.check_keys("the names", &["prefixes", "code prefixes", "addresses"], wrong);
                let all = |key: &str| tree.get(key).map(super::texts).unwrap_or_default();
                let (prefixes, code_prefixes) = (all("prefixes"), all("code prefixes"));
                Names { prefixes, code_prefixes, addresses: all("addresses") }
            }
            Err(found) => {
                wrong.extend(found);
                Names::default()
            }
        }
    }

    /// The prefixes that the context of a record gives to addresses of the standard. It is read as labels, and never
    /// fetched.
    pub(crate) fn of_record(&self, record: &Value) -> Vec<String> {
        let mut found = Vec::new();
        let mut read = |context: &Value| {
            for (prefix, term) in context.as_object().into_iter().flatten() {
                let address = term.get("@id").unwrap_or(term).as_str().and_then(without_scheme);
                if address.is_some_and(|address| self.has(address)) {
                    found.push(prefix.clone());
                }
            }
        };
        match record.get("@context") {
            Some(Value::Array(items)) => items.iter().for_each(read),
            Some(context) => read(context),
            None => {}
        }
        found
    }

    /// True for a prefix of the standard.
    pub(super) fn has_own(&self, prefix: &str) -> bool {
        self.prefixes.iter().any(|known| known == prefix)
    }

    /// True for a prefix that the standard writes before codes.
    pub(super) fn has_prefix(&self, prefix: &str) -> bool {
        self.prefixes.iter().chain(&self.code_prefixes).any(|known| known == prefix)
    }

    /// The code at the end of an address of the standard; `None` for an address of somebody else.
    pub(super) fn own_code<'t>(&self, address: &'t str) -> Option<&'t str> {
        let (base, code) = without_scheme(address)?.rsplit_once(['/', '#'])?;
        self.has(base).then_some(code)
    }

    /// True for an address of the standard, or one below it.
    fn has(&self, address: &str) -> bool {
        let below = |rest: &str| rest.is_empty() || rest.starts_with(['/', '#']);
        self.addresses.iter().any(|own| address.strip_prefix(own.as_str()).is_some_and(below))
    }
}

impl Keys<'_> {
    /// The name of the standard that a key stands for, whether the standard has it or not; `None` for the name of somebody
    /// else.
    pub(crate) fn own<'k>(&self, key: &'k str) -> Option<&'k str> {
        let divides = |c: char| matches!(c, ':' | '/' | '#');
        if !key.contains(divides) {
            return Some(key);
        }
        let name = match without_scheme(key) {
            Some(address) => {
                let (base, name) = address.rsplit_once(['/', '#'])?;
                self.names.has(base).then_some(name)?
            }
            None => {
                let (prefix, name) = key.split_once(':')?;
                let known = |all: &[String]| all.iter().any(|known| known == prefix);
                (known(&self.names.prefixes) || known(self.of_record)).then_some(name)?
            }
        };
        (!name.is_empty() && !name.contains(divides)).then_some(name)
    }
}

fn without_scheme(address: &str) -> Option<&str> {
    address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_of_the_standard_are_told_from_those_of_others() {
        let texts = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect();
        let names =
            Names { prefixes: texts(&["own", ""]), addresses: texts(&["example.org/standard"]), ..Names::default() };
        let context = json!([{"x": "https://example.org/standard/v1", "y": {"@id": "http://example.org/standard#"}},
            {"z": "https://example.org/standards", "own": "https://example.com/"}, "https://example.org/standard"]);
        let of_record = names.of_record(&json!({"@context": context}));
        let keys = Keys { names: &names, of_record: &of_record };
        for key in [
            "sex",
            "own:sex",
            ":sex",
            "x:sex",
            "y:sex",
            "http://example.org/standard/v1/sex",
            "https://example.org/standard#sex",
        ] {
            assert_eq!(keys.own(key), Some("sex"), "{key}");
        }
        for key in ["z:sex", "their:sex", "own:a/sex", "own:", "phone/sex", "#sex", "https://example.org/standards/sex"]
        {
            assert_eq!(keys.own(key), None, "{key}");
        }
    }
}
