//! Eight servers that look alive and are not what they say. Each is run with the whole Social Registry profile, with the
//! right credential and everything claimed, and each must be found not conformant;
//! one honest server of another habit shows that it is not the relay that is found.
//!
//! No test may pass that should not: what passes is listed here with the reason why it is right, and a pass that is not
//! listed fails. The lists are upper bounds where answers come later, since a machine under load may lose one; the
//! servers that answer in the call only must come out exactly as listed.

#![allow(clippy::print_stdout)] // the lists are what these tests are run for

#[path = "dishonest/liars.rs"]
mod liars;
mod raw;
mod vendor;

use dci_conform::engine::events::Quiet;
use dci_conform::engine::plan::Selection;
use dci_conform::engine::session::{Loaded, Options, conduct};
use dci_conform::engine::stop::Stop;
use dci_conform::implementation::{self, Credentials, Login};
use dci_conform::model::result::RunResult;
use dci_conform::model::verdict::{Conformance, Verdict};
use dci_conform::profile;
use dci_conform::source::Files;
use dci_conform::standard::Standard;
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;

/// A glob over test ids and why it is right that such a test passes.
type Reason = (&'static str, &'static str);

fn loaded() -> Loaded {
    let files = Files::embedded();
    let standard = Standard::load(&files, "dec2025").unwrap_or_else(|wrong| panic!("{wrong}"));
    let profile = profile::load(&files, "social-registry", &standard).unwrap_or_else(|wrong| panic!("{wrong}")).profile;
    Loaded { profile: Arc::new(profile), standard: Arc::new(standard) }
}

async fn run(base_url: &str) -> RunResult {
    run_with_patience(base_url, 1.0).await
}

async fn run_with_patience(base_url: &str, patience: f64) -> RunResult {
    let file = vendor::claims_everything(base_url, "DCI_TOKEN_OF_THE_DISHONEST", "2s");
    let implementation = implementation::parse("liar.yaml", &file, None).unwrap_or_else(|wrong| panic!("{wrong}"));
    let login = Login::Bearer(SecretString::from(liars::TOKEN.to_owned()));
    let credentials = Credentials { login, action_headers: Vec::new(), signing_key: None };
    let options = Options {
        jobs: 8,
        rate: None,
        patience,
        time_limit: Duration::from_secs(300),
        seed: 1,
        listen: None,
        public_url: None,
        selection: Selection::default(),
        operator: None,
        hears: Arc::new(Quiet),
        stop: Stop::default(),
        command: "dci-conform run".into(),
        digest: String::new(),
        look: false,
    };
    conduct(&loaded(), &implementation, credentials, options).await.unwrap_or_else(|error| panic!("{error}")).result
}

/// `*` at the end stands for anything.
fn covers(glob: &str, id: &str) -> bool {
    glob.strip_suffix('*').map_or(glob == id, |start| id.starts_with(start))
}

/// Prints what passed, with the reason; fails on what passed without one.
fn judge(name: &str, result: &RunResult, reasons: &[Reason]) -> usize {
    let passes: Vec<_> = result.tests.iter().filter(|test| test.verdict == Verdict::Pass).collect();
    println!(
        "{name}: {:?}, {} of {} tests pass; {:?}",
        result.verdict,
        passes.len(),
        result.tests.len(),
        result.counts.tests
    );
    let mut wrong = Vec::new();
    for test in &passes {
        let reason = reasons.iter().find(|(glob, _)| covers(glob, &test.id));
        println!("  {:<22} {:<70} {}", test.id, test.title, reason.map_or("WITHOUT REASON", |(_, why)| why));
        if reason.is_none() {
            wrong.push(test.id.as_str());
            for check in &test.checks {
                println!("      {:?} {:?} {} | {}", check.verdict, check.requirement, check.expected, check.found);
            }
        }
    }
    assert_eq!(result.verdict, Conformance::NotConformant, "{name}: {:?}", result.reasons);
    assert!(!result.interrupted, "{name}: the run came to its end");
    assert!(wrong.is_empty(), "{name}: passes that nobody can justify: {}", wrong.join(", "));
    passes.len()
}

/// As [`judge`], and every reason must have been needed.
fn judge_exactly(name: &str, result: &RunResult, reasons: &[Reason], count: usize) {
    assert_eq!(judge(name, result, reasons), count, "{name}: number of passes");
    for (glob, _) in reasons {
        let used = result.tests.iter().any(|test| test.verdict == Verdict::Pass && covers(glob, &test.id));
        assert!(used, "{name}: nothing passes as {glob} any more: take the line out");
    }
}

