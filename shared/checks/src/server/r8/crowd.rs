//! R8.5: more requests than connections.

use std::time::{Duration, Instant};

use crate::server::r8::two::{LATEST, on_each};
use crate::server::support::must;
use crate::{Check, rule};
use kit::engine::Kind;
use kit::http::Http;
use kit::two::Two;
use kit::{Outcome, Request, Target, Verdict};
use tokio::task::JoinError;

rule!(
    Check::server("R8.5", "more requests than the store can take are answered or refused")
        .alone()
        .lab_rule("lab rule", "Two hundred token requests at once at two servers: each has an answer within two seconds, 200 or 503, and twenty or more are 200. While the engine stands still, all of them are 503, as quickly. Shortly afterwards all is well.")
        .why("A queue without end answers everybody too late, and so nobody.")
        .run(|target| Box::pin(crowd(target)))
);
async fn crowd(target: Target) -> Outcome {
    on_each(&target, async |two| {
        // A third server, which has no part in this, waits for the machine alone.
        let third = two.one.with_settings(&[("LAB_STORE", "memory:")]).await?;
        let requests = redemptions(&two).await?;
        let served = all_at_once(&requests, &[200, 503], &third).await?;
        // If all got on equally slowly, none would be done in time.
        must(served >= 20, "200 token requests at once", "20 times 200", served.to_string())?;
        if two.engine.kind != Kind::File {
            two.engine.pause();
            let refused = all_at_once(&requests, &[503], &third).await;
            let resumed = two.engine.resume();
            resumed.map_err(|why| Verdict::failed("go on", "an engine", why))?;
            refused?;
        }
        // What was given up is still under way in the engine for a moment.
        let begin = Instant::now();
        while begin.elapsed().as_secs() < 5 {
            if two.other.still_works().await.is_ok() {
                return Ok(());
            }
        }
        two.other.still_works().await
    })
    .await
}

/// Two hundred good token requests, half of them for each server.
async fn redemptions(two: &Two) -> Result<Vec<(Http, Request)>, Verdict> {
    let mut browser = two.one.browser();
    let mut requests = Vec::new();
    for number in 0..240 {
        let at = match number % 2 {
            0 => &two.one,
            _ => &two.other,
        };
        // On a busy machine, one of so many may be told to come back later.
        let code = two.one.code_for(&mut browser, &two.one.request(), two.one.user()?).await;
        if let Ok(grant) = code {
            requests.push((at.http.clone(), at.redeem(&grant).http()));
        }
    }
    must(requests.len() >= 200, "240 logins", "200 codes", requests.len().to_string())?;
    Ok(requests)
}

/// How many of them are 200. Each must have one of these statuses, and in time.
async fn all_at_once(
    requests: &[(Http, Request)],
    statuses: &[u16],
    third: &Target,
) -> Result<usize, Verdict> {
    let asked = requests.iter().cloned().map(|(http, request)| {
        tokio::spawn(async move {
            let begin = Instant::now();
            Ok::<_, Verdict>((http.send(request).await?, begin.elapsed()))
        })
    });
    let asked: Vec<_> = asked.collect();
    let mut machine = Duration::ZERO;
    while asked.iter().any(|task| !task.is_finished()) {
        let begin = Instant::now();
        third.http.send(Request::get(third.url("/healthz"))).await?.must_be(200)?;
        machine = machine.max(begin.elapsed());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let latest = LATEST + (machine * 2).min(LATEST);
    let broken =
        |trouble: JoinError| Verdict::failed("200 requests", "answers", trouble.to_string());
    let mut served = 0;
    for task in asked {
        let (answer, late) = task.await.map_err(broken)??;
        answer.must(statuses.contains(&answer.status), format!("one of {statuses:?}"))?;
        let took = format!("within two seconds; it took {late:?}, and the machine {machine:?}");
        answer.must(late < latest, took)?;
        served += usize::from(answer.status == 200);
    }
    Ok(served)
}
