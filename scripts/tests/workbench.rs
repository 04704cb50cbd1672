//! The workbench's life: made, worked in, never overwritten, put aside.

mod support;

use support::Scratch;

fn ladder() -> Scratch {
    let version = |name: &str| {
        format!("[package]\nname = \"{name}\"\n\n[dependencies]\nweb.workspace = true\n")
    };
    Scratch::new(&[
        (
            "Cargo.toml",
            "[workspace]\nmembers = [\"versions/*\"]\n\n[workspace.dependencies]\nweb = { path = \"shared/web\" }\n",
        ),
        ("Cargo.lock", "version = 4\n"),
        ("versions/v01-first/Cargo.toml", &version("v01")),
        ("versions/v01-first/server/main.rs", "//! cargo run --bin v01-server\n"),
        ("versions/v01-first/rung.toml", "idea = \"First.\"\n"),
        ("versions/v01-first/README.md", "# v01\n"),
        ("versions/v02-second/Cargo.toml", &version("v02")),
        ("versions/v02-second/server/main.rs", "//! cargo run --bin v02-server\nfn second() {}\n"),
        (
            "versions/v02-second/rung.toml",
            "idea = \"Second: the idea.\"\nadds = [\"a function\"]\ncures = [\"boredom\"]\n",
        ),
        ("versions/v02-second/hints.md", "# Hints\n\n## Look\n\nThere.\n\n## Write\n\nThis.\n"),
    ])
}

#[test]
fn a_workbench_is_the_version_before_under_its_own_name() {
    let scratch = ladder();
    let ran = scratch.lab_in("versions", &["start", "v02"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.contains("workbench/ is now v01-first. Make it v02-second:"), "{}", ran.out);
    assert_eq!(scratch.read("workbench/server/main.rs"), "//! cargo run --bin workbench-server\n");
    assert!(!scratch.exists("workbench/README.md"), "the page of the version is not the learner's");
    let task = scratch.read("workbench/TASK.md");
    for wanted in [
        "# v02-second: Second: the idea.",
        "- a function",
        "boredom",
        "cargo lab hint",
    ] {
        assert!(task.contains(wanted), "{wanted}: {task}");
    }
    let manifest = scratch.read("workbench/Cargo.toml");
    assert!(
        manifest.contains("name = \"workbench\"") && manifest.contains("path = \"../shared/web\""),
        "{manifest}"
    );
    assert!(scratch.read("workbench/tests/checks.rs").contains("\"v02\""));
}

#[test]
fn work_is_never_overwritten_and_reset_keeps_it() {
    let scratch = ladder();
    assert_eq!(scratch.lab(&["start", "v02"]).code, Some(0));
    // Untouched: starting again is harmless.
    assert_eq!(scratch.lab(&["start", "v02"]).code, Some(0));
    scratch.write("workbench/server/main.rs", "my work\n");
    let again = scratch.lab(&["start", "v02"]);
    assert_eq!(again.code, Some(2));
    assert!(
        again.err.contains("holds your work on v02, and nothing is overwritten"),
        "{}",
        again.err
    );
    assert_eq!(scratch.read("workbench/server/main.rs"), "my work\n");

    let unasked = scratch.lab(&["reset"]);
    assert_eq!(unasked.code, Some(2), "nobody can be asked here");
    assert_eq!(scratch.read("workbench/server/main.rs"), "my work\n");
    let reset = scratch.lab_in("workbench", &["reset", "--yes"]);
    assert_eq!(reset.code, Some(0), "{}", reset.err);
    assert_eq!(scratch.read("workbench-backup-1/server/main.rs"), "my work\n");
    assert_eq!(scratch.read("workbench/server/main.rs"), "//! cargo run --bin workbench-server\n");

    // A new file alone is work, too; and so is a folder that we know nothing about.
    scratch.write("workbench/server/new.rs", "more work\n");
    assert_eq!(scratch.lab(&["start", "v02"]).code, Some(2));
    let stranger = ladder();
    stranger.write("workbench/notes.txt", "mine\n");
    assert_eq!(stranger.lab(&["start", "v02"]).code, Some(2));
    assert_eq!(stranger.read("workbench/notes.txt"), "mine\n");
}

#[test]
fn hints_open_one_by_one() {
    let scratch = ladder();
    assert!(
        scratch
            .lab(&["hint"])
            .err
            .contains("There is no workbench yet. Make one: cargo lab start v02")
    );
    assert_eq!(scratch.lab(&["start", "v02"]).code, Some(0));
    assert!(scratch.lab(&["hint", "--again"]).out.contains("No hint is open yet"));
    let first = scratch.lab(&["hint"]).out;
    assert!(first.contains("Hint 1 of 2: Look\n\nThere.") && !first.contains("This."), "{first}");
    let second = scratch.lab(&["hint"]).out;
    assert!(second.contains("Hint 2 of 2: Write") && !second.contains("There."), "{second}");
    assert!(scratch.lab(&["hint"]).out.contains("That was the last hint"));
    let again = scratch.lab(&["hint", "--again"]).out;
    assert!(again.contains("There.") && again.contains("This."), "{again}");
}

#[test]
fn the_solution_is_what_still_differs() {
    let scratch = ladder();
    assert_eq!(scratch.lab(&["start", "v02"]).code, Some(0));
    let open = scratch.lab(&["solution"]).out;
    assert!(
        open.contains("workbench -> v02-second") && open.contains("+ fn second() {}"),
        "{open}"
    );
    scratch.write(
        "workbench/server/main.rs",
        "//! cargo run --bin workbench-server\nfn second() {}\n",
    );
    assert!(scratch.lab(&["solution"]).out.contains("No difference."));
    let first = scratch.lab(&["start", "v01"]);
    assert_eq!(first.code, Some(2));
    assert!(first.err.contains("v01 is the first version"), "{}", first.err);
}

#[test]
#[cfg(unix)]
fn a_terminal_may_stand_in_a_folder_of_the_workbench_while_it_is_reset() {
    use std::os::unix::fs::MetadataExt;

    let scratch = ladder();
    assert_eq!(scratch.lab(&["start", "v02"]).code, Some(0));
    scratch.write("workbench/server/deep/own.rs", "my work\n");
    let inode = || std::fs::metadata(scratch.root.join("workbench/server")).map(|it| it.ino()).ok();
    let before = inode();
    assert_eq!(scratch.lab_in("workbench/server", &["reset", "--yes"]).code, Some(0));
    assert_eq!(inode(), before, "the folder is the same one, so the terminal is not lost");
    assert!(!scratch.exists("workbench/server/deep"), "what is not needed is gone");
    assert_eq!(scratch.read("workbench-backup-1/server/deep/own.rs"), "my work\n");
}
