//! Starting a process: settings first, then its routes, then the two loopback addresses.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;

use crate::Settings;
use crate::flow;
use crate::gate::Home;
use crate::limits;
use crate::log;
use crate::pages;
use crate::role::Role;
use crate::seats::Bounds;
use crate::serve;
use crate::sessions::Sessions;
use crate::site::Site;

/// Runs a process until Ctrl-C: reads the settings, lets `routes` build its routes, and serves them.
///
/// `version` and `folder` are the package's name and folder. A setting that is refused, by this crate or by
/// `routes`, and a port that is taken end the process with one sentence and exit code 1.
pub async fn run(
    role: Role,
    version: &'static str,
    folder: &'static str,
    routes: impl FnOnce(Settings) -> Result<Router, String>,
) -> ExitCode {
    run_when_ready(role, version, folder, async |settings| routes(settings)).await
}

/// Runs a process like [`run`], for `routes` that have to wait for something before they can answer.
pub async fn run_when_ready(
    role: Role,
    version: &'static str,
    folder: &'static str,
    routes: impl AsyncFnOnce(Settings) -> Result<Router, String>,
) -> ExitCode {
    log::set_up(role, version);
    serve::end_with_stdin();
    let ended = start(role, version, folder, routes).await;
    log::flush();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{version}-{} cannot run: {reason}", role.folder());
            ExitCode::FAILURE
        }
    }
}

async fn start(
    role: Role,
    version: &'static str,
    folder: &'static str,
    routes: impl AsyncFnOnce(Settings) -> Result<Router, String>,
) -> Result<(), String> {
    let settings = Settings::read()?;
    pages::set_up(role, version, Path::new(folder), &settings);
    let port = role.port(&settings);
    let listeners = serve::bind(port).await?;
    flow::set_up(role, &settings);
    let router = routes(settings.clone())
        .await?
        .merge(flow::routes())
        .route("/style.css", get(style))
        .route("/healthz", get("ok"))
        // Browsers ask for it by themselves. A 404 would be an error in the console of whoever looks there.
        .route("/favicon.ico", get(StatusCode::NO_CONTENT))
        .fallback(limits::not_found);
    let site = Site {
        router,
        debug: settings.debug,
        home: Home::new(role.url(&settings))?,
        // Cookies ignore ports: two processes on `localhost` need two names.
        sessions: Arc::new(Sessions::new(role.cookie(), settings.max_rows, settings.ttl_state)),
        body_time: settings.timeout_body,
    };
    log::notice(&format!("listening on http://localhost:{port}"));
    let bounds = Bounds {
        header: settings.timeout_header,
        idle: settings.timeout_idle,
        connections: settings.max_connections,
    };
    serve::serve(listeners, Arc::new(site), bounds).await
}

async fn style() -> impl axum::response::IntoResponse {
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, "max-age=300"),
    ];
    (headers, include_str!("../templates/style.css"))
}
