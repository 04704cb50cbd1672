//! Whom a check talks to: a server, its users and clients, and what the checker knows about it.

use std::sync::Arc;
use std::time::Duration;

use crate::browser::Browser;
use crate::encoding::s256;
use crate::http::{Http, TOO_LONG};
use crate::ladder::Capability;
use crate::pair::{Executables, Pair};
use crate::play::Standing;
use crate::request::Request;
use crate::verdict::Verdict;
use serde_json::Value;

/// A user of the server.
#[derive(Clone, Debug)]
pub struct User {
    /// The `username` of the login form.
    pub username: String,
    /// The `password` of the login form.
    pub password: String,
}

/// A client that the server knows.
#[derive(Clone, Debug)]
pub struct App {
    /// RFC 6749 §2.2.
    pub client_id: String,
    /// RFC 6749 §2.3.1; a public client has none.
    pub client_secret: Option<String>,
    /// Registered redirect URIs, as registered.
    pub redirect_uris: Vec<String>,
}

impl App {
    /// The redirect URI that checks use.
    pub fn redirect_uri(&self) -> &str {
        self.redirect_uris.first().map_or("", String::as_str)
    }
}

/// Whom a check talks to. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Target {
    /// The version whose rules are checked: 4 for v04.
    pub version: u8,
    /// The version of the rule that is being checked. The good path next to it goes no further than this version:
    /// a rule of v01 must not fail because a server has no `/token` yet.
    pub rule: u8,
    /// Whether answers are held to the lab's own error contract. A MUST or SHOULD is content with what its RFC asks for.
    pub exact: bool,
    /// The server's URL without trailing slash: `http://localhost:5000`.
    pub server: String,
    /// The client's URL, if one runs and answers: `http://localhost:5001`.
    pub client: Option<String>,
    /// At least one; `user0` and `user1` of the lab.
    pub users: Vec<User>,
    /// A confidential client with one redirect URI: `demo-client`.
    pub demo: App,
    /// A second confidential client with two redirect URIs: `demo-other`.
    pub other: Option<App>,
    /// A public client, from v04: `demo-public`.
    pub public: Option<App>,
    /// The secret that signs access tokens (HS256), if known.
    pub jwt_secret: Option<Vec<u8>>,
    /// Whether requests carry a challenge even by the rules of v01 and v02, because the server demands one already.
    pub demands_challenge: bool,
    /// Whether clients show their secret in the body, because the server takes no Basic (RFC 6749 §2.3.1).
    pub secret_in_body: bool,
    /// Sends every request of the checks.
    pub http: Http,
    /// The pair of this target, when we started it.
    pub pair: Option<Arc<Pair>>,
    /// The real binaries, when there are any to start with other settings.
    pub executables: Option<Executables>,
    /// The played server to which a foreign client points (`--play-server`).
    pub play: Option<Standing>,
    /// Whether nobody else uses this pair, so that [`Target::alone`] needs no other.
    pub unshared: bool,
}

impl Target {
    /// The lab's own names and passwords, on a server at `server` whose client is at `client`.
    pub fn lab(version: u8, server: &str, redirect_uri: &str) -> Self {
        let app = |id: &str, secret: Option<&str>, redirect_uris: &[String]| App {
            client_id: id.to_owned(),
            client_secret: secret.map(str::to_owned),
            redirect_uris: redirect_uris.to_vec(),
        };
        let user = |number: u8| User {
            username: format!("user{number}"),
            password: format!("password{number}"),
        };
        let callback = redirect_uri.to_owned();
        let others = [
            "http://127.0.0.1:5666/callback".to_owned(),
            format!("{redirect_uri}?from=other"),
        ];
        Target {
            version,
            rule: version,
            exact: true,
            server: server.to_owned(),
            client: None,
            users: vec![user(0), user(1)],
            demo: app("demo-client", Some("demo-secret"), std::slice::from_ref(&callback)),
            other: Some(app("demo-other", Some("other-secret"), &others)),
            public: (Capability::TokenEndpoint.is_in(version))
                .then(|| app("demo-public", None, std::slice::from_ref(&callback))),
            jwt_secret: None,
            demands_challenge: false,
            secret_in_body: false,
            http: Http::default(),
            pair: None,
            executables: None,
            play: None,
            unshared: false,
        }
    }

    /// Can a server and a client of this version do this?
    pub fn has(&self, capability: Capability) -> bool {
        capability.is_in(self.version)
    }

    /// The key in `/debug/state` of the row that belongs to a secret: from the shared store on, its hash.
    pub fn key(&self, secret: &str) -> String {
        match self.has(Capability::SharedStore) {
            true => s256(secret),
            false => secret.to_owned(),
        }
    }

