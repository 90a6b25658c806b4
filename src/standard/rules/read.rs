//! Reads `data/rules*.yaml`, checks every rule against the classes and code lists, and hands rules to their classes.

use super::comparing::Comparing;
use super::excuse;
use super::file::{FileKind, FileRule, MOST_MARKS, MOST_RULES, Owner, Target};
use super::opposites::Opposites;
use super::path::Ground;
use super::sorts::Sort;
use super::{Amount, Applied, Condition, End, Kind, Operand, Path, Paths, Relation, Rule, Symbols};
use crate::model::verdict::Force;
use crate::source::diagnostic::did_you_mean;
use crate::source::{Diagnostics, Files, Node, yaml};
use crate::standard::codes::CodeList;
use crate::standard::editions::Layer;
use crate::standard::formats::Format;
use crate::standard::objects::{Class, Domain};
use crate::standard::read_force;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Keys that every rule may have.
const EVERY: [&str; 9] = ["id", "class", "domain", "kind", "force", "expected", "erratum", "each", "when"];

/// The kinds of rules about a record, with the keys of each.
const KINDS: [(&str, &[&str]); 14] = [
    ("together", &["properties"]),
    ("any of", &["properties"]),
    ("order", &["first", "then", "strictly"]),
    ("span", &["from", "to", "at least", "at most"]),
    ("number", &["value", "equal", "at least", "at most", "more than"]),
    ("implies", &["then"]),
    ("agree", &["properties"]),
    ("differ", &["values", "from"]),
    ("member of", &["values", "among"]),
    ("twin", &["of", "among", "by", "on"]),
    ("unique", &["entries", "by", "only", "value"]),
    ("box", &["corners", "point", "axes", "widest"]),
    ("type", &[]),
    ("code table", &["code", "value", "table", "tolerate"]),
];

/// The kinds of rules about a file.
const FILE_KINDS: [(&str, &[&str]); 4] = [
    ("unique in file", &["key", "owner", "told apart by"]),
    ("one per key", &["key", "value", "letters only"]),
    ("resolves", &["reference", "targets"]),
    ("symmetry", &["subject", "object", "code", "opposites"]),
];

const BOUNDS: [(&str, Relation); 4] = [
    ("equal", Relation::Equal),
    ("at least", Relation::AtLeast),
    ("at most", Relation::AtMost),
    ("more than", Relation::MoreThan),
];

/// What rules speak of beside classes.
pub(in crate::standard) struct Words<'w> {
    pub(in crate::standard) codes: &'w BTreeMap<String, CodeList>,
    pub(in crate::standard) formats: &'w BTreeMap<String, Format>,
}

/// All rules of the data standard.
#[derive(Debug, Default)]
pub(in crate::standard) struct Rules {
    pub(in crate::standard) record: Vec<Arc<Rule>>,
    pub(in crate::standard) file: Vec<Arc<FileRule>>,
    pub(in crate::standard) symbols: Symbols,
}

