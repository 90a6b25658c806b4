//! Code lists: codes, labels, other spellings that are known, and what a value outside the list means.

use super::amend::weight;
use super::editions::Layer;
use super::formats;
use super::names::Names;
use super::pattern::Pattern;
use super::schemas;
use crate::model::verdict::Force;
use crate::source::diagnostic::did_you_mean;
use crate::source::{Diagnostics, Files, Node, Place, yaml};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, OnceLock};

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
    /// Where it is written, if an edition adds it to the standard.
    pub(super) added: Option<Place>,
    /// Force of a value outside a closed list.
    pub(super) force: Force,
    /// True where names of people are among texts like its codes: of such a text nobody knows which it is.
    pub(super) hidden: bool,
    /// Which prefixes and addresses are the standard's own.
    pub(super) names: Arc<Names>,
    spelled: HashMap<String, Known>,
    /// The codes that stand for themselves as written; made when first asked for, since later spellings win.
    exact: OnceLock<HashSet<String>>,
    patterns: Vec<(Pattern, String)>,
    /// What an edition took away: texts and patterns that would pass by the standard alone.
    gone: (HashSet<String>, Vec<Pattern>),
    /// True where another value weighs more by an edition than by the standard.
    firmer: bool,
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
            added: None,
            force: Force::N,
            hidden: false,
            names: Arc::default(),
            spelled,
            exact: OnceLock::new(),
            patterns: Vec::new(),
            gone: Default::default(),
            firmer: false,
        }
    }

    /// The code, where the text is one as written.
    fn exactly(&self, text: &str) -> Option<&str> {
        let stands =
            |code: &&String| matches!(self.spelled.get(&fold(code)), Some(Known::Code(known)) if known == *code);
        let exact = || self.codes.iter().map(|(code, _)| code).filter(stands).cloned().collect();
        self.exact.get_or_init(exact).get(text).map(String::as_str)
    }

    /// How a value stands to the list. Prefixes (`spdci:male`) and the addresses of the standard are taken off.
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
            Listed::Outside => match self.behind_prefix(&text).map(|bare| self.place_text(bare)) {
                Some(Listed::Code) => Listed::Noted("KEY-PREFIXED", "the code without a prefix".into()),
                Some(found) => found,
                None => Listed::Outside,
            },
            found => found,
        }
    }

    fn place_text(&self, text: &str) -> Listed {
        match self.spelled.get(&fold(text)) {
            Some(Known::Code(code)) if code == text => Listed::Code,
            Some(Known::Code(code)) => Listed::Noted("VALUE-CASE", format!("the code as written: {code}")),
            Some(Known::Label(code)) => Listed::Noted("VALUE-LABEL", format!("the code {code}, this is its label")),
            Some(Known::Variant(what)) => Listed::Noted("VALUE-VARIANT", format!("a code of the list ({what})")),
            None => {
                let plain = words_of(text);
                match self.patterns.iter().find(|(pattern, _)| pattern.regex().is_match(&plain)) {
                    Some((_, what)) => Listed::Noted("VALUE-VARIANT", format!("a code of the list ({what})")),
                    None => Listed::Outside,
                }
            }
        }
    }

    /// What stands behind a prefix (`spdci:male`), or at the end of an address of the standard. What is itself of the list is no
    /// prefix (`female:male`), and another address is that of a code of somebody else. Where the list is open, so is a name
    /// with another prefix than the standard's own: `urn:gov:uin` is a type of its own.
    fn behind_prefix<'t>(&self, text: &'t str) -> Option<&'t str> {
        if text.contains("://") {
            return self.names.own_code(text);
        }
        let (before, bare) = text.rsplit_once(':').filter(|(_, bare)| !bare.starts_with(char::is_whitespace))?;
        let is_prefix = |part: &str| {
            let named = part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
            let named = named && part.starts_with(|c: char| c.is_ascii_alphabetic());
            named && !self.spelled.contains_key(&fold(part)) && (self.closed || self.names.has_prefix(part))
        };
        let none = before.is_empty() && self.names.has_prefix("");
        (none || before.split(':').all(is_prefix)).then_some(bare)
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
        known(text).or_else(|| known(self.behind_prefix(text)?))
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
        for (variant, what) in pairs("variants", node, wrong) {
            self.spelled.insert(fold(&variant), Known::Variant(what));
        }
        for (pattern, what) in pairs("patterns", node, wrong) {
            match Pattern::of_whole_texts(&pattern, proven) {
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
        let codes: HashSet<&str> = self.codes.iter().map(|(code, _)| code.as_str()).collect();
        let (texts, patterns) = &mut self.gone;
        self.spelled.retain(|text, known| {
            let stays = match known {
                Known::Code(code) | Known::Label(code) => codes.contains(code.as_str()),
                // What stands behind the last `of` need be no code: `spelling of the pages` names none.
                Known::Variant(what) => what.rsplit_once(" of ").is_some_and(|(_, code)| codes.contains(code)),
            };
            texts.extend((!stays).then(|| text.clone()));
            stays
        });
        patterns.extend(self.patterns.drain(..).map(|(pattern, _)| pattern));
        self.exact = OnceLock::new();
    }

    /// What an edition changes: `only` or `drop` codes, `add` others, `closed` or not, with which `force`.
    fn amend(&mut self, node: &Node, wrong: &mut Diagnostics) {
        let known = ["only", "drop", "add", "closed", "force", "variants", "patterns"];
        node.check_keys("a code list that is there already", &known, wrong);
        for key in ["only", "drop"] {
            let Some(named) = node.get(key) else { continue };
            let codes = node.texts_under(key, wrong);
            for code in codes.iter().filter(|code| self.codes.iter().all(|(known, _)| known != *code)) {
                let known = self.codes.iter().map(|(code, _)| code.as_str());
                wrong
                    .error(named.place.clone(), format!("the code list `{}` has no code `{code}`", self.name))
                    .hint(did_you_mean(code, known));
            }
            self.restrict(|code| codes.iter().any(|named| named == code) == (key == "only"));
        }
        for (code, label) in codes("add", node, wrong) {
            if self.codes.iter().any(|(known, _)| *known == code) {
                wrong.error(node.place.clone(), format!("the code list `{}` has the code `{code}` already", self.name));
                continue;
            }
            self.spelled.insert(fold(&code), Known::Code(code.clone()));
            self.spelled.entry(fold(&label)).or_insert_with(|| Known::Label(code.clone()));
            self.codes.push((code, label));
        }
        self.check_spellings(node, wrong);
        self.spellings(node, false, wrong);
        self.amend_weight(node, wrong);
        self.exact = OnceLock::new();
        if self.codes.is_empty() {
            wrong.error(node.place.clone(), format!("the code list `{}` is left without codes", self.name));
        }
    }
}

