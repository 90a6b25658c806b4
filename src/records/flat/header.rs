//! The first row of a file compiled into a plan, with what is found in it.

use super::cell::{Key, Reading, Words};
use super::mapping::Mapping;
use super::plan::{Plan, Planner};
use super::resolve::Resolver;
use super::rows::Row;
use crate::model::verdict::{Force, Verdict};
use crate::records::finding::{Finding, finding};
use crate::records::{COLUMN_LIKE, COLUMN_TWICE};
use crate::standard::{Standard, Written};
use std::sync::Arc;

/// Where the names of columns come from.
pub(super) const CONVENTION: &str = "columns of exported files (a convention of this suite)";
/// At most so many findings in a header.
const MOST: usize = 1000;

/// What a table is read by.
#[derive(Clone, Copy, Debug)]
pub(in crate::records) struct Setting<'s> {
    pub(in crate::records) standard: &'s Standard,
    pub(in crate::records) class: &'s str,
    pub(in crate::records) mapping: Option<&'s Mapping>,
    /// The most bytes of a row and of a record.
    pub(in crate::records) limit: usize,
}

/// A header understood.
#[derive(Debug, Default)]
pub(super) struct Header {
    pub(super) plan: Plan,
    /// Which cell of the plan a column is, by its number from 0.
    pub(super) cells: Vec<Option<usize>>,
    /// Cells of a row of each file, those of the files before included.
    pub(super) widths: Vec<usize>,
    /// The second of two files that are joined.
    pub(super) second: Option<String>,
    /// The column by which rows belong to one record.
    pub(super) key: Option<Key>,
    pub(super) findings: Vec<Finding>,
    /// Columns the standard does not know, by name.
    pub(super) unknown: Vec<(usize, String)>,
    /// Columns, from 0, in whose cells nothing can be right: the standard has more than one value there. With a path of one
    /// of them.
    pub(super) partless: Arc<[(u32, String)]>,
    /// What the cells of each column should hold, where no mapping says how they are written.
    pub(super) undeclared: Arc<[Option<Written>]>,
}

/// Names of columns as text; each without blanks around it.
pub(super) fn names(row: &Row) -> Vec<String> {
    row.cells().map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect()
}

/// A file's columns, on their way into a plan.
pub(super) struct Compiler<'s> {
    setting: Setting<'s>,
    resolver: Resolver<'s>,
    words: Arc<Words>,
    planner: Planner,
    header: Header,
    names: Vec<String>,
    partless: Vec<(u32, String)>,
    placed: usize,
}

