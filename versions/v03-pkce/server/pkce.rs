//! PKCE at the server: a challenge before the code (RFC 7636).

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

fn is_unreserved(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~".contains(c)
}
