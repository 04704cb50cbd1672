//! The methods of the client's later doors: a button is a POST, a page is a GET.

use super::profile::NAME;
use super::stage::Stage;
use crate::{Check, rule};
use kit::ladder::Capability;
use kit::play::RefreshTokens;
use kit::{Browser, Outcome, Request, Target};

/// All these methods are 405, and `Allow` names the one that is taken.
async fn refused(
    stage: &Stage,
    browser: &mut Browser,
    path: &str,
    methods: [&str; 4],
    taken: &str,
) -> Outcome {
    for method in methods {
        let request = Request::new(method, stage.url(path)).header("Origin", stage.client.clone());
        let answer = browser.send(request).await?;
        answer.must_be(405)?;
        let allowed = answer.has_word("allow", taken) && !answer.has_word("allow", method);
        answer.must(allowed, format!("an Allow header with {taken} and without {method}"))?;
    }
    Ok(())
}

rule!(
    Check::client("E11", "/notes and /users take no HEAD, and /notes no other method either")
        .since(Capability::Scopes)
        .lab_rule(
            "RFC 9110 §15.5.6",
            "HEAD, PUT, DELETE and PATCH on /notes, HEAD, POST, PUT and DELETE on /users are 405 with Allow, and the API is not asked."
        )
        .why("A look at the link must not use the token.")
        .run(|target| Box::pin(more_pages(target)))
);
async fn more_pages(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    stage.log_in(&mut browser).await?;
    let read_and_write = ["HEAD", "PUT", "DELETE", "PATCH"];
    refused(&stage, &mut browser, "/notes", read_and_write, "POST").await?;
    refused(&stage, &mut browser, "/users", ["HEAD", "POST", "PUT", "DELETE"], "GET").await?;
    let asked = |path| stage.play.heard_at(path).len();
    let calls = asked("/api/notes") + asked("/api/admin/users");
    let page = browser.get(stage.url("/notes")).await?;
    page.must_be_page(200)?;
    page.must(calls == 0, format!("no request to the API before this one, not {calls}"))?;
    Ok(())
}

const NO_POST: [&str; 4] = ["GET", "HEAD", "PUT", "DELETE"];

rule!(
    Check::client("E11", "/logout takes POST only")
        .since(Capability::TokenEndpoint)
        .lab_rule(
            "RFC 9110 §15.5.6",
            "GET, HEAD, PUT and DELETE on /logout are 405 with Allow, and log nobody out."
        )
        .why("An image on a foreign page is a GET: it must not press a button.")
        .run(|target| Box::pin(logout(target)))
);
async fn logout(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    stage.log_in(&mut browser).await?;
    refused(&stage, &mut browser, "/logout", NO_POST, "POST").await?;
    stage.must_be_logged_in(&mut browser, true).await?;
    stage.press(&mut browser, "/logout", &[]).await?;
    stage.must_be_logged_in(&mut browser, false).await
}

rule!(
    Check::client("E11", "/profile takes GET only, HEAD included")
        .since(Capability::ProtectedApi)
        .lab_rule(
            "RFC 9110 §15.5.6",
            "HEAD, POST, PUT and DELETE on /profile are 405 with Allow, and the API is not asked."
        )
        .why("A look at the link must not use the token.")
        .run(|target| Box::pin(profile(target)))
);
async fn profile(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    stage.play.script(|script| script.username = NAME.to_owned());
    let mut browser = stage.browser();
    stage.log_in(&mut browser).await?;
    let methods = ["HEAD", "POST", "PUT", "DELETE"];
    refused(&stage, &mut browser, "/profile", methods, "GET").await?;
    let calls = stage.play.heard_at("/api/me").len();
    let page = stage.shows_user(&mut browser).await?;
    page.must(calls == 0, format!("no request to the API before this one, not {calls}"))?;
    Ok(())
}

rule!(
    Check::client("E11", "/refresh takes POST only")
        .since(Capability::Refresh)
        .lab_rule(
            "RFC 9110 §15.5.6",
            "GET, HEAD, PUT and DELETE on /refresh are 405 with Allow, and nothing is refreshed."
        )
        .why("An image on a foreign page is a GET: it must not use a refresh token up.")
        .run(|target| Box::pin(refresh(target)))
);
async fn refresh(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    stage.play.script(|script| script.refresh_tokens = RefreshTokens::Rotate);
    let mut browser = stage.browser();
    stage.log_in(&mut browser).await?;
    refused(&stage, &mut browser, "/refresh", NO_POST, "POST").await?;
    let early = stage.play.grants("refresh_token").len();
    let page = stage.press(&mut browser, "/refresh", &[]).await?;
    page.must(early == 0, "no refresh by anything but POST")?;
    let made = stage.play.grants("refresh_token").len();
    page.must(made == 1, format!("one refresh by POST, not {made}"))?;
    Ok(())
}
