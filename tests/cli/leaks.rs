//! `check --exchange` on answers that tell of persons and hold credentials where nobody expects them: none is in the reports.

use super::folder::Folder;
use super::run;
use serde_json::{Value, json};

fn entry(number: usize, status: u16, answer: &str, kind: &str) -> Value {
    let at = |part: usize| format!("2026-03-01T10:{number:02}:{part:02}.000Z");
    let request = json!({
        "header": {
            "version": "1.0.0", "message_id": format!("asked-{number}"), "message_ts": at(0), "action": "search",
            "sender_id": "sp.example", "sender_uri": "https://sp.example/cb", "receiver_id": "reg.example",
            "total_count": 1, "is_msg_encrypted": false
        },
        "message": {"transaction_id": format!("t-{number}"), "search_request": [{
            "reference_id": format!("r-{number}"), "timestamp": at(0), "search_criteria": {
                "reg_type": "ns:org:RegistryType:Social", "query_type": "idtype-value",
                "query": {"type": "UIN", "value": format!("KE-4400620{number}H")}
            }
        }]}
    });
    let headers = |kind: &str| json!([{"name": "Content-Type", "value": kind}]);
    let text = request.to_string();
    json!({
        "startedDateTime": at(0), "time": 50,
        "request": {
            "method": "POST", "url": "https://reg.example/registry/sync/search", "headers": headers("application/json"),
            "bodySize": text.len(), "postData": {"mimeType": "application/json", "text": text}
        },
        "response": {
            "status": status, "headers": headers(kind), "bodySize": answer.len(),
            "content": {"mimeType": kind, "size": answer.len(), "text": answer}
        }
    })
}

/// An answer whose header is wrong, so that it stands in the report.
fn answer(number: usize, records: Value) -> Value {
    json!({
        "header": {
            "version": "1.0.0", "message_id": format!("told-{number}"), "message_ts": "2026-03-01T10:00:01Z",
            "action": "on-search", "status": "weird", "sender_id": "reg.example", "receiver_id": "sp.example",
            "is_msg_encrypted": false
        },
        "message": {"transaction_id": format!("t-{number}"), "correlation_id": format!("c-{number}"), "search_response": [{
            "reference_id": format!("r-{number}"), "timestamp": "2026-03-01T10:00:01Z", "status": "succ",
            "data": {"reg_record_type": "SRPerson", "reg_records": records}
        }]}
    })
}

/// A person of whom every value holds this word or these digits.
fn person(word: &str, digits: &str) -> Value {
    json!({"@type": "SRPerson", "identifier": [{"identifier_type": "UIN", "identifier_value": format!("{digits}01")}],
        "name": {"surname": format!("Zz{word}"), "given_name": format!("Yy{word}")}, "sex": "female"})
}

/// The result of a recording of one exchange, in whose reports nothing of `gone` stands.
fn reported(entry: &Value, gone: &[String]) -> String {
    let folder = Folder::new();
    let har = json!({"log": {"version": "1.2", "creator": {"name": "test", "version": "1"}, "entries": [entry]}});
    folder.write("traffic.har", &har.to_string());
    let ran = run(&folder, &["check", "--exchange", "traffic.har", "--out", "out"]);
    assert!(matches!(ran.code, 1 | 2), "{}{}", ran.out, ran.err);
    let reports = ["result.json", "report.html", "junit.xml"].map(|name| (name, folder.read(&format!("out/{name}"))));
    for (name, text) in reports.iter().chain([&("terminal", format!("{}{}", ran.out, ran.err))]) {
        for value in gone {
            let place = text.find(value.as_str());
            let around = place.and_then(|at| text.get(at.saturating_sub(200)..at + 40));
            assert!(place.is_none(), "{value} in {name}: {around:?}");
        }
    }
    let [(_, result), ..] = reports;
    result
}

