//! A JWT's parts, to look at.

use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use base64::prelude::Engine;
use serde_json::Value;

/// The header (`index` 0) or the claims (`index` 1) of a JWT in compact form (RFC 7515 §7.1), as indented JSON.
///
/// `None` when the token is no JWT or has no such part. Nothing is verified: this is for a page, never for a decision.
pub fn jwt_part(token: &str, index: usize) -> Option<String> {
    let parts: [&str; 3] = token.splitn(4, '.').collect::<Vec<_>>().try_into().ok()?;
    // The third part is the signature, and no JSON.
    let part = parts[..2].get(index)?;
    let json = BASE64_URL_SAFE_NO_PAD.decode(part).ok()?;
    let value: Value = serde_json::from_slice(&json).ok()?;
    value.is_object().then(|| format!("{value:#}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_and_claims_are_shown_in_their_own_order() {
        // RFC 7515, appendix A.1.
        let token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\
            eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
            dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let header = "{\n  \"typ\": \"JWT\",\n  \"alg\": \"HS256\"\n}";
        assert_eq!(jwt_part(token, 0).as_deref(), Some(header));
        assert!(
            jwt_part(token, 1)
                .unwrap()
                .starts_with("{\n  \"iss\": \"joe\",\n  \"exp\": 1300819380,")
        );
        assert_eq!(jwt_part(token, 2), None);
    }

    #[test]
    fn what_is_no_jwt_has_no_parts() {
        for token in [
            "",
            "opaque",
            "e30",
            "e30.e30",
            "e30.e30.x.y",
            "e30=.e30.x",
            "!.e30.x",
            "W10.e30.x",
        ] {
            assert_eq!(jwt_part(token, 0), None, "{token}");
        }
        assert_eq!(jwt_part("e30.e30.", 0).as_deref(), Some("{}"));
    }
}
