//! E7: `/debug/state` tells whether a token was revoked.

use crate::server::support::{must, of_this_lab};
use crate::{Check, rule};
use kit::jwt::row_of;
use kit::ladder::Capability;
use kit::{Outcome, Target, Verdict};

rule!(
    Check::server("E7", "/debug/state tells which access tokens were revoked")
        .since(Capability::TokenEndpoint)
        .lab_rule("lab rule", "revoked is false for a new token, true after the replay of its code, and still false for another login's token.")
        .why("The token itself does not change when it dies: only here can one see it.")
        .run(|target| Box::pin(revoked(target)))
);
async fn revoked(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let target = target.alone().await?;
    let grant = target.code().await?;
    let redeem = target.redeem(&grant);
    let (stolen, other) = (target.tokens_for(&redeem).await?, target.tokens().await?);
    let (stolen, other) = (&stolen.access_token, &other.access_token);
    told(&target, stolen, false).await?;
    target.send(&redeem).await?.must_be_oauth_error(400, "invalid_grant")?;
    told(&target, stolen, true).await?;
    told(&target, other, false).await
}

async fn told(target: &Target, token: &str, revoked: bool) -> Result<(), Verdict> {
    let row = target.storage().await?["access_tokens"][target.key(&row_of(token))].take();
    let wanted = format!("revoked: {revoked}");
    must(row["revoked"] == revoked, "GET /debug/state", &wanted, row.to_string())
}
