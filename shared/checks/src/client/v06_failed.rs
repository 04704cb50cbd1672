//! What the user sees of a refresh that fails: of the login's end, its end; of anything else, that.

use super::judge::while_playing;
use super::stage::Stage;
use super::v06_refresh::{refreshed, with_refresh_token};
use crate::{Check, rule};
use kit::encoding::path;
use kit::html::text;
use kit::ladder::Capability;
use kit::play::Reply;
use kit::{Outcome, Target};

rule!(
    Check::client("E20", "no error code but invalid_grant costs the login")
        .since(Capability::Refresh)
        .lab_rule("RFC 6749 §5.2", "When a refresh is answered by 400 or 401 with another code, or one that is almost invalid_grant, /profile is a 502 page and the same refresh token works afterwards.")
        .why("invalid_client says that this client is set up wrongly, not that the user's consent has ended.")
        .run(|target| Box::pin(other_codes(target)))
);
async fn other_codes(target: Target) -> Outcome {
    let stage = Stage::ours(&target, "what it does then is its own affair").await?;
    let mut browser = with_refresh_token(&stage).await?;
    let failures = [
        Reply::error(400, "invalid_request"),
        Reply::error(401, "invalid_client"),
        Reply::error(400, "unauthorized_client"),
        Reply::error(400, "invalid_scope"),
        Reply::error(400, ""),
        Reply::error(400, "INVALID_GRANT"),
        Reply::error(400, "invalid_grant_type"),
        Reply::error(400, "invalid"),
        Reply::error(403, "invalid_grant"),
        Reply::error(500, "invalid_grant"),
        Reply::error(200, "invalid_grant"),
    ];
    for (turn, reply) in failures.into_iter().enumerate() {
        stage.play.script(|script| script.refresh_grant = reply.clone());
        stage.play.revoke_access_tokens();
        let page = browser.get(stage.url("/profile")).await?;
        page.must_be_page(502).map_err(|verdict| while_playing(verdict, "/token", &reply))?;
        refreshed(&stage, turn + 1)?;
        let still = stage.must_be_logged_in(&mut browser, true).await;
        still.map_err(|verdict| while_playing(verdict, "/token", &reply))?;
    }
    stage.play.script(|script| script.refresh_grant = Reply::Judge);
    stage.shows_user(&mut browser).await?;
    Ok(())
}

rule!(
    Check::client("E20", "a refresh that fails is told, and the refused token is not sent again")
        .since(Capability::Refresh)
        .lab_rule("RFC 6749 §5.2", "When /token answers 500, /profile and POST /refresh are 502 pages that do not say that the login has ended, and the API has been asked once.")
        .why("Whoever hides the failure blames the token for it.")
        .run(|target| Box::pin(told(target)))
);
async fn told(target: Target) -> Outcome {
    let stage = Stage::ours(&target, "how it tells is its own affair").await?;
    let mut browser = with_refresh_token(&stage).await?;
    stage.play.script(|script| script.refresh_grant = Reply::text(500, "sorry"));
    stage.play.revoke_access_tokens();
    let before = stage.play.heard_at("/api/me").len();
    let by_itself = browser.get(stage.url("/profile")).await?;
    let asked = stage.play.heard_at("/api/me").len() - before;
    by_itself.must(asked == 1, format!("one request to the API, not {asked}"))?;
    let by_button = browser.post::<&str, &str>(&stage.url("/refresh"), &[]).await?;
    for page in [by_itself, by_button] {
        page.must_be_page(502)?;
        let words = text(&page.body);
        page.must(
            !words.contains("has ended"),
            "a page that does not say that the login has ended",
        )?;
        page.must(words.contains("500"), "a page that says what the server answered")?;
    }
    stage.must_be_logged_in(&mut browser, true).await
}

rule!(
    Check::client("E20", "a refresh that ends the login leads home at once")
        .since(Capability::Refresh)
        .lab_rule(
            "RFC 6749 §5.2",
            "After invalid_grant /profile is a redirect to home, and the API has been asked once."
        )
        .why("The client knows that the token is dead: sending it once more tells nobody anything.")
        .run(|target| Box::pin(leads_home(target)))
);
async fn leads_home(target: Target) -> Outcome {
    let stage = Stage::ours(&target, "where it leads is its own affair").await?;
    let mut browser = with_refresh_token(&stage).await?;
    stage.play.revoke_all();
    let before = stage.play.heard_at("/api/me").len();
    let answer = browser.get(stage.url("/profile")).await?;
    let home = answer.location().is_some_and(|to| path(&to) == "/");
    answer.must(answer.status == 303 && home, "303 to /")?;
    let asked = stage.play.heard_at("/api/me").len() - before;
    answer.must(asked == 1, format!("one request to the API, not {asked}"))?;
    refreshed(&stage, 1)
}
