//! What a test knows while it runs, and the meaning of `${...}`.

use crate::model::exchange::{Answer, Exchange};
use crate::profile::sentence::reference::CUT;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::SystemTime;

/// What lies outside one test: settings of the run, values of the vendor, the clock and the source of new ids.
pub trait Outside: Sync {
    /// A new id, unlike any other of this or another run.
    fn new_id(&self) -> String;
    /// The present moment, RFC 3339.
    fn now(&self) -> jiff::Timestamp;
    /// A value of the IXIT, or the question the vendor must answer.
    fn value(&self, name: &str) -> Result<Value, String>;
    /// True where a message goes without that value if the vendor gives none.
    fn may_do_without(&self, _name: &str) -> bool {
        false
    }
    /// `tool.NAME`: our ids and addresses; `token` is the test's own.
    fn tool(&self, name: &str, token: &str) -> Option<String>;
}

/// The names a test has gathered so far. Branches clone it.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// The test's own secret part of callback addresses.
    pub token: String,
    /// `for each` values of this instance.
    pub each: BTreeMap<String, Value>,
    /// Arguments of the fragment being run.
    pub arguments: BTreeMap<String, Value>,
    /// What `remember` kept.
    pub remembered: BTreeMap<String, Value>,
    /// Steps named with `as`.
    pub steps: BTreeMap<String, Arc<Exchange>>,
    /// Number of the copy in `at once`.
    pub copy: Option<usize>,
    /// The last exchange we opened in this test; in a review, the one the message reviewed belongs to.
    pub last_sent: Option<Arc<Exchange>>,
    /// What `${now}` means.
    pub now: Now,
}

/// What `${now}` means: in a review, the moment at which the message reviewed was sent or came.
#[derive(Clone, Debug, Default)]
pub enum Now {
    /// The present.
    #[default]
    Present,
    /// That moment.
    At(SystemTime),
    /// It was not recorded.
    Unknown,
}

impl Scope {
    /// Takes over what a finished branch or fragment has gathered.
    pub fn absorb(&mut self, other: &Scope) {
        self.remembered.extend(other.remembered.iter().map(|(name, value)| (name.clone(), value.clone())));
        self.steps.extend(other.steps.iter().map(|(name, step)| (name.clone(), step.clone())));
        if other.last_sent.is_some() {
            self.last_sent.clone_from(&other.last_sent);
        }
    }

    /// Replaces every reference in a template, in names of members too; a text that is one reference keeps the type of its value.
    ///
    /// # Errors
    /// The first reference that has no value, with the reason or the vendor's question.
    pub fn fill(&self, template: &Value, outside: &dyn Outside) -> Result<Value, String> {
        Ok(match template {
            Value::String(text) if text.contains("${") => self.resolve(text, outside)?,
            Value::Array(items) => {
                Value::Array(items.iter().map(|item| self.fill(item, outside)).collect::<Result<_, _>>()?)
            }
            Value::Object(members) => {
                let mut filled = Map::with_capacity(members.len());
                for (name, value) in members {
                    let name = match name.contains("${") {
                        true => self.resolve(name, outside)?.as_str().unwrap_or(name).to_owned(),
                        false => name.clone(),
                    };
                    let value_filled = match self.fill(value, outside) {
                        Err(_) if goes_without(value, outside) => continue,
                        filled => filled?,
                    };
                    // What the suite itself does not know, such as who the product is, is left out, not sent empty.
                    let unknown = value.as_str().is_some_and(|text| text.starts_with("${tool."));
                    if !(unknown && value_filled == "") {
                        filled.insert(name, value_filled);
                    }
                }
                Value::Object(filled)
            }
            other => other.clone(),
        })
    }

    /// Resolves the references in one text.
    ///
    /// # Errors
    /// As [`Scope::fill`].
    pub fn resolve(&self, text: &str, outside: &dyn Outside) -> Result<Value, String> {
        if let Some(name) = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'))
            && !name.contains('}')
        {
            return self.reference(name.trim(), outside);
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            let (before, from) = rest.split_at(start);
            out.push_str(before);
            let Some(end) = from.find('}') else { break };
            match self.reference(from[2..end].trim(), outside)? {
                Value::String(text) => out.push_str(&text),
                other => out.push_str(&other.to_string()),
            }
            rest = &from[end + 1..];
        }
        out.push_str(rest);
        Ok(Value::String(out))
    }

