//! The few addresses that the lab can use: `http`, a host, a port.

use std::net::Ipv4Addr;
use std::net::Ipv6Addr;

use crate::ports;

/// The parts of an address, as they are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address<'a> {
    /// `http` or `https`.
    pub scheme: &'a str,
    /// As in `localhost` or `[::1]`.
    pub host: &'a str,
    /// The port, where the address names one.
    pub port: Option<u16>,
    /// Everything behind host and port.
    pub rest: &'a str,
}

impl Address<'_> {
    /// The port at which a browser connects.
    pub fn port_in_use(&self) -> u16 {
        self.port.unwrap_or(self.default_port())
    }

    /// The origin as browsers write it into `Origin` (RFC 6454 §6.2): the host in lower case, no default port.
    pub fn origin(&self) -> String {
        let host = self.host.to_ascii_lowercase();
        let host = match ipv6(&host) {
            Some(address) => format!("[{address}]"),
            None => host,
        };
        match self.port {
            Some(port) if port != self.default_port() => format!("{}://{host}:{port}", self.scheme),
            _ => format!("{}://{host}", self.scheme),
        }
    }

    fn default_port(&self) -> u16 {
        if self.scheme == "https" { 443 } else { 80 }
    }
}

/// Takes an address apart.
///
/// # Errors
/// Why no browser could go there: the end of a sentence that begins with the setting's name.
pub fn split<'a>(url: &'a str, schemes: &[&'static str]) -> Result<Address<'a>, String> {
    let known = schemes.iter().find_map(|scheme| {
        let rest = url.strip_prefix(scheme)?.strip_prefix("://")?;
        Some((*scheme, rest))
    });
    let Some((scheme, rest)) = known else {
        return Err(format!("does not begin with {}://", schemes.join(":// or ")));
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    if authority.contains('@') {
        return Err("has a user name or password in it, and browsers drop that".into());
    }
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let port = port.map(port_in_url).transpose()?;
    host_is_good(host)?;
    Ok(Address {
        scheme,
        host,
        port,
        rest,
    })
}

fn port_in_url(text: &str) -> Result<u16, String> {
    if text.is_empty() {
        return Err("has a colon and no port behind it".into());
    }
    if text.len() > 1 && text.starts_with('0') {
        return Err("has a port that begins with 0".into());
    }
    ports::parse(text).map_err(|why| format!("has the port `{}`, which {why}", text.escape_debug()))
}

/// Whether browsers take this host as it is written, apart from upper case.
fn host_is_good(host: &str) -> Result<(), String> {
    if host.is_empty() {
        return Err("names no host".into());
    }
    if host.starts_with('[') || host.contains(':') {
        return match ipv6(host) {
            Some(_) => Ok(()),
            None => Err("has a host that is no IPv6 address in brackets".into()),
        };
    }
    if let Some(odd) = host.chars().find(|c| !(c.is_ascii_alphanumeric() || "-._".contains(*c))) {
        return Err(format!("has `{}` in its host", odd.escape_debug()));
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    if name.len() > 253 || name.split('.').any(|label| label.is_empty() || label.len() > 63) {
        return Err("has a host that no name server could know".into());
    }
    // Browsers take a host that ends in a number for an IPv4 address, and rewrite 127.1 to 127.0.0.1.
    let last = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let hexadecimal = last.strip_prefix("0x");
    let number = last.bytes().all(|byte| byte.is_ascii_digit())
        || hexadecimal.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if number && host.parse::<Ipv4Addr>().is_err() {
        return Err(
            "has a host that ends in a number and is no IPv4 address of four numbers".into()
        );
    }
    Ok(())
}

/// An IPv6 address in brackets. One that wraps an IPv4 address is none here: each browser writes it its own way.
fn ipv6(host: &str) -> Option<Ipv6Addr> {
    let address: Ipv6Addr = host.strip_prefix('[')?.strip_suffix(']')?.parse().ok()?;
    address.to_ipv4_mapped().is_none().then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_written_as_browsers_write_them() {
        for (url, origin) in [
            ("http://localhost:5001", "http://localhost:5001"),
            ("http://LocalHost:5001", "http://localhost:5001"),
            ("http://localhost:80", "http://localhost"),
            ("http://localhost", "http://localhost"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("http://localhost:443", "http://localhost:443"),
            ("http://localhost.:5001", "http://localhost.:5001"),
            ("http://127.0.0.1:5001", "http://127.0.0.1:5001"),
            ("http://[::1]:5001", "http://[::1]:5001"),
            ("http://[0:0::1]", "http://[::1]"),
            ("http://[FE80::A]:5001", "http://[fe80::a]:5001"),
        ] {
            assert_eq!(
                split(url, &["http"]).map(|address| address.origin()).as_deref(),
                Ok(origin)
            );
        }
        assert_eq!(
            split("https://a.test:443/x", &["http", "https"]).unwrap().origin(),
            "https://a.test"
        );
    }

    #[test]
    fn impossible_addresses_are_refused_with_the_reason() {
        for (url, why) in [
            ("", "does not begin"),
            ("localhost:5001", "does not begin"),
            ("HTTP://localhost:5001", "does not begin"),
            ("http:/localhost:5001", "does not begin"),
            ("https://localhost:5001", "does not begin"),
            ("http://", "names no host"),
            ("http://:5001", "names no host"),
            ("http:///x", "names no host"),
            ("http://?x", "names no host"),
            ("http://localhost:", "no port behind it"),
            ("http://localhost:99999", "ports go from 1 to 65535"),
            ("http://localhost:65536", "ports go from 1 to 65535"),
            ("http://localhost:0", "ports go from 1 to 65535"),
            ("http://localhost:-1", "ports go from 1 to 65535"),
            ("http://localhost:+5001", "digits alone"),
            ("http://localhost:05001", "begins with 0"),
            ("http://localhost:x", "ports go from 1 to 65535"),
            ("http://localhost:6000", "browsers refuse"),
            ("http://localhost:6667/callback", "browsers refuse"),
            ("http://user@localhost:5001", "user name"),
            ("http://user:secret@localhost:5001", "user name"),
            ("http://local host:5001", "` ` in its host"),
            ("http://löcalhost:5001", "in its host"),
            ("http://local%68ost:5001", "`%` in its host"),
            ("http://a..b", "no name server"),
            ("http://.", "no name server"),
            (&format!("http://{}.test", "a".repeat(64)), "no name server"),
            (&format!("http://{}b.test", "a.".repeat(125)), "no name server"),
            ("http://localhost\\x", "in its host"),
            ("http://127.1:5001", "four numbers"),
            ("http://127.0.0.256:5001", "four numbers"),
            ("http://0x7f000001:5001", "four numbers"),
            ("http://2130706433:5001", "four numbers"),
            ("http://::1:5001", "no IPv6 address in brackets"),
            ("http://[::1:5001", "no IPv6 address in brackets"),
            ("http://[::ffff:127.0.0.1]:5001", "no IPv6 address in brackets"),
            ("http://[localhost]:5001", "no IPv6 address in brackets"),
        ] {
            let error = split(url, &["http"]).expect_err(url);
            assert!(error.contains(why), "{url}: {error}");
            assert!(!error.contains("secret"), "{url}: {error}");
        }
    }

    #[test]
    fn hosts_that_only_look_like_numbers_or_too_long_are_good() {
        for host in [
            &format!("{}.test", "a".repeat(63)),
            &format!("{}b.test", "a.".repeat(123)),
            "1a.test",
            "a-1",
            "x.0xg",
            "my_host",
            "127.0.0.1.example",
        ] {
            assert!(split(&format!("http://{host}:5001"), &["http"]).is_ok(), "{host}");
        }
    }
}
