//! Access tokens are JWTs, signed with a secret that only this server knows (RFC 7519, shaped like RFC 9068).

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
    pub scope: String,
}

/// The key of this server, and the rules by which it judges a token. Made once, at the start.
pub struct Keys {
    header: Header,
    signing: EncodingKey,
    verifying: DecodingKey,
    rules: Validation,
}

impl Keys {
    /// Takes the secret from `JWT_SECRET`, or makes one that ends with this process.
    pub fn new(settings: &Settings) -> Keys {
        let secret = settings.jwt_secret.clone().unwrap_or_else(|| {
            web::notice(
                "JWT_SECRET is not set: a random key signs access tokens until this process ends",
            );
            random_token().into_bytes()
        });
        Keys {
            header: Header {
                typ: Some("at+jwt".to_string()),
                ..Header::new(Algorithm::HS256)
            },
            signing: EncodingKey::from_secret(&secret),
            verifying: DecodingKey::from_secret(&secret),
            rules: rules(settings),
        }
    }

    /// The signed token.
    pub fn sign(&self, claims: &Claims) -> String {
        encode(&self.header, claims, &self.signing).expect("a string map can be signed with HMAC")
    }

    /// The claims of a token that this server signed for its own API, and that is in force now.
    pub fn verify(&self, token: &str) -> Option<Claims> {
        let token = decode::<Claims>(token, &self.verifying, &self.rules).ok()?;
        // Another kind of JWT must not pass as an access token (RFC 9068 §4), nor one with rules that we do
        // not know (`crit`, RFC 7515 §4.1.11). The library lets the second of `exp` itself pass (RFC 7519 §4.1.4).
        let typ = token.header.typ.unwrap_or_default().to_ascii_lowercase();
        let is_access_token = typ == "at+jwt" || typ == "application/at+jwt";
        let in_time = token.claims.exp > Moment::now().seconds();
        (is_access_token && token.header.crit.is_none() && in_time).then_some(token.claims)
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

/// The API, as `aud` names it.
pub fn audience(settings: &Settings) -> String {
    format!("{}/api", settings.auth_server_url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r5_10_two_processes_without_a_secret_do_not_take_each_others_tokens() {
        let settings = Settings {
            jwt_secret: None,
            ..Settings::default()
        };
        let claims = Claims {
            iss: settings.auth_server_url.clone(),
            sub: "user0".to_string(),
            aud: audience(&settings),
            client_id: "demo-client".to_string(),
            iat: 0,
            exp: 4_000_000_000,
            jti: random_token(),
            scope: "profile".to_string(),
        };
        let (ours, theirs) = (Keys::new(&settings), Keys::new(&settings));
        let token = ours.sign(&claims);
        assert!(ours.verify(&token).is_some() && theirs.verify(&token).is_none());
    }
}
