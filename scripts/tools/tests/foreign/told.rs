//! What a person is told: about a failure, and about a server that is no server.

use crate::python::{Program, Test, document, exactly, lab_check, must, trials_of, with_verdict};
use libtest_mimic::{Failed, Trial};

const TESTS: &[(&str, Test)] = &[
    ("a server that hangs is told once", |python| told_once(python, "hangs", "no whole answer")),
    ("a server that closes is told once", |python| {
        told_once(python, "closes", "was closed before")
    }),
    ("a server that talks nonsense is told once", |python| {
        told_once(python, "talks-nonsense", "not HTTP")
    }),
    ("nobody there is told once", nobody),
    ("a server that dies in the middle is told once", dies),
    ("a failure explains itself", explains),
    ("one number can be asked for", only_one),
    ("lab rules are advice until they are asked for", levels),
];

pub fn trials(python: &str) -> Vec<Trial> {
    trials_of(TESTS, python)
}

fn told_once(python: &str, server: &str, wanted: &str) -> Result<(), Failed> {
    let server = Program::start(python, "faults.py", &[server])?;
    let said = lab_check(&[
        "v04",
        "--server",
        &server.url,
        "--timeout",
        "1",
    ])?;
    must(said.code == 2, "exit code 2", &said.code.to_string())?;
    must(said.err.contains("does not answer") && said.err.contains(wanted), wanted, &said.err)?;
    must(said.out.lines().count() == 1, "no list of checks", &said.out)
}

fn dies(python: &str) -> Result<(), Failed> {
    let server = Program::start(python, "faults.py", &["dies-of-nonsense"])?;
    let said = lab_check(&["v02", "--server", &server.url])?;
    must(said.code == 1, "exit code 1", &said.code.to_string())?;
    must(
        said.err.contains("Your server has gone") && said.err.contains("E2"),
        "who was there",
        &said.err,
    )?;
    must(!said.out.contains("nobody listens"), "no failure because nobody listens", &said.out)
}

fn nobody(_: &str) -> Result<(), Failed> {
    let port = kit::pair::free_port()?;
    let said = lab_check(&[
        "v04",
        "--server",
        &format!("http://localhost:{port}"),
    ])?;
    must(said.code == 2, "exit code 2", &said.code.to_string())?;
    must(
        said.err.contains("Nobody listens") && said.err.contains("Start your server"),
        "what to do",
        &said.err,
    )
}

fn explains(python: &str) -> Result<(), Failed> {
    let server = Program::start(python, "faults.py", &["prefix-match"])?;
    let said = lab_check(&[
        "v01",
        "--server",
        &server.url,
        "--only",
        "R1.2,R1.3",
    ])?;
    for part in [
        "MUST: v01-login-and-code, server",
        "lab rule: v01-login-and-code, server",
        "ok   R1.2   an unknown client gets an error, never a redirect  RFC 6749 §4.1.2.1, MUST",
        "FAIL R1.3   near misses of redirect_uri are refused  RFC 9700 §2.1, §4.1.3, MUST",
        "       must   ",
        "       why    ",
        "       sent   GET http://127.0.0.1",
        "       wanted an error status and no Location",
        "       got    303",
        "       read   versions/v01-login-and-code/README.md",
        "MUST      2 hold, 2 fail, 0 skipped",
        "lab rule  2 hold, 2 fail, 0 skipped",
        "4 hold, 4 fail, 0 skipped of 8 checks",
        "Lab rules go beyond the RFCs: here they are advice.",
        "Start with R1.2: versions/v01-login-and-code/README.md",
    ] {
        must(said.out.contains(part), part, &said.out)?;
    }
    must(!said.out.contains('\u{1b}'), "no colours where nobody sees them", &said.out)
}

fn only_one(python: &str) -> Result<(), Failed> {
    let server = Program::start(python, "faults.py", &["correct"])?;
    let document = document(&[
        "v04",
        "--server",
        &server.url,
        "--only",
        "R4.11",
    ])?;
    exactly(&with_verdict(&document, "held"), &["R4.11 of twenty"])?;
    must(
        document["checks"].as_array().is_some_and(|all| all.len() == 2),
        "one check of the RFC's and one of the lab's",
        &document.to_string(),
    )?;
    let said = lab_check(&[
        "v04",
        "--server",
        &server.url,
        "--only",
        "R9.9",
    ])?;
    must(
        said.code == 2 && said.err.contains("There is no check `R9.9`"),
        "the known numbers",
        &said.err,
    )?;
    let said = lab_check(&[
        "v04",
        "--server",
        &server.url,
        "--only",
        "R5.1",
    ])?;
    must(said.code == 2 && said.err.contains("begins with v05"), "where it begins", &said.err)
}

fn levels(python: &str) -> Result<(), Failed> {
    // What is wrong breaks a lab rule here, and a SHOULD there.
    for (server, only, fails) in [
        ("visible-cookie", "G6", &["lab"][..]),
        ("found", "R1.8", &["should", "lab", ""]),
    ] {
        let server = Program::start(python, "faults.py", &[server])?;
        for level in ["should", "lab", ""] {
            let mut arguments = vec![
                "v01",
                "--server",
                &server.url,
                "--only",
                only,
            ];
            if !level.is_empty() {
                arguments.extend(["--level", level]);
            }
            if (only, level) == ("G6", "should") {
                continue;
            }
            let said = lab_check(&arguments)?;
            let wanted = i32::from(fails.contains(&level));
            must(said.code == wanted, &format!("{only} {level}: {wanted}"), &said.out)?;
            let advice = said.out.contains("here they are advice");
            let told = said.out.contains("Every MUST and SHOULD that could be judged holds.");
            must(told == advice, "what holds all the same", &said.out)?;
            must(advice == (only == "G6" && level.is_empty()), "advice, or not", &said.out)?;
        }
        let said = lab_check(&[
            "v01",
            "--server",
            &server.url,
            "--only",
            only,
            "--level",
            "must",
        ])?;
        must(said.code == 2 && said.err.contains("--level"), "nothing left", &said.err)?;
    }
    Ok(())
}
