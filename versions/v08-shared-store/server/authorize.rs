//! `GET /authorize`: the client's request comes in, the user's answer goes out (RFC 6749 §4.1.1 and §4.1.2).

use std::sync::Arc;

use axum::extract::RawQuery;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;
use web::Moment;
use web::Problem;
use web::Session;
use web::random_token;

use crate::consent;
use crate::params::Params;
use crate::params::with_query;
use crate::pkce;
use crate::scope::Scope;
use crate::storage::SILENT;
use crate::storage::Told;
use crate::store::App;
use crate::store::AuthorizationCode;
use crate::store::AuthorizationRequest;
use crate::store::Client;

/// The longest `state` that is kept for a request, in bytes.
const MAX_STATE: usize = 1024;

pub async fn get(
    State(app): State<Arc<App>>,
    session: Session,
    RawQuery(query): RawQuery,
) -> Result<Response, Response> {
    let params = Params::parse(query.unwrap_or_default().as_bytes());
    let params = params.map_err(IntoResponse::into_response)?;
    let request = judge(&app, &params)?;
    let led = lead(&app, &session, &request).await;
    led.map_err(|_| refuse(&request, "temporarily_unavailable", SILENT))
}

/// Where a good request leads. Without the store nobody can tell, and the client hears of it (RFC 6749 §4.1.2.1).
async fn lead(app: &App, session: &Session, request: &AuthorizationRequest) -> Told<Response> {
    // Only the user can answer, so we have to know the user first.
    let user_id = session.try_get("user_id").await?;
    let user = user_id.and_then(|user_id| app.users.get(user_id.as_str()));
    // Being logged in is not agreeing: no code without the user's word (draft-ietf-oauth-v2-1 §7.3).
    let allowed = match user {
        Some(user) => consent::is_remembered(app, request, &user.user_id).await?.then_some(user),
        None => None,
    };
    let Some(user) = allowed else {
        let ticket = random_token();
        let expires_at = Moment::now_plus(app.settings.ttl_pending).time();
        app.authorization_requests.insert(&ticket, request.clone(), expires_at).await?;
        let next = user.map_or("/login", |_| "/consent");
        return Ok(Redirect::to(&with_query(next, &[("ticket", &ticket)])).into_response());
    };
    let code = new_code(app, request, &user.user_id).await?;
    Ok(Redirect::to(&answer(request, &code)).into_response())
}

/// Decides whether the request may go on. Every refusal happens here, before any login.
fn judge(app: &App, params: &Params) -> Result<AuthorizationRequest, Response> {
    // Who asks, and where may the answer go? Until both are known, nothing may leave this server,
    // or anyone could use it as an open redirector (RFC 6749 §4.1.2.1, RFC 9700 §4.11.2).
    let (client_id, client) = registered_client(app, params)?;
    let redirect_uri = registered_redirect_uri(client, params)?;

    // From here on the client hears of its mistakes at its own redirect URI (RFC 6749 §4.1.2.1).
    let value = |name| params.get(name).map(String::from);
    let scope = Scope::asked(params, client);
    let request = AuthorizationRequest {
        client_id: client_id.clone(),
        redirect_uri,
        state: value("state"),
        answer: None,
        code_challenge: value("code_challenge"),
        code_challenge_method: value("code_challenge_method"),
        scope: scope.clone().unwrap_or_default(),
        question: None,
    };
    let invalid = |description| refuse(&request, "invalid_request", description);
    params.check_all().map_err(|bad| invalid(bad.describe()))?;
    match params.get("response_type") {
        Some("code") => {}
        Some(_) => {
            return Err(refuse(
                &request,
                "unsupported_response_type",
                "Only response_type=code works here.",
            ));
        }
        None => return Err(invalid("response_type is missing.")),
    }
    // What a stranger can make us keep has a bound.
    if request.state.as_ref().is_some_and(|state| state.len() > MAX_STATE) {
        return Err(invalid("state is longer than 1024 bytes."));
    }
    pkce::check_challenge(&request).map_err(invalid)?;
    scope.map_err(|why| refuse(&request, "invalid_scope", why))?;
    Ok(request)
}

