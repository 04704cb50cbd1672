//! `GET /start`: sends the browser to the authorization server (RFC 6749 §4.1.1).

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;
use web::Moment;
use web::Once;
use web::Problem;
use web::Session;
use web::answers;
use web::random_token;

use crate::params::Params;
use crate::params::with_query;
use crate::pkce;
use crate::purpose::Purpose;
use crate::store::App;
use crate::store::Pending;

pub async fn get(State(app): State<Arc<App>>, session: Session, params: Params) -> Response {
    let settings = &app.settings;
    if !answers(&settings.auth_server_url).await {
        return server_is_down();
    }

    // No more than the next page needs.
    let purpose = Purpose::named(params.get("for"));
    // A new state for each flow, known to this browser's session and to nobody else (RFC 6749 §10.12).
    let state = random_token();
    // A new secret for each flow. Only its hash travels (RFC 7636 §4.1).
    let code_verifier = pkce::new_verifier();
    let code_challenge = pkce::challenge(&code_verifier);
    let pending = Pending {
        browser: session.browser_key().await,
        created_at: Moment::now(),
        answered_at: None,
        code_verifier,
        code_hash: String::new(),
        outcome: Once::default(),
        purpose,
    };
    app.pending.insert(&state, pending, Moment::now_plus(settings.ttl_state).time());

    let request = [
        ("response_type", "code"),
        ("client_id", &settings.client_id),
        ("redirect_uri", &settings.redirect_uri),
        ("state", &state),
        ("code_challenge", &code_challenge),
        ("code_challenge_method", "S256"),
        ("scope", purpose.scope),
    ];
    let authorize = format!("{}/authorize", settings.auth_server_url);
    Redirect::to(&with_query(&authorize, &request)).into_response()
}

fn server_is_down() -> Response {
    Problem {
        status: StatusCode::SERVICE_UNAVAILABLE,
        what: "The authorization server isn't answering.".into(),
        rule: "The flow needs both processes: this client, and the server that knows the users (RFC 6749 §1.1).",
        hint: concat!(
            "Start it in a second terminal: cargo run --bin ",
            env!("CARGO_PKG_NAME"),
            "-server. Then reload this page."
        )
        .into(),
    }
    .into_response()
}
