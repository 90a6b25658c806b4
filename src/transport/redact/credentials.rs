//! Which members hold credentials, told from their names.

use super::fields::{folded, last};
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
    // Keys: `key` alone stands for too much else.
    "adminkey",
    "aes128key",
    "aes256key",
    "aeskey",
    "appkey",
    "cipherkey",
    "consumerkey",
    "cryptkey",
    "deploykey",
    "devicekey",
    "fernetkey",
    "functionkey",
    "functionskey",
    "instrumentationkey",
    "integrationkey",
    "licencekey",
    "licensekey",
    "partnerkey",
    "passkey",
    "psk",
    "rootkey",
    "rsakey",
    "serverkey",
    "servicekey",
    "sshkey",
    "storagekey",
    "webhookkey",
    "wifikey",
    // Codes and answers that let somebody in.
    "activationlink",
    "authheader",
    "authticket",
    "authtkt",
    "backupcode",
    "connstr",
    "invitationcode",
    "magiclink",
    "onetimecode",
    "onetimepin",
    "pinblock",
    "recoverycode",
    "recoveryphrase",
    "resetcode",
    "resetlink",
    "secretanswer",
    "securityanswer",
    "securitycode",
    "seedphrase",
    "sessionstate",
    "signupcode",
    "smscode",
    "unlockcode",
    // Names that end in a short word, written without a mark before it.
    "bindpw",
    "dbpass",
    "dbpw",
    "keypass",
    "keystorepass",
    "smtppass",
    "storepass",
    "userpass",
    "userpw",
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
    "رمزالمرور",
    "密码",
    "パスワード",
    "비밀번호",
    "adgangskode",
    "contrasenia",
    "geheimnis",
    "heslo",
    "jelszo",
    "jelszó",
    "lozinka",
    "lösenord",
    "losenord",
    "matkhau",
    "mậtkhẩu",
    "nenosiri",
    "parolachiave",
    "passord",
    "salasana",
    "slaptazodis",
    "şifre",
    "κωδικός",
    "парол",
    "סיסמה",
    "पासवर्ड",
    "পাসওয়ার্ড",
    "รหัสผ่าน",
    "លេខសម្ងាត់",
    "ይለፍቃል",
    "パスコード",
    "暗証番号",
    "口令",
    "암호",
    // Tokens, secrets and keys that let somebody in.
    "codesecret",
    "jeton",
    "schluessel",
    "schlüssel",
    "secreto",
    "segredo",
    "segreto",
    "секрет",
    "токен",
    "टोकन",
    "密钥",
    "令牌",
    "토큰",
    // None by itself, but of a message whose values are hidden it tells which guesses of them are right.
    "signature",
];
/// Names of credentials that are the end of other words too.
const NAMES: &[&str] = &[
    "auth", "bearer", "clave", "cookie", "cookies", "csrf", "cvc", "cvv", "dek", "dsn", "geheim", "geslo", "haslo",
    "kek", "mdp", "otp", "pass", "pin", "puk", "pw", "salt", "sandi", "senha", "sid", "sifre", "sig", "tan", "totp",
    "xsrf",
];
/// Keys of other languages, which are credentials together with a word that says so.
const KEYS: &[&str] = &["chave", "chiave", "clave", "clé", "cle", "kunci", "llave", "ключ"];
const OF_KEYS_BEHIND: &[&str] = &["acceso", "acces", "accès", "api", "secreta", "secrete", "secrète"];
/// What may follow the name of a credential and tells in what form it is there, or for what.
const BEHIND: &[&str] = &[
    "acceso",
    "acces",
    "b64",
    "base",
    "base64",
    "bd",
    "confirm",
    "confirmation",
    "db",
    "digest",
    "hash",
    "header",
    "hex",
    "live",
    "pem",
    "text",
    "v",
    "value",
    "бд",
];
/// Names of many credentials end so; where they hold a number, it counts.
const MANY: &[&str] = &[
    "apikeys",
    "accesskeys",
    "backupcodes",
    "jwts",
    "passphrases",
    "privatekeys",
    "pwds",
    "recoverycodes",
    "secretkeys",
    "secrets",
    "tokens",
];
/// Names that end so and tell where to read on.
const NONE: &[&str] = &["pagetoken", "nexttoken", "continuationtoken", "synctoken", "cursortoken"];
/// What is private of a key as JSON writes it, beside the member that tells its kind.
const KIND_OF_KEY: &str = "kty";
const OF_KEYS: &[&str] = &["d", "dp", "dq", "k", "oth", "p", "priv", "q", "qi"];

/// True for a member that holds a credential, however its name is written.
pub(super) fn is_secret_field(name: &str) -> bool {
    let (word, name) = (last_word(name), folded(last(name)));
    let plain = |name: &str| name.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let is = |name: &str| {
        let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
        ends(ENDS) && !ends(NONE) || NAMES.contains(&name) || is_key(name)
    };
    let before = |name: &str| BEHIND.iter().find_map(|behind| name.strip_suffix(behind).map(str::len));
    let own = name.get(..plain(&name)).unwrap_or_default();
    let behind = before(&name).or_else(|| before(own)).and_then(|length| name.get(..length));
    is(own) || NAMES.contains(&&*word) || behind.is_some_and(|name| name.get(..plain(name)).is_some_and(is))
}

/// True for the name of a member that holds many credentials, or how many there are.
pub(super) fn is_of_many(name: &str) -> bool {
    let name = folded(last(name));
    let one = name.trim_end_matches('s');
    MANY.iter().any(|end| name.ends_with(end)) && !NONE.iter().any(|end| one.ends_with(end))
}

/// True for a key in another language, with what says that it is none of a map.
fn is_key(name: &str) -> bool {
    KEYS.iter().filter_map(|word| name.strip_prefix(*word)).any(|rest| OF_KEYS_BEHIND.contains(&rest))
}

/// The last word of a name, in lower case: `pass` of `smtp_pass`, `smtpPass` and `SMTP-PASS2`.
fn last_word(name: &str) -> String {
    let name = name.trim_end_matches(|c: char| !c.is_alphabetic());
    let (mut start, mut before) = (0, ' ');
    for (at, c) in name.char_indices() {
        match c.is_alphabetic() {
            false => start = at + c.len_utf8(),
            true if c.is_uppercase() && before.is_lowercase() => start = at,
            true => {}
        }
        before = c;
    }
    name.get(start..).unwrap_or_default().to_lowercase()
}

/// True for a member of these that holds a credential, by its own name or by what stands beside it.
pub(super) fn is_secret_in(members: &Map<String, Value>, name: &str) -> bool {
    let many = || is_of_many(name) && members.get(name).is_some_and(|value| !value.is_number());
    is_secret_field(name) || many() || OF_KEYS.contains(&name) && members.contains_key(KIND_OF_KEY)
}
