//! The code becomes a login of this browser (RFC 6749 §4.1.3).

use std::sync::Arc;

use web::Moment;
use web::SESSION_LIFETIME;
use web::random_token;

use crate::store::App;
use crate::store::Outcome;
use crate::store::Pending;
use crate::token;

/// Exchanges the code, with the verifier of its flow (RFC 7636 §4.5), and returns the key of the new login.
pub async fn log_in(app: Arc<App>, state: String, code: String, row: Pending) -> Outcome {
    let request = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", &app.settings.redirect_uri),
        ("code_verifier", &row.code_verifier),
    ];
    let mut tokens = token::ask(&app, &request).await?;
    tokens.asked = row.purpose.scope;
    let login = random_token();
    app.tokens.insert(&login, tokens, Moment::now_plus(SESSION_LIFETIME).time());
    // Logging out in the meantime removes the request: then its tokens are not kept.
    if app.pending.get(&state).is_none() {
        app.tokens.remove(&login);
        return Ok(row.browser);
    }
    app.tokens.remove(&row.browser);
    Ok(login)
}
