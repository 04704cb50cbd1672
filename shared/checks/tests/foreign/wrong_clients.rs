//! Clients that are not ours, tested by a played server: right, half-built, and wrong in one thing.

use checks::pair::free_port;
use libtest_mimic::Failed;
use libtest_mimic::Trial;
use serde_json::Value;

use crate::python::Program;
use crate::python::document;
use crate::python::exactly;
use crate::python::is_required;
use crate::python::lab_check;
use crate::python::with_verdict;

/// A class of `client.py`, the version by whose rules it is judged, and what must fail.
type Fault = (&'static str, &'static str, &'static [&'static str]);

/// By the rules of v04: what a client that stops at v02 lacks.
const AFTER_V02: &[&str] = &[
    "R3.5 the verifier",
    "R2.6 a refused",
    "R4.13 after",
    "E14 ",
    "E15 ",
    "E16 ",
    "E17 ",
];

const FAULTS: &[Fault] = &[
    ("client", "v04", &[]),
    ("client", "v02", &[]),
    ("level2", "v02", &[]),
    ("level2", "v04", AFTER_V02),
    (
        "state-not-compared",
        "v02",
        &[
            "R1.13 an error that nobody",
            "R2.5 a callback without state",
            "R2.5 a callback with a wrong",
            "R2.5 a state of another browser",
            "R2.5 a state works once",
            "R2.5 of eight",
        ],
    ),
    ("state-of-any-browser", "v02", &["R2.5 a state of another browser"]),
    (
        "state-reusable",
        "v02",
        &[
            "R2.5 a state works once",
            "R2.5 of eight",
        ],
    ),
    ("counted-state", "v02", &["R2.4 the client's state"]),
    ("keeps-session", "v02", &["R2.8 the client's session"]),
    ("visible-cookie", "v02", &["G6 the client's cookie"]),
    ("unescaped", "v02", &["R1.13 the client shows"]),
    ("verifier-in-the-url", "v04", &["R3.5 the verifier"]),
    ("plain", "v04", &["R3.5 the verifier"]),
    ("leaves-traces", "v04", &["R3.7 the callback"]),
    ("dirty-address", "v04", &["R4.13 after the exchange"]),
    (
        "redeems-refused",
        "v04",
        &[
            "R2.5 a callback without state",
            "R2.5 a callback with a wrong",
            "R2.5 a state works once",
            "R2.5 of eight",
            "R2.6 a refused callback",
        ],
    ),
    (
        "redeems-twice",
        "v04",
        &[
            "R2.5 of eight",
            "R4.13 after",
            "E14 ",
            "E15 ",
        ],
    ),
    ("trusts-the-server", "v04", &["E15 "]),
];

/// Those that every `cargo test` runs; see `wrong_servers.rs`.
const ALWAYS: &[&str] = &[
    "client",
    "level2",
    "state-not-compared",
    "verifier-in-the-url",
];

pub fn trials(python: &str) -> Vec<Trial> {
    let trial = |fault: &Fault| {
        let (python, (name, version, wanted)) = (python.to_owned(), *fault);
        let skipped = !ALWAYS.contains(&name) && !is_required();
        let test = move || Ok(exactly(&failed(&python, name, version)?, wanted)?);
        Trial::test(format!("the client {name} by the rules of {version}"), test)
            .with_ignored_flag(skipped)
    };
    let mut trials: Vec<Trial> = FAULTS.iter().map(trial).collect();
    let owned = python.to_owned();
    trials.push(Trial::test("a client that is not there is waited for, not for ever", || {
        waited_for()
    }));
    trials
        .push(Trial::test("a client that points elsewhere is told so", move || elsewhere(&owned)));
    trials
}

fn judged(python: &str, name: &str, version: &str) -> Result<Value, String> {
    let port = free_port()?.to_string();
    let client = Program::start(python, "client.py", &[name, &port])?;
    document(&[
        version,
        "--play-server",
        &port,
        "--client",
        &client.url,
        "--wait",
        "10",
    ])
}

fn failed(python: &str, name: &str, version: &str) -> Result<Vec<String>, String> {
    let document = judged(python, name, version)?;
    let checks = document["checks"].as_array().into_iter().flatten();
    for check in checks.filter(|check| check["verdict"] == "skipped") {
        // All is there but our own binaries, and what is asked of our own clients only.
        let needs = check["needs"].as_str().unwrap_or_default();
        if !needs.starts_with("a client started with ")
            && !needs.starts_with("a client of this lab")
        {
            return Err(format!("skipped, though all is there: {check}"));
        }
    }
    Ok(with_verdict(&document, "failed"))
}

fn waited_for() -> Result<(), Failed> {
    let (port, client) = (free_port()?.to_string(), free_port()?);
    let client = format!("http://127.0.0.1:{client}");
    let said = lab_check(&[
        "v02",
        "--play-server",
        &port,
        "--client",
        &client,
        "--wait",
        "1",
    ])?;
    let told = said.out.contains(&format!("http://localhost:{port}/authorize"))
        && said.out.contains("Waiting for your client")
        && said.err.contains("gave up");
    if said.code == 2 && told {
        Ok(())
    } else {
        Err(format!("{}\n{}", said.out, said.err).into())
    }
}

fn elsewhere(python: &str) -> Result<(), Failed> {
    let client = Program::start(python, "client.py", &["points-elsewhere", "1"])?;
    let port = free_port()?.to_string();
    let said = lab_check(&[
        "v02",
        "--play-server",
        &port,
        "--client",
        &client.url,
        "--wait",
        "1",
    ])?;
    let told = said.out.contains("sends its users to http://evil.example, not to");
    if said.code == 2 && told {
        Ok(())
    } else {
        Err(format!("{}\n{}", said.out, said.err).into())
    }
}
