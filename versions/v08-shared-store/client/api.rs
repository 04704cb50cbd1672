//! A call to the API with the access token in the header (RFC 6750 §2.1).

use std::sync::Arc;

use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header::WWW_AUTHENTICATE;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;
use reqwest::RequestBuilder;
use serde_json::Value;

use crate::refresh;
use crate::store::App;
use crate::store::Failure;
use crate::store::Tokens;

/// What the API answered.
pub struct Answer {
    pub status: StatusCode,
    pub challenges: Vec<String>,
    pub body: Value,
}

/// The answer, and the tokens that got it.
type Asked = Result<(Tokens, Answer), Response>;

/// Sends a request to the API with the token of a login. Without one, the way home.
pub async fn ask(app: &Arc<App>, login: &str, request: RequestBuilder) -> Asked {
    let Some(tokens) = app.tokens.get(login).filter(|tokens| !tokens.ended) else {
        return Err(Redirect::to("/").into_response());
    };
    let mut tokens = refresh::if_expired(app, login, tokens).await?;
    let again = request.try_clone().filter(|_| tokens.refresh_token.is_some());
    let mut answer = send(request, &tokens).await?;
    // The server knows better than our clock: a refused token is renewed once.
    if let (StatusCode::UNAUTHORIZED, Some(request)) = (answer.status, again) {
        tokens = refresh::renew(app, login, tokens, "Renewed: the API refused the token.").await?;
        answer = send(request, &tokens).await?;
    }
    Ok((tokens, answer))
}

async fn send(request: RequestBuilder, tokens: &Tokens) -> Result<Answer, Failure> {
    let answer = back_channel::send(request.bearer_auth(&tokens.access_token)).await?;
    let text = |value: &HeaderValue| value.to_str().ok().map(String::from);
    Ok(Answer {
        status: answer.status,
        challenges: answer.headers.get_all(WWW_AUTHENTICATE).iter().filter_map(text).collect(),
        // A refusal may come without one.
        body: answer.json().unwrap_or_default(),
    })
}
