//! Settings that contradict each other.

use crate::doctor::Finding;
use crate::settings::DEFAULT_PORTS;
use crate::settings::Settings;

/// Compares ports, URLs and the redirect URI with each other.
pub fn look(settings: &Settings) -> Vec<Finding> {
    let port = |name: &str, default: u16| {
        settings.get(name).map_or(Some(default), |text| text.parse().ok())
    };
    let server_port = port("AUTH_SERVER_PORT", DEFAULT_PORTS.0);
    let client_port = port("CLIENT_APP_PORT", DEFAULT_PORTS.1);
    let mut findings = Vec::new();
    if server_port.is_some() && server_port == client_port {
        findings.push(Finding::trouble(
            "AUTH_SERVER_PORT and CLIENT_APP_PORT are the same.",
            "Each process needs a port of its own.",
        ));
    }
    let ends = [
        ("AUTH_SERVER_URL", "AUTH_SERVER_PORT", server_port),
        ("CLIENT_APP_URL", "CLIENT_APP_PORT", client_port),
    ];
    for (url_name, port_name, port) in ends {
        if let (Some(url), Some(port)) = (settings.get(url_name), port) {
            findings.extend(url_and_port(url_name, url, port_name, port));
        }
    }
    let client_url = match (settings.get("CLIENT_APP_URL"), client_port) {
        (Some(url), _) => Some(url.to_string()),
        (None, port) => port.map(|port| format!("http://localhost:{port}")),
    };
    if let (Some(uri), Some(url)) = (settings.get("REDIRECT_URI"), &client_url) {
        findings.extend(redirect_uri(uri, url));
    }
    findings.extend(hosts(settings));
    findings
}

/// The port inside a URL is the one at which the process listens.
fn url_and_port(url_name: &str, url: &str, port_name: &str, port: u16) -> Option<Finding> {
    let (_, in_url) = host_and_port(url)?;
    (in_url != port).then(|| {
        Finding::trouble(
            format!("{url_name} is {url}, but the process listens on port {port} ({port_name})."),
            format!(
                "Leave {url_name} out: it follows {port_name}. Or make both say the same port."
            ),
        )
    })
}

/// The redirect URI leads to the client's callback.
fn redirect_uri(uri: &str, client_url: &str) -> Option<Finding> {
    let wanted = format!("{client_url}/callback");
    let same = uri == wanted || uri.strip_prefix(&wanted).is_some_and(|rest| rest.starts_with('?'));
    (!same).then(|| {
        Finding::trouble(
            format!("REDIRECT_URI is {uri}, but the client waits at {wanted}."),
            "Leave REDIRECT_URI out: it follows CLIENT_APP_URL. Or make both agree, character by character.",
        )
    })
}

/// `localhost` and `127.0.0.1` are the same computer, but two sites to a browser: cookies of one do not go to
/// the other, and the redirect URI is compared character by character.
fn hosts(settings: &Settings) -> Option<Finding> {
    let names = [
        "AUTH_SERVER_URL",
        "CLIENT_APP_URL",
        "REDIRECT_URI",
    ];
    let host_of = |name: &str| {
        let (host, _) = host_and_port(settings.get(name)?)?;
        Some((name.to_string(), host.to_string()))
    };
    let hosts: Vec<(String, String)> = names.iter().filter_map(|name| host_of(name)).collect();
    let (by_number, _): (Vec<_>, Vec<_>) =
        hosts.iter().partition(|(_, host)| host == "127.0.0.1" || host == "[::1]");
    let (name, host) = by_number.first()?;
    Some(Finding::trouble(
        format!("{name} uses {host}, and the pages use localhost."),
        "Write localhost everywhere. To a browser the two are different sites: the session's cookie would be missing.",
    ))
}

/// The host and port of an http URL; port 80 if it names none.
fn host_and_port(url: &str) -> Option<(&str, u16)> {
    let rest = url.strip_prefix("http://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => Some((host, port.parse().ok()?)),
        _ => Some((authority, 80)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        look(&Settings::parse(text)).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn settings_that_agree_are_quiet() {
        for text in [
            "",
            "AUTH_SERVER_PORT=6000\nCLIENT_APP_PORT=6001",
            "AUTH_SERVER_PORT=6000\nAUTH_SERVER_URL=http://localhost:6000",
            "CLIENT_APP_PORT=6001\nREDIRECT_URI=http://localhost:6001/callback",
            "REDIRECT_URI=http://localhost:5001/callback?from=x",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn each_contradiction_is_named() {
        let one = |text: &str, wanted: &str| {
            let found = found(text);
            assert!(found.iter().any(|what| what.contains(wanted)), "{text}: {found:?}");
        };
        one("AUTH_SERVER_PORT=5001", "are the same");
        one("AUTH_SERVER_PORT=6000\nAUTH_SERVER_URL=http://localhost:5000", "listens on port 6000");
        one("CLIENT_APP_URL=http://localhost", "listens on port 5001");
        one(
            "CLIENT_APP_PORT=6001\nREDIRECT_URI=http://localhost:5001/callback",
            "waits at http://localhost:6001/callback",
        );
        one("REDIRECT_URI=http://localhost:5001/callback/", "waits at");
        one("AUTH_SERVER_URL=http://127.0.0.1:5000", "uses 127.0.0.1");
        one("CLIENT_APP_URL=http://[::1]:5001", "uses [::1]");
    }
}
