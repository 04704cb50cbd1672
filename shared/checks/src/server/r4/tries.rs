//! R4.8 (D5), R4.11: how often a code may be tried, and that of many at once one wins.

use crate::check::Check;
use crate::check::Keyword;
use crate::check::Outcome;
use crate::check::Subject;
use crate::encoding::random;
use crate::server::support::one_winner;
use crate::target::Target;

pub const CHECKS: &[Check] = &[
    Check {
        id: "R4.8",
        title: "four wrong tries leave a code good",
        since: 4,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::LabRule,
        section: "draft-ietf-oauth-v2-1 §7.5.2",
        must: "After four wrong tries (verifier, client, redirect_uri) the right request still gets a token.",
        why: "Whoever merely saw a code must not be able to spoil it for its owner with one request.",
        run: |target| Box::pin(four_tries(target)),
    },
    Check {
        id: "R4.8",
        title: "five wrong tries burn a code",
        since: 4,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::LabRule,
        section: "draft-ietf-oauth-v2-1 §7.5.2",
        must: "After five wrong tries the right request gets 400 invalid_grant.",
        why: "Nobody may guess verifiers against a code for as long as they like.",
        run: |target| Box::pin(five_tries(target)),
    },
    Check {
        id: "R4.11",
        title: "of twenty parallel redemptions exactly one wins",
        since: 4,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::Must,
        section: "draft-ietf-oauth-v2-1 §4.1.3",
        must: "Twenty valid requests with the same code at the same moment: one 200, nineteen 400 invalid_grant.",
        why: "A server that looks first and marks later gives a thief a token beside the owner's.",
        run: |target| Box::pin(one_of_twenty(target)),
    },
];

async fn four_tries(target: Target) -> Outcome {
    let grant = target.code().await?;
    let good = target.redeem(&grant);
    let mut wrong = vec![
        good.clone().set("code_verifier", random()),
        good.clone().set("redirect_uri", "http://evil.example/"),
        good.clone().set("code_verifier", random()),
    ];
    wrong.push(match target.other() {
        Ok(other) => {
            good.clone().basic(&other.client_id, other.client_secret.as_deref().unwrap_or_default())
        }
        Err(_) => good.clone().set("code_verifier", random()),
    });
    for request in wrong {
        target.send(&request).await?.must_be_oauth_error(400, "invalid_grant")?;
    }
    target.tokens_for(&good).await?;
    Ok(())
}

async fn five_tries(target: Target) -> Outcome {
    let grant = target.code().await?;
    let neighbour = target.code().await?;
    let good = target.redeem(&grant);
    for _ in 0..5 {
        let request = good.clone().set("code_verifier", random());
        target.send(&request).await?.must_be_oauth_error(400, "invalid_grant")?;
    }
    target.send(&good).await?.must_be_oauth_error(400, "invalid_grant")?;
    target.tokens_for(&target.redeem(&neighbour)).await?;
    Ok(())
}

async fn one_of_twenty(target: Target) -> Outcome {
    for _ in 0..3 {
        let grant = target.code().await?;
        let request = target.redeem(&grant).http();
        one_winner(&target.http.at_once(&request, 20).await?)?;
    }
    target.still_works().await
}