impl CodeList {
    /// True where another value than one of the list may fail.
    pub(super) fn refuses(&self) -> bool {
        self.closed && self.force != Force::I
    }

    /// True where nothing that may stand there is a number or a date.
    pub(super) fn has_words_only(&self) -> bool {
        let is_word = |code: &str| code.starts_with(|c: char| !c.is_ascii_digit() && !"+-.".contains(c));
        self.closed && self.patterns.is_empty() && self.codes.iter().all(|(code, _)| is_word(code))
    }

    /// True where a text is one of the codes, as written.
    pub(super) fn has(&self, code: &str) -> bool {
        self.codes.iter().any(|(known, _)| known == code)
    }

    /// How much a value outside the list weighs. An overlay may make it weigh more, not less.
    fn amend_weight(&mut self, node: &Node, wrong: &mut Diagnostics) {
        let (was_closed, before) = (self.closed, self.force);
        self.closed = node.yes_under("closed", wrong).unwrap_or(self.closed);
        if let Some(force) = node.text_under("force", wrong).map(super::read_force) {
            match force {
                Some(force) => self.force = force,
                None => drop(wrong.error(node.place.clone(), "the force of a code list is N, D or I")),
            }
        }
        let less = if self.closed { weight(self.force) < weight(before) } else { true };
        if was_closed && less {
            let key = if self.closed { "force" } else { "closed" };
            let place = node.get(key).map_or_else(|| node.place.clone(), |node| node.place.clone());
            let message =
                format!("the code list `{}` is closed, and would let pass what is refused without this", self.name);
            wrong
                .error(place, message)
                .hint("an overlay takes nothing away but codes: `add` those that are due, or other spellings of them");
            (self.closed, self.force) = (true, before);
        }
        self.firmer |= (self.closed, self.force) != (was_closed, before);
    }

