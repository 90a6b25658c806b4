//! Everything around a message: headers, acknowledgements, refusals, ids and times, and the faults that spoil them.

use super::faults::Fault;
use super::server::{Manner, Reply};
use super::{Operation, Route, State};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

/// Who this registry is.
pub(crate) const OWN_ID: &str = "dci-sandbox-sr";

/// Why a whole message is refused.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// Code of the communication layer.
    pub(crate) code: &'static str,
    /// Code of the callback header, for answers that are enveloped.
    pub(crate) header_code: Option<&'static str>,
    pub(crate) text: String,
}

impl Refusal {
    pub(crate) fn new(code: &'static str, text: impl Into<String>) -> Refusal {
        Refusal { code, header_code: None, text: text.into() }
    }

    pub(crate) fn of_header(header_code: &'static str, text: impl Into<String>) -> Refusal {
        Refusal { code: "err.request.bad", header_code: Some(header_code), text: text.into() }
    }
}

/// What an operation came to: the message of its response, and how many of its requests were refused.
#[derive(Debug)]
pub(crate) struct Performed {
    pub(crate) message: Value,
    pub(crate) total: usize,
    pub(crate) refused: usize,
}

/// The time now, RFC 3339.
pub(crate) fn now() -> String {
    format!("{:.3}", Timestamp::now())
}

/// A new id.
pub(crate) fn new_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

impl State {
    /// An id for the next message.
    fn message_id(&self) -> String {
        if self.faults.has(Fault::MessageIdConstant) {
            return "sandbox-message".into();
        }
        if self.faults.has(Fault::MessageIdInPairs) {
            let mut kept = self.kept_message_id.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            return match kept.take() {
                Some(id) => id,
                None => kept.insert(new_id()).clone(),
            };
        }
        new_id()
    }

    /// An id for the next transaction.
    pub(crate) fn correlation_id(&self) -> String {
        match () {
            () if self.faults.has(Fault::CorrelationIdConstant) => "sandbox-correlation".into(),
            () if self.faults.has(Fault::CorrelationIdTooLong) => format!("{}{}", new_id(), "0".repeat(84)),
            () => new_id(),
        }
    }

    /// An error text as it goes out.
    pub(crate) fn words(&self, text: &str) -> String {
        let mut words = text.to_string();
        if self.faults.has(Fault::StackTraceInError) {
            words.push_str("\nTraceback (most recent call last):\n  File \"/srv/registry/views.py\", line 214, in search\n    at org.registry.Search.run(Search.java:88)");
        }
        if self.faults.has(Fault::MarkupInError) {
            words.push_str(" <script>alert(1)</script>");
        }
        if self.faults.has(Fault::ControlCodesInError) {
            words.push_str(" \u{1b}[2J\u{1b}[31mregistry\u{1b}[0m\u{7}");
        }
        if self.faults.has(Fault::PersonalDataInError) {
            let registry = self.registry();
            let person = registry.people.first().map(|person| &person.member["demographic_info"]);
            let text =
                |pointer: &str| person.and_then(|person| person.pointer(pointer)).and_then(Value::as_str).unwrap_or("");
            words.push_str(&format!(
                " (while reading {} {}, {}, born {})",
                text("/name/given_name"),
                text("/name/surname"),
                text("/identifier/0/identifier_value"),
                text("/birth_date")
            ));
        }
        words
    }

    /// The response to `request`, enveloped and spoilt as the faults say.
    pub(crate) fn enveloped(&self, kind: &'static str, action: &str, request: &Value, performed: &Performed) -> Value {
        let all_refused = performed.total > 0 && performed.refused == performed.total;
        let mut header =
            self.header(action, if all_refused { "rjct" } else { "succ" }, &request["header"]["sender_id"]);
        if all_refused {
            header["status_reason_code"] = json!("rjct.errors.too_many");
            header["status_reason_message"] = json!(self.words("every request in the message was refused"));
        }
        header["total_count"] = json!(performed.total);
        header["completed_count"] = json!(performed.total);
        let mut value = json!({"header": header, "message": performed.message});
        self.spoil(kind, request, &mut value);
        value
    }

    /// A callback header.
    pub(crate) fn header(&self, action: &str, status: &str, receiver: &Value) -> Value {
        let mut header = json!({
            "version": "1.0.0", "message_id": self.message_id(), "message_ts": now(), "action": action, "status": status,
            "total_count": 1, "completed_count": 1, "sender_id": OWN_ID, "is_msg_encrypted": false,
        });
        if receiver.is_string() {
            header["receiver_id"] = receiver.clone();
        }
        header
    }

