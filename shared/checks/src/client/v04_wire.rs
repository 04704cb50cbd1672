//! What the client's requests look like on the wire: credentials, headers, and that they take the direct way.

use super::stage::Stage;
use crate::{Check, rule};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use kit::ladder::Capability;
use kit::play::Heard;
use kit::{Outcome, Target, Verdict};

/// Names and secrets with everything that needs encoding: colon, percent, plus, blank, slash, ampersand.
const ID: &str = "it:is%20a+client /&=";
const SECRET: &str = "s:e%3Ac+r e/t&=%";

rule!(
    Check::client("R4.6", "the client encodes its id and secret before it sends them")
        .must("RFC 6749 §2.3.1", "A client_id and a secret with colon, percent, plus and blank arrive whole; in Basic both are form-encoded first.")
        .why("A colon in the id moves the border between the two, and a raw percent is decoded to something else.")
        .run(|target| Box::pin(encoded(target)))
);
async fn encoded(target: Target) -> Outcome {
    let settings = [
        ("CLIENT_ID", ID),
        ("CLIENT_SECRET", SECRET),
    ];
    let stage = Stage::open_with(&target, &settings).await?;
    stage.log_in(&mut stage.browser()).await?;
    let requests = stage.play.grants("authorization_code");
    match requests.iter().find(|request| !credentials_are_whole(request)) {
        None => Ok(()),
        Some(request) => Err(Verdict::failed(
            "a whole flow with such a client_id and secret",
            "Basic with both parts form-encoded, or both in the body",
            format!("{}\n{:?}", request.line(), request.header("authorization")),
        )),
    }
}

/// In Basic there is nothing left that has a meaning of its own: no blank, one colon.
fn credentials_are_whole(request: &Heard) -> bool {
    let Some((_, packed)) = request.header("authorization").and_then(|it| it.split_once(' '))
    else {
        return request.form("client_id") == Some(ID)
            && request.form("client_secret") == Some(SECRET);
    };
    let unpacked = BASE64_STANDARD.decode(packed.trim()).unwrap_or_default();
    let raw = String::from_utf8_lossy(&unpacked);
    let clean = |c: char| c.is_ascii_alphanumeric() || "-._~*%+:".contains(c);
    raw.chars().all(clean)
        && raw.matches(':').count() == 1
        && request.basic() == Some((ID.to_owned(), SECRET.to_owned()))
}

rule!(
    Check::client("E14", "the client asks for JSON, and for no content coding")
        .since(Capability::TokenEndpoint)
        .lab_rule("RFC 9110 §12.5.1, §12.5.3", "Requests to /token and /api/me carry Accept: application/json and no Accept-Encoding but identity.")
        .why("A server that may choose sends HTML, or bytes that the client does not unpack.")
        .run(|target| Box::pin(headers(target)))
);
async fn headers(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    stage.log_in(&mut browser).await?;
    let mut requests = stage.play.heard_at("/token");
    if stage.reaches(Capability::ProtectedApi) {
        stage.shows_user(&mut browser).await?;
        requests.extend(stage.play.heard_at("/api/me"));
    }
    let asks_well = |request: &Heard| {
        let json = request.header("accept").is_some_and(|it| it.starts_with("application/json"));
        let plain = request.header("accept-encoding").is_none_or(|it| it == "identity");
        json && plain
    };
    match requests.iter().find(|request| !asks_well(request)) {
        None => Ok(()),
        Some(request) => Err(Verdict::failed(
            request.line(),
            "Accept: application/json, and no Accept-Encoding (or identity)",
            format!(
                "Accept: {:?}, Accept-Encoding: {:?}",
                request.header("accept"),
                request.header("accept-encoding")
            ),
        )),
    }
}

rule!(
    Check::client("E16", "a proxy in the environment is left alone")
        .since(Capability::TokenEndpoint)
        .lab_rule("RFC 9700 §4.3.2", "With HTTP_PROXY and its like set to a dead port the login works.")
        .why("Both processes are on this machine: codes, tokens and secrets have no business at somebody's proxy.")
        .run(|target| Box::pin(no_proxy(target)))
);
async fn no_proxy(target: Target) -> Outcome {
    // Port 9 is discard: nobody listens there.
    let dead = "http://127.0.0.1:9";
    let names = [
        "HTTP_PROXY",
        "http_proxy",
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
    ];
    let settings = names.map(|name| (name, dead));
    let stage = Stage::open_with(&target, &settings).await?;
    let mut browser = stage.browser();
    stage.log_in(&mut browser).await?;
    if stage.reaches(Capability::ProtectedApi) {
        stage.shows_user(&mut browser).await?;
    }
    Ok(())
}
