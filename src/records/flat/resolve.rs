//! What a path means in records of a class: members of the data standard, and what to write between them.

use super::path::{self, Part};
use super::unread::{Place, Stage};
use crate::source::diagnostic::nearest;
use crate::standard::{NamedEntry, PlainClass, PlainProperty, PlainValue, Standard, Written};
use std::collections::HashMap;
use std::rc::Rc;

/// A step from one container of a record into the next, or to a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Step {
    /// A member of an object: the text before its value.
    Member(String),
    /// An item of a list.
    Item(Item),
}

/// Which item of a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Item {
    /// The one at a position; empty ones leave no gap.
    At(u32),
    /// The entry of that name.
    Named(String),
    /// One of each row of the record.
    OfRow,
    /// One of each part of the cell.
    OfPart,
}

/// A path in a record of a class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Resolved {
    pub(super) steps: Vec<Step>,
    pub(super) written: Written,
    /// True where the cell holds a list of values.
    pub(super) list: bool,
    /// The path in the standard's own spelling, where that is another.
    pub(super) spelled: Option<String>,
    /// Members alone, joined by dots: what a mapping's `values` go by.
    pub(super) members: String,
    /// A path of one of the parts, where it ends at what is no single value.
    pub(super) part: Option<String>,
    /// Where that is, for what is found missing there.
    pub(super) place: Place,
}

/// Why a path leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Nowhere {
    /// What is expected instead, in words.
    pub(super) expected: String,
    /// The place that is most likely meant: where a member has almost the same name, or the right one and another path.
    pub(super) meant: Option<Place>,
}

impl Nowhere {
    pub(super) fn expected(expected: impl Into<String>) -> Nowhere {
        Nowhere { expected: expected.into(), meant: None }
    }

    fn near(expected: impl Into<String>, walk: &Walk) -> Nowhere {
        Nowhere { expected: expected.into(), meant: Some(walk.place.clone()) }
    }
}

/// Resolves paths in records of one class.
pub(super) struct Resolver<'s> {
    standard: &'s Standard,
    domain: Option<String>,
    class: String,
    /// True where several rows may make one record.
    by_rows: bool,
    classes: HashMap<String, Option<Rc<PlainClass>>>,
}

