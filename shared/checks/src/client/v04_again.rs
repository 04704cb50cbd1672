//! An answer that is delivered twice: one exchange, one outcome, for the browser that asked (RFC 6749 §4.1.2).

use std::time::{Duration, Instant};

use super::flow::value_of;
use super::stage::Stage;
use super::together::all;
use crate::{Check, rule};
use kit::html::text;
use kit::ladder::Capability;
use kit::play::Reply;
use kit::{Answer, Browser, Outcome, Target};

/// How long the played token endpoint thinks while something else happens.
const SLOW: Duration = Duration::from_millis(900);

/// Well inside the ten seconds, and well after them.
const INSIDE: Duration = Duration::from_secs(5);
const AFTER: Duration = Duration::from_millis(12_500);

/// The second answer leads where the first one led.
fn same(first: &Answer, second: &Answer) -> Outcome {
    let wanted = format!(
        "{} {}, as the first time",
        first.status,
        first.header("location").unwrap_or_default()
    );
    let alike =
        first.status == second.status && first.header("location") == second.header("location");
    second.must(alike, wanted)?;
    Ok(())
}

/// The code was redeemed once.
fn once(stage: &Stage, code: &str, answer: &Answer) -> Outcome {
    let count = stage.redemptions(code);
    answer.must(count == 1, format!("one token request with this code, not {count}"))?;
    Ok(())
}

rule!(
    Check::client("R2.5", "the same answer delivered again has the same outcome")
        .since(Capability::TokenEndpoint)
        .lab_rule("RFC 6749 §4.1.2, lab rule", "The same state with the same code, from the same browser with its old cookie or its new one, leads where the first led, and /token is asked once.")
        .why("Browsers fetch ahead, and people reload when an answer was lost: an error page over a login that worked helps nobody.")
        .run(|target| Box::pin(again(target)))
);
async fn again(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    let begun = stage.begin(&mut browser).await?;
    let mut old = browser.clone();
    let first = browser.get(begun.callback.clone()).await?;
    stage.accepted(&mut browser, &begun.code(), first.clone()).await?;
    for _ in 0..2 {
        for tab in [&mut browser, &mut old] {
            let second = tab.get(begun.callback.clone()).await?;
            same(&first, &second)?;
            once(&stage, &begun.code(), &second)?;
            stage.must_be_logged_in(tab, true).await?;
        }
    }
    stage.must_be_logged_in(&mut browser, true).await
}

rule!(
    Check::client("R2.5", "a failed exchange that is delivered again shows the same error page")
        .since(Capability::TokenEndpoint)
        .lab_rule("RFC 6749 §4.1.2, lab rule", "When /token refused or was silent, the same callback shows the same 502 page again, and /token is not asked again.")
        .why("The code may be used up: a second try would look like a replay, and another page like another fault.")
        .run(|target| Box::pin(same_error(target)))
);
async fn same_error(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    for reply in [
        Reply::error(400, "invalid_grant"),
        Reply::HangUp,
    ] {
        let mut browser = stage.browser();
        let begun = stage.begin(&mut browser).await?;
        stage.play.script(|script| script.code_grant = reply.clone());
        let first = browser.get(begun.callback.clone()).await?;
        first.must_be_page(502)?;
        // The server is well again, but what was asked once is not asked again.
        stage.play.script(|script| script.code_grant = Reply::Judge);
        let second = browser.get(begun.callback.clone()).await?;
        same(&first, &second)?;
        second.must(text(&second.body) == text(&first.body), "the same words as the first time")?;
        once(&stage, &begun.code(), &second)?;
        stage.must_be_logged_in(&mut browser, false).await?;
        stage.log_in(&mut browser).await?;
    }
    Ok(())
}

rule!(
    Check::client("R2.5", "six deliveries at once make one exchange, and all have its outcome")
        .since(Capability::TokenEndpoint)
        .lab_rule("RFC 6749 §4.1.2, lab rule", "Deliveries that come while the exchange is under way wait for it; /token is asked once.")
        .why("Two exchanges of one code look like a theft to the server, and it would end the login.")
        .run(|target| Box::pin(at_once(target)))
);
async fn at_once(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    stage.play.script(|script| script.token_delay = SLOW);
    for reply in [
        Reply::Judge,
        Reply::error(400, "invalid_grant"),
    ] {
        let good = matches!(reply, Reply::Judge);
        stage.play.script(|script| script.code_grant = reply);
        let mut browser = stage.browser();
        let begun = stage.begin(&mut browser).await?;
        let tabs = (0..6).map(|_| {
            let (mut tab, callback) = (browser.clone(), begun.callback.clone());
            async move { (tab.get(callback).await, tab) }
        });
        for (answer, mut tab) in all(tabs.collect()).await {
            let answer = answer?;
            if good {
                answer.must(answer.status == 303, "303, as the first delivery")?;
            } else {
                answer.must_be_page(502)?;
            }
            once(&stage, &begun.code(), &answer)?;
            stage.must_be_logged_in(&mut tab, good).await?;
        }
    }
    Ok(())
}

