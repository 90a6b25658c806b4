//! The standard as loaded from `standards/EDITION/`: message schemas, error codes, errata, data objects and code lists;
//! judges one message or one record. Nothing about a registry is written here: it all comes from the files.
//!
//! [`Standard`] is read once in a run and shared by all threads. Only [`validator`] knows the JSON Schema crate.

mod amend;
pub(crate) mod asks;
mod beyond;
mod codes;
mod data;
mod document;
mod doubts;
mod editions;
mod errata;
mod exports;
mod formats;
mod json_schema;
mod meant;
mod members;
mod mutants;
mod names;
mod objects;
mod page;
mod pattern;
mod plain;
mod pointer;
mod record;
pub(crate) mod rules;
mod schemas;
mod told;
mod validator;
mod words;

pub use codes::{CodeList, Listed};
pub use data::Strictness;
pub(crate) use doubts::{Doubt, Doubtful};
pub use errata::{Contradiction, Erratum, Policy};
pub use exports::NamedEntry;
pub(crate) use formats::number_text;
pub use members::MemberNames;
pub use mutants::{FAULTS, Mutant};
pub(crate) use names::{Keys, Names};
pub(crate) use plain::Open;
pub use plain::{PlainClass, PlainFormat, PlainNumber, PlainProperty, PlainText, PlainValue, Written};
pub(crate) use pointer::push_escaped;
pub(crate) use record::{
    CLASS_UNCLEAR, EARLIER, KEYWORD, OTHER_OBJECT, WRAPPED, is_keyword, is_name, plain, wrapped, wraps,
};
pub use record::{MOST_FINDINGS, RecordFinding};
pub(crate) use rules::{holds, says};
pub(crate) use told::keyed;
pub use validator::MOST_VIOLATIONS;

use crate::model::result::Overlay;
use crate::model::verdict::Force;
use crate::source::diagnostic::nearest;
use crate::source::{Diagnostics, Files, Place};
use data::Data;
use errata::Errata;
use jiff::{civil::Date, tz::TimeZone};
use schemas::Schemas;
use serde_json::Value;

/// The standard of one edition.
#[derive(Debug)]
pub struct Standard {
    edition: String,
    base: String,
    overlays: Vec<Overlay>,
    schemas: Schemas,
    errata: Errata,
    data: Data,
}

/// What a message schema says about one value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judgement {
    /// What breaks the schema; empty when the value is sound.
    pub violations: Vec<Violation>,
    /// What an erratum decides: misses it tolerates, and readings it asks to note. Never a failure.
    pub observed: Vec<Observed>,
}

/// One place where a value breaks a schema.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// JSON pointer; for a missing member, the place where it should stand.
    pub pointer: String,
    /// Keyword of JSON Schema: `required`, `type`, `enum`, ...
    pub keyword: String,
    /// What the schema asks for there, in words.
    pub expected: String,
    /// What was there: its kind, and at most a short value (not redacted).
    pub found: String,
    /// The erratum by which our schema asks for more than the published one, if one does.
    pub erratum: Option<String>,
}

/// Something an erratum decides.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Observed {
    /// Where, what was expected and what was found; `keyword` is `note` where the schema itself has nothing to say.
    pub violation: Violation,
    /// The erratum.
    pub erratum: String,
}

impl Standard {
    /// Reads an edition from the files below `standards/`.
    ///
    /// # Errors
    /// Everything wrong with the files, each with its place.
    pub fn load(files: &Files, edition: &str) -> Result<Standard, Diagnostics> {
        Standard::read(files, edition, |root, wrong| {
            // What is wrong with an overlay does not keep them from being read.
            let mut own = Diagnostics::default();
            let schemas = Schemas::load(files, root, &mut own);
            let errata = Errata::load(files, root, &schemas, &mut own);
            wrong.extend(own);
            (schemas, errata)
        })
    }

    /// The same without message schemas and errata, which take a third of the time to read: for who judges data records
    /// and nothing else. It has no schema of any name.
    ///
    /// # Errors
    /// Everything wrong with the files of the data standard, each with its place.
    pub fn load_data(files: &Files, edition: &str) -> Result<Standard, Diagnostics> {
        Standard::read(files, edition, |_, _| (Schemas::default(), Errata::default()))
    }

    /// That there is such an edition, for who knows where it is named.
    ///
    /// # Errors
    /// There is none, at that place.
    pub fn check_edition(files: &Files, edition: &str, place: &Place) -> Result<(), Diagnostics> {
        let mut wrong = Diagnostics::default();
        match editions::is_there(files, edition) {
            true => Ok(()),
            false => {
                editions::report(files, edition, place.clone(), &mut wrong);
                Err(wrong)
            }
        }
    }

