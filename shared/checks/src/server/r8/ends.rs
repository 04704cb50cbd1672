//! R8.6: what has ended is removed from the store.

use std::time::Duration;

use crate::server::r8::two::on_each;
use crate::server::support::{must, patiently};
use crate::{Check, rule};
use kit::{Outcome, Target, Verdict};

rule!(
    Check::server("R8.6", "ended rows leave the store, whichever it is")
        .lab_rule("lab rule", "With lifetimes of a few seconds, codes, requests, grants, tokens and consents are counted no more shortly after their end.")
        .why("A store that only grows is full one day, and keeps what nobody needs to know any more.")
        .run(|target| Box::pin(ended(target)))
);
async fn ended(target: Target) -> Outcome {
    on_each(&target, async |two| {
        patiently(|seconds| rows_end(two.one.clone(), two.engine.store.clone(), seconds)).await
    })
    .await
}

async fn rows_end(target: Target, store: String, seconds: u64) -> Outcome {
    let lifetime = seconds.to_string();
    let names = [
        "LAB_TTL_CODE",
        "LAB_TTL_PENDING",
        "LAB_TTL_ACCESS",
        "LAB_TTL_REFRESH",
        "LAB_TTL_REFRESH_IDLE",
    ];
    let mut settings = names.map(|name| (name, lifetime.as_str())).to_vec();
    settings.push(("LAB_STORE", &store));
    let short = target.with_settings(&settings).await?;
    short.browser().get(short.request().url()).await?;
    short.tokens().await?;
    let mut counts = short.debug_state().await?["counts"].take();
    must(counts["grants"] == 1, "a login", "one grant", counts.to_string())?;
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    let names = [
        "authorization_codes",
        "authorization_requests",
        "grants",
        "access_tokens",
        "consents",
    ];
    for _ in 0..40 {
        counts = short.debug_state().await?["counts"].take();
        if names.iter().all(|name| counts[name] == 0) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err(Verdict::failed("a login, and a wait", "no rows", counts.to_string()))
}
