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

/// `cures`, `opens`, `refuses` and `remains` of a version follow from the matrix.
#[test]
fn each_version_declares_what_the_matrix_says() {
    let root = kit::ladder::workspace();
    let mut wrong = Vec::new();
    for version in versions() {
        let folder = format!("versions/{}", kit::ladder::folder(version));
        let file = format!("{folder}/rung.toml");
        let text = fs::read_to_string(root.join(&file)).expect("rung.toml");
        for (key, right) in declared(version) {
            let found = names_under(&text, key);
            if found != right {
                wrong.push(format!("{file}: {key} = {found:?}, but the matrix says {right:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn declared(version: u8) -> [(&'static str, BTreeSet<String>); 4] {
    let before = |attack: &attacks::Attack| {
        if version == *versions().start() {
            Cell::NotYet
        } else {
            attack.cell(version - 1)
        }
    };
    let names = |wanted: fn(Cell, Cell) -> bool| {
        let found = all().iter().filter(|attack| wanted(before(attack), attack.cell(version)));
        found.map(|attack| attack.name.to_owned()).collect()
    };
    [
        ("cures", names(|was, is| was == Cell::Succeeds && is == Cell::Stopped)),
        ("opens", names(|was, is| was != Cell::Succeeds && is == Cell::Succeeds)),
        ("refuses", names(|was, is| was == Cell::NotYet && is == Cell::Stopped)),
        ("remains", names(|_, is| is == Cell::Succeeds)),
    ]
}

/// The strings of the list under a key of a `rung.toml`.
fn names_under(text: &str, key: &str) -> BTreeSet<String> {
    let table = toml::de::DeTable::parse(text).expect("rung.toml is TOML");
    let list = table.get_ref().get(key).and_then(|value| value.get_ref().as_array());
    let names = list.into_iter().flatten().filter_map(|name| name.get_ref().as_str());
    names.map(str::to_owned).collect()
}
