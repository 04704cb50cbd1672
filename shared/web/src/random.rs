//! New secrets.

use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use base64::prelude::Engine;
use rand::TryRngCore;
use rand::rngs::OsRng;

/// A new secret: 256 bits from the operating system's generator, as 43 URL-safe characters.
///
/// Guessing one must succeed with a probability of at most 2^-128 (RFC 6749 §10.10).
pub fn random_token() -> String {
    let mut bytes = [0; 32];
    // Without randomness nothing here is safe, so going on would be worse than ending.
    OsRng.try_fill_bytes(&mut bytes).expect("the operating system gives random bytes");
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_256_bits_and_never_the_same() {
        let tokens: std::collections::HashSet<_> = (0..1000).map(|_| random_token()).collect();
        assert_eq!(tokens.len(), 1000);
        assert!(
            tokens.iter().all(|token| BASE64_URL_SAFE_NO_PAD.decode(token).unwrap().len() == 32)
        );
    }
}
