//! What strangers may cost the client: rows, sessions, time (design rule G13).

use std::time::{Duration, Instant};

use super::stage::Stage;
use crate::server::support::patiently;
use crate::{Check, rule};
use kit::encoding::origin;
use kit::ladder::Capability;
use kit::request::FORM;
use kit::target::outlive;
use kit::{Answer, Browser, Outcome, Request, Target, Verdict};

/// The bound that is set for the flood, as text and as a number.
const ROWS: (&str, usize) = ("30", 30);

/// A form of that many names is just below 64 KiB.
const NAMES: usize = 9_000;

/// Where one pass over the form takes milliseconds, even in a debug build.
const FAST: Duration = Duration::from_millis(700);

/// Strangers press start, each in a browser of their own, or all in the one that is given.
async fn strangers(stage: &Stage, times: usize, same: Option<&mut Browser>) -> Outcome {
    let mut own = stage.browser();
    let shared = same.is_some();
    let browser = same.unwrap_or(&mut own);
    for _ in 0..times {
        if !shared {
            *browser = stage.browser();
        }
        stage.begin(browser).await?;
    }
    Ok(())
}

rule!(
    Check::client("E8", "a flood of /start pushes out the oldest flows, and no more")
        .since(Capability::State)
        .lab_rule("lab rule", "With LAB_MAX_ROWS=30 and strangers at /start, the newest 30 flows end well, older ones are a 400 page, and no table grows beyond 30.")
        .why("Anybody may press start, as often as they like; if the newest went, nobody could log in.")
        .run(|target| Box::pin(flood(target)))
);
async fn flood(target: Target) -> Outcome {
    let stage = Stage::open_with(&target, &[("LAB_MAX_ROWS", ROWS.0)]).await?;
    for one_cookie in [false, true] {
        let mut attacker = stage.browser();
        let mut same = one_cookie.then_some(&mut attacker);
        let (mut old, mut kept) = (stage.browser(), stage.browser());
        let too_old = stage.begin(&mut old).await?;
        strangers(&stage, 10, same.as_deref_mut()).await?;
        let in_time = stage.begin(&mut kept).await?;
        strangers(&stage, ROWS.1 - 2, same).await?;
        stage.refused(&too_old.code(), &old.get(too_old.callback.clone()).await?)?;
        within(&stage).await?;
        let answer = kept.get(in_time.callback.clone()).await?;
        stage.accepted(&mut kept, &in_time.code(), answer).await?;
        stage.still_works().await?;
    }
    within(&stage).await
}

/// No table is beyond the bound.
async fn within(stage: &Stage) -> Outcome {
    let memory = stage.memory(&mut stage.browser()).await?;
    let tables = memory["storage"].as_object().into_iter().flatten();
    let rows = |table: &serde_json::Value| table.as_object().map_or(0, serde_json::Map::len);
    let counted = memory["counts"].as_object().into_iter().flatten();
    let counted = counted.map(|(name, count)| (name, count.as_u64().unwrap_or(0) as usize));
    let all = tables.map(|(name, table)| (name, rows(table))).chain(counted);
    match all.max_by_key(|table| table.1) {
        Some((name, most)) if most > ROWS.1 => Err(Verdict::failed(
            "many times GET /start with LAB_MAX_ROWS=30",
            "30 rows at most in each table of /debug/state",
            format!("{most} in {name}"),
        )),
        _ => Ok(()),
    }
}

rule!(
    Check::client("E8", "a flood of /start logs nobody out")
        .since(Capability::TokenEndpoint)
        .lab_rule("lab rule", "With LAB_MAX_ROWS=30 a login outlives a hundred strangers, with cookies of their own and without.")
        .why("What lives for minutes must not compete with what lives for days.")
        .run(|target| Box::pin(login_stays(target)))
);
async fn login_stays(target: Target) -> Outcome {
    let stage = Stage::open_with(&target, &[("LAB_MAX_ROWS", ROWS.0)]).await?;
    let mut browser = stage.browser();
    stage.log_in(&mut browser).await?;
    strangers(&stage, 50, None).await?;
    strangers(&stage, 50, Some(&mut stage.browser())).await?;
    stage.must_be_logged_in(&mut browser, true).await
}

rule!(
    Check::client("E8", "the session of a browser without a login lives as long as a flow")
        .since(Capability::State)
        .lab_rule("lab rule", "With LAB_TTL_STATE of a few seconds such a session is forgotten after them, and (from v04) a login is not.")
        .why("Each visit to /start leaves one: kept for days they fill the memory.")
        .run(|target| {
                Box::pin(patiently(move |seconds| short_session(target.clone(), seconds)))
            })
);
async fn short_session(target: Target, seconds: u64) -> Outcome {
    let lifetime = seconds.to_string();
    let stage = Stage::open_with(&target, &[("LAB_TTL_STATE", &lifetime)]).await?;
    let (mut guest, mut user) = (stage.browser(), stage.browser());
    stage.log_in(&mut user).await?;
    stage.begin(&mut guest).await?;
    let known = stage.memory(&mut guest).await?["session"].take();
    outlive(seconds).await;
    let later = stage.memory(&mut guest).await?["session"].take();
    if !says_something(&known) || says_something(&later) {
        return Err(Verdict::failed(
            format!("GET /start with LAB_TTL_STATE={seconds}, and /debug/state before and after"),
            "a session that is known at first, and forgotten after that time",
            format!("first {known}, then {later}"),
        ));
    }
    stage.must_be_logged_in(&mut user, true).await
}

