//! What the client makes of an API that does not say yes (RFC 6750 §3).

use super::judge::while_playing;
use super::profile::{NAME, links_to};
use super::stage::Stage;
use crate::{Check, rule};
use kit::html::text;
use kit::ladder::Capability;
use kit::play::Reply;
use kit::play::http::RawResponse;
use kit::{Answer, Browser, Outcome, Target, Verdict};

async fn logged_in(stage: &Stage) -> Result<Browser, Verdict> {
    stage.play.script(|script| script.username = NAME.to_owned());
    let mut browser = stage.browser();
    stage.log_in(&mut browser).await?;
    stage.shows_user(&mut browser).await?;
    Ok(browser)
}

/// `/profile` while the API answers so: a failure of the API.
async fn profile(stage: &Stage, browser: &mut Browser, reply: &Reply) -> Result<Answer, Verdict> {
    profile_is(502, stage, browser, reply).await
}

async fn profile_is(
    status: u16,
    stage: &Stage,
    browser: &mut Browser,
    reply: &Reply,
) -> Result<Answer, Verdict> {
    stage.play.script(|script| script.api = reply.clone());
    let page = browser.get(stage.url("/profile")).await?;
    stage.play.script(|script| script.api = Reply::Judge);
    let judged = page.must_be_page(status).map(|_| ());
    judged.map_err(|verdict| while_playing(verdict, "/api/me", reply))?;
    Ok(page)
}

/// The status of the page that tells of 403 access_denied: from scopes on, the client explains it.
pub(super) fn status_of_a_no(stage: &Stage) -> u16 {
    if stage.has(Capability::Scopes) {
        200
    } else {
        502
    }
}

/// A redirect of the API; whoever follows it is heard at `/stolen`.
fn elsewhere(stage: &Stage) -> Reply {
    let there = format!("{}/stolen", stage.play.url());
    Reply::Always(RawResponse::new(302, "text/plain", "").with("Location", there))
}

rule!(
    Check::client("E19", "an API that fails does not log the user out")
        .since(Capability::ProtectedApi)
        .lab_rule("RFC 6750 §3.1", "When /api/me answers 403, 404, 500, 503, a redirect, nonsense or nothing, /profile is a 502 page, and works again afterwards. Once there are scopes, 403 access_denied is no failure: the page that explains it has status 200.")
        .why("An API that is down says nothing about the token.")
        .run(|target| Box::pin(api_fails(target)))
);
async fn api_fails(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = logged_in(&stage).await?;
    let denied = Reply::error(403, "access_denied");
    profile_is(status_of_a_no(&stage), &stage, &mut browser, &denied).await?;
    stage.shows_user(&mut browser).await?;
    let replies = [
        Reply::text(403, "Forbidden"),
        Reply::text(404, "Not Found"),
        Reply::text(500, "Internal Server Error"),
        Reply::text(503, "Service Unavailable"),
        Reply::Always(RawResponse::new(500, "application/json", r#"{"sub":"nobody"}"#)),
        Reply::text(200, "{}"),
        elsewhere(&stage),
        Reply::text(200, "this is no JSON"),
        Reply::Bytes(b"no HTTP\r\n\r\n".to_vec()),
        Reply::HangUp,
    ];
    for reply in replies {
        let page = profile(&stage, &mut browser, &reply).await?;
        let followed = stage.play.heard_at("/stolen").len();
        page.must(
            followed == 0,
            "no request to where the API redirects: it would carry the token",
        )?;
        stage.shows_user(&mut browser).await?;
    }
    Ok(())
}

/// Does a sentence of the page say something against the token?
fn blames_token(page: &str) -> Option<&str> {
    const BAD: [&str; 9] = [
        "not good",
        "no longer good",
        "not valid",
        "invalid",
        "expired",
        "revoked",
        "refused the token",
        "bad token",
        "dead",
    ];
    page.split(['.', '!', '\n'])
        .find(|sentence| sentence.contains("token") && BAD.iter().any(|bad| sentence.contains(bad)))
}

rule!(
    Check::client("E19", "the page blames the token for a 401 only")
        .since(Capability::ProtectedApi)
        .lab_rule("RFC 6750 §3.1", "For a 500, 503 or 302 of the API the page names the status and says nothing against the token; for a 401 it leads to a new login.")
        .why("Who reads that his token is bad logs in again and again, and the API stays down.")
        .run(|target| Box::pin(blames(target)))
);
async fn blames(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = logged_in(&stage).await?;
    for (status, reply) in [
        ("500", Reply::text(500, "{}")),
        ("503", Reply::text(503, "{}")),
        ("302", elsewhere(&stage)),
    ] {
        let page = profile(&stage, &mut browser, &reply).await?;
        let words = text(&page.body);
        page.must(words.contains(status), format!("a page that names {status}"))?;
        if let Some(sentence) = blames_token(&words) {
            return Err(page.fail(format!("no word against the token, unlike: {sentence}")));
        }
    }
    stage.play.revoke_access_tokens();
    let page = browser.get(stage.url("/profile")).await?;
    let page = stage.settle(&mut browser, page).await?;
    page.must(links_to(&page, "/start"), "a link to a new login after a 401")?;
    Ok(())
}

rule!(
    Check::client("E19", "every challenge of the API is shown")
        .since(Capability::ProtectedApi)
        .lab_rule(
            "RFC 9110 §11.6.1",
            "Of a 401 with two WWW-Authenticate headers /profile shows both."
        )
        .why(
            "A header may come more than once, and the second one may be the one that explains it."
        )
        .run(|target| Box::pin(challenges(target)))
);
async fn challenges(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = logged_in(&stage).await?;
    let answer = RawResponse::new(401, "application/json", "{}")
        .with("WWW-Authenticate", "Bearer realm=\"the-first\", error=\"invalid_token\"")
        .with("WWW-Authenticate", "DPoP algs=\"the-second\"");
    let page = profile(&stage, &mut browser, &Reply::Always(answer)).await?;
    let words = text(&page.body);
    for part in [
        "realm=\"the-first\"",
        "algs=\"the-second\"",
    ] {
        page.must(words.contains(part), format!("a page that shows {part}"))?;
    }
    Ok(())
}
