//! `GET /welcome`: the end of a login that leads to no client.

use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;
use web::Session;
use web::context;
use web::page;

pub async fn get(session: Session) -> Response {
    match session.get("user_id").await {
        Some(user_id) => page("welcome.html", context! { user_id }),
        None => Redirect::to("/login").into_response(),
    }
}
