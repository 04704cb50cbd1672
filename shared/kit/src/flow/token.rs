//! From the code to the tokens and to the API: the client's half of the flow.

use crate::answer::Answer;
use crate::flow::{Grant, Params};
use crate::ladder::Capability;
use crate::request::Request;
use crate::target::{App, Target};
use crate::verdict::Verdict;
use serde_json::Value;

/// A request to `/token` that is valid until a check bends it (RFC 6749 §4.1.3, §6).
#[derive(Clone, Debug)]
pub struct TokenRequest {
    endpoint: String,
    /// The form.
    pub params: Params,
    basic: Option<(String, String)>,
}

impl TokenRequest {
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

    /// The request with these Basic credentials, in place of a secret in the body.
    pub fn basic(mut self, client_id: &str, client_secret: &str) -> Self {
        if self.params.get("client_secret").is_some() {
            self.params.remove("client_id");
            self.params.remove("client_secret");
        }
        self.basic = Some((client_id.to_owned(), client_secret.to_owned()));
        self
    }

    /// The request without the client's credentials, wherever they stood.
    pub fn no_basic(mut self) -> Self {
        self.basic = None;
        if self.params.get("client_secret").is_some() {
            self.params.remove("client_id");
            self.params.remove("client_secret");
        }
        self
    }

    /// As HTTP.
    pub fn http(&self) -> Request {
        let request = Request::form(&self.endpoint, &self.params.0);
        match &self.basic {
            Some((id, secret)) => request.basic(id, secret),
            None => request,
        }
    }
}

/// What a good answer of `/token` holds (RFC 6749 §5.1).
#[derive(Clone, Debug)]
pub struct Tokens {
    /// The access token.
    pub access_token: String,
    /// The refresh token, from v06.
    pub refresh_token: Option<String>,
    /// The whole JSON.
    pub json: Value,
    /// The answer.
    pub answer: Answer,
}

impl Tokens {
    /// The refresh token.
    ///
    /// # Errors
    /// There is none.
    pub fn refresh_token(&self) -> Result<&str, Verdict> {
        self.refresh_token
            .as_deref()
            .ok_or_else(|| self.answer.fail("a refresh_token in the token response"))
    }
}

impl Target {
    /// A form for `/token` with the client's credentials and nothing else: Basic (or in the body, if the server wants that),
    /// for a public client its `client_id`.
    pub fn token_request(&self, app: &App) -> TokenRequest {
        let mut request = TokenRequest {
            endpoint: self.url("/token"),
            params: Params::default(),
            basic: None,
        };
        match &app.client_secret {
            Some(secret) if self.secret_in_body => {
                request.params.set("client_id", &app.client_id);
                request.params.set("client_secret", secret);
            }
            Some(secret) => request.basic = Some((app.client_id.clone(), secret.clone())),
            None => request.params.set("client_id", &app.client_id),
        }
        request
    }

    /// A valid exchange of the code.
    pub fn redeem(&self, grant: &Grant) -> TokenRequest {
        self.token_request(&grant.app)
            .set("grant_type", "authorization_code")
            .set("code", &grant.code)
            .set("redirect_uri", &grant.redirect_uri)
            .set("code_verifier", &grant.code_verifier)
    }

    /// A valid refresh.
    pub fn refresh(&self, app: &App, refresh_token: &str) -> TokenRequest {
        self.token_request(app)
            .set("grant_type", "refresh_token")
            .set("refresh_token", refresh_token)
    }

    /// Sends a request to `/token`.
    ///
    /// # Errors
    /// No whole answer came.
    pub async fn send(&self, request: &TokenRequest) -> Result<Answer, Verdict> {
        self.http.send(request.http()).await
    }

    /// Sends a request to `/token` that must succeed.
    ///
    /// # Errors
    /// Not 200 with an access token in JSON.
    pub async fn tokens_for(&self, request: &TokenRequest) -> Result<Tokens, Verdict> {
        let answer = self.send(request).await?;
        let json = answer.json().unwrap_or_default();
        let text = |name: &str| json[name].as_str().map(str::to_owned);
        match text("access_token") {
            Some(access_token) if answer.status == 200 => Ok(Tokens {
                access_token,
                refresh_token: text("refresh_token"),
                json,
                answer,
            }),
            _ => Err(answer.fail("status 200 and JSON with an access_token")),
        }
    }

    /// A whole good flow for a client: log in, code, tokens.
    ///
    /// # Errors
    /// It breaks somewhere.
    pub async fn tokens_of(&self, app: &App) -> Result<Tokens, Verdict> {
        let grant = self.code_of(app).await?;
        self.tokens_for(&self.redeem(&grant)).await
    }

    /// A whole good flow for demo-client.
    ///
    /// # Errors
    /// It breaks somewhere.
    pub async fn tokens(&self) -> Result<Tokens, Verdict> {
        self.tokens_of(&self.demo).await
    }

    /// The refusal was not the refusal of everything: a whole flow, as far as the version of the rule goes, still works.
    ///
    /// # Errors
    /// It does not.
    pub async fn still_works(&self) -> Result<(), Verdict> {
        let grant = self.code().await?;
        if Capability::TokenEndpoint.is_in(self.rule) {
            self.tokens_for(&self.redeem(&grant)).await?;
        }
        Ok(())
    }

    /// `GET /api/me` with a Bearer token.
    ///
    /// # Errors
    /// No whole answer came.
    pub async fn me(&self, access_token: &str) -> Result<Answer, Verdict> {
        self.http.send(Request::get(self.url("/api/me")).bearer(access_token)).await
    }
}
