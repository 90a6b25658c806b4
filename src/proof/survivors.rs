//! The committed survivors: mutations that no test notices, named one by one below the reason they share.
//!
//! There are no globs, so that a class of mutations can never be excused at a stroke. An entry is `KINDS OPERATIONS LEAF`:
//! kinds of answers between commas (or `*`, every kind that has the leaf), operations between bars, one leaf.

use super::mutations::{Mutated, Mutation};
use crate::source::{Node, yaml};
use std::collections::BTreeSet;

/// The survivors that have a reason.
#[derive(Debug, Default)]
pub struct Survivors(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    written: String,
    /// Every kind, where there are none.
    kinds: Vec<String>,
    operations: Vec<String>,
    leaf: String,
}

impl Entry {
    fn read(text: &str) -> Option<Entry> {
        let (rest, leaf) = text.rsplit_once(' ')?;
        let (kinds, operations) = rest.rsplit_once(' ')?;
        let list = |text: &str, between: &str| text.split(between).map(|part| part.trim().to_owned()).collect();
        let kinds = if kinds == "*" { Vec::new() } else { list(kinds, ",") };
        Some(Entry { written: text.to_owned(), kinds, operations: list(operations, "|"), leaf: leaf.to_owned() })
    }

    fn names(&self, mutation: &Mutation) -> bool {
        self.leaf == mutation.leaf
            && self.operations.iter().any(|operation| operation == mutation.operation.word())
            && (self.kinds.is_empty() || self.kinds.contains(&mutation.kind))
    }
}

impl Survivors {
    /// Reads `survivors.yaml`, a list of groups of a `reason` and its `mutations`.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn read(file: &str, text: &str) -> Result<Survivors, String> {
        let tree = yaml::parse(file, text).map_err(|wrong| wrong.to_string())?;
        let mut entries = Vec::new();
        for group in tree.items().unwrap_or_default() {
            let reason = group.get("reason").and_then(Node::text).unwrap_or_default();
            if reason.trim().is_empty() {
                return Err(format!("{}: survivors without a reason", group.place));
            }
            for listed in group.get("mutations").and_then(Node::items).unwrap_or_default() {
                let entry = listed.text().and_then(Entry::read).ok_or_else(|| {
                    format!("{}: a survivor is named as KIND OPERATION LEAF, as `--mutate` prints it", listed.place)
                })?;
                entries.push(entry);
            }
        }
        Ok(Survivors(entries))
    }

    /// Whether a mutation may go unnoticed.
    pub fn lists(&self, mutation: &Mutation) -> bool {
        self.0.iter().any(|entry| entry.names(mutation))
    }

    /// Mutations listed here that were run and noticed.
    pub fn noticed<'r>(&self, mutated: &'r Mutated) -> Vec<&'r Mutation> {
        mutated.noticed.iter().filter(|mutation| self.lists(mutation)).collect()
    }

    /// Entries with a part that names no mutation there is.
    pub fn idle(&self, all: &[Mutation]) -> Vec<&str> {
        let idle = |entry: &&Entry| {
            let named: Vec<&Mutation> = all.iter().filter(|mutation| entry.names(mutation)).collect();
            let operations: BTreeSet<&str> = named.iter().map(|mutation| mutation.operation.word()).collect();
            let kinds: BTreeSet<&str> = named.iter().map(|mutation| mutation.kind.as_str()).collect();
            named.is_empty() || operations.len() < entry.operations.len() || kinds.len() < entry.kinds.len()
        };
        self.0.iter().filter(idle).map(|entry| entry.written.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::mutations::Operation;
    use super::*;

    const FILE: &str = "\
- reason: optional
  mutations:
  - 'sync reply remove|empty /a/*/b'
  - 'notify callback, sync reply swap /c'
- reason: another
  mutations: ['* remove /d']
";

    fn mutation(kind: &str, operation: Operation, leaf: &str) -> Mutation {
        Mutation { kind: kind.into(), leaf: leaf.into(), operation }
    }

    fn read() -> Survivors {
        Survivors::read("survivors.yaml", FILE).unwrap_or_else(|wrong| panic!("{wrong}"))
    }

    #[test]
    fn an_entry_names_what_is_written_and_nothing_beside() {
        let survivors = read();
        assert!(survivors.lists(&mutation("sync reply", Operation::Empty, "/a/*/b")));
        assert!(survivors.lists(&mutation("notify callback", Operation::Swap, "/c")));
        assert!(survivors.lists(&mutation("any kind", Operation::Remove, "/d")));
        assert!(!survivors.lists(&mutation("sync reply", Operation::Swap, "/a/*/b")), "another operation");
        assert!(!survivors.lists(&mutation("sync reply", Operation::Remove, "/a/*/x/*/b")), "the star is no glob");
        assert!(!survivors.lists(&mutation("other reply", Operation::Swap, "/c")), "another kind");
    }

    #[test]
    fn what_is_listed_and_noticed_is_told() {
        let listed = mutation("sync reply", Operation::Remove, "/a/*/b");
        let other = mutation("sync reply", Operation::Retype, "/a/*/b");
        let mutated = Mutated { noticed: vec![listed.clone(), other], ..Mutated::default() };
        assert_eq!(read().noticed(&mutated), [&listed]);
    }

    #[test]
    fn what_names_nothing_is_told() {
        let all = [
            mutation("sync reply", Operation::Remove, "/a/*/b"),
            mutation("sync reply", Operation::Empty, "/a/*/b"),
            mutation("sync reply", Operation::Swap, "/c"),
        ];
        assert_eq!(read().idle(&all), ["notify callback, sync reply swap /c", "* remove /d"]);
    }

    #[test]
    fn a_reason_and_a_whole_name_are_needed() {
        assert!(Survivors::read("s.yaml", "- mutations: ['* remove /d']").is_err_and(|why| why.contains("reason")));
        let short = Survivors::read("s.yaml", "- {reason: because, mutations: ['/d']}");
        assert!(short.is_err_and(|why| why.contains("s.yaml:1") && why.contains("KIND OPERATION LEAF")));
    }
}
