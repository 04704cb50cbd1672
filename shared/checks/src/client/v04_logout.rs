//! Logout ends everything that this client knows of a browser: tokens, session, logins in flight.

use std::time::Duration;

use super::flow::Begun;
use super::judge::cookies_of;
use super::stage::Stage;
use crate::{Check, rule};
use kit::{Answer, Browser, Outcome, Target, Verdict};

/// How long the played token endpoint holds the exchange while somebody presses logout.
const SLOW: Duration = Duration::from_millis(1_500);

/// Neither page nor cookie of this browser is worth anything, and the callback is refused.
async fn is_gone(stage: &Stage, browser: &mut Browser, flow: &Begun) -> Outcome {
    stage.must_be_logged_in(browser, false).await?;
    browser.get(flow.callback.clone()).await?.must_be_page(400)?;
    stage.must_be_logged_in(browser, false).await
}

rule!(
    Check::client("R4.14", "logout forgets the tokens, the session and the logins in flight")
        .lab_rule("OWASP session management", "After POST /logout no cookie of this browser is logged in, its open flows are refused, and the finished one cannot be loaded again.")
        .why("Who says goodbye at a shared computer must be gone, whoever reads the history or copied the cookie before.")
        .run(|target| Box::pin(forgets(target)))
);
async fn forgets(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    let done = stage.begin(&mut browser).await?;
    let mut before = browser.clone();
    let answer = browser.get(done.callback.clone()).await?;
    stage.accepted(&mut browser, &done.code(), answer).await?;
    stage.must_be_logged_in(&mut browser, true).await?;
    let open = stage.begin(&mut browser).await?;
    let mut copied = browser.clone();
    let cookies = cookies_of(&browser, &stage.client);
    let page = stage.press(&mut browser, "/logout", &[]).await?;
    let changed = cookies != cookies_of(&browser, &stage.client);
    page.must(changed, "a session cookie that was removed or replaced")?;
    for table in ["tokens", "pending"] {
        stage.holds(&mut browser, table, 0).await?;
    }
    for jar in [&mut browser, &mut copied, &mut before] {
        is_gone(&stage, jar, &open).await?;
        is_gone(&stage, jar, &done).await?;
    }
    page.must(stage.redemptions(&open.code()) == 0, "no token request for the open flow")?;
    page.must(stage.redemptions(&done.code()) == 1, "one token request for the finished flow")?;
    stage.log_in(&mut browser).await?;
    stage.must_be_logged_in(&mut browser, true).await
}

rule!(
    Check::client("R4.14", "a logout makes the browser forget the pages of the login")
        .lab_rule("W3C Clear-Site-Data §3.1, OWASP session management", "The answer to POST /logout of somebody who is logged in has Clear-Site-Data with \"cache\".")
        .why("Some browsers keep even a no-store page for their Back button: one press, and the next person at this computer sees it.")
        .run(|target| Box::pin(pages_forgotten(target)))
);
async fn pages_forgotten(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    stage.log_in(&mut browser).await?;
    let logout = stage.url("/logout");
    let none: [(&str, &str); 0] = [];
    let answer = browser.post(&logout, &none).await?;
    let told = answer.header("clear-site-data").unwrap_or_default();
    answer.must(told.contains("\"cache\""), "Clear-Site-Data: \"cache\"")?;
    stage.must_be_logged_in(&mut browser, false).await
}

/// Delivers the callback, and presses logout in the same browser while the exchange is under way. Both jars.
async fn held(stage: &Stage, browser: &Browser, flow: &Begun) -> Result<[Browser; 2], Verdict> {
    stage.play.script(|script| script.token_delay = SLOW);
    let (mut tab, mut leaving) = (browser.clone(), browser.clone());
    let (late, pressed) = tokio::join!(tab.get(flow.callback.clone()), async {
        tokio::time::sleep(SLOW / 3).await;
        stage.press(&mut leaving, "/logout", &[]).await
    });
    stage.play.script(|script| script.token_delay = Duration::ZERO);
    pressed?;
    let late: Answer = late?;
    late.must(late.status < 500, "a page or a redirect: nothing is broken")?;
    Ok([tab, leaving])
}

rule!(
    Check::client("R4.14", "a logout during the exchange is final")
        .lab_rule("OWASP session management", "A callback that waits for /token while its browser logs out logs nobody in, neither by its late answer nor when it is loaded again.")
        .why("The user has seen that she is logged out; a token that comes late must not undo that.")
        .run(|target| Box::pin(during_exchange(target)))
);
async fn during_exchange(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    for logged_in in [false, true] {
        let mut browser = stage.browser();
        if logged_in {
            stage.log_in(&mut browser).await?;
        }
        let flow = stage.begin(&mut browser).await?;
        let [mut tab, mut leaving] = held(&stage, &browser, &flow).await?;
        stage.holds(&mut leaving, "tokens", 0).await?;
        for jar in [&mut tab, &mut leaving, &mut browser] {
            is_gone(&stage, jar, &flow).await?;
        }
        stage.holds(&mut leaving, "tokens", 0).await?;
        stage.log_in(&mut leaving).await?;
        stage.must_be_logged_in(&mut leaving, true).await?;
        stage.press(&mut leaving, "/logout", &[]).await?;
    }
    Ok(())
}

rule!(
    Check::client("R4.14", "a logout ends the logins of its own browser only")
        .lab_rule(
            "OWASP session management",
            "While one browser logs out, the exchange and the login of another browser go on."
        )
        .why("A guard that refuses everybody would pass the rule beside this one.")
        .run(|target| Box::pin(others_stay(target)))
);
async fn others_stay(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let (mut waiting, mut resting, mut leaving) =
        (stage.browser(), stage.browser(), stage.browser());
    stage.log_in(&mut resting).await?;
    stage.log_in(&mut leaving).await?;
    let flow = stage.begin(&mut waiting).await?;
    stage.play.script(|script| script.token_delay = SLOW);
    let (answer, pressed) = tokio::join!(waiting.get(flow.callback.clone()), async {
        tokio::time::sleep(SLOW / 3).await;
        stage.press(&mut leaving, "/logout", &[]).await
    });
    pressed?;
    stage.accepted(&mut waiting, &flow.code(), answer?).await?;
    stage.must_be_logged_in(&mut waiting, true).await?;
    stage.must_be_logged_in(&mut resting, true).await?;
    stage.must_be_logged_in(&mut leaving, false).await
}
