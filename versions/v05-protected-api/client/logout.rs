//! `POST /logout`: this client forgets the tokens and the browser. The server is not told.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;
use web::Session;

use crate::origin;
use crate::store::App;

pub async fn post(
    State(app): State<App>,
    session: Session,
    headers: HeaderMap,
) -> Result<Response, Response> {
    origin::check(&app, &headers)?;
    if let Some(login) = session.get("login").await {
        app.tokens.remove(&login);
    }
    session.end().await;
    Ok(Redirect::to("/").into_response())
}
