//! Chromium and its driver: are they installed, must they be, and how is Chromium started?

use std::path::PathBuf;

/// The two programs that a test in a browser needs.
#[derive(Clone, Debug)]
pub struct Programs {
    /// Chromium.
    pub browser: PathBuf,
    /// Its WebDriver server.
    pub driver: PathBuf,
}

/// How Chromium is started everywhere: without a window, and without a word to anybody but this machine.
pub const ARGUMENTS: [&str; 10] = [
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

/// `LAB_REQUIRE_BROWSER=1`: without a browser, a test that needs one fails instead of being skipped.
pub fn is_required() -> bool {
    std::env::var("LAB_REQUIRE_BROWSER").is_ok_and(|value| value == "1")
}
