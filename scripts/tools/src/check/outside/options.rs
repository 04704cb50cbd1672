//! What was asked for: the arguments, read and judged.

use std::time::Duration;

use crate::check::run::is_named;
use checks::all_checks;

use crate::check::outside::given::{Aim, port_of, seconds, secret, url};
use checks::{Check, Keyword};
use kit::target::{App, User};
use kit::{Http, Target};

/// Where a client of the lab answers.
pub const CLIENT: &str = "http://localhost:5001";

/// The arguments, read and judged.
#[derive(Clone, Debug)]
pub struct Options {
    /// The version whose rules are checked: 4 for v04.
    pub version: u8,
    /// The server to check, without trailing slash.
    pub server: Option<String>,
    /// Where the client to check answers, without trailing slash.
    pub client: String,
    /// The port on which we play the server, for the client.
    pub play_server: Option<u16>,
    /// Users of the server; none given: those of the lab.
    pub users: Vec<User>,
    /// The first client.
    pub demo: App,
    /// The second client, if it was named.
    pub other: Option<App>,
    /// The public client, if it was named.
    pub public: Option<App>,
    /// Whether the first client is the lab's own, whose neighbours are known too.
    pub demo_is_ours: bool,
    /// The secret that signs access tokens.
    pub jwt_secret: Option<Vec<u8>>,
    /// The longest time for one answer.
    pub timeout: Duration,
    /// How long we wait for the client.
    pub wait: Duration,
    /// Numbers of checks; none: all of the version.
    pub only: Vec<String>,
    /// How far down to judge; none: all rules are tried, and those of the lab are advice.
    pub level: Option<Keyword>,
    /// For programs.
    pub json: bool,
    /// Every failure with its whole report, not only the first of one cause.
    pub full: bool,
}

impl Options {
    /// What the arguments say.
    ///
    /// # Errors
    /// A sentence that says what is wrong with them.
    pub fn read(version: u8, aim: &Aim, full: bool) -> Result<Options, String> {
        let client = url("client", aim.client.as_deref().unwrap_or(CLIENT))?;
        let callback = format!("{client}/callback");
        let redirect_uri = aim.redirect_uri.as_deref().unwrap_or(&callback).to_owned();
        let options = Options {
            version,
            server: aim.server.as_deref().map(|server| url("server", server)).transpose()?,
            play_server: aim.play_server.as_deref().map(port_of).transpose()?,
            users: users(aim)?,
            demo: demo(aim, &redirect_uri),
            other: other(aim)?,
            public: aim.public_client.clone().map(|id| App {
                client_id: id,
                client_secret: None,
                redirect_uris: vec![redirect_uri],
            }),
            demo_is_ours: aim.client_id.is_none(),
            jwt_secret: aim.jwt_secret.as_deref().map(secret).transpose()?,
            timeout: seconds("timeout", aim.timeout.as_deref(), 10)?,
            wait: seconds("wait", aim.wait.as_deref(), 300)?,
            only: only(&aim.only, version)?,
            level: aim.level.as_deref().map(keyword).transpose()?,
            json: aim.json,
            full,
            client,
        };
        if options.checks().is_empty() {
            let level = options.level.map_or("lab", Keyword::level);
            return Err(format!("--level {level} leaves nothing of what --only names."));
        }
        Ok(options)
    }

    /// The checks that were asked for: MUST before SHOULD before lab rule, then by version and in the order of the
    /// catalogue.
    pub fn checks(&self) -> Vec<Check> {
        let mut checks = all_checks();
        checks.retain(|check| {
            let wanted = self.only.is_empty() || self.only.iter().any(|only| is_named(check, only));
            let judged = self.level.is_none_or(|level| check.keyword <= level);
            wanted && judged && check.holds_in(self.version)
        });
        checks.sort_by_key(|check| (check.keyword, check.first()));
        checks
    }