#[test]
fn persons_and_credentials_are_hidden_wherever_an_answer_has_them() {
    let (mut number, mut told) = (0, String::new());
    let mut tell = |status: u16, kind: &str, of: &dyn Fn(usize, Value, &str, &str) -> String| {
        number += 1;
        let letters = char::from(b'a' + u8::try_from(number).expect("few")).to_string().repeat(3);
        let digits = format!("8501{:03}22", number + 300);
        let text = of(number, person(&letters, &digits), &letters, &digits);
        let gone = [format!("Zz{letters}"), format!("Yy{letters}"), digits];
        told.push_str(&reported(&entry(number, status, &text, kind), &gone));
    };
    let json = "application/json";
    tell(200, json, &|number, person, _, _| json!(answer(number, json!([person])).to_string()).to_string());
    tell(200, json, &|number, person, _, _| {
        let mut answer = answer(number, json!([person]));
        answer["message"] = json!(answer["message"].to_string());
        answer.to_string()
    });
    tell(200, json, &|number, person, _, _| {
        let mut answer = answer(number, json!([person]));
        let data = &mut answer["message"]["search_response"][0]["data"];
        *data = json!(data.to_string());
        answer.to_string()
    });
    tell(400, json, &|_, person, _, _| {
        json!({"errors": [{"code": "500", "message": format!("no {person}")}]}).to_string()
    });
    tell(200, json, &|number, person, _, _| answer(number, json!([person])).to_string().replace('"', "'"));
    tell(200, "application/xml", &|_, _, word, digits| {
        format!("<r><surname>Zz{word}</surname><given_name>Yy{word}</given_name><id>{digits}</id></r>")
    });
    tell(200, "text/html", &|_, _, word, digits| {
        format!("<html><body>Hello Zz{word} Yy{word}, id {digits}</body></html>")
    });
    tell(200, "text/plain", &|_, _, word, digits| {
        format!("surname=Zz{word}&given_name=Yy{word}&identifier_value={digits}")
    });
    // Values that stand in other members of a record, beside it, or are names themselves.
    tell(200, json, &|number, _, word, digits| {
        let shifted = json!({"@type": "SRPerson", "sex": format!("Zz{word}"), "registration_date": digits, "group_size": digits,
            "identifier": [{"identifier_type": digits, "identifier_value": "UIN"}], "occupation": format!("Yy{word}")});
        answer(number, json!([shifted])).to_string()
    });
    tell(200, json, &|number, _, word, digits| {
        let mut answer = answer(number, json!([{"@type": "SRPerson", digits: {"a": 1}}]));
        answer["message"]["full_name"] = json!(format!("Zz{word} Yy{word}"));
        answer["message"]["national_id"] = json!(digits);
        answer["message"]["receipt_information"] =
            json!({"beneficiaries": [{"holder": format!("Zz{word}"), "no": digits}]});
        answer.to_string()
    });
    tell(400, json, &|_, _, word, digits| json!({digits: {"surname": format!("Zz{word}")}}).to_string());
    // Credentials, which are no words of a person.
    tell(200, json, &|number, _, word, digits| {
        let mut answer = answer(number, json!([]));
        answer["header"]["meta"] = json!({"clientSecret": format!("Zz{word}-{digits}"), "refreshToken": [digits],
            "next": format!("sp.example/cb?tok=Yy{word}"), "note": format!("Token Zz{word}{digits}")});
        answer.to_string()
    });
    // Records where they do not belong, a private key, and what a database quotes.
    tell(200, json, &|number, _, word, digits| {
        let mut answer = answer(number, json!([]));
        answer["message"]["search_response"][0]["data"] = json!([{"nom": format!("Zz{word}"), "cedula": digits}]);
        answer["message"]["results"] = json!([{"prenom": format!("Yy{word}")}]);
        answer.to_string()
    });
    tell(200, json, &|number, _, word, digits| {
        let mut answer = answer(number, json!([]));
        answer["message"]["search_response"][0]["data"] = json!(format!("Zz{word} Yy{word}"));
        answer["message"]["search_response"][0]["status_reason_message"] = json!(format!("UIN {digits} is unknown"));
        answer.to_string()
    });
    tell(400, json, &|_, _, word, digits| {
        let detail = format!("DETAIL: Failing row contains (12, Zz{word}, {digits}).");
        let key = format!("-----BEGIN PRIVATE KEY-----\nYy{word}\n-----END PRIVATE KEY-----");
        json!({"errors": [{"code": "err.x", "message": detail, "pem": key}]}).to_string()
    });
    // What a vendor mends by is still there.
    for kept in
        ["told-9", "c-10", "weird", "SRPerson", "registration_date", "full_name", "clientSecret", "surname", "t-12"]
    {
        assert!(told.contains(kept), "{kept} is lost");
    }
}
