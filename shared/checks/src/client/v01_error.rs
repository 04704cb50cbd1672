//! What the client does with an authorization response that is an error (RFC 6749 §4.1.2.1).

use super::flow::Begun;
use super::judge::no_markup;
use super::stage::Stage;
use crate::{Check, rule};
use kit::html::text;
use kit::ladder::Capability;
use kit::play::{Authorize, State};
use kit::{Answer, Browser, Outcome, Target, Verdict};

const SMUGGLED: &str = "call-0900-123 <script>alert(1)</script><img src=x onerror=alert(2)>\"'";

rule!(
    Check::client("R1.13", "the client shows an error in its own words")
        .lab_rule("RFC 6749 §4.1.2.1", "A callback with error=… is a 400 page with the escaped code and our own text for known codes, never the sender's text.")
        .why("Anybody can write a callback URL: what it says must not become a script or a message in our name.")
        .run(|target| Box::pin(own_words(target)))
);
async fn own_words(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    let denied = error_page(&stage, &mut browser, "access_denied").await?;
    let unknown = error_page(&stage, &mut browser, "quite_unknown").await?;
    let without = |page: &Answer, code: &str| text(&page.body).replace(code, "");
    denied.must(
        without(&denied, "access_denied") != without(&unknown, "quite_unknown"),
        "a text of our own for access_denied that differs from the one for an unknown code",
    )?;
    let marked = error_page(&stage, &mut browser, "<b onclick=alert(3)>x</b>").await?;
    no_markup(&marked)?;

    stage.play.script(|script| script.authorize = Authorize::Code);
    stage.log_in(&mut browser).await?;
    Ok(())
}

/// Has the played server refuse with this code and a text that wants to be markup; the client's page.
async fn error_page(stage: &Stage, browser: &mut Browser, error: &str) -> Result<Answer, Verdict> {
    let begun = refusal(stage, browser, error).await?;
    let page = browser.get(begun.callback).await?;
    page.must_be_page(400)?;
    page.must(text(&page.body).contains(error), format!("a page that names {error}, escaped"))?;
    silent_about_text(&page)?;
    no_markup(&page)?;
    let asked = stage.play.heard_at("/token").len();
    page.must(asked == 0, "no token request after an error")?;
    Ok(page)
}

async fn refusal(stage: &Stage, browser: &mut Browser, error: &str) -> Result<Begun, Verdict> {
    stage.play.script(|script| {
        script.authorize = Authorize::Error {
            error: error.to_owned(),
            description: Some(SMUGGLED.to_owned()),
        };
    });
    stage.begin(browser).await
}

fn silent_about_text(page: &Answer) -> Outcome {
    page.must(!page.body.contains("0900-123"), "a page without the sender's error_description")?;
    Ok(())
}

rule!(
    Check::client("R1.13", "an answer with an error and a code is an error")
        .lab_rule("RFC 6749 §4.1.2, §4.1.2.1", "A callback with error and code, in either order, is a 400 page that names the error; the code is neither shown nor redeemed.")
        .why("No server sends both: who takes the code overrules a refusal.")
        .run(|target| Box::pin(both(target)))
);
async fn both(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    for before in [false, true] {
        let mut browser = stage.browser();
        let begun = stage.begin(&mut browser).await?;
        let url = if before {
            begun.callback.replacen('?', "?error=access_denied&", 1)
        } else {
            format!("{}&error=access_denied", begun.callback)
        };
        let page = browser.get(url).await?;
        stage.refused(&begun.code(), &page)?;
        let named = text(&page.body).contains("access_denied");
        page.must(named, "a page that names access_denied")?;
    }
    stage.still_works().await
}

rule!(
    Check::client("R1.13", "an error that nobody asked for is refused without its text")
        .since(Capability::State)
        .lab_rule("RFC 9700 §4.7", "A callback with error=… and a wrong state or none is a 400 page that shows nothing of the error.")
        .why("Without the right state the message is not from the server that we asked.")
        .run(|target| Box::pin(unasked(target)))
);
async fn unasked(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    for state in [
        State::Omit,
        State::Text("not-the-state-of-this-browser".to_owned()),
    ] {
        stage.play.script(|script| script.state = state);
        let begun = refusal(&stage, &mut browser, "quite_unknown").await?;
        let page = browser.get(begun.callback).await?;
        page.must_be_page(400)?;
        page.must(!page.body.contains("quite_unknown"), "a page that does not repeat the error")?;
        silent_about_text(&page)?;
    }
    stage.play.script(|script| *script = kit::play::Script::default());
    stage.log_in(&mut browser).await?;
    Ok(())
}
