use super::*;
use crate::profile::ast::{Expectation, ListenerAnswer, Says, Verb};
use crate::profile::sample::{self, Stub};
use serde_json::json;
use std::time::Duration;

#[test]
fn the_sample_is_read_whole() {
    let Loaded { profile, warnings } = sample::profile();
    assert!(warnings.is_empty(), "{warnings}");
    assert_eq!((profile.id.as_str(), profile.standard.as_str()), ("lamps", "Lamp API 1.0.0"));
    assert_eq!(profile.hidden, ["owner"]);
    assert_eq!(profile.deadlines["notify"], Duration::from_secs(120));
    assert_eq!(profile.endpoints["ping"].path, "lamp/ping");
    assert_eq!(profile.messages["slow ping"]["message"]["slow"], json!(true));
    assert_eq!(profile.messages["slow ping"]["header"]["id"], json!("${new.id}"));
    assert_eq!(profile.digest.len(), 64);
    let test = &profile.tests[0];
    assert_eq!(test.steps[0].key, "steps.0");
    let Verb::Send(send) = &test.steps[0].verb else { panic!() };
    assert!(send.sound);
    let Expectation::Guard { then, .. } = &test.steps[0].expect[2] else { panic!() };
    assert_eq!(then[0].key, "steps.0/2.then.0");
    let Verb::Await(wait) = &test.steps[1].verb else { panic!() };
    assert_eq!((wait.answer.clone(), wait.where_.len()), (ListenerAnswer::Acknowledge, 1));
    assert_eq!(test.steps[1].requirement.as_deref(), Some("LP-ONE-02"));
    let Verb::Send(send) = &profile.tests[1].steps[0].verb else { panic!() };
    assert!(!send.sound);
    let Expectation::Sentence(tied) = &profile.tests[1].steps[0].expect[0] else { panic!() };
    assert!(matches!(&tied.sentence.claim, Says::Phrase(phrase) if phrase.any));
    let Verb::Repeat { steps, .. } = &profile.tests[1].steps[2].verb else { panic!() };
    assert_eq!(steps[0].key, "steps.2.steps.0");
    let Verb::AtOnce { branches, copies } = &profile.tests[1].steps[3].verb else { panic!() };
    assert_eq!((branches[0][0].key.as_str(), *copies), ("steps.3.copies.0", 3));
    assert!(profile.tests[2].reviews);
    assert_eq!(profile.fragments["a lamp"].steps[0].key, "a lamp.0");
}

#[test]
fn a_list_leaves_out_what_only_serves_others() {
    let found = list(&Files::from_texts(sample::ALL)).unwrap();
    assert_eq!(found.iter().map(|summary| summary.id.as_str()).collect::<Vec<_>>(), ["lamps"]);
    assert_eq!(found[0].role, "registry");
}

#[test]
fn an_unknown_profile_comes_with_a_suggestion() {
    let wrong = load(&Files::from_texts(sample::ALL), "lamp", &Stub).unwrap_err();
    assert!(wrong.to_string().contains("did you mean `lamps`?"), "{wrong}");
    let wrong = load(&Files::from_texts(sample::ALL), "ground", &Stub).unwrap_err();
    assert!(wrong.to_string().contains("base for other profiles"), "{wrong}");
    assert!(wrong.to_string().contains("known here: lamps") && wrong.sorted().len() == 1, "{wrong}");
    let wrong = load(&Files::from_texts(sample::ALL), "grund", &Stub).unwrap_err().to_string();
    assert!(wrong.contains("known here: lamps") && !wrong.contains("ground"), "a base is suggested: {wrong}");
}

#[test]
fn without_its_parent_nothing_else_is_said_of_a_profile() {
    let text = sample::PROFILE.replace("profile: ground", "profile: gruond");
    let wrong = load(&sample::with("lamps/profile.yaml", &text), "lamps", &Stub).unwrap_err();
    assert!(wrong.to_string().contains("lamps/profile.yaml:9:11: error: there is no profile `gruond`"), "{wrong}");
    assert_eq!(wrong.sorted().len(), 1, "{wrong}");
}

#[test]
fn a_profile_in_the_folder_of_another_name_is_told_where_it_says_so() {
    let text = sample::PROFILE.replace("id: lamps", "id: lights");
    let wrong = list(&sample::with("lamps/profile.yaml", &text)).unwrap_err().to_string();
    assert!(
        wrong.contains("lamps/profile.yaml:2:5: error: the id is `lights`, the folder is called `lamps`"),
        "{wrong}"
    );
}