    /// How far down a broken rule fails the run. A server that is not ours has never heard of the lab's rules.
    pub fn counts(&self) -> Keyword {
        self.level.unwrap_or(Keyword::Should)
    }

    /// The target that these options describe. Who is known there is for [`super::look`] to find out.
    pub fn target(&self) -> Target {
        let server = self.server.clone().unwrap_or_default();
        let mut target = Target::lab(self.version, &server, self.demo.redirect_uri());
        target.http = Http::new(self.timeout).remembering_hangs();
        target.demo = self.demo.clone();
        if !self.demo_is_ours {
            (target.other, target.public) = (None, None);
        }
        target.other = self.other.clone().or(target.other);
        target.public = self.public.clone().or(target.public);
        if !self.users.is_empty() {
            target.users = self.users.clone();
        }
        target.jwt_secret = self.jwt_secret.clone();
        target.client = Some(self.client.clone());
        target
    }
}

fn only(named: &[String], version: u8) -> Result<Vec<String>, String> {
    let names = named.iter().flat_map(|names| names.split(','));
    let names: Vec<String> = names.map(|name| name.trim().to_owned()).collect();
    for name in &names {
        let mut all = all_checks();
        all.retain(|check| is_named(check, name));
        if all.is_empty() {
            let mut known: Vec<&str> = all_checks().iter().map(|check| check.id).collect();
            known.dedup();
            return Err(format!("There is no check `{name}`.\nKnown: {}.", known.join(", ")));
        }
        if !all.iter().any(|check| check.holds_in(version)) {
            let since = all.iter().map(|check| check.first()).min().unwrap_or_default();
            return Err(format!("{name} does not bind v{version:02}: it begins with v{since:02}."));
        }
    }
    Ok(names)
}

/// How far down to judge.
fn keyword(level: &str) -> Result<Keyword, String> {
    let found = Keyword::ALL.into_iter().find(|keyword| keyword.level() == level);
    found.ok_or_else(|| format!("--level is must, should or lab, not `{level}`."))
}

fn users(aim: &Aim) -> Result<Vec<User>, String> {
    let mut users = Vec::new();
    for (kind, name, password) in [
        ("", &aim.user, &aim.password),
        ("second-", &aim.second_user, &aim.second_password),
    ] {
        let (flag, secret) = match kind {
            "" => ("user".to_owned(), "password".to_owned()),
            kind => (format!("{kind}user"), format!("{kind}password")),
        };
        match (name.clone(), password.clone()) {
            (Some(username), Some(password)) => users.push(User { username, password }),
            (None, None) => {}
            (Some(_), None) => return Err(format!("--{flag} needs --{secret} beside it.")),
            (None, Some(_)) => return Err(format!("--{secret} needs --{flag} beside it.")),
        }
    }
    Ok(users)
}

fn demo(aim: &Aim, redirect_uri: &str) -> App {
    // An empty secret says that the client has none; a foreign client without --client-secret is public too.
    let ours = if aim.client_id.is_some() {
        ""
    } else {
        "demo-secret"
    };
    let client_secret = aim.client_secret.as_deref().unwrap_or(ours);
    App {
        client_id: aim.client_id.as_deref().unwrap_or("demo-client").to_owned(),
        client_secret: Some(client_secret.to_owned()).filter(|secret| !secret.is_empty()),
        redirect_uris: vec![redirect_uri.to_owned()],
    }
}

fn other(aim: &Aim) -> Result<Option<App>, String> {
    let Some(client_id) = aim.other_client.clone() else {
        return Ok(None);
    };
    if aim.other_redirect_uri.is_empty() {
        return Err("--other-client needs --other-redirect-uri beside it (twice, if it has two)."
            .to_owned());
    }
    Ok(Some(App {
        client_id,
        client_secret: aim.other_secret.clone().filter(|secret| !secret.is_empty()),
        redirect_uris: aim.other_redirect_uri.clone(),
    }))
}
