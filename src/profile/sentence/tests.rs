use super::*;
use crate::profile::ast::{Comparison, Operand, Predicate, Segment, Type};
use proptest::prelude::*;
use serde_json::json;

fn phrases() -> BTreeMap<String, Arc<Phrase>> {
    let phrase = Phrase { name: "the request is refused".into(), any: true, parts: vec![], erratum: None, reads: None };
    BTreeMap::from([(phrase.name.clone(), Arc::new(phrase))])
}

fn read(text: &str) -> Result<Sentence, Problem> {
    let phrases = phrases();
    let is_step = |name: &str| name == "first";
    let is_value = |name: &str| name == "known-person.value" || name == "many.expression";
    parse(text, Place::default(), &Scope { is_step: &is_step, is_value: &is_value, phrases: &phrases })
}

fn that(text: &str) -> (bool, Path, Predicate) {
    match read(text).unwrap_or_else(|problem| panic!("{text}: {problem:?}")).claim {
        Says::That { every, path, predicate } => (every, path, predicate),
        Says::Phrase(_) => panic!("{text} is a phrase"),
    }
}

fn literal(value: serde_json::Value) -> Operand {
    Operand::Literal(value)
}

#[test]
fn values_keep_their_type() {
    let value = |text: &str| match that(&format!("message.x is {text}")).2 {
        Predicate::Is(operand) => operand,
        other => panic!("{other:?}"),
    };
    assert_eq!(value("3"), literal(json!(3)));
    assert_eq!(value("-1.5"), literal(json!(-1.5)));
    assert_eq!(value("'3'"), literal(json!("3")));
    assert_eq!(value("012"), literal(json!("012")));
    assert_eq!(value("1.0.0"), literal(json!("1.0.0")));
    assert_eq!(value("yes"), literal(json!(true)));
    assert_eq!(value("\"yes\""), literal(json!("yes")));
    assert_eq!(value("null"), literal(json!(null)));
    assert_eq!(value("succ"), literal(json!("succ")));
    assert_eq!(value("\"two words\""), literal(json!("two words")));
    assert_eq!(value("${now + 5 minutes}"), Operand::Reference("${now + 5 minutes}".into()));
    assert_eq!(value("\"a ${x}\""), Operand::Reference("a ${x}".into()));
}

#[test]
fn paths_know_their_root() {
    let root = |path: &str| that(&format!("{path} is present")).1.root;
    assert_eq!(root("status"), Root::Status);
    assert_eq!(root("http.content-type"), Root::Http("content-type".into()));
    assert_eq!(root("body"), Root::Body);
    assert_eq!(root("message.a"), Root::Body);
    assert_eq!(root("request.message.a"), Root::Request);
    assert_eq!(root("answer.message.a"), Root::Answer);
    assert_eq!(root("answer.status"), Root::AnswerStatus);
    assert_eq!(root("answer.body.status"), Root::Answer);
    assert_eq!(root("first.message.a"), Root::Step("first".into()));
    assert_eq!(root("first.request.message.a"), Root::StepRequest("first".into()));
    assert_eq!(root("first.status"), Root::StepStatus("first".into()));
    assert_eq!(root("prepared.\"a person\""), Root::Prepared("a person".into()));
    assert_eq!(root("arrivals.on-search[].message.a"), Root::Arrivals("on-search".into()));
    assert_eq!(root("value.known-person.value"), Root::Value("known-person.value".into()));
    assert_eq!(that("value.many.expression.x is 1").1.segments, [Segment::Member("x".into())]);
    assert_eq!(root("\"@type\""), Root::Body);
}

#[test]
fn paths_walk_lists_and_descend() {
    let (_, path, _) = that("every body.a[last].b[name=\"x y\"].**.${value.known-person.value}[] is present");
    assert_eq!(
        path.segments,
        [
            Segment::Member("a".into()),
            Segment::Last,
            Segment::Member("b".into()),
            Segment::Select { name: "name".into(), value: literal(json!("x y")) },
            Segment::Descendants("${value.known-person.value}".into()),
            Segment::Each,
        ]
    );
}

