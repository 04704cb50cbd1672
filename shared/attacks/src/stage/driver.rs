//! A real browser, driven over WebDriver (W3C): Chromium by its chromedriver.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kit::chromium::{ARGUMENTS, Programs};
use kit::encoding::random;
use kit::pair::free_port;
use kit::{Http, Request};
use serde_json::{Value, json};

/// A browser that starts slower than this has failed.
const LONGEST_START: Duration = Duration::from_secs(30);

/// A browser with an empty profile. It ends when this is dropped.
#[derive(Debug)]
pub struct Driver {
    http: Http,
    port: u16,
    session: String,
    child: Child,
    profile: PathBuf,
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
        let mut arguments = ARGUMENTS.map(str::to_owned).to_vec();
        arguments.push(format!("--user-data-dir={}", self.profile.display()));
        let options = json!({ "binary": programs.browser, "args": arguments });
        json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "timeouts": { "pageLoad": 20000, "implicit": 0 },
        } } })
    }

    pub(super) async fn call(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Result<Value, String> {
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

    pub(super) async fn post(&self, path: &str, body: Value) -> Result<Value, String> {
        self.call("POST", path, Some(body)).await
    }

    /// An address of this session.
    pub(super) fn path(&self, rest: &str) -> String {
        format!("/session/{}{rest}", self.session)
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
