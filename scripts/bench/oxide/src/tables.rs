//! What the server remembers: oxide-auth's own in-memory maps behind one lock, and the sessions.

use std::collections::HashMap;
use std::error::Error;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use oxide_auth::code_grant::extensions::Pkce;
use oxide_auth::endpoint::Endpoint;
use oxide_auth::endpoint::OwnerSolicitor;
use oxide_auth::frontends::simple::endpoint::ErrorInto;
use oxide_auth::frontends::simple::endpoint::Generic;
use oxide_auth::frontends::simple::endpoint::Vacant;
use oxide_auth::frontends::simple::extensions::AddonList;
use oxide_auth::frontends::simple::extensions::Extended;
use oxide_auth::primitives::authorizer::AuthMap;
use oxide_auth::primitives::generator::RandomGenerator;
use oxide_auth::primitives::issuer::TokenMap;
use oxide_auth::primitives::registrar::Client;
use oxide_auth::primitives::registrar::ClientMap;
use oxide_auth::primitives::registrar::ExactUrl;
use oxide_auth::primitives::registrar::PasswordPolicy;
use oxide_auth::primitives::registrar::RegistrarError;
use oxide_auth::primitives::scope::Scope;
use oxide_auth_axum::OAuthRequest;
use oxide_auth_axum::WebError;
use subtle::ConstantTimeEq;

/// 256 bits, as in the lab's codes and tokens.
const SECRET_BYTES: usize = 32;

/// Shared by all handlers.
pub type App = Arc<Mutex<Tables>>;

/// Everything that changes.
pub struct Tables {
    /// Who is logged in, by session id.
    pub sessions: HashMap<String, String>,
    registrar: ClientMap,
    authorizer: AuthMap<RandomGenerator>,
    issuer: TokenMap<RandomGenerator>,
    addons: AddonList,
    scopes: [Scope; 1],
}

/// Compares secrets as the lab does. oxide-auth's default, Argon2, would cost more than the rest of a flow.
struct Plain;

impl PasswordPolicy for Plain {
    fn store(&self, _: &str, passphrase: &[u8]) -> Vec<u8> {
        passphrase.to_vec()
    }

    fn check(&self, _: &str, passphrase: &[u8], stored: &[u8]) -> Result<(), RegistrarError> {
        let same: bool = passphrase.ct_eq(stored).into();
        if same {
            Ok(())
        } else {
            Err(RegistrarError::Unspecified)
        }
    }
}

impl Tables {
    /// The demo client, and nothing else yet.
    pub fn shared() -> Result<App, Box<dyn Error>> {
        let scope: Scope = "me".parse()?;
        let redirect_uri = ExactUrl::new("http://localhost:5001/callback".to_owned())?;
        let secret = b"demo-secret";
        let client =
            Client::confidential("demo-client", redirect_uri.into(), scope.clone(), secret);
        let mut registrar = ClientMap::new();
        registrar.set_password_policy(Plain);
        registrar.register_client(client);
        let mut addons = AddonList::new();
        addons.push_code(Pkce::required());
        Ok(Arc::new(Mutex::new(Tables {
            sessions: HashMap::new(),
            registrar,
            authorizer: AuthMap::new(RandomGenerator::new(SECRET_BYTES)),
            issuer: TokenMap::new(RandomGenerator::new(SECRET_BYTES)),
            addons,
            scopes: [scope],
        })))
    }

    /// What every flow of oxide-auth runs on.
    pub fn endpoint<'a, S>(
        &'a mut self,
        solicitor: S,
    ) -> impl Endpoint<OAuthRequest, Error = WebError> + 'a
    where
        S: OwnerSolicitor<OAuthRequest> + 'a,
    {
        let inner = Generic {
            registrar: &self.registrar,
            authorizer: &mut self.authorizer,
            issuer: &mut self.issuer,
            solicitor,
            scopes: &self.scopes[..],
            response: Vacant,
        };
        ErrorInto::new(Extended::extend_with(inner, &mut self.addons))
    }

    /// Remembers who is logged in, under a new id.
    pub fn new_session(&mut self, user: &str) -> String {
        let id: [u8; 16] = rand::random();
        let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
        self.sessions.insert(id.clone(), user.to_owned());
        id
    }
}

/// The tables, even if a handler panicked while it held them.
pub fn lock(app: &App) -> MutexGuard<'_, Tables> {
    app.lock().unwrap_or_else(PoisonError::into_inner)
}
