//! A call to the API with the access token in the header (RFC 6750 §2.1).

use axum::http::StatusCode;
use axum::http::header::WWW_AUTHENTICATE;
use serde_json::Value;

use crate::store::App;
use crate::store::Failure;
use crate::store::Tokens;

/// What the API answered.
pub struct Answer {
    pub status: StatusCode,
    /// Whose token it is, if the API said so.
    pub user_id: Option<String>,
    pub challenges: Vec<String>,
    pub body: String,
}

/// `GET /api/me`: whose token is this?
pub async fn me(app: &App, tokens: &Tokens) -> Result<Answer, Failure> {
    let url = format!("{}/api/me", app.settings.auth_server_url);
    let answer = back_channel::send(app.http.get(url).bearer_auth(&tokens.access_token)).await?;
    let challenges = answer.headers.get_all(WWW_AUTHENTICATE).iter();
    let challenges = challenges.filter_map(|value| Some(value.to_str().ok()?.to_string()));
    // A refusal may come without a body. A yes that says nothing is none.
    let body: Value = match answer.status {
        StatusCode::OK => answer.json()?,
        _ => answer.json().unwrap_or_default(),
    };
    Ok(Answer {
        status: answer.status,
        user_id: body["sub"].as_str().map(String::from),
        challenges: challenges.collect(),
        body: format!("{body:#}"),
    })
}
