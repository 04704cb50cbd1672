//! A call to the API with the access token in the header (RFC 6750 §2.1).

use axum::http::StatusCode;
use axum::http::header::WWW_AUTHENTICATE;
use serde_json::Value;

use crate::store::App;
use crate::token::Failure;
use crate::token::read;

/// What the API answered.
pub struct Answer {
    pub status: StatusCode,
    pub challenge: Option<String>,
    pub body: String,
}

/// `GET /api/me`: whose token is this?
pub async fn me(app: &App, access_token: &str) -> Result<Answer, Failure> {
    let request =
        app.http.get(format!("{}/api/me", app.settings.auth_server_url)).bearer_auth(access_token);
    let response = request.send().await.map_err(|_| Failure::Unreachable)?;
    let status = response.status();
    let challenge = response.headers().get(WWW_AUTHENTICATE).and_then(|value| value.to_str().ok());
    let challenge = challenge.map(String::from);
    // A refusal may come without a body. A yes that says nothing is none.
    let body = serde_json::from_slice::<Value>(&read(response).await?);
    if status == StatusCode::OK && body.is_err() {
        return Err(Failure::Nonsense);
    }
    let body = body.unwrap_or_default();
    Ok(Answer {
        status,
        challenge,
        body: format!("{body:#}"),
    })
}
