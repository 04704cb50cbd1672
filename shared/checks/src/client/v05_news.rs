//! What has just happened is told, once.

use super::stage::Stage;
use super::v06_refresh::with_refresh_token;
use crate::{Check, rule};
use kit::html::tags;
use kit::{Answer, Browser, Outcome, Target};

/// How many messages does the page have?
fn messages(page: &Answer) -> usize {
    let is_message = |(name, value): &(String, String)| name == "role" && value == "status";
    tags(&page.body).iter().filter(|tag| tag.attributes.iter().any(is_message)).count()
}

fn must_tell(page: &Answer, wanted: usize) -> Outcome {
    let found = messages(page);
    page.must(found == wanted, format!("{wanted} elements with role=status, not {found}"))?;
    Ok(())
}

/// Neither page has a message.
async fn silent(stage: &Stage, browser: &mut Browser) -> Outcome {
    for path in ["/", "/profile", "/"] {
        must_tell(&browser.get(stage.url(path)).await?, 0)?;
    }
    Ok(())
}

rule!(
    Check::client("R5.7", "the page tells a new login once")
        .lab_rule("lab rule", "The first page after a login, home or profile, has a message of what happened; the next ones have none.")
        .why("What is marked as new for ever is not new: the learner looks for what the last click did.")
        .run(|target| Box::pin(login(target)))
);
async fn login(target: Target) -> Outcome {
    let stage = Stage::ours(&target, "how it tells is its own affair").await?;
    for first in ["/", "/profile"] {
        let mut browser = stage.browser();
        let flow = stage.begin(&mut browser).await?;
        browser.get(flow.callback).await?.must_be(303)?;
        must_tell(&browser.get(stage.url(first)).await?, 1)?;
        silent(&stage, &mut browser).await?;
    }
    Ok(())
}

rule!(
    Check::client("R6.9", "the page tells a renewal once")
        .lab_rule("lab rule", "The first page after a refresh, by the button or because the API refused the token, says so; the next one does not.")
        .why("A renewal that nobody sees teaches nothing.")
        .run(|target| Box::pin(renewal(target)))
);
async fn renewal(target: Target) -> Outcome {
    let stage = Stage::ours(&target, "how it tells is its own affair").await?;
    let mut browser = with_refresh_token(&stage).await?;
    silent(&stage, &mut browser).await?;
    for _ in 0..2 {
        must_tell(&stage.press(&mut browser, "/refresh", &[]).await?, 1)?;
        silent(&stage, &mut browser).await?;
        stage.play.revoke_access_tokens();
        must_tell(&stage.shows_user(&mut browser).await?, 1)?;
        silent(&stage, &mut browser).await?;
    }
    Ok(())
}
