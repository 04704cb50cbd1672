//! The acts in which nobody asks the victim: the frame, and the code for another application.

use crate::attack::Cell;
use crate::stage::PORT;
use crate::stage::rehearsal::Acts;
use kit::ladder::Capability;

impl Acts {
    /// The login page of the server, inside the attacker's page.
    pub(super) async fn framed(&self, url: &str) -> Result<(), String> {
        self.driver.go(url).await?;
        self.driver.enter("#frame").await?;
        // Chromium fills a frame that it may not show with a page of its own.
        let shown = self.driver.find("input[name=username], #main-frame-error").await;
        let text = self.driver.text("body").await.unwrap_or_default();
        match (shown.is_ok() && text.contains("Log in"), self.cell("framing")) {
            (true, Some(Cell::Succeeds)) | (false, Some(Cell::Stopped)) => Ok(()),
            (_, cell) => Err(format!("{url}: {cell:?} was expected, the frame shows: {text}")),
        }
    }

    /// She is logged in and clicks on the attacker's bait. His application gets a code, or she is asked and says no.
    pub(super) async fn silent_authorization(&self, site: &str) -> Result<(), String> {
        self.driver.go(&format!("{site}/silent-authorization")).await?;
        self.driver.click("#bait").await?;
        // demo-other is registered with the site's usual port, and here the site has another one.
        let registered = format!("http://127.0.0.1:{PORT}/callback?");
        let consent = format!("{}/consent", self.target.server);
        let there = |url: &str| url.starts_with(&registered) || url.starts_with(&consent);
        let first = self.driver.arrive(there).await?;
        match (self.cell("silent-authorization"), first.starts_with(&consent)) {
            (Some(Cell::Succeeds), false) => {}
            (Some(Cell::Stopped), true) => {
                self.expect("main", "Wallpaper of the Day").await?;
                self.driver.click("button[value=deny]").await?;
            }
            (cell, _) => return Err(format!("{cell:?} was expected, the browser is on {first}")),
        }
        let arrived = self.driver.arrive(|url| url.starts_with(&registered)).await?;
        let query = arrived.trim_start_matches(&registered);
        self.driver.go(&format!("{site}/callback?{query}")).await?;
        match self.cell("silent-authorization") {
            Some(Cell::Stopped) => self.expect("main", "No code: you said no").await,
            _ if self.target.has(Capability::ProtectedApi) => self.expect(".tale", "user0").await,
            _ => self.expect("#loot", "A code for you").await,
        }
    }
}