/// Codes that are nearly this one.
fn nearly(code: &str) -> Vec<String> {
    let last = if code.ends_with('A') { 'B' } else { 'A' };
    let near = [
        format!("{}{last}", &code[..code.len() - 1]),
        code[..code.len() - 1].to_owned(),
        format!("{code}A"),
        code.to_ascii_uppercase(),
        code[..8].to_owned(),
    ];
    near.into_iter().filter(|other| other != code).collect()
}

rule!(
    Check::client("R2.5", "the same state with another code is refused, during the exchange and after it")
        .since(Capability::TokenEndpoint)
        .lab_rule("RFC 9700 §4.5", "A code that differs in one character, in case, in length or wholly is a 400 page and is not redeemed.")
        .why("A state that opens the door for any code is no protection against a code that was slipped in.")
        .run(|target| Box::pin(other_code(target)))
);
async fn other_code(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    let begun = stage.begin(&mut browser).await?;
    let code = begun.code();
    let another = browser.get(begun.request_url.clone()).await?.location().unwrap_or_default();
    let mut others = nearly(&code);
    others.push(value_of(&another, "code").unwrap_or_default());
    stage.play.script(|script| script.token_delay = SLOW);
    let mut tab = browser.clone();
    let (first, meanwhile) = tokio::join!(tab.get(begun.callback.clone()), async {
        tokio::time::sleep(SLOW / 3).await;
        refuses(&stage, &browser, &begun.callback, &code, &others).await
    });
    meanwhile?;
    let first = first?;
    stage.accepted(&mut tab, &code, first.clone()).await?;
    refuses(&stage, &browser, &begun.callback, &code, &others).await?;
    refuses(&stage, &tab, &begun.callback, &code, &others).await?;
    // The wrong ones have not spoiled the right one.
    same(&first, &tab.get(begun.callback.clone()).await?)?;
    stage.must_be_logged_in(&mut tab, true).await
}

async fn refuses(
    stage: &Stage,
    browser: &Browser,
    callback: &str,
    code: &str,
    others: &[String],
) -> Outcome {
    for other in others {
        let url = callback.replace(&format!("code={code}"), &format!("code={other}"));
        stage.refused(other, &browser.clone().get(url).await?)?;
    }
    Ok(())
}

rule!(
    Check::client("R2.5", "the same answer from another browser is refused, during the exchange and after it")
        .since(Capability::TokenEndpoint)
        .lab_rule("RFC 9700 §4.7", "Without the session that began the flow the whole callback address is worth nothing: 400, and no login.")
        .why("Whoever reads the address in those ten seconds would be logged in as the user.")
        .run(|target| Box::pin(other_browser(target)))
);
async fn other_browser(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut victim = stage.browser();
    let begun = stage.begin(&mut victim).await?;
    let (mut fresh, mut begins) = (stage.browser(), stage.browser());
    stage.begin(&mut begins).await?;
    stage.play.script(|script| script.token_delay = SLOW);
    let (first, meanwhile) = tokio::join!(victim.get(begun.callback.clone()), async {
        tokio::time::sleep(SLOW / 3).await;
        strangers(&stage, &begun.callback, [&mut fresh, &mut begins]).await
    });
    meanwhile?;
    stage.accepted(&mut victim, &begun.code(), first?).await?;
    strangers(&stage, &begun.callback, [&mut fresh, &mut begins]).await?;
    stage.play.script(|script| script.token_delay = Duration::ZERO);
    stage.log_in(&mut begins).await?;
    begins.get(begun.callback.clone()).await?.must_be_page(400)?;
    once(&stage, &begun.code(), &victim.get(stage.url("/")).await?)?;
    stage.must_be_logged_in(&mut victim, true).await
}

async fn strangers(stage: &Stage, callback: &str, browsers: [&mut Browser; 2]) -> Outcome {
    for browser in browsers {
        browser.get(callback).await?.must_be_page(400)?;
        stage.must_be_logged_in(browser, false).await?;
    }
    Ok(())
}

rule!(
    Check::client("R2.5", "ten seconds later the same answer is refused")
        .since(Capability::TokenEndpoint)
        .lab_rule("lab rule", "After five seconds a reload still works, after twelve it is a 400 page, and the reload has not extended the time.")
        .why("An address from the history must not log anybody in.")
        .run(|target| Box::pin(later(target)))
);
async fn later(target: Target) -> Outcome {
    let stage = Stage::ours(&target, "how long is its own affair").await?;
    let mut browser = stage.browser();
    let begun = stage.begin(&mut browser).await?;
    let mut old = browser.clone();
    let first = browser.get(begun.callback.clone()).await?;
    let answered = Instant::now();
    tokio::time::sleep(INSIDE).await;
    same(&first, &browser.get(begun.callback.clone()).await?)?;
    tokio::time::sleep(AFTER.saturating_sub(answered.elapsed())).await;
    for tab in [&mut browser, &mut old] {
        let answer = tab.get(begun.callback.clone()).await?;
        answer.must_be_page(400)?;
        once(&stage, &begun.code(), &answer)?;
    }
    stage.must_be_logged_in(&mut browser, true).await
}
