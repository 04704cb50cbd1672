//! `POST /logout`: this client forgets the tokens and the browser. The server is not told.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Redirect;
use web::Session;

use crate::store::App;

pub async fn post(State(app): State<Arc<App>>, session: Session) -> Redirect {
    for name in ["browser", "browser_before"] {
        if let Some(browser) = session.get(name).await {
            app.tokens.remove(&browser);
            // A login that is under way looks for its request when the tokens arrive, and finds nothing.
            app.pending.remove_where(|row| row.browser == browser);
        }
    }
    session.end().await;
    Redirect::to("/")
}