/// Reads all files of rules and tells every class which rules apply to it.
pub(in crate::standard) fn load(
    files: &Files,
    layers: &[Layer],
    words: &Words<'_>,
    domains: &mut [Domain],
    wrong: &mut Diagnostics,
) -> Rules {
    let (mut trees, mut sources, mut of) = (Vec::new(), Vec::new(), Vec::new());
    for layer in layers {
        for (path, text) in files.below(&format!("{}data/rules", layer.root)) {
            match yaml::parse(&files.shown(path), text) {
                Ok(tree) => {
                    sources.push(layer.source(&tree));
                    trees.push(tree);
                    of.push(layer);
                }
                Err(found) => wrong.extend(found),
            }
        }
    }
    let mut rules = Rules::default();
    let amended = layers.len() > 1;
    let comparing = Comparing::read(&trees, domains, words.codes, amended, wrong);
    let mut known = BTreeSet::new();
    let published = rule_ids(&trees, &sources);
    for ((tree, source), layer) in trees.iter().zip(&sources).zip(of) {
        match source {
            None => {
                let known = ["domain", "identities", "shared", "open codes", "rules", "file rules"];
                tree.check_keys("a file of rules", &known, wrong);
            }
            Some(_) => {
                tree.check_visible(wrong);
                let known = ["source", "domain", "rules", "file rules"];
                tree.check_keys("a file of rules that adds to others", &known, wrong);
                tree.text_under("source", wrong);
            }
        }
        let (rows, of_files) = (tree.list_under("rules", wrong), tree.list_under("file rules", wrong));
        for (row, whole_file) in rows.iter().map(|row| (row, false)).chain(of_files.iter().map(|row| (row, true))) {
            let names = if row.get("domain").is_some() { row } else { tree }.texts_under("domain", wrong);
            let names = if names.is_empty() { vec!["common".to_owned()] } else { names };
            for name in &names {
                let Some(domain) = domains.iter().find(|domain| domain.name == *name) else {
                    let known = domains.iter().map(|domain| domain.name.as_str());
                    wrong
                        .error(row.place.clone(), format!("there is no domain `{name}`"))
                        .hint(did_you_mean(name, known));
                    continue;
                };
                let id = row.get("id").and_then(Node::text).unwrap_or_default();
                if source.is_some() && published.contains(id) {
                    let message = format!("`{id}` is a rule of the standard, which stays as published");
                    wrong.error(row.place.clone(), message).hint("give the rule an id of its own");
                }
                if let Some(erratum) = row.get("erratum") {
                    layer.check_erratum(erratum.text().unwrap_or_default(), &erratum.place, wrong);
                }
                let classes = row.texts_under("class", wrong);
                if classes.is_empty() {
                    wrong.error(row.place.clone(), "a rule needs `class`");
                }
                for class in classes {
                    let ground = Ground { domain, comparing: &comparing, symbols: &mut rules.symbols };
                    let (object, entry) = (Vec::new(), Vec::new());
                    let Words { codes, formats } = words;
                    let mut reader =
                        Reader { row, class, ground, codes, formats, source, amended, object, entry, wrong };
                    if whole_file {
                        let before = rules.file.len();
                        rules.file.extend(reader.file_rule(before).map(Arc::new));
                    } else {
                        rules.record.extend(reader.rule().map(Arc::new));
                    }
                    let text = |key: &str| row.get(key).and_then(Node::text).unwrap_or_default().to_owned();
                    if !known.insert((text("id"), reader.class, name.clone(), text("expected"))) {
                        wrong.error(row.place.clone(), "a rule of this id, class and text was there before");
                    }
                }
            }
        }
    }
    hand_out(&rules, domains);
    rules
}

/// The ids of the rules that the standard itself has.
fn rule_ids<'t>(trees: &'t [Node], sources: &[Option<String>]) -> BTreeSet<&'t str> {
    let own = trees.iter().zip(sources).filter(|(_, source)| source.is_none()).map(|(tree, _)| tree);
    let rows = own.flat_map(|tree| ["rules", "file rules"].map(|key| tree.get(key).and_then(Node::items)));
    rows.flatten().flatten().filter_map(|row| row.get("id")?.text()).collect()
}

fn hand_out(rules: &Rules, domains: &mut [Domain]) {
    for domain in domains {
        let name = domain.name.clone();
        for class in domain.classes.values_mut() {
            let is = |wanted: &str| class.name == wanted || class.bases.iter().any(|base| base == wanted);
            let here = |domain: &Option<String>| domain.as_ref().is_none_or(|wanted| *wanted == name);
            let file = |rule: &&Arc<FileRule>| here(&rule.domain);
            let rows = |rule: &Arc<FileRule>| -> Vec<(Arc<FileRule>, usize)> {
                let FileKind::Resolves { targets, .. } = &rule.kind else { return Vec::new() };
                let fit = targets.iter().enumerate().filter(|(_, target)| is(&target.class));
                fit.map(|(row, _)| (rule.clone(), row)).collect()
            };
            let symbols = class.properties.iter().map(|property| rules.symbols.get(&property.name));
            class.spoken_of = (0..).zip(symbols).filter_map(|(index, symbol)| Some((symbol?, index))).collect();
            class.applied = Applied {
                record: rules.record.iter().filter(|rule| here(&rule.domain) && is(&rule.class)).cloned().collect(),
                file: rules.file.iter().filter(file).filter(|rule| is(&rule.class)).cloned().collect(),
                targets: rules.file.iter().filter(file).flat_map(rows).collect(),
            };
        }
    }
}

/// What every rule has.
struct Head {
    id: String,
    class: String,
    kind: String,
    force: Force,
    expected: String,
    domain: Option<String>,
    erratum: Option<String>,
    each: Option<Path>,
    when: Vec<Condition>,
}