    /// Who says what is found of a value, where that is not the standard: of one that the standard alone refuses just so,
    /// nobody else.
    pub(super) fn source_of(&self, value: &Value) -> &Option<String> {
        let Value::String(text) = value else { return &self.source };
        let (texts, patterns) = &self.gone;
        let gone = |text: &str| {
            texts.contains(&fold(text)) || patterns.iter().any(|pattern| pattern.regex().is_match(&words_of(text)))
        };
        let own = self.added.is_some() || self.firmer || self.accepts(value);
        match own || gone(text) || self.behind_prefix(text).is_some_and(gone) {
            true => &self.source,
            false => &None,
        }
    }

    /// Reports other spellings that an overlay may not write: a code is no spelling of another, and a pattern that anything
    /// fits would let anything pass.
    fn check_spellings(&self, node: &Node, wrong: &mut Diagnostics) {
        for entry in node.get("variants").and_then(Node::entries).unwrap_or_default() {
            if let Some((code, _)) = self.codes.iter().find(|(code, _)| fold(code) == fold(&entry.key)) {
                let message = format!("`{}` is the code `{code}` of `{}`, no other spelling", entry.key, self.name);
                wrong.error(entry.place.clone(), message);
            }
        }
        for entry in node.get("patterns").and_then(Node::entries).unwrap_or_default() {
            let Ok(pattern) = Pattern::of_whole_texts(&entry.key, false) else { continue };
            let fits = |text: &&&str| pattern.regex().is_match(text);
            if fits(&&"") || UNLIKE.iter().filter(fits).count() >= TOO_MANY {
                let message =
                    format!("the pattern `{}` lets anything pass, and the list would ask for nothing", entry.key);
                wrong.error(entry.place.clone(), message).hint("write what all that is meant has in common");
            }
        }
    }
}

/// Texts that have nothing in common: a pattern that fits several of them fits nearly whatever there is.
const UNLIKE: [&str; 7] = ["?", "#9 zz", "A", "banana", "Nowhere N-1 x", "12345678", "\u{e9}"];
/// So many of them.
const TOO_MANY: usize = 3;

/// Takes in the code lists of an edition that adds to another: new ones, and changes of those that are there.
fn amend(files: &Files, layer: &Layer, lists: &mut BTreeMap<String, CodeList>, wrong: &mut Diagnostics) {
    let mut told = BTreeMap::new();
    for (path, text) in files.below(&format!("{}data/codes", layer.root)) {
        let tree = match yaml::parse(&files.shown(path), text) {
            Ok(tree) => tree,
            Err(found) => {
                wrong.extend(found);
                continue;
            }
        };
        tree.check_visible(wrong);
        tree.check_keys("a file of code lists", &["source", "lists"], wrong);
        tree.text_under("source", wrong);
        for entry in tree.map_under("lists", wrong) {
            if let Some(first) = told.insert(entry.key.clone(), entry.place.clone()) {
                let message = format!("the code list `{}` is told of in another file already: {first}", entry.key);
                wrong.error(entry.place.clone(), message).hint("say all of it in one place");
                continue;
            }
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
                    list.check_spellings(&entry.value, wrong);
                    if let Some(erratum) = entry.value.get("erratum") {
                        layer.check_erratum(erratum.text().unwrap_or_default(), &erratum.place, wrong);
                    }
                    list.source = layer.source(&tree);
                    list.added = Some(entry.place.clone());
                    lists.insert(entry.key.clone(), list);
                }
            }
        }
    }
}

