//! What is no JSON, or stands where nobody expects it: documents in texts, forms, markup, credentials by their names.

use super::tests::{exchange, knowing};
use super::*;
use serde_json::json;

const HIDE: &[&str] = &[
    "identifier_value",
    "surname",
    "given_name",
    "birth_date",
    "phone_number",
    "full_name as text",
    "name as text",
    "unknown in records",
];

/// What is told of a request and of an answer.
fn told(request: &str, answer: &str) -> String {
    let mut redactor = knowing(HIDE);
    redactor.learn(&exchange(request, answer));
    let evidence = redactor.evidence(&exchange(request, answer));
    format!("{}\n{}", evidence.request_body, evidence.response_body)
}

fn person() -> Value {
    json!({"identifier": [{"identifier_type": "UIN", "identifier_value": "KE-1122"}], "surname": "Okafor",
        "given_name": "Ada", "birth_date": "1977-03-09", "phone_number": ["+254799887766"], "sex": "female"})
}

#[test]
fn a_document_in_a_text_is_read_as_such() {
    let body = json!({"message": {"records": [person()]}, "code": "R-1"});
    let python = body.to_string().replace('"', "'");
    let escaped = body.to_string().replace('"', "\\\"");
    for text in [
        json!(body.to_string()).to_string(),
        json!({"message": body["message"].to_string()}).to_string(),
        json!({"message": {"records": json!([person()]).to_string()}}).to_string(),
        json!({"detail": format!("cannot map {body}, sorry")}).to_string(),
        json!({"detail": format!("KeyError in {python}; can't go on")}).to_string(),
        json!({"detail": json!({"detail": body.to_string()}).to_string()}).to_string(),
        json!({"detail": format!("got {escaped}")}).to_string(),
        json!({"detail": "Person(surname=Okafor, givenName=Ada, birthDate=1977-03-09, phone_number=+254799887766, \
                          identifierValue=KE-1122)"})
        .to_string(),
        python.clone(),
        format!("dict = {python}"),
    ] {
        let shown = told("", &text);
        for gone in ["Okafor", "Ada", "1977", "254799887766", "KE-1122"] {
            assert!(!shown.contains(gone), "{gone} in {text} -> {shown}");
        }
        let whole = text.contains("\"records\":\"");
        assert!(shown.contains("-1") && (whole || text.contains("Person(") || shown.contains("female")), "{shown}");
    }
}

#[test]
fn forms_and_markup_are_read_by_the_names_of_their_fields() {
    for text in [
        "surname=Okafor&given_name=Ada+Ngozi&birth_date=1977-03-09&phone_number=%2B254799887766&password=hush-1-hush",
        "<r><surname>Okafor</surname><given_name>Ada Ngozi</given_name><x birth_date='1977-03-09'/>\
         <phone_number>+254799887766</phone_number><password>hush-1-hush</password></r>",
        "surname: Okafor\ngiven_name: Ada Ngozi\nbirth_date: 1977-03-09\nphone_number: +254799887766\npassword: hush-1-hush\n",
        "--x\r\nContent-Disposition: form-data; name=\"surname\"\r\n\r\nOkafor\r\n--x\r\nContent-Disposition: form-data; \
         name=\"given_name\"\r\n\r\nAda Ngozi\r\n--x\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nhush-1-hush\r\n\
         --x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"Okafor.json\"\r\n\r\n{\"birth_date\": \"1977-03-09\"}",
        "<html><title>Found</title><body>Hello Ada Ngozi Okafor, hush-1-hush, +254799887766, 1977-03-09</body></html>",
    ] {
        let shown = told(text, "");
        for gone in ["Okafor", "Ada", "Ngozi", "1977", "254799887766", "hush"] {
            assert!(!shown.contains(gone), "{gone} in {text} -> {shown}");
        }
    }
    let error = "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>";
    assert_eq!(told("", error).trim(), error);
    assert_eq!(told("", "no person 850101-12345 at line 12").trim(), "no person identifier-1 at line 12");
}

