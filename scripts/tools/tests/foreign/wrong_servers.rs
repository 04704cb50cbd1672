//! Servers that are wrong in one thing, and the checks that must say so: that rule's, and those that follow from it.

use crate::python::{Program, document, exactly, with_verdict};
use libtest_mimic::Trial;

use crate::python::is_required as python_is_required;

/// What `faults.py` signs with, in base64url.
pub const JWT_SECRET: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY";

/// A class of `faults.py`, the version by whose rules it is judged, and what must fail.
type Fault = (&'static str, &'static str, &'static [&'static str]);

const FAULTS: &[Fault] = &[
    (
        "open-redirector",
        "v01",
        &[
            "R1.2 an unregistered",
            "R1.3 near misses",
        ],
    ),
    (
        "prefix-match",
        "v01",
        &[
            "R1.2 an unregistered",
            "R1.3 near misses",
        ],
    ),
    (
        "defaults-to-code",
        "v01",
        &[
            "R1.4 a missing",
            "G1 empty parameters of /authorize",
            "G1 the names",
        ],
    ),
    ("any-response-type", "v01", &["R1.4 another"]),
    ("predictable-codes", "v01", &["R1.5 codes cannot be guessed"]),
    ("long-lived-codes", "v01", &["R1.5 a code ends"]),
    (
        "first-of-two",
        "v01",
        &[
            "R1.6 a repeated client_id",
            "R1.6 any other",
        ],
    ),
    ("tells-users-apart", "v01", &["R1.7 a wrong password"]),
    ("password-by-beginning", "v01", &["R1.7 a password that"]),
    ("password-without-case", "v01", &["R1.7 a password that"]),
    ("password-trimmed", "v01", &["R1.7 a password that"]),
    ("forgets-on-mistake", "v01", &["R1.7 after a wrong password"]),
    ("found", "v01", &["R1.8 a good login"]),
    ("temporary-redirect", "v01", &["R1.8 a good login", "G3 a POST", "E5 "]),
    (
        "own-query-lost",
        "v01",
        &[
            "R1.9 a registered URI",
            "R1.10 two tabs",
        ],
    ),
    ("one-pending", "v01", &["R1.10 two tabs"]),
    ("unescaped", "v01", &["R1.11 markup"]),
    (
        "keeps-session",
        "v01",
        &[
            "R1.12 the session id",
            "R1.12 a session id",
        ],
    ),
    ("long-queries", "v01", &["E1 a query"]),
    (
        "any-number",
        "v04",
        &[
            "G13 /authorize takes",
            "G13 the login form",
            "G13 /token takes",
            "G13 a form of eighteen",
        ],
    ),
    (
        "one-more",
        "v04",
        &[
            "G13 /authorize takes",
            "G13 the login form",
            "G13 /token takes",
        ],
    ),
    ("tells-its-address", "v01", &["G12 no page"]),
    ("kept-pages", "v01", &["G12 no page"]),
    ("behind-a-proxy", "v01", &["E7 /debug/state is 404 behind"]),
    ("only-one-proxy", "v01", &["E7 /debug/state is 404 behind"]),
    ("host-counts", "v01", &["E7 /debug/state is 404 for a foreign name"]),
    ("names-have-case", "v01", &["E7 /debug/state is 404 for a foreign Host"]),
    ("head-is-get", "v01", &["E3 /authorize"]),
    ("visible-cookie", "v01", &["G6 cookies"]),
    ("shares-with-scripts", "v01", &["G8 /authorize"]),
    ("repeats-input", "v01", &["G9 errors of /authorize"]),
    (
        "state-dropped-on-errors",
        "v02",
        &[
            "R2.1 state comes back byte for byte with an error",
            "R2.1 a state of",
        ],
    ),
    ("state-without-bound", "v02", &["R2.1 a state of"]),
    (
        "state-reencoded",
        "v02",
        &[
            "R2.1 state comes back byte for byte",
            "R2.1 state comes back byte for byte with",
            "R2.1 a state of",
            "R2.1 a plus",
        ],
    ),
    ("empty-state-returned", "v02", &["R2.2 no state in", "E2 broken UTF-8"]),
    (
        "state-demanded",
        "v02",
        &[
            "R2.2 no state in",
            "R2.3 a request without",
        ],
    ),
    ("challenge-optional", "v04", &["R3.1 a request without"]),
    (
        "any-method",
        "v03",
        &[
            "R3.2 an unknown code_challenge_method",
            "R3.2 only the method",
            "R3.3 a malformed",
        ],
    ),
    ("any-challenge", "v03", &["R3.3 a malformed"]),
    ("challenge-in-answer", "v03", &["R3.4 the challenge is in no answer"]),
    (
        "verifier-not-compared",
        "v04",
        &[
            "R4.8 a wrong code_verifier",
            "R4.8 a verifier whose",
            "R4.8 wrong tries",
            "R4.10 a replay with a wrong",
        ],
    ),
    (
        "verifier-by-beginning",
        "v04",
        &[
            "R4.8 a wrong code_verifier",
            "R4.10 a replay with a wrong",
        ],
    ),
    ("challenge-by-beginning", "v04", &["R4.8 a verifier whose"]),
    ("challenge-without-case", "v04", &["R4.8 a verifier whose"]),
    (
        "verifier-optional",
        "v04",
        &[
            "R4.8 a missing or malformed",
            "R4.10 a replay with a wrong",
            "R4.12 a public client",
        ],
    ),
    (
        "code-reusable",
        "v05",
        &[
            "R4.10 a code works once",
            "R4.10 a replay with a wrong",
            "R4.10 a replay that comes",
            "R4.11 of twenty",
            "R5.6 after a replay",
            "E7 /debug/state shows each access token",
        ],
    ),
    (
        "check-then-set",
        "v04",
        &[
            "R4.10 a replay that comes",
            "R4.11 of twenty",
        ],
    ),
    ("secret-by-beginning", "v04", &["R4.4 a wrong secret"]),
    ("secret-without-case", "v04", &["R4.4 a wrong secret"]),
    (
        "secret-not-compared",
        "v06",
        &[
            "R4.4 a wrong secret",
            "R4.4 a client is judged",
            "R4.7 nothing in the query",
            "R4.10 a replay with a wrong",
            "R4.12 a public client",
            "R6.3 a confidential client",
        ],
    ),
    (
        "code-for-anybody",
        "v06",
        &[
            "R4.8 a code of another client",
            "R4.8 wrong tries",
            "R4.10 a replay with a wrong",
            "R6.3 a refresh token of another",
        ],
    ),
    (
        "redirect-not-compared",
        "v04",
        &[
            "R4.8 wrong tries",
            "R4.9 redirect_uri",
            "R4.9 a redirect_uri",
            "R4.10 a replay with a wrong",
        ],
    ),
    (
        "one-try",
        "v04",
        &[
            "R4.8 a code of another client",
            "R4.8 a wrong code_verifier",
            "R4.8 wrong tries",
            "R4.9 redirect_uri",
            "R4.9 a redirect_uri",
            "R4.10 a replay with a wrong",
        ],
    ),
    ("forty-tries", "v04", &["R4.8 wrong tries"]),
    (
        "replay-kills-nothing",
        "v04",
        &[
            "R4.10 a code works once",
            "R4.10 a replay with a wrong",
            "R4.10 a replay that comes",
            "R4.11 of twenty",
        ],
    ),
    ("any-replay-kills", "v04", &["R4.10 a replay with a wrong"]),
    (
        "cacheable-tokens",
        "v04",
        &[
            "R4.1 a good exchange",
            "G8 answers of /token",
        ],
    ),
    ("framework-errors", "v04", &["G4 /token answers"]),
    ("packed-is-plain", "v04", &["G4 /token answers 415"]),
    (
        "counted-tokens",
        "v04",
        &[
            "R4.1 access tokens",
            "R4.10 a code works once",
            "R4.10 a replay with a wrong",
            "R4.10 a replay that comes",
            "R4.11 of twenty",
        ],
    ),
    ("query-token", "v05", &["R5.4 a token in the query"]),
    ("alg-none", "v05", &["R5.10 a token without a right signature"]),
    ("any-type", "v05", &["R5.10 another typ"]),
    ("any-crit", "v05", &["R5.10 a crit"]),
    ("type-with-case", "v05", &["R5.10 another typ"]),
    ("last-second", "v05", &["R5.10 the second of exp"]),
    ("repeated-is-absent", "v05", &["R5.5 two tokens"]),
    ("one-blank", "v05", &["R5.3 the scheme"]),
    ("api-takes-head", "v05", &["R5.5 the API answers GET"]),
    (
        "any-audience",
        "v05",
        &[
            "R5.10 another iss or aud",
            "R5.10 the client's own",
            "G11 every claim",
        ],
    ),
    (
        "never-expires",
        "v05",
        &[
            "R5.10 a token that is expired",
            "R5.10 the second of exp",
            "G11 every claim",
        ],
    ),
    (
        "no-refresh-rotation",
        "v06",
        &[
            "R6.2 a used refresh token",
            "R6.7 of twenty",
        ],
    ),
    (
        "family-survives",
        "v06",
        &[
            "R6.2 a used refresh token",
            "R6.7 of twenty",
        ],
    ),
    ("old-token-lives", "v06", &["R6.1 a refresh ends"]),
    (
        "scope-not-compared",
        "v07",
        &[
            "R7.2 a request without scope gets",
            "R7.2 the order of a scope",
            "R7.4 what the user unticks",
            "R7.5 a token that may not",
            "R7.5 each scope opens",
            "R7.5 a note is its user's",
            "R7.6 a narrower refresh leaves",
            "R7.6 a narrower refresh narrows",
            "R7.7 nobody can lend",
            "R7.8 what is added",
        ],
    ),
    (
        "scope-by-its-beginning",
        "v07",
        &[
            "R7.2 the order of a scope",
            "R7.4 what the user unticks",
            "R7.5 a token that may not",
            "R7.5 each scope opens",
            "R7.5 a note is its user's",
            "R7.6 a narrower refresh narrows",
            "R7.8 what is added",
        ],
    ),
    (
        "scope-beyond-the-client",
        "v07",
        &[
            "R7.1 a scope that is unknown, malformed or not the client's gets",
            "R7.1 a scope that is unknown, malformed or not the client's is",
        ],
    ),
    ("silence-means-all", "v07", &["R7.2 a request without scope gets"]),
    (
        "unticking-ignored",
        "v07",
        &[
            "R7.2 a token response says its scope",
            "R7.4 what the user unticks",
            "R7.4 who unticks everything",
        ],
    ),
    (
        "no-is-silence",
        "v07",
        &[
            "R7.3 a user who says no",
            "R7.3 only the word allow",
            "R7.4 who unticks everything",
        ],
    ),
    (
        "consent-of-public-clients",
        "v07",
        &[
            "R7.3 only the word allow",
            "R7.4 what the user unticks",
            "R7.4 who unticks everything",
            "R7.8 a form of consent from elsewhere",
            "R7.8 what is added",
            "R7.9 login and consent cannot",
            "R7.9 login and consent have",
            "R7.9 no page of the server",
            "R7.10 the page of consent names",
            "R7.11 a public client",
        ],
    ),
    ("consent-without-csrf", "v07", &["R7.8 a form of consent from elsewhere"]),
    ("question-for-everybody", "v07", &["R7.8 a form of consent from elsewhere"]),
    (
        "refresh-widens",
        "v07",
        &[
            "R7.6 a refresh gets no scope",
            "R7.6 a wider or unknown scope",
        ],
    ),
    ("role-ignored", "v07", &["R7.7 nobody can lend"]),
    (
        "can-be-framed",
        "v07",
        &[
            "R7.9 login and consent cannot",
            "R7.9 login and consent have",
            "R7.9 no page of the server",
        ],
    ),
    ("notes-of-all", "v07", &["R7.5 a note is its user's"]),
];

/// Those that every `cargo test` runs. The others take a minute more: LAB_REQUIRE_PYTHON=1 runs them too, or
/// `cargo test --test foreign -- --include-ignored`.
const ALWAYS: &[&str] = &[
    "prefix-match",
    "state-reencoded",
    "state-dropped-on-errors",
    "verifier-not-compared",
    "code-reusable",
    "check-then-set",
    "alg-none",
    "no-refresh-rotation",
    "scope-not-compared",
    "consent-without-csrf",
];

pub fn trials(python: &str) -> Vec<Trial> {
    let trial = |fault: &Fault| {
        let (python, (name, version, wanted)) = (python.to_owned(), *fault);
        Trial::test(format!("{name} by the rules of {version}"), move || {
            let server = Program::start(&python, "faults.py", &[name])?;
            let document = document(&[
                version,
                "--server",
                &server.url,
                "--jwt-secret",
                JWT_SECRET,
            ])?;
            exactly(&with_verdict(&document, "failed"), wanted)?;
            Ok(())
        })
        .with_ignored_flag(!ALWAYS.contains(&name) && !python_is_required())
    };
    FAULTS.iter().map(trial).collect()
}
