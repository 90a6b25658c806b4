//! Formats of single values in data records, read from `data/formats.yaml`: ordered cases of regular expressions.

use super::codes::CodeList;
use super::pattern::Pattern;
use super::words;
use crate::model::verdict::Force;
use crate::source::diagnostic::did_you_mean;
use crate::source::{Diagnostics, Files, Node, yaml};
use serde_json::Value;
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, btree_set};
use std::sync::{Arc, OnceLock};

/// What a format finds wrong with a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Remark {
    pub(super) rule: String,
    pub(super) force: Force,
    pub(super) expected: String,
    pub(super) erratum: Option<String>,
}

#[derive(Debug)]
pub(super) struct Format {
    pub(super) takes: Vec<(String, Option<(String, Force)>)>,
    pub(super) ignore: String,
    pub(super) cases: Vec<Case>,
    pub(super) otherwise: Option<Remark>,
    pub(super) also: Vec<Case>,
    pub(super) points: Option<Points>,
    pub(super) hidden: bool,
    pub(super) calendar: bool,
    /// Its texts are numbers with a unit: where texts are written as a country does, so are these numbers.
    pub(super) amount: bool,
    /// How firmly a whole number is asked for.
    pub(super) whole: Option<Force>,
    pub(super) from: Option<f64>,
    pub(super) to: Option<f64>,
    pub(super) shapes: Vec<Vec<String>>,
    pub(super) erratum: Option<String>,
}

/// The codes of a list, which several cases share.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Codes(Arc<BTreeSet<String>>);

impl<'c> IntoIterator for &'c Codes {
    type Item = &'c String;
    type IntoIter = btree_set::Iter<'c, String>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// What is remarkable about text that fits a pattern.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) pattern: Pattern,
    /// Codes of which the first group must capture one, in whatever case the pattern allows.
    pub(super) among: Vec<Codes>,
    /// See [`Case::certain`].
    certain: OnceLock<Option<String>>,
    pub(super) remark: Option<Remark>,
}

impl Case {
    #[cfg(test)]
    pub(super) fn is_among(&self) -> bool {
        !self.among.is_empty()
    }

    fn fits(&self, text: &str) -> bool {
        if self.among.is_empty() {
            return self.pattern.regex().is_match(text);
        }
        let group = self.pattern.regex().captures(text).and_then(|captures| captures.get(1));
        group.is_some_and(|code| {
            let code = code.as_str();
            let (upper, lower) = (code.to_uppercase(), code.to_lowercase());
            self.among.iter().any(|codes| [code, &upper, &lower].into_iter().any(|code| codes.0.contains(code)))
        })
    }

    /// A pattern that only fits what the case fits: the one that is written, or the codes where a text is nothing but one.
    pub(super) fn certain(&self) -> Option<&str> {
        let written = self.pattern.as_str();
        if self.among.is_empty() {
            return Some(written);
        }
        let codes = || {
            let code = written.strip_prefix("^(")?.strip_suffix(")$").filter(|code| !code.contains(['(', ')', '|']))?;
            let alone = Pattern::new(&format!("^{code}$"), true).ok()?;
            let codes = self.among.iter().flatten().filter(|code| alone.regex().is_match(code));
            Some(format!("^{}$", one_of(codes.map(String::as_str))?))
        };
        self.certain.get_or_init(codes).as_deref()
    }
}

/// A shape written as latitudes and longitudes in turn.
#[derive(Debug)]
pub(super) struct Points {
    pub(super) least: usize,
    pub(super) most: Option<usize>,
    /// A last number is the radius.
    pub(super) radius: bool,
    /// The last point is the first.
    closed: bool,
}

impl Points {
    /// What is wrong with the text, as what is expected instead.
    fn miss(&self, text: &str) -> Option<String> {
        let parts = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|part| !part.is_empty());
        let Some(mut numbers) = parts.map(number_in).collect::<Option<Vec<f64>>>() else {
            return Some("numbers, parted by blanks or commas".into());
        };
        let radius = if self.radius { numbers.pop() } else { None };
        let points: Vec<&[f64]> = numbers.chunks(2).collect();
        let enough = points.len() >= self.least && self.most.is_none_or(|most| points.len() <= most);
        if !enough || numbers.len() % 2 == 1 || self.radius && radius.is_none_or(|radius| radius < 0.0) {
            let most = self.most.map_or_else(|| "or more".to_owned(), |most| format!("to {most}"));
            let radius = if self.radius { " and a radius" } else { "" };
            return Some(format!("{} {most} points (latitude, longitude){radius}", self.least));
        }
        if points.iter().any(|point| point[0].abs() > 90.0 || point[1].abs() > 180.0) {
            return Some("latitudes from -90 to 90, longitudes from -180 to 180".into());
        }
        (self.closed && points.first() != points.last()).then(|| "the first point again at the end".into())
    }
}

