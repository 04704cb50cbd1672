//! PKCE at the client: a secret that stays here, and its hash that travels (RFC 7636).

use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use base64::prelude::Engine;
use sha2::Digest;
use sha2::Sha256;
use web::random_token;

/// A new `code_verifier`: 256 random bits in 43 unreserved characters (RFC 7636 §4.1).
pub fn new_verifier() -> String {
    random_token()
}

/// The `code_challenge` of a verifier, by method S256 (RFC 7636 §4.2).
pub fn challenge(code_verifier: &str) -> String {
    hash(code_verifier)
}

/// SHA-256 in base64url.
pub fn hash(text: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r3_6_the_vector_of_rfc_7636_appendix_b() {
        let challenge = challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn r3_5_a_verifier_is_43_characters_and_new_each_time() {
        assert_eq!(new_verifier().len(), 43);
        assert_ne!(new_verifier(), new_verifier());
    }
}
