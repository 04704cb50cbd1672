//! What the authorization server remembers.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use store::Table;
use web::Moment;
use web::Settings;

use crate::jwt::Keys;

/// Everything that the handlers share. Clones share the same tables.
#[derive(Clone)]
pub struct App {
    pub settings: Arc<Settings>,
    pub users: Arc<BTreeMap<String, User>>,
    pub clients: Arc<BTreeMap<String, Client>>,
    pub authorization_requests: Table<AuthorizationRequest>,
    pub authorization_codes: Table<AuthorizationCode>,
    pub keys: Arc<Keys>,
    pub access_tokens: Table<AccessToken>,
    pub refresh_tokens: Table<RefreshToken>,
}

/// A resource owner who can log in.
#[derive(Clone, Serialize)]
pub struct User {
    pub password: String,
    pub user_id: String,
}

/// A registered client (RFC 6749 §2).
#[derive(Clone, Serialize)]
pub struct Client {
    /// A public client has none: it could not keep it (RFC 6749 §2.1).
    pub client_secret: Option<String>,
    pub redirect_uris: Vec<String>,
    pub token_endpoint_auth_method: &'static str,
}

/// A request that was found good and waits for the login. Its key is the ticket of the login form.
#[derive(Clone, Serialize)]
pub struct AuthorizationRequest {
    pub client_id: String,
    pub redirect_uri: String,
    pub state: Option<String>,
    pub code_challenge: Option<String>,
    pub code_challenge_method: Option<String>,
}

/// A code, and what it was given for (RFC 6749 §4.1.2). Its key is the code.
#[derive(Clone, Serialize)]
pub struct AuthorizationCode {
    pub client_id: String,
    pub redirect_uri: String,
    pub code_challenge: Option<String>,
    pub user_id: String,
    pub expires_at: Moment,
    pub used: bool,
    pub code_challenge_method: Option<String>,
    pub used_at: Option<Moment>,
    /// Wrong tries so far.
    pub attempts: u32,
    /// The code was replayed: every token that came from it is dead.
    pub revoked: bool,
}

/// An access token that was issued. Its key is the token's `jti`.
#[derive(Clone, Serialize)]
pub struct AccessToken {
    pub user_id: String,
    pub client_id: String,
    pub expires_at: Moment,
    /// The code that the token came from. While that row lives and is not revoked, so does the token.
    pub code_id: String,
}

/// A refresh token that was issued (RFC 6749 §1.5). Its key is the token.
#[derive(Clone, Serialize)]
pub struct RefreshToken {
    /// The code that the whole family came from.
    pub family_id: String,
    pub client_id: String,
    pub user_id: String,
    pub issued_at: Moment,
    /// The end of the family: no rotation moves it.
    pub expires_at: Moment,
    /// The end of this token, if it lies unused.
    pub idle_until: Moment,
    pub used_at: Option<Moment>,
    pub replaced_by: Option<String>,
}

impl App {
    /// Empty tables, and the registered users and clients. The error is a sentence on a setting that is refused.
    pub fn new(settings: Settings) -> Result<App, String> {
        Ok(App {
            users: Arc::new(users()),
            clients: Arc::new(clients(&settings)),
            authorization_requests: Table::new(settings.max_rows),
            authorization_codes: Table::new(settings.max_rows),
            keys: Arc::new(Keys::new(&settings)?),
            access_tokens: Table::new(settings.max_rows),
            refresh_tokens: Table::new(settings.max_rows),
            settings: Arc::new(settings),
        })
    }

    /// Whether tokens that came from this code may still be used.
    pub fn is_alive(&self, code_id: &str) -> bool {
        self.authorization_codes.update(code_id, |code| !code.revoked) == Some(true)
    }
}

fn users() -> BTreeMap<String, User> {
    let user = |name: &str, password: &str| {
        let user = User {
            password: password.to_string(),
            user_id: name.to_string(),
        };
        (name.to_string(), user)
    };
    BTreeMap::from([
        user("user0", "password0"),
        user("user1", "password1"),
    ])
}

fn clients(settings: &Settings) -> BTreeMap<String, Client> {
    let demo_client = Client {
        client_secret: Some(settings.client_secret.clone()),
        redirect_uris: vec![settings.redirect_uri.clone()],
        token_endpoint_auth_method: "client_secret_basic",
    };
    let demo_other = Client {
        client_secret: Some("other-secret".to_string()),
        redirect_uris: vec![
            "http://127.0.0.1:5666/callback".to_string(),
            format!("{}?from=other", settings.redirect_uri),
        ],
        token_endpoint_auth_method: "client_secret_basic",
    };
    let demo_public = Client {
        client_secret: None,
        redirect_uris: vec![settings.redirect_uri.clone()],
        token_endpoint_auth_method: "none",
    };
    BTreeMap::from([
        (settings.client_id.clone(), demo_client),
        ("demo-other".to_string(), demo_other),
        ("demo-public".to_string(), demo_public),
    ])
}
