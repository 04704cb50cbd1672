//! A login that the server has ended, a server that is only ill, and the page of a refresh.

use std::time::Duration;

use super::judge::while_playing;
use super::profile::links_to;
use super::stage::Stage;
use super::v06_refresh::{refreshed, with_refresh_token};
use crate::{Check, rule};
use kit::html::text;
use kit::ladder::Capability;
use kit::play::Reply;
use kit::{Answer, Browser, Http, Outcome, Target, Verdict};

/// Longer than our client waits, and a browser with more patience.
const TOO_SLOW: Duration = Duration::from_secs(12);
const PATIENCE: Duration = Duration::from_secs(20);

rule!(
    Check::client("R6.8", "the button refreshes at once")
        .lab_rule("RFC 6749 §6", "POST /refresh makes one refresh and leads home; without a login it leads home and asks nobody.")
        .why("The lesson is to see the tokens change; half an hour is long to wait for it.")
        .run(|target| Box::pin(button(target)))
);
async fn button(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = with_refresh_token(&stage).await?;
    stage.press(&mut browser, "/refresh", &[]).await?.must_be_page(200)?;
    refreshed(&stage, 1)?;
    stage.shows_user(&mut browser).await?;
    refreshed(&stage, 1)?;
    stage.press(&mut stage.browser(), "/refresh", &[]).await?.must_be_page(200)?;
    refreshed(&stage, 1)
}

rule!(
    Check::client("R6.8", "the page shows a curl line that replays the old refresh token")
        .lab_rule("RFC 9700 §4.14.2", "After a refresh the home page holds a curl line for /token with grant_type=refresh_token and the token that was used up, and nothing of the live one.")
        .why("The lesson is to see a stolen token being noticed; the thief's part is played in a terminal, not by the client.")
        .run(|target| Box::pin(curl_line(target)))
);
async fn curl_line(target: Target) -> Outcome {
    let stage = Stage::ours(&target, "its page is its own affair").await?;
    let mut browser = with_refresh_token(&stage).await?;
    for turn in 1..=2 {
        stage.press(&mut browser, "/refresh", &[]).await?;
        let home = browser.get(stage.url("/")).await?;
        let sent = stage.play.grants("refresh_token");
        let used = sent.last().and_then(|request| request.form("refresh_token"));
        let used = used.unwrap_or_default().to_owned();
        let words = text(&home.body);
        let line = words.split("curl ").skip(1).find(|rest| rest.contains(&used));
        let line = line.unwrap_or_default();
        let whole = line.contains(&format!("{}/token", stage.play.url()))
            && line.contains("grant_type=refresh_token")
            && line.contains("demo-client");
        home.must(whole, format!("a curl line for /token that replays {used}"))?;
        let live = stage.play.issued().last().cloned().unwrap_or_default();
        home.must(!home.body.contains(&live), "nothing of the live refresh token")?;
        refreshed(&stage, turn)?;
    }
    Ok(())
}

rule!(
    Check::client("E20", "a login that the server has ended is over, and the page says so")
        .since(Capability::Refresh)
        .lab_rule("RFC 6749 §5.2", "After invalid_grant at a refresh nobody is logged in, neither /token nor the API is asked again, and home tells it and leads to a new login.")
        .why("A grant that was withdrawn must end in a sentence, not in a loop, and not in a dead token that looks alive.")
        .run(|target| Box::pin(ended(target)))
);
async fn ended(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    for by_button in [false, true] {
        let mut browser = with_new_login(&stage).await?;
        let before = stage.play.grants("refresh_token").len();
        stage.play.revoke_all();
        if by_button {
            stage.press(&mut browser, "/refresh", &[]).await?;
        } else {
            let page = browser.get(stage.url("/profile")).await?;
            stage.settle(&mut browser, page).await?;
        }
        let (token, api) =
            (stage.play.grants("refresh_token").len(), stage.play.heard_at("/api/me").len());
        is_over(&stage, &mut browser).await?;
        let home = browser.get(stage.url("/")).await?;
        let again = stage.play.grants("refresh_token").len() - before;
        home.must(again == 1 && token - before == 1, "one refresh request, and none after it")?;
        home.must(stage.play.heard_at("/api/me").len() == api, "no request with the dead token")?;
        stage.log_in(&mut browser).await?;
        stage.shows_user(&mut browser).await?;
        let home = browser.get(stage.url("/")).await?;
        let told = stage.ours && tells_the_end(&home);
        home.must(!told, "after the new login a page that no longer tells of the old one")?;
    }
    Ok(())
}

