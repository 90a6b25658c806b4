//! What an edition adds to the data objects of another: classes and members of its own, and firmer demands of those that are
//! there. What would take something away from the standard is refused.

use super::codes::CodeList;
use super::editions::Layer;
use super::formats::Format;
use super::objects::{Class, Domain, File, Known, Many, Property, Shape, add_class, check_new, pairs, read_property};
use crate::model::verdict::Force;
use crate::source::diagnostic::{did_you_mean, nearest};
use crate::source::yaml::Entry;
use crate::source::{Diagnostics, Files, Node, Place, yaml};
use std::collections::{BTreeMap, BTreeSet};

/// The keys of a property that say what may stand there.
const KINDS: [&str; 4] = ["is", "or", "codes", "told as"];

/// The classes that each class extends, by name.
type Families = BTreeMap<String, Vec<String>>;

/// What is read of one edition.
struct Reader<'r> {
    layer: &'r Layer,
    known: &'r Known<'r>,
    /// The classes it adds, and where.
    added: Vec<(String, Place)>,
    /// What was said of a member of a class in a domain, and in which file.
    told: BTreeMap<(String, String, String), Place>,
}

/// Takes in the classes of an edition that adds to another: new ones, and members of those that are there, which are amended
/// in whatever extends them too.
pub(super) fn amend(
    files: &Files,
    layer: &Layer,
    domains: &mut [Domain],
    known: &Known<'_>,
    wrong: &mut Diagnostics,
) -> Vec<File> {
    let mut reader = Reader { layer, known, added: Vec::new(), told: BTreeMap::new() };
    let mut read = Vec::new();
    for (path, text) in files.below(&format!("{}data/objects", layer.root)) {
        let tree = match yaml::parse(&files.shown(path), text) {
            Ok(tree) => tree,
            Err(found) => {
                wrong.extend(found);
                continue;
            }
        };
        tree.check_visible(wrong);
        read.extend(reader.file(tree, domains, wrong));
    }
    // A file may name the classes of another.
    read.iter().for_each(|file| amend_records(file, domains, wrong));
    check_added(&reader.added, domains, wrong);
    check_lists(known.codes, domains, wrong);
    read
}

