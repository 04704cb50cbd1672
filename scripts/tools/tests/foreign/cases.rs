//! Servers that are right, half-built, of another shape, or with a dead endpoint.

use std::time::{Duration, Instant};

use crate::python::{Program, Test, document, exactly, must, trials_of, with_verdict};
use crate::wrong_servers::JWT_SECRET;
use libtest_mimic::{Failed, Trial};
use serde_json::Value;

const TESTS: &[(&str, Test)] = &[
    ("a correct server obeys every rule that can be judged", correct),
    ("a correct server with scopes and consent obeys every rule that can be judged", scoped),
    ("a server with scopes and consent passes by the rules of v04 and v06 too", scoped_before),
    ("a server of v06 passes by the rules of v01 to v04 too", further_on),
    ("a half-built v02 passes by its own rules", half_built_passes),
    ("a half-built v02 fails what v03 and v04 bring, and nothing else", half_built),
    ("a server without API fails what v05 and v06 bring, and nothing else", without_api),
    ("another way to log in fails two rules of the wire", other_login),
    (
        "one client and secrets in the body: one rule of each kind fails, the rest is skipped or followed",
        one_client,
    ),
    ("a token endpoint that hangs fails soon, and alone", token_hangs),
    ("a token endpoint that closes the connection fails alone", token_closes),
    ("a token endpoint that talks nonsense fails alone", token_talks_nonsense),
];

pub fn trials(python: &str) -> Vec<Trial> {
    trials_of(TESTS, python)
}

fn judged(python: &str, server: &str, version: &str) -> Result<Value, String> {
    let server = Program::start(python, "faults.py", &[server])?;
    document(&[
        version,
        "--server",
        &server.url,
        "--jwt-secret",
        JWT_SECRET,
    ])
}

fn correct(python: &str) -> Result<(), Failed> {
    only_settings_missing(&judged(python, "correct", "v06")?, 90)
}

fn scoped(python: &str) -> Result<(), Failed> {
    only_settings_missing(&judged(python, "scoped", "v07")?, 120)
}

/// It asks for consent, which no rule of these versions speaks of: whoever is asked says yes.
fn scoped_before(python: &str) -> Result<(), Failed> {
    for version in ["v04", "v06"] {
        let document = judged(python, "scoped", version)?;
        exactly(&with_verdict(&document, "failed"), &[])?;
    }
    Ok(())
}

/// No rule fails, more than so many hold, and the others need what only a server of this lab can be given.
fn only_settings_missing(document: &Value, most: usize) -> Result<(), Failed> {
    exactly(&with_verdict(document, "failed"), &[])?;
    let held = with_verdict(document, "held").len();
    must(held > most, &format!("more than {most} rules that hold"), &held.to_string())?;
    // Without our own binaries nothing can be started with other settings: nothing else may be skipped.
    let checks = document["checks"].as_array().into_iter().flatten();
    let skipped =
        checks.filter(|check| check["verdict"] == "skipped" && check["subject"] == "server");
    for check in skipped {
        let needs = check["needs"].as_str().unwrap_or_default();
        let settings = needs.starts_with("a server started with ")
            || needs.starts_with("a server of this lab");
        let settings =
            settings || needs == "the log of the server" || needs == "/debug/flow of the server";
        must(settings, "only settings, log and diagram to be missing", &check.to_string())?;
    }
    Ok(())
}

fn further_on(python: &str) -> Result<(), Failed> {
    for version in ["v01", "v02", "v03", "v04"] {
        let document = judged(python, "correct", version)?;
        exactly(&with_verdict(&document, "failed"), &[])?;
    }
    Ok(())
}

fn half_built_passes(python: &str) -> Result<(), Failed> {
    for version in ["v01", "v02"] {
        let document = judged(python, "level2", version)?;
        exactly(&with_verdict(&document, "failed"), &[])?;
        must(with_verdict(&document, "held").len() > 35, "more than 35 rules that hold", "fewer")?;
    }
    Ok(())
}

/// Every check of the server that came later than `last` and could be judged has failed, but for `spared`; no other has.
fn fails_after(document: &Value, last: &str, spared: &[&str], more: &[&str]) -> Result<(), Failed> {
    let checks = document["checks"].as_array().into_iter().flatten();
    for check in
        checks.filter(|check| check["subject"] == "server" && check["verdict"] != "skipped")
    {
        let text = |name: &str| check[name].as_str().unwrap_or_default();
        let name = format!("{} {}", text("id"), text("title"));
        let named = |list: &[&str]| list.iter().any(|begin| name.starts_with(begin));
        let wanted = (text("since") > last && !named(spared)) || named(more);
        let verdict = if wanted { "failed" } else { "held" };
        must(text("verdict") == verdict, verdict, &check.to_string())?;
    }
    Ok(())
}

fn half_built(python: &str) -> Result<(), Failed> {
    let document = judged(python, "level2", "v04")?;
    // Who stores no challenge cannot tell it either.
    let spared = ["R3.4 the challenge is in no answer"];
    fails_after(&document, "v02", &spared, &["G13 a form of eighteen thousand"])
}

fn without_api(python: &str) -> Result<(), Failed> {
    // Its tokens are JWTs already.
    let spared = ["R5.10 the access token is a JWT"];
    fails_after(&judged(python, "level4", "v06")?, "v04", &spared, &[])
}

fn other_login(python: &str) -> Result<(), Failed> {
    let document = judged(python, "other-login", "v06")?;
    exactly(
        &with_verdict(&document, "failed"),
        &[
            "R1.1 a login leads back",
            "R1.8 a good login",
        ],
    )?;
    Ok(())
}

fn one_client(python: &str) -> Result<(), Failed> {
    let document = judged(python, "one-client", "v06")?;
    let wanted = [
        "R4.6 Basic is accepted",
        "R4.6 Basic and body",
    ];
    exactly(&with_verdict(&document, "failed"), &wanted)?;
    let skipped = with_verdict(&document, "skipped");
    for name in [
        "R4.8 a code of another",
        "R4.12 a public",
        "E7 /debug/state has",
        "R1.5 a code ends",
    ] {
        must(skipped.iter().any(|skip| skip.starts_with(name)), name, &skipped.join("\n"))?;
    }
    must(
        document["notes"].as_array().is_some_and(|notes| notes.len() == 3),
        "three notes",
        &document["notes"].to_string(),
    )
}

const NONSENSE: &[&str] = &[
    "E2 nonsense never breaks",
    "G13 a form of eighteen thousand",
];

fn token_hangs(python: &str) -> Result<(), Failed> {
    let begin = Instant::now();
    let server = Program::start(python, "faults.py", &["token-hangs"])?;
    let document = document(&[
        "v04",
        "--server",
        &server.url,
        "--timeout",
        "3",
    ])?;
    must(
        begin.elapsed() < Duration::from_secs(60),
        "a minute at most",
        &format!("{:?}", begin.elapsed()),
    )?;
    fails_after(&document, "v03", &[], NONSENSE)
}

fn token_closes(python: &str) -> Result<(), Failed> {
    fails_after(&judged(python, "token-closes", "v04")?, "v03", &[], NONSENSE)
}

fn token_talks_nonsense(python: &str) -> Result<(), Failed> {
    fails_after(&judged(python, "token-talks-nonsense", "v04")?, "v03", &[], NONSENSE)
}
