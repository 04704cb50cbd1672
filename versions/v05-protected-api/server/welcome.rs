//! `GET /welcome`: the end of a login that no client asked for.

use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;
use web::Session;
use web::context;
use web::page;

pub async fn get(session: Session) -> Response {
    match session.get("username").await {
        Some(username) => page("welcome.html", context! { username }),
        None => Redirect::to("/login").into_response(),
    }
}
