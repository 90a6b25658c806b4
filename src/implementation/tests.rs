//! The vendor's file: what it means, and how its mistakes are told.

use super::init::{InitAction, InitClaim, InitSpec, InitValue, render};
use super::*;
use secrecy::ExposeSecret;
use serde_json::json;

const WHOLE: &str = r#"
product: {name: Example SR, version: "2.1", vendor: Example Ltd, operator: Ministry X}
profile: social-registry
role: registry
base-url: http://127.0.0.1:8080/
paths: {prefix: /registry/}
sender-id: dci-conform
receiver-id: example-sr
authorisation: {bearer: {file: token.txt}}
signature: {send: none, algorithm: ed25519, key: {file: our.pem}, key-id: k1, verify: {jwks-url: "https://a/jwks"}}
callback: {listen: 127.0.0.1:0, public-url: null}
deadlines: {http: 15s, callback: 60s, notify: 2m, quiet: 3s}
supports: {sync-search: yes, signatures: no, query-types: [idtype-value, expression]}
values:
  known-person.type: UIN
  known-person: {value: "1001"}
  many: {expression: {query: {a.b: 1}}, count: 25}
  nothing: null
actions:
  change-person: {http: {url: /test/change, body: {id: "${id}"}, headers: {X-Run: a, Authorization: {env: DCI_X}}}}
  restart: {command: [systemctl, restart, sr]}
  register-person: {operator: Please register a person}
production: false
waivers: [{id: RG-1, reason: agreed, expires: 2027-12-31}]
"#;

fn whole() -> Implementation {
    parse("i.yaml", WHOLE, None).unwrap_or_else(|wrong| panic!("{wrong}"))
}

fn mistakes(text: &str) -> String {
    parse("i.yaml", text, None).map(|read| panic!("accepted: {read:?}")).unwrap_err().to_string()
}

#[test]
fn a_whole_file_is_read() {
    let read = whole();
    assert_eq!((read.product.name.as_str(), read.product.version.as_str()), ("Example SR", "2.1"));
    assert_eq!((read.base_url.as_str(), read.prefix.as_deref()), ("http://127.0.0.1:8080", Some("registry")));
    assert_eq!(read.address("registry", "/sync/search"), "http://127.0.0.1:8080/registry/sync/search");
    assert_eq!(read.address("", "sync/search"), "http://127.0.0.1:8080/sync/search");
    assert_eq!(read.deadlines["notify"].value, Duration::from_secs(120));
    assert_eq!(read.supports["sync-search"].value, Answer::Yes);
    assert_eq!(read.supports["signatures"].value, Answer::No);
    assert_eq!(read.supports["query-types"].value, Answer::List(vec!["idtype-value".into(), "expression".into()]));
    assert_eq!(read.callback.listen.as_ref().map(|listen| listen.value.port()), Some(0));
    assert_eq!((read.callback.public_url, read.authorisation.kind()), (None, "bearer"));
    assert_eq!(read.actions["restart"].value, Action::Command(vec!["systemctl".into(), "restart".into(), "sr".into()]));
    let Action::Http(http) = &read.actions["change-person"].value else { panic!() };
    assert_eq!((http.method.as_str(), http.url.as_str(), http.headers.len()), ("POST", "/test/change", 2));
    assert_eq!(http.body, Some(json!({"id": "${id}"})));
    assert_eq!(read.waivers[0].id, "RG-1");
    assert!(read.warnings.to_string().contains("does not apply them"), "{}", read.warnings);
}

#[test]
fn values_are_found_however_they_are_nested() {
    let values = whole().values;
    assert_eq!(values.get("known-person.type", ValueKind::Any), Some(json!("UIN")));
    assert_eq!(values.get("known-person.value", ValueKind::Any), Some(json!("1001")));
    assert_eq!(values.get("many.expression", ValueKind::Any), Some(json!({"query": {"a.b": 1}})));
    assert_eq!(values.get("many.count", ValueKind::Any), Some(json!(25)));
    assert_eq!(
        (
            values.get("nothing", ValueKind::Any),
            values.get("many.other", ValueKind::Any),
            values.get("know", ValueKind::Any)
        ),
        (None, None, None)
    );
    assert_eq!(values.place("many.count").unwrap().line, 17);
}

