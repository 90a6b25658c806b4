//! The first row of a file compiled into a plan, with what is found in it.

use super::cell::{Key, Reading, Words};
use super::mapping::Mapping;
use super::path;
use super::plan::{Plan, Planner};
use super::resolve::{Nowhere, Resolved, Resolver};
use super::rows::Row;
use super::unread::Place;
use crate::model::verdict::{Force, Verdict};
use crate::records::finding::{Finding, finding};
use crate::records::redact::shape;
use crate::records::{COLUMN_LIKE, COLUMN_TWICE};
use crate::source::diagnostic::nearest;
use crate::standard::{Standard, Written};
use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

/// Where the names of columns come from.
pub(in crate::records) const CONVENTION: &str = "columns of exported files (a convention of this suite)";
/// At most so many findings in a header.
const MOST: usize = 1000;
/// At most so many names in one of them.
const SHOWN: usize = 10;

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
    /// Columns, from 0, that are members of another class than that of their object, which may be of it, with their paths.
    pub(super) of_another: Arc<[(u32, String)]>,
    /// What the cells of each column should hold, where no mapping says how they are written.
    pub(super) undeclared: Arc<[Option<Written>]>,
    /// The names of all columns.
    pub(super) names: Vec<String>,
    /// Where in records the value of each column belongs, also of one that is not read, where that can be told.
    pub(super) places: Arc<[Option<Place>]>,
    /// Columns that are meant for something and not read, from 0. What has no place may be meant for anything.
    pub(super) unread: Vec<usize>,
    /// Those of them that the mapping leaves out.
    pub(super) left_out: Arc<[usize]>,
    /// Columns without a name, from 0, but for the first one, which programs write to count rows.
    pub(super) nameless: Vec<usize>,
}

/// Names of columns as text; each without blanks around it.
pub(super) fn names(row: &Row) -> Vec<String> {
    row.cells().map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect()
}