impl Format {
    /// Every rule that may find something, with what it expects.
    pub(super) fn asks(&self) -> impl Iterator<Item = (String, String)> {
        let cases = self.cases.iter().chain(&self.also).filter_map(|case| case.remark.as_ref());
        cases.chain(&self.otherwise).map(|remark| (remark.rule.clone(), remark.expected.clone()))
    }

    /// What is remarkable about a value; empty when nothing is.
    pub(super) fn remarks(&self, value: &Value) -> Vec<Remark> {
        let kind = kind(value);
        let Some((_, taken)) = self.takes.iter().find(|(name, _)| name == kind) else {
            let kinds: Vec<&str> = self.takes.iter().map(|(name, _)| name.as_str()).collect();
            return vec![self.remark("TYPE", Force::N, words::list(kinds, 9))];
        };
        let shaped = value.as_object().is_some_and(|members| {
            self.shapes
                .iter()
                .any(|shape| shape.len() == members.len() && shape.iter().all(|n| members.contains_key(n)))
        });
        let mut remarks: Vec<Remark> = match taken {
            Some((rule, force)) if !shaped => {
                let usual = self.takes.iter().find(|(_, taken)| taken.is_none()).map(|(name, _)| name.clone());
                let usual = usual.unwrap_or_else(|| "objects with name and value".into());
                vec![self.remark(rule, *force, usual)]
            }
            _ => Vec::new(),
        };
        let text = match value {
            Value::String(text) => Some(Cow::Borrowed(text.as_str())),
            Value::Number(number) if !self.cases.is_empty() && taken.is_none() => Some(Cow::Owned(number_text(number))),
            _ => None,
        };
        if let Some(text) = &text {
            let also = self.also.iter().filter(|case| case.fits(text));
            remarks.extend(also.filter_map(|case| case.remark.clone()));
            let miss = self.points.as_ref().and_then(|points| points.miss(text));
            remarks.extend(miss.map(|expected| self.remark("SHAPE-FORMAT", Force::I, expected)));
        }
        match (text, self.otherwise.is_some()) {
            (Some(text), true) => remarks.extend(self.case(&text)),
            (None, true) => {}
            (_, false) => remarks.extend(self.number(value)),
        }
        remarks
    }

    /// True where anything but a number has a finding.
    pub(super) fn asks_for_a_number(&self) -> bool {
        let numbers = self.takes.iter().any(|(name, taken)| name == "number" && taken.is_none());
        self.whole.is_some() || self.from.is_some() || numbers
    }

    /// What was found, in words; content that must not be shown is only measured.
    pub(super) fn found(&self, value: &Value) -> String {
        match value {
            Value::String(text) if self.hidden => format!("text of {} characters, not shown", text.chars().count()),
            _ => words::found(value),
        }
    }

    fn remark(&self, rule: &str, force: Force, expected: String) -> Remark {
        Remark { rule: rule.to_owned(), force, expected, erratum: self.erratum.clone() }
    }

    fn case(&self, text: &str) -> Option<Remark> {
        let text: String = text.chars().filter(|c| !self.ignore.contains(*c)).collect();
        match self.cases.iter().find(|case| case.fits(&text)) {
            Some(_) if self.calendar && !on_calendar(&text) => {
                Some(self.remark("DT-CALENDAR", Force::N, "a day that is on the calendar".into()))
            }
            Some(case) => case.remark.clone(),
            None => self.otherwise.clone(),
        }
    }

    fn number(&self, value: &Value) -> Option<Remark> {
        if !self.asks_for_a_number() {
            return None;
        }
        let Some(number) = number(value) else {
            return Some(self.remark("NUMBER-FORMAT", Force::N, "a number".into()));
        };
        if let Some(force) = self.whole.filter(|_| number.fract() != 0.0) {
            return Some(self.remark("INTEGER-FORMAT", force, "a whole number".into()));
        }
        match (self.from, self.to) {
            (Some(from), Some(to)) if !(from..=to).contains(&number) => {
                Some(self.remark("RANGE", Force::N, format!("a number from {from} to {to}")))
            }
            _ => None,
        }
    }
}

/// A number as text: a whole number has no fraction, however it is written.
pub(crate) fn number_text(number: &serde_json::Number) -> String {
    /// Beyond it not every whole number has a value of its own.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match number.as_f64() {
        Some(whole) if number.is_f64() && whole.fract() == 0.0 && whole.abs() < EXACT => format!("{}", whole as i64),
        _ => number.to_string(),
    }
}

