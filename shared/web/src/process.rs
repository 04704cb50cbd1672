//! Starting a process: settings first, then its routes, then the two loopback addresses.

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::extract::DefaultBodyLimit;
use axum::extract::Request;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::header::CONTENT_TYPE;
use axum::middleware;
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::get;
use tower_layer::Layer;

use crate::Settings;
use crate::debug;
use crate::limits;
use crate::log;
use crate::pages;
use crate::serve;
use crate::session;

/// Which of the two processes this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The authorization server: red, port 5000.
    AuthorizationServer,
    /// The client: blue, port 5001.
    Client,
}

impl Role {
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Role::AuthorizationServer => "server",
            Role::Client => "client",
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Role::AuthorizationServer => "Authorization server",
            Role::Client => "Client",
        }
    }

    pub(crate) fn cookie(self) -> &'static str {
        match self {
            Role::AuthorizationServer => "lab_as",
            Role::Client => "lab_client",
        }
    }

    pub(crate) fn terminal_colour(self) -> &'static str {
        match self {
            Role::AuthorizationServer => "31",
            Role::Client => "34",
        }
    }

    fn port(self, settings: &Settings) -> u16 {
        match self {
            Role::AuthorizationServer => settings.auth_server_port,
            Role::Client => settings.client_app_port,
        }
    }
}

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
    routes: impl FnOnce(Settings) -> Result<Router, String>,
) -> Result<(), String> {
    let settings = Settings::read()?;
    pages::set_up(role, version, Path::new(folder), &settings);
    let listeners = serve::bind(role.port(&settings)).await?;
    let port = role.port(&settings);
    let router = routes(settings.clone())?
        .route("/style.css", get(style))
        .route("/healthz", get("ok"))
        .fallback(limits::not_found)
        .layer(DefaultBodyLimit::max(limits::MAX_BODY));
    // Wrapped around the whole router and not around each route: the router is then all that a request copies.
    let sessions = session::layer(role, settings.max_rows).layer(router);
    let service = middleware::from_fn_with_state(settings.debug, around).layer(sessions);
    log::notice(&format!("listening on http://localhost:{port}"));
    serve::serve(listeners, service).await
}

/// What happens to every message: bounds first, then the routes, then a line in the log.
async fn around(
    State(debug): State<bool>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let form = parts
        .headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    let body = match form {
        true => axum::body::to_bytes(body, limits::MAX_BODY).await.unwrap_or_default(),
        false => Default::default(),
    };
    let arrival = log::Arrival::of(&parts, form.then_some(&body[..]));
    let request = Request::from_parts(parts, body.into());
    let response = match limits::refuse(&request) {
        Some(refusal) => refusal,
        None if debug::is_hidden(debug, peer, &request) => limits::not_found().await,
        None => limits::dress(next.run(request).await),
    };
    let response = log::peek(response).await;
    arrival.answered(&response);
    response
}

async fn style() -> impl axum::response::IntoResponse {
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, "max-age=300"),
    ];
    (headers, include_str!("../templates/style.css"))
}
