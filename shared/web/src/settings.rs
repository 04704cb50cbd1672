//! Settings: every one has a default, `.env` can change it, the environment wins.

use std::collections::HashMap;
use std::env;
use std::path::Path;
use std::time::Duration;

/// What can be set from outside. `.env.example` explains each one.
#[derive(Clone)]
pub struct Settings {
    /// Port of the authorization server (`AUTH_SERVER_PORT`).
    pub auth_server_port: u16,
    /// Port of the client (`CLIENT_APP_PORT`).
    pub client_app_port: u16,
    /// Where browsers and the client reach the authorization server, without a slash at the end (`AUTH_SERVER_URL`).
    pub auth_server_url: String,
    /// Where browsers reach the client, without a slash at the end (`CLIENT_APP_URL`).
    pub client_app_url: String,
    /// The client's name at the server (`CLIENT_ID`).
    pub client_id: String,
    /// The secret that the client and the server share (`CLIENT_SECRET`).
    pub client_secret: String,
    /// The client's redirect URI, registered at the server (`REDIRECT_URI`).
    pub redirect_uri: String,
    /// Lifetime of an authorization code (`LAB_TTL_CODE`).
    pub ttl_code: Duration,
    /// Lifetime of an access token (`LAB_TTL_ACCESS`).
    pub ttl_access: Duration,
    /// Lifetime of a refresh token family, from the login on (`LAB_TTL_REFRESH`).
    pub ttl_refresh: Duration,
    /// How long a refresh token may lie unused (`LAB_TTL_REFRESH_IDLE`).
    pub ttl_refresh_idle: Duration,
    /// How long an authorization request waits for the login (`LAB_TTL_PENDING`).
    pub ttl_pending: Duration,
    /// How long the client waits for the answer to its request (`LAB_TTL_STATE`).
    pub ttl_state: Duration,
    /// The bound of each table, in rows (`LAB_MAX_ROWS`).
    pub max_rows: usize,
    /// The secret that signs access tokens, base64url (`JWT_SECRET`). Without one, the server makes one at its start.
    pub jwt_secret: Option<String>,
    /// Whether `/debug/*` answers (`LAB_DEBUG`).
    pub debug: bool,
}

impl Settings {
    /// Reads the environment, and `.env` in the workspace's root for what the environment does not set.
    ///
    /// # Errors
    /// A sentence that names the setting and says what it should be.
    pub fn read() -> Result<Settings, String> {
        let file = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../.env"));
        let mut values = match dotenvy::from_path_iter(file) {
            Ok(lines) => lines.collect::<Result<HashMap<_, _>, _>>().map_err(in_file)?,
            Err(error) if error.not_found() => HashMap::new(),
            Err(error) => return Err(in_file(error)),
        };
        values.extend(env::vars_os().filter_map(|(name, value)| {
            let name = name.into_string().ok()?;
            // Not UTF-8: a value that the checks below refuse by name, if it is one of ours.
            Some((name, value.into_string().unwrap_or("\u{fffd}".into())))
        }));
        Settings::from(|name| values.get(name).filter(|value| !value.is_empty()).cloned())
    }

    fn from(get: impl Fn(&str) -> Option<String>) -> Result<Settings, String> {
        let number = |name, default, range| number(name, get(name), default, range);
        let seconds = |name, default, range| number(name, default, range).map(Duration::from_secs);
        let url = |name, port| url(name, get(name), port);
        let year = 365 * 24 * 60 * 60;
        let auth_server_port = number("AUTH_SERVER_PORT", 5000, (1, 65535))? as u16;
        let client_app_port = number("CLIENT_APP_PORT", 5001, (1, 65535))? as u16;
        if auth_server_port == client_app_port {
            return Err("AUTH_SERVER_PORT and CLIENT_APP_PORT are the same. Each process needs a port of its own.".into());
        }
        let client_app_url = url("CLIENT_APP_URL", client_app_port)?;
        Ok(Settings {
            auth_server_port,
            client_app_port,
            auth_server_url: url("AUTH_SERVER_URL", auth_server_port)?,
            client_id: get("CLIENT_ID").unwrap_or("demo-client".into()),
            client_secret: get("CLIENT_SECRET").unwrap_or("demo-secret".into()),
            redirect_uri: redirect_uri(get("REDIRECT_URI"), &client_app_url)?,
            client_app_url,
            ttl_code: seconds("LAB_TTL_CODE", 300, (1, 600))?,
            ttl_access: seconds("LAB_TTL_ACCESS", 1800, (1, year))?,
            ttl_refresh: seconds("LAB_TTL_REFRESH", 604_800, (1, year))?,
            ttl_refresh_idle: seconds("LAB_TTL_REFRESH_IDLE", 86_400, (1, year))?,
            ttl_pending: seconds("LAB_TTL_PENDING", 600, (1, 86_400))?,
            ttl_state: seconds("LAB_TTL_STATE", 600, (1, 86_400))?,
            max_rows: number("LAB_MAX_ROWS", 100_000, (1, 10_000_000))? as usize,
            jwt_secret: get("JWT_SECRET"),
            debug: number("LAB_DEBUG", 1, (0, 1))? == 1,
        })
    }
}