pub(super) struct Reader<'r> {
    pub(super) row: &'r Node,
    class: String,
    pub(super) ground: Ground<'r>,
    pub(super) codes: &'r BTreeMap<String, CodeList>,
    pub(super) formats: &'r BTreeMap<String, Format>,
    /// Who says so, where that is not the standard.
    pub(super) source: &'r Option<String>,
    /// True where an edition adds to the standard.
    pub(super) amended: bool,
    /// The class the rule speaks of.
    pub(super) object: Vec<&'r Class>,
    /// The classes of an entry of `each`.
    pub(super) entry: Vec<&'r Class>,
    pub(super) wrong: &'r mut Diagnostics,
}

impl<'r> Reader<'r> {
    fn rule(&mut self) -> Option<Rule> {
        let head = self.head(&KINDS)?;
        let kind = self.kind(&head.kind)?;
        let Head { id, class, force, expected, domain, erratum, each, when, .. } = head;
        self.check_sense(each.as_ref(), &when, &kind);
        let excuses = excuse::excuses(each.as_ref(), &when, &kind);
        let source = self.source.clone();
        Some(Rule { id, class, domain, force, expected, source, erratum, each, when, kind, excuses })
    }

    fn file_rule(&mut self, before: usize) -> Option<FileRule> {
        let head = self.head(&FILE_KINDS)?;
        let number = u8::try_from(before).ok();
        if number.is_none() {
            let message = format!("there are more than {MOST_RULES} rules about files");
            self.error(self.row.place.clone(), (message, String::new()));
        }
        let of_class = || self.object.first().map(|class| class.source.clone()).unwrap_or_default();
        let source = self.source.clone().unwrap_or_else(of_class);
        let kind = self.file_kind(&head.kind)?;
        let Head { id, class, force, expected, domain, erratum, each, when, .. } = head;
        let added = self.source.is_some();
        let number = number?;
        Some(FileRule { number, id, class, domain, force, expected, source, added, erratum, each, when, kind })
    }

    fn head(&mut self, kinds: &[(&str, &[&str])]) -> Option<Head> {
        let kind = self.text("kind")?;
        let Some((_, keys)) = kinds.iter().find(|(name, _)| *name == kind) else {
            let hint = did_you_mean(&kind, kinds.iter().map(|(name, _)| *name));
            self.error(self.row.place.clone(), (format!("`{kind}` is no kind of rule here"), hint));
            return None;
        };
        self.row.check_keys("a rule of this kind", &[&EVERY, *keys].concat(), self.wrong);
        let (id, expected) = (self.text("id"), self.text("expected"));
        let force = self.text("force").and_then(|letter| {
            let force = read_force(&letter);
            if force.is_none() {
                let message = format!("the force of a rule is N, D or I, not `{letter}`");
                self.error(self.row.place.clone(), (message, String::new()));
            }
            force
        });
        let class = self.class.clone();
        let Some(object) = self.ground.domain.classes.get(&class) else {
            let hint = did_you_mean(&class, self.ground.domain.classes.keys().map(String::as_str));
            let message = format!("the domain {} has no class `{class}`", self.ground.domain.name);
            self.error(self.row.place.clone(), (message, hint));
            return None;
        };
        self.object = vec![object];
        let each = self.row.get("each").map(|node| self.path(node));
        self.entry = each.iter().flatten().flat_map(|(_, classes)| classes.clone()).collect();
        let when = self.conditions("when");
        let name = &self.ground.domain.name;
        Some(Head {
            id: id?,
            class,
            kind,
            force: force?,
            expected: expected?,
            domain: (name != "common").then(|| name.clone()),
            erratum: self.row.get("erratum").and_then(Node::text).map(str::to_owned),
            each: match each {
                Some(found) => Some(found?.0),
                None => None,
            },
            when: when?,
        })
    }

