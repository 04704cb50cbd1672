//! The authorization server (red): its routes, in the order of the flow.

mod api;
mod authorize;
mod client_auth;
mod code;
mod debug;
mod home;
mod issue;
mod jwt;
mod login;
#[path = "../params.rs"]
mod params;
mod pkce;
mod store;
mod token;
mod token_error;
mod welcome;

use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use axum::routing::post;
use web::Role;
use web::get_only;

#[tokio::main]
async fn main() -> ExitCode {
    let version = env!("CARGO_PKG_NAME");
    let folder = env!("CARGO_MANIFEST_DIR");
    web::run(Role::AuthorizationServer, version, folder, |settings| {
        Ok(Router::new()
            .route("/", get(home::get))
            .route("/authorize", get_only(authorize::get))
            .route("/login", get(login::get).post(login::post))
            .route("/welcome", get(welcome::get))
            .route("/token", post(token::post))
            .route("/api/me", get_only(api::get))
            .route("/debug/state", get(debug::get))
            .with_state(Arc::new(store::App::new(settings))))
    })
    .await
}
