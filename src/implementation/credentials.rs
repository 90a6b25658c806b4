//! Secrets: written in the file by reference only, fetched when a run starts, never printed.

use super::{Action, Authorisation, HeaderText, Implementation};
use crate::model::text::digits;
use crate::source::files::read_at_most;
use crate::source::{Diagnostics, Place};
use secrecy::{ExposeSecret, SecretString};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// A file larger than this holds no secret.
const LARGEST: u64 = 64 << 10;

/// The name of a variable with more digits is taken for a secret.
const MOST_DIGITS: usize = 3;

/// Where a secret is to be found.
#[derive(Clone, Debug, PartialEq)]
pub struct SecretReference {
    /// Environment variable or file.
    pub source: SecretSource,
    /// Where the reference is written.
    pub place: Place,
}

/// Where a secret is to be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// An environment variable.
    Environment(String),
    /// A file, relative to the vendor's file.
    File(PathBuf),
}

/// Every secret of a run.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// What authorises our requests.
    pub login: Login,
    /// Secret header fields of actions: action, field, value.
    pub action_headers: Vec<(String, String, SecretString)>,
    /// Our signing key.
    pub signing_key: Option<SecretString>,
}

/// What authorises our requests.
#[derive(Clone, Debug)]
pub enum Login {
    /// Nothing.
    None,
    /// A bearer token.
    Bearer(SecretString),
    /// A header field.
    Header {
        /// Name of the field.
        name: String,
        /// Its value.
        value: SecretString,
    },
    /// Client credentials that fetch a bearer token.
    OAuth2 {
        /// Where to fetch it.
        token_url: String,
        /// Client id.
        client_id: String,
        /// Client secret.
        secret: SecretString,
        /// Scope to ask for.
        scope: Option<String>,
    },
}

impl Credentials {
    /// Every secret, for redaction.
    pub fn secrets(&self) -> Vec<SecretString> {
        let login = match &self.login {
            Login::None => None,
            Login::Bearer(secret) | Login::Header { value: secret, .. } | Login::OAuth2 { secret, .. } => Some(secret),
        };
        let of_actions = self.action_headers.iter().map(|(_, _, secret)| secret);
        login.into_iter().chain(of_actions).chain(self.signing_key.iter()).cloned().collect()
    }

    /// The secret value of a header field of an action.
    pub fn action_header(&self, action: &str, name: &str) -> Option<&SecretString> {
        self.action_headers.iter().find(|(a, n, _)| a == action && n == name).map(|(_, _, secret)| secret)
    }
}

/// Fetches every secret; relative paths of files start at `folder`.
pub(super) fn resolve(implementation: &Implementation, folder: &Path) -> Result<Credentials, Diagnostics> {
    let mut wrong = Diagnostics::default();
    let login = login(&implementation.authorisation, folder, &mut wrong);
    let mut action_headers = Vec::new();
    for (name, action) in &implementation.actions {
        let Action::Http(http) = &action.value else { continue };
        for (field, text) in &http.headers {
            let HeaderText::Secret(reference) = text else { continue };
            if let Some(secret) = header_secret(reference, folder, &mut wrong) {
                action_headers.push((name.clone(), field.clone(), secret));
            }
        }
    }
    let signature = &implementation.signature;
    let key = signature.key.as_ref().filter(|_| signature.send != "none");
    let signing_key = key.and_then(|reference| fetch(reference, folder, &mut wrong));
    match (wrong.has_errors(), login) {
        (false, Some(login)) => Ok(Credentials { login, action_headers, signing_key }),
        _ => Err(wrong),
    }
}

