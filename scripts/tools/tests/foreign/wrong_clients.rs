//! Clients that are not ours, tested by a played server: right, half-built, and wrong in one thing.

use crate::python::{Program, document, exactly, is_required, lab_check, with_verdict};
use kit::pair::free_port;
use libtest_mimic::{Failed, Trial};
use serde_json::Value;

/// A class of `client_faults.py`, the version by whose rules it is judged, and what must fail.
type Fault = (&'static str, &'static str, &'static [&'static str]);

/// By the rules of v04: what a client that stops at v02 lacks.
const AFTER_V02: &[&str] = &[
    "R3.5 the verifier is",
    "R2.5 the same answer delivered",
    "R2.5 a failed exchange",
    "R2.5 six deliveries at",
    "R2.5 the same state",
    "R2.5 the same answer from",
    "R2.5 a callback that was",
    "R2.6 a refused callback",
    "R2.8 a login that",
    "R4.13 after the exchange",
    "R4.13 a token request",
    "R4.14 logout forgets the",
    "R4.14 a logout during",
    "R4.14 a logout ends",
    "R4.14 a logout makes",
    "E11 /logout takes POST",
    "E14 a refusal of",
    "E14 a token_type that",
    "E14 the page says",
    "E14 the words of",
    "E14 token_type is compared",
    "E14 the client asks",
    "E15 nonsense from the",
    "E15 an expires_in beyond",
    "E15 an expires_in that",
    "E15 a redirect or",
    "E16 a token endpoint that cannot",
    "E17 a token response",
    "E18 the client's forms",
    "G12 the client's pages",
];

/// By the rules of v06: what a client that stops at v04 lacks.
const AFTER_V04: &[&str] = &[
    "R5.7 the token is",
    "R5.7 the client sends",
    "R5.11 logout forgets the",
    "E11 /profile takes GET",
    "E19 an API that",
    "E19 the page blames",
    "E19 every challenge of",
    "R6.8 each refresh uses",
    "R6.8 a new refresh",
    "R6.8 a refresh response",
    "R6.8 an empty or",
    "R6.8 the button refreshes",
    "R6.9 a refresh renews",
    "R6.9 the client refreshes by itself when the access",
    "R6.9 the client refreshes by itself when the API",
    "R6.9 only a 401",
    "R6.9 an API that",
    "R6.9 ten tabs at",
    "R6.9 two users refresh",
    "R6.9 a tab that",
    "E11 /refresh takes POST",
    "E18 a foreign Origin",
    "E20 a login that",
    "E20 a server that",
];

