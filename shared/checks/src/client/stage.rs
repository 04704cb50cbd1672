//! The stage of a client check: a played server, the client under test, and browsers.

use std::sync::Arc;

use kit::ladder::Capability;
use kit::pair::{change, free_port, settings};
use kit::play::Registration;
use kit::{Browser, Executables, Http, PlayServer, Process, Target, Verdict};
use tokio::sync::OwnedMutexGuard;

/// How often a port may be taken by somebody else between our look and the start of the client.
const TRIES: u32 = 8;

/// A client that points at a played server. Both end with it, if they began with it.
pub struct Stage {
    /// The server that we play.
    pub play: Arc<PlayServer>,
    /// The client's URL without trailing slash.
    pub client: String,
    /// The version whose rules are checked.
    pub version: u8,
    /// The version of the rule that is being checked: the good path next to it goes no further.
    pub rule: u8,
    /// Whether a refusal must look as the lab wants it ([`Target::exact`]).
    pub exact: bool,
    /// Whether the client is our own binary, started for this check.
    pub ours: bool,
    http: Http,
    process: Option<Process>,
    _turn: Option<OwnedMutexGuard<()>>,
}

impl Stage {
    /// Can the client that is judged do this?
    pub fn has(&self, capability: Capability) -> bool {
        capability.is_in(self.version)
    }

    /// Our client, started for this check; or the foreign one that points at the standing played server.
    ///
    /// # Errors
    /// Skipped when there is neither; failed when our client does not start.
    pub async fn open(target: &Target) -> Result<Stage, Verdict> {
        if target.executables.is_some() {
            return Stage::open_with(target, &[]).await;
        }
        let (Some(standing), Some(client)) = (&target.play, &target.client) else {
            return Err(Verdict::skipped(
                "a client that points at a server played by us (--play-server PORT)",
            ));
        };
        let turn = standing.turn().await.map_err(|trouble| {
            Verdict::skipped(format!("the port of the played server ({trouble})"))
        })?;
        Ok(Stage {
            play: Arc::clone(standing.server()),
            client: client.clone(),
            version: target.version,
            rule: target.rule,
            exact: target.exact,
            ours: false,
            http: target.http.clone(),
            process: None,
            _turn: Some(turn),
        })
    }

    /// Our client with other settings.
    ///
    /// # Errors
    /// Skipped when the client is not ours to start; failed when it does not start.
    pub async fn open_with(target: &Target, changed: &[(&str, &str)]) -> Result<Stage, Verdict> {
        let Some(executables) = &target.executables else {
            let wanted = changed.iter().map(|(name, value)| format!("{name}={value}"));
            let wanted = wanted.collect::<Vec<_>>().join(" ");
            return Err(Verdict::skipped(format!("a client started with {wanted}")));
        };
        let broken =
            |trouble: String| Verdict::failed("start the client", "a running client", trouble);
        let setting = |name: &str| {
            let found = changed.iter().find(|setting| setting.0 == name);
            found.map(|setting| setting.1.to_owned())
        };
        let (demo, secret) = (&target.demo, target.demo.client_secret.clone());
        let known = Registration {
            client_id: setting("CLIENT_ID").unwrap_or_else(|| demo.client_id.clone()),
            client_secret: setting("CLIENT_SECRET").or(secret).unwrap_or_default(),
        };
        let play = PlayServer::start(0, known).await;
        let play = play.map_err(|trouble| broken(trouble.to_string()))?;
        let process = start(executables, &play, changed).await.map_err(broken)?;
        Ok(Stage {
            play: Arc::new(play),
            client: process.url.clone(),
            version: target.version,
            rule: target.rule,
            exact: target.exact,
            ours: true,
            http: target.http.clone(),
            process: Some(process),
            _turn: None,
        })
    }

    /// Our client: the rule is about something that each client may settle for itself, or that only ours shows.
    ///
    /// # Errors
    /// Skipped when the client is not ours to start; failed when it does not start.
    pub async fn ours(target: &Target, what: &str) -> Result<Stage, Verdict> {
        match &target.executables {
            Some(_) => Stage::open(target).await,
            None => Err(Verdict::skipped(format!("a client of this lab: {what}"))),
        }
    }

    /// Whether the good path beside a rule may use what this version brings. Our client has it all; somebody else's
    /// must not fail a rule of v04 because it has no `/profile` yet.
    pub fn reaches(&self, capability: Capability) -> bool {
        capability.is_in(self.rule) || (self.ours && self.has(capability))
    }

    /// What the client has printed so far.
    ///
    /// # Errors
    /// Skipped when it was not started by us.
    pub fn log(&self) -> Result<String, Verdict> {
        let process = self.process.as_ref();
        process.map(Process::log).ok_or_else(|| Verdict::skipped("the log of the client"))
    }

    /// A browser without cookies.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.http)
    }

    /// The played server listens again, at the same address.
    ///
    /// # Errors
    /// Somebody took the port meanwhile.
    pub async fn reopen(&self) -> Result<(), Verdict> {
        self.play.open().await.map_err(|trouble| {
            Verdict::failed("the played server listens again", "its old port", trouble.to_string())
        })
    }

    /// The URL of a path of the client.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.client)
    }
}

async fn start(
    executables: &Executables,
    play: &PlayServer,
    changed: &[(&str, &str)],
) -> Result<Process, String> {
    let mut last = String::new();
    for _ in 0..TRIES {
        let port = free_port()?;
        let mut settings = settings(play.port(), port, &rand::random::<[u8; 32]>());
        change(&mut settings, changed);
        let url = format!("http://localhost:{port}");
        match Process::start(&executables.client, &settings, &url).await {
            Ok(process) => return Ok(process),
            Err(trouble) => last = trouble,
        }
    }
    Err(last)
}
