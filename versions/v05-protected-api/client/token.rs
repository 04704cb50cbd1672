//! The back channel: this client and the token endpoint, without the browser (RFC 6749 §4.1.3).

use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::response::Response;
use base64::prelude::BASE64_STANDARD;
use base64::prelude::Engine;
use serde::Deserialize;
use web::Moment;
use web::Problem;

use crate::params::encode;
use crate::params::with_query;
use crate::store::App;
use crate::store::Tokens;

/// What the token endpoint sends (RFC 6749 §5.1).
#[derive(Deserialize)]
struct TokenResponse {
    access_token: String,
    token_type: String,
    expires_in: Option<u64>,
}

/// What it sends instead (RFC 6749 §5.2). Its description is not read: the words on our pages are ours.
#[derive(Deserialize)]
struct TokenErrorResponse {
    error: String,
}

/// Why there is no token.
#[derive(Clone, Debug)]
pub enum Failure {
    /// Nobody answered, or not in time.
    Unreachable,
    /// The server refused, with this error code.
    Refused(String),
    /// The answer is not one that RFC 6749 §5 knows: what is wrong with it.
    Nonsense(String),
    /// The user logged out before the answer came.
    LoggedOut,
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
    let request = app
        .http
        .post(format!("{}/token", settings.auth_server_url))
        .header(AUTHORIZATION, format!("Basic {}", BASE64_STANDARD.encode(credentials)))
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(with_query("", request).split_off(1));
    let answer = back_channel::send(request).await?;
    match answer.status {
        StatusCode::OK => tokens(answer.json().map_err(Failure::Nonsense)?),
        // These two carry an error code; anything else is no answer of a token endpoint (RFC 6749 §5.2).
        StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED => {
            let refusal: TokenErrorResponse = answer.json().map_err(Failure::Nonsense)?;
            Err(Failure::Refused(refusal.error))
        }
        status => Err(Failure::Nonsense(format!("the status is {status}"))),
    }
}

/// A token is printable text (RFC 6749 A.12). One of a type that we don't know must not be used (§7.1).
fn tokens(response: TokenResponse) -> Result<Tokens, Failure> {
    if !is_token(&response.access_token) {
        return Err(Failure::Nonsense("access_token is empty or not printable".to_string()));
    }
    if !response.token_type.eq_ignore_ascii_case("Bearer") {
        return Err(Failure::Nonsense("token_type is not Bearer".to_string()));
    }
    Ok(Tokens {
        access_token: response.access_token,
        token_type: response.token_type,
        expires_in: response.expires_in,
        received_at: Moment::now(),
        news: Some("Your browser brought a code, and this client exchanged it for a token."),
        user_id: None,
        ended: false,
    })
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

fn explain(error: &str) -> &'static str {
    match error {
        "invalid_request" => "Something in our request was missing or sent twice.",
        "invalid_client" => "The server doesn't know us, or our secret is wrong.",
        "invalid_grant" => {
            "What we sent was already used, has expired, was revoked, or belongs to someone else."
        }
        "unauthorized_client" => "We may not use this grant.",
        "unsupported_grant_type" => "The server doesn't know this grant.",
        _ => "This client doesn't know that error.",
    }
}

impl From<back_channel::Failure> for Failure {
    fn from(failure: back_channel::Failure) -> Failure {
        match failure {
            back_channel::Failure::Unreachable => Failure::Unreachable,
            back_channel::Failure::TooLarge => Failure::Nonsense("it is larger than 64 KiB".into()),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let what = match self {
            Failure::Unreachable => "The authorization server didn't answer our request.".into(),
            Failure::Refused(error) => {
                format!("The authorization server refused: {error}. {}", explain(&error)).into()
            }
            Failure::Nonsense(why) => {
                format!("The authorization server sent an answer that we can't use: {why}.").into()
            }
            Failure::LoggedOut => "You logged out before the answer came.".into(),
        };
        Problem {
            status: StatusCode::BAD_GATEWAY,
            what,
            rule: "A server answers with what was asked for or with an error code, in JSON (RFC 6749 §5).",
            hint: "Look at the lines in the server's terminal. Then go home and start again.".into(),
        }
        .into_response()
    }
}