/// A number, also one written as text.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => number_in(text),
        _ => None,
    }
}

/// The number of an amount of money, which has its currency before it or behind.
pub(super) fn money(text: &str) -> Option<f64> {
    number_in(text.trim_matches(|sign: char| sign.is_ascii_uppercase() || sign == ' '))
}

fn number_in(text: &str) -> Option<f64> {
    let plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || "+-.".contains(c));
    text.parse().ok().filter(|number: &f64| plain && number.is_finite())
}

/// True unless the text starts with a date that does not exist.
fn on_calendar(text: &str) -> bool {
    text.get(..10).is_none_or(|date| date.parse::<jiff::civil::Date>().is_ok())
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}

/// Reads `data/formats.yaml`.
pub(super) fn load(
    files: &Files,
    root: &str,
    codes: &BTreeMap<String, CodeList>,
    wrong: &mut Diagnostics,
) -> BTreeMap<String, Format> {
    let path = format!("{root}data/formats.yaml");
    let Some(text) = files.text(&path) else { return BTreeMap::new() };
    let tree = match yaml::parse(&files.shown(&path), text) {
        Ok(tree) => tree,
        Err(found) => {
            wrong.extend(found);
            return BTreeMap::new();
        }
    };
    tree.check_keys("the formats", &["formats"], wrong);
    let rows = tree.get("formats").and_then(Node::items).unwrap_or_default();
    let known = Known { codes, sets: RefCell::default(), proven: files.is_built_in(&path) };
    rows.iter()
        .filter_map(|row| {
            let name = row.get("name").and_then(Node::text)?.to_owned();
            Some((name, read(row, &known, wrong)))
        })
        .collect()
}

/// What matches these texts and no others; `None` of none. Those that differ in their last letter alone are one branch: a
/// table of thousands of branches takes as long to make as all the rest of a start, and some programs refuse one.
pub(super) fn one_of<'t>(texts: impl Iterator<Item = &'t str>) -> Option<String> {
    let escaped = |text: &str| {
        let sign = |sign: char| if r"\^$.*+?()[]{}|".contains(sign) { format!("\\{sign}") } else { sign.to_string() };
        text.chars().map(sign).collect::<String>()
    };
    let mut branches = Vec::new();
    let mut ends: BTreeMap<&str, String> = BTreeMap::new();
    for text in texts {
        // Another sign may mean something in a class.
        match text.char_indices().next_back().filter(|(_, end)| end.is_ascii_alphanumeric()) {
            Some((at, end)) => ends.entry(text.get(..at)?).or_default().push(end),
            None => branches.push(escaped(text)),
        }
    }
    let branch = |(begin, ends): (&str, String)| match ends.len() {
        1 => escaped(begin) + &ends,
        _ => format!("{}[{ends}]", escaped(begin)),
    };
    branches.extend(ends.into_iter().map(branch));
    (!branches.is_empty()).then(|| format!("(?:{})", branches.join("|")))
}

/// What formats are read with.
struct Known<'k> {
    codes: &'k BTreeMap<String, CodeList>,
    /// The codes of lists that several cases name.
    sets: RefCell<BTreeMap<String, Codes>>,
    /// See [`Pattern::new`].
    proven: bool,
}

fn read(row: &Node, beside: &Known<'_>, wrong: &mut Diagnostics) -> Format {
    let known = [
        "name",
        "label",
        "takes",
        "ignore",
        "calendar",
        "amount",
        "whole",
        "cases",
        "otherwise",
        "also",
        "from",
        "to",
        "points",
        "hidden",
        "shapes",
        "erratum",
    ];
    row.check_keys("a format", &known, wrong);
    let yes = |key: &str| row.get(key).and_then(Node::yes_or_no).unwrap_or(false);
    let decimal = |key: &str| row.get(key).and_then(Node::text).and_then(|text| text.parse().ok());
    let text = |key: &str| row.get(key).and_then(Node::text).map(str::to_owned);
    let mut cases = |key: &str| -> Vec<Case> {
        let items = row.get(key).and_then(Node::items).unwrap_or_default();
        items.iter().filter_map(|item| read_case(item, beside, wrong)).collect()
    };
    let (ordered, also) = (cases("cases"), cases("also"));
    let takes = row.get("takes").and_then(Node::entries).unwrap_or_default();
    Format {
        takes: takes.iter().map(|entry| (entry.key.clone(), taken(&entry.value, wrong))).collect(),
        ignore: text("ignore").unwrap_or_default(),
        cases: ordered,
        otherwise: row.get("otherwise").and_then(|node| remark(node, wrong)),
        also,
        points: row.get("points").map(|node| read_points(node, wrong)),
        hidden: yes("hidden"),
        calendar: yes("calendar"),
        amount: yes("amount"),
        whole: whole(row, wrong),
        from: decimal("from"),
        to: decimal("to"),
        shapes: row.get("shapes").and_then(Node::items).unwrap_or_default().iter().map(super::texts).collect(),
        erratum: text("erratum"),
    }
}

