//! The client (blue): its routes, in the order of the flow.

mod api;
mod callback;
mod debug;
mod errors;
mod exchange;
mod home;
mod logout;
mod notes;
#[path = "../params.rs"]
mod params;
mod pkce;
mod profile;
mod purpose;
mod refresh;
mod start;
mod store;
mod token;
mod users;

use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::http::header::X_FRAME_OPTIONS;
use axum::routing::get;
use web::Role;
use web::get_and_post;
use web::get_only;
use web::post_from;

#[tokio::main]
async fn main() -> ExitCode {
    let version = env!("CARGO_PKG_NAME");
    let folder = env!("CARGO_MANIFEST_DIR");
    // A page inside somebody else's page gets clicks that were meant for that one (RFC 9700 §4.16).
    web::page_header(X_FRAME_OPTIONS, "DENY");
    web::page_header(CONTENT_SECURITY_POLICY, "frame-ancestors 'none'");
    web::run(Role::Client, version, folder, |settings| {
        let ours = settings.client_app_origin.clone();
        Ok(Router::new()
            .route("/", get(home::get))
            .route("/start", get_only(start::get))
            .route("/callback", get_only(callback::get))
            .route("/logout", post_from(&ours, logout::post))
            .route("/profile", get_only(profile::get))
            .route("/refresh", post_from(&ours, refresh::post))
            .route("/debug/state", get(debug::get))
            .route("/notes", get_and_post(notes::get, post_from(&ours, notes::post)))
            .route("/users", get_only(users::get))
            .with_state(Arc::new(store::App::new(settings))))
    })
    .await
}
