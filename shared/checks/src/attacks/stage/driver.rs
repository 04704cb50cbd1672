//! A real browser, driven over WebDriver (W3C): Chromium by its chromedriver.

use std::io::Read;
use std::io::Write;
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;
use serde_json::json;

use crate::encoding::random;
use crate::http::Http;
use crate::http::Request;
use crate::pair::free_port;

/// The name of an element in WebDriver's JSON (W3C WebDriver §11).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A browser that starts slower than this has failed.
const LONGEST_START: Duration = Duration::from_secs(30);

/// How long an element or an address may take to appear.
const PATIENCE: Duration = Duration::from_secs(10);

/// The two programs that are needed.
#[derive(Clone, Debug)]
pub struct Programs {
    browser: PathBuf,
    driver: PathBuf,
}

/// A browser with an empty profile. It ends when this is dropped.
#[derive(Debug)]
pub struct Driver {
    http: Http,
    port: u16,
    session: String,
    child: Child,
    profile: PathBuf,
}

/// Looks for Chromium and its driver. `None` when one of them is not installed.
pub fn installed() -> Option<Programs> {
    let find = |names: &[&str]| {
        let folders = std::env::var_os("PATH")?;
        let suffix = std::env::consts::EXE_SUFFIX;
        let files = std::env::split_paths(&folders).flat_map(|folder| {
            names.iter().map(move |name| folder.join(format!("{name}{suffix}")))
        });
        files.into_iter().find(|file| file.is_file())
    };
    Some(Programs {
        browser: find(&[
            "chromium",
            "chromium-browser",
            "google-chrome",
            "chrome",
        ])?,
        driver: find(&["chromedriver"])?,
    })
}

impl Driver {
    /// Starts a browser without a window.
    ///
    /// # Errors
    /// What did not work, in words.
    pub async fn start(programs: &Programs) -> Result<Driver, String> {
        let port = free_port()?;
        let profile = std::env::temp_dir().join(format!("lab-browser-{}", &random()[..12]));
        std::fs::create_dir_all(&profile)
            .map_err(|trouble| format!("{}: {trouble}", profile.display()))?;
        let child = Command::new(&programs.driver)
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|trouble| format!("{}: {trouble}", programs.driver.display()))?;
        let mut driver = Driver {
            http: Http::new(LONGEST_START),
            port,
            session: String::new(),
            child,
            profile,
        };
        driver.wait_until_ready().await?;
        let capabilities = driver.capabilities(programs);
        let answer = driver.post("/session", capabilities).await?;
        driver.session = answer["sessionId"].as_str().unwrap_or_default().to_owned();
        Ok(driver)
    }

    async fn wait_until_ready(&self) -> Result<(), String> {
        let begin = Instant::now();
        loop {
            if self.call("GET", "/status", None).await.is_ok_and(|status| status["ready"] == true) {
                return Ok(());
            }
            if begin.elapsed() > LONGEST_START {
                return Err("chromedriver does not answer".to_owned());
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    fn capabilities(&self, programs: &Programs) -> Value {
        let arguments = [
            "--headless",
            // Containers rarely let a browser build its sandbox; it visits nothing but this machine.
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--no-proxy-server",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ];
        let mut arguments: Vec<String> = arguments.map(str::to_owned).to_vec();
        arguments.push(format!("--user-data-dir={}", self.profile.display()));
        let options = json!({ "binary": programs.browser, "args": arguments });
        json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "timeouts": { "pageLoad": 20000, "implicit": 0 },
        } } })
    }

    async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Result<Value, String> {
        let mut request = Request::new(method, format!("http://127.0.0.1:{}{path}", self.port));
        if let Some(body) = body {
            request = request.body("application/json", body.to_string());
        }
        let answer = self.http.send(request).await.map_err(|verdict| verdict.to_string())?;
        let value = answer.json().unwrap_or_default()["value"].take();
        if answer.status == 200 {
            return Ok(value);
        }
        let first = value["message"]
            .as_str()
            .unwrap_or_default()
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned();
        Err(format!("{method} {path}: {} {first}", value["error"].as_str().unwrap_or_default()))
    }

    async fn post(&self, path: &str, body: Value) -> Result<Value, String> {
        self.call("POST", path, Some(body)).await
    }

    fn path(&self, rest: &str) -> String {
        format!("/session/{}{rest}", self.session)
    }

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

impl Drop for Driver {
    fn drop(&mut self) {
        // The browser first, by the driver: a killed driver would leave it behind.
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) {
            let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
            let request = format!(
                "DELETE {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n",
                self.path(""),
                self.port
            );
            let _ = stream.write_all(request.as_bytes());
            let _ = stream.read(&mut [0; 1024]);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}
