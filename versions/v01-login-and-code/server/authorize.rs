//! `GET /authorize`: the client's request comes in, the user's answer goes out (RFC 6749 §4.1.1 and §4.1.2).

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

use crate::params::Params;
use crate::params::with_query;
use crate::store::App;
use crate::store::AuthorizationCode;
use crate::store::AuthorizationRequest;
use crate::store::Client;

pub async fn get(
    State(app): State<App>,
    session: Session,
    RawQuery(query): RawQuery,
) -> Result<Response, Response> {
    let params = Params::parse(query.unwrap_or_default().as_bytes());
    let request = judge(&app, &params)?;

    // Only the user can answer, so the user has to be known first.
    let Some(user_id) = session.get("username").await else {
        let ticket = random_token();
        let keep_until = Moment::now_plus(app.settings.ttl_pending).time();
        app.authorization_requests.insert(&ticket, request, keep_until);
        return Ok(Redirect::to(&with_query("/login", &[("ticket", &ticket)])).into_response());
    };
    Ok(grant(&app, request, user_id))
}

/// Decides whether the request may go on. Every refusal happens here, before any login.
fn judge(app: &App, params: &Params) -> Result<AuthorizationRequest, Response> {
    // Who asks, and where may the answer go? Until both are known nothing may leave this server,
    // or anyone could use it as an open redirector (RFC 6749 §4.1.2.1, RFC 9700 §4.11.2).
    let (client_id, client) = registered_client(app, params)?;
    let redirect_uri = registered_redirect_uri(client, params)?;

    // From here on the client hears of its mistakes at its own redirect URI (RFC 6749 §4.1.2.1).
    let request = AuthorizationRequest {
        client_id,
        redirect_uri,
    };
    if let Err(bad) = params.check() {
        return Err(refuse(&request, "invalid_request", bad.describe()));
    }
    match params.get("response_type") {
        Ok(Some("code")) => {}
        Ok(Some(_)) => {
            return Err(refuse(
                &request,
                "unsupported_response_type",
                "Only response_type=code works here.",
            ));
        }
        _ => return Err(refuse(&request, "invalid_request", "response_type is missing.")),
    }
    Ok(request)
}

fn registered_client<'a>(app: &'a App, params: &Params) -> Result<(String, &'a Client), Response> {
    let client_id = params.get("client_id").map_err(|bad| client_page(bad.describe()))?;
    let client_id = client_id.ok_or_else(|| client_page("client_id is missing."))?;
    let client = app.clients.get(client_id);
    let client =
        client.ok_or_else(|| client_page("No client is registered under this client_id."))?;
    Ok((client_id.to_string(), client))
}

fn registered_redirect_uri(client: &Client, params: &Params) -> Result<String, Response> {
    let redirect_uri =
        params.get("redirect_uri").map_err(|bad| redirect_uri_page(bad.describe()))?;
    match (redirect_uri, client.redirect_uris.as_slice()) {
        // Compared as the string that came: a parser would change it (RFC 9700 §4.1.3, RFC 3986 §6.2.1).
        (Some(uri), registered) if registered.iter().any(|known| known == uri) => {
            Ok(uri.to_string())
        }
        (Some(_), _) => {
            Err(redirect_uri_page("This redirect_uri is not registered for this client."))
        }
        // With just one registered, it need not be sent (RFC 6749 §3.1.2.3).
        (None, [only]) => Ok(only.clone()),
        (None, _) => {
            Err(redirect_uri_page("redirect_uri is missing, and this client has more than one."))
        }
    }
}

/// The user has said yes: mints a code and sends the browser back with it (RFC 6749 §4.1.2).
pub fn grant(app: &App, request: AuthorizationRequest, user_id: String) -> Response {
    let code = random_token();
    let expires_at = Moment::now_plus(app.settings.ttl_code);
    let target = with_query(&request.redirect_uri, &[("code", &code)]);
    let row = AuthorizationCode {
        client_id: request.client_id,
        redirect_uri: request.redirect_uri,
        code_challenge: None,
        user_id,
        expires_at,
        used: false,
    };
    app.authorization_codes.insert(&code, row, expires_at.time());
    Redirect::to(&target).into_response()
}

/// The one way in which a request is refused at the client's redirect URI (RFC 6749 §4.1.2.1).
fn refuse(request: &AuthorizationRequest, error: &str, description: &str) -> Response {
    let answer = [
        ("error", error),
        ("error_description", description),
    ];
    let target = with_query(&request.redirect_uri, &answer);
    Redirect::to(&target).into_response()
}

fn client_page(what: &'static str) -> Response {
    Problem {
        status: StatusCode::BAD_REQUEST,
        what: what.into(),
        rule: "With a wrong client_id the server tells the user and does not redirect (RFC 6749 §4.1.2.1).",
        hint: "Compare client_id with the clients in /debug/state, letter by letter. Send it once.",
    }
    .into_response()
}

fn redirect_uri_page(what: &'static str) -> Response {
    Problem {
        status: StatusCode::BAD_REQUEST,
        what: what.into(),
        rule: "The redirect_uri must be, character by character, one that is registered (RFC 9700 §2.1 and §4.1.3).",
        hint: "Compare it with redirect_uris of this client in /debug/state: port, path, slash at the end, query.",
    }
    .into_response()
}
