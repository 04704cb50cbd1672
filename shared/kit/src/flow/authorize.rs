//! From the authorization request to the code: the browser's half of the flow.

use crate::answer::{Answer, leads_to};
use crate::browser::Browser;
use crate::encoding::origin;
use crate::flow::{AuthorizationRequest, credentials};
use crate::html::{consent_form, login_form};
use crate::target::{App, Target, User};
use crate::verdict::Verdict;

/// More redirects than this on the way to the client are a loop.
const MOST_STEPS: usize = 12;

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
        mut answer: Answer,
        mut user: Option<&User>,
    ) -> Result<Answer, Verdict> {
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
            let body = if answer.status == 200 {
                answer.body.as_str()
            } else {
                ""
            };
            let (login, consent) = (login_form(body), consent_form(body));
            answer = if let (Some(form), Some(known)) = (&login, user.filter(|_| login.is_some())) {
                user = None;
                browser.submit(&answer, form, &credentials(known)).await?
            } else if let (None, Some((form, yes))) = (login, consent) {
                let pressed =
                    yes.iter().map(|button| (button.name.as_str(), button.value.as_str()));
                browser.submit(&answer, &form, &pressed.collect::<Vec<_>>()).await?
            } else {
                let wanted = "a redirect to the client, or one login form on the way";
                return Err(answer.fail(wanted));
            };
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
}
