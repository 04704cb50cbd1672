//! The person's browser.

use std::process::{Command, Stdio};
use std::thread;

use crate::term;

/// Opens `url` in the person's browser; says so when that is not possible.
pub fn open(url: &str) {
    let (program, arguments): (&str, &[&str]) = if cfg!(windows) {
        ("cmd", &["/C", "start", "", url])
    } else if cfg!(target_os = "macos") {
        ("open", &[url])
    } else {
        ("xdg-open", &[url])
    };
    let started = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    match started {
        // Somebody must collect it when it ends, or it stays as a zombie.
        Ok(mut child) => drop(thread::spawn(move || child.wait())),
        Err(_) => term::note(&format!("No browser could be opened. Go to {url}.")),
    }
}
