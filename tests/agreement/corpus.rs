//! The committed corpus: base messages, named edits, and the answers to each, in a form that stays small and readable.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt;

/// Everything committed.
pub struct Corpus {
    file: String,
    sha256: String,
    /// Values to put in place, by name; the edit `remove` takes the member away, `as is` changes nothing.
    pub edits: Map<String, Value>,
    pub bases: Vec<Base>,
}

/// One message and the answers to its edits: place → answer → names of edits.
pub struct Base {
    pub name: String,
    pub schema: String,
    pub target: String,
    pub message: Value,
    answers: Vec<(String, BTreeMap<String, Vec<String>>)>,
}

/// The answers of both sides, and the errata that explain a difference.
#[derive(Clone)]
pub struct Answer {
    pub ours: bool,
    pub official: bool,
    pub errata: Vec<String>,
}

/// One message of the corpus.
pub struct Case {
    pub pointer: String,
    pub edit: String,
    pub message: Value,
    pub answer: Answer,
}

impl Corpus {
    pub fn new(file: &str, sha256: &str, edits: Map<String, Value>) -> Corpus {
        Corpus { file: file.into(), sha256: sha256.into(), edits, bases: Vec::new() }
    }

    pub fn read(value: &Value) -> Corpus {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let bases = value["bases"].as_array().expect("bases").iter().map(|base| Base {
            name: text(&base["name"]),
            schema: text(&base["schema"]),
            target: text(&base["official"]),
            message: base["message"].clone(),
            answers: read_answers(&base["answers"]),
        });
        Corpus {
            file: text(&value["official"]["file"]),
            sha256: text(&value["official"]["sha256"]),
            edits: value["edits"].as_object().expect("edits").clone(),
            bases: bases.collect(),
        }
    }

    /// One line per base and per place, so that a change reads well in a review.
    pub fn write(&self) -> String {
        let mut out = String::from("{\n");
        out += &format!(" \"about\": {},\n", json!(ABOUT));
        out += &format!(" \"official\": {},\n", json!({"file": self.file, "sha256": self.sha256}));
        out += &format!(" \"edits\": {},\n \"bases\": [\n", Value::Object(self.edits.clone()));
        for (index, base) in self.bases.iter().enumerate() {
            out += &format!("  {{\"name\": {}, \"schema\": {}, ", json!(base.name), json!(base.schema));
            out += &format!(
                "\"official\": {},\n   \"message\": {},\n   \"answers\": {{\n",
                json!(base.target),
                base.message
            );
            let lines: Vec<String> = base
                .answers
                .iter()
                .map(|(place, answers)| format!("    {}: {}", json!(place), json!(answers)))
                .collect();
            out += &lines.join(",\n");
            out += if index + 1 < self.bases.len() { "}},\n" } else { "}}\n" };
        }
        out + " ]\n}\n"
    }

    /// How many messages, and how the answers fall.
    pub fn counts(&self) -> String {
        let cases: Vec<Case> = self.bases.iter().flat_map(|base| base.cases(&self.edits)).collect();
        let count = |ours: bool, official: bool| {
            cases.iter().filter(|case| case.answer.ours == ours && case.answer.official == official).count()
        };
        format!(
            "{} messages: {} sound and {} broken for both; by an erratum {} sound for us only, {} for the official file only",
            cases.len(),
            count(true, true),
            count(false, false),
            count(true, false),
            count(false, true)
        )
    }
}

const ABOUT: &str = "place -> answer -> edits. An answer is two letters, ours then the official schema's: s sound, \
b broken; where they differ, the errata that say why.";

impl Base {
    pub fn new(name: &str, schema: &str, target: &str, message: Value) -> Base {
        Base { name: name.into(), schema: schema.into(), target: target.into(), message, answers: Vec::new() }
    }

    pub fn add(&mut self, pointer: &str, edit: &str, answer: Answer) {
        if self.answers.last().is_none_or(|(place, _)| place != pointer) {
            self.answers.push((pointer.to_owned(), BTreeMap::new()));
        }
        if let Some((_, answers)) = self.answers.last_mut() {
            answers.entry(answer.to_string()).or_default().push(edit.to_owned());
        }
    }

    pub fn cases(&self, edits: &Map<String, Value>) -> Vec<Case> {
        let mut cases = Vec::new();
        for (pointer, answers) in &self.answers {
            for (answer, names) in answers {
                for edit in names {
                    let message = apply(&self.message, pointer, edit, edits).expect("the edit fits the base");
                    let answer = Answer::read(answer);
                    cases.push(Case { pointer: pointer.clone(), edit: edit.clone(), message, answer });
                }
            }
        }
        cases
    }
}

/// The message with one edit.
pub fn apply(message: &Value, pointer: &str, edit: &str, edits: &Map<String, Value>) -> Option<Value> {
    let mut edited = message.clone();
    match edit {
        "as is" => {}
        "remove" => {
            let (parent, name) = pointer.rsplit_once('/')?;
            edited.pointer_mut(parent)?.as_object_mut()?.shift_remove(name)?;
        }
        name => *edited.pointer_mut(pointer)? = edits.get(name)?.clone(),
    }
    Some(edited)
}

impl Answer {
    fn read(text: &str) -> Answer {
        let mut words = text.split(' ');
        let letters = words.next().unwrap_or_default();
        Answer {
            ours: letters.starts_with('s'),
            official: letters.ends_with('s'),
            errata: words.map(str::to_owned).collect(),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = |sound| if sound { 's' } else { 'b' };
        write!(f, "{}{}", letter(self.ours), letter(self.official))?;
        self.errata.iter().try_for_each(|id| write!(f, " {id}"))
    }
}

fn read_answers(value: &Value) -> Vec<(String, BTreeMap<String, Vec<String>>)> {
    let names = |value: &Value| {
        value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>()
    };
    let places = value.as_object().expect("answers");
    places
        .iter()
        .map(|(place, answers)| {
            let answers = answers.as_object().expect("answers of a place");
            (place.clone(), answers.iter().map(|(answer, edits)| (answer.clone(), names(edits))).collect())
        })
        .collect()
}
