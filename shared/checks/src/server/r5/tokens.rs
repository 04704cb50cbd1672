//! R5.2, R5.6, R5.9: tokens that are not good, or not good any more.

use crate::server::support::patiently;
use crate::{Check, rule};
use kit::encoding::random;
use kit::target::outlive;
use kit::{Outcome, Target};

rule!(
    Check::server("R5.2", "an unknown token is 401 invalid_token")
        .should(
            "RFC 6750 §3.1",
            "A random string, a JWT of somebody else, a cut one: 401 with error=\"invalid_token\"."
        )
        .why("The error tells the client to get a new token rather than to fix its request.")
        .run(|target| Box::pin(unknown(target)))
);
async fn unknown(target: Target) -> Outcome {
    let good = target.tokens().await?.access_token;
    let foreign = "eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiJ1c2VyMCJ9.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let half = good[..good.len() / 2].to_owned();
    for token in [
        random(),
        "x".to_owned(),
        foreign.to_owned(),
        half,
        "..".to_owned(),
        "a".repeat(5000),
        format!("{good}A"),
        good[1..].to_owned(),
        good.to_lowercase(),
    ] {
        target.me(&token).await?.must_be_bearer_error(401, Some("invalid_token"))?;
    }
    target.me(&good).await?.must_be(200)?;
    Ok(())
}

rule!(
    Check::server("R5.2", "an expired token is 401 invalid_token")
        .should("RFC 6750 §3.1", "A token works during its expires_in and gets 401 with error=\"invalid_token\" after it.")
        .why("A short life is what limits the worth of a stolen token.")
        .run(|target| Box::pin(patiently(move |seconds| expired(target.clone(), seconds))))
);
async fn expired(target: Target, seconds: u64) -> Outcome {
    let target = target.with_settings(&[("LAB_TTL_ACCESS", &seconds.to_string())]).await?;
    let tokens = target.tokens().await?;
    target.me(&tokens.access_token).await?.must_be(200)?;
    tokens
        .answer
        .must(tokens.json["expires_in"] == seconds, "expires_in as LAB_TTL_ACCESS says")?;
    outlive(seconds).await;
    let answer = target.me(&tokens.access_token).await?;
    answer.must_be_bearer_error(401, Some("invalid_token"))?;
    let fresh = target.tokens().await?;
    target.me(&fresh.access_token).await?.must_be(200)?;
    Ok(())
}

rule!(
    Check::server("R5.6", "after a replay of its code a token fails at the API")
        .should("RFC 6749 §4.1.2", "The first token works, its code is replayed, the token gets 401 with error=\"invalid_token\".")
        .why("A revocation that the API does not notice revokes nothing.")
        .run(|target| Box::pin(revoked(target)))
);
async fn revoked(target: Target) -> Outcome {
    let grant = target.code().await?;
    let request = target.redeem(&grant);
    let first = target.tokens_for(&request).await?;
    target.me(&first.access_token).await?.must_be(200)?;
    target.send(&request).await?.must_be_oauth_error(400, "invalid_grant")?;
    let answer = target.me(&first.access_token).await?;
    answer.must_be_bearer_error(401, Some("invalid_token"))?;
    let neighbour = target.tokens().await?;
    target.me(&neighbour.access_token).await?.must_be(200)?;
    Ok(())
}

rule!(
    Check::server("R5.9", "a code is no token for the API")
        .lab_rule("RFC 6750 §3.1", "A code as Bearer token: 401 with error=\"invalid_token\"; the code can still be redeemed.")
        .why("A code comes through the browser; it must not open anything by itself.")
        .run(|target| Box::pin(code_as_token(target)))
);
async fn code_as_token(target: Target) -> Outcome {
    let grant = target.code().await?;
    target.me(&grant.code).await?.must_be_bearer_error(401, Some("invalid_token"))?;
    let tokens = target.tokens_for(&target.redeem(&grant)).await?;
    target.me(&grant.code).await?.must_be_bearer_error(401, Some("invalid_token"))?;
    target.me(&tokens.access_token).await?.must_be(200)?;
    Ok(())
}
