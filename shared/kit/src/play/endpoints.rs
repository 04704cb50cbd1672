//! The played endpoints: `/authorize`, `/token`, `/api/…`, and a word for whoever looks in by hand.

use super::grants::{Grants, Refusal, Registration};
use super::heard::Heard;
use super::http::RawResponse;
use super::script::{Authorize, Reply, Script, State};
use crate::encoding::encode_pairs;
use serde_json::{Value, json};

const PAGE: &str = "text/plain; charset=utf-8";

/// Finds the answer to one request.
pub fn answer(
    request: &Heard,
    script: &Script,
    known: &Registration,
    grants: &mut Grants,
) -> Reply {
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/authorize") => Reply::Always(authorize(request, script, grants)),
        ("POST", "/token") => {
            let refresh = request.form("grant_type") == Some("refresh_token");
            let scripted = if refresh {
                &script.refresh_grant
            } else {
                &script.code_grant
            };
            judged(scripted, || token(request, script, known, grants))
        }
        ("GET", "/api/me") => judged(&script.api, || api_me(request, script, known, grants)),
        ("GET", "/api/notes") => judged(&script.more, || {
            let note = json!([{ "text": script.note, "written_by": "somebody" }]);
            let notes = json!({ "sub": script.username, "notes": note });
            scoped(request, grants, "notes:read", 200, &notes)
        }),
        ("POST", "/api/notes") => judged(&script.more, || {
            scoped(request, grants, "notes:write", 201, &json!({ "text": request.form("text") }))
        }),
        ("GET", "/api/admin/users") => judged(&script.more, || {
            let user = json!([{ "user_id": script.username, "roles": ["admin"] }]);
            let users = json!({ "sub": script.username, "users": user });
            scoped(request, grants, "admin", 200, &users)
        }),
        ("GET", "/healthz") => Reply::text(200, "ok"),
        ("GET", "/") => {
            Reply::text(200, "A played authorization server. It tests the client that points here.")
        }
        _ => Reply::text(404, "The played server has no such endpoint."),
    }
}

fn judged(scripted: &Reply, judge: impl FnOnce() -> RawResponse) -> Reply {
    match scripted {
        Reply::Judge => Reply::Always(judge()),
        other => other.clone(),
    }
}

/// The authorization response: always to the `redirect_uri` that was sent, because the check looks at that itself.
fn authorize(request: &Heard, script: &Script, grants: &mut Grants) -> RawResponse {
    let Some(redirect_uri) = request.query("redirect_uri") else {
        return RawResponse::new(400, PAGE, "redirect_uri is missing.");
    };
    if request.query("response_type") != Some("code") || request.query("client_id").is_none() {
        return RawResponse::new(400, PAGE, "response_type=code and client_id must be sent.");
    }
    let mut pairs = match &script.authorize {
        Authorize::Code => vec![("code", grants.code(request, redirect_uri))],
        Authorize::Error { error, description } => {
            let description = description.iter().map(|text| ("error_description", text.clone()));
            [("error", error.clone())].into_iter().chain(description).collect()
        }
    };
    match &script.state {
        State::Echo => {
            pairs.extend(request.query("state").map(|state| ("state", state.to_owned())))
        }
        State::Omit => {}
        State::Text(state) => pairs.push(("state", state.clone())),
    }
    RawResponse::new(303, PAGE, "").with("Location", with_query(redirect_uri, &pairs))
}

fn token(
    request: &Heard,
    script: &Script,
    known: &Registration,
    grants: &mut Grants,
) -> RawResponse {
    let outcome = authenticate(request, known).and_then(|()| match request.form("grant_type") {
        Some("authorization_code") => grants.redeem(request, script),
        Some("refresh_token") => grants.refresh(request, script),
        Some(_) => Err((400, "unsupported_grant_type", "not played here")),
        None => Err((400, "invalid_request", "grant_type is missing or repeated")),
    });
    let (status, body) = match outcome {
        Ok(body) => (200, altered(body, &script.members)),
        Err((status, error, why)) => (status, json!({ "error": error, "error_description": why })),
    };
    let response = json_response(status, &body);
    if status == 401 {
        response.with("WWW-Authenticate", "Basic realm=\"played\"")
    } else {
        response
    }
}

/// A token response with some of its members changed: what was issued is good all the same.
fn altered(mut body: Value, members: &Value) -> Value {
    let changes = members.as_object().into_iter().flatten();
    if let Some(body) = body.as_object_mut() {
        for (name, value) in changes {
            if value.is_null() {
                body.remove(name);
            } else {
                body.insert(name.clone(), value.clone());
            }
        }
    }
    body
}

/// HTTP Basic or both fields in the body, not both ways (RFC 6749 §2.3).
fn authenticate(request: &Heard, known: &Registration) -> Result<(), Refusal> {
    let in_body = request.form("client_secret").is_some();
    let (id, secret) = match request.basic() {
        Some(_) if in_body => return Err((400, "invalid_request", "two client authentications")),
        Some(basic) => basic,
        None => (
            request.form("client_id").unwrap_or_default().to_owned(),
            request.form("client_secret").unwrap_or_default().to_owned(),
        ),
    };
    if id == known.client_id && secret == known.client_secret {
        Ok(())
    } else {
        Err((401, "invalid_client", "client_id or client_secret is wrong"))
    }
}

/// RFC 6750 §3: no token, a bare challenge; a bad one, `invalid_token`.
fn bearer<'a>(request: &'a Heard, grants: &Grants) -> Result<&'a str, RawResponse> {
    let Some(token) = request.bearer() else {
        let answer = json_response(401, &json!({}));
        return Err(answer.with("WWW-Authenticate", "Bearer realm=\"played\""));
    };
    if !grants.accepts(token) {
        let answer = json_response(401, &json!({ "error": "invalid_token" }));
        let challenge = "Bearer realm=\"played\", error=\"invalid_token\"";
        return Err(answer.with("WWW-Authenticate", challenge));
    }
    Ok(token)
}

/// RFC 6750 §3.1: a good token that may not do this, `insufficient_scope`.
fn scoped(
    request: &Heard,
    grants: &Grants,
    needed: &str,
    status: u16,
    body: &Value,
) -> RawResponse {
    match bearer(request, grants) {
        Err(refusal) => refusal,
        Ok(token) if grants.allows(token, needed) => json_response(status, body),
        Ok(_) => {
            let error = "insufficient_scope";
            let challenge =
                format!("Bearer realm=\"played\", error=\"{error}\", scope=\"{needed}\"");
            json_response(403, &json!({ "error": error })).with("WWW-Authenticate", challenge)
        }
    }
}

fn api_me(request: &Heard, script: &Script, known: &Registration, grants: &Grants) -> RawResponse {
    if let Err(refusal) = bearer(request, grants) {
        return refusal;
    }
    let name = &script.username;
    let me = json!({
        "sub": name,
        "user_id": name,
        "username": name,
        "client_id": known.client_id,
        "expires_at": "2036-06-06T14:30:00Z",
    });
    // Where the user took a tick away, it may be the one for this.
    if script.granted.is_some() {
        return scoped(request, grants, "profile", 200, &me);
    }
    json_response(200, &me)
}

fn json_response(status: u16, body: &Value) -> RawResponse {
    RawResponse::new(status, "application/json", body.to_string()).with("Cache-Control", "no-store")
}

/// Adds the pairs to a URI that may have a query of its own (RFC 6749 §3.1.2).
fn with_query(uri: &str, pairs: &[(&str, String)]) -> String {
    let glue = if uri.contains('?') { '&' } else { '?' };
    format!("{uri}{glue}{}", encode_pairs(pairs))
}
