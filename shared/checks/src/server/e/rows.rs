//! E8: what a redeemed code leads to has a bound and an end.

use std::time::Duration;

use crate::server::support::{must, of_this_lab, patiently};
use crate::{Check, rule};
use kit::ladder::Capability;
use kit::target::outlive;
use kit::{Outcome, Target, Verdict};
use serde_json::Value;

/// What a redeemed code leaves.
const TABLES: [&str; 3] = [
    "authorization_codes",
    "grants",
    "access_tokens",
];

rule!(
    Check::server("E8", "forty redeemed codes fill no table beyond LAB_MAX_ROWS")
        .since(Capability::TokenEndpoint)
        .lab_rule("lab rule", "With LAB_MAX_ROWS=20 and forty redeemed codes there are 20 codes, 20 grants and 20 access tokens.")
        .why("A client in a loop must not bring the server down.")
        .run(|target| Box::pin(bounded(target)))
);
async fn bounded(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let target = target.with_settings(&[("LAB_MAX_ROWS", "20")]).await?;
    let mut browser = target.browser();
    for _ in 0..40 {
        let grant = target.code_for(&mut browser, &target.request(), target.user()?).await?;
        target.tokens_for(&target.redeem(&grant)).await?;
    }
    target.settle().await;
    let counts = target.debug_state().await?["counts"].take();
    let full = TABLES.iter().all(|name| counts[name] == 20);
    must(full, "GET /debug/state after forty redeemed codes", "20 rows each", counts.to_string())
}

rule!(
    Check::server("E8", "the rows of a redeemed code go away by themselves")
        .since(Capability::TokenEndpoint)
        .lab_rule("lab rule", "With lifetimes of a few seconds, code, grant and access token are there after the exchange, and each is gone, and counted no more, shortly after its own end.")
        .why("Memory that is only freed when somebody asks for the row is never freed.")
        .run(|target| Box::pin(patiently(move |seconds| ended(target.clone(), seconds))))
);
async fn ended(target: Target, seconds: u64) -> Outcome {
    of_this_lab(&target)?;
    let (short, long) = (seconds.to_string(), (seconds + 4).to_string());
    let lifetimes = [
        ("LAB_TTL_CODE", short.as_str()),
        ("LAB_TTL_ACCESS", &short),
        ("LAB_TTL_REFRESH", &long),
        ("LAB_TTL_REFRESH_IDLE", &long),
    ];
    let target = target.with_settings(&lifetimes).await?;
    target.tokens().await?;
    let before = target.debug_state().await?;
    let sent = "GET /debug/state after the exchange";
    must(rows(&before) == [Some(1); 3], sent, "one row in each table", before.to_string())?;
    outlive(seconds).await;
    // From v06 the grant lives on: it is what a refresh token names.
    let refreshes = target.has(Capability::Refresh);
    let grants = if refreshes { Some(1) } else { Some(0) };
    gone(&target, [Some(0), grants, Some(0)]).await?;
    if refreshes {
        outlive(4).await;
    }
    gone(&target, [Some(0); 3]).await
}

/// How many rows each of [`TABLES`] has.
fn rows(state: &Value) -> [Option<u64>; 3] {
    TABLES.map(|name| state["counts"][name].as_u64())
}

/// Waits a little until the tables have that many rows: a sweep comes once a second.
async fn gone(target: &Target, wanted: [Option<u64>; 3]) -> Outcome {
    let mut after = Value::Null;
    for _ in 0..20 {
        after = target.debug_state().await?;
        if rows(&after) == wanted {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let wanted = format!("{TABLES:?} with {wanted:?} rows");
    Err(Verdict::failed("GET /debug/state after the end of the rows", wanted, after.to_string()))
}

rule!(
    Check::server("E8", "a token whose grant was pushed out is refused")
        .since(Capability::Refresh)
        .lab_rule("lab rule", "With LAB_MAX_ROWS=5: the oldest of five logins is refreshed, a sixth pushes its grant out. Its access token, the newest but one, is 401 invalid_token, its refresh token 400 invalid_grant.")
        .why("A row that is gone reads as no: a login that nobody can revoke any more must not live on.")
        .run(|target| Box::pin(pushed_out(target)))
);
async fn pushed_out(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let target = target.with_settings(&[("LAB_MAX_ROWS", "5")]).await?;
    let oldest = target.tokens().await?;
    for _ in 0..4 {
        target.tokens().await?;
    }
    let oldest = target.tokens_for(&target.refresh(&target.demo, oldest.refresh_token()?)).await?;
    target.me(&oldest.access_token).await?.must_be(200)?;
    let newest = target.tokens().await?;
    target.settle().await;
    let answer = target.me(&oldest.access_token).await?;
    answer.must_be_bearer_error(401, Some("invalid_token"))?;
    let refresh = target.refresh(&target.demo, oldest.refresh_token()?);
    target.send(&refresh).await?.must_be_oauth_error(400, "invalid_grant")?;
    target.me(&newest.access_token).await?.must_be(200)?;
    Ok(())
}
