//! `POST /token`: a code becomes an access token, far from the browser (RFC 6749 §3.2, §4.1.3, §5).

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::http::header::CONTENT_TYPE;
use axum::http::header::PRAGMA;
use axum::http::header::WWW_AUTHENTICATE;
use axum::response::IntoResponse;
use axum::response::Response;
use serde::Serialize;
use web::Moment;

use crate::client_auth;
use crate::jwt::Claims;
use crate::params::BadParam;
use crate::params::Params;
use crate::pkce;
use crate::store::AccessToken;
use crate::store::App;
use crate::store::AuthorizationCode;

/// After this many wrong tries a code is dead.
const MAX_ATTEMPTS: u32 = 5;

/// What the client gets (RFC 6749 §5.1).
#[derive(Serialize)]
pub struct TokenResponse {
    pub access_token: String,
    pub token_type: &'static str,
    /// Seconds.
    pub expires_in: u64,
}

/// Why the client gets nothing (RFC 6749 §5.2).
#[derive(Debug, Serialize)]
pub struct TokenError {
    #[serde(skip)]
    status: StatusCode,
    error: &'static str,
    error_description: &'static str,
}

pub async fn post(
    State(app): State<App>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, TokenError> {
    let params = form(&headers, body)?;
    // Who asks comes first: nothing else is told to a stranger.
    let client_id = client_auth::authenticate(&app, &headers, &params)?;
    let response = match params.get("grant_type")? {
        Some("authorization_code") => authorization_code(&app, &client_id, &params)?,
        Some(_) => {
            return Err(TokenError::unsupported_grant_type(
                "This server does not know that grant_type.",
            ));
        }
        None => return Err(TokenError::invalid_request("grant_type is missing.")),
    };
    Ok((no_store(), Json(response)).into_response())
}

/// The parameters of the body. Even a body that is no form gets an answer in JSON.
fn form(headers: &HeaderMap, body: Result<Bytes, BytesRejection>) -> Result<Params, TokenError> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = content_type.unwrap_or_default().split(';').next().unwrap_or_default();
    let body = body.map_err(|rejection| TokenError {
        status: rejection.status(),
        ..TokenError::invalid_request("The body is larger than 64 KiB, or it broke off.")
    })?;
    if !media_type.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(TokenError::invalid_request(
            "The body must be application/x-www-form-urlencoded.",
        ));
    }
    let params = Params::parse(&body);
    params.check()?;
    Ok(params)
}

fn authorization_code(
    app: &App,
    client_id: &str,
    params: &Params,
) -> Result<TokenResponse, TokenError> {
    let code = params.get("code")?.ok_or(TokenError::invalid_request("code is missing."))?;
    let verifier = params.get("code_verifier")?;
    let verifier = verifier.ok_or(TokenError::invalid_request("code_verifier is missing."))?;
    if !pkce::is_verifier(verifier) {
        return Err(TokenError::invalid_request(
            "code_verifier must be 43 to 128 unreserved characters.",
        ));
    }
    let redirect_uri = params.get("redirect_uri")?;

    // Judged and marked under one lock: of many who redeem the same code at once, one wins (RFC 6749 §4.1.2).
    let judged =
        app.authorization_codes.update(code, |row| judge(row, client_id, redirect_uri, verifier));
    let unknown = TokenError::invalid_grant("This code is unknown or expired.");
    let user_id = judged.ok_or(unknown)??;
    issue(app, client_id, &user_id, code)
}