/// An error that names a member is what a vendor mends by.
#[test]
fn sentences_about_members_stay_as_they_are() {
    for text in [
        "surname: must not be empty",
        "surname is missing",
        "birth_date: invalid format, expected a date",
        "identifier_value: required",
        "path=/message/search_request/0 name=surname",
        "field surname=required",
        "it's the 'surname' of 'records' that isn't right",
        "unexpected token at position 12 (err.request.bad)",
        "Unexpected token '<', \"<!DOCTYPE \"... is not valid JSON",
        "token: expired; bearer token required; Bearer: must be sent",
        "next_page_token=abcdefgh123 max_tokens: 5000",
        "message_id 20260301101112 of https://schema.spdci.org/common/v1#Person",
        "Content-Type: application/json; charset=utf-8",
        "either/or? yes",
    ] {
        let body = json!({"errors": [{"code": "err.x", "detail": text}], "header": {"message_id": "20260301101112"}});
        let mut redactor = knowing(HIDE);
        redactor.learn(&exchange("", &body.to_string()));
        assert_eq!(redactor.json(&body), body, "{text}");
        assert_eq!(redactor.text(text), text);
    }
}

#[test]
fn credentials_are_known_by_their_names_however_they_are_written() {
    let names = [
        "password",
        "passwd",
        "pwd",
        "accessToken",
        "access_token",
        "refreshToken",
        "idToken",
        "clientSecret",
        "apiKey",
        "x_api_key",
        "x-api-key",
        "token",
        "authToken",
        "bearer",
        "secret",
        "sessionId",
        "session_token",
        "privateKey",
        "pin",
        "otp",
        "jwt",
        "credentials",
        "Authorization",
        "db_password",
        "userPassword",
        "passphrase",
        "signing_key",
        "csrf_token",
        "hmac_key",
        "shared_key",
        "sessionKey",
        "session",
        "sid",
        "PHPSESSID",
        "pass",
        "passcode",
        "pincode",
        "otp_code",
        "mfa_code",
        "authorization_code",
        "auth",
        "password_hash",
        "app_key",
        "SECRET_KEY_BASE",
        "smtp_pass",
        "bindPw",
        "ussd_pin",
        "sms_code",
        "recovery_code",
        "session_state",
        "auth_header",
        "oauth_signature",
        "refresh_token_1",
        "clave_api",
        "heslo_db",
    ];
    let redactor = knowing(HIDE);
    for name in names {
        for value in [json!("k9valueK"), json!(884_422_660), json!(["k9valueK"]), json!({"v": "k9valueK"})] {
            let shown = redactor.json(&json!({"a": {name: value}}));
            assert_eq!(shown, json!({"a": {name: "(secret)"}}));
        }
    }
    let kept = json!({"page_token": "a1", "token_type": "Bearer", "password": "", "secret": null, "pin": false, "tokens": 5,
        "key": "a1", "keys": [{"kty": "OKP", "x": "a1"}], "status_reason_code": "rjct.x", "compass": "N", "sort_key": "a1",
        "page_tokens": ["a1"], "public_key": "a1", "tests_passed": 5});
    assert_eq!(redactor.json(&kept), kept);
    assert_eq!(redactor.text("connect.sid=k9valueK"), "connect.sid=(secret)");
    for name in ["tokens", "apiKeys", "access_tokens", "backupCodes"] {
        assert_eq!(redactor.json(&json!({name: ["k9valueK"]})), json!({name: "(secret)"}));
        assert_eq!(redactor.text(&format!("{name}=k9valueK, {name}: 5000")), format!("{name}=(secret), {name}: 5000"));
    }
    assert_eq!(redactor.text("error: key=value: password=k9valueK"), "error: key=value: password=(secret)");
    for name in names {
        for text in [
            format!("{name}=k9valueK"),
            format!("{name}: k9valueK"),
            format!("{{\"{name}\": \"k9valueK\""),
            format!("{{\\\"{name}\\\": \\\"k9valueK\\\""),
            format!("{{'{name}': 'k9valueK'"),
            format!("--{name} k9valueK"),
        ] {
            let shown = redactor.text(&text);
            assert!(!shown.contains("k9value") && shown.contains("(secret)"), "{text} -> {shown}");
            assert_eq!(redactor.text(&shown), shown);
        }
    }
}

