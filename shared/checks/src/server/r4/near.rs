//! R4.9: a redirect_uri at /token that is almost right.

use crate::server::support::almost;
use crate::{Check, Keyword, Subject};
use kit::{Outcome, Target};

pub const CHECKS: &[Check] = &[Check {
    id: "R4.9",
    title: "a redirect_uri at /token that is almost right is invalid_grant",
    since: 4,
    until: None,
    subject: Subject::Server,
    keyword: Keyword::Must,
    section: "RFC 6749 §4.1.3",
    must: "A beginning of the right one, a longer one, another case, one other character: 400 invalid_grant, and the code stays good.",
    why: "The section says identical: what is only alike may lead to somebody else.",
    run: |target| Box::pin(almost_right(target)),
}];

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