/// Whether this code may be redeemed, by this client, now. Returns the `user_id` and marks the code as used.
fn judge(
    code: &mut AuthorizationCode,
    client_id: &str,
    redirect_uri: Option<&str>,
    verifier: &str,
) -> Result<String, TokenError> {
    if !code.used && code.attempts >= MAX_ATTEMPTS {
        return Err(TokenError::invalid_grant("This code was tried too often."));
    }
    let Some(challenge) = &code.code_challenge else {
        return Err(TokenError::invalid_request("This code was issued without a code_challenge."));
    };
    let wrong = if code.client_id != client_id {
        Some("This code was issued to another client.")
    } else if redirect_uri.is_some_and(|uri| uri != code.redirect_uri) {
        Some("redirect_uri differs from the authorization request.")
    } else if !pkce::verify(challenge, verifier) {
        Some("code_verifier does not belong to the code_challenge.")
    } else {
        None
    };
    if let Some(description) = wrong {
        // A wrong try must not spoil the code for its owner, so it is only counted.
        code.attempts += 1;
        return Err(TokenError::invalid_grant(description));
    }
    if code.used {
        // Right in every respect, and for the second time: somebody has a copy (RFC 6749 §4.1.2).
        code.revoked = true;
        return Err(TokenError::invalid_grant(
            "This code was already used. Its tokens are revoked.",
        ));
    }
    code.used = true;
    code.used_at = Some(Moment::now());
    Ok(code.user_id.clone())
}

/// Issues the tokens, and remembers them: the last step of every grant.
pub fn issue(
    app: &App,
    client_id: &str,
    user_id: &str,
    code_id: &str,
) -> Result<TokenResponse, TokenError> {
    let expires_at = Moment::now_plus(app.settings.ttl_access);
    let claims = Claims::new(&app.settings, client_id, user_id, expires_at);
    let row = AccessToken {
        user_id: user_id.to_string(),
        client_id: client_id.to_string(),
        expires_at,
        code_id: code_id.to_string(),
    };
    app.access_tokens.insert(&claims.jti, row, expires_at.time());
    // The row of the code stays as long as a token from it, so that a replay can kill that token.
    app.authorization_codes
        .update(code_id, |code| code.keep_until = code.keep_until.max(expires_at.time()));
    Ok(TokenResponse {
        access_token: app.keys.sign(&claims),
        token_type: "Bearer",
        expires_in: app.settings.ttl_access.as_secs(),
    })
}

/// Whatever carries a token, or the lack of one, stays out of caches (RFC 6749 §5.1).
fn no_store() -> impl axum::response::IntoResponseParts {
    [
        (CACHE_CONTROL, "no-store"),
        (PRAGMA, "no-cache"),
    ]
}

impl TokenError {
    pub fn invalid_request(error_description: &'static str) -> TokenError {
        TokenError::new(StatusCode::BAD_REQUEST, "invalid_request", error_description)
    }

    pub fn invalid_client(error_description: &'static str) -> TokenError {
        TokenError::new(StatusCode::UNAUTHORIZED, "invalid_client", error_description)
    }

    pub fn invalid_grant(error_description: &'static str) -> TokenError {
        TokenError::new(StatusCode::BAD_REQUEST, "invalid_grant", error_description)
    }

    pub fn unsupported_grant_type(error_description: &'static str) -> TokenError {
        TokenError::new(StatusCode::BAD_REQUEST, "unsupported_grant_type", error_description)
    }

    fn new(status: StatusCode, error: &'static str, error_description: &'static str) -> TokenError {
        TokenError {
            status,
            error,
            error_description,
        }
    }
}

impl From<BadParam> for TokenError {
    fn from(bad: BadParam) -> TokenError {
        TokenError::invalid_request(bad.describe())
    }
}

impl IntoResponse for TokenError {
    fn into_response(self) -> Response {
        let mut response = (self.status, no_store(), Json(&self)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = axum::http::HeaderValue::from_static("Basic realm=\"oauth-lab\"");
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r4_8_a_verifier_for_a_code_without_challenge_is_refused() {
        let mut code = AuthorizationCode {
            client_id: "demo-client".to_string(),
            redirect_uri: "http://localhost:5001/callback".to_string(),
            code_challenge: None,
            user_id: "user0".to_string(),
            expires_at: Moment::now(),
            used: false,
            code_challenge_method: None,
            used_at: None,
            attempts: 0,
            revoked: false,
        };
        let refused = judge(&mut code, "demo-client", None, &"a".repeat(43)).unwrap_err();
        assert_eq!((refused.status, refused.error), (StatusCode::BAD_REQUEST, "invalid_request"));
        assert!(!code.used);
    }
}
