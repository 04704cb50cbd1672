//! JSON Web Tokens by hand: forging one must not depend on a library that refuses to.

use crate::encoding::{base64url, from_base64url};
use hmac::{Hmac, Mac};
use serde_json::Value;
use sha2::{Sha256, Sha384, Sha512};

/// A token taken apart. Nothing is verified.
#[derive(Clone, Debug)]
pub struct Jwt {
    /// `alg`, `typ`, … (RFC 7515 §4.1).
    pub header: Value,
    /// `iss`, `sub`, … (RFC 7519 §4.1).
    pub claims: Value,
    /// The third part as it stood there.
    pub signature: String,
}

impl Jwt {
    /// Takes a compact JWS apart; `None` when it is none.
    pub fn read(token: &str) -> Option<Jwt> {
        let mut parts = token.split('.');
        let mut json = || serde_json::from_slice(&from_base64url(parts.next()?)?).ok();
        let (header, claims) = (json()?, json()?);
        let signature = parts.next()?.to_owned();
        parts.next().is_none().then_some(Jwt {
            header,
            claims,
            signature,
        })
    }

    /// The first two parts: what is signed.
    pub fn signing_input(&self) -> String {
        let part = |json: &Value| base64url(json.to_string().as_bytes());
        format!("{}.{}", part(&self.header), part(&self.claims))
    }

    /// The token with a signature by the header's `alg` (HS256, HS384 or HS512; otherwise an empty one).
    pub fn signed(&self, secret: &[u8]) -> String {
        let input = self.signing_input();
        let signature = match self.header["alg"].as_str() {
            Some("HS256") => Hmac::<Sha256>::new_from_slice(secret)
                .map(|mac| mac.chain_update(&input).finalize().into_bytes().to_vec()),
            Some("HS384") => Hmac::<Sha384>::new_from_slice(secret)
                .map(|mac| mac.chain_update(&input).finalize().into_bytes().to_vec()),
            Some("HS512") => Hmac::<Sha512>::new_from_slice(secret)
                .map(|mac| mac.chain_update(&input).finalize().into_bytes().to_vec()),
            _ => Ok(Vec::new()),
        };
        // HMAC takes a key of any length, so there is always a signature.
        format!("{input}.{}", base64url(&signature.unwrap_or_default()))
    }

    /// The token with the signature that it came with.
    pub fn as_it_was_signed(&self) -> String {
        format!("{}.{}", self.signing_input(), self.signature)
    }

    /// The token with a header parameter replaced, or removed by `Null`.
    pub fn header(&self, name: &str, value: Value) -> Jwt {
        let mut changed = self.clone();
        put(&mut changed.header, name, value);
        changed
    }

    /// The token with a claim replaced, or removed by `Null`.
    pub fn claim(&self, name: &str, value: Value) -> Jwt {
        let mut changed = self.clone();
        put(&mut changed.claims, name, value);
        changed
    }
}

/// The key of an access token's row: the token itself, or its `jti` when it is a JWT.
pub fn row_of(access_token: &str) -> String {
    let jti = Jwt::read(access_token).and_then(|jwt| jwt.claims["jti"].as_str().map(str::to_owned));
    jti.unwrap_or_else(|| access_token.to_owned())
}

fn put(json: &mut Value, name: &str, value: Value) {
    if let Some(map) = json.as_object_mut() {
        if value.is_null() {
            map.shift_remove(name);
        } else {
            map.insert(name.to_owned(), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_that_everybody_knows() {
        // The well-known example of jwt.io, secret "your-256-bit-secret".
        let token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c";
        let jwt = Jwt::read(token).expect("a JWT");
        assert_eq!(jwt.as_it_was_signed(), token);
        assert_eq!(jwt.signed(b"your-256-bit-secret"), token);
        assert_ne!(jwt.header("alg", "HS512".into()).signed(b"your-256-bit-secret"), token);
        assert!(jwt.claim("sub", Value::Null).claims.get("sub").is_none());
    }

    #[test]
    fn nonsense_is_no_token() {
        for text in [
            "",
            "a",
            "a.b.c",
            "..",
            "e30.e30",
            "e30.e30.e30.e30",
            "é.é.é",
        ] {
            assert!(Jwt::read(text).is_none(), "{text}");
        }
    }
}