    /// Waits until the server has made room in its tables: where a store is shared, it does so once a second.
    pub async fn settle(&self) {
        if self.has(Capability::SharedStore) {
            tokio::time::sleep(Duration::from_millis(1300)).await;
        }
    }

    /// What the pair calls itself on its pages. A pair that we did not start has the name of its version.
    pub fn name(&self) -> String {
        let name = self.executables.as_ref().and_then(Executables::name);
        name.map_or_else(|| format!("v{:02}", self.version), str::to_owned)
    }

    /// The target of a pair that we started.
    pub fn of_pair(version: u8, pair: Arc<Pair>, executables: &Executables) -> Self {
        let mut target = Target::lab(version, &pair.server.url, &pair.redirect_uri());
        target.client = Some(pair.client.url.clone());
        target.jwt_secret = Some(pair.jwt_secret.clone());
        target.pair = Some(pair);
        target.executables = Some(executables.clone());
        target
    }

    /// The same version on a fresh pair with other settings; it ends when the last clone of the target is dropped.
    ///
    /// # Errors
    /// Skipped when there are no binaries to start (a foreign server); failed when they do not start.
    pub async fn with_settings(&self, settings: &[(&str, &str)]) -> Result<Target, Verdict> {
        let Some(executables) = &self.executables else {
            let settings: Vec<String> =
                settings.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let settings = settings.join(" ");
            return Err(Verdict::skipped(format!("a server started with {settings}")));
        };
        let pair = Pair::start(executables, settings).await.map_err(|trouble| {
            Verdict::failed(format!("start with {settings:?}"), "a running pair", trouble)
        })?;
        let mut target = Target::of_pair(self.version, Arc::new(pair), executables);
        target.rule = self.rule;
        target.exact = self.exact;
        Ok(target)
    }

    /// The same version on a pair of its own, where there are binaries to start: `/debug/state` shows the newest rows
    /// only, and other checks fill the shared one at the same time.
    ///
    /// # Errors
    /// It does not start.
    pub async fn alone(&self) -> Result<Target, Verdict> {
        match self.executables {
            Some(_) if !self.unshared => self.with_settings(&[]).await,
            _ => Ok(self.clone()),
        }
    }

    /// A browser without cookies.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.http)
    }

    /// The URL of a path of the server.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server)
    }

    /// The first user.
    ///
    /// # Errors
    /// Skipped when no user is known.
    pub fn user(&self) -> Result<&User, Verdict> {
        self.users.first().ok_or_else(|| Verdict::skipped("a user and a password"))
    }

    /// The second client.
    ///
    /// # Errors
    /// Skipped when there is none.
    pub fn other(&self) -> Result<&App, Verdict> {
        self.other
            .as_ref()
            .ok_or_else(|| Verdict::skipped("a second client with two redirect URIs (demo-other)"))
    }

    /// The public client.
    ///
    /// # Errors
    /// Skipped when there is none.
    pub fn public(&self) -> Result<&App, Verdict> {
        self.public.as_ref().ok_or_else(|| Verdict::skipped("a public client (demo-public)"))
    }

    /// The secret that signs access tokens.
    ///
    /// # Errors
    /// Skipped when it is unknown.
    pub fn jwt_secret(&self) -> Result<&[u8], Verdict> {
        self.jwt_secret
            .as_deref()
            .ok_or_else(|| Verdict::skipped("the secret that signs the tokens (--jwt-secret)"))
    }

    /// The pair that we started, whose log we can read.
    ///
    /// # Errors
    /// Skipped on a server that we did not start.
    pub fn pair(&self) -> Result<&Pair, Verdict> {
        self.pair.as_deref().ok_or_else(|| Verdict::skipped("the log of the server"))
    }

    /// `storage` of the server's `/debug/state`.
    ///
    /// # Errors
    /// Skipped when it does not answer in JSON.
    pub async fn storage(&self) -> Result<Value, Verdict> {
        Ok(self.debug_state().await?["storage"].take())
    }

    /// All of the server's `/debug/state`.
    ///
    /// # Errors
    /// Skipped when it does not answer in JSON, or more than can be read.
    pub async fn debug_state(&self) -> Result<Value, Verdict> {
        let needs = || Verdict::skipped("/debug/state of the server (JSON with storage)");
        let request = Request::get(self.url("/debug/state?format=json"));
        let answer = match self.http.send(request).await {
            Err(Verdict::Failed { got, .. }) if got.starts_with(TOO_LONG) => return Err(needs()),
            answer => answer?,
        };
        let state =
            answer.json().filter(|state| answer.status == 200 && state["storage"].is_object());
        state.ok_or_else(needs)
    }
}

/// Waits until a lifetime of `seconds` has surely passed; servers may count in whole seconds.
pub async fn outlive(seconds: u64) {
    tokio::time::sleep(Duration::from_millis(seconds * 1000 + 1100)).await;
}
