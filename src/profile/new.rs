//! The beginning of a new profile: small files that load, with one requirement and one test to change.

/// A profile to build on: its id, and the parameters it wants.
#[derive(Clone, Debug)]
pub struct Parent {
    /// Id of the parent.
    pub id: String,
    /// Names of its parameters.
    pub parameters: Vec<String>,
}

/// The files of a new profile, paths relative to the profiles folder.
pub fn scaffold(id: &str, title: &str, edition: &str, parent: Option<&Parent>) -> Vec<(String, String)> {
    let prefix: String = id.split('-').filter_map(|word| word.chars().next()).collect::<String>().to_ascii_uppercase();
    let prefix = match prefix.chars().next() {
        Some(first) if first.is_ascii_uppercase() => prefix.chars().filter(char::is_ascii_alphanumeric).collect(),
        _ => "NEW".to_owned(),
    };
    let files = [
        ("profile.yaml", header(id, title, edition, parent)),
        ("requirements.yaml", REQUIREMENTS.replace("PREFIX", &prefix)),
        ("questions.yaml", QUESTIONS.to_owned()),
        ("messages/first.yaml", MESSAGES.to_owned()),
        ("tests/first.yaml", TESTS.replace("PREFIX", &prefix)),
    ];
    files.into_iter().map(|(path, text)| (format!("{id}/{path}"), text)).collect()
}

/// True for ids that can be a folder: lower case letters, digits and hyphens. `standards` is the folder of the editions.
pub fn is_id(id: &str) -> bool {
    id != "standards"
        && id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

fn header(id: &str, title: &str, edition: &str, parent: Option<&Parent>) -> String {
    let extends = parent.map(|parent| {
        let with: Vec<String> = parent.parameters.iter().map(|name| format!("{}: TO DO", quoted(name))).collect();
        format!("extends: [{{profile: {}, with: {{{}}}}}]\n", parent.id, with.join(", "))
    });
    let fill = [("@ID", id), ("@EXTENDS\n", &extends.unwrap_or_default()), ("@EDITION", &quoted(edition))];
    let header = fill.into_iter().fold(HEADER.to_owned(), |text, (mark, value)| text.replace(mark, value));
    header.replace("@TITLE", &quoted(title))
}

/// Text as a YAML scalar that nothing in it can break.
fn quoted(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ' || c == '-')
        && !text.ends_with(' ');
    match plain {
        true => text.to_owned(),
        false => serde_json::Value::from(text).to_string(),
    }
}

const HEADER: &str = "\
dci-profile: 1
id: @ID
version: 0.1.0
title: @TITLE
tests role: registry                # registry | subscriber | client | files | link
stage: draft                        # draft | pilot | stable
standard: {name: Name of the standard, version: 1.0.0}
edition: @EDITION                    # which folder of standards/ applies
@EXTENDS
privacy: {hide fields: []}          # fields whose values never reach a report
deadlines: {http: 15s, callback: 60s, notify: 2m, quiet: 3s, operator: 5m}
endpoints:
  first-endpoint: {path: first, claim: first-feature}   # add `request schema` and `reply schema`
";

const REQUIREMENTS: &str = "\
- id: PREFIX-FIRST-01
  text: A sound request is answered with HTTP 200.   # in your own words
  force: D                                      # N normative | D described | I inferred
  level: must                                   # must | should
  standard: technical                           # technical | data | process | principles
  source: [where-it-is-written]
";

const QUESTIONS: &str = "\
supports:
  first-feature:
    ask: Does the product offer the first feature?
    tier: core
    probe: {send: first-endpoint, message: first request}
";

const MESSAGES: &str = "\
first request:
  endpoint: first-endpoint
  body: {id: \"${new.id}\", sent: \"${now}\"}
";

const TESTS: &str = "\
topic: First steps
tests:
- id: PREFIX-TEST-01
  title: A sound request is answered
  proves: [PREFIX-FIRST-01]
  tier: core
  when: supports.first-feature
  why: Say here what goes wrong for people when this fails.
  steps:
    - send: first-endpoint
      message: first request
      expect: [status is 200]
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::sample::{self, Stub};
    use crate::profile::{lint, load};
    use crate::source::Files;

    #[test]
    fn what_is_scaffolded_loads_and_lints_clean() {
        for title in ["A new one", "\"odd\": {title} #1", "EXTENDS ID"] {
            let files = scaffold("water-registry", title, "first", None);
            let files = Files::from_texts(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
            let loaded = load(&files, "water-registry", &Stub).unwrap_or_else(|wrong| panic!("{wrong}"));
            assert!(loaded.warnings.is_empty());
            assert!(lint(&loaded.profile, &Stub).is_empty());
            assert_eq!(loaded.profile.title, title);
            assert_eq!(loaded.profile.tests[0].id, "WR-TEST-01");
        }
    }

    #[test]
    fn a_child_names_the_parameters_of_its_parent() {
        let parent = Parent { id: "ground".into(), parameters: vec!["kind".into(), "fields".into()] };
        let files = scaffold("water", "Water", "first", Some(&parent));
        let mut texts = sample::ALL.to_vec();
        texts.extend(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
        let wrong = load(&Files::from_texts(texts), "water", &Stub).unwrap_err().to_string();
        assert!(!wrong.contains("needs the parameter"), "{wrong}");
        assert!(
            wrong.contains("unknown value: `lamp.id`"),
            "the parent's message needs a question of the child: {wrong}"
        );
    }

    #[test]
    fn ids_are_names_of_folders() {
        assert!(is_id("water-registry2"));
        for wrong in ["", "../x", "Water", "a b", "-a", "a/b"] {
            assert!(!is_id(wrong), "{wrong}");
        }
    }
}