    /// What the errata of an edition say, for who loaded it without them.
    pub fn contradictions(files: &Files, edition: &str) -> Vec<Contradiction> {
        let layers = editions::layers(files, edition, &mut Diagnostics::default());
        layers.first().map(|base| Errata::words(files, &base.root)).unwrap_or_default()
    }

    fn read(
        files: &Files,
        edition: &str,
        messages: impl FnOnce(&str, &mut Diagnostics) -> (Schemas, Errata),
    ) -> Result<Standard, Diagnostics> {
        let mut wrong = Diagnostics::default();
        let mut layers = editions::layers(files, edition, &mut wrong);
        if let [base, above @ ..] = layers.as_mut_slice()
            && !above.is_empty()
        {
            let known: Vec<String> = Errata::words(files, &base.root).into_iter().map(|erratum| erratum.id).collect();
            above.iter_mut().for_each(|layer| layer.errata.clone_from(&known));
        }
        let Some((base, above)) = layers.split_first() else { return Err(wrong) };
        let (schemas, errata) = messages(&base.root, &mut wrong);
        let data = Data::load(files, &layers, &mut wrong);
        if wrong.has_errors() {
            return Err(wrong);
        }
        let overlays = above.iter().filter_map(|layer| layer.overlay.clone()).collect();
        Ok(Standard { edition: edition.to_owned(), base: base.name().to_owned(), overlays, schemas, errata, data })
    }

    /// The edition that is built into the program.
    ///
    /// # Errors
    /// As for [`Standard::load`].
    pub fn built_in(edition: &str) -> Result<Standard, Diagnostics> {
        Standard::load(&Files::embedded(), edition)
    }

    /// The edition, such as `dec2025`.
    pub fn edition(&self) -> &str {
        &self.edition
    }

    /// The published edition: that one, or the one it adds to.
    pub fn base_edition(&self) -> &str {
        &self.base
    }

    /// What the edition adds to the published one: country profiles, in the order they are added.
    pub fn overlays(&self) -> &[Overlay] {
        &self.overlays
    }

    /// The folders of an edition and of those it adds to, such as `standards/dec2025/`; none where there is no such edition.
    pub fn folders(files: &Files, edition: &str) -> Vec<String> {
        let layers = editions::layers(files, edition, &mut Diagnostics::default());
        layers.into_iter().map(|layer| layer.root).collect()
    }

    /// True when there is a schema of this name.
    pub fn has_schema(&self, name: &str) -> bool {
        self.schemas.find(name).is_some()
    }

    /// The names of all schemas: plain for the default registry, with the registry in front for the others.
    pub fn schema_names(&self) -> impl Iterator<Item = &str> {
        self.schemas.names()
    }

    /// A schema as one self-contained JSON Schema document, for documentation and editors.
    pub fn schema_json(&self, name: &str) -> Option<Value> {
        self.schemas.find(name).map(|schema| schema.document())
    }

    /// Judges a value by a schema, errata applied; `None` when there is no such schema.
    pub fn judge(&self, schema: &str, value: &Value) -> Option<Judgement> {
        let found = self.schemas.find(schema)?;
        Some(self.errata.judge(found.name(), found.validator(), value))
    }

    /// Broken variants of a sound message, one fault each: of the kinds asked for ([`FAULTS`]), at or below the paths
    /// given (everywhere when there are none), each proven broken by [`Standard::judge`] first. None at all when the
    /// message itself is not sound.
    pub fn mutants(&self, schema: &str, message: &Value, kinds: &[String], only_under: &[String]) -> Vec<Mutant> {
        match self.schemas.find(schema) {
            Some(found) => mutants::derive(found.own_document(), message, kinds, only_under, &|body| {
                self.judge(schema, body).unwrap_or_default()
            }),
            None => Vec::new(),
        }
    }

    /// True when there is a code list of this name, of the message or the data standard.
    pub fn has_code_list(&self, name: &str) -> bool {
        self.code_list(name).is_some()
    }

    /// The code list of this name.
    pub fn code_list(&self, name: &str) -> Option<&CodeList> {
        self.data.codes.get(name)
    }

    /// The names of all code lists.
    pub fn code_list_names(&self) -> impl Iterator<Item = &str> {
        self.data.codes.keys().map(String::as_str)
    }

