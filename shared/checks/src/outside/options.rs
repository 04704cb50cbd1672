//! What was asked for: the arguments of `lab-check`.

use std::time::Duration;

use crate::outside::given::{Given, port_of, secret, url};
use crate::registry::all_checks;
use crate::{Check, Keyword};
use kit::ladder::number;
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
    /// Reads the arguments.
    ///
    /// # Errors
    /// A sentence that says what is wrong with them.
    pub fn read(arguments: &[String]) -> Result<Options, String> {
        let (version, rest) = arguments.split_first().ok_or("Say which version: v04.")?;
        let newest = all_checks().iter().map(|check| check.first()).max().unwrap_or(1);
        let number = number(version)
            .filter(|number| (1..=newest).contains(number))
            .ok_or_else(|| format!("There is no version `{version}`: v01 to v{newest:02}."))?;
        let given = Given::read(rest)?;
        let client = url("client", &given.get("client").unwrap_or_else(|| CLIENT.to_owned()))?;
        let redirect_uri =
            given.get("redirect-uri").unwrap_or_else(|| format!("{client}/callback"));
        let options = Options {
            version: number,
            server: given.get("server").map(|server| url("server", &server)).transpose()?,
            play_server: given.get("play-server").map(|port| port_of(&port)).transpose()?,
            users: users(&given)?,
            demo: demo(&given, &redirect_uri),
            other: other(&given)?,
            public: given.get("public-client").map(|id| App {
                client_id: id,
                client_secret: None,
                redirect_uris: vec![redirect_uri],
            }),
            demo_is_ours: !given.has("client-id"),
            jwt_secret: given.get("jwt-secret").map(|text| secret(&text)).transpose()?,
            timeout: given.seconds("timeout", 10)?,
            wait: given.seconds("wait", 300)?,
            only: only(&given, number)?,
            level: given.get("level").map(|level| keyword(&level)).transpose()?,
            json: given.has("json"),
            full: given.has("full"),
            client,
        };
        if options.server.is_none() && options.play_server.is_none() {
            return Err("Say whom to check: --server http://localhost:5000 for a server, \
                        --play-server 5050 for a client."
                .to_owned());
        }
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
            let wanted = self.only.is_empty() || self.only.iter().any(|only| fits(check, only));
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

/// Does `only` name this check? `R4.8` its number, `R4` all numbers that begin so, `R4.8 a wrong` also its title.
fn fits(check: &Check, only: &str) -> bool {
    let (only, id) = (only.to_lowercase(), check.id.to_lowercase());
    let name = format!("{id} {}", check.title.to_lowercase());
    id == only
        || id.starts_with(&format!("{only}."))
        || (only.contains(' ') && name.starts_with(&only))
}

fn only(given: &Given, version: u8) -> Result<Vec<String>, String> {
    let named: Vec<String> = given.all("only");
    let names = named.iter().flat_map(|names| names.split(','));
    let names: Vec<String> = names.map(|name| name.trim().to_owned()).collect();
    for name in &names {
        let mut all = all_checks();
        all.retain(|check| fits(check, name));
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

fn users(given: &Given) -> Result<Vec<User>, String> {
    let mut users = Vec::new();
    for (name, password) in [
        ("user", "password"),
        ("second-user", "second-password"),
    ] {
        match (given.get(name), given.get(password)) {
            (Some(username), Some(password)) => users.push(User { username, password }),
            (None, None) => {}
            (Some(_), None) => return Err(format!("--{name} needs --{password} beside it.")),
            (None, Some(_)) => return Err(format!("--{password} needs --{name} beside it.")),
        }
    }
    Ok(users)
}

fn demo(given: &Given, redirect_uri: &str) -> App {
    // An empty secret says that the client has none; a foreign client without --client-secret is public too.
    let ours = if given.has("client-id") {
        String::new()
    } else {
        "demo-secret".to_owned()
    };
    let client_secret = given.get("client-secret").unwrap_or(ours);
    App {
        client_id: given.get("client-id").unwrap_or_else(|| "demo-client".to_owned()),
        client_secret: Some(client_secret).filter(|secret| !secret.is_empty()),
        redirect_uris: vec![redirect_uri.to_owned()],
    }
}

fn other(given: &Given) -> Result<Option<App>, String> {
    let Some(client_id) = given.get("other-client") else {
        return Ok(None);
    };
    let redirect_uris = given.all("other-redirect-uri");
    if redirect_uris.is_empty() {
        return Err("--other-client needs --other-redirect-uri beside it (twice, if it has two)."
            .to_owned());
    }
    Ok(Some(App {
        client_id,
        client_secret: given.get("other-secret").filter(|secret| !secret.is_empty()),
        redirect_uris,
    }))
}
