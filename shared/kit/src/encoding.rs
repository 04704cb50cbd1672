//! Queries, forms and URLs as plain text: OAuth compares strings, so nothing here may tidy them up (RFC 3986 §6.2.1).

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest, Sha256};

/// Everything but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Percent-encodes a value for a query or a form.
pub fn encode(value: &str) -> String {
    utf8_percent_encode(value, RESERVED).to_string()
}

/// Decodes one value of a query or a form: `+` is a space; bytes that are not UTF-8 become U+FFFD.
pub fn decode(value: &str) -> String {
    let spaces = value.replace('+', " ");
    percent_decode_str(&spaces).decode_utf8_lossy().into_owned()
}

/// `a=1&b=2` from pairs.
pub fn encode_pairs<N: AsRef<str>, V: AsRef<str>>(pairs: &[(N, V)]) -> String {
    let parts: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name.as_ref()), encode(value.as_ref())))
        .collect();
    parts.join("&")
}

/// The pairs of a URL's query, in order, repeated names included.
pub fn query_pairs(url: &str) -> Vec<(String, String)> {
    let without_fragment = url.split('#').next().unwrap_or_default();
    let Some((_, query)) = without_fragment.split_once('?') else {
        return Vec::new();
    };
    query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (decode(name), decode(value))
        })
        .collect()
}

/// `http://localhost:5000` of `http://localhost:5000/login?a=b`.
pub fn origin(url: &str) -> &str {
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url[start..].find(['/', '?', '#']).map_or(url.len(), |at| start + at);
    &url[..end]
}

/// `localhost` of `http://localhost:5000/login`: cookies ignore the port.
pub fn host(url: &str) -> &str {
    let origin = origin(url);
    let authority = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    let authority = authority.rsplit_once('@').map_or(authority, |(_, rest)| rest);
    if let Some(end) = authority.find(']') {
        return &authority[..=end];
    }
    authority.split(':').next().unwrap_or(authority)
}

/// `/login` of `http://localhost:5000/login?a=b`.
pub fn path(url: &str) -> &str {
    let rest = &url[origin(url).len()..];
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    if path.is_empty() { "/" } else { path }
}

/// Where a `Location` or a form's `action` leads, seen from `base`. Dot segments are left as they are.
pub fn resolve(base: &str, reference: &str) -> String {
    let scheme = base.split("://").next().unwrap_or("http");
    if reference.contains("://") && !reference.starts_with(['/', '?', '#']) {
        return reference.to_owned();
    }
    if let Some(rest) = reference.strip_prefix("//") {
        return format!("{scheme}://{rest}");
    }
    if reference.starts_with('/') {
        return format!("{}{reference}", origin(base));
    }
    let here = format!("{}{}", origin(base), path(base));
    if reference.is_empty() {
        return base.split('#').next().unwrap_or(base).to_owned();
    }
    if reference.starts_with(['?', '#']) {
        return format!("{here}{reference}");
    }
    let folder = here.rfind('/').map_or(here.as_str(), |at| &here[..=at]);
    format!("{folder}{reference}")
}

/// A fresh value of 256 bits, base64url without padding: 43 characters, so it is also a good code_verifier (RFC 7636 §4.1).
pub fn random() -> String {
    base64url(&rand::random::<[u8; 32]>())
}

/// BASE64URL without padding (RFC 7515 §2).
pub fn base64url(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// BASE64 with padding, as HTTP Basic wants it (RFC 7617 §2).
pub fn base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

/// The bytes of a BASE64URL text without padding, if it is one.
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()
}

/// `code_challenge` for a `code_verifier` with the method S256 (RFC 7636 §4.2).
pub fn s256(code_verifier: &str) -> String {
    base64url(&Sha256::digest(code_verifier))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_location_leads_where_a_browser_would_go() {
        let base = "http://localhost:5000/a/login?x=1#f";
        assert_eq!(resolve(base, "http://h/p"), "http://h/p");
        assert_eq!(resolve(base, "//h/p"), "http://h/p");
        assert_eq!(resolve(base, "/p?u=http://x"), "http://localhost:5000/p?u=http://x");
        assert_eq!(resolve(base, "?y=2"), "http://localhost:5000/a/login?y=2");
        assert_eq!(resolve(base, "next"), "http://localhost:5000/a/next");
        assert_eq!(resolve("http://h", "next"), "http://h/next");
    }

    #[test]
    fn hosts_lose_port_and_user() {
        assert_eq!(host("http://localhost:5001@evil:80/x"), "evil");
        assert_eq!(host("http://[::1]:5000/"), "[::1]");
        assert_eq!(path("http://h?x=/y"), "/");
    }

    #[test]
    fn pairs_survive_the_way_out_and_back() {
        let pairs = vec![
            ("state".to_owned(), "a b+c%26&=\"'<#".to_owned()),
            ("e".to_owned(), String::new()),
        ];
        assert_eq!(query_pairs(&format!("/x?{}#f?g=h", encode_pairs(&pairs))), pairs);
    }

    #[test]
    fn s256_of_the_rfc() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(s256(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
