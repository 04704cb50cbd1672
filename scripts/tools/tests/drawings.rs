//! Every picture of the texts shows what the code does: each is drawn anew from a real flow, and compared.

use std::fs;
use std::path::Path;

use lab::versions::Versions;
use tools::commands::draw;

#[test]
fn the_pictures_of_the_texts_are_those_that_real_flows_draw() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let versions = Versions::at(&root).expect("versions");
    let mut stale = Vec::new();
    for (name, svg) in draw::all(&versions).expect("every flow is carried out") {
        let kept = fs::read_to_string(root.join("docs/pictures").join(&name)).unwrap_or_default();
        if kept.replace("\r\n", "\n") != svg {
            stale.push(name);
        }
    }
    assert!(stale.is_empty(), "draw them anew, cargo lab draw: {}", stale.join(", "));
}