const FAULTS: &[Fault] = &[
    ("correct", "v06", &[]),
    ("correct", "v04", &[]),
    ("correct", "v02", &[]),
    ("correct", "v01", &[]),
    ("level2", "v02", &[]),
    ("level2", "v04", AFTER_V02),
    ("level4", "v04", &[]),
    ("level4", "v06", AFTER_V04),
    (
        "state-not-compared",
        "v02",
        &[
            "R1.13 an error that",
            "R2.5 a callback without",
            "R2.5 a callback with a",
            "R2.5 a state of",
            "R2.5 a state works",
            "R2.5 of eight callbacks",
            "R2.7 a callback that is",
            "R2.8 a state that",
        ],
    ),
    (
        "state-of-any-browser",
        "v02",
        &[
            "R2.5 a state of",
            "R2.7 a callback that is",
            "R2.8 a state that",
        ],
    ),
    (
        "state-reusable",
        "v02",
        &[
            "R2.5 a state works",
            "R2.5 of eight callbacks",
            "R2.7 a callback that is",
            "R2.8 a state that",
            "R2.8 the client's session",
        ],
    ),
    ("counted-state", "v02", &["R2.4 the client's state"]),
    (
        "keeps-browser-key",
        "v02",
        &[
            "R2.7 a callback that is",
            "R2.8 a state that",
        ],
    ),
    (
        "keeps-session",
        "v02",
        &[
            "R2.7 a callback that is",
            "R2.8 a state that",
            "R2.8 the client's session",
        ],
    ),
    ("visible-cookie", "v02", &["G6 the client's cookie is"]),
    ("eternal-cookie", "v02", &["G6 the client's cookie does"]),
    ("unescaped", "v02", &["R1.13 the client shows"]),
    ("code-beside-error", "v02", &["R1.13 an answer with"]),
    ("leaves-traces", "v02", &["G12 the callback is", "G12 no page of"]),
    ("verifier-in-the-url", "v04", &["R3.5 the verifier is"]),
    (
        "plain",
        "v04",
        &[
            "R3.5 the verifier is",
            "R4.13 a token request",
        ],
    ),
    (
        "redeems-twice",
        "v04",
        &[
            "R2.5 of eight callbacks",
            "R2.5 the same answer delivered",
            "R2.5 a failed exchange",
            "R2.5 six deliveries at",
            "R2.5 the same answer from",
            "R2.5 a callback that was",
            "R4.13 after the exchange",
            "R4.14 logout forgets the",
            "E14 a refusal of",
            "E14 the page says",
            "E14 the words of",
            "E15 nonsense from the",
            "E15 a redirect or",
        ],
    ),
    (
        "redeems-refused",
        "v04",
        &[
            "R2.5 a callback without",
            "R2.5 a callback with a",
            "R2.6 a refused callback",
            "R4.14 logout forgets the",
        ],
    ),
    (
        "trusts-the-server",
        "v04",
        &[
            "E14 the page says",
            "E15 nonsense from the",
        ],
    ),
    (
        "one-sentence",
        "v04",
        &[
            "E14 a refusal of",
            "E14 the page says",
            "E14 the words of",
            "E15 an expires_in that",
        ],
    ),
    ("one-kind-of-bearer", "v04", &["E14 token_type is compared"]),
    ("asks-for-anything", "v04", &["E14 the client asks"]),
    (
        "dirty-address",
        "v04",
        &[
            "R2.5 the same state",
            "R4.13 after the exchange",
        ],
    ),
    (
        "no-second-answer",
        "v04",
        &[
            "R2.5 the same answer delivered",
            "R2.5 a failed exchange",
            "R2.5 six deliveries at",
            "R2.5 the same state",
            "R2.5 a callback that was",
        ],
    ),
    (
        "any-code-again",
        "v04",
        &[
            "R2.5 a state works",
            "R2.5 of eight callbacks",
            "R2.5 the same state",
        ],
    ),
    (
        "code-again-by-prefix",
        "v04",
        &[
            "R2.5 a state works",
            "R2.5 of eight callbacks",
            "R2.5 the same state",
        ],
    ),
    ("code-again-without-case", "v04", &["R2.5 the same state"]),
    (
        "again-for-anybody",
        "v04",
        &[
            "R2.5 the same answer from",
            "R2.8 a login that",
        ],
    ),
    ("hands-it-on", "v04", &["R2.8 a login that"]),
    (
        "errors-asked-again",
        "v04",
        &[
            "R2.5 a failed exchange",
            "R2.5 six deliveries at",
        ],
    ),
    (
        "each-for-itself",
        "v04",
        &[
            "R2.5 six deliveries at",
            "R2.5 a callback that was",
        ],
    ),
    ("logout-keeps-pending", "v04", &["R4.14 logout forgets the"]),
    ("late-tokens-kept", "v04", &["R4.14 a logout during"]),
    ("logout-ends-all", "v04", &["R4.14 a logout ends"]),
    ("logout-by-get", "v04", &["E11 /logout takes POST"]),
    ("any-origin", "v04", &["E18 the client's forms"]),
    ("origin-by-prefix", "v04", &["E18 the client's forms"]),
    ("site-ignored", "v04", &["E18 the client's forms"]),
    ("null-is-foreign", "v04", &["E18 the client's forms"]),
    ("null-is-ours", "v04", &["E18 the client's forms"]),
    ("typed-address-refused", "v04", &["E18 the client's forms"]),
    (
        "kept-by-the-browser",
        "v04",
        &[
            "G12 no page of",
            "G12 the client's pages",
        ],
    ),
    ("first-challenge", "v06", &["E19 every challenge of"]),
    ("blames-the-token", "v06", &["E19 the page blames"]),
    (
        "waits-for-401",
        "v06",
        &[
            "R6.9 a refresh renews",
            "R6.9 the client refreshes by itself when the access",
        ],
    ),
    ("refreshes-on-anything", "v06", &["R6.9 only a 401"]),
    (
        "old-times",
        "v06",
        &[
            "R6.9 a refresh renews",
            "R6.9 the client refreshes by itself when the access",
        ],
    ),
    ("empty-replaces-good", "v06", &["R6.8 an empty or"]),
    ("keeps-the-dead", "v06", &["E20 a login that"]),
    ("gives-up-at-once", "v06", &["E20 a server that"]),
    ("refresh-by-get", "v06", &["E11 /refresh takes POST"]),
];

/// Those that every `cargo test` runs; see `wrong_servers.rs`.
const ALWAYS: &[&str] = &[
    "correct",
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
    let client = Program::start(python, "client_faults.py", &[name, &port])?;
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
    let client = Program::start(python, "client_faults.py", &["points-elsewhere", "1"])?;
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