#[test]
fn an_address_alone_is_enough() {
    let read = from_url("http://localhost:9/x/").unwrap();
    assert_eq!((read.base_url.as_str(), read.sender_id.as_str()), ("http://localhost:9/x", "dci-conform"));
    assert!(read.resolve().is_ok() && read.supports.is_empty());
    assert_eq!(parse("i.yaml", "base-url: http://a\n", None).unwrap().base_url, "http://a");
    let wrong = from_url("localhost:9").unwrap_err().to_string();
    assert!(wrong.contains("--url: error") && wrong.contains("localhost:9"), "{wrong}");
    assert!(!from_url("http://me:canary@a/").unwrap_err().to_string().contains("canary"));
}

#[test]
fn every_mistake_is_reported_at_its_place() {
    let wrong = mistakes(
        "base_url: http://a\nrole: regstry\ndeadlines: {http: fast}\nsupports: {x: maybe}\n\
         callback: {listen: here, public-url: nowhere}\nproduction: perhaps\nproduct: {nmae: X}\n\
         actions: {a: {htp: {}}, b: {http: {method: GET}}, c: {command: run}}\nwaivers: [{id: x}]\npaths: registry\n",
    );
    for expected in [
        "i.yaml:1:1: error: unknown key `base_url`",
        "did you mean `base-url`?",
        "address of the product is missing",
        "i.yaml:2:7: error: unknown role `regstry`",
        "i.yaml:3:19: error: the deadline `http`",
        "i.yaml:4:15: error: the answer to `x`",
        "i.yaml:5:20: error: the address to listen on",
        "public-url is no http or https address",
        "production must be yes or no",
        "did you mean `name`?",
        "did you mean `http`?",
        "an http action needs `url`",
        "a command must be a list",
        "a waiver needs `reason`",
        "paths must be a map",
    ] {
        assert!(wrong.contains(expected), "no `{expected}` in:\n{wrong}");
    }
    for address in ["http://a/?token=canary", "http://a/#token=canary", "a?token=canary", "ftp://a/?token=canary"] {
        let wrong = format!("{}{:?}", mistakes(&format!("base-url: '{address}'\n")), from_url(address));
        assert!(!wrong.contains("canary"), "{wrong}");
    }
    assert!(mistakes("base-url: http://a\ndeadlines: {quiet: 99999999999d}\n").contains("the deadline `quiet`"));
    assert!(mistakes("").contains("missing") && mistakes("- a\n").contains("must be a map"));
}

#[test]
fn a_secret_written_out_is_refused_and_never_repeated() {
    for authorisation in [
        "bearer: canary",
        "bearer: {token: canary}",
        "bearer: {env: canary-1.x}",
        "header: {name: X-Api-Key, value: canary}",
        "oauth2: {token-url: \"http://a/\", client-id: me, secret: canary}",
        "bearer: [canary",
        "canary",
        "\"Bearer canary\": null",
        "bearer: {canary}",
        "bearer: {env: DCI_TOKEN, canary: 1}",
        "header: {canary}",
        "oauth2: {token-url: canary, client-id: me, secret: {env: DCI_TOKEN}}",
        "oauth2: {token-url: \"http:/u:canary@a/\", client-id: me, secret: {canary: 1}}",
    ] {
        let wrong = mistakes(&format!("base-url: http://a\nauthorisation: {{{authorisation}}}\n"));
        assert!(!wrong.contains("canary"), "{wrong}");
        assert!(wrong.contains("i.yaml:2:") || wrong.contains("i.yaml:3:"), "{wrong}");
    }
    let wrong = mistakes("base-url: http://a\nactions: {a: {http: {url: /x, headers: {authorization: canary}}}}\n");
    assert!(wrong.contains("written out") && !wrong.contains("canary"), "{wrong}");
    let wrong =
        mistakes("base-url: http://a\nactions: {a: {http: {url: /x, headers: {X-Key: {env: HOME, canary: 1}}}}}\n");
    assert!(wrong.contains("unknown key in the header field") && !wrong.contains("canary"), "{wrong}");
    let none = parse("i.yaml", "base-url: http://a\nauthorisation: none\n", None).unwrap();
    assert_eq!(none.authorisation, Authorisation::None);
    let two = "base-url: http://a\nauthorisation: {bearer: {env: A}, header: {name: B, env: C}}\n";
    assert!(mistakes(two).contains("exactly one"));
    for (name, words) in
        [("X Y", "no name that a header"), ("\"\"", "no name that a header"), ("Host", "by HTTP itself")]
    {
        let wrong = mistakes(&format!("base-url: http://a\nauthorisation: {{header: {{name: {name}, env: A}}}}\n"));
        assert!(wrong.contains("i.yaml:2:32: error:") && wrong.contains(words), "{wrong}");
        let action = format!("base-url: http://a\nactions: {{a: {{http: {{url: /x, headers: {{{name}: b}}}}}}}}\n");
        assert!(mistakes(&action).contains(words));
    }
}

