//! `GET /consent` and `POST /consent`: the user is asked before the answer leaves.

use axum::response::{IntoResponse, Redirect, Response};
use crate::params::{Params, with_query};
use web::{context, page};

/// The way to the question that stands before this answer.
pub fn before(answer: &str) -> String {
    with_query("/consent", &[("answer", answer)])
}

pub async fn get(params: Params) -> Response {
    page("consent.html", context! { answer => params.get("answer") })
}

pub async fn post(params: Params) -> Response {
    Redirect::to(params.get("answer").unwrap_or("/")).into_response()
}
