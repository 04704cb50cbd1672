//! Callbacks whose `state` is not the one that this browser was given (RFC 9700 §4.7, RFC 6749 §10.12).

use std::time::Duration;
use std::time::Instant;

use super::flow::Begun;
use super::stage::Stage;
use super::together::all;
use crate::answer::Answer;
use crate::browser::Browser;
use crate::check::Check;
use crate::check::Keyword;
use crate::check::Outcome;
use crate::check::Subject;
use crate::check::Verdict;
use crate::play::State;
use crate::target::Target;
use crate::target::outlive;

/// The checks of this file.
pub fn checks() -> Vec<Check> {
    let base = Check {
        id: "R2.5",
        title: "a callback without state is refused",
        since: 2,
        until: None,
        subject: Subject::Client,
        keyword: Keyword::Must,
        section: "RFC 9700 §2.1",
        must: "A callback without the right state is a 400 page, and its code is dropped: not shown, not redeemed.",
        why: "Else anybody can put his own code behind a link and log the user in to his account.",
        run: |target| Box::pin(missing(target)),
    };
    vec![
        base.clone(),
        Check {
            title: "a callback with a wrong state is refused",
            run: |target| Box::pin(wrong(target)),
            ..base.clone()
        },
        Check {
            title: "a state works once",
            run: |target| Box::pin(used(target)),
            ..base.clone()
        },
        Check {
            title: "of eight callbacks at once with one state, one is accepted",
            why: "A state that is looked up first and deleted later works more than once for who is quick.",
            run: |target| Box::pin(race(target)),
            ..base.clone()
        },
        Check {
            title: "a state of another browser is refused",
            run: |target| Box::pin(foreign(target)),
            ..base.clone()
        },
        Check {
            title: "an expired state is refused",
            keyword: Keyword::Should,
            must: "A state that is older than its lifetime (ten minutes; here one second) is refused.",
            why: "A flow that was left lying about should not be finished by whoever finds it.",
            run: |target| Box::pin(expired(target)),
            ..base.clone()
        },
        Check {
            id: "R2.6",
            title: "a refused callback makes no back-channel call",
            since: 4,
            keyword: Keyword::LabRule,
            must: "The client asks /token nothing for a callback that it refuses.",
            why: "The code of an attacker must not be redeemed, not even to throw the token away.",
            run: |target| Box::pin(no_call(target)),
            ..base
        },
    ]
}

/// A flow whose callback carries the scripted state; the client's answer to it.
async fn call_back(
    stage: &Stage,
    browser: &mut Browser,
    state: State,
) -> Result<(Begun, Answer), Verdict> {
    stage.play.script(|script| script.state = state);
    let begun = stage.begin(browser).await?;
    stage.play.script(|script| script.state = State::Echo);
    let answer = browser.get(begun.callback.clone()).await?;
    Ok((begun, answer))
}

async fn missing(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    for state in [State::Omit, State::Text(String::new())] {
        let (begun, answer) = call_back(&stage, &mut browser, state).await?;
        stage.refused(&begun.code(), &answer)?;
    }
    // A browser that never was at /start: the attacker's link is its first contact with the client.
    let planted = format!("{}?code=planted-code", stage.url("/callback"));
    stage.refused("planted-code", &stage.browser().get(planted).await?)?;
    stage.log_in(&mut browser).await?;
    Ok(())
}

async fn wrong(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    let state = stage.begin(&mut browser).await?.state()?;
    let mut near = state.clone().into_bytes();
    if let Some(first) = near.first_mut() {
        *first = if *first == b'A' { b'B' } else { b'A' };
    }
    let swapped = state.chars().map(|c| {
        if c.is_ascii_lowercase() {
            c.to_ascii_uppercase()
        } else {
            c.to_ascii_lowercase()
        }
    });
    let tries = [
        "x".to_owned(),
        String::from_utf8_lossy(&near).into_owned(),
        state[..state.len() - 1].to_owned(),
        format!("{state}x"),
        format!("{state} "),
        swapped.collect(),
    ];
    for other in tries.into_iter().filter(|other| *other != state) {
        let (begun, answer) = call_back(&stage, &mut browser, State::Text(other)).await?;
        stage.refused(&begun.code(), &answer)?;
    }
    stage.log_in(&mut browser).await?;
    Ok(())
}

