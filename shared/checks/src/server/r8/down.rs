//! R8.4: without its store, a server refuses, quickly and in the right words.

use std::time::{Duration, Instant};

use crate::server::r8::two::{LATEST, on_a};
use crate::server::support::must;
use crate::{Check, rule};
use kit::engine::Kind;
use kit::flow::{AuthorizationRequest, credentials};
use kit::two::Two;
use kit::{Answer, Browser, Outcome, Request, Target, Verdict};

#[track_caller]
const fn refuses(title: &'static str) -> Check {
    Check::server("R8.4", title)
        .alone()
        .lab_rule("RFC 6749 §4.1.2.1", "With the engine killed, and with the engine paused: /token and the API are 503 JSON temporarily_unavailable, /authorize redirects with it and the state (to a wrong redirect_uri: never), pages are a 503 page, each with Retry-After and within two seconds. Within a second of its return all is as before.")
        .why("Whoever lets in what cannot be looked up has no lock when it matters.")
}
rule!(
    refuses("without its store a server refuses, and is back with it: Redis")
        .needs(Kind::Redis)
        .run(|target| Box::pin(down(target, Kind::Redis)))
);
rule!(
    refuses("without its store a server refuses, and is back with it: PostgreSQL")
        .needs(Kind::Postgres)
        .run(|target| Box::pin(down(target, Kind::Postgres)))
);
async fn down(target: Target, kind: Kind) -> Outcome {
    on_a(&target, kind, async |two| {
        for way in [Engine::Killed, Engine::Paused] {
            let one = &two.one;
            let mut browser = one.browser();
            let used = one.code_for(&mut browser, &one.request(), one.user()?).await?;
            let tokens = one.tokens_for(&one.redeem(&used)).await?;
            let waiting = one.request();
            let (page, form) = one.login_page(&mut one.browser(), &waiting).await?;
            match way {
                Engine::Killed => two.engine.kill(),
                Engine::Paused => two.engine.pause(),
            }
            let refused = async {
                for at in [&two.one, &two.other] {
                    let code = kit::flow::Grant {
                        code: kit::encoding::random(),
                        ..used.clone()
                    };
                    later(at.redeem(&code).http(), at).await?;
                    later(at.refresh(&at.demo, tokens.refresh_token()?).http(), at).await?;
                    for path in [
                        "/api/me",
                        "/api/notes",
                        "/api/admin/users",
                    ] {
                        later(Request::get(at.url(path)).bearer(&tokens.access_token), at).await?;
                    }
                    redirected(at, &mut browser).await?;
                    let submit = async |mut browser: Browser| {
                        browser.submit(&page, &form, &credentials(at.user()?)).await
                    };
                    a_page(timed(submit(at.browser())).await?)?;
                    let ticket = form.filled(&[]).into_iter().find(|(name, _)| name == "ticket");
                    let ticket = ticket.map(|(_, ticket)| ticket).unwrap_or_default();
                    for path in ["/", "/welcome", "/debug/state"] {
                        a_page(timed(browser.get(at.url(path))).await?)?;
                    }
                    for path in ["/login", "/consent"] {
                        a_page(
                            timed(browser.get(at.url(&format!("{path}?ticket={ticket}")))).await?,
                        )?;
                    }
                    // It lives, and says so.
                    at.http.send(Request::get(at.url("/healthz"))).await?.must_be(200)?;
                }
                Ok::<_, Verdict>(())
            };
            let refused = refused.await;
            let engine = two.engine.clone();
            let resumed = tokio::task::spawn_blocking(move || engine.resume()).await;
            let broken = |why: String| Verdict::failed("start the engine again", "an engine", why);
            resumed.map_err(|why| broken(why.to_string()))?.map_err(broken)?;
            refused?;
            back(&two, &tokens.access_token, &mut browser).await?;
        }
        Ok(())
    })
    .await
}

#[derive(Clone, Copy, Debug)]
enum Engine {
    Killed,
    Paused,
}

/// 503 for a program.
async fn later(request: Request, target: &Target) -> Outcome {
    let answer = timed(target.http.send(request)).await?;
    answer.must_be_oauth_error(503, "temporarily_unavailable")?;
    answer.must(answer.header("retry-after").is_some(), "Retry-After")?;
    answer.must(answer.has_word("cache-control", "no-store"), "Cache-Control: no-store")?;
    answer
        .must(answer.challenge("Bearer").is_none(), "no challenge: another token would not help")?;
    Ok(())
}

/// 503 for a person.
fn a_page(answer: Answer) -> Outcome {
    answer.must_be_page(503)?;
    answer.must(answer.header("retry-after").is_some(), "Retry-After")?;
    answer.must(answer.header("set-cookie").is_none(), "no new cookie")?;
    Ok(())
}

async fn redirected(target: &Target, browser: &mut Browser) -> Outcome {
    let request: AuthorizationRequest = target.request();
    let answer = timed(browser.get(request.url())).await?;
    answer.must_redirect_error(&request.redirect_uri, "temporarily_unavailable")?;
    let state = request.params.get("state").map(str::to_owned);
    answer.must(answer.location_param("state") == state, "the state, as it came")?;
    let elsewhere = target.request().to("http://localhost:5666/elsewhere");
    let answer = timed(browser.get(elsewhere.url())).await?;
    answer.must_be_page(400)?;
    Ok(())
}

async fn timed(answer: impl Future<Output = Result<Answer, Verdict>>) -> Result<Answer, Verdict> {
    let begin = Instant::now();
    let answer = answer.await?;
    let took = begin.elapsed();
    answer.must(took < LATEST, format!("an answer within two seconds; it took {took:?}"))?;
    Ok(answer)
}

/// Everything works again within a second.
async fn back(two: &Two, access_token: &str, browser: &mut Browser) -> Outcome {
    let begin = Instant::now();
    for at in [&two.one, &two.other] {
        loop {
            let answer = at.me(access_token).await?;
            if answer.status == 200 {
                break;
            }
            answer.must_be(503)?;
            let took = begin.elapsed();
            must(
                took.as_millis() < 1000,
                "GET /api/me, after the engine has come back",
                "200 within a second",
                format!("503 after {took:?}"),
            )?;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        at.still_works().await?;
        let answer = browser.get(at.request().url()).await?;
        answer.must(answer.location_param("code").is_some(), "still logged in")?;
    }
    Ok(())
}
