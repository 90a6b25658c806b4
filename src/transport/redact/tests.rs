//! Nothing learned survives; equality does; doing it twice changes nothing.

use super::*;
use crate::model::exchange::{Answer, Direction, Headers, NoAnswer, NoAnswerKind, Request, Response, Seen};
use proptest::prelude::*;
use secrecy::ExposeSecret;
use serde_json::json;
use std::time::{Duration, SystemTime};

const HIDE: &[&str] = &["identifier_value", "given_name", "surname", "birth_date", "phone_number", "address"];

fn redactor(secrets: &[&str]) -> Redactor {
    let fields: Vec<String> = HIDE.iter().map(|name| (*name).to_owned()).collect();
    let secrets: Vec<SecretString> = secrets.iter().map(|secret| SecretString::from(*secret)).collect();
    Redactor::new(&fields, &secrets)
}

pub(super) fn exchange(request: &str, response: &str) -> Exchange {
    let body = |text: &str| Body::new(text.as_bytes().to_vec());
    Exchange {
        number: 0,
        direction: Direction::Sent,
        name: Some("sync/search".into()),
        test: None,
        sound: true,
        request: Request { method: "POST".into(), path: "/search".into(), body: body(request), ..Request::default() },
        answer: Answer::Response(Response { status: 200, body: body(response), ..Response::default() }),
        at: SystemTime::UNIX_EPOCH,
        took: Duration::from_millis(7),
        notes: Vec::new(),
        seen: Seen::Whole,
    }
}

#[test]
fn hidden_fields_get_tokens_by_kind_and_keep_equality() {
    let person = json!({
        "spdci:Given_Name": "Amara", "surname": ["Okafor", "Amara"], "birth_date": "1990-02-03",
        "phone_number": 2348012345u64, "address": {"line": "12 Palm Street", "city": null, "ok": true},
        "sex": "F", "note": "Amara Okafor, born 1990-02-03; tel 2348012345",
    });
    let mut redactor = redactor(&[]);
    redactor.learn(&exchange("{}", &person.to_string()));
    assert_eq!(
        redactor.json(&person),
        json!({
            "spdci:Given_Name": "name-1", "surname": ["name-2", "name-1"], "birth_date": "date-1",
            "phone_number": "phone-1", "address": {"line": "address-1", "city": null, "ok": true},
            "sex": "F", "note": "name-1 name-2, born date-1; tel phone-1",
        })
    );
    assert_eq!(redactor.text("AMARA at 12 palm street"), "name-1 at address-1");
    assert_eq!(
        redactor.json(&json!({"given_name": "Never Seen", "total": 2348012345u64})),
        json!({"given_name": "(hidden)", "total": "phone-1"})
    );
    assert!(redactor.redactions().count >= 12);
    assert_eq!(redactor.redactions().fields.len(), HIDE.len());
}

#[test]
fn a_value_beside_the_name_of_a_hidden_field_is_hidden() {
    let query = json!({"attribute_name": "given_name", "operator": "eq", "attribute_value": "Binta"});
    let mut redactor = redactor(&[]);
    redactor.learn(&exchange(&query.to_string(), "{}"));
    assert_eq!(
        redactor.json(&query),
        json!({"attribute_name": "given_name", "operator": "eq", "attribute_value": "name-1"})
    );
}

