//! The mapping file: what the columns of a vendor's tables mean. Read from YAML with every mistake told at once.

use super::cell::Words;
use super::dates::DateFormat;
use super::encoding::Encoding;
use super::numbers::NumberFormat;
use super::resolve::Resolver;
use crate::model::result::MappingResult;
use crate::records::redact;
use crate::source::diagnostic::did_you_mean;
use crate::source::{Diagnostics, Node, Place, yaml};
use crate::standard::Standard;
use icu_normalizer::DecomposingNormalizerBorrowed;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What a mapping file says.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    file: String,
    digest: String,
    record: Option<Named>,
    pub(super) separator: Option<u8>,
    /// The sheet of a workbook that is read, where it is not the first one with cells.
    worksheet: Option<Named>,
    pub(super) encoding: Encoding,
    pub(super) words: Words,
    /// The column by which rows belong to one record.
    pub(super) key: Option<Named>,
    /// Two files that are one: the rows of the groups and those of their members.
    pub(super) joined: Option<[Sheet; 2]>,
    columns: Vec<Column>,
    values: Vec<Values>,
    settings: BTreeMap<String, String>,
}

/// Letters with their accents taken apart: the same text in all its encodings.
const NFD: DecomposingNormalizerBorrowed<'static> = DecomposingNormalizerBorrowed::new_nfd();

/// A name in the file.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) name: String,
    place: Place,
}

/// One of two files that belong together.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    pub(super) file: Named,
    pub(super) key: Option<Named>,
    worksheet: Option<Named>,
    columns: Vec<Column>,
}

/// A column and where it belongs; nowhere where it is to be left out.
#[derive(Clone, Debug)]
struct Column {
    name: Named,
    path: Option<Named>,
}

/// What the texts of a path stand for.
#[derive(Clone, Debug)]
struct Values {
    path: Named,
    pairs: Vec<(String, String)>,
}

/// The keys of a mapping file.
const KEYS: [&str; 15] = [
    "record",
    "sheet",
    "separator",
    "list_separator",
    "encoding",
    "date_format",
    "number_format",
    "blanks",
    "nulls",
    "booleans",
    "key",
    "groups",
    "members",
    "columns",
    "values",
];

impl Mapping {
    /// Reads a mapping file; `file` is its name for people.
    ///
    /// # Errors
    /// Everything wrong with it, each with its place.
    pub fn read(file: &str, text: &str) -> Result<Mapping, Diagnostics> {
        let tree = yaml::parse(file, text)?;
        let mut wrong = Diagnostics::default();
        tree.check_keys("a mapping", &KEYS, &mut wrong);
        let mut reader = Reader { tree: &tree, wrong: &mut wrong, settings: BTreeMap::new() };
        let mut mapping = Mapping {
            file: file.to_owned(),
            digest: crate::digest::of_files([("", text.as_bytes())]),
            record: reader.text("record"),
            worksheet: reader.text("sheet"),
            separator: reader.byte("separator"),
            encoding: reader.encoding(),
            words: reader.words(),
            key: reader.text("key"),
            joined: reader.joined(),
            columns: reader.tree.get("columns").map(|node| columns(node, reader.wrong)).unwrap_or_default(),
            values: reader.values(),
            settings: BTreeMap::new(),
        };
        mapping.settings = reader.settings;
        if wrong.has_errors() { Err(wrong) } else { Ok(mapping) }
    }

    /// The class of the records, where it says so.
    pub fn record(&self) -> Option<&str> {
        self.record.as_ref().map(|named| named.name.as_str())
    }

    /// True where several rows may make one record.
    pub(super) fn by_rows(&self) -> bool {
        self.key.is_some() || self.joined.is_some()
    }

    /// The path a column is declared to have: `Some(None)` where it is left out.
    pub(super) fn path_of(&self, column: &str, sheet: Option<usize>) -> Option<Option<&str>> {
        let own = sheet.zip(self.joined.as_ref()).and_then(|(index, sheets)| sheets.get(index));
        let mut all = own.map_or(&[][..], |sheet| &sheet.columns).iter().chain(&self.columns);
        all.find(|known| known.name.name == column).map(|known| known.path.as_ref().map(|path| path.name.as_str()))
    }

