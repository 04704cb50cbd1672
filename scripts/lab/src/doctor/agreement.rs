//! Settings that are good by themselves and contradict each other.

use crate::doctor::Finding;
use ::settings::url::Address;
use ::settings::{Given, Refusal, Settings, url};

/// Compares ports, URLs and the redirect URI with each other. What is refused anyway is not compared.
pub fn look(given: &Given, settings: &Settings, refusals: &[Refusal]) -> Vec<Finding> {
    let refused = |name: &str| refusals.iter().any(|refusal| refusal.name.as_deref() == Some(name));
    let good = |names: &[&str]| !names.iter().any(|name| refused(name));
    let mut findings = Vec::new();
    let ends = [
        (
            "AUTH_SERVER_URL",
            &settings.auth_server_url,
            "AUTH_SERVER_PORT",
            settings.auth_server_port,
        ),
        ("CLIENT_APP_URL", &settings.client_app_url, "CLIENT_APP_PORT", settings.client_app_port),
    ];
    for (url_name, url, port_name, port) in ends {
        if given.is_set(url_name) && good(&[url_name, port_name]) {
            findings.extend(url_and_port(url_name, url, port_name, port));
        }
    }
    if given.is_set("REDIRECT_URI")
        && good(&[
            "REDIRECT_URI",
            "CLIENT_APP_URL",
            "CLIENT_APP_PORT",
        ])
    {
        findings.extend(redirect_uri(&settings.redirect_uri, &settings.client_app_url));
    }
    let addresses = [
        ("AUTH_SERVER_URL", &settings.auth_server_url),
        ("CLIENT_APP_URL", &settings.client_app_url),
        ("REDIRECT_URI", &settings.redirect_uri),
    ];
    let set = |(name, _): &(&str, &String)| given.is_set(name) && good(&[name]);
    findings.extend(addresses.into_iter().filter(set).find_map(|(name, url)| host(name, url)));
    findings
}

/// The port inside a URL is the one at which the process listens.
fn url_and_port(url_name: &str, url: &str, port_name: &str, port: u16) -> Option<Finding> {
    (split(url)?.port_in_use() != port).then(|| {
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
fn host(name: &str, url: &str) -> Option<Finding> {
    let host = split(url)?.host;
    let by_number = host.starts_with("127.") || host.starts_with('[');
    by_number.then(|| {
        Finding::trouble(
            format!("{name} uses {host}, and the pages use localhost."),
            "Write localhost everywhere. To a browser the two are different sites: the session's cookie would be missing.",
        )
    })
}

fn split(url: &str) -> Option<Address<'_>> {
    url::split(url, &["http", "https"]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let given = Given::parse(text);
        let (settings, refusals) = given.judge();
        look(&given, &settings, &refusals).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn settings_that_agree_are_quiet() {
        for text in [
            "",
            "AUTH_SERVER_PORT=5010\nCLIENT_APP_PORT=5011",
            "AUTH_SERVER_PORT=5010\nAUTH_SERVER_URL=http://localhost:5010",
            "CLIENT_APP_PORT=80\nCLIENT_APP_URL=http://localhost",
            "CLIENT_APP_PORT=5011\nREDIRECT_URI=http://localhost:5011/callback",
            "REDIRECT_URI=http://localhost:5001/callback?from=x",
            // Refused, and told so elsewhere.
            "CLIENT_APP_PORT=6000\nCLIENT_APP_URL=http://localhost:5011",
            "AUTH_SERVER_URL=http://127.0.0.1:99999",
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
        one("AUTH_SERVER_PORT=5010\nAUTH_SERVER_URL=http://localhost:5000", "listens on port 5010");
        one("CLIENT_APP_URL=http://localhost", "listens on port 5001");
        one(
            "CLIENT_APP_PORT=5011\nREDIRECT_URI=http://localhost:5001/callback",
            "waits at http://localhost:5011/callback",
        );
        one("REDIRECT_URI=http://localhost:5001/callback/", "waits at");
        one("REDIRECT_URI=https://localhost:5001/callback", "waits at");
        one("AUTH_SERVER_URL=http://127.0.0.1:5000", "uses 127.0.0.1");
        one("AUTH_SERVER_URL=http://127.0.0.2:5000", "uses 127.0.0.2");
        one("CLIENT_APP_URL=http://[::1]:5001", "uses [::1]");
    }
}
