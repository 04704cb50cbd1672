//! E8: visitors do not fill the memory.

use std::time::Duration;

use serde_json::Value;

use crate::check::Check;
use crate::check::Keyword;
use crate::check::Outcome;
use crate::check::Subject;
use crate::check::Verdict;
use crate::server::support::must;
use crate::server::support::patiently;
use crate::target::Target;
use crate::target::outlive;

pub const CHECKS: &[Check] = &[
    Check {
        id: "E8",
        title: "two hundred anonymous visits fill no table beyond LAB_MAX_ROWS",
        since: 1,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::LabRule,
        section: "lab rule",
        must: "With LAB_MAX_ROWS=50 no table of /debug/state ever holds more than 50 rows, and the newest visitor can still log in.",
        why: "Anybody may ask /authorize, as often as they like.",
        run: |target| Box::pin(anonymous_visits(target)),
    },
    Check {
        id: "E8",
        title: "a hundred logins fill no table beyond LAB_MAX_ROWS",
        since: 1,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::LabRule,
        section: "lab rule",
        must: "With LAB_MAX_ROWS=30 codes and tokens are bounded too, and the newest ones work.",
        why: "A client in a loop must not bring the server down.",
        run: |target| Box::pin(many_logins(target)),
    },
    Check {
        id: "E8",
        title: "expired rows go away by themselves",
        since: 1,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::LabRule,
        section: "lab rule",
        must: "With lifetimes of a few seconds, requests and unused codes are gone from /debug/state shortly after.",
        why: "Memory that is only freed when somebody asks for the row is never freed.",
        run: |target| Box::pin(patiently(move |seconds| rows_expire(target.clone(), seconds))),
    },
];

/// The largest table of `storage` and how many rows it has.
async fn largest(target: &Target) -> Result<(String, usize), Verdict> {
    let storage = target.storage().await?;
    let rows = |table: &Value| table.as_object().map_or(0, serde_json::Map::len);
    let tables = storage.as_object().into_iter().flatten();
    Ok(tables
        .map(|(name, table)| (name.clone(), rows(table)))
        .max_by_key(|table| table.1)
        .unwrap_or_default())
}

async fn bounded(target: &Target, most: usize, after: &str) -> Outcome {
    let (name, rows) = largest(target).await?;
    must(
        rows <= most,
        after,
        &format!("at most {most} rows in every table"),
        format!("{rows} rows in {name}"),
    )
}

async fn anonymous_visits(target: Target) -> Outcome {
    let target = target.with_settings(&[("LAB_MAX_ROWS", "50")]).await?;
    for visit in 1..=200 {
        let answer = target.browser().get(target.request().url()).await?;
        answer.must(matches!(answer.status, 302 | 303), "a redirect to /login")?;
        if visit % 20 == 0 {
            bounded(&target, 50, &format!("{visit} anonymous visits to /authorize")).await?;
        }
    }
    let (_, rows) = largest(&target).await?;
    must(
        rows >= 40,
        "200 anonymous visits to /authorize",
        "a table that is nearly full: the test sees what it bounds",
        format!("{rows} rows"),
    )?;
    target.still_works().await
}

async fn many_logins(target: Target) -> Outcome {
    let target = target.with_settings(&[("LAB_MAX_ROWS", "30")]).await?;
    for login in 1..=100 {
        target.still_works().await?;
        if target.version >= 4 {
            target.tokens().await?;
        }
        if login % 10 == 0 {
            bounded(&target, 30, &format!("{login} logins")).await?;
        }
    }
    if target.version >= 5 {
        let tokens = target.tokens().await?;
        target.me(&tokens.access_token).await?.must_be(200)?;
    }
    Ok(())
}

async fn rows_expire(target: Target, seconds: u64) -> Outcome {
    let lifetime = seconds.to_string();
    let names = [
        "LAB_TTL_CODE",
        "LAB_TTL_PENDING",
        "LAB_TTL_ACCESS",
        "LAB_TTL_REFRESH",
    ];
    let target = target.with_settings(&names.map(|name| (name, lifetime.as_str()))).await?;
    target.browser().get(target.request().url()).await?;
    let grant = target.code().await?;
    let before = target.storage().await?;
    let there = before["authorization_codes"].get(&grant.code).is_some();
    must(there, "GET /debug/state after a new code", "the code", before.to_string())?;
    outlive(seconds).await;
    let mut rows = String::new();
    for _ in 0..40 {
        let storage = target.storage().await?;
        let tables = [
            "authorization_codes",
            "authorization_requests",
        ]
        .map(|name| storage[name].to_string());
        rows = tables.join(" ");
        if tables.iter().all(|table| matches!(table.as_str(), "{}" | "null")) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let sent = format!("GET /debug/state, 5 seconds after a lifetime of {seconds}");
    Err(Verdict::failed(sent, "no code and no pending request", rows))
}
