//! HTML pages: the version's own templates inside the shared layout.

use std::path::Path;
use std::sync::Mutex;
use std::sync::OnceLock;
use std::sync::PoisonError;

use axum::http::HeaderMap;
use axum::http::HeaderName;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::http::header::CONTENT_TYPE;
use axum::http::header::REFERRER_POLICY;
use axum::http::header::X_CONTENT_TYPE_OPTIONS;
use axum::response::Html;
use axum::response::IntoResponse;
use axum::response::Response;
use minijinja::Environment;
use minijinja::UndefinedBehavior;
use minijinja::Value;
use minijinja::context;
use minijinja::path_loader;

use crate::Settings;
use crate::role::Role;

tokio::task_local! {
    /// Whether the request that this task answers may see `/debug/*`. Pages offer it to nobody else.
    pub(crate) static NEAR: bool;
}

/// One process is one site, so its templates are set once, at the start.
static PAGES: OnceLock<Environment<'static>> = OnceLock::new();

/// No script, no foreign asset. `form-action` is left out: browsers apply it to the redirect after a POST too,
/// and the answer to the login form is a redirect to the client. `frame-ancestors` is left out as well:
/// that a page can be framed is a weakness that the ladder shows.
const POLICY: &str = "default-src 'none'; style-src 'self'";

/// What a version adds to the headers of its pages.
static ADDED: Mutex<Vec<(HeaderName, HeaderValue)>> = Mutex::new(Vec::new());

/// One more header for every page and every redirect of this process, error pages and `/debug/*` included.
///
/// It is added to those that are there: of two policies, a browser obeys both (CSP Level 3 §8.1).
pub fn page_header(name: HeaderName, value: &'static str) {
    let mut added = ADDED.lock().unwrap_or_else(PoisonError::into_inner);
    added.push((name, HeaderValue::from_static(value)));
}

/// What every page of this process says of it, beside its version.
static MARK: OnceLock<String> = OnceLock::new();

/// Lets every page say which process answered, where there are several.
pub fn page_mark(text: String) {
    // A second call would come from a second server in one process, which there is not.
    let _ = MARK.set(text);
}

/// Loads templates from `folder` first and from the shared folder second. Edit one, reload the page: it is read anew.
pub(crate) fn set_up(role: Role, version: &'static str, folder: &Path, settings: &Settings) {
    let own = path_loader(folder.join(role.folder()).join("templates"));
    let shared = path_loader(concat!(env!("CARGO_MANIFEST_DIR"), "/templates"));
    let mut pages = Environment::new();
    pages.set_undefined_behavior(UndefinedBehavior::Strict);
    pages.set_loader(move |name| Ok(own(name)?.or(shared(name)?)));
    pages.add_global("version", version);
    pages.add_global("role", role.name());
    pages.add_global("side", role.folder());
    pages.add_global("auth_server_url", settings.auth_server_url.clone());
    pages.add_global("client_app_url", settings.client_app_url.clone());
    // A second call happens only in tests of this crate; the first one stays.
    let _ = PAGES.set(pages);
}

/// Draws a template. Every value is escaped, because the name ends in `.html`.
///
/// A template that cannot be drawn is a 500 page that says which one and why.
pub fn page(name: &str, context: Value) -> Response {
    let drawn = PAGES
        .get()
        .ok_or("the process has not been started".to_string())
        .and_then(|pages| draw(pages, name, context).map_err(|error| error.to_string()));
    let mut response = match drawn {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            crate::notice(&format!("cannot draw {name}: {error}"));
            let text = [(CONTENT_TYPE, "text/plain; charset=utf-8")];
            let body = format!("The template {name} cannot be drawn: {error}\n");
            (StatusCode::INTERNAL_SERVER_ERROR, text, body).into_response()
        }
    };
    protect(response.headers_mut());
    response
}

/// The headers of every page and every redirect.
pub(crate) fn protect(headers: &mut HeaderMap) {
    protect_by(POLICY, headers);
}

/// The same, for a page that needs another policy.
pub(crate) fn protect_by(policy: &'static str, headers: &mut HeaderMap) {
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, policy),
        // What was sent as one type is not guessed to be another.
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Codes and states stand in addresses, and no other site is to read them in Referer (RFC 9700 §4.2.4).
        // `no-referrer` would go further, and make browsers call the origin of our own forms `null`.
        (REFERRER_POLICY, "same-origin"),
        // After the logout, Back shows nothing of a person's data, and no cache keeps a code (RFC 9111 §5.2.2.5).
        (CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in ADDED.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        if !headers.get_all(name).iter().any(|there| there == value) {
            headers.append(name, value.clone());
        }
    }
}

fn draw(pages: &Environment<'_>, name: &str, context: Value) -> Result<String, minijinja::Error> {
    let debug = NEAR.try_with(|near| *near).unwrap_or(false);
    pages.get_template(name)?.render(context! { debug, mark => MARK.get(), ..context })
}
