//! `cargo test` holds the ladder to its golden rule, and says what to do where it is broken.

use std::path::Path;

use lab::versions::Versions;
use tools::golden;

#[test]
fn neighbours_differ_only_by_the_declared_idea() {
    let root = &Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let versions = Versions::at(root).expect("the versions can be listed");
    let problems =
        golden::problems(&versions).expect("every version and its declaration can be read");
    let report: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert!(
        problems.is_empty(),
        "The ladder breaks its golden rule in {} places. `cargo lab ladder` shows the same with the table of steps.\n\n{}\n",
        problems.len(),
        report.join("\n\n")
    );
}
