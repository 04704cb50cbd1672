//! By which name this process was called: who may see `/debug/*`, and who is led to the right address.

use std::net::SocketAddr;

use axum::http::HeaderMap;
use axum::http::HeaderValue;
use axum::http::Method;
use axum::http::StatusCode;
use axum::http::Version;
use axum::http::header::HOST;
use axum::http::header::LOCATION;
use axum::http::request::Parts;
use axum::response::IntoResponse;
use axum::response::Response;

/// The names of this machine for itself.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Whether this request may see what is for the eyes of this machine alone: `/debug/*`, and what pages offer of it.
/// It must come from a peer on loopback that calls us by a loopback name, without a proxy.
///
/// The name matters: a page of a foreign site can make its own name point to 127.0.0.1 (DNS rebinding), and a
/// browser would then let it read the answer. It cannot change the `Host` header that goes with it. A proxy on this
/// machine is a loopback peer for whoever sits behind it, so the headers that proxies add hide the page, too, and so
/// does the HTTP/1.0 that some of them speak. One that adds nothing cannot be told from a browser.
pub(crate) fn is_near(peer: SocketAddr, request: &Parts) -> bool {
    peer.ip().to_canonical().is_loopback() && is_local(request)
}

fn is_local(request: &Parts) -> bool {
    let Some(host) = host(&request.headers) else {
        return false;
    };
    // A target with an authority overrules Host (RFC 9112 §3.2.2); an honest sender says the same in both.
    let target = request.uri.authority().map_or(host, |authority| authority.as_str());
    loopback(host).is_some()
        && target.eq_ignore_ascii_case(host)
        && request.version != Version::HTTP_10
        && !request.headers.keys().any(|name| is_of_a_proxy(name.as_str()))
}

/// Headers that a proxy adds and a browser does not.
fn is_of_a_proxy(name: &str) -> bool {
    const NAMES: &[&str] = &["forwarded", "via", "x-real-ip"];
    NAMES.contains(&name) || name.starts_with("x-forwarded-")
}

/// The Host header, if there is exactly one.
fn host(headers: &HeaderMap) -> Option<&str> {
    let mut hosts = headers.get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().ok(),
        _ => None,
    }
}

/// Takes a loopback name and its port apart; `None` for every other host. Without a port it is 80.
fn loopback(host: &str) -> Option<(&str, u16)> {
    let (name, port) = match host.rsplit_once(':') {
        // The colons of [::1] are no port.
        Some((name, port)) if !port.ends_with(']') => (name, number(port)?),
        _ => (host, 80),
    };
    let bare = match name.strip_suffix('.') {
        Some(bare) if !bare.ends_with(']') => bare,
        _ => name,
    };
    LOOPBACK.iter().any(|known| bare.eq_ignore_ascii_case(known)).then_some((name, port))
}

fn number(port: &str) -> Option<u16> {
    // `parse` alone would take a plus sign.
    port.bytes().all(|byte| byte.is_ascii_digit()).then(|| port.parse().ok())?
}

/// The way to the configured address, for a browser that came by another loopback name.
///
/// Cookies belong to a name: a login that starts at 127.0.0.1 and comes back to localhost is the login of nobody.
#[derive(Debug)]
pub(crate) struct Home {
    /// The configured `host:port`, if it is a loopback name.
    configured: Option<(String, u16)>,
    target: HeaderValue,
}

impl Home {
    /// `url` is this process's configured address, without a slash at the end.
    ///
    /// # Errors
    /// A sentence, when the address cannot stand in a header.
    pub(crate) fn new(url: &str) -> Result<Home, String> {
        let host = url.strip_prefix("http://").unwrap_or_default();
        let target = HeaderValue::from_str(&format!("{url}/"));
        Ok(Home {
            configured: loopback(host).map(|(name, port)| (name.to_string(), port)),
            target: target.map_err(|_| format!("the address {url:?} is no address."))?,
        })
    }

