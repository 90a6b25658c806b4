//! The words of a data standard, as redaction needs them: what is nobody's, and what no member of a record is known by.

use crate::standard::{FAULTS, Standard};
use crate::transport::redact::Known;
use serde_json::Value;
use std::collections::HashSet;

/// The words of the data standard. A name that is also that of a member stands for nothing else. What a country adds to the
/// members is no word of the standard: nobody has said yet which of its values are somebody's, and all of them stay hidden.
pub(super) fn known(standard: &Standard) -> Known {
    // What we write into broken requests is nobody's either.
    let words = standard.codes().chain(FAULTS.iter().copied());
    let mut known = Known { codes: words.map(str::to_owned).collect(), ..Known::default() };
    let published = || standard.members().filter(|member| !member.added);
    let names: HashSet<String> = published().map(|member| member.name.to_lowercase()).collect();
    for member in published() {
        let own = member.name.to_lowercase();
        for alias in member.aliases.iter().map(|alias| alias.to_lowercase()).filter(|alias| !names.contains(alias)) {
            known.aliases.insert(alias, own.clone());
        }
        let all = member.aliases.iter().map(|alias| alias.to_lowercase()).chain([own]);
        match member.holds_objects {
            true => known.objects.extend(all),
            false => known.members.extend(all),
        }
    }
    known.members.extend(known.objects.iter().cloned());
    for schema in standard.schema_names().filter_map(|name| standard.schema_json(name)) {
        gather_members(&schema, &mut known.messages);
    }
    known
}

/// The names of all members that a schema of messages knows.
fn gather_members(schema: &Value, names: &mut HashSet<String>) {
    match schema {
        Value::Object(members) => {
            let own = members.get("properties").and_then(Value::as_object);
            names.extend(own.into_iter().flat_map(|own| own.keys()).map(|name| name.to_lowercase()));
            members.values().for_each(|inner| gather_members(inner, names));
        }
        Value::Array(items) => items.iter().for_each(|inner| gather_members(inner, names)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Files;
    use std::path::Path;

    #[test]
    fn what_a_country_adds_is_no_word_of_the_standard() {
        let files = Files::from_folder(Path::new("fixtures/overlay")).unwrap_or_else(|wrong| panic!("{wrong}"));
        let standard = Standard::load(&files, "exampleland2026").unwrap_or_else(|wrong| panic!("{wrong}"));
        let known = known(&standard);
        for name in ["group_identifier", "phone_number", "birth_date", "birthdate"] {
            assert!(known.members.contains(name), "{name}");
        }
        for name in ["county", "visited_on", "visit_number", "visitor", "household"] {
            assert!(!known.members.contains(name) && !known.objects.contains(name), "{name}");
        }
        let of_messages = |name: &str| known.messages.contains(name);
        assert!(["search_response", "reg_records", "txn_status"].into_iter().all(of_messages), "{:?}", known.messages);
        assert!(!["applicant", "results", "surname"].into_iter().any(of_messages));
    }
}
