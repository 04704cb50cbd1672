//! The authorization server (red): its routes, in the order of the flow.

mod admin;
mod api;
mod authorize;
mod client_auth;
mod code;
mod consent;
mod debug;
mod home;
mod issue;
mod jwt;
mod login;
mod notes;
#[path = "../params.rs"]
mod params;
mod pkce;
mod refresh;
mod scope;
mod storage;
mod store;
mod token;
mod token_error;
mod welcome;

use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::http::header::X_FRAME_OPTIONS;
use axum::middleware::from_fn;
use axum::routing::get;
use axum::routing::post;
use web::Role;
use web::get_and_post;
use web::get_only;

#[tokio::main]
async fn main() -> ExitCode {
    let version = env!("CARGO_PKG_NAME");
    let folder = env!("CARGO_MANIFEST_DIR");
    // A page inside somebody else's page gets clicks that were meant for that one (RFC 9700 §4.16).
    web::page_header(X_FRAME_OPTIONS, "DENY");
    web::page_header(CONTENT_SECURITY_POLICY, "frame-ancestors 'none'");
    web::run_when_ready(Role::AuthorizationServer, version, folder, async |settings| {
        let store = storage::Store::open(&settings).await?;
        web::page_mark(format!("port {}", settings.auth_server_port));
        let app = store::App::new(settings, store);
        app.add_notes().await.map_err(|_| storage::SILENT)?;
        Ok(Router::new()
            .route("/", get(home::get))
            .route("/authorize", get_only(authorize::get))
            .route("/login", get(login::get).post(login::post))
            .route("/welcome", get(welcome::get))
            .route("/token", post(token::post))
            .route("/api/me", get_only(api::get))
            .route("/debug/state", get(debug::get))
            .route("/consent", get_and_post(consent::get, post(consent::post)))
            .route("/api/notes", get_and_post(notes::get, post(notes::post)))
            .route("/api/admin/users", get_only(admin::get))
            .layer(from_fn(storage::in_time))
            .with_state(Arc::new(app)))
    })
    .await
}
