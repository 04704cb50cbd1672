//! The back channel: this client and the token endpoint, without the browser (RFC 6749 §4.1.3).

use std::sync::Arc;

use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::response::Response;
use base64::prelude::BASE64_STANDARD;
use base64::prelude::Engine;
use serde::Deserialize;
use tokio::sync::Mutex;
use web::Moment;
use web::Problem;

use crate::params::encode;
use crate::params::with_query;
use crate::store::App;
use crate::store::Tokens;

/// The largest answer that is read, in bytes.
const MAX_ANSWER: usize = 64 * 1024;

/// What the token endpoint sends (RFC 6749 §5.1).
#[derive(Deserialize)]
struct TokenResponse {
    access_token: String,
    token_type: String,
    expires_in: Option<u64>,
    refresh_token: Option<String>,
}

/// What it sends instead (RFC 6749 §5.2). Its description is not read: the words on our pages are ours.
#[derive(Deserialize)]
struct TokenErrorResponse {
    error: String,
}

/// Why there is no token.
pub enum Failure {
    /// Nobody answered, or not in time.
    Unreachable,
    /// The server refused, with this error code.
    Refused(String),
    /// The answer is not one that RFC 6749 §5 knows.
    Nonsense,
}

/// Exchanges the code for tokens (RFC 6749 §4.1.3), with the verifier of its flow (RFC 7636 §4.5).
pub async fn redeem(app: &App, code: &str, code_verifier: &str) -> Result<Tokens, Failure> {
    let request = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", &app.settings.redirect_uri),
        ("code_verifier", code_verifier),
    ];
    ask(app, &request).await
}

/// Sends one request to the token endpoint, with the client's secret in the header (RFC 6749 §2.3.1).
pub async fn ask(app: &App, request: &[(&str, &str)]) -> Result<Tokens, Failure> {
    let settings = &app.settings;
    // Encoded first, because id and secret may hold a colon.
    let credentials =
        format!("{}:{}", encode(&settings.client_id), encode(&settings.client_secret));
    let form = with_query("", request);
    let response = app
        .http
        .post(format!("{}/token", settings.auth_server_url))
        .header(AUTHORIZATION, format!("Basic {}", BASE64_STANDARD.encode(credentials)))
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form.trim_start_matches('?').to_string())
        .send()
        .await
        .map_err(|_| Failure::Unreachable)?;
    let good = response.status() == StatusCode::OK;
    let body = read(response).await?;
    if !good {
        let refusal: TokenErrorResponse =
            serde_json::from_slice(&body).map_err(|_| Failure::Nonsense)?;
        return Err(Failure::Refused(refusal.error));
    }
    let response: TokenResponse = serde_json::from_slice(&body).map_err(|_| Failure::Nonsense)?;
    // A token is printable text (RFC 6749 A.12). One of a type that we do not know must not be used (§7.1).
    let token = response.access_token.as_bytes();
    let printable = !token.is_empty() && token.iter().all(|byte| (b' '..=b'~').contains(byte));
    if !printable || !response.token_type.eq_ignore_ascii_case("Bearer") {
        return Err(Failure::Nonsense);
    }
    Ok(Tokens {
        access_token: response.access_token,
        token_type: response.token_type,
        expires_in: response.expires_in,
        received_at: Moment::now(),
        received_refresh_tokens: response.refresh_token.iter().cloned().collect(),
        refresh_token: response.refresh_token,
        refreshing: Arc::new(Mutex::new(())),
    })
}

/// The body, as far as it is bearable.
pub async fn read(mut response: reqwest::Response) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| Failure::Unreachable)? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_ANSWER {
            return Err(Failure::Nonsense);
        }
    }
    Ok(body)
}

fn explain(error: &str) -> &'static str {
    match error {
        "invalid_request" => "Our request lacked something, or held something twice.",
        "invalid_client" => "The server does not know us, or our secret is wrong.",
        "invalid_grant" => {
            "What we sent is used up, expired, revoked, or was issued for somebody else."
        }
        "unauthorized_client" => "We may not use this grant.",
        "unsupported_grant_type" => "The server does not know this grant.",
        _ => "That is not an error that this client knows.",
    }
}

impl From<Failure> for Response {
    fn from(failure: Failure) -> Response {
        let what = match failure {
            Failure::Unreachable => "The authorization server did not answer our request.".into(),
            Failure::Refused(error) => {
                format!("The authorization server refused: {error}. {}", explain(&error)).into()
            }
            Failure::Nonsense => {
                "The authorization server answered something that we do not understand.".into()
            }
        };
        Problem {
            status: StatusCode::BAD_GATEWAY,
            what,
            rule: "A server answers with what was asked for or with an error code, in JSON (RFC 6749 §5).",
            hint: "Look at the lines of the server's terminal. Then go home and start again.",
        }
        .into_response()
    }
}