#[test]
fn predicates_read_as_the_page_says() {
    assert_eq!(that("status is at most 499").2, Predicate::Compare(Comparison::AtMost, literal(json!(499))));
    assert_eq!(that("status is one of 200, 202").2, Predicate::OneOf(vec![literal(json!(200)), literal(json!(202))]));
    assert_eq!(that("message.x is a yes or no").2, Predicate::IsA(Type::YesOrNo));
    assert_eq!(that("message.x is an object").2, Predicate::IsA(Type::Object));
    assert_eq!(that("message.x has 1 item").2, Predicate::HasItems(Comparison::Exactly, literal(json!(1))));
    assert_eq!(that("body matches schema sync search reply").2, Predicate::MatchesSchema("sync search reply".into()));
    assert!(
        matches!(that("text does not match /<html, x>/").2, Predicate::DoesNotMatch(p) if p.0.as_str() == "<html, x>")
    );
    assert!(matches!(that("a is within 5 minutes of ${now}").2, Predicate::Within(d, _) if d.as_secs() == 300));
    assert_eq!(
        that("every a[] follows the data standard closely as Group Member or Person").2,
        Predicate::FollowsDataStandard { closely: true, classes: vec!["Group Member".into(), "Person".into()] }
    );
    assert!(matches!(that("a[] is the union of b[] and c[] by d.e").2, Predicate::UnionOf(p, Some(by))
        if p.len() == 2 && by.root == Root::Item));
    assert!(matches!(that("a is unique by **.b").2, Predicate::Unique(Some(by)) if by.root == Root::Item));
    assert!(
        matches!(that("a[] is unique in the review by b and c.d").2, Predicate::UniqueInReview(by) if by.len() == 2)
    );
    assert!(matches!(that("every a[] satisfies request.b[].c by d").2, Predicate::Satisfies(_, Some(_))));
    assert!(read("every a[] satisfies request.b[].c").is_err(), "which of them, nobody says");
    assert!(matches!(
        that("a[] is sorted by ${value.known-person.value} descending").2,
        Predicate::SortedBy { attribute: Operand::Reference(_), descending: true }
    ));
    assert!(matches!(read("the  request is refused").unwrap().claim, Says::Phrase(_)));
}

/// Sentence, part of the message, offset, part of the hint.
const WRONG: &[(&str, &str, usize, &str)] = &[
    ("", "sentence is empty", 0, "status is 200"),
    ("status", "followed by no predicate", 6, "is present"),
    ("status iz 200", "unknown predicate", 7, "did you mean `is`"),
    ("a is presnt", "`is presnt` is no predicate", 5, "did you mean `is present`"),
    ("a is not emtpy", "is no predicate", 9, "did you mean `is not empty`"),
    ("a is not present", "is no predicate", 9, "is absent"),
    ("a is two words", "should end before `words`", 9, "quoted"),
    ("a is one of x y", "should end before `y`", 14, "commas"),
    ("a is a txet", "unknown kind of value `txet`", 7, "did you mean `text`"),
    ("a is at least many", "not a number", 14, ""),
    ("a is before tomorrow", "not a date-time", 12, "${now}"),
    ("a is within 5 parsecs of ${now}", "not a length of time", 12, "5 minutes"),
    ("a matches /(/", "bad regular expression", 10, "linear time"),
    ("a matches (x)", "not a regular expression", 10, "slashes"),
    ("a[].b is 3", "may find several values", 0, "every"),
    ("every a.b is 3", "finds one value", 6, "leave out"),
    ("a is the same as b[].c", "may find several values", 17, "[0]"),
    ("a[1 is present", "`[` is never closed", 1, "[0]"),
    ("a[x] is present", "no way to choose", 1, "[last]"),
    ("a..b is present", "name is missing", 2, ""),
    ("a.@type is present", "cannot stand in a bare name", 2, "double quotes"),
    ("a.**[] is present", "needs a name after it", 2, ""),
    ("status.x is 1", "nothing inside `status`", 0, "body.status"),
    ("http is x", "`http` needs a name", 0, "http.NAME"),
    ("${x} is 1", "cannot start with a reference", 0, "root"),
    ("the request is refusd", "unknown predicate", 4, "the phrase `the request is refused`"),
    ("a is sorted by b upwards", "no direction", 17, "ascending"),
    ("a is the union of b", "second path", 19, "PATH and PATH"),
    ("a has 3 things", "`items` is missing", 8, "items"),
    ("a follows the data standard", "as CLASS", 27, "Person"),
];

