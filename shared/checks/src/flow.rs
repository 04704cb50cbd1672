//! The good path of each version. Checks change one thing about it; what later versions demand is added here, once.

use serde_json::Value;

use crate::answer::Answer;
use crate::answer::leads_to;
use crate::browser::Browser;
use crate::check::Verdict;
use crate::encoding::encode_pairs;
use crate::encoding::origin;
use crate::encoding::random;
use crate::encoding::s256;
use crate::html::login_form;
use crate::http::Request;
use crate::target::App;
use crate::target::Target;
use crate::target::User;

/// More redirects than this on the way to the client are a loop.
const MOST_STEPS: usize = 12;

/// Names and values in order, to be bent by a check.
#[derive(Clone, Debug, Default)]
pub struct Params(pub Vec<(String, String)>);

impl Params {
    /// Replaces the value, or adds the parameter.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        let value = value.into();
        match self.0.iter_mut().find(|pair| pair.0 == name) {
            Some(pair) => pair.1 = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    /// Takes the parameter out.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|pair| pair.0 != name);
    }

    /// Adds the parameter even if it is there already.
    pub fn add(&mut self, name: &str, value: impl Into<String>) {
        self.0.push((name.to_owned(), value.into()));
    }

    /// The first value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|pair| pair.0 == name).map(|pair| pair.1.as_str())
    }
}

/// An authorization request (RFC 6749 §4.1.1) that is valid until a check bends it.
#[derive(Clone, Debug)]
pub struct AuthorizationRequest {
    endpoint: String,
    app: App,
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

/// A code as the client received it, with what is needed to redeem it.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The client it was issued to.
    pub app: App,
    /// The code.
    pub code: String,
    /// `redirect_uri` of the request.
    pub redirect_uri: String,
    /// The verifier behind the challenge.
    pub code_verifier: String,
    /// The answer that brought the code: a redirect to the client.
    pub answer: Answer,
}

impl Target {
    /// A valid authorization request of this version.
    pub fn authorization_request(&self, app: &App) -> AuthorizationRequest {
        let code_verifier = random();
        let mut params = Params::default();
        params.set("response_type", "code");
        params.set("client_id", &app.client_id);
        params.set("redirect_uri", app.redirect_uri());
        if self.version >= 2 {
            params.set("state", random());
        }
        if self.version >= 3 {
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

    /// Sends the request and walks on, logging in when asked, until the server sends the browser to the client.
    ///
    /// # Errors
    /// The walk ends elsewhere, or in a loop.
    pub async fn walk(
        &self,
        browser: &mut Browser,
        request: &AuthorizationRequest,
        user: &User,
    ) -> Result<Answer, Verdict> {
        let mut answer = browser.get(request.url()).await?;
        let mut logged_in = false;
        for _ in 0..MOST_STEPS {
            if let Some(location) = answer.location().filter(|_| answer.is_redirect()) {
                if leads_to(&location, &request.redirect_uri) {
                    return Ok(answer);
                }
                if origin(&location) != origin(&self.server) {
                    return Err(answer.fail(format!(
                        "a redirect within the server or to {}",
                        request.redirect_uri
                    )));
                }
                answer = browser.follow(&answer).await?;
                continue;
            }
            let Some(form) =
                login_form(&answer.body).filter(|_| !logged_in && answer.status == 200)
            else {
                return Err(answer.fail("a login form, or a redirect to the client"));
            };
            logged_in = true;
            answer = browser.submit(&answer, &form, &credentials(user)).await?;
        }
        Err(answer.fail(format!("the client's redirect URI after at most {MOST_STEPS} steps")))
    }

    /// Walks the request through and takes the code.
    ///
    /// # Errors
    /// No code arrives.
    pub async fn code_for(
        &self,
        browser: &mut Browser,
        request: &AuthorizationRequest,
        user: &User,
    ) -> Result<Grant, Verdict> {
        let answer = self.walk(browser, request, user).await?;
        let code = answer.location_param("code").filter(|code| !code.is_empty());
        match code {
            Some(code) if answer.location_param("error").is_none() => Ok(Grant {
                app: request.app.clone(),
                code,
                redirect_uri: request.redirect_uri.clone(),
                code_verifier: request.code_verifier.clone(),
                answer,
            }),
            _ => Err(answer.fail("a redirect to the client with one code and no error")),
        }
    }

    /// A code for a client, by the first user in a new browser.
    ///
    /// # Errors
    /// No code arrives.
    pub async fn code_of(&self, app: &App) -> Result<Grant, Verdict> {
        self.code_for(&mut self.browser(), &self.authorization_request(app), self.user()?).await
    }

    /// A code for demo-client. Also the proof that a refusal next to it was not the refusal of everything.
    ///
    /// # Errors
    /// No code arrives.
    pub async fn code(&self) -> Result<Grant, Verdict> {
        self.code_of(&self.demo).await
    }

    /// Logs a browser in at `/login`, without an authorization request.
    ///
    /// # Errors
    /// No form, or it does not lead to `/welcome`.
    pub async fn log_in(&self, browser: &mut Browser, user: &User) -> Result<Answer, Verdict> {
        let answer = self.try_log_in(browser, &user.username, &user.password).await?;
        let welcome = answer.is_redirect() && answer.status == 303;
        answer.must(welcome, "a redirect by 303 after a good login")?;
        Ok(answer)
    }

    /// Fills in the form of `/login` and sends it.
    ///
    /// # Errors
    /// No form.
    pub async fn try_log_in(
        &self,
        browser: &mut Browser,
        username: &str,
        password: &str,
    ) -> Result<Answer, Verdict> {
        let page = browser.get(self.url("/login")).await?;
        let form = login_form(&page.body).ok_or_else(|| page.fail("a page with a login form"))?;
        browser
            .submit(
                &page,
                &form,
                &[
                    ("username", username),
                    ("password", password),
                ],
            )
            .await
    }
}

/// What a user types into the login form.
pub fn credentials(user: &User) -> [(&str, &str); 2] {
    [
        ("username", &user.username),
        ("password", &user.password),
    ]
}

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

    /// The request with these Basic credentials.
    pub fn basic(mut self, client_id: &str, client_secret: &str) -> Self {
        self.basic = Some((client_id.to_owned(), client_secret.to_owned()));
        self
    }

    /// The request without Basic credentials.
    pub fn no_basic(mut self) -> Self {
        self.basic = None;
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
    /// A form for `/token` with the client's credentials and nothing else: Basic, or for a public client its `client_id`.
    pub fn token_request(&self, app: &App) -> TokenRequest {
        let mut request = TokenRequest {
            endpoint: self.url("/token"),
            params: Params::default(),
            basic: None,
        };
        match &app.client_secret {
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

    /// The refusal was not the refusal of everything: a whole flow, as far as this version goes, still works.
    ///
    /// # Errors
    /// It does not.
    pub async fn still_works(&self) -> Result<(), Verdict> {
        let grant = self.code().await?;
        if self.version >= 4 {
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
