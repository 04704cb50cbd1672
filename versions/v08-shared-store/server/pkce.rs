//! PKCE at the server: a challenge before the code, its verifier after it (RFC 7636).

use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use base64::prelude::Engine;
use sha2::Digest;
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::store::AuthorizationRequest;

/// Demands an S256 challenge in the authorization request. The error is an `error_description`.
pub fn check_challenge(request: &AuthorizationRequest) -> Result<(), &'static str> {
    let Some(challenge) = &request.code_challenge else {
        return Err("code_challenge is missing: PKCE is required (RFC 7636 section 4.4.1).");
    };
    // An absent method means plain, and plain shows the verifier to whoever sees this request (RFC 7636 §4.3, §7.2).
    if request.code_challenge_method.as_deref() != Some("S256") {
        return Err("code_challenge_method must be S256.");
    }
    // A SHA-256 hash is 43 characters in base64url (RFC 7636 §4.2).
    if challenge.len() != 43 || !challenge.chars().all(is_unreserved) {
        return Err("code_challenge must be 43 characters of base64url.");
    }
    Ok(())
}

/// Whether a verifier has the form of one: 43 to 128 unreserved characters (RFC 7636 §4.1).
pub fn is_verifier(verifier: &str) -> bool {
    (43..=128).contains(&verifier.len()) && verifier.chars().all(is_unreserved)
}

/// Whether this verifier is the one that the challenge was made from (RFC 7636 §4.6).
pub fn verify(challenge: &str, verifier: &str) -> bool {
    let hash = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
    hash.as_bytes().ct_eq(challenge.as_bytes()).into()
}

fn is_unreserved(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn r3_6_the_vector_of_rfc_7636_appendix_b() {
        assert!(verify(CHALLENGE, VERIFIER));
        assert!(!verify(CHALLENGE, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl"));
    }

    #[test]
    fn r4_8_a_verifier_has_43_to_128_unreserved_characters() {
        assert!(is_verifier(VERIFIER) && is_verifier(&"a".repeat(128)));
        assert!(
            !is_verifier(&"a".repeat(42))
                && !is_verifier(&"a".repeat(129))
                && !is_verifier(&"+".repeat(43))
        );
    }
}
