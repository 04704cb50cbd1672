//! The client refreshes when it must, by itself, and once at a time (RFC 9700 §4.14.2).

use std::time::Duration;

use super::judge::while_playing;
use super::stage::Stage;
use super::together::all;
use super::v05_api::status_of_a_no;
use super::v06_refresh::{refreshed, refreshes, short_lived, with_refresh_token};
use crate::{Check, rule};
use kit::play::Reply;
use kit::target::outlive;
use kit::{Outcome, Target};

const TABS: usize = 10;

rule!(
    Check::client("R6.9", "the client refreshes by itself when the access token has expired")
        .lab_rule("RFC 6749 §1.5", "When expires_in has passed, /profile refreshes once, then asks the API once, with the new token.")
        .why("Short access tokens are only bearable if nobody notices their end; and a token that is known to be dead is not sent.")
        .run(|target| Box::pin(on_expiry(target)))
);
async fn on_expiry(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = short_lived(&stage).await?;
    outlive(1).await;
    for _ in 0..2 {
        stage.shows_user(&mut browser).await?;
        refreshed(&stage, 1)?;
    }
    // The old token is not even tried: each of the two pages asked the API once.
    api_calls(&stage, 2)
}

/// So many requests reached the API in all.
fn api_calls(stage: &Stage, wanted: usize) -> Outcome {
    let calls = stage.play.heard_at("/api/me").len();
    if calls == wanted {
        return Ok(());
    }
    Err(refreshes(stage, &format!("{wanted} requests to /api/me, not {calls}")))
}

rule!(
    Check::client("R6.9", "the client refreshes by itself when the API answers 401")
        .lab_rule("RFC 6749 §1.5", "When the API refuses a token before its time, /profile refreshes once and shows the user.")
        .why("The server knows better than the client's clock whether a token is good.")
        .run(|target| Box::pin(on_401(target)))
);
async fn on_401(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = with_refresh_token(&stage).await?;
    stage.play.revoke_access_tokens();
    for _ in 0..2 {
        stage.shows_user(&mut browser).await?;
        refreshed(&stage, 1)?;
    }
    // Before, the refused one, the one after the refresh, and the last page.
    api_calls(&stage, 4)
}

rule!(
    Check::client("R6.9", "only a 401 of the API makes the client refresh")
        .lab_rule("RFC 6750 §3.1", "When the API answers 403, 404, 500, 503, a redirect or nothing, the refresh token is not used.")
        .why("A new token cures no fault but a dead token; each refresh in vain is a chance to lose the login.")
        .run(|target| Box::pin(only_on_401(target)))
);
async fn only_on_401(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = with_refresh_token(&stage).await?;
    for (reply, status) in [
        (Reply::error(403, "access_denied"), status_of_a_no(&stage)),
        (Reply::text(403, "Forbidden"), 502),
        (Reply::text(404, ""), 502),
        (Reply::text(500, ""), 502),
        (Reply::text(503, ""), 502),
        (Reply::text(302, ""), 502),
        (Reply::error(400, "invalid_request"), 502),
        (Reply::HangUp, 502),
    ] {
        stage.play.script(|script| script.api = reply.clone());
        let page = browser.get(stage.url("/profile")).await?;
        page.must_be_page(status).map_err(|verdict| while_playing(verdict, "/api/me", &reply))?;
        refreshed(&stage, 0).map_err(|verdict| while_playing(verdict, "/api/me", &reply))?;
    }
    stage.play.script(|script| script.api = Reply::Judge);
    stage.shows_user(&mut browser).await?;
    refreshed(&stage, 0)
}

rule!(
    Check::client("R6.9", "an API that always answers 401 does not make the client loop")
        .lab_rule(
            "RFC 6749 §1.5",
            "When the fresh token is refused too, the client gives up with a 502 page."
        )
        .why("A client that tries for ever hangs its user and hammers the server.")
        .run(|target| Box::pin(no_loop(target)))
);
async fn no_loop(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = with_refresh_token(&stage).await?;
    let before = stage.play.heard_at("/api/me").len();
    stage.play.script(|script| script.api = Reply::error(401, "invalid_token"));
    let page = browser.get(stage.url("/profile")).await?;
    page.must_be_page(502)?;
    let calls = stage.play.heard_at("/api/me").len() - before;
    page.must(calls <= 2, format!("at most two requests to the API, not {calls}"))?;
    refreshed(&stage, 1)?;
    stage.play.script(|script| script.api = Reply::Judge);
    stage.shows_user(&mut browser).await?;
    Ok(())
}

rule!(
    Check::client("R6.9", "ten tabs at once make one refresh")
        .lab_rule("RFC 9700 §4.14.2", "One refresh is in flight per session; the other requests wait for its result, and all succeed.")
        .why("Two tabs that send the same refresh token look like thief and owner: the family dies.")
        .run(|target| Box::pin(one_in_flight(target)))
);
async fn one_in_flight(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let browser = with_refresh_token(&stage).await?;
    // Slow enough that all ten are there before the first refresh is answered.
    stage.play.script(|script| script.token_delay = Duration::from_millis(400));
    for turn in 1..=2 {
        stage.play.revoke_access_tokens();
        let tabs = (0..TABS).map(|_| {
            let (mut tab, stage) = (browser.clone(), &stage);
            async move { stage.shows_user(&mut tab).await }
        });
        for outcome in all(tabs.collect()).await {
            outcome?;
        }
        refreshed(&stage, turn)?;
    }
    Ok(())
}

rule!(
    Check::client("R6.9", "two users refresh independently")
        .lab_rule(
            "RFC 6749 §1.5",
            "Each session refreshes its own tokens, and one does not wait for the other."
        )
        .why("A lock over all sessions would let one slow refresh stop everybody.")
        .run(|target| Box::pin(two_users(target)))
);
async fn two_users(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut first = with_refresh_token(&stage).await?;
    let mut second = with_refresh_token(&stage).await?;
    stage.play.script(|script| script.token_delay = Duration::from_millis(1500));
    stage.play.revoke_access_tokens();
    let (one, other) = tokio::join!(stage.shows_user(&mut first), stage.shows_user(&mut second));
    one?;
    other?;
    refreshed(&stage, 2)?;
    let heard = stage.play.grants("refresh_token");
    let apart = heard[1].at.saturating_duration_since(heard[0].at);
    if apart < Duration::from_millis(1400) {
        return Ok(());
    }
    Err(refreshes(&stage, "both refreshes at the same time, not the second after the first"))
}
