//! Which of the two processes this is, and what differs with it.

use settings::Settings;

/// Which of the two processes this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The authorization server: red, port 5000.
    AuthorizationServer,
    /// The client: blue, port 5001.
    Client,
}

impl Role {
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Role::AuthorizationServer => "server",
            Role::Client => "client",
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Role::AuthorizationServer => "Authorization server",
            Role::Client => "Client",
        }
    }

    pub(crate) fn cookie(self) -> &'static str {
        match self {
            Role::AuthorizationServer => "lab_as",
            Role::Client => "lab_client",
        }
    }

    pub(crate) fn terminal_colour(self) -> &'static str {
        match self {
            Role::AuthorizationServer => "31",
            Role::Client => "34",
        }
    }

    /// The configured address, without a slash at the end.
    pub(crate) fn url(self, settings: &Settings) -> &str {
        match self {
            Role::AuthorizationServer => &settings.auth_server_url,
            Role::Client => &settings.client_app_url,
        }
    }

    pub(crate) fn port(self, settings: &Settings) -> u16 {
        match self {
            Role::AuthorizationServer => settings.auth_server_port,
            Role::Client => settings.client_app_port,
        }
    }
}
