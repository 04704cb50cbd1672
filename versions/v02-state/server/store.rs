//! What the authorization server remembers.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use store::Table;
use web::Moment;
use web::Settings;

/// Everything that the handlers share. Clones share the same tables.
#[derive(Clone)]
pub struct App {
    pub settings: Arc<Settings>,
    pub users: Arc<BTreeMap<String, User>>,
    pub clients: Arc<BTreeMap<String, Client>>,
    pub authorization_requests: Table<AuthorizationRequest>,
    pub authorization_codes: Table<AuthorizationCode>,
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
}

/// A request that was found good and waits for the login. Its key is the ticket of the login form.
#[derive(Clone, Serialize)]
pub struct AuthorizationRequest {
    pub client_id: String,
    pub redirect_uri: String,
    pub state: Option<String>,
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
}

impl App {
    /// Empty tables, and the registered users and clients. The error is a sentence on a setting that is refused.
    pub fn new(settings: Settings) -> Result<App, String> {
        Ok(App {
            users: Arc::new(users()),
            clients: Arc::new(clients(&settings)),
            authorization_requests: Table::new(settings.max_rows),
            authorization_codes: Table::new(settings.max_rows),
            settings: Arc::new(settings),
        })
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
    };
    let demo_other = Client {
        client_secret: Some("other-secret".to_string()),
        redirect_uris: vec![
            "http://127.0.0.1:5666/callback".to_string(),
            format!("{}?from=other", settings.redirect_uri),
        ],
    };
    BTreeMap::from([
        (settings.client_id.clone(), demo_client),
        ("demo-other".to_string(), demo_other),
    ])
}
