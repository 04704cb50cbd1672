//! Where a form was sent from. Only our own pages may change something here.

use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::http::header::ORIGIN;
use axum::response::IntoResponse;
use axum::response::Response;
use web::Problem;

use crate::store::App;

/// Refuses a POST from a foreign page with 403. Lax cookies would still travel from another port of this host.
pub fn check(app: &App, headers: &HeaderMap) -> Result<(), Response> {
    let ours = match headers.get(ORIGIN) {
        Some(origin) => origin.as_bytes() == app.settings.client_app_url.as_bytes(),
        // Browsers send Origin with every POST; what has neither header is no browser.
        None => match headers.get("sec-fetch-site") {
            Some(site) => site.as_bytes() == b"same-origin" || site.as_bytes() == b"none",
            None => true,
        },
    };
    match ours {
        true => Ok(()),
        false => Err(foreign_page()),
    }
}

fn foreign_page() -> Response {
    Problem {
        status: StatusCode::FORBIDDEN,
        what: "This form was not sent from a page of this client.".into(),
        rule: "A request that changes something must come from the client's own pages (RFC 6749 §10.12).",
        hint: "Open the client at the address that its terminal shows, localhost and not 127.0.0.1, and press the button there.",
    }
    .into_response()
}