const FORM: Reason = ("RG-RUN-14", "about the form alone, and every answer was a JSON object and labelled so");
const HARMLESS: Reason = ("RG-RUN-15", "about what must not stand in an answer, and nothing of it did");
const REASONED: Reason = ("RG-RUN-10", "about acknowledgements that refuse, and each had a code");
const FORMED: Reason = ("RG-RUN-16", "about the form of HTTP refusals, and each had a list of errors or a listed code");
const DISCREET: Reason = ("RG-RUN-17", "about what HTTP refusals hold, and they hold nobody's data");
const ACKNOWLEDGED: Reason = ("RG-RUN-09", "about the form of acknowledgements, and each was sound in form");
const LET_IN: Reason = ("RG-DOOR-07", "it lets in whoever comes, so the right credential opens every door");
const RECORDS: [Reason; 2] = [
    ("RG-RUN-11", "the record it has is a sound one"),
    ("RG-RUN-12", "the record it has is a sound one, sent later too"),
];
const OF_CALLBACKS: [Reason; 5] = [
    ("RG-DOOR-14", "it turns nobody away, or nothing was sent to whom it did"),
    ("RG-RUN-23", "about the form alone, and each callback was an object with a header"),
    ("RG-RUN-19", "about ids alone, and each callback bore those of a request and of its acknowledgement"),
    ("RG-RUN-20", "about ids alone, and each callback bore those of a request and of its acknowledgement"),
    ("RG-RUN-21", "about ids alone, and each callback bore those of a request and of its acknowledgement"),
];
const STRANGER: Reason =
    ("RG-EVENT-13", "the subscription is acknowledged; the stranger is not refused, of which RG-EVENT-10 warns");
const UNHURT: Reason = ("RG-RUN-22", "sound requests were sent, and none was answered with a 5xx");
const SURVIVES: Reason = ("RG-RUN-13", "broken requests were sent, and none was answered with a 5xx");

/// The control: the same relay, before a registry that keeps to the standard in a way of its own.
#[tokio::test]
async fn an_honest_one_that_sends_page_by_page() {
    let honest = liars::pages_one_by_one().await;
    let result = run(&honest.server.base_url()).await;
    let failed = result.tests.iter().filter(|test| test.verdict == Verdict::Fail);
    let failed: Vec<_> = failed.map(|test| format!("{}: {}", test.id, test.reason)).collect();
    assert!(failed.is_empty(), "{failed:?}");
    let whole = result.tests.iter().find(|test| test.id == "RG-ASYNC-02").expect("the test");
    assert_eq!(whole.verdict, Verdict::Pass, "{}", whole.reason);
}

