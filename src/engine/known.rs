//! The words of a data standard, as redaction needs them: what is nobody's, and what no member of a record is known by.

use crate::standard::{FAULTS, Standard};
use crate::transport::redact::Known;
use std::collections::HashSet;

/// The words of the data standard. A name that is also that of a member stands for nothing else.
pub(super) fn known(standard: &Standard) -> Known {
    // What we write into broken requests is nobody's either.
    let words = standard.codes().chain(FAULTS.iter().copied());
    let mut known = Known { codes: words.map(str::to_owned).collect(), ..Known::default() };
    let names: HashSet<String> = standard.members().map(|member| member.name.to_lowercase()).collect();
    for member in standard.members() {
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
    known
}
