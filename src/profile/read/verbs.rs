//! Verbs and their companions.

use super::Reader;
use super::header::leaves;
use super::known::Known;
use crate::model::duration;
use crate::profile::ast::{Await, Length, ListenerAnswer, Path, RefusedIn, Review, Send, SendBroken, Silence, Verb};
use crate::profile::sentence::reference::{self, Part, Reference};
use crate::source::yaml::Entry;
use crate::source::{Kind, Node, Place};
use serde_json::Value;

/// Kinds of fault a broken request may carry.
pub(in crate::profile) const FAULTS: [&str; 6] =
    ["missing required field", "wrong type", "outside enum", "malformed date-time", "text too long", "bad pattern"];
/// Ways to show, or not to show, the credential.
pub(in crate::profile) const AUTHORISATIONS: [&str; 6] =
    ["valid", "missing", "malformed", "wrong", "cut", "wrong scheme"];
const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
/// More copies than this at once would be a load test.
const MOST_COPIES: usize = 100;

impl Reader<'_> {
    pub(super) fn verb(&mut self, verb: &Entry, node: &Node, key: &str, known: &mut Known) -> Option<Verb> {
        match verb.key.as_str() {
            "send" => self.send(verb, node, known).map(Verb::Send),
            "await" => self.await_(verb, node, known).map(Verb::Await),
            "expect silence" => self.silence(verb, node, known).map(Verb::Silence),
            "ask" => self.ask(verb, node, known),
            "send broken" => self.send_broken(verb, node, known).map(Verb::SendBroken),
            "repeat" => self.repeat(verb, key, known),
            "use" => self.use_(verb, node, known),
            "at once" => self.at_once(verb, key, known),
            "review" => self.review(verb, node, known).map(Verb::Review),
            "check files" => {
                self.text(&verb.value, "`check files`");
                self.count(node, "examples");
                Some(Verb::NotRunHere { verb: verb.key.clone() })
            }
            _ => {
                if let Some(name) = self.text(&verb.value, "`observe`") {
                    let place = verb.value.place.clone();
                    let names = self.profile.endpoints.keys().chain(self.profile.callbacks.keys());
                    let names: Vec<String> = names.cloned().collect();
                    self.known("endpoint or callback", &name, &place, names.iter().map(String::as_str));
                }
                self.deadline(node, "within", "operator");
                self.conditions_on_message(node.get("where"), known);
                Some(Verb::NotRunHere { verb: verb.key.clone() })
            }
        }
    }

    fn send(&mut self, verb: &Entry, node: &Node, known: &mut Known) -> Option<Send> {
        let raw = verb.value.entries().is_some();
        let mut method = self.optional(node, "method");
        let (mut endpoint, mut raw_path) = (None, None);
        if raw {
            verb.value.check_keys("`send`", &["method", "path"], &mut self.wrong);
            method = self.optional(&verb.value, "method").or(method);
            raw_path = self.needed(&verb.value, "path", "`send`");
            if let Some((path, node)) = raw_path.as_deref().zip(verb.value.get("path")).filter(|(path, _)| leaves(path))
            {
                self.wrong
                    .error(
                        node.place.clone(),
                        format!("`{path}` is no path that can be joined to the address of a product"),
                    )
                    .hint("names between slashes, and a query: no address, fragment, or step upwards");
            }
        } else {
            endpoint = self.text(&verb.value, "`send`");
            if let Some(name) = &endpoint {
                self.known_endpoint(name, &verb.value.place);
            }
        }
        self.check_method(method.as_deref(), node, &verb.value);
        let without = self.members(node, "without", known);
        let with = self.settings(node, "with", known);
        let message = self.message(node, &with, &without, known);
        let raw_body = node.get("body").and_then(|body| self.any_text(body, "`body`", known));
        let same_as = self.optional(node, "same as");
        if let Some((name, at)) = same_as.as_ref().zip(node.get("same as")) {
            let steps: Vec<String> = known.steps.iter().cloned().collect();
            self.known("step", name, &at.place, steps.iter().map(String::as_str));
        }
        self.one_body(node, raw, &verb.value.place);
        let authorisation = self.authorisation(node, known);
        let content_type = self.optional(node, "content type");
        if let Some((text, at)) = content_type.as_ref().zip(node.get("content type")) {
            self.check_references(text, &at.place, known);
        }
        let mut headers = Vec::new();
        for entry in self.entries(node, "headers") {
            let text = self.any_text(&entry.value, "a header field", known).unwrap_or_default();
            self.check_header(entry, &text);
            headers.push((entry.key.clone(), text));
        }
        let plain = message.is_some() && method.is_none() && headers.is_empty() && content_type.is_none();
        let sound = self.yes_or_no(node, "sound").unwrap_or(plain && !raw && authorisation == "valid");
        Some(Send {
            endpoint,
            raw_path,
            method: method.unwrap_or_else(|| "POST".into()),
            message,
            raw_body,
            same_as,
            with,
            without,
            authorisation,
            content_type,
            headers,
            sound,
            or_refused_in: self.or_refused_in(node, known),
        })
    }

    /// The callback in which a refusal may come as well.
    fn or_refused_in(&mut self, node: &Node, known: &mut Known) -> Option<RefusedIn> {
        let Some(callback) = self.optional(node, "or refused in") else {
            if let Some(entry) = node.entry("where") {
                self.wrong
                    .error(entry.place.clone(), "`where` says nothing here without `or refused in`")
                    .hint("conditions on the answer itself belong under `expect`");
            }
            return None;
        };
        let place = node.get("or refused in").map(|node| node.place.clone()).unwrap_or_default();
        self.known_callback(&callback, &place);
        Some(RefusedIn { callback, where_: self.conditions_on_message(node.get("where"), known) })
    }

    /// A header field that could not be sent, or that takes the request to another system than that of the address.
    fn check_header(&mut self, field: &Entry, value: &str) {
        let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        let why = if field.key.is_empty() || !field.key.chars().all(token) {
            "is no name of a header field"
        } else if field.key.eq_ignore_ascii_case("host") {
            "is that of the address in the vendor's file, and no other"
        } else if value.chars().any(|c| c.is_control() && c != '\t') {
            "has a value that no header field can have"
        } else {
            return;
        };
        let name = field.key.escape_debug();
        self.wrong.error(field.place.clone(), format!("`{name}` {why}"));
    }

    fn check_method(&mut self, method: Option<&str>, node: &Node, inner: &Node) {
        let Some(method) = method else { return };
        let place = inner.get("method").or_else(|| node.get("method")).map(|node| node.place.clone());
        if !method.contains("${") {
            self.known("HTTP method", method, &place.unwrap_or_default(), METHODS);
        }
    }

    /// A request has one body: a message, a raw text, or that of an earlier step; a raw request may have none.
    fn one_body(&mut self, node: &Node, raw: bool, place: &Place) {
        let given: Vec<&str> =
            ["message", "body", "same as"].into_iter().filter(|key| node.get(key).is_some()).collect();
        match given.as_slice() {
            [] if !raw && node.get("method").is_none() => {
                self.wrong
                    .error(place.clone(), "the step sends nothing")
                    .hint("add `message: NAME`, `body: TEXT` or `same as: STEP`");
            }
            [_, second, ..] => {
                let at = node.get(second).map(|node| node.place.clone()).unwrap_or_default();
                self.wrong.error(at, format!("a request has one body, this has {}", given.join(" and ")));
            }
            _ => {}
        }
        if node.get("message").is_none() {
            for key in ["with", "without"] {
                if let Some(entry) = node.entry(key) {
                    self.wrong
                        .error(entry.place.clone(), format!("`{key}` changes a message, and there is no `message`"));
                }
            }
        }
    }

    fn message(&mut self, node: &Node, with: &[(Path, Value)], without: &[Path], known: &mut Known) -> Option<String> {
        let name = self.optional(node, "message")?;
        let place = node.get("message").map(|node| node.place.clone()).unwrap_or_default();
        if self.known_message(&name, &place) {
            let paths = with.iter().map(|(path, _)| path).chain(without);
            let covered: Vec<String> = paths.map(|path| path.text.clone()).collect();
            self.check_template(&name, &covered, &place, known);
        }
        Some(name)
    }

    fn authorisation(&mut self, node: &Node, known: &mut Known) -> String {
        let Some(text) = self.optional(node, "authorisation") else { return "valid".into() };
        let place = node.get("authorisation").map(|node| node.place.clone()).unwrap_or_default();
        if !text.contains("${") {
            self.known("authorisation", &text, &place, AUTHORISATIONS);
            return text;
        }
        self.check_references(&text, &place, known);
        let name = text.strip_prefix("${each.").and_then(|rest| rest.strip_suffix('}'));
        let each = known.each.iter().find(|(each, _)| Some(each.as_str()) == name);
        for value in each.map(|(_, values)| values.clone()).unwrap_or_default() {
            let word = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            if !AUTHORISATIONS.contains(&word.as_str()) {
                self.known("authorisation (from `for each`)", &word, &place, AUTHORISATIONS);
            }
        }
        text
    }

    fn await_(&mut self, verb: &Entry, node: &Node, known: &mut Known) -> Option<Await> {
        let callback = self.text(&verb.value, "`await`")?;
        self.known_callback(&callback, &verb.value.place);
        Some(Await {
            callback,
            within: self.deadline(node, "within", "callback"),
            where_: self.conditions_on_message(node.get("where"), known),
            at: self.address(node, known),
            answer: self.answer(node),
            optional: self.yes_or_no(node, "optional").unwrap_or(false),
            pending_if: self.pending_if(node),
        })
    }

    /// A fragment by name; one with `once` would tell of another moment.
    fn pending_if(&mut self, node: &Node) -> Option<String> {
        let name = self.optional(node, "pending if")?;
        let place = node.get("pending if").map(|node| node.place.clone()).unwrap_or_default();
        let known: Vec<String> = self.facts.keys().cloned().collect();
        if self.known("fragment", &name, &place, known.iter().map(String::as_str))
            && self.facts.get(&name).is_some_and(|facts| facts.once)
        {
            self.wrong
                .error(place, format!("the fragment `{name}` has `once: yes`; asked at a deadline it must run anew"))
                .hint("use a fragment without `once`");
        }
        Some(name)
    }

    fn silence(&mut self, verb: &Entry, node: &Node, known: &mut Known) -> Option<Silence> {
        let callback = self.text(&verb.value, "`expect silence`")?;
        self.known_callback(&callback, &verb.value.place);
        Some(Silence {
            callback,
            length: self.deadline(node, "for", "quiet"),
            where_: self.conditions_on_message(node.get("where"), known),
            at: self.address(node, known),
        })
    }

    fn address(&mut self, node: &Node, known: &mut Known) -> Option<String> {
        let name = self.optional(node, "at")?;
        if !known.addresses.contains(&name) {
            let place = node.get("at").map(|node| node.place.clone()).unwrap_or_default();
            let hint = format!("a message sent before uses it as `${{tool.callback-address.{name}}}`");
            self.wrong.error(place, format!("no message of this test gives the address `{name}`")).hint(hint);
        }
        Some(name)
    }

    fn answer(&mut self, node: &Node) -> ListenerAnswer {
        let Some(answer) = node.get("answer") else { return ListenerAnswer::Acknowledge };
        if let Some(status) = answer.get("status") {
            answer.check_keys("`answer`", &["status"], &mut self.wrong);
            match status.text().and_then(|text| text.parse().ok()).filter(|code| (100..=599).contains(code)) {
                Some(code) => return ListenerAnswer::Status(code),
                None => {
                    self.wrong.error(status.place.clone(), format!("{} is no HTTP status", super::shown(status)));
                }
            }
            return ListenerAnswer::Acknowledge;
        }
        match self.word(node, "answer", &["acknowledge", "refuse"]).as_deref() {
            Some("refuse") => ListenerAnswer::Refuse,
            _ => ListenerAnswer::Acknowledge,
        }
    }

    /// A named deadline.
    fn deadline(&mut self, node: &Node, key: &str, default: &str) -> Length {
        let Some(name) = self.optional(node, key) else { return Length::Named(default.to_owned()) };
        let place = node.get(key).map(|node| node.place.clone()).unwrap_or_default();
        self.known_deadline(&name, &place);
        Length::Named(name)
    }

    fn known_deadline(&mut self, name: &str, place: &Place) {
        let names: Vec<String> = self.profile.deadlines.keys().cloned().collect();
        if duration::parse(name).is_some() {
            self.wrong
                .error(place.clone(), format!("deadlines are named, never written out: `{name}`"))
                .hint(format!("one of {}; or add a deadline in profile.yaml", names.join(", ")));
            return;
        }
        self.known("deadline", name, place, names.iter().map(String::as_str));
    }

    fn ask(&mut self, verb: &Entry, node: &Node, known: &mut Known) -> Option<Verb> {
        let action = self.text(&verb.value, "`ask`")?;
        let names: Vec<String> = self.profile.actions.iter().map(|action| action.name.clone()).collect();
        self.known("action", &action, &verb.value.place, names.iter().map(String::as_str));
        Some(Verb::Ask { action, with: self.arguments(node, known) })
    }

    fn send_broken(&mut self, verb: &Entry, node: &Node, known: &mut Known) -> Option<SendBroken> {
        let endpoint = self.text(&verb.value, "`send broken`")?;
        if self.known_endpoint(&endpoint, &verb.value.place)
            && self.profile.endpoints.get(&endpoint).is_some_and(|found| found.request_schema.is_none())
        {
            self.wrong
                .error(verb.value.place.clone(), format!("the endpoint `{endpoint}` has no `request schema` to break"))
                .hint("add it in profile.yaml");
        }
        let without = self.members(node, "without", known);
        let with = self.settings(node, "with", known);
        self.needed(node, "message", "`send broken`");
        let message = self.message(node, &with, &without, known);
        let faults = self.texts(node, "faults");
        if faults.is_empty() {
            self.wrong
                .error(verb.place.clone(), "`send broken` names no `faults`")
                .hint(format!("add `faults: [{}]`", FAULTS.join(", ")));
        }
        for (fault, place) in &faults {
            self.known("fault", fault, place, FAULTS);
        }
        let or_refused_in = self.or_refused_in(node, known);
        Some(SendBroken {
            endpoint,
            message: message?,
            with,
            without,
            faults: faults.into_iter().map(|(fault, _)| fault).collect(),
            only_under: self.members(node, "only under", known),
            at_most: self.count(node, "at most"),
            or_refused_in,
        })
    }

    fn repeat(&mut self, verb: &Entry, key: &str, known: &mut Known) -> Option<Verb> {
        let node = &verb.value;
        node.check_keys("`repeat`", &["steps", "until", "every", "within"], &mut self.wrong);
        let steps = self.steps(node.get("steps"), &format!("{key}.steps"), known);
        if steps.is_empty() {
            self.wrong.error(verb.place.clone(), "`repeat` repeats nothing").hint("add `steps: [...]`");
        }
        let until = self.conditions_on_message(node.get("until"), known);
        if node.get("until").is_none() {
            self.wrong
                .error(verb.place.clone(), "`repeat` has no `until`")
                .hint("say what ends it: `until: [SENTENCE]`");
        }
        let every = self.optional(node, "every").unwrap_or_else(|| "100ms".into());
        let every = match duration::parse(&every) {
            Some(length) => Length::Literal(length),
            None => self.deadline(node, "every", "quiet"),
        };
        Some(Verb::Repeat { steps, until, every, within: self.deadline(node, "within", "callback") })
    }

    fn use_(&mut self, verb: &Entry, node: &Node, known: &mut Known) -> Option<Verb> {
        let fragment = self.text(&verb.value, "`use`")?;
        let names: Vec<String> = self.facts.keys().cloned().collect();
        self.known("fragment", &fragment, &verb.value.place, names.iter().map(String::as_str));
        let with = self.arguments(node, known);
        if let Some(facts) = self.facts.get(&fragment) {
            let (wanted, remembers) = (facts.arguments.clone(), facts.remembers.clone());
            for (name, _) in &with {
                let at = node.get("with").and_then(|with| with.entry(name)).map(|entry| entry.place.clone());
                self.known("argument", name, &at.unwrap_or_default(), wanted.iter().map(String::as_str));
            }
            for name in wanted.iter().filter(|name| with.iter().all(|(given, _)| given != *name)) {
                self.wrong
                    .error(verb.value.place.clone(), format!("the fragment `{fragment}` needs the argument `{name}`"))
                    .hint(format!("add `with: {{{name}: ...}}`"));
            }
            known.remembered.extend(remembers.into_iter().map(|name| (name, None)));
            known.addresses.extend(facts_addresses(self, &fragment));
        }
        Some(Verb::Use { fragment, with, may_fail: self.yes_or_no(node, "may fail").unwrap_or(false) })
    }

    fn at_once(&mut self, verb: &Entry, key: &str, known: &mut Known) -> Option<Verb> {
        let node = &verb.value;
        node.check_keys("`at once`", &["copies", "steps", "branches"], &mut self.wrong);
        let mut inside = |reader: &mut Self, list: &Node, prefix: String, copies: bool| {
            let mut own = Known { copies: copies || known.copies, ..known.clone() };
            let steps = reader.steps(Some(list), &prefix, &mut own);
            reader.check_unused_names(&own, known);
            known.used.extend(own.used);
            known.addresses.extend(own.addresses);
            steps
        };
        let (branches, copies) = match (node.get("branches"), node.get("steps")) {
            (Some(branches), None) => {
                let lists = self.items_of(branches, "`branches`").iter().enumerate();
                let read = lists.map(|(index, list)| inside(self, list, format!("{key}.branches.{index}"), false));
                (read.collect(), 1)
            }
            (None, Some(steps)) => {
                let copies = self.count(node, "copies").unwrap_or(0);
                if !(1..=MOST_COPIES).contains(&copies) {
                    let place = node.get("copies").unwrap_or(node).place.clone();
                    self.wrong.error(place, format!("`copies` is a number from 1 to {MOST_COPIES}"));
                }
                (vec![inside(self, steps, format!("{key}.copies"), true)], copies.clamp(1, MOST_COPIES))
            }
            _ => {
                self.wrong
                    .error(verb.place.clone(), "`at once` takes either copies of steps or branches")
                    .hint("`{copies: N, steps: [...]}` or `{branches: [[...], [...]]}`");
                (Vec::new(), 1)
            }
        };
        Some(Verb::AtOnce { branches, copies })
    }

    fn review(&mut self, verb: &Entry, node: &Node, known: &mut Known) -> Option<Review> {
        let what = self.text(&verb.value, "`review`")?;
        let place = verb.value.place.clone();
        self.known("kind of exchange", &what, &place, ["replies", "callbacks", "messages"]);
        let of = self.texts(node, "of");
        let replies = what != "callbacks";
        let callbacks = what != "replies";
        let endpoints = self.profile.endpoints.keys().filter(|_| replies);
        let names: Vec<String> =
            endpoints.chain(self.profile.callbacks.keys().filter(|_| callbacks)).cloned().collect();
        for (name, place) in &of {
            self.known("endpoint or callback", name, place, names.iter().map(String::as_str));
        }
        Some(Review {
            replies,
            callbacks,
            of: of.into_iter().map(|(name, _)| name).collect(),
            where_: self.conditions_on_message(node.get("where"), known),
            at_least: self.count(node, "at least").unwrap_or(1),
        })
    }

    /// `with` of messages: members and the values they get.
    fn settings(&mut self, node: &Node, key: &str, known: &mut Known) -> Vec<(Path, Value)> {
        let mut found = Vec::new();
        for entry in self.entries(node, key) {
            self.walk_references(&entry.value, known);
            if let Some(path) = self.member_path(&entry.key, &entry.place, known) {
                found.push((path, entry.value.to_json()));
            }
        }
        found
    }

    /// `without` and `only under`: members.
    fn members(&mut self, node: &Node, key: &str, known: &mut Known) -> Vec<Path> {
        let texts = self.texts(node, key);
        texts.into_iter().filter_map(|(text, place)| self.member_path(&text, &place, known)).collect()
    }

    /// `with` of actions and fragments: names and values.
    fn arguments(&mut self, node: &Node, known: &mut Known) -> Vec<(String, Value)> {
        let mut found = Vec::new();
        for entry in self.entries(node, "with") {
            self.walk_references(&entry.value, known);
            found.push((entry.key.clone(), entry.value.to_json()));
        }
        found
    }

    /// Text that may be empty and may hold references.
    fn any_text(&mut self, node: &Node, what: &str, known: &mut Known) -> Option<String> {
        match &node.kind {
            Kind::Scalar(scalar) => {
                self.check_references(&scalar.text, &node.place, known);
                Some(scalar.text.clone())
            }
            _ => {
                self.wrong.error(node.place.clone(), format!("{what} must be text, this is {}", node.what()));
                None
            }
        }
    }
}

fn facts_addresses(reader: &Reader<'_>, fragment: &str) -> Vec<String> {
    reader.facts.get(fragment).map(|facts| facts.addresses.clone()).unwrap_or_default()
}

/// Second addresses named in a text.
pub(super) fn addresses_in(text: &str) -> Vec<String> {
    let parts = reference::parts(text).unwrap_or_default();
    let names = parts.into_iter().filter_map(|part| match part {
        Part::Reference(inside, _) => match reference::parse(inside, &crate::profile::sentence::Scope::NONE) {
            Ok(Reference::Tool(name)) => name.strip_prefix("callback-address.").map(str::to_owned),
            _ => None,
        },
        Part::Text(_) => None,
    });
    names.collect()
}