fn in_file(error: dotenvy::Error) -> String {
    // The line itself may hold a secret, so it is not shown.
    let line = match error {
        dotenvy::Error::LineParse(_, position) => format!(" near character {position} of a line"),
        _ => String::new(),
    };
    format!(".env cannot be read{line}. Write one NAME=value a line; .env.example shows how.")
}

fn number(
    name: &str,
    value: Option<String>,
    default: u64,
    (least, most): (u64, u64),
) -> Result<u64, String> {
    let Some(value) = value else {
        return Ok(default);
    };
    let number = value.parse().ok().filter(|number| (least..=most).contains(number));
    number
        .ok_or(format!("{name} must be a whole number from {least} to {most}. Default: {default}."))
}

fn url(name: &str, value: Option<String>, port: u16) -> Result<String, String> {
    let url = value.unwrap_or(format!("http://localhost:{port}"));
    let rest = url.strip_prefix("http://").filter(|rest| !rest.is_empty());
    match rest {
        Some(rest) if !rest.contains(['/', '?', '#', '@', ' ', '\u{fffd}']) => Ok(url),
        _ => Err(format!(
            "{name} must look like http://localhost:{port}: http, host, port, no slash at the end."
        )),
    }
}

fn redirect_uri(value: Option<String>, client_app_url: &str) -> Result<String, String> {
    let uri = value.unwrap_or(format!("{client_app_url}/callback"));
    let absolute = uri.starts_with("http://") || uri.starts_with("https://");
    if !absolute
        || uri.contains(['#', '\u{fffd}'])
        || uri.contains(|c: char| c.is_whitespace() || c.is_control())
    {
        return Err(
            "REDIRECT_URI must be an absolute http address without a fragment (RFC 6749 §3.1.2)."
                .into(),
        );
    }
    Ok(uri)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &[(&str, &str)]) -> Result<Settings, String> {
        let pairs: HashMap<_, _> =
            pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        Settings::from(|name| pairs.get(name).cloned())
    }

    #[test]
    fn nothing_needs_to_be_set() {
        let settings = with(&[]).ok().unwrap();
        assert_eq!(settings.auth_server_url, "http://localhost:5000");
        assert_eq!(settings.redirect_uri, "http://localhost:5001/callback");
        assert_eq!(settings.ttl_code, Duration::from_secs(300));
    }

    #[test]
    fn addresses_follow_the_ports() {
        let settings = with(&[
            ("AUTH_SERVER_PORT", "6000"),
            ("CLIENT_APP_PORT", "6001"),
        ])
        .ok()
        .unwrap();
        assert_eq!(settings.auth_server_url, "http://localhost:6000");
        assert_eq!(settings.redirect_uri, "http://localhost:6001/callback");
    }

    #[test]
    fn a_bad_value_is_refused_by_name() {
        for (name, value) in [
            ("AUTH_SERVER_PORT", "0"),
            ("AUTH_SERVER_PORT", "5001"),
            ("CLIENT_APP_PORT", "sixty"),
            ("LAB_TTL_CODE", "601"),
            ("LAB_TTL_ACCESS", "0"),
            ("LAB_TTL_REFRESH", "-1"),
            ("LAB_TTL_REFRESH_IDLE", "1.5"),
            ("LAB_TTL_PENDING", "soon"),
            ("LAB_TTL_STATE", ""),
            ("LAB_MAX_ROWS", "0"),
            ("LAB_DEBUG", "yes"),
            ("AUTH_SERVER_URL", "http://localhost:5000/"),
            ("CLIENT_APP_URL", "localhost:5001"),
            ("REDIRECT_URI", "/callback"),
            ("REDIRECT_URI", "http://localhost:5001/callback#top"),
        ] {
            let error = with(&[(name, value)])
                .err()
                .unwrap_or_else(|| panic!("{name}={value} was accepted"));
            assert!(error.contains(name), "{error}");
        }
    }
}
