//! Code lists: codes, labels, other spellings that are known, and what a value outside the list means.

use super::editions::Layer;
use super::formats;
use super::pattern::Pattern;
use super::schemas;
use crate::model::verdict::Force;
use crate::source::diagnostic::did_you_mean;
use crate::source::{Diagnostics, Files, Node, yaml};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::OnceLock;

/// One code list.
#[derive(Debug)]
pub struct CodeList {
    /// Name, such as `sex`.
    pub name: String,
    /// Label of the directory, such as `CD.COM.03`; empty for the lists of the message standard.
    pub label: String,
    /// True for a list of the data standard, false for one of the messages.
    pub(super) of_data: bool,
    /// Codes with their labels (or meanings), in the order written.
    pub codes: Vec<(String, String)>,
    /// True when nothing else may stand there.
    pub closed: bool,
    /// Erratum that decided.
    pub erratum: Option<String>,
    /// Who changed the list, where that is not the standard.
    pub(super) source: Option<String>,
    /// Force of a value outside a closed list.
    pub(super) force: Force,
    spelled: HashMap<String, Known>,
    /// The codes that stand for themselves as written; made when first asked for, since later spellings win.
    exact: OnceLock<HashSet<String>>,
    patterns: Vec<(Pattern, String)>,
}

#[derive(Clone, Debug)]
enum Known {
    Code(String),
    Label(String),
    Variant(String),
}

/// How a value stands to a code list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listed {
    /// A code, as written in the list.
    Code,
    /// Accepted, with something to note: rule and words.
    Noted(&'static str, String),
    /// Not in the list.
    Outside,
}

impl CodeList {
    fn new(name: &str, codes: Vec<(String, String)>) -> CodeList {
        let spelled = codes.iter().map(|(code, _)| (fold(code), Known::Code(code.clone()))).collect();
        CodeList {
            name: name.to_owned(),
            label: String::new(),
            of_data: false,
            codes,
            closed: true,
            erratum: None,
            source: None,
            force: Force::N,
            spelled,
            exact: OnceLock::new(),
            patterns: Vec::new(),
        }
    }

    /// The code, where the text is one as written.
    fn exactly(&self, text: &str) -> Option<&str> {
        let stands =
            |code: &&String| matches!(self.spelled.get(&fold(code)), Some(Known::Code(known)) if known == *code);
        let exact = || self.codes.iter().map(|(code, _)| code).filter(stands).cloned().collect();
        self.exact.get_or_init(exact).get(text).map(String::as_str)
    }

    /// How a value stands to the list. Prefixes (`spdci:male`) and addresses are taken off.
    pub fn place(&self, value: &Value) -> Listed {
        if let Value::String(text) = value
            && self.exactly(text).is_some()
        {
            return Listed::Code;
        }
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => formats::number_text(number),
            _ => return Listed::Outside,
        };
        match self.place_text(&text) {
            Listed::Code if value.is_number() => Listed::Noted("TYPE-NUMBER-FOR-TEXT", "a code as text".into()),
            Listed::Outside => match behind_prefix(&text).map(|bare| self.place_text(bare)) {
                Some(Listed::Code) => Listed::Noted("KEY-PREFIXED", "the code without a prefix".into()),
                Some(found) => found,
                None => Listed::Outside,
            },
            found => found,
        }
    }

    fn place_text(&self, text: &str) -> Listed {
        let plain = words_of(text);
        match self.spelled.get(&plain.to_lowercase()) {
            Some(Known::Code(code)) if code == text => Listed::Code,
            Some(Known::Code(code)) => Listed::Noted("VALUE-CASE", format!("the code as written: {code}")),
            Some(Known::Label(code)) => Listed::Noted("VALUE-LABEL", format!("the code {code}, this is its label")),
            Some(Known::Variant(what)) => Listed::Noted("VALUE-VARIANT", format!("a code of the list ({what})")),
            None => match self.patterns.iter().find(|(pattern, _)| pattern.regex().is_match(&plain)) {
                Some((_, what)) => Listed::Noted("VALUE-VARIANT", format!("a code of the list ({what})")),
                None => Listed::Outside,
            },
        }
    }

    /// The code a text stands for: a code in any case, with a prefix or not, a label, or a spelling whose remark names
    /// its code (`misspelling of CODE`). `None` for anything else: what a mere variant means is not certain.
    pub fn canonical(&self, text: &str) -> Option<&str> {
        if let Some(code) = self.exactly(text) {
            return Some(code);
        }
        let known = |text: &str| match self.spelled.get(&fold(text))? {
            Known::Code(code) | Known::Label(code) => Some(code.as_str()),
            Known::Variant(what) => {
                let (_, last) = what.rsplit_once(" of ")?;
                self.codes.iter().map(|(code, _)| code.as_str()).find(|code| *code == last)
            }
        };
        known(text).or_else(|| known(behind_prefix(text)?))
    }

    /// The patterns of spellings.
    #[cfg(test)]
    pub(super) fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        self.patterns.iter().map(|(pattern, _)| pattern)
    }

    /// True when the value is a code, a label or a known spelling.
    pub fn accepts(&self, value: &Value) -> bool {
        self.place(value) != Listed::Outside
    }
}

