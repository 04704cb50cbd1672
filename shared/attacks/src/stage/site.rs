//! The attacker's site: its addresses, on both loopback families.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use crate::attack::Attack;
use crate::find;
use crate::stage::page::{STYLE, escape};
use crate::stage::state::Stage;
use crate::stage::{NAMES, acts};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use kit::{Target, Verdict};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// The running site. It closes when this is dropped.
#[derive(Debug)]
pub struct Site {
    serving: JoinSet<std::io::Result<()>>,
    /// What it knows.
    pub stage: Stage,
}

impl Site {
    /// Waits until it fails, and says why.
    pub async fn ended(mut self) -> String {
        let ended = self.serving.join_next().await;
        format!("The attacker's site has ended: {ended:?}")
    }
}

/// Opens the site.
///
/// # Errors
/// The port is taken.
pub async fn open(attack: &'static Attack, target: Target, port: u16) -> Result<Site, String> {
    let stage = Stage {
        attack,
        target,
        port,
        begun: Arc::default(),
        loot: Arc::default(),
    };
    let router = Router::new()
        .route("/", get(first))
        .route("/style.css", get(style))
        .route("/callback", get(callback))
        .route("/plant", get(plant))
        .route("/steal", post(steal))
        .route("/use", post(spend))
        .route("/{name}", get(named))
        .with_state(stage.clone());
    let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
    let v4 = v4.map_err(|trouble| {
        format!("The attacker's site needs port {port}: {trouble}. End what has it.")
    })?;
    let mut listeners = vec![v4];
    // A machine without ::1 does without.
    listeners.extend(TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await);
    let mut serving = JoinSet::new();
    for listener in listeners {
        let router = router.clone();
        serving.spawn(async move { axum::serve(listener, router).await });
    }
    Ok(Site { serving, stage })
}

async fn first(State(stage): State<Stage>) -> Response {
    let attack = stage.attack;
    show(acts::act(&stage, attack).await)
}

async fn named(State(stage): State<Stage>, Path(name): Path<String>) -> Response {
    match find(&name).filter(|attack| NAMES.contains(&attack.name)) {
        Some(attack) => show(acts::act(&stage, attack).await),
        None => (StatusCode::NOT_FOUND, "There is no such page on the attacker's site.\n")
            .into_response(),
    }
}

async fn callback(State(stage): State<Stage>, RawQuery(query): RawQuery) -> Response {
    show(acts::receive(&stage, &query.unwrap_or_default()).await)
}

async fn plant(State(stage): State<Stage>) -> Response {
    acts::plant(&stage).await.unwrap_or_else(|verdict| show(Err(verdict)))
}

async fn steal(State(stage): State<Stage>) -> Response {
    show(acts::steal(&stage).await)
}

async fn spend(State(stage): State<Stage>) -> Response {
    show(acts::spend(&stage).await)
}

async fn style() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], STYLE)
}

/// A page; or, when the attacker's own preparations failed, why.
fn show(page: Result<String, Verdict>) -> Response {
    let no_store = [(CACHE_CONTROL, "no-store")];
    match page {
        Ok(html) => (no_store, Html(html)).into_response(),
        Err(verdict) => {
            let text = format!(
                "<!doctype html><title>[attacker]</title><link rel=\"stylesheet\" href=\"/style.css\"><main><h1>The attacker did not get this far</h1><pre>{}</pre></main>",
                escape(&verdict.to_string())
            );
            (StatusCode::BAD_GATEWAY, no_store, Html(text)).into_response()
        }
    }
}
