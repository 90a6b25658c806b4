//! What a profile may name of the standard. The profile module knows no standard itself: it asks.

use std::collections::BTreeSet;

/// The names a loaded edition of the standard offers.
pub trait StandardNames {
    /// A message schema of that name exists.
    fn has_schema(&self, name: &str) -> bool;
    /// A code list of that name exists.
    fn has_code_list(&self, name: &str) -> bool;
    /// A class of data records of that name exists.
    fn has_class(&self, name: &str) -> bool;
    /// An erratum of that id exists.
    fn has_erratum(&self, id: &str) -> bool;
    /// All schema names, for suggestions.
    fn schema_names(&self) -> Vec<String>;
    /// All code list names, for suggestions.
    fn code_list_names(&self) -> Vec<String>;
    /// All class names, for suggestions.
    fn class_names(&self) -> Vec<String>;
    /// The class of another domain than the usual one that is meant by a name, as it is written in full.
    fn class_in_full(&self, _name: &str) -> Option<String> {
        None
    }
    /// All erratum ids, for suggestions.
    fn erratum_names(&self) -> Vec<String>;
    /// The names of all members of data records, other names of them included; none where they are not known.
    fn member_names(&self) -> BTreeSet<String> {
        BTreeSet::new()
    }
}

/// Where nothing of the standard is named, and so none was loaded.
pub(super) struct NoNames;

impl StandardNames for NoNames {
    fn has_schema(&self, _: &str) -> bool {
        false
    }
    fn has_code_list(&self, _: &str) -> bool {
        false
    }
    fn has_class(&self, _: &str) -> bool {
        false
    }
    fn has_erratum(&self, _: &str) -> bool {
        false
    }
    fn schema_names(&self) -> Vec<String> {
        Vec::new()
    }
    fn code_list_names(&self) -> Vec<String> {
        Vec::new()
    }
    fn class_names(&self) -> Vec<String> {
        Vec::new()
    }
    fn erratum_names(&self) -> Vec<String> {
        Vec::new()
    }
}

impl StandardNames for crate::standard::Standard {
    fn has_schema(&self, name: &str) -> bool {
        self.has_schema(name)
    }
    fn has_code_list(&self, name: &str) -> bool {
        self.has_code_list(name)
    }
    fn has_class(&self, name: &str) -> bool {
        self.has_class(name)
    }
    fn class_in_full(&self, name: &str) -> Option<String> {
        self.class_named(name).ok()
    }
    fn has_erratum(&self, id: &str) -> bool {
        self.erratum(id).is_some()
    }
    fn schema_names(&self) -> Vec<String> {
        self.schema_names().map(str::to_owned).collect()
    }
    fn code_list_names(&self) -> Vec<String> {
        self.code_list_names().map(str::to_owned).collect()
    }
    fn class_names(&self) -> Vec<String> {
        self.class_names().map(str::to_owned).collect()
    }
    fn erratum_names(&self) -> Vec<String> {
        self.errata().map(|erratum| erratum.id.clone()).collect()
    }
    fn member_names(&self) -> BTreeSet<String> {
        self.members().flat_map(|member| member.aliases.into_iter().chain([member.name])).map(str::to_owned).collect()
    }
}
