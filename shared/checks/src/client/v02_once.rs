//! A `state` works once, and for a while (RFC 9700 §4.7).

use std::time::{Duration, Instant};

use super::flow::value_of;
use super::stage::Stage;
use super::together::all;
use crate::server::support::patiently;
use crate::{Check, rule};
use kit::html::text;
use kit::ladder::Capability;
use kit::{Outcome, Target, Verdict};

rule!(
    Check::client("R2.5", "a state works once")
        .must("RFC 9700 §2.1", "A state that was used is as good as none: the code that comes with it is dropped.")
        .why("The callback URL stays in histories and logs: whoever finds it must not be able to use it again.")
        .run(|target| Box::pin(used(target)))
);

rule!(
    Check::client("R2.5", "a state works once, and then brings a 400 page")
        .lab_rule("RFC 9700 §2.1", "A new code that comes with a state that was used: a 400 page.")
        .why("The user learns that something was wrong, and how to begin anew.")
        .run(|target| Box::pin(used(target)))
);
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
        let code = value_of(&callback, "code").unwrap_or_default();
        stage.refused(&code, &again.get(callback).await?)?;
    }
    stage.log_in(&mut browser).await?;
    Ok(())
}

rule!(
    Check::client("R2.5", "a callback that is loaded again is refused, and says why")
        .before(Capability::TokenEndpoint)
        .lab_rule("RFC 9700 §2.1", "The same callback a second time is a 400 page that says that this answer was already used.")
        .why("Whoever presses reload should read what happened, and not that somebody attacks them.")
        .run(|target| Box::pin(reloaded(target)))
);
async fn reloaded(target: Target) -> Outcome {
    let stage = Stage::ours(&target, "another one may answer a reload as v04 does").await?;
    let mut browser = stage.browser();
    let begun = stage.begin(&mut browser).await?;
    let before = browser.clone();
    let answer = browser.get(begun.callback.clone()).await?;
    stage.accepted(&mut browser, &begun.code(), answer).await?;
    for mut again in [browser.clone(), before] {
        let answer = again.get(begun.callback.clone()).await?;
        stage.refused(&begun.code(), &answer)?;
        let told = text(&answer.body).contains("already used");
        answer.must(told, "a page that says that this answer was already used")?;
    }
    stage.log_in(&mut browser).await?;
    Ok(())
}

rule!(
    Check::client("R2.5", "of eight callbacks at once with one state, one is accepted")
        .must("RFC 9700 §2.1", "A state that was used is as good as none: the code that comes with it is dropped.")
        .why("A state that is looked up first and deleted later works more than once for who is quick.")
        .run(|target| Box::pin(race(target)))
);
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
    let wanted_calls = usize::from(stage.has(Capability::TokenEndpoint));
    // How a foreign client refuses, and when it redeems, is its own affair: one is answered as a login, and no more.
    let most = |answer: &&kit::Answer| {
        let like = |other: &&kit::Answer| {
            other.status == answer.status && other.location() == answer.location()
        };
        answer.status < 400 && answers.iter().filter(like).count() > 1
    };
    let fits = match stage.ours {
        true => refused == 7 && redeemed == wanted_calls,
        false => redeemed <= 1 && !answers.iter().any(|answer| most(&answer)),
    };
    if !fits {
        return Err(Verdict::failed(
            "8 callbacks at once, one state, 8 codes",
            format!("one accepted, seven times 400, {wanted_calls} token requests"),
            format!("{}; {redeemed} token requests", statuses.join(" ")),
        ));
    }
    stage.still_works().await
}

rule!(
    Check::client("R2.5", "an expired state is refused")
        .should("RFC 9700 §2.1", "A state that is older than its lifetime (ten minutes; here a few seconds) is refused, and a younger one of the same session is not.")
        .why("A flow that was left lying about should not be finished by whoever finds it.")
        .run(|target| Box::pin(patiently(move |seconds| expired(target.clone(), 3 * seconds))))
);

rule!(
    Check::client("R2.5", "an expired state is refused by a 400 page")
        .lab_rule("RFC 9700 §2.1", "A state that is older than its lifetime: a 400 page.")
        .why("The user learns that it took too long, and how to begin anew.")
        .run(|target| Box::pin(patiently(move |seconds| expired(target.clone(), 3 * seconds))))
);
/// A second flow keeps the session alive, so nothing but the state itself can be too old.
async fn expired(target: Target, seconds: u64) -> Outcome {
    let lifetime = seconds.to_string();
    let stage = Stage::open_with(&target, &[("LAB_TTL_STATE", &lifetime)]).await?;
    let mut browser = stage.browser();
    let old = stage.begin(&mut browser).await?;
    let begun = Instant::now();
    tokio::time::sleep(Duration::from_millis(seconds * 600)).await;
    let young = stage.begin(&mut browser).await?;
    let end = Duration::from_millis(seconds * 1000 + 1100);
    tokio::time::sleep(end.saturating_sub(begun.elapsed())).await;
    stage.refused(&old.code(), &browser.get(old.callback.clone()).await?)?;
    let answer = browser.get(young.callback.clone()).await?;
    stage.accepted(&mut browser, &young.code(), answer).await?;
    Ok(())
}
