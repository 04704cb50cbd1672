//! The floor: a bare axum server that answers a complete flow with constants. No server in axum is cheaper than this.
//!
//! With `LAB_STORE`, it asks a store for nothing on the way.

use std::env;
use std::net::Ipv4Addr;

use axum::Router;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::http::header::COOKIE;
use axum::http::header::LOCATION;
use axum::http::header::SET_COOKIE;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::get;
use axum::routing::post;
use tokio::net::TcpListener;

use crate::store_floor::Store;
use crate::store_floor::Trips;

/// The state that a browser must send to the floor: it comes back as a constant, too.
pub const STATE: &str = "state-as-long-as-forty-three-random-letters";

const COOKIE_PAIR: &str = "floor=twenty-two-characters0";
const LOCATION_WITH_CODE: &str = "http://localhost:5001/callback?code=a-code-as-long-as-forty-three-random-letters&state=state-as-long-as-forty-three-random-letters";
const LOGIN: &str = r#"<form method="post" action="/login"><input name="username"><input name="password" type="password"></form>"#;
const ME: &str = r#"{"sub":"user0","client_id":"demo-client","expires_at":"2026-06-06T14:30:00Z"}"#;

/// Answers on 127.0.0.1, on the port in `AUTH_SERVER_PORT`, until the process ends.
///
/// # Errors
/// There is no such port, or it is taken, or the store cannot be opened.
#[tokio::main]
pub async fn serve(trips: Trips) -> Result<(), String> {
    let port: Option<u16> = env::var("AUTH_SERVER_PORT").ok().and_then(|port| port.parse().ok());
    let port = port.ok_or("AUTH_SERVER_PORT must be a port")?;
    // As long as the lab's: a JWT of some four hundred characters, and a refresh token of two times forty-three.
    let token = format!(
        r#"{{"access_token":"{}","token_type":"Bearer","expires_in":1800,"refresh_token":"{}"}}"#,
        "a".repeat(TOKEN_LENGTH),
        "r".repeat(REFRESH_LENGTH),
    );
    let token: &'static str = token.leak();
    let store = Store::open(&env::var("LAB_STORE").unwrap_or_default()).await?;
    let store: &'static Store = Box::leak(Box::new(store));
    let after = async move |number: usize, answer: Response| match store
        .travel(trips.of_request(number))
        .await
    {
        Ok(()) => answer,
        Err(trouble) => (StatusCode::INTERNAL_SERVER_ERROR, trouble).into_response(),
    };
    let routes = Router::new()
        .route("/authorize", get(async move |headers| after(0, authorize(headers)).await))
        .route("/login", get(login).post(log_in))
        .route("/token", post(async move || after(1, json(token)).await))
        .route("/api/me", get(async move || after(2, json(ME)).await))
        .route("/healthz", get(async || "ok"));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
    let listener = listener.map_err(|trouble| format!("port {port}: {trouble}"))?;
    axum::serve(listener, routes).await.map_err(|trouble| trouble.to_string())
}

const TOKEN_LENGTH: usize = 400;
const REFRESH_LENGTH: usize = 87;

fn authorize(headers: HeaderMap) -> Response {
    let known = headers.contains_key(COOKIE);
    let location = if known { LOCATION_WITH_CODE } else { "/login" };
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}

async fn login() -> Response {
    ([(CONTENT_TYPE, "text/html")], LOGIN).into_response()
}

async fn log_in() -> Response {
    let headers = [
        (LOCATION, LOCATION_WITH_CODE),
        (SET_COOKIE, COOKIE_PAIR),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}

fn json(body: &'static str) -> Response {
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}
