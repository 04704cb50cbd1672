//! The workbench's life: made, worked in, never overwritten, put aside.

mod support;

use lab::versions::Versions;
use lab::workbench::bench;
use support::Scratch;
use tools::workbench::making;

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
        ("versions/v02-second/tests/inside.rs", "//! cargo test --bin v02-server\n"),
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
    let inside = scratch.read("workbench/tests/inside.rs");
    assert_eq!(inside, "//! cargo test --bin workbench-server\n");
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
fn the_next_step_begins_with_ones_own_code() {
    let scratch = ladder();
    scratch.write(
        "versions/v03-third/Cargo.toml",
        "[package]\nname = \"v03\"\n\n[dependencies]\nweb.workspace = true\nsha2.workspace = true\n",
    );
    scratch.write("versions/v03-third/server/main.rs", "fn third() {}\n");
    scratch.write("versions/v03-third/rung.toml", "idea = \"Third.\"\nadds = [\"a hash\"]\n");
    assert_eq!(scratch.lab(&["start", "v02"]).code, Some(0));
    scratch.write("workbench/server/main.rs", "fn my_second() {}\n");
    scratch.write("workbench/server/mine.rs", "fn more() {}\n");
    scratch.lab(&["hint"]);

    let versions = Versions::at(&scratch.root).unwrap();
    let opened = bench::open(&versions).unwrap();
    assert!(!making::has_own_manifest(&versions, &opened).unwrap());
    let (third, backup) = making::go_on(&versions, versions.find("v03").unwrap()).unwrap();
    assert_eq!((third.goal.name.as_str(), third.state.hints.len()), ("v03", 0));
    assert!(backup.ends_with("workbench-backup-1"));
    for folder in ["workbench", "workbench-backup-1"] {
        assert_eq!(scratch.read(&format!("{folder}/server/main.rs")), "fn my_second() {}\n");
        assert_eq!(scratch.read(&format!("{folder}/server/mine.rs")), "fn more() {}\n");
    }
    assert!(scratch.read("workbench/TASK.md").contains("- a hash"));
    assert!(scratch.read("workbench/tests/checks.rs").contains("\"v03\""));
    assert!(scratch.read("workbench/Cargo.toml").contains("sha2.workspace"));
    assert_eq!(scratch.lab(&["start", "v03"]).code, Some(2), "it holds work");

    scratch.write("workbench/Cargo.toml", "# mine\n");
    assert!(making::has_own_manifest(&versions, &bench::open(&versions).unwrap()).unwrap());
}

#[test]
fn next_is_refused_where_there_is_nothing_to_go_on_from_or_to() {
    let scratch = ladder();
    let none = scratch.lab(&["next"]);
    assert_eq!(none.code, Some(2));
    assert!(none.err.contains("There is no workbench yet"), "{}", none.err);
    assert_eq!(scratch.lab(&["start", "v02"]).code, Some(0));
    let last = scratch.lab(&["next"]);
    assert_eq!(last.code, Some(2));
    assert!(last.err.contains("v02 is the last version"), "{}", last.err);
}

#[test]
fn an_attack_on_the_workbench_needs_one() {
    let scratch = ladder();
    let none = scratch.lab(&["attack", "login-csrf", "workbench"]);
    assert_eq!(none.code, Some(2));
    assert!(none.err.contains("Make one: cargo lab start v02"), "{}", none.err);
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