#[test]
fn schemes_and_addresses_give_no_credential_away() {
    let redactor = knowing(HIDE);
    for text in [
        "Bearer k9valueKz1",
        "Token k9valueKz1",
        "ApiKey k9valueKz1",
        "Digest username=\"x\", response=\"k9valueKz1\"",
        "bearer:k9valueKz1",
        "Bearer: k9valueKz1",
        "Bearer=k9valueKz1",
        "Bearer%20k9valueKz1",
        "Bearer+k9valueKz1",
        "BEARER\nk9valueKz1",
        "/cb?access_token=k9valueKz1",
        "/cb?code=k9valueKz1&x=1",
        "sp.example/cb?tok=k9valueKz1",
        "//sp.example/cb?tok=k9valueKz1",
        "https://sp.example/cb#access_token=k9valueKz1",
        "https://sp.example/cb#code=k9valueKz1",
        "https://sp.example/cb;jsessionid=k9valueKz1",
    ] {
        let shown = redactor.text(&format!("see {text}"));
        assert!(!shown.contains("k9value"), "{text} -> {shown}");
        assert_eq!(redactor.text(&shown), shown);
    }
    let mut headers = crate::model::exchange::Headers::default();
    for (name, value) in [
        ("Location", "https://h/persons/85010112345/x;jsessionid=k9valueKz1#code=k9valueKz1"),
        ("Content-Disposition", "attachment; filename=Okafor.json"),
        ("WWW-Authenticate", "Bearer realm=\"x\", error_description=\"k9valueKz1 of Okafor\""),
        ("Warning", "199 - \"user Okafor\""),
    ] {
        headers.push(name, value);
    }
    let shown = redactor.headers(&headers);
    let all = format!("{:?}", shown.0);
    assert!(!["k9value", "Okafor", "8501"].iter().any(|gone| all.contains(gone)), "{all}");
    assert_eq!(shown.get("www-authenticate"), Some("Bearer realm=\"x\", error_description=\"(hidden)\""));
    let mut called = exchange("{}", "{}");
    called.request.path = "/v2/persons/850101-12345/eb93ed33-adf9-4829-829d-5491c499ffc0".into();
    let line = redactor.evidence(&called).request_line;
    assert_eq!(line, "POST /v2/persons/(hidden)/eb93ed33-adf9-4829-829d-5491c499ffc0");
}

#[test]
fn credentials_of_an_address_and_of_a_login_are_learned() {
    use secrecy::ExposeSecret;
    let headers = crate::model::exchange::Headers(vec![("Authorization".into(), "Basic c3ZjOkh1bnRlcjJ4eXo=".into())]);
    let mut secrets = secrets_of(&headers);
    secrets.extend(secrets_asked("/sync/search?page=12345678&access_token=k9valueKz1&x"));
    let known: Vec<&str> = secrets.iter().map(|secret| secret.expose_secret()).collect();
    assert_eq!(known, ["c3ZjOkh1bnRlcjJ4eXo=", "Hunter2xyz", "k9valueKz1"]);
    let redactor = Redactor::new(&[], &secrets);
    assert_eq!(redactor.text("'Hunter2xyz' and k9valueKz1"), "'(secret)' and (secret)");
}

/// A shifted row of a table puts names and identifiers where codes and dates belong.
#[test]
fn of_members_of_a_record_that_are_known_only_what_is_nobodys_is_shown() {
    let shifted = json!({"@type": "Person", "@id": "urn:nin:85010112345", "sex": "Kowalska", "score": "85010112345",
        "birthdate": "", "relative": {"sex": 85_010_112_345_u64, "score": "Anna Kowal"}});
    let fine = json!({"@type": "Person", "@context": "https://www.w3.org/2018/credentials/v1", "sex": "FEMALE",
        "score": 4, "relative": {"score": "2024-13-01T10:00:00Z", "sex": "M"}, "identifiers": ["31.12.2024", "12", "3.5"]});
    let mut redactor = knowing(HIDE);
    let body = json!({"records": [shifted, fine]});
    redactor.learn(&exchange("", &body.to_string()));
    let shown = redactor.json(&body);
    assert_eq!(
        shown["records"],
        json!([{"@type": "Person", "@id": "value-1", "sex": "value-2", "score": "value-3", "birthdate": "",
            "relative": {"sex": "value-3", "score": "value-4"}}, fine])
    );
    assert_eq!(redactor.text("found text \"Kowalska\" and 85010112345"), "found text \"value-2\" and value-3");
}

