//! R7.6: a refresh may ask for less, and the grant keeps the whole.

use crate::server::r7::support::{opens_only, says, tokens_with};
use crate::{Check, rule};
use kit::{Outcome, Target};

const WHOLE: [&str; 3] = ["profile", "notes:read", "notes:write"];

rule!(
    Check::server("R7.6", "a narrower refresh leaves the refresh token its whole scope")
        .must("RFC 6749 §6, draft-ietf-oauth-v2-1 §4.3.3", "After a refresh that asked for less, the refresh token that came with it gets the whole scope again. RFC 6749 §6: a new refresh token's scope \"MUST be identical to that of the refresh token included by the client in the request\".")
        .why("Less for one call must not mean less for ever.")
        .run(|target| Box::pin(whole_again(target)))
);

rule!(
    Check::server("R7.6", "a narrower refresh narrows the access token, and nothing else")
        .lab_rule("RFC 6749 §6", "For each part of the scope, in any order and repeated: the response says it and the API opens for no more; the next refresh, with no scope or the whole one, has all of it again.")
        .why("A client that calls many APIs can give each no more than it needs.")
        .run(|target| Box::pin(whole_again(target)))
);
async fn whole_again(target: Target) -> Outcome {
    let mut tokens = tokens_with(&target, &target.demo, target.user()?, &WHOLE.join(" ")).await?;
    for part in [
        "profile",
        "notes:read",
        "notes:write profile",
        "notes:read notes:read",
        "notes:write notes:read profile",
    ] {
        let narrow = target.refresh(&target.demo, tokens.refresh_token()?).set("scope", part);
        let less = target.tokens_for(&narrow).await?;
        let mut names: Vec<&str> = part.split(' ').collect();
        names.dedup();
        // Whether a server narrows at all is its choice (RFC 6749 §3.3), as long as it says so.
        if target.exact {
            says(&less, &names)?;
            opens_only(&target, &less.access_token, &names).await?;
        }
        let refresh_token = less.refresh_token.as_deref().or(tokens.refresh_token.as_deref());
        let again = target.refresh(&target.demo, refresh_token.unwrap_or_default());
        let whole = target.tokens_for(&again).await?;
        if target.exact {
            says(&whole, &WHOLE)?;
        }
        opens_only(&target, &whole.access_token, &WHOLE).await?;
        let asked = target.refresh(
            &target.demo,
            whole.refresh_token.as_deref().or(refresh_token).unwrap_or_default(),
        );
        tokens = target.tokens_for(&asked.set("scope", WHOLE.join(" "))).await?;
        opens_only(&target, &tokens.access_token, &WHOLE).await?;
    }
    Ok(())
}
