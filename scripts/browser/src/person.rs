//! Someone who sits at the browser: finds things by what is written on them, and waits like a person until they are there.

use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};

use crate::devtools;

/// Nothing in the lab takes longer than this, not even on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// How often someone who waits looks.
pub(crate) const GLANCE: Duration = Duration::from_millis(25);

/// When the page on the screen was born. Nothing while it is still being loaded.
const BORN: &str = "return document.readyState === 'complete' ? performance.timeOrigin : null";

/// A browser and who sits at it.
#[derive(Clone, Debug)]
pub struct Person {
    /// The WebDriver session.
    pub client: Client,
}

/// What chromedriver said, with what was tried.
pub(crate) fn told<T>(
    what: &str,
    answer: Result<T, fantoccini::error::CmdError>,
) -> Result<T, String> {
    answer.map_err(|trouble| format!("{what}: {trouble}"))
}

/// Links and buttons with this text. No text of the lab holds an apostrophe and a quotation mark at once.
fn clickable(text: &str) -> String {
    format!(
        "//a[normalize-space()=\"{text}\"] | //button[normalize-space()=\"{text}\"] | //summary[normalize-space()=\"{text}\"] \
         | //label[@class=\"tick\"][starts-with(normalize-space(), \"{text}\")]"
    )
}

impl Person {
    /// Types an address.
    ///
    /// # Errors
    /// The page cannot be loaded.
    pub async fn go(&self, url: &str) -> Result<(), String> {
        told(url, self.client.goto(url).await)
    }

    /// The address bar.
    ///
    /// # Errors
    /// What chromedriver said.
    pub async fn address(&self) -> Result<String, String> {
        Ok(told("address", self.client.current_url().await)?.to_string())
    }

    /// What a script of the test finds out about the page. The pages' own policy does not bind it.
    ///
    /// # Errors
    /// What chromedriver said.
    pub async fn ask(&self, script: &str, arguments: Vec<Value>) -> Result<Value, String> {
        told("script", self.client.execute(script, arguments).await)
    }

