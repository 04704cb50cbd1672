//! A login whose token was refused, and that nothing can renew, is over, and stays over.

use std::time::Duration;

use super::profile::{NAME, links_to};
use super::stage::Stage;
use crate::{Check, rule};
use kit::html::text;
use kit::ladder::Capability;
use kit::play::Reply;
use kit::{Browser, Outcome, Target, Verdict};

/// How long the played API keeps an answer back.
const LATE: Duration = Duration::from_millis(1_500);

/// A browser that is logged in without a refresh token.
async fn logged_in(stage: &Stage) -> Result<Browser, Verdict> {
    stage.play.script(|script| script.username = NAME.to_owned());
    let mut browser = stage.browser();
    stage.log_in(&mut browser).await?;
    stage.shows_user(&mut browser).await?;
    Ok(browser)
}

/// Home says that the login has ended, and nobody is asked for anything any more.
async fn is_over(stage: &Stage, browser: &mut Browser) -> Outcome {
    let (logged_in, home) = stage.is_logged_in(browser).await?;
    let told = text(&home.body).contains("login has ended");
    home.must(!logged_in && told, "a page that says that the login has ended")?;
    home.must(links_to(&home, "/start"), "a link to a new login")?;
    let name = stage.play.username();
    home.must(!home.body.contains(&name), format!("a page that does not show {name}"))?;
    let before = stage.play.heard_at("/token").len();
    for _ in 0..2 {
        stage.shows_nobody(browser).await?;
    }
    let asked = stage.play.heard_at("/token").len() - before;
    home.must(asked == 0, "no request to /token")?;
    Ok(())
}

rule!(
    Check::client("E20", "a login that nothing can renew ends with the first 401")
        .since(Capability::ProtectedApi)
        .lab_rule("RFC 6750 §3.1", "Without a refresh token a 401 is asked for once, nobody is logged in afterwards, home tells it and leads to a new login, and neither API nor /token is asked again.")
        .why("A dead token that looks alive sends the user in circles.")
        .run(|target| Box::pin(ends(target)))
);
async fn ends(target: Target) -> Outcome {
    let stage = Stage::ours(&target, "what it does then is its own affair").await?;
    let mut browser = logged_in(&stage).await?;
    let before = stage.play.heard_at("/api/me").len();
    stage.play.revoke_access_tokens();
    let page = browser.get(stage.url("/profile")).await?;
    page.must_be_page(502)?;
    let asked = stage.play.heard_at("/api/me").len() - before;
    page.must(asked == 1, format!("one request to the API, not {asked}"))?;
    is_over(&stage, &mut browser).await?;
    stage.log_in(&mut browser).await?;
    stage.shows_user(&mut browser).await?;
    Ok(())
}

rule!(
    Check::client("E20", "a late answer of the API does not bring an ended login back")
        .since(Capability::ProtectedApi)
        .lab_rule("RFC 6750 §3.1", "Two tabs ask the API; the second is refused while the good answer to the first is under way: the login stays over.")
        .why("Of two answers the last one to arrive need not be the last one that was given.")
        .run(|target| Box::pin(stays_over(target)))
);
async fn stays_over(target: Target) -> Outcome {
    let stage = Stage::ours(&target, "what it does then is its own affair").await?;
    let mut browser = logged_in(&stage).await?;
    let (mut early, mut late) = (browser.clone(), browser.clone());
    stage.play.script(|script| script.api_delay = LATE);
    let (answer, refused) = tokio::join!(early.get(stage.url("/profile")), async {
        tokio::time::sleep(LATE / 3).await;
        stage.play.script(|script| script.api_delay = Duration::ZERO);
        stage.play.revoke_access_tokens();
        late.get(stage.url("/profile")).await
    });
    refused?.must_be_page(502)?;
    answer?.must_be_page(200)?;
    is_over(&stage, &mut browser).await
}

rule!(
    Check::client("E19", "home goes on saying who is logged in")
        .since(Capability::ProtectedApi)
        .lab_rule("RFC 6750 §3.1", "Once the API has said whose token it is, home says so, also after the API has failed, and not in another browser or after a new login.")
        .why("An API that is busy says nothing about who is logged in; another login does.")
        .run(|target| Box::pin(says_who(target)))
);
async fn says_who(target: Target) -> Outcome {
    let stage = Stage::ours(&target, "what it shows is its own affair").await?;
    let mut browser = logged_in(&stage).await?;
    let page = stage.shows_user(&mut browser).await?;
    let heading = text(&page.body).contains(&format!("You are {NAME}"));
    page.must(heading, format!("a heading that names {NAME}"))?;
    let failures = [
        Reply::Judge,
        Reply::text(503, "busy"),
        Reply::HangUp,
        Reply::error(403, "insufficient_scope"),
    ];
    for reply in failures {
        stage.play.script(|script| script.api = reply);
        browser.get(stage.url("/profile")).await?;
        let home = browser.get(stage.url("/")).await?;
        home.must(home.body.contains(NAME), format!("a page that shows {NAME}"))?;
    }
    let mut other = stage.browser();
    stage.log_in(&mut other).await?;
    stage.log_in(&mut browser).await?;
    for browser in [&mut other, &mut browser] {
        let home = browser.get(stage.url("/")).await?;
        home.must(!home.body.contains(NAME), format!("a page that does not show {NAME} yet"))?;
    }
    Ok(())
}
