//! R7.6: a refresh may not ask for more than the user granted.

use crate::server::r7::support::{says, tokens_with};
use crate::server::support::must_be_alive;
use crate::{Check, rule};
use kit::flow::Tokens;
use kit::{Outcome, Target, Verdict};

const GRANTED: &str = "profile notes:read";

/// More than was granted, no scope of this server, or none at all, although part of it may be good.
const BAD: [&str; 18] = [
    "notes:write",
    "admin",
    "profile notes:read notes:write",
    "profile notes:read admin",
    "notes:write profile",
    "nonsense",
    "profile nonsense",
    "Profile",
    "notes",
    "notes:",
    "notes:rea",
    "notes:read:all",
    "profile,notes:read",
    "profile  notes:read",
    "profile ",
    " profile",
    "\"profile\"",
    "profile\\",
];

async fn granted(target: &Target) -> Result<Tokens, Verdict> {
    let tokens = tokens_with(target, &target.demo, target.user()?, GRANTED).await?;
    if target.exact {
        says(&tokens, &["profile", "notes:read"])?;
    }
    Ok(tokens)
}

rule!(
    Check::server("R7.6", "a refresh gets no scope that the user did not grant")
        .must("RFC 6749 §6", "Asked for more, it is refused, or the response says a scope without it. RFC 6749 §6: the requested scope \"MUST NOT include any scope not originally granted by the resource owner\".")
        .why("The user is not there to be asked, so nothing may grow.")
        .run(|target| Box::pin(no_more(target)))
);
async fn no_more(target: Target) -> Outcome {
    for scope in [
        "profile notes:read notes:write",
        "admin",
        "nonsense",
    ] {
        let tokens = granted(&target).await?;
        let good = target.refresh(&target.demo, tokens.refresh_token()?);
        let answer = target.send(&good.clone().set("scope", scope)).await?;
        if answer.status != 200 {
            answer.must_be_refused_by_token()?;
            continue;
        }
        let told = answer.json().unwrap_or_default()["scope"].take();
        let told = told.as_str().unwrap_or_default();
        let within = told.split(' ').all(|name| GRANTED.split(' ').any(|known| known == name));
        answer.must(within, "a refusal, or a scope within what was granted")?;
    }
    let tokens = granted(&target).await?;
    target.tokens_for(&target.refresh(&target.demo, tokens.refresh_token()?)).await?;
    Ok(())
}

rule!(
    Check::server("R7.6", "a wider or unknown scope is invalid_scope and costs nothing")
        .lab_rule("RFC 6749 §5.2, §6", "More than was granted, near misses of known names, wrong separators: 400 invalid_scope; the same refresh token and the access token still work, and sent twice it is invalid_request.")
        .why("A client that asks for too much has made a mistake; it is no thief.")
        .run(|target| Box::pin(costs_nothing(target)))
);
async fn costs_nothing(target: Target) -> Outcome {
    let tokens = granted(&target).await?;
    let good = target.refresh(&target.demo, tokens.refresh_token()?);
    for scope in BAD {
        let answer = target.send(&good.clone().set("scope", scope)).await?;
        answer.must_be_oauth_error(400, "invalid_scope")?;
        let when = "the access token, after a refresh that asked for too much";
        must_be_alive(&target, &tokens.access_token, true, when).await?;
    }
    for repeated in [
        good.clone().also("scope", "profile").also("scope", "profile"),
        good.clone().set("scope", "profile\tnotes:read"),
    ] {
        target.send(&repeated).await?.must_be_oauth_error(400, "invalid_request")?;
    }
    // Empty is absent.
    let next = target.tokens_for(&good.set("scope", "")).await?;
    says(&next, &["profile", "notes:read"])
}

rule!(
    Check::server("R7.6", "a used refresh token is a theft whatever scope comes with it")
        .lab_rule("RFC 9700 §4.14.2", "A used refresh token with an unknown or a wider scope: 400 invalid_grant, and the whole login has ended.")
        .why("A thief must not be able to try tokens unnoticed by adding a scope that is refused first.")
        .run(|target| Box::pin(used_and_wider(target)))
);
async fn used_and_wider(target: Target) -> Outcome {
    for scope in ["nonsense", "admin", "profile "] {
        let tokens = granted(&target).await?;
        let used = target.refresh(&target.demo, tokens.refresh_token()?);
        let next = target.tokens_for(&used).await?;
        let answer = target.send(&used.set("scope", scope)).await?;
        answer.must_be_oauth_error(400, "invalid_grant")?;
        let when = "the access token, after its used refresh token came again with a scope";
        must_be_alive(&target, &next.access_token, false, when).await?;
    }
    target.still_works().await
}