#[test]
fn identifiers_that_are_names_of_members_are_hidden_in_pointers_too() {
    let body =
        json!({"85010112345": {"surname": "Okafor"}, "2024-01-01": 1, "eb93ed33-adf9-4829-829d-5491c499ffc0": 2});
    for text in [body.to_string(), format!("{body} cut")] {
        let mut redactor = knowing(HIDE);
        redactor.learn(&exchange("", &text));
        let shown = redactor.evidence(&exchange("", &text)).response_body;
        assert!(!shown.contains("85010112345") && shown.contains("\"identifier-1\""), "{shown}");
        assert_eq!(redactor.pointer("/85010112345/surname"), "/identifier-1/surname");
        assert_eq!(redactor.pointer("/a~1b/12/x~0y"), "/a~1b/12/x~0y");
        assert_eq!(redactor.pointer("text of Okafor"), "text of name-1");
    }
}

#[test]
fn a_number_is_known_again_whatever_marks_are_in_it() {
    let mut redactor = knowing(HIDE);
    redactor.learn_value("identifier", &json!("85010112345"));
    redactor.learn_value("phone_number", &json!("+254 799-887766"));
    redactor.learn_value("birth_date", &json!("1985-01-23"));
    assert_eq!(
        redactor.text("850101-12345, 8501 0112 345, 85010112345 or 254799887766"),
        "identifier-1, identifier-1, identifier-1 or phone-1"
    );
    assert_eq!(
        redactor.text("born 23.01.1985 01/23/1985 19850123 1985-01-23T00:00:00Z"),
        "born date-1 date-1 date-1 date-1T00:00:00Z"
    );
    let open = "850101-12346 of 8501011234 5x, 11985-01-23, 1985-01-24";
    assert_eq!(redactor.text(open), open);
}

/// What was found is cut after so many characters, and a value with it.
#[test]
fn the_beginning_of_a_value_is_hidden_where_a_text_was_cut() {
    let mut redactor = knowing(HIDE);
    redactor.learn_value("surname", &json!("Kowalska-Nowak"));
    redactor.learn_value("identifier", &json!("KE-44006201H"));
    for (text, shown) in [
        ("text \"no Kowalska-No…\" (90 characters)", "text \"no (hidden)…\" (90 characters)"),
        ("text \"no Kowals…\" (90 characters)", "text \"no (hidden)…\" (90 characters)"),
        ("text \"no KE-4400…\" of KE-44006201H", "text \"no (hidden)…\" of identifier-1"),
        ("text \"no Kind of kowa…\" (90 characters)", "text \"no Kind of kowa…\" (90 characters)"),
    ] {
        assert_eq!(redactor.text(text), shown);
        assert_eq!(redactor.text(shown), shown);
    }
}

/// A recording may hold megabytes of short-lived credentials.
#[test]
fn thousands_of_long_credentials_take_little() {
    let secret = |n: usize| SecretString::from(format!("eyJhbGciOiJub25lIn0.{n:06}{}", "Ab9-".repeat(300 + n % 40)));
    let secrets: Vec<SecretString> = (0..3_000).map(secret).collect();
    let redactor = Redactor::new(&[], &secrets);
    use secrecy::ExposeSecret;
    let text = format!("a {} b", secrets[2_999].expose_secret());
    assert_eq!(redactor.text(&text), "a (secret) b");
}

/// Credentials that need no name, and cookies quoted by the page of a debugger.
#[test]
fn keys_and_issued_tokens_are_known_wherever_they_stand() {
    let redactor = knowing(HIDE);
    let pem = "-----BEGIN RSA PRIVATE KEY-----\nMIIk9valueA+/=\nk9valueB\n-----END RSA PRIVATE KEY-----";
    for text in [
        format!("cannot sign with {pem}, sorry"),
        format!("cannot sign with {}, sorry", pem.replace('\n', "\\n")),
        format!("\"cannot sign with {}…\", sorry", &pem[..50]),
        "AKIAK9VALUEK9VALUE00 and ghp_k9valueK9valueK9valueK9value are lost, sorry".to_owned(),
        r#"{"kty": "OKP", "x": "shown", "d": "k9valueKk9valueK", sorry"#.to_owned(),
        "Set-Cookie: other=k9valueK; Path=/\r\nX-Session: k9valueK1\r\nsorry".to_owned(),
        "request had Cookie: a=k9valueK; sid=k9valueK\nsorry".to_owned(),
        "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl~k9valueK~ sorry".to_owned(),
    ] {
        let shown = redactor.text(&text);
        assert!(!shown.to_lowercase().contains("k9value") && shown.contains("sorry"), "{text} -> {shown}");
        assert_eq!(redactor.text(&shown), shown);
    }
    let keys = json!({"keys": [{"kty": "OKP", "x": "public", "d": "k9"}, {"kty": "oct", "k": "k9"}], "d": 5, "k": "v"});
    assert_eq!(
        redactor.json(&keys),
        json!({"keys": [{"kty": "OKP", "x": "public", "d": "(secret)"}, {"kty": "oct", "k": "(secret)"}], "d": 5, "k": "v"})
    );
    for text in
        ["checks that pass: schema", "the session: none", "a public -----BEGIN PUBLIC KEY-----", "cookies: allowed"]
    {
        assert_eq!(redactor.text(text), text);
    }
}

