//! Sentences in `expect`, `should`, `where`, `until`, phrases and guards, each tied to its requirement.

use super::Reader;
use super::known::{Known, Stretch};
use crate::model::verdict::{Force, Level};
use crate::profile::ast::{Expectation, Predicate, Says, Sentence, TiedSentence};
use crate::profile::sentence;
use crate::source::diagnostic::did_you_mean;
use crate::source::{Kind, Node, Place};

/// Which list a sentence stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    Expect,
    Should,
}

impl List {
    const fn key(self) -> &'static str {
        match self {
            List::Expect => "expect",
            List::Should => "should",
        }
    }
}

/// A sentence as written: the requirement it names and where, its text and where.
type Written = (Option<(String, Place)>, String, Place);

impl Reader<'_> {
    /// A sentence that belongs to no requirement.
    pub(super) fn sentence(&mut self, node: &Node, known: &Known) -> Option<Sentence> {
        let mut scratch = known.clone();
        self.plain_sentence(node, &mut scratch)
    }

    /// As [`Reader::sentence`], and notes the names used.
    pub(super) fn plain_sentence(&mut self, node: &Node, known: &mut Known) -> Option<Sentence> {
        let (requirement, text, place) = self.split(node)?;
        if let Some((id, at)) = requirement {
            self.wrong
                .error(at, format!("no requirement belongs here, this names `{id}`"))
                .text(format!("{id}: {text}"))
                .hint("only sentences under `expect` and `should` of `steps` belong to a requirement");
        }
        self.parse(&text, &place, known)
    }

    /// The sentences of `where`, `until` or `if`: one, or a list of which all must hold.
    pub(super) fn conditions_on_message(&mut self, node: Option<&Node>, known: &mut Known) -> Vec<Sentence> {
        let Some(node) = node else { return Vec::new() };
        match &node.kind {
            Kind::List(items) => items.iter().filter_map(|item| self.plain_sentence(item, known)).collect(),
            Kind::Null => Vec::new(),
            _ => self.plain_sentence(node, known).into_iter().collect(),
        }
    }

    /// The sentences of `expect` or `should`.
    pub(super) fn expectations(
        &mut self,
        node: Option<&Node>,
        list: List,
        key: &str,
        known: &mut Known,
    ) -> Vec<Expectation> {
        let Some(node) = node else { return Vec::new() };
        if list == List::Should && known.part == Stretch::Around {
            self.wrong
                .error(node.place.clone(), "`should` has no effect outside `steps`")
                .hint("what is expected in `given`, `finally` and fragments stands under `expect`");
        }
        let items = match &node.kind {
            Kind::List(items) => items.as_slice(),
            Kind::Null => &[],
            _ => std::slice::from_ref(node),
        };
        if items.is_empty() {
            self.wrong
                .error(node.place.clone(), format!("`{}` is empty", list.key()))
                .hint("write a sentence, or leave the key out");
        }
        let base = match list {
            List::Expect => format!("{key}/"),
            List::Should => format!("{key}/should."),
        };
        let items = items.iter().enumerate();
        items.filter_map(|(index, item)| self.expectation(item, list, &format!("{base}{index}"), known)).collect()
    }

    fn expectation(&mut self, node: &Node, list: List, key: &str, known: &mut Known) -> Option<Expectation> {
        if node.get("if").is_none() && node.get("then").is_none() {
            return self.tied(node, list, key.to_owned(), known).map(Expectation::Sentence);
        }
        node.check_keys("a guard", &["if", "then"], &mut self.wrong);
        let condition = self.conditions_on_message(node.get("if"), known);
        let then = node.get("then");
        let items = match then.map(|then| &then.kind) {
            Some(Kind::List(items)) => items.as_slice(),
            Some(Kind::Null) | None => &[],
            Some(_) => then.map(std::slice::from_ref).unwrap_or_default(),
        };
        if node.get("if").is_none() {
            self.wrong.error(node.place.clone(), "the guard has no `if`").hint("`{if: SENTENCE, then: [SENTENCES]}`");
        }
        if items.is_empty() {
            self.wrong.error(node.place.clone(), "the guard has no `then`").hint("`{if: SENTENCE, then: [SENTENCES]}`");
        }
        let items = items.iter().enumerate();
        let then =
            items.filter_map(|(index, item)| self.tied(item, list, format!("{key}.then.{index}"), known)).collect();
        Some(Expectation::Guard { condition, then })
    }

    fn tied(&mut self, node: &Node, list: List, key: String, known: &mut Known) -> Option<TiedSentence> {
        let (named, text, place) = self.split(node)?;
        let requirement = self.tie(named, list, &text, &place, known);
        let sentence = self.parse(&text, &place, known)?;
        Some(TiedSentence { requirement, sentence, key })
    }

    /// The requirement of a sentence: the one it names, or the only one the test proves.
    fn tie(
        &mut self,
        named: Option<(String, Place)>,
        list: List,
        text: &str,
        place: &Place,
        known: &mut Known,
    ) -> Option<String> {
        if known.part == Stretch::Around {
            if let Some((id, at)) = named {
                self.wrong
                    .error(at, format!("no requirement belongs here, this names `{id}`"))
                    .hint("`given`, `finally` and fragments prove nothing; a requirement is proven in `steps`");
            }
            return None;
        }
        let id = match (named, known.proves.as_slice()) {
            (Some((id, at)), _) => {
                self.proven_here(&id, &at, &known.proves);
                id
            }
            (None, [only]) => only.clone(),
            (None, []) => return None,
            (None, several) => {
                let hint = format!("write `REQUIREMENT: sentence` with one of {}", several.join(", "));
                self.wrong
                    .error(place.clone(), "it is not said which requirement this sentence belongs to")
                    .text(text)
                    .hint(hint);
                return None;
            }
        };
        known.used.insert(id.clone());
        match (list, self.weight(&id)) {
            (List::Expect, Some((Force::I, _))) => {
                self.wrong
                    .error(place.clone(), format!("`{id}` is inferred (force I) and stands under `expect`"))
                    .text(text)
                    .hint("what is inferred can only warn: write it under `should`");
            }
            (List::Expect, Some((_, Level::Should))) => {
                self.wrong
                    .error(place.clone(), format!("`{id}` is of level should and stands under `expect`"))
                    .text(text)
                    .hint("write it under `should`");
            }
            (List::Should, Some((Force::N | Force::D, Level::Must))) => {
                self.wrong
                    .error(place.clone(), format!("`{id}` is of level must and stands under `should`"))
                    .text(text)
                    .hint("write it under `expect`");
            }
            _ => {}
        }
        Some(id)
    }

    /// Requirement, text and place of a sentence: `ID: text`, written as text or as a map with one entry.
    fn split(&mut self, node: &Node) -> Option<Written> {
        match &node.kind {
            Kind::Scalar(scalar) => match scalar.text.split_once(": ").filter(|(id, _)| super::looks_like_id(id)) {
                Some((id, text)) => {
                    let place = self.inside(&node.place, &scalar.text, id.chars().count() + 2);
                    Some((Some((id.to_owned(), node.place.clone())), text.to_owned(), place))
                }
                None => Some((None, scalar.text.clone(), node.place.clone())),
            },
            Kind::Map(entries) => match entries.as_slice() {
                [entry] if super::looks_like_id(&entry.key) => {
                    let text = self.text(&entry.value, "a sentence")?;
                    Some((Some((entry.key.clone(), entry.place.clone())), text, entry.value.place.clone()))
                }
                _ => {
                    let key = entries.first().map(|entry| entry.key.clone()).unwrap_or_default();
                    self.wrong
                        .error(node.place.clone(), format!("`{key}` is no id of a requirement, so this is no sentence"))
                        .hint("`REQUIREMENT: sentence`, `{if: ..., then: [...]}`, or quote a sentence that holds `: `");
                    None
                }
            },
            _ => {
                let what = node.what();
                self.wrong
                    .error(node.place.clone(), format!("a sentence is text, this is {what}"))
                    .hint("such as `- status is 200`");
                None
            }
        }
    }

    fn parse(&mut self, text: &str, place: &Place, known: &mut Known) -> Option<Sentence> {
        match self.with_scope(known, |scope| sentence::parse(text, place.clone(), scope)) {
            Ok(found) => {
                self.check_sentence(&found, text, known);
                Some(found)
            }
            Err(problem) => {
                self.problem(problem, text, place);
                None
            }
        }
    }

    fn unknown_class(&mut self, class: &str, place: &Place) {
        let given = self.given.iter().find(|(text, _)| text.split(" or ").any(|part| part.trim() == class));
        let place = given.map_or(place, |(_, place)| place).clone();
        let names = self.names.class_names();
        let hint = match self.names.class_in_full(class) {
            Some(full) => format!("it is of another domain: write `{full}`"),
            None => did_you_mean(class, names.iter().map(String::as_str)),
        };
        self.wrong.error(place, format!("unknown class of records: `{class}`")).hint(hint);
    }

    fn check_sentence(&mut self, found: &Sentence, text: &str, known: &mut Known) {
        let place = &found.place;
        let (path, predicate) = match &found.claim {
            Says::That { path, predicate, .. } => (path, predicate),
            Says::Phrase(phrase) => return self.check_phrase(phrase, place, known),
        };
        self.check_path(path, place, known);
        match predicate {
            Predicate::Matches(_) | Predicate::DoesNotMatch(_) => self.check_references(&path.text, place, known),
            _ => self.check_references(text, place, known),
        }
        match predicate {
            Predicate::MatchesSchema(name) => self.known_schema(name, place),
            Predicate::InCodeList(name) if !self.names.has_code_list(name) => {
                let names = self.names.code_list_names();
                self.known("code list", name, place, names.iter().map(String::as_str));
            }
            Predicate::FollowsDataStandard { classes, .. } => {
                for class in classes.iter().filter(|class| !self.names.has_class(class)) {
                    self.unknown_class(class, place);
                }
            }
            Predicate::SameAs(other)
            | Predicate::NotSameAs(other)
            | Predicate::AsManyItemsAs(other)
            | Predicate::NumberOfItems(other)
            | Predicate::SameItems(other, _)
            | Predicate::SharesNoItem(other, _)
            | Predicate::Satisfies(other, _) => self.check_path(other, place, known),
            Predicate::UnionOf(others, _) | Predicate::IntersectionOf(others, _) => {
                others.iter().for_each(|other| self.check_path(other, place, known));
            }
            _ => {}
        }
    }
}
