//! The headers of the client's pages: nothing is kept by caches, nothing is told to the next site.

use super::profile::NAME;
use super::stage::Stage;
use crate::{Check, rule};
use kit::ladder::Capability;
use kit::play::Authorize;
use kit::{Answer, Outcome, Request, Target};

fn quiet(answer: &Answer) -> Outcome {
    answer.must_tell_no_other_site()?;
    answer.must(answer.has_word("cache-control", "no-store"), "Cache-Control: no-store")?;
    Ok(())
}

rule!(
    Check::client("G12", "no page of the client tells its address on, and none is kept")
        .lab_rule("RFC 9700 §4.2.4, RFC 9111 §5.2.2.5", "Home, /start, pages that are not there and methods that are not taken: a Referrer-Policy that tells no other site (same-origin, no-referrer) and Cache-Control: no-store.")
        .why("A rule that holds everywhere needs no list of the pages where it matters.")
        .run(|target| Box::pin(everywhere(target)))
);
async fn everywhere(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    for path in [
        "/",
        "/start",
        "/no-such-page",
        "/callback",
    ] {
        for method in ["GET", "PUT"] {
            let request = Request::new(method, stage.url(path)).header("Accept", "text/html");
            let answer = browser.send(request).await?;
            if answer.media_type() == "text/html" || answer.is_redirect() {
                quiet(&answer)?;
            }
        }
    }
    browser.get(stage.url("/")).await?.must_be_page(200)?;
    Ok(())
}

rule!(
    Check::client("G12", "the callback is not cached and sends no Referer")
        .should("RFC 9700 §4.2.4", "Every answer to /callback has a Referrer-Policy that tells no other site (same-origin, no-referrer) and Cache-Control: no-store.")
        .why("The address of the callback holds the code: the next page and the disk must not learn it.")
        .run(|target| Box::pin(callback(target)))
);
async fn callback(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    let good = stage.begin(&mut browser).await?;
    let answer = browser.get(good.callback.clone()).await?;
    quiet(&answer)?;
    stage.accepted(&mut browser, &good.code(), answer).await?;

    let broken = browser.get(stage.url("/callback?code=planted&code=twice")).await?;
    broken.must_be_page(400)?;
    quiet(&broken)?;
    if stage.reaches(Capability::State) {
        let planted = browser.get(stage.url("/callback?code=planted")).await?;
        planted.must_be_page(400)?;
        quiet(&planted)?;
    }
    stage.play.script(|script| {
        script.authorize = Authorize::Error {
            error: "access_denied".to_owned(),
            description: None,
        };
    });
    let denied = stage.begin(&mut browser).await?;
    let answer = browser.get(denied.callback).await?;
    answer.must_be_page(400)?;
    quiet(&answer)
}

rule!(
    Check::client("G12", "the client's pages of a login are not kept by the browser")
        .since(Capability::TokenEndpoint)
        .lab_rule("RFC 9111 §5.2.2.5", "Home and (from v05) /profile of somebody who is logged in, and the redirects of the buttons, have no-store and a Referrer-Policy that tells no other site.")
        .why("After a logout the back button must not show the last user's pages.")
        .run(|target| Box::pin(pages(target)))
);
async fn pages(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    stage.play.script(|script| script.username = NAME.to_owned());
    let mut browser = stage.browser();
    stage.log_in(&mut browser).await?;
    let (logged_in, home) = stage.is_logged_in(&mut browser).await?;
    home.must(logged_in, "a home page of somebody who is logged in, with a form to /logout")?;
    quiet(&home)?;
    if stage.reaches(Capability::ProtectedApi) {
        quiet(&stage.shows_user(&mut browser).await?)?;
    }
    if stage.reaches(Capability::Refresh) {
        quiet(&browser.post::<&str, &str>(&stage.url("/refresh"), &[]).await?)?;
    }
    quiet(&browser.post::<&str, &str>(&stage.url("/logout"), &[]).await?)
}
