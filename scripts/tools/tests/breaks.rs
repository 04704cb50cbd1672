//! Every break applies to every version that it is for. That it builds and turns something, `cargo lab break --all` shows.

use std::path::Path;

use lab::versions::Versions;
use tools::breaks::declared::{Break, number};
use tools::breaks::{load, patch};

fn workspace() -> (Versions, Vec<Break>) {
    let root = &Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let versions = Versions::at(root).expect("versions");
    let breaks = load::all(root).expect("breaks");
    (versions, breaks)
}

#[test]
fn every_break_applies_in_every_version_of_its_range() {
    let (versions, breaks) = workspace();
    assert!(breaks.len() > 100, "only {} breaks", breaks.len());
    let mut failed = Vec::new();
    for broken in &breaks {
        let fitting = broken.versions(&versions);
        assert_eq!(
            fitting.first().map(|first| number(first)),
            Some(broken.since),
            "{}",
            broken.name
        );
        for version in fitting {
            match patch::apply(&versions.root, version, broken) {
                Ok(files) => assert!(files.iter().all(|file| file.before != file.after)),
                Err(error) => failed.push(format!("{}: {error}", version.name)),
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

#[test]
fn a_break_that_ends_early_does_not_apply_afterwards() {
    let (versions, breaks) = workspace();
    for broken in breaks.iter().filter(|broken| broken.until.is_some()) {
        for version in &versions.all {
            let after = broken.until.is_some_and(|last| number(version) > last);
            // Where the guard is still there and another one has come, the file says so.
            let says_why = broken.lesson.contains("From v0");
            if after && !says_why {
                let applies = patch::apply(&versions.root, version, broken).is_ok();
                assert!(
                    !applies,
                    "{} applies in {} as well: widen `until`",
                    broken.name, version.name
                );
            }
        }
    }
}

#[test]
fn every_break_has_words_of_its_own() {
    let (_, breaks) = workspace();
    for broken in &breaks {
        for text in [&broken.guard, &broken.lesson] {
            assert!(text.ends_with('.'), "{}: {text}", broken.name);
            assert!(!text.contains('\n'), "{}: one line", broken.name);
        }
        let same = |other: &&Break| other.name != broken.name && other.changes == broken.changes;
        // A patch of the shared crate may stand for the server and for the client.
        let twin = breaks.iter().filter(same).find(|other| other.builds == broken.builds);
        assert!(
            twin.is_none(),
            "{} and {} are the same patch",
            broken.name,
            twin.map_or("", |b| &b.name)
        );
    }
}

#[test]
fn a_handful_comes_first() {
    let (_, breaks) = workspace();
    let first: Vec<&Break> = breaks.iter().filter(|broken| broken.first).collect();
    assert!((4..=8).contains(&first.len()), "{} breaks are first", first.len());
    let shown = tools::breaks::tell::first(&breaks);
    assert!(shown.contains("cargo lab break --list"), "{shown}");
    for broken in first {
        assert!(shown.contains(&broken.name), "{}: {shown}", broken.name);
        assert!(broken.until.is_none_or(|last| last >= broken.since), "{}", broken.name);
    }
}