impl Reader<'_> {
    fn file(&mut self, tree: Node, domains: &mut [Domain], wrong: &mut Diagnostics) -> Option<File> {
        let known = ["source", "domain", "record types", "told by", "classes"];
        tree.check_keys("a file of data objects that adds to others", &known, wrong);
        tree.text_under("source", wrong);
        let domain = tree.text_under("domain", wrong).map(str::to_owned);
        let source = self.layer.source(&tree).unwrap_or_default();
        let here = |known: &&mut Domain| domain.as_ref().is_none_or(|wanted| *wanted == known.name);
        if !domains.iter_mut().any(|known| here(&known)) {
            let known = domains.iter().map(|domain| domain.name.as_str());
            let place = tree.get("domain").map_or_else(|| tree.place.clone(), |node| node.place.clone());
            let message = format!("there is no domain `{}`", domain.as_deref().unwrap_or_default());
            wrong.error(place, message).hint(did_you_mean(domain.as_deref().unwrap_or_default(), known));
            return None;
        }
        for entry in tree.map_under("classes", wrong) {
            let there = domains.iter_mut().filter(here).any(|domain| domain.classes.contains_key(&entry.key));
            if !there {
                self.added.push((entry.key.clone(), entry.place.clone()));
            }
            for domain in domains.iter_mut().filter(here) {
                match there {
                    true => self.amend_class(entry, &source, domain, wrong),
                    false => self.add_class(entry, &source, domain, wrong),
                }
            }
        }
        Some(File { domain, default: false, source, tree })
    }

    fn add_class(&mut self, entry: &Entry, source: &str, domain: &mut Domain, wrong: &mut Diagnostics) {
        let classes = &mut domain.classes;
        let base = entry.value.get("extends").and_then(Node::text).and_then(|base| classes.get(base)).cloned();
        add_class(entry, source, classes, wrong);
        let families = families(classes);
        let Some(class) = classes.get_mut(&entry.key) else { return };
        class.added = true;
        let inherited = |name: &str| base.as_ref().is_some_and(|base| base.property(name).is_some());
        for property in class.properties.iter_mut().filter(|property| !inherited(&property.name)) {
            property.added = true;
        }
        for written in entry.value.get("properties").and_then(Node::entries).unwrap_or_default() {
            self.tell_once(&domain.name, &entry.key, written, wrong);
            let before = base.as_ref().and_then(|base| base.property(&written.key));
            self.check(class, &entry.key, written, before, &families, wrong);
        }
    }

    /// Amends a class, and what extends it, by the properties written.
    fn amend_class(&mut self, entry: &Entry, source: &str, domain: &mut Domain, wrong: &mut Diagnostics) {
        entry.value.check_keys("a class that is there already", &["properties"], wrong);
        let written = entry.value.map_under("properties", wrong);
        for property in written {
            self.tell_once(&domain.name, &entry.key, property, wrong);
        }
        let families = families(&domain.classes);
        let of = |class: &Class| class.name == entry.key || class.bases.contains(&entry.key);
        for class in domain.classes.values_mut().filter(|class| of(class)) {
            for property in written {
                let before = class.property(&property.key).cloned();
                if before.is_none() {
                    check_new(&entry.key, property, wrong);
                }
                let read = amended(property, before.as_ref(), source, wrong);
                if class.name == entry.key && !class.own.contains(&property.key) {
                    class.own.push(property.key.clone());
                }
                class.put(read);
                self.check(class, &entry.key, property, before.as_ref(), &families, wrong);
            }
        }
    }

    /// Reports a member of which two files speak: which of them counts would be a matter of their names.
    fn tell_once(&mut self, domain: &str, class: &str, property: &Entry, wrong: &mut Diagnostics) {
        let key = (domain.to_owned(), class.to_owned(), property.key.clone());
        if let Some(first) = self.told.insert(key, property.place.clone()) {
            let message = format!("`{}` of `{class}` is told of in another file already: {first}", property.key);
            wrong.error(property.place.clone(), message).hint("say all of it in one place");
        }
    }

    /// What an overlay may not do to a member: take the place of another, or let pass what is refused without it.
    fn check(
        &self,
        class: &Class,
        whose: &str,
        written: &Entry,
        before: Option<&Property>,
        families: &Families,
        wrong: &mut Diagnostics,
    ) {
        let Some(property) = class.property(&written.key) else { return };
        check_names(class, whose, written, before.is_none(), wrong);
        for key in ["erratum", "required"] {
            let words = written.value.get(key).and_then(Node::text).unwrap_or_default();
            let id = if key == "erratum" { Some(words) } else { words.split_once(' ').map(|(_, id)| id) };
            if let Some(id) = id.filter(|id| !id.is_empty()) {
                self.layer.check_erratum(id, &written.place, wrong);
            }
        }
        let loosened = before.and_then(|before| Measure { known: self.known, families }.loosened(before, property));
        if let Some(what) = loosened {
            let message = format!("`{}` of `{whose}` would let pass what is refused without it: {what}", written.key);
            wrong
                .error(written.place.clone(), message)
                .hint("an overlay takes nothing away but codes: leave it as it is, or demand more");
        }
    }
}

fn families(classes: &BTreeMap<String, Class>) -> Families {
    classes.values().map(|class| (class.name.clone(), class.bases.clone())).collect()
}

/// A member with what is written of it, and who says so.
fn amended(written: &Entry, before: Option<&Property>, source: &str, wrong: &mut Diagnostics) -> Property {
    let says = |keys: &[&str]| before.is_none() || keys.iter().any(|key| written.value.get(key).is_some());
    let (demands, tells) = (says(&["required"]), written.value.text().is_some() || says(&KINDS));
    let new = Property { added: true, ..Property::default() };
    let mut read = read_property(&written.key, &written.value, before.cloned().unwrap_or(new), wrong);
    let known = before.map_or(0, |before| before.aliases.len());
    read.aliases.iter_mut().skip(known).for_each(|alias| alias.source = Some(source.to_owned()));
    if demands {
        read.demanded_by = Some(source.to_owned());
    }
    if tells {
        read.source = Some(source.to_owned());
    }
    if says(&["many"]) {
        read.counted_by = Some(source.to_owned());
    }
    read
}