/// What a product misplaces is what makes its message fail, and is kept as evidence for that.
#[test]
fn records_are_hidden_where_they_do_not_belong() {
    let hide = [
        "surname",
        "unknown in records",
        "unknown in data but version, records",
        "unknown in consent but ts, purpose, code",
        "objects unknown in message",
    ];
    let record =
        json!({"nom": "Zqnom Zqx", "cedula": "908172635", "tel": 600_700_812, "sex": "female", "n": {"a": "Zqap"}});
    for body in [
        json!({"message": {"response": [{"data": [record]}]}}),
        json!({"message": {"response": [{"data": {"version": "1.0", "persons": [record], "nom": "Zqnom"}}]}}),
        json!({"message": {"response": [{"data": record}]}}),
        json!({"message": {"response": [{"data": {"records": [record]}}]}}),
        json!({"message": {"results": [record], "response": [{"applicant": record}]}}),
        json!({"message": {"status": "succ", "data": "Zqnom Zqx"}}),
        json!({"data": [record], "count": 1}),
        json!({"data": {"records": [[record], "Zqnom"]}}),
        json!({"consent": {"ts": "2026-03-01T10:00:00Z", "giver": "Zqnom", "subject": {"id": "908172635"},
            "purpose": {"text": "for Zqnom Zqx", "code": "P-1"}}}),
    ] {
        let text = body.to_string();
        for text in [text.clone(), format!("{text} cut")] {
            let mut redactor = knowing(&hide);
            redactor.learn(&exchange("", &text));
            let told = redactor.evidence(&exchange("", &text)).response_body;
            for gone in ["Zq", "908172635", "600700812"] {
                assert!(!told.contains(gone), "{gone} in {text} -> {told}");
            }
            for kept in ["1.0", "female", "succ", "2026-03-01T10:00:00Z", "P-1", "cedula", "count"] {
                assert!(told.contains(kept) || !text.contains(kept), "{kept} is lost: {told}");
            }
        }
    }
    let error = json!({"message": {"status": "Rejected By Us", "error": {"message": "no such thing", "field": "kind"}},
        "error": {"code": -32000, "data": {"debug": "the cause"}}});
    let mut redactor = knowing(&hide);
    redactor.learn(&exchange("", &error.to_string()));
    assert_eq!(redactor.json(&error), error);
}

/// What products of a country answer where they refuse, in a form of their own.
#[test]
fn what_holds_no_message_may_hold_records() {
    let hide = ["surname", "nombre as text", "objects unknown in message"];
    for body in [
        json!({"response": {"identity": {"fullName": [{"language": "eng", "value": "Zqfull"}], "UIN": "3920450236"}}}),
        json!({"declaration": {"mother.nid": "Zq123456C", "child.dob": "2020-02-03", "names": [{"use": "Zqeng"}]}}),
        json!({"jsonrpc": "2.0", "result": [{"display_name": "Zqdisp", "reg_ids": [[0, {"value": "ZQ123456C"}]]}]}),
        json!({"erreur": "refus", "beneficiaire": {"nom": "Zqnom", "numero": "ZQ123456C"}}),
        json!({"خطأ": "x", "المستفيد": {"الاسم": "Zqnom"}}),
        json!([{"target": {"surname": "Zqsur", "sex": "Zqsex"}, "value": "Zqval", "property": "surname"}]),
    ] {
        let mut redactor = knowing(&hide);
        redactor.learn(&exchange("", &body.to_string()));
        let told = redactor.evidence(&exchange("", &body.to_string())).response_body;
        assert!(!told.to_lowercase().contains("zq") && !told.contains("3920450236"), "{told}");
    }
    let mut redactor = knowing(&hide);
    for error in [
        json!({"body": {"header": {"message_id": "m-1"}, "message": {"status": "Rejected By Us"}}}),
        json!([{"header": {"message_id": "m-1"}, "message": {"status": "Rejected By Us"}}]),
        json!({"header": {"status": "Rejected By Us"}}),
        json!({"detail": [{"loc": ["body", "header"], "msg": "field required", "type": "missing"}]}),
        json!({"timestamp": "2026-03-01T10:00:00Z", "status": 400, "errors": [{"code": "E-1", "message": "no such type"}]}),
        json!({"title": "Bad Request", "violations": [{"field": "kind", "message": "unknown kind"}], "traceId": "a1b2"}),
    ] {
        redactor.learn(&exchange("", &error.to_string()));
        assert_eq!(redactor.json(&error), error);
    }
}

