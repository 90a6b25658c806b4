//! From the YAML tree of the vendor's file to [`Implementation`], collecting everything that is wrong on the way.

use super::{
    AUTHORISATION, Action, Answer, Authorisation, Callback, HeaderText, HttpAction, Implementation, Located,
    SecretReference, SecretSource, Signature, Values, Waiver, address,
};
use crate::model::duration;
use crate::model::result::Product;
use crate::source::diagnostic::did_you_mean;
use crate::source::{Diagnostics, Kind, Node, Place};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

const KEYS: &[&str] = &[
    "product",
    "profile",
    "role",
    "edition",
    "base-url",
    "paths",
    "sender-id",
    "receiver-id",
    "authorisation",
    "signature",
    "callback",
    "deadlines",
    "supports",
    "values",
    "actions",
    "production",
    "waivers",
];
/// A longer deadline is a slip of the pen.
const LONGEST_DEADLINE: Duration = Duration::from_secs(24 * 3600);
const ROLES: &[&str] = &["registry", "subscriber", "client", "files", "link"];
/// Header fields that carry credentials and therefore may not be written out.
const SECRET_FIELDS: &[&str] = &["authorization", "proxy-authorization", "cookie", "x-api-key", "x-api-token"];
/// Header fields that belong to the connection and to the length of the body: nobody else can set them.
const OWN_FIELDS: &[&str] =
    &["host", "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade", "expect"];

pub(super) fn read(path: &str, root: &Node) -> Result<Implementation, Diagnostics> {
    let mut reader = Reader { wrong: Diagnostics::default() };
    let implementation = reader.implementation(path, root);
    match implementation {
        Some(mut implementation) if !reader.wrong.has_errors() => {
            implementation.warnings = reader.wrong;
            Ok(implementation)
        }
        _ => Err(reader.wrong),
    }
}

/// An address without a slash, query or fragment at its end.
pub(super) fn base_url(text: &str, place: &Place, wrong: &mut Diagnostics) -> Option<String> {
    let trimmed = text.trim();
    // What stands behind these may be a credential, and is not repeated.
    let shown = trimmed.split(['?', '#']).next().unwrap_or_default();
    if let Err((what, hint)) = address::check(trimmed) {
        let shown = if trimmed.contains('@') { "" } else { shown };
        wrong.error(place.clone(), format!("the address {what}")).text(shown).hint(hint);
        return None;
    }
    if trimmed.contains(['?', '#']) {
        wrong
            .error(place.clone(), "the address of the product ends in a query or fragment")
            .text(shown)
            .hint("leave out everything from the `?` or `#` on");
        return None;
    }
    Some(trimmed.trim_end_matches('/').to_owned())
}

fn is_variable_name(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

struct Reader {
    wrong: Diagnostics,
}

/// The value under a key; null is as good as absent.
fn given<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    node.get(key).filter(|value| value.kind != Kind::Null)
}

impl Reader {
    fn error(&mut self, place: &Place, message: impl Into<String>, hint: impl Into<String>) {
        self.wrong.error(place.clone(), message).hint(hint);
    }

