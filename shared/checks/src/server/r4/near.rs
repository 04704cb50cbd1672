//! R4.9: a redirect_uri at /token that is almost right.

use crate::server::support::almost;
use crate::{Check, rule};
use kit::{Outcome, Target};

rule!(
    Check::server("R4.9", "a redirect_uri at /token that is almost right is invalid_grant")
        .must("RFC 6749 §4.1.3", "A beginning of the right one, a longer one, another case, one other character: 400 invalid_grant, and the code stays good.")
        .why("The section says identical: what is only alike may lead to somebody else.")
        .run(|target| Box::pin(almost_right(target)))
);
async fn almost_right(target: Target) -> Outcome {
    let grant = target.code().await?;
    let good = target.redeem(&grant);
    let right = grant.redirect_uri.as_str();
    let mut near = almost(right);
    near.extend([
        right[..right.len() - 1].to_owned(),
        right[1..].to_owned(),
        right[..right.len() / 2].to_owned(),
        right.rsplit_once('/').map_or("x", |cut| cut.0).to_owned(),
        format!("{right}x"),
        format!("{right}?x=1"),
        format!("{right}#"),
        format!(" {right}"),
        format!("{right} "),
    ]);
    for uri in near {
        let answer = target.send(&good.clone().set("redirect_uri", uri)).await?;
        answer.must_be_oauth_error(400, "invalid_grant")?;
    }
    target.tokens_for(&good).await?;
    Ok(())
}
