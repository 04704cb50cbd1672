//! What chromedriver can do beyond WebDriver: its log, and Chromium's developer tools.

use fantoccini::Client;
use fantoccini::wd::WebDriverCompatibleCommand;
use http::Method;
use serde_json::{Value, json};
use url::{ParseError, Url};

/// A command of chromedriver's own: a path below the session, and what is sent there.
#[derive(Debug)]
struct Command {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Command {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}

async fn send(client: &Client, path: &'static str, body: Value) -> Result<Value, String> {
    let answer = client.issue_cmd(Command { path, body }).await;
    answer.map_err(|trouble| format!("{path}: {trouble}"))
}

/// A command of the Chrome DevTools Protocol.
///
/// # Errors
/// What chromedriver said.
pub async fn call(client: &Client, method: &str, params: Value) -> Result<Value, String> {
    send(client, "goog/cdp/execute", json!({ "cmd": method, "params": params })).await
}

/// What the console has shown since this was last asked.
///
/// # Errors
/// What chromedriver said.
pub async fn console(client: &Client) -> Result<Vec<Value>, String> {
    log(client, "browser").await
}

/// The addresses that were asked for since this was last asked, redirects and all.
///
/// # Errors
/// What chromedriver said.
pub async fn addresses(client: &Client) -> Result<Vec<String>, String> {
    let entries = log(client, "performance").await?;
    let url = |entry: &Value| {
        let told: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
        let told = &told["message"];
        let asked = told["method"] == "Network.requestWillBeSent";
        told["params"]["request"]["url"].as_str().filter(|_| asked).map(str::to_owned)
    };
    Ok(entries.iter().filter_map(url).collect())
}

async fn log(client: &Client, name: &str) -> Result<Vec<Value>, String> {
    let entries = send(client, "se/log", json!({ "type": name })).await?;
    Ok(entries.as_array().cloned().unwrap_or_default())
}

/// Makes the page as wide as this, whatever the window is: a window cannot be as narrow as a phone.
///
/// # Errors
/// What chromedriver said.
pub async fn resize(client: &Client, width: u32, height: u32) -> Result<(), String> {
    let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
    call(client, "Emulation.setDeviceMetricsOverride", size).await.map(drop)
}
