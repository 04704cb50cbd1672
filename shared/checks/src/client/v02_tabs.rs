//! Several tabs of one browser, and the session that changes under them (RFC 9700 §4.7).

use std::time::Duration;

use super::flow::Begun;
use super::judge::{cookies_of, share_cookies};
use super::profile::links_to;
use super::stage::Stage;
use super::together::all;
use crate::{Check, rule};
use kit::html::text;
use kit::ladder::Capability;
use kit::{Browser, Outcome, Target, Verdict};

const TABS: usize = 8;

/// A replaced session id is worth something for ten seconds.
const GRACE_IS_OVER: Duration = Duration::from_millis(11_500);

rule!(
    Check::client("R2.7", "two tabs may be on their way at once")
        .lab_rule("RFC 9700 §4.7", "Two flows that one browser has begun both end well, in any order, if both callbacks left before one was answered.")
        .why("People open a second tab; a single slot per session would refuse the first one.")
        .run(|target| Box::pin(two_tabs(target)))
);
async fn two_tabs(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    for turn in 0..2 {
        let mut browser = stage.browser();
        let mut flows = vec![
            stage.begin(&mut browser).await?,
            stage.begin(&mut browser).await?,
        ];
        if turn == 1 {
            flows.reverse();
        }
        for flow in flows {
            let mut tab = browser.clone();
            let answer = tab.get(flow.callback.clone()).await?;
            stage.accepted(&mut tab, &flow.code(), answer).await?;
        }
    }
    Ok(())
}

rule!(
    Check::client("R2.7", "parallel starts and parallel callbacks of one browser all succeed")
        .lab_rule("RFC 9700 §4.7", "Eight flows that start at the same moment, and end at the same moment, all end well.")
        .why("A session that is loaded, changed and saved as a whole loses what the request beside it wrote.")
        .run(|target| Box::pin(parallel(target)))
);
async fn parallel(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    // The cookie comes with the first start; parallel tabs of a browser then share it.
    stage.begin(&mut browser).await?;
    let (begun, tabs) = begin_at_once(&stage, &browser).await?;
    share_cookies(&mut browser, &tabs);
    let mut callbacks = Vec::new();
    for flow in begun {
        let (mut tab, stage) = (browser.clone(), &stage);
        callbacks.push(async move {
            let answer = tab.get(flow.callback.clone()).await?;
            stage.accepted(&mut tab, &flow.code(), answer).await
        });
    }
    for outcome in all(callbacks).await {
        outcome?;
    }
    Ok(())
}

async fn begin_at_once(
    stage: &Stage,
    browser: &Browser,
) -> Result<(Vec<Begun>, Vec<Browser>), Verdict> {
    let starts = (0..TABS).map(|_| {
        let mut tab = browser.clone();
        async move { stage.begin(&mut tab).await.map(|begun| (begun, tab)) }
    });
    all(starts.collect())
        .await
        .into_iter()
        .collect::<Result<Vec<_>, _>>()
        .map(|all| all.into_iter().unzip())
}

rule!(
    Check::client("R2.7", "a callback that left with the old cookie ends well")
        .lab_rule("RFC 9700 §4.7", "Of two callbacks that a browser sends at once, the second one works, although the first one has changed the session id by then.")
        .why("The browser can't take a request back that is on its way: the first answer would make the second one foreign.")
        .run(|target| Box::pin(straggler(target)))
);
/// What two callbacks at once look like from inside, without leaving their order to chance.
async fn straggler(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    let first = stage.begin(&mut browser).await?;
    let second = stage.begin(&mut browser).await?;
    let mut tab = browser.clone();
    for (browser, flow) in [
        (&mut browser, first),
        (&mut tab, second),
    ] {
        let answer = browser.get(flow.callback.clone()).await?;
        stage.accepted(browser, &flow.code(), answer).await?;
        stage.must_be_logged_in(browser, true).await?;
    }
    Ok(())
}

rule!(
    Check::client("R2.7", "a callback that is sent after another tab has signed in is told so")
        .lab_rule("RFC 9700 §4.7", "With the new cookie a flow that was begun under the old one is a 400 page that leads home, and the first login stays.")
        .why("What was pending before the login may have been planted; who really began it should read what has happened.")
        .run(|target| Box::pin(too_late(target)))
);
async fn too_late(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    let first = stage.begin(&mut browser).await?;
    let second = stage.begin(&mut browser).await?;
    let answer = browser.get(first.callback.clone()).await?;
    stage.accepted(&mut browser, &first.code(), answer).await?;
    let late = browser.get(second.callback.clone()).await?;
    stage.refused(&second.code(), &late)?;
    late.must(links_to(&late, "/"), "a link home")?;
    if stage.ours {
        let told = text(&late.body).to_lowercase().contains("another tab");
        late.must(told, "a page that names another tab")?;
    }
    stage.must_be_logged_in(&mut browser, true).await?;
    stage.log_in(&mut browser).await?;
    Ok(())
}

