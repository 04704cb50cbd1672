//! The client and its access token: nobody sees it, and logout forgets it (draft-ietf-oauth-v2-1 §7.1.3).

use super::judge::cookies_of;
use super::profile::NAME;
use super::stage::Stage;
use crate::{Check, rule};
use kit::encoding::{from_base64url, path};
use kit::ladder::Capability;
use kit::play::RefreshTokens;
use kit::{Answer, Outcome, Target};

rule!(
    Check::client("R5.7", "the token is in no URL, page or cookie of the client")
        .must("draft-ietf-oauth-v2-1 §7.1.3.7", "Through a whole visit, no answer of the client holds an access token or a live refresh token, /debug apart.")
        .why("A browser is the place where tokens get stolen: by scripts, extensions, histories and screenshots.")
        .run(|target| Box::pin(nowhere(target)))
);
async fn nowhere(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    stage.play.script(|script| script.username = NAME.to_owned());
    if stage.has(Capability::Refresh) {
        stage.play.script(|script| script.refresh_tokens = RefreshTokens::Rotate);
    }
    let mut browser = stage.browser();
    let begun = stage.begin(&mut browser).await?;
    let mut seen = vec![
        begun.start.clone(),
        browser.get(begun.callback.clone()).await?,
    ];
    for path in [
        "/",
        "/profile",
        "/start",
        "/no-such-page",
        "/callback?error=access_denied",
    ] {
        seen.push(browser.get(stage.url(path)).await?);
    }
    seen.push(stage.shows_user(&mut browser).await?);
    if stage.has(Capability::Refresh) {
        for _ in 0..2 {
            seen.push(browser.post::<&str, &str>(&stage.url("/refresh"), &[]).await?);
            seen.push(browser.get(stage.url("/")).await?);
            seen.push(browser.get(stage.url("/profile")).await?);
        }
    }
    let used = used_up(&stage);
    seen.push(browser.post::<&str, &str>(&stage.url("/logout"), &[]).await?);
    seen.push(browser.get(stage.url("/")).await?);
    for answer in &seen {
        // The one secret that may be shown is one no longer: the home page offers it to be replayed.
        let is_home = path(&answer.request.url) == "/";
        let live = |token: &&String| !is_home || !used.contains(token);
        let issued = stage.play.issued();
        holds_none(answer, issued.iter().filter(live))?;
    }
    stage.still_works().await
}

/// The refresh tokens that were sent, and so replaced.
fn used_up(stage: &Stage) -> Vec<String> {
    let sent = stage.play.grants("refresh_token");
    sent.iter()
        .filter_map(|request| request.form("refresh_token").map(str::to_owned))
        .collect()
}

/// No header and no byte of the body is a token, also not packed in BASE64URL, as signed cookies do.
fn holds_none<'a>(answer: &Answer, tokens: impl Iterator<Item = &'a String>) -> Outcome {
    let headers =
        answer.headers.iter().map(|header| header.1.clone()).collect::<Vec<_>>().join("\n");
    let unpacked = headers
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')
        .filter_map(from_base64url)
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .collect::<Vec<_>>()
        .join("\n");
    for token in tokens {
        let found =
            [&headers, &unpacked, &answer.body].into_iter().any(|text| text.contains(token));
        answer.must(!found, format!("nothing of the token {token}"))?;
    }
    Ok(())
}

rule!(
    Check::client("R5.11", "logout forgets the tokens and the session")
        .lab_rule("OWASP session management", "After POST /logout neither the new nor the old cookie opens /profile, and the API is not asked.")
        .why("Who says goodbye at a shared computer must be gone, whoever copied the cookie before.")
        .run(|target| Box::pin(logout(target)))
);
async fn logout(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    stage.play.script(|script| script.username = NAME.to_owned());
    let mut browser = stage.browser();
    stage.log_in(&mut browser).await?;
    stage.shows_user(&mut browser).await?;
    let mut copied = browser.clone();
    let before = cookies_of(&browser, &stage.client);
    let page = stage.press(&mut browser, "/logout", &[]).await?;
    let after = cookies_of(&browser, &stage.client);
    page.must(before != after, "a session cookie that was removed or replaced")?;
    stage.shows_nobody(&mut browser).await?;
    stage.shows_nobody(&mut copied).await?;
    stage.log_in(&mut browser).await?;
    stage.shows_user(&mut browser).await?;
    Ok(())
}
