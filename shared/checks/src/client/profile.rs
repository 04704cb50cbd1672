//! The client as its user sees it: who is logged in, what `/profile` shows, buttons, and what the client remembers.

use super::stage::Stage;
use kit::encoding::{path, resolve};
use kit::honest::offers_logout;
use kit::html::{links, text};
use kit::ladder::Capability;
use kit::{Answer, Browser, Outcome, Verdict};
use serde_json::Value;

/// Who the played API says that the user is, when a check looks for it on a page.
pub const NAME: &str = "name-from-the-api";

/// Does the page link to this path of its own host?
pub fn links_to(page: &Answer, wanted: &str) -> bool {
    let leads = |href: &str| path(&resolve(&page.request.url, href)) == wanted;
    links(&page.body).iter().any(|link| leads(&link.href))
}

impl Stage {
    /// Is somebody logged in in this browser? From v04 on.
    ///
    /// # Errors
    /// The home page is no page.
    pub async fn is_logged_in(&self, browser: &mut Browser) -> Result<(bool, Answer), Verdict> {
        let home = browser.get(self.url("/")).await?;
        home.must_be_page(200)?;
        Ok((offers_logout(&home), home))
    }

    /// Somebody is logged in in this browser, or (with `false`) nobody. Before v04 nobody can tell, and a client that
    /// is not ours need not have got there by the rules of v02.
    ///
    /// # Errors
    /// It is the other way round.
    pub async fn must_be_logged_in(&self, browser: &mut Browser, wanted: bool) -> Outcome {
        if !self.reaches(Capability::TokenEndpoint) {
            return Ok(());
        }
        let (found, home) = self.is_logged_in(browser).await?;
        let state = if wanted {
            "a home page of somebody who is logged in, with a form to /logout"
        } else {
            "a home page of nobody, without a form to /logout"
        };
        home.must(found == wanted, state)?;
        Ok(())
    }

    /// The client's memory, as its `/debug/state` shows it to this browser.
    ///
    /// # Errors
    /// It is not shown.
    pub async fn memory(&self, browser: &mut Browser) -> Result<Value, Verdict> {
        let answer = browser.get(self.url("/debug/state?format=json")).await?;
        let state = answer.json().filter(|state| state["storage"].is_object());
        state.ok_or_else(|| answer.fail("JSON with session and storage"))
    }

    /// So many rows has a table of the client. A client that is not ours need not show them.
    ///
    /// # Errors
    /// Another number.
    pub async fn holds(&self, browser: &mut Browser, table: &str, wanted: usize) -> Outcome {
        if !self.ours {
            return Ok(());
        }
        let answer = browser.get(self.url("/debug/state?format=json")).await?;
        let json = answer.json().unwrap_or_default();
        let rows = json["storage"][table].as_object().map(serde_json::Map::len);
        answer.must(rows == Some(wanted), format!("storage.{table} with {wanted} rows"))?;
        Ok(())
    }

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
