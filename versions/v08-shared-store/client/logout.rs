//! `POST /logout`: this client forgets the tokens and the browser. The server is not told.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Redirect;
use web::Session;

use crate::store::App;

pub async fn post(State(app): State<Arc<App>>, session: Session) -> Redirect {
    let browser = session.browser().await;
    app.tokens.remove(browser.key());
    // A login that is under way looks for its request when the tokens arrive, and finds nothing.
    app.pending.remove_where(|row| browser.is(&row.browser) || browser.was(&row.browser));
    session.end().await;
    Redirect::to("/")
}
