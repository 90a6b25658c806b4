//! What stands at the end of a path, as far as a rule asks for it: a rule that compares what cannot be compared would be read
//! and never be judged, and one whose condition cannot be met never apply.

use super::path::Ground;
use super::read::Reader;
use super::{End, Operand, Path};
use crate::source::diagnostic::nearest;
use crate::source::{Node, Place};
use crate::standard::codes::CodeList;
use crate::standard::objects::{Class, Many, Property, Shape};

/// A sort of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Date,
    Number,
    /// A number with a currency.
    Money,
    /// Yes or no.
    Truth,
    Objects,
    /// Words of a closed list, none of them a number or a date.
    Words,
    /// Texts, codes, and whatever else may hold what a rule asks for.
    Other,
}

impl Sort {
    fn words(self) -> &'static str {
        match self {
            Sort::Date => "dates",
            Sort::Number => "numbers",
            Sort::Money => "amounts of money",
            Sort::Truth => "yes or no",
            Sort::Objects => "objects",
            Sort::Words => "words of a code list",
            Sort::Other => "values",
        }
    }
}

impl Operand {
    /// The paths it is read from.
    pub(super) fn paths(&self) -> &[Path] {
        match self {
            Operand::Today => &[],
            Operand::Every(paths) | Operand::Earliest(paths) | Operand::Latest(paths) => paths,
        }
    }
}

impl<'g> Ground<'g> {
    /// The properties that the last step of a path stands for, and whether there may be several values on the way.
    fn end_of(&self, path: &Path, from: &[&'g Class]) -> (Vec<&'g Property>, bool) {
        let (mut classes, mut several) = (from.to_vec(), false);
        let mut found: Vec<&'g Property> = Vec::new();
        for step in &path.steps {
            found = classes.iter().filter_map(|class| class.property(&step.name)).collect();
            // One value may stand there under several names, and a code of each of two lists.
            let one = |property: &&Property| {
                property.many == Many::No && property.or_codes.is_none() && property.aliases.is_empty()
            };
            several |= !found.iter().all(one);
            classes = self.classes(&found);
        }
        (found, several)
    }
}

impl<'g> Ground<'g> {
    /// True where a step of a path leads through a list.
    fn is_list(&self, path: &Path, from: &[&'g Class]) -> bool {
        let mut classes = from.to_vec();
        path.steps.iter().any(|step| {
            let found: Vec<&Property> = classes.iter().filter_map(|class| class.property(&step.name)).collect();
            classes = self.classes(&found);
            found.iter().any(|property| property.many != Many::No)
        })
    }
}

impl<'r> Reader<'r> {
    fn from(&self, path: &Path) -> Vec<&'r Class> {
        if path.from_entry { self.entry.clone() } else { self.object.clone() }
    }

    /// The sort of the values at the end of a path.
    pub(super) fn sort(&self, path: &Path) -> Sort {
        let (found, _) = self.ground.end_of(path, &self.from(path));
        let mut sorts = found.into_iter().flat_map(|property| self.sorts(property));
        let Some(first) = sorts.next() else { return Sort::Other };
        if sorts.all(|sort| sort == first) { first } else { Sort::Other }
    }

    fn sorts(&self, property: &Property) -> Vec<Sort> {
        let names = match &property.shape {
            Shape::Is(names) => names,
            Shape::Codes(list) => {
                let lists = [Some(list), property.or_codes.as_ref()].into_iter().flatten();
                let all_words =
                    lists.map(|list| self.codes.get(list)).all(|list| list.is_some_and(CodeList::has_words_only));
                return vec![if all_words { Sort::Words } else { Sort::Other }];
            }
            Shape::Any => return vec![Sort::Other],
        };
        let sort = |name: &String| match self.formats.get(name) {
            None => Sort::Objects,
            Some(format) if format.calendar => Sort::Date,
            Some(format) if format.takes.iter().any(|(kind, told)| kind == "boolean" && told.is_none()) => Sort::Truth,
            Some(format) if format.asks_for_a_number() => Sort::Number,
            Some(format) if format.amount => Sort::Money,
            Some(_) => Sort::Other,
        };
        names.iter().map(sort).collect()
    }

    /// Reports paths of a part of a rule that end in values which it cannot do anything with.
    pub(super) fn check_sorts<'p>(&mut self, key: &str, paths: impl IntoIterator<Item = &'p Path>, never: &[Sort]) {
        let place = self.row.get(key).map_or_else(|| self.row.place.clone(), |node| node.place.clone());
        for path in paths {
            let sort = self.sort(path);
            if never.contains(&sort) {
                let message = format!("`{key}` cannot be `{}`, which holds {}", path.words(), sort.words());
                self.error(place.clone(), (message, "the rule would never be judged".into()));
            }
        }
    }

