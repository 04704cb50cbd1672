//! What the client believes to have: what it was told, and what it asked for when it was told nothing.

use super::stage::Stage;
use super::v06_refresh::refreshed;
use super::v07_asks::offers;
use crate::{Check, rule};
use kit::html::text;
use kit::play::RefreshTokens;
use kit::{Answer, Browser, Outcome, Target, Verdict};
use serde_json::{Value, json};

const WRITE: &str = "profile notes:read notes:write";

/// `/notes`, with its form to write or without.
async fn notes(stage: &Stage, browser: &mut Browser, may_write: bool) -> Result<Answer, Verdict> {
    let page = browser.get(stage.url("/notes")).await?;
    page.must_be_page(200)?;
    let form = kit::html::forms(&page.body).iter().any(|form| form.has("text"));
    let wanted = if may_write {
        "a form to write a note"
    } else {
        "no form to write a note, but a link to ask for it"
    };
    page.must(form == may_write && offers(&page, "write") != may_write, wanted)?;
    Ok(page)
}

/// The home page names what was granted and what was asked for.
async fn shows(stage: &Stage, browser: &mut Browser, granted: &str, asked: &str) -> Outcome {
    let home = browser.get(stage.url("/")).await?;
    home.must_be_page(200)?;
    let words = text(&home.body);
    let told = |scope: &str| words.contains(&format!(" {scope} "));
    home.must(
        told(granted) && told(asked),
        format!("what was granted, {granted}, and asked for, {asked}"),
    )?;
    Ok(())
}

rule!(
    Check::client("R7.2", "a token response without scope means all that was asked for")
        .lab_rule("RFC 6749 §5.1", "Without scope, or with an empty one or null, the client offers and shows all that it asked for.")
        .why("Silence says: as you asked. Whoever takes it for nothing asks its user again and again.")
        .run(|target| Box::pin(silence(target)))
);
async fn silence(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    for members in [
        Value::Null,
        json!({ "scope": "" }),
        json!({ "scope": null }),
    ] {
        stage.play.script(|script| script.members = members);
        let mut browser = stage.browser();
        stage.log_in_at(&mut browser, "/start?for=write").await?;
        notes(&stage, &mut browser, true).await?;
        if stage.ours {
            shows(&stage, &mut browser, WRITE, WRITE).await?;
        }
    }
    Ok(())
}

rule!(
    Check::client("R7.4", "the client knows that it got less than it asked for")
        .lab_rule("RFC 6749 §5.1", "With scope \"profile notes:read\" or a name that only begins like it, no form to write is offered, and the home page shows what was granted beside what was asked for; with all of it the form is there.")
        .why("A button for something that is going to be refused is a promise that the client cannot keep.")
        .run(|target| Box::pin(less(target)))
);
async fn less(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    for (granted, may_write) in [
        ("profile notes:read", false),
        ("notes:read", false),
        ("profile notes:read notes:writer", false),
        ("profile notes:read Notes:write", false),
        ("notes:write notes:read profile", true),
    ] {
        stage.play.script(|script| script.granted = Some(granted.to_owned()));
        let mut browser = stage.browser();
        stage.log_in_at(&mut browser, "/start?for=write").await?;
        notes(&stage, &mut browser, may_write).await?;
        if stage.ours {
            shows(&stage, &mut browser, granted, WRITE).await?;
        }
    }
    Ok(())
}

rule!(
    Check::client("R7.6", "the scope of a refresh counts from then on, and silence changes nothing")
        .lab_rule("RFC 6749 §5.1, §6", "After a refresh whose response says a narrower scope the client offers that; one without scope leaves it as it was, wider or narrower; and the client itself asks for no scope.")
        .why("What a token may do can change while nobody looks.")
        .run(|target| Box::pin(refreshed_scope(target)))
);
async fn refreshed_scope(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    stage.play.script(|script| script.refresh_tokens = RefreshTokens::Rotate);
    let mut browser = stage.browser();
    stage.log_in_at(&mut browser, "/start?for=write").await?;
    notes(&stage, &mut browser, true).await?;
    let narrow = Some("profile notes:read".to_owned());
    for (turn, (granted, may_write)) in [
        (None, true),
        (narrow.clone(), false),
        (Some(WRITE.to_owned()), true),
        (narrow, false),
    ]
    .into_iter()
    .enumerate()
    {
        stage.play.script(|script| script.granted = granted);
        stage.press(&mut browser, "/refresh", &[]).await?;
        refreshed(&stage, turn + 1)?;
        notes(&stage, &mut browser, may_write).await?;
    }
    // The server says nothing, so it is what it was: the narrow one.
    stage.play.script(|script| script.granted = None);
    stage.press(&mut browser, "/refresh", &[]).await?;
    let page = notes(&stage, &mut browser, false).await?;
    let sent = stage.play.grants("refresh_token");
    let silent = sent.iter().all(|request| request.form("scope").is_none());
    page.must(silent, "refreshes without a scope")?;
    Ok(())
}
