//! `GET /login` and `POST /login`: the user shows who they are. The client never sees the password.

use axum::body::Bytes;
use axum::extract::RawQuery;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;
use subtle::ConstantTimeEq;
use web::Problem;
use web::Session;
use web::context;
use web::page;

use crate::authorize;
use crate::params::Params;
use crate::store::App;
use crate::store::User;

pub async fn get(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, Response> {
    let params = Params::parse(query.unwrap_or_default().as_bytes());
    let ticket = params.get("ticket").map_err(|bad| form_page(bad.describe()))?;
    Ok(form(&app, ticket, None))
}

pub async fn post(
    State(app): State<App>,
    session: Session,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Response> {
    let body = body.map_err(|rejection| body_page(rejection.status()))?;
    let params = Params::parse(&body);
    params.check().map_err(|bad| form_page(bad.describe()))?;
    let field = |name| params.get(name).ok().flatten();
    let ticket = field("ticket");

    // One answer for a wrong password and an unknown name: it must not tell which names exist.
    let Some(user) = check(&app, field("username"), field("password")) else {
        let page = form(&app, ticket, Some("This username and password do not belong together."));
        return Ok((StatusCode::UNAUTHORIZED, page).into_response());
    };

    // A new session id at login: one that was planted before it must not become a logged-in one.
    session.renew().await;
    session.set("username", &user.user_id).await;

    // The ticket leads back to the request that was waiting, once.
    let request = ticket.and_then(|ticket| app.authorization_requests.remove(ticket));
    Ok(match request {
        Some(request) => authorize::grant(&app, request, user.user_id.clone()),
        // 303, so that the browser does not send the password on (RFC 9700 §4.12).
        None => Redirect::to("/welcome").into_response(),
    })
}

fn check<'a>(app: &'a App, username: Option<&str>, password: Option<&str>) -> Option<&'a User> {
    let user = app.users.get(username?)?;
    let same: bool = user.password.as_bytes().ct_eq(password?.as_bytes()).into();
    same.then_some(user)
}

fn form(app: &App, ticket: Option<&str>, error: Option<&str>) -> Response {
    let request = ticket.and_then(|ticket| app.authorization_requests.get(ticket));
    let lost = ticket.is_some() && request.is_none();
    let client_id = request.map(|request| request.client_id);
    page("login.html", context! { ticket, client_id, lost, error })
}

fn body_page(status: StatusCode) -> Response {
    Problem {
        status,
        what: "This form cannot be read: it is larger than 64 KiB, or it broke off.".into(),
        rule: "A server may refuse a body that is too large (RFC 9110 §15.5.14).",
        hint: "Go back to the login page and send the form again.",
    }
    .into_response()
}

fn form_page(what: &'static str) -> Response {
    Problem {
        status: StatusCode::BAD_REQUEST,
        what: what.into(),
        rule: "Each field of a form may be there once, as text (RFC 6749 §3.1).",
        hint: "Go back to the login page and send the form again.",
    }
    .into_response()
}