/// A browser that is logged in with a refresh token, whatever was refreshed before.
async fn with_new_login(stage: &Stage) -> Result<Browser, Verdict> {
    if stage.play.grants("refresh_token").is_empty() {
        return with_refresh_token(stage).await;
    }
    let mut browser = stage.browser();
    stage.log_in(&mut browser).await?;
    stage.shows_user(&mut browser).await?;
    Ok(browser)
}

fn tells_the_end(page: &Answer) -> bool {
    let words = text(&page.body);
    words.contains("login has ended") || words.contains("login was ended")
}

/// Nobody is logged in, home says why and leads to a new login, and `/profile` is no fault.
async fn is_over(stage: &Stage, browser: &mut Browser) -> Outcome {
    let (logged_in, home) = stage.is_logged_in(browser).await?;
    home.must(!logged_in, "a home page of nobody, without a form to /logout")?;
    home.must(links_to(&home, "/start"), "a link to a new login")?;
    if stage.ours {
        home.must(tells_the_end(&home), "a page that says that the login has ended")?;
    }
    for _ in 0..2 {
        stage.shows_nobody(browser).await?;
    }
    Ok(())
}

rule!(
    Check::client("E20", "a server that is ill does not cost the login")
        .since(Capability::Refresh)
        .lab_rule("RFC 6749 §5.2", "When a refresh is answered by 500, 503, 429, HTML, a redirect, no JSON or nothing, /profile is a 502 page, and the same refresh token works afterwards.")
        .why("Only invalid_grant says that the token is dead; everything else may be over in a minute.")
        .run(|target| Box::pin(ill(target)))
);
async fn ill(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = with_refresh_token(&stage).await?;
    let failures = [
        Reply::text(500, "sorry"),
        Reply::error(503, "temporarily_unavailable"),
        Reply::text(429, "slowly"),
        Reply::text(302, ""),
        Reply::text(200, "<p>It works!</p>"),
        Reply::text(400, "no JSON"),
        Reply::HangUp,
    ];
    for (turn, reply) in failures.into_iter().enumerate() {
        stage.play.script(|script| script.refresh_grant = reply.clone());
        stage.play.revoke_access_tokens();
        let page = browser.get(stage.url("/profile")).await?;
        page.must_be_page(502).map_err(|verdict| while_playing(verdict, "/token", &reply))?;
        refreshed(&stage, turn + 1)?;
        stage.must_be_logged_in(&mut browser, true).await?;
    }
    stage.play.script(|script| script.refresh_grant = Reply::Judge);
    stage.shows_user(&mut browser).await?;
    Ok(())
}

rule!(
    Check::client("E20", "a refresh that takes too long does not cost the login")
        .since(Capability::Refresh)
        .lab_rule("lab rule", "No answer to a refresh within ten seconds: a 502 page, and the refresh token is still there.")
        .why("A slow server has not said no.")
        .run(|target| Box::pin(slow(target)))
);
async fn slow(target: Target) -> Outcome {
    let stage = Stage::ours(&target, "how long is its own affair").await?;
    let known = with_refresh_token(&stage).await?;
    let mut browser = Browser::new(&Http::new(PATIENCE));
    super::judge::share_cookies(&mut browser, std::slice::from_ref(&known));
    stage.play.revoke_access_tokens();
    // Silent, but not used up: the played server does not judge what it answers by script.
    stage.play.script(|script| {
        script.token_delay = TOO_SLOW;
        script.refresh_grant = Reply::HangUp;
    });
    browser.get(stage.url("/profile")).await?.must_be_page(502)?;
    stage.play.script(|script| {
        script.token_delay = Duration::ZERO;
        script.refresh_grant = Reply::Judge;
    });
    stage.shows_user(&mut browser).await?;
    refreshed(&stage, 2)
}
