//! `GET /imprint`: who runs this server.

use axum::response::Response;
use web::{context, page};

pub async fn get() -> Response {
    page("imprint.html", context! {})
}