impl<'s> Compiler<'s> {
    /// `None` where the standard has no such class.
    pub(super) fn new(setting: Setting<'s>) -> Option<Compiler<'s>> {
        let by_rows = setting.mapping.is_some_and(Mapping::by_rows);
        let resolver = Resolver::new(setting.standard, setting.class, by_rows)?;
        let words = Arc::new(setting.mapping.map(|mapping| mapping.words.clone()).unwrap_or_default());
        Some(Compiler {
            setting,
            resolver,
            words,
            planner: Planner::default(),
            header: Header::default(),
            names: Vec::new(),
            partless: Vec::new(),
            placed: 0,
        })
    }

    /// A key in a column, read as its other cells are.
    pub(super) fn key(&self, column: usize) -> Key {
        Key { column, words: Arc::clone(&self.words) }
    }

    /// Names the second of two files, before its columns are added.
    pub(super) fn second(&mut self, file: &str) {
        self.header.second = Some(file.to_owned());
    }

    /// Adds the columns of a header that stands at a line; `sheet` tells which of two files it is, `key` its key column.
    pub(super) fn add(&mut self, names: &[String], line: u64, sheet: Option<usize>, key: Option<&str>) {
        let first = self.header.widths.last().copied().unwrap_or(0);
        self.names.extend_from_slice(names);
        for (at, name) in names.iter().enumerate() {
            self.column(first + at, name, line, sheet, key == Some(name));
        }
        self.header.widths.push(first + names.len());
    }

    /// Adds some of so many columns, by their numbers from 0, all of one file; `false` where one holds more than single
    /// values, and is told instead.
    pub(super) fn pick(&mut self, picked: &[(usize, &str, bool)], width: usize, line: u64) {
        self.names.resize(width, String::new());
        for (at, name, single) in picked {
            if let Some(own) = self.names.get_mut(*at) {
                (*name).clone_into(own);
            }
            if *single {
                self.column(*at, name, line, None, false);
                continue;
            }
            let (expected, found) =
                ("one value in a column named by a path", format!("{name:?}, a list or a struct; it was not read"));
            self.tell(line, *at, COLUMN_LIKE, (Force::I, Verdict::Warn), expected.into(), found);
        }
        self.header.widths.push(width);
    }

    fn column(&mut self, column: usize, name: &str, line: u64, sheet: Option<usize>, key: bool) {
        let declared = self.setting.mapping.and_then(|mapping| mapping.path_of(name, sheet));
        let path = match declared {
            Some(None) => return,
            Some(Some(path)) => path,
            None => name,
        };
        let resolved = match self.resolver.resolve(path) {
            Ok(resolved) => resolved,
            // A key may be a number of the vendor's own that has no place in the standard.
            Err(_) if key => return,
            Err(nowhere) => {
                let (found, shown) = match name.is_empty() {
                    true => ("a column without a name".into(), format!("column {}", column + 1)),
                    false => (format!("{name:?}"), name.to_owned()),
                };
                let (rule, verdict) =
                    if nowhere.near { (COLUMN_LIKE, Verdict::Warn) } else { ("PROP-UNKNOWN", Verdict::Pass) };
                self.tell(line, column, rule, (Force::I, verdict), nowhere.expected, found);
                return self.header.unknown.push((column, shown));
            }
        };
        if let Some(spelled) = resolved.spelled.clone() {
            let found = format!("{name:?}");
            self.tell(line, column, "COLUMN-SPELLING", (Force::I, Verdict::Pass), spelled, found);
        }
        let values = self.setting.mapping.map(|mapping| mapping.values_of(&resolved.members, &mut self.resolver));
        let values = values.into_iter().flatten().map(|(from, to)| (from.into_bytes(), to.into_bytes())).collect();
        let reading =
            Reading { written: resolved.written, list: resolved.list, values, words: Arc::clone(&self.words) };
        let part = resolved.part.clone();
        match self.planner.add(column, resolved, reading) {
            Ok(()) => {
                self.placed += 1;
                self.partless.extend(u32::try_from(column).ok().zip(part));
            }
            Err(taken) => {
                let expected = "one column for each place of a record".to_owned();
                let found = format!("{name:?}, whose place {:?} has; it was not read", self.name_of(taken.by));
                self.tell(line, column, COLUMN_TWICE, (Force::I, Verdict::Warn), expected, found);
            }
        }
    }

    fn tell(
        &mut self,
        line: u64,
        column: usize,
        rule: &str,
        (force, verdict): (Force, Verdict),
        expected: String,
        found: String,
    ) {
        if self.header.findings.len() < MOST {
            let first = self.header.widths.last().copied().unwrap_or(0);
            let file = self.header.second.clone().filter(|_| first > 0);
            let column = u32::try_from(column - first + 1).ok();
            let finding =
                Finding { file, column, ..finding(line, rule, force, verdict, &expected, &found, CONVENTION) };
            self.header.findings.push(finding);
        }
    }

    fn name_of(&self, column: usize) -> String {
        self.names.get(column).cloned().unwrap_or_default()
    }

    /// The header, or in words why nothing can be read by it. Names of columns are told only where one of them is known:
    /// a first row that is none may hold personal values.
    pub(super) fn header(self) -> Result<Header, String> {
        if self.placed == 0 {
            return Err(format!(
                "no column of its first row names a property of {}; is that row the header, and is the file what its \
                 name says? Name columns by paths such as a.b or a[0].b, or say with --mapping what they mean",
                self.setting.class
            ));
        }
        Ok(self.compiled())
    }

    /// The same where there may be none.
    pub(super) fn compiled(self) -> Header {
        let plan = self.planner.plan();
        let mut cells = vec![None; self.header.widths.last().copied().unwrap_or(0)];
        for (number, cell) in plan.cells.iter().enumerate() {
            if let Some(column) = cells.get_mut(cell.column) {
                *column = Some(number);
            }
        }
        let written =
            |cell: &Option<usize>| cell.and_then(|cell| plan.cells.get(cell)).map(|cell| cell.reading.written);
        let undeclared = match self.setting.mapping {
            None => cells.iter().map(written).collect(),
            Some(_) => Arc::default(),
        };
        Header { plan, cells, partless: self.partless.into(), undeclared, ..self.header }
    }
}
