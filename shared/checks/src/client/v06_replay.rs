//! The line that the page offers for a terminal: the replay of a refresh token that is used up.

use super::stage::Stage;
use super::v06_refresh::with_refresh_token;
use crate::{Check, rule};
use kit::html::text;
use kit::ladder::Capability;
use kit::play::{RefreshTokens, Reply};
use kit::{Browser, Outcome, Request, Target, Verdict};
use serde_json::json;

/// What a shell would do something with, and what it becomes in a form.
const HOSTILE: &str = "aA0-._~';$(touch x)`x`&b=\"\\|>y<";
const HARMLESS: &str = "%27%3B%24%28touch%20x%29%60x%60%26b%3D%22%5C%7C%3Ey%3C";

rule!(
    Check::client("R6.8", "a line for the terminal holds nothing that a shell would act on")
        .lab_rule("RFC 6749 A.17, lab rule", "A refresh token with quotes, blanks and $( ) stands in the command of the page form-encoded.")
        .why("The server chooses the token. A line that people paste into a terminal would run what it chose.")
        .run(|target| Box::pin(harmless(target)))
);
async fn harmless(target: Target) -> Outcome {
    let stage = Stage::ours(&target, "it offers a replay of a used refresh token").await?;
    let mut browser = with_refresh_token(&stage).await?;
    for refresh_token in [HOSTILE, "the-next-one"] {
        let answer = json!({
            "access_token": "played",
            "token_type": "Bearer",
            "refresh_token": refresh_token,
        });
        stage.play.script(|script| script.refresh_grant = Reply::json(&answer));
        stage.press(&mut browser, "/refresh", &[]).await?;
    }
    let home = browser.get(stage.url("/")).await?;
    let page = text(&home.body);
    home.must(page.contains(HARMLESS), format!("{HARMLESS} in the command"))?;
    home.must(!page.contains("$(touch"), "no $(touch x) on the page")?;
    Ok(())
}

rule!(
    Check::client("R6.8", "a refresh token that still works is shown nowhere as a used one")
        .lab_rule("RFC 6749 §6", "When a refresh brings the same refresh_token, the page lists one, shortened, and offers no replay.")
        .why("A server may not rotate. Then the token before the last is the last, and the page would give it away.")
        .run(|target| Box::pin(still_good(target)))
);
async fn still_good(target: Target) -> Outcome {
    let stage = Stage::ours(&target, "it offers a replay of a used refresh token").await?;
    let mut browser = with_refresh_token(&stage).await?;
    let good = current(&stage, &mut browser).await?;
    stage.play.script(|script| {
        script.refresh_tokens = RefreshTokens::Keep;
        script.members = json!({ "refresh_token": good });
    });
    for _ in 0..2 {
        stage.press(&mut browser, "/refresh", &[]).await?;
        let home = browser.get(stage.url("/")).await?;
        let page = text(&home.body);
        home.must(!page.contains(&good), "the refresh token that works nowhere in full")?;
        home.must(!page.contains("Play the thief"), "no replay: no token is used up")?;
    }
    Ok(())
}

/// The refresh token that the client holds.
async fn current(stage: &Stage, browser: &mut Browser) -> Result<String, Verdict> {
    let tokens = stage.memory(browser).await?["storage"]["tokens"].take();
    let login = tokens.as_object().and_then(|rows| rows.values().next().cloned());
    let token = login.and_then(|row| row["refresh_token"].as_str().map(str::to_owned));
    token.ok_or_else(|| Verdict::failed("GET /debug/state", "a refresh_token", tokens.to_string()))
}

rule!(
    Check::client("E7", "what only this machine may see, no page shows to others")
        .since(Capability::Refresh)
        .lab_rule("lab rule", "Behind a proxy, or called by a foreign name, the page offers neither the replay, with its secret, nor /debug.")
        .why("The gate at /debug is worth nothing if a page beside it quotes what is behind it.")
        .run(|target| Box::pin(near_alone(target)))
);
async fn near_alone(target: Target) -> Outcome {
    let stage = Stage::ours(&target, "it offers a replay of a used refresh token").await?;
    let mut browser = with_refresh_token(&stage).await?;
    stage.press(&mut browser, "/refresh", &[]).await?;
    let home = browser.get(stage.url("/")).await?;
    let offers = [
        "Play the thief",
        "demo-secret",
        "href=\"/debug/state\"",
    ];
    let here = text(&home.body);
    home.must(offers[..2].iter().all(|offer| here.contains(offer)), "the replay, on this machine")?;
    for (name, value) in [
        ("X-Forwarded-For", "192.0.2.1"),
        ("X-Real-IP", "192.0.2.1"),
        ("Via", "1.0 proxy"),
        ("Host", "lab.example"),
    ] {
        let request = Request::get(stage.url("/")).header(name, value);
        let home = browser.send(request).await?;
        home.must_be_page(200)?;
        let offered = offers.iter().find(|offer| home.body.contains(**offer));
        home.must(
            offered.is_none(),
            format!("no word of {offers:?} in an answer to {name}: {value}"),
        )?;
    }
    Ok(())
}