/// A name stands for one member: what another has would no longer be found by it, and no longer be judged.
fn check_names(class: &Class, whose: &str, written: &Entry, new: bool, wrong: &mut Diagnostics) {
    let name = &written.key;
    let others = class.properties.iter().filter(|property| property.name != *name);
    let aliases = written.value.get("aliases").and_then(Node::entries).unwrap_or_default();
    for entry in aliases.iter().chain(new.then_some(written)).filter(|entry| !is_bare(&entry.key)) {
        wrong
            .error(entry.place.clone(), format!("`{}` is no bare name, as members of the standard have", entry.key))
            .hint("leave out prefixes, addresses, brackets, and what joins the names of a path");
    }
    let named = |property: &&Property, name: &str| property.aliases.iter().any(|alias| alias.name == name);
    if let Some(other) = others.clone().find(|other| new && named(other, name)) {
        wrong
            .error(written.place.clone(), format!("`{name}` is another name of `{}` in `{whose}`", other.name))
            .hint(format!("amend `{}`, or take another name", other.name));
    } else if new {
        check_near(class, whose, written, wrong);
    }
    for alias in aliases {
        let taken = others.clone().find(|other| other.name == alias.key || named(other, &alias.key));
        let own = class.property(name).map_or(0, |own| own.aliases.iter().filter(|a| a.name == alias.key).count());
        let whose = match taken {
            Some(other) if other.name == alias.key => format!("a member of `{whose}` itself"),
            Some(other) => format!("another name of `{}`", other.name),
            None if own > 1 || alias.key == *name => format!("a name of `{name}` already"),
            None => continue,
        };
        wrong.error(alias.place.clone(), format!("`{}` cannot be another name of `{name}`: it is {whose}", alias.key));
    }
}

/// True for a name without a prefix, an address and what joins the names of a path: with these it would stand before a
/// member of the standard, or no column of a table could name it.
fn is_bare(name: &str) -> bool {
    let joins = |c: char| ":/#.[]".contains(c) || c.is_control();
    !name.trim().is_empty()
        && name.trim() == name
        && !name.starts_with('@')
        && !name.contains(joins)
        && !name.contains("__")
        && !name.bytes().all(|byte| byte.is_ascii_digit())
}

/// Reports a new member that is nearly called like one that is there: a slip of the pen, by which what it demands would be
/// demanded of nothing. One that is called so on purpose says that it is `new`.
fn check_near(class: &Class, whose: &str, written: &Entry, wrong: &mut Diagnostics) {
    let name = &written.key;
    let others = class.properties.iter().filter(|property| !property.added).map(|property| property.name.as_str());
    let same = |other: &&str| letters(other) == letters(name);
    // Members of which there are several are told apart by numbers.
    let counted = |name: &str| name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_').to_owned();
    let near = |other: &&str| {
        let far = if name.chars().count() < 8 { 1 } else { 2 };
        let long = name.chars().count().min(other.chars().count()) >= 5;
        long && counted(other) != counted(name) && strsim::damerau_levenshtein(name, other) <= far
    };
    let Some(other) = others.clone().find(same).or_else(|| others.clone().find(near)) else { return };
    if written.value.yes_under("new", wrong) == Some(true) {
        return;
    }
    wrong
        .error(written.place.clone(), format!("`{name}` is a new member of `{whose}`, and nearly called `{other}`"))
        .hint(format!("did you mean `{other}`? Else say `new: yes` of it"));
}

