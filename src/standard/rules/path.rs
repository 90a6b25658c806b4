//! Paths of property names: checked against the classes they go through, and walked.

use super::comparing::Comparing;
use super::{End, Few, Only, Path, Seen, Step, Symbols, Telling};
use crate::source::diagnostic::did_you_mean;
use crate::standard::objects::{Class, Domain, Property, Shape};

/// What is wrong with a path, and what may help.
pub(super) type Wrong = (String, String);

/// Where paths start, and what they are checked against.
pub(super) struct Ground<'g> {
    pub(super) domain: &'g Domain,
    pub(super) comparing: &'g Comparing,
    pub(super) symbols: &'g mut Symbols,
}

impl<'g> Ground<'g> {
    /// Reads a path that starts at an object of one of these classes; gives the classes at its end as well.
    pub(super) fn path(&mut self, text: &str, from: &[&'g Class]) -> Result<(Path, Vec<&'g Class>), Wrong> {
        let (from_entry, rest) = text.strip_prefix('.').map_or((false, text), |rest| (true, rest));
        let mut classes = from.to_vec();
        let mut path = Path { from_entry, steps: Vec::new(), end: End::Plain, open: Vec::new() };
        for name in rest.split('.') {
            path.steps.push(self.step(name)?);
            if name == "@id" || name == "@type" {
                (classes, path.end) = (Vec::new(), End::Plain);
                continue;
            }
            let found: Vec<&'g Property> = classes.iter().filter_map(|class| class.property(name)).collect();
            let Some(first) = found.first() else { return Err(unknown(name, &classes)) };
            classes = self.classes(&found);
            path.end = match &first.shape {
                Shape::Codes(list) => End::Codes(list.clone()),
                _ if classes.is_empty() => End::Plain,
                _ => End::Objects(self.telling(&classes)?),
            };
        }
        if let End::Codes(list) = &path.end {
            path.open = self.comparing.open.get(list).cloned().unwrap_or_default();
        }
        Ok((path, classes))
    }

    pub(super) fn step(&mut self, name: &str) -> Result<Step, Wrong> {
        let symbol =
            self.symbols.intern(name).ok_or_else(|| ("the rules name too many properties".into(), String::new()));
        Ok(Step { name: name.to_owned(), symbol: symbol? })
    }

    pub(super) fn classes(&self, properties: &[&Property]) -> Vec<&'g Class> {
        let names = properties.iter().filter_map(|property| match &property.shape {
            Shape::Is(names) => Some(names),
            _ => None,
        });
        names.flatten().filter_map(|name| self.domain.classes.get(name)).collect()
    }

    fn telling(&mut self, classes: &[&'g Class]) -> Result<Telling, Wrong> {
        let Comparing { identities, shared, .. } = self.comparing;
        let known = |class: &&&Class| identities.contains_key(&class.name);
        let Some(class) = classes.iter().find(known) else { return Ok(Telling::default()) };
        let Some((number, (_, names))) = (0..).zip(identities).find(|(_, (name, _))| **name == class.name) else {
            return Ok(Telling::default());
        };
        let parts: Result<_, Wrong> = names.iter().map(|name| Ok(self.path(name, classes)?.0)).collect();
        let shared = shared.get(&class.name).cloned().unwrap_or_default();
        Ok(Telling { parts: parts?, shared, number })
    }
}

fn unknown(name: &str, classes: &[&Class]) -> Wrong {
    let known = classes.iter().flat_map(|class| class.properties.iter().map(|property| property.name.as_str()));
    let hint = did_you_mean(name, known);
    match classes {
        [] => (format!("`{name}` stands below a value that is no object"), hint),
        [class, ..] => (format!("`{}` has no property `{name}`", class.name), hint),
    }
}

impl Path {
    /// Gives the values at its end, seen from an object and from the entry of `each`.
    pub(super) fn each<'v, S: Seen<'v>>(&self, object: S, entry: S, each: &mut dyn FnMut(S)) {
        if self.from_entry { entry } else { object }.along(&self.steps, each);
    }

    /// The values at its end.
    pub(super) fn values<'v, S: Seen<'v>>(&self, object: S, entry: S) -> Few<S> {
        let mut values = Few::new();
        self.each(object, entry, &mut |value| values.push(value));
        values
    }

    /// The first value at its end.
    pub(super) fn first<'v, S: Seen<'v>>(&self, object: S, entry: S) -> Option<S> {
        if self.from_entry { entry } else { object }.first_along(&self.steps)
    }

    /// True where there is a value at its end; `None` where something on the way there cannot be looked at.
    pub(super) fn leads<'v, S: Seen<'v>>(&self, object: S, entry: S) -> Option<bool> {
        fn unread<'v, S: Seen<'v>>(at: S, steps: &[Step]) -> bool {
            let Some((step, rest)) = steps.split_first() else { return false };
            let mut found = at.unread(step);
            at.members(step, &mut |inner| found = found || unread(inner, rest));
            found
        }
        match self.first(object, entry) {
            Some(_) => Some(true),
            None => (!unread(if self.from_entry { entry } else { object }, &self.steps)).then_some(false),
        }
    }

    /// The value at its end, if there is one only.
    pub(super) fn only<'v, S: Seen<'v>>(&self, object: S, entry: S) -> Only<S> {
        if self.from_entry { entry } else { object }.only_along(&self.steps)
    }

    /// How many items the lists at its end have, absent ones aside; a value in place of one counts as one. `None` where there is
    /// neither.
    pub(super) fn listed<'v, S: Seen<'v>>(&self, object: S, entry: S) -> Option<usize> {
        let (last, before) = self.steps.split_last()?;
        let mut count = None;
        if self.from_entry { entry } else { object }.along(before, &mut |parent| {
            count = count.into_iter().chain(parent.listed(last)).reduce(|sum, more| sum + more);
        });
        count
    }

    /// Where its end would stand if it were there: below the first of what is there on the way.
    pub(super) fn due<'v, S: Seen<'v>>(&self, object: S, entry: S) -> String {
        let mut at = if self.from_entry { entry } else { object };
        let mut missing = self.steps.as_slice();
        while let [step, rest @ ..] = missing {
            let mut first = None;
            at.members(step, &mut |inner| first = first.or(Some(inner)));
            match first {
                Some(inner) if !rest.is_empty() => (at, missing) = (inner, rest),
                _ => break,
            }
        }
        missing.iter().fold(at.place(), |place, step| format!("{place}/{}", step.name))
    }

    /// As written in the files.
    pub(crate) fn words(&self) -> String {
        let names: Vec<&str> = self.steps.iter().map(|step| step.name.as_str()).collect();
        names.join(".")
    }
}
