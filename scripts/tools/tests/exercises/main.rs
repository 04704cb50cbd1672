//! Every exercise of a version's README is carried out, and what comes is compared with what the README promises.
//!
//! `scripts/README.md` tells how an exercise is written. They are run as a reader does it, with `sh` and `curl`: this
//! test needs both. Without curl it is skipped, unless `LAB_REQUIRE_CURL=1` says that it must be there.
#![cfg(unix)]

mod browser;
mod pair;
mod promise;
mod readme;

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::pair::Pair;
use crate::readme::Exercise;
use lab::process::cargo;
use lab::versions::{Version, Versions};

#[test]
fn what_the_readmes_promise_is_what_happens() {
    if Command::new("curl").arg("--version").output().is_err() {
        let required = std::env::var("LAB_REQUIRE_CURL").is_ok_and(|value| value == "1");
        assert!(!required, "LAB_REQUIRE_CURL=1, but there is no curl.");
        eprintln!("skipped: the exercises of the READMEs need curl");
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let versions = Versions::at(&root).expect("the versions can be listed");
    let mut wrong = Vec::new();
    let mut seen = 0;
    for version in &versions.all {
        let place = format!("versions/{}/README.md", version.folder);
        let readme = fs::read_to_string(version.path.join("README.md")).expect("a README");
        match readme::exercises(&readme) {
            Ok(exercises) => {
                seen += exercises.len();
                let troubles = carry_out(&versions, version, &exercises);
                wrong.extend(troubles.into_iter().map(|trouble| format!("{place}:{trouble}")));
            }
            Err(trouble) => wrong.push(format!("{place}:{trouble}")),
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n\n"));
    assert!(seen > 1, "the READMEs hold more than {seen} exercises");
}

/// Carries out the exercises of one README, top down as a reader does. Returns what did not come as promised.
fn carry_out(versions: &Versions, version: &Version, exercises: &[Exercise]) -> Vec<String> {
    if exercises.is_empty() {
        return Vec::new();
    }
    let cast = version.cast().expect("a cast");
    let names: Vec<&str> = cast.iter().map(|part| part.binary.as_str()).collect();
    let binaries = cargo::build(&versions.root, &names, false).expect("the cast is built");
    let start =
        |settings: &[(String, String)]| Pair::start(&binaries, settings).expect("the pair starts");
    let mut pair = start(&[]);
    let mut wrong = Vec::new();
    for exercise in exercises {
        if let Some(before) = &exercise.before {
            pair = start(&before.settings);
            if let Some(user) = &before.login {
                pair.browser.log_in(user).unwrap_or_else(|trouble| panic!("{trouble}"));
            }
            std::thread::sleep(before.wait);
        }
        if let Err(trouble) =
            pair.carry_out(&exercise.action).and_then(|came| exercise.promise.judge(&came))
        {
            wrong.push(format!("{}: {trouble}", exercise.line));
        }
    }
    wrong
}
