//! Who calls the token endpoint? Client authentication (RFC 6749 §2.3.1).

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::prelude::BASE64_STANDARD;
use base64::prelude::Engine;
use subtle::ConstantTimeEq;

use crate::params::Params;
use crate::params::decode;
use crate::store::App;
use crate::token::TokenError;

/// Finds the client and checks its secret: by HTTP Basic or in the body, but not both (RFC 6749 §2.3).
///
/// Returns the `client_id`. The query of the address is never read: secrets in it end up in logs.
pub fn authenticate(app: &App, headers: &HeaderMap, params: &Params) -> Result<String, TokenError> {
    let in_body = (params.get("client_id")?, params.get("client_secret")?);
    let (client_id, client_secret) = match (basic(headers)?, in_body) {
        (Some(_), (_, Some(_))) => {
            return Err(TokenError::invalid_request("Two ways of client authentication at once."));
        }
        (Some((basic_id, _)), (Some(body_id), None)) if basic_id != body_id => {
            return Err(TokenError::invalid_request(
                "client_id differs from the one in the Authorization header.",
            ));
        }
        (Some((client_id, secret)), _) => (client_id, Some(secret)),
        (None, (Some(client_id), secret)) => (client_id.to_string(), secret.map(String::from)),
        (None, (None, _)) => {
            return Err(TokenError::invalid_client("The client did not say who it is."));
        }
    };
    let client = app.clients.get(&client_id);
    let client = client.ok_or(TokenError::invalid_client("This client is not registered."))?;
    match (&client.client_secret, client_secret) {
        (Some(expected), Some(secret)) if is_same(expected, &secret) => Ok(client_id),
        (Some(_), Some(_)) => Err(TokenError::invalid_client("The client secret is wrong.")),
        (Some(_), None) => Err(TokenError::invalid_client("This client must authenticate.")),
        (None, None) => Ok(client_id),
        (None, Some(_)) => Err(TokenError::invalid_client("A public client has no secret.")),
    }
}

/// `client_id` and secret from `Authorization: Basic`. Both are form-encoded first (RFC 6749 §2.3.1).
fn basic(headers: &HeaderMap) -> Result<Option<(String, String)>, TokenError> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(TokenError::invalid_request("There is more than one Authorization header."));
    }
    let credentials = value.to_str().ok().and_then(|value| {
        let (scheme, credentials) = value.split_once(' ')?;
        let decoded = BASE64_STANDARD.decode(credentials.trim()).ok()?;
        let colon = decoded.iter().position(|byte| *byte == b':')?;
        let both = (decode(&decoded[..colon])?, decode(&decoded[colon + 1..])?);
        scheme.eq_ignore_ascii_case("Basic").then_some(both)
    });
    let malformed = TokenError::invalid_client("The Authorization header is not HTTP Basic.");
    credentials.ok_or(malformed).map(Some)
}

/// Takes the same time wherever the first difference is.
fn is_same(expected: &str, secret: &str) -> bool {
    expected.as_bytes().ct_eq(secret.as_bytes()).into()
}
