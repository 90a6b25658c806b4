//! The vendor's file, `implementation.yaml`: what the product is, where it is, what it claims and what it lends us.
//!
//! Every key is optional but the address. Secrets stand in it by reference only; [`Implementation::resolve`] fetches
//! them. Claims, values and actions are named by the profile, so their names are checked once a profile is known
//! ([`Implementation::check_names`]).

pub mod address;
mod credentials;
pub mod init;
mod read;
mod values;

pub use credentials::{Credentials, Login, SecretReference, SecretSource};
pub use values::{ValueKind, Values};

use crate::model::result::Product;
use crate::source::diagnostic::did_you_mean;
use crate::source::files::read_at_most;
use crate::source::{Diagnostics, Place, yaml};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The claim that a configured credential answers.
pub(crate) const AUTHORISATION: &str = "authorisation";

/// A file larger than this is no implementation file.
const LARGEST: u64 = 1 << 20;

/// Something the file says, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Located<T> {
    /// What it says.
    pub value: T,
    /// Where.
    pub place: Place,
}

/// What the vendor's file says.
#[derive(Clone, Debug)]
pub struct Implementation {
    /// The file as the user named it; `--url` when there is none.
    pub file: String,
    /// Identity of the product.
    pub product: Product,
    /// Profile to run.
    pub profile: Option<Located<String>>,
    /// Role of the product: `registry`, `subscriber`, `client`, `files`, `link`.
    pub role: Option<Located<String>>,
    /// Edition of the standard.
    pub edition: Option<Located<String>>,
    /// Address of the product, without a slash at the end.
    pub base_url: String,
    /// What stands between the address and the paths of the standard, without slashes around; none: to be probed.
    pub prefix: Option<String>,
    /// Who we are to the product.
    pub sender_id: String,
    /// Who the product is.
    pub receiver_id: Option<String>,
    /// How we authorise ourselves.
    pub authorisation: Authorisation,
    /// Signing and verifying.
    pub signature: Signature,
    /// Our listener.
    pub callback: Callback,
    /// Lengths of the named deadlines.
    pub deadlines: BTreeMap<String, Located<Duration>>,
    /// Answers to the claims.
    pub supports: BTreeMap<String, Located<Answer>>,
    /// Values lent to the tests.
    pub values: Values,
    /// Stimuli.
    pub actions: BTreeMap<String, Located<Action>>,
    /// True: nothing may be written to the product, and no bodies are kept.
    pub production: bool,
    /// Accepted deviations. Read and recorded only.
    pub waivers: Vec<Waiver>,
    /// What deserves a look in the file, though it can be used.
    pub warnings: Diagnostics,
    folder: PathBuf,
}

/// An answer to a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Supported.
    Yes,
    /// Not supported.
    No,
    /// Supported in these kinds.
    List(Vec<String>),
}

/// A stimulus.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// An HTTP request.
    Http(HttpAction),
    /// A program with its arguments; no shell.
    Command(Vec<String>),
    /// A text shown to the operator.
    Operator(String),
}

/// An HTTP request as a stimulus. Texts may hold `${...}`.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpAction {
    /// HTTP method.
    pub method: String,
    /// Whole address, or a path below the address of the product.
    pub url: String,
    /// JSON body.
    pub body: Option<Value>,
    /// Header fields.
    pub headers: Vec<(String, HeaderText)>,
}

/// The value of a header field.
#[derive(Clone, Debug, PartialEq)]
pub enum HeaderText {
    /// As written.
    Plain(String),
    /// A secret, by reference.
    Secret(SecretReference),
}

/// How we authorise ourselves, secrets unresolved.
#[derive(Clone, Debug, PartialEq)]
pub enum Authorisation {
    /// Not at all.
    None,
    /// A fixed bearer token.
    Bearer(SecretReference),
    /// A header field of any name.
    Header {
        /// Name of the field.
        name: String,
        /// Its value.
        value: SecretReference,
    },
    /// A bearer token fetched with client credentials.
    OAuth2 {
        /// Where to fetch it.
        token_url: String,
        /// Client id.
        client_id: String,
        /// Client secret.
        secret: SecretReference,
        /// Scope to ask for.
        scope: Option<String>,
    },
}

impl Authorisation {
    /// The kind in a word or two, for reports.
    pub fn kind(&self) -> &'static str {
        match self {
            Authorisation::None => "none",
            Authorisation::Bearer(_) => "bearer",
            Authorisation::Header { .. } => "header",
            Authorisation::OAuth2 { .. } => "oauth2",
        }
    }
}

