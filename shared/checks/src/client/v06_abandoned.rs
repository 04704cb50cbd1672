//! A refresh that nobody waits for any more.

use std::time::Duration;

use super::judge::share_cookies;
use super::stage::Stage;
use super::together::all;
use super::v06_refresh::{refreshed, with_refresh_token};
use crate::{Check, rule};
use kit::play::Reply;
use kit::{Browser, Http, Outcome, Target, Verdict};

/// How long the played server thinks, and how long the tab waits.
const SLOW: Duration = Duration::from_millis(1_500);
const IMPATIENT: Duration = Duration::from_millis(500);

rule!(
    Check::client("R6.9", "a tab that is closed during a refresh does not cost the login")
        .lab_rule("draft-ietf-oauth-v2-1 §4.3.2", "The browser hangs up while the client refreshes; afterwards the new tokens are there, without a second refresh.")
        .why("The server has replaced the refresh token by then: whoever does not keep the answer has lost the login.")
        .run(|target| Box::pin(abandoned(target)))
);
async fn abandoned(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = with_refresh_token(&stage).await?;
    stage.play.revoke_access_tokens();
    stage.play.script(|script| script.token_delay = SLOW);
    let mut tab = Browser::new(&Http::new(IMPATIENT));
    share_cookies(&mut tab, std::slice::from_ref(&browser));
    if tab.get(stage.url("/profile")).await.is_ok() {
        return Err(Verdict::failed(
            "GET /profile, and the browser hangs up after half a second",
            "an answer only after the refresh, which takes longer",
            "an answer at once",
        ));
    }
    tokio::time::sleep(SLOW).await;
    stage.play.script(|script| script.token_delay = Duration::ZERO);
    stage.shows_user(&mut browser).await?;
    refreshed(&stage, 1)
}

rule!(
    Check::client("R6.9", "refreshes that nobody waits for do not stand in the way")
        .lab_rule("lab rule", "While a refresh hangs, five requests that wait behind it hang up. The next one finds nobody before it.")
        .why("Each of them would keep its owner waiting for a whole time-out, and hold a connection.")
        .run(|target| Box::pin(left(target)))
);
async fn left(target: Target) -> Outcome {
    let stage = Stage::ours(&target, "its refreshes wait for each other").await?;
    let mut browser = with_refresh_token(&stage).await?;
    stage.play.revoke_access_tokens();
    stage.play.script(|script| {
        script.token_delay = SLOW;
        script.refresh_grant = Reply::error(503, "temporarily_unavailable");
    });
    let url = stage.url("/profile");
    let tabs = (0..6).map(|_| {
        let mut tab = Browser::new(&Http::new(IMPATIENT));
        share_cookies(&mut tab, std::slice::from_ref(&browser));
        let url = url.clone();
        async move { tab.get(url).await.is_ok() }
    });
    if all(tabs.collect()).await.contains(&true) {
        return Err(Verdict::failed(
            "six times GET /profile, and the browsers hang up after half a second",
            "no answer before the refresh, which takes longer",
            "an answer at once",
        ));
    }
    // One of them had its turn and may end; this one is the second.
    browser.get(&url).await?;
    refreshed(&stage, 2)
}
