//! The published shape of the requests, and the check of a request against it.
//!
//! Members not listed are accepted: no schema of the standard forbids them.

use super::faults::{Fault, FaultSet};
use jiff::Timestamp;
use serde_json::{Map, Value};

/// The kinds of breach; each can be overlooked by a fault of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Breach {
    Required,
    Type,
    Enum,
    DateTime,
    Length,
    Locale,
    Unknown,
    /// `sender_uri` is no web address.
    Address,
}

/// A breach and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) breach: Breach,
    /// Words without any value of the request.
    pub(crate) text: String,
    /// Set when the breach lies in the second or a later item of a batch.
    later_item: bool,
}

enum Shape {
    Text,
    /// At most 99 characters.
    Id,
    DateTime,
    Address,
    Locale,
    Whole,
    Number,
    Truth,
    Object,
    OneOf(&'static [&'static str]),
    Members(&'static [Member]),
    List(&'static Shape),
    /// The items of a message.
    Batch(&'static Shape),
    /// Text, number, truth or object.
    Scalar,
    /// A list to be checked as predicates, or any object.
    Query,
    /// A text of at most 99 characters or a list of texts.
    IdOrList,
}

struct Member {
    name: &'static str,
    required: bool,
    shape: Shape,
}

const fn must(name: &'static str, shape: Shape) -> Member {
    Member { name, required: true, shape }
}

const fn may(name: &'static str, shape: Shape) -> Member {
    Member { name, required: false, shape }
}

static HEADER: Shape = Shape::Members(&[
    may("version", Shape::Text),
    must("message_id", Shape::Text),
    must("message_ts", Shape::DateTime),
    must("action", Shape::Text),
    must("sender_id", Shape::Text),
    may("sender_uri", Shape::Address),
    may("receiver_id", Shape::Text),
    must("total_count", Shape::Whole),
    may("is_msg_encrypted", Shape::Truth),
    may("meta", Shape::Object),
]);

const EXPRESSION: Shape = Shape::Members(&[
    must("attribute_name", Shape::Text),
    must("operator", Shape::OneOf(&["gt", "lt", "eq", "ge", "le", "in"])),
    must("attribute_value", Shape::Scalar),
]);

static PREDICATE: Shape = Shape::Members(&[
    may("seq_num", Shape::Number),
    must("expression1", EXPRESSION),
    may("condition", Shape::OneOf(&["and", "or", "not"])),
    may("expression2", EXPRESSION),
]);

static TYPED_QUERY: Shape = Shape::Members(&[may("type", Shape::Text)]);

static SORT: Shape =
    Shape::Members(&[may("attribute_name", Shape::Text), may("sort_order", Shape::OneOf(&["asc", "desc"]))]);

static SEARCH_ITEM: Shape = Shape::Members(&[
    must("reference_id", Shape::Text),
    must("timestamp", Shape::DateTime),
    must(
        "search_criteria",
        Shape::Members(&[
            may("version", Shape::Text),
            may("reg_type", Shape::Text),
            may("reg_record_type", Shape::Text),
            must("query_type", Shape::OneOf(&["idtype-value", "expression", "predicate"])),
            may("response_entity", Shape::OneOf(&["Group", "Member"])),
            must("query", Shape::Query),
            may("sort", Shape::List(&SORT)),
            may("pagination", Shape::Members(&[must("page_size", Shape::Number), may("page_number", Shape::Number)])),
            may("consent", Shape::Object),
            may("authorize", Shape::Object),
        ]),
    ),
    may("locale", Shape::Locale),
]);

static SUBSCRIBE_ITEM: Shape = Shape::Members(&[
    must("reference_id", Shape::Text),
    must("timestamp", Shape::DateTime),
    must(
        "subscribe_criteria",
        Shape::Members(&[
            may("version", Shape::Text),
            may("reg_type", Shape::Text),
            must("reg_event_type", Shape::Text),
            may(
                "frequency",
                Shape::Members(&[
                    must("start_time", Shape::DateTime),
                    must("end_time", Shape::DateTime),
                    must("frequency", Shape::Text),
                ]),
            ),
            may("filter_type", Shape::OneOf(&["idtype-value", "expression", "predicate", "graphql"])),
            must("filter", Shape::Query),
            must("notify_record_type", Shape::Text),
            may("authorize", Shape::Object),
        ]),
    ),
    may("locale", Shape::Locale),
]);

static SEARCH: Shape =
    Shape::Members(&[must("transaction_id", Shape::Id), must("search_request", Shape::Batch(&SEARCH_ITEM))]);

static SUBSCRIBE: Shape =
    Shape::Members(&[must("transaction_id", Shape::Id), must("subscribe_request", Shape::Batch(&SUBSCRIBE_ITEM))]);

static UNSUBSCRIBE: Shape = Shape::Members(&[
    must("transaction_id", Shape::Id),
    must("timestamp", Shape::DateTime),
    must("subscription_codes", Shape::List(&Shape::Id)),
]);

static STATUS: Shape = Shape::Members(&[
    must("transaction_id", Shape::Id),
    must(
        "txnstatus_request",
        Shape::Members(&[
            must("reference_id", Shape::Text),
            must("txn_type", Shape::OneOf(&["search", "subscribe", "receipt"])),
            must("attribute_type", Shape::OneOf(&["transaction_id", "reference_id_list", "correlation_id"])),
            must("attribute_value", Shape::IdOrList),
            may("locale", Shape::Locale),
        ]),
    ),
]);

/// Every breach of the published schema in the header and message of a request with that action.
pub(crate) fn problems(action: &str, envelope: &Value, faults: &FaultSet) -> Vec<Problem> {
    let message = match action {
        "search" => &SEARCH,
        "subscribe" => &SUBSCRIBE,
        "unsubscribe" => &UNSUBSCRIBE,
        _ => &STATUS,
    };
    let mut walk = Walk { problems: Vec::new(), later_item: false, strange: faults.has(Fault::UnknownMemberRefused) };
    walk.check(&HEADER, &envelope["header"], "header");
    walk.check(message, &envelope["message"], "message");
    if envelope.get("signature").is_some_and(|signature| !signature.is_string()) {
        walk.add(Breach::Type, "signature", "must be a text");
    }
    walk.problems
}

impl Problem {
    /// True when a fault makes the registry overlook this breach.
    pub(crate) fn overlooked(&self, faults: &FaultSet) -> bool {
        let fault = match self.breach {
            Breach::Required => Fault::RequiredNotChecked,
            Breach::Type => Fault::TypeNotChecked,
            Breach::Enum => Fault::EnumNotChecked,
            Breach::DateTime => Fault::DateTimeNotChecked,
            Breach::Length => Fault::LengthNotChecked,
            Breach::Locale => Fault::LocaleNotChecked,
            Breach::Address => Fault::SenderUriNotChecked,
            Breach::Unknown => return false,
        };
        faults.has(fault) || (self.later_item && faults.has(Fault::OnlyFirstItemChecked))
    }
}

struct Walk {
    problems: Vec<Problem>,
    later_item: bool,
    /// Report members the schema does not list.
    strange: bool,
}

impl Walk {
    fn add(&mut self, breach: Breach, place: &str, text: &str) {
        if self.problems.len() < 100 {
            self.problems.push(Problem { breach, text: format!("{place} {text}"), later_item: self.later_item });
        }
    }

    fn check(&mut self, shape: &Shape, value: &Value, place: &str) {
        match (shape, value) {
            (Shape::Text, Value::String(_)) | (Shape::Number, Value::Number(_)) => {}
            (Shape::Truth, Value::Bool(_)) | (Shape::Object, Value::Object(_)) => {}
            (Shape::Scalar, Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Object(_)) => {}
            // The operand list of `in` cannot be expressed in the schema, so lists are taken here (E-13).
            (Shape::Scalar, Value::Array(_)) => {}
            (Shape::Whole, Value::Number(number)) if number.is_i64() || number.is_u64() => {}
            (Shape::Whole, Value::Number(number)) if number.as_f64().is_some_and(|real| real.fract() == 0.0) => {}
            (Shape::Id | Shape::IdOrList, Value::String(text)) => {
                if text.chars().count() > 99 {
                    self.add(Breach::Length, place, "is longer than 99 characters");
                }
            }
            (Shape::DateTime, Value::String(text)) => {
                if date_time(text).is_none() {
                    self.add(Breach::DateTime, place, "must be a date-time with zone offset (RFC 3339)");
                }
            }
            (Shape::Address, Value::String(text)) => {
                if !text.is_empty() && super::client::parse_address(text).is_none() {
                    self.add(Breach::Address, place, "must be a web address");
                }
            }
            (Shape::Locale, Value::String(text)) => {
                if text.len() != 3 || !text.bytes().all(|byte| byte.is_ascii_lowercase()) {
                    self.add(Breach::Locale, place, "must be three lower-case letters (ISO 639-3)");
                }
            }
            (Shape::OneOf(list), Value::String(text)) => {
                if !list.contains(&text.as_str()) {
                    self.add(Breach::Enum, place, &format!("must be one of {}", list.join(", ")));
                }
            }
            (Shape::Members(members), Value::Object(object)) => self.members(members, object, place),
            (Shape::List(shape), Value::Array(items)) => {
                items
                    .iter()
                    .enumerate()
                    .for_each(|(index, item)| self.check(shape, item, &format!("{place}[{index}]")));
            }
            (Shape::Batch(shape), Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.later_item = index > 0;
                    self.check(shape, item, &format!("{place}[{index}]"));
                }
                self.later_item = false;
            }
            (Shape::IdOrList, Value::Array(items)) => {
                if !items.iter().all(Value::is_string) {
                    self.add(Breach::Type, place, "must hold texts");
                }
            }
            (Shape::Query, Value::Array(entries)) => {
                entries
                    .iter()
                    .enumerate()
                    .for_each(|(at, entry)| self.check(&PREDICATE, entry, &format!("{place}[{at}]")));
            }
            (Shape::Query, Value::Object(_)) => {
                let strange = std::mem::take(&mut self.strange); // a query is an open structure
                self.check(&TYPED_QUERY, value, place);
                self.strange = strange;
            }
            _ => self.add(Breach::Type, place, "is of the wrong type"),
        }
    }

    fn members(&mut self, members: &[Member], object: &Map<String, Value>, place: &str) {
        for member in members {
            match object.get(member.name) {
                Some(value) => self.check(&member.shape, value, &format!("{place}.{}", member.name)),
                None if member.required => {
                    self.add(Breach::Required, &format!("{place}.{}", member.name), "is missing")
                }
                None => {}
            }
        }
        if self.strange && object.keys().any(|name| members.iter().all(|member| member.name != name)) {
            self.add(Breach::Unknown, place, "has a member that is not expected");
        }
    }
}

/// A date-time as RFC 3339 writes it; none for anything looser.
pub(crate) fn date_time(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let digits = |from: usize, to: usize| bytes.get(from..to).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
    let at = |index: usize, allowed: &[u8]| bytes.get(index).is_some_and(|byte| allowed.contains(byte));
    let date = digits(0, 4) && at(4, b"-") && digits(5, 7) && at(7, b"-") && digits(8, 10);
    let time = at(10, b"Tt") && digits(11, 13) && at(13, b":") && digits(14, 16) && at(16, b":") && digits(17, 19);
    let mut rest = text.get(19..)?;
    if let Some(fraction) = rest.strip_prefix('.') {
        rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
        if rest.len() == fraction.len() {
            return None;
        }
    }
    let zone = rest.as_bytes();
    let offset = zone.len() == 6
        && matches!(zone.first(), Some(b'+' | b'-'))
        && zone.get(3) == Some(&b':')
        && [1, 2, 4, 5].iter().all(|&at| zone.get(at).is_some_and(u8::is_ascii_digit));
    if !(date && time && (offset || rest == "Z" || rest == "z")) {
        return None;
    }
    text.to_ascii_uppercase().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sound() -> Value {
        json!({
            "header": {"version": "1.0.0", "message_id": "m", "message_ts": "2026-01-01T00:00:00Z", "action": "search",
                "sender_id": "s", "total_count": 1},
            "message": {"transaction_id": "t", "search_request": [{"reference_id": "r", "timestamp": "2026-01-01T00:00:00+02:00",
                "search_criteria": {"query_type": "predicate", "query": [{"expression1":
                    {"attribute_name": "a", "operator": "eq", "attribute_value": 1}}]}}]}
        })
    }

    #[test]
    fn date_times() {
        for good in ["2026-01-01T00:00:00Z", "2026-01-01t00:00:00.123z", "2026-01-01T00:00:00.123456+05:30"] {
            assert!(date_time(good).is_some(), "{good}");
        }
        for bad in
            ["", "2026-01-01", "2026-01-01T00:00:00", "2026-01-01 00:00:00Z", "01.01.2026", "2026-02-30T00:00:00Z"]
        {
            assert!(date_time(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn each_breach_is_found_and_overlooked_by_its_fault_only() {
        let none = FaultSet::default();
        assert_eq!(problems("search", &sound(), &none), []);
        let item = "/message/search_request/0";
        let table = [
            ("/header/message_id", Value::Null, Breach::Type, Fault::TypeNotChecked),
            ("/header/total_count", json!("1"), Breach::Type, Fault::TypeNotChecked),
            ("/header/total_count", json!(1.5), Breach::Type, Fault::TypeNotChecked),
            ("/header/message_ts", json!("yesterday"), Breach::DateTime, Fault::DateTimeNotChecked),
            ("/message/transaction_id", json!("t".repeat(100)), Breach::Length, Fault::LengthNotChecked),
            ("/message/search_request", json!({}), Breach::Type, Fault::TypeNotChecked),
            (item, json!({}), Breach::Required, Fault::RequiredNotChecked),
            (
                "/message/search_request/0/search_criteria/query_type",
                json!("graph"),
                Breach::Enum,
                Fault::EnumNotChecked,
            ),
            ("/message/search_request/0/search_criteria/query", json!("x"), Breach::Type, Fault::TypeNotChecked),
            (
                "/message/search_request/0/search_criteria/query/0/expression1",
                json!({"operator": "eq", "attribute_value": 1}),
                Breach::Required,
                Fault::RequiredNotChecked,
            ),
        ];
        for (pointer, value, breach, fault) in table {
            let mut broken = sound();
            *broken.pointer_mut(pointer).expect(pointer) = value;
            let found = problems("search", &broken, &none);
            assert!(!found.is_empty() && found.iter().all(|problem| problem.breach == breach), "{pointer}: {found:?}");
            assert!(found.iter().all(|problem| problem.overlooked(&FaultSet::new(&[fault]))), "{pointer}");
            assert!(!found.iter().any(|problem| problem.overlooked(&none)), "{pointer}");
        }
    }

    #[test]
    fn extra_members_are_welcome() {
        let mut request = sound();
        request["header"]["extra"] = json!(1);
        request["message"]["search_request"][0]["extra"] = json!(1);
        assert_eq!(problems("search", &request, &FaultSet::default()), []);
        let strict = FaultSet::new(&[Fault::UnknownMemberRefused]);
        assert_eq!(problems("search", &request, &strict).len(), 2);
    }
}
