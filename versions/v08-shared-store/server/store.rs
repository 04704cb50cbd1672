//! What the authorization server remembers.
//!
//! Thousands of rows name the same few users, clients and addresses, so that text is shared (`Arc<str>`).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde::Serialize;
use web::Moment;
use web::Settings;

use crate::jwt::Keys;
use crate::scope::Scope;
use crate::storage::Key;
use crate::storage::Store;
use crate::storage::Table;
use crate::storage::Told;

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
    pub consents: Table<Consent>,
    /// What the API holds: the notes of each user, the oldest first.
    pub notes: Table<Vec<Note>>,
    /// Behind all of these tables.
    pub store: Store,
}

/// A resource owner who can log in.
#[derive(Clone, Serialize)]
pub struct User {
    pub password: String,
    pub user_id: Arc<str>,
    /// What the user may do here, whichever client they use.
    pub roles: &'static [&'static str],
}

/// A registered client (RFC 6749 §2).
#[derive(Clone, Serialize)]
pub struct Client {
    /// A public client has none: it could not keep it (RFC 6749 §2.1).
    pub client_secret: Option<String>,
    pub redirect_uris: Vec<Arc<str>>,
    pub token_endpoint_auth_method: &'static str,
    /// What users know it by.
    pub name: &'static str,
    /// All that it may ask for.
    pub allowed_scopes: Scope,
}

/// A request that was found good and waits for the login. Its key is the ticket of the login form.
#[derive(Clone, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    pub client_id: Arc<str>,
    pub redirect_uri: Arc<str>,
    pub state: Option<String>,
    /// What the first login with this ticket was answered.
    pub answer: Option<Answer>,
    pub code_challenge: Option<String>,
    pub code_challenge_method: Option<String>,
    pub scope: Scope,
    /// Set when the user is first asked.
    pub question: Option<Question>,
}

/// Who was asked for consent, and the token that their form carries.
#[derive(Clone, Serialize, Deserialize)]
pub struct Question {
    pub browser: String,
    pub user_id: Arc<str>,
    pub csrf_token: String,
}

/// The answer to an authorization request: whose it is, and the code that went out.
#[derive(Clone, Serialize, Deserialize)]
pub struct Answer {
    pub user_id: Arc<str>,
    /// Empty if the user said no.
    pub code: String,
    pub given_at: Moment,
    pub scope: Scope,
}

/// A code, and what it was given for (RFC 6749 §4.1.2). Its key is the code.
#[derive(Clone, Serialize, Deserialize)]
pub struct AuthorizationCode {
    pub client_id: Arc<str>,
    pub redirect_uri: Arc<str>,
    pub code_challenge: Option<String>,
    pub user_id: Arc<str>,
    pub expires_at: Moment,
    pub used: bool,
    pub code_challenge_method: Option<String>,
    /// What redeeming the code led to: a second try revokes it.
    pub grant_id: Option<Key>,
    /// What the user allowed, which may be less than was asked for.
    pub scope: Scope,
}

/// What a user granted to a client, from the redeemed code on. Its key is a secret of its own.
#[derive(Clone, Serialize, Deserialize)]
pub struct Grant {
    pub user_id: Arc<str>,
    pub client_id: Arc<str>,
    /// Looked at whenever a token of this grant is used, so this one flag ends them all.
    pub revoked: bool,
    /// No refresh moves it: a login ends a fixed time after it began.
    pub expires_at: Moment,
    /// The second half of the one refresh token that works now (RFC 6749 §1.5). Only its hash is kept.
    pub refresh_token: Key,
    pub issued_at: Moment,
    /// The end of that refresh token, if nobody uses it.
    pub idle_until: Moment,
    pub rotations: u64,
    /// The `jti` of the access token that is in use.
    pub access_token: Option<Key>,
    pub scope: Scope,
}