/// Signing and verifying.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Signature {
    /// `none`, `dci` or `jws`.
    pub send: String,
    /// Name of the algorithm.
    pub algorithm: Option<String>,
    /// Our key.
    pub key: Option<SecretReference>,
    /// Its id.
    pub key_id: Option<String>,
    /// Where the product publishes its keys.
    pub jwks_url: Option<String>,
    /// The product's key in a file.
    pub verify_key: Option<SecretReference>,
}

/// Our listener.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Callback {
    /// Where to listen, if the file says.
    pub listen: Option<Located<SocketAddr>>,
    /// The address under which the product reaches us, if the file says.
    pub public_url: Option<String>,
}

/// An accepted deviation.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiver {
    /// Requirement.
    pub id: String,
    /// Why.
    pub reason: String,
    /// Who accepted it.
    pub approver: Option<String>,
    /// Until when, `YYYY-MM-DD`.
    pub expires: Option<String>,
    /// Where it is written.
    pub place: Place,
}

/// The names a profile knows.
#[derive(Clone, Debug, Default)]
pub struct KnownNames {
    /// Claims.
    pub claims: Vec<String>,
    /// Values, and what each is read as.
    pub values: BTreeMap<String, ValueKind>,
    /// Values that must differ from another, with that one.
    pub unlike: BTreeMap<String, String>,
    /// What stands for values that are not given.
    pub defaults: BTreeMap<String, Value>,
    /// Actions.
    pub actions: Vec<String>,
    /// Deadlines.
    pub deadlines: Vec<String>,
    /// What may stand in the list that answers a claim; none where it is answered by yes or no.
    pub lists: BTreeMap<String, Vec<String>>,
}

/// Reads the vendor's file from disk.
///
/// # Errors
/// The file cannot be read, or everything that is wrong in it.
pub fn load(path: &Path) -> Result<Implementation, Diagnostics> {
    let shown = path.display().to_string();
    let fail = |message: String, hint: &str| {
        let mut wrong = Diagnostics::default();
        wrong.error(Place::file(&shown), message).hint(hint);
        Err(wrong)
    };
    let text = match read_at_most(LARGEST, path).map(|bytes| bytes.map(String::from_utf8)) {
        Ok(Some(Ok(text))) => text,
        Ok(Some(Err(_))) => return fail("the file is not UTF-8 text".to_owned(), "save it as UTF-8"),
        Ok(None) => return fail(format!("the file has more than {LARGEST} bytes; it is not read"), ""),
        Err(error) => {
            let hint = match error.kind() {
                ErrorKind::NotFound => "`dci-conform init --url ADDRESS` writes such a file",
                _ => "check its permissions",
            };
            return fail(format!("cannot read the implementation file: {error}"), hint);
        }
    };
    let mut implementation = parse(&shown, &text, None)?;
    implementation.folder = path.parent().unwrap_or(Path::new("")).to_owned();
    Ok(implementation)
}

/// Reads the text of a vendor's file. With `known`, names the profile does not know become warnings.
///
/// # Errors
/// Everything that is wrong in it.
pub fn parse(path: &str, text: &str, known: Option<&KnownNames>) -> Result<Implementation, Diagnostics> {
    let tree = yaml::parse(path, text).map_err(|wrong| without_secrets(&wrong))?;
    let mut implementation = read::read(path, &tree)?;
    if let Some(known) = known {
        let unknown = implementation.check_names(known);
        implementation.warnings.extend(unknown);
    }
    Ok(implementation)
}

/// A syntax error quotes the line it stands in; a line about credentials may hold one written out by mistake.
fn without_secrets(wrong: &Diagnostics) -> Diagnostics {
    let delicate = ["bearer", "secret", "token", "key", "password", "header", "auth"];
    let mut shown = Diagnostics::default();
    for diagnostic in wrong.sorted() {
        let lower = diagnostic.text.to_ascii_lowercase();
        let quoted = if delicate.iter().any(|word| lower.contains(word)) { "" } else { diagnostic.text.as_str() };
        shown.error(diagnostic.place.clone(), diagnostic.message.as_str()).text(quoted).hint(diagnostic.hint.as_str());
    }
    shown
}

/// What is known when only an address was given: everything else is probed or not shown.
///
/// # Errors
/// The address is no web address.
pub fn from_url(url: &str) -> Result<Implementation, Diagnostics> {
    let mut wrong = Diagnostics::default();
    let place = Place::file("--url");
    match read::base_url(url, &place, &mut wrong) {
        Some(base_url) => Ok(Implementation::silent("--url", base_url)),
        None => Err(wrong),
    }
}