    /// Reports a date that is to be compared with a number.
    pub(super) fn check_alike<'p>(&mut self, paths: impl IntoIterator<Item = &'p Path>, today: bool) {
        let sorts: Vec<Sort> = paths.into_iter().map(|path| self.sort(path)).collect();
        if sorts.contains(&Sort::Number) && (today || sorts.contains(&Sort::Date)) {
            let message = "a date and a number are in no order".to_owned();
            self.error(self.row.place.clone(), (message, "the rule would never be judged".into()));
        }
    }

    /// Reports a rule between values that speaks of one value only.
    pub(super) fn check_several(&mut self, paths: &[Path], kind: &str) {
        let Some((path, others)) = paths.split_first() else { return };
        // The same one again is no other.
        if others.iter().any(|other| other.from_entry != path.from_entry || other.steps != path.steps) {
            return;
        }
        let (_, several) = self.ground.end_of(path, &self.from(path));
        if kind == "together" || !several {
            let message = format!("`{kind}` speaks of several values, and `{}` is one", path.words());
            self.error(self.row.place.clone(), (message, "name two properties at least".into()));
        }
    }

    /// Reports values to compare that are codes of closed lists, none of them in both: they always differ.
    pub(super) fn check_common(&mut self, ones: &[Path], others: &[Path]) {
        // An edition may take away what rules of the standard compare.
        if self.source.is_none() {
            return;
        }
        let codes = |paths: &[Path]| -> Option<Vec<String>> {
            let all = paths.iter().map(|path| {
                let (found, _) = self.ground.end_of(path, &self.from(path));
                let End::Codes(list) = &path.end else { return None };
                let alone = found.iter().all(|property| property.or_codes.is_none());
                let list = self.codes.get(list).filter(|list| alone && list.refuses())?;
                Some(list.codes.iter().map(|(code, _)| code.clone()).collect::<Vec<_>>())
            });
            Some(all.collect::<Option<Vec<_>>>()?.concat())
        };
        let Some((ones, others)) = codes(ones).zip(codes(others)) else { return };
        if !ones.iter().any(|code| others.contains(code)) {
            let message = "the values that are compared are codes of lists that have none in common".to_owned();
            self.error(self.row.place.clone(), (message, "they always differ".into()));
        }
    }

    /// Reports the length of what is no list: there is none.
    pub(super) fn check_list(&mut self, path: &Path, place: &Place) {
        let (found, _) = self.ground.end_of(path, &self.from(path));
        if !found.is_empty() && found.iter().all(|property| property.many == Many::No) {
            let message = format!("`{}` is one value, and has no entries", path.words());
            self.error(place.clone(), (message, String::new()));
        }
    }

    /// Reports a path that is to lead to amounts of money, and does not.
    pub(super) fn check_money(&mut self, path: &Path, place: &Place) {
        if self.sort(path) != Sort::Money {
            let message = format!("`{}` holds no amounts of money", path.words());
            self.error(place.clone(), (message, String::new()));
        }
    }

    /// Reports a code that one value at most can go with, where its path leads through a list of them.
    pub(super) fn check_no_list(&mut self, key: &str, paths: &[Path]) {
        let place = self.row.get(key).map_or_else(|| self.row.place.clone(), |node| node.place.clone());
        for path in paths {
            if !self.ground.is_list(path, &self.from(path)) {
                continue;
            }
            let message =
                format!("`{key}` cannot be `{}`, which may be several: what goes with which is not said", path.words());
            self.error(place.clone(), (message, "name the list as `each`, and start the path with a dot".into()));
        }
    }

    /// The values of a condition as they are compared, and a report of those that can never stand there.
    pub(super) fn wanted(&mut self, path: &Path, codes: Vec<String>, node: &Node) -> Vec<String> {
        let alone = node.text().and_then(|text| nearest(text, ["present", "absent"]));
        match (self.sort(path), alone) {
            (Sort::Objects, near) => {
                let message = format!("`{}` holds objects, which are no value", path.words());
                let hint =
                    near.map_or("write `present` or `absent`".to_owned(), |near| format!("did you mean `{near}`?"));
                self.error(node.place.clone(), (message, hint));
            }
            (Sort::Truth, _) => return codes.into_iter().map(|code| self.truth(code, node)).collect(),
            (_, Some(near)) if !matches!(path.end, End::Codes(_)) => {
                let message = "a condition is present, absent, a list of values, or `not` such a list".to_owned();
                self.error(node.place.clone(), (message, format!("did you mean `{near}`?")));
            }
            _ => {}
        }
        codes
    }

    /// Yes or no as records write it.
    fn truth(&mut self, code: String, node: &Node) -> String {
        match code.to_ascii_lowercase().as_str() {
            "yes" | "true" | "1" => "true".into(),
            "no" | "false" | "0" => "false".into(),
            _ => {
                let message = format!("`{code}` can never stand here: it is yes or no");
                self.error(node.place.clone(), (message, "write `[yes]` or `[no]`".into()));
                code
            }
        }
    }
}