impl CodeList {
    /// Takes in the other spellings that a file knows.
    fn spellings(&mut self, node: &Node, proven: bool, wrong: &mut Diagnostics) {
        for (variant, what) in pairs(node.get("variants")) {
            self.spelled.insert(fold(&variant), Known::Variant(what));
        }
        for (pattern, what) in pairs(node.get("patterns")) {
            match Pattern::new(&pattern, proven) {
                Ok(pattern) => self.patterns.push((pattern, what)),
                Err(error) => {
                    wrong.error(node.place.clone(), format!("`{pattern}` is no regular expression: {error}"));
                }
            }
        }
    }

    /// Leaves only some of the codes, with their labels. Of other spellings those stay whose remark names a code that
    /// stays: what another one means is not certain, so it might let a code pass that is no longer there.
    fn restrict(&mut self, stays: impl Fn(&str) -> bool) {
        self.codes.retain(|(code, _)| stays(code));
        self.spelled.retain(|_, known| match known {
            Known::Code(code) | Known::Label(code) => stays(code),
            Known::Variant(what) => what.rsplit_once(" of ").is_some_and(|(_, code)| stays(code)),
        });
        self.patterns.clear();
        self.exact = OnceLock::new();
    }

    /// What an edition changes: `only` or `drop` codes, `add` others, `closed` or not, with which `force`.
    fn amend(&mut self, node: &Node, wrong: &mut Diagnostics) {
        let known = ["only", "drop", "add", "closed", "force", "variants", "patterns"];
        node.check_keys("a code list that is there already", &known, wrong);
        for key in ["only", "drop"] {
            let Some(named) = node.get(key) else { continue };
            let codes = super::texts(named);
            for code in codes.iter().filter(|code| self.codes.iter().all(|(known, _)| known != *code)) {
                let known = self.codes.iter().map(|(code, _)| code.as_str());
                wrong
                    .error(named.place.clone(), format!("the code list `{}` has no code `{code}`", self.name))
                    .hint(did_you_mean(code, known));
            }
            self.restrict(|code| codes.iter().any(|named| named == code) == (key == "only"));
        }
        for (code, label) in node.get("add").map(codes).unwrap_or_default() {
            if self.codes.iter().any(|(known, _)| *known == code) {
                wrong.error(node.place.clone(), format!("the code list `{}` has the code `{code}` already", self.name));
                continue;
            }
            self.spelled.insert(fold(&code), Known::Code(code.clone()));
            self.spelled.entry(fold(&label)).or_insert_with(|| Known::Label(code.clone()));
            self.codes.push((code, label));
        }
        self.spellings(node, false, wrong);
        self.closed = node.get("closed").and_then(Node::yes_or_no).unwrap_or(self.closed);
        if let Some(letter) = node.get("force") {
            match letter.text().and_then(super::read_force) {
                Some(force) => self.force = force,
                None => drop(wrong.error(letter.place.clone(), "the force of a code list is N, D or I")),
            }
        }
        self.exact = OnceLock::new();
        if self.codes.is_empty() {
            wrong.error(node.place.clone(), format!("the code list `{}` is left without codes", self.name));
        }
    }
}

/// Takes in the code lists of an edition that adds to another: new ones, and changes of those that are there.
fn amend(files: &Files, layer: &Layer, lists: &mut BTreeMap<String, CodeList>, wrong: &mut Diagnostics) {
    for (path, text) in files.below(&format!("{}data/codes", layer.root)) {
        let tree = match yaml::parse(&files.shown(path), text) {
            Ok(tree) => tree,
            Err(found) => {
                wrong.extend(found);
                continue;
            }
        };
        tree.check_keys("a file of code lists", &["source", "lists"], wrong);
        for entry in tree.get("lists").and_then(Node::entries).unwrap_or_default() {
            match lists.get_mut(&entry.key) {
                Some(list) if !list.of_data => {
                    let message = format!("`{}` is a code list of messages, which stay as published", entry.key);
                    wrong.error(entry.place.clone(), message);
                }
                Some(list) => {
                    list.amend(&entry.value, wrong);
                    list.source = layer.source(&tree);
                }
                None => {
                    let mut list = read(&entry.key, &entry.value, false, wrong);
                    list.source = layer.source(&tree);
                    lists.insert(entry.key.clone(), list);
                }
            }
        }
    }
}

