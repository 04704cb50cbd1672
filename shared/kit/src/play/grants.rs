//! What the played server has issued: codes, access tokens, refresh tokens, and who used what twice.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::heard::Heard;
use super::script::{RefreshTokens, Script};
use crate::encoding::{base64url, random, s256};
use serde_json::{Value, json};

/// The client that the played server knows.
#[derive(Debug, Clone)]
pub struct Registration {
    /// Its `client_id`.
    pub client_id: String,
    /// Its `client_secret`.
    pub client_secret: String,
}

/// Everything issued so far.
#[derive(Debug, Default)]
pub struct Grants {
    codes: HashMap<String, Code>,
    access_tokens: HashMap<String, AccessToken>,
    refresh_tokens: HashMap<String, RefreshToken>,
    reused: u32,
    families: u32,
    issued: Vec<String>,
}

#[derive(Debug)]
struct Code {
    redirect_uri: String,
    challenge: Option<String>,
    used: bool,
    scope: String,
}

#[derive(Debug)]
struct AccessToken {
    until: Instant,
    scope: String,
}

#[derive(Debug)]
struct RefreshToken {
    family: u32,
    live: bool,
    scope: String,
}

/// Why the played `/token` refuses: status, error code, and what a reader of a failed check wants to know.
pub type Refusal = (u16, &'static str, &'static str);

impl Grants {
    /// A new code, tied to what `/authorize` was asked.
    pub fn code(&mut self, request: &Heard, redirect_uri: &str) -> String {
        let code = token("code");
        let row = Code {
            redirect_uri: redirect_uri.to_owned(),
            challenge: request.query("code_challenge").map(str::to_owned),
            used: false,
            scope: request.query("scope").unwrap_or_default().to_owned(),
        };
        self.codes.insert(code.clone(), row);
        code
    }

    /// Trades a code for tokens (RFC 6749 §4.1.3, RFC 7636 §4.6).
    pub fn redeem(&mut self, request: &Heard, script: &Script) -> Result<Value, Refusal> {
        let code = request.form("code").ok_or((400, "invalid_request", "code is missing"))?;
        let row = self.codes.get_mut(code).ok_or((400, "invalid_grant", "unknown code"))?;
        if row.used {
            return Err((400, "invalid_grant", "the code was used before"));
        }
        if request.form("redirect_uri").is_some_and(|sent| sent != row.redirect_uri) {
            return Err((400, "invalid_grant", "another redirect_uri than at /authorize"));
        }
        let verifier = request.form("code_verifier");
        if row.challenge.is_some() != verifier.is_some() {
            return Err((
                400,
                "invalid_request",
                "code_verifier without challenge, or the reverse",
            ));
        }
        // The method plain is for R3.5 to judge; here it would only hide what else there is to see.
        let plain = verifier.is_some() && verifier == row.challenge.as_deref();
        if verifier.map(s256) != row.challenge && !plain {
            return Err((400, "invalid_grant", "the verifier does not fit the challenge"));
        }
        row.used = true;
        self.families += 1;
        let first = (script.refresh_tokens != RefreshTokens::Never).then_some(self.families);
        let scope = row.scope.clone();
        Ok(self.issue(script, first, scope))
    }

    /// Trades a refresh token for new tokens; one that is used twice ends its family (RFC 9700 §4.14.2).
    pub fn refresh(&mut self, request: &Heard, script: &Script) -> Result<Value, Refusal> {
        let token = request.form("refresh_token").ok_or((
            400,
            "invalid_request",
            "refresh_token is missing",
        ))?;
        let row = self.refresh_tokens.get_mut(token).ok_or((
            400,
            "invalid_grant",
            "unknown refresh_token",
        ))?;
        let family = row.family;
        if !row.live {
            self.reused += 1;
            self.refresh_tokens.retain(|_, row| row.family != family);
            return Err((400, "invalid_grant", "this refresh_token was used before"));
        }
        let rotate = script.refresh_tokens == RefreshTokens::Rotate;
        row.live = !rotate;
        let scope = row.scope.clone();
        Ok(self.issue(script, rotate.then_some(family), scope))
    }

    /// Whether this access token opens `/api/me` now.
    pub fn accepts(&self, access_token: &str) -> bool {
        self.access_tokens.get(access_token).is_some_and(|row| Instant::now() < row.until)
    }

    /// Whether this access token may be used for what that scope stands for.
    pub fn allows(&self, access_token: &str, needed: &str) -> bool {
        let row = self.access_tokens.get(access_token);
        row.is_some_and(|row| row.scope.split(' ').any(|scope| scope == needed))
    }

    /// Revokes every access token, before its time. Refresh tokens live on.
    pub fn revoke_access_tokens(&mut self) {
        self.access_tokens.clear();
    }

    /// Ends everything: the user withdrew the grant.
    pub fn revoke_all(&mut self) {
        self.access_tokens.clear();
        self.refresh_tokens.clear();
    }

    /// How often a refresh token came that had been used before.
    pub fn reused(&self) -> u32 {
        self.reused
    }

    /// Every access and refresh token that was ever issued.
    pub fn issued(&self) -> &[String] {
        &self.issued
    }

    fn issue(&mut self, script: &Script, family: Option<u32>, asked: String) -> Value {
        let access_token = match &script.claims {
            Some(claims) => jwt(claims),
            None => token("access"),
        };
        let lifetime = Duration::from_secs(script.expires_in.unwrap_or(1800));
        let row = AccessToken {
            until: Instant::now() + lifetime,
            scope: script.granted.clone().unwrap_or_else(|| asked.clone()),
        };
        self.access_tokens.insert(access_token.clone(), row);
        self.issued.push(access_token.clone());
        let mut response = json!({ "access_token": access_token, "token_type": "Bearer" });
        if let Some(seconds) = script.expires_in {
            response["expires_in"] = json!(seconds);
        }
        if let Some(granted) = &script.granted {
            response["scope"] = json!(granted);
        }
        if let Some(family) = family {
            let refresh_token = token("refresh");
            let row = RefreshToken {
                family,
                live: true,
                scope: asked,
            };
            self.refresh_tokens.insert(refresh_token.clone(), row);
            self.issued.push(refresh_token.clone());
            response["refresh_token"] = json!(refresh_token);
        }
        response
    }
}

/// 256 random bits behind a prefix that makes the value easy to find in a page.
fn token(kind: &str) -> String {
    format!("played-{kind}-{}", random())
}

/// Three parts like a JWT. Nobody but the played server judges it, so the signature is noise.
fn jwt(claims: &Value) -> String {
    let header = json!({ "alg": "HS256", "typ": "at+jwt" }).to_string();
    let (header, claims) = (base64url(header.as_bytes()), base64url(claims.to_string().as_bytes()));
    format!("{header}.{claims}.{}", random())
}
