//! Why the token endpoint refuses (RFC 6749 §5.2).

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::http::header::PRAGMA;
use axum::http::header::WWW_AUTHENTICATE;
use axum::response::AppendHeaders;
use axum::response::IntoResponse;
use axum::response::Response;
use serde_json::json;

use crate::params::BadParams;
use crate::storage::Unavailable;

/// A refusal, with its `error_description`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenError {
    /// The request cannot be read.
    BadParams(BadParams),
    /// Something is missing, malformed, or there twice.
    InvalidRequest(&'static str),
    /// The client is unknown, or did not prove who it is.
    InvalidClient(&'static str),
    /// The code, or whatever else stands for the user's consent, is not good for this client now.
    InvalidGrant(&'static str),
    /// This server does not know that `grant_type`.
    UnsupportedGrantType(&'static str),
    /// The client asks for something unknown, or for more than the user granted.
    InvalidScope(&'static str),
    /// The store does not answer.
    TemporarilyUnavailable,
}

impl From<Unavailable> for TokenError {
    fn from(_: Unavailable) -> TokenError {
        TokenError::TemporarilyUnavailable
    }
}

/// Whatever carries a token, or says why there is none, stays out of caches (RFC 6749 §5.1).
pub const NO_STORE: AppendHeaders<[(axum::http::HeaderName, &str); 2]> = AppendHeaders([
    (CACHE_CONTROL, "no-store"),
    (PRAGMA, "no-cache"),
]);

impl IntoResponse for TokenError {
    fn into_response(self) -> Response {
        let bad = StatusCode::BAD_REQUEST;
        let (status, error, description) = match self {
            TokenError::BadParams(params) => {
                (params.status(), "invalid_request", params.describe())
            }
            TokenError::InvalidRequest(why) => (bad, "invalid_request", why),
            TokenError::InvalidClient(why) => (StatusCode::UNAUTHORIZED, "invalid_client", why),
            TokenError::InvalidGrant(why) => (bad, "invalid_grant", why),
            TokenError::UnsupportedGrantType(why) => (bad, "unsupported_grant_type", why),
            TokenError::InvalidScope(why) => (bad, "invalid_scope", why),
            TokenError::TemporarilyUnavailable => return Unavailable.json(),
        };
        let body = Json(json!({ "error": error, "error_description": description }));
        // A 401 says how to authenticate (RFC 9110 §15.5.2).
        let challenge = (status == StatusCode::UNAUTHORIZED)
            .then_some(AppendHeaders([(WWW_AUTHENTICATE, "Basic realm=\"oauth-lab\"")]));
        (status, NO_STORE, challenge, body).into_response()
    }
}
