//! The code becomes a login of this browser: once, and to the end, even if the browser doesn't wait for it.

use std::sync::Arc;

use web::Moment;
use web::random_token;

use crate::store::App;
use crate::store::KEEP_TOKENS;
use crate::store::Pending;
use crate::token;
use crate::token::Failure;

/// Exchanges the code, and returns the key of the new login. Whoever comes second gets the outcome of the first.
pub async fn once(
    app: &Arc<App>,
    state: &str,
    code: &str,
    row: Pending,
) -> Result<String, Failure> {
    let (app, state, code) = (app.clone(), state.to_string(), code.to_string());
    // On a task of its own: a code works once, so an exchange that is given up halfway is a login that is lost.
    let task = tokio::spawn(async move {
        row.outcome.get_or_init(|| log_in(&app, &state, &code, &row)).await.clone()
    });
    task.await.unwrap_or_else(|error| Err(Failure::new(error)))
}

/// The code goes to the token endpoint (RFC 6749 §4.1.3), with the verifier of its flow (RFC 7636 §4.5).
async fn log_in(app: &App, state: &str, code: &str, row: &Pending) -> Result<String, Failure> {
    let request = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", &app.settings.redirect_uri),
        ("code_verifier", &row.code_verifier),
    ];
    let tokens = token::ask(app, &request).await?;
    // Logging out in the meantime removes the request: then its tokens are not kept.
    if app.pending.get(state).is_none() {
        return Err(Failure::new("You logged out before it came."));
    }
    app.tokens.remove(&row.browser);
    let login = random_token();
    app.tokens.insert(&login, tokens, Moment::now_plus(KEEP_TOKENS).time());
    Ok(login)
}
