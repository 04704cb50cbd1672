//! From the authorization request to the code: the browser's half of the flow.

use crate::answer::{Answer, leads_to};
use crate::browser::Browser;
use crate::flow::AuthorizationRequest;
use crate::target::{App, Target, User};
use crate::verdict::Verdict;

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

impl Grant {
    /// The code that this answer to the request brings.
    ///
    /// # Errors
    /// It brings none, or an error.
    pub fn of(request: &AuthorizationRequest, answer: Answer) -> Result<Grant, Verdict> {
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
}

impl Target {
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
        let answer = browser.get(request.url()).await?;
        self.walk_on(browser, request, answer, Some(user)).await
    }

    /// The rest of the walk, from an answer on. Without a user a login form is the wrong way. Who is asked to agree, agrees.
    ///
    /// # Errors
    /// The walk ends elsewhere, or in a loop.
    pub async fn walk_on(
        &self,
        browser: &mut Browser,
        request: &AuthorizationRequest,
        answer: Answer,
        user: Option<&User>,
    ) -> Result<Answer, Verdict> {
        let walk = self.path().stopping_at(&request.redirect_uri).with(user);
        let end = walk.from(browser, answer).await?;
        match end.location() {
            Some(location) if end.is_redirect() && leads_to(&location, &request.redirect_uri) => {
                Ok(end)
            }
            Some(_) if end.is_redirect() => {
                let wanted = format!("a redirect within the server or to {}", request.redirect_uri);
                Err(end.fail(wanted))
            }
            _ => Err(end.fail("a redirect to the client, or one login form on the way")),
        }
    }

    /// Where the server sends the browser after this answer, once a user who is logged in has agreed to whatever she is
    /// asked: a redirect to the client, or the page at which the way ends.
    ///
    /// # Errors
    /// No whole answer came, or the way is a loop.
    pub async fn onward(
        &self,
        browser: &mut Browser,
        request: &AuthorizationRequest,
        answer: Answer,
    ) -> Result<Answer, Verdict> {
        self.path().stopping_at(&request.redirect_uri).from(browser, answer).await
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
        Grant::of(request, self.walk(browser, request, user).await?)
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
}
