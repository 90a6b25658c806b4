//! How we show ourselves to the product: with the vendor's credential, or wrongly on purpose.

use crate::implementation::Login;
use crate::model::exchange::Headers;
use crate::transport::Client;
use crate::transport::token::{TokenRequest, TokenSource};
use secrecy::{ExposeSecret, SecretString};

/// Credentials of a run.
pub struct Authorisation {
    header: String,
    login: Kind,
}

enum Kind {
    None,
    Bearer(SecretString),
    Plain(SecretString),
    Fetched(Box<TokenSource>),
}

const HEADER: &str = "Authorization";

/// A secret without its last character; none where so little would be left that it is no secret.
pub(super) fn cut(secret: &SecretString) -> Option<SecretString> {
    let mut characters = secret.expose_secret().chars();
    characters.next_back();
    Some(characters.as_str()).filter(|left| left.len() >= 8).map(SecretString::from)
}

impl Authorisation {
    /// From the vendor's file, secrets resolved.
    pub fn new(login: &Login) -> Authorisation {
        let (header, login) = match login {
            Login::None => (HEADER.to_owned(), Kind::None),
            Login::Bearer(token) => (HEADER.to_owned(), Kind::Bearer(token.clone())),
            Login::Header { name, value } => (name.clone(), Kind::Plain(value.clone())),
            Login::OAuth2 { token_url, client_id, secret, scope } => {
                let request = TokenRequest {
                    url: token_url.clone(),
                    client_id: client_id.clone(),
                    secret: secret.clone(),
                    scope: scope.clone(),
                };
                (HEADER.to_owned(), Kind::Fetched(Box::new(TokenSource::new(request))))
            }
        };
        Authorisation { header, login }
    }

    /// The value of the header field; none when no credential is configured.
    ///
    /// # Errors
    /// Why no token could be fetched.
    pub async fn value(&self, client: &Client) -> Result<Option<SecretString>, String> {
        let bearer = |token: &SecretString| Some(SecretString::from(format!("Bearer {}", token.expose_secret())));
        Ok(match &self.login {
            Kind::None => None,
            Kind::Bearer(token) => bearer(token),
            Kind::Plain(value) => Some(value.clone()),
            Kind::Fetched(source) => bearer(&source.token(client).await?),
        })
    }

    /// Adds the header field: `valid`, or `missing`, `malformed`, `wrong`, `cut`, `wrong scheme`.
    pub async fn show(&self, how: &str, client: &Client, headers: &mut Headers) {
        let plain = matches!(self.login, Kind::Plain(_));
        let value = match how {
            "missing" => return,
            "malformed" => "not-a-credential".to_owned(),
            "wrong" | "wrong scheme" if plain => uuid::Uuid::new_v4().simple().to_string(),
            "wrong" => format!("Bearer {}", uuid::Uuid::new_v4().simple()),
            // Nearly the right one: whoever looks at its beginning, or not at the signature at its end, lets it pass.
            "cut" => match self.value(client).await {
                Ok(Some(value)) => match cut(&value) {
                    Some(cut) => cut.expose_secret().to_owned(),
                    None => return,
                },
                _ => return,
            },
            // The right token under another scheme: whoever looks at the token alone lets it pass.
            "wrong scheme" => match self.value(client).await {
                Ok(Some(value)) => value.expose_secret().replacen("Bearer ", "Basic ", 1),
                _ => return,
            },
            // A token that can no longer be fetched shows as a request without one, which the product then judges.
            _ => match self.value(client).await {
                Ok(Some(value)) => value.expose_secret().to_owned(),
                _ => return,
            },
        };
        headers.push(self.header.clone(), value);
    }

    /// Tokens fetched on the way, for redaction.
    pub async fn fetched(&self) -> Vec<SecretString> {
        match &self.login {
            Kind::Fetched(source) => source.secrets().await,
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_is_nearly_a_secret_or_nothing() {
        let cut = |text: &str| super::cut(&SecretString::from(text)).map(|cut| cut.expose_secret().to_owned());
        assert_eq!(cut("a-token-of-ours").as_deref(), Some("a-token-of-our"));
        assert_eq!(cut("too-few"), None);
    }
}
