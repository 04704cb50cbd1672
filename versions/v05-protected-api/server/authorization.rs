//! The one `Authorization` header: the client's credentials at `/token`, the access token at the API.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

/// The scheme and the credentials. `None` when there is no such header, or an empty one.
///
/// # Errors
/// A sentence: there are two such headers, or one that is not ASCII.
pub fn header(headers: &HeaderMap) -> Result<Option<(&str, &str)>, &'static str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (first, second) = (values.next(), values.next());
    if second.is_some() {
        return Err("There is more than one Authorization header.");
    }
    let Some(value) = first else {
        return Ok(None);
    };
    let value = value.to_str().map_err(|_| "The Authorization header is not ASCII.")?.trim();
    let (scheme, credentials) = value.split_once(' ').unwrap_or((value, ""));
    // One blank or more stand between the two (RFC 9110 §11.4).
    Ok((!scheme.is_empty()).then_some((scheme, credentials.trim_start_matches(' '))))
}