impl Implementation {
    /// A file that says nothing but the address.
    fn silent(file: &str, base_url: String) -> Implementation {
        Implementation {
            file: file.to_owned(),
            product: Product::default(),
            profile: None,
            role: None,
            edition: None,
            base_url,
            prefix: None,
            sender_id: "dci-conform".to_owned(),
            receiver_id: None,
            authorisation: Authorisation::None,
            signature: Signature { send: "none".to_owned(), ..Signature::default() },
            callback: Callback::default(),
            deadlines: BTreeMap::new(),
            supports: BTreeMap::new(),
            values: Values::default(),
            actions: BTreeMap::new(),
            production: false,
            waivers: Vec::new(),
            warnings: Diagnostics::default(),
            folder: PathBuf::new(),
        }
    }

    /// Fetches every secret the file refers to.
    ///
    /// # Errors
    /// Every secret that is not there: an unset environment variable, a file that cannot be read, each with its place.
    pub fn resolve(&self) -> Result<Credentials, Diagnostics> {
        credentials::resolve(self, &self.folder)
    }

    /// Warns of every claim, value, action and deadline the profile does not know, with a suggestion. A list that holds what
    /// the profile does not ask for is an error: what was meant would be taken as left out, and its tests as not applicable.
    /// So is a value of another kind than the one asked for: the product would be tested with what nobody meant; and one that
    /// is the same as a value it must differ from: no answer could be right.
    pub fn check_names(&self, known: &KnownNames) -> Diagnostics {
        let mut found = Diagnostics::default();
        let mut check = |what: &str, name: &str, place: &Place, known: &[String]| {
            if !known.iter().any(|known| known == name) {
                let hint = did_you_mean(name, known.iter().map(String::as_str));
                found
                    .warning(place.clone(), format!("the profile knows no {what} `{name}`; it has no effect"))
                    .hint(hint);
            }
        };
        self.supports.iter().for_each(|(name, answer)| check("claim", name, &answer.place, &known.claims));
        self.actions.iter().for_each(|(name, action)| check("action", name, &action.place, &known.actions));
        self.deadlines.iter().for_each(|(name, length)| check("deadline", name, &length.place, &known.deadlines));
        let values: Vec<String> = known.values.keys().cloned().collect();
        for (name, place) in self.values.unknown(&values) {
            check("value", &name, place, &values);
        }
        for (name, kind) in &known.values {
            if let Some(place) = self.values.misread(name, *kind) {
                found.error(place.clone(), format!("the value `{name}` must be {}", kind.words()));
            }
        }
        let value = |name: &String| {
            let given = known.values.get(name).and_then(|kind| self.values.get(name, *kind));
            given.or_else(|| known.defaults.get(name).cloned())
        };
        for (name, other) in &known.unlike {
            let given = self.values.place(name).or_else(|| self.values.place(other));
            if let Some(place) = given.filter(|_| value(name).is_some() && value(name) == value(other)) {
                found
                    .error(
                        place.clone(),
                        format!("the value `{name}` is the same as `{other}`, and must be another one"),
                    )
                    .hint(match self.values.place(name) {
                        Some(_) => format!("correct one of them, or leave `{name}` out"),
                        None => format!("give `{name}` too: without it the profile's own is taken"),
                    });
            }
        }
        for (name, answer) in self.supports.iter().filter(|(name, _)| known.claims.contains(name)) {
            if let Answer::List(items) = &answer.value {
                check_list(name, items, &answer.place, known.lists.get(name), &mut found);
            }
        }
        found
    }

    /// The address of a path of the standard below a prefix.
    pub fn address(&self, prefix: &str, path: &str) -> String {
        let parts = [prefix, path].map(|part| part.trim_matches('/'));
        parts.iter().filter(|part| !part.is_empty()).fold(self.base_url.clone(), |url, part| format!("{url}/{part}"))
    }
}

fn check_list(claim: &str, items: &[String], place: &Place, known: Option<&Vec<String>>, found: &mut Diagnostics) {
    let Some(known) = known.filter(|known| !known.is_empty()) else {
        let message = format!("the claim `{claim}` is answered by yes or no, this is a list");
        found.error(place.clone(), message).hint("write `yes` or `no`");
        return;
    };
    for item in items.iter().filter(|item| !known.contains(item)) {
        found
            .error(place.clone(), format!("the profile asks for no `{item}` under `{claim}`"))
            .hint(did_you_mean(item, known.iter().map(String::as_str)));
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