#[test]
fn mistakes_say_where_and_what_was_meant() {
    for (text, message, offset, hint) in WRONG {
        let problem = read(text).expect_err(text);
        assert!(problem.message.contains(message), "{text}: {problem:?}");
        assert_eq!(problem.offset, *offset, "{text}: {problem:?}");
        assert!(problem.hint.contains(hint), "{text}: {problem:?}");
    }
}

#[test]
fn every_predicate_of_the_list_is_read() {
    for predicate in PREDICATES {
        let words: Vec<String> = predicate
            .replace("[by PATH]", "by x.y")
            .split(' ')
            .map(|word| match word {
                "PATH" => "request.b".to_owned(),
                "MOMENT" => "${now}".to_owned(),
                "LENGTH" => "5 minutes".to_owned(),
                "TYPE" => "text".to_owned(),
                "N" => "2".to_owned(),
                "/REGEX/" => "/x/".to_owned(),
                other => other.to_owned(),
            })
            .collect();
        that(&format!("message.a {}", words.join(" ")));
    }
}

/// Sentences put together from the words of the grammar.
fn sentences() -> impl Strategy<Value = String> {
    let path = prop::sample::select(vec!["status", "a.b", "request.x[0]", "a.\"@b c\"", "first.x[n=1]", "a[last]"]);
    let value = prop::sample::select(vec!["3", "x", "'two words'", "${value.known-person.value}", "no"]);
    let predicate = prop::sample::select(PREDICATES.to_vec());
    (path, value, predicate, "[ ]{1,3}").prop_map(|(path, value, predicate, blank)| {
        let text = predicate
            .replace("[by PATH]", "by x.y")
            .replace("PATH", "request.b")
            .replace("MOMENT", "${now}")
            .replace("LENGTH", "5 minutes")
            .replace("TYPE", "text")
            .replace("VALUE", value)
            .replace(" N ", " 2 ");
        let text = if text.ends_with(" N") { text.replace(" N", " 2") } else { text };
        format!("{path} {text}").replace(' ', &blank).replace("two   words", "two words")
    })
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_without_panic(text in "\\PC{0,60}") {
        if let Err(problem) = read(&text) {
            prop_assert!(problem.offset <= text.chars().count());
        }
    }

    #[test]
    fn words_of_the_grammar_in_any_order_never_panic(words in prop::collection::vec(
        prop::sample::select(vec!["every", "is", "not", "a", "one", "of", ",", "has", "at", "least", "2", "items", "matches",
            "/x/", "/", "\"", "'", "${", "}", "[", "]", "a.b", "a[].b", "**", "by", "and", "the", "union", "within", "as"]), 0..14)) {
        let text = words.join(" ");
        if let Err(problem) = read(&text) {
            prop_assert!(problem.offset <= text.chars().count());
        }
    }

    #[test]
    fn the_canonical_text_says_the_same(text in sentences()) {
        let first = read(&text);
        if let Ok(first) = first {
            let again = read(&first.text).expect("canonical text parses");
            prop_assert_eq!(&again, &first);
        } else {
            prop_assert!(false, "{}: {:?}", text, first);
        }
    }
}