#[test]
fn secrets_come_from_the_environment_and_from_files() {
    let folder = std::env::temp_dir().join(format!("dci-conform-{}", uuid::Uuid::new_v4()));
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("token.txt"), "hush\n").unwrap();
    std::fs::write(folder.join("empty.txt"), "\n").unwrap();
    std::fs::write(folder.join("marked.txt"), "\u{feff}hush\r\n").unwrap();
    std::fs::write(folder.join("pasted.txt"), "hush\u{200b}").unwrap();
    let path = folder.join("implementation.yaml");
    let read = |authorisation: &str| {
        std::fs::write(&path, format!("base-url: http://a\nauthorisation: {authorisation}\n")).unwrap();
        load(&path).unwrap().resolve()
    };
    for file in ["token.txt", "marked.txt"] {
        let found = read(&format!("{{bearer: {{file: {file}}}}}")).unwrap();
        assert_eq!(found.secrets().len(), 1);
        let Login::Bearer(token) = &found.login else { panic!() };
        assert_eq!(token.expose_secret(), "hush");
        assert!(!format!("{found:?}").contains("hush"));
    }
    // Cargo sets this one for every test.
    let found = read("{header: {name: X-Key, env: CARGO_PKG_NAME}}").unwrap();
    let Login::Header { value, .. } = &found.login else { panic!() };
    assert_eq!(value.expose_secret(), "dci-conform");
    for (authorisation, words) in [
        ("{bearer: {env: DCI_CONFORM_NEVER_SET}}", "export DCI_CONFORM_NEVER_SET="),
        ("{bearer: {env: ghpXk9valueX0000}}", "not its value"),
        ("{bearer: {file: ghpXk9valueX0000}}", "not the secret"),
        ("{bearer: {file: empty.txt}}", "is empty"),
        ("{header: {name: X-Key, file: pasted.txt}}", "not ASCII"),
        ("{oauth2: {token-url: \"http://a/\", client-id: me, secret: {file: ghpXk9valueX0000}}}", "not the secret"),
    ] {
        let wrong = read(authorisation).unwrap_err().to_string();
        assert!(wrong.contains(words) && wrong.contains(":2:") && !wrong.contains("k9value"), "{wrong}");
    }
    let endless = Path::new("/dev/zero");
    if endless.exists() {
        assert!(load(endless).unwrap_err().to_string().contains("more than"), "a device claims no size");
    }
    let long = format!("base-url: {}", "[".repeat(5_000));
    assert!(mistakes(&long).len() < 1_000, "a line is not quoted whole");
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(load(&path).unwrap_err().to_string().contains("dci-conform init"));
}

