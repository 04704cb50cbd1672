//! The login form: how to get to it, and what a user does there.

use crate::answer::Answer;
use crate::browser::Browser;
use crate::flow::AuthorizationRequest;
use crate::html::{Form, login_form};
use crate::target::{Target, User};
use crate::verdict::Verdict;

impl Target {
    /// Opens an authorization request in a browser without a session and stops at the login form, wherever it is.
    ///
    /// # Errors
    /// The way leads elsewhere.
    pub async fn login_page(
        &self,
        browser: &mut Browser,
        request: &AuthorizationRequest,
    ) -> Result<(Answer, Form), Verdict> {
        let page = self.path().open(browser, &request.url()).await?;
        match login_form(&page.body).filter(|_| page.status == 200) {
            Some(form) => Ok((page, form)),
            None => Err(page.fail("the way to a page with a login form")),
        }
    }

    /// Logs a browser in, somehow. At a foreign server that takes no login without an authorization request (E5), that
    /// is by such a request. By which status the answer leads on is for R1.8 and G3 to judge.
    ///
    /// # Errors
    /// The login does not succeed.
    pub async fn log_in(&self, browser: &mut Browser, user: &User) -> Result<Answer, Verdict> {
        let direct = self.log_in_directly(browser, user).await;
        if direct.is_err() && self.pair.is_none() {
            return self.walk(browser, &self.request(), user).await;
        }
        direct
    }

    /// Logs a browser in at `/login`, without an authorization request.
    ///
    /// # Errors
    /// There is no such form, or the login does not succeed.
    pub async fn log_in_directly(
        &self,
        browser: &mut Browser,
        user: &User,
    ) -> Result<Answer, Verdict> {
        let page = browser.get(self.url("/login")).await?;
        let form = login_form(&page.body).ok_or_else(|| page.fail("a page with a login form"))?;
        let answer = browser.submit(&page, &form, &credentials(user)).await?;
        answer.must(answer.is_redirect(), "a redirect after a good login")?;
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
        let (page, form) = match login_form(&page.body) {
            Some(form) => (page, form),
            None => self.login_page(browser, &self.request()).await?,
        };
        let typed = [
            ("username", username),
            ("password", password),
        ];
        browser.submit(&page, &form, &typed).await
    }
}

/// What a user types into the login form.
pub fn credentials(user: &User) -> [(&str, &str); 2] {
    [
        ("username", &user.username),
        ("password", &user.password),
    ]
}
