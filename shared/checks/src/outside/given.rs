//! The arguments by name, and what a single value may be.

use std::time::Duration;

use kit::encoding::from_base64url;

/// The arguments by name, in order.
pub struct Given(Vec<(String, String)>);

impl Given {
    /// Reads `--name value …`.
    ///
    /// # Errors
    /// A sentence: a value is missing, or something stands alone.
    pub fn read(arguments: &[String]) -> Result<Given, String> {
        let mut given = Vec::new();
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let name = argument
                .strip_prefix("--")
                .ok_or_else(|| format!("`{argument}` stands alone; options begin with --"))?;
            let value = match name {
                "json" | "full" => String::new(),
                _ => rest.next().cloned().ok_or_else(|| format!("--{name} needs a value"))?,
            };
            given.push((name.to_owned(), value));
        }
        Ok(Given(given))
    }

    /// Every value of a name.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|pair| pair.0 == name).map(|pair| pair.1.clone()).collect()
    }

    /// The last value of a name.
    pub fn get(&self, name: &str) -> Option<String> {
        self.all(name).pop()
    }

    /// Whether the name was given.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|pair| pair.0 == name)
    }

    /// A number of seconds.
    ///
    /// # Errors
    /// A sentence: it is none between 1 and 3600.
    pub fn seconds(&self, name: &str, usual: u64) -> Result<Duration, String> {
        let Some(text) = self.get(name) else {
            return Ok(Duration::from_secs(usual));
        };
        let seconds = text.parse().ok().filter(|seconds| (1..=3600).contains(seconds));
        let seconds = seconds.ok_or_else(|| {
            format!("--{name} is a number of seconds from 1 to 3600, not `{text}`.")
        })?;
        Ok(Duration::from_secs(seconds))
    }
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
