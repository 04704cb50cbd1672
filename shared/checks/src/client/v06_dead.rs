//! Refresh tokens that are dead: replayed on purpose, or refused by the server.

use super::judge::while_playing;
use super::stage::Stage;
use super::v06_refresh::refreshed;
use super::v06_refresh::with_refresh_token;
use crate::check::Check;
use crate::check::Keyword;
use crate::check::Outcome;
use crate::check::Subject;
use crate::html::text;
use crate::play::Reply;
use crate::target::Target;

/// The checks of this file.
pub fn checks() -> Vec<Check> {
    let base = Check {
        id: "R6.8",
        title: "the buttons refresh at once, and replay an old token",
        since: 6,
        until: None,
        subject: Subject::Client,
        keyword: Keyword::LabRule,
        section: "RFC 9700 §4.14.2",
        must: "POST /refresh makes one refresh; POST /replay sends an old token and shows the server's refusal.",
        why: "The lesson is to see a stolen token being noticed, and both copies die.",
        run: |target| Box::pin(buttons(target)),
    };
    vec![
        base.clone(),
        Check {
            id: "E20",
            title: "a refused refresh becomes a 502 page, and a new login works",
            keyword: Keyword::LabRule,
            section: "RFC 6749 §5.2",
            must: "When /token refuses the refresh or fails, /profile is a 502 page, asks a few times at most, \
                   and the browser can log in again.",
            why: "A grant that was withdrawn must end in a sentence, not in a loop.",
            run: |target| Box::pin(dead_family(target)),
            ..base
        },
    ]
}

async fn buttons(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = with_refresh_token(&stage).await?;
    stage.press(&mut browser, "/refresh", &[]).await?.must_be_page(200)?;
    refreshed(&stage, 1)?;
    stage.shows_user(&mut browser).await?;
    refreshed(&stage, 1)?;
    // The newest is on top of the list, so the one below it is used.
    let answer = browser.post(&stage.url("/replay"), &[("index", "1")]).await?;
    let page = stage.settle(&mut browser, answer).await?;
    page.must_be_page(200)?;
    page.must(text(&page.body).contains("invalid_grant"), "a page that shows invalid_grant")?;
    page.must(stage.play.reused() == 1, "one token request with the used refresh token")?;
    for index in ["99", "-1", "x", ""] {
        let answer = browser.post(&stage.url("/replay"), &[("index", index)]).await?;
        answer.must(answer.status < 500, "no server error for an index that is none")?;
    }
    stage.log_in(&mut browser).await?;
    stage.shows_user(&mut browser).await?;
    Ok(())
}

async fn dead_family(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = with_refresh_token(&stage).await?;
    let failures = [
        Reply::text(500, "sorry"),
        Reply::HangUp,
        Reply::text(200, "no JSON"),
    ];
    for reply in failures {
        stage.play.script(|script| script.refresh_grant = reply.clone());
        stage.play.revoke_access_tokens();
        let page = browser.get(stage.url("/profile")).await?;
        page.must_be_page(502).map_err(|verdict| while_playing(verdict, "/token", &reply))?;
    }
    // The server was ill, but the refresh token is still good.
    stage.play.script(|script| script.refresh_grant = Reply::Judge);
    stage.shows_user(&mut browser).await?;

    let before = stage.play.grants("refresh_token").len();
    stage.play.revoke_all();
    let page = browser.get(stage.url("/profile")).await?;
    page.must_be_page(502)?;
    page.must(text(&page.body).contains("invalid_grant"), "a page that names invalid_grant")?;
    let asked = stage.play.grants("refresh_token").len() - before;
    page.must(asked == 1, format!("one refresh request, not {asked}"))?;
    stage.log_in(&mut browser).await?;
    stage.shows_user(&mut browser).await?;
    Ok(())
}
