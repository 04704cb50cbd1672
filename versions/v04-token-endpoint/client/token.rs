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

use crate::errors::explain;
use crate::params::encode;
use crate::params::with_query;
use crate::store::App;
use crate::store::Failure;
use crate::store::Tokens;

/// What the token endpoint sends (RFC 6749 §5.1).
#[derive(Deserialize)]
struct TokenResponse {
    access_token: String,
    token_type: String,
    expires_in: Option<u64>,
}

/// What it sends instead (RFC 6749 §5.2).
#[derive(Deserialize)]
struct TokenErrorResponse {
    error: String,
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
        StatusCode::OK => tokens(answer.json()?),
        // These two carry an error code (RFC 6749 §5.2).
        StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED => {
            let error = answer.json::<TokenErrorResponse>()?.error;
            let what = format!("It refused: {error}. {}", explain(&error));
            Err(Failure { error, what })
        }
        status => Err(format!("It answered {status}.").into()),
    }
}

/// A token is printable text (RFC 6749 A.12). One of a type that we don't know must not be used (§7.1).
fn tokens(response: TokenResponse) -> Result<Tokens, Failure> {
    if !is_token(&response.access_token) || !response.token_type.eq_ignore_ascii_case("Bearer") {
        return Err("The access_token or its token_type can't be used.".into());
    }
    Ok(Tokens {
        access_token: response.access_token,
        token_type: response.token_type,
        expires_in: response.expires_in,
        received_at: Moment::now(),
    })
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// Whatever else went wrong: the text is the sentence.
impl<T: ToString> From<T> for Failure {
    fn from(what: T) -> Failure {
        Failure {
            error: String::new(),
            what: what.to_string(),
        }
    }
}

impl From<Failure> for Response {
    fn from(failure: Failure) -> Response {
        Problem {
            status: StatusCode::BAD_GATEWAY,
            what: format!("The authorization server gave no token. {}", failure.what).into(),
            rule: "A server answers with what was asked for or with an error code, in JSON (RFC 6749 §5).",
            hint: "Look at the lines in the server's terminal. Then go home and try again.".into(),
        }
        .into_response()
    }
}