fn login(authorisation: &Authorisation, folder: &Path, wrong: &mut Diagnostics) -> Option<Login> {
    Some(match authorisation {
        Authorisation::None => Login::None,
        Authorisation::Bearer(token) => Login::Bearer(header_secret(token, folder, wrong)?),
        Authorisation::Header { name, value } => {
            Login::Header { name: name.clone(), value: header_secret(value, folder, wrong)? }
        }
        Authorisation::OAuth2 { token_url, client_id, secret, scope } => Login::OAuth2 {
            token_url: token_url.clone(),
            client_id: client_id.clone(),
            secret: fetch(secret, folder, wrong)?,
            scope: scope.clone(),
        },
    })
}

/// A secret that goes into a header field, and therefore must fit in one.
fn header_secret(reference: &SecretReference, folder: &Path, wrong: &mut Diagnostics) -> Option<SecretString> {
    let secret = fetch(reference, folder, wrong)?;
    let text = secret.expose_secret();
    let (message, hint) = match text.chars().any(char::is_control) {
        true => ("has more than one line", "a header field takes a single line"),
        false if !text.is_ascii() => {
            ("has a character that is not ASCII", "a header field takes no other; copy it anew")
        }
        false => return Some(secret),
    };
    wrong.error(reference.place.clone(), format!("the secret in {} {message}", reference.source)).hint(hint);
    None
}

fn fetch(reference: &SecretReference, folder: &Path, wrong: &mut Diagnostics) -> Option<SecretString> {
    let found = match &reference.source {
        SecretSource::Environment(name) => from_environment(name),
        SecretSource::File(path) => from_file(&folder.join(path)),
    };
    // Some editors put a byte order mark before what they save, and a line end behind it.
    let found = found.map(|text| text.trim_start_matches('\u{feff}').trim_end_matches(['\r', '\n']).to_owned());
    let (message, hint) = match found {
        Ok(text) if !text.is_empty() => return Some(SecretString::from(text)),
        Ok(_) => (format!("{} is empty", reference.source), "put the secret there".to_owned()),
        Err((message, hint)) => (message, hint),
    };
    wrong.error(reference.place.clone(), message).hint(hint);
    None
}

type Missing = (String, String);

fn from_environment(name: &str) -> Result<String, Missing> {
    match std::env::var(name) {
        Ok(text) => Ok(text),
        Err(std::env::VarError::NotPresent) if is_surely_a_name(name) => {
            Err((format!("the environment variable {name} is not set"), format!("set it first: export {name}=…")))
        }
        Err(std::env::VarError::NotPresent) => {
            let hint = "set it first; `env` takes the name of the variable, such as DCI_TOKEN, not its value";
            Err(("the environment variable that is named here is not set".to_owned(), hint.to_owned()))
        }
        Err(std::env::VarError::NotUnicode(_)) => {
            Err((format!("the environment variable {name} is not text"), "set it to plain text".to_owned()))
        }
    }
}

/// False for what may be the secret itself, put where the name of its variable belongs: it is not repeated.
fn is_surely_a_name(text: &str) -> bool {
    text.contains('_') && !text.contains(|c: char| c.is_ascii_lowercase()) && digits(text) <= MOST_DIGITS
}

fn from_file(path: &Path) -> Result<String, Missing> {
    let shown = path.display();
    let hint = "check the path (relative to the implementation file) and its permissions".to_owned();
    let bytes = match read_at_most(LARGEST, path) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Err((format!("the file {shown} is too large to be a secret"), hint)),
        Err(error) if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::IsADirectory) => {
            return Err((format!("cannot read the secret in {shown}: {error}"), hint));
        }
        // What leads to no file may be the secret itself: it is not repeated.
        Err(error) => {
            let hint = "`file` takes the path of the file, relative to the implementation file, not the secret";
            return Err((format!("cannot read the file that is named here: {error}"), hint.to_owned()));
        }
    };
    String::from_utf8(bytes).map_err(|_| (format!("the file {shown} is not text"), hint))
}

impl std::fmt::Display for SecretSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SecretSource::Environment(name) => write!(f, "the environment variable {name}"),
            SecretSource::File(path) => write!(f, "the file {}", path.display()),
        }
    }
}
