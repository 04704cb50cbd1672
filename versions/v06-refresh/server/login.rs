//! `GET /login` and `POST /login`: the user shows who they are. The client never sees the password.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;
use subtle::ConstantTimeEq;
use web::Moment;
use web::Reason;
use web::Session;
use web::context;
use web::page;

use crate::authorize;
use crate::params::Params;
use crate::store::Answer;
use crate::store::App;
use crate::store::User;

/// How long the same form, sent twice by a double click, gets the same answer.
const DOUBLE_CLICK: Duration = Duration::from_secs(10);

pub async fn get(State(app): State<Arc<App>>, params: Params) -> Response {
    form(&app, params.get("ticket"), None)
}

pub async fn post(State(app): State<Arc<App>>, session: Session, params: Params) -> Response {
    let ticket = params.get("ticket");

    // One answer for a wrong password and an unknown name: it must not tell which names exist.
    let Some(user) = check(&app, params.get("username"), params.get("password")) else {
        let error = "Wrong username or password.";
        let reason = Extension(Reason(error.into()));
        return (StatusCode::UNAUTHORIZED, reason, form(&app, ticket, Some(error))).into_response();
    };

    // A new session id at login: one that was planted before it must not become a logged-in one.
    session.renew().await;
    session.set("user_id", &user.user_id).await;

    let target = answer(&app, ticket.unwrap_or_default(), &user.user_id);
    // 303, so that the browser does not send the password on (RFC 9700 §4.12).
    Redirect::to(target.as_deref().unwrap_or("/welcome")).into_response()
}

fn check<'a>(app: &'a App, username: Option<&str>, password: Option<&str>) -> Option<&'a User> {
    let user = app.users.get(username?)?;
    let same: bool = user.password.as_bytes().ct_eq(password?.as_bytes()).into();
    same.then_some(user)
}

/// The address that the waiting request leads to. `None` when there is no such request, or when it was
/// answered before: by another user, or too long ago to be a double click.
fn answer(app: &App, ticket: &str, user_id: &Arc<str>) -> Option<String> {
    let request = app.authorization_requests.get(ticket)?;
    // Minted before the ticket is marked: whoever sees the mark finds the code.
    let code = authorize::new_code(app, &request, user_id);
    let ours = Answer {
        user_id: user_id.clone(),
        code: code.clone(),
        given_at: Moment::now(),
    };
    let first = app
        .authorization_requests
        .update(ticket, |row| row.answer.get_or_insert_with(|| ours.clone()).clone());
    if first.as_ref().is_none_or(|first| first.code != code) {
        app.authorization_codes.remove(&code);
    }
    let first = first?;
    let late = first.given_at.plus(DOUBLE_CLICK).has_passed();
    (first.user_id == *user_id && !late).then(|| authorize::answer(&request, &first.code))
}

fn form(app: &App, ticket: Option<&str>, error: Option<&str>) -> Response {
    let request = app.authorization_requests.get(ticket.unwrap_or_default());
    let waiting = request.filter(|request| request.answer.is_none());
    let lost = ticket.is_some() && waiting.is_none();
    let client_id = waiting.map(|request| request.client_id);
    page("login.html", context! { ticket, client_id, lost, error })
}
