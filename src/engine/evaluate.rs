//! A sentence against what was observed: it holds, it misses, or it cannot be told.
//!
//! Three outcomes, never two: a missing observation is not a pass and not a failure. Verdicts are given elsewhere, by the
//! force and level of the requirement a sentence belongs to. Predicates about one value are in `predicates`, those about
//! whole collections in `collections`.

use super::judged::{Judged, Outcome};
use super::paths::{Spot, walk};
use super::predicates::Doubt;
use super::scope::Scope;
use super::values::shorten;
use super::values::shown;
use super::world::World;
use crate::model::exchange::{Answer, Direction, Exchange, Seen};
use crate::profile::ast::{Path, Phrase, Predicate, Root, Says, Segment, Sentence};
use serde_json::{Value, json};
use std::borrow::Cow;

/// What one sentence can see.
pub struct Eyes<'a> {
    /// The exchange it speaks about, if there is one.
    pub current: Option<&'a Exchange>,
    /// Names of the test.
    pub scope: &'a Scope,
    /// Everything else.
    pub world: &'a dyn World,
}

impl<'a> Eyes<'a> {
    /// Judges a sentence.
    pub fn judge(&self, sentence: &Sentence) -> Judged {
        match &sentence.claim {
            Says::Phrase(phrase) => self.phrase(phrase),
            Says::That { every, path, predicate } => self.that(&sentence.text, *every, path, predicate),
        }
    }

    /// True when every sentence holds; used by `where`, `until` and guards.
    pub fn all_hold(&self, sentences: &[Sentence]) -> bool {
        sentences.iter().all(|sentence| self.judge(sentence).outcome == Outcome::Holds)
    }

    /// Why it cannot be told whether all sentences hold, where none of them misses.
    pub(super) fn unknown_of(&self, sentences: &[Sentence]) -> Option<String> {
        let mut unknown = None;
        for sentence in sentences {
            match self.judge(sentence).outcome {
                Outcome::Misses => return None,
                Outcome::Unknown(why) => unknown = unknown.or(Some(why)),
                Outcome::Holds | Outcome::NotAsked(_) => {}
            }
        }
        unknown
    }

    fn phrase(&self, phrase: &Phrase) -> Judged {
        let parts: Vec<(&Sentence, Judged)> = phrase.parts.iter().map(|part| (part, self.judge(part))).collect();
        let expected = phrase.reads.clone().unwrap_or_else(|| phrase.name.clone());
        let decided = match phrase.any {
            true => parts.iter().find(|(_, part)| part.outcome == Outcome::Holds),
            false => parts.iter().find(|(_, part)| part.outcome == Outcome::Misses),
        };
        let open = parts.iter().find(|(_, part)| matches!(part.outcome, Outcome::Unknown(_)));
        let mut judged = match (decided, open, phrase.any) {
            (Some((part, judged)), _, true) => Judged { found: part.text.clone(), expected, ..judged.clone() },
            (Some((_, judged)), _, false) => {
                Judged { expected: format!("{expected}: {}", judged.expected), ..judged.clone() }
            }
            (None, Some((_, judged)), _) => Judged { expected, ..judged.clone() },
            (None, None, true) => {
                let found: Vec<_> =
                    parts.iter().map(|(part, judged)| format!("{}: {}", path_of(part), judged.found)).collect();
                let at =
                    parts.iter().map(|(_, judged)| judged.at.as_str()).find(|at| at.starts_with('/')).unwrap_or("");
                Judged::new(Outcome::Misses, expected, shorten(&found.join("; ")), at)
            }
            (None, None, false) => Judged::new(Outcome::Holds, expected, "holds", ""),
        };
        judged.erratum = phrase.erratum.clone();
        if let (Some(erratum), Outcome::Holds) = (&phrase.erratum, &judged.outcome) {
            judged.accepted.push((erratum.clone(), judged.found.clone()));
        }
        judged
    }

