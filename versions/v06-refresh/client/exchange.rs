//! The code becomes a login of this browser, once and to the end, even if the browser doesn't wait for it.

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
    pending: Pending,
) -> Result<String, Failure> {
    let (app, state, code) = (app.clone(), state.to_string(), code.to_string());
    // On a task of its own: a code works once, so an exchange that is given up halfway is a login that is lost.
    let exchange = tokio::spawn(async move {
        pending.outcome.get_or_init(|| log_in(&app, &state, &code, &pending)).await.clone()
    });
    exchange.await.unwrap_or(Err(Failure::Unreachable))
}

async fn log_in(app: &App, state: &str, code: &str, pending: &Pending) -> Result<String, Failure> {
    let tokens = token::redeem(app, code, &pending.code_verifier).await?;
    // Logging out in the meantime removes the request: then its tokens are not kept.
    app.pending.get(state).ok_or(Failure::LoggedOut)?;
    app.tokens.remove(&pending.browser);
    let login = random_token();
    app.tokens.insert(&login, tokens, Moment::now_plus(KEEP_TOKENS).time());
    Ok(login)
}