fn fold(text: &str) -> String {
    words_of(text).to_lowercase()
}

/// A text without blanks around it, and with one between its words.
fn words_of(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What stands behind a prefix (`spdci:male`), or at the end of an address. A slash in other text is part of it: `N/A`
/// stands for no code.
fn behind_prefix(text: &str) -> Option<&str> {
    let named = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.+:".contains(&byte));
    match text.split_once("://") {
        Some((scheme, path)) if named(scheme) && !path.contains(char::is_whitespace) => {
            path.rsplit_once([':', '/', '#']).map(|(_, bare)| bare)
        }
        Some(_) => None,
        None => text.rsplit_once(':').filter(|(prefix, _)| named(prefix)).map(|(_, bare)| bare),
    }
}

/// Reads the lists of the message standard and of `data/codes*.yaml`; what editions add to them afterwards.
pub(super) fn load(files: &Files, layers: &[Layer], wrong: &mut Diagnostics) -> BTreeMap<String, CodeList> {
    let Some((base, above)) = layers.split_first() else { return BTreeMap::new() };
    let root = &base.root;
    let mut lists = BTreeMap::new();
    let mut add = |list: CodeList, node: &Node, wrong: &mut Diagnostics| {
        let name = list.name.clone();
        if lists.insert(name.clone(), list).is_some() {
            wrong.error(node.place.clone(), format!("the code list `{name}` is defined twice"));
        }
    };
    let technical = format!("{root}technical/");
    for (path, text) in files.below(&technical).filter(|(_, text)| text.lines().any(|line| line == "lists:")) {
        // Errors of these files are reported by the reader of the schemas.
        let Ok(tree) = yaml::parse(&files.shown(path), text) else { continue };
        if tree.get("lists").is_some() {
            for ((name, codes), _) in schemas::code_lists(&tree, &mut Diagnostics::default()) {
                add(CodeList::new(&name, codes), &tree, wrong);
            }
        }
    }
    let data = format!("{root}data/codes");
    for (path, text) in files.below(&data) {
        let proven = files.is_built_in(path);
        match yaml::parse(&files.shown(path), text) {
            Ok(tree) => {
                tree.check_keys("a file of code lists", &["lists"], wrong);
                for entry in tree.get("lists").and_then(Node::entries).unwrap_or_default() {
                    add(read(&entry.key, &entry.value, proven, wrong), &entry.value, wrong);
                }
            }
            Err(found) => wrong.extend(found),
        }
    }
    above.iter().for_each(|layer| amend(files, layer, &mut lists, wrong));
    lists
}

fn read(name: &str, node: &Node, proven: bool, wrong: &mut Diagnostics) -> CodeList {
    let known = ["id", "codes", "closed", "force", "variants", "patterns", "erratum"];
    node.check_keys("a code list", &known, wrong);
    let text = |key: &str| node.get(key).and_then(Node::text).map(str::to_owned);
    let mut list = CodeList::new(name, node.get("codes").map(codes).unwrap_or_default());
    list.label = text("id").unwrap_or_default();
    list.of_data = true;
    list.closed = node.get("closed").and_then(Node::yes_or_no).unwrap_or(true);
    list.erratum = text("erratum");
    list.force = text("force").and_then(|force| super::read_force(&force)).unwrap_or(Force::N);
    if list.codes.is_empty() {
        wrong.error(node.place.clone(), format!("the code list `{name}` has no codes"));
    }
    for (code, label) in list.codes.clone() {
        list.spelled.entry(fold(&label)).or_insert(Known::Label(code));
    }
    list.spellings(node, proven, wrong);
    list
}

/// `{code: label}`, or lists of codes that have no label.
fn codes(node: &Node) -> Vec<(String, String)> {
    match node.items() {
        Some(rows) => rows
            .iter()
            .flat_map(|row| row.items().unwrap_or(std::slice::from_ref(row)))
            .filter_map(Node::text)
            .map(|code| (code.to_owned(), code.to_owned()))
            .collect(),
        None => pairs(Some(node)),
    }
}

fn pairs(node: Option<&Node>) -> Vec<(String, String)> {
    let entries = node.and_then(Node::entries).unwrap_or_default();
    entries.iter().map(|entry| (entry.key.clone(), entry.value.text().unwrap_or_default().to_owned())).collect()
}