#[test]
fn a_claim_lists_what_it_says_or_what_is_asked_for() {
    let tests =
        sample::TESTS.replacen("when: supports.pinging", "when: [supports.pinging, supports.colours contains blue]", 1);
    assert_ne!(tests, sample::TESTS);
    let files = |listed: &str| {
        let questions = sample::QUESTIONS.replace("ask: Which colours?,", &format!("ask: Which colours?,{listed}"));
        let rest = sample::ALL
            .iter()
            .copied()
            .filter(|(path, _)| !path.ends_with("questions.yaml") && !path.contains("/tests/"));
        let own = [("lamps/questions.yaml", questions.as_str()), ("lamps/tests/ping.yaml", tests.as_str())];
        Files::from_texts(rest.chain(own))
    };
    let values = |listed: &str| {
        let loaded = load(&files(listed), "lamps", &Stub).unwrap_or_else(|wrong| panic!("{wrong}"));
        loaded.profile.supports.into_iter().find(|claim| claim.name == "colours").unwrap().values
    };
    assert_eq!(values(""), ["blue"]);
    assert_eq!(values(" values: [blue, red],"), ["blue", "red"]);
    let wrong = load(&files(" values: [bleu, red],"), "lamps", &Stub).unwrap_err().to_string();
    assert!(wrong.contains("unknown value of the claim: `blue`") && wrong.contains("did you mean `bleu`?"), "{wrong}");
}

#[test]
fn the_child_replaces_by_name_and_merges_messages() {
    let files = sample::with(
        "lamps/messages/other.yaml",
        "ping: {body: {message: {lamp: null, colours: [green]}}}\nslow ping: {extends: ping, body: {message: {slow: 1}}}\n",
    );
    let profile = load(&files, "lamps", &Stub).unwrap().profile;
    assert_eq!(profile.messages["ping"]["message"], json!({"lamp": null, "colours": ["green"]}));
    assert_eq!(profile.messages["slow ping"]["message"], json!({"lamp": null, "colours": ["green"], "slow": 1}));
    assert_eq!(profile.messages["ping"]["header"]["at"], json!("${now}"));
}

#[test]
fn the_digest_changes_with_any_file() {
    let one = sample::profile().profile.digest;
    let files = sample::with("ground/phrases.yaml", &format!("{}# more\n", sample::BASE_PHRASES));
    assert_ne!(load(&files, "lamps", &Stub).unwrap().profile.digest, one);
}

