//! Whom the load goes to, and as whom: the wire of the lab.

use std::net::Ipv4Addr;
use std::net::SocketAddr;

/// The registered client.
pub const CLIENT_ID: &str = "demo-client";
/// Its secret.
pub const CLIENT_SECRET: &str = "demo-secret";
/// Where the codes go. Nobody listens there: the browser reads the code off the redirect.
pub const REDIRECT_URI: &str = "http://localhost:5001/callback";
/// Those who can log in, with their passwords.
pub const USERS: [(&str, &str); 2] = [
    ("user0", "password0"),
    ("user1", "password1"),
];

/// A server on this machine, and what its answers can be held to.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its port on 127.0.0.1; there is no way to aim at another machine.
    pub port: u16,
    /// Whether it answers with constants, as the floor does: one user, one state, codes that come again.
    pub constant: bool,
}

impl Target {
    /// A real server on this port.
    pub fn new(port: u16) -> Target {
        Target {
            port,
            constant: false,
        }
    }

    /// Where to connect.
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// What stands in `Host`, and after `http://` in `Origin`.
    pub fn host(&self) -> String {
        format!("localhost:{}", self.port)
    }

    /// The user and password of the browser with that number.
    pub fn user(&self, browser: usize) -> (&'static str, &'static str) {
        if self.constant {
            USERS[0]
        } else {
            USERS[browser % USERS.len()]
        }
    }
}