#[test]
fn words_are_replaced_at_their_boundaries_only() {
    let mut redactor = redactor(&[]);
    for name in ["Ana", "Ana Mar", "Will", "Jo", "José", "O'Neil \"X\""] {
        redactor.learn_value("given_name", &name.into());
    }
    for (text, expected) in [
        ("Ana Maria and Anabel", "name-1 Maria and Anabel"),
        ("ana will come; WILL too, Will!", "ana will come; name-3 too, name-3!"),
        ("Jo is short", "Jo is short"),
        (r"Jos\u00e9 is José is Jos%C3%A9", "name-5 is name-5 is name-5"),
        ("?q=Ana+Mar&r=Ana%20Mar", "?q=name-2&r=name-2"),
        (r#"{"a": "O'Neil \"X\""#, r#"{"a": "name-6"#),
        ("<b>O&#39;Neil &quot;X&quot;</b>", "<b>name-6</b>"),
        ("name-1 name-99 Ana-7", "name-1 name-99 name-1-7"),
    ] {
        assert_eq!(redactor.text(text), expected, "{text}");
    }
}

#[test]
fn broken_json_is_learned_from_too() {
    let mut redactor = redactor(&[]);
    let cut = r#"{"list": [{"x:given_name" : "Amara", "sex": "F", "address": {"line": ["Palm Road", 4711], "n": {"z": "Upper "#;
    redactor.learn(&exchange(r#"{"identifier_value": "UIN-77", "#, cut));
    let shown = redactor.evidence(&exchange(r#"{"identifier_value": "UIN-77", "#, cut));
    assert_eq!(shown.request_body, r#"{"identifier_value": "identifier-1", "#);
    for gone in ["Amara", "Palm", "4711", "Upper"] {
        assert!(!shown.response_body.contains(gone), "{}", shown.response_body);
    }
    assert!(shown.response_body.contains("\"sex\": \"F\""));
    let deep = format!("{}{}", "[".repeat(5000), r#"{"surname": "Hidden"}"#);
    redactor.learn(&exchange("", &deep));
    assert!(!redactor.evidence(&exchange("", &deep)).response_body.contains("Hidden"));
}

#[test]
fn secrets_are_masked_in_every_spelling() {
    let secret = "c&nary/t0ken+é";
    let redactor = redactor(&[secret, "abc", "-----BEGIN KEY-----\nQUJDREVGR0hJSktMTU5PUA\n-----END KEY-----\n"]);
    for text in [
        secret,
        "x-c&nary/t0ken+é-y",
        "Y8bmFyeQ==",
        "YyZuYXJ5L3Qwa2VuK8Op",
        "c%26nary%2Ft0ken%2B%C3%A9",
        r"c&nary/t0ken+\u00e9",
        "abc",
        "QUJDREVGR0hJSktMTU5PUA",
        "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-_1",
        "token eyJhbGciOiJIUzI1NiJ9..abc",
        "authorization: bearer xyzzy-1",
        "Basic dXNlcjpwYXNz",
        "grant_type=x&client_secret=hush-1&scope=y",
        r#"{"access_token": "hush-1", "#,
    ] {
        let shown = redactor.text(text);
        let masked = shown.contains("(secret)") || text == "Y8bmFyeQ==";
        let left = ["nary", "hush", "xyzzy", "eyJ", "dXNl", "QUJD", "YyZu", "t0ken"]
            .iter()
            .find(|part| shown.contains(**part));
        assert!(masked && left.is_none(), "{text} -> {shown}");
        assert_eq!(redactor.text(&shown), shown);
    }
    for text in ["abcd", "bearer token missing", "Bearer realm=\"a\"", "basic checks passed", "password: "] {
        assert_eq!(redactor.text(text), text);
    }
    let shown = redactor.json(&json!({"access_token": "t", "Authorization": "x y", "n": {"client-secret": ""}}));
    assert_eq!(shown, json!({"access_token": "(secret)", "Authorization": "(secret)", "n": {"client-secret": ""}}));
}

#[test]
fn header_fields_with_credentials_are_masked_whole() {
    let redactor = redactor(&["hush-hush"]);
    let mut headers = Headers::default();
    for (name, value) in [
        ("AUTHORIZATION", "Odd format"),
        ("cookie", "a=b"),
        ("Set-Cookie", "a=b"),
        ("X-Api-Key", "k"),
        ("x-api-token", "k"),
        ("proxy-authorization", "k"),
        ("server", "saw hush-hush here"),
        ("content-type", "application/json"),
    ] {
        headers.push(name, value);
    }
    let shown = redactor.headers(&headers);
    assert!(shown.0.iter().take(6).all(|(_, value)| value == "(secret)"));
    assert_eq!(shown.get("server"), Some("saw (secret) here"));
    assert_eq!(shown.get("content-type"), Some("application/json"));
}

/// Whatever a gateway calls it: only fields known to hold no credential are shown.
#[test]
fn header_fields_that_nobody_knows_are_not_shown() {
    let mut headers = Headers::default();
    for name in [
        "Ocp-Apim-Subscription-Key",
        "X-Functions-Key",
        "X-Authorization",
        "Authentication",
        "X-Auth",
        "X-Access-Key",
        "X-Credential",
        "X-Goog-Iap-Jwt-Assertion",
        "X-CSRF",
        "X-Session-Id",
        "X-Signed-By-Nobody",
        "Signature",
        "X-Original-Url",
        "Accept-Token",
        "Access-Control-Key",
        "X-RateLimit-Secret",
        "Sec-CH-UA-Session",
    ] {
        headers.push(name, "keyId=\"a\", k9-value-of-a-gateway");
    }
    let redactor = redactor(&[]);
    let shown = redactor.headers(&headers);
    assert!(shown.0.iter().all(|(_, value)| value == "(secret)" || value == "(hidden)"), "{shown:?}");
    headers.push("Content-Type", "application/json");
    headers.push("Access-Control-Allow-Credentials", "true");
    headers.push("Location", "/next?token=k9-value");
    headers.push("Referer", "https://me:k9-value@x.example/a?sid=k9-value&b=1");
    headers.push("User-Agent", "x/1 (ada@mail.example; +https://x.example)");
    headers.push("X-Signed-By-Nobody", "");
    let shown = redactor.headers(&headers);
    assert_eq!(shown.get("content-type"), Some("application/json"));
    assert_eq!(shown.get("access-control-allow-credentials"), Some("true"));
    assert_eq!(shown.get("location"), Some("/next?(hidden)"));
    assert_eq!(shown.get("user-agent"), Some("x/1 ((hidden); +https://x.example)"));
    assert_eq!(shown.get("referer"), Some("https://(secret)@x.example/a?(hidden)"));
    assert_eq!(shown.0.last().map(|(_, value)| value.as_str()), Some(""));
}

#[test]
fn what_is_asked_at_an_address_is_not_shown() {
    let redactor = redactor(&[]);
    let body = json!({"sender_uri": "https://peer.example/cb?token=k9-value", "none": "https://peer.example/cb?"});
    let shown = redactor.json(&body);
    assert_eq!(shown, json!({"sender_uri": "https://peer.example/cb?(hidden)", "none": "https://peer.example/cb?"}));
    assert_eq!(redactor.json(&shown), shown);
    let mut called = exchange("{}", "{}");
    called.request.path = "/callback/on-search?token=k9-value".into();
    assert_eq!(redactor.evidence(&called).request_line, "POST /callback/on-search?(hidden)");
    // Who is called may be named in the path, in recordings too; what we tell our own tests apart by is made by chance.
    called.direction = Direction::Arrived;
    called.request.path = "/case/908172635/on-search".into();
    assert_eq!(redactor.evidence(&called).request_line, "POST /case/(hidden)/on-search");
    called.request.path = "/hook/cb/0025795795358155/on-search".into();
    assert_eq!(redactor.evidence(&called).request_line, "POST /hook/cb/0025795795358155/on-search");
    for (address, shown) in [
        ("https://sp.example/case/KE-908172635/cb", "https://sp.example/case/(hidden)/cb"),
        ("https://sp.example/cb/token/Zq9secretABC123/x", "https://sp.example/cb/token/(secret)/x"),
        ("https://sp.example/key=Zq9s/x", "https://sp.example/key=(secret)/x"),
        ("https://sp.example/cb/key_token=Zq9s/x", "https://sp.example/cb/key_token=(secret)/x"),
        ("https://sp.example/T024/ZqXXabcdefgh12345678/x", "https://sp.example/T024/(secret)/x"),
        ("https://sp.example/ada@mail.example/HEGG560427MVZRRL04", "https://sp.example/(hidden)/(hidden)"),
        ("https://sp.example/٩٠٨١٧٢٦٣٥/ada%40mail.example", "https://sp.example/(hidden)/(hidden)"),
        ("https://sp.example/auth/realms/oauth2/token/refresh", "https://sp.example/auth/realms/oauth2/token/refresh"),
        ("http://127.0.0.1:46715/cb/0025795795358155", "http://127.0.0.1:46715/cb/0025795795358155"),
        ("https://schema.example/2024-01-01/v1#Person", "https://schema.example/2024-01-01/v1#Person"),
    ] {
        assert_eq!(redactor.json(&json!({"sender_uri": address})), json!({"sender_uri": shown}));
    }
}

#[test]
fn evidence_is_bounded_and_harmless_to_a_terminal() {
    let mut redactor = redactor(&[]);
    redactor.learn_value("given_name", &"Zainab".into());
    let mut long = exchange("\u{1b}[31mred\r\n\u{202e}x\tZainab", "");
    let flood = format!("{} Zainab", "x".repeat(70_000));
    long.answer = Answer::Response(Response {
        status: 500,
        headers: Headers((0..100).map(|n| (format!("x-{n}"), "y".repeat(5000))).collect()),
        body: Body::new([b"\xff", flood.as_bytes()].concat()),
        cut: Some(crate::model::exchange::Cut::Product("ended early".into())),
    });
    let shown = redactor.evidence(&long);
    assert_eq!(shown.request_body, "\\u001b[31mred\n\\u202ex\tname-1");
    assert!(shown.response_body.len() < 66_000 && shown.response_body.ends_with("more bytes are not kept"));
    assert!(shown.response_headers.len() == 65 && shown.response_headers[0].1.len() < 2200);
    assert_eq!(
        (shown.no_answer.as_str(), shown.at.as_str(), shown.took_ms),
        ("ended early", "1970-01-01T00:00:00.000Z", 7)
    );
    long.answer = Answer::None(NoAnswer { kind: NoAnswerKind::Timeout, detail: "late for Zainab".into() });
    let shown = redactor.evidence(&long);
    assert_eq!((shown.status, shown.no_answer.as_str()), (None, "late for name-1"));
    let pretty = redactor.evidence(&exchange("{\"b\":1,\"a\":\"\\u001b\\u0085\"}", ""));
    assert_eq!(pretty.request_body, "{\n  \"b\": 1,\n  \"a\": \"\\u001b\\u0085\"\n}");
    assert_eq!(pretty.request_line, "POST /search");
    redactor.keep_no_bodies();
    assert_eq!(redactor.evidence(&exchange("{}", "")).request_body, "(not kept)");
}

#[test]
fn many_values_and_long_texts_stay_linear() {
    let mut redactor = redactor(&[]);
    for n in 0..20_000 {
        redactor.learn_value("given_name", &format!("A {} {n}", "A ".repeat(n % 100)).into());
    }
    let long = "A ".repeat(5000);
    redactor.learn_value("surname", &long.as_str().into());
    let text = format!("{} B", "A ".repeat(30_000));
    assert!(redactor.text(&text).len() < text.len());
}

/// Names of a made-up alphabet, so that none is by chance a word of a token.
fn a_value() -> impl Strategy<Value = String> {
    "[Q-Zq-z0-9é][Q-Zq-z0-9é .'/-]{1,12}[Q-Zq-z0-9é]"
}

proptest! {
    #[test]
    fn no_learned_value_survives(values in prop::collection::vec(a_value(), 1..12), glue in "[ ,;:(\\[=|]{1,3}", seed in 0usize..99) {
        let mut redactor = redactor(&[]);
        for (at, value) in values.iter().enumerate() {
            redactor.learn_value(HIDE[(at + seed) % HIDE.len()], &value.as_str().into());
        }
        let text = values.join(&glue);
        let holder = json!({"free": text, &text: [values], "given_name": values});
        let body = holder.to_string();
        for shown in [
            redactor.text(&text),
            redactor.json(&holder).to_string(),
            redactor.evidence(&exchange(&body, body.get(..body.len() - 2).unwrap_or(""))).response_body,
        ] {
            for value in values.iter().filter(|value| value.chars().count() >= 3) {
                let found = shown.match_indices(value.as_str()).any(|(at, _)| {
                    let before = shown[..at].chars().next_back().is_some_and(char::is_alphanumeric);
                    let after = shown[at + value.len()..].chars().next().is_some_and(char::is_alphanumeric);
                    !before && !after
                });
                prop_assert!(!found, "{value:?} in {shown:?}");
            }
        }
    }

    #[test]
    fn equality_is_kept_and_twice_is_once(values in prop::collection::vec(a_value(), 2..8), text in "[ -~]{0,40}") {
        let mut redactor = redactor(&["s3cret-Zx"]);
        for value in &values {
            redactor.learn_value("given_name", &value.as_str().into());
        }
        let first = redactor.json(&json!({"given_name": values, "text": text, "all": values.join(" ")}));
        prop_assert_eq!(&redactor.json(&first), &first);
        for (i, a) in values.iter().enumerate() {
            for (j, b) in values.iter().enumerate() {
                prop_assert_eq!(a == b, first["given_name"][i] == first["given_name"][j]);
            }
        }
        let shown = redactor.text(&format!("{text} s3cret-Zx {}", values.join("; ")));
        prop_assert_eq!(redactor.text(&shown), shown.clone());
        prop_assert!(!shown.contains("s3cret"));
    }

    #[test]
    fn nothing_from_outside_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "\\PC{0,80}") {
        let mut redactor = redactor(&["hush-hush"]);
        let mut odd = exchange(&text, &format!("{{\"surname\": \"{text}"));
        odd.answer = Answer::Response(Response { body: Body::new(bytes), ..Response::default() });
        redactor.learn(&odd);
        redactor.learn_value(&text, &text.as_str().into());
        redactor.evidence(&odd);
        redactor.text(&format!("\\u{text}\\ud800"));
    }
}

#[test]
fn what_should_be_an_object_is_hidden_where_it_is_plain_text() {
    let mut redactor = Redactor::new(&["member_identifier as text".into()], &[]);
    let body = json!({"member_list": [
        {"member_identifier": "M9876"}, {"member_identifier": ["M9877"]},
        {"member_identifier": [{"identifier_type": "UIN"}]},
    ]});
    redactor.learn(&exchange(&body.to_string(), "{}"));
    let told = redactor.json(&body).to_string();
    assert!(!told.contains("M987") && told.contains("UIN"), "{told}");
    assert_eq!(redactor.text("found M9876"), "found identifier-1");
}

#[test]
fn a_member_may_be_hidden_only_where_it_stands_in_another() {
    let hide = ["identifier.value".to_owned(), "person.name".to_owned()];
    let body = json!({"person": [{"name": "Amara Okafor", "identifier": [{"type": "UIN", "value": "A-7788"}]}],
        "error": {"name": "TypeError", "value": "open"}});
    let whole = body.to_string();
    for text in [whole.as_str(), &whole[..whole.len() - 2]] {
        let mut redactor = Redactor::new(&hide, &[]);
        redactor.learn(&exchange("", text));
        let shown = redactor.evidence(&exchange("", text)).response_body;
        for gone in ["Amara", "Okafor", "A-7788"] {
            assert!(!shown.contains(gone), "{gone} survives: {shown}");
        }
        for kept in ["UIN", "TypeError", "open", "name-1", "identifier-1"] {
            assert!(shown.contains(kept), "{kept} is lost: {shown}");
        }
    }
}

#[test]
fn a_value_inside_a_random_id_stands_there_by_chance() {
    let mut redactor = redactor(&[]);
    redactor.learn_value("identifier", &json!("4829"));
    let id = "eb93ed33-adf9-4829-829d-5491c499ffc0";
    assert_eq!(redactor.text(&format!("{id} 4829")), format!("{id} identifier-1"));
    let longer = format!("{id}xxxx 4829");
    assert_eq!(redactor.text(&longer), format!("{id}xxxx identifier-1"), "a test makes a code longer than it may be");
    redactor.learn_value("identifier", &json!(id));
    assert_eq!(redactor.text(id), "identifier-2");
}

#[test]
fn what_was_redacted_earlier_is_known_again() {
    for text in ["identifier-3", "the person name-12 is unknown", "(x: date-1)"] {
        assert_eq!(replaced(text), Some(Replaced::ByToken), "{text}");
    }
    assert_eq!(replaced("Bearer (secret)"), Some(Replaced::ByMask));
    assert_eq!(replaced("name-1 and (hidden)"), Some(Replaced::ByMask));
    for text in ["", "a name", "name-", "surname-x", "2026-01-02", "message-1", "rename-1"] {
        assert_eq!(replaced(text), None, "{text}");
    }
}

#[test]
fn credentials_of_others_are_found_in_their_fields_alone() {
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let headers = Headers(vec![
        field("Authorization", "Bearer abcdefgh-123"),
        field("Cookie", "short=1; session=0123456789"),
        field("Set-Cookie", "id=qwertyuiop; Path=/registry; HttpOnly"),
        field("X-Api-Key", "(secret)"),
        field("Content-Type", "application/json"),
        field("X-Auth", "k9-value-of-a-gateway"),
        field("X-Auth-Scheme", "something"),
        field("X-Session-Id", "eb93ed33-adf9-4829-829d-5491c499ffc0"),
    ]);
    let found: Vec<String> = secrets_of(&headers).iter().map(|one| one.expose_secret().to_owned()).collect();
    assert_eq!(found, ["abcdefgh-123", "0123456789", "qwertyuiop", "k9-value-of-a-gateway"]);
}

pub(super) fn knowing(names: &[&str]) -> Redactor {
    let fields: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut redactor = Redactor::new(&fields, &[]);
    let set = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    redactor.know(Known {
        codes: set(&["female", "UIN", "wrong type"]),
        members: set(&["sex", "name", "surname", "score", "relative", "identifiers", "birthdate"]),
        objects: set(&["relative"]),
        aliases: [("birthdate".to_owned(), "birth_date".to_owned())].into(),
        messages: set(&["header", "message", "message_id", "response", "data", "records", "status", "kind"]),
    });
    redactor
}

/// Whatever is asked for may be somebody's, in every form a query has; how it is asked is not.
#[test]
fn what_is_asked_for_is_hidden_wherever_it_turns_up() {
    let hide = ["surname", "birth_date", "query but type, attribute_name, operator, collection"];
    for (query, shown) in [
        (json!({"type": "NID", "value": "QQ11qq"}), json!({"type": "NID", "value": "identifier-1"})),
        (json!({"type": "NID", "value": {"eq": "QQ11qq"}}), json!({"type": "NID", "value": {"eq": "value-1"}})),
        (
            json!({"type": {"code": "NID"}, "value": "QQ11qq"}),
            json!({"type": {"code": "value-1"}, "value": "identifier-1"}),
        ),
        (json!({"type": "778899665", "value": "PESEL"}), json!({"type": "value-1", "value": "identifier-1"})),
        (
            json!({"type": "e", "value": {"expression": {"collection": "Group", "query": {"name.surname": {"$eq": "QQ11qq"}}}}}),
            json!({"type": "e", "value": {"expression": {"collection": "Group", "query": {"name.surname": {"$eq": "name-1"}}}}}),
        ),
        (
            json!({"$and": [{"x.birth_date": {"$lt": "QQ11qq"}}, {"sex": {"$eq": "female"}}, {"size": {"$gt": 4}}]}),
            json!({"$and": [{"x.birth_date": {"$lt": "date-1"}}, {"sex": {"$eq": "female"}}, {"size": {"$gt": 4}}]}),
        ),
        (json!({"UIN": {"eq": "QQ11qq"}}), json!({"UIN": {"eq": "value-1"}})),
        (json!({"type": "wrong type", "value": "QQ11qq"}), json!({"type": "wrong type", "value": "identifier-1"})),
        (
            json!([{"expression1": {"attribute_name": "full_name", "operator": "eq", "attribute_value": "QQ11qq"}}]),
            json!([{"expression1": {"attribute_name": "full_name", "operator": "eq", "attribute_value": "value-1"}}]),
        ),
        (json!({"value": "{ person(surname: \"QQ11qq\") { sex } }"}), json!({"value": "identifier-1"})),
        (json!({"type": "NID", "value": 778899665}), json!({"type": "NID", "value": "identifier-1"})),
    ] {
        let body = json!({"search": {"query": query}}).to_string();
        for text in [body.as_str(), &body[..body.len() - 1]] {
            let mut redactor = knowing(&hide);
            redactor.learn(&exchange(text, "<p>no QQ11qq 778899665 here</p>"));
            let evidence = redactor.evidence(&exchange(text, "<p>no QQ11qq 778899665 here</p>"));
            let told = format!("{}{}", evidence.request_body, evidence.response_body);
            let asked = if body.contains("778899665") { "778899665" } else { "QQ11qq" };
            assert!(!told.contains(asked), "{told}");
        }
        let mut redactor = knowing(&hide);
        redactor.learn(&exchange(&body, "{}"));
        assert_eq!(redactor.json(&json!({"query": query})), json!({"query": shown}), "{body}");
        assert_eq!(redactor.text("surname female 4 Group"), "surname female 4 Group");
    }
}

#[test]
fn of_records_only_members_that_the_standard_knows_are_shown() {
    let mut redactor = knowing(&["surname", "birth_date", "unknown in records"]);
    let record = json!({
        "@type": "Person", "surname": "Kowalska", "sex": "female", "score": 4, "birthDate": "1977-01-01",
        "phone": "+48 600 700 800", "full_name": "Zuzanna K.", "national_id": 77001122334_u64, "photo": "aGVsbG8x",
        "kind": "registry", "gender": "female", "children": 2, "alive": true, "relative": "Adam N.",
        "bank": {"iban": "PL61109010"}, "names": ["Zuzanna", "Maria"]
    });
    let body = json!({"records": [record], "error": {"detail": "a word of the product"}});
    redactor.learn(&exchange("{}", &body.to_string()));
    let shown = redactor.json(&body);
    assert_eq!(
        shown["records"][0],
        json!({
            "@type": "Person", "surname": "name-1", "sex": "female", "score": 4, "birthDate": "date-1",
            "phone": "phone-1", "full_name": "name-2", "national_id": "value-1", "photo": "value-2",
            "kind": "(hidden)", "gender": "female", "children": 2, "alive": true, "relative": "value-3",
            "bank": {"iban": "value-4"}, "names": ["name-3", "name-4"]
        })
    );
    assert_eq!(shown["error"], body["error"]);
    assert_eq!(
        redactor.text("the registry knows no Adam N., +48 600 700 800"),
        "the registry knows no value-3, phone-1"
    );
    assert_eq!(redactor.json(&json!({"records": "Zuzanna"})), json!({"records": "name-3"}));
}
