//! `/debug/flow`: the live diagram of what went by in this pair. The picture itself is drawn by the crate `picture`.
//!
//! - `noted` writes a message down, `watcher` what a process did with its rows meanwhile, `item` what may be shown.
//! - `ring` keeps the newest notes, within bounds, `other` fetches those of the other process.
//! - `size` says how large a note is.

mod item;
mod noted;
mod other;
mod ring;
mod size;
mod watcher;

use std::sync::OnceLock;

use axum::Json;
use axum::Router;
use axum::extract::RawQuery;
use axum::http::HeaderMap;
use axum::http::header::CACHE_CONTROL;
use axum::http::header::CONTENT_TYPE;
use axum::http::header::HOST;
use axum::response::Html;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;
use axum::routing::get;
use minijinja::context;
use picture::Cast;
use settings::Settings;

use crate::origin;
use crate::pages;
use crate::role::Role;
pub(crate) use noted::Noted;
use ring::Ring;

/// What this process has noted, and where the other one is. Empty when `LAB_DEBUG=0`: then nothing is noted.
static DESK: OnceLock<Desk> = OnceLock::new();

/// What this process keeps its rows in, if that is not its memory.
static KEPT_IN: OnceLock<&str> = OnceLock::new();

/// This page has a script, and the script fetches from here. It is a file of ours: none that stands in a page runs.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'";

struct Desk {
    role: Role,
    ring: Ring,
    client_url: String,
    server_url: String,
}

impl Desk {
    fn part(&self) -> &'static str {
        self.role.folder()
    }

    fn other(&self) -> (&'static str, &str) {
        match self.role {
            Role::AuthorizationServer => ("client", &self.client_url),
            Role::Client => ("authorization server", &self.server_url),
        }
    }
}

/// From now on messages are noted, if the settings say so.
pub(crate) fn set_up(role: Role, settings: &Settings) {
    if settings.debug {
        // A second call happens only in tests of this crate; the first one stays.
        let _ = DESK.set(Desk {
            role,
            ring: Ring::default(),
            client_url: settings.client_app_url.clone(),
            server_url: settings.auth_server_url.clone(),
        });
    }
}

/// From now on the diagram has a lane for what this process keeps its rows in.
pub(crate) fn keeps_rows_in(name: &'static str) {
    let _ = KEPT_IN.set(name);
}

/// The diagram and what belongs to it. Whether anybody may see them is decided before, as for all of `/debug`.
pub(crate) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/debug/flow", get(show).post(start_over))
        .route("/debug/flow.css", get(|| async { file("text/css", picture::CSS) }))
        .route(
            "/debug/flow-page.css",
            get(|| async { file("text/css", include_str!("../templates/flow.css")) }),
        )
        .route(
            "/debug/flow.js",
            get(|| async { file("text/javascript", include_str!("../templates/flow.js")) }),
        )
}

fn file(kind: &'static str, text: &'static str) -> Response {
    let kind = match kind {
        "text/css" => "text/css; charset=utf-8",
        _ => "text/javascript; charset=utf-8",
    };
    // They change with every build.
    (
        [
            (CONTENT_TYPE, kind),
            (CACHE_CONTROL, "no-cache"),
        ],
        text,
    )
        .into_response()
}

async fn show(RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let Some(desk) = DESK.get() else {
        return crate::limits::not_found().await;
    };
    let query = query.unwrap_or_default();
    let wants =
        |format: &str| query.split('&').any(|pair| pair.strip_prefix("format=") == Some(format));
    let accept = headers.get("accept").and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    let html = accept.contains("text/html");
    if wants("json") || !html && !wants("fragment") && !wants("html") {
        let own = desk.ring.notes(desk.part());
        return ([(CACHE_CONTROL, "no-store")], Json(own)).into_response();
    }
    let fragment = draw(desk).await;
    let mut response = match wants("fragment") {
        true => Html(fragment).into_response(),
        false => pages::page("flow.html", context! { fragment }),
    };
    pages::protect_by(POLICY, response.headers_mut());
    response
}

/// The notes of both processes, put together and drawn.
async fn draw(desk: &Desk) -> String {
    let mut told = vec![desk.ring.notes(desk.part())];
    let (name, url) = desk.other();
    let mut fragment = String::new();
    match other::notes(url).await {
        Ok(notes) => told.push(notes),
        Err(why) => {
            fragment = format!(
                "<p class=\"warning\" role=\"status\">The {name} {why}, so you see only half of the story.</p>"
            )
        }
    }
    let cast = Cast::pair().with_store(&told);
    let flows = picture::flows(told, &cast);
    if flows.flows.is_empty() && flows.others.is_none() {
        fragment.push_str("<p class=\"empty\">Nothing has happened yet. Open the client in another tab and press <b>Start authorization</b>: the diagram grows while you click.</p>");
    }
    fragment + &picture::page(&flows, &cast)
}

/// Forgets the notes of both processes. Only a page of this process may ask for it, or a program on this machine.
async fn start_over(RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let Some(desk) = DESK.get() else {
        return crate::limits::not_found().await;
    };
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if !origin::is_ours(&format!("http://{host}"), &headers) {
        return origin::foreign_page();
    }
    desk.ring.clear();
    // The other process was told by us, and tells nobody in turn.
    if query.as_deref() != Some("only=this") {
        other::start_over(desk.other().1).await;
    }
    Redirect::to("/debug/flow").into_response()
}