/// An access token that was issued. Its key is the token's `jti`.
#[derive(Clone, Serialize, Deserialize)]
pub struct AccessToken {
    pub user_id: Arc<str>,
    pub client_id: Arc<str>,
    pub expires_at: Moment,
    pub grant_id: Key,
    /// Never more than the grant's.
    pub scope: Scope,
}

/// What a user has allowed a client, so that the same question is not asked again: its key says it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Consent {
    pub expires_at: Moment,
}

/// One note, and the client that wrote it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Note {
    pub text: String,
    pub written_by: Arc<str>,
    pub written_at: Moment,
}

impl App {
    /// What the store holds, and the registered users and clients.
    ///
    /// What belongs to a user is in fair tables: a flood by one user pushes out only that user's own rows.
    pub fn new(settings: Settings, store: Store) -> App {
        App {
            users: users(),
            clients: clients(&settings),
            authorization_requests: store.sealed("authorization_requests", |_| ""),
            authorization_codes: store.table("authorization_codes", |code| &code.user_id),
            grants: store.table("grants", |grant| &grant.user_id),
            access_tokens: store.table("access_tokens", |token| &token.user_id),
            keys: Keys::new(&settings),
            consents: store.table("consents", |_| ""),
            notes: store.lasting("notes"),
            settings,
            store,
        }
    }

    /// Whether tokens of this grant may still be used.
    pub async fn is_alive(&self, grant_id: &Key) -> Told<bool> {
        Ok(self.grants.get(grant_id).await?.map(|grant| !grant.revoked) == Some(true))
    }

    /// The first notes of each user, unless an earlier start has brought them.
    pub async fn add_notes(&self) -> Told<()> {
        for (user_id, notes) in notes(&self.settings) {
            self.notes.add(&Key::readable(user_id.to_string()), notes).await?;
        }
        Ok(())
    }
}

fn users() -> BTreeMap<Arc<str>, User> {
    let user = |name: &str, password: &str| {
        let user = User {
            password: password.to_string(),
            user_id: name.into(),
            roles: match name {
                "user1" => &["admin"],
                _ => &[],
            },
        };
        (user.user_id.clone(), user)
    };
    BTreeMap::from([
        user("user0", "password0"),
        user("user1", "password1"),
    ])
}

fn notes(settings: &Settings) -> BTreeMap<Arc<str>, Vec<Note>> {
    let note = |user_id: &str, text: &str| {
        let note = Note {
            text: text.to_string(),
            written_by: settings.client_id.as_str().into(),
            written_at: Moment::now(),
        };
        (user_id.into(), vec![note])
    };
    BTreeMap::from([
        note("user0", "The spare key is under the blue flowerpot."),
        note("user1", "Ask Ann when she is on holiday."),
    ])
}

fn clients(settings: &Settings) -> BTreeMap<Arc<str>, Client> {
    let scope = |text| Scope::parse(text).expect("these are our own scopes");
    let demo_client = Client {
        client_secret: Some(settings.client_secret.clone()),
        redirect_uris: vec![settings.redirect_uri.as_str().into()],
        token_endpoint_auth_method: "client_secret_basic",
        name: "Calendar Prints",
        allowed_scopes: scope("profile notes:read notes:write admin"),
    };
    let demo_other = Client {
        client_secret: Some("other-secret".to_string()),
        redirect_uris: vec![
            "http://127.0.0.1:5666/callback".into(),
            format!("{}?from=other", settings.redirect_uri).into(),
        ],
        token_endpoint_auth_method: "client_secret_basic",
        name: "Wallpaper of the Day",
        allowed_scopes: scope("profile notes:read"),
    };
    let demo_public = Client {
        client_secret: None,
        redirect_uris: vec![settings.redirect_uri.as_str().into()],
        token_endpoint_auth_method: "none",
        name: "Calendar Prints for phones",
        allowed_scopes: scope("profile notes:read"),
    };
    BTreeMap::from([
        (settings.client_id.as_str().into(), demo_client),
        ("demo-other".into(), demo_other),
        ("demo-public".into(), demo_public),
    ])
}
