//! The files of a profile and of everything it extends, as one list of YAML trees, parents first.

use crate::source::diagnostic::did_you_mean;
use crate::source::{Diagnostics, Files, Kind, Node, Place, yaml};
use serde_json::Value;

/// One file, its `${param...}` replaced.
#[derive(Debug)]
pub(super) struct Document {
    /// Path inside its profile: `tests/search.yaml`.
    pub path: String,
    /// Path inside the profiles folder: `base/tests/search.yaml`.
    pub full: String,
    /// Which profile of the chain it belongs to; entries of a later one replace those of an earlier one.
    pub generation: usize,
    /// The tree.
    pub node: Node,
}

/// Parents above parents: more than this is no sensible profile.
const DEEPEST: usize = 8;
/// Profiles read for one profile, however they extend each other.
const MOST_PROFILES: usize = 32;
/// Characters that parameters may put into all files together, so that no profile grows without bound.
const MOST_FILLED: usize = 8 << 20;

/// What a child supplies to its parent.
type Arguments = Vec<(String, Node)>;

/// Everything that is read for one profile.
#[derive(Debug, Default)]
pub(super) struct Folder {
    /// All files, parents first.
    pub documents: Vec<Document>,
    generations: usize,
    chain: Vec<String>,
    filled: usize,
    started: usize,
    /// Only what profiles say of themselves is read; of all other files it is noted that they are there.
    headers_only: bool,
    /// Something of what the profile extends could not be taken over.
    part: bool,
    /// What children give to what they extend: texts, and where each is written.
    pub given: Vec<(String, Place)>,
}

/// Reads the files of a profile and of all it extends.
pub(super) fn gather(files: &Files, id: &str, wrong: &mut Diagnostics) -> Folder {
    let mut folder = Folder::default();
    folder.add(files, id, &Arguments::new(), None, wrong);
    folder
}

/// The same, with nothing read but `profile.yaml` files: all others are nothing.
pub(super) fn gather_headers(files: &Files, id: &str, wrong: &mut Diagnostics) -> Folder {
    let mut folder = Folder { headers_only: true, ..Folder::default() };
    folder.add(files, id, &Arguments::new(), None, wrong);
    folder
}

/// The ids of all folders that hold a `profile.yaml`.
pub(in crate::profile) fn ids(files: &Files) -> Vec<&str> {
    let folders = files.below("").filter_map(|(path, _)| path.strip_suffix("/profile.yaml"));
    folders.filter(|id| !id.contains('/')).collect()
}

/// The ids of those that can be used by themselves: a base lacks parameters that only a child supplies.
fn usable(files: &Files) -> Vec<&str> {
    let whole = |id: &&str| {
        let path = format!("{id}/profile.yaml");
        let header = yaml::parse(&files.shown(&path), files.text(&path).unwrap_or_default());
        header.is_ok_and(|header| parameters(&header).is_empty())
    };
    ids(files).into_iter().filter(whole).collect()
}

impl Folder {
    /// True where something of what the profile extends is missing: whatever is said of the rest follows from that.
    pub(super) fn is_part(&self) -> bool {
        self.part
    }