#[test]
fn profiles_that_multiply_are_cut_short() {
    let header = |id: &str, rest: &str| format!("{}{rest}", sample::PROFILE.replace("lamps", id));
    let many = format!("parameters: [x]\nlanguages: [\"{}\"]\n", "${param.x}".repeat(200));
    let mut texts = vec![("p0".to_owned(), many.replace("languages", "tiers"))];
    for level in 1..6 {
        let filled = "${param.x}".repeat(200);
        texts.push((
            format!("p{level}"),
            format!("parameters: [x]\nextends: [{{profile: p{}, with: {{x: \"{filled}\"}}}}]\n", level - 1),
        ));
    }
    texts.push((
        "top".to_owned(),
        header("top", "")
            .replace("profile: ground, with: {kind: lamp, fields: [owner]}", "profile: p5, with: {x: yyyyyyyyyy}"),
    ));
    let texts: Vec<(String, String)> =
        texts.into_iter().map(|(id, text)| (format!("{id}/profile.yaml"), text)).collect();
    let files = Files::from_texts(texts.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let wrong = load(&files, "top", &Stub).unwrap_err().to_string();
    assert!(wrong.contains("parameters make the profile too large"), "{wrong:.2000}");

    let twins = "extends: [ground2, ground2, ground2, ground2, ground2, ground2, ground2]\n";
    let chain: Vec<(String, String)> = (2..8)
        .map(|level| (format!("ground{level}/profile.yaml"), twins.replace("ground2", &format!("ground{}", level + 1))))
        .chain([("ground8/profile.yaml".to_owned(), String::new())])
        .chain([("top/profile.yaml".to_owned(), twins.to_owned())])
        .collect();
    let files = Files::from_texts(chain.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let wrong = load(&files, "top", &Stub).unwrap_err().to_string();
    assert!(wrong.contains("more than 32 profiles are taken over"), "{wrong:.2000}");
}

#[test]
fn what_a_profile_of_somebody_elses_replaces_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let header = "dci-profile: 1\nid: own\nversion: 1.0.0\ntitle: Own\ntests role: registry\nstage: draft\nstandard: {name: x}\nedition: dec2025\n";
    write("own/profile.yaml", &format!("{header}extends: [{{profile: social-registry}}]\n"));
    let standard = crate::standard::Standard::built_in("dec2025").unwrap();
    let own = || {
        let files = Files::from_folder(folder.path()).unwrap();
        let loaded = load(&files, "own", &standard).unwrap_or_else(|wrong| panic!("{wrong}"));
        let (identity, _) = identity(&files, "own").unwrap();
        (loaded.profile.own.unwrap(), identity.own.unwrap())
    };
    assert_eq!(own().0, OwnProfile { extends: vec!["social-registry".into()], replaces: Vec::new() });
    write(
        "own/profile.yaml",
        &format!("{header}extends: [{{profile: social-registry}}]\ndeadlines: {{callback: 9m}}\nlanguages: [fr]\n"),
    );
    // What is written as it was is no other; a test of another name is one more.
    let test = |id: &str| {
        format!(
            "- {{id: {id}, title: x, proves: [RG-OP-01], tier: core, when: supports.sync-search, steps: [{{send: sync/search, message: search by identifier, expect: [status is 200]}}]}}\n"
        )
    };
    write("own/tests/pages.yaml", &format!("topic: Pages\ntests:\n{}{}", test("RG-PAGES-01"), test("OWN-01")));
    write("own/phrases.yaml", "the request is refused:\n  any of: [status is a client error, status is 200]\n");
    let (whole, header) = own();
    assert_eq!(whole.replaces, ["deadline callback", "phrase the request is refused", "test RG-PAGES-01"]);
    assert_eq!(header.replaces, ["deadline callback"]);
    let built_in = identity(&Files::embedded(), "social-registry").unwrap().0.own;
    assert_eq!(built_in, None);
}

#[test]
fn a_profile_is_no_more_settled_than_what_it_extends() {
    let header = "dci-profile: 1\nid: own\nversion: 1.0.0\ntitle: Own\ntests role: registry\nstage: stable\nstandard: {name: x}\nedition: dec2025\n";
    let parent = header.replace("id: own", "id: more").replace("stage: stable", "stage: pilot");
    for (extends, stage) in [("social-registry", "draft"), ("more", "pilot")] {
        let own = format!("{header}extends: [{{profile: {extends}}}]\n");
        let mut files = vec![("own/profile.yaml", own.as_str()), ("more/profile.yaml", parent.as_str())];
        let built_in = Files::embedded();
        files.extend(built_in.below(""));
        let (identity, _) = identity(&Files::from_texts(files), "own").unwrap_or_else(|wrong| panic!("{wrong}"));
        assert_eq!(identity.stage, stage, "{extends}");
    }
}

#[test]
fn a_class_of_another_domain_is_told_where_it_was_given() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("own")).unwrap();
    let text = "dci-profile: 1\nid: own\nversion: 1.0.0\ntitle: Own\ntests role: registry\nstage: draft\nstandard: {name: x}\nedition: dec2025\nextends: [{profile: base, with: {registry: x, prefix: x, registry type: x, record type: x, event type: x,\n  record classes: CRVSPerson}}]\n";
    std::fs::write(folder.path().join("own/profile.yaml"), text).unwrap();
    let files = Files::from_folder(folder.path()).unwrap();
    let standard = crate::standard::Standard::built_in("dec2025").unwrap();
    let wrong = load(&files, "own", &standard).unwrap_err().to_string();
    assert_eq!(wrong.matches("unknown class of records: `CRVSPerson`").count(), 1, "{wrong}");
    assert!(wrong.contains("own/profile.yaml:10:19: error") && wrong.contains("write `crvs CRVSPerson`"), "{wrong}");
}

#[test]
fn the_example_of_the_reference_loads() {
    let page = include_str!("../../docs/profile-language.md");
    let example = page.split("## profile.yaml").nth(1).and_then(|part| part.split("```").nth(1)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("social-registry")).unwrap();
    let text = example.strip_prefix("yaml\n").unwrap();
    std::fs::write(folder.path().join("social-registry/profile.yml"), text).unwrap();
    let standard = crate::standard::Standard::built_in("dec2025").unwrap();
    let loaded = load(&Files::from_folder(folder.path()).unwrap(), "social-registry", &standard);
    let loaded = loaded.unwrap_or_else(|wrong| panic!("{wrong}"));
    assert!(loaded.warnings.is_empty(), "{}", loaded.warnings);
    let base = Files::embedded();
    let base = yaml::parse("base", base.text("base/profile.yaml").unwrap()).unwrap();
    for parameter in base.get("parameters").unwrap().texts().unwrap() {
        assert!(page.contains(&format!("| `{parameter}` |")), "{parameter}");
    }
}
