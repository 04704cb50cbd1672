//! E8: a flood by one user ends only what is that user's own.

use crate::server::e::memory::logged_in;
use crate::server::support::{is_logged_in, must, must_be_alive};
use crate::{Check, rule};
use kit::flow::Grant;
use kit::ladder::Capability;
use kit::{Outcome, Target};

/// So many rows a table may have in these checks.
const ROWS: &str = "30";

/// So often the flood comes: the table would be full of it several times.
const FLOOD: usize = 100;

rule!(
    Check::server("E8", "a flood of one user's codes ends no other user's code")
        .lab_rule("lab rule", "With LAB_MAX_ROWS=30 and a hundred codes of user1, three older codes of user0 and user1's newest are good; user1's first is gone.")
        .why("A full table has to drop something, and it should be what belongs to whoever filled it.")
        .run(|target| Box::pin(codes(target)))
);
async fn codes(target: Target) -> Outcome {
    let target = target.with_settings(&[("LAB_MAX_ROWS", ROWS)]).await?;
    let (mut quiet, mut loud) = (logged_in(&target, 0).await?, logged_in(&target, 1).await?);
    let mut hers = Vec::new();
    for _ in 0..3 {
        hers.push(target.code_for(&mut quiet, &target.request(), &target.users[0]).await?);
    }
    let mut his = Vec::new();
    for _ in 0..FLOOD {
        his.push(target.code_for(&mut loud, &target.request(), &target.users[1]).await?);
    }
    target.settle().await;
    for grant in hers.iter().chain(his.last()) {
        is_good(&target, grant, true).await?;
    }
    is_good(&target, &his[0], false).await
}

/// From v04 the token endpoint says whether a code is good; before, only `/debug/state` can tell.
async fn is_good(target: &Target, grant: &Grant, good: bool) -> Outcome {
    if target.has(Capability::TokenEndpoint) {
        let answer = target.send(&target.redeem(grant)).await?;
        if good {
            answer.must_be(200)?;
        } else {
            answer.must_be_oauth_error(400, "invalid_grant")?;
        }
        return Ok(());
    }
    let storage = target.storage().await?;
    let there = storage["authorization_codes"].get(target.key(&grant.code)).is_some();
    let wanted = if good { "the code" } else { "no such code" };
    must(there == good, "GET /debug/state after the flood", wanted, there.to_string())
}

rule!(
    Check::server("E8", "a flood of one user's logins ends no other user's tokens")
        .since(Capability::TokenEndpoint)
        .lab_rule("lab rule", "With LAB_MAX_ROWS=30 and a hundred exchanges of user1, user0's older tokens and user1's newest live on.")
        .why("Otherwise one user with a loop logs everybody out.")
        .run(|target| Box::pin(logins(target)))
);
async fn logins(target: Target) -> Outcome {
    let target = target.with_settings(&[("LAB_MAX_ROWS", ROWS)]).await?;
    let (mut quiet, mut loud) = (logged_in(&target, 0).await?, logged_in(&target, 1).await?);
    let mut hers = Vec::new();
    for _ in 0..3 {
        let grant = target.code_for(&mut quiet, &target.request(), &target.users[0]).await?;
        hers.push(target.tokens_for(&target.redeem(&grant)).await?);
    }
    let mut his = Vec::new();
    for _ in 0..FLOOD {
        let grant = target.code_for(&mut loud, &target.request(), &target.users[1]).await?;
        his.push(target.tokens_for(&target.redeem(&grant)).await?);
    }
    target.settle().await;
    for tokens in hers.iter().chain(his.last()) {
        let when = "a token that is not of the flood, or its newest";
        must_be_alive(&target, &tokens.access_token, true, when).await?;
        if target.has(Capability::Refresh) {
            target.tokens_for(&target.refresh(&target.demo, tokens.refresh_token()?)).await?;
        }
    }
    if target.has(Capability::ProtectedApi) {
        let first = target.me(&his[0].access_token).await?;
        first.must_be_bearer_error(401, Some("invalid_token"))?;
    }
    Ok(())
}

rule!(
    Check::server("E8", "a flood of one user's sessions logs no other user out")
        .lab_rule("lab rule", "With LAB_MAX_ROWS=30 and a hundred logins of user1 in a hundred browsers, user0 is still logged in, and so is user1's newest browser; user1's first is not.")
        .why("A session that nobody used for an hour is not worth less than one that a loop has just made.")
        .run(|target| Box::pin(sessions(target)))
);
async fn sessions(target: Target) -> Outcome {
    let target = target.with_settings(&[("LAB_MAX_ROWS", ROWS)]).await?;
    let mut quiet = logged_in(&target, 0).await?;
    let mut first = logged_in(&target, 1).await?;
    for _ in 0..FLOOD {
        logged_in(&target, 1).await?;
    }
    let mut newest = logged_in(&target, 1).await?;
    target.settle().await;
    let sent = "/authorize after a hundred logins of user1";
    for (browser, who) in [
        (&mut quiet, "user0, logged in before"),
        (&mut newest, "user1's newest browser"),
    ] {
        let known = is_logged_in(&target, browser).await?;
        must(known, sent, &format!("{who}: still logged in"), "the login page")?;
    }
    let known = is_logged_in(&target, &mut first).await?;
    must(!known, sent, "user1's first browser: logged out, sessions are bounded", "a code")
}

rule!(
    Check::server("E8", "a flood of strangers logs nobody out")
        .lab_rule("lab rule", "With LAB_MAX_ROWS=30, after a hundred visits and a hundred wrong passwords by strangers user0 is still logged in, and her code can still be used.")
        .why("Whoever has no account at all must have even less power over others.")
        .run(|target| Box::pin(strangers(target)))
);
async fn strangers(target: Target) -> Outcome {
    let target = target.with_settings(&[("LAB_MAX_ROWS", ROWS)]).await?;
    let mut quiet = logged_in(&target, 0).await?;
    let grant = target.code_for(&mut quiet, &target.request(), &target.users[0]).await?;
    for _ in 0..FLOOD {
        let mut stranger = target.browser();
        let (page, form) = target.login_page(&mut stranger, &target.request()).await?;
        let guess = [
            ("username", "user0"),
            ("password", "wrong"),
        ];
        stranger.submit(&page, &form, &guess).await?.must_be(401)?;
        stranger.get(target.url("/welcome")).await?;
    }
    target.settle().await;
    let known = is_logged_in(&target, &mut quiet).await?;
    must(known, "/authorize after the flood", "user0 still logged in", "the login page")?;
    is_good(&target, &grant, true).await
}
