//! Writes a first `implementation.yaml`: what is known is filled in, what is not stands there as a question.

use super::Answer;
use serde_json::Value;
use std::fmt::Write;

/// What goes into the file.
#[derive(Clone, Debug, Default)]
pub struct InitSpec {
    /// Address of the product.
    pub url: String,
    /// Profile id.
    pub profile: String,
    /// Role of the product.
    pub role: String,
    /// Path prefix, when probing found one.
    pub prefix: Option<String>,
    /// Claims of the profile.
    pub claims: Vec<InitClaim>,
    /// Values of the profile.
    pub values: Vec<InitValue>,
    /// Actions of the profile.
    pub actions: Vec<InitAction>,
}

/// A claim and what probing answered.
#[derive(Clone, Debug)]
pub struct InitClaim {
    /// Name.
    pub name: String,
    /// The question.
    pub ask: String,
    /// What probing found; none: the vendor must answer.
    pub probed: Option<Answer>,
}

/// A value and where it may come from.
#[derive(Clone, Debug)]
pub struct InitValue {
    /// Name.
    pub name: String,
    /// The question.
    pub ask: String,
    /// An example, written as a comment.
    pub example: Option<Value>,
    /// What was learned from the product.
    pub learned: Option<Value>,
}

/// An action.
#[derive(Clone, Debug)]
pub struct InitAction {
    /// Name.
    pub name: String,
    /// What it must do.
    pub ask: String,
}

/// The file as text; [`super::parse`] accepts it as it is.
pub fn render(spec: &InitSpec) -> String {
    let mut out = Page::default();
    out.comment("What dci-conform needs to know about the product under test. Only base-url is required.");
    out.comment("Lines that start with # are questions or examples: fill in what you can, leave the rest as it is.");
    out.line("");
    out.line("product: {name: \"\", version: \"\", vendor: \"\", operator: \"\"}");
    out.entry(0, "profile", &spec.profile.as_str().into());
    out.entry(0, "role", &spec.role.as_str().into());
    out.entry(0, "base-url", &spec.url.as_str().into());
    out.line("");
    out.comment("What stands between base-url and the paths of the standard. Without it the usual ones are tried.");
    match &spec.prefix {
        Some(prefix) => out.line(&format!("paths: {{prefix: {}}}", quoted(&prefix.as_str().into()))),
        None => out.comment("paths: {prefix: registry}"),
    }
    out.line("");
    out.comment("Who we are to the product, and who the product is.");
    out.line("sender-id: dci-conform");
    out.comment("receiver-id: my-registry");
    out.line("");
    out.comment("How we authorise ourselves. Secrets by reference only, {env: NAME} or {file: PATH}:");
    out.comment("  authorisation: {bearer: {env: DCI_TOKEN}}");
    out.comment("  authorisation: {header: {name: X-Api-Key, env: DCI_KEY}}");
    out.comment("  authorisation: {oauth2: {token-url: \"https://…\", client-id: me, secret: {env: DCI_SECRET}}}");
    out.line("authorisation: none");
    out.line("");
    out.comment("Where we listen for callbacks, and the address by which the product reaches us if it is another one.");
    out.comment("callback: {listen: 127.0.0.1:0, public-url: \"https://…\"}");
    out.line("");
    out.comment("How long we wait. The profile has defaults.");
    out.comment("deadlines: {http: 15s, callback: 60s, notify: 2m, quiet: 3s}");
    out.section("supports", "What the product supports: yes, no, or a list. Unanswered questions are probed.");
    for claim in &spec.claims {
        out.asked(&claim.ask);
        match &claim.probed {
            Some(answer) => out.entry(2, &claim.name, &answer_value(answer)),
            None => out.comment(&format!("  {}: yes", key(&claim.name))),
        }
    }
    out.section("values", "Values the tests need. Use test data only: they are sent to the product.");
    for value in &spec.values {
        out.asked(&value.ask);
        match (&value.learned, &value.example) {
            (Some(learned), _) => out.entry(2, &value.name, learned),
            (None, example) => {
                let example = example.as_ref().map_or_else(|| "…".to_owned(), quoted);
                out.comment(&format!("  {}: {example}", key(&value.name)));
            }
        }
    }
    out.section("actions", "How to make something happen in the product: an http request, a command, or an operator.");
    for action in &spec.actions {
        out.asked(&action.ask);
        let name = key(&action.name);
        out.comment(&format!("  {name}: {{http: {{method: POST, url: \"https://…\"}}}}"));
        out.comment(&format!("  {name}: {{operator: {}}}", quoted(&action.ask.as_str().into())));
    }
    out.line("");
    out.comment("yes: nothing is written to the product, and no message bodies are kept.");
    out.line("production: no");
    out.text
}

#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// One comment line; whatever the text holds, it stays one.
    fn comment(&mut self, text: &str) {
        let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        self.line(&format!("# {text}"));
    }

    fn section(&mut self, name: &str, about: &str) {
        self.line("");
        self.comment(about);
        self.line(&format!("{name}:"));
    }

    fn asked(&mut self, question: &str) {
        let question: String = question.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        self.line(&format!("  # {question}"));
    }

    fn entry(&mut self, indent: usize, name: &str, value: &Value) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "{:indent$}{}: {}", "", key(name), quoted(value));
    }
}

fn answer_value(answer: &Answer) -> Value {
    match answer {
        Answer::Yes => "yes".into(),
        Answer::No => "no".into(),
        Answer::List(items) => items.iter().map(String::as_str).collect(),
    }
}

fn key(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if plain { name.to_owned() } else { quoted(&name.into()) }
}

/// A JSON value is a YAML value; plain words are written without quotes.
fn quoted(value: &Value) -> String {
    match value {
        Value::String(text) if is_plain(text) => text.clone(),
        // A mark of another line-break character must not break the line.
        other => {
            other.to_string().replace('\u{85}', "\\u0085").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
        }
    }
}

fn is_plain(text: &str) -> bool {
    let words = ["null", "true", "false", "y", "n", "on", "off"];
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        && !words.contains(&text.to_ascii_lowercase().as_str())
}
