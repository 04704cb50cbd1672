//! The pictures beside the texts are there, are small, and are all ones that the command retakes.

use std::collections::BTreeSet;
use std::fs;

use browser_tests::screenshots::{FOLDER, MOST_BYTES, files};
use kit::ladder::workspace;

#[test]
fn every_picture_is_there_and_small_and_no_other_one() {
    let root = workspace();
    let wanted: BTreeSet<String> = files().collect();
    for file in &wanted {
        let bytes = fs::read(root.join(file)).unwrap_or_else(|trouble| {
            panic!("{file}: {trouble}; take it: cargo run -p browser-tests -- screenshots")
        });
        assert!(bytes.starts_with(b"\x89PNG"), "{file} is no PNG");
        assert!(bytes.len() <= MOST_BYTES, "{file} has {} bytes", bytes.len());
    }
    let entries = fs::read_dir(root.join(FOLDER)).unwrap().flatten();
    let there = entries.map(|entry| format!("{FOLDER}/{}", entry.file_name().to_string_lossy()));
    for file in there.filter(|file| file.ends_with(".png")) {
        assert!(wanted.contains(&file), "{file} is taken by nobody: it cannot be retaken");
    }
}

#[test]
fn every_picture_that_a_text_shows_is_there() {
    let mut folders = vec![workspace()];
    let mut wrong = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap().flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy().into_owned();
            let is_made = ["target", "workbench", "node_modules"].contains(&name.as_str());
            if path.is_dir() && !is_made && !name.starts_with('.') {
                folders.push(path);
            } else if name.ends_with(".md") {
                let text = fs::read_to_string(&path).unwrap();
                let missing = pictures(&text).filter(|shown| !folder.join(shown).is_file());
                wrong.extend(missing.map(|shown| format!("{}: {shown}", path.display())));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "these texts show pictures that are not there:\n{}",
        wrong.join("\n")
    );
}

/// What a text shows in HTML: `<img src="place">` and `<source srcset="place">`. Of what it shows in Markdown, the
/// test of all links says that it is there.
fn pictures(text: &str) -> impl Iterator<Item = &str> {
    let tags = ["<img ", "<source "].into_iter().flat_map(|tag| text.split(tag).skip(1));
    let places =
        tags.filter_map(|rest| rest.split('>').next()?.split("src").nth(1)?.split('"').nth(1));
    places.filter(|place| !place.contains("://"))
}

#[test]
fn a_picture_is_found_in_its_tag() {
    let text = "![b](c.png) <img alt=\"j\" src=\"k.png\"> <source media=\"l\" srcset=\"m.png\"> \
        <img src=\"https://example.com/o.png\">";
    assert_eq!(pictures(text).collect::<Vec<_>>(), ["k.png", "m.png"]);
}