    fn implementation(&mut self, path: &str, root: &Node) -> Option<Implementation> {
        if root.kind != Kind::Null {
            root.check_keys("the implementation file", KEYS, &mut self.wrong);
        }
        let base = match given(root, "base-url") {
            Some(node) => self.text(node, "base-url").and_then(|text| base_url(&text, &node.place, &mut self.wrong)),
            None => {
                self.error(&root.place, "the address of the product is missing", "add `base-url: http://HOST:PORT/`");
                None
            }
        };
        let mut read = Implementation::silent(path, base.clone().unwrap_or_default());
        if let Some(node) = given(root, "product") {
            read.product = self.product(node);
        }
        read.profile = self.located(root, "profile");
        read.edition = self.located(root, "edition");
        read.role = self.located(root, "role");
        if let Some(role) = read.role.clone().filter(|role| !ROLES.contains(&role.value.as_str())) {
            self.error(
                &role.place,
                format!("unknown role `{}`", role.value),
                did_you_mean(&role.value, ROLES.iter().copied()),
            );
        }
        read.prefix = self.prefix(root);
        if let Some(sender) = self.text_under(root, "sender-id") {
            read.sender_id = sender;
        }
        read.receiver_id = self.text_under(root, "receiver-id");
        if let Some(authorisation) = given(root, "authorisation").and_then(|node| self.authorisation(node)) {
            read.authorisation = authorisation;
        }
        if let Some(node) = given(root, "signature") {
            read.signature = self.signature(node);
        }
        if let Some(node) = given(root, "callback") {
            read.callback = self.callback(node);
        }
        read.deadlines = self.map(root, "deadlines", Reader::deadline);
        read.supports = self.map(root, "supports", Reader::answer);
        self.check_authorisation(&read);
        read.actions = self.map(root, "actions", Reader::action);
        if let Some(node) = given(root, "values").filter(|node| self.is_map(node, "values")) {
            read.values = Values::new(node);
        }
        if let Some(node) = given(root, "production") {
            read.production = self.yes_or_no(node, "production").unwrap_or(true);
        }
        if let Some(node) = given(root, "waivers") {
            read.waivers = self.waivers(node);
        }
        base.map(|_| read)
    }

    /// A claim and a credential that contradict each other: whoever looks at one of them alone would leave out every test of
    /// what the product does without the other.
    fn check_authorisation(&mut self, read: &Implementation) {
        let denied = read.supports.get(AUTHORISATION).filter(|answer| answer.value == Answer::No);
        if let Some(answer) = denied.filter(|_| read.authorisation != Authorisation::None) {
            self.error(
                &answer.place,
                "the file configures a credential, and says that the product asks for none",
                "leave out this answer, or write `authorisation: none` at the top",
            );
        }
    }

    fn is_map(&mut self, node: &Node, what: &str) -> bool {
        let is_map = node.entries().is_some();
        if !is_map {
            self.error(&node.place, format!("{what} must be a map of keys and values, this is {}", node.what()), "");
        }
        is_map
    }

    fn text(&mut self, node: &Node, what: &str) -> Option<String> {
        let text = node.text().map(str::to_owned);
        if text.is_none() {
            self.error(&node.place, format!("{what} must be text, this is {}", node.what()), "");
        }
        text
    }

    fn text_under(&mut self, node: &Node, key: &str) -> Option<String> {
        given(node, key).and_then(|value| self.text(value, key))
    }

    fn needed(&mut self, node: &Node, key: &str, what: &str) -> Option<String> {
        if given(node, key).is_none() {
            self.error(&node.place, format!("{what} needs `{key}`"), "");
        }
        self.text_under(node, key)
    }

    fn located(&mut self, node: &Node, key: &str) -> Option<Located<String>> {
        let value = given(node, key)?;
        self.text(value, key).map(|text| Located { value: text, place: value.place.clone() })
    }

    fn yes_or_no(&mut self, node: &Node, what: &str) -> Option<bool> {
        let answer = node.yes_or_no();
        if answer.is_none() {
            self.error(&node.place, format!("{what} must be yes or no"), "write `yes` or `no`");
        }
        answer
    }

    fn web_address(&mut self, node: &Node, what: &str) -> Option<String> {
        let text = self.text(node, what)?;
        match address::check(&text) {
            Ok(()) => Some(text),
            Err((wrong, hint)) => {
                self.error(&node.place, format!("{what} {wrong}"), hint);
                None
            }
        }
    }

    /// A map whose values are read one by one; a value that is wrong is reported and left out.
    fn map<T>(
        &mut self,
        root: &Node,
        key: &str,
        read: fn(&mut Reader, &str, &Node) -> Option<T>,
    ) -> BTreeMap<String, Located<T>> {
        let Some(node) = given(root, key).filter(|node| self.is_map(node, key)) else { return BTreeMap::new() };
        let entries = node.entries().unwrap_or_default().iter().filter(|entry| entry.value.kind != Kind::Null);
        entries
            .filter_map(|entry| {
                let value = read(self, &entry.key, &entry.value)?;
                Some((entry.key.clone(), Located { value, place: entry.place.clone() }))
            })
            .collect()
    }

