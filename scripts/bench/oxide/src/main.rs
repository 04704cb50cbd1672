//! A server made of oxide-auth that speaks the lab's wire: a code with PKCE, refresh, an API, a login form.

mod tables;

use std::env;
use std::net::Ipv4Addr;

use axum::Form;
use axum::Json;
use axum::Router;
use axum::extract::OriginalUri;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::http::header::COOKIE;
use axum::http::header::SET_COOKIE;
use axum::response::Html;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;
use axum::routing::get;
use axum::routing::post;
use oxide_auth::endpoint::AccessTokenFlow;
use oxide_auth::endpoint::AuthorizationFlow;
use oxide_auth::endpoint::OwnerConsent;
use oxide_auth::endpoint::QueryParameter;
use oxide_auth::endpoint::RefreshFlow;
use oxide_auth::endpoint::ResourceFlow;
use oxide_auth::endpoint::Solicitation;
use oxide_auth::frontends::simple::endpoint::FnSolicitor;
use oxide_auth::frontends::simple::endpoint::Vacant;
use oxide_auth_axum::OAuthRequest;
use oxide_auth_axum::OAuthResource;
use oxide_auth_axum::OAuthResponse;
use oxide_auth_axum::WebError;
use serde_json::json;
use tokio::net::TcpListener;

use crate::tables::App;
use crate::tables::Tables;
use crate::tables::lock;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port: u16 = env::var("AUTH_SERVER_PORT")?.parse()?;
    let routes = Router::new()
        .route("/authorize", get(authorize))
        .route("/login", get(form).post(log_in))
        .route("/token", post(token))
        .route("/api/me", get(me))
        .route("/healthz", get(async || "ok"))
        .with_state(Tables::shared()?);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    Ok(axum::serve(listener, routes).await?)
}

async fn authorize(
    State(app): State<App>,
    headers: HeaderMap,
    uri: OriginalUri,
    request: OAuthRequest,
) -> Result<Response, WebError> {
    let mut tables = lock(&app);
    let user = cookie(&headers).and_then(|id| tables.sessions.get(id).cloned());
    let Some(user) = user else {
        let query = uri.query().unwrap_or_default();
        return Ok(Redirect::to(&format!("/login?{query}")).into_response());
    };
    let consent = FnSolicitor(move |_: &mut OAuthRequest, _: Solicitation| {
        OwnerConsent::Authorized(user.clone())
    });
    let response = AuthorizationFlow::prepare(tables.endpoint(consent))?.execute(request)?;
    let mut response = response.into_response();
    // The lab answers 303 (RFC 9700 §4.12), oxide-auth 302.
    if response.status() == StatusCode::FOUND {
        *response.status_mut() = StatusCode::SEE_OTHER;
    }
    Ok(response)
}

async fn form(uri: OriginalUri) -> Html<String> {
    let query = uri.query().unwrap_or_default().replace('&', "&amp;").replace('"', "&quot;");
    Html(format!(
        r#"<form method="post" action="/login"><input type="hidden" name="next" value="{query}"><input name="username"><input name="password" type="password"></form>"#
    ))
}

async fn log_in(State(app): State<App>, Form(fields): Form<Vec<(String, String)>>) -> Response {
    let field = |name: &str| {
        let pair = fields.iter().find(|(found, _)| found == name);
        pair.map(|(_, value)| value.as_str()).unwrap_or_default()
    };
    let right = [
        ("user0", "password0"),
        ("user1", "password1"),
    ];
    if !right.contains(&(field("username"), field("password"))) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let id = lock(&app).new_session(field("username"));
    let cookie = [(SET_COOKIE, format!("session={id}; HttpOnly; SameSite=Lax"))];
    (cookie, Redirect::to(&format!("/authorize?{}", field("next")))).into_response()
}

async fn token(State(app): State<App>, request: OAuthRequest) -> Result<OAuthResponse, WebError> {
    let grant_type = request.body().and_then(|body| body.unique_value("grant_type"));
    let refresh = grant_type.is_some_and(|grant_type| grant_type == "refresh_token");
    let mut tables = lock(&app);
    let endpoint = tables.endpoint(Vacant);
    Ok(match refresh {
        true => RefreshFlow::prepare(endpoint)?.execute(request)?,
        false => AccessTokenFlow::prepare(endpoint)?.execute(request)?,
    })
}

async fn me(State(app): State<App>, request: OAuthResource) -> Result<Response, WebError> {
    let mut tables = lock(&app);
    let flow = ResourceFlow::prepare(tables.endpoint(Vacant))?.execute(OAuthRequest::from(request));
    Ok(match flow {
        Ok(grant) => Json(json!({
            "sub": grant.owner_id,
            "client_id": grant.client_id,
            "expires_at": grant.until.to_string(),
        }))
        .into_response(),
        Err(refused) => refused?.into_response(),
    })
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get(COOKIE)?.to_str().ok()?;
    cookies.split("; ").find_map(|pair| pair.strip_prefix("session="))
}
