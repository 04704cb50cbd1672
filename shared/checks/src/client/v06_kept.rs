//! What a refresh answer may not spoil: the refresh token, and the times that go with the access token.

use std::time::Duration;

use super::judge::while_playing;
use super::stage::Stage;
use super::v06_refresh::{refreshed, refreshes, short_lived, with_refresh_token};
use crate::{Check, rule};
use kit::play::{RefreshTokens, Reply};
use kit::target::outlive;
use kit::{Outcome, Target};
use serde_json::{Value, json};

rule!(
    Check::client("R6.8", "an empty or unprintable refresh token does not replace a good one")
        .lab_rule("RFC 6749 §6, A.17", "After a refresh answer with refresh_token \"\", with control characters, with other letters than ASCII or null, the next refresh sends the token of before.")
        .why("Empty is absent: whoever stores it has thrown the login away.")
        .run(|target| Box::pin(nothing_instead(target)))
);
async fn nothing_instead(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = with_refresh_token(&stage).await?;
    stage.play.script(|script| script.refresh_tokens = RefreshTokens::Keep);
    let strange = [
        json!(""),
        json!("two\r\nlines"),
        json!("a\u{0}b"),
        json!("bell\u{7f}"),
        json!("tükæn"),
    ];
    for (turn, token) in strange.into_iter().enumerate() {
        stage.play.script(|script| script.members = json!({ "refresh_token": token }));
        stage.play.revoke_access_tokens();
        let page = browser.get(stage.url("/profile")).await?;
        // Empty is absent, and that is no fault. Whether the rest is one is the client's choice.
        let good = page.status == 200 || (page.status == 502 && token != json!(""));
        page.must(good, format!("the user, although refresh_token was {token}"))?;
        refreshed(&stage, turn + 1)?;
    }
    stage.play.script(|script| script.members = Value::Null);
    stage.play.revoke_access_tokens();
    stage.shows_user(&mut browser).await?;
    let sent = stage.play.grants("refresh_token");
    let first = sent.first().and_then(|request| request.form("refresh_token"));
    if first.is_some() && sent.iter().all(|request| request.form("refresh_token") == first) {
        return Ok(());
    }
    Err(refreshes(&stage, "the good refresh token each time"))
}

rule!(
    Check::client("R6.9", "a refresh renews the times of the access token")
        .lab_rule("RFC 6749 §5.1", "Each token lives by its own answer: expires_in from the last answer (or none), counted from when it came.")
        .why("With the old times a fresh token is refreshed at once, or a dead one never.")
        .run(|target| Box::pin(times(target)))
);
async fn times(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    // The first answer says one second, the second says nothing: then nothing is known, and nothing is due.
    let mut browser = short_lived(&stage).await?;
    stage.play.script(|script| script.expires_in = None);
    outlive(1).await;
    for _ in 0..2 {
        stage.shows_user(&mut browser).await?;
        refreshed(&stage, 1)?;
        outlive(1).await;
    }
    // The third says one second again, and is believed.
    stage.play.script(|script| script.expires_in = Some(1));
    stage.press(&mut browser, "/refresh", &[]).await?;
    stage.play.script(|script| script.expires_in = Some(8));
    outlive(1).await;
    let before = stage.play.heard_at("/api/me").len();
    stage.shows_user(&mut browser).await?;
    let calls = stage.play.heard_at("/api/me").len() - before;
    refreshed(&stage, 3)?;
    if calls != 1 {
        return Err(refreshes(&stage, &format!("one request to the API, not {calls}")));
    }
    // Eight seconds, counted from each answer: five and five are more than eight, but not since the last one.
    for turn in 4..=5 {
        tokio::time::sleep(Duration::from_secs(5)).await;
        if turn == 4 {
            stage.press(&mut browser, "/refresh", &[]).await?;
        }
        stage.shows_user(&mut browser).await?;
        refreshed(&stage, 4)?;
    }
    Ok(())
}

rule!(
    Check::client("R6.9", "the list of refresh tokens stays short")
        .lab_rule("lab rule", "After sixty refreshes the client remembers no more, and its page is no longer, than after thirty.")
        .why("A login of a week refreshes every half hour: what is only shown must not grow with it.")
        .run(|target| Box::pin(bounded(target)))
);
async fn bounded(target: Target) -> Outcome {
    let stage = Stage::ours(&target, "it shows what it remembers").await?;
    let mut browser = with_refresh_token(&stage).await?;
    let mut sizes = Vec::new();
    for turn in 1..=60 {
        stage
            .press(&mut browser, "/refresh", &[])
            .await
            .map_err(|verdict| while_playing(verdict, "/token", &Reply::Judge))?;
        if turn % 30 == 0 {
            let memory = stage.memory(&mut browser).await?["storage"]["tokens"].to_string();
            sizes.push((memory.len(), browser.get(stage.url("/")).await?.body.len()));
        }
    }
    // A moment may be written with more digits or fewer.
    let grown = |before: usize, after: usize| after > before + 100;
    if grown(sizes[0].0, sizes[1].0) || grown(sizes[0].1, sizes[1].1) {
        let got = format!("bytes in /debug/state and on the page: {sizes:?}");
        return Err(kit::verdict::Verdict::failed("60 refreshes", "no growth after the 30th", got));
    }
    Ok(())
}
