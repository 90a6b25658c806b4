//! Which members hold credentials, told from their names.

use super::fields::folded;
use serde_json::{Map, Value};

/// How names of credentials end, as they read without case and marks.
const ENDS: &[&str] = &[
    "token",
    "secret",
    "password",
    "passwords",
    "passwd",
    "passphrase",
    "passcode",
    "pwd",
    "passwordhash",
    "apikey",
    "accesskey",
    "accountkey",
    "authkey",
    "clientkey",
    "encryptionkey",
    "hmackey",
    "mackey",
    "masterkey",
    "privatekey",
    "secretkey",
    "sessionkey",
    "sharedkey",
    "signingkey",
    "subscriptionkey",
    "jwt",
    "session",
    "sessionid",
    "sessid",
    "authorization",
    "authorizationcode",
    "authcode",
    "mfacode",
    "otpcode",
    "pincode",
    "credential",
    "credentials",
    "assertion",
    "accesscode",
    "activationcode",
    "basicauth",
    "bearerauth",
    "codeverifier",
    "connectionstring",
    "hmac",
    "httpauth",
    "mnemonic",
    "samlresponse",
    "verificationcode",
    // Passwords in other languages.
    "contrasena",
    "contraseña",
    "hasło",
    "katasandi",
    "kennwort",
    "motdepasse",
    "palavrapasse",
    "parola",
    "passwort",
    "wachtwoord",
    "пароль",
    "كلمةالسر",
    "كلمةالمرور",
    "密码",
    "パスワード",
    "비밀번호",
    // None by itself, but of a message whose values are hidden it tells which guesses of them are right.
    "signature",
];
/// Names of credentials that are the end of other words too.
const NAMES: &[&str] = &[
    "auth", "bearer", "clave", "cookie", "cookies", "csrf", "cvc", "cvv", "dsn", "haslo", "mdp", "otp", "pass", "pin",
    "puk", "salt", "sandi", "senha", "sid", "sig", "totp", "xsrf",
];
/// What may follow the name of a credential and tells in what form it is there.
const BEHIND: &[&str] =
    &["b64", "base64", "confirm", "confirmation", "digest", "hash", "hex", "pem", "text", "v", "value"];
/// Names that end so and tell where to read on.
const NONE: &[&str] = &["pagetoken", "nexttoken", "continuationtoken", "synctoken", "cursortoken"];
/// What is private of a key as JSON writes it, beside the member that tells its kind.
const KIND_OF_KEY: &str = "kty";
const OF_KEYS: &[&str] = &["d", "dp", "dq", "k", "oth", "p", "priv", "q", "qi"];

/// True for a member that holds a credential, however its name is written.
pub(super) fn is_secret_field(name: &str) -> bool {
    let name = folded(name);
    let plain = |name: &str| name.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let is = |name: &str| {
        let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
        ends(ENDS) && !ends(NONE) || NAMES.contains(&name)
    };
    let before = |name: &str| BEHIND.iter().find_map(|behind| name.strip_suffix(behind).map(str::len));
    let own = name.get(..plain(&name)).unwrap_or_default();
    let behind = before(&name).or_else(|| before(own)).and_then(|length| name.get(..length));
    is(own) || behind.is_some_and(|name| name.get(..plain(name)).is_some_and(is))
}

/// True for a member of these that holds a credential, by its own name or by what stands beside it.
pub(super) fn is_secret_in(members: &Map<String, Value>, name: &str) -> bool {
    is_secret_field(name) || OF_KEYS.contains(&name) && members.contains_key(KIND_OF_KEY)
}
