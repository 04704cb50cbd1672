//! `GET /`: what this process is, and who is logged in.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use web::Session;
use web::context;
use web::page;

use crate::store::App;

pub async fn get(State(app): State<Arc<App>>, session: Session) -> Response {
    let settings = &app.settings;
    let user_id = session.get("user_id").await;
    let context = context! {
        user_id,
        ttl_code => settings.ttl_code.as_secs(),
        ttl_access => settings.ttl_access.as_secs(),
        ttl_refresh => settings.ttl_refresh.as_secs(),
        ttl_refresh_idle => settings.ttl_refresh_idle.as_secs(),
        store => app.store.kind,
        answers => app.store.answers(),
    };
    page("home.html", context)
}