    /// The text of the page below its header, as it is shown.
    ///
    /// # Errors
    /// What chromedriver said.
    pub async fn text(&self) -> Result<String, String> {
        let text = self.ask("return document.body ? document.body.innerText : ''", vec![]).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until the page shows this.
    ///
    /// # Errors
    /// It never does; what it shows instead.
    pub async fn sees(&self, wanted: &str) -> Result<(), String> {
        let begin = Instant::now();
        loop {
            // While one page makes room for the next, there is nothing to ask.
            let text = self.text().await.unwrap_or_default();
            if text.contains(wanted) {
                return Ok(());
            }
            if begin.elapsed() > PATIENCE {
                let address = self.address().await.unwrap_or_default();
                return Err(format!("{address} does not show \"{wanted}\", but:\n{text}"));
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Waits until the page does not show this.
    ///
    /// # Errors
    /// It still does.
    pub async fn sees_no(&self, unwanted: &str) -> Result<(), String> {
        let begin = Instant::now();
        loop {
            let text = self.text().await.unwrap_or_default();
            if !text.is_empty() && !text.contains(unwanted) {
                return Ok(());
            }
            if begin.elapsed() > PATIENCE {
                return Err(format!("{} shows \"{unwanted}\":\n{text}", self.address().await?));
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Waits until the address begins like this.
    ///
    /// # Errors
    /// It never does; where the browser is instead.
    pub async fn arrives(&self, beginning: &str) -> Result<String, String> {
        let begin = Instant::now();
        loop {
            let address = self.address().await?;
            if address.starts_with(beginning) {
                return Ok(address);
            }
            if begin.elapsed() > PATIENCE {
                let text = self.text().await?;
                return Err(format!("the browser is on {address}, not on {beginning}:\n{text}"));
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// A link or button with this text, once it is there.
    ///
    /// # Errors
    /// There is none.
    pub async fn find(&self, text: &str) -> Result<Element, String> {
        let path = clickable(text);
        let found = self.client.wait().at_most(PATIENCE).every(GLANCE);
        match found.for_element(Locator::XPath(&path)).await {
            Ok(element) => Ok(element),
            Err(trouble) => {
                let address = self.address().await.unwrap_or_default();
                let page = self.text().await.unwrap_or_default();
                Err(format!("nothing to click says \"{text}\" on {address}: {trouble}\n{page}"))
            }
        }
    }

    /// Is there a link or button with this text now?
    ///
    /// # Errors
    /// What chromedriver said.
    pub async fn could_click(&self, text: &str) -> Result<bool, String> {
        let path = clickable(text);
        let found = told(text, self.client.find_all(Locator::XPath(&path)).await)?;
        Ok(!found.is_empty())
    }

    /// Clicks on a link or button that leads to another page, and waits until that is there.
    ///
    /// # Errors
    /// There is none, something covers it, or it leads nowhere.
    pub async fn click(&self, text: &str) -> Result<(), String> {
        let element = self.find(text).await?;
        let clicked = async || told(&format!("click on {text}"), element.click().await);
        self.leaves(text, clicked).await
    }

    /// Clicks on something that stays on the page.
    ///
    /// # Errors
    /// There is nothing with this text, or something covers it.
    pub async fn touches(&self, text: &str) -> Result<(), String> {
        told(&format!("click on {text}"), self.find(text).await?.click().await)
    }

    /// Does what leads to another page, and waits until that is there. Every page has an hour of birth of its own.
    async fn leaves(
        &self,
        what: &str,
        action: impl AsyncFnOnce() -> Result<(), String>,
    ) -> Result<(), String> {
        let here = self.ask(BORN, vec![]).await?;
        action().await?;
        let begin = Instant::now();
        while begin.elapsed() < PATIENCE {
            // While one page makes room for the next, there is nobody to ask.
            let there = self.ask(BORN, vec![]).await.unwrap_or(here.clone());
            if !there.is_null() && there != here {
                return Ok(());
            }
            tokio::time::sleep(GLANCE).await;
        }
        Err(format!("{what}: the browser stays on {}", self.address().await?))
    }

    /// Types into the field that has this label, in place of what is there.
    ///
    /// # Errors
    /// There is no such label, or it belongs to no field.
    pub async fn fill(&self, label: &str, value: &str) -> Result<(), String> {
        let path = format!("//input[@id=//label[normalize-space()=\"{label}\"]/@for]");
        let found = self.client.wait().at_most(PATIENCE).every(GLANCE);
        let field = told(label, found.for_element(Locator::XPath(&path)).await)?;
        told(label, field.clear().await)?;
        told(label, field.send_keys(value).await)
    }

    /// The button of the browser.
    ///
    /// # Errors
    /// What chromedriver said.
    pub async fn back(&self) -> Result<(), String> {
        self.leaves("Back", async || told("back", self.client.back().await)).await
    }

    /// The button of the browser.
    ///
    /// # Errors
    /// What chromedriver said.
    pub async fn reload(&self) -> Result<(), String> {
        self.leaves("reload", async || told("reload", self.client.refresh().await)).await
    }

    /// Opens a tab and looks at it. Returns a way to come back to the tab before.
    ///
    /// # Errors
    /// What chromedriver said.
    pub async fn new_tab(&self) -> Result<fantoccini::wd::WindowHandle, String> {
        let before = told("tab", self.client.window().await)?;
        let tab = told("new tab", self.client.new_window(true).await)?.handle;
        told("new tab", self.client.switch_to_window(tab).await)?;
        Ok(before)
    }

    /// Looks at another tab.
    ///
    /// # Errors
    /// It was closed.
    pub async fn look_at(&self, tab: fantoccini::wd::WindowHandle) -> Result<(), String> {
        told("tab", self.client.switch_to_window(tab).await)
    }

    /// Looks at another tab. Returns a way to come back to this one.
    ///
    /// # Errors
    /// It was closed.
    pub async fn turns_to(
        &self,
        tab: fantoccini::wd::WindowHandle,
    ) -> Result<fantoccini::wd::WindowHandle, String> {
        let before = told("tab", self.client.window().await)?;
        self.look_at(tab).await?;
        Ok(before)
    }

    /// Sits down at a browser as if nobody had used it: one empty tab, no history, no cookie, an empty console.
    ///
    /// # Errors
    /// What chromedriver said.
    pub async fn sits_down(&self) -> Result<(), String> {
        let mut tabs = told("tabs", self.client.windows().await)?;
        let kept = tabs.pop().ok_or("the browser has no tab")?;
        for tab in tabs {
            self.look_at(tab).await?;
            told("tab", self.client.close_window().await)?;
        }
        self.look_at(kept).await?;
        self.go("about:blank").await?;
        // It takes less than a new tab, which has a process of its own.
        devtools::call(&self.client, "Page.resetNavigationHistory", json!({})).await?;
        // A page without a window has no focus, and then nothing that has it looks as if.
        let focused = json!({ "enabled": true });
        devtools::call(&self.client, "Emulation.setFocusEmulationEnabled", focused).await?;
        devtools::call(&self.client, "Network.clearBrowserCookies", json!({})).await?;
        devtools::call(&self.client, "Network.clearBrowserCache", json!({})).await?;
        devtools::addresses(&self.client).await?;
        devtools::console(&self.client).await.map(drop)
    }

    /// The newest address asked for that begins like this: a page that only redirects is among them.
    ///
    /// # Errors
    /// There is none.
    pub async fn was_at(&self, beginning: &str) -> Result<String, String> {
        let addresses = devtools::addresses(&self.client).await?;
        let newest = addresses.into_iter().rfind(|address| address.starts_with(beginning));
        newest.ok_or_else(|| format!("the browser was never at {beginning}"))
    }

    /// The JSON at an address, read in a tab of its own.
    ///
    /// # Errors
    /// It is no JSON.
    pub async fn json(&self, url: &str) -> Result<Value, String> {
        let before = self.new_tab().await?;
        self.go(url).await?;
        let text = self.text().await?;
        told("tab", self.client.close_window().await)?;
        self.look_at(before).await?;
        serde_json::from_str(&text).map_err(|trouble| format!("{url}: {trouble}: {text}"))
    }
}
