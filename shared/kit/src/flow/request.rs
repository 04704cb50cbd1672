//! The authorization request, valid in its version until a check bends it.

use crate::encoding::{encode_pairs, random, s256};
use crate::flow::Params;
use crate::ladder::Capability;
use crate::target::{App, Target};

/// An authorization request (RFC 6749 §4.1.1) that is valid until a check bends it.
#[derive(Clone, Debug)]
pub struct AuthorizationRequest {
    endpoint: String,
    /// Whom it is for.
    pub app: App,
    /// The query.
    pub params: Params,
    /// The redirect URI at which the answer is expected.
    pub redirect_uri: String,
    /// The verifier behind the challenge (RFC 7636 §4.1); unused before v03.
    pub code_verifier: String,
}

impl AuthorizationRequest {
    /// The request with a parameter replaced or added.
    pub fn set(mut self, name: &str, value: impl Into<String>) -> Self {
        self.params.set(name, value);
        self
    }

    /// The request without a parameter.
    pub fn without(mut self, name: &str) -> Self {
        self.params.remove(name);
        self
    }

    /// The request with a parameter once more.
    pub fn also(mut self, name: &str, value: impl Into<String>) -> Self {
        self.params.add(name, value);
        self
    }

    /// The request for another of the client's redirect URIs.
    pub fn to(mut self, redirect_uri: &str) -> Self {
        self.redirect_uri = redirect_uri.to_owned();
        self.set("redirect_uri", redirect_uri)
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("{}?{}", self.endpoint, encode_pairs(&self.params.0))
    }
}

impl Target {
    /// A valid authorization request of this version.
    pub fn authorization_request(&self, app: &App) -> AuthorizationRequest {
        let code_verifier = random();
        let mut params = Params::default();
        params.set("response_type", "code");
        params.set("client_id", &app.client_id);
        params.set("redirect_uri", app.redirect_uri());
        if self.has(Capability::State) {
            params.set("state", random());
        }
        if self.has(Capability::Pkce) || self.demands_challenge {
            params.set("code_challenge", s256(&code_verifier));
            params.set("code_challenge_method", "S256");
        }
        AuthorizationRequest {
            endpoint: self.url("/authorize"),
            app: app.clone(),
            params,
            redirect_uri: app.redirect_uri().to_owned(),
            code_verifier,
        }
    }

    /// demo-client's valid authorization request.
    pub fn request(&self) -> AuthorizationRequest {
        self.authorization_request(&self.demo)
    }
}