/// A name as it is compared: without case, and without what parts its words.
fn letters(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Takes in which classes of a domain are whole records.
fn amend_records(file: &File, domains: &mut [Domain], wrong: &mut Diagnostics) {
    let here = |domain: &&mut Domain| file.domain.as_ref() == Some(&domain.name);
    let (types, told_by) = (pairs(file, "record types", wrong), pairs(file, "told by", wrong));
    let Some(domain) = domains.iter_mut().find(here) else {
        if let Some(key) = ["record types", "told by"].iter().find(|key| file.tree.get(key).is_some()) {
            let message = format!("`{key}` is said of one domain, and the file names none: add `domain`");
            wrong.error(file.tree.place.clone(), message);
        }
        return;
    };
    for (key, all) in [("record types", &types), ("told by", &told_by)] {
        for (name, class) in all {
            let before = match key {
                "told by" => {
                    let mut told = domain.told_by_added.iter().chain(&domain.told_by);
                    told.find(|(member, _)| member == name).map(|(_, class)| class)
                }
                _ => domain.record_types.get(name),
            };
            let bases = domain.classes.get(class).map(|class| class.bases.as_slice()).unwrap_or_default();
            if let Some(before) = before.filter(|before| *before != class && !bases.contains(before)) {
                let entry = file.tree.get(key).and_then(|node| node.entry(name));
                let place = entry.map_or_else(|| file.tree.place.clone(), |entry| entry.place.clone());
                wrong
                    .error(place, format!("`{name}` tells records of `{before}` already, which stay what they are"))
                    .hint(format!("name a class that extends `{before}`"));
            }
        }
    }
    domain.record_types.extend(types);
    domain.told_by_added.splice(..0, told_by);
}

/// Reports a new class that nothing names, where its name is nearly that of one that is there: a slip of the pen, by which
/// what it demands would be demanded of nothing.
fn check_added(added: &[(String, Place)], domains: &[Domain], wrong: &mut Diagnostics) {
    let own = |name: &str| added.iter().any(|(known, _)| known == name);
    let classes = || domains.iter().flat_map(|domain| domain.classes.values());
    let known: BTreeSet<&str> = classes().map(|class| class.name.as_str()).filter(|name| !own(name)).collect();
    let is = |property: &Property, name: &str| match &property.shape {
        Shape::Is(names) => names.iter().any(|known| known == name),
        Shape::Any | Shape::Codes(_) => false,
    };
    for (name, place) in added {
        let within = classes().any(|class| {
            class.bases.contains(name)
                || class.name != *name && class.properties.iter().any(|property| is(property, name))
        });
        if within || domains.iter().any(|domain| domain.has_records_of(name)) {
            continue;
        }
        if let Some(near) = nearest(name, known.iter().copied()) {
            wrong
                .error(place.clone(), format!("`{name}` is a new class that nothing names, and nearly called `{near}`"))
                .hint(format!(
                    "did you mean `{near}`? Else name it under `told by` or `record types`, or as what a member `is`"
                ));
        }
    }
}

/// Reports a new code list that no member has, where its name is nearly that of one that is there: a slip of the pen too.
fn check_lists(codes: &BTreeMap<String, CodeList>, domains: &[Domain], wrong: &mut Diagnostics) {
    let properties = || domains.iter().flat_map(|domain| domain.classes.values()).flat_map(|class| &class.properties);
    let has = |property: &Property, name: &str| {
        let first = matches!(&property.shape, Shape::Codes(list) if list == name);
        first || property.or_codes.as_deref() == Some(name)
    };
    let known = || codes.values().filter(|list| list.added.is_none()).map(|list| list.name.as_str());
    for list in codes.values() {
        let Some(place) = &list.added else { continue };
        if properties().any(|property| has(property, &list.name)) {
            continue;
        }
        if let Some(near) = nearest(&list.name, known()) {
            let message = format!("`{}` is a new code list that no member has, and nearly called `{near}`", list.name);
            wrong
                .error(place.clone(), message)
                .hint(format!("did you mean `{near}`? Else name it as the `codes` of a member"));
        }
    }
}

/// What is needed to tell whether a member takes more than it took.
struct Measure<'m> {
    known: &'m Known<'m>,
    families: &'m Families,
}

