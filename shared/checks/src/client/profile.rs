//! What `/profile` shows, and buttons: the client as its user sees it, from v05 on.

use super::stage::Stage;
use crate::answer::Answer;
use crate::browser::Browser;
use crate::check::Outcome;
use crate::check::Verdict;
use crate::html::text;

/// Who the played API says that the user is, when a check looks for it on a page.
pub const NAME: &str = "name-from-the-api";

impl Stage {
    /// `/profile` shows who the API says the user is.
    ///
    /// # Errors
    /// It does not.
    pub async fn shows_user(&self, browser: &mut Browser) -> Result<Answer, Verdict> {
        let answer = browser.get(self.url("/profile")).await?;
        let page = self.settle(browser, answer).await?;
        page.must_be_page(200)?;
        let name = self.play.username();
        page.must(text(&page.body).contains(&name), format!("a page that shows {name}"))?;
        Ok(page)
    }

    /// `/profile` shows nobody, and does not ask the API: there is no token.
    ///
    /// # Errors
    /// It does.
    pub async fn shows_nobody(&self, browser: &mut Browser) -> Outcome {
        let before = self.play.heard_at("/api/me").len();
        let answer = browser.get(self.url("/profile")).await?;
        let page = self.settle_inside(browser, answer).await?;
        let name = self.play.username();
        page.must(!page.body.contains(&name), format!("a page that does not show {name}"))?;
        page.must(page.status < 500, "a page or a redirect for somebody who is not logged in")?;
        let after = self.play.heard_at("/api/me").len();
        page.must(after == before, "no request to the API: there is no token to send")?;
        Ok(())
    }

    /// POSTs a form of the client as its own page does.
    ///
    /// # Errors
    /// Not a redirect inside the client, or a broken page at its end.
    pub async fn press(
        &self,
        browser: &mut Browser,
        path: &str,
        pairs: &[(&str, &str)],
    ) -> Result<Answer, Verdict> {
        let answer = browser.post(&self.url(path), pairs).await?;
        answer.must(answer.status == 303, "303")?;
        self.settle(browser, answer).await
    }
}
