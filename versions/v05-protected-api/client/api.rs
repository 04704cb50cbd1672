//! A call to the API with the access token in the header (RFC 6750 §2.1).

use axum::http::StatusCode;
use axum::http::header::WWW_AUTHENTICATE;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;
use reqwest::RequestBuilder;
use serde_json::Value;
use web::Browser;

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

/// The answer, and the tokens that got it.
type Asked = Result<(Tokens, Answer), Response>;

/// Sends a request to the API with the token of this browser's login. Without a login, the way home.
pub async fn ask(app: &App, browser: &Browser, request: RequestBuilder) -> Asked {
    let Some(tokens) = app.tokens.get(browser.key()).filter(|tokens| !tokens.ended) else {
        return Err(Redirect::to("/").into_response());
    };
    let answer = send(request, &tokens).await?;
    Ok((tokens, answer))
}

async fn send(request: RequestBuilder, tokens: &Tokens) -> Result<Answer, Failure> {
    let answer = back_channel::send(request.bearer_auth(&tokens.access_token)).await?;
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
