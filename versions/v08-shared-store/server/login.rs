//! `GET /login` and `POST /login`: the user shows who they are. The client never sees the password.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Redirect;
use subtle::ConstantTimeEq;
use web::Moment;
use web::Reason;
use web::Session;
use web::context;
use web::page;

use crate::authorize;
use crate::consent;
use crate::consent::Answered;
use crate::params::Params;
use crate::params::with_query;
use crate::scope::Scope;
use crate::storage::Told;
use crate::store::Answer;
use crate::store::App;
use crate::store::User;

/// How long the same form, sent twice by a double click, gets the same answer.
const DOUBLE_CLICK: Duration = Duration::from_secs(10);

pub async fn get(State(app): State<Arc<App>>, params: Params) -> Answered {
    form(&app, params.get("ticket"), None).await
}

pub async fn post(State(app): State<Arc<App>>, session: Session, params: Params) -> Answered {
    let ticket = params.get("ticket");

    // One answer for a wrong password and an unknown name: it must not tell which names exist.
    let Some(user) = check(&app, params.get("username"), params.get("password")) else {
        let error = "Wrong username or password.";
        let reason = Extension(Reason(error.into()));
        let form = form(&app, ticket, Some(error)).await?;
        return Ok((StatusCode::UNAUTHORIZED, reason, form).into_response());
    };

    // A new session id at login: one that was planted before it must not become a logged-in one.
    session.renew().await;
    session.set("user_id", &user.user_id).await;
    // Two first pages of consent at once belong to one browser.
    session.browser_key().await;

    let target = next(&app, ticket.unwrap_or_default(), &user.user_id).await?;
    // 303, so that the browser does not send the password on (RFC 9700 §4.12).
    Ok(Redirect::to(target.as_deref().unwrap_or("/welcome")).into_response())
}

fn check<'a>(app: &'a App, username: Option<&str>, password: Option<&str>) -> Option<&'a User> {
    let user = app.users.get(username?)?;
    let same: bool = user.password.as_bytes().ct_eq(password?.as_bytes()).into();
    same.then_some(user)
}

/// After the login comes the question, unless the user has answered it before.
async fn next(app: &App, ticket: &str, user_id: &Arc<str>) -> Told<Option<String>> {
    let Some(request) = app.authorization_requests.get(ticket).await? else {
        return Ok(None);
    };
    match request.answer.is_some() || consent::is_remembered(app, &request, user_id).await? {
        true => answer(app, ticket, &request.scope, user_id).await,
        false => Ok(Some(with_query("/consent", &[("ticket", ticket)]))),
    }
}

/// The address that the waiting request leads to. `None` when there is no such request, or when it was
/// answered before: by another user, with another decision, or too long ago to be a double click.
pub async fn answer(
    app: &App,
    ticket: &str,
    scope: &Scope,
    user_id: &Arc<str>,
) -> Told<Option<String>> {
    let Some(mut request) = app.authorization_requests.get(ticket).await? else {
        return Ok(None);
    };
    request.scope = scope.clone();
    // Minted before the ticket is marked: whoever sees the mark finds the code.
    let code = match scope.is_empty() {
        true => String::new(),
        false => authorize::new_code(app, &request, user_id).await?,
    };
    let ours = Answer {
        user_id: user_id.clone(),
        code: code.clone(),
        given_at: Moment::now(),
        scope: scope.clone(),
    };
    let first = app
        .authorization_requests
        .update(ticket, |row| row.answer.get_or_insert_with(|| ours.clone()).clone())
        .await?;
    if first.as_ref().is_none_or(|first| first.code != code) {
        app.authorization_codes.remove(&code).await?;
    }
    let Some(first) = first else { return Ok(None) };
    let late = first.given_at.plus(DOUBLE_CLICK).has_passed();
    let same = first.user_id == *user_id && first.scope == *scope;
    Ok((same && !late).then(|| authorize::answer(&request, &first.code)))
}

async fn form(app: &App, ticket: Option<&str>, error: Option<&str>) -> Answered {
    let request = app.authorization_requests.get(ticket.unwrap_or_default()).await?;
    let waiting = request.filter(|request| request.answer.is_none());
    let lost = ticket.is_some() && waiting.is_none();
    let client_id = waiting.map(|request| request.client_id);
    Ok(page("login.html", context! { ticket, client_id, lost, error }))
}