    /// True when there is a class of data records of this name: plain in the default domain, or with the domain in
    /// front (`common Person`).
    pub fn has_class(&self, name: &str) -> bool {
        self.data.class(name).is_some()
    }

    /// The names of the classes of the default domain.
    pub fn class_names(&self) -> impl Iterator<Item = &str> {
        let domain = self.data.domains.iter().find(|domain| domain.default).or_else(|| self.data.domains.last());
        domain.into_iter().flat_map(|domain| domain.classes.keys().map(String::as_str))
    }

    /// The full name of a class: as it is where the usual domain has it, else with the one other domain that does
    /// (`fr Farmer` for `Farmer`).
    ///
    /// # Errors
    /// That there is none, or several; and what may help.
    pub fn class_named(&self, name: &str) -> Result<String, (String, String)> {
        if self.has_class(name) {
            return Ok(name.to_owned());
        }
        let all = |is: &dyn Fn(&objects::Class) -> bool| -> Vec<String> {
            self.other_classes().filter(|(_, class)| is(class)).map(full_name).collect()
        };
        let mut meant = all(&|class| class.name == name);
        if meant.is_empty() {
            meant = all(&|class| class.types.contains(&objects::fold_type(name)));
        }
        if meant.is_empty() {
            meant.extend(self.run_together(name));
        }
        match meant.len() {
            0 => Err((format!("there is no record class `{name}`"), self.classes_near(name))),
            1 => Ok(meant.swap_remove(0)),
            _ => Err((
                format!("several domains have a record class `{name}`"),
                format!("say which: {}", meant.join(", ")),
            )),
        }
    }

    /// The class whose domain and name are written as one word, as programs like to do (`ESSMember`).
    fn run_together(&self, name: &str) -> Option<String> {
        let name = objects::fold_type(name);
        let mut all =
            self.data.domains.iter().flat_map(|domain| domain.classes.values().map(move |class| (domain, class)));
        let one_word = |(domain, class): &(&objects::Domain, &objects::Class)| {
            domain.name.len() + class.name.len() == name.len()
                && objects::fold_type(&format!("{}{}", domain.name, class.name)) == name
        };
        all.find(one_word).map(|(domain, class)| full_name((&domain.name, class)))
    }

    fn classes_near(&self, name: &str) -> String {
        let others = || self.other_classes().map(|(_, class)| class.name.as_str());
        if let Some(near) = nearest(name, self.class_names().chain(others())) {
            return format!("did you mean `{near}`?");
        }
        let usual: Vec<&str> = self.class_names().collect();
        // Those that the usual domain has by the same name too: a class must be named to be told from that.
        let whole = |domain: &objects::Domain, class: &objects::Class| {
            !domain.default && (domain.has_records_of(&class.name) || !self.has_class(&class.name))
        };
        let all = self.data.domains.iter().flat_map(|domain| domain.classes.values().map(move |class| (domain, class)));
        let others = all.filter(|(domain, class)| whole(domain, class));
        let others: Vec<String> = others.map(|(domain, class)| full_name((&domain.name, class))).collect();
        format!("there are {}; of other domains {}", usual.join(", "), others.join(", "))
    }

    /// The classes that the usual domain does not have, each with the name of its domain.
    fn other_classes(&self) -> impl Iterator<Item = (&str, &objects::Class)> {
        let others = self.data.domains.iter().filter(|domain| !domain.default);
        let all = others.flat_map(|domain| domain.classes.values().map(|class| (domain.name.as_str(), class)));
        all.filter(|(_, class)| !self.has_class(&class.name))
    }

    /// The names of the domains of data records, such as `social`.
    pub fn domain_names(&self) -> impl Iterator<Item = &str> {
        self.data.domains.iter().map(|domain| domain.name.as_str())
    }

    /// The class of exported records in any domain: told by the record type of the message they stand in, by the `@type`
    /// of the first, or by its members, where most of them are those of a class of whole records; `None` when there is
    /// nothing to tell by. Classes of several domains share names, and some extend others: which is meant is told by the
    /// members of all records `behind` the first that say the same type, or none as it does.
    pub fn told_class(
        &self,
        record_type: Option<&str>,
        first: &Value,
        behind: impl Iterator<Item = Value>,
    ) -> Option<String> {
        told::told_of_all(&self.data, record_type, first, behind)
    }

    /// What a record is instead, where it is no record of this class: the class that it has more members of, or
    /// `Some(None)` where it has no member of any. `None` where it can be judged as one.
    pub(crate) fn other_class(&self, class: &str, record: &Value) -> Option<Option<String>> {
        told::other(&self.data, class, record)
    }