    /// The enveloped answer to a sync request refused for its header.
    pub(crate) fn header_refusal(&self, route: Route, request: &Value, code: &str, text: &str) -> Value {
        let mut header = self.header(route.operation.reply_action(), "rjct", &request["header"]["sender_id"]);
        header["status_reason_code"] = json!(code);
        header["status_reason_message"] = json!(self.words(text));
        let mut message =
            json!({"transaction_id": request["message"]["transaction_id"], "correlation_id": self.correlation_id()});
        if route.operation == Operation::Search {
            let items = request["message"]["search_request"].as_array().map(Vec::as_slice).unwrap_or_default();
            let refused: Vec<Value> = items
                .iter()
                .map(|item| json!({"reference_id": item["reference_id"], "timestamp": now(), "status": "rjct"}))
                .collect();
            header["total_count"] = json!(refused.len());
            header["completed_count"] = json!(refused.len());
            message["search_response"] = json!(refused);
        }
        let mut value = json!({"header": header, "message": message});
        if route.operation == Operation::Status {
            value = json!({"header": value["header"]}); // nothing to embed: the header alone tells the refusal
        }
        self.spoil(route.reply_kind(), request, &mut value);
        value
    }

    /// An acknowledgement.
    pub(crate) fn acknowledgement(
        &self,
        route: Route,
        status: &str,
        correlation_id: &str,
        refusal: Option<&Refusal>,
    ) -> Value {
        let mut message = json!({"ack_status": status, "timestamp": now(), "correlation_id": correlation_id});
        if let Some(refusal) = refusal.filter(|_| !self.faults.has(Fault::AckErrorMissing)) {
            let code = if self.faults.has(Fault::AckErrorCodeUnlisted) { "400" } else { refusal.code };
            message["error"] = json!({"code": code, "message": self.words(&refusal.text)});
        }
        if self.faults.has(Fault::AckStatusLowerCase) {
            message["ack_status"] = json!(status.to_ascii_lowercase());
        }
        if self.faults.has(Fault::AckTimestampEmpty) {
            message["timestamp"] = json!("");
        }
        if self.faults.has(Fault::AckCorrelationIdMissing) {
            remove(&mut message, "correlation_id");
        }
        let mut value = if self.faults.has(Fault::AckWithoutMessage) { message } else { json!({"message": message}) };
        self.tampered(route.acknowledgement_kind(), &mut value);
        value
    }

    /// A refusal that carries no envelope.
    pub(crate) fn http_error(&self, status: u16, code: &str, text: &str) -> Reply {
        let mut value = json!({"errors": [{"code": code, "message": self.words(text)}]});
        if status == 401 && self.faults.has(Fault::RefusalErrorsAsText) {
            value["errors"] = json!(self.words(text));
        }
        if status == 401 && self.faults.has(Fault::RefusalCodeAsNumber) {
            value["errors"][0]["code"] = json!(status);
        }
        if status == 401 && self.faults.has(Fault::RefusedWithData) {
            value["data"] = self.registry().record(super::data::Entity::Person, 0, &self.faults);
        }
        self.tampered("http error", &mut value);
        let status = match status {
            400 | 415 if self.faults.has(Fault::ServerErrorOnClientMistake) => 500,
            status => status,
        };
        self.json_reply(status, &value)
    }

    /// A JSON reply.
    pub(crate) fn json_reply(&self, status: u16, value: &Value) -> Reply {
        let content_type = match &self.faults {
            faults if faults.has(Fault::ContentTypeHtml) => "text/html",
            faults if faults.has(Fault::ContentTypeNearlyJson) => "application/json-seq",
            _ => "application/json",
        };
        Reply {
            status,
            headers: vec![("content-type", content_type.into())],
            body: value.to_string().into_bytes(),
            manner: Manner::Right,
        }
    }

    /// Lets the caller's own hand change a body just before it is written.
    pub(crate) fn tampered(&self, kind: &'static str, value: &mut Value) {
        if let Some(tamper) = &self.tamper {
            tamper(kind, value);
        }
    }

    /// Spoils an enveloped message as the faults say, and lets the caller tamper with it.
    pub(crate) fn spoil(&self, kind: &'static str, request: &Value, value: &mut Value) {
        if !self.faults.is_empty() {
            self.spoil_ids(kind, request, value);
            self.spoil_header(kind, request, value);
            self.spoil_items(value);
            if self.faults.has(Fault::SignatureAsNumber) {
                value["signature"] = json!(1);
            }
            let message = value.get_mut("message").and_then(Value::as_object_mut);
            if let Some(message) = message.filter(|_| self.faults.has(Fault::EncryptedUnflagged)) {
                message.insert("header".into(), json!({"alg": "RSA-OAEP-256", "enc": "A256GCM", "kid": "sandbox"}));
                for (name, text) in [("ciphertext", "AAAA"), ("encrypted_key", "BBBB"), ("tag", "CCCC"), ("iv", "DDDD")]
                {
                    message.insert(name.into(), json!(text));
                }
            }
            if kind.starts_with("sync/") && self.faults.has(Fault::MessageMissing) {
                remove(value, "message");
            }
            if kind.starts_with("sync/") && self.faults.has(Fault::HeaderMissing) {
                remove(value, "header");
            }
        }
        self.tampered(kind, value);
    }

