//! The small parts rules are written with: paths, operands, amounts, conditions, codes.

use super::read::Reader;
use super::{Amount, Condition, End, Operand, Path, Paths, Test};
use crate::source::diagnostic::did_you_mean;
use crate::source::{Node, Place};
use crate::standard::objects::Class;

impl<'r> Reader<'r> {
    pub(super) fn error(&mut self, place: Place, (message, hint): (String, String)) {
        self.wrong.error(place, message).hint(hint);
    }

    pub(super) fn need(&mut self, key: &str) -> Option<&'r Node> {
        let found = self.row.get(key);
        if found.is_none() {
            self.error(self.row.place.clone(), (format!("a rule of this kind needs `{key}`"), String::new()));
        }
        found
    }

    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        let node = self.need(key)?;
        let text = node.text().map(str::to_owned);
        if text.is_none() {
            self.error(node.place.clone(), (format!("`{key}` is text, not {}", node.what()), String::new()));
        }
        text
    }

    pub(super) fn yes(&mut self, key: &str) -> bool {
        self.row.yes_under(key, self.wrong).unwrap_or(false)
    }

    /// The items of a list, or the one node. A list of none would be met by nothing, or by everything.
    fn each_of<'n>(&mut self, node: &'n Node) -> &'n [Node] {
        let nodes = node.items().unwrap_or(std::slice::from_ref(node));
        if nodes.is_empty() {
            self.error(node.place.clone(), ("the list is empty: a path at least is due".into(), String::new()));
        }
        nodes
    }

    pub(super) fn years(&mut self, key: &str) -> Option<i16> {
        let node = self.row.get(key)?;
        let years = node.text().and_then(|text| text.parse().ok()).filter(|years| (0..=999).contains(years));
        if years.is_none() {
            self.error(node.place.clone(), (format!("`{key}` is a number of years"), String::new()));
        }
        years
    }

    /// One path of a node, from the object or, with a leading dot, from the entry.
    pub(super) fn path(&mut self, node: &Node) -> Option<(Path, Vec<&'r Class>)> {
        let Some(text) = node.text() else {
            self.error(node.place.clone(), (format!("a path is text, not {}", node.what()), String::new()));
            return None;
        };
        self.path_text(text, node.place.clone(), None)
    }

    pub(super) fn path_text(
        &mut self,
        text: &str,
        place: Place,
        from: Option<&[&'r Class]>,
    ) -> Option<(Path, Vec<&'r Class>)> {
        let dotted = text.starts_with('.');
        if dotted && (from.is_some() || self.row.get("each").is_none()) {
            self.error(place, (format!("`{text}`: a leading dot needs `each`"), String::new()));
            return None;
        }
        let start = if dotted { &self.entry } else { &self.object };
        match self.ground.path(text, from.unwrap_or(start)) {
            Ok(found) => Some(found),
            Err(found) => {
                self.error(place, found);
                None
            }
        }
    }

    pub(super) fn one(&mut self, key: &str) -> Option<(Path, Vec<&'r Class>)> {
        let node = self.need(key)?;
        self.path(node)
    }

    pub(super) fn paths(&mut self, key: &str) -> Option<Paths> {
        let node = self.need(key)?;
        let paths: Vec<_> = self.each_of(node).iter().map(|node| Some(self.path(node)?.0)).collect();
        paths.into_iter().collect()
    }

    /// Paths to values that can be compared.
    pub(super) fn keys(&mut self, key: &str) -> Option<Paths> {
        let node = self.need(key)?;
        self.paths_in(node, None)
    }

    pub(super) fn inner_keys(&mut self, key: &str, from: &[&'r Class]) -> Option<Paths> {
        let node = self.need(key)?;
        self.paths_in(node, Some(from))
    }

    pub(super) fn paths_in(&mut self, node: &Node, from: Option<&[&'r Class]>) -> Option<Paths> {
        let mut paths = Vec::new();
        for node in self.each_of(node) {
            let Some(text) = node.text() else {
                self.error(node.place.clone(), (format!("a path is text, not {}", node.what()), String::new()));
                return None;
            };
            let found = self.path_text(text, node.place.clone(), from).map(|(path, _)| path);
            if let Some(Path { end: End::Objects(telling), .. }) = &found
                && telling.parts.is_empty()
            {
                let message = format!("`{text}` leads to objects that have no entry under `identities`");
                self.error(node.place.clone(), (message, String::new()));
            }
            paths.push(found);
        }
        paths.into_iter().collect()
    }

    /// `today`, a path, or `earliest PATH` and `latest PATH`; or a list of paths.
    pub(super) fn operand(&mut self, key: &str) -> Option<Operand> {
        let node = self.need(key)?;
        let Some(text) = node.text() else { return Some(Operand::Every(self.paths(key)?)) };
        if text == "today" {
            return Some(Operand::Today);
        }
        let (word, rest) = text.split_once(' ').unwrap_or(("", text));
        let paths = vec![self.path_text(rest, node.place.clone(), None)?.0];
        match word {
            "" => Some(Operand::Every(paths)),
            "earliest" => Some(Operand::Earliest(paths)),
            "latest" => Some(Operand::Latest(paths)),
            other => {
                let hint = did_you_mean(other, ["earliest", "latest"]);
                self.error(node.place.clone(), (format!("`{other}` cannot stand before a path"), hint));
                None
            }
        }
    }

    /// A number, a path, `entries of PATH`, or `money of PATH`.
    pub(super) fn amount(&mut self, node: &Node) -> Option<Amount> {
        let text = node.text().unwrap_or_default();
        if let Ok(number) = text.parse::<f64>() {
            return Some(Amount::Is(number));
        }
        let mut path = |text: &str| Some(self.path_text(text, node.place.clone(), None)?.0);
        if let Some(rest) = text.strip_prefix("entries of ") {
            let path = path(rest)?;
            self.check_list(&path, &node.place);
            return Some(Amount::Entries(path));
        }
        match text.strip_prefix("money of ") {
            Some(rest) => {
                let path = path(rest)?;
                self.check_money(&path, &node.place);
                Some(Amount::Money(path))
            }
            None => path(text).map(Amount::Of),
        }
    }

    pub(super) fn conditions(&mut self, key: &str) -> Option<Vec<Condition>> {
        let all: Vec<_> = self
            .row
            .map_under(key, self.wrong)
            .iter()
            .map(|entry| {
                let (path, _) = self.path_text(&entry.key, entry.place.clone(), None)?;
                let not = entry.value.get("not");
                if not.is_some() {
                    entry.value.check_keys("a condition", &["not"], self.wrong);
                }
                let mut values = |node: &Node| self.wanted(&path, node.texts().unwrap_or_default(), node);
                let test = match (entry.value.text(), not) {
                    (Some("present"), _) => Test::Present,
                    (Some("absent"), _) => Test::Absent,
                    (_, Some(codes)) => Test::NoneOf(values(codes)),
                    (_, None) => Test::OneOf(values(&entry.value)),
                };
                match &test {
                    Test::OneOf(codes) | Test::NoneOf(codes) => {
                        if codes.is_empty() {
                            let message = "a condition is present, absent, a list of values, or `not` such a list";
                            self.error(entry.place.clone(), (message.into(), String::new()));
                        }
                        self.check_codes(&path, codes, Some(entry.value.place.clone()));
                    }
                    Test::Present | Test::Absent => {}
                }
                Some(Condition { path, test })
            })
            .collect();
        all.into_iter().collect()
    }

    /// Reports codes that the list at the end of a path does not have.
    pub(super) fn check_codes(&mut self, path: &Path, codes: &[String], place: Option<Place>) {
        let End::Codes(name) = &path.end else { return };
        // An edition may take codes away that the rules of the standard still name.
        if self.amended && self.source.is_none() {
            return;
        }
        let Some(list) = self.codes.get(name) else { return };
        let known = |code: &String| list.codes.iter().any(|(known, _)| known == code);
        for code in codes.iter().filter(|code| !known(code)) {
            let hint = did_you_mean(code, list.codes.iter().map(|(known, _)| known.as_str()));
            let place = place.clone().unwrap_or_else(|| self.row.place.clone());
            self.wrong.error(place, format!("the code list `{name}` has no code `{code}`")).hint(hint);
        }
    }
}