impl Measure<'_> {
    /// What an amended member would let pass that was refused before; `None` where it asks for as much or more.
    fn loosened(&self, before: &Property, now: &Property) -> Option<String> {
        let many = |many: Many| match many {
            Many::No => "one value",
            Many::Yes => "a list",
            Many::Either => "one value or a list",
        };
        if matches!((before.many, now.many), (Many::No, Many::Yes | Many::Either) | (Many::Yes, Many::Either)) {
            return Some(format!("{} instead of {}", many(now.many), many(before.many)));
        }
        let weaker = |before: &Option<(Force, String)>, now: &Option<(Force, String)>| {
            let weight = |force: &Option<(Force, String)>| force.as_ref().map_or(0, |(force, _)| weight(*force));
            weight(now) < weight(before)
        };
        let force = |required: &Option<(Force, Option<String>)>| required.as_ref().map(|(f, _)| (*f, String::new()));
        if weaker(&force(&before.required), &force(&now.required)) {
            return Some("`required` with less force".into());
        }
        let told = |told: &Option<(String, Force)>| told.as_ref().map(|(rule, force)| (*force, rule.clone()));
        if weaker(&told(&before.told_as), &told(&now.told_as)) {
            return Some("`told as` with less force".into());
        }
        if let Some(kind) = now.seen_as.iter().find(|kind| !before.seen_as.contains(kind)) {
            return Some(format!("`seen as` {kind}"));
        }
        self.wider(before, now)
    }

    /// What of a member's formats, classes and lists is in none of those it had.
    fn wider(&self, before: &Property, now: &Property) -> Option<String> {
        let lists = |property: &Property, first: &str| -> Vec<String> {
            [Some(first), property.or_codes.as_deref()].into_iter().flatten().map(str::to_owned).collect()
        };
        let (was, is) = match (&before.shape, &now.shape) {
            (Shape::Any, _) => return None,
            (Shape::Is(was), Shape::Is(is)) => {
                let more = is.iter().find(|is| !was.iter().any(|was| self.fits(is, was)));
                (was.clone(), more.cloned()?)
            }
            (Shape::Is(was), Shape::Codes(first)) => {
                let fits = |list: &String| was.iter().any(|was| self.codes_fit(list, was));
                (was.clone(), lists(now, first).into_iter().find(|list| !fits(list))?)
            }
            (Shape::Codes(old), Shape::Codes(first)) => {
                let was = lists(before, old);
                let fits = |list: &String| was.iter().any(|was| self.list_fits(list, was));
                let more = lists(now, first).into_iter().find(|list| !fits(list))?;
                (was, more)
            }
            (Shape::Codes(old), _) => {
                let was = lists(before, old);
                if was.iter().any(|list| !self.list(list).is_some_and(CodeList::refuses)) {
                    return None;
                }
                let is = if let Shape::Is(is) = &now.shape { is.join(" or ") } else { "anything".into() };
                (was, is)
            }
            (Shape::Is(was), Shape::Any) => (was.clone(), "anything".into()),
        };
        (is != was.join(" or ")).then(|| format!("`{is}` takes more than `{}`", was.join("` or `")))
    }

    fn list(&self, name: &str) -> Option<&CodeList> {
        self.known.codes.get(name)
    }

    /// Whether all of one class or format is of another.
    fn fits(&self, name: &str, wider: &str) -> bool {
        let formats = || Some(self.known.formats.get(name)?.within(self.known.formats.get(wider)?));
        name == wider
            || self.families.get(name).is_some_and(|bases| bases.iter().any(|base| base == wider))
            || formats().unwrap_or(false)
    }

    /// Whether a list has no code that another does not have, and is closed where that one is.
    fn list_fits(&self, name: &str, wider: &str) -> bool {
        let (Some(list), Some(wider)) = (self.list(name), self.list(wider)) else { return true };
        name == wider.name || !wider.refuses() || list.refuses() && list.codes.iter().all(|(code, _)| wider.has(code))
    }

    /// Whether a format takes every code of a list, and whatever else the list lets pass.
    fn codes_fit(&self, list: &str, format: &str) -> bool {
        let (Some(list), Some(format)) = (self.list(list), self.known.formats.get(format)) else {
            return !self.known.codes.contains_key(list);
        };
        let fails = |code: &str| format.remarks(&code.into()).iter().any(|remark| remark.force != Force::I);
        (list.refuses() || format.takes_any_text()) && !list.codes.iter().any(|(code, _)| fails(code))
    }
}

