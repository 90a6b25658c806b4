//! Data objects: classes and their properties, read from `data/objects*.yaml`, inheritance resolved per domain.

use super::amend;
use super::codes::CodeList;
use super::editions::Layer;
use super::formats::Format;
use super::names::Names;
use super::rules::{Applied, Symbol};
use crate::model::verdict::Force;
use crate::source::diagnostic::{did_you_mean, nearest};
use crate::source::yaml::Entry;
use crate::source::{Diagnostics, Files, Node, Place, yaml};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The classes of one domain, common ones included.
#[derive(Debug, Default)]
pub(super) struct Domain {
    pub(super) name: String,
    pub(super) default: bool,
    pub(super) classes: BTreeMap<String, Class>,
    /// The class of the records of a record type.
    pub(crate) record_types: BTreeMap<String, String>,
    /// A member and the class it tells, in the order to ask in.
    pub(crate) told_by: Vec<(String, String)>,
    /// The same of what editions add to the standard: each of them may be meant, and none takes the place of one above.
    pub(super) told_by_added: Vec<(String, String)>,
    /// Parts of the addresses by which a JSON-LD context says that a record is of this domain.
    pub(super) contexts: Vec<String>,
    /// Which names of members are the standard's own.
    pub(super) names: Arc<Names>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Class {
    pub(super) name: String,
    pub(super) extends: Option<String>,
    /// Names of the properties that are written in the class itself.
    pub(super) own: Vec<String>,
    /// Names that pass as `@type`, folded: its own, other spellings, and those of what it extends.
    pub(super) types: Vec<String>,
    /// The classes it extends, the widest first.
    pub(super) bases: Vec<String>,
    pub(super) wrappers: Vec<String>,
    pub(super) properties: Vec<Property>,
    pub(super) source: String,
    /// True where an edition adds it to the standard.
    pub(super) added: bool,
    /// The rules that apply to it.
    pub(super) applied: Applied,
    /// Its properties that rules speak of, by the number of the name.
    pub(super) spoken_of: Vec<(Symbol, usize)>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Property {
    pub(super) name: String,
    pub(super) shape: Shape,
    pub(super) many: Many,
    /// How firmly it is demanded, and the erratum that says so.
    pub(super) required: Option<(Force, Option<String>)>,
    /// Who demands it, who says what stands there, and who says how many there are, where that is not the standard.
    pub(super) demanded_by: Option<String>,
    pub(super) source: Option<String>,
    pub(super) counted_by: Option<String>,
    /// True where an edition adds it to the standard.
    pub(super) added: bool,
    pub(super) aliases: Vec<Alias>,
    pub(super) seen_as: Vec<String>,
    /// A code list that what stands there may be of instead.
    pub(super) or_codes: Option<String>,
    /// What is found when the second class stands there instead of the first, or a code of the second list.
    pub(super) told_as: Option<(String, Force)>,
    pub(super) erratum: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub(super) enum Shape {
    #[default]
    Any,
    Codes(String),
    /// A format, or any of these classes; the first is the usual one.
    Is(Vec<String>),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Many {
    #[default]
    No,
    Yes,
    Either,
}

/// Another name of a property. No force: it is as good as the name itself.
#[derive(Clone, Debug)]
pub(super) struct Alias {
    pub(super) name: String,
    pub(super) force: Option<Force>,
    pub(super) content: Content,
    /// Who gives it, where that is not the standard.
    pub(super) source: Option<String>,
}

/// What stands under another name of a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// The same as under its own.
    Same,
    /// A value of this format.
    Of(String),
    /// Something of an earlier model, of which nothing is known.
    Unknown,
}

impl Property {
    /// The same with values of a format.
    pub(super) fn of(&self, format: &str) -> Property {
        Property { shape: Shape::Is(vec![format.to_owned()]), or_codes: None, told_as: None, ..self.clone() }
    }
}

impl Alias {
    /// True for another spelling of the same name; false for the name of something, seen in place of it.
    pub(super) fn is_spelling(&self) -> bool {
        self.force.is_none_or(|force| force == Force::I)
    }
}

impl Domain {
    /// True for a class of whole records: one of a record type, or one that a member tells. Other classes are parts of them.
    pub(super) fn has_records_of(&self, class: &str) -> bool {
        let named = |name: &String| name == class;
        let mut told = self.told_by.iter().chain(&self.told_by_added);
        self.record_types.values().any(named) || told.any(|(_, name)| named(name))
    }
}

impl Class {
    pub(super) fn property(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|property| property.name == name)
    }

    /// Takes in a property in the place of the one of that name.
    pub(super) fn put(&mut self, property: Property) {
        match self.properties.iter_mut().find(|known| known.name == property.name) {
            Some(known) => *known = property,
            None => self.properties.push(property),
        }
    }

    /// The property of a name that rules use.
    pub(super) fn spoken_of(&self, symbol: Symbol) -> Option<&Property> {
        let (_, index) = self.spoken_of.iter().find(|(known, _)| *known == symbol)?;
        self.properties.get(*index)
    }

    /// The property of this name, or of which it is another name.
    pub(super) fn named(&self, name: &str) -> Option<&Property> {
        self.property(name).or_else(|| self.aliased(name).map(|(property, _)| property))
    }

    pub(super) fn aliased(&self, name: &str) -> Option<(&Property, &Alias)> {
        self.properties.iter().find_map(|property| {
            property.aliases.iter().find(|alias| alias.name == name).map(|alias| (property, alias))
        })
    }
}

/// A type name without prefix, underscores and case.
pub(super) fn fold_type(name: &str) -> String {
    bare_type(name).replace('_', "").to_lowercase()
}

/// A type name without prefix or IRI base. The address that a class is published at is that of a file.
pub(super) fn bare_type(name: &str) -> &str {
    let bare = bare(name);
    bare.strip_suffix(".jsonld").filter(|_| bare.len() < name.len()).unwrap_or(bare)
}

/// A name without prefix or IRI base.
pub(super) fn bare(name: &str) -> &str {
    let before = name.bytes().rposition(|byte| matches!(byte, b':' | b'/' | b'#'));
    before.and_then(|at| name.get(at + 1..)).unwrap_or(name)
}

pub(super) struct File {
    pub(super) domain: Option<String>,
    pub(super) default: bool,
    pub(super) source: String,
    pub(super) tree: Node,
}

/// What properties may refer to.
pub(super) struct Known<'k> {
    pub(super) formats: &'k BTreeMap<String, Format>,
    pub(super) codes: &'k BTreeMap<String, CodeList>,
}

/// Reads all object files; what editions add to them afterwards.
pub(super) fn load(files: &Files, layers: &[Layer], known: &Known<'_>, wrong: &mut Diagnostics) -> Vec<Domain> {
    let Some((base, above)) = layers.split_first() else { return Vec::new() };
    let prefix = format!("{}data/objects", base.root);
    let mut read = Vec::new();
    for (path, text) in files.below(&prefix) {
        match yaml::parse(&files.shown(path), text) {
            Ok(tree) => {
                let known = ["source", "domain", "default", "uses", "contexts", "record types", "told by", "classes"];
                tree.check_keys("a file of data objects", &known, wrong);
                let mut text = |key: &str| tree.text_under(key, wrong).map(str::to_owned);
                let (domain, source) = (text("domain"), text("source").unwrap_or_default());
                let default = tree.yes_under("default", wrong).unwrap_or(false);
                read.push(File { domain, default, source, tree });
            }
            Err(found) => wrong.extend(found),
        }
    }
    let mut common = Domain { name: "common".into(), ..Domain::default() };
    for file in read.iter().filter(|file| file.domain.is_none()) {
        add_classes(file, &mut common.classes, wrong);
    }
    let mut domains: Vec<Domain> = Vec::new();
    // A domain that takes classes over from another comes after it.
    let (later, first): (Vec<&File>, Vec<&File>) =
        read.iter().filter(|file| file.domain.is_some()).partition(|file| file.tree.get("uses").is_some());
    for file in first.into_iter().chain(later) {
        let mut classes = common.classes.clone();
        take_over(file, &domains, &mut classes, wrong);
        add_classes(file, &mut classes, wrong);
        let (record_types, told_by) = (pairs(file, "record types", wrong), pairs(file, "told by", wrong));
        let name = file.domain.clone().unwrap_or_default();
        domains.push(Domain {
            name,
            default: file.default,
            classes,
            record_types: record_types.into_iter().collect(),
            told_by,
            contexts: file.tree.texts_under("contexts", wrong),
            ..Domain::default()
        });
    }
    domains.push(common);
    for layer in above {
        read.extend(amend::amend(files, layer, &mut domains, known, wrong));
    }
    for file in &read {
        check(file, &domains, known, wrong);
    }
    domains
}

/// What a property is said to be.
fn entry_kind(node: &Node) -> Option<&str> {
    node.text().or_else(|| ["is", "codes"].iter().find_map(|key| node.get(key)?.text()))
}

/// Reports a new member of which it is not said what it is: nothing of it could be judged.
pub(super) fn check_new(class: &str, entry: &Entry, wrong: &mut Diagnostics) {
    if entry_kind(&entry.value).is_none() {
        wrong
            .error(entry.place.clone(), format!("`{class}` has no member `{}`", entry.key))
            .hint("a new member says what it `is`, or which `codes` it has");
    }
}

pub(super) fn pairs(file: &File, key: &str, wrong: &mut Diagnostics) -> Vec<(String, String)> {
    let entries = file.tree.map_under(key, wrong).iter();
    entries.map(|entry| (entry.key.clone(), entry.value.text().unwrap_or_default().to_owned())).collect()
}

/// `uses: {ibr: [Programme]}`: classes of another domain as if they were written here.
fn take_over(file: &File, domains: &[Domain], classes: &mut BTreeMap<String, Class>, wrong: &mut Diagnostics) {
    for entry in file.tree.map_under("uses", wrong) {
        let domain = domains.iter().find(|domain| domain.name == entry.key);
        for name in file.tree.get("uses").map(|uses| uses.texts_under(&entry.key, wrong)).unwrap_or_default() {
            match domain.and_then(|domain| domain.classes.get(&name)) {
                Some(class) => drop(classes.insert(name, class.clone())),
                None => {
                    let known = domain.into_iter().flat_map(|domain| domain.classes.keys()).map(String::as_str);
                    wrong
                        .error(entry.place.clone(), format!("the domain `{}` has no class `{name}`", entry.key))
                        .hint(did_you_mean(&name, known));
                }
            }
        }
    }
}

fn add_classes(file: &File, classes: &mut BTreeMap<String, Class>, wrong: &mut Diagnostics) {
    for entry in file.tree.map_under("classes", wrong) {
        add_class(entry, &file.source, classes, wrong);
    }
}

/// Classes that extend each other: more than this is no sensible model.
const DEEPEST: usize = 32;

pub(super) fn add_class(entry: &Entry, source: &str, classes: &mut BTreeMap<String, Class>, wrong: &mut Diagnostics) {
    let node = &entry.value;
    node.check_keys("a class", &["id", "types", "extends", "wrappers", "properties"], wrong);
    let base = node.text_under("extends", wrong);
    let mut class = match base {
        Some(base) => classes.get(base).cloned(),
        None => Some(Class::default()),
    }
    .unwrap_or_else(|| {
        wrong
            .error(node.place.clone(), format!("`{}` extends a class that is not defined before it", entry.key))
            .hint(did_you_mean(base.unwrap_or_default(), classes.keys().map(String::as_str)));
        Class::default()
    });
    if class.bases.len() >= DEEPEST {
        // Each has all members of those it extends: a long chain of them costs its square.
        let message = format!("`{}` extends more than {DEEPEST} classes, one within the other", entry.key);
        wrong.error(node.place.clone(), message);
        class = Class::default();
    }
    class.bases.extend(base.map(str::to_owned));
    class.name = entry.key.clone();
    class.source = match node.text_under("id", wrong) {
        Some(id) => format!("{source}, {id}"),
        None => source.to_owned(),
    };
    class.extends = base.map(str::to_owned);
    let own = node.map_under("properties", wrong);
    class.own = own.iter().map(|property| property.key.clone()).collect();
    let spellings = node.texts_under("types", wrong);
    class.types.extend(spellings.iter().chain([&entry.key]).map(|name| fold_type(name)));
    class.wrappers.extend(node.texts_under("wrappers", wrong));
    for property in own {
        let before = class.property(&property.key).cloned();
        if before.is_none() {
            check_new(&entry.key, property, wrong);
        }
        class.put(read_property(&property.key, &property.value, before.unwrap_or_default(), wrong));
    }
    classes.insert(entry.key.clone(), class);
}

pub(super) fn read_property(name: &str, node: &Node, before: Property, wrong: &mut Diagnostics) -> Property {
    let mut property = Property { name: name.to_owned(), ..before };
    if let Some(is) = node.text() {
        property.shape = Shape::Is(vec![is.to_owned()]);
        property.or_codes = None;
        return property;
    }
    let known = ["is", "or", "told as", "codes", "many", "required", "aliases", "seen as", "erratum", "new"];
    node.check_keys("a property", &known, wrong);
    read_shape(&mut property, node, wrong);
    match node.text_under("many", wrong) {
        None => {}
        Some("yes") => property.many = Many::Yes,
        Some("no") => property.many = Many::No,
        Some("either") => property.many = Many::Either,
        Some(other) => {
            wrong.error(node.place.clone(), format!("`many` is yes, no or either, not `{other}`"));
        }
    }
    if let Some(words) = node.text_under("required", wrong) {
        let (force, erratum) = words.split_once(' ').map_or((words, None), |(force, id)| (force, Some(id)));
        property.required = super::read_force(force).map(|force| (force, erratum.map(str::to_owned)));
        if property.required.is_none() {
            wrong.error(node.place.clone(), format!("`required` is N, D or I, then an erratum, not `{words}`"));
        }
    }
    if let Some(words) = node.text_under("told as", wrong) {
        let found = words.split_once(' ');
        property.told_as = found.and_then(|(rule, force)| Some((rule.to_owned(), super::read_force(force)?)));
        if property.told_as.is_none() {
            wrong.error(node.place.clone(), format!("`told as` is a finding and its force, not `{words}`"));
        }
    }
    property.erratum = node.text_under("erratum", wrong).map(str::to_owned).or(property.erratum);
    if let Some(seen) = node.get("seen as") {
        property.seen_as = node.texts_under("seen as", wrong);
        for kind in property.seen_as.iter().filter(|kind| !SEEN.contains(&kind.as_str())) {
            wrong.error(seen.place.clone(), format!("nothing is seen as `{kind}`")).hint(did_you_mean(kind, SEEN));
        }
    }
    property.aliases.extend(node.map_under("aliases", wrong).iter().map(|alias| read_alias(alias, wrong)));
    property
}

/// Kinds of value that may be seen in place of the one that is due.
const SEEN: [&str; 2] = ["text", "list"];

fn read_shape(property: &mut Property, node: &Node, wrong: &mut Diagnostics) {
    let mut text = |key: &str| node.text_under(key, wrong).map(str::to_owned);
    match (text("codes"), text("is"), text("or")) {
        (Some(list), None, or) => (property.shape, property.or_codes) = (Shape::Codes(list), or),
        (None, Some(is), or) => {
            (property.shape, property.or_codes) = (Shape::Is([Some(is), or].into_iter().flatten().collect()), None);
        }
        (Some(_), Some(_), _) => {
            let message = format!("two things are said of what `{}` is: a property has `is` or `codes`", property.name);
            wrong.error(node.place.clone(), message);
        }
        (None, None, Some(_)) => {
            wrong.error(node.place.clone(), "`or` stands beside the `is` or the `codes` that it is an alternative to");
        }
        (None, None, None) => {}
    }
}

/// `{NAME: FORCE}`, `FORCE as FORMAT`, or `FORCE unchecked`.
fn read_alias(alias: &Entry, wrong: &mut Diagnostics) -> Alias {
    let words = alias.value.text().unwrap_or_default();
    let (force, rest) = words.split_once(' ').unwrap_or((words, ""));
    let force = match force {
        "both" => None,
        letter => super::read_force(letter).or_else(|| {
            wrong.error(alias.place.clone(), format!("the force of an alias is N, D, I or both, not `{letter}`"));
            None
        }),
    };
    let content = match (rest, rest.strip_prefix("as ")) {
        ("", _) => Content::Same,
        (_, Some(format)) => Content::Of(format.to_owned()),
        _ => Content::Unknown,
    };
    if content == Content::Unknown && rest != "unchecked" {
        let message =
            format!("behind the force of an alias stands `as` a format, `unchecked` or nothing, not `{rest}`");
        wrong.error(alias.place.clone(), message);
    }
    Alias { name: alias.key.clone(), force, content, source: None }
}

/// Tells formats from classes, and reports names that are neither.
fn check(file: &File, domains: &[Domain], known: &Known<'_>, wrong: &mut Diagnostics) {
    let own = |domain: &&Domain| file.domain.as_ref().map_or(domain.name == "common", |name| *name == domain.name);
    let Some(domain) = domains.iter().find(own) else { return };
    check_records(file, domain, wrong);
    for entry in file.tree.get("classes").and_then(Node::entries).unwrap_or_default() {
        for property in entry.value.get("properties").and_then(Node::entries).unwrap_or_default() {
            let names: Vec<String> = match property.value.text() {
                Some(name) => vec![name.to_owned()],
                None if property.value.get("codes").is_some() => Vec::new(),
                None => {
                    ["is", "or"].iter().filter_map(|key| property.value.get(key)?.text()).map(str::to_owned).collect()
                }
            };
            for name in names.iter().filter(|n| !known.formats.contains_key(*n) && !domain.classes.contains_key(*n)) {
                let formats: Vec<&str> = known.formats.keys().map(String::as_str).collect();
                let near = nearest(name, formats.iter().copied().chain(domain.classes.keys().map(String::as_str)));
                let hint = match near {
                    Some(near) => format!("did you mean `{near}`? The formats are {}", formats.join(", ")),
                    None => format!("the formats are {}", formats.join(", ")),
                };
                wrong.error(property.place.clone(), format!("`{name}` is neither a format nor a class")).hint(hint);
            }
            for alias in property.value.get("aliases").and_then(Node::entries).unwrap_or_default() {
                let format = alias.value.text().and_then(|words| words.split_once(" as ")).map(|(_, format)| format);
                if let Some(name) = format.filter(|name| !known.formats.contains_key(*name)) {
                    wrong
                        .error(alias.place.clone(), format!("there is no format `{name}`"))
                        .hint(did_you_mean(name, known.formats.keys().map(String::as_str)));
                }
            }
            if property.value.get("told as").is_some() && property.value.get("or").is_none() {
                wrong.error(property.place.clone(), "`told as` needs an `or`, the class or the list that is told");
            }
            let lists = ["codes", "or"].iter().filter_map(|key| property.value.get(key).and_then(Node::text));
            let lists = lists.filter(|_| property.value.get("codes").is_some());
            for list in lists.filter(|list| !known.codes.contains_key(*list)) {
                report_list(list, property.place.clone(), known, wrong);
            }
        }
    }
}

/// Classes of records exist, and have the member they are told by.
fn check_records(file: &File, domain: &Domain, wrong: &mut Diagnostics) {
    for (key, told) in [("record types", false), ("told by", true)] {
        for entry in file.tree.get(key).and_then(Node::entries).unwrap_or_default() {
            let name = entry.value.text().unwrap_or_default();
            let Some(class) = domain.classes.get(name) else {
                wrong
                    .error(entry.place.clone(), format!("there is no class `{name}`"))
                    .hint(did_you_mean(name, domain.classes.keys().map(String::as_str)));
                continue;
            };
            if told && class.property(&entry.key).is_none() && class.aliased(&entry.key).is_none() {
                wrong.error(entry.place.clone(), format!("`{name}` has no member `{}` to be told by", entry.key));
            }
        }
    }
}

fn report_list(list: &str, place: Place, known: &Known<'_>, wrong: &mut Diagnostics) {
    wrong
        .error(place, format!("there is no code list `{list}`"))
        .hint(did_you_mean(list, known.codes.keys().map(String::as_str)));
}
