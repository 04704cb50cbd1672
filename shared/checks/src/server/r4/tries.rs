//! R4.8 (D5), R4.11: a code may be tried wrongly as often as anybody likes, and of many right tries one wins.

use crate::server::support::{must, must_be_alive, one_winner, refused_by_token};
use crate::{Check, rule};
use kit::encoding::random;
use kit::{Outcome, Target};

rule!(
    Check::server("R4.8", "wrong tries leave a code good, however many they are")
        .should("draft-ietf-oauth-v2-1 §7.5.2", "After fifty wrong tries (verifier, client, redirect_uri) the right request still gets a token.")
        .why("Whoever merely saw a code could otherwise spoil it for its owner; guessing 256 bits needs no counter.")
        .run(|target| Box::pin(wrong_tries(target)))
);
async fn wrong_tries(target: Target) -> Outcome {
    let grant = target.code().await?;
    let good = target.redeem(&grant);
    let mut wrong = vec![
        good.clone().set("code_verifier", random()),
        good.clone().set("redirect_uri", "http://evil.example/"),
    ];
    if let Ok(other) = target.other() {
        let secret = other.client_secret.as_deref().unwrap_or_default();
        wrong.push(good.clone().basic(&other.client_id, secret));
    }
    for request in wrong.iter().cycle().take(50) {
        refused_by_token(&target, &target.send(request).await?, 400, "invalid_grant")?;
    }
    target.tokens_for(&good).await?;
    Ok(())
}

rule!(
    Check::server("R4.11", "of twenty parallel redemptions exactly one wins")
        .must("RFC 6749 §4.1.2, draft-ietf-oauth-v2-1 §4.1.3", "Twenty valid requests with the same code at the same moment: one 200, nineteen errors without a token. RFC 6749 §4.1.2: the client \"MUST NOT use the authorization code more than once\", and the server \"MUST deny the request\".")
        .why("A server that looks first and marks later gives a thief a token beside the owner's.")
        .run(|target| Box::pin(one_of_twenty(target)))
);

rule!(
    Check::server("R4.11", "of twenty parallel redemptions exactly one wins, and its token is dead")
        .lab_rule("RFC 6749 §4.1.2, draft-ietf-oauth-v2-1 §4.1.3", "One 200, nineteen 400 invalid_grant; the nineteen replays have killed the token of the one, and left no grant behind.")
        .why("Nobody can tell which of the twenty was the owner.")
        .run(|target| Box::pin(one_of_twenty(target)))
);
async fn one_of_twenty(target: Target) -> Outcome {
    let target = target.alone().await?;
    for _ in 0..rounds(&target) {
        let grant = target.code().await?;
        let request = target.redeem(&grant).http();
        let answers = target.http.at_once(&request, 20).await?;
        let winner = one_winner(&target, &answers)?;
        if !target.exact {
            continue;
        }
        // Nineteen replays have come: whoever won holds nothing.
        must_be_alive(&target, &winner, false, "the winner's token, after nineteen replays")
            .await?;
    }
    // Whoever lost has left nothing behind: each code led to one grant.
    let grants = target.debug_state().await.ok().map(|state| state["counts"]["grants"].clone());
    if let Some(grants) = grants.filter(|_| target.executables.is_some()) {
        let wanted = format!("{} grants, one for each code", rounds(&target));
        must(
            grants == rounds(&target),
            "GET /debug/state after the races",
            &wanted,
            grants.to_string(),
        )?;
    }
    target.still_works().await
}

/// A race is lost now and then; of our own pairs we can ask more.
fn rounds(target: &Target) -> usize {
    if target.executables.is_some() { 30 } else { 3 }
}