    fn product(&mut self, node: &Node) -> Product {
        node.check_keys("product", &["name", "version", "vendor", "operator"], &mut self.wrong);
        let mut field = |key| self.text_under(node, key).unwrap_or_default();
        Product { name: field("name"), version: field("version"), vendor: field("vendor"), operator: field("operator") }
    }

    fn prefix(&mut self, root: &Node) -> Option<String> {
        let node = given(root, "paths")?;
        node.check_keys("paths", &["prefix"], &mut self.wrong);
        let prefix = self.text_under(node, "prefix")?;
        Some(prefix.trim().trim_matches('/').to_owned())
    }

    fn deadline(&mut self, name: &str, node: &Node) -> Option<Duration> {
        let text = self.text(node, name)?;
        let length = duration::parse(&text).filter(|length| !length.is_zero() && *length <= LONGEST_DEADLINE);
        if length.is_none() {
            self.wrong
                .error(node.place.clone(), format!("the deadline `{name}` is no length of time between 1 ms and a day"))
                .text(text)
                .hint("write a number with its unit: 250ms, 15s, 2m");
        }
        length
    }

    fn answer(&mut self, name: &str, node: &Node) -> Option<Answer> {
        if let Some(items) = node.items() {
            if items.is_empty() {
                self.error(
                    &node.place,
                    format!("the answer to `{name}` is an empty list"),
                    "write `no` for nothing of it",
                );
                return None;
            }
            return items.iter().map(|item| self.text(item, name)).collect::<Option<_>>().map(Answer::List);
        }
        match node.yes_or_no() {
            Some(true) => Some(Answer::Yes),
            Some(false) => Some(Answer::No),
            None => {
                let hint = "write yes, no, or a list such as [one, two]; leave it out to have it probed";
                self.error(&node.place, format!("the answer to `{name}` must be yes, no or a list"), hint);
                None
            }
        }
    }

    fn authorisation(&mut self, node: &Node) -> Option<Authorisation> {
        let kinds = ["bearer", "header", "oauth2"];
        let hint = "write `none`, or one of bearer, header, oauth2 with a reference: {bearer: {env: NAME}}";
        if node.text() == Some("none") {
            return Some(Authorisation::None);
        }
        let [entry] = node.entries().unwrap_or_default() else {
            self.error(&node.place, "authorisation must name exactly one kind", hint);
            return None;
        };
        let value = &entry.value;
        match entry.key.as_str() {
            "bearer" => self.secret(value, "the bearer token", &[]).map(Authorisation::Bearer),
            "header" => {
                let secret = self.secret(value, "the header field", &["name"]);
                let name = self.needed(value, "name", "authorisation by header");
                let place = given(value, "name").map_or(&value.place, |name| &name.place);
                let name = name.filter(|name| self.field_name(name, place));
                Some(Authorisation::Header { name: name?, value: secret? })
            }
            "oauth2" => self.oauth2(value),
            other => {
                // Not repeated: a credential without quotes in braces is a key.
                self.error(&entry.place, "unknown kind of authorisation", did_you_mean(other, kinds));
                None
            }
        }
    }

