//! `GET /consent` and `POST /consent`: the user says what this client may do (RFC 6749 §3.3 and §10.2).

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;
use subtle::ConstantTimeEq;
use web::Moment;
use web::Problem;
use web::Session;
use web::context;
use web::page;
use web::random_token;

use crate::login;
use crate::params::Params;
use crate::params::with_query;
use crate::scope::Scope;
use crate::storage::Key;
use crate::storage::Told;
use crate::store::App;
use crate::store::AuthorizationRequest;
use crate::store::Consent;
use crate::store::Question;

/// A page or a redirect, or the page that says why not.
pub type Answered = Result<Response, Response>;

/// What was asked for, and who was asked.
type Asked = (AuthorizationRequest, Question);

pub async fn get(State(app): State<Arc<App>>, session: Session, params: Params) -> Answered {
    let ticket = params.get("ticket").unwrap_or_default();
    let Some(user_id) = session.get("user_id").await else {
        return Ok(Redirect::to(&with_query("/login", &[("ticket", ticket)])).into_response());
    };
    let question = Question {
        browser: session.browser().await.key().to_string(),
        user_id: user_id.into(),
        csrf_token: random_token(),
    };
    // The question belongs to the first browser that opens it: nobody else's can answer.
    let request = app.authorization_requests.update(ticket, |row| {
        row.question.get_or_insert_with(|| question.clone());
        row.clone()
    });
    let request = request.await?;
    let open = ours(request, &session).await.filter(|(request, _)| request.answer.is_none());
    let (request, question) = open.ok_or_else(refused)?;
    let context = context! {
        ticket,
        csrf_token => question.csrf_token,
        user_id => question.user_id,
        client_name => app.clients.get(&request.client_id).map(|client| client.name),
        client_id => request.client_id,
        // The host and port that the browser will go back to.
        host => request.redirect_uri.split(['/', '?']).nth(2),
        scopes => request.scope.explained(),
    };
    Ok(page("consent.html", context))
}

pub async fn post(State(app): State<Arc<App>>, session: Session, params: Params) -> Answered {
    let ticket = params.get("ticket").unwrap_or_default();
    let row = app.authorization_requests.get(ticket).await?;
    let (asked, question) = ours(row, &session).await.ok_or_else(refused)?;
    // Any page can make a browser send this form. Only our own page can read what is in it (RFC 6749 §10.12).
    let csrf_token = params.get("csrf_token").unwrap_or_default();
    if !bool::from(question.csrf_token.as_bytes().ct_eq(csrf_token.as_bytes())) {
        return Err(refused());
    }
    // What was asked for stands in our row. The form can only take away from it.
    let allowed = params.get("decision") == Some("allow");
    let ticked = |name: &str| params.get(&format!("scope:{name}")).is_some();
    let granted = asked.scope.only(|name| allowed && ticked(name));
    let there = login::answer(&app, ticket, &granted, &question.user_id).await?;
    let there = there.ok_or_else(refused)?;
    remember(&app, &asked, &granted, &question.user_id).await?;
    Ok(Redirect::to(&there).into_response())
}

/// The request and the question, if it was this browser that was asked, and it is the same user still.
async fn ours(request: Option<AuthorizationRequest>, session: &Session) -> Option<Asked> {
    let (request, user_id) = (request?, session.get("user_id").await?);
    let question = request.question.clone()?;
    let ours = session.browser().await.is(&question.browser) && *question.user_id == *user_id;
    ours.then_some((request, question))
}

/// Whether the user has already allowed this client all that it asks for, at this address.
///
/// A public client is asked about each time: anybody can use its name (draft-ietf-oauth-v2-1 §7.3.1).
pub async fn is_remembered(app: &App, request: &AuthorizationRequest, user_id: &str) -> Told<bool> {
    let client = app.clients.get(&request.client_id);
    let mut remembered = client.is_some_and(|client| client.client_secret.is_some());
    for scope in request.scope.names() {
        remembered &= app.consents.get(&key(request, user_id, scope)).await?.is_some();
    }
    Ok(remembered)
}

/// Keeps what was granted. What was asked for and not granted is forgotten.
async fn remember(
    app: &App,
    asked: &AuthorizationRequest,
    granted: &Scope,
    user_id: &str,
) -> Told<()> {
    let expires_at = Moment::now_plus(app.settings.ttl_refresh);
    for scope in asked.scope.names() {
        let key = key(asked, user_id, scope);
        match granted.contains(scope) {
            true => app.consents.insert(&key, Consent { expires_at }, expires_at.time()).await?,
            false => _ = app.consents.remove(&key).await?,
        }
    }
    Ok(())
}

/// A yes is one user's, to one client at one address, for one power.
fn key(request: &AuthorizationRequest, user_id: &str, scope: &str) -> Key {
    Key::readable(format!("{user_id} {} {} {scope}", request.client_id, request.redirect_uri))
}

fn refused() -> Response {
    Problem {
        status: StatusCode::FORBIDDEN,
        what: "This question was answered already, or it was not for this browser to answer.".into(),
        rule: "A decision counts once, from the page and the browser that were asked (RFC 6749 §10.12 and §10.2).",
        hint: "Go back to the client and start again.".into(),
    }
    .into_response()
}
