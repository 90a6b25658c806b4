//! Hand-made results for the writers' tests. Names and identifiers are invented.

use crate::model::result::*;
use crate::model::verdict::{Conformance, Force, Level, RequirementVerdict, Verdict};
use std::collections::BTreeMap;

/// A run in which nothing was selected.
pub(super) fn empty() -> RunResult {
    RunResult {
        schema: SCHEMA.into(),
        tool: Tool { name: "dci-conform".into(), version: "0.1.0".into(), digest: "ab12".repeat(16) },
        profile: ProfileInfo {
            id: "social-registry".into(),
            version: "0.1.0".into(),
            title: "Social Registry (registry role)".into(),
            standard: "DCI Social Registry API 1.0.0".into(),
            edition: "dec2025".into(),
            overlays: Vec::new(),
            standard_digest: "ef56".repeat(16),
            altered: Vec::new(),
            own: None,
            own_edition: false,
            role: "registry".into(),
            stage: "draft".into(),
            digest: "cd34".repeat(16),
            strictness: "standard".into(),
        },
        implementation: ImplementationInfo {
            product: Product::default(),
            base_url: "http://127.0.0.1:8080/".into(),
            answers: BTreeMap::new(),
            settings: BTreeMap::new(),
        },
        scheme_owner: None,
        started: "2026-11-22T01:44:00Z".into(),
        finished: "2026-11-22T01:44:12.400Z".into(),
        seed: 42,
        nonce: "7f".into(),
        interrupted: false,
        verdict: Conformance::Incomplete,
        reasons: vec!["No test was selected, so nothing was shown.".into()],
        counts: Counts::default(),
        requirements: Vec::new(),
        tests: Vec::new(),
        evidence: BTreeMap::new(),
        redactions: Redactions::default(),
        not_tested: Vec::new(),
        errata: Vec::new(),
        observations: Vec::new(),
        repeat: String::new(),
        checked: None,
    }
}

/// A test of that verdict with one check of the same verdict.
pub(super) fn test(id: &str, title: &str, verdict: Verdict, mandatory: bool) -> TestResult {
    TestResult {
        id: id.into(),
        title: title.into(),
        why: String::new(),
        topic: "Searching in one call".into(),
        role: "registry".into(),
        verdict,
        mandatory,
        reason: String::new(),
        proves: vec!["RG-ID-01".into()],
        checks: Vec::new(),
        evidence: Vec::new(),
        duration_ms: 198,
        reproduce: format!("dci-conform run --profile social-registry --url http://127.0.0.1:8080/ --test {id}"),
    }
}

/// A check that judged the message of an exchange at a place.
pub(super) fn check(verdict: Verdict, requirement: &str, at: &str, evidence: &str) -> Check {
    Check {
        sentence: "message.transaction_id is the same as request.message.transaction_id".into(),
        key: "1/0".into(),
        variant: None,
        requirement: Some(requirement.into()),
        force: Some(Force::D),
        verdict,
        expected: "the transaction id of the request, “7f-1”".into(),
        found: if verdict == Verdict::Pass { "“7f-1”".into() } else { "“other”".into() },
        at: at.into(),
        erratum: None,
        evidence: Some(evidence.into()),
        observed: 1,
    }
}

/// An exchange that the suite opened.
pub(super) fn exchange(request: &str, response: &str) -> Evidence {
    Evidence {
        direction: "sent".into(),
        name: "sync/search".into(),
        sound: true,
        at: "2026-11-22T01:44:01.250Z".into(),
        took_ms: 12,
        request_line: "POST /registry/sync/search".into(),
        request_headers: vec![
            ("content-type".into(), "application/json".into()),
            ("authorization".into(), "(hidden)".into()),
        ],
        request_body: request.into(),
        status: Some(200),
        response_headers: vec![("content-type".into(), "application/json".into())],
        response_body: response.into(),
        no_answer: String::new(),
        notes: Vec::new(),
    }
}

/// A requirement.
pub(super) fn requirement(
    id: &str,
    force: Force,
    level: Level,
    verdict: RequirementVerdict,
    text: &str,
) -> RequirementResult {
    RequirementResult {
        id: id.into(),
        level,
        force,
        standard: "technical".into(),
        source: vec!["envelope.md#10".into()],
        text: text.into(),
        verdict,
        tests: vec!["RG-ID-01".into()],
        not_covered: None,
    }
}