#[test]
fn names_the_profile_does_not_know_are_warned_of() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let known = KnownNames {
        claims: names(&["sync-search", "signatures", "query-types"]),
        values: ["known-person.type", "known-person.value", "many.expression", "many.counts"]
            .map(|name| (name.to_owned(), ValueKind::Any))
            .into(),
        actions: names(&["change-person", "register-person", "restarts"]),
        deadlines: names(&["http", "callback", "notify", "quiet"]),
        lists: BTreeMap::from([("query-types".to_owned(), names(&["idtype-value", "expression", "predicate"]))]),
        ..KnownNames::default()
    };
    let warnings = parse("i.yaml", WHOLE, Some(&known)).unwrap().warnings.to_string();
    assert!(
        warnings.contains("no value `many.count`") && warnings.contains("did you mean `many.counts`?"),
        "{warnings}"
    );
    assert!(warnings.contains("no action `restart`") && warnings.contains("no value `nothing`"), "{warnings}");
    assert_eq!(warnings.matches("warning:").count(), 4, "{warnings}");
}

/// What is left unquoted must not change on its way to the product, and what is quoted without need must not be another thing.
#[test]
fn a_value_is_read_as_what_its_example_is() {
    let (text, count) = (ValueKind::of(Some(&json!("1001"))), ValueKind::of(Some(&json!(25))));
    let known = KnownNames { values: [("id".into(), text), ("many".into(), count)].into(), ..KnownNames::default() };
    let read = |values: &str| parse("i.yaml", &format!("base-url: http://a/\nvalues: {{{values}}}\n"), None).unwrap();
    for written in ["1001", "12345678901234567890123", "0x1F", "0o17", "1.50", "true"] {
        assert_eq!(read(&format!("id: {written}")).values.get("id", text), Some(json!(written)));
        assert_eq!(read(&format!("id: \"{written}\"")).values.get("id", text), Some(json!(written)));
    }
    for written in ["59", "\"59\"", "\" 59 \""] {
        let read = read(&format!("many: {written}"));
        assert_eq!(
            (read.values.get("many", count), read.check_names(&known).to_string()),
            (Some(json!(59)), "".into())
        );
    }
    for written in ["-1", "\"-1\"", "5.5", "many", "[59]", "0x1F"] {
        let wrong = read(&format!("many: {written}")).check_names(&known).to_string();
        assert!(wrong.contains("i.yaml:2:16: error: the value `many` must be a whole number"), "{wrong}");
    }
    assert!(read("id: [1001]").check_names(&known).to_string().contains("the value `id` must be text"));
}

/// Nobody can answer rightly about two people who are one.
#[test]
fn values_that_must_differ_are_not_the_same() {
    let text = ValueKind::of(Some(&json!("1001")));
    let known = KnownNames {
        values: ["one", "other", "third"].map(|name| (name.to_owned(), text)).into(),
        unlike: [("other".to_owned(), "one".to_owned()), ("third".to_owned(), "one".to_owned())].into(),
        defaults: [("third".to_owned(), json!("C"))].into(),
        ..KnownNames::default()
    };
    let found = |values: &str| {
        let read = parse("i.yaml", &format!("base-url: http://a/\nvalues: {{{values}}}\n"), None).unwrap();
        read.check_names(&known).to_string()
    };
    for sound in ["", "one: A", "one: A, other: B", "other: A", "one: C, third: D"] {
        assert_eq!(found(sound), "", "{sound}");
    }
    let same = found("one: A, other: \"A\"");
    assert!(same.contains("i.yaml:2:25: error: the value `other` is the same as `one`"), "{same}");
    let own = found("one: C");
    assert!(own.contains("the value `third` is the same as `one`") && own.contains("give `third` too"), "{own}");
}