    fn reference(&self, name: &str, outside: &dyn Outside) -> Result<Value, String> {
        if let Some(whole) = name.strip_suffix(CUT) {
            let value = self.reference(whole, outside)?;
            let mut text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            text.pop();
            return if text.is_empty() { Err(format!("`{whole}` is too short to be cut")) } else { Ok(text.into()) };
        }
        if name == "new.id" {
            return Ok(outside.new_id().into());
        }
        if name == "copy" {
            return Ok(self.copy.map_or(Value::Null, Value::from));
        }
        if let Some(shift) = name.strip_prefix("now") {
            return moment(self.present(outside)?, shift).map(Value::from);
        }
        if let Some((space, rest)) = name.split_once('.') {
            match space {
                "value" => return outside.value(rest),
                "each" => return known(&self.each, rest, name),
                "argument" => return known(&self.arguments, rest, name),
                "tool" => {
                    return outside
                        .tool(rest, &self.token)
                        .map(Value::from)
                        .ok_or_else(|| format!("`${{{name}}}` is not something the suite knows"));
                }
                _ => {}
            }
        }
        if let Some(value) = self.remembered.get(name).or_else(|| self.arguments.get(name)) {
            return Ok(value.clone());
        }
        self.of_step(name)
    }

    fn present(&self, outside: &dyn Outside) -> Result<jiff::Timestamp, String> {
        let unknown = || "when the message came was not recorded".to_owned();
        match self.now {
            Now::Present => Ok(outside.now()),
            Now::At(at) => jiff::Timestamp::try_from(at).map_err(|_| unknown()),
            Now::Unknown => Err(unknown()),
        }
    }

    /// `STEP.PATH`, `STEP.request.PATH`, `request.PATH`, `reply.PATH`: plain members and indexes only.
    fn of_step(&self, name: &str) -> Result<Value, String> {
        let (first, rest) = name.split_once('.').unwrap_or((name, ""));
        let missing = || format!("`${{{name}}}` has no value yet: an earlier step did not give it");
        let (exchange, path) = match first {
            "request" | "reply" => (self.last_sent.as_ref().ok_or_else(missing)?, name),
            step => (self.steps.get(step).ok_or_else(missing)?, rest),
        };
        let (body, path) = match path.strip_prefix("request") {
            Some(path) => (Some(&exchange.request.body), path.trim_start_matches('.')),
            None => (exchange.received(), path.strip_prefix("reply").unwrap_or(path).trim_start_matches('.')),
        };
        if path == "status"
            && let Answer::Response(response) = &exchange.answer
        {
            return Ok(response.status.into());
        }
        let body = body.and_then(|body| body.json().ok()).ok_or_else(missing)?;
        follow(body, path).cloned().ok_or_else(missing)
    }
}

/// True for a member that is one `${value.NAME}` of something the vendor need not give.
fn goes_without(value: &Value, outside: &dyn Outside) -> bool {
    let name = value.as_str().and_then(|text| text.strip_prefix("${value.")?.strip_suffix('}'));
    name.is_some_and(|name| outside.may_do_without(name))
}

fn known(names: &BTreeMap<String, Value>, key: &str, whole: &str) -> Result<Value, String> {
    names.get(key).cloned().ok_or_else(|| format!("`${{{whole}}}` has no value here"))
}

/// Follows `a.b[0].c` from a value.
fn follow<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split(['.', '[']).filter(|part| !part.is_empty()).try_fold(value, |value, part| match part.strip_suffix(']') {
        Some("last") => value.as_array()?.last(),
        Some(index) => value.get(index.parse::<usize>().ok()?),
        None => value.get(part),
    })
}

