//! `GET /api/me`: a resource that judges a request by its token (RFC 6750).

use std::sync::Arc;

use axum::Json;
use axum::extract::RawQuery;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::http::header::WWW_AUTHENTICATE;
use axum::response::IntoResponse;
use axum::response::Response;
use serde_json::json;
use web::authorization;

use crate::params::Params;
use crate::storage::Unavailable;
use crate::store::AccessToken;
use crate::store::App;

/// Why the API refuses (RFC 6750 §3.1).
pub enum ApiError {
    /// No one authenticated, so the challenge carries no error.
    NoToken,
    /// The request is malformed.
    InvalidRequest(&'static str),
    /// The token is not good, or not good any more.
    InvalidToken(&'static str),
    /// The token is good, but not for this: it lacks this scope.
    InsufficientScope(&'static str),
    /// The token would do, but its user may not.
    AccessDenied(&'static str),
    /// Nobody can tell whether the token is good: the store does not answer.
    Unavailable,
}

impl From<Unavailable> for ApiError {
    fn from(_: Unavailable) -> ApiError {
        ApiError::Unavailable
    }
}

pub async fn get(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let token = authorize(&app, &headers, &query.unwrap_or_default(), "profile").await?;
    let me = json!({
        "sub": token.user_id,
        "client_id": token.client_id,
        "expires_at": token.expires_at,
        "scope": token.scope,
    });
    Ok(([(CACHE_CONTROL, "no-store")], Json(me)).into_response())
}

/// The token of a request, if it may be used now, and for this (RFC 6750 §3.1).
pub async fn authorize(
    app: &App,
    headers: &HeaderMap,
    query: &str,
    needed: &'static str,
) -> Result<AccessToken, ApiError> {
    let token = bearer(headers, query)?;
    let unknown = ApiError::InvalidToken("This is not a token for this API, or it has expired.");
    let claims = app.keys.verify(token).ok_or(unknown)?;

    // Signed and in time is not enough: a token whose grant was revoked is dead before its time.
    let dead = ApiError::InvalidToken("This token is no longer valid.");
    let Some(row) = app.access_tokens.get(&claims.jti).await? else {
        return Err(dead);
    };
    if !app.is_alive(&row.grant_id).await? {
        return Err(dead);
    }
    if !row.scope.contains(needed) {
        return Err(ApiError::InsufficientScope(needed));
    }
    Ok(row)
}

/// The token from `Authorization: Bearer`, the only place where it may be (RFC 6750 §2.1).
///
/// A token in the query is never used: addresses end up in logs and histories (RFC 9700 §4.3.2).
fn bearer<'a>(headers: &'a HeaderMap, query: &str) -> Result<&'a str, ApiError> {
    let header = authorization(headers).map_err(ApiError::InvalidRequest)?;
    let Some((_, token)) = header.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("Bearer"))
    else {
        return Err(ApiError::NoToken);
    };
    let params = Params::parse(query.as_bytes());
    let params = params.map_err(|bad| ApiError::InvalidRequest(bad.describe()))?;
    if params.get("access_token").is_some() || params.check("access_token").is_err() {
        return Err(ApiError::InvalidRequest(
            "There is a token in the header and one in the query.",
        ));
    }
    if token.is_empty() || !token.chars().all(is_token_character) {
        return Err(ApiError::InvalidRequest("The Authorization header has no well-formed token."));
    }
    Ok(token)
}

/// The characters of `b64token` (RFC 6750 §2.1).
fn is_token_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~+/=".contains(c)
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (realm, no_store) = ("Bearer realm=\"oauth-lab\"", (CACHE_CONTROL, "no-store"));
        let (status, error, description) = match self {
            ApiError::NoToken => {
                let headers = [(WWW_AUTHENTICATE, realm), no_store];
                return (StatusCode::UNAUTHORIZED, headers).into_response();
            }
            ApiError::InvalidRequest(why) => (StatusCode::BAD_REQUEST, "invalid_request", why),
            ApiError::InvalidToken(why) => (StatusCode::UNAUTHORIZED, "invalid_token", why),
            ApiError::InsufficientScope(_) => {
                (StatusCode::FORBIDDEN, "insufficient_scope", "This token is not good for that.")
            }
            ApiError::Unavailable => return Unavailable.json(),
            // Another token would be of no use, so there is no challenge.
            ApiError::AccessDenied(why) => {
                let body = json!({ "error": "access_denied", "error_description": why });
                return (StatusCode::FORBIDDEN, [no_store], Json(body)).into_response();
            }
        };
        let mut challenge =
            format!("{realm}, error=\"{error}\", error_description=\"{description}\"");
        // What a client has to ask its user for.
        if let ApiError::InsufficientScope(needed) = self {
            challenge += &format!(", scope=\"{needed}\"");
        }
        let headers = [
            (WWW_AUTHENTICATE, challenge.as_str()),
            no_store,
        ];
        let body = json!({ "error": error, "error_description": description });
        (status, headers, Json(body)).into_response()
    }
}