/// What is left out of a list is not tested: a slip of the pen must not take tests away.
#[test]
fn what_a_list_cannot_hold_is_an_error() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let lists =
        [("query-types".to_owned(), names(&["idtype-value", "expression"])), ("sorting".to_owned(), Vec::new())];
    let known = KnownNames {
        claims: names(&["query-types", "sorting"]),
        lists: BTreeMap::from(lists),
        ..KnownNames::default()
    };
    let found = |supports: &str| {
        let text = format!("base-url: http://a/\nsupports:\n  {supports}\n");
        parse("i.yaml", &text, None).map(|read| read.check_names(&known)).unwrap_or_else(|wrong| wrong).to_string()
    };
    let misspelt = found("query-types: [idtype-value, expresion]");
    assert!(
        misspelt.contains("i.yaml:3:3: error: the profile asks for no `expresion` under `query-types`"),
        "{misspelt}"
    );
    assert!(misspelt.contains("did you mean `expression`?"), "{misspelt}");
    assert!(found("sorting: [no]").contains("error: the claim `sorting` is answered by yes or no, this is a list"));
    assert!(found("query-types: []").contains("error: the answer to `query-types` is an empty list"));
    assert_eq!(found("query-types: [expression]"), "");
}

#[test]
fn a_credential_and_a_product_that_asks_for_none_contradict_each_other() {
    let file = |authorisation: &str| {
        format!(
            "base-url: http://a/\nauthorisation: {authorisation}\nsupports: {{sync-search: yes, authorisation: no}}\n"
        )
    };
    let wrong = mistakes(&file("{bearer: {env: DCI_X}}"));
    assert!(wrong.contains("i.yaml:3:30: error: the file configures a credential"), "{wrong}");
    assert!(parse("i.yaml", &file("none"), None).is_ok());
}

#[test]
fn a_written_file_is_accepted() {
    let claim = |name: &str, probed| InitClaim { name: name.into(), ask: "Does it?\nOr not?".into(), probed };
    let value = |name: &str, learned| InitValue {
        name: name.into(),
        ask: "Which: one # or two?".into(),
        example: Some(json!("UIN")),
        learned,
    };
    let odd = json!({"a": ["x: y", "# no", "yes", "1.10", "tab\t\u{2028}\u{85}", null, 1.5], "b.c": {}});
    let spec = InitSpec {
        url: "http://127.0.0.1:8080/".into(),
        profile: "social-registry".into(),
        role: "registry".into(),
        prefix: Some("dci/social".into()),
        claims: vec![
            claim("sync-search", Some(Answer::Yes)),
            claim("async-search", Some(Answer::No)),
            claim("kinds", Some(Answer::List(vec!["a".into(), "b c".into()]))),
            claim("open", None),
        ],
        values: vec![
            value("known-person.value", Some(json!("0012"))),
            value("many.expression", Some(odd.clone())),
            value("unknown", None),
        ],
        actions: vec![InitAction { name: "change-person".into(), ask: "Change: \"it\"".into() }],
    };
    let text = render(&spec);
    let read = parse("i.yaml", &text, None).unwrap_or_else(|wrong| panic!("{wrong}\n{text}"));
    assert_eq!((read.base_url.as_str(), read.prefix.as_deref()), ("http://127.0.0.1:8080", Some("dci/social")));
    assert_eq!(read.supports["sync-search"].value, Answer::Yes);
    assert_eq!(read.supports["async-search"].value, Answer::No);
    assert_eq!(read.supports["kinds"].value, Answer::List(vec!["a".into(), "b c".into()]));
    assert_eq!((read.supports.len(), read.actions.len(), read.production), (3, 0, false));
    assert_eq!(read.values.get("known-person.value", ValueKind::Any), Some(json!("0012")));
    assert_eq!(read.values.get("many.expression", ValueKind::Any), Some(odd));
    let bare = InitSpec { url: "http://a".into(), profile: "p".into(), role: "registry".into(), ..InitSpec::default() };
    assert!(parse("i.yaml", &render(&bare), None).is_ok());
    // Every commented example is valid too.
    let opened: String = render(&InitSpec { claims: vec![], values: vec![], actions: vec![], ..spec })
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(line) if ["paths: ", "receiver-id: ", "deadlines: "].iter().any(|key| line.starts_with(key)) => line,
            _ => line,
        })
        .flat_map(|line| [line, "\n"])
        .collect();
    assert!(parse("i.yaml", &opened, None).is_ok());
}
