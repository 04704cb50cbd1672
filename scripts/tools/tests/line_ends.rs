//! A copy of the project that was checked out with CRLF is the same project.

mod support;

use std::fs;

use lab::versions::Versions;
use std::path::{Path, PathBuf};
use support::Scratch;
use tools::breaks::{load, patch};
use tools::golden;

/// Everything that is compared with text written elsewhere.
const PARTS: [&str; 6] = [
    "README.md",
    "Cargo.toml",
    "docs",
    "scripts/breaks",
    "shared",
    "versions",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn windows_copy() -> Scratch {
    let scratch = Scratch::new(&[]);
    for part in PARTS {
        copy(&scratch, part);
    }
    scratch
}

fn copy(scratch: &Scratch, path: &str) {
    let source = root().join(path);
    if source.is_dir() {
        for entry in fs::read_dir(&source).expect("a folder").flatten() {
            copy(scratch, &format!("{path}/{}", entry.file_name().to_string_lossy()));
        }
    } else if let Ok(text) = fs::read_to_string(&source) {
        scratch.write(path, &text.replace("\r\n", "\n").replace('\n', "\r\n"));
    }
}

#[test]
fn every_break_applies_as_it_does_here() {
    let scratch = windows_copy();
    let outcomes = |root: &Path| {
        let versions = Versions::at(root).expect("versions");
        let breaks = load::all(root).expect("breaks");
        let mut outcomes = Vec::new();
        for broken in &breaks {
            for version in broken.versions(&versions) {
                let files = patch::apply(root, version, broken).map_err(|error| error.to_string());
                outcomes.push((broken.name.clone(), version.name.clone(), files));
            }
        }
        outcomes
    };
    let (there, here) = (outcomes(&scratch.root), outcomes(&root()));
    assert!(here.len() > 200 && here.len() == there.len());
    for (there, here) in there.iter().zip(&here) {
        assert!(there == here, "{} on {} differs: {:?}", here.0, here.1, there.2.as_ref().err());
    }
}

#[test]
fn the_golden_rule_says_what_it_says_here() {
    let scratch = windows_copy();
    let problems = |root: &Path| {
        golden::problems(&Versions::at(root).expect("versions")).expect("all can be read")
    };
    assert_eq!(problems(&scratch.root), problems(&root()));
    let written = scratch.lab(&["ladder", "--write"]);
    assert!(!written.out.contains("wrote README.md"), "{}{}", written.out, written.err);
}

#[test]
fn a_table_that_is_written_keeps_the_line_ends_of_its_page() {
    let scratch = windows_copy();
    let page = scratch.read("README.md");
    let (before, rest) = page.split_once("\r\n| [v01]").expect("the table");
    let (_, after) = rest.split_once("\r\n").expect("more lines");
    scratch.write("README.md", &format!("{before}\r\n{after}"));
    assert!(scratch.lab(&["ladder", "--write"]).out.contains("wrote README.md"));
    assert_eq!(scratch.read("README.md"), page);
}
