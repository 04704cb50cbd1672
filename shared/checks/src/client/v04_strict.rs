//! The client and a token endpoint that goes too far: redirects, other statuses, endless answers, no answer.

use std::time::Duration;

use super::stage::Stage;
use super::v04_exchange::bad_gateway;
use crate::{Check, rule};
use kit::ladder::Capability;
use kit::play::Reply;
use kit::play::http::RawResponse;
use kit::{Browser, Http, Outcome, Target};

/// Longer than our client waits.
const TOO_SLOW: Duration = Duration::from_secs(13);

/// A browser with more patience than that.
const PATIENCE: Duration = Duration::from_secs(20);

fn tokens(padding: usize) -> String {
    let text = "x".repeat(padding);
    let json =
        serde_json::json!({ "access_token": "opaque", "token_type": "Bearer", "text": text });
    json.to_string()
}

rule!(
    Check::client("E15", "a redirect or another status than 200 brings no tokens")
        .since(Capability::TokenEndpoint)
        .lab_rule("RFC 6749 §5.1", "When /token answers 307, or 201 or 302 with tokens, the callback is a 502 page, and nobody is asked a second time.")
        .why("A redirect would carry code, verifier and secret elsewhere; and only 200 is a yes.")
        .run(|target| Box::pin(other_status(target)))
);
async fn other_status(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let again = format!("{}/token", stage.play.url());
    for status in [307, 308] {
        let answer = RawResponse::new(status, "text/plain", "").with("Location", again.as_str());
        bad_gateway(&stage, Reply::Always(answer)).await?;
    }
    for status in [201, 302] {
        let answer = RawResponse::new(status, "application/json", tokens(0));
        bad_gateway(&stage, Reply::Always(answer)).await?;
    }
    Ok(())
}

rule!(
    Check::client("E15", "an answer of the token endpoint that is too long becomes a 502 page")
        .since(Capability::TokenEndpoint)
        .lab_rule("lab rule", "Tokens in an answer of more than 64 KiB: a 502 page.")
        .why("Whoever reads without a bound has its memory filled by whoever writes without one.")
        .run(|target| Box::pin(too_long(target)))
);
async fn too_long(target: Target) -> Outcome {
    let stage = Stage::ours(&target, "the bound is its own").await?;
    let answer = RawResponse::new(200, "application/json", tokens(70 * 1024));
    // The answer is too long to be shown in a failure, so it is judged here and not by `bad_gateway`.
    stage.play.script(|script| script.code_grant = Reply::Always(answer));
    let mut browser = stage.browser();
    let begun = stage.begin(&mut browser).await?;
    browser.get(begun.callback.clone()).await?.must_be_page(502)?;
    stage.play.script(|script| script.code_grant = Reply::Judge);
    stage.log_in(&mut browser).await?;
    Ok(())
}

rule!(
    Check::client("E16", "a token endpoint that takes too long becomes a 502 page")
        .since(Capability::TokenEndpoint)
        .lab_rule("lab rule", "No answer of /token within ten seconds: a 502 page.")
        .why("A server that says nothing must not hold the user for ever.")
        .run(|target| Box::pin(too_slow(target)))
);
async fn too_slow(target: Target) -> Outcome {
    let stage = Stage::ours(&target, "the bound is its own").await?;
    stage.play.script(|script| script.token_delay = TOO_SLOW);
    let mut browser = Browser::new(&Http::new(PATIENCE));
    let begun = stage.begin(&mut browser).await?;
    browser.get(begun.callback.clone()).await?.must_be_page(502)?;
    stage.play.script(|script| script.token_delay = Duration::ZERO);
    stage.log_in(&mut browser).await?;
    Ok(())
}
