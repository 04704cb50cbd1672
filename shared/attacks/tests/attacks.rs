//! The attacks agree with the source of the versions, with the docs and with what the versions declare.

use std::collections::BTreeSet;
use std::fs;

use attacks::{Cell, all, docs, guards};
use kit::ladder::versions;

#[test]
fn every_guard_is_found_where_it_is_said_to_stand() {
    let root = kit::ladder::workspace();
    let mut missing = Vec::new();
    for attack in all() {
        for version in versions().filter(|version| attack.cell(*version) == Cell::Stopped) {
            if attack.guards_in(version).next().is_none() {
                missing.push(format!(
                    "{} on v{version:02}: stopped, but no guard is named",
                    attack.name
                ));
            }
            for guard in attack.guards_in(version) {
                if let Err(trouble) = guards::locate(&root, version, guard) {
                    missing.push(format!("{} on v{version:02}: {trouble}", attack.name));
                }
            }
        }
    }
    assert!(
        missing.is_empty(),
        "change the anchor in shared/attacks/src/stories:\n{}",
        missing.join("\n")
    );
}

#[test]
fn names_are_unique_and_stories_have_two_sentences() {
    let names: BTreeSet<&str> = all().iter().map(|attack| attack.name).collect();
    assert_eq!(names.len(), all().len());
    for attack in all() {
        let plain =
            attack.name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        assert!(plain, "{} is not kebab-case", attack.name);
        assert!(
            attack.story.ends_with('.') && attack.story.contains(". "),
            "{}: two sentences",
            attack.name
        );
        assert!(
            !attack.steps.is_empty() && !attack.cells.is_empty(),
            "{} has steps and cells",
            attack.name
        );
    }
}

#[test]
fn the_page_in_docs_is_the_one_that_the_attacks_write() {
    let path = kit::ladder::workspace().join("docs/attacks.md");
    let kept = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        kept == docs::page(),
        "docs/attacks.md is out of date. Write it anew: cargo lab attack --write"
    );
}

/// `cures` of a version follows from the attacks.
#[test]
fn each_version_declares_what_the_attacks_say() {
    let root = kit::ladder::workspace();
    let mut wrong = Vec::new();
    for version in versions() {
        let file = format!("versions/{}/rung.toml", kit::ladder::folder(version));
        let text = fs::read_to_string(root.join(&file)).expect("rung.toml");
        if docs::with_cures(&text, version) != text.replace("\r\n", "\n") {
            wrong.push(file);
        }
    }
    assert!(wrong.is_empty(), "write them anew, cargo lab attack --write: {}", wrong.join(", "));
}

#[test]
fn the_cures_of_a_rung_are_replaced_and_nothing_else() {
    let rung = "idea = \"x\"\ncures = [\n    \"old\",\n]\nbroken = []\n";
    let cured = versions().find(|v| attacks::all().iter().any(|a| a.cured_in() == Some(*v)));
    let written = docs::with_cures(rung, cured.expect("some version cures something"));
    assert!(written.starts_with("idea = \"x\"\ncures = [\n    \"") && !written.contains("old"));
    assert!(written.ends_with("]\nbroken = []\n"));
    assert_eq!(docs::with_cures(rung, 1), "idea = \"x\"\ncures = []\nbroken = []\n");
}