/// The columns of one file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Columns<'c> {
    pub(super) names: &'c [String],
    /// Where they stand.
    pub(super) line: u64,
    /// Which of two files it is.
    pub(super) sheet: Option<usize>,
    /// The name of its key column.
    pub(super) key: Option<&'c str>,
    /// True where they are names for certain, and no first row that may be none.
    pub(super) certain: bool,
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
    of_another: Vec<(u32, String)>,
    places: Vec<Option<Place>>,
    /// Places that columns have by their names.
    named: HashSet<String>,
    placed: usize,
    /// True where names that are not known are shown by their form, since they may be values of somebody.
    shy: bool,
    /// Why nothing can be read of a file.
    nothing: Option<String>,
    left_out: Vec<usize>,
    /// Columns that the mapping names and the file at hand does not have, with their paths.
    lacking: Vec<(&'s str, &'s str)>,
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
            of_another: Vec::new(),
            places: Vec::new(),
            named: HashSet::new(),
            placed: 0,
            shy: false,
            nothing: None,
            left_out: Vec::new(),
            lacking: Vec::new(),
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

    /// Adds the columns of a file.
    pub(super) fn add(&mut self, columns: Columns<'_>) {
        let Columns { names, line, sheet, key, certain } = columns;
        let first = self.header.widths.last().copied().unwrap_or(0);
        self.names.extend_from_slice(names);
        self.places.resize(first + names.len(), None);
        let meanings: Vec<Meaning> = names.iter().map(|name| self.meaning(name, sheet)).collect();
        self.shy = !certain && key.is_none() && !self.is_header(names, &meanings, sheet);
        self.named.extend(meanings.iter().filter_map(Meaning::members).map(str::to_owned));
        // A key may be a number of the vendor's own that has no place in the standard.
        let own_key = |name: &String, meaning: &Meaning| key == Some(name) && matches!(meaning, Meaning::Nothing(_));
        let declared = self.setting.mapping.into_iter().flat_map(|mapping| mapping.declared(sheet));
        self.lacking = declared.filter(|(declared, _)| !names.iter().any(|name| name == declared)).collect();
        let placed = self.placed;
        for (at, (name, mut meaning)) in names.iter().zip(meanings).enumerate() {
            // Any name like this is one of JSON-LD, also what somebody is called by others.
            if self.shy && name.starts_with('@') && !matches!(name.as_str(), "@id" | "@type") {
                meaning = Meaning::Nothing(Nowhere::expected("the name of a member"));
            }
            if !own_key(name, &meaning) {
                self.column(first + at, name, line, meaning);
            }
        }
        self.lacks(first, line);
        self.header.widths.push(first + names.len());
        // In a file of groups a key may be all there is; members without anything that is known would not be judged.
        let only_key = sheet == Some(0) && names.iter().all(|name| key == Some(name));
        if self.placed == placed && !only_key && self.nothing.is_none() {
            self.nothing = Some(self.nothing_known(names, sheet, key));
        }
    }

    /// Tells of columns that the mapping names and a file does not have, where that has others of which nobody knows what they
    /// are: these may be the ones that are meant.
    fn lacks(&mut self, first: usize, line: u64) {
        let names = self.names.get(first..).unwrap_or_default();
        let is_of_others = |name: &String| name.is_empty() || path::is_of_others(name, self.setting.standard.names());
        let noted = self.header.unknown.iter().map(|(column, _)| *column).filter(|column| *column >= first);
        let noted = noted.filter(|column| !self.header.unread.contains(column));
        let noted: Vec<usize> =
            noted.filter(|column| names.get(column - first).is_some_and(|name| !is_of_others(name))).collect();
        let Compiler { lacking, resolver, places, .. } = self;
        // Where the file has another column for that place it does not lack it.
        lacking.retain(|(_, path)| {
            let place = resolver.resolve(path).ok().map(|resolved| resolved.place);
            place.is_none() || !places.iter().skip(first).any(|other| *other == place)
        });
        if noted.is_empty() || lacking.is_empty() {
            return;
        }
        let names: Vec<String> = self.lacking.iter().take(SHOWN).map(|(name, _)| format!("`{name}`")).collect();
        let found = format!("no {}; {} columns that nobody knows were not read", names.join(", no "), noted.len());
        let expected = "the columns that the mapping file names".to_owned();
        self.tell(line, None, COLUMN_LIKE, (Force::I, Verdict::Warn), expected, found);
        self.header.unread.extend(noted);
    }

    /// Why nothing can be read of a file. Names of columns are told only where one of them is known: a first row that is none
    /// may hold personal values. What a name may be meant for is a name of the standard's.
    fn nothing_known(&mut self, names: &[String], sheet: Option<usize>, key: Option<&str>) -> String {
        let row = match (sheet, self.header.second.as_deref()) {
            (Some(1), Some(file)) => format!("the first row of {file}"),
            _ => "its first row".into(),
        };
        let mut others = names.iter().filter(|name| key != Some(name));
        let meant = others.find_map(|name| self.resolver.meant(name)).map(|(meant, _)| format!(" (perhaps {meant})"));
        format!(
            "no column of {row} names a property of {}{}; is that row the header, and is the file what its \
             name says? Name columns by paths such as a.b or a[0].b, or say with --mapping what they mean",
            self.setting.class,
            meant.unwrap_or_default()
        )
    }

    /// True where a first row is a header: the mapping knows one of its names (as that of a key), or one is a path or has several words and
    /// cannot be anybody's value, or most of them are known. Words such as `name` and `member` stand in rows of values as well.
    fn is_header(&self, names: &[String], meanings: &[Meaning], sheet: Option<usize>) -> bool {
        let declared =
            |name: &String| self.setting.mapping.is_some_and(|mapping| mapping.path_of(name, sheet).is_some());
        let known = names
            .iter()
            .zip(meanings)
            .filter(|(name, meaning)| meaning.members().is_some() && !name.starts_with('@') && !name.is_empty());
        let written = known.clone().any(|(name, _)| name.contains(['_', '.', '[', '/']));
        let all = names.iter().filter(|name| !name.is_empty()).count();
        written || names.iter().any(declared) || known.count() * 2 > all
    }

    /// What the name of a column means.
    fn meaning(&mut self, name: &str, sheet: Option<usize>) -> Meaning {
        let declared = self.setting.mapping.and_then(|mapping| mapping.path_of(name, sheet));
        let path = match declared {
            Some(None) => return Meaning::LeftOut,
            Some(Some(path)) => path,
            None => name,
        };
        match self.resolver.resolve(path) {
            Ok(resolved) => Meaning::Place(Box::new(resolved)),
            Err(nowhere) => Meaning::Nothing(nowhere),
        }
    }

    /// A name as it is shown: by its form where it may be a value.
    fn shown<'n>(&self, name: &'n str) -> Cow<'n, str> {
        match self.shy || name.chars().skip(1).any(|letter| letter == '@') {
            true => Cow::Owned(shape(name)),
            false => Cow::Borrowed(name),
        }
    }

    /// Adds some of so many columns, by their numbers from 0, all of one file; `false` where one holds more than single
    /// values, and is told instead.
    pub(super) fn pick(&mut self, picked: &[(usize, &str, bool)], width: usize, line: u64) {
        self.names.resize(width, String::new());
        self.places.resize(width, None);
        for (at, name, single) in picked {
            if let Some(own) = self.names.get_mut(*at) {
                (*name).clone_into(own);
            }
            if *single {
                let meaning = self.meaning(name, None);
                self.column(*at, name, line, meaning);
                continue;
            }
            let (expected, found) =
                ("one value in a column named by a path", format!("{name:?}, a list or a struct; it was not read"));
            self.tell(line, Some(*at), COLUMN_LIKE, (Force::I, Verdict::Warn), expected.into(), found);
        }
        self.header.widths.push(width);
    }

    fn column(&mut self, column: usize, name: &str, line: u64, meaning: Meaning) {
        let resolved = match meaning {
            Meaning::LeftOut => return self.leave_out(column, name),
            Meaning::Place(resolved) => *resolved,
            Meaning::Nothing(nowhere) => return self.unknown(column, name, line, nowhere),
        };
        if let Some(spelled) = resolved.spelled.clone() {
            let found = format!("{name:?}");
            self.tell(line, Some(column), "COLUMN-SPELLING", (Force::I, Verdict::Pass), spelled, found);
        }
        let values = self.setting.mapping.map(|mapping| mapping.values_of(&resolved.members, &mut self.resolver));
        let values = values.into_iter().flatten().map(|(from, to)| (from.into_bytes(), to.into_bytes())).collect();
        let (written, list, words) = (resolved.written, resolved.list, Arc::clone(&self.words));
        let reading = Reading { written, list, values, words, of_another: false };
        let part = resolved.part.clone();
        self.is_for(column, &resolved.place);
        match self.planner.add(column, resolved, reading) {
            Ok(()) => {
                self.placed += 1;
                self.partless.extend(u32::try_from(column).ok().zip(part));
            }
            Err(taken) => {
                self.header.unread.push(column);
                let expected = "one column for each place of a record".to_owned();
                let found = format!("{name:?}, whose place {:?} has; it was not read", self.name_of(taken.by));
                self.tell(line, Some(column), COLUMN_TWICE, (Force::I, Verdict::Warn), expected, found);
            }
        }
    }

    /// A column that the mapping leaves out: what stands in it by its name is not missing.
    fn leave_out(&mut self, column: usize, name: &str) {
        if let Ok(resolved) = self.resolver.resolve(name) {
            self.is_for(column, &resolved.place);
            self.header.unread.push(column);
            self.left_out.push(column);
        }
    }

    /// A column that the mapping most likely means by another name, which the file does not have.
    fn declared_otherwise(&mut self, name: &str) -> Option<Nowhere> {
        let names = self.lacking.iter().map(|(declared, _)| *declared);
        let near = nearest(name, names).filter(|_| !name.is_empty())?;
        let at = self.lacking.iter().position(|(declared, _)| *declared == near)?;
        let (_, path) = self.lacking.swap_remove(at);
        let meant = self.resolver.resolve(path).ok()?.place;
        Some(Nowhere { expected: format!("perhaps {near:?}, as the mapping file has it"), meant: Some(meant) })
    }

    /// A column whose name leads nowhere.
    fn unknown(&mut self, column: usize, name: &str, line: u64, mut nowhere: Nowhere) {
        if nowhere.meant.is_none()
            && let Some(otherwise) = self.declared_otherwise(name)
        {
            nowhere = otherwise;
        }
        if nowhere.meant.is_none()
            && let Some((meant, resolved)) = self.resolver.meant(name)
            // Beside the column of that place it is somebody's own.
            && !self.has_column_for(&resolved.members)
        {
            nowhere = Nowhere { expected: format!("perhaps {meant}"), meant: Some(resolved.place) };
        }
        if nowhere.meant.is_none()
            && let Some(near) = self.resolver.near(name)
        {
            nowhere = near;
        }
        if nowhere.meant.is_none() {
            self.of_another(column, name);
        }
        let (unnamed, name) = (name.is_empty(), self.shown(name));
        let (found, path) = match unnamed {
            true => ("a column without a name".into(), format!("column {}", column + 1)),
            false if self.shy => (format!("{name:?}, by its form: the row may be no header"), name.into_owned()),
            false => (format!("{name:?}"), name.into_owned()),
        };
        let (rule, verdict) = match &nowhere.meant {
            Some(place) => {
                self.is_for(column, place);
                self.header.unread.push(column);
                (COLUMN_LIKE, Verdict::Warn)
            }
            None => ("PROP-UNKNOWN", Verdict::Pass),
        };
        let first = self.header.widths.last().copied().unwrap_or(0);
        self.header.nameless.extend((unnamed && column > first).then_some(column));
        self.tell(line, Some(column), rule, (Force::I, verdict), nowhere.expected, found);
        self.header.unknown.push((column, path));
    }

    /// Writes a column into the records all the same where another class has a member of its name: an object that has such
    /// members may be of that class, which the judge tells of a table as of JSON.
    fn of_another(&mut self, column: usize, name: &str) {
        let Some(resolved) = self.resolver.of_another_class(name) else { return };
        let (members, words) = (resolved.members.clone(), Arc::clone(&self.words));
        let reading = Reading { of_another: true, words, ..Reading::default() };
        if self.planner.add(column, resolved, reading).is_ok() {
            self.of_another.extend(u32::try_from(column).ok().map(|column| (column, members)));
        }
    }

    /// True where a column is at a place, in it or around it.
    fn has_column_for(&self, members: &str) -> bool {
        let below = |one: &str, other: &str| {
            one.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.named.iter().any(|named| below(named, members) || below(members, named))
    }

    fn is_for(&mut self, column: usize, place: &Place) {
        if let Some(free) = self.places.get_mut(column) {
            *free = Some(place.clone());
        }
    }

    fn tell(
        &mut self,
        line: u64,
        column: Option<usize>,
        rule: &str,
        (force, verdict): (Force, Verdict),
        expected: String,
        found: String,
    ) {
        // What is not judged is told however much else is.
        if verdict == Verdict::Warn || self.header.findings.len() < MOST {
            let first = self.header.widths.last().copied().unwrap_or(0);
            let file = self.header.second.clone().filter(|_| first > 0);
            let column = column.and_then(|column| u32::try_from(column - first + 1).ok());
            let finding =
                Finding { file, column, ..finding(line, rule, force, verdict, &expected, &found, CONVENTION) };
            self.header.findings.push(finding);
        }
    }

    fn name_of(&self, column: usize) -> String {
        self.names.get(column).cloned().unwrap_or_default()
    }

    /// The header, or in words why nothing can be read by it.
    pub(super) fn header(mut self) -> Result<Header, String> {
        match self.nothing.take() {
            Some(why) => Err(why),
            None => Ok(self.compiled()),
        }
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
        let (names, places, left_out) = (self.names, self.places.into(), self.left_out.into());
        let (partless, of_another) = (self.partless.into(), self.of_another.into());
        Header { plan, cells, names, places, partless, of_another, undeclared, left_out, ..self.header }
    }
}

/// What the name of a column means.
enum Meaning {
    /// The mapping leaves it out.
    LeftOut,
    Place(Box<Resolved>),
    Nothing(Nowhere),
}

impl Meaning {
    /// The members that lead to its place.
    fn members(&self) -> Option<&str> {
        match self {
            Meaning::Place(resolved) => Some(&resolved.members),
            Meaning::LeftOut | Meaning::Nothing(_) => None,
        }
    }
}