    /// The redirect, if this is `GET /` by another loopback name. Where it goes is said by the settings alone.
    pub(crate) fn lead(&self, request: &Parts) -> Option<Response> {
        if request.method != Method::GET || request.uri.path() != "/" {
            return None;
        }
        let (name, port) = self.configured.as_ref()?;
        let (called, at) = loopback(host(&request.headers)?)?;
        let elsewhere = at == *port && !called.eq_ignore_ascii_case(name);
        elsewhere
            .then(|| (StatusCode::SEE_OTHER, [(LOCATION, self.target.clone())]).into_response())
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    const NEAR: &str = "127.0.0.1:40000";

    fn request(method: &str, target: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::builder().method(method).uri(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    fn seen(peer: &str, target: &str, headers: &[(&str, &str)]) -> bool {
        is_near(peer.parse().unwrap(), &request("GET", target, headers))
    }

    #[test]
    fn only_loopback_names_are_local() {
        for host in [
            "localhost",
            "LocalHost",
            "localhost:5000",
            "LOCALHOST:5000",
            "localhost.",
            "localhost.:5000",
            "127.0.0.1",
            "127.0.0.1:5000",
            "127.0.0.1.:5000",
            "[::1]",
            "[::1]:5000",
        ] {
            assert!(seen(NEAR, "/debug/state", &[("host", host)]), "{host}");
        }
        for host in [
            "",
            "evil.test",
            "localhost.evil.test",
            "evil.localhost",
            "localhost5000",
            "localhos",
            "127.0.0.1.evil.test",
            "127.0.0.11",
            "127.0.0.1.1",
            "localhost:5000@evil.test",
            "user@localhost:5000",
            "localhost:",
            "localhost:+5000",
            "localhost:65536",
            "localhost:5000:5000",
            "localhost..",
            "localhost :5000",
            "::1",
            "[::1].",
            "[::1]5000",
            "[::2]",
        ] {
            assert!(!seen(NEAR, "/debug/state", &[("host", host)]), "{host}");
        }
    }

    #[test]
    fn exactly_one_host() {
        assert!(!seen(NEAR, "/debug/state", &[]));
        assert!(!seen(
            NEAR,
            "/debug/state",
            &[
                ("host", "localhost"),
                ("host", "localhost")
            ]
        ));
        assert!(!seen(
            NEAR,
            "/debug/state",
            &[
                ("host", "localhost"),
                ("host", "evil.test")
            ]
        ));
    }

    #[test]
    fn the_target_says_the_same_as_host() {
        let local = [("host", "localhost:5000")];
        assert!(seen(NEAR, "http://localhost:5000/debug/state", &local));
        assert!(seen(NEAR, "http://LOCALHOST:5000/debug/state", &local));
        for target in [
            "http://evil.test/debug/state",
            "http://evil.test:5000/debug/state",
            "http://localhost.evil.test:5000/debug/state",
            "http://127.0.0.1:5000/debug/state",
            "http://evil@localhost:5000/debug/state",
            "http://localhost/debug/state",
        ] {
            assert!(!seen(NEAR, target, &local), "{target}");
        }
        let foreign = [("host", "evil.test")];
        assert!(!seen(NEAR, "http://localhost:5000/debug/state", &foreign));
    }

    #[test]
    fn nothing_that_came_through_a_proxy() {
        for name in [
            "forwarded",
            "Forwarded",
            "via",
            "x-forwarded-for",
            "X-Forwarded-Host",
            "x-forwarded-proto",
            "x-forwarded-anything",
            "X-Real-IP",
        ] {
            let headers = [("host", "localhost"), (name, "")];
            assert!(!seen(NEAR, "/debug/state", &headers), "{name}");
        }
        for name in [
            "forward",
            "x-forward",
            "viaduct",
            "x-via",
            "x-real",
        ] {
            let headers = [("host", "localhost"), (name, "1")];
            assert!(seen(NEAR, "/debug/state", &headers), "{name}");
        }
        let mut old = request("GET", "/debug/state", &[("host", "localhost")]);
        old.version = Version::HTTP_10;
        assert!(!is_near(NEAR.parse().unwrap(), &old));
    }

    #[test]
    fn only_a_peer_on_this_machine() {
        let local = [("host", "localhost")];
        for peer in [
            "127.0.0.1:1",
            "127.8.9.1:1",
            "[::1]:1",
            "[::ffff:127.0.0.1]:1",
        ] {
            assert!(seen(peer, "/debug/flow", &local), "{peer}");
        }
        for peer in [
            "128.0.0.1:1",
            "10.0.0.1:1",
            "[::2]:1",
            "[::ffff:10.0.0.1]:1",
            "0.0.0.0:1",
        ] {
            assert!(!seen(peer, "/debug/flow", &local), "{peer}");
        }
    }

    #[test]
    fn another_loopback_name_is_led_home() {
        let home = Home::new("http://localhost:5001").unwrap();
        let led = |method, target, host| {
            home.lead(&request(method, target, &[("host", host)])).map(|response| {
                assert_eq!(response.status(), StatusCode::SEE_OTHER);
                response.headers()[LOCATION].to_str().unwrap().to_string()
            })
        };
        for host in [
            "127.0.0.1:5001",
            "[::1]:5001",
            "localhost.:5001",
        ] {
            assert_eq!(led("GET", "/", host).as_deref(), Some("http://localhost:5001/"), "{host}");
            assert_eq!(led("GET", "/start", host), None);
            assert_eq!(led("POST", "/", host), None);
        }
        assert_eq!(
            led("GET", "/?next=//evil.test", "[::1]:5001").unwrap(),
            "http://localhost:5001/"
        );
        for host in [
            "localhost:5001",
            "LOCALHOST:5001",
            "127.0.0.1:5002",
            "127.0.0.1",
            "evil.test:5001",
        ] {
            assert_eq!(led("GET", "/", host), None, "{host}");
        }
    }

    #[test]
    fn home_may_have_another_name_or_the_port_of_the_web() {
        let home = Home::new("http://127.0.0.1:5001").unwrap();
        assert!(home.lead(&request("GET", "/", &[("host", "localhost:5001")])).is_some());
        let home = Home::new("http://localhost").unwrap();
        assert!(home.lead(&request("GET", "/", &[("host", "127.0.0.1")])).is_some());
        let home = Home::new("http://lab.test:5001").unwrap();
        assert!(home.lead(&request("GET", "/", &[("host", "127.0.0.1:5001")])).is_none());
    }
}
