//! The client (blue): its routes, in the order of the flow.

mod callback;
mod debug;
mod errors;
mod exchange;
mod home;
mod logout;
#[path = "../params.rs"]
mod params;
mod pkce;
mod start;
mod store;
mod token;

use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use web::Role;
use web::get_only;
use web::post_from;

#[tokio::main]
async fn main() -> ExitCode {
    let version = env!("CARGO_PKG_NAME");
    let folder = env!("CARGO_MANIFEST_DIR");
    web::run(Role::Client, version, folder, |settings| {
        let ours = settings.client_app_origin.clone();
        Ok(Router::new()
            .route("/", get(home::get))
            .route("/start", get_only(start::get))
            .route("/callback", get_only(callback::get))
            .route("/logout", post_from(&ours, logout::post))
            .route("/debug/state", get(debug::get))
            .with_state(Arc::new(store::App::new(settings))))
    })
    .await
}