async fn used(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    let begun = stage.begin(&mut browser).await?;
    let before = browser.clone();
    let answer = browser.get(begun.callback.clone()).await?;
    stage.accepted(&mut browser, &begun.code(), answer).await?;

    // The same authorization request once more: a new code comes with the state of before.
    for mut again in [browser.clone(), before] {
        let authorize = again.get(begun.request_url.clone()).await?;
        let callback = authorize.location().unwrap_or_default();
        let code = super::flow::value_of(&callback, "code").unwrap_or_default();
        stage.refused(&code, &again.get(callback).await?)?;
    }
    stage.log_in(&mut browser).await?;
    Ok(())
}

async fn race(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    let begun = stage.begin(&mut browser).await?;
    let mut callbacks = vec![begun.callback.clone()];
    for _ in 1..8 {
        let authorize = browser.get(begun.request_url.clone()).await?;
        callbacks.push(authorize.location().unwrap_or_default());
    }
    let calls = callbacks.into_iter().map(|callback| {
        let mut tab = browser.clone();
        async move { tab.get(callback).await }
    });
    let answers = all(calls.collect()).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    let refused = answers.iter().filter(|answer| answer.status == 400).count();
    let statuses = answers.iter().map(|answer| answer.status.to_string()).collect::<Vec<_>>();
    let redeemed = stage.play.grants("authorization_code").len();
    let wanted_calls = usize::from(stage.version >= 4);
    if refused != 7 || redeemed != wanted_calls {
        return Err(Verdict::failed(
            "8 callbacks at once, one state, 8 codes",
            format!("one accepted, seven times 400, {wanted_calls} token requests"),
            format!("{}; {redeemed} token requests", statuses.join(" ")),
        ));
    }
    stage.still_works().await
}

async fn foreign(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let (mut attacker, mut victim, mut stranger) =
        (stage.browser(), stage.browser(), stage.browser());
    stage.begin(&mut victim).await?;
    let planted = stage.begin(&mut attacker).await?;
    for browser in [&mut victim, &mut stranger] {
        stage.refused(&planted.code(), &browser.get(planted.callback.clone()).await?)?;
    }
    stage.log_in(&mut victim).await?;
    stage.log_in(&mut attacker).await?;
    Ok(())
}

async fn expired(target: Target) -> Outcome {
    let stage = Stage::open_with(&target, &[("LAB_TTL_STATE", "1")]).await?;
    let mut browser = stage.browser();
    let begun = stage.begin(&mut browser).await?;
    outlive(1).await;
    stage.refused(&begun.code(), &browser.get(begun.callback.clone()).await?)?;
    in_time(&stage).await
}

/// The neighbour must work, and a busy machine may need longer for it than the one second that a state lives here.
async fn in_time(stage: &Stage) -> Outcome {
    for _ in 0..5 {
        let begin = Instant::now();
        let outcome = stage.still_works().await;
        if outcome.is_ok() || begin.elapsed() < Duration::from_secs(1) {
            return outcome;
        }
    }
    Err(Verdict::skipped("a machine that ends a flow within one second"))
}

async fn no_call(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    for state in [
        State::Omit,
        State::Text("wrong".to_owned()),
    ] {
        call_back(&stage, &mut browser, state).await?.1.must_be_page(400)?;
    }
    let other = stage.begin(&mut stage.browser()).await?;
    browser.get(other.callback).await?.must_be_page(400)?;
    // A call that was made in the background would arrive late.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let heard = stage.play.heard_at("/token");
    if let Some(request) = heard.first() {
        return Err(Verdict::failed(
            "callbacks without state, with a wrong one, with that of another browser",
            "no request at the played /token",
            request.line(),
        ));
    }
    stage.log_in(&mut browser).await?;
    Ok(())
}
