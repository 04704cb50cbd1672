//! A browser's way through the client: `/start`, the played `/authorize`, `/callback`, and whether it was accepted.

use super::stage::Stage;
use kit::encoding::{origin, path, query_pairs};
use kit::ladder::Capability;
use kit::{Answer, Browser, Outcome, Verdict};

/// More redirects than these in a row are a loop.
const MOST_REDIRECTS: u32 = 4;

/// A flow that a browser has begun and that waits at the client's door: the callback is not yet called.
#[derive(Clone, Debug)]
pub struct Begun {
    /// The client's answer to `/start`.
    pub start: Answer,
    /// The played server's answer to `/authorize`.
    pub authorize: Answer,
    /// The URL of the authorization request.
    pub request_url: String,
    /// The callback URL with everything that the script put into it.
    pub callback: String,
}

impl Begun {
    /// A parameter of the authorization request.
    pub fn asked(&self, name: &str) -> Option<String> {
        value_of(&self.request_url, name)
    }

    /// The code that waits in the callback URL.
    pub fn code(&self) -> String {
        value_of(&self.callback, "code").unwrap_or_default()
    }

    /// The client's `state`.
    ///
    /// # Errors
    /// The client sent none.
    pub fn state(&self) -> Result<String, Verdict> {
        self.asked("state")
            .ok_or_else(|| self.start.fail("a redirect to /authorize with a state"))
    }
}

/// The value of a query parameter that stands exactly once.
pub fn value_of(url: &str, name: &str) -> Option<String> {
    let mut values = query_pairs(url).into_iter().filter(|pair| pair.0 == name).map(|pair| pair.1);
    let value = values.next();
    if values.next().is_some() { None } else { value }
}

impl Stage {
    /// `/start`, then `/authorize` of the played server.
    ///
    /// # Errors
    /// The client does not send the browser to the played server with a whole authorization request.
    pub async fn begin(&self, browser: &mut Browser) -> Result<Begun, Verdict> {
        self.begin_at(browser, "/start").await
    }

    /// The same from another address of the client: `/start?for=read`.
    ///
    /// # Errors
    /// As [`Stage::begin`].
    pub async fn begin_at(&self, browser: &mut Browser, path: &str) -> Result<Begun, Verdict> {
        let start = browser.get(self.url(path)).await?;
        let wanted = format!("302 or 303 to {}/authorize", self.play.url());
        let request_url = start.location().unwrap_or_default();
        let good = matches!(start.status, 302 | 303) && self.is_played(&request_url);
        start.must(good, wanted)?;
        // That there is a challenge is for R3.5 to judge.
        let mut names = vec![
            "response_type",
            "client_id",
            "redirect_uri",
        ];
        if Capability::State.is_in(self.rule) {
            names.push("state");
        }
        for name in names {
            let once = value_of(&request_url, name).is_some_and(|value| !value.is_empty());
            start.must(once, format!("{name}=… once in the authorization request"))?;
        }
        let authorize = browser.get(request_url.clone()).await?;
        let callback = authorize.location().unwrap_or_default();
        authorize.must(
            authorize.status == 303 && origin(&callback) == origin(&self.client),
            format!("an authorization request whose redirect_uri is at {}", self.client),
        )?;
        Ok(Begun {
            start,
            authorize,
            request_url,
            callback,
        })
    }

    fn is_played(&self, url: &str) -> bool {
        let port = self.play.port();
        let hosts = ["localhost", "127.0.0.1", "[::1]"];
        let ours = hosts.iter().any(|host| origin(url) == format!("http://{host}:{port}"));
        ours && path(url) == "/authorize"
    }

    /// Follows redirects to the page that the user sees in the end; all of them must stay inside the client.
    ///
    /// # Errors
    /// A redirect leads elsewhere, or there is no end.
    pub async fn settle(&self, browser: &mut Browser, answer: Answer) -> Result<Answer, Verdict> {
        let end = self.settle_inside(browser, answer).await?;
        end.must(!end.is_redirect(), format!("redirects that stay inside {}", self.client))?;
        Ok(end)
    }

    /// Follows redirects as long as they stay inside the client; one that leaves it is the end.
    ///
    /// # Errors
    /// There is no end.
    pub async fn settle_inside(
        &self,
        browser: &mut Browser,
        answer: Answer,
    ) -> Result<Answer, Verdict> {
        let mut answer = answer;
        for _ in 0..MOST_REDIRECTS {
            match answer.location() {
                Some(next) if answer.is_redirect() && origin(&next) == origin(&self.client) => {
                    answer = browser.get(next).await?;
                }
                _ => return Ok(answer),
            }
        }
        Err(answer.fail("a page after a few redirects"))
    }

    /// The client took the code: the user sees a page, and the code is on it (v01 to v03) or was redeemed once (v04 on).
    /// Which of the two is judged by the rules of v04 and later only.
    ///
    /// # Errors
    /// Anything else.
    pub async fn accepted(
        &self,
        browser: &mut Browser,
        code: &str,
        answer: Answer,
    ) -> Result<Answer, Verdict> {
        let page = self.settle(browser, answer).await?;
        page.must_be_page(200)?;
        // That it was redeemed once and no more is for R4.13 to judge.
        let redeemed = self.redemptions(code) > 0;
        if Capability::TokenEndpoint.is_in(self.rule) {
            page.must(redeemed, format!("a token request with code={code}"))?;
        } else {
            let taken = redeemed || page.body.contains(code);
            page.must(
                taken,
                format!("a page that shows the code {code}, or a token request with it"),
            )?;
        }
        Ok(page)
    }

    /// The client refused the callback: the code is not shown, and nobody was asked to redeem it. That it is a 400 page is a
    /// lab rule.
    ///
    /// # Errors
    /// Anything else.
    pub fn refused(&self, code: &str, answer: &Answer) -> Outcome {
        if self.exact {
            answer.must_be_page(400)?;
        }
        answer.must(answer.status < 500, "a refusal, no 5xx")?;
        let dropped = code.is_empty() || !answer.body.contains(code);
        answer.must(dropped, "a page that does not show the refused code")?;
        let count = self.redemptions(code);
        answer.must(count == 0, format!("no token request for the refused code, not {count}"))?;
        Ok(())
    }

    /// How many token requests carried this code.
    pub fn redemptions(&self, code: &str) -> usize {
        let requests = self.play.grants("authorization_code");
        requests.iter().filter(|request| request.form("code") == Some(code)).count()
    }

    /// A whole good flow in this browser; the page at its end.
    ///
    /// # Errors
    /// It breaks somewhere.
    pub async fn log_in(&self, browser: &mut Browser) -> Result<Answer, Verdict> {
        self.log_in_at(browser, "/start").await
    }

    /// A whole good flow that begins at another address of the client; the page at its end.
    ///
    /// # Errors
    /// It breaks somewhere.
    pub async fn log_in_at(&self, browser: &mut Browser, path: &str) -> Result<Answer, Verdict> {
        let begun = self.begin_at(browser, path).await?;
        let answer = browser.get(begun.callback.clone()).await?;
        self.accepted(browser, &begun.code(), answer).await
    }

    /// The refusal was not the refusal of everything: a good flow in a fresh browser still works.
    ///
    /// # Errors
    /// It does not.
    pub async fn still_works(&self) -> Outcome {
        self.log_in(&mut self.browser()).await?;
        Ok(())
    }
}
