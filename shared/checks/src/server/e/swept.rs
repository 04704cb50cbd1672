//! E8: what has expired goes away although nobody looks at it.

use std::time::Duration;

use crate::server::support::{must, of_this_lab, patiently};
use crate::{Check, rule};
use kit::target::outlive;
use kit::{Outcome, Target};

/// So many expire, and so many newer ones hide them from `/debug/state`, which shows a hundred.
const OLD: usize = 7;
const NEW: usize = 105;

rule!(
    Check::server("E8", "what has expired is swept out, also where nobody looks at it")
        .lab_rule("lab rule", "Requests that have expired are counted no more, although more than a hundred newer ones stand before them, so that no page shows them.")
        .why("A row that nobody asks for again would stay for ever: a flood would be paid for until the restart.")
        .run(|target| Box::pin(patiently(move |seconds| swept(target.clone(), seconds))))
);
async fn swept(target: Target, seconds: u64) -> Outcome {
    of_this_lab(&target)?;
    let target = target.with_settings(&[("LAB_TTL_PENDING", &seconds.to_string())]).await?;
    begin(&target, OLD).await?;
    outlive(seconds).await;
    // The sweeper comes once a second.
    tokio::time::sleep(Duration::from_millis(500)).await;
    begin(&target, NEW).await?;
    let count = target.debug_state().await?["counts"]["authorization_requests"].take();
    let sent = format!("{OLD} requests, their lifetime of {seconds} seconds, {NEW} requests more");
    must(count == NEW, &sent, &format!("{NEW} in counts"), count.to_string())
}

async fn begin(target: &Target, times: usize) -> Outcome {
    for _ in 0..times {
        target.browser().get(target.request().url()).await?;
    }
    Ok(())
}