/// `whole: yes`, or the force with which a number has no fraction.
fn whole(row: &Node, wrong: &mut Diagnostics) -> Option<Force> {
    let node = row.get("whole")?;
    let force = match node.yes_or_no() {
        Some(yes) => return yes.then_some(Force::N),
        None => node.text().and_then(super::read_force),
    };
    if force.is_none() {
        wrong.error(node.place.clone(), "`whole` is yes, no, or the force of it: N, D or I");
    }
    force
}

fn read_case(node: &Node, beside: &Known<'_>, wrong: &mut Diagnostics) -> Option<Case> {
    let (codes, written) = (beside.codes, node.get("matches").and_then(Node::text).unwrap_or_default());
    let pattern = match Pattern::new(written, beside.proven) {
        Ok(pattern) => pattern,
        Err(error) => {
            wrong.error(node.place.clone(), format!("`{written}` is no regular expression: {error}"));
            return None;
        }
    };
    let mut among = Vec::new();
    for name in node.texts_under("among", wrong) {
        let Some(list) = beside.codes.get(&name).filter(|_| beside.proven || pattern.regex().captures_len() > 1) else {
            let message = format!("`among` needs a group in the pattern and a code list; `{name}` is to be looked up");
            wrong.error(node.place.clone(), message).hint(did_you_mean(&name, codes.keys().map(String::as_str)));
            continue;
        };
        let set = || Codes(Arc::new(list.codes.iter().map(|(code, _)| code.clone()).collect()));
        among.push(beside.sets.borrow_mut().entry(name).or_insert_with(set).clone());
    }
    Some(Case { pattern, among, certain: OnceLock::new(), remark: remark(node, wrong) })
}

fn read_points(node: &Node, wrong: &mut Diagnostics) -> Points {
    node.check_keys("the points of a shape", &["least", "most", "radius", "closed"], wrong);
    let mut count = |key: &str| {
        let text = node.get(key).and_then(Node::text)?;
        let count = text.parse::<usize>().ok();
        if count.is_none() {
            wrong.error(node.place.clone(), format!("`{key}` is a number of points, not `{text}`"));
        }
        count
    };
    let yes = |key: &str| node.get(key).and_then(Node::yes_or_no).unwrap_or(false);
    Points { least: count("least").unwrap_or(1), most: count("most"), radius: yes("radius"), closed: yes("closed") }
}

/// `pass`, or a finding with its force: `TYPE-STRING-NUMBER I`.
fn taken(node: &Node, wrong: &mut Diagnostics) -> Option<(String, Force)> {
    let text = node.text().unwrap_or_default();
    if text == "pass" {
        return None;
    }
    let found = text.split_once(' ').and_then(|(rule, force)| Some((rule.to_owned(), super::read_force(force)?)));
    if found.is_none() {
        wrong.error(node.place.clone(), format!("`{text}` is neither `pass` nor a finding with its force"));
    }
    found
}

fn remark(node: &Node, wrong: &mut Diagnostics) -> Option<Remark> {
    node.check_keys("a case", &["matches", "among", "finding", "force", "expected", "erratum"], wrong);
    let text = |key: &str| node.get(key).and_then(Node::text).map(str::to_owned);
    let rule = text("finding")?;
    let Some(force) = text("force").and_then(|force| super::read_force(&force)) else {
        wrong.error(node.place.clone(), "a finding needs a force: N, D or I");
        return None;
    };
    Some(Remark { rule, force, expected: text("expected").unwrap_or_default(), erratum: text("erratum") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_of_texts_is_of_these_and_no_others() {
        let texts = ["eng", "enm", "fra", "en", "e", "a.b", "a.-", "a.", "é"];
        let pattern = format!("^{}$", one_of(texts.into_iter()).expect("some"));
        let pattern = Pattern::new(&pattern, false).expect("a pattern");
        assert!(texts.iter().all(|text| pattern.regex().is_match(text)));
        for other in ["", "enx", "fr", "engenm", "axb", "frg", "xe", "ax"] {
            assert!(!pattern.regex().is_match(other), "{other}");
        }
        assert_eq!(one_of([].into_iter()), None);
    }
}
