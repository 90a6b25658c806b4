//! `profile.yaml`: who the profile is, endpoints, callbacks, deadlines, privacy.

use super::folder::Folder;
use super::known::Known;
use super::{Reader, documents, words};
use crate::model::duration;
use crate::profile::Summary;
use crate::profile::ast::{Callback, Endpoint, Otherwise, Path, Profile, Root, Segment};
use crate::profile::sentence;
use crate::source::diagnostic::nearest;
use crate::source::{Diagnostics, Node, Place};
use std::collections::BTreeSet;
use std::time::Duration;

/// A longer deadline is a slip of the pen.
const LONGEST_DEADLINE: Duration = Duration::from_secs(24 * 3600);
/// The parts of a message that conventions speak of.
const PARTS: [&str; 2] = ["header", "message"];

/// A convention that is one path into any message: where the profile keeps it.
type Convention = fn(&mut Profile) -> &mut Option<Path>;

/// What a list of profiles shows; `None` for a base that only serves others.
pub(in crate::profile) fn summary(node: &Node, wrong: &mut Diagnostics) -> Option<Summary> {
    if node.get("parameters").and_then(Node::items).is_some_and(|items| !items.is_empty()) {
        return None;
    }
    let mut text = |key: &str| match node.get(key).and_then(Node::text) {
        Some(text) => text.to_owned(),
        None => {
            wrong.error(node.place.clone(), format!("the profile has no `{key}`")).hint(format!("add `{key}: ...`"));
            String::new()
        }
    };
    Some(Summary {
        id: text("id"),
        version: text("version"),
        title: text("title"),
        role: text("tests role"),
        edition: text("edition"),
        edition_at: node.get("edition").map(|edition| edition.place.clone()).unwrap_or_default(),
        stage: text("stage"),
    })
}

/// True for a path that leads elsewhere when it is joined to an address, or is none.
pub(super) fn leaves(path: &str) -> bool {
    let odd = |c: char| matches!(c, '#' | '\\') || c.is_whitespace() || c.is_control();
    let names = path.split('?').next().unwrap_or_default().to_ascii_lowercase().replace("%2e", ".");
    names.contains("://") || path.contains(odd) || names.split('/').any(|part| part == ".." || part == ".")
}

