//! The client renews its access token: by rotation, without losing a token on the way (RFC 6749 §6).

use super::profile::NAME;
use super::stage::Stage;
use crate::{Check, rule};
use kit::play::{RefreshTokens, Reply};
use kit::target::outlive;
use kit::{Browser, Outcome, Target, Verdict};

/// A browser that is logged in with a refresh token.
pub(super) async fn with_refresh_token(stage: &Stage) -> Result<Browser, Verdict> {
    stage.play.script(|script| {
        script.username = NAME.to_owned();
        script.refresh_tokens = RefreshTokens::Rotate;
    });
    let mut browser = stage.browser();
    stage.log_in(&mut browser).await?;
    stage.shows_user(&mut browser).await?;
    let early = stage.play.grants("refresh_token").len();
    if early == 0 {
        Ok(browser)
    } else {
        Err(refreshes(stage, "no refresh while the access token is good"))
    }
}

/// A browser that is logged in with an access token that lives for one second; those after it live long.
pub(super) async fn short_lived(stage: &Stage) -> Result<Browser, Verdict> {
    stage.play.script(|script| {
        script.username = NAME.to_owned();
        script.refresh_tokens = RefreshTokens::Rotate;
        script.expires_in = Some(1);
    });
    let mut browser = stage.browser();
    stage.log_in(&mut browser).await?;
    stage.play.script(|script| script.expires_in = Some(1800));
    Ok(browser)
}

/// What was sent to refresh, as a failure.
pub(super) fn refreshes(stage: &Stage, wanted: &str) -> Verdict {
    let heard = stage.play.grants("refresh_token");
    let lines = heard.iter().map(|request| request.line()).collect::<Vec<_>>().join("\n");
    let got = format!(
        "{} refresh requests, {} with a used token\n{lines}",
        heard.len(),
        stage.play.reused()
    );
    Verdict::failed("a login, and GET /profile when the access token was dead", wanted, got)
}

/// So many refreshes were made in all, and none with a used token.
pub(super) fn refreshed(stage: &Stage, times: usize) -> Outcome {
    let good = stage.play.grants("refresh_token").len() == times && stage.play.reused() == 0;
    if good {
        Ok(())
    } else {
        Err(refreshes(stage, &format!("{times} refresh requests, none with a used token")))
    }
}

rule!(
    Check::client("R6.8", "each refresh uses the newest refresh token")
        .must("draft-ietf-oauth-v2-1 §4.3.2", "The refresh token of a response replaces the old one, and the next refresh sends the new one.")
        .why("A server that rotates takes an old token for a theft and ends the login.")
        .run(|target| Box::pin(newest(target)))
);
async fn newest(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = with_refresh_token(&stage).await?;
    for turn in 1..=3 {
        stage.play.revoke_access_tokens();
        stage.shows_user(&mut browser).await?;
        refreshed(&stage, turn)?;
    }
    authenticated(&stage)
}

/// A confidential client authenticates when it refreshes, too (RFC 6749 §6).
fn authenticated(stage: &Stage) -> Outcome {
    let good = stage.play.grants("refresh_token").iter().all(|request| {
        request.query.is_empty()
            && request.basic().is_some() != request.form("client_secret").is_some()
    });
    if good {
        Ok(())
    } else {
        Err(refreshes(stage, "client authentication with each, and nothing in the query"))
    }
}

rule!(
    Check::client("R6.8", "a new refresh token is kept even if the request that needed it fails")
        .must("draft-ietf-oauth-v2-1 §4.3.2", "The client stores the tokens before it uses them: an API that fails just then loses nothing.")
        .why("The old token is dead the moment the new one is issued; an unstored new one is a lost login.")
        .run(|target| Box::pin(stored_first(target)))
);
async fn stored_first(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = short_lived(&stage).await?;
    outlive(1).await;
    // The refresh succeeds, and the request that it was made for gets no answer.
    stage.play.script(|script| script.api = Reply::HangUp);
    let page = browser.get(stage.url("/profile")).await?;
    page.must(page.status >= 400, "an error page: the API did not answer")?;
    stage.play.script(|script| script.api = Reply::Judge);
    stage.play.revoke_access_tokens();
    stage.shows_user(&mut browser).await?;
    if stage.play.reused() == 0 {
        return Ok(());
    }
    Err(refreshes(&stage, "no refresh with a used token"))
}

rule!(
    Check::client("R6.8", "a refresh response without a refresh token leaves the old one in use")
        .must("RFC 6749 §6", "When a refresh brings no refresh_token, the client keeps the one that it has.")
        .why("Rotation is the server's choice; a server that does not rotate must not log the user out.")
        .run(|target| Box::pin(kept(target)))
);
async fn kept(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = with_refresh_token(&stage).await?;
    stage.play.script(|script| script.refresh_tokens = RefreshTokens::Keep);
    for turn in 1..=2 {
        stage.play.revoke_access_tokens();
        stage.shows_user(&mut browser).await?;
        refreshed(&stage, turn)?;
    }
    let sent = stage.play.grants("refresh_token");
    let same =
        sent.iter().all(|request| request.form("refresh_token") == sent[0].form("refresh_token"));
    if same {
        Ok(())
    } else {
        Err(refreshes(&stage, "the same refresh token twice"))
    }
}
