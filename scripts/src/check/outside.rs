//! A server or client that somebody else has started: the checks run in a program of their own, `lab-check`.
//!
//! It is built when it is first needed. So `lab` itself stays small and is there in a few seconds.

use std::process::Command;
use std::process::ExitCode;

use clap::Args;

use crate::error::Error;
use crate::error::Outcome;
use crate::process::cargo;
use crate::versions::Version;
use crate::versions::Versions;

/// Whom to check, and what is known about it.
#[derive(Args, Debug, Default)]
#[command(next_help_heading = "A server or client of your own")]
pub struct Aim {
    /// The server to check
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// The client to check [default: http://localhost:5001]
    #[arg(long, value_name = "URL")]
    client: Option<String>,
    /// Play the server on this port, for the client
    #[arg(long, value_name = "PORT")]
    play_server: Option<String>,
    /// A user of the server [default: user0, user1 and their passwords]
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// The user's password
    #[arg(long)]
    password: Option<String>,
    /// A second user
    #[arg(long, value_name = "NAME")]
    second_user: Option<String>,
    /// The second user's password
    #[arg(long, value_name = "PASSWORD")]
    second_password: Option<String>,
    /// A client that the server knows [default: demo-client]
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// Its secret; empty for a public client [default: demo-secret]
    #[arg(long, value_name = "SECRET")]
    client_secret: Option<String>,
    /// Its registered redirect URI [default: the client's URL with /callback]
    #[arg(long, value_name = "URI")]
    redirect_uri: Option<String>,
    /// A second client, with two redirect URIs [default: demo-other]
    #[arg(long, value_name = "ID")]
    other_client: Option<String>,
    /// The second client's secret
    #[arg(long, value_name = "SECRET")]
    other_secret: Option<String>,
    /// A redirect URI of the second client; give it twice
    #[arg(long, value_name = "URI")]
    other_redirect_uri: Vec<String>,
    /// A public client with the first one's redirect URI [default: demo-public]
    #[arg(long, value_name = "ID")]
    public_client: Option<String>,
    /// The secret that signs access tokens, in base64url
    #[arg(long, value_name = "SECRET")]
    jwt_secret: Option<String>,
    /// Only these checks: R4.8, or R4 for all of v04; may be given again
    #[arg(long, value_name = "NUMBER")]
    only: Vec<String>,
    /// How far down to judge: only MUST; also SHOULD; also the lab's own rules [default: all rules are tried, and those of
    /// the lab are advice]
    #[arg(long, value_name = "must|should|lab", value_parser = ["must", "should", "lab"])]
    level: Option<String>,
    /// The longest time for one answer, in seconds [default: 10]
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<String>,
    /// How long to wait for the client, in seconds [default: 300]
    #[arg(long, value_name = "SECONDS")]
    wait: Option<String>,
    /// One JSON document on standard output, for programs
    #[arg(long)]
    json: bool,
}

impl Aim {
    /// The checks that were asked for; none means all.
    pub fn only(&self) -> &[String] {
        &self.only
    }

    /// Whether anything was said but which checks.
    pub fn is_more_than_only(&self) -> bool {
        self.arguments().len() > 2 * self.only.len()
    }

    /// Whether it is said whom to check.
    pub fn names_somebody(&self) -> bool {
        self.server.is_some() || self.play_server.is_some()
    }

    /// The same as arguments of `lab-check`.
    fn arguments(&self) -> Vec<String> {
        let once = [
            ("--server", &self.server),
            ("--client", &self.client),
            ("--play-server", &self.play_server),
            ("--user", &self.user),
            ("--password", &self.password),
            ("--second-user", &self.second_user),
            ("--second-password", &self.second_password),
            ("--client-id", &self.client_id),
            ("--client-secret", &self.client_secret),
            ("--redirect-uri", &self.redirect_uri),
            ("--other-client", &self.other_client),
            ("--other-secret", &self.other_secret),
            ("--public-client", &self.public_client),
            ("--jwt-secret", &self.jwt_secret),
            ("--level", &self.level),
            ("--timeout", &self.timeout),
            ("--wait", &self.wait),
        ];
        let often = [
            ("--other-redirect-uri", &self.other_redirect_uri),
            ("--only", &self.only),
        ];
        let once = once.into_iter().filter_map(|(name, value)| Some((name, value.clone()?)));
        let often = often
            .into_iter()
            .flat_map(|(name, values)| values.iter().map(move |value| (name, value.clone())));
        let mut arguments: Vec<String> =
            once.chain(often).flat_map(|(name, value)| [name.to_owned(), value]).collect();
        if self.json {
            arguments.push("--json".to_owned());
        }
        arguments
    }
}

/// Builds `lab-check` and lets it work. Its exit code is ours: 0, nothing failed that counts; 1, something did; 2,
/// nothing could be judged.
///
/// # Errors
/// It does not build or does not start.
pub fn run(versions: &Versions, version: &Version, aim: &Aim, full: bool) -> Outcome {
    let program = cargo::build(&versions.root, &["lab-check"], false)?.remove(0);
    let mut command = Command::new(&program);
    cargo::forget_lab(&mut command);
    command.arg(&version.name).args(aim.arguments());
    if full {
        command.arg("--full");
    }
    let status = command.status().map_err(|error| Error::file("start", &program, error))?;
    // A program that was killed has no code.
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    Ok(ExitCode::from(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_given_is_handed_on() {
        let aim = Aim {
            server: Some("http://h:1".to_owned()),
            client_secret: Some(String::new()),
            only: vec!["R4.8".to_owned(), "G1".to_owned()],
            json: true,
            ..Aim::default()
        };
        let arguments = aim.arguments().join(" ");
        assert_eq!(arguments, "--server http://h:1 --client-secret  --only R4.8 --only G1 --json");
        assert!(aim.is_more_than_only() && aim.names_somebody());
        assert!(!Aim::default().is_more_than_only());
        let only = Aim {
            only: vec!["R4".to_owned(), "G1".to_owned()],
            ..Aim::default()
        };
        assert!(!only.is_more_than_only(), "the workbench can be asked for some rules, too");
    }
}
