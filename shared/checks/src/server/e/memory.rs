//! E8: visitors do not fill the memory, and what makes room is their own.

use std::time::Duration;

use crate::server::support::{LIFETIMES, TABLES, must, patiently};
use crate::{Check, rule};
use kit::flow::credentials;
use kit::ladder::Capability;
use kit::target::outlive;
use kit::{Browser, Outcome, Request, Target, Verdict};
use serde_json::Value;

/// The largest table and how many rows it has, by what is counted and by what is shown.
async fn largest(target: &Target) -> Result<(String, usize), Verdict> {
    let state = target.debug_state().await?;
    let shown = state["storage"].as_object().into_iter().flatten();
    let shown = shown
        .map(|(name, table)| (name.clone(), table.as_object().map_or(0, serde_json::Map::len)));
    let counts = state["counts"].as_object().into_iter().flatten();
    let counted = counts.filter_map(|(name, rows)| {
        Some((name.clone(), usize::try_from(rows.as_u64()?).unwrap_or(usize::MAX)))
    });
    Ok(shown.chain(counted).max_by_key(|table| table.1).unwrap_or_default())
}

async fn bounded(target: &Target, most: usize, after: &str) -> Outcome {
    target.settle().await;
    let (name, rows) = largest(target).await?;
    let wanted = format!("at most {most} rows in every table");
    must(rows <= most, after, &wanted, format!("{rows} rows in {name}"))
}

rule!(
    Check::server("E8", "two hundred anonymous visits fill no table beyond LAB_MAX_ROWS")
        .lab_rule("lab rule", "With LAB_MAX_ROWS=50 no table of /debug/state ever holds more than 50 rows (a shared store: for more than a second), and the newest visitor can still log in.")
        .why("Anybody may ask /authorize, as often as they like.")
        .run(|target| Box::pin(anonymous_visits(target)))
);
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

rule!(
    Check::server("E8", "of more logins in progress than there is room for the oldest go")
        .lab_rule("lab rule", "With LAB_MAX_ROWS=50, of 80 requests within a second exactly the 50 newest can be finished, the oldest of them included; the 30 others end at /welcome.")
        .why("Rows that end in the same second have an order, too: whoever came last must not be the first to go.")
        .run(|target| Box::pin(oldest_request(target)))
);
async fn oldest_request(target: Target) -> Outcome {
    let target = target.with_settings(&[("LAB_MAX_ROWS", "50")]).await?;
    let user = target.user()?;
    let mut waiting = Vec::new();
    for _ in 0..80 {
        let request = target.request();
        let mut browser = target.browser();
        let (page, form) = target.login_page(&mut browser, &request).await?;
        waiting.push((request, browser, page, form));
    }
    target.settle().await;
    for (number, (request, mut browser, page, form)) in waiting.into_iter().enumerate() {
        let answer = browser.submit(&page, &form, &credentials(user)).await?;
        answer.must_be(303)?;
        let answer = target.onward(&mut browser, &request, answer).await?;
        let has_code = answer.location_param("code").is_some();
        let wanted = if number < 30 {
            "no code: 50 newer requests have come since"
        } else {
            "a code: fewer than 50 newer requests have come since"
        };
        answer
            .must(has_code == (number >= 30), format!("{wanted} (request {} of 80)", number + 1))?;
    }
    Ok(())
}

rule!(
    Check::server("E8", "a hundred logins fill no table beyond LAB_MAX_ROWS")
        .lab_rule("lab rule", "With LAB_MAX_ROWS=30 codes, grants and tokens are bounded too, and a new code can be redeemed although 29 newer ones have come.")
        .why("A client in a loop must not bring the server down, and a code that is a moment old must not make room for one that is days old.")
        .run(|target| Box::pin(many_logins(target)))
);
async fn many_logins(target: Target) -> Outcome {
    let target = target.with_settings(&[("LAB_MAX_ROWS", "30")]).await?;
    for login in 1..=100 {
        target.still_works().await?;
        if target.has(Capability::TokenEndpoint) {
            target.tokens().await?;
        }
        if login % 10 == 0 {
            bounded(&target, 30, &format!("{login} logins")).await?;
        }
    }
    let mut browser = target.browser();
    let mut codes = Vec::new();
    for _ in 0..30 {
        codes.push(target.code_for(&mut browser, &target.request(), target.user()?).await?);
    }
    let oldest = &codes[0];
    if target.has(Capability::TokenEndpoint) {
        let tokens = target.tokens_for(&target.redeem(oldest)).await?;
        if target.has(Capability::ProtectedApi) {
            target.me(&tokens.access_token).await?.must_be(200)?;
        }
        return Ok(());
    }
    let row = target.storage().await?["authorization_codes"][target.key(&oldest.code)].take();
    let wanted = "the code, with 29 newer ones beside it";
    must(row.is_object(), "GET /debug/state", wanted, row.to_string())
}