/// Is there anything in the session but names without values?
fn says_something(session: &serde_json::Value) -> bool {
    let values = session.as_object().into_iter().flatten().map(|pair| pair.1);
    values
        .into_iter()
        .any(|value| value.is_string() || value == &serde_json::Value::Bool(true))
}

rule!(
    Check::client("G6", "the client's cookie does not live for ever")
        .since(Capability::State)
        .lab_rule(
            "RFC 6265 §5.2.2",
            "The cookie of /start and that of a login end with the browser or within a week."
        )
        .why("A cookie for a year on a shared computer is a key under the doormat.")
        .run(|target| Box::pin(cookie_ends(target)))
);
async fn cookie_ends(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    let begun = stage.begin(&mut browser).await?;
    ends_within_a_week(&begun.start)?;
    let answer = browser.get(begun.callback.clone()).await?;
    ends_within_a_week(&answer)?;
    stage.accepted(&mut browser, &begun.code(), answer).await?;
    Ok(())
}

fn ends_within_a_week(answer: &Answer) -> Outcome {
    for cookie in answer.all("set-cookie") {
        let attribute = |name: &str| {
            let mut parts = cookie.split(';').map(str::trim);
            parts.find_map(|part| {
                let (found, value) = part.split_once('=')?;
                found.eq_ignore_ascii_case(name).then(|| value.to_owned())
            })
        };
        let age = attribute("max-age").map(|age| age.parse::<u64>().unwrap_or(u64::MAX));
        // Expires alone would have to be compared with a clock that may differ from ours.
        let bounded = age.is_some_and(|age| age <= 7 * 24 * 3600) || attribute("expires").is_none();
        let good = age.is_none_or(|age| age <= 7 * 24 * 3600) && bounded;
        answer.must(good, "a cookie with Max-Age of a week at most, or one of the session")?;
    }
    Ok(())
}

rule!(
    Check::client("G13", "a form of nine thousand names is answered at once")
        .since(Capability::TokenEndpoint)
        .lab_rule("lab rule", "POST /logout and /refresh with 64 KiB of names are answered in milliseconds, also eight at once; a longer body is 413, or 303 where no form is read.")
        .why("Who compares each name with each other is kept busy for seconds by one small form.")
        .run(|target| Box::pin(many_names(target)))
);
async fn many_names(target: Target) -> Outcome {
    let stage = Stage::ours(&target, "its speed is its own").await?;
    let names: String = (0..NAMES).map(|number| format!("&n{number:05}")).collect();
    let paths: &[&str] = match stage.version {
        6.. => &["/logout", "/refresh"],
        _ => &["/logout"],
    };
    for path in paths {
        let form = Request::new("POST", stage.url(path)).header("Origin", origin(&stage.client));
        let form = form.body(FORM, names.clone());
        quick(&stage, &form).await?;
        let long = format!("{names}&x={}", "y".repeat(8 * 1024));
        let long = Request::new("POST", stage.url(path))
            .header("Origin", origin(&stage.client))
            .body(FORM, long);
        let answer = stage.browser().send(long).await?;
        answer.must(matches!(answer.status, 303 | 413), "413, or 303 where no form is read")?;
    }
    stage.still_works().await
}

/// One such form is fast, and so is the home page while eight of them arrive. A busy machine gets several tries.
async fn quick(stage: &Stage, form: &Request) -> Outcome {
    let mut slowest = Duration::ZERO;
    for _ in 0..4 {
        let begin = Instant::now();
        let eight = (0..8).map(|_| {
            let (mut browser, form) = (stage.browser(), form.clone());
            async move { browser.send(form).await }
        });
        let mut page = stage.browser();
        let (answers, home) =
            tokio::join!(super::together::all(eight.collect()), page.get(stage.url("/healthz")));
        for answer in answers {
            let answer = answer?;
            answer.must(matches!(answer.status, 303 | 400), "303, or a 400 page")?;
        }
        home?.must_be(200)?;
        slowest = begin.elapsed();
        if slowest < FAST {
            return Ok(());
        }
    }
    Err(Verdict::failed(
        format!("eight times {} with {NAMES} names", form.url),
        format!("all answers within {FAST:?}"),
        format!("{slowest:?}"),
    ))
}
