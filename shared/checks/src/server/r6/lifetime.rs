//! R6.4, R6.5: a refresh token ends, by idling and absolutely.

use std::time::Duration;

use crate::server::support::{must, patiently};
use crate::{Check, rule};
use kit::target::outlive;
use kit::{Outcome, Target, Verdict};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

rule!(
    Check::server("R6.4", "an expired refresh token is invalid_grant")
        .should("RFC 6749 §5.2", "After its lifetime: 400 invalid_grant; before it, it works.")
        .why("A login must end some day, stolen or not.")
        .run(|target| Box::pin(patiently(move |seconds| expired(target.clone(), seconds))))
);
async fn expired(target: Target, seconds: u64) -> Outcome {
    let target = target.with_settings(&[("LAB_TTL_REFRESH", &seconds.to_string())]).await?;
    let late = target.tokens().await?;
    let in_time = target.tokens().await?;
    let renewed =
        target.tokens_for(&target.refresh(&target.demo, in_time.refresh_token()?)).await?;
    for tokens in [&late, &renewed] {
        let promised = tokens.json["expires_in"].as_u64();
        must(
            promised.is_some_and(|promised| promised <= seconds),
            "expires_in of a login that ends before its access token would",
            &format!("at most {seconds}: no token outlives its login"),
            format!("{promised:?}"),
        )?;
    }
    outlive(seconds).await;
    let refresh = target.refresh(&target.demo, late.refresh_token()?);
    target.send(&refresh).await?.must_be_oauth_error(400, "invalid_grant")?;
    let fresh = target.tokens().await?;
    target.tokens_for(&target.refresh(&target.demo, fresh.refresh_token()?)).await?;
    Ok(())
}

rule!(
    Check::server("R6.4", "an idle refresh token is invalid_grant")
        .should(
            "RFC 9700 §4.14.2",
            "Unused for the idle time: 400 invalid_grant; each rotation starts the idle time anew."
        )
        .why("A client that is never opened again should not hold a key for ever.")
        .run(|target| Box::pin(patiently(move |seconds| idle(target.clone(), seconds))))
);
async fn idle(target: Target, seconds: u64) -> Outcome {
    let target = target.with_settings(&[("LAB_TTL_REFRESH_IDLE", &seconds.to_string())]).await?;
    let first = target.tokens().await?;
    let before = idle_until(&target, &first).await?;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let second = target.tokens_for(&target.refresh(&target.demo, first.refresh_token()?)).await?;
    let after = idle_until(&target, &second).await?;
    let moved = after > before;
    must(
        moved,
        "idle_until before and after a rotation",
        "a later moment",
        format!("{before}, {after}"),
    )?;
    outlive(seconds).await;
    let refresh = target.refresh(&target.demo, second.refresh_token()?);
    target.send(&refresh).await?.must_be_oauth_error(400, "invalid_grant")?;
    let fresh = target.tokens().await?;
    target.tokens_for(&target.refresh(&target.demo, fresh.refresh_token()?)).await?;
    Ok(())
}

/// The row of a refresh token's login in `/debug/state`.
async fn row(target: &Target, tokens: &kit::flow::Tokens) -> Result<Value, Verdict> {
    let name = tokens.refresh_token()?.split('.').next().unwrap_or_default();
    Ok(target.storage().await?["grants"][target.key(name)].take())
}

async fn idle_until(
    target: &Target,
    tokens: &kit::flow::Tokens,
) -> Result<OffsetDateTime, Verdict> {
    moment(&row(target, tokens).await?, "idle_until")
}

fn moment(row: &Value, name: &str) -> Result<OffsetDateTime, Verdict> {
    let text = row[name].as_str().unwrap_or_default();
    OffsetDateTime::parse(text, &Rfc3339).map_err(|_| {
        Verdict::failed("GET /debug/state", format!("{name} of the grant"), row.to_string())
    })
}

rule!(
    Check::server("R6.5", "rotation never extends the absolute end")
        .lab_rule(
            "RFC 9700 §4.14.2",
            "A token that came by rotation ends when the first of its family would have ended."
        )
        .why("Otherwise a thief who keeps refreshing keeps access for ever.")
        .run(|target| Box::pin(patiently(move |seconds| absolute_end(target.clone(), seconds))))
);
async fn absolute_end(target: Target, seconds: u64) -> Outcome {
    let target = target.with_settings(&[("LAB_TTL_REFRESH", &(seconds + 1).to_string())]).await?;
    let first = target.tokens().await?;
    let end = moment(&row(&target, &first).await?, "expires_at")?;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let second = target.tokens_for(&target.refresh(&target.demo, first.refresh_token()?)).await?;
    let second_row = row(&target, &second).await?;
    let second_end = moment(&second_row, "expires_at")?;
    must(
        second_end <= end && moment(&second_row, "idle_until")? <= end,
        "expires_at and idle_until after a rotation",
        &format!("not later than {end}"),
        second_row.to_string(),
    )?;
    let left = end - OffsetDateTime::now_utc();
    tokio::time::sleep(Duration::try_from(left).unwrap_or_default() + Duration::from_millis(1100))
        .await;
    let refresh = target.refresh(&target.demo, second.refresh_token()?);
    target.send(&refresh).await?.must_be_oauth_error(400, "invalid_grant")?;
    let fresh = target.tokens().await?;
    target.tokens_for(&target.refresh(&target.demo, fresh.refresh_token()?)).await?;
    Ok(())
}