/// A refusal need not be JSON, a word that the answer is to come is not the answer, and by which filters one may subscribe is
/// the registry's to say.
#[tokio::test]
async fn an_honest_one_that_says_little() {
    let honest = liars::says_little().await;
    let result = run_with_patience(&honest.server.base_url(), 5.0).await; // two messages for each, on a machine under load
    let failed = result.tests.iter().filter(|test| test.verdict == Verdict::Fail);
    let failed: Vec<_> = failed.map(|test| format!("{}: {}", test.id, test.reason)).collect();
    assert!(failed.is_empty(), "{failed:?}");
    let right = ["RG-DOOR-01/missing", "RG-DOOR-04/wrong", "RG-DOOR-09", "RG-STATUS-04", "RG-WRONG-08"];
    for id in right.into_iter().chain([
        "RG-STATUS-05",
        "RG-EVENT-01",
        "RG-EVENT-02",
        "RG-EVENT-03",
        "RG-EVENT-09",
        "RG-EVENT-11",
    ]) {
        let test = result.tests.iter().find(|test| test.id == id).expect("the test");
        assert_eq!(test.verdict, Verdict::Pass, "{id}: {}", test.reason);
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_nobody_found() {
    let liar = liars::hides_the_empty().await;
    let result = run(&liar.server.base_url()).await;
    assert_ne!(result.verdict, Conformance::Conformant, "{:?}", result.reasons);
    for id in ["RG-SYNC-02", "RG-SYNC-03", "RG-QUERY-10", "RG-PAGES-06", "RG-STATUS-04"] {
        let test = result.tests.iter().find(|test| test.id == id).expect("the test");
        assert_eq!(test.verdict, Verdict::Inconclusive, "{id}: {}", test.reason);
    }
}

#[tokio::test]
async fn the_same_error_for_everything() {
    let liar = liars::same_error().await;
    let reasons = [FORM, HARMLESS, REASONED, ACKNOWLEDGED, UNHURT];
    judge_exactly("same ERR", &run(&liar.server.base_url()).await, &reasons, 5);
}

#[tokio::test]
async fn unauthorised_with_the_right_credential() {
    let liar = liars::always_unauthorised().await;
    judge_exactly("always 401", &run(&liar.server.base_url()).await, &[HARMLESS, FORMED, DISCREET, UNHURT], 4);
}

#[tokio::test]
async fn never_there() {
    let liar = liars::never_there().await;
    judge_exactly("always 404", &run(&liar.server.base_url()).await, &[HARMLESS, FORMED, DISCREET, UNHURT], 4);
}

#[tokio::test]
async fn an_empty_object_for_everything() {
    let liar = liars::empty_object().await;
    judge_exactly("always {}", &run(&liar.server.base_url()).await, &[FORM, HARMLESS, UNHURT], 3);
}

#[tokio::test]
async fn acknowledged_and_never_called_back() {
    let liar = liars::acknowledges_only().await;
    let reasons = [FORM, HARMLESS, ACKNOWLEDGED, LET_IN, UNHURT];
    judge_exactly("ACK only", &run(&liar.server.base_url()).await, &reasons, 5);
}

/// Its one record is that of the very person the tests ask for: the worst case. What passes are questions to which that
/// record is the right answer; of each kind the question with another answer fails.
#[tokio::test]
async fn every_id_echoed_with_one_canned_record() {
    let liar = liars::echoes_ids().await;
    let reasons = [
        FORM,
        HARMLESS,
        ACKNOWLEDGED,
        LET_IN,
        RECORDS[0],
        RECORDS[1],
        SURVIVES,
        UNHURT,
        ("RG-RUN-01", "its envelopes are sound and its ids are those of the request"),
        ("RG-RUN-02", "its search results follow the schema"),
        ("RG-RUN-03", "its search results sent later follow the schema"),
        ("RG-RUN-04", "its reports of subscriptions follow the schema"),
        ("RG-RUN-05", "its reports of ended subscriptions follow the schema"),
        ("RG-RUN-07", "its states of transactions follow the schema"),
        ("RG-RUN-08", "its states of transactions sent later follow the schema"),
        ("RG-ONE-01", "the known person is found; that others are found for others fails RG-SYNC-02"),
        ("RG-SYNC-01", "the known person was asked for and returned"),
        ("RG-SYNC-04", "the long transaction id did come back whole"),
        ("RG-SYNC-05", "the correlation ids were different"),
        ("RG-SYNC-07", "the sound request of the batch was answered rightly; the other one fails RG-QUERY-10"),
        ("RG-QUERY-01", "the known person was asked for by predicate and returned"),
        ("RG-QUERY-02", "the known person was asked for by expression and returned"),
        ("RG-QUERY-03/eq", "the known person's date equals itself; /gt and /lt fail"),
        ("RG-QUERY-03/ge", "the known person's date is at least itself; /gt fails"),
        ("RG-QUERY-03/le", "the known person's date is at most itself; /lt fails"),
        ("RG-QUERY-04*", "the known person is on the bound and was returned; RG-QUERY-05 fails"),
        ("RG-QUERY-06/$eq", "the known person's date equals itself; /$gt and /$lt fail"),
        ("RG-QUERY-08", "the known person satisfies either condition and both"),
        ("RG-QUERY-11", "the known person has that text; RG-QUERY-12 warns"),
        ("RG-QUERY-13", "the known person satisfies one of the two conditions"),
        ("RG-QUERY-14", "the known person is in the list"),
        ("SR-GROUP-02", "the known person was asked for as a member and returned"),
        ("RG-QUERY-15", "it counts the one record it has, whatever is asked; RG-QUERY-10 fails"),
        ("RG-RUN-26", "one record is no more than any page holds"),
        ("SR-GROUP-06", "the record is a person's and labelled so"),
        ("SR-GROUP-07", "the record is a person's and labelled so"),
        ("RG-ASYNC-01", "the known person was asked for and sent once, under the right ids"),
        ("RG-ASYNC-02", "both ways to ask give the same one record"),
        ("RG-ASYNC-04", "the correlation ids were different"),
        ("RG-ASYNC-08", "it sends an answer once, whatever we say to it"),
        ("RG-ASYNC-09", "it does send answers while one address is dead"),
        ("RG-ASYNC-11", "the sound request of the batch was answered rightly; the other one fails RG-QUERY-10"),
        ("RG-ASYNC-13", "the known person was asked for by expression and sent"),
        STRANGER,
        (
            "RG-EVENT-01",
            "the subscriptions are acknowledged, named and reported; that nothing follows fails RG-EVENT-02",
        ),
        (
            "RG-EVENT-11",
            "the end is acknowledged and reported; whether it is one shows in what follows, in RG-EVENT-03",
        ),
        ("RG-WRONG-23", "the known person was asked for with further members and returned"),
    ];
    judge("echoes ids", &run(&liar.server.base_url()).await, &[&reasons[..], &OF_CALLBACKS].concat());
}

/// What the two servers that lie in callbacks alone do honestly: everything in one call comes from a sound registry.
const HONEST_IN_ONE_CALL: [Reason; 36] = [
    ("RG-SYNC-*", "answered in the call by a sound registry"),
    ("RG-QUERY-*", "answered in the call by a sound registry"),
    ("RG-ORDER-*", "answered in the call by a sound registry"),
    ("RG-PAGES-*", "answered in the call by a sound registry"),
    ("SR-GROUP-*", "answered in the call by a sound registry"),
    ("RG-ONE-01", "searches in the call work"),
    ("RG-DOOR-01/*", "sync/search is guarded by a sound registry"),
    ("RG-DOOR-09", "sync/search is guarded by a sound registry"),
    ("RG-WRONG-01", "sync/search is guarded by a sound registry"),
    ("RG-WRONG-06", "sync/search is guarded by a sound registry"),
    ("RG-WRONG-07", "sync/search is guarded by a sound registry"),
    ("RG-WRONG-09", "sync/search is guarded by a sound registry"),
    ("RG-WRONG-14", "sync/search is guarded by a sound registry"),
    ("RG-WRONG-16", "sync/search is guarded by a sound registry"),
    ("RG-WRONG-17", "sync/search is guarded by a sound registry"),
    ("RG-WRONG-18", "sync/search is guarded by a sound registry"),
    ("RG-WRONG-19/*", "sync/search is guarded by a sound registry"),
    ("RG-WRONG-20", "sync/search is guarded by a sound registry"),
    ("RG-WRONG-21", "sync/search is guarded by a sound registry"),
    ("RG-WRONG-22", "sync/search is guarded by a sound registry"),
    ("RG-WRONG-23", "answered in the call by a sound registry"),
    ("RG-RUN-01", "about answers in the call"),
    ("RG-RUN-02", "about answers in the call"),
    ("RG-RUN-07", "about answers in the call"),
    ("RG-RUN-24", "about answers in the call"),
    ("RG-RUN-26", "about answers in the call"),
    RECORDS[0],
    FORM,
    HARMLESS,
    REASONED,
    FORMED,
    DISCREET,
    ACKNOWLEDGED,
    LET_IN,
    SURVIVES,
    UNHURT,
];

#[tokio::test]
async fn called_back_with_the_answer_of_another_transaction() {
    let liar = liars::swaps(false).await;
    let in_callbacks = [
        ("RG-RUN-03", "about the form of callbacks, each sound in form and sent once"),
        ("RG-RUN-04", "about the form of callbacks, each sound in form and sent once"),
        ("RG-RUN-05", "about the form of callbacks, each sound in form and sent once"),
        ("RG-RUN-08", "about the form of callbacks, each sound in form and sent once"),
        ("RG-RUN-12", "the records are sound, whosever they are"),
        ("RG-RUN-25", "each answer is right for the request whose ids it has"),
        ("RG-RUN-06", "about the form of notifications, each sound in form"),
        ("RG-RUN-18", "the records are sound, whosever they are"),
        STRANGER,
    ];
    let reasons = [&HONEST_IN_ONE_CALL[..], &in_callbacks, &OF_CALLBACKS].concat();
    judge("another's answer", &run(&liar.server.base_url()).await, &reasons);
}

/// A harder one: all ids are right, only the records are another's. Where the transaction before asked for the same
/// person its records are the right ones, and no test could tell.
#[tokio::test]
async fn called_back_with_the_records_of_another_transaction() {
    let liar = liars::swaps(true).await;
    let in_callbacks = [
        ("RG-RUN-04", "reports of subscriptions are not touched"),
        ("RG-RUN-05", "reports of subscriptions are not touched"),
        ("RG-RUN-08", "states of transactions are sound in form"),
        ("RG-RUN-12", "the records are sound, whosever they are"),
        ("RG-EVENT-*", "subscriptions and notifications are not touched"),
        ("RG-RUN-06", "notifications are not touched"),
        ("RG-RUN-18", "notifications are not touched"),
        ("RG-DOOR-02/*", "search is guarded by a sound registry"),
        ("RG-DOOR-03/*", "subscribe is guarded by a sound registry"),
        ("RG-DOOR-04/*", "unsubscribe is guarded by a sound registry"),
        ("RG-DOOR-05/*", "sync/txn/status is guarded by a sound registry"),
        ("RG-DOOR-06/*", "txn/status is guarded by a sound registry"),
        ("RG-DOOR-10", "search is guarded by a sound registry"),
        ("RG-DOOR-11", "unsubscribe is guarded by a sound registry"),
        ("RG-DOOR-12", "sync/txn/status is guarded by a sound registry"),
        ("RG-DOOR-13", "txn/status is guarded by a sound registry"),
        ("RG-DOOR-08", "the search was refused and nothing followed"),
        ("RG-STATUS-01", "the state is told in the call, by a sound registry"),
        ("RG-STATUS-02", "the state is told in the call, by a sound registry"),
        ("RG-STATUS-03", "the state is told in the call, by a sound registry"),
        ("RG-STATUS-04", "the state is told in the call, by a sound registry"),
        ("RG-STATUS-06", "the state is told in the call, by a sound registry"),
        ("RG-STATUS-05", "speaks about ids and status of the outcome, and these are right"),
        ("RG-STATUS-07", "what never was is refused at once, and nothing is sent"),
        ("RG-ASYNC-01", "the transaction before asked for the same person: the records are the right ones"),
        ("RG-ASYNC-02", "the transaction before asked for the same people: the records are the right ones"),
        ("RG-ASYNC-15", "the transaction before asked for nobody either: no record is the right answer"),
        ("RG-ASYNC-04", "about acknowledgements, which are not touched"),
        ("RG-ASYNC-05", "the transaction before asked for the same people: the records are the right ones"),
        ("RG-ASYNC-06", "the search was refused and nothing followed"),
        ("RG-ASYNC-07", "the answer was sent again"),
        ("RG-ASYNC-08", "the answer was not sent again"),
        ("RG-ASYNC-09", "an answer came while one address was dead"),
        ("RG-ASYNC-10", "about acknowledgements, which are not touched"),
        ("RG-ASYNC-11", "speaks about which requests are answered, and both were"),
        ("RG-ASYNC-13", "the transaction before asked for the same person: the records are the right ones"),
        ("RG-ASYNC-14", "the pages are of transactions before, and say so, or had nobody in common"),
        ("RG-WRONG-02", "search is guarded by a sound registry"),
        ("RG-WRONG-03", "subscribe is guarded by a sound registry"),
        ("RG-WRONG-04", "sync/txn/status is guarded by a sound registry"),
        ("RG-WRONG-05", "txn/status is guarded by a sound registry"),
        ("RG-WRONG-08", "search is guarded by a sound registry"),
        ("RG-WRONG-10", "subscribe is guarded by a sound registry"),
        ("RG-WRONG-11", "unsubscribe is guarded by a sound registry"),
        ("RG-WRONG-12", "sync/txn/status is guarded by a sound registry"),
        ("RG-WRONG-13", "txn/status is guarded by a sound registry"),
        ("RG-WRONG-15", "search is guarded by a sound registry"),
    ];
    let reasons = [&HONEST_IN_ONE_CALL[..], &in_callbacks, &OF_CALLBACKS].concat();
    judge("another's records", &run(&liar.server.base_url()).await, &reasons);
}

/// Its first answer on each path was a good one, most often to the question for the known person, and it is repeated to
/// all who ask after.
#[tokio::test]
async fn the_first_answer_for_ever() {
    let liar = liars::replays().await;
    let reasons = [
        FORM,
        HARMLESS,
        REASONED,
        FORMED,
        DISCREET,
        ACKNOWLEDGED,
        LET_IN,
        RECORDS[0],
        RECORDS[1],
        SURVIVES,
        UNHURT,
        ("RG-ONE-01", "the first search was answered rightly, by a sound registry"),
        ("RG-SYNC-01", "the known person was asked for and returned; the ids of the repetition fail RG-RUN-01"),
        ("RG-ASYNC-01", "it had the first answer of its path, which was the right one"),
        ("SR-GROUP-02", "the known person was asked for as a member and returned; the ids fail RG-RUN-01"),
        ("RG-RUN-26", "one record is no more than any page holds"),
        ("SR-GROUP-06", "the record is a person's and labelled so"),
        ("SR-GROUP-07", "the record is a person's and labelled so"),
        STRANGER,
    ];
    judge("first answer for ever", &run(&liar.server.base_url()).await, &[&reasons[..], &OF_CALLBACKS].concat());
}
