//! The page with the figures: what a command has measured replaces what it had measured before.

use std::fs;
use std::process::Command;
use std::thread;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/performance.md");

/// Prints a result, and with `write` puts it into the page, with the machine and the commit.
///
/// # Errors
/// The page cannot be read or written, or has no place for it.
pub fn tell(command: &str, told: &str, write: bool) -> Result<(), String> {
    println!("{told}");
    if !write {
        return Ok(());
    }
    if cfg!(debug_assertions) {
        return Err(
            "a debug build's figures mean nothing: add --release before they are written".into()
        );
    }
    let text = fs::read_to_string(PAGE).map_err(|trouble| format!("{PAGE}: {trouble}"))?;
    let whole = format!("{told}\n{}\n", circumstances(command));
    let text =
        replace(&text, command, &whole).ok_or(format!("{PAGE} has no place for {command}"))?;
    fs::write(PAGE, text).map_err(|trouble| format!("{PAGE}: {trouble}"))
}

fn replace(text: &str, command: &str, told: &str) -> Option<String> {
    let (begin, end) =
        (format!("<!-- bench {command} -->\n"), format!("<!-- end of {command} -->"));
    let (before, rest) = text.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{begin}\n{told}\n{end}{after}"))
}

fn circumstances(command: &str) -> String {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("an unknown processor", |(_, model)| model);
    let mut git = Command::new("git");
    let commit = git
        .args([
            "describe",
            "--always",
            "--dirty",
            "--exclude=*",
        ])
        .output();
    let commit = commit.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let commit = commit.unwrap_or_default();
    format!(
        "Measured with `cargo run --release -p bench -- {command} --write` at commit {commit}, on {cores} cores of {model}."
    )
}

#[cfg(test)]
mod tests {
    use super::replace;

    #[test]
    fn only_its_own_part_of_the_page_changes() {
        let page =
            "a\n<!-- bench x -->\nold\n<!-- end of x -->\n<!-- bench y -->\n<!-- end of y -->\n";
        let wanted =
            "a\n<!-- bench x -->\n\nnew\n<!-- end of x -->\n<!-- bench y -->\n<!-- end of y -->\n";
        assert_eq!(replace(page, "x", "new").as_deref(), Some(wanted));
        assert_eq!(replace(page, "z", "new"), None);
    }
}