impl<'s> Resolver<'s> {
    /// `None` where the standard has no such class.
    pub(super) fn new(standard: &'s Standard, class: &str, by_rows: bool) -> Option<Resolver<'s>> {
        let domain = class.split_once(' ').map(|(domain, _)| domain.to_owned());
        let mut resolver = Resolver { standard, domain, class: class.into(), by_rows, classes: HashMap::new() };
        resolver.class(class)?;
        Some(resolver)
    }

    fn class(&mut self, name: &str) -> Option<Rc<PlainClass>> {
        let own = self.domain.as_ref().filter(|_| !name.contains(' ')).map(|domain| format!("{domain} {name}"));
        let standard = self.standard;
        let read = |name: &str| standard.plain_class(name).map(Rc::new);
        self.classes.entry(name.to_owned()).or_insert_with(|| read(own.as_deref().unwrap_or(name))).clone()
    }

    /// What a column name means.
    pub(super) fn resolve(&mut self, name: &str) -> Result<Resolved, Nowhere> {
        let parts = path::parse(name, self.standard.names());
        self.walk(&parts.ok_or_else(|| Nowhere::expected("a path such as `a.b`, `a[0].b` or `a[]`"))?)
    }

    /// Where a column belongs whose name is that of a member of another class than the object has that it leads to: such
    /// members show of which class an object is.
    pub(super) fn of_another_class(&mut self, name: &str) -> Option<Resolved> {
        let parts = path::parse(name, self.standard.names())?;
        self.walk_on(&parts, true).ok()
    }

    fn walk(&mut self, parts: &[Part]) -> Result<Resolved, Nowhere> {
        self.walk_on(parts, false)
    }

    fn walk_on(&mut self, parts: &[Part], anyones: bool) -> Result<Resolved, Nowhere> {
        let mut walk = Walk {
            by_rows: self.by_rows,
            anyones,
            steps: Vec::new(),
            members: Vec::new(),
            open: false,
            list: false,
            respelled: false,
            part: None,
            place: Place::default(),
        };
        let class = self.class.clone();
        let written = self.members(&[class], parts, &mut walk)?;
        let members: Vec<String> = walk.members;
        Ok(Resolved {
            steps: walk.steps,
            written,
            list: walk.list,
            spelled: walk.respelled.then(|| members.join(".")),
            part: walk.part.map(|part| format!("{}{part}", members.join("."))),
            members: members.join("."),
            place: walk.place,
        })
    }

    /// What the name of a column that leads nowhere is most likely meant for, and how it would be written: a member that it
    /// names in another way than paths do, or one of what the rows of a record are made of.
    pub(super) fn meant(&mut self, name: &str) -> Option<(String, Resolved)> {
        if path::is_of_others(name, self.standard.names()) {
            return None;
        }
        let class = self.class.clone();
        let lists = self.class(&class).filter(|_| self.by_rows).map_or_else(Vec::new, |class| {
            let lists = class.properties.iter().filter(|property| !property.single && is_class(property));
            lists.map(|list| format!("{}.{name}", list.name)).collect()
        });
        let mut all = path::meant(name).into_iter();
        // Behind something that is not known, the name of an object may be that of anything: `village.name`.
        let whole = all.next().map(|whole| (whole, true));
        let all =
            whole.into_iter().chain(all.map(|rest| (rest, false))).chain(lists.into_iter().map(|path| (path, true)));
        let mut all = all.filter(|(meant, _)| meant != name);
        let found = all.find_map(|(meant, any)| {
            let resolved = self.resolve(&meant).ok()?;
            (any || resolved.part.is_none()).then_some((meant, resolved))
        });
        found.or_else(|| self.without_what_is_unknown(name)).or_else(|| {
            let meant = self.parted(&[class], name)?;
            self.resolve(&meant).ok().map(|resolved| (meant, resolved))
        })
    }

    /// The same where the name leads nowhere in another way as well, once the marks around it are off: below what has no parts.
    pub(super) fn near(&mut self, name: &str) -> Option<Nowhere> {
        if path::is_of_others(name, self.standard.names()) {
            return None;
        }
        let whole = path::meant(name).into_iter().next().filter(|whole| whole != name)?;
        self.resolve(&whole).err().filter(|nowhere| nowhere.meant.is_some())
    }

    /// A path without the parts that lead nowhere, where its last one is a member of what the others lead to: tools name the
    /// items of a list, as in `a.list.element.b`.
    fn without_what_is_unknown(&mut self, name: &str) -> Option<(String, Resolved)> {
        let (mut kept, mut last) = (Vec::new(), None);
        for part in path::parse(name, self.standard.names())? {
            kept.push(part);
            last = self.walk(&kept).ok();
            if last.is_none() {
                kept.pop();
            }
        }
        let resolved = last.filter(|resolved| resolved.part.is_none())?;
        Some((resolved.members.clone(), resolved))
    }

    /// The path that a name stands for whose parts are joined by single lines, as tools write it that take no dot in a name:
    /// `a_0_b`.
    fn parted(&mut self, classes: &[String], name: &str) -> Option<String> {
        let known: Vec<Rc<PlainClass>> = classes.iter().filter_map(|class| self.class(class)).collect();
        for of in known.iter().flat_map(|class| &class.properties) {
            if !is_class(of) {
                continue;
            }
            let inner = &of.of;
            let behind = |known: &String| {
                let (head, rest) = name.split_at_checked(known.len())?;
                rest.strip_prefix('_').filter(|_| head.eq_ignore_ascii_case(known))
            };
            let mut names = of.spellings.iter().chain(&of.aliases);
            let Some((known, rest)) = names.find_map(|known| Some((known, behind(known)?))) else { continue };
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let (at, below) = rest.split_at_checked(digits).unwrap_or_default();
            let (at, rest) = match below.strip_prefix('_').filter(|_| digits > 0) {
                Some(below) => (format!("[{at}]"), below),
                None => (String::new(), rest),
            };
            let classes: Vec<Rc<PlainClass>> = inner.iter().filter_map(|class| self.class(class)).collect();
            let member = classes.iter().find_map(|class| property(class, rest)).map(|(_, member)| member);
            if let Some(below) = member.or_else(|| self.parted(inner, rest)) {
                return Some(format!("{known}{at}.{below}"));
            }
        }
        None
    }

    /// The rest of a path from an object of the first of these classes that knows the next member.
    fn members(&mut self, classes: &[String], parts: &[Part], walk: &mut Walk) -> Result<Written, Nowhere> {
        let (Some(Part::Name(name)), rest) = (parts.first(), parts.get(1..).unwrap_or_default()) else {
            return Err(Nowhere::expected("the name of a member"));
        };
        let known: Vec<Rc<PlainClass>> = classes.iter().filter_map(|class| self.class(class)).collect();
        if name.starts_with('@') && rest.is_empty() {
            // As attributes are written of XML.
            let meant = |class: &Rc<PlainClass>| Some(property(class, name.get(1..)?)?.0.name.clone());
            let keyword = matches!(name.as_str(), "@id" | "@type" | "@context");
            if let Some(near) = known.iter().filter(|_| !keyword).find_map(meant) {
                walk.place.enter(Stage::member(&near, &near));
                return Err(Nowhere::near(format!("perhaps {near}"), walk));
            }
            walk.member(name);
            return Ok(Written::Text);
        }
        if known.iter().any(|class| class.wrappers.contains(name)) && !rest.is_empty() {
            walk.member(name);
            walk.place.enter(Stage::wrapper(name));
            return self.members(classes, rest, walk);
        }
        let found = known.iter().find_map(|class| property(class, name));
        let Some((property, spelled)) = found else {
            if walk.anyones && self.standard.members_of_classes().any(|known| known == name) {
                walk.member(name);
                walk.place.enter(Stage::member(name, name));
                walk.whatever(rest);
                return Ok(Written::Text);
            }
            let names = known.iter().flat_map(|class| &class.properties).map(|property| property.name.as_str());
            let near = nearest(name, names).filter(|_| !path::is_of_others(name, self.standard.names()));
            let class = known.first().map(|class| class.name.as_str()).unwrap_or_default();
            let Some(near) = near else { return Err(Nowhere::expected(format!("a member of {class}"))) };
            walk.place.enter(Stage::member(near, near));
            return Err(Nowhere::near(format!("perhaps {near}"), walk));
        };
        walk.respelled |= spelled != *name;
        walk.member(&spelled);
        walk.place.enter(Stage::member(&spelled, &property.name));
        self.value(property, rest, walk)
    }

    /// The rest of a path from the value of a property.
    fn value(&mut self, property: &PlainProperty, parts: &[Part], walk: &mut Walk) -> Result<Written, Nowhere> {
        let named = self.standard.named_entries().iter().find(|entry| property.of.contains(&entry.of));
        if matches!(parts, [] | [Part::At(_) | Part::Each]) {
            walk.part = self.part(property, named);
        }
        let (next, rest) = (parts.first(), parts.get(1..).unwrap_or_default());
        let (item, parts) = match (next, named) {
            (Some(Part::Named(key)), Some(entry)) if rest.is_empty() => return Ok(walk.named(key, entry)),
            (Some(Part::Named(_)), _) => return Err(Nowhere::near("a position in brackets", walk)),
            (Some(Part::At(at)), _) => (Some(Item::At(*at)), rest),
            (Some(Part::Each), _) if rest.is_empty() => {
                walk.list = true;
                return Ok(property.written);
            }
            (Some(Part::Each), _) if walk.open => {
                return Err(Nowhere::near("at most one list without positions", walk));
            }
            (Some(Part::Each), _) => (Some(Item::OfPart), rest),
            (Some(Part::Name(key)), Some(entry)) if rest.is_empty() && !is_class(property) => {
                return Ok(walk.named(key, entry));
            }
            (Some(Part::Name(_)) | None, _) if !property.single => (Some(walk.of_row()), parts),
            (Some(Part::Name(_)) | None, _) => (None, parts),
        };
        if let Some(item) = item {
            walk.open |= matches!(item, Item::OfRow | Item::OfPart);
            walk.place.item(&item);
            walk.steps.push(Step::Item(item));
        }
        match (&property.value, parts.first()) {
            (_, None) => Ok(property.written),
            // Also of a class that is a finding there: the judge tells.
            (PlainValue::Classes(_), Some(Part::Name(_))) => self.members(&property.of, parts, walk),
            // An entry that columns may name can also be written member by member.
            (_, Some(Part::Name(name))) if parts.len() == 1 => {
                let mut members = named.into_iter().flat_map(|entry| [&entry.key, &entry.value]);
                let Some(member) = members.find(|member| member.eq_ignore_ascii_case(name)) else {
                    return Err(Nowhere::near(format!("{}, which has no parts", property.name), walk));
                };
                walk.respelled |= member != name;
                walk.member(member);
                walk.place.enter(Stage::member(member, member));
                Ok(Written::Text)
            }
            (_, Some(_)) => Err(Nowhere::near(format!("{}, which has no parts", property.name), walk)),
        }
    }
}

impl Resolver<'_> {
    /// What follows the name of a property that holds no single value, to name one of its parts.
    fn part(&mut self, property: &PlainProperty, named: Option<&NamedEntry>) -> Option<String> {
        let part = match (&property.value, named) {
            (_, Some(entry)) => entry.value.clone(),
            (PlainValue::Classes(names), None) => {
                let class = self.class(names.first()?)?;
                class.properties.first()?.name.clone()
            }
            _ => return None,
        };
        Some(format!("{}.{part}", if property.single { "" } else { "[0]" }))
    }
}

