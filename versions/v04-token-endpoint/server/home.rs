//! `GET /`: what this process is, and who is logged in.

use axum::response::Response;
use web::Session;
use web::context;
use web::page;

pub async fn get(session: Session) -> Response {
    let username = session.get("username").await;
    page("home.html", context! { username })
}