/// Some write as numbers what others write as texts; counts and times are nobody's.
#[test]
fn numbers_in_messages_are_somebodys_where_texts_would_be() {
    for body in [
        json!({"message": {"uin": 908_172_635, "uins": [908_172_635_u64], "ref_no": 908_172_635.0}}),
        json!({"header": {"person_id": 908_172_635, "applicant": "908172635"}}),
        json!({"errors": [{"code": "x", "message": "bad", "value": 908_172_635, "args": [-908_172_635]}]}),
        json!({"message": {"person_id": "908172635"}}),
        json!([908_172_635]),
        json!(908_172_635),
    ] {
        let shown = told("", &body.to_string());
        assert!(!shown.contains("908172635") && shown.contains("identifier-1"), "{shown}");
    }
    let fine = json!({"message": {"status": 12_345_678, "total_count": 908_172_635, "page_size": 12_345_678, "code": -32_000,
        "timestamp": 1_772_359_201_123_u64, "exp": 1_772_359_201, "score": 51.123_456_7, "day": 20_260_301, "total": 1_400_000_000,
        "content_length": 12_345_678, "took_ms": 1234, "id": 12_345_678}});
    let mut redactor = knowing(HIDE);
    redactor.learn(&exchange("", &fine.to_string()));
    assert_eq!(redactor.json(&fine), fine);
}

