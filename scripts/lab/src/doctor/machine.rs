//! Toolchain, disk and `localhost`.

use std::fs;
use std::net::{IpAddr, Ipv6Addr, TcpListener, TcpStream, ToSocketAddrs};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::doctor::Finding;
use crate::error::Error;
use crate::process::cargo;
use toml::de::DeTable;

/// The first build of one pair needs about half of this.
const WANTED_MB: u64 = 1500;

/// Whether the toolchain is as new as the workspace asks for.
///
/// # Errors
/// The workspace's manifest cannot be read.
pub fn toolchain(root: &Path) -> Result<Finding, Error> {
    let path = root.join("Cargo.toml");
    let manifest = fs::read_to_string(&path).map_err(|error| Error::file("read", &path, error))?;
    let Some(wanted) = rust_version(&manifest) else {
        return Ok(Finding::note("Cargo.toml names no rust-version.", "Any Rust will be tried."));
    };
    let output = cargo::command().arg("--version").output();
    let said = output
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default();
    let Some(installed) = said.split_whitespace().nth(1) else {
        return Ok(Finding::trouble("cargo does not run.", "Install Rust: https://rustup.rs"));
    };
    if number(installed) >= number(&wanted) {
        return Ok(Finding::good(format!("Rust {installed} is new enough ({wanted} is needed).")));
    }
    Ok(Finding::trouble(
        format!("Rust {installed} is too old: {wanted} is needed."),
        "rustup update",
    ))
}

/// `rust-version` of the workspace.
fn rust_version(manifest: &str) -> Option<String> {
    let document = DeTable::parse(manifest).ok()?;
    let package = document.get_ref().get("workspace")?.get_ref().get("package")?.get_ref();
    Some(package.get("rust-version")?.get_ref().as_str()?.to_string())
}

/// A version as numbers that can be compared: `1.88` is 1, 88, 0, and what follows a `-` does not count.
fn number(version: &str) -> [u32; 3] {
    let mut numbers = [0; 3];
    let plain = version.split(['-', '+']).next().unwrap_or_default();
    for (place, part) in numbers.iter_mut().zip(plain.split('.')) {
        *place = part.parse().unwrap_or(0);
    }
    numbers
}

/// Whether there is room for a build. None where the system does not say.
pub fn disk(root: &Path) -> Option<Finding> {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);
    let existing = target.ancestors().find(|path| path.exists()).unwrap_or(root).to_path_buf();
    let free = free_mb(&existing)?;
    let place = existing.display();
    if free < WANTED_MB {
        return Some(Finding::trouble(
            format!("Only {free} MB are free at {place}."),
            format!(
                "Make room for {WANTED_MB} MB (`cargo clean` in old projects), or set CARGO_TARGET_DIR to another disk."
            ),
        ));
    }
    Some(Finding::good(format!("{} GB are free for building.", free / 1024)))
}

/// The free space at `path` in MB, asked of the system's own tool.
fn free_mb(path: &Path) -> Option<u64> {
    if cfg!(windows) {
        let drive = path
            .canonicalize()
            .ok()?
            .to_string_lossy()
            .trim_start_matches(r"\\?\")
            .chars()
            .next()?;
        let script = format!("(Get-PSDrive -Name {drive}).Free");
        let output =
            Command::new("powershell").args(["-NoProfile", "-Command", &script]).output().ok()?;
        let bytes: u64 = String::from_utf8_lossy(&output.stdout).trim().parse().ok()?;
        return Some(bytes / (1024 * 1024));
    }
    // POSIX: -P keeps each file system on one line, -k counts in KB.
    let output = Command::new("df").arg("-Pk").arg(path).output().ok()?;
    parse_df(&String::from_utf8_lossy(&output.stdout))
}

/// The column "Available" of `df -Pk`.
fn parse_df(output: &str) -> Option<u64> {
    let available: u64 = output.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    Some(available / 1024)
}

/// Whether `localhost` is this computer, and which families of addresses answer.
pub fn localhost() -> Finding {
    let addresses: Vec<IpAddr> = match ("localhost", 0).to_socket_addrs() {
        Ok(addresses) => addresses.map(|address| address.ip()).collect(),
        Err(error) => {
            return Finding::trouble(
                format!("The name localhost is unknown here ({error})."),
                "Put the line `127.0.0.1 localhost` into the hosts file.",
            );
        }
    };
    if let Some(foreign) = addresses.iter().find(|address| !address.is_loopback()) {
        return Finding::trouble(
            format!("localhost means {foreign} here, which is another computer."),
            "Put the line `127.0.0.1 localhost` into the hosts file, and no other for localhost.",
        );
    }
    let four = reaches_itself(IpAddr::from([127, 0, 0, 1]));
    let six = reaches_itself(Ipv6Addr::LOCALHOST.into());
    let names_six = addresses.contains(&Ipv6Addr::LOCALHOST.into());
    match (four, six) {
        (true, true) => Finding::good("localhost answers on 127.0.0.1 and on ::1."),
        (true, false) if names_six => Finding::note(
            "localhost names ::1, but only 127.0.0.1 answers.",
            "Browsers try ::1 first and then go on; if pages load slowly, take ::1 for localhost out of the hosts file.",
        ),
        (true, false) => Finding::good(
            "localhost answers on 127.0.0.1; this computer has no ::1, and that is enough.",
        ),
        (false, _) => Finding::trouble(
            "127.0.0.1 does not answer.",
            "A firewall or a container without a loopback device is in the way; the lab needs 127.0.0.1.",
        ),
    }
}

/// Whether a connection to a port of ours at `address` comes through.
fn reaches_itself(address: IpAddr) -> bool {
    let Ok(listener) = TcpListener::bind((address, 0)) else {
        return false;
    };
    let Ok(address) = listener.local_addr() else {
        return false;
    };
    TcpStream::connect_timeout(&address, Duration::from_millis(500)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(number("1.95.0") >= number("1.88"));
        assert!(number("1.9.0") < number("1.88"));
        assert_eq!(number("1.90.0-nightly"), [1, 90, 0]);
        let manifest = "[workspace.package]\nrust-version = \"1.88\"\n";
        assert_eq!(rust_version(manifest).as_deref(), Some("1.88"));
    }

    #[test]
    fn free_space_is_read_from_df() {
        let output = "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/vda 100 50 2097152 3% /\n";
        assert_eq!(parse_df(output), Some(2048));
        assert_eq!(parse_df(""), None);
    }
}
