//! R6.5: what the grant says about its refresh token.

use std::time::Duration;

use crate::server::support::{must, of_this_lab};
use crate::{Check, rule};
use kit::flow::Tokens;
use kit::{Outcome, Target, Verdict};
use serde_json::Value;

rule!(
    Check::server("R6.5", "a grant says when its refresh token was issued, and idles no longer than it lives")
        .lab_rule("RFC 9700 §4.14.2", "With a login shorter than the idle time, idle_until is expires_at, before and after a refresh; a refresh moves issued_at, counts in rotations and leaves expires_at.")
        .why("Whoever looks into the server after a theft reads there when the last token went out, and how many went before.")
        .run(|target| Box::pin(times(target)))
);
async fn times(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let target = target.with_settings(&[("LAB_TTL_REFRESH", "600")]).await?;
    let mut tokens = target.tokens().await?;
    let first = row(&target, &tokens).await?;
    let mut before = first.clone();
    for rotations in 0..3 {
        let good = before["rotations"] == rotations
            && before["idle_until"] == first["expires_at"]
            && before["expires_at"] == first["expires_at"];
        let wanted = format!("rotations {rotations}, idle_until and expires_at as at first");
        must(good, "GET /debug/state", &wanted, before.to_string())?;
        tokio::time::sleep(Duration::from_millis(1100)).await;
        let refresh = target.refresh(&target.demo, tokens.refresh_token()?);
        tokens = target.tokens_for(&refresh).await?;
        let after = row(&target, &tokens).await?;
        // RFC 3339 in UTC: as text they have the order of time.
        let moved = after["issued_at"].as_str() > before["issued_at"].as_str();
        must(moved, "a refresh", "a later issued_at", format!("{before}, then {after}"))?;
        before = after;
    }
    Ok(())
}

/// The row of a refresh token's login in `/debug/state`.
async fn row(target: &Target, tokens: &Tokens) -> Result<Value, Verdict> {
    let name = tokens.refresh_token()?.split('.').next().unwrap_or_default();
    Ok(target.storage().await?["grants"][target.key(name)].take())
}
