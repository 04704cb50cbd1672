//! Where the client puts the access token when it calls the API (RFC 6750 §2.1).

use super::stage::Stage;
use crate::{Check, rule};
use kit::{Outcome, Target, Verdict};

rule!(
    Check::client("R5.7", "the client sends the token in the header and in no address")
        .must(
            "RFC 6750 §2.3, RFC 9700 §4.3.2",
            "Each call to /api/me carries Authorization: Bearer, and the token stands in no query."
        )
        .why("Addresses are kept in logs, and a bearer token works for whoever reads it there.")
        .run(|target| Box::pin(in_the_header(target)))
);
async fn in_the_header(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    stage.log_in(&mut browser).await?;
    browser.get(stage.url("/profile")).await?;
    let calls = stage.play.heard_at("/api/me");
    let good = !calls.is_empty()
        && calls.iter().all(|call| {
            let token = call.bearer().unwrap_or_default();
            let elsewhere = call.query.iter().any(|pair| pair.1.contains(token));
            !token.is_empty() && !elsewhere
        });
    if good {
        return Ok(());
    }
    let got = calls.iter().map(|call| call.line()).collect::<Vec<_>>().join("\n");
    Err(Verdict::failed(
        "GET /profile after a login",
        "GET /api/me with Bearer, and no token in the query",
        got,
    ))
}