    /// The columns to which it gives a place, with that: of two files that are joined, only those named for this one alone.
    pub(super) fn declared(&self, sheet: Option<usize>) -> impl Iterator<Item = (&str, &str)> {
        let own = sheet.zip(self.joined.as_ref()).map(|(index, sheets)| sheets.get(index));
        let columns = own.map_or(&self.columns[..], |sheet| sheet.map_or(&[][..], |sheet| &sheet.columns));
        columns.iter().filter_map(|column| Some((column.name.name.as_str(), column.path.as_ref()?.name.as_str())))
    }

    /// What the texts at a path (members alone) stand for.
    pub(super) fn values_of(&self, members: &str, resolver: &mut Resolver<'_>) -> Vec<(String, String)> {
        let mut all = Vec::new();
        for values in &self.values {
            if resolver.resolve(&values.path.name).is_ok_and(|path| path.members == members) {
                all.extend(values.pairs.iter().cloned());
            }
        }
        all
    }

    fn all_columns(&self) -> impl Iterator<Item = &Column> {
        let sheets = self.joined.iter().flatten().flat_map(|sheet| &sheet.columns);
        self.columns.iter().chain(sheets)
    }

    /// What the mapping says that the standard does not know: a class, or paths the class does not have.
    pub fn check(&self, standard: &Standard, class: &str) -> Diagnostics {
        let mut wrong = Diagnostics::default();
        if let Some(named) = &self.record {
            match standard.class_named(&named.name) {
                Err((message, help)) => {
                    wrong.error(named.place.clone(), message).hint(help);
                }
                Ok(mapped) if mapped != class => {
                    wrong
                        .error(
                            named.place.clone(),
                            format!("the mapping is for {mapped}, the records are to be {class}"),
                        )
                        .hint("leave out --record, or give the mapping of this class");
                }
                Ok(_) => {}
            }
        }
        let Some(mut resolver) = Resolver::new(standard, class, self.by_rows()) else { return wrong };
        let paths = self.all_columns().filter_map(|column| column.path.as_ref());
        for path in paths.chain(self.values.iter().map(|values| &values.path)) {
            if let Err(nowhere) = resolver.resolve(&path.name) {
                wrong
                    .error(path.place.clone(), format!("records of class {class} have no place `{}`", path.name))
                    .hint(format!("expected {}", nowhere.expected));
            }
        }
        wrong
    }

    /// What the mapping names that none of the files has: `headers` are their columns, told apart by file name. Those of a
    /// file are told only where one of them is known: a first row that is no header holds values of somebody.
    pub fn check_columns(&self, standard: &Standard, class: &str, headers: &[(String, Vec<String>)]) -> Diagnostics {
        let mut wrong = Diagnostics::default();
        let known = |name: &str| headers.iter().any(|(_, columns)| columns.iter().any(|column| column == name));
        let keys = self.joined.iter().flatten().filter_map(|sheet| sheet.key.as_ref()).chain(&self.key);
        let named: Vec<&Named> = self.all_columns().map(|column| &column.name).chain(keys).collect();
        let mut resolver = Resolver::new(standard, class, self.by_rows());
        let mut is_known = |column: &String| {
            let is_path = column.contains(['_', '.', '[', '/']);
            named.iter().any(|named| named.name == *column)
                || is_path && resolver.as_mut().is_some_and(|resolver| resolver.resolve(column).is_ok())
        };
        let shown: Vec<&str> = headers
            .iter()
            .filter(|(_, columns)| columns.iter().any(&mut is_known))
            .flat_map(|(_, columns)| columns.iter().map(String::as_str))
            .filter(|column| matches!(redact::named(column), Cow::Borrowed(_)))
            .collect();
        for named in named {
            if !known(&named.name) {
                let same = |shown: &&str| NFD.normalize_iter(shown.chars()).eq(NFD.normalize_iter(named.name.chars()));
                let hint = match shown.is_empty() {
                    _ if shown.iter().any(same) => {
                        "a file has it with its accents in another encoding (Unicode): copy the name from there"
                            .to_owned()
                    }
                    true => "nothing in the first rows of the files is the name of a column that is known".to_owned(),
                    false => did_you_mean(&named.name, shown.iter().copied()),
                };
                wrong.error(named.place.clone(), format!("no file has a column `{}`", named.name)).hint(hint);
            }
        }
        for sheet in self.joined.iter().flatten() {
            if !headers.iter().any(|(file, _)| is_file(file, &sheet.file.name)) {
                wrong
                    .error(sheet.file.place.clone(), format!("none of the files to check is `{}`", sheet.file.name))
                    .hint("name both files on the command line");
            }
        }
        wrong
    }