    fn spoil_ids(&self, kind: &str, request: &Value, value: &mut Value) {
        let faults = &self.faults;
        if kind != "notify callback" && value["message"].is_object() {
            let asked = request["message"]["transaction_id"].as_str().unwrap_or_default();
            if faults.has(Fault::ReplyTransactionIdChanged) {
                value["message"]["transaction_id"] = json!(new_id());
            }
            if faults.has(Fault::LongTransactionIdCut) && asked.chars().count() > 40 {
                value["message"]["transaction_id"] = json!(asked.chars().take(40).collect::<String>());
            }
            if faults.has(Fault::TransactionIdAsNumber) {
                value["message"]["transaction_id"] = json!(self.counter.fetch_add(1, Ordering::Relaxed) + 123_456_789);
            }
            if faults.has(Fault::CallbackCorrelationIdDiffers) && kind.ends_with("callback") {
                value["message"]["correlation_id"] = json!(new_id());
            }
        }
        if faults.has(Fault::MessageIdEchoed) && request["header"]["message_id"].is_string() {
            value["header"]["message_id"] = request["header"]["message_id"].clone();
        }
        if faults.has(Fault::SenderAndReceiverNotSwapped) && request["header"]["sender_id"].is_string() {
            value["header"]["sender_id"] = request["header"]["sender_id"].clone();
            value["header"]["receiver_id"] = json!(OWN_ID);
        }
    }

    fn spoil_header(&self, kind: &str, request: &Value, value: &mut Value) {
        let succeeded = value["header"]["status"] == "succ";
        let header = &mut value["header"];
        let total = header["total_count"].as_u64().unwrap_or(0);
        let mut set = |fault: Fault, name: &str, spoilt: Value| {
            if self.faults.has(fault) {
                header[name] = spoilt;
            }
        };
        if request["header"]["action"].is_string() && kind != "notify callback" {
            set(Fault::ActionOfRequest, "action", request["header"]["action"].clone());
        }
        set(Fault::HeaderStatusUnlisted, "status", json!("success"));
        if succeeded {
            set(Fault::HeaderRejectedThoughItemsSucceed, "status", json!("rjct"));
        }
        set(Fault::HeaderReasonCodeUnlisted, "status_reason_code", json!("200"));
        set(Fault::MessageTsWithoutZone, "message_ts", json!(now().get(..19).unwrap_or_default()));
        set(Fault::MessageTsStale, "message_ts", json!("2020-01-01T12:00:00Z"));
        set(Fault::TotalCountAsText, "total_count", json!(total.to_string()));
        set(Fault::TotalCountWrong, "total_count", json!(total + 1));
        set(Fault::CompletedCountZero, "completed_count", json!(0));
        set(Fault::EncryptedFlagLies, "is_msg_encrypted", json!(true));
        set(Fault::MetaAsText, "meta", json!(""));
        if self.faults.has(Fault::HeaderStatusMissing)
            && matches!(kind, "sync/search reply" | "sync/txn/status reply" | "on-search callback")
        {
            remove(header, "status");
        }
    }

    fn spoil_items(&self, value: &mut Value) {
        let faults = &self.faults;
        let Some(message) = value.get_mut("message").filter(|message| message.is_object()) else { return };
        let Some(name) = ["search_response", "subscribe_response"].into_iter().find(|name| message[*name].is_array())
        else {
            return;
        };
        let Some(items) = message[name].as_array_mut() else { return };
        if faults.has(Fault::ReferenceIdsSwapped)
            && let [first, second, ..] = items.as_mut_slice()
        {
            let kept = first["reference_id"].take();
            first["reference_id"] = std::mem::replace(&mut second["reference_id"], kept);
        }
        if faults.has(Fault::BatchItemUnanswered) && items.len() > 1 {
            items.pop();
        }
        if faults.has(Fault::BatchItemAnsweredTwice) {
            items.extend(items.first().cloned());
        }
        items.iter_mut().for_each(|item| self.spoil_item(item));
        if faults.has(Fault::SearchResponseAsObject) && name == "search_response" {
            message[name] = items.first().cloned().unwrap_or(json!({}));
        }
    }

    fn spoil_item(&self, item: &mut Value) {
        let faults = &self.faults;
        if faults.has(Fault::ReferenceIdInvented) {
            item["reference_id"] = json!(new_id());
        }
        if faults.has(Fault::ItemTimestampMissing) {
            remove(item, "timestamp");
        }
        if faults.has(Fault::ReplyLocaleMalformed) {
            item["locale"] = json!("EN/GB");
        }
        if item["status"] == "rjct" {
            if faults.has(Fault::ItemReasonCodeUnlisted) {
                item["status_reason_code"] = json!("rjct.other");
            }
            if faults.has(Fault::ReasonMessageTooLong) {
                item["status_reason_message"] = json!("this was refused ".repeat(75).get(..1200));
            }
        } else if faults.has(Fault::ItemStatusUnlisted) {
            item["status"] = json!("ok");
        }
    }
}

/// Removes a member of an object.
pub(crate) fn remove(value: &mut Value, name: &str) {
    if let Some(object) = value.as_object_mut() {
        object.shift_remove(name);
    }
}
