//! Callbacks whose `state` is not the one that this browser was given (RFC 9700 §4.7, RFC 6749 §10.12).

use std::time::Duration;

use super::flow::Begun;
use super::stage::Stage;
use crate::{Check, rule};
use kit::ladder::Capability;
use kit::play::State;
use kit::{Answer, Browser, Outcome, Target, Verdict};

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

rule!(
    Check::client("R2.5", "a callback without state is refused")
        .must(
            "RFC 9700 §2.1",
            "The code of a callback without the right state is dropped: not shown, not redeemed."
        )
        .why("Else anybody can put his own code behind a link and log the user in to his account.")
        .run(|target| Box::pin(missing(target)))
);

rule!(
    Check::client("R2.5", "a callback without state is refused by a 400 page")
        .lab_rule("RFC 9700 §2.1", "Without state, with an empty one, or in a browser that never was at /start: a 400 page.")
        .why("The user learns that something was wrong, and how to begin anew.")
        .run(|target| Box::pin(missing(target)))
);
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

rule!(
    Check::client("R2.5", "a callback with a wrong state is refused")
        .must(
            "RFC 9700 §2.1",
            "The code of a callback without the right state is dropped: not shown, not redeemed."
        )
        .why("Else anybody can put his own code behind a link and log the user in to his account.")
        .run(|target| Box::pin(wrong(target)))
);

rule!(
    Check::client("R2.5", "a callback with a wrong state is refused by a 400 page")
        .lab_rule("RFC 9700 §2.1", "A state that is another, almost the right one, or the right one in another case: a 400 page.")
        .why("The user learns that something was wrong, and how to begin anew.")
        .run(|target| Box::pin(wrong(target)))
);
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

rule!(
    Check::client("R2.5", "a state of another browser is refused")
        .must(
            "RFC 9700 §2.1",
            "The code of a callback without the right state is dropped: not shown, not redeemed."
        )
        .why("Else anybody can put his own code behind a link and log the user in to his account.")
        .run(|target| Box::pin(foreign(target)))
);

rule!(
    Check::client("R2.5", "a state of another browser is refused by a 400 page")
        .lab_rule("RFC 9700 §2.1", "A callback that another browser began: a 400 page.")
        .why("The user learns that something was wrong, and how to begin anew.")
        .run(|target| Box::pin(foreign(target)))
);
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

rule!(
    Check::client("R2.6", "a refused callback makes no back-channel call")
        .since(Capability::TokenEndpoint)
        .lab_rule("RFC 9700 §2.1", "The client asks /token nothing for a callback that it refuses.")
        .why("The code of an attacker must not be redeemed, not even to throw the token away.")
        .run(|target| Box::pin(no_call(target)))
);
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
