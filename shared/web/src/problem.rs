//! The error page.

use std::borrow::Cow;

use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Response;
use minijinja::context;

use crate::pages;

/// A page that says what was wrong, which rule was broken, and what to try. It sends the browser nowhere.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// What was wrong, in one sentence. Escaped when it is drawn.
    pub what: Cow<'static, str>,
    /// The rule, with its RFC and section.
    pub rule: &'static str,
    /// What to try next.
    pub hint: Cow<'static, str>,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let reason = crate::Reason(self.what.clone());
        let context = context! {
            status => self.status.as_u16(),
            reason => self.status.canonical_reason().unwrap_or("Error"),
            what => self.what,
            rule => self.rule,
            hint => self.hint,
        };
        (self.status, axum::Extension(reason), pages::page("error.html", context)).into_response()
    }
}
