//! Calling cargo, with its own progress on the screen.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::Error;

/// A cargo command. Inside `cargo run`, `CARGO` names the cargo that called us.
pub fn command() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    forget_lab(&mut cargo);
    cargo
}

/// Where cargo puts what it builds in the workspace `root`.
pub fn target(root: &Path) -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR").filter(|folder| !folder.is_empty()) {
        // A relative one is relative to where cargo was called.
        Some(folder) => std::path::absolute(&folder).unwrap_or_else(|_| folder.into()),
        None => root.join("target"),
    }
}

/// Keeps what `cargo run` says about `lab`'s own package away from `command`, where it would be wrong.
pub fn forget_lab(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
}

/// Builds `binaries` in the workspace `root` and returns where they are, in the same order.
///
/// Never by `--package`: cargo then gives shared dependencies other features and compiles them twice.
///
/// # Errors
/// [`Error::Build`] when the compiler refused: it has said why. Another error when cargo cannot be called.
pub fn build(root: &Path, binaries: &[&str], release: bool) -> Result<Vec<PathBuf>, Error> {
    let mut arguments = vec!["build"];
    for binary in binaries {
        arguments.extend(["--bin", binary]);
    }
    if release {
        arguments.push("--release");
    }
    let executables = build_in(root, &arguments)?;
    binaries.iter().map(|binary| find(&executables, binary)).collect()
}

/// Runs cargo in `folder` to build something, with its own progress, and returns the executables that it names.
///
/// # Errors
/// [`Error::Build`] when the compiler refused: it has said why. Another error when cargo cannot be called.
pub fn build_in(folder: &Path, arguments: &[&str]) -> Result<Vec<PathBuf>, Error> {
    let mut cargo = command();
    cargo.current_dir(folder).args(arguments).args([
        "--message-format",
        "json-render-diagnostics",
    ]);
    let mut child = cargo.stdout(Stdio::piped()).spawn().map_err(missing)?;
    let output = BufReader::new(child.stdout.take().expect("standard output is piped"));
    let executables =
        output.lines().map_while(Result::ok).filter_map(|line| executable(&line)).collect();
    if !child.wait().map_err(missing)?.success() {
        return Err(Error::Build);
    }
    Ok(executables)
}

/// The error of a cargo that cannot be called.
fn missing(error: std::io::Error) -> Error {
    Error::Program(format!("Cannot run cargo: {error}. Rust is installed from https://rustup.rs."))
}

/// The path of `binary` among those that cargo named.
fn find(executables: &[PathBuf], binary: &str) -> Result<PathBuf, Error> {
    executables
        .iter()
        .find(|path| path.file_stem().is_some_and(|stem| stem == binary))
        .cloned()
        .ok_or_else(|| Error::Program(format!("cargo built {binary} but did not say where it is.")))
}

/// The executable that one of cargo's JSON messages names.
///
/// One string out of a line whose form cargo documents; a JSON parser would be the largest part of `lab`.
fn executable(message: &str) -> Option<PathBuf> {
    let (_, rest) = message.split_once("\"executable\":\"")?;
    let mut path = String::new();
    let mut characters = rest.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => return Some(path.into()),
            '\\' => path.push(unescape(&mut characters)?),
            _ => path.push(character),
        }
    }
    None
}

/// The character that a JSON escape stands for; `characters` is behind the backslash.
fn unescape(characters: &mut std::str::Chars) -> Option<char> {
    match characters.next()? {
        'u' => {
            let digits: String = characters.by_ref().take(4).collect();
            char::from_u32(u32::from_str_radix(&digits, 16).ok()?)
        }
        character => Some(character),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_executable_is_taken_from_the_message() {
        let unix = r#"{"reason":"compiler-artifact","executable":"/a b/v03-server","fresh":true}"#;
        assert_eq!(executable(unix), Some("/a b/v03-server".into()));
        let windows = r#"{"executable":"C:\\lab\\v03-server.exe","fresh":true}"#;
        assert_eq!(executable(windows), Some(r"C:\lab\v03-server.exe".into()));
        assert_eq!(executable(r#"{"executable":null}"#), None);
        let paths = [
            PathBuf::from("/t/v03-server.exe"),
            PathBuf::from("/t/v03-client"),
        ];
        assert_eq!(find(&paths, "v03-server").ok(), Some(paths[0].clone()));
        assert!(find(&paths, "v04-server").is_err());
    }
}
