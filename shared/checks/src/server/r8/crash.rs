//! R8.4: whatever dies, and whenever: nothing works twice.

use std::sync::Arc;
use std::time::Duration;

use crate::server::r8::two::on_a;
use crate::server::support::must;
use crate::{Check, rule};
use kit::engine::Kind;
use kit::flow::TokenRequest;
use kit::two::Two;
use kit::{Outcome, Target, Verdict};

/// Rounds with each kind of store.
const ROUNDS: usize = 16;

#[track_caller]
const fn not_twice(title: &'static str) -> Check {
    Check::server("R8.4", title)
        .must("draft-ietf-oauth-v2-1 §4.1.3", "While a code, or a refresh token, is tried at two servers, one of them is killed, or the engine is killed or paused and comes back: never two 200; without one, a code is refused or works once more, and never twice.")
        .why("A crash is the moment at which a half of the work is done.")
}
rule!(
    not_twice("whatever dies in the middle, no code and no refresh token works twice, with a file")
        .run(|target| Box::pin(crashes(target, Kind::File)))
);
rule!(
    not_twice("whatever dies in the middle, no code and no refresh token works twice, with Redis")
        .needs(Kind::Redis)
        .run(|target| Box::pin(crashes(target, Kind::Redis)))
);
rule!(
    not_twice(
        "whatever dies in the middle, no code and no refresh token works twice, with PostgreSQL"
    )
    .needs(Kind::Postgres)
    .run(|target| Box::pin(crashes(target, Kind::Postgres)))
);
async fn crashes(target: Target, kind: Kind) -> Outcome {
    on_a(&target, kind, async |mut two| {
        let mut browser = two.one.browser();
        for round in 0..ROUNDS {
            let user = two.one.user()?;
            let grant = two.one.code_for(&mut browser, &two.one.request(), user).await?;
            let (here, there) = (two.one.redeem(&grant), two.other.redeem(&grant));
            let (here, there) = if round % 2 == 0 {
                (here, there)
            } else {
                let tokens = two.one.tokens_for(&here).await?;
                let refresh =
                    |target: &Target| Ok(target.refresh(&target.demo, tokens.refresh_token()?));
                (refresh(&two.one)?, refresh(&two.other)?)
            };
            let won = while_it_dies(&mut two, round, &here, &there).await?;
            let sent = format!(
                "round {round}, again and again, while something dies:\n{}",
                here.http().text()
            );
            must(won <= 1, &sent, "at most one 200", won.to_string())?;
        }
        two.one.still_works().await?;
        two.other.still_works().await
    })
    .await
}

/// How many of the tries succeeded, during and after.
async fn while_it_dies(
    two: &mut Two,
    round: usize,
    here: &TokenRequest,
    there: &TokenRequest,
) -> Result<usize, Verdict> {
    let tries: Vec<_> = (0..8)
        .map(|number| {
            let (http, request) = if number % 2 == 0 {
                (&two.one.http, here)
            } else {
                (&two.other.http, there)
            };
            let (http, request) = (http.clone(), request.http());
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_micros(400 * number)).await;
                // A connection that breaks off is no 200.
                http.send(request).await.map_or(0, |answer| answer.status)
            })
        })
        .collect();
    // Another moment in each round, within what a redemption takes.
    tokio::time::sleep(Duration::from_micros(700 * round as u64)).await;
    let engine = Arc::clone(&two.engine);
    let dies = match round / 2 % 3 {
        0 => None,
        _ if engine.kind == Kind::File => None,
        1 => Some(true),
        _ => Some(false),
    };
    match dies {
        None => two.second.kill(),
        Some(true) => engine.kill(),
        Some(false) => engine.pause(),
    }
    let mut won = 0;
    for answer in tries {
        won += usize::from(answer.await.unwrap_or_default() == 200);
    }
    if dies.is_some() {
        let resumed = tokio::task::spawn_blocking(move || engine.resume()).await;
        let broken = |why: String| Verdict::failed("start the engine again", "an engine", why);
        resumed.map_err(|why| broken(why.to_string()))?.map_err(broken)?;
    } else {
        two.second_again().await?;
    }
    // The client tries again, at both.
    for _ in 0..3 {
        for (target, request) in [(&two.one, here), (&two.other, there)] {
            let mut answer = target.send(request).await?;
            for _ in 0..50 {
                if answer.status != 503 {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
                answer = target.send(request).await?;
            }
            answer
                .must(matches!(answer.status, 200 | 400), "200 or 400, with all in order again")?;
            won += usize::from(answer.status == 200);
        }
    }
    Ok(won)
}