    fn that(&self, text: &str, every: bool, path: &Path, predicate: &Predicate) -> Judged {
        let expected = self.worded(text);
        let base = match self.base(path) {
            Ok(None) if path.root == Root::Body && matches!(predicate, Predicate::NoPersonalData) => self.as_text(),
            Ok(base) => base,
            Err(why) => return self.no_base(&expected, path, predicate, why),
        };
        let resolve = |text: &str| self.scope.resolve(text, self.world);
        let spots = match base.as_deref() {
            None => Vec::new(),
            Some(base) => match walk(base, &path.segments, &resolve) {
                Ok(spots) => spots,
                Err(why) => return Judged::unknown(&expected, why),
            },
        };
        let prefix = at_prefix(&path.root);
        if spots.is_empty() {
            let pointer = format!("{prefix}{}", nearest(base.as_deref(), &path.segments));
            return match predicate {
                Predicate::Absent => Judged::new(Outcome::Holds, expected, "absent", pointer),
                _ => Judged { observed: 0, ..Judged::new(Outcome::Misses, expected, "nothing stands there", pointer) },
            };
        }
        let mut judged = match (every, collective(predicate)) {
            (true, _) => match (predicate, base.as_deref()) {
                (Predicate::Satisfies(queries, Some(by)), Some(base)) => {
                    self.each_satisfies(&expected, base, &spots, queries, by)
                }
                _ => self.each(&expected, &spots, predicate),
            },
            (false, true) => self.collection(&expected, path, &spots, predicate),
            (false, false) => self.one(&expected, &spots[0], predicate),
        };
        let doubt = self
            .unseen(path, predicate, &judged.outcome)
            .or_else(|| self.blurred(base.as_deref(), &spots, predicate, &judged));
        judged.at = format!("{prefix}{}", judged.at);
        match doubt {
            Some(why) => Judged::unknown(&expected, why),
            None => judged,
        }
    }

