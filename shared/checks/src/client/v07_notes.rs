//! The notes of the user, as the client shows and writes them.

use super::judge::{MARKUP, no_markup};
use super::stage::Stage;
use crate::{Check, rule};
use kit::encoding::path;
use kit::html::text;
use kit::ladder::Capability;
use kit::play::{RefreshTokens, Reply};
use kit::{Outcome, Target};
use serde_json::json;

rule!(
    Check::client("R7.5", "the client reads and writes notes with the user's token")
        .lab_rule("RFC 6750 §2.1", "/notes shows what the API sends; a note is sent as a form, byte for byte, with the token in the header and nowhere else, and the browser is back on /notes.")
        .why("The lesson is to see what a granted scope is good for.")
        .run(|target| Box::pin(round_trip(target)))
);
async fn round_trip(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    let page = stage.log_in_at(&mut browser, "/start?for=write").await?;
    let shown = text(&page.body).contains("a-note-from-the-api");
    page.must(shown, "the note that the API sent")?;
    for note in [
        "Feed the cat.",
        "a+b & c=d; 100 %",
        "Grüße, 猫",
        "text=x&admin=1",
    ] {
        let page = stage.press(&mut browser, "/notes", &[("text", note)]).await?;
        page.must(path(&page.request.url) == "/notes", "the notes again")?;
        let heard = stage.play.heard_at("/api/notes");
        let sent = heard.iter().rfind(|request| request.method == "POST");
        let sent = sent.ok_or_else(|| page.fail("a POST to the API"))?;
        let whole = sent.form("text") == Some(note) && sent.form.len() == 1;
        page.must(whole, format!("text={note}; heard: {}", sent.line()))?;
        let by_header = sent
            .bearer()
            .is_some_and(|token| stage.play.issued().iter().any(|issued| issued == token));
        page.must(by_header && sent.query.is_empty(), "the token in the header, and no query")?;
    }
    Ok(())
}

rule!(
    Check::client("G7", "the client escapes what stands in a note")
        .since(Capability::Scopes)
        .lab_rule("draft-ietf-oauth-v2-1 §7.12", "Markup in the text of a note, in its writer, in the name of a user and in a refusal is shown as text on /notes and /users.")
        .why("Notes are written by many clients, and read by this one with its user's cookies.")
        .run(|target| Box::pin(escapes(target)))
);
async fn escapes(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    stage.log_in_at(&mut browser, "/start?for=write").await?;
    let good = json!({
        "notes": [{ "text": MARKUP, "written_by": MARKUP }],
        "users": [{ "user_id": MARKUP, "roles": [MARKUP] }],
    });
    let refusal = format!("<script>{MARKUP}");
    for reply in [
        Reply::json(&good),
        Reply::error(403, &refusal),
        Reply::error(500, MARKUP),
    ] {
        stage.play.script(|script| script.more = reply.clone());
        for path in ["/notes", "/users"] {
            let page = browser.get(stage.url(path)).await?;
            no_markup(&page)?;
            let seen = text(&page.body);
            let there = seen.contains("alert(1)");
            page.must(there, "the markup, as text")?;
        }
    }
    Ok(())
}

rule!(
    Check::client("R7.5", "a refused token is renewed for a note, too, and the note is sent once more")
        .lab_rule("RFC 6749 §6", "When the API answers a note with 401, the client refreshes once and sends the note again; the note is written once.")
        .why("A form that a user filled in must not be lost because half an hour was over.")
        .run(|target| Box::pin(renewed(target)))
);
async fn renewed(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    stage.play.script(|script| script.refresh_tokens = RefreshTokens::Rotate);
    let mut browser = stage.browser();
    stage.log_in_at(&mut browser, "/start?for=write").await?;
    stage.play.revoke_access_tokens();
    let page = stage.press(&mut browser, "/notes", &[("text", "once")]).await?;
    page.must(path(&page.request.url) == "/notes", "the notes again")?;
    super::v06_refresh::refreshed(&stage, 1)?;
    let heard = stage.play.heard_at("/api/notes");
    let sent: Vec<_> = heard.iter().filter(|request| request.method == "POST").collect();
    let twice = sent.len() == 2 && sent.iter().all(|request| request.form("text") == Some("once"));
    page.must(twice, "the note with the refused token, and once with the new one")?;
    Ok(())
}