    /// The class of the same family that a record may be of instead: it has more of its members, and says that it is of it
    /// (`true`), or was `told` to be of its class by other records and says nothing.
    pub(crate) fn related_class(&self, class: &str, record: &Value, told: bool) -> Option<(String, bool)> {
        told::related(&self.data, class, record, told)
    }

    /// The same of an object of a class inside such a record: the class of its name, in a domain that the record may be of.
    pub(crate) fn related_class_inside(
        &self,
        record_class: &str,
        class: &str,
        (record, object): (&Value, &Value),
        told: bool,
    ) -> Option<String> {
        let others = told::may_be_of(&self.data, record_class, record, told);
        let (domain, _) = self.data.class(record_class)?;
        told::of_another_domain(&self.data, &others, domain.classes.get(class)?, object)
    }

    /// What an object inside a record of a class is instead of what it should be by its place, where it has more members of
    /// another class that is not related.
    pub(crate) fn other_class_inside(&self, record_class: &str, class: &str, object: &Value) -> Option<String> {
        let (domain, _) = self.data.class(record_class)?;
        told::stranger_inside(&self.data, (domain, domain.classes.get(class)?), object)
    }

    /// The names of all members of all classes, in any domain.
    pub(crate) fn members_of_classes(&self) -> impl Iterator<Item = &str> {
        self.members().flat_map(|member| member.aliases.into_iter().chain([member.name]))
    }

    /// The names of all members of classes of whole records, in any domain.
    pub(crate) fn members_of_records(&self) -> impl Iterator<Item = &str> {
        let classes = self
            .data
            .domains
            .iter()
            .flat_map(|domain| domain.classes.values().filter(|class| domain.has_records_of(&class.name)));
        classes.flat_map(|class| &class.properties).flat_map(|property| {
            property.aliases.iter().map(|alias| alias.name.as_str()).chain([property.name.as_str()])
        })
    }