fn is_class(property: &PlainProperty) -> bool {
    matches!(property.value, PlainValue::Classes(_))
}

/// A property by any of its names, as written or else in another case, with the name it is known by.
fn property<'c>(class: &'c PlainClass, name: &str) -> Option<(&'c PlainProperty, String)> {
    let by = |same: &dyn Fn(&str) -> bool| {
        class.properties.iter().find_map(|property| {
            let mut names = property.spellings.iter().chain(&property.aliases);
            names.find(|known| same(known)).map(|known| (property, known.clone()))
        })
    };
    by(&|known| known == name).or_else(|| by(&|known| known.eq_ignore_ascii_case(name)))
}

/// A path on the way.
struct Walk {
    by_rows: bool,
    /// True where a member of any class may stand at its end.
    anyones: bool,
    steps: Vec<Step>,
    members: Vec<String>,
    /// True inside a list whose items are not at given positions.
    open: bool,
    list: bool,
    respelled: bool,
    part: Option<String>,
    place: Place,
}

impl Walk {
    fn member(&mut self, name: &str) {
        self.members.push(name.to_owned());
        self.steps.push(Step::Member(format!("{}:", json(name))));
    }

    /// What stands below a member of which nothing is known here: it is a member of an object, whatever it is called.
    fn whatever(&mut self, parts: &[Part]) {
        let name = |part: &Part| match part {
            Part::Name(name) | Part::Named(name) => name.clone(),
            Part::At(at) => at.to_string(),
            Part::Each => String::new(),
        };
        let names: Vec<String> = parts.iter().map(name).collect();
        if !names.is_empty() {
            self.steps.push(Step::Member(format!("{}:", json(&names.join(".")))));
        }
    }

    /// A list without a position: an item of each row where several rows make a record, else the first.
    fn of_row(&self) -> Item {
        if self.by_rows && !self.open { Item::OfRow } else { Item::At(0) }
    }

    /// The entry of a name: its key is written before its value.
    fn named(&mut self, key: &str, entry: &NamedEntry) -> Written {
        self.members.push(key.to_owned());
        self.place.item(&Item::Named(key.to_owned()));
        self.steps.push(Step::Item(Item::Named(key.to_owned())));
        let before = format!("{}:{},{}:", json(&entry.key), json(key), json(&entry.value));
        self.steps.push(Step::Member(before));
        Written::Text
    }
}

fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