/// One word is a sentence, too, where it is no id, code or address.
#[test]
fn a_text_of_one_word_is_looked_at() {
    for (text, gone) in [
        ("908172635", "908172635"),
        ("UIN:908172635", "908172635"),
        ("/person/908172635", "908172635"),
        ("UIN=٩٠٨١٧٢٦٣٥", "٩٠٨١٧٢٦٣٥"),
        ("+254712345678", "712345678"),
        ("ada@x.example", "ada@"),
    ] {
        let shown = told("", &json!({"status_reason_message": text, "errors": [{"detail": text}]}).to_string());
        assert!(!shown.contains(gone), "{text} -> {shown}");
    }
    let ids = json!({"message_id": "9081726351", "code": "ERR-90817263", "subscription_code": "SUB-90817263", "message_ts":
        "1772359201123", "sender_uri": "https://sp.example/cb/0025795795358155", "version": "20.1234567", "total_count": "12345678"});
    let mut redactor = knowing(HIDE);
    redactor.learn(&exchange("", &ids.to_string()));
    assert_eq!(redactor.json(&ids), ids);
    assert_eq!(redactor.text("message 9081726351"), "message 9081726351");
    let asked = json!({"status": {"attribute_value": "8081726351"}});
    redactor.learn(&exchange(&asked.to_string(), r#"{"message": {"message_id": "8081726351"}}"#));
    assert_eq!(redactor.json(&asked), asked, "an id that is asked for");
    redactor.learn(&exchange("", r#"{"message_id": "order/AB12CD34E", "note": "order AB12CD34E and AB12CD34F"}"#));
    assert_eq!(redactor.text("AB12CD34E AB12CD34F"), "AB12CD34E identifier-1");
}

#[test]
fn credentials_are_known_by_names_of_other_languages() {
    let redactor = knowing(HIDE);
    for name in [
        "contraseña",
        "mot_de_passe",
        "пароль",
        "كلمة_المرور",
        "senha",
        "mdp",
        "SAMLResponse",
        "dsn",
        "Passwort",
        "puk",
    ] {
        assert_eq!(redactor.json(&json!({name: "k9"})), json!({name: "(secret)"}), "{name}");
        let shown = redactor.text(&format!("{name}=k9valueKk9"));
        assert!(!shown.contains("k9value"), "{shown}");
    }
    for kept in ["sandbox", "salted_rows", "clavete", "signal", "hash", "text", "page_token_value", "token_type"] {
        assert_eq!(redactor.json(&json!({kept: "k9"})), json!({kept: "k9"}), "{kept}");
    }
}

#[test]
fn names_that_are_somebodys_are_hidden_in_any_script() {
    let body = json!({"records": [{"zq@mail.example": {"sex": "female"}, "Zqjo Zqdoe": {"sex": "王伟"},
        "٩٠٨١٧٢٦٣٥": {"sex": "M"}, "ZQCDE1234F": {"sex": "F"}}, {"sex": "F"}]});
    let mut redactor = knowing(HIDE);
    redactor.learn(&exchange("", &body.to_string()));
    let shown = redactor.json(&body).to_string();
    for gone in ["zq", "Zq", "ZQ", "٩", "王"] {
        assert!(!shown.contains(gone), "{gone}: {shown}");
    }
    assert!(shown.contains("{\"sex\":\"F\"}"), "{shown}");
    assert_eq!(redactor.pointer("/records/0/Zqjo Zqdoe/sex"), "/records/0/name-1/sex");
}

#[test]
fn a_value_is_known_again_in_scripts_without_blanks_and_by_other_digits() {
    let mut redactor = knowing(HIDE);
    for (kind, value) in [
        ("surname", "王小伟"),
        ("surname", "王伟"),
        ("surname", "สมชาย"),
        ("identifier", "908172635"),
        ("birth_date", "1985-01-12"),
    ] {
        redactor.learn_value(kind, &json!(value));
    }
    for (text, shown) in [
        ("找不到王小伟的 记录", "找不到name-1的 记录"),
        ("找不到王伟的记录", "找不到name-2的记录"),
        ("ไม่พบสมชายในระบบ", "ไม่พบname-3ในระบบ"),
        ("رقم ٩٠٨-١٧٢-٦٣٥ من ١٢/٠١/١٩٨٥", "رقم identifier-1 من date-1"),
        ("908,172,635 of 908\u{a0}172\u{a0}635", "identifier-1 of identifier-1"),
    ] {
        assert_eq!(redactor.text(text), shown);
        assert_eq!(redactor.text(shown), shown);
    }
}

#[test]
fn a_person_in_a_sentence_is_known_by_number_and_address() {
    let body = json!({"message_id": "9081726351", "errors": [{"detail": "UIN 908172635 of zq@mail.example is unknown; SMS to \
        +48 600 700 812 for message 9081726351 at 2026-03-01 10:00:01"}]});
    let mut redactor = knowing(HIDE);
    redactor.learn(&exchange("", &body.to_string()));
    assert_eq!(
        redactor.json(&body),
        json!({"message_id": "9081726351", "errors": [{"detail": "UIN identifier-1 of email-1 is unknown; SMS to phone-1 \
            for message 9081726351 at 2026-03-01 10:00:01"}]})
    );
    assert_eq!(redactor.text("found text \"UIN 908172635\""), "found text \"UIN identifier-1\"");
    assert!(!told("", "mail sent to zq@mail.example").contains("zq@"));
}

/// The value stands behind the name, or beside it, in every one of them.
#[test]
fn values_are_known_by_their_names_in_whatever_form() {
    for text in [
        "surname,given_name,nom\nZqa,Zqb,\"Zqc, d\"\n",
        "\u{feff}nom;surname\nZqa;Zqb",
        "| surname | given_name |\n|---|---|\n| Zqa | Zqb |",
        "Array\n(\n    [surname] => Zqa\n    [given_name] => Zqb zqc\n)",
        "array(1) { [\"surname\"]=> string(6) \"Zqa\" }",
        "{:surname=>\"Zqa\", :given_name=>\"Zqb\"}",
        "Person { surname: Some(\"Zqa\"), given_name: Some(\"Zqb\") }",
        "Person(surname=Optional[Zqa], givenName=Zqb)",
        "main.Person{Surname:(*string)(\"Zqa\"), GivenName:\"Zqb\"}",
        "<p><surname><![CDATA[Zqa <b>]]></surname></p>",
        "<f><field name=\"surname\">Zqa</field><entry><key>given_name</key><value>Zqb</value></entry></f>",
        "<form><input name='surname' value='Zqa'></form>",
        "<html><body><input title='Zqa' value=\"Zqb\"><p>x</p></body></html>",
        "name:\n  surname: |\n    Zqa\n\n    zqb\n  given_name: >-\n    Zqc\nsex: female",
        "phone_number:\n  - +48zqa\nsurname:\n- Zqb\n- 'Zqc'\nsex: female",
        "{“surname”: “Zqa”, `given_name`: `Zqb`, \"birth_date\": «Zqc»",
        "x = [surname: `Zqa`]",
    ] {
        for text in [text.to_owned(), json!({"detail": text}).to_string()] {
            let shown = told("", &text);
            assert!(!shown.to_lowercase().contains("zq"), "{text} -> {shown}");
            assert!(shown.contains("female") || !text.contains("female"), "{shown}");
        }
    }
    for error in [
        json!({"detail": [{"loc": ["body", "surname", 0], "msg": "too short", "input": "Zqa"}]}),
        json!({"errors": [{"path": ["surname"], "received": "Zqa", "message": "too short"}]}),
        json!({"errors": [{"instancePath": "/message/surname", "data": "Zqa", "message": "too short"}]}),
        json!({"errors": [{"field": "persons[0].surname", "rejectedValue": "Zqa", "message": "too short"}]}),
    ] {
        let shown = told("", &error.to_string());
        assert!(!shown.contains("Zq") && shown.contains("too short") && shown.contains("surname"), "{shown}");
    }
}

/// As JSON-LD writes a member whole, as errors lead to it, and as tables call what is told of somebody twice.
#[test]
fn the_name_of_a_member_may_be_a_path_or_have_a_word_around() {
    for name in [
        "https://w3id.org/x#surname",
        "http://schema.org/givenName",
        "person.surname",
        "persons[0].surname",
        "/message/surname",
        "surname[]",
        "$surname",
        "@surname",
        "old_surname",
        "newSurname",
        "surname_ar",
        "surname2",
    ] {
        for body in [
            json!({name: "Zqokafor"}),
            json!({name: [{"@value": "Zqokafor"}]}),
            json!({"errors": [{"code": "x", "message": "no Zqokafor", name: "Zqokafor"}]}),
        ] {
            let shown = told("", &body.to_string());
            assert!(!shown.contains("Zq") && shown.contains("name-1"), "{shown}");
        }
    }
    for form in ["person%5Bsurname%5D=Zqokafor&x=1", "person[surname]=Zqokafor", "bad old_surname=\"Zqokafor\""] {
        assert!(!told("", form).contains("Zq"), "{form}");
    }
    let fine =
        json!({"message": {"surname_format": "latin", "data.status": "succ", "x#kind": "registry", "nicknames": 2}});
    let mut redactor = knowing(HIDE);
    redactor.learn(&exchange("", &fine.to_string()));
    assert_eq!(redactor.json(&fine), fine);
}

/// Each of them took the square of its length once: minutes for one body.
#[test]
fn hostile_texts_take_little_time() {
    for (before, part) in [
        (": ", "\\'"),
        ("form-data: ", ";name=\"a\""),
        ("form-data: ", ";name=\"surname\"\n\n"),
        ("", "<a "),
        ("", "<a>"),
        ("<a><a>", "</b>"),
        ("", "<surname><![CDATA["),
        ("", "“"),
        ("", "surname:\n"),
        ("", "surname: |\n - "),
        ("", "surname=Some("),
        ("", "Key (a)=("),
        ("", "select '"),
        ("", "1 "),
        ("surname,", "\","),
        ("", "a@"),
        ("", "a@b."),
        ("", "1  "),
        ("", "12 "),
        ("", "1,"),
        ("", "12-"),
        ("", "A1B2"),
        ("", "٩٠ "),
        ("", "王"),
        ("", "+1("),
    ] {
        told("", &format!("{before}{}", part.repeat(60_000 / part.len())));
    }
}
