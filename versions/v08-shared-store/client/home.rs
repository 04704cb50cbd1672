//! `GET /`: where the flow starts, and where it ends.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use web::Session;
use web::answers;
use web::context;
use web::jwt_part;
use web::page;
use web::shorten;

use crate::params::encode;
use crate::store::App;

pub async fn get(State(app): State<Arc<App>>, session: Session) -> Response {
    let server_answers = answers(&app.settings.auth_server_url).await;
    let browser = session.browser().await;
    let tokens = app.tokens.get(browser.key());
    app.tokens.update(browser.key(), |row| row.news = None);
    let context = context! {
        server_answers,
        user_id => tokens.as_ref().filter(|row| !row.ended).and_then(|row| row.user_id.clone()),
        // The token itself is shortened: whoever has it can use it.
        login => tokens.map(|tokens| context! {
            access_token => shorten(&tokens.access_token),
            asked => tokens.asked,
            scope => tokens.scope(),
            token_type => tokens.token_type,
            expires_in => tokens.expires_in,
            received_at => tokens.received_at.to_string(),
            news => tokens.news,
            header => jwt_part(&tokens.access_token, 0),
            claims => jwt_part(&tokens.access_token, 1),
            ended => tokens.ended,
            refresh_tokens => tokens.received_refresh_tokens.iter().map(shorten).collect::<Vec<_>>(),
            // Encoded: it stands in a line for a shell, and a foreign server may send quotes.
            replay => tokens.received_refresh_tokens.get(1).map(|old| encode(old).to_string()),
            client_id => encode(&app.settings.client_id).to_string(),
            client_secret => encode(&app.settings.client_secret).to_string(),
        }),
    };
    page("home.html", context)
}
