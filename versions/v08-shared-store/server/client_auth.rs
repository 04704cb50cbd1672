//! Who calls the token endpoint? Client authentication (RFC 6749 §2.3.1).

use std::sync::Arc;

use axum::http::HeaderMap;
use base64::prelude::BASE64_STANDARD;
use base64::prelude::Engine;
use subtle::ConstantTimeEq;
use web::authorization;

use crate::params::Params;
use crate::params::decode;
use crate::store::App;
use crate::token_error::TokenError;
use crate::token_error::TokenError::InvalidClient;
use crate::token_error::TokenError::InvalidRequest;

/// Finds the client and checks its secret: by HTTP Basic or in the body, but not both (RFC 6749 §2.3).
///
/// Returns the `client_id`. The query of the address is never read: secrets in it end up in logs.
pub fn authenticate<'a>(
    app: &'a App,
    headers: &HeaderMap,
    params: &Params,
) -> Result<&'a Arc<str>, TokenError> {
    let in_body = params.get("client_id").unwrap_or_default().to_string();
    let (client_id, secret) = match (basic(headers)?, params.get("client_secret")) {
        (Some(_), Some(_)) => return Err(InvalidRequest("The client authenticates twice.")),
        (Some((id, _)), None) if !in_body.is_empty() && in_body != id => {
            return Err(InvalidRequest("client_id differs from the Authorization header."));
        }
        (Some(in_header), None) => in_header,
        (None, secret) => (in_body, secret.unwrap_or_default().to_string()),
    };
    let known = app.clients.get_key_value(client_id.as_str());
    let (client_id, client) = known.ok_or(InvalidClient("This client is not registered."))?;
    match &client.client_secret {
        // Compared in a time that does not tell where the first difference is.
        Some(expected) if expected.as_bytes().ct_eq(secret.as_bytes()).into() => Ok(client_id),
        Some(_) => Err(InvalidClient("The client secret is wrong or missing.")),
        None if secret.is_empty() => Ok(client_id),
        None => Err(InvalidClient("A public client has no secret.")),
    }
}

/// `client_id` and secret from `Authorization: Basic`. Both are form-encoded first (RFC 6749 §2.3.1).
fn basic(headers: &HeaderMap) -> Result<Option<(String, String)>, TokenError> {
    let Some((scheme, credentials)) = authorization(headers).map_err(InvalidRequest)? else {
        return Ok(None);
    };
    let both = BASE64_STANDARD.decode(credentials.trim()).ok().and_then(|decoded| {
        let colon = decoded.iter().position(|byte| *byte == b':')?;
        Some((decode(&decoded[..colon])?, decode(&decoded[colon + 1..])?))
    });
    let both = both.filter(|_| scheme.eq_ignore_ascii_case("Basic"));
    both.map(Some).ok_or(InvalidClient("The Authorization header is not HTTP Basic."))
}
