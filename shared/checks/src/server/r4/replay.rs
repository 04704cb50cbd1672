//! R4.10: a code that comes a second time means that somebody has a copy.

use crate::server::support::{must_be_alive, one_winner, patiently, refused_by_token};
use crate::{Check, rule};
use kit::encoding::random;
use kit::target::outlive;
use kit::{Outcome, Target};

rule!(
    Check::server("R4.10", "a code works once: the second redemption is refused")
        .must("RFC 6749 §4.1.2", "A second valid redemption brings an error and no token. RFC 6749 §4.1.2: the server \"MUST deny the request\".")
        .why("Whoever finds a used code has found nothing.")
        .run(|target| Box::pin(once(target)))
);
async fn once(target: Target) -> Outcome {
    let grant = target.code().await?;
    let request = target.redeem(&grant);
    target.tokens_for(&request).await?;
    for _ in 0..2 {
        target.send(&request).await?.must_be_refused_by_token()?;
    }
    target.still_works().await
}

rule!(
    Check::server("R4.10", "a code works once, and its replay kills the first token")
        .should(
            "RFC 6749 §4.1.2",
            "A second valid redemption gets 400 invalid_grant, and the token of the first is dead."
        )
        .why("Two hold the code, one of them is a thief, and nobody knows who came first.")
        .run(|target| Box::pin(replay(target)))
);
async fn replay(target: Target) -> Outcome {
    let target = target.alone().await?;
    let neighbour = target.tokens().await?;
    let mut apps = vec![target.demo.clone()];
    apps.extend(target.public().ok().cloned());
    for app in apps {
        let grant = target.code_of(&app).await?;
        let request = target.redeem(&grant);
        let first = target.tokens_for(&request).await?;
        must_be_alive(&target, &first.access_token, true, "a token that was just issued").await?;
        target.send(&request).await?.must_be_oauth_error(400, "invalid_grant")?;
        let when = "the first token, after the replay of its code";
        must_be_alive(&target, &first.access_token, false, when).await?;
        target.send(&request).await?.must_be_oauth_error(400, "invalid_grant")?;
    }
    let when = "the token of another code, after the replay";
    must_be_alive(&target, &neighbour.access_token, true, when).await
}

rule!(
    Check::server("R4.10", "a replay with a wrong verifier or client kills nothing")
        .should("draft-ietf-oauth-v2-1 §7.5.2", "A used code with a wrong verifier, redirect_uri or client is refused, and the first token still works.")
        .why("Who merely saw the code could otherwise log its owner out.")
        .run(|target| Box::pin(harmless_replay(target)))
);

rule!(
    Check::server("R4.10", "a replay with a wrong verifier or client kills nothing, and is invalid_grant")
        .lab_rule("draft-ietf-oauth-v2-1 §7.5.2", "A used code with a wrong verifier, redirect_uri or client: 400 invalid_grant; with a wrong secret 401 invalid_client; without verifier 400 invalid_request.")
        .why("Whether a code was used makes no difference to who cannot use it anyway.")
        .run(|target| Box::pin(harmless_replay(target)))
);
async fn harmless_replay(target: Target) -> Outcome {
    let target = target.alone().await?;
    let grant = target.code().await?;
    let good = target.redeem(&grant);
    let first = target.tokens_for(&good).await?;
    let mut wrong = vec![
        good.clone().set("code_verifier", random()),
        good.clone().set("code_verifier", format!("{}A", grant.code_verifier)),
        good.clone().set("redirect_uri", "http://evil.example/"),
        good.clone().set("redirect_uri", format!("{}/", grant.redirect_uri)),
    ];
    if let Ok(other) = target.other() {
        let secret = other.client_secret.as_deref().unwrap_or_default();
        wrong.push(good.clone().basic(&other.client_id, secret));
    }
    for request in wrong.iter().cycle().take(12) {
        refused_by_token(&target, &target.send(request).await?, 400, "invalid_grant")?;
    }
    let stranger = good.clone().basic(&target.demo.client_id, "wrong");
    refused_by_token(&target, &target.send(&stranger).await?, 401, "invalid_client")?;
    let no_verifier = good.clone().without("code_verifier");
    refused_by_token(&target, &target.send(&no_verifier).await?, 400, "invalid_request")?;
    let when = "the first token, after replays that were wrong";
    must_be_alive(&target, &first.access_token, true, when).await?;
    target.send(&good).await?.must_be_oauth_error(400, "invalid_grant")?;
    let when = "the first token, after replays that were wrong and one that was right";
    must_be_alive(&target, &first.access_token, false, when).await
}

rule!(
    Check::server("R4.10", "a replay after the code's own lifetime finds nothing and kills nothing")
        .lab_rule("RFC 6749 §4.1.2, §4.1.2.1", "Within the code's lifetime a replay kills the token; after it the used code is 400 invalid_grant like any unknown one, and the token lives.")
        .why("What is kept for minutes must not have to be kept for days, and an old code is refused either way.")
        .run(|target| Box::pin(patiently(move |seconds| late_replay(target.clone(), seconds))))
);
async fn late_replay(target: Target, seconds: u64) -> Outcome {
    let target = target.with_settings(&[("LAB_TTL_CODE", &seconds.to_string())]).await?;
    let (grant, in_time) = (target.code().await?, target.code().await?);
    let (request, early) = (target.redeem(&grant), target.redeem(&in_time));
    let first = target.tokens_for(&request).await?;
    let dead = target.tokens_for(&early).await?;
    target.send(&early).await?.must_be_oauth_error(400, "invalid_grant")?;
    let when = "a token, after a replay within the lifetime of its code";
    must_be_alive(&target, &dead.access_token, false, when).await?;
    outlive(seconds).await;
    target.send(&request).await?.must_be_oauth_error(400, "invalid_grant")?;
    let when = "the token, after a replay when its code had ended";
    must_be_alive(&target, &first.access_token, true, when).await?;
    let when = "the revoked token, after its code has ended";
    must_be_alive(&target, &dead.access_token, false, when).await
}

rule!(
    Check::server("R4.10", "a replay that comes while the first answer is on its way kills the token too")
        .should("RFC 6749 §4.1.2", "Of two valid redemptions at the same moment one gets a token, and the other's replay has killed it.")
        .why("Whoever sees that the code is used must find what it was used for; a gap between the two lets the thief's token live.")
        .run(|target| Box::pin(racing_replay(target)))
);
async fn racing_replay(target: Target) -> Outcome {
    let target = target.alone().await?;
    let rounds = if target.executables.is_some() { 100 } else { 5 };
    let mut browser = target.browser();
    for _ in 0..rounds {
        let request = target.request();
        let grant = target.code_for(&mut browser, &request, target.user()?).await?;
        let answers = target.http.at_once(&target.redeem(&grant).http(), 2).await?;
        let winner = one_winner(&target, &answers)?;
        must_be_alive(&target, &winner, false, "the winner's token, after the replay").await?;
    }
    target.still_works().await
}
