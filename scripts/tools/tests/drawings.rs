//! Every picture of the texts shows what the code does: each is drawn anew from a real flow, and compared.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use lab::versions::Versions;
use tools::commands::draw;

#[test]
fn the_pictures_of_the_texts_are_those_that_real_flows_draw() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let versions = Versions::at(&root).expect("versions");
    let folder = root.join("docs/pictures");
    let (mut drawn, mut stale) = (BTreeSet::new(), Vec::new());
    let take = |name: &str, svg: &str| {
        let kept = fs::read_to_string(folder.join(name)).unwrap_or_default();
        if kept.replace("\r\n", "\n") != svg {
            stale.push(name.to_owned());
        }
        drawn.insert(name.to_owned());
        Ok(())
    };
    draw::all(&versions, take).expect("every flow is carried out");
    assert!(stale.is_empty(), "draw them anew, cargo lab draw: {}", stale.join(", "));
    let files = fs::read_dir(&folder).expect("the folder").flatten();
    let names = files.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let left: Vec<String> =
        names.filter(|name| name.ends_with(".svg") && !drawn.contains(name)).collect();
    assert!(left.is_empty(), "nobody draws these, so remove them: {}", left.join(", "));
}
