//! R8.6: what has ended is removed from the store.

use std::time::Duration;

use crate::server::r8::two::on_a;
use crate::server::support::{LIFETIMES, TABLES, must, patiently};
use crate::{Check, rule};
use kit::engine::Kind;
use kit::{Outcome, Target, Verdict};

#[track_caller]
const fn rows_leave(title: &'static str) -> Check {
    Check::server("R8.6", title)
        .lab_rule("lab rule", "With lifetimes of a few seconds, codes, requests, grants, tokens and consents are counted no more shortly after their end.")
        .why("A store that only grows is full one day, and keeps what nobody needs to know any more.")
}
rule!(
    rows_leave("ended rows leave the store: a file")
        .run(|target| Box::pin(ended(target, Kind::File)))
);
rule!(
    rows_leave("ended rows leave the store: Redis")
        .needs(Kind::Redis)
        .run(|target| Box::pin(ended(target, Kind::Redis)))
);
rule!(
    rows_leave("ended rows leave the store: PostgreSQL")
        .needs(Kind::Postgres)
        .run(|target| Box::pin(ended(target, Kind::Postgres)))
);
async fn ended(target: Target, kind: Kind) -> Outcome {
    on_a(&target, kind, async |two| {
        patiently(|seconds| rows_end(two.one.clone(), two.engine.store.clone(), seconds)).await
    })
    .await
}

async fn rows_end(target: Target, store: String, seconds: u64) -> Outcome {
    let lifetime = seconds.to_string();
    let mut settings = LIFETIMES.map(|name| (name, lifetime.as_str())).to_vec();
    settings.push(("LAB_STORE", &store));
    let short = target.with_settings(&settings).await?;
    short.browser().get(short.request().url()).await?;
    short.tokens().await?;
    let mut counts = short.debug_state().await?["counts"].take();
    must(counts["grants"] == 1, "a login", "one grant", counts.to_string())?;
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    for _ in 0..40 {
        counts = short.debug_state().await?["counts"].take();
        if TABLES.iter().all(|name| counts[name] == 0) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err(Verdict::failed("a login, and a wait", "no rows", counts.to_string()))
}
