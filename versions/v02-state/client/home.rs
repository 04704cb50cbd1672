//! `GET /`: where the flow starts.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use web::answers;
use web::context;
use web::page;

use crate::store::App;

pub async fn get(State(app): State<Arc<App>>) -> Response {
    let server_answers = answers(&app.settings.auth_server_url).await;
    let context = context! {
        server_answers,
    };
    page("home.html", context)
}