    fn add(&mut self, files: &Files, id: &str, with: &Arguments, from: Option<&Place>, wrong: &mut Diagnostics) {
        let main = format!("{id}/profile.yaml");
        let Some(text) = files.text(&main) else {
            let place = from.cloned().unwrap_or_else(|| Place::file(&files.shown("")));
            // Only a profile may name one that serves others; a person can use none but the rest.
            let known = if from.is_some() { ids(files) } else { usable(files) };
            let hint = match known.is_empty() {
                true => "there is none that can be used; `dci-conform profile new` starts one".to_owned(),
                false => did_you_mean(id, known),
            };
            wrong.error(place, format!("there is no profile `{id}`")).hint(hint);
            self.part = true;
            return;
        };
        if self.chain.iter().any(|seen| seen == id) {
            let place = from.cloned().unwrap_or_default();
            wrong.error(place, format!("profile `{id}` extends itself: {} > {id}", self.chain.join(" > ")));
            self.part = true;
            return;
        }
        if self.chain.len() >= DEEPEST {
            let place = from.cloned().unwrap_or_default();
            wrong.error(place, format!("more than {DEEPEST} profiles extend each other"));
            self.part = true;
            return;
        }
        self.started += 1;
        if self.started > MOST_PROFILES {
            self.part = true;
            if self.started == MOST_PROFILES + 1 {
                let place = from.cloned().unwrap_or_default();
                wrong.error(place, format!("more than {MOST_PROFILES} profiles are taken over"));
            }
            return;
        }
        let mut header = match yaml::parse(&files.shown(&main), text) {
            Ok(node) => node,
            Err(problems) => {
                self.part = true;
                return wrong.extend(problems);
            }
        };
        header.check_visible(wrong);
        let parameters = parameters(&header);
        match from {
            Some(place) => check_arguments(id, &parameters, with, place, wrong),
            None if !parameters.is_empty() => {
                wrong
                    .error(
                        header.place.clone(),
                        format!("`{id}` is a base for other profiles and cannot be used alone"),
                    )
                    .hint(format!("use a profile that extends it; known here: {}", usable(files).join(", ")));
                // What follows from missing parameters is no mistake of its files.
                return;
            }
            None => {}
        }
        let texts = with.iter().filter_map(|(_, value)| Some((value.text()?.to_owned(), value.place.clone())));
        self.given.extend(texts);
        let with = &complete(&parameters, with);
        Filling { with, parent: from.is_some(), filled: &mut self.filled, wrong }.replace(&mut header);
        self.chain.push(id.to_owned());
        for parent in header.get("extends").map(parents).unwrap_or_default() {
            match parent {
                Ok((name, place, with)) => self.add(files, &name, &with, Some(&place), wrong),
                Err(place) => {
                    self.part = true;
                    wrong
                        .error(place, "`extends` names profiles")
                        .hint("as in `extends: [{profile: base, with: {registry: social}}]`");
                }
            }
        }
        self.chain.pop();
        self.generations += 1;
        self.take_files(files, id, header, with, from.is_some(), wrong);
    }

    fn take_files(
        &mut self,
        files: &Files,
        id: &str,
        header: Node,
        with: &Arguments,
        parent: bool,
        wrong: &mut Diagnostics,
    ) {
        let prefix = format!("{id}/");
        let generation = self.generations;
        let main = format!("{id}/profile.yaml");
        self.documents.push(Document { path: "profile.yaml".into(), full: main.clone(), generation, node: header });
        for (full, text) in files.below(&prefix).filter(|(full, _)| *full != main) {
            let path = full.strip_prefix(&prefix).unwrap_or(full);
            if path.starts_with("i18n/") || path.starts_with("examples/") {
                continue;
            }
            if self.headers_only {
                let node = Node { place: Place::file(&files.shown(full)), kind: Kind::Null };
                self.documents.push(Document { path: path.into(), full: full.into(), generation, node });
                continue;
            }
            match yaml::parse(&files.shown(full), text) {
                Ok(mut node) => {
                    Filling { with, parent, filled: &mut self.filled, wrong }.replace(&mut node);
                    self.documents.push(Document { path: path.into(), full: full.into(), generation, node });
                }
                Err(problems) => wrong.extend(problems),
            }
        }
    }
}

fn parameters(header: &Node) -> Vec<String> {
    let items = header.get("parameters").and_then(Node::items).unwrap_or_default();
    items.iter().filter_map(Node::text).map(str::to_owned).collect()
}

fn parents(node: &Node) -> Vec<Result<(String, Place, Arguments), Place>> {
    let one = |node: &Node| {
        let name = node.text().or_else(|| node.get("profile").and_then(Node::text));
        let with = node.get("with").and_then(Node::entries).unwrap_or_default();
        let with = with.iter().map(|entry| (entry.key.clone(), entry.value.clone())).collect();
        name.map(|name| (name.to_owned(), node.place.clone(), with)).ok_or_else(|| node.place.clone())
    };
    match &node.kind {
        Kind::List(items) => items.iter().map(one).collect(),
        Kind::Null => Vec::new(),
        _ => vec![one(node)],
    }
}