/// A text as it is compared: without case and gaps, its apostrophes and dashes as a keyboard has them.
fn fold(text: &str) -> String {
    // As most codes are.
    if text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return text.to_ascii_lowercase();
    }
    let typed = |c: char| match c {
        '\u{2018}' | '\u{2019}' | '\u{2bc}' | '\u{b4}' | '`' => '\'',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        other => other,
    };
    words_of(text).to_lowercase().chars().map(typed).collect()
}

/// A text without blanks around it, and with one between its words.
fn words_of(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Reads the lists of the message standard and of `data/codes*.yaml`; what editions add to them afterwards.
pub(super) fn load(
    files: &Files,
    layers: &[Layer],
    names: &Arc<Names>,
    wrong: &mut Diagnostics,
) -> BTreeMap<String, CodeList> {
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
                for entry in tree.map_under("lists", wrong) {
                    add(read(&entry.key, &entry.value, proven, wrong), &entry.value, wrong);
                }
            }
            Err(found) => wrong.extend(found),
        }
    }
    above.iter().for_each(|layer| amend(files, layer, &mut lists, wrong));
    lists.values_mut().for_each(|list| list.names = Arc::clone(names));
    lists
}

fn read(name: &str, node: &Node, proven: bool, wrong: &mut Diagnostics) -> CodeList {
    let known = ["id", "codes", "closed", "force", "hidden", "variants", "patterns", "erratum"];
    node.check_keys("a code list", &known, wrong);
    let mut list = CodeList::new(name, codes("codes", node, wrong));
    list.label = node.text_under("id", wrong).unwrap_or_default().to_owned();
    list.of_data = true;
    list.closed = node.yes_under("closed", wrong).unwrap_or(true);
    list.hidden = node.yes_under("hidden", wrong).unwrap_or(false);
    list.erratum = node.text_under("erratum", wrong).map(str::to_owned);
    if let Some(letter) = node.text_under("force", wrong) {
        match super::read_force(letter) {
            Some(force) => list.force = force,
            None => drop(wrong.error(node.place.clone(), "the force of a code list is N, D or I")),
        }
    }
    if list.codes.is_empty() {
        wrong.error(node.place.clone(), format!("the code list `{name}` has no codes"));
    }
    for (code, label) in list.codes.iter().filter(|(code, label)| code != label) {
        list.spelled.entry(fold(label)).or_insert_with(|| Known::Label(code.clone()));
    }
    list.spellings(node, proven, wrong);
    list
}

/// `{code: label}`, or codes that have no label: lists of them, or a text in which they are parted by blanks.
fn codes(key: &str, node: &Node, wrong: &mut Diagnostics) -> Vec<(String, String)> {
    if let Some(text) = node.get(key).and_then(Node::text) {
        return text.split_whitespace().map(|code| (code.to_owned(), code.to_owned())).collect();
    }
    let Some(rows) = node.get(key).and_then(Node::items) else { return pairs(key, node, wrong) };
    let mut codes = Vec::new();
    for row in rows.iter().flat_map(|row| row.items().unwrap_or(std::slice::from_ref(row))) {
        match row.text().filter(|code| !code.is_empty()) {
            Some(code) => codes.push((code.to_owned(), code.to_owned())),
            None => drop(wrong.error(row.place.clone(), format!("a code is text, this is {}", row.what()))),
        }
    }
    codes
}

/// What is written under a key as texts for texts, neither of them empty.
fn pairs(key: &str, node: &Node, wrong: &mut Diagnostics) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for entry in node.map_under(key, wrong) {
        match entry.value.text() {
            Some(text) if !entry.key.is_empty() && !text.is_empty() => pairs.push((entry.key.clone(), text.to_owned())),
            _ => {
                let message = format!("under `{key}` stands text for text, neither of them empty");
                wrong.error(entry.place.clone(), message).text(&entry.key);
            }
        }
    }
    pairs
}
