//! R4.10: what a second try leaves behind.

use crate::server::support::{must, of_this_lab};
use crate::{Check, rule};
use kit::{Outcome, Target};

rule!(
    Check::server("R4.10", "a second try leaves no grant")
        .lab_rule("RFC 6749 §4.1.2", "After three replays of a code, and twenty redemptions of another at the same moment, there are two grants, both revoked.")
        .why("A grant without tokens takes the place of somebody's login in a full table.")
        .run(|target| Box::pin(no_grant(target)))
);
async fn no_grant(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let target = target.alone().await?;
    let (first, second) = (target.code().await?, target.code().await?);
    let redeem = target.redeem(&first);
    target.tokens_for(&redeem).await?;
    for _ in 0..3 {
        target.send(&redeem).await?.must_be_oauth_error(400, "invalid_grant")?;
    }
    target.http.at_once(&target.redeem(&second).http(), 20).await?;
    let grants = target.storage().await?["grants"].take();
    let rows = grants.as_object().into_iter().flatten();
    let revoked: Vec<bool> = rows.map(|row| row.1["revoked"] == true).collect();
    let sent = "replays of two codes; then GET /debug/state";
    must(revoked == [true, true], sent, "two grants, both revoked", grants.to_string())
}