    /// The class a record belongs to among several: the one its `@type` names, else the one that knows most of its
    /// members; `None` when there is nothing to tell by. Judging by every class and taking the kindest would let a
    /// broken group pass as a person with unknown members.
    pub fn class_of<'c>(&self, classes: &'c [String], record: &Value) -> Option<&'c str> {
        meant::class_of(&self.data, classes, record)
    }

    /// Whether anything is to be said of a value of a format; where there is no such format, certainly.
    pub(crate) fn remarkable(&self, format: &str, value: &Value) -> bool {
        self.data.formats.get(format).is_none_or(|format| !format.remarks(value).is_empty())
    }

    /// What has a class: the standard (`DCI data standard, civil registration, DO.CRVS.01`), or an edition that adds it; `None`
    /// when there is no such class.
    pub fn source_of(&self, class: &str) -> Option<String> {
        let (_, class) = self.data.class(class)?;
        Some(if class.added { class.source.clone() } else { format!("DCI {}", class.source) })
    }

    /// What certainly has no finding in records of a class; `None` when there is no such class.
    pub fn plain_class(&self, name: &str) -> Option<PlainClass> {
        let (domain, class) = self.data.class(name)?;
        Some(plain::class(&self.data, domain, class))
    }

    /// Where records stand in documents: paths of members, positions in lists left out.
    pub fn record_places(&self) -> &[String] {
        &self.data.exports.record_places
    }

    /// Members that a document which holds records has beside them; with another one, and no records, it is one itself.
    pub fn beside_records(&self) -> &[String] {
        &self.data.exports.beside_records
    }

    /// Members of a message that stand beside the way to records and hold objects that are none.
    pub(crate) fn no_records(&self) -> &[String] {
        &self.data.exports.no_records
    }

    /// The path of the member that is true where a message is encrypted.
    pub(crate) fn encrypted_at(&self) -> &str {
        &self.data.exports.encrypted
    }

    /// The member beside the records that names their type.
    pub fn record_type_member(&self) -> &str {
        &self.data.exports.record_type
    }

    /// The member beside the records of a message that names the registry.
    pub fn registry_type_member(&self) -> &str {
        &self.data.exports.registry_type
    }

    /// Entries of lists that a column of a table may name by what stands in them.
    pub fn named_entries(&self) -> &[NamedEntry] {
        &self.data.exports.named_entries
    }

    /// The number of a name that paths of rules use.
    pub(crate) fn symbol(&self, name: &str) -> Option<rules::Symbol> {
        self.data.symbols.get(name)
    }

    /// Which names of members are the standard's own.
    pub(crate) fn names(&self) -> &std::sync::Arc<Names> {
        &self.data.names
    }

    /// True for the id of a rule between values of a record.
    pub(crate) fn is_rule(&self, id: &str) -> bool {
        self.data.rules.iter().any(|rule| rule.id == id)
    }

    /// The paths of members whose absence may break a rule between values of a record; none for any other rule.
    pub(crate) fn asks_for(&self, id: &str) -> Vec<Vec<&str>> {
        self.data.rules.iter().filter(|rule| rule.id == id).flat_map(|rule| rule.asks_for()).collect()
    }

    /// What rules are judged with on a day.
    pub(crate) fn bench(&self, today: Date) -> rules::judge::Bench<'_> {
        rules::judge::Bench { codes: &self.data.codes, today }
    }

    /// Judges a data record by its class. An unknown class finds nothing: ask [`Standard::has_class`] first.
    pub fn judge_record(&self, class: &str, record: &Value, strictness: Strictness) -> Vec<RecordFinding> {
        self.judge_record_on(class, record, strictness, jiff::Timestamp::now().to_zoned(TimeZone::UTC).date())
    }

    /// The same as on a given day (in UTC): rules that speak of today make no difference between two runs.
    pub fn judge_record_on(
        &self,
        class: &str,
        record: &Value,
        strictness: Strictness,
        today: Date,
    ) -> Vec<RecordFinding> {
        self.judge_by(class, record, strictness, (Some(today), false), MOST_FINDINGS).0
    }

    /// The same without rules between values, where no day is given, and with so many findings at most: those that fail
    /// are kept first. The class was `told` by other records where nobody named it. Gives as well how many were left out.
    pub(crate) fn judge_by(
        &self,
        class: &str,
        record: &Value,
        strictness: Strictness,
        (today, told): (Option<Date>, bool),
        most: usize,
    ) -> (Vec<RecordFinding>, usize) {
        record::judge(&self.data, class, record, strictness, (today, told), most).unwrap_or_default()
    }

    /// What is found at some places of a record, where everything else in it is sound; `None` where that cannot be told,
    /// or more is found than `most`.
    pub(crate) fn judge_doubts(
        &self,
        class: &str,
        doubts: &[Doubtful<'_>],
        strictness: Strictness,
        most: usize,
    ) -> Option<Vec<RecordFinding>> {
        doubts::judge(&self.data, class, doubts, strictness, most)
    }

    /// A record as rules see it; `None` when there is no such class.
    pub(crate) fn seen<'v>(
        &'v self,
        class: &str,
        record: &'v Value,
        ways: &'v rules::Ways<'v>,
    ) -> Option<rules::Json<'v>> {
        let (domain, class) = self.data.class(class)?;
        Some(rules::Json::new(record, class, domain, &pointer::At::Root, ways.keys(&domain.names, record)).by(ways))
    }

    /// All rules about whole files, each at its number.
    pub(crate) fn file_rules(&self) -> &[std::sync::Arc<rules::file::FileRule>] {
        &self.data.file_rules
    }

    /// A property by a name that paths of rules use.
    pub(crate) fn step(&self, name: &str) -> Option<rules::Step> {
        self.data.symbols.get(name).map(|symbol| rules::Step { name: name.to_owned(), symbol })
    }

    /// What a finding of a force does at a strictness.
    pub(crate) fn weigh(&self, force: Force, strictness: Strictness) -> crate::model::verdict::Verdict {
        self.data.weigh(force, false, strictness)
    }

    /// The data standard as a page to read, in Markdown: classes, code lists, rules.
    pub fn data_page(&self) -> String {
        page::markdown(self)
    }

    /// The erratum of this id.
    pub fn erratum(&self, id: &str) -> Option<&Erratum> {
        self.errata.get(id)
    }

    /// All errata, in the order of the file.
    pub fn errata(&self) -> impl Iterator<Item = &Erratum> {
        self.errata.iter()
    }
}

/// A class of a domain that is not the usual one.
fn full_name((domain, class): (&str, &objects::Class)) -> String {
    format!("{domain} {}", class.name)
}

fn read_force(letter: &str) -> Option<Force> {
    match letter {
        "N" => Some(Force::N),
        "D" => Some(Force::D),
        "I" => Some(Force::I),
        _ => None,
    }
}

/// The texts of a list, or the one text.
fn texts(node: &crate::source::Node) -> Vec<String> {
    node.texts().unwrap_or_default()
}

#[cfg(test)]
mod tests;
