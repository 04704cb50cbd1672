//! What the project says about itself to cargo, git and people.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    let text = fs::read_to_string(root().join(path));
    text.unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The string behind `key` in the workspace's manifest.
fn value(manifest: &str, key: &str) -> String {
    let line = manifest.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \""));
    line.expect(key).trim_end_matches('"').to_string()
}

#[test]
fn every_package_is_a_member_one_by_one() {
    let manifest = read("Cargo.toml");
    let (_, list) = manifest.split_once("members = [").expect("members");
    let (list, _) = list.split_once(']').expect("the end of the list");
    let members: BTreeSet<String> = list.split('"').skip(1).step_by(2).map(String::from).collect();
    // A pattern is matched over the whole path, and `x [1]` in front of it fits no folder.
    assert!(!members.iter().any(|member| member.contains(['*', '?', '['])), "{members:?}");
    let mut packages = BTreeSet::new();
    for folder in ["shared", "versions", "scripts"] {
        for entry in fs::read_dir(root().join(folder)).expect(folder).flatten() {
            if entry.path().join("Cargo.toml").is_file() {
                packages.insert(format!("{folder}/{}", entry.file_name().to_string_lossy()));
            }
        }
    }
    assert_eq!(members, packages);
}

#[test]
fn the_readme_names_the_rust_that_is_needed_and_how_to_get_it() {
    let version = value(&read("Cargo.toml"), "rust-version");
    let page = read("README.md");
    let line = page.lines().find(|line| line.contains("https://rustup.rs")).expect("the link");
    assert!(line.contains(&format!("Rust {version} or newer")), "{line}");
    assert!(line.contains("rustup update"), "{line}");
}

#[test]
fn git_gives_every_system_the_same_line_ends() {
    assert!(read(".gitattributes").lines().any(|line| line == "* text=auto eol=lf"));
}
