//! The client's `state`: fresh, long, one per flow, and the session that changes with it (RFC 9700 §4.7).

use super::flow::Begun;
use super::judge::cookies_of;
use super::judge::share_cookies;
use super::stage::Stage;
use super::together::all;
use crate::browser::Browser;
use crate::check::Check;
use crate::check::Keyword;
use crate::check::Outcome;
use crate::check::Subject;
use crate::check::Verdict;
use crate::server::support::must_be_unguessable;
use crate::target::Target;

/// The checks of this file.
pub fn checks() -> Vec<Check> {
    let base = Check {
        id: "R2.4",
        title: "the client's state is new for each flow and cannot be guessed",
        since: 2,
        until: None,
        subject: Subject::Client,
        keyword: Keyword::Must,
        section: "RFC 6749 §10.10",
        must: "Each flow has a state of its own with at least 128 random bits.",
        why: "Who can guess the state can finish a flow that somebody else began.",
        run: |target| Box::pin(fresh(target)),
    };
    vec![
        base.clone(),
        Check {
            id: "R2.7",
            title: "two tabs may be on their way at once",
            keyword: Keyword::LabRule,
            section: "RFC 9700 §4.7",
            must: "Flows that one browser began one after the other end in any order.",
            why: "People open a second tab; a single slot per session would refuse the first one.",
            run: |target| Box::pin(two_tabs(target)),
            ..base.clone()
        },
        Check {
            id: "R2.7",
            title: "parallel starts and parallel callbacks of one browser all succeed",
            keyword: Keyword::LabRule,
            section: "RFC 9700 §4.7",
            must: "Eight flows that start at the same moment, and end at the same moment, all end well.",
            why: "A session that is loaded, changed and saved as a whole loses what the request beside it wrote.",
            run: |target| Box::pin(parallel(target)),
            ..base.clone()
        },
        Check {
            id: "R2.7",
            title: "a callback that left with the old cookie ends well",
            keyword: Keyword::LabRule,
            section: "RFC 9700 §4.7",
            must: "Of two callbacks that a browser sends at once, the second one works, although the first one has changed the session id by then.",
            why: "The browser can't take a request back that is on its way: the first answer would make the second one foreign.",
            run: |target| Box::pin(straggler(target)),
            ..base.clone()
        },
        Check {
            id: "R2.8",
            title: "the client's session id changes at a successful callback",
            keyword: Keyword::LabRule,
            section: "OWASP session management",
            must: "The session cookie after the callback differs from the one before, and the old one opens nothing.",
            why: "Who planted or saw the old cookie would otherwise share the session of the user.",
            run: |target| Box::pin(new_session(target)),
            ..base
        },
    ]
}

const SAMPLES: usize = 24;
const TABS: usize = 8;

async fn fresh(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut states = Vec::new();
    let mut same = stage.browser();
    for turn in 0..SAMPLES {
        let mut other = stage.browser();
        let browser = if turn % 2 == 0 { &mut same } else { &mut other };
        states.push(stage.begin(browser).await?.state()?);
    }
    must_be_unguessable("state", &states)?;
    stage.log_in(&mut same).await?;
    Ok(())
}

async fn two_tabs(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    let first = stage.begin(&mut browser).await?;
    let second = stage.begin(&mut browser).await?;
    for begun in [second, first] {
        let answer = browser.get(begun.callback.clone()).await?;
        stage.accepted(&mut browser, &begun.code(), answer).await?;
    }
    Ok(())
}

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

async fn new_session(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    stage.play.script(|script| script.username = "user-behind-the-new-cookie".to_owned());
    let mut browser = stage.browser();
    let begun = stage.begin(&mut browser).await?;
    let old = browser.clone();
    let before = cookies_of(&browser, &stage.client);
    begun
        .start
        .must(!before.is_empty(), "a session cookie from /start on: the state is bound to it")?;
    let answer = browser.get(begun.callback.clone()).await?;
    stage.accepted(&mut browser, &begun.code(), answer.clone()).await?;
    let after = cookies_of(&browser, &stage.client);
    let changed = before.iter().any(|old| after.iter().any(|new| new.0 == old.0 && new.1 != old.1));
    answer.must(changed, "a Set-Cookie with a new value for the session cookie")?;
    if stage.version >= 5 {
        stage.shows_user(&mut browser).await?;
        stage.shows_nobody(&mut old.clone()).await?;
    }
    Ok(())
}