/// Forces in order: what is inferred never fails.
pub(super) fn weight(force: Force) -> u8 {
    match force {
        Force::N => 3,
        Force::D => 2,
        Force::I => 1,
    }
}

impl Format {
    /// True where no text is refused, whatever it says.
    fn takes_any_text(&self) -> bool {
        let refuses = |case: Option<&super::formats::Remark>| case.is_some_and(|remark| remark.force != Force::I);
        let cases = self.cases.iter().chain(&self.also).map(|case| case.remark.as_ref());
        self.admits("text", Force::D)
            && !cases.chain([self.otherwise.as_ref()]).any(refuses)
            && !self.calendar
            && !self.asks_for_a_number()
    }

    /// True where a kind of value has no finding of that force or a stronger one.
    fn admits(&self, kind: &str, least: Force) -> bool {
        let taken = self.takes.iter().find(|(known, _)| known == kind);
        taken.is_some_and(|(_, told)| told.as_ref().is_none_or(|(_, force)| weight(*force) < weight(least)))
    }

    /// True where whatever it takes the other takes as well, as far as that can be told: the other takes any text, or both
    /// ask for numbers, or each of its patterns is one of the other's.
    pub(super) fn within(&self, wider: &Format) -> bool {
        let kinds = || self.takes.iter().map(|(kind, _)| kind.as_str());
        let kinds_fit = [Force::D, Force::N]
            .into_iter()
            .all(|least| kinds().all(|kind| !self.admits(kind, least) || wider.admits(kind, least)));
        let numbers = || {
            let bound = |own: Option<f64>, other: Option<f64>, least: bool| match (own, other) {
                (_, None) => true,
                (Some(own), Some(other)) => {
                    if least {
                        own >= other
                    } else {
                        own <= other
                    }
                }
                (None, Some(_)) => false,
            };
            self.asks_for_a_number()
                && wider.asks_for_a_number()
                && wider.cases.is_empty()
                && wider.whole.is_none_or(|asked| self.whole.is_some_and(|force| force <= asked))
                && bound(self.from, wider.from, true)
                && bound(self.to, wider.to, false)
        };
        let weigh = |remark: &Option<super::formats::Remark>| remark.as_ref().map_or(0, |remark| weight(remark.force));
        let patterns = || {
            let same = |case: &super::formats::Case| {
                let mut others = wider.cases.iter().filter(|other| other.pattern.as_str() == case.pattern.as_str());
                others.any(|other| other.among == case.among && weigh(&other.remark) <= weigh(&case.remark))
            };
            !self.cases.is_empty()
                && self.ignore == wider.ignore
                && self.cases.iter().all(same)
                && weigh(&self.otherwise) >= weigh(&wider.otherwise)
                && (self.calendar || !wider.calendar)
        };
        kinds_fit && (wider.takes_any_text() && !wider.asks_for_a_number() || numbers() || patterns())
    }
}

#[cfg(test)]
mod tests {
    use crate::standard::Standard;

    #[test]
    fn the_page_about_overlays_names_what_there_is() {
        let page = include_str!("../../docs/overlays.md");
        let standard = Standard::built_in("dec2025").unwrap();
        for format in standard.data.formats.keys() {
            assert!(page.contains(&format!("`{format}`")), "{format}");
        }
        for key in super::KINDS.iter().chain(&["many", "required", "aliases", "erratum", "new"]) {
            assert!(page.contains(&format!("| `{key}` |")) || page.contains(&format!("`{key}: ")), "{key}");
        }
    }
}
