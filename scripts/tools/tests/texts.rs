//! Every command in a text is one that works: the command exists, and so do the names that it is given.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every Markdown file of the project, outside of what is built or made by a learner.
fn texts() -> Vec<PathBuf> {
    let mut texts = vec![root().join("README.md")];
    let mut folders = vec![
        root().join("docs"),
        root().join("versions"),
        root().join("scripts"),
    ];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            match path.is_dir() {
                true => folders.push(path),
                false if path.extension().is_some_and(|end| end == "md") => texts.push(path),
                false => {}
            }
        }
    }
    texts
}

/// Commands in fenced blocks, one a line, and in backticks; settings may stand before `cargo`.
fn commands(text: &str) -> Vec<Vec<String>> {
    let inline = text.split('`').map(str::trim).filter(|code| !code.contains('\n'));
    let lines = text.lines().map(str::trim);
    let is_setting = |word: &&str| word.contains('=');
    let calls_cargo = |line: &&str| line.split(' ').find(|word| !is_setting(word)) == Some("cargo");
    let all = inline.chain(lines).filter(|line| calls_cargo(line) && line.contains("cargo "));
    let mut commands: Vec<Vec<String>> =
        all.map(|line| line.split_whitespace().map(String::from).collect()).collect();
    commands.sort();
    commands.dedup();
    commands
}

fn words(command: &[String]) -> Vec<&str> {
    command.iter().map(String::as_str).collect()
}

#[test]
fn every_command_in_a_text_exists() {
    let mut seen = 0;
    for text in texts() {
        for command in commands(&fs::read_to_string(&text).unwrap()) {
            seen += 1;
            let trouble = judge(&words(&command)).err();
            assert_eq!(trouble, None, "{}: {}", text.display(), command.join(" "));
        }
    }
    assert!(seen > 60, "the texts hold far more than {seen} commands");
}

fn is_placeholder(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_uppercase())
}

fn judge(command: &[&str]) -> Result<(), String> {
    match command {
        [setting, rest @ ..] if setting.contains('=') => {
            let name = setting.split('=').next().unwrap_or_default();
            settings::table::find(name).ok_or(format!("there is no setting {name}"))?;
            judge(rest)
        }
        ["cargo", "test", ..] | ["cargo", "lab"] => Ok(()),
        ["cargo", "run", "--bin", name] => binary(name),
        [
            "cargo",
            "run",
            "--release",
            "-p",
            "bench",
            "--",
            word,
            ..,
        ] => bench(word),
        [
            "cargo",
            "run",
            "-p",
            "browser-tests",
            "--",
            "screenshots",
        ] => Ok(()),
        ["cargo", "lab", name, arguments @ ..] => {
            lab(name)?;
            match (*name, arguments) {
                // NAME and VERSION stand for whatever the reader chooses.
                (_, arguments) if arguments.iter().any(|word| is_placeholder(word)) => Ok(()),
                ("attack", [attack, "workbench", ..]) => known_attack(attack),
                ("attack", [attack, version, ..]) if !attack.starts_with('-') => {
                    is_version(version)?;
                    known_attack(attack)
                }
                ("break", [version, name, ..]) if !version.starts_with('-') => {
                    is_version(version)?;
                    known_break(name)
                }
                ("run" | "start" | "diff" | "carry" | "check", versions) => versions
                    .iter()
                    .filter(|word| word.starts_with('v'))
                    .try_for_each(|word| is_version(word)),
                _ => Ok(()),
            }
        }
        _ => Err("this test does not know the command; teach it how to prove it".to_string()),
    }
}

/// A word of the bench, which is too large to be built for this.
fn bench(word: &str) -> Result<(), String> {
    let source = fs::read_to_string(root().join("scripts/bench/src/main.rs"));
    let source = source.map_err(|trouble| trouble.to_string())?.to_lowercase();
    let known = source.contains(&format!("{word}("));
    known.then_some(()).ok_or(format!("the bench has no word {word}"))
}

fn binary(name: &str) -> Result<(), String> {
    let (version, side) = name.split_once('-').ok_or("no such binary")?;
    is_version(version)?;
    ["server", "client"].contains(&side).then_some(()).ok_or("no such binary".to_string())
}

/// `v03`, or a stand-in such as `vNN`.
fn is_version(name: &str) -> Result<(), String> {
    let mut folders =
        fs::read_dir(root().join("versions")).map_err(|trouble| trouble.to_string())?.flatten();
    let found =
        folders.any(|entry| entry.file_name().to_string_lossy().starts_with(&format!("{name}-")));
    (found || name == "vNN").then_some(()).ok_or(format!("there is no version {name}"))
}

fn lab(name: &str) -> Result<(), String> {
    let help = support::lab().args([name, "--help"]).output();
    let good = help.is_ok_and(|output| output.status.success());
    good.then_some(()).ok_or(format!("there is no command cargo lab {name}"))
}

fn known_attack(name: &str) -> Result<(), String> {
    let matrix = fs::read_to_string(root().join("docs/attacks.md"))
        .map_err(|trouble| trouble.to_string())?;
    let known = matrix.contains(&format!("`{name}`")) || name == "NAME";
    known.then_some(()).ok_or(format!("there is no attack {name}"))
}

fn known_break(name: &str) -> Result<(), String> {
    let known = root().join(format!("scripts/breaks/{name}.toml")).exists() || name == "NAME";
    known.then_some(()).ok_or(format!("there is no break {name}"))
}

#[test]
fn a_setting_before_a_command_is_proved_too() {
    let found =
        commands("```sh\nLAB_TTL_ACCESS=5 cargo lab run v06\n```\na `cargo` word and `x=1 y`");
    assert_eq!(found.len(), 1);
    assert_eq!(judge(&words(&found[0])), Ok(()));
    assert!(judge(&["LAB_TTL_ACES=5", "cargo", "test"]).is_err());
    assert!(
        judge(&[
            "LAB_TTL_ACCESS=5",
            "cargo",
            "lab",
            "run",
            "v99"
        ])
        .is_err()
    );
}