    /// The sheet of a workbook that is to be read; `side` tells which of two files that belong together it is.
    pub(in crate::records) fn worksheet(&self, side: Option<usize>) -> Option<&str> {
        let own = side.and_then(|side| self.joined.as_ref()?.get(side)?.worksheet.as_ref());
        own.or(self.worksheet.as_ref()).map(|named| named.name.as_str())
    }

    /// True where both of the two that belong together are in this file.
    pub(in crate::records) fn both_in(&self, file: &str) -> bool {
        self.joined.as_ref().is_some_and(|sheets| sheets.iter().all(|sheet| is_file(file, &sheet.file.name)))
    }

    /// Sheets it names that the workbooks do not have: `books` are the names of their sheets, by file name.
    pub fn check_sheets(&self, books: &[(String, Vec<String>)]) -> Diagnostics {
        let mut wrong = Diagnostics::default();
        let mut check = |named: &Named, file: Option<&str>| {
            let of = || books.iter().filter(|(book, _)| file.is_none_or(|file| is_file(book, file)));
            let names = || of().flat_map(|(_, names)| names).map(String::as_str);
            if of().next().is_none() {
                wrong.error(
                    named.place.clone(),
                    format!("`{}` is the sheet of a workbook, and none is to be checked", named.name),
                );
            } else if !names().any(|name| name == named.name) {
                let mut all: Vec<String> = names().map(|name| format!("`{name}`")).take(20).collect();
                all.dedup();
                wrong
                    .error(
                        named.place.clone(),
                        format!("no workbook has a sheet `{}`, only {}", named.name, all.join(", ")),
                    )
                    .hint(did_you_mean(&named.name, names()));
            }
        };
        self.worksheet.iter().for_each(|named| check(named, None));
        for sheet in self.joined.iter().flatten() {
            sheet.worksheet.iter().for_each(|named| check(named, Some(&sheet.file.name)));
        }
        wrong
    }

    /// The key column of one of two files that belong together.
    pub(super) fn key_of(&self, sheet: usize) -> Option<&str> {
        let own = self.joined.as_ref().and_then(|sheets| sheets.get(sheet)).and_then(|sheet| sheet.key.as_ref());
        own.or(self.key.as_ref()).map(|key| key.name.as_str())
    }

    /// Which of the two files that belong together this is: 0 has the groups, 1 their members.
    pub(in crate::records) fn sheet(&self, file: &str) -> Option<usize> {
        self.joined.as_ref()?.iter().position(|sheet| is_file(file, &sheet.file.name))
    }

    /// SHA-256 of its text.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// What it says, for the report.
    pub fn shown(&self) -> MappingResult {
        let of = |column: &Column| {
            let path = column.path.as_ref().map_or_else(String::new, |path| path.name.clone());
            (column.name.name.clone(), path)
        };
        MappingResult {
            file: self.file.clone(),
            settings: self.settings.clone(),
            columns: self.all_columns().map(of).collect(),
            values: self
                .values
                .iter()
                .map(|values| (values.path.name.clone(), values.pairs.iter().cloned().collect()))
                .collect(),
        }
    }
}

/// True where a file has this name, whatever folder it is in.
fn is_file(file: &str, name: &str) -> bool {
    file.rsplit(['/', '\\']).next() == name.rsplit(['/', '\\']).next()
}

