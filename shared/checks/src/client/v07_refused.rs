//! What the client says when the API refuses: what is missing, and whether asking would help.

use super::judge::while_playing;
use super::profile::{NAME, links_to};
use super::stage::Stage;
use super::v07_asks::offers;
use crate::{Check, rule};
use kit::html::text;
use kit::play::Reply;
use kit::play::http::RawResponse;
use kit::{Answer, Outcome, Target, Verdict};

rule!(
    Check::client("R7.5", "a refused note is explained, and the page offers to ask for what is missing")
        .lab_rule("RFC 6750 §3.1", "403 insufficient_scope for POST /notes: a page that shows the challenge and leads to /start?for=write; the login stays, and nothing is refreshed.")
        .why("The token is good; a new one of the same kind would be refused like it.")
        .run(|target| Box::pin(explained(target)))
);
async fn explained(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = super::v06_refresh::with_refresh_token(&stage).await?;
    // The form is not on the page, but anybody can send it from there.
    let page = browser.post(&stage.url("/notes"), &[("text", "Feed the cat.")]).await?;
    page.must_be_page(200)?;
    page.must(offers(&page, "write"), "a link to /start?for=write")?;
    let words = text(&page.body);
    for word in [
        "403",
        "insufficient_scope",
        "scope=\"notes:write\"",
    ] {
        page.must(words.contains(word), format!("a page that shows {word}"))?;
    }
    super::v06_refresh::refreshed(&stage, 0)?;
    stage.shows_user(&mut browser).await?;
    let page = stage.log_in_at(&mut browser, "/start?for=write").await?;
    page.must_be_page(200)?;
    stage
        .press(&mut browser, "/notes", &[("text", "Feed the cat.")])
        .await?
        .must_be_page(200)?;
    Ok(())
}

rule!(
    Check::client("R7.7", "the client offers no question where no answer helps")
        .lab_rule("RFC 6750 §3.1", "403 access_denied, or another failure of the API, for /notes and /users: the page says which it is and does not lead to /start for more; the login stays, and the page works afterwards.")
        .why("Nobody can lend what they do not have, however often they are asked.")
        .run(|target| Box::pin(no_use(target)))
);
async fn no_use(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    stage.log_in_at(&mut browser, "/start?for=admin").await?.must_be_page(200)?;
    for (reply, status) in [
        (Reply::error(403, "access_denied"), 200),
        (Reply::error(403, "INSUFFICIENT_SCOPE"), 502),
        (Reply::text(500, "sorry"), 502),
        (Reply::text(503, "later"), 502),
        (Reply::text(404, "Not Found"), 502),
        (Reply::text(200, "no JSON"), 502),
        (Reply::text(200, "{}"), 502),
        (Reply::Always(RawResponse::new(500, "application/json", LISTS)), 502),
        (Reply::HangUp, 502),
    ] {
        stage.play.script(|script| script.more = reply.clone());
        for (path, purpose) in [("/users", "admin"), ("/notes", "read")] {
            let page = browser.get(stage.url(path)).await?;
            let judged = dead_end(&page, status, purpose);
            judged.map_err(|verdict| while_playing(verdict, path, &reply))?;
        }
        stage.must_be_logged_in(&mut browser, true).await?;
    }
    stage.play.script(|script| script.more = Reply::Judge);
    browser.get(stage.url("/users")).await?.must_be_page(200)?;
    Ok(())
}

/// What would be an answer, if it were not a failure.
const LISTS: &str =
    r#"{"notes":[{"text":"x","written_by":"y"}],"users":[{"user_id":"z","roles":[]}]}"#;

/// A page that does not offer to ask for more. A client of somebody else may choose another status.
fn dead_end(page: &Answer, status: u16, purpose: &str) -> Result<(), Verdict> {
    page.must_be_page(status)?;
    page.must(!offers(page, purpose), format!("no link to /start?for={purpose}"))?;
    Ok(())
}

rule!(
    Check::client("R7.5", "a profile that the user did not allow is explained")
        .lab_rule("RFC 6750 §3.1", "403 insufficient_scope for /profile: a page that shows the challenge, names the scope that the client has, and leads to /start; the login stays, and /notes is still there.")
        .why("She has unticked \"see who you are\". \"The API couldn't answer\" is not what happened.")
        .run(|target| Box::pin(no_profile(target)))
);
async fn no_profile(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    stage.play.script(|script| script.granted = Some("notes:read".to_owned()));
    stage.log_in_at(&mut browser, "/start?for=read").await?.must_be_page(200)?;
    let page = browser.get(stage.url("/profile")).await?;
    page.must_be_page(200)?;
    page.must(links_to(&page, "/start"), "a link to /start")?;
    let words = text(&page.body);
    for word in [
        "insufficient_scope",
        "notes:read",
        "scope=\"profile\"",
    ] {
        page.must(words.contains(word), format!("a page that shows {word}"))?;
    }
    stage.must_be_logged_in(&mut browser, true).await?;
    browser.get(stage.url("/notes")).await?.must_be_page(200)?;
    Ok(())
}

rule!(
    Check::client("R7.5", "a refusal that is not about a scope leads where it helps")
        .lab_rule("RFC 6750 §3.1", "POST /notes is a 502 page for each of these: 400 invalid_request leads back to /notes, and not to /start; 500 to neither, and the login stays; 401 invalid_token to /start, because the token is over.")
        .why("\"Try again in a moment\" sends people round in circles when a moment changes nothing.")
        .run(|target| Box::pin(other_refusals(target)))
);
async fn other_refusals(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    stage.log_in_at(&mut browser, "/start?for=write").await?.must_be_page(200)?;
    // The 401 comes last: a client may take it for the end of the login.
    for (reply, leads) in [
        (Reply::error(400, "invalid_request"), [true, false]),
        (Reply::error(500, "server_error"), [false, false]),
        (Reply::error(401, "invalid_token"), [false, true]),
    ] {
        stage.play.script(|script| script.more = reply.clone());
        let page = browser.post(&stage.url("/notes"), &[("text", "Feed the cat.")]).await?;
        let judged = leads_to(&page, leads);
        judged.map_err(|verdict| while_playing(verdict, "/api/notes", &reply))?;
    }
    Ok(())
}

/// A page that leads to the notes, to a new login, to both or to neither.
fn leads_to(page: &Answer, [notes, start]: [bool; 2]) -> Outcome {
    page.must_be_page(502)?;
    for (path, wanted) in [("/notes", notes), ("/start", start)] {
        let way = if wanted { "a link" } else { "no link" };
        page.must(links_to(page, path) == wanted, format!("{way} to {path}"))?;
    }
    Ok(())
}

rule!(
    Check::client("R7.5", "the pages of notes and users say whose they are")
        .lab_rule(
            "lab rule",
            "When the API says in sub whose token it is, /notes and /users name that user."
        )
        .why("After a login that somebody else started, this line is all that could make her stop.")
        .run(|target| Box::pin(whose(target)))
);
async fn whose(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    stage.play.script(|script| script.username = NAME.to_owned());
    for (purpose, path) in [("read", "/notes"), ("admin", "/users")] {
        stage.log_in_at(&mut browser, &format!("/start?for={purpose}")).await?;
        let page = browser.get(stage.url(path)).await?;
        page.must_be_page(200)?;
        let line = text(&page.body).contains(&format!("logged in as {NAME}"));
        page.must(line, "the line that says who is logged in")?;
    }
    Ok(())
}