/// The most that the page may weigh.
const LARGEST_STATE: usize = 512 * 1024;

rule!(
    Check::server("E8", "/debug/state shows the newest hundred rows, and how many there are")
        .lab_rule("lab rule", "With 250 logins in progress, each with the longest state: counts says 250, the 100 newest are shown, JSON and page stay below 512 KiB, ten times in a row.")
        .why("A page that clones whatever the visitors have left costs more than the visitors did.")
        .run(|target| Box::pin(full_table(target)))
);
async fn full_table(target: Target) -> Outcome {
    let target = target.with_settings(&[("LAB_MAX_ROWS", "300")]).await?;
    let longest = "s".repeat(1024);
    let mut tickets = Vec::new();
    for _ in 0..250 {
        let mut request = target.request();
        if target.has(Capability::State) {
            request = request.set("state", &longest);
        }
        let answer = target.browser().get(request.url()).await?;
        answer.must_be(303)?;
        tickets.push(answer.location_param("ticket").unwrap_or_default());
    }
    for _ in 0..10 {
        let state = target.debug_state().await?;
        let table = &state["storage"]["authorization_requests"];
        let all_there = tickets[150..].iter().all(|ticket| table.get(target.key(ticket)).is_some());
        let rows = table.as_object().map_or(0, serde_json::Map::len);
        let wanted = "the 100 newest of 250 rows";
        must(rows == 100 && all_there, "GET /debug/state", wanted, format!("{rows} rows"))?;
        let counted = &state["counts"]["authorization_requests"];
        must(counted == 250, "GET /debug/state", "counts of 250", counted.to_string())?;
        for accept in ["application/json", "text/html"] {
            let request = Request::get(target.url("/debug/state")).header("Accept", accept);
            let answer = target.http.send(request).await?;
            let size = answer.body.len();
            answer.must(
                answer.status == 200 && size < LARGEST_STATE,
                format!("200, less than {LARGEST_STATE} bytes; it is {size}"),
            )?;
        }
    }
    target.still_works().await
}

rule!(
    Check::server("E8", "expired rows go away by themselves")
        .lab_rule("lab rule", "With lifetimes of a few seconds, requests, codes, grants, tokens and consents are gone from /debug/state shortly after, and counted no more.")
        .why("Memory that is only freed when somebody asks for the row is never freed.")
        .run(|target| Box::pin(patiently(move |seconds| rows_expire(target.clone(), seconds))))
);
async fn rows_expire(target: Target, seconds: u64) -> Outcome {
    let lifetime = seconds.to_string();
    let short = LIFETIMES.map(|name| (name, lifetime.as_str()));
    let target = target.with_settings(&short).await?;
    target.browser().get(target.request().url()).await?;
    let grant = target.code().await?;
    let before = target.storage().await?;
    let there = before["authorization_codes"].get(target.key(&grant.code)).is_some();
    must(there, "GET /debug/state after a new code", "the code", before.to_string())?;
    target.still_works().await?;
    outlive(seconds).await;
    let mut rows = String::new();
    for _ in 0..40 {
        let state = target.debug_state().await?;
        let mut full = Vec::new();
        for name in TABLES {
            let (shown, counted) = (&state["storage"][name], &state["counts"][name]);
            if !is_empty(shown) || counted.as_u64().is_some_and(|rows| rows > 0) {
                full.push(format!("{name}: {counted} {shown}"));
            }
        }
        if full.is_empty() {
            return Ok(());
        }
        rows = full.join("\n");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let sent = format!("GET /debug/state, 5 seconds after a lifetime of {seconds}");
    Err(Verdict::failed(sent, "no row of a login any more", rows))
}

fn is_empty(table: &Value) -> bool {
    table.as_object().is_none_or(serde_json::Map::is_empty)
}

/// A browser in which a user is logged in.
pub(super) async fn logged_in(target: &Target, user: usize) -> Result<Browser, Verdict> {
    let mut browser = target.browser();
    target.log_in_directly(&mut browser, &target.users[user]).await?;
    Ok(browser)
}
