//! chromedriver: started, asked for browsers, ended.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use kit::chromium::{ARGUMENTS, Programs};
use kit::pair::free_port;
use kit::{Http, Request};
use serde_json::{Value, json};

/// A driver that starts slower than this has failed.
const LONGEST_START: Duration = Duration::from_secs(30);

/// A running chromedriver. It opens as many browsers as it is asked for.
#[derive(Debug)]
pub struct Driver {
    programs: Programs,
    url: String,
    child: Child,
}

impl Driver {
    /// Starts it on a free port.
    ///
    /// # Errors
    /// It cannot be started, or does not answer.
    pub async fn start(programs: &Programs) -> Result<Driver, String> {
        let port = free_port()?;
        let child = Command::new(&programs.driver)
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|trouble| format!("{}: {trouble}", programs.driver.display()))?;
        let driver = Driver {
            programs: programs.clone(),
            url: format!("http://127.0.0.1:{port}"),
            child,
        };
        let http = Http::new(LONGEST_START);
        let begin = Instant::now();
        while begin.elapsed() < LONGEST_START {
            let status = http.send(Request::get(format!("{}/status", driver.url))).await;
            let status = status.ok().and_then(|answer| answer.json()).unwrap_or_default();
            if status["value"]["ready"] == true {
                return Ok(driver);
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        Err("chromedriver does not answer".to_owned())
    }

    /// Opens a browser that nobody has used before. Close it, or it outlives us.
    ///
    /// # Errors
    /// What chromedriver said.
    pub async fn open(&self) -> Result<Client, String> {
        let Value::Object(capabilities) = self.capabilities() else {
            return Err("capabilities are an object".to_owned());
        };
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = builder.capabilities(capabilities).connect(&self.url).await;
        client.map_err(|trouble| format!("Chromium does not start: {trouble}"))
    }

    fn capabilities(&self) -> Value {
        let looks = [
            "--hide-scrollbars",
            // A picture looks the same whatever the screen of its machine.
            "--force-device-scale-factor=1",
            "--force-color-profile=srgb",
            "--window-size=1280,900",
            "--lang=en",
        ];
        let arguments: Vec<&str> = ARGUMENTS.into_iter().chain(looks).collect();
        json!({
            "browserName": "chrome",
            "goog:chromeOptions": { "binary": self.programs.browser, "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
            "timeouts": { "pageLoad": 120000, "script": 120000, "implicit": 0 },
        })
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It may be gone already; then there is nothing left to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
