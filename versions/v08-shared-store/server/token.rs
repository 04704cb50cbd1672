//! `POST /token`: the client gets tokens, far from the browser (RFC 6749 §3.2).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::response::Response;

use crate::client_auth;
use crate::code;
use crate::params::BadParams;
use crate::params::Params;
use crate::refresh;
use crate::store::App;
use crate::token_error::NO_STORE;
use crate::token_error::TokenError;
use crate::token_error::TokenError::InvalidRequest;
use crate::token_error::TokenError::UnsupportedGrantType;

pub async fn post(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    params: Result<Params, BadParams>,
) -> Result<Response, TokenError> {
    let params = params.map_err(TokenError::BadParams)?;
    // Who asks comes first: a stranger is told nothing else.
    let client_id = client_auth::authenticate(&app, &headers, &params)?;
    let response = match params.get("grant_type") {
        Some("authorization_code") => code::redeem(&app, client_id, &params).await?,
        Some("refresh_token") => refresh::refresh(&app, client_id, &params).await?,
        Some(_) => {
            return Err(UnsupportedGrantType("This server does not know that grant_type."));
        }
        None => return Err(InvalidRequest("grant_type is missing.")),
    };
    Ok((NO_STORE, Json(response)).into_response())
}
