//! `GET /`: what this process is, and who is logged in.

use axum::extract::State;
use axum::response::Response;
use web::Session;
use web::context;
use web::page;

use crate::store::App;

pub async fn get(State(app): State<App>, session: Session) -> Response {
    let settings = &app.settings;
    let username = session.get("username").await;
    let context = context! {
        username,
        ttl_code => settings.ttl_code.as_secs(),
    };
    page("home.html", context)
}
