//! Subscriptions: made, ended, and served when something happens to a person.

use super::client::{Address, parse_address};
use super::data::{Entity, Registry};
use super::envelope::{Performed, new_id, now, remove};
use super::faults::Fault;
use super::query::{self, Query};
use super::validate::date_time;
use super::{Delivery, State};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const MOST_SUBSCRIPTIONS: usize = 2000;
const EVENTS: [&str; 2] = ["REGISTER", "NewHouseHoldMember"];

/// One subscription, running or ended.
#[derive(Clone, Debug)]
pub(crate) struct Subscription {
    code: String,
    active: bool,
    sender_id: String,
    sender_uri: String,
    address: Option<Address>,
    transaction_id: Value,
    reference_id: Value,
    criteria: Value,
    query: Option<Query>,
    entity: Entity,
}

/// Something that happened to a person.
pub(crate) struct Event<'a> {
    pub(crate) kind: &'static str,
    pub(crate) person: usize,
    /// The registry before and after.
    pub(crate) before: &'a Registry,
    pub(crate) after: &'a Registry,
}

type Refused = (&'static str, &'static str);

/// Makes the subscriptions of a request.
pub(crate) fn subscribe(state: &State, request: &Value, correlation_id: &str, lenient: bool) -> Performed {
    let items = request["message"]["subscribe_request"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut seen = BTreeSet::new();
    let mut responses = Vec::new();
    let mut refused = 0;
    for item in items {
        let fresh = seen.insert(item["reference_id"].as_str().unwrap_or_default());
        let made = if fresh || state.faults.has(Fault::DuplicateReferenceAccepted) {
            make(state, request, item, lenient)
        } else {
            Err(("rjct.reference_id.duplicate", "another item of the message has this reference_id"))
        };
        let mut response =
            json!({"reference_id": item["reference_id"].as_str().unwrap_or_default(), "timestamp": now()});
        match made {
            Ok(subscription) => {
                response["status"] = json!("succ");
                if !state.faults.has(Fault::SubscriptionNotDescribed) {
                    response["subscriptions"] = json!([describe(state, &subscription)]);
                }
            }
            Err((code, text)) => {
                refused += 1;
                response["status"] = json!("rjct");
                response["status_reason_code"] = json!(code);
                response["status_reason_message"] = json!(state.words(text));
            }
        }
        responses.push(response);
    }
    let message = json!({"transaction_id": request["message"]["transaction_id"], "correlation_id": correlation_id,
        "subscribe_response": responses});
    Performed { message, total: responses.len(), refused }
}

fn describe(state: &State, subscription: &Subscription) -> Value {
    let status = if state.faults.has(Fault::SubscriptionStatusEnded) { "unsubscribe" } else { "subscribe" };
    let mut info = json!({"version": "1.0.0", "code": subscription.code, "status": status, "timestamp": now()});
    for name in ["reg_type", "reg_event_type", "frequency", "filter_type", "filter", "notify_record_type"] {
        if let Some(value) = subscription.criteria.get(name) {
            info[name] = value.clone();
        }
    }
    if state.faults.has(Fault::SubscriptionMisdescribed) {
        info["reg_event_type"] = json!("NewHouseHoldMember");
        info["filter"] = json!({"type": "UIN", "value": "somebody-else"});
    }
    info
}

fn make(state: &State, request: &Value, item: &Value, lenient: bool) -> Result<Subscription, Refused> {
    let faults = &state.faults;
    let criteria = &item["subscribe_criteria"];
    let event = criteria["reg_event_type"].as_str().unwrap_or_default();
    if !EVENTS.contains(&event) && !faults.has(Fault::UnknownEventTypeAccepted) && !lenient {
        return Err(("rjct.notify_types.invalid", "this registry has no such event type"));
    }
    let entity = criteria["notify_record_type"].as_str().and_then(Entity::named);
    if entity.is_none() && !lenient {
        return Err(("rjct.notify_details.invalid", "this registry has no such record type"));
    }
    if !lenient && !faults.has(Fault::BadFrequencyAccepted) {
        check_frequency(&criteria["frequency"])?;
    }
    let filter = &criteria["filter"];
    let shape = match filter {
        Value::Array(_) => "predicate",
        filter if filter["value"].is_object() => "expression",
        _ => "idtype-value",
    };
    let query = query::read(criteria["filter_type"].as_str().unwrap_or(shape), filter, faults).ok();
    if query.is_none() && !lenient {
        return Err(("rjct.notify_details.invalid", "the filter is not understood"));
    }
    let by_identifier = matches!(query, Some(Query::Identifier { .. }));
    let nobody = query.as_ref().is_some_and(|query| query.matches(&state.registry(), faults).is_empty());
    if by_identifier && nobody && !faults.has(Fault::UnknownPersonSubscribed) {
        return Err(("rjct.person_id.invalid", "the filter names a person this registry does not know"));
    }
    let sender_uri = request["header"]["sender_uri"].as_str().unwrap_or_default().to_string();
    let sender_id = request["header"]["sender_id"].as_str().unwrap_or_default().to_string();
    let code = match () {
        () if faults.has(Fault::SubscriptionCodeEmpty) => String::new(),
        () if faults.has(Fault::SubscriptionCodeTooLong) => format!("{}{}", new_id(), "0".repeat(84)),
        () if faults.has(Fault::SubscriptionCodeShared) => "sandbox-subscription".into(),
        () => new_id(),
    };
    let subscription = Subscription {
        code,
        active: true,
        address: parse_address(&sender_uri),
        sender_id,
        sender_uri,
        transaction_id: request["message"]["transaction_id"].clone(),
        reference_id: item["reference_id"].clone(),
        criteria: criteria.clone(),
        query,
        entity: entity.unwrap_or(Entity::Person),
    };
    let mut known = state.subscriptions.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let exists = known.iter().any(|other| other.active && !other.has_ended() && other.is_same(&subscription));
    if exists && !faults.has(Fault::SameSubscriptionTwice) {
        return Err(("rjct.event.already_subscribed", "the same subscription exists"));
    }
    if known.len() >= MOST_SUBSCRIPTIONS {
        let oldest = known.iter().position(|other| !other.active).unwrap_or(0);
        known.remove(oldest);
    }
    known.push(subscription.clone());
    Ok(subscription)
}

/// End after start, and a schedule of five to seven fields.
fn check_frequency(frequency: &Value) -> Result<(), Refused> {
    if !frequency.is_object() {
        return Ok(());
    }
    let time = |name: &str| frequency[name].as_str().and_then(date_time);
    if matches!((time("start_time"), time("end_time")), (Some(start), Some(end)) if end < start) {
        return Err(("rjct.notify_details.invalid", "the frequency ends before it starts"));
    }
    let fields = frequency["frequency"].as_str().unwrap_or_default().split_whitespace();
    let sound = |field: &str| field.chars().all(|c| c.is_ascii_alphanumeric() || "*?,-/#".contains(c));
    match fields.clone().all(sound) && (5..=7).contains(&fields.count()) {
        true => Ok(()),
        false => Err(("rjct.notify_details.invalid", "the frequency is not a schedule of five to seven fields")),
    }
}

impl Subscription {
    fn is_same(&self, other: &Subscription) -> bool {
        let part = |subscription: &Subscription, name: &str| subscription.criteria[name].clone();
        self.sender_id == other.sender_id
            && self.sender_uri == other.sender_uri
            && ["reg_event_type", "filter"].iter().all(|name| part(self, name) == part(other, name))
    }

    /// True once the end of its frequency has passed.
    fn has_ended(&self) -> bool {
        let end = self.criteria["frequency"]["end_time"].as_str().and_then(date_time);
        end.is_some_and(|end| end < jiff::Timestamp::now())
    }
}

/// Ends subscriptions, all of those named or none.
pub(crate) fn unsubscribe(state: &State, request: &Value, correlation_id: &str) -> Performed {
    let faults = &state.faults;
    let codes: Vec<&str> =
        request["message"]["subscription_codes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let sender_id = request["header"]["sender_id"].as_str().unwrap_or_default();
    let mut known = state.subscriptions.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let check = |code: &&str| -> Option<Refused> {
        let Some(subscription) = known.iter().rev().find(|subscription| subscription.code == **code) else {
            let fine = faults.has(Fault::UnknownCodeUnsubscribed);
            return (!fine).then_some(("rjct.subscription_code.invalid", "there is no subscription with that code"));
        };
        if subscription.sender_id != sender_id && !faults.has(Fault::ForeignUnsubscribeAccepted) {
            return Some(("rjct.requester.invalid", "the subscription belongs to someone else"));
        }
        let ended = !subscription.active && !faults.has(Fault::UnsubscribedTwice);
        ended.then_some(("rjct.event.already_unsubscribed", "the subscription has been ended before"))
    };
    let refusal = codes.iter().find_map(check);
    let mut message = json!({"transaction_id": request["message"]["transaction_id"], "correlation_id": correlation_id,
        "timestamp": now(), "status": "succ"});
    match refusal {
        None => {
            let all = faults.has(Fault::UnsubscribeEndsAll);
            let over = |of: &Subscription| codes.contains(&of.code.as_str()) || (all && of.sender_id == sender_id);
            known.iter_mut().filter(|of| over(of)).for_each(|of| of.active = false);
            if !faults.has(Fault::UnsubscribeStatusMissing) {
                message["subscription_status"] =
                    codes.iter().map(|code| json!({"code": code, "status": "unsubscribe"})).collect();
            }
            if faults.has(Fault::UnsubscribeOtherCode) {
                message["subscription_status"] = json!([{"code": new_id(), "status": "unsubscribe"}]);
            }
            if faults.has(Fault::UnsubscribeContradictsItself) {
                let stated = ["unsubscribe", "subscribe"];
                let twice = codes.iter().flat_map(|code| stated.map(|status| json!({"code": code, "status": status})));
                message["subscription_status"] = twice.collect();
            }
            if faults.has(Fault::UnsubscribeReportedRefused) {
                message["status"] = json!("rjct");
            }
        }
        Some((code, text)) => {
            if code == "rjct.requester.invalid" && faults.has(Fault::ForeignUnsubscribeCarriedOut) {
                known.iter_mut().filter(|of| codes.contains(&of.code.as_str())).for_each(|of| of.active = false);
            }
            message["status"] = json!("rjct");
            message["status_reason_code"] = json!(code);
            message["status_reason_message"] = json!(state.words(text));
        }
    }
    if faults.has(Fault::UnsubscribeTransactionIdChanged) {
        message["transaction_id"] = json!(new_id());
    }
    Performed { message, total: 1, refused: usize::from(refusal.is_some()) }
}

/// The notifications an event causes.
pub(crate) fn notifications(state: &State, event: &Event<'_>) -> Vec<Delivery> {
    let faults = &state.faults;
    if faults.has(Fault::NotifyMissing) {
        return Vec::new();
    }
    let subscriptions = state.subscriptions.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clone();
    let mut deliveries = Vec::new();
    for subscription in subscriptions {
        let running = subscription.active || faults.has(Fault::NotifyAfterUnsubscribe);
        let in_time = !subscription.has_ended() || faults.has(Fault::ExpiredSubscriptionNotifies);
        let right_event = subscription.criteria["reg_event_type"] == event.kind || faults.has(Fault::EventTypeIgnored);
        let by_predicate = subscription.criteria["filter"].is_array();
        let matching = faults.has(Fault::NotifyWithoutMatch)
            || (by_predicate && faults.has(Fault::PredicateFilterIgnored))
            || subscription
                .query
                .as_ref()
                .is_some_and(|query| query.matches(event.after, faults).contains(&event.person));
        let Some(address) = subscription.address.clone().filter(|_| running && in_time && right_event && matching)
        else {
            continue;
        };
        let times = if faults.has(Fault::NotifyTwice) { 2 } else { 1 };
        for _ in 0..times {
            let body = notification(state, &subscription, event);
            deliveries.push(Delivery::new("notify callback", address.clone(), body.to_string().into_bytes()));
        }
        if faults.has(Fault::OnlyFirstSubscriberNotified) {
            break;
        }
    }
    deliveries
}

fn notification(state: &State, subscription: &Subscription, event: &Event<'_>) -> Value {
    let faults = &state.faults;
    let registry = if faults.has(Fault::NotifyOldValue) { event.before } else { event.after };
    let person = if faults.has(Fault::NotifyWrongPerson) {
        (event.person + 1) % registry.people.len().max(1)
    } else {
        event.person
    };
    let index = match subscription.entity {
        Entity::Group => registry.people.get(person).map_or(0, |person| person.household),
        _ => person,
    };
    let kind = if faults.has(Fault::NotifyWrongEventType) { "NewHouseHoldMember" } else { event.kind };
    let asked_type = subscription.criteria["notify_record_type"].as_str().unwrap_or(subscription.entity.name());
    let mut data = json!({"version": "1.0.0", "reg_event_type": kind, "reg_record_type": asked_type,
        "reg_records": registry.record(subscription.entity, index, faults)});
    if let Some(kind) = subscription.criteria["reg_type"].as_str() {
        data["reg_type"] = json!(kind);
    }
    if faults.has(Fault::NotifyMislabelled) {
        data["reg_record_type"] = json!(if asked_type == "Group" { "Person" } else { "Group" });
    }
    if faults.has(Fault::NotifyWithoutRecord) {
        remove(&mut data, "reg_records");
    }
    if faults.has(Fault::NotifyWithoutRecordType) {
        remove(&mut data, "reg_record_type");
    }
    let mut value = json!({
        "header": state.header("notify", "succ", &json!(subscription.sender_id)),
        "message": {"transaction_id": subscription.transaction_id, "notify_event": [
            {"reference_id": subscription.reference_id, "timestamp": now(), "data": data}]},
    });
    if faults.has(Fault::NotifyOtherBeside)
        && let Some(events) = value["message"]["notify_event"].as_array_mut()
        && let Some(mut other) = events.first().cloned()
    {
        other["reference_id"] = json!(new_id());
        other["data"]["reg_records"] =
            registry.record(Entity::Person, (person + 1) % registry.people.len().max(1), faults);
        events.push(other);
        value["header"]["total_count"] = json!(2);
        value["header"]["completed_count"] = json!(2);
    }
    if faults.has(Fault::NotifyActionOfSubscribe) {
        value["header"]["action"] = json!("subscribe");
    }
    if faults.has(Fault::NotifyCountsWrong) {
        value["header"]["total_count"] = json!(7);
        value["header"]["completed_count"] = json!(7);
    }
    state.spoil("notify callback", &json!({"header": {"sender_id": subscription.sender_id}}), &mut value);
    value
}