struct Reader<'r> {
    tree: &'r Node,
    wrong: &'r mut Diagnostics,
    settings: BTreeMap<String, String>,
}

impl Reader<'_> {
    fn text(&mut self, key: &str) -> Option<Named> {
        let node = self.tree.get(key)?;
        let named = text(node, key, self.wrong)?;
        self.settings.insert(key.to_owned(), named.name.clone());
        Some(named)
    }

    fn byte(&mut self, key: &str) -> Option<u8> {
        let named = self.text(key)?;
        match named.name.as_bytes() {
            b"tab" | b"\\t" => Some(b'\t'),
            [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Some(*byte),
            _ => {
                self.wrong
                    .error(named.place, format!("`{key}` is one character"))
                    .text(named.name)
                    .hint("such as \";\", or tab");
                None
            }
        }
    }

    fn encoding(&mut self) -> Encoding {
        let Some(named) = self.text("encoding") else { return Encoding::default() };
        Encoding::named(&named.name).unwrap_or_else(|| {
            self.wrong
                .error(named.place, format!("the encoding `{}` is not read", named.name))
                .hint("utf-8 and windows-1252 are");
            Encoding::default()
        })
    }

    fn words(&mut self) -> Words {
        let between = self.byte("list_separator").unwrap_or(b'|');
        let mut words = Words { between, declared: true, ..Words::default() };
        if let Some(named) = self.text("date_format") {
            words.dates = DateFormat::new(&named.name);
            if words.dates.is_none() {
                self.wrong
                    .error(named.place, "this is no way to write a date")
                    .text(named.name)
                    .hint("YYYY, MM and DD once each (hh, mm, ss after them, and Z for an offset), such as DD/MM/YYYY");
            }
        }
        if let Some(named) = self.text("number_format") {
            words.numbers = NumberFormat::new(&named.name);
            if words.numbers.is_none() {
                self.wrong
                    .error(named.place, "this is no way to write a number")
                    .text(named.name)
                    .hint("how 1234.5 is written, such as 1234,5 or 1.234,5");
            }
        }
        if let Some(named) = self.text("blanks") {
            words.cut = named.name == "cut";
            if !words.cut {
                self.wrong.error(named.place, "`blanks` around values are `cut`, or belong to them").text(named.name);
            }
        }
        let mut shown = Vec::new();
        for node in self.tree.get("nulls").map(one_or_many).unwrap_or_default() {
            if node.entries().is_some() || node.items().is_some() {
                self.wrong
                    .error(node.place.clone(), "`nulls` is a list of words that stand for no value, such as [N/A]");
                continue;
            }
            // An unquoted NULL is YAML for nothing, and meant as the word here.
            let word = node.text().map_or_else(|| "NULL".to_owned(), str::to_owned);
            words.nulls.push(word.clone().into_bytes());
            shown.push(word);
        }
        if !shown.is_empty() {
            self.settings.insert("nulls".into(), shown.join(", "));
        }
        self.booleans(&mut words);
        words
    }

    fn booleans(&mut self, words: &mut Words) {
        let Some(node) = self.tree.get("booleans") else { return };
        let Some(entries) = node.entries() else {
            self.wrong.error(node.place.clone(), "`booleans` is a map of words, such as {Oui: yes, Non: no}");
            return;
        };
        let mut shown = Vec::new();
        for entry in entries {
            match entry.value.yes_or_no() {
                Some(true) => words.yes.push(entry.key.clone().into_bytes()),
                Some(false) => words.no.push(entry.key.clone().into_bytes()),
                None => {
                    self.wrong.error(entry.place.clone(), format!("`{}` stands for yes or no", entry.key));
                }
            }
            shown.push(format!("{}: {}", entry.key, entry.value.text().unwrap_or_default()));
        }
        self.settings.insert("booleans".into(), shown.join(", "));
    }

    fn joined(&mut self) -> Option<[Sheet; 2]> {
        let nodes = (self.tree.entry("groups"), self.tree.entry("members"));
        let (groups, members) = match nodes {
            (None, None) => return None,
            (Some(groups), Some(members)) => (groups, members),
            (Some(one), None) | (None, Some(one)) => {
                self.wrong
                    .error(one.place.clone(), format!("`{}` alone joins nothing", one.key))
                    .hint("name both files, `groups` and `members`, and the `key` they share");
                return None;
            }
        };
        let shared = self.tree.get("key").is_some();
        let mut sheet = |entry: &yaml::Entry| {
            let node = &entry.value;
            if node.entries().is_none() {
                let file = text(node, &entry.key, self.wrong)?;
                if !shared {
                    self.wrong.error(entry.place.clone(), "two files are joined by a column: name it as `key`");
                }
                self.settings.insert(entry.key.clone(), file.name.clone());
                return Some(Sheet { file, key: None, worksheet: None, columns: Vec::new() });
            }
            node.check_keys("a file of two", &["file", "sheet", "key", "columns"], self.wrong);
            let Some(file) = node.get("file").and_then(|node| text(node, "file", self.wrong)) else {
                self.wrong.error(entry.place.clone(), format!("`{}` names its `file`", entry.key));
                return None;
            };
            let key = node.get("key").and_then(|node| text(node, "key", self.wrong));
            let worksheet = node.get("sheet").and_then(|node| text(node, "sheet", self.wrong));
            if key.is_none() && !shared {
                self.wrong.error(entry.place.clone(), "two files are joined by a column: name it as `key`");
            }
            let by = key.as_ref().map(|key| format!(" by {}", key.name)).unwrap_or_default();
            let of = worksheet.as_ref().map(|named| format!(", sheet {}", named.name)).unwrap_or_default();
            self.settings.insert(entry.key.clone(), format!("{}{of}{by}", file.name));
            let columns = node.get("columns").map(|node| columns(node, self.wrong)).unwrap_or_default();
            Some(Sheet { file, key, worksheet, columns })
        };
        let both = (sheet(groups), sheet(members));
        both.0.zip(both.1).map(|(groups, members)| [groups, members])
    }

    fn values(&mut self) -> Vec<Values> {
        let Some(node) = self.tree.get("values") else { return Vec::new() };
        let Some(entries) = node.entries() else {
            self.wrong.error(node.place.clone(), "`values` is a map of paths, such as {a.b: {M: male}}");
            return Vec::new();
        };
        let mut all = Vec::new();
        for entry in entries {
            let path = Named { name: entry.key.clone(), place: entry.place.clone() };
            let Some(pairs) = entry.value.entries() else {
                let what = entry.value.what();
                self.wrong
                    .error(
                        entry.value.place.clone(),
                        format!("the values of `{}` are a map, this is {what}", entry.key),
                    )
                    .hint("such as {M: male, F: female}");
                continue;
            };
            let mut translated = Vec::new();
            for pair in pairs {
                if let Some(to) = text(&pair.value, &pair.key, self.wrong) {
                    translated.push((pair.key.clone(), to.name));
                }
            }
            all.push(Values { path, pairs: translated });
        }
        all
    }
}

fn one_or_many(node: &Node) -> &[Node] {
    node.items().unwrap_or(std::slice::from_ref(node))
}

fn text(node: &Node, key: &str, wrong: &mut Diagnostics) -> Option<Named> {
    let named = node.text().map(|name| Named { name: name.to_owned(), place: node.place.clone() });
    if named.is_none() {
        wrong.error(node.place.clone(), format!("`{key}` is a text, this is {}", node.what()));
    }
    named
}

/// Columns and their paths; `~` leaves a column out.
fn columns(node: &Node, wrong: &mut Diagnostics) -> Vec<Column> {
    let Some(entries) = node.entries() else {
        wrong.error(node.place.clone(), "`columns` is a map from the name of a column to a path");
        return Vec::new();
    };
    let mut all = Vec::new();
    for entry in entries {
        let name = Named { name: entry.key.clone(), place: entry.place.clone() };
        let path = match entry.value.kind {
            yaml::Kind::Null => None,
            _ => match text(&entry.value, &entry.key, wrong) {
                Some(path) => Some(path),
                None => continue,
            },
        };
        all.push(Column { name, path });
    }
    all
}
