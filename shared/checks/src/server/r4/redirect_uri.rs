//! R4.9: a code is good for the redirect_uri that it was sent to.

use crate::{Check, rule};
use kit::{Outcome, Target};

rule!(
    Check::server("R4.9", "redirect_uri at /token must match if it is sent")
        .must("RFC 6749 §4.1.3", "Another redirect_uri: 400 invalid_grant, which RFC 6749 §5.2 names for a grant that \"does not match the redirection URI\"; the same one, and none at all: a token.")
        .why("It shows that the code came to the place it was meant for; with PKCE it may be left out (draft-ietf-oauth-v2-1 §10.2).")
        .run(|target| Box::pin(redirect_uri_matches(target)))
);
async fn redirect_uri_matches(target: Target) -> Outcome {
    let grant = target.code().await?;
    let good = target.redeem(&grant);
    for uri in [
        "http://evil.example/callback".to_owned(),
        format!("{}/", grant.redirect_uri),
    ] {
        let answer = target.send(&good.clone().set("redirect_uri", uri)).await?;
        answer.must_be_oauth_error(400, "invalid_grant")?;
    }
    target.tokens_for(&good).await?;
    // Registered, but not the one that this code was sent to.
    let other = target.other()?;
    let grant = target.code_of(other).await?;
    let good = target.redeem(&grant);
    let second = other.redirect_uris.last().cloned().unwrap_or_default();
    let answer = target.send(&good.clone().set("redirect_uri", second)).await?;
    answer.must_be_oauth_error(400, "invalid_grant")?;
    target.tokens_for(&good).await?;
    for omitted in [
        good.clone().without("redirect_uri"),
        good.clone().set("redirect_uri", ""),
    ] {
        let grant = target.code_of(other).await?;
        let request = omitted.set("code", &grant.code).set("code_verifier", &grant.code_verifier);
        let answer = target.send(&request).await?;
        // RFC 6749 §4.1.3 demands what OAuth 2.1 lets go: a foreign server may do either.
        let demanded = target.pair.is_none() && answer.status == 400;
        answer.must(answer.status == 200 || demanded, "status 200: it may be left out")?;
    }
    Ok(())
}

rule!(
    Check::server("R4.9", "a redirect_uri left out at /authorize counts as the registered one")
        .lab_rule("RFC 6749 §3.1.2.3", "Sent at /token after all, the registered URI is accepted and any other is 400 invalid_grant.")
        .why("The server stored where it sent the code; that is what is compared.")
        .run(|target| Box::pin(redirect_uri_implied(target)))
);
async fn redirect_uri_implied(target: Target) -> Outcome {
    let request = target.request().without("redirect_uri");
    let user = target.user()?.clone();
    let grant = target.code_for(&mut target.browser(), &request, &user).await?;
    let good = target.redeem(&grant);
    let answer = target.send(&good.clone().set("redirect_uri", "http://evil.example/")).await?;
    answer.must_be_oauth_error(400, "invalid_grant")?;
    target.tokens_for(&good).await?;
    let request = target.request().without("redirect_uri");
    let grant = target.code_for(&mut target.browser(), &request, &user).await?;
    target.tokens_for(&target.redeem(&grant).without("redirect_uri")).await?;
    Ok(())
}