fn registered_client<'a>(
    app: &'a App,
    params: &Params,
) -> Result<(&'a Arc<str>, &'a Client), Response> {
    params.check("client_id").map_err(|bad| client_page(bad.describe()))?;
    let client_id = params.get("client_id").ok_or_else(|| client_page("client_id is missing."))?;
    let client = app.clients.get_key_value(client_id);
    client.ok_or_else(|| client_page("No client is registered with this client_id."))
}

fn registered_redirect_uri(client: &Client, params: &Params) -> Result<Arc<str>, Response> {
    let registered = &client.redirect_uris;
    params
        .check("redirect_uri")
        .map_err(|bad| redirect_uri_page(bad.describe(), registered))?;
    match (params.get("redirect_uri"), registered.as_slice()) {
        (Some(uri), _) => {
            // Compared as the string that came: a parser would change it (RFC 9700 §4.1.3, RFC 3986 §6.2.1).
            let same = registered.iter().find(|known| ***known == *uri);
            let what = format!("This redirect_uri is not registered for this client: {uri}");
            same.cloned().ok_or_else(|| redirect_uri_page(&what, registered))
        }
        // With just one registered, it need not be sent (RFC 6749 §3.1.2.3).
        (None, [only]) => Ok(only.clone()),
        (None, _) => {
            let what = "redirect_uri is missing, and this client has more than one.";
            Err(redirect_uri_page(what, registered))
        }
    }
}

/// The user has said yes: mints a code and remembers what it is for (RFC 6749 §4.1.2).
pub async fn new_code(
    app: &App,
    request: &AuthorizationRequest,
    user_id: &Arc<str>,
) -> Told<String> {
    let code = random_token();
    let expires_at = Moment::now_plus(app.settings.ttl_code);
    let row = AuthorizationCode {
        client_id: request.client_id.clone(),
        redirect_uri: request.redirect_uri.clone(),
        code_challenge: request.code_challenge.clone(),
        user_id: user_id.clone(),
        expires_at,
        used: false,
        code_challenge_method: request.code_challenge_method.clone(),
        grant_id: None,
        scope: request.scope.clone(),
    };
    app.authorization_codes.insert(&code, row, expires_at.time()).await?;
    Ok(code)
}

/// The address that takes the code to the client, in the hands of the browser (RFC 6749 §4.1.2).
/// The client's `state` goes back exactly as it came. No code means that the user said no (§4.1.2.1).
pub fn answer(request: &AuthorizationRequest, code: &str) -> String {
    let answer = [
        ("code", code),
        ("error", if code.is_empty() { "access_denied" } else { "" }),
        ("state", request.state.as_deref().unwrap_or_default()),
    ];
    with_query(&request.redirect_uri, &answer)
}

/// The one way in which a request is refused at the client's redirect URI (RFC 6749 §4.1.2.1).
fn refuse(request: &AuthorizationRequest, error: &str, description: &str) -> Response {
    let refusal = [
        ("error", error),
        ("error_description", description),
        ("state", request.state.as_deref().unwrap_or_default()),
    ];
    Redirect::to(&with_query(&request.redirect_uri, &refusal)).into_response()
}

fn client_page(what: &'static str) -> Response {
    Problem {
        status: StatusCode::BAD_REQUEST,
        what: what.into(),
        rule: "If the client_id is wrong, the server tells the user and does not redirect (RFC 6749 §4.1.2.1).",
        hint: "Compare client_id, letter by letter, with the clients in /debug/state. Send it once.".into(),
    }
    .into_response()
}

fn redirect_uri_page(what: &str, registered: &[Arc<str>]) -> Response {
    Problem {
        status: StatusCode::BAD_REQUEST,
        what: what.to_string().into(),
        rule: "The redirect_uri must match a registered one character by character (RFC 9700 §2.1 and §4.1.3).",
        hint: format!(
            "Registered: {}. Compare port, path, query, and the slash at the end.",
            registered.join(" and ")
        )
        .into(),
    }
    .into_response()
}