    fn kind(&mut self, kind: &str) -> Option<Kind> {
        Some(match kind {
            "together" => {
                let paths = self.paths("properties")?;
                self.check_several(&paths, kind);
                Kind::Together(paths)
            }
            "any of" => Kind::AnyOf(self.paths("properties")?),
            "order" => {
                let (first, then) = (self.operand("first"), self.operand("then"));
                let (first, then, strictly) = (first?, then?, self.yes("strictly"));
                for (key, operand) in [("first", &first), ("then", &then)] {
                    self.check_sorts(key, operand.paths(), &[Sort::Objects, Sort::Truth, Sort::Words]);
                }
                let today = [&first, &then].iter().any(|operand| matches!(operand, Operand::Today));
                self.check_alike(first.paths().iter().chain(then.paths()), today);
                Kind::Order { first, then, strictly }
            }
            "span" => {
                let (from, to) = (self.operand("from"), self.operand("to"));
                for (key, operand) in [("from", &from), ("to", &to)] {
                    let paths = operand.as_ref().map(Operand::paths).unwrap_or_default();
                    self.check_sorts(key, paths, &[Sort::Objects, Sort::Truth, Sort::Number, Sort::Words]);
                }
                let (at_least, at_most) = (self.years("at least"), self.years("at most"));
                if at_least.is_none() && at_most.is_none() {
                    self.error(self.row.place.clone(), ("a span needs `at least` or `at most`".into(), String::new()));
                }
                Kind::Span { from: from?, to: to?, at_least, at_most }
            }
            "number" => self.number()?,
            "implies" => {
                let then = self.need("then").and_then(|_| self.conditions("then"));
                Kind::Implies(then?)
            }
            "agree" => {
                let paths = self.keys("properties")?;
                self.check_several(&paths, kind);
                Kind::Agree(paths)
            }
            "differ" => {
                let (values, from) = (self.keys("values")?, self.keys("from")?);
                self.check_common(&values, &from);
                Kind::Differ { values, from }
            }
            "member of" => {
                let (values, among) = (self.keys("values")?, self.keys("among")?);
                self.check_common(&values, &among);
                Kind::Member { values, among }
            }
            "twin" => {
                let (of, among) = (self.one("of"), self.one("among"));
                let ((of, mut classes), (among, others)) = (of?, among?);
                classes.extend(others);
                let by = self.inner_keys("by", &classes);
                let on = self.row.get("on").map_or(Some(Vec::new()), |_| self.inner_keys("on", &classes));
                Kind::Twin { of, among, by: by?, on: on? }
            }
            "unique" => {
                let (entries, classes) = self.one("entries")?;
                let by = self.inner_keys("by", &classes);
                let value = self.row.get("value").map(|_| self.inner_keys("value", &classes));
                let only = self.row.texts_under("only", self.wrong);
                let by = by?;
                for path in &by {
                    self.check_codes(path, &only, self.row.get("only").map(|node| node.place.clone()));
                    if matches!(path.end, End::Objects(_)) && !only.is_empty() {
                        let message = format!("`only` names values, and `{}` leads to objects", path.words());
                        self.error(self.row.place.clone(), (message, String::new()));
                    }
                }
                let value = match value {
                    Some(found) => found?.pop(),
                    None => None,
                };
                Kind::Unique { entries, by, only, value }
            }
            "box" => self.square()?,
            "code table" => self.code_table()?,
            _ => Kind::Type,
        })
    }

    fn number(&mut self) -> Option<Kind> {
        let value = self.need("value").and_then(|node| self.amount(node));
        let written: Vec<(Relation, &Node)> =
            BOUNDS.iter().filter_map(|(key, relation)| Some((*relation, self.row.get(key)?))).collect();
        if written.is_empty() {
            let message = "a number needs `equal`, `at least`, `at most` or `more than`";
            self.error(self.row.place.clone(), (message.into(), String::new()));
        }
        let bounds: Vec<_> = written.into_iter().map(|(relation, node)| Some((relation, self.amount(node)?))).collect();
        if let Some(Amount::Of(path)) = &value {
            self.check_sorts("value", [path], &[Sort::Objects, Sort::Truth, Sort::Date, Sort::Money, Sort::Words]);
        }
        Some(Kind::Number { value: value?, bounds: bounds.into_iter().collect::<Option<_>>()? })
    }

    fn square(&mut self) -> Option<Kind> {
        let (corners, point, axes) = (self.paths("corners"), self.one("point"), self.need("axes"));
        let (corners, (point, classes), axes) = (corners?, point?, axes?.texts().unwrap_or_default());
        let (Ok([low, high]), Ok(axes)) = (<[Path; 2]>::try_from(corners), <[String; 2]>::try_from(axes)) else {
            self.error(self.row.place.clone(), ("a box needs two corners and two axes".into(), String::new()));
            return None;
        };
        let mut step = |name: &str| match self.ground.path(name, &classes) {
            Ok((path, _)) => path.steps.into_iter().next(),
            Err(found) => {
                self.wrong.error(self.row.place.clone(), found.0).hint(found.1);
                None
            }
        };
        let axes = [step(&axes[0])?, step(&axes[1])?];
        let widest = self.row.get("widest").and_then(|node| {
            let written = node.text().and_then(|text| text.parse::<f64>().ok());
            if written.is_none() {
                self.error(node.place.clone(), ("`widest` is a number".into(), String::new()));
            }
            written
        });
        Some(Kind::Box { low, high, point, axes, widest })
    }

