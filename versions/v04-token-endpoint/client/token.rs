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

/// Why there is no token.
#[derive(Clone, Debug)]
pub enum Failure {
    /// The server refused, with this error code.
    Refused(String),
    /// There is no answer that we can use: why.
    Unusable(String),
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
            Err(Failure::Refused(answer.json::<TokenErrorResponse>()?.error))
        }
        status => Err(Failure::Unusable(format!("It answered {status}."))),
    }
}

/// A token is printable text (RFC 6749 A.12). One of a type that we don't know must not be used (§7.1).
fn tokens(response: TokenResponse) -> Result<Tokens, Failure> {
    if !is_token(&response.access_token) || !response.token_type.eq_ignore_ascii_case("Bearer") {
        return Err(Failure::Unusable("access_token or token_type is not one we can use.".into()));
    }
    Ok(Tokens {
        access_token: response.access_token,
        token_type: response.token_type,
        expires_in: response.expires_in,
        received_at: Moment::now(),
        news: Some("Your browser brought a code, and this client exchanged it for a token."),
    })
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// Nobody answered, or the answer is not what it should be: the sentence says which.
impl From<back_channel::Failure> for Failure {
    fn from(failure: back_channel::Failure) -> Failure {
        Failure::Unusable(failure.to_string())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let what = match self {
            Failure::Refused(error) => {
                format!("The authorization server refused: {error}. {}", explain(&error))
            }
            Failure::Unusable(why) => {
                format!("The authorization server sent no answer that this client can use. {why}")
            }
        };
        Problem {
            status: StatusCode::BAD_GATEWAY,
            what: what.into(),
            rule: "A server answers with what was asked for or with an error code, in JSON (RFC 6749 §5).",
            hint: "Look at the lines in the server's terminal. Then go home and start again.".into(),
        }
        .into_response()
    }
}