fn check_arguments(id: &str, parameters: &[String], with: &Arguments, place: &Place, wrong: &mut Diagnostics) {
    for name in parameters.iter().filter(|name| with.iter().all(|(given, _)| given != *name)) {
        wrong
            .error(place.clone(), format!("profile `{id}` needs the parameter `{name}`"))
            .hint(format!("add it: `with: {{{name}: ...}}`"));
    }
    for (name, value) in with.iter().filter(|(name, _)| !parameters.contains(name)) {
        wrong
            .error(value.place.clone(), format!("profile `{id}` has no parameter `{name}`"))
            .hint(did_you_mean(name, parameters.iter().map(String::as_str)));
    }
}

/// A parameter that is not given stands as nothing: it is reported once, where it should have been given.
fn complete(parameters: &[String], with: &Arguments) -> Arguments {
    let missing = parameters.iter().filter(|name| with.iter().all(|(given, _)| given != *name));
    let nothing = Node { place: Place::default(), kind: Kind::Null };
    with.iter().cloned().chain(missing.map(|name| (name.clone(), nothing.clone()))).collect()
}

/// Puts what a child gives in the place of `${param.NAME}`.
struct Filling<'a> {
    with: &'a Arguments,
    parent: bool,
    filled: &'a mut usize,
    wrong: &'a mut Diagnostics,
}

impl Filling<'_> {
    /// In every text and key. A text that is one reference takes the whole value given.
    fn replace(&mut self, node: &mut Node) {
        match &mut node.kind {
            Kind::Null => {}
            Kind::List(items) => items.iter_mut().for_each(|item| self.replace(item)),
            Kind::Map(entries) => {
                for entry in entries {
                    if let Some(key) = self.replaced(&entry.key, &entry.place) {
                        entry.key = key;
                    }
                    self.replace(&mut entry.value);
                }
            }
            Kind::Scalar(scalar) => {
                if let Some(value) = whole(&scalar.text, self.with) {
                    if self.pays(size(value), &node.place) {
                        node.kind = value.kind.clone();
                    }
                } else if let Some(text) = self.replaced(&scalar.text, &node.place) {
                    scalar.value = Value::String(text.clone());
                    scalar.text = text;
                }
            }
        }
    }

    fn replaced(&mut self, text: &str, place: &Place) -> Option<String> {
        let mut rest = text;
        let mut done = String::new();
        while let Some((before, after)) = rest.split_once("${param.") {
            done.push_str(before);
            let (name, tail) = after.split_once('}')?;
            match self.with.iter().find(|(given, _)| given == name).map(|(_, value)| &value.kind) {
                Some(Kind::Scalar(value)) if self.pays(value.text.len(), place) => done.push_str(&value.text),
                Some(Kind::Scalar(_) | Kind::Null) => {}
                Some(_) => {
                    let message = format!("the parameter `{name}` is no text, so it cannot stand inside a text");
                    self.wrong.error(place.clone(), message).text(text);
                }
                None => {
                    let hint = match self.parent {
                        true => did_you_mean(name, self.with.iter().map(|(name, _)| name.as_str())),
                        false => "only a profile that others extend has parameters".into(),
                    };
                    self.wrong.error(place.clone(), format!("unknown parameter `{name}`")).text(text).hint(hint);
                }
            }
            rest = tail;
        }
        (rest.len() != text.len()).then(|| done + rest)
    }

    /// Counts what is put in; says once when it is too much.
    fn pays(&mut self, size: usize, place: &Place) -> bool {
        let before = *self.filled;
        *self.filled = before.saturating_add(size);
        if before <= MOST_FILLED && *self.filled > MOST_FILLED {
            self.wrong
                .error(place.clone(), "parameters make the profile too large")
                .hint("they are meant for names and short lists");
        }
        *self.filled <= MOST_FILLED
    }
}

fn whole<'a>(text: &str, with: &'a Arguments) -> Option<&'a Node> {
    let name = text.strip_prefix("${param.")?.strip_suffix('}')?;
    with.iter().find(|(given, _)| given == name).map(|(_, value)| value)
}

fn size(node: &Node) -> usize {
    match &node.kind {
        Kind::Null => 1,
        Kind::Scalar(scalar) => 1 + scalar.text.len(),
        Kind::List(items) => 1 + items.iter().map(size).sum::<usize>(),
        Kind::Map(entries) => 1 + entries.iter().map(|entry| entry.key.len() + size(&entry.value)).sum::<usize>(),
    }
}
