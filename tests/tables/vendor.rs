//! Records as the tables of a vendor, written from JSON: a converter that shares nothing with the reader under test but the
//! mapping file.

use super::parquet_file::{self, Cells};
use dci_conform::source::{Node, yaml};
use parquet::basic::LogicalType;
use serde_json::Value;
use std::collections::BTreeMap;

/// How a vendor writes tables.
pub struct Style {
    pub separator: char,
    /// Between the parts of a path that has no name of its own.
    pub joint: &'static str,
    pub booleans: [&'static str; 2],
    /// A member whose dates are written day first.
    pub dates: Option<&'static str>,
    /// A list that is one cell, and the mark between its values.
    pub lists: Option<(&'static str, char)>,
    /// The list whose items have rows of their own.
    pub rows: Option<&'static str>,
    /// The column that tells which rows belong together.
    pub key: Option<&'static str>,
    /// The same in a second file, which has the items.
    pub second: Option<&'static str>,
}

impl Default for Style {
    fn default() -> Style {
        let booleans = ["true", "false"];
        Style { separator: ',', joint: ".", booleans, dates: None, lists: None, rows: None, key: None, second: None }
    }
}

/// A table, and the record that each of its rows belongs to.
#[derive(Default)]
pub struct Table {
    columns: Vec<String>,
    places: BTreeMap<String, usize>,
    rows: Vec<(usize, BTreeMap<usize, String>)>,
}

impl Table {
    fn row(&mut self, record: usize) -> &mut BTreeMap<usize, String> {
        self.rows.push((record, BTreeMap::new()));
        &mut self.rows.last_mut().expect("just pushed").1
    }

    fn set(&mut self, column: &str, cell: String) {
        let next = self.columns.len();
        let at = *self.places.entry(column.to_owned()).or_insert(next);
        if at == next {
            self.columns.push(column.to_owned());
        }
        self.rows.last_mut().expect("a row").1.insert(at, cell);
    }

    /// The record, from 1, of the row at a line. No cell holds a line break.
    pub fn record_at(&self, line: u64) -> usize {
        self.rows[usize::try_from(line).expect("small") - 2].0 + 1
    }

    /// The table as a file of some kind.
    pub fn bytes(&self, kind: &str, style: &Style) -> Vec<u8> {
        match kind {
            "xlsx" => self.workbook(),
            "parquet" => self.columns(),
            _ => self.text(style).into_bytes(),
        }
    }

    /// A workbook whose cells are text.
    fn workbook(&self) -> Vec<u8> {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write_row(0, 0, &self.columns).expect("a row");
        for (row, (_, cells)) in (1..).zip(&self.rows) {
            for (column, cell) in cells {
                sheet.write_string(row, u16::try_from(*column).expect("few"), cell).expect("a cell");
            }
        }
        book.save_to_buffer().expect("bytes")
    }

    /// A Parquet file whose columns are text, in groups of few rows.
    fn columns(&self) -> Vec<u8> {
        let column = |(at, name): (usize, &String)| {
            let cells = self.rows.iter().map(|(_, cells)| cells.get(&at).cloned());
            (name.clone(), Some(LogicalType::String), Cells::Text(cells.collect()))
        };
        let columns: Vec<_> = self.columns.iter().enumerate().map(column).collect();
        parquet_file::write(&columns, true, 1000)
    }

    fn text(&self, style: &Style) -> String {
        let mut text = line(self.columns.iter().map(String::as_str), style.separator);
        for (_, cells) in &self.rows {
            let row = (0..self.columns.len()).map(|at| cells.get(&at).map_or("", String::as_str));
            text.push_str(&line(row, style.separator));
        }
        text
    }
}

fn line<'c>(cells: impl Iterator<Item = &'c str>, separator: char) -> String {
    let quoted = cells.map(|cell| match cell.contains([separator, '"', '\n']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.to_owned(),
    });
    quoted.collect::<Vec<_>>().join(&separator.to_string()) + "\n"
}

/// What the mapping says, the other way round.
struct Names {
    columns: BTreeMap<String, String>,
    values: BTreeMap<String, BTreeMap<String, String>>,
}

impl Names {
    fn of(mapping: &str) -> Names {
        let tree = yaml::parse("mapping", mapping).expect("YAML");
        let entries = |node: Option<&Node>| node.and_then(Node::entries).unwrap_or_default().to_vec();
        let columns = entries(tree.get("columns")).into_iter();
        let columns = columns.filter_map(|entry| Some((entry.value.text()?.to_owned(), entry.key))).collect();
        let values = entries(tree.get("values")).into_iter().map(|entry| {
            let pairs = entries(Some(&entry.value)).into_iter();
            let pairs = pairs.filter_map(|pair| Some((pair.value.text()?.to_owned(), pair.key))).collect();
            (entry.key, pairs)
        });
        Names { columns, values: values.collect() }
    }
}

/// The tables of a vendor: one, or two where the items of a list are in a file of their own.
pub fn tables(records: &[Value], mapping: &str, style: &Style) -> Vec<Table> {
    let names = Names::of(mapping);
    let mut tables = vec![Table::default(), Table::default()];
    for (number, record) in records.iter().enumerate() {
        let members: &[Value] = style.rows.and_then(|list| record[list].as_array()).map_or(&[], Vec::as_slice);
        let key = format!("K{number}");
        let shown = |path: &str, value: &Value| cell(path, value, style, &names);
        tables[0].row(number);
        if let Some(column) = style.key {
            tables[0].set(column, key.clone());
        }
        let mut own = Vec::new();
        leaves(record, String::new(), style.rows, (style, &names), &mut own);
        for (path, value) in &own {
            let (column, cell) = shown(path, value);
            tables[0].set(&column, cell);
        }
        for (index, member) in members.iter().enumerate() {
            let table = usize::from(style.second.is_some());
            if style.second.is_some() || index > 0 {
                tables[table].row(number);
            }
            if let Some(column) = style.second {
                tables[1].set(column, key.clone());
            }
            let mut own = Vec::new();
            leaves(member, style.rows.unwrap_or_default().to_owned(), None, (style, &names), &mut own);
            for (path, value) in &own {
                let (column, cell) = shown(path, value);
                tables[table].set(&column, cell);
            }
        }
    }
    tables
}

/// The name of a column and the text of a cell.
fn cell(path: &str, value: &Value, style: &Style, names: &Names) -> (String, String) {
    let column = names.columns.get(path).cloned().unwrap_or_else(|| match style.joint {
        "." => path.to_owned(),
        joint => path.replace(['.', '['], joint).replace(']', ""),
    });
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Bool(value) => style.booleans[usize::from(!value)].to_owned(),
        Value::Array(items) => {
            let between = style.lists.map_or('|', |(_, between)| between);
            let texts: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            texts.join(&between.to_string())
        }
        other => other.to_string(),
    };
    let members: String = path.split('[').map(|part| part.split(']').next_back().unwrap_or(part)).collect();
    let text = names.values.get(&members).and_then(|pairs| pairs.get(&text)).cloned().unwrap_or(text);
    let parts: Vec<&str> = text.split('-').collect();
    let numbers = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
    match parts.as_slice() {
        [year, month, day]
            if style.dates == Some(path) && year.len() == 4 && day.len() == 2 && parts.iter().all(numbers) =>
        {
            (column, format!("{day}/{month}/{year}"))
        }
        _ => (column, text),
    }
}

