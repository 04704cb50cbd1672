//! What the authorization server remembers.
//!
//! Thousands of rows name the same few users, clients and addresses, so that text is shared (`Arc<str>`).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use store::Table;
use web::Moment;
use web::Settings;

use crate::jwt::Keys;

/// Everything that the handlers share.
pub struct App {
    pub settings: Settings,
    pub users: BTreeMap<Arc<str>, User>,
    pub clients: BTreeMap<Arc<str>, Client>,
    pub authorization_requests: Table<AuthorizationRequest>,
    pub authorization_codes: Table<AuthorizationCode>,
    pub grants: Table<Grant>,
    pub access_tokens: Table<AccessToken>,
    pub keys: Keys,
}

/// A resource owner who can log in.
#[derive(Clone, Serialize)]
pub struct User {
    pub password: String,
    pub user_id: Arc<str>,
}

/// A registered client (RFC 6749 §2).
#[derive(Clone, Serialize)]
pub struct Client {
    /// A public client has none: it could not keep it (RFC 6749 §2.1).
    pub client_secret: Option<String>,
    pub redirect_uris: Vec<Arc<str>>,
    pub token_endpoint_auth_method: &'static str,
}

/// A request that was found good and waits for the login. Its key is the ticket of the login form.
#[derive(Clone, Serialize)]
pub struct AuthorizationRequest {
    pub client_id: Arc<str>,
    pub redirect_uri: Arc<str>,
    pub state: Option<String>,
    /// What the first login with this ticket was answered.
    pub answer: Option<Answer>,
    pub code_challenge: Option<String>,
    pub code_challenge_method: Option<String>,
}

/// The answer to an authorization request: whose it is, and the code that went out.
#[derive(Clone, Serialize)]
pub struct Answer {
    pub user_id: Arc<str>,
    pub code: String,
    pub given_at: Moment,
}

/// A code, and what it was given for (RFC 6749 §4.1.2). Its key is the code.
#[derive(Clone, Serialize)]
pub struct AuthorizationCode {
    pub client_id: Arc<str>,
    pub redirect_uri: Arc<str>,
    pub code_challenge: Option<String>,
    pub user_id: Arc<str>,
    pub expires_at: Moment,
    pub used: bool,
    pub code_challenge_method: Option<String>,
    /// What redeeming the code led to: a second try revokes it.
    pub grant_id: Option<String>,
}

/// What a user granted to a client, from the redeemed code on. Its key is a secret of its own.
#[derive(Clone, Serialize)]
pub struct Grant {
    pub user_id: Arc<str>,
    pub client_id: Arc<str>,
    /// Looked at whenever a token of this grant is used, so this one flag ends them all.
    pub revoked: bool,
    pub expires_at: Moment,
}

/// An access token that was issued. Its key is the token's `jti`.
#[derive(Clone, Serialize)]
pub struct AccessToken {
    pub user_id: Arc<str>,
    pub client_id: Arc<str>,
    pub expires_at: Moment,
    pub grant_id: String,
}

impl App {
    /// Empty tables, and the registered users and clients.
    ///
    /// What belongs to a user is in fair tables: a flood by one user pushes out only that user's own rows.
    pub fn new(settings: Settings) -> App {
        App {
            users: users(),
            clients: clients(&settings),
            authorization_requests: Table::new(settings.max_rows),
            authorization_codes: Table::fair(settings.max_rows, |code| &code.user_id),
            grants: Table::fair(settings.max_rows, |grant| &grant.user_id),
            access_tokens: Table::fair(settings.max_rows, |token| &token.user_id),
            keys: Keys::new(&settings),
            settings,
        }
    }

    /// Whether tokens of this grant may still be used.
    pub fn is_alive(&self, grant_id: &str) -> bool {
        self.grants.update(grant_id, |grant| !grant.revoked) == Some(true)
    }
}

fn users() -> BTreeMap<Arc<str>, User> {
    let user = |name: &str, password: &str| {
        let user = User {
            password: password.to_string(),
            user_id: name.into(),
        };
        (user.user_id.clone(), user)
    };
    BTreeMap::from([
        user("user0", "password0"),
        user("user1", "password1"),
    ])
}

fn clients(settings: &Settings) -> BTreeMap<Arc<str>, Client> {
    let demo_client = Client {
        client_secret: Some(settings.client_secret.clone()),
        redirect_uris: vec![settings.redirect_uri.as_str().into()],
        token_endpoint_auth_method: "client_secret_basic",
    };
    let demo_other = Client {
        client_secret: Some("other-secret".to_string()),
        redirect_uris: vec![
            "http://127.0.0.1:5666/callback".into(),
            format!("{}?from=other", settings.redirect_uri).into(),
        ],
        token_endpoint_auth_method: "client_secret_basic",
    };
    let demo_public = Client {
        client_secret: None,
        redirect_uris: vec![settings.redirect_uri.as_str().into()],
        token_endpoint_auth_method: "none",
    };
    BTreeMap::from([
        (settings.client_id.as_str().into(), demo_client),
        ("demo-other".into(), demo_other),
        ("demo-public".into(), demo_public),
    ])
}