    fn code_table(&mut self) -> Option<Kind> {
        let (code, value, node) = (self.keys("code"), self.keys("value"), self.need("table"));
        let (code, value, node) = (code?, value?, node?);
        self.check_no_list("code", &code);
        let mut table = Vec::new();
        for entry in self.row.map_under("table", self.wrong) {
            let codes = node.texts_under(&entry.key, self.wrong);
            for path in &code {
                self.check_codes(path, &codes, Some(entry.place.clone()));
            }
            for path in &value {
                self.check_codes(path, std::slice::from_ref(&entry.key), Some(entry.place.clone()));
            }
            table.push((entry.key.clone(), codes));
        }
        // A code that stands in no row goes with every value.
        if node.entries().is_some() && table.iter().all(|(_, codes)| codes.is_empty()) {
            self.error(node.place.clone(), ("`table` has no codes".into(), "the rule would never be judged".into()));
        }
        let tolerate = self.row.texts_under("tolerate", self.wrong);
        for path in &value {
            self.check_codes(path, &tolerate, self.row.get("tolerate").map(|node| node.place.clone()));
        }
        Some(Kind::CodeTable { code, value, table, tolerate })
    }

    fn file_kind(&mut self, kind: &str) -> Option<FileKind> {
        Some(match kind {
            "unique in file" => {
                let (key, owner) = (self.parts("key"), self.text("owner"));
                let marks = self.row.get("told apart by").map_or(Some(Vec::new()), |_| self.keys("told apart by"));
                if marks.as_ref().is_some_and(|marks| marks.len() > MOST_MARKS) {
                    let message = format!("owners are told apart by at most {MOST_MARKS} properties");
                    self.error(self.row.place.clone(), (message, String::new()));
                    return None;
                }
                let owner = match owner?.as_str() {
                    "record" => Owner::Record,
                    "object" => Owner::Object,
                    other => {
                        let message = format!("the owner is the record or the object, not `{other}`");
                        self.error(self.row.place.clone(), (message, String::new()));
                        return None;
                    }
                };
                FileKind::Unique { key: key?, owner, marks: marks? }
            }
            "one per key" => {
                let (key, value) = (self.parts("key"), self.keys("value"));
                FileKind::OnePerKey { key: key?, value: value?, letters: self.yes("letters only") }
            }
            "resolves" => {
                let reference = self.keys("reference");
                let targets = self.need("targets")?;
                if targets.entries().is_some_and(<[_]>::is_empty) {
                    let message = "`targets` names no class: nothing would be what is referred to";
                    self.error(targets.place.clone(), (message.into(), String::new()));
                }
                let mut read = Vec::new();
                for entry in self.row.map_under("targets", self.wrong) {
                    let Some(class) = self.ground.domain.classes.get(&entry.key) else {
                        let hint = did_you_mean(&entry.key, self.ground.domain.classes.keys().map(String::as_str));
                        self.error(entry.place.clone(), (format!("there is no class `{}`", entry.key), hint));
                        continue;
                    };
                    let keys = self.paths_in(&entry.value, Some(&[class]));
                    read.push(Target { class: entry.key.clone(), keys: keys? });
                }
                FileKind::Resolves { reference: reference?, targets: read }
            }
            _ => {
                let (subject, object) = (self.keys("subject"), self.keys("object"));
                let code = self.keys("code")?;
                self.need("opposites")?;
                let mut opposites = Vec::new();
                for pair in self.row.list_under("opposites", self.wrong) {
                    let [one, other] = pair.items().unwrap_or_default() else {
                        self.error(pair.place.clone(), ("a pair of lists of codes is due here".into(), String::new()));
                        continue;
                    };
                    let pair = (one.texts().unwrap_or_default(), other.texts().unwrap_or_default());
                    for (codes, node) in [(&pair.0, one), (&pair.1, other)] {
                        for path in &code {
                            self.check_codes(path, codes, Some(node.place.clone()));
                        }
                    }
                    opposites.push(pair);
                }
                let opposites = Opposites::new(&opposites);
                FileKind::Symmetry { subject: subject?, object: object?, code, opposites }
            }
        })
    }

    /// Parts of a key: a path each, or a list of paths that are as good.
    fn parts(&mut self, key: &str) -> Option<Vec<Paths>> {
        let node = self.need(key)?;
        let parts: Vec<_> = match node.items() {
            Some(items) => items.iter().map(|item| self.paths_in(item, None)).collect(),
            None => vec![self.paths_in(node, None)],
        };
        parts.into_iter().collect()
    }
}
