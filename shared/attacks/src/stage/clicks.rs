//! What a person does in a browser: open, look, click, type.

use std::time::{Duration, Instant};

use crate::stage::driver::Driver;
use serde_json::json;

/// The name of an element in WebDriver's JSON (W3C WebDriver §11).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// How long an element or an address may take to appear.
const PATIENCE: Duration = Duration::from_secs(10);

impl Driver {
    /// Opens an address, and waits until it is there.
    ///
    /// # Errors
    /// It cannot be loaded.
    pub async fn go(&self, url: &str) -> Result<(), String> {
        self.post(&self.path("/url"), json!({ "url": url })).await.map(|_| ())
    }

    /// The address that the browser shows.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn url(&self) -> Result<String, String> {
        let url = self.call("GET", &self.path("/url"), None).await?;
        Ok(url.as_str().unwrap_or_default().to_owned())
    }

    /// Waits for an element, by CSS selector.
    ///
    /// # Errors
    /// It does not appear.
    pub async fn find(&self, selector: &str) -> Result<String, String> {
        let begin = Instant::now();
        let body = json!({ "using": "css selector", "value": selector });
        loop {
            let found = self.post(&self.path("/element"), body.clone()).await;
            match found {
                Ok(element) => return Ok(element[ELEMENT].as_str().unwrap_or_default().to_owned()),
                Err(trouble) if begin.elapsed() > PATIENCE => {
                    let url = self.url().await.unwrap_or_default();
                    return Err(format!("no {selector} on {url}: {trouble}"));
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(30)).await,
            }
        }
    }

    /// Clicks an element.
    ///
    /// # Errors
    /// It is not there, or cannot be clicked.
    pub async fn click(&self, selector: &str) -> Result<(), String> {
        let element = self.find(selector).await?;
        let path = self.path(&format!("/element/{element}/click"));
        self.post(&path, json!({})).await.map(|_| ())
    }

    /// Types into a field.
    ///
    /// # Errors
    /// It is not there, or takes no text.
    pub async fn fill(&self, selector: &str, text: &str) -> Result<(), String> {
        let element = self.find(selector).await?;
        let path = self.path(&format!("/element/{element}/value"));
        self.post(&path, json!({ "text": text })).await.map(|_| ())
    }

    /// The text of an element.
    ///
    /// # Errors
    /// It is not there.
    pub async fn text(&self, selector: &str) -> Result<String, String> {
        let element = self.find(selector).await?;
        let text = self.call("GET", &self.path(&format!("/element/{element}/text")), None).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Deletes the cookies of the page's host, those of other ports included.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn forget_cookies(&self) -> Result<(), String> {
        self.call("DELETE", &self.path("/cookie"), None).await.map(|_| ())
    }

    /// Goes on inside a frame.
    ///
    /// # Errors
    /// It is not there.
    pub async fn enter(&self, selector: &str) -> Result<(), String> {
        let element = self.find(selector).await?;
        self.post(&self.path("/frame"), json!({ "id": { ELEMENT: element } })).await.map(|_| ())
    }

    /// Waits until the address fulfils a condition.
    ///
    /// # Errors
    /// It never does: where the browser is instead.
    pub async fn arrive(&self, there: impl Fn(&str) -> bool) -> Result<String, String> {
        let begin = Instant::now();
        loop {
            let url = self.url().await?;
            if there(&url) {
                return Ok(url);
            }
            if begin.elapsed() > PATIENCE {
                return Err(format!("the browser stays on {url}"));
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }
}
