//! The data standard: code lists, formats, objects, rules and strictness, read together and checked against each other.

use super::codes::{self, CodeList};
use super::editions::Layer;
use super::exports::{self, Exports};
use super::formats::{self, Format};
use super::names::Names;
use super::objects::{self, Class, Domain, Known};
use super::rules::file::FileRule;
use super::rules::{self, Rule, Rules, Symbols};
use crate::model::verdict::{Force, Verdict};
use crate::source::{Diagnostics, Files, Node, yaml};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How much a finding about a record weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Strictness {
    /// Only what is stated fails, and not where official material does the same.
    Lenient,
    /// What is stated fails, what is described warns.
    Standard,
    /// What is stated or described fails.
    Strict,
}

impl Strictness {
    /// Reads `lenient`, `standard`, `strict`.
    pub fn read(word: &str) -> Option<Strictness> {
        match word {
            "lenient" => Some(Strictness::Lenient),
            "standard" => Some(Strictness::Standard),
            "strict" => Some(Strictness::Strict),
            _ => None,
        }
    }

    /// The word used in files and reports.
    pub const fn word(self) -> &'static str {
        match self {
            Strictness::Lenient => "lenient",
            Strictness::Standard => "standard",
            Strictness::Strict => "strict",
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Data {
    pub(super) codes: BTreeMap<String, CodeList>,
    pub(super) formats: BTreeMap<String, Format>,
    pub(super) domains: Vec<Domain>,
    pub(super) exports: Exports,
    pub(super) names: Arc<Names>,
    #[allow(dead_code)] // kept whole for the tests, which look at every one
    pub(super) rules: Vec<Arc<Rule>>,
    pub(super) file_rules: Vec<Arc<FileRule>>,
    pub(super) symbols: Symbols,
    weights: BTreeMap<(String, String), Verdict>,
}

impl Data {
    /// `layers` are the edition that all others add to, then these.
    pub(super) fn load(files: &Files, layers: &[Layer], wrong: &mut Diagnostics) -> Data {
        let Some(Layer { root, .. }) = layers.first() else { return Data::default() };
        let names = Arc::new(Names::load(files, root, wrong));
        let codes = codes::load(files, layers, &names, wrong);
        let formats = formats::load(files, root, &codes, wrong);
        let mut domains = objects::load(files, layers, &Known { formats: &formats, codes: &codes }, wrong);
        domains.iter_mut().for_each(|domain| domain.names = Arc::clone(&names));
        let Rules { record: rules, file: file_rules, symbols } =
            rules::load(files, layers, &rules::Words { codes: &codes, formats: &formats }, &mut domains, wrong);
        let exports = exports::load(files, root, &formats, &domains, wrong);
        let weights = weights(files, root, wrong);
        Data { weights, exports, names, codes, formats, domains, rules, file_rules, symbols }
    }

    /// A class by name: plain in the default domain, else with the domain in front (`common Person`).
    pub(super) fn class(&self, name: &str) -> Option<(&Domain, &Class)> {
        let by_domain = name.split_once(' ').and_then(|(domain, class)| {
            let domain = self.domain(domain)?;
            Some((domain, domain.classes.get(class)?))
        });
        by_domain.or_else(|| {
            let domain = self.domains.iter().find(|domain| domain.default).or_else(|| self.domains.last())?;
            Some((domain, domain.classes.get(name)?))
        })
    }

    pub(super) fn domain(&self, name: &str) -> Option<&Domain> {
        self.domains.iter().find(|domain| domain.name == name)
    }

    /// What a finding does at a strictness; `known` for N where official material does the same.
    pub(super) fn weigh(&self, force: Force, known: bool, strictness: Strictness) -> Verdict {
        let row = if known && force == Force::N { "alias" } else { force.letter() };
        let key = (strictness.word().to_owned(), row.to_owned());
        self.weights.get(&key).copied().unwrap_or(Verdict::Fail)
    }
}

fn weights(files: &Files, root: &str, wrong: &mut Diagnostics) -> BTreeMap<(String, String), Verdict> {
    let mut weights = BTreeMap::new();
    let path = format!("{root}data/strictness.yaml");
    let Some(text) = files.text(&path) else { return weights };
    let tree = match yaml::parse(&files.shown(&path), text) {
        Ok(tree) => tree,
        Err(found) => {
            wrong.extend(found);
            return weights;
        }
    };
    tree.check_keys("the strictness", &["strictness"], wrong);
    for row in tree.get("strictness").and_then(Node::entries).unwrap_or_default() {
        row.value.check_keys("a strictness", &["N", "alias", "D", "I"], wrong);
        for cell in row.value.entries().unwrap_or_default() {
            let verdict = match cell.value.text() {
                Some("fail") => Verdict::Fail,
                Some("warn") => Verdict::Warn,
                Some("note") => Verdict::Pass,
                other => {
                    let other = other.unwrap_or_default();
                    wrong.error(cell.place.clone(), format!("a finding may fail, warn or note, not `{other}`"));
                    continue;
                }
            };
            if cell.key == "I" && verdict == Verdict::Fail {
                wrong.error(cell.place.clone(), "what is inferred never fails");
            }
            weights.insert((row.key.clone(), cell.key.clone()), verdict);
        }
    }
    weights
}