/// `now`, `now + 5 minutes`, `now - 2 days`.
fn moment(now: jiff::Timestamp, shift: &str) -> Result<String, String> {
    let shift = shift.trim();
    let wrong = || format!("`now {shift}` is not a moment: write `now + 5 minutes`");
    let (sign, length) = match shift.as_bytes().first() {
        None => return Ok(now.to_string()),
        Some(b'+') => (1, &shift[1..]),
        Some(b'-') => (-1, &shift[1..]),
        _ => return Err(wrong()),
    };
    let length = length.trim();
    let seconds = crate::model::duration::parse(length)
        .or_else(|| crate::model::duration::parse(&length.replace("days", "d").replace("day", "d")))
        .ok_or_else(wrong)?
        .as_secs();
    let span = jiff::SignedDuration::from_secs(sign * i64::try_from(seconds).map_err(|_| wrong())?);
    now.checked_add(span).map(|moment| moment.to_string()).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::exchange::{Body, Direction, Request, Response, Seen};
    use serde_json::json;
    use std::time::Duration;

    struct Fixed;
    impl Outside for Fixed {
        fn new_id(&self) -> String {
            "id-1".into()
        }
        fn now(&self) -> jiff::Timestamp {
            "2026-01-02T03:04:05Z".parse().unwrap()
        }
        fn value(&self, name: &str) -> Result<Value, String> {
            match name {
                "n" => Ok(json!(7)),
                "person" => Ok(json!("1001")),
                _ => Err("What is it?".into()),
            }
        }
        fn may_do_without(&self, name: &str) -> bool {
            name == "spare"
        }
        fn tool(&self, name: &str, token: &str) -> Option<String> {
            match name {
                "callback-address" => Some(format!("http://x/{token}")),
                "receiver-id" => Some(String::new()),
                _ => None,
            }
        }
    }

    fn scope() -> Scope {
        let exchange = Exchange {
            number: 0,
            direction: Direction::Sent,
            name: None,
            test: None,
            sound: true,
            request: Request { body: Body::new(br#"{"a":[{"b":1}]}"#.to_vec()), ..Request::default() },
            answer: Answer::Response(Response {
                status: 200,
                body: Body::new(br#"{"c":{"d":"x"}}"#.to_vec()),
                ..Response::default()
            }),
            at: SystemTime::UNIX_EPOCH,
            took: Duration::ZERO,
            notes: vec![],
            seen: Seen::Whole,
        };
        let exchange = Arc::new(exchange);
        Scope {
            token: "t".into(),
            remembered: [("code".to_owned(), json!("K"))].into(),
            steps: [("first".to_owned(), exchange.clone())].into(),
            last_sent: Some(exchange),
            ..Scope::default()
        }
    }

    #[test]
    fn a_text_that_is_one_reference_keeps_its_type() {
        let template = json!({"n": "${value.n}", "t": "a${value.n}b", "l": ["${new.id}"]});
        assert_eq!(scope().fill(&template, &Fixed).unwrap(), json!({"n": 7, "t": "a7b", "l": ["id-1"]}));
    }

    #[test]
    fn what_the_tool_does_not_know_is_left_out() {
        let template = json!({"receiver_id": "${tool.receiver-id}", "sender_id": "s"});
        assert_eq!(scope().fill(&template, &Fixed).unwrap(), json!({"sender_id": "s"}));
    }

    #[test]
    fn what_the_vendor_need_not_give_is_left_out() {
        let template = json!({"a": {"consent": "${value.spare}", "n": "${value.n}"}});
        assert_eq!(scope().fill(&template, &Fixed).unwrap(), json!({"a": {"n": 7}}));
        assert!(scope().fill(&json!({"a": "${value.zz}"}), &Fixed).is_err());
    }

    #[test]
    fn references_reach_steps_requests_and_the_tool() {
        let resolve = |text: &str| scope().resolve(text, &Fixed).unwrap();
        assert_eq!(resolve("${code}"), json!("K"));
        assert_eq!(resolve("${first.c.d}"), json!("x"));
        assert_eq!(resolve("${first.request.a[0].b}"), json!(1));
        assert_eq!(resolve("${request.a[0].b}"), json!(1));
        assert_eq!(resolve("${first.status}"), json!(200));
        assert_eq!(resolve("${tool.callback-address}"), json!("http://x/t"));
        assert_eq!(resolve("${now + 5 minutes}"), json!("2026-01-02T03:09:05Z"));
        assert_eq!(resolve("${now - 2 days}"), json!("2025-12-31T03:04:05Z"));
    }

    #[test]
    fn a_value_can_be_cut_by_one_character() {
        let cut = |name: &str| scope().resolve(&format!("${{value.{name} but its last character}}"), &Fixed);
        assert_eq!(cut("person").unwrap(), json!("100"));
        assert!(cut("n").unwrap_err().contains("too short"));
        assert_eq!(cut("zz").unwrap_err(), "What is it?");
    }

    #[test]
    fn what_has_no_value_says_why() {
        assert!(scope().resolve("${nothing.here}", &Fixed).unwrap_err().contains("no value yet"));
        assert_eq!(scope().resolve("${value.zz}", &Fixed).unwrap_err(), "What is it?");
    }
}
