//! Who calls the token endpoint? Client authentication (RFC 6749 §2.3.1).

use std::sync::Arc;

use axum::http::HeaderMap;
use base64::prelude::BASE64_STANDARD;
use base64::prelude::Engine;
use subtle::ConstantTimeEq;

use crate::authorization;
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
    let in_body = (params.get("client_id"), params.get("client_secret").map(String::from));
    let (client_id, client_secret) = match (basic(headers)?, in_body) {
        (Some(_), (_, Some(_))) => {
            return Err(InvalidRequest("Two ways of client authentication at once."));
        }
        (Some((in_header, _)), (Some(in_body), None)) if in_header != in_body => {
            return Err(InvalidRequest(
                "client_id differs from the one in the Authorization header.",
            ));
        }
        (Some(in_header), _) => in_header,
        (None, (Some(client_id), secret)) => (client_id.to_string(), secret),
        (None, (None, _)) => return Err(InvalidClient("The client did not say who it is.")),
    };
    let known = app.clients.get_key_value(client_id.as_str());
    let (client_id, client) = known.ok_or(InvalidClient("This client is not registered."))?;
    match (&client.client_secret, client_secret) {
        (Some(expected), Some(secret)) if is_same(expected, &secret) => Ok(client_id),
        (Some(_), Some(_)) => Err(InvalidClient("The client secret is wrong.")),
        (Some(_), None) => Err(InvalidClient("This client must authenticate.")),
        (None, None) => Ok(client_id),
        (None, Some(_)) => Err(InvalidClient("A public client has no secret.")),
    }
}

/// `client_id` and secret from `Authorization: Basic`. Both are form-encoded first (RFC 6749 §2.3.1).
fn basic(headers: &HeaderMap) -> Result<Option<(String, Option<String>)>, TokenError> {
    let Some((scheme, credentials)) = authorization::header(headers).map_err(InvalidRequest)?
    else {
        return Ok(None);
    };
    let both = BASE64_STANDARD.decode(credentials.trim()).ok().and_then(|decoded| {
        let colon = decoded.iter().position(|byte| *byte == b':')?;
        Some((decode(&decoded[..colon])?, decode(&decoded[colon + 1..])?))
    });
    match both {
        Some((client_id, secret)) if scheme.eq_ignore_ascii_case("Basic") => {
            // An empty secret is an absent one (RFC 6749 §2.3.1).
            Ok(Some((client_id, Some(secret).filter(|secret| !secret.is_empty()))))
        }
        _ => Err(InvalidClient("The Authorization header is not HTTP Basic.")),
    }
}

/// Takes the same time wherever the first difference is.
fn is_same(expected: &str, secret: &str) -> bool {
    expected.as_bytes().ct_eq(secret.as_bytes()).into()
}