/// All values of a record with their paths, but for those of one list and for context and type.
fn leaves(
    value: &Value,
    path: String,
    but: Option<&str>,
    (style, names): (&Style, &Names),
    found: &mut Vec<(String, Value)>,
) {
    match value {
        Value::Object(members) => {
            for (name, inner) in members.iter().filter(|(name, _)| !name.starts_with('@') && Some(name.as_str()) != but)
            {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                leaves(inner, path, None, (style, names), found);
            }
        }
        Value::Array(_) if style.lists.is_some_and(|(list, _)| list == path) => {
            found.push((format!("{path}[]"), value.clone()));
        }
        Value::Array(items) => {
            if let [only] = items.as_slice()
                && let Some(short) = shorthand(&path, only, names)
            {
                return found.push(short);
            }
            for (index, inner) in items.iter().enumerate() {
                leaves(inner, format!("{path}[{index}]"), None, (style, names), found);
            }
        }
        _ => found.push((path, value.clone())),
    }
}

/// An identifier that has a column named by its type.
fn shorthand(path: &str, entry: &Value, names: &Names) -> Option<(String, Value)> {
    let column = format!("{path}[{}]", entry["identifier_type"].as_str()?);
    let plain =
        entry.as_object()?.len() == 2 && entry["identifier_value"].as_str().is_some_and(|value| !value.is_empty());
    (plain && names.columns.contains_key(&column)).then(|| (column, entry["identifier_value"].clone()))
}