impl Reader<'_> {
    pub(super) fn header(&mut self, folder: &Folder, id: &str) {
        let count = documents(folder, "profile.yaml").count();
        for (index, document) in documents(folder, "profile.yaml").enumerate() {
            let node = &document.node;
            node.check_keys("profile.yaml", &words::profile(), &mut self.wrong);
            self.language_version(node);
            self.shared_parts(node);
            if index + 1 == count {
                self.own_parts(node, id);
            }
        }
        self.lower_stage(folder);
    }

    /// What exported files are judged by: nothing about messages, whose names are not known.
    pub(super) fn identity(&mut self, folder: &Folder, id: &str) {
        let count = documents(folder, "profile.yaml").count();
        for (index, document) in documents(folder, "profile.yaml").enumerate() {
            let node = &document.node;
            node.check_keys("profile.yaml", &words::profile(), &mut self.wrong);
            self.language_version(node);
            self.strictness(node);
            self.privacy(node);
            self.identifiers(node);
            if index + 1 == count {
                self.own_parts(node, id);
            }
        }
        self.lower_stage(folder);
    }

    /// A profile is no more settled than what it takes over: what is a draft there is one here.
    fn lower_stage(&mut self, folder: &Folder) {
        let stages = documents(folder, "profile.yaml").filter_map(|document| document.node.get("stage")?.text());
        let lowest = stages.filter_map(|stage| words::STAGES.iter().position(|known| *known == stage)).min();
        if let Some(stage) = lowest.and_then(|lowest| words::STAGES.get(lowest)) {
            self.profile.stage = (*stage).to_owned();
        }
    }

    fn language_version(&mut self, node: &Node) {
        if let Some(version) = self.needed(node, "dci-profile", "profile.yaml").filter(|version| version != "1") {
            let place = node.get("dci-profile").map(|node| node.place.clone()).unwrap_or_default();
            self.wrong
                .error(place, format!("this version of dci-conform reads version 1 of the language, not `{version}`"))
                .hint("use a newer dci-conform, or write `dci-profile: 1`");
        }
    }

    /// What only the profile itself says, never its parents.
    fn own_parts(&mut self, node: &Node, id: &str) {
        let what = "profile.yaml";
        self.profile.id = self.needed(node, "id", what).unwrap_or_default();
        if let Some(entry) = node.get("id").filter(|_| self.profile.id != id) {
            self.wrong
                .error(entry.place.clone(), format!("the id is `{}`, the folder is called `{id}`", self.profile.id))
                .hint("both must be the same");
        }
        self.profile.version = self.needed(node, "version", what).unwrap_or_default();
        self.profile.title = self.needed(node, "title", what).unwrap_or_default();
        self.profile.edition = self.needed(node, "edition", what).unwrap_or_default();
        self.needed(node, "tests role", what);
        self.needed(node, "stage", what);
        self.profile.role = self.word(node, "tests role", &words::ROLES).unwrap_or_default();
        self.profile.stage = self.word(node, "stage", &words::STAGES).unwrap_or_default();
        match node.get("standard") {
            Some(standard) => {
                standard.check_keys("`standard`", &["name", "version", "source"], &mut self.wrong);
                let name = self.needed(standard, "name", "`standard`").unwrap_or_default();
                let version = self.optional(standard, "version").unwrap_or_default();
                self.profile.standard = format!("{name} {version}").trim().to_owned();
            }
            None => {
                self.wrong
                    .error(node.place.clone(), "profile.yaml has no `standard`")
                    .hint("add `standard: {name: ..., version: ...}`");
            }
        }
    }

    /// What a profile takes over from its parents and may replace, name by name.
    fn shared_parts(&mut self, node: &Node) {
        self.strictness(node);
        self.texts(node, "languages");
        self.privacy(node);
        for extends in node.get("extends").and_then(Node::items).unwrap_or_default() {
            if extends.entries().is_some() {
                extends.check_keys("an entry of `extends`", &["profile", "with"], &mut self.wrong);
            }
        }
        if let Some(tiers) = node.get("tiers") {
            tiers.check_keys("`tiers`", &words::TIERS, &mut self.wrong);
        }
        self.conventions(node);
        self.deadlines(node);
        self.endpoints(node);
        self.callbacks(node);
    }

    fn strictness(&mut self, node: &Node) {
        if let Some(strictness) = self.word(node, "strictness", &words::STRICTNESS) {
            self.profile.strictness = strictness;
        }
    }

    fn privacy(&mut self, node: &Node) {
        if let Some(privacy) = node.get("privacy") {
            privacy.check_keys("`privacy`", &["hide fields"], &mut self.wrong);
            let members = self.names.member_names();
            for (field, place) in self.texts(privacy, "hide fields") {
                self.check_hidden(&field, &place, &members);
                if !self.profile.hidden.contains(&field) {
                    self.profile.hidden.push(field);
                }
            }
        }
    }

    /// An entry that hides nothing, since it is written like none or named like no member, would leave persons in the report.
    fn check_hidden(&mut self, field: &str, place: &Place, members: &BTreeSet<String>) {
        let known = field.ends_with(" as text") || field.contains(" but ") || field.contains("unknown in ");
        if field.contains(char::is_whitespace) && !known {
            self.wrong
                .error(place.clone(), format!("`{field}` names no field that could be hidden"))
                .hint("a name, `NAME as text`, `OUTER.NAME`, `NAME but NAME, NAME`, `unknown in NAME` or `objects unknown in NAME`");
            return;
        }
        // Names are compared as hiding compares them.
        let plain = |name: &str| name.replace(['_', '-'], "").to_lowercase();
        if known || field.contains('.') || members.iter().any(|member| plain(member) == plain(field)) {
            return;
        }
        if let Some(near) = nearest(field, members.iter().map(String::as_str)) {
            self.wrong
                .warning(place.clone(), format!("`{field}` is hidden, and no member of the data standard is called so"))
                .hint(format!("did you mean `{near}`?"));
        }
    }

    fn identifiers(&mut self, node: &Node) {
        if let Some(pair) = self.pair(node, "identifiers", ("type", "value")) {
            self.profile.identifiers = Some(pair);
        }
    }

    /// How messages of this standard are tied together, told apart and answered.
    fn conventions(&mut self, node: &Node) {
        let correlate_by = self.plain_paths(node, "correlate by");
        if !correlate_by.is_empty() {
            self.profile.correlate_by = correlate_by;
        }
        for (key, which) in [
            ("recognise by", (|profile| &mut profile.recognise_by) as Convention),
            ("acknowledged by", |profile| &mut profile.acknowledged_by),
            ("sent by", |profile| &mut profile.sent_by),
            ("addressed to", |profile| &mut profile.addressed_to),
            ("called back at", |profile| &mut profile.called_back_at),
        ] {
            if let Some(path) = self.plain_paths(node, key).pop() {
                *which(&mut self.profile) = Some(path);
            }
        }
        let dated_by = self.plain_paths(node, "dated by");
        if !dated_by.is_empty() {
            self.profile.dated_by = dated_by;
        }
        let sent_again_with = self.plain_paths(node, "sent again with");
        if !sent_again_with.is_empty() {
            self.profile.sent_again_with = sent_again_with;
        }
        self.identifiers(node);
        type Names = fn(&mut Profile) -> &mut Vec<String>;
        for (key, which) in [
            ("identifiers in", (|profile| &mut profile.identifiers_in) as Names),
            ("one of several in", |profile| &mut profile.one_of_several),
            ("about others", |profile| &mut profile.others),
            ("asked elsewhere", |profile| &mut profile.asked_elsewhere),
        ] {
            let names = self.texts(node, key);
            if !names.is_empty() {
                *which(&mut self.profile) = names.into_iter().map(|(name, _)| name).collect();
            }
        }
        if let Some(pair) = self.pair(node, "listener answers", ("acknowledge", "refuse")) {
            self.profile.listener_answers = Some(pair);
        }
        if let Some(id) = self.optional(node, "answer requirement") {
            self.profile.answer_requirement = Some(id);
        }
        let prefixes = self.texts(node, "path prefixes");
        if !prefixes.is_empty() {
            self.profile.prefixes =
                prefixes.into_iter().map(|(prefix, _)| prefix.trim_matches('/').to_owned()).collect();
        }
    }

    /// Paths into any message, outside tests.
    fn plain_paths(&mut self, node: &Node, key: &str) -> Vec<Path> {
        let mut paths = Vec::new();
        for (text, place) in self.texts(node, key) {
            match sentence::path(&text, &sentence::Scope::NONE) {
                Ok(path) => {
                    self.check_part(&path, &place);
                    paths.push(path);
                }
                Err(problem) => {
                    self.wrong.error(place, problem.message).text(text);
                }
            }
        }
        paths
    }

    /// A message has a header and a message: nothing else is found in it.
    fn check_part(&mut self, path: &Path, place: &Place) {
        let Some(Segment::Member(first)) = path.segments.first().filter(|_| path.root == Root::Body) else { return };
        if let Some(near) = nearest(first, PARTS).filter(|near| near != first) {
            self.wrong
                .error(place.clone(), format!("no message has a `{first}`"))
                .text(&path.text)
                .hint(format!("did you mean `{near}`?"));
        }
    }

    fn pair(&mut self, node: &Node, key: &str, (first, second): (&str, &str)) -> Option<(String, String)> {
        let pair = node.get(key)?;
        let what = format!("`{key}`");
        pair.check_keys(&what, &[first, second], &mut self.wrong);
        self.needed(pair, first, &what).zip(self.needed(pair, second, &what))
    }

    /// Conventions that point forward: read and checked once everything is known.
    pub(super) fn check_conventions(&mut self, folder: &Folder) {
        for document in documents(folder, "profile.yaml") {
            if let Some(node) = document.node.get("answered when") {
                self.profile.answered_when = self.conditions_on_message(Some(node), &mut Known::outside_tests());
            }
            let named = |node: Option<&Node>| Some((node?.text()?.to_owned(), node?.place.clone()));
            if let Some((id, place)) = named(document.node.get("answer requirement")) {
                self.known_requirement(&id, &place);
            }
            let answers = document.node.get("listener answers");
            for (message, place) in ["acknowledge", "refuse"].iter().filter_map(|key| named(answers?.get(key))) {
                self.known_message(&message, &place);
            }
            for endpoint in document.node.get("endpoints").and_then(Node::entries).unwrap_or_default() {
                if let Some((callback, place)) = named(endpoint.value.get("callback")) {
                    self.known_callback(&callback, &place);
                }
                let Some(otherwise) = endpoint.value.get("otherwise") else { continue };
                if let Some((other, place)) = named(otherwise.get("send")) {
                    self.known_endpoint(&other, &place);
                }
                let known: Vec<String> = self.profile.phrases.keys().cloned().collect();
                for key in ["acknowledged", "final"] {
                    for (phrase, place) in self.texts(otherwise, key) {
                        self.known("phrase", &phrase, &place, known.iter().map(String::as_str));
                    }
                }
            }
        }
    }

    fn deadlines(&mut self, node: &Node) {
        for entry in self.entries(node, "deadlines") {
            let text = self.text(&entry.value, &format!("the deadline `{}`", entry.key)).unwrap_or_default();
            match duration::parse(&text).filter(|length| !length.is_zero() && *length <= LONGEST_DEADLINE) {
                Some(length) => {
                    self.profile.deadlines.insert(entry.key.clone(), length);
                }
                None => {
                    self.wrong
                        .error(
                            entry.value.place.clone(),
                            format!("`{text}` is not a length of time between 1 ms and a day"),
                        )
                        .hint("such as 250ms, 15s, 2m, 1h");
                }
            }
        }
    }

    fn endpoints(&mut self, node: &Node) {
        for entry in self.entries(node, "endpoints") {
            let (name, value) = (&entry.key, &entry.value);
            let what = format!("the endpoint `{name}`");
            value.check_keys(&what, &words::ENDPOINT, &mut self.wrong);
            let endpoint = Endpoint {
                name: name.clone(),
                path: self.url_path(value, &what),
                request_schema: self.schema(value, "request schema"),
                reply_schema: self.schema(value, "reply schema"),
                claim: self.optional(value, "claim"),
                member: self.optional(value, "member"),
                callback: self.optional(value, "callback"),
                otherwise: value.get("otherwise").map(|other| self.otherwise(other)),
            };
            if let Some((claim, at)) = endpoint.claim.clone().zip(value.get("claim")) {
                self.claims_named.push((claim, at.place.clone()));
            }
            self.profile.endpoints.insert(name.clone(), endpoint);
        }
    }

    fn otherwise(&mut self, node: &Node) -> Otherwise {
        node.check_keys("`otherwise`", &words::OTHERWISE, &mut self.wrong);
        Otherwise {
            send: self.needed(node, "send", "`otherwise`").unwrap_or_default(),
            acknowledged: self.texts(node, "acknowledged").into_iter().map(|(phrase, _)| phrase).collect(),
            last: self.texts(node, "final").into_iter().map(|(phrase, _)| phrase).collect(),
        }
    }

    /// The path of an endpoint or callback, which is joined to an address.
    fn url_path(&mut self, node: &Node, what: &str) -> String {
        let path = self.needed(node, "path", what).unwrap_or_default();
        // What a child gives may begin or end with a slash.
        if path.contains('?') || leaves(&path) {
            let place = node.get("path").map_or_else(|| node.place.clone(), |node| node.place.clone());
            self.wrong
                .error(place, format!("`{path}` is no path that can be joined to the address of a product"))
                .hint("names between slashes: no address, query, fragment, or step upwards");
        }
        path
    }

    fn callbacks(&mut self, node: &Node) {
        for entry in self.entries(node, "callbacks") {
            let (name, value) = (&entry.key, &entry.value);
            let what = format!("the callback `{name}`");
            value.check_keys(&what, &words::CALLBACK, &mut self.wrong);
            let callback = Callback {
                name: name.clone(),
                path: self.url_path(value, &what),
                schema: self.schema(value, "schema"),
                action: self.needed(value, "action", &what).unwrap_or_default(),
                member: self.optional(value, "member"),
            };
            self.profile.callbacks.insert(name.clone(), callback);
        }
    }

    fn schema(&mut self, map: &Node, key: &str) -> Option<String> {
        let name = self.optional(map, key)?;
        let place = map.get(key).map(|node| node.place.clone()).unwrap_or_default();
        self.known_schema(&name, &place);
        Some(name)
    }

    /// The entries of a map under a key; reports anything else that stands there.
    pub(super) fn entries<'n>(&mut self, map: &'n Node, key: &str) -> &'n [crate::source::yaml::Entry] {
        match map.get(key) {
            None => &[],
            Some(node) => self.entries_of(node, &format!("`{key}`")),
        }
    }

    pub(super) fn entries_of<'n>(&mut self, node: &'n Node, what: &str) -> &'n [crate::source::yaml::Entry] {
        if node.entries().is_none() && node.kind != crate::source::Kind::Null {
            let message = format!("{what} must be a map of names and what they mean, this is {}", node.what());
            self.wrong.error(node.place.clone(), message);
        }
        node.entries().unwrap_or_default()
    }

    /// The items of a list; reports anything else that stands there.
    pub(super) fn items_of<'n>(&mut self, node: &'n Node, what: &str) -> &'n [Node] {
        if node.items().is_none() && node.kind != crate::source::Kind::Null {
            self.wrong.error(node.place.clone(), format!("{what} must be a list, this is {}", node.what()));
        }
        node.items().unwrap_or_default()
    }
}
