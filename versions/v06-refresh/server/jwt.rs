//! Access tokens are JWTs, signed with a secret that only this server knows (RFC 7519, shaped like RFC 9068).

use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use base64::prelude::Engine;
use jsonwebtoken::Algorithm;
use jsonwebtoken::DecodingKey;
use jsonwebtoken::EncodingKey;
use jsonwebtoken::Header;
use jsonwebtoken::Validation;
use jsonwebtoken::decode;
use jsonwebtoken::encode;
use serde::Deserialize;
use serde::Serialize;
use web::Moment;
use web::Settings;
use web::random_token;

/// Secrets that are printed in documents, so everybody has them: the key of RFC 7515 appendix A.1.
const PUBLISHED: [&str; 1] =
    ["AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"];

/// What an access token says (RFC 9068 §2.2).
#[derive(Serialize, Deserialize)]
pub struct Claims {
    pub iss: String,
    pub sub: String,
    pub aud: String,
    pub client_id: String,
    pub iat: u64,
    pub exp: u64,
    pub jti: String,
}

/// The key of this server.
pub struct Keys {
    signing: EncodingKey,
    verifying: DecodingKey,
    rules: Validation,
}

impl Claims {
    pub fn new(settings: &Settings, client_id: &str, user_id: &str, expires_at: Moment) -> Claims {
        Claims {
            iss: settings.auth_server_url.clone(),
            sub: user_id.to_string(),
            aud: audience(settings),
            client_id: client_id.to_string(),
            iat: expires_at.seconds() - settings.ttl_access.as_secs(),
            exp: expires_at.seconds(),
            jti: random_token(),
        }
    }
}

impl Keys {
    /// Takes the secret from `JWT_SECRET`, or makes one that ends with this process.
    pub fn new(settings: &Settings) -> Result<Keys, String> {
        let secret = match &settings.jwt_secret {
            Some(text) => check_secret(text)?,
            None => {
                web::notice(
                    "JWT_SECRET is not set: access tokens are signed with a random key until this process ends",
                );
                random_token().into_bytes()
            }
        };
        Ok(Keys {
            signing: EncodingKey::from_secret(&secret),
            verifying: DecodingKey::from_secret(&secret),
            rules: rules(settings),
        })
    }

    /// The signed token.
    pub fn sign(&self, claims: &Claims) -> String {
        let header = Header {
            typ: Some("at+jwt".to_string()),
            ..Header::new(Algorithm::HS256)
        };
        encode(&header, claims, &self.signing).expect("a string map can be signed with HMAC")
    }

    /// The claims of a token that this server signed for its own API, and that is in force now.
    pub fn verify(&self, token: &str) -> Option<Claims> {
        let token = decode::<Claims>(token, &self.verifying, &self.rules).ok()?;
        let typ = token.header.typ.unwrap_or_default().to_ascii_lowercase();
        (typ == "at+jwt" || typ == "application/at+jwt").then_some(token.claims)
    }
}

/// Every rule is set here, because the library's defaults are too weak: it demands `exp` alone, lets a missing
/// `aud` or `iss` pass, ignores `nbf`, and allows a minute of leeway (RFC 8725 §3.1 and §3.11, RFC 9068 §4).
fn rules(settings: &Settings) -> Validation {
    let mut rules = Validation::new(Algorithm::HS256);
    rules.set_issuer(&[&settings.auth_server_url]);
    rules.set_audience(&[audience(settings)]);
    rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    rules.validate_nbf = true;
    rules.leeway = 0;
    rules
}

fn audience(settings: &Settings) -> String {
    format!("{}/api", settings.auth_server_url)
}

/// A weak secret can be guessed from one token, offline, and then anyone mints tokens (RFC 8725 §3.5).
fn check_secret(text: &str) -> Result<Vec<u8>, String> {
    let secret = BASE64_URL_SAFE_NO_PAD.decode(text.trim_end_matches('='));
    let secret = secret.map_err(|_| refuse("is not base64url"))?;
    if secret.len() < 32 {
        return Err(refuse("is shorter than 32 bytes (256 bits)"));
    }
    if secret.iter().all(|byte| *byte == secret[0]) {
        return Err(refuse("is one byte, repeated"));
    }
    if PUBLISHED.contains(&text) {
        return Err(refuse("is printed in a public document"));
    }
    Ok(secret)
}

fn refuse(why: &str) -> String {
    format!(
        "JWT_SECRET {why}. It must be base64url of at least 32 random bytes. \
         Leave it out, and the server makes one at each start."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_secrets_are_refused_and_good_ones_are_not() {
        let weak = [
            "secret",
            "not base64!",
            &BASE64_URL_SAFE_NO_PAD.encode([7; 64]),
            &BASE64_URL_SAFE_NO_PAD.encode(b"only 31 bytes, one too few, so."),
            PUBLISHED[0],
        ];
        for text in weak {
            assert!(check_secret(text).is_err_and(|error| error.contains("JWT_SECRET")), "{text}");
        }
        assert!(check_secret(&random_token()).is_ok());
        assert!(check_secret(&format!("{}=", random_token())).is_ok());
    }
}
