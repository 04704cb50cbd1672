//! Pages inside other pages: `framing` and `consent-clickjacking`.

use crate::attack::Guard;
use kit::Answer;
use kit::ladder::Capability;

/// For every browser, the oldest included.
pub const X_FRAME_OPTIONS: Guard = Guard::since(Capability::Consent)
    .line("server/main.rs", "web::page_header(X_FRAME_OPTIONS, \"DENY\");")
    .that("Every page of the server tells the browser to show it in no frame.");

/// The same by the page's policy, which wins where a browser knows both (CSP Level 3 §6.4.2).
pub const FRAME_ANCESTORS: Guard = Guard::since(Capability::Consent)
    .line(
        "server/main.rs",
        "web::page_header(CONTENT_SECURITY_POLICY, \"frame-ancestors 'none'\");",
    )
    .that("The page's policy says the same. Where a browser knows both, it obeys this one.");

/// The header that keeps a browser from showing this page in a frame of another site (CSP 3 §6.4.2, RFC 7034).
pub fn forbids_framing(page: &Answer) -> Option<String> {
    let csp = page.all("content-security-policy").find(|policy| policy.contains("frame-ancestors"));
    if let Some(policy) = csp {
        let directive =
            policy.split(';').map(str::trim).find(|part| part.starts_with("frame-ancestors"));
        return directive.filter(|part| !part.contains('*')).map(str::to_owned);
    }
    let value = page.header("x-frame-options")?.to_ascii_uppercase();
    matches!(value.as_str(), "DENY" | "SAMEORIGIN").then(|| format!("X-Frame-Options: {value}"))
}

#[cfg(test)]
mod tests {
    use kit::Request;

    use super::*;

    fn page(headers: &[(&str, &str)]) -> Answer {
        Answer {
            request: Request::get("http://localhost/login"),
            status: 200,
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).into(), (*value).into()))
                .collect(),
            body: String::new(),
            story: Vec::new(),
        }
    }

    #[test]
    fn frames_are_judged_as_a_browser_judges_them() {
        let forbidden = [
            &[("x-frame-options", "DENY")][..],
            &[("x-frame-options", "sameorigin")],
            &[("content-security-policy", "default-src 'none'; frame-ancestors 'none'")],
            // The newer header wins (CSP 3 §6.4.2).
            &[
                ("x-frame-options", "nonsense"),
                ("content-security-policy", "frame-ancestors 'self'"),
            ],
        ];
        for headers in forbidden {
            assert!(forbids_framing(&page(headers)).is_some(), "{headers:?}");
        }
        let allowed = [
            &[][..],
            &[("x-frame-options", "ALLOW-FROM http://a")],
            &[("content-security-policy", "default-src 'none'")],
            &[
                ("x-frame-options", "DENY"),
                ("content-security-policy", "frame-ancestors *"),
            ],
        ];
        for headers in allowed {
            assert!(forbids_framing(&page(headers)).is_none(), "{headers:?}");
        }
    }
}
