//! How `cargo lab check` is told about a server or a client of your own, and what a single value may be.

use std::time::Duration;

use clap::Args;
use kit::encoding::from_base64url;

/// Whom to check, and what is known about it.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
#[command(next_help_heading = "A server or client of your own")]
pub struct Aim {
    /// The server to check
    #[arg(long, value_name = "URL")]
    pub server: Option<String>,
    /// The client to check [default: http://localhost:5001]
    #[arg(long, value_name = "URL")]
    pub client: Option<String>,
    /// Play the server on this port, for the client
    #[arg(long, value_name = "PORT")]
    pub play_server: Option<String>,
    /// A user of the server [default: user0, user1 and their passwords]
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
    /// The user's password
    #[arg(long)]
    pub password: Option<String>,
    /// A second user
    #[arg(long, value_name = "NAME")]
    pub second_user: Option<String>,
    /// The second user's password
    #[arg(long, value_name = "PASSWORD")]
    pub second_password: Option<String>,
    /// A client that the server knows [default: demo-client]
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// Its secret; empty for a public client [default: demo-secret]
    #[arg(long, value_name = "SECRET")]
    pub client_secret: Option<String>,
    /// Its registered redirect URI [default: the client's URL with /callback]
    #[arg(long, value_name = "URI")]
    pub redirect_uri: Option<String>,
    /// A second client, with two redirect URIs [default: demo-other]
    #[arg(long, value_name = "ID")]
    pub other_client: Option<String>,
    /// The second client's secret
    #[arg(long, value_name = "SECRET")]
    pub other_secret: Option<String>,
    /// A redirect URI of the second client; give it twice
    #[arg(long, value_name = "URI")]
    pub other_redirect_uri: Vec<String>,
    /// A public client with the first one's redirect URI [default: demo-public]
    #[arg(long, value_name = "ID")]
    pub public_client: Option<String>,
    /// The secret that signs access tokens, in base64url
    #[arg(long, value_name = "SECRET")]
    pub jwt_secret: Option<String>,
    /// Only these checks: R4.8, or R4 for all of v04; may be given again
    #[arg(long, value_name = "NUMBER")]
    pub only: Vec<String>,
    /// How far down to judge: only MUST; also SHOULD; also the lab's own rules [default: all rules are tried, and those of
    /// the lab are advice]
    #[arg(long, value_name = "must|should|lab", value_parser = ["must", "should", "lab"])]
    pub level: Option<String>,
    /// The longest time for one answer, in seconds [default: 10]
    #[arg(long, value_name = "SECONDS")]
    pub timeout: Option<String>,
    /// How long to wait for the client, in seconds [default: 300]
    #[arg(long, value_name = "SECONDS")]
    pub wait: Option<String>,
    /// One JSON document on standard output, for programs
    #[arg(long)]
    pub json: bool,
}

impl Aim {
    /// Whether anything was said but which checks.
    pub fn is_more_than_only(&self) -> bool {
        let rest = Aim {
            only: Vec::new(),
            ..self.clone()
        };
        rest != Aim::default()
    }

    /// Whether it is said whom to check.
    pub fn names_somebody(&self) -> bool {
        self.server.is_some() || self.play_server.is_some()
    }
}

/// A number of seconds; `usual` if nothing was said.
///
/// # Errors
/// A sentence: it is none between 1 and 3600.
pub fn seconds(name: &str, given: Option<&str>, usual: u64) -> Result<Duration, String> {
    let Some(text) = given else {
        return Ok(Duration::from_secs(usual));
    };
    let seconds = text.parse().ok().filter(|seconds| (1..=3600).contains(seconds));
    let seconds = seconds
        .ok_or_else(|| format!("--{name} is a number of seconds from 1 to 3600, not `{text}`."))?;
    Ok(Duration::from_secs(seconds))
}

/// An address without trailing slash; `http://` may be left out.
///
/// # Errors
/// A sentence: it is none, or it wants TLS.
pub fn url(name: &str, text: &str) -> Result<String, String> {
    let text = text.trim_end_matches('/');
    let text = if text.contains("://") {
        text.to_owned()
    } else {
        format!("http://{text}")
    };
    if text.starts_with("https://") {
        return Err(format!(
            "--{name} {text}: the checks speak http, not https. Run it on loopback without TLS."
        ));
    }
    let host = text.strip_prefix("http://").unwrap_or_default();
    let good = !host.is_empty() && !host.contains(['?', '#', ' ', '@']) && !host.starts_with('/');
    good.then_some(text.clone())
        .ok_or_else(|| format!("--{name} {text} is no address such as http://localhost:5000."))
}

/// A port.
///
/// # Errors
/// A sentence: it is none.
pub fn port_of(text: &str) -> Result<u16, String> {
    let port = text.parse().ok().filter(|port| *port > 0);
    port.ok_or_else(|| format!("--play-server {text}: a port is a number from 1 to 65535."))
}

/// A secret in base64url, with or without padding.
///
/// # Errors
/// A sentence: it is none.
pub fn secret(text: &str) -> Result<Vec<u8>, String> {
    from_base64url(text.trim_end_matches('='))
        .ok_or_else(|| "--jwt-secret is base64url, as in the setting JWT_SECRET.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workbench_can_be_asked_for_some_rules_too() {
        let only = Aim {
            only: vec!["R4".to_owned(), "G1".to_owned()],
            ..Aim::default()
        };
        assert!(!only.is_more_than_only() && !only.names_somebody());
        let server = Aim {
            server: Some("http://h:1".to_owned()),
            ..only
        };
        assert!(server.is_more_than_only() && server.names_somebody());
    }
}