/// Sets the counts from the tests and requirements.
pub(super) fn counted(mut result: RunResult) -> RunResult {
    for verdict in super::words::TEST_VERDICTS {
        let number = result.tests.iter().filter(|test| test.verdict == verdict).count();
        result.counts.tests.insert(verdict.word().into(), number);
    }
    for verdict in super::words::REQUIREMENT_VERDICTS {
        let number = result.requirements.iter().filter(|row| row.verdict == verdict).count();
        result.counts.requirements.insert(verdict.word().into(), number);
    }
    result.counts.messages.insert("sent".into(), result.evidence.len());
    result
}

/// One failing test, nothing else: small enough to read as a snapshot.
pub(super) fn small() -> RunResult {
    let mut failing = test("RG-ID-01", "The transaction id comes back unchanged", Verdict::Fail, true);
    failing.reason = "RG-ID-01 did not hold".into();
    failing.checks = vec![check(Verdict::Fail, "RG-ID-01", "/message/transaction_id", "x1")];
    failing.evidence = vec!["x1".into()];
    let mut result = empty();
    result.implementation.product = Product {
        name: "Registre social d’exemple".into(),
        version: "2.1".into(),
        vendor: "شركة المثال".into(),
        operator: "Ministère des Affaires sociales".into(),
    };
    result.verdict = Conformance::NotConformant;
    result.reasons = vec!["RG-ID-01: the transaction id of the answer is not the one sent.".into()];
    result.requirements = vec![requirement(
        "RG-ID-01",
        Force::D,
        Level::Must,
        RequirementVerdict::NotMet,
        "The answer carries the transaction id of the request.",
    )];
    result.tests = vec![failing];
    result.evidence.insert(
        "x1".into(),
        exchange(r#"{"message":{"transaction_id":"7f-1"}}"#, r#"{"message":{"transaction_id":"other"}}"#),
    );
    counted(result)
}

/// One test for each verdict, mandatory and not.
pub(super) fn every_verdict() -> RunResult {
    let mut result = small();
    let more = [
        ("RG-SYNC-01", "Éléonore est trouvée par identifiant", Verdict::Pass, true, ""),
        ("RG-SYNC-02", "العثور على زينب", Verdict::Warn, true, "A recommendation was not followed."),
        (
            "RG-SYNC-03",
            "Known person",
            Verdict::Inconclusive,
            true,
            "Which person may we search for? Set known-person.value.",
        ),
        ("RG-SYNC-04", "Optional sort", Verdict::Inconclusive, false, "The product did not answer when probed."),
        ("RG-SYNC-05", "Left out", Verdict::NotRun, true, "The time limit was reached."),
        ("RG-SYNC-06", "Left out, optional", Verdict::NotRun, false, "Not selected."),
        ("RG-SYNC-07", "Encryption", Verdict::NotApplicable, false, "The vendor declares encryption unsupported."),
        ("RG-SYNC-08", "Suite broke", Verdict::Error, true, "The callback listener could not be opened."),
        ("RG-SYNC-09", "Known deviation", Verdict::Waived, true, "Accepted until 2027-01-01 by Ministry X."),
    ];
    for (id, title, verdict, mandatory, reason) in more {
        let mut one = test(id, title, verdict, mandatory);
        one.reason = reason.into();
        one.topic = "Searching (sync): names & dates".into();
        if matches!(verdict, Verdict::Pass | Verdict::Warn) {
            one.checks = vec![check(verdict, "RG-ID-02", "/message/absent_member", "x2")];
            one.evidence = vec!["x2".into()];
        }
        result.tests.push(one);
    }
    result.requirements.push(requirement(
        "RG-ID-02",
        Force::I,
        Level::Should,
        RequirementVerdict::NotMet,
        "Times carry a zone.",
    ));
    result.evidence.insert("x2".into(), exchange("{}", r#"{"message":{"transaction_id":"7f-1"}}"#));
    result.not_tested = vec![NotTested {
        what: "Notifications".into(),
        why: "The vendor's file is silent about subscriptions.".into(),
        question: Some("Does the product notify subscribers of changes?".into()),
    }];
    result.errata = vec![ErratumNote {
        id: "ET-26".into(),
        title: "Two ways to refuse".into(),
        policy: "both are accepted".into(),
        seen: vec!["HTTP 400".into()],
    }];
    result.observations = vec!["One callback could not be attributed to a test.".into()];
    counted(result)
}

/// Every member of the contract present at least once, optional ones included.
pub(super) fn every_member() -> RunResult {
    let mut result = small();
    result.scheme_owner = Some("Authority of Example".into());
    let (edition, title) = ("example2026".into(), "National data profile of Example".into());
    result.profile.altered = vec!["standards/dec2025/data/strictness.yaml".into()];
    result.profile.own =
        Some(OwnProfile { extends: vec!["social-registry".into()], replaces: vec!["test RG-PAGES-01".into()] });
    result.profile.own_edition = true;
    result.profile.overlays = vec![Overlay { edition, title, version: "1.0.0".into() }];
    result.implementation.answers.insert("sync-search".into(), "yes".into());
    result.implementation.settings.insert("jobs".into(), "8".into());
    result.redactions = Redactions { count: 3, fields: vec!["surname".into()] };
    for row in &mut result.requirements {
        row.not_covered = Some("cannot be observed from outside".into());
    }
    for test in &mut result.tests {
        for check in &mut test.checks {
            check.variant = Some("missing-required-field/message.transaction_id".into());
            check.erratum = Some("ET-26".into());
        }
    }
    let more = every_verdict();
    result.not_tested = more.not_tested;
    result.errata = more.errata;
    result.observations = more.observations;
    result.repeat = "dci-conform check --profile social-registry people.ndjson".into();
    result.checked = Some(checked());
    result
}

/// What a check of exported files adds, every member filled.
fn checked() -> FilesResult {
    let count = |path: &str, count: u64| Presence { path: path.into(), count, of: 3 };
    let example = FindingExample {
        file: "people.ndjson".into(),
        line: 7,
        record: Some(7),
        column: Some(4),
        pointer: "/birth_date".into(),
        key: "UIN …31".into(),
        expected: "a date".into(),
        found: "text of the form \"99.99.9999\"".into(),
        source: "data/formats.md#date".into(),
        erratum: Some("ED-44".into()),
    };
    FilesResult {
        files: vec![FileResult {
            name: "people.ndjson".into(),
            format: "ndjson, gzip".into(),
            bytes: 2000,
            records: 3,
            sha256: "00ff".into(),
            trouble: Some("stopped before its end".into()),
        }],
        rules: vec![RuleResult {
            more_places: 3,
            id: "DT-FORMAT".into(),
            force: Force::N,
            count: 1,
            failing: 1,
            warning: 0,
            places: BTreeMap::from([("birth_date".into(), 1)]),
            examples: vec![example],
        }],
        records: RecordCounts {
            class: "SRPerson".into(),
            checked: 3,
            clean: 2,
            with_findings: 1,
            failing: 1,
            warning: 0,
            overlays_silent: true,
        },
        completeness: vec![count("birth_date", 3)],
        unknown: vec![count("nickname", 1)],
        outside: vec![OutsideCodes {
            path: "sex".into(),
            count: 4,
            values: vec![ValueCount { value: "\"M\"".into(), count: 3 }],
        }],
        mapping: Some(MappingResult {
            file: "vendor.yaml".into(),
            settings: BTreeMap::from([("separator".into(), ";".into())]),
            columns: BTreeMap::from([("born".into(), "birth_date".into()), ("note".into(), String::new())]),
            values: BTreeMap::from([("sex".into(), BTreeMap::from([("M".into(), "male".into())]))]),
        }),
    }
}

/// Text that tries to act: markup, terminal codes, direction overrides, control characters, the end of CDATA, size.
pub(super) const HOSTILE: &str =
    "<script>alert(1)</script>\u{1b}[31mred\u{0}\u{202e}gnp.exe ]]> \"'& \u{9b}2J \u{fffe}";

/// [`HOSTILE`] text in every place that a product or vendor can write to, and a body of a megabyte.
pub(super) fn hostile() -> RunResult {
    let mut result = every_member();
    let evil = || HOSTILE.to_owned();
    result.implementation.product = Product { name: evil(), version: evil(), vendor: evil(), operator: evil() };
    result.implementation.base_url = format!("http://127.0.0.1/{HOSTILE}");
    result.implementation.answers.insert(evil(), evil());
    result.reasons = vec![evil()];
    result.observations = vec![evil()];
    result.not_tested = vec![NotTested { what: evil(), why: evil(), question: Some(evil()) }];
    if let Some(checked) = &mut result.checked {
        checked.files[0].name = evil();
        checked.rules[0].places = BTreeMap::from([(evil(), 1)]);
        checked.rules[0].examples[0].found = evil();
        checked.unknown[0].path = evil();
        checked.outside[0].values[0].value = evil();
    }
    for test in &mut result.tests {
        test.reason = evil();
        test.reproduce = evil();
        for check in &mut test.checks {
            check.found = format!("{HOSTILE}{}", "y".repeat(1_000_000));
            check.expected = evil();
            check.at = format!("/{HOSTILE}");
        }
    }
    let body = serde_json::json!({"message": {HOSTILE: evil(), "long": "x".repeat(1_000_000)}}).to_string();
    let mut json = exchange(&evil(), &body);
    json.request_line = format!("POST /{HOSTILE}");
    json.response_headers.push((evil(), evil()));
    json.notes = vec![evil()];
    result.evidence.insert("x1".into(), json);
    let mut text = exchange("", &HOSTILE.repeat(20_000));
    text.status = None;
    text.no_answer = evil();
    result.evidence.insert(evil(), text);
    result.tests[0].evidence.push(evil());
    result
}

/// About as large as a real run: 30 topics of 10 tests, 1,200 exchanges with several records each.
pub(super) fn large() -> RunResult {
    let mut result = every_verdict();
    let person = |n: usize| {
        serde_json::json!({"@type": "Person", "name": {"surname": format!("surname-{n}"), "given_name": format!("given-name-{n}")},
            "birth_date": format!("birth-date-{n}"), "sex": "female", "address": [{"locality": format!("address-{n}")}],
            "identifier": [{"identifier_type": "UIN", "identifier_value": format!("identifier-{n}")}]})
    };
    for n in 0..1200 {
        let records: Vec<_> = (0..10).map(|i| person(n * 10 + i)).collect();
        let body = serde_json::json!({"header": {"message_id": format!("m-{n}"), "status": "succ"},
            "message": {"transaction_id": format!("t-{n}"), "search_response": [{"reference_id": format!("r-{n}"),
            "status": "succ", "data": {"reg_record_type": "Person", "reg_records": records}}]}});
        let request = serde_json::json!({"header": {"message_id": format!("q-{n}")}, "message": {"transaction_id": format!("t-{n}")}});
        result.evidence.insert(format!("e{n:04}"), exchange(&request.to_string(), &body.to_string()));
    }
    for topic in 0..30 {
        for number in 0..10 {
            let n = topic * 10 + number;
            let verdict = if n % 17 == 3 { Verdict::Fail } else { Verdict::Pass };
            let mut one = test(&format!("RG-T{topic:02}-{number:02}"), "Records satisfy the query", verdict, true);
            one.topic = format!("Topic {topic}: queries and their meaning");
            one.evidence = (0..4).map(|i| format!("e{:04}", n * 4 + i)).collect();
            let place = "/message/search_response/0/data/reg_records/3/name/surname";
            one.checks = one.evidence.iter().map(|id| check(verdict, "RG-ID-01", place, id)).collect();
            result.tests.push(one);
        }
    }
    for n in 0..180 {
        let verdict = [RequirementVerdict::Met, RequirementVerdict::Met, RequirementVerdict::NotShown][n % 3];
        result.requirements.push(requirement(
            &format!("RG-R-{n:03}"),
            [Force::N, Force::D, Force::I][n % 3],
            if n % 5 == 0 { Level::Should } else { Level::Must },
            verdict,
            "Every record of the answer satisfies the query that was sent, whichever of the three kinds it is.",
        ));
    }
    counted(result)
}