    /// A body that is no JSON as the text it is: somebody's data can stand in that as well, and in an empty one nobody's does.
    fn as_text(&self) -> Option<Cow<'a, Value>> {
        let body = self.current?.received()?;
        Some(Cow::Owned(body.text().into_owned().into()))
    }

    /// Where there is nothing to look at, nothing can be told; but what the product sent by itself and is no JSON follows no
    /// schema of a message. Of an answer that is said by a sentence about its body.
    fn no_base(&self, expected: &str, path: &Path, predicate: &Predicate, why: String) -> Judged {
        let sent = self.current.filter(|exchange| exchange.direction == Direction::Arrived && path.root == Root::Body);
        let is_no_json = |exchange: &Exchange| {
            let body = &exchange.request.body;
            !body.bytes().is_empty() && body.json().is_err() && body.beyond_us().is_none() && form(exchange).is_none()
        };
        match predicate {
            Predicate::MatchesSchema(_) if sent.is_some_and(is_no_json) => {
                Judged::new(Outcome::Misses, expected, why, "")
            }
            _ => Judged::unknown(expected, why),
        }
    }

    /// Why a judgement on a text of which we kept the beginning does not stand: the rest may say otherwise.
    fn unseen(&self, path: &Path, predicate: &Predicate, outcome: &Outcome) -> Option<String> {
        let body = self.current.filter(|_| path.root == Root::Text)?.received().filter(|body| !body.is_whole())?;
        let stands = match predicate {
            Predicate::Matches(_) | Predicate::Contains(_) => *outcome == Outcome::Holds,
            Predicate::DoesNotMatch(_) => *outcome == Outcome::Misses,
            _ => false,
        };
        (!stands).then(|| format!("only the first {} bytes of the body were kept", body.bytes().len()))
    }

    /// Every value by itself.
    pub(super) fn each(&self, expected: &str, spots: &[Spot<'_>], predicate: &Predicate) -> Judged {
        all(expected, spots, |spot| match collective(predicate) {
            true => self.collection(
                expected,
                &Path { text: String::new(), root: Root::Item, segments: vec![] },
                std::slice::from_ref(spot),
                predicate,
            ),
            false => self.one(expected, spot, predicate),
        })
    }

    /// A single value.
    pub(super) fn one(&self, expected: &str, spot: &Spot<'_>, predicate: &Predicate) -> Judged {
        let found = shown(spot.value);
        let judged = |outcome| Judged::new(outcome, expected, found.clone(), spot.pointer.clone());
        match self.test(spot.value, predicate) {
            Ok(true) => judged(Outcome::Holds),
            Ok(false) => judged(Outcome::Misses),
            Err(Doubt::Unknown(why)) => judged(Outcome::Unknown(why)),
            Err(Doubt::Told(told)) => Judged {
                at: format!("{}{}", spot.pointer, told.at),
                expected: format!("{expected}{}", told.expected),
                ..*told
            },
        }
    }

    /// Runs `look` on what a second path finds.
    pub(super) fn with_found<T>(
        &self,
        path: &Path,
        look: impl FnOnce(&[&Value]) -> Result<T, Doubt>,
    ) -> Result<T, Doubt> {
        let base = self.base(path).map_err(Doubt::Unknown)?;
        let resolve = |text: &str| self.scope.resolve(text, self.world);
        let spots = match base.as_deref() {
            None => Vec::new(),
            Some(base) => walk(base, &path.segments, &resolve).map_err(Doubt::Unknown)?,
        };
        let found: Vec<&Value> = spots.iter().map(|spot| spot.value).collect();
        look(&found)
    }

    /// What a path finds, cloned: for `remember`.
    pub fn find(&self, path: &Path) -> Result<Vec<Value>, String> {
        self.with_found(path, |found| Ok(found.iter().map(|value| (*value).clone()).collect())).map_err(|doubt| {
            match doubt {
                Doubt::Unknown(why) => why,
                Doubt::Told(told) => told.found,
            }
        })
    }

    /// Where a path starts. `Ok(None)`: there is something to look at, and the root is not in it.
    ///
    /// # Errors
    /// Why there is nothing to look at.
    pub(super) fn base(&self, path: &Path) -> Result<Option<Cow<'a, Value>>, String> {
        let owned = |value: Value| Ok(Some(Cow::Owned(value)));
        match &path.root {
            Root::Status => owned(status_of(self.carried()?)?),
            Root::Method => owned(self.carried()?.request.method.clone().into()),
            Root::Time => owned(json!(self.carried()?.took.as_secs_f64())),
            Root::Sent => owned(if self.reviewed()?.sound { "sound" } else { "broken" }.into()),
            Root::EndpointName => Ok(self.current()?.name.clone().map(|name| Cow::Owned(name.into()))),
            Root::Http(name) => {
                let exchange = self.carried()?;
                let headers = match (exchange.direction, exchange.response()) {
                    (Direction::Arrived, _) => &exchange.request.headers,
                    (_, Some(response)) => &response.headers,
                    _ => return Err(no_answer(exchange)),
                };
                if exchange.seen == Seen::NoFields && headers.0.is_empty() {
                    return Err("the header fields were not recorded".into());
                }
                Ok(headers.get(name).map(|value| Cow::Owned(value.into())))
            }
            Root::Text => {
                let exchange = self.current()?;
                let body = exchange.received().ok_or_else(|| no_answer(exchange))?;
                owned(body.text().into_owned().into())
            }
            // A sentence about the body itself misses where that is not JSON; about its members nothing can be told.
            Root::Body if path.segments.is_empty() => {
                let exchange = self.current()?;
                let body = exchange.received().ok_or_else(|| no_answer(exchange))?;
                match body.beyond_us().or(form(exchange)) {
                    Some(why) => Err(why.to_owned()),
                    None => Ok(body.json().ok().map(Cow::Borrowed)),
                }
            }
            Root::Body => received(self.current()?).map(|value| Some(Cow::Borrowed(value))),
            // Whether there is one may be asked as well.
            Root::Request if path.segments.is_empty() && self.asked().is_err() => Ok(None),
            Root::Request => {
                let exchange = self.asked()?;
                owned(exchange.request.body.json().map_err(str::to_owned)?.clone())
            }
            Root::Answer => {
                let exchange = self.asked()?;
                let answer = exchange.response().ok_or_else(|| no_answer(exchange))?;
                owned(answer.body.json().map_err(str::to_owned)?.clone())
            }
            Root::AnswerStatus => match self.asked() {
                // Whether there is one may be asked as well.
                Ok(exchange) if !exchange.seen.is_bare() => owned(status_of(exchange)?),
                _ => Ok(None),
            },
            Root::Step(name) => owned(received(self.step(name)?)?.clone()),
            Root::StepRequest(name) => owned(self.step(name)?.request.body.json().map_err(str::to_owned)?.clone()),
            Root::StepStatus(name) => owned(status_of(self.step(name)?)?),
            Root::Prepared(name) => owned(self.world.prepared(name)?.into()),
            Root::Supports(name) => owned(self.world.supports(name)?),
            Root::Value(name) => owned(self.world.value(name)?),
            Root::Arrivals(callback) => owned(self.world.arrivals(callback, &self.scope.token)?),
            Root::Item => Err("a path inside an item has no place here".into()),
        }
    }

    fn current(&self) -> Result<&'a Exchange, String> {
        self.current.ok_or_else(|| "no message came to look at".to_owned())
    }

    /// The current exchange, where its HTTP is known.
    fn carried(&self) -> Result<&'a Exchange, String> {
        self.current().and_then(|exchange| match exchange.seen.is_bare() {
            true => Err("how the message travelled was not recorded".to_owned()),
            false => Ok(exchange),
        })
    }

    /// The request a sentence may speak about, with what was answered to it.
    fn asked(&self) -> Result<&Exchange, String> {
        match self.current {
            Some(exchange) if exchange.direction == Direction::Sent => Ok(exchange),
            Some(_) => self.scope.last_sent.as_deref().ok_or_else(|| "no one request is known to belong to it".into()),
            None => self.scope.last_sent.as_deref().ok_or_else(|| "nothing was sent yet".into()),
        }
    }

    /// The request that was sent, or the one a message that came later belongs to.
    fn reviewed(&self) -> Result<&Exchange, String> {
        self.current().and_then(|_| self.asked())
    }

    fn step(&self, name: &str) -> Result<&Exchange, String> {
        self.scope.steps.get(name).map(|step| &**step).ok_or_else(|| format!("step `{name}` did not come to pass"))
    }

    /// A sentence with its references resolved, where they can be.
    fn worded(&self, text: &str) -> String {
        if !text.contains("${") || text.contains("${new.id}") {
            return text.to_owned();
        }
        match self.scope.resolve(text, self.world) {
            Ok(Value::String(text)) => text,
            _ => text.to_owned(),
        }
    }
}

