//! R8.1: what works once works once on all servers together.

use crate::check::rounds;
use crate::server::r8::two::{on_a, on_each};
use crate::server::support::must;
use crate::{Check, rule};
use kit::engine::Kind;
use kit::flow::{Grant, TokenRequest};
use kit::two::Two;
use kit::{Answer, Outcome, Target};

/// So many times at each server, at the same moment.
const TRIES: usize = 5;

#[track_caller]
const fn code_once(title: &'static str) -> Check {
    Check::server("R8.1", title)
        .alone()
        .must("draft-ietf-oauth-v2-1 §4.1.3", "A hundred codes, each tried ten times at the same moment, five times at each of two servers that share a store: a hundred times one 200, and nine refusals.")
        .why("One code that gives two tokens gives one of them to whoever copied the code.")
}
rule!(
    code_once("of ten tries of a code at two servers exactly one succeeds, with a file")
        .run(|target| Box::pin(codes(target, Kind::File)))
);
rule!(
    code_once("of ten tries of a code at two servers exactly one succeeds, with Redis")
        .needs(Kind::Redis)
        .run(|target| Box::pin(codes(target, Kind::Redis)))
);
rule!(
    code_once("of ten tries of a code at two servers exactly one succeeds, with PostgreSQL")
        .needs(Kind::Postgres)
        .run(|target| Box::pin(codes(target, Kind::Postgres)))
);
async fn codes(target: Target, kind: Kind) -> Outcome {
    on_a(&target, kind, async |two| {
        let mut browser = two.one.browser();
        for _ in 0..usize::from(rounds()) * 100 {
            let grant = two.one.code_for(&mut browser, &two.one.request(), two.one.user()?).await?;
            one_wins(&two, &two.one.redeem(&grant), &two.other.redeem(&grant)).await?;
        }
        two.one.still_works().await
    })
    .await
}

#[track_caller]
const fn refresh_once(title: &'static str) -> Check {
    Check::server("R8.1", title)
        .alone()
        .lab_rule(
            "RFC 9700 §4.14.2",
            "The same for fifty refresh tokens: fifty times one 200, and nine refusals.",
        )
        .why("Two answers to one refresh token split the login in two, and theft goes unseen.")
}
rule!(
    refresh_once(
        "of ten tries of a refresh token at two servers exactly one succeeds, with a file"
    )
    .run(|target| Box::pin(refreshes(target, Kind::File)))
);
rule!(
    refresh_once("of ten tries of a refresh token at two servers exactly one succeeds, with Redis")
        .needs(Kind::Redis)
        .run(|target| Box::pin(refreshes(target, Kind::Redis)))
);
rule!(
    refresh_once(
        "of ten tries of a refresh token at two servers exactly one succeeds, with PostgreSQL"
    )
    .needs(Kind::Postgres)
    .run(|target| Box::pin(refreshes(target, Kind::Postgres)))
);
async fn refreshes(target: Target, kind: Kind) -> Outcome {
    on_a(&target, kind, async |two| {
        let mut browser = two.one.browser();
        for _ in 0..usize::from(rounds()) * 50 {
            let grant = two.one.code_for(&mut browser, &two.one.request(), two.one.user()?).await?;
            let tokens = two.other.tokens_for(&two.other.redeem(&grant)).await?;
            let refresh =
                |target: &Target| Ok(target.refresh(&target.demo, tokens.refresh_token()?));
            one_wins(&two, &refresh(&two.one)?, &refresh(&two.other)?).await?;
        }
        two.other.still_works().await
    })
    .await
}

async fn one_wins(two: &Two, here: &TokenRequest, there: &TokenRequest) -> Outcome {
    let (one, other) = (two.one.http.clone(), two.other.http.clone());
    let (here, there) = (here.http(), there.http());
    let (here, there) = tokio::join!(one.at_once(&here, TRIES), other.at_once(&there, TRIES));
    let answers: Vec<Answer> = here?.into_iter().chain(there?).collect();
    let won = answers.iter().filter(|answer| answer.status == 200).count();
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        answer.must_be_oauth_error(400, "invalid_grant")?;
    }
    let sent = format!("ten times, at two servers:\n{}", answers[0].request.text());
    must(won == 1, &sent, "one 200", format!("{won}"))
}

rule!(
    Check::server("R8.1", "a login that begins at one server goes on at the other")
        .lab_rule("lab rule", "Login page, login, question, code, token, API and refresh, each at the other server than the one before: as if there were one. A form that is sent to both at once leaves one code.")
        .why("A browser and a client reach whichever server is free.")
        .run(|target| Box::pin(hand_in_hand(target)))
);
async fn hand_in_hand(target: Target) -> Outcome {
    on_each(&target, async |two| {
        let (one, other) = (&two.one, &two.other);
        let mut browser = one.browser();
        let request = one.request();
        let (page, form) = one.login_page(&mut browser, &request).await?;
        let there = |url: String| url.replace(&one.server, &other.server);
        let typed = kit::flow::credentials(one.user()?);
        let page = Answer {
            request: kit::Request::get(there(page.request.url.clone())),
            ..page
        };
        let answer = browser.submit(&page, &form, &typed).await?;
        answer.must_be(303)?;
        let path = answer.location().unwrap_or_default();
        let asked = browser.get(there(path)).await?;
        let question =
            kit::flow::Question::of(&asked).ok_or_else(|| asked.fail("the question of consent"))?;
        let (mut again, first) = (browser.clone(), question.allow());
        let (at_other, at_one) =
            (question.url(), question.url().replace(&other.server, &one.server));
        let (here, there) =
            tokio::join!(browser.post(&at_other, &first), again.post(&at_one, &first));
        let (here, there) = (here?, there?);
        here.must(here.location() == there.location(), "the same redirect from both servers")?;
        let counts = one.debug_state().await?["counts"].take();
        here.must(counts["authorization_codes"] == 1, format!("one code; got {counts}"))?;
        let grant = Grant::of(&request, here)?;
        let tokens = other.tokens_for(&other.redeem(&grant)).await?;
        one.me(&tokens.access_token).await?.must_be(200)?;
        let next = one.tokens_for(&one.refresh(&one.demo, tokens.refresh_token()?)).await?;
        other.me(&next.access_token).await?.must_be(200)?;
        // Reuse at the one ends the login at the other.
        let old = other.refresh(&other.demo, tokens.refresh_token()?);
        other.send(&old).await?.must_be_oauth_error(400, "invalid_grant")?;
        one.me(&next.access_token).await?.must_be_bearer_error(401, Some("invalid_token"))?;
        Ok(())
    })
    .await
}