rule!(
    Check::client("R2.8", "a state that was planted before the login is refused after it")
        .lab_rule("RFC 9700 §4.7", "A flow that somebody else began in the session that the victim's browser was given is a 400 page once she has signed in.")
        .why("Else a cookie planted weeks ago lets the attacker log her in to his account whenever he likes.")
        .run(|target| Box::pin(planted(target)))
);
async fn planted(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let (mut attacker, mut victim) = (stage.browser(), stage.browser());
    let his = stage.begin(&mut attacker).await?;
    share_cookies(&mut victim, std::slice::from_ref(&attacker));
    stage.log_in(&mut victim).await?;
    stage.refused(&his.code(), &victim.get(his.callback.clone()).await?)?;
    stage.must_be_logged_in(&mut victim, true).await
}

rule!(
    Check::client("R2.8", "a login that the planter of the session has just made is not handed on")
        .since(Capability::TokenEndpoint)
        .lab_rule("RFC 9700 §4.7", "The attacker finishes his own flow with the planted cookie; his callback address, opened by the victim within ten seconds, is a 400 page.")
        .why("That a reload has the same outcome is for the browser that has it, not for everybody who once had that session.")
        .run(|target| Box::pin(handed_on(target)))
);
async fn handed_on(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let (mut attacker, mut victim) = (stage.browser(), stage.browser());
    let his = stage.begin(&mut attacker).await?;
    share_cookies(&mut victim, std::slice::from_ref(&attacker));
    let hers = stage.begin(&mut victim).await?;
    let answer = victim.get(hers.callback.clone()).await?;
    stage.accepted(&mut victim, &hers.code(), answer).await?;
    let before = cookies_of(&victim, &stage.client);
    // The planted cookie has its ten seconds of grace: the attacker finishes what he began.
    let answer = attacker.get(his.callback.clone()).await?;
    answer.must(matches!(answer.status, 303 | 400), "303 or 400 for the attacker himself")?;
    victim.get(his.callback.clone()).await?.must_be_page(400)?;
    let home = victim.get(stage.url("/")).await?;
    home.must(cookies_of(&victim, &stage.client) == before, "the victim's own session")?;
    stage.must_be_logged_in(&mut victim, true).await
}

rule!(
    Check::client("R2.8", "the client's session id changes at a successful callback")
        .lab_rule("OWASP session management", "The session cookie after the callback differs from the one before, and the old one opens nothing.")
        .why("Who planted or saw the old cookie would otherwise share the session of the user.")
        .run(|target| Box::pin(new_session(target)))
);
async fn new_session(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    stage.play.script(|script| script.username = "user-behind-the-new-cookie".to_owned());
    let mut browser = stage.browser();
    let begun = stage.begin(&mut browser).await?;
    let mut old = browser.clone();
    let before = cookies_of(&browser, &stage.client);
    begun
        .start
        .must(!before.is_empty(), "a session cookie from /start on: the state is bound to it")?;
    let answer = browser.get(begun.callback.clone()).await?;
    stage.accepted(&mut browser, &begun.code(), answer.clone()).await?;
    let after = cookies_of(&browser, &stage.client);
    let changed = before.iter().any(|old| after.iter().any(|new| new.0 == old.0 && new.1 != old.1));
    answer.must(changed, "a Set-Cookie with a new value for the session cookie")?;
    if stage.reaches(Capability::TokenEndpoint) {
        stage.must_be_logged_in(&mut browser, true).await?;
        stage.must_be_logged_in(&mut old.clone(), false).await?;
    }
    if stage.reaches(Capability::ProtectedApi) {
        stage.shows_user(&mut browser).await?;
        stage.shows_nobody(&mut old).await?;
    }
    Ok(())
}

rule!(
    Check::client("R2.8", "a replaced session id is worth nothing after ten seconds")
        .lab_rule("lab rule", "A callback that comes with the old cookie more than ten seconds after the login is a 400 page.")
        .why("The grace is for requests that are on their way already; hours of it would be a second session.")
        .run(|target| Box::pin(grace_ends(target)))
);
async fn grace_ends(target: Target) -> Outcome {
    let stage = Stage::ours(&target, "how long is its own affair").await?;
    let mut browser = stage.browser();
    let first = stage.begin(&mut browser).await?;
    let second = stage.begin(&mut browser).await?;
    let mut old = browser.clone();
    let answer = browser.get(first.callback.clone()).await?;
    stage.accepted(&mut browser, &first.code(), answer).await?;
    tokio::time::sleep(GRACE_IS_OVER).await;
    stage.refused(&second.code(), &old.get(second.callback.clone()).await?)?;
    stage.must_be_logged_in(&mut browser, true).await
}