    /// Whether a header field of that name can be sent; one that cannot would be missing in every request.
    fn field_name(&mut self, name: &str, place: &Place) -> bool {
        let is_token =
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c));
        if !is_token {
            let hint = "letters, digits and hyphens, such as X-Api-Key";
            self.error(place, "this is no name that a header field of HTTP can have", hint);
        } else if OWN_FIELDS.contains(&name.to_ascii_lowercase().as_str()) {
            let hint = "name the field that the product reads the credential from";
            self.error(place, format!("the header field `{name}` is written by HTTP itself"), hint);
        } else {
            return true;
        }
        false
    }

    fn oauth2(&mut self, node: &Node) -> Option<Authorisation> {
        node.check_keys_unquoted("oauth2", &["token-url", "client-id", "secret", "scope"], &mut self.wrong);
        node.entries()?;
        let what = "authorisation by oauth2";
        self.needed(node, "token-url", what);
        let token_url = given(node, "token-url").and_then(|url| self.web_address(url, "token-url"));
        let client_id = self.needed(node, "client-id", what);
        let secret = match given(node, "secret") {
            Some(secret) => self.secret(secret, "the client secret", &[]),
            None => {
                self.error(&node.place, format!("{what} needs `secret`"), "add `secret: {env: NAME}`");
                None
            }
        };
        let scope = self.text_under(node, "scope");
        Some(Authorisation::OAuth2 { token_url: token_url?, client_id: client_id?, secret: secret?, scope })
    }

    /// A reference to a secret. A secret written out is refused, and not repeated in the message.
    fn secret(&mut self, node: &Node, what: &str, companions: &[&str]) -> Option<SecretReference> {
        let hint = "write {env: NAME} for an environment variable or {file: PATH} for a file, and change this secret: \
                    it may have been seen";
        let written_out =
            node.text().is_some() || ["value", "token", "secret"].iter().any(|key| node.get(key).is_some());
        if written_out {
            self.error(&node.place, format!("{what} is written out in the file"), hint);
            return None;
        }
        let known = [companions, &["env", "file"]].concat();
        node.check_keys_unquoted(what, &known, &mut self.wrong);
        node.entries()?;
        let source = match (self.text_under(node, "env"), self.text_under(node, "file")) {
            (Some(name), None) if is_variable_name(&name) => SecretSource::Environment(name),
            (Some(_), None) => {
                // Not repeated: it may be the secret itself, put in the wrong place.
                let hint = "write the name of the variable, such as DCI_TOKEN, not its value";
                self.error(&node.place, "`env` must be the name of an environment variable", hint);
                return None;
            }
            (None, Some(path)) => SecretSource::File(path.into()),
            _ => {
                let hint = "write {env: NAME} or {file: PATH}";
                self.error(&node.place, format!("{what} must name one environment variable or one file"), hint);
                return None;
            }
        };
        Some(SecretReference { source, place: node.place.clone() })
    }

    fn signature(&mut self, node: &Node) -> Signature {
        node.check_keys("signature", &["send", "algorithm", "key", "key-id", "verify"], &mut self.wrong);
        let ways = ["none", "dci", "jws"];
        let send = self.text_under(node, "send").unwrap_or_else(|| "none".to_owned());
        if !ways.contains(&send.as_str()) {
            self.error(&node.place, format!("unknown way to sign `{send}`"), did_you_mean(&send, ways));
        } else if send != "none" {
            self.wrong
                .warning(node.place.clone(), "this version reads signature settings and does not sign yet")
                .hint("write `send: none`");
        }
        let mut signature = Signature {
            algorithm: self.text_under(node, "algorithm"),
            key: given(node, "key").and_then(|key| self.secret(key, "the signing key", &[])),
            key_id: self.text_under(node, "key-id"),
            send,
            ..Signature::default()
        };
        if let Some(verify) = given(node, "verify") {
            verify.check_keys("verify", &["jwks-url", "key"], &mut self.wrong);
            signature.jwks_url = given(verify, "jwks-url").and_then(|url| self.web_address(url, "jwks-url"));
            signature.verify_key = given(verify, "key").and_then(|key| self.secret(key, "the product's key", &[]));
        }
        signature
    }

    fn callback(&mut self, node: &Node) -> Callback {
        node.check_keys("callback", &["listen", "public-url"], &mut self.wrong);
        let mut callback = Callback::default();
        if let Some(listen) = given(node, "listen") {
            match self.text(listen, "listen").map(|text| text.parse::<SocketAddr>()) {
                Some(Ok(address)) => callback.listen = Some(Located { value: address, place: listen.place.clone() }),
                Some(Err(_)) => {
                    let hint = "write an IP address and a port, such as 127.0.0.1:0 (0 takes any free port)";
                    self.error(&listen.place, "the address to listen on cannot be read", hint);
                }
                None => {}
            }
        }
        callback.public_url = given(node, "public-url").and_then(|url| self.web_address(url, "public-url"));
        let everywhere = callback.listen.as_ref().filter(|listen| listen.value.ip().is_unspecified());
        if let Some(listen) = everywhere.filter(|_| callback.public_url.is_none()) {
            self.wrong
                .warning(listen.place.clone(), "listening on every address, but the product is not told which to use")
                .hint("add `public-url: http://THIS-MACHINE:PORT`");
        }
        callback
    }

    fn action(&mut self, name: &str, node: &Node) -> Option<Action> {
        let hint = "write one of {http: {method, url}}, {command: [program, argument]}, {operator: text}";
        let [entry] = node.entries().unwrap_or_default() else {
            self.error(&node.place, format!("the action `{name}` must have exactly one kind"), hint);
            return None;
        };
        match entry.key.as_str() {
            "http" => self.http_action(&entry.value).map(Action::Http),
            "operator" => self.text(&entry.value, "operator").map(Action::Operator),
            "command" => match entry.value.items() {
                Some(items) if !items.is_empty() => {
                    items.iter().map(|item| self.text(item, "command")).collect::<Option<_>>().map(Action::Command)
                }
                _ => {
                    let hint = "write [program, argument, …]; no shell is used";
                    self.error(&entry.value.place, "a command must be a list with a program in it", hint);
                    None
                }
            },
            other => {
                let near = did_you_mean(other, ["http", "command", "operator"]);
                self.error(&entry.place, format!("unknown kind of action `{other}`"), near);
                None
            }
        }
    }

    fn http_action(&mut self, node: &Node) -> Option<HttpAction> {
        node.check_keys("http", &["method", "url", "body", "headers"], &mut self.wrong);
        node.entries()?;
        let url = self.needed(node, "url", "an http action");
        let place = given(node, "url").map_or(&node.place, |url| &url.place);
        let checked = url.as_deref().filter(|url| !url.starts_with(['/', '$']));
        if let Some(Err((wrong, hint))) = checked.map(address::check) {
            self.error(place, format!("url {wrong}"), format!("{hint}; or a path that starts with `/`"));
        }
        let method = self.text_under(node, "method").unwrap_or_else(|| "POST".to_owned());
        if method.is_empty() || !method.chars().all(|c| c.is_ascii_alphabetic()) {
            self.error(&node.place, format!("`{method}` is no HTTP method"), "write GET, POST, PUT, PATCH or DELETE");
        }
        let mut headers = Vec::new();
        if let Some(fields) = given(node, "headers").filter(|fields| self.is_map(fields, "headers")) {
            for entry in fields.entries().unwrap_or_default() {
                self.field_name(&entry.key, &entry.place);
                let secret = SECRET_FIELDS.contains(&entry.key.to_ascii_lowercase().as_str());
                let value = match entry.value.text().filter(|_| !secret) {
                    Some(text) => Some(HeaderText::Plain(text.to_owned())),
                    None => self.secret(&entry.value, "the header field", &[]).map(HeaderText::Secret),
                };
                headers.extend(value.map(|value| (entry.key.clone(), value)));
            }
        }
        Some(HttpAction {
            method: method.to_ascii_uppercase(),
            url: url?,
            body: given(node, "body").map(Node::to_json),
            headers,
        })
    }

    fn waivers(&mut self, node: &Node) -> Vec<Waiver> {
        let Some(items) = node.items() else {
            self.error(&node.place, format!("waivers must be a list, this is {}", node.what()), "");
            return Vec::new();
        };
        if !items.is_empty() {
            self.wrong.warning(node.place.clone(), "this version records waivers and does not apply them");
        }
        items.iter().filter_map(|item| self.waiver(item)).collect()
    }

    fn waiver(&mut self, node: &Node) -> Option<Waiver> {
        node.check_keys("a waiver", &["id", "reason", "approver", "expires"], &mut self.wrong);
        node.entries()?;
        let (id, reason) = (self.needed(node, "id", "a waiver"), self.needed(node, "reason", "a waiver"));
        let expires = self.text_under(node, "expires");
        if expires.as_ref().is_some_and(|date| date.parse::<jiff::civil::Date>().is_err()) {
            self.error(&node.place, "`expires` is no date", "write it as 2027-12-31");
        }
        let approver = self.text_under(node, "approver");
        Some(Waiver { id: id?, reason: reason?, approver, expires, place: node.place.clone() })
    }
}