/// Every value by itself: the first miss decides, else the first that cannot be told.
pub(super) fn all<'v>(expected: &str, spots: &[Spot<'v>], judge: impl Fn(&Spot<'v>) -> Judged) -> Judged {
    let mut open = None;
    let mut accepted = Vec::new();
    for spot in spots {
        let judged = judge(spot);
        accepted.extend(judged.accepted.clone());
        match judged.outcome {
            Outcome::Misses => return Judged { observed: spots.len(), ..judged },
            Outcome::Unknown(_) | Outcome::NotAsked(_) => open = open.or(Some(judged)),
            Outcome::Holds => {}
        }
    }
    let holds = Judged::new(Outcome::Holds, expected, format!("holds for all {}", spots.len()), "");
    Judged { observed: spots.len(), accepted, ..open.unwrap_or(holds) }
}

/// Predicates that speak about all values found together.
fn collective(predicate: &Predicate) -> bool {
    matches!(
        predicate,
        Predicate::Empty
            | Predicate::NotEmpty
            | Predicate::Present
            | Predicate::Absent
            | Predicate::HasItems(..)
            | Predicate::AsManyItemsAs(_)
            | Predicate::NumberOfItems(_)
            | Predicate::Unique(_)
            | Predicate::UniqueInRun
            | Predicate::UniqueInReview(_)
            | Predicate::SortedBy { .. }
            | Predicate::SameItems(..)
            | Predicate::SharesNoItem(..)
            | Predicate::UnionOf(..)
            | Predicate::IntersectionOf(..)
            | Predicate::Contains(_)
    )
}

fn received(exchange: &Exchange) -> Result<&Value, String> {
    let body = exchange.received().ok_or_else(|| no_answer(exchange))?;
    body.json().map_err(|why| form(exchange).unwrap_or(why).to_owned())
}

/// Why nothing is told of what the product sent by itself as a form with parts: that is published beside JSON.
fn form(exchange: &Exchange) -> Option<&'static str> {
    let is_one = exchange.direction == Direction::Arrived && exchange.request.headers.say_form();
    is_one.then_some("it is a form with parts (multipart/form-data), which is not looked into")
}

fn status_of(exchange: &Exchange) -> Result<Value, String> {
    exchange.response().map(|response| response.status.into()).ok_or_else(|| no_answer(exchange))
}

fn no_answer(exchange: &Exchange) -> String {
    match &exchange.answer {
        Answer::None(none) => format!("no answer came: {}", none.detail),
        Answer::Response(_) => "no message came to look at".into(),
    }
}

/// Says which message a pointer leads into, when it is not the body received.
fn at_prefix(root: &Root) -> String {
    match root {
        Root::Body | Root::Item => String::new(),
        Root::Status => "status".into(),
        Root::Method => "method".into(),
        Root::Http(name) => format!("http.{name}"),
        Root::Time => "time".into(),
        Root::Text => "text".into(),
        Root::Request => "request".into(),
        Root::Answer => "answer".into(),
        Root::AnswerStatus => "answer.status".into(),
        Root::Step(name) => format!("{name}:"),
        Root::StepRequest(name) => format!("{name}.request:"),
        Root::StepStatus(name) => format!("{name}.status"),
        Root::Prepared(name) => format!("prepared.{name}"),
        Root::Supports(name) => format!("supports.{name}"),
        Root::Value(name) => format!("value.{name}"),
        Root::Arrivals(name) => format!("arrivals.{name}:"),
        Root::Sent => "sent".into(),
        Root::EndpointName => "endpoint".into(),
    }
}

/// The pointer of the deepest thing on the way of a path that does exist.
fn nearest(base: Option<&Value>, segments: &[Segment]) -> String {
    let none = |_: &str| Err::<Value, _>(String::new());
    let Some(base) = base else { return String::new() };
    (0..segments.len())
        .rev()
        .find_map(|end| walk(base, &segments[..end], &none).ok().and_then(|spots| spots.into_iter().next()))
        .map_or(String::new(), |spot| spot.pointer)
}

fn path_of(sentence: &Sentence) -> &str {
    match &sentence.claim {
        Says::That { path, .. } => &path.text,
        Says::Phrase(phrase) => &phrase.name,
    }
}
