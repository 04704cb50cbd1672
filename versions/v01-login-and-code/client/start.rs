//! `GET /start`: sends the browser to the authorization server (RFC 6749 §4.1.1).

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;
use web::Problem;
use web::answers;

use crate::params::with_query;
use crate::store::App;

pub async fn get(State(app): State<Arc<App>>) -> Response {
    let settings = &app.settings;
    if !answers(&settings.auth_server_url).await {
        return server_is_down();
    }

    let request = [
        ("response_type", "code"),
        ("client_id", &settings.client_id),
        ("redirect_uri", &settings.redirect_uri),
    ];
    let authorize = format!("{}/authorize", settings.auth_server_url);
    Redirect::to(&with_query(&authorize, &request)).into_response()
}

fn server_is_down() -> Response {
    Problem {
        status: StatusCode::SERVICE_UNAVAILABLE,
        what: "The authorization server isn't answering.".into(),
        rule: "The flow needs both processes: this client, and the server that knows the users (RFC 6749 §1.1).",
        hint: concat!(
            "Start it in a second terminal: cargo run --bin ",
            env!("CARGO_PKG_NAME"),
            "-server. Then reload this page."
        )
        .into(),
    }
    .into_response()
}
