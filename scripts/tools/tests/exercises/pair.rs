//! A pair of a version's processes, and the exercises carried out against it.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{fs, thread};

use crate::browser::Browser;
use crate::promise::Came;
use crate::readme::Action;
use lab::process::health;
use settings::table::SETTINGS;

/// Both processes on ports of their own, a folder to work in and a browser. All end with it.
pub struct Pair {
    pub browser: Browser,
    children: Vec<Child>,
    folder: PathBuf,
    ports: [u16; 2],
}

impl Pair {
    /// Starts both `binaries`, with `settings` and no other.
    pub fn start(binaries: &[PathBuf], settings: &[(String, String)]) -> Result<Pair, String> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder =
            std::env::temp_dir().join(format!("lab-exercise-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).map_err(|trouble| trouble.to_string())?;
        let ports = free_ports();
        let [server, client] = ports.map(|port| format!("http://localhost:{port}"));
        let mut pair = Pair {
            browser: Browser::new(folder.join("browser"), server, client),
            children: Vec::new(),
            folder,
            ports,
        };
        // Said one by one: a learner's own `.env` must not count.
        let defaults = SETTINGS.iter().filter(|setting| !setting.default.is_empty());
        let all: Vec<_> =
            defaults.map(|setting| (setting.name, pair.of_pair(setting.default))).collect();
        for binary in binaries {
            let mut command = Command::new(binary);
            command.envs(all.iter().cloned()).envs(settings.iter().cloned());
            command.env("AUTH_SERVER_PORT", ports[0].to_string());
            command.env("CLIENT_APP_PORT", ports[1].to_string());
            let command = command.stdin(Stdio::null()).stdout(Stdio::null());
            pair.children.push(command.spawn().map_err(|trouble| trouble.to_string())?);
        }
        let deadline = Instant::now() + Duration::from_secs(20);
        while !ports.iter().all(|port| health::answers(*port)) {
            let ended = pair.children.iter_mut().any(|child| !matches!(child.try_wait(), Ok(None)));
            if ended || Instant::now() > deadline {
                return Err(format!("{} or its client does not answer", binaries[0].display()));
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(pair)
    }

    /// Does what the reader does. Ports are those of the README, before and after.
    pub fn carry_out(&mut self, action: &Action) -> Result<Came, String> {
        let came = match action {
            Action::Address(address) => {
                let address = self.filled(&self.of_pair(address))?;
                Came::Page(self.of_readme(&self.browser.page(&address)?))
            }
            Action::Shell(script) => Came::Output(self.of_readme(&self.shell(script)?)),
        };
        Ok(came)
    }

    /// `address` with what the reader sees in the address bar where it says `NAME=…`.
    fn filled(&self, address: &str) -> Result<String, String> {
        let mut pieces = address.split("=…");
        let mut filled = pieces.next().unwrap_or_default().to_string();
        for piece in pieces {
            let name = filled.rsplit(['?', '&']).next().unwrap_or_default();
            let copied = self.browser.copied(name)?;
            filled.push_str(&format!("={copied}{piece}"));
        }
        Ok(filled)
    }

    /// What `script` writes. `NAME=…` is a place that the reader fills with what they copied.
    ///
    /// All scripts of a pair share one terminal: what one has set, the next ones find.
    fn shell(&self, script: &str) -> Result<String, String> {
        let mut filled = String::from("set -a; test -f set && . ./set\n");
        for line in self.of_pair(script).lines() {
            match line.split_once("=…") {
                Some((name, "")) => {
                    filled.push_str(&format!("{name}='{}'\n", self.browser.copied(name)?))
                }
                _ => filled.push_str(&format!("{line}\n")),
            }
        }
        filled.push_str("ended=$?; export -p > set; exit $ended\n");
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(&filled).current_dir(&self.folder);
        // Neither a proxy nor a `.curlrc` of this machine.
        shell.env("no_proxy", "*").env("CURL_HOME", &self.folder);
        let output = shell.stdin(Stdio::null()).output().map_err(|trouble| trouble.to_string())?;
        let errors = String::from_utf8_lossy(&output.stderr);
        match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).replace('\r', "")),
            false => Err(format!("the command ends with {}\n{errors}", output.status)),
        }
    }

    fn of_pair(&self, text: &str) -> String {
        self.with_ports(text, ["5000", "5001"], &self.ports.map(|port| port.to_string()))
    }

    fn of_readme(&self, text: &str) -> String {
        self.with_ports(text, self.ports.map(|port| port.to_string()), &["5000", "5001"])
    }

    /// `text` with each of the ports `from` as the one of `to`, in an address or in an encoded one.
    fn with_ports<T: AsRef<str>, U: AsRef<str>>(
        &self,
        text: &str,
        from: [T; 2],
        to: &[U; 2],
    ) -> String {
        let mut text = text.to_string();
        for (from, to) in from.iter().zip(to) {
            for colon in [":", "%3A"] {
                text = text.replace(
                    &format!("localhost{colon}{}", from.as_ref()),
                    &format!("localhost{colon}{}", to.as_ref()),
                );
            }
        }
        text
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        for child in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Two ports that were free a moment ago.
fn free_ports() -> [u16; 2] {
    let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").expect("a free port"));
    listeners.map(|listener| listener.local_addr().expect("an address").port())
}
