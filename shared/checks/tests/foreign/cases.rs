//! Servers that are right, half-built, of another shape, or no servers at all.

use std::time::Duration;
use std::time::Instant;

use libtest_mimic::Failed;
use libtest_mimic::Trial;
use serde_json::Value;

use crate::python::Program;
use crate::python::document;
use crate::python::exactly;
use crate::python::lab_check;
use crate::python::with_verdict;
use crate::wrong_servers::JWT_SECRET;

type Test = fn(&str) -> Result<(), Failed>;

const TESTS: &[(&str, Test)] = &[
    ("a correct server obeys every rule that can be judged", correct),
    ("a server of v06 passes by the rules of v01 to v04 too", further_on),
    ("a half-built v02 passes by its own rules", half_built_passes),
    ("a half-built v02 fails what v03 and v04 bring, and nothing else", half_built),
    ("a server without API fails what v05 and v06 bring, and nothing else", without_api),
    ("another way to log in fails two rules of the wire", other_login),
    (
        "one client and secrets in the body: one rule fails, the rest is skipped or followed",
        one_client,
    ),
    ("a token endpoint that hangs fails soon, and alone", token_hangs),
    ("a token endpoint that closes the connection fails alone", token_closes),
    ("a token endpoint that talks nonsense fails alone", token_talks_nonsense),
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
];

pub fn trials(python: &str) -> Vec<Trial> {
    let trial = |(name, test): &(&str, Test)| {
        let (python, test) = (python.to_owned(), *test);
        Trial::test(*name, move || test(&python))
    };
    TESTS.iter().map(trial).collect()
}

fn judged(python: &str, server: &str, version: &str) -> Result<Value, String> {
    let server = Program::start(python, "faults.py", &[server])?;
    let arguments = [
        version,
        "--server",
        &server.url,
        "--jwt-secret",
        JWT_SECRET,
        "--timeout",
        "2",
    ];
    document(&arguments)
}

fn must(good: bool, wanted: &str, got: &str) -> Result<(), Failed> {
    if good {
        Ok(())
    } else {
        Err(format!("wanted {wanted}, got:\n{got}").into())
    }
}

fn correct(python: &str) -> Result<(), Failed> {
    let document = judged(python, "correct", "v06")?;
    exactly(&with_verdict(&document, "failed"), &[])?;
    let held = with_verdict(&document, "held").len();
    must(held > 90, "more than 90 rules that hold", &held.to_string())?;
    // Without our own binaries nothing can be started with other settings: nothing else may be skipped.
    let checks = document["checks"].as_array().into_iter().flatten();
    let skipped =
        checks.filter(|check| check["verdict"] == "skipped" && check["subject"] == "server");
    for check in skipped {
        let needs = check["needs"].as_str().unwrap_or_default();
        let settings = needs.starts_with("a server started with ")
            || needs.starts_with("a server of this lab");
        let settings = settings || needs == "the log of the server";
        must(settings, "only settings and the log to be missing", &check.to_string())?;
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
    fails_after(&document, "v02", &["R3.4 the challenge is in no answer"], &[])
}

fn without_api(python: &str) -> Result<(), Failed> {
    fails_after(&judged(python, "level4", "v06")?, "v04", &[], &[])
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
    exactly(&with_verdict(&document, "failed"), &["R4.6 Basic and body"])?;
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

const NONSENSE: &[&str] = &["E2 nonsense never breaks"];

fn token_hangs(python: &str) -> Result<(), Failed> {
    let begin = Instant::now();
    let document = judged(python, "token-hangs", "v04")?;
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
    let port = checks::pair::free_port()?;
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
        "v01-login-and-code, server",
        "ok   R1.2   an unknown client gets a page, never a redirect  RFC 6749 §4.1.2.1, MUST",
        "FAIL R1.3   near misses of redirect_uri are refused  RFC 9700 §2.1, §4.1.3, MUST",
        "       must   ",
        "       why    ",
        "       sent   GET http://127.0.0.1",
        "       wanted status 400, an HTML page, no Location",
        "       got    303",
        "       read   versions/v01-login-and-code/README.md",
        "2 hold, 2 fail, 0 skipped of 4 checks",
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
        document["checks"].as_array().is_some_and(|all| all.len() == 1),
        "one check",
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
