//! Formats of single values in data records, read from `data/formats.yaml`: ordered cases of regular expressions.

use super::words;
use crate::model::verdict::Force;
use crate::source::{Diagnostics, Files, Node, yaml};
use regex::Regex;
use serde_json::Value;
use std::collections::BTreeMap;

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
    pub(super) cases: Vec<(Regex, Option<Remark>)>,
    pub(super) otherwise: Option<Remark>,
    pub(super) calendar: bool,
    pub(super) whole: bool,
    pub(super) from: Option<f64>,
    pub(super) to: Option<f64>,
    shapes: Vec<Vec<String>>,
    erratum: Option<String>,
}

impl Format {
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
            Value::String(text) => Some(text.clone()),
            Value::Number(number) if !self.cases.is_empty() && self.takes_both() => Some(number.to_string()),
            _ => None,
        };
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
        self.whole || self.from.is_some() || numbers
    }

    pub(super) fn takes_both(&self) -> bool {
        self.takes.iter().any(|(name, _)| name == "boolean")
    }

    fn remark(&self, rule: &str, force: Force, expected: String) -> Remark {
        Remark { rule: rule.to_owned(), force, expected, erratum: self.erratum.clone() }
    }

    fn case(&self, text: &str) -> Option<Remark> {
        let text: String = text.chars().filter(|c| !self.ignore.contains(*c)).collect();
        match self.cases.iter().find(|(pattern, _)| pattern.is_match(&text)) {
            Some(_) if self.calendar && !on_calendar(&text) => {
                Some(self.remark("DT-CALENDAR", Force::N, "a day that is on the calendar".into()))
            }
            Some((_, remark)) => remark.clone(),
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
        if self.whole && number.fract() != 0.0 {
            return Some(self.remark("INTEGER-FORMAT", Force::N, "a whole number".into()));
        }
        match (self.from, self.to) {
            (Some(from), Some(to)) if !(from..=to).contains(&number) => {
                Some(self.remark("RANGE", Force::N, format!("a number from {from} to {to}")))
            }
            _ => None,
        }
    }
}

/// A number, also one written as text.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => {
            let plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || "+-.".contains(c));
            text.parse().ok().filter(|number: &f64| plain && number.is_finite())
        }
        _ => None,
    }
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
pub(super) fn load(files: &Files, root: &str, wrong: &mut Diagnostics) -> BTreeMap<String, Format> {
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
    rows.iter()
        .filter_map(|row| {
            let name = row.get("name").and_then(Node::text)?.to_owned();
            Some((name, read(row, wrong)))
        })
        .collect()
}

fn read(row: &Node, wrong: &mut Diagnostics) -> Format {
    let known = [
        "name",
        "label",
        "takes",
        "ignore",
        "calendar",
        "whole",
        "cases",
        "otherwise",
        "from",
        "to",
        "shapes",
        "erratum",
    ];
    row.check_keys("a format", &known, wrong);
    let yes = |key: &str| row.get(key).and_then(Node::yes_or_no).unwrap_or(false);
    let decimal = |key: &str| row.get(key).and_then(Node::text).and_then(|text| text.parse().ok());
    let text = |key: &str| row.get(key).and_then(Node::text).map(str::to_owned);
    let mut cases = Vec::new();
    for case in row.get("cases").and_then(Node::items).unwrap_or_default() {
        let pattern = case.get("matches").and_then(Node::text).unwrap_or_default();
        match Regex::new(pattern) {
            Ok(pattern) => cases.push((pattern, remark(case, wrong))),
            Err(error) => {
                wrong.error(case.place.clone(), format!("`{pattern}` is no regular expression: {error}"));
            }
        }
    }
    let takes = row.get("takes").and_then(Node::entries).unwrap_or_default();
    Format {
        takes: takes.iter().map(|entry| (entry.key.clone(), taken(&entry.value, wrong))).collect(),
        ignore: text("ignore").unwrap_or_default(),
        cases,
        otherwise: row.get("otherwise").and_then(|node| remark(node, wrong)),
        calendar: yes("calendar"),
        whole: yes("whole"),
        from: decimal("from"),
        to: decimal("to"),
        shapes: row.get("shapes").and_then(Node::items).unwrap_or_default().iter().map(super::texts).collect(),
        erratum: text("erratum"),
    }
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
    node.check_keys("a case", &["matches", "finding", "force", "expected", "erratum"], wrong);
    let text = |key: &str| node.get(key).and_then(Node::text).map(str::to_owned);
    let rule = text("finding")?;
    let Some(force) = text("force").and_then(|force| super::read_force(&force)) else {
        wrong.error(node.place.clone(), "a finding needs a force: N, D or I");
        return None;
    };
    Some(Remark { rule, force, expected: text("expected").unwrap_or_default(), erratum: text("erratum") })
}
