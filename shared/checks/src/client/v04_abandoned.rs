//! A callback that nobody waits for any more.

use std::time::Duration;

use super::judge::share_cookies;
use super::stage::Stage;
use crate::{Check, rule};
use kit::ladder::Capability;
use kit::{Browser, Http, Outcome, Target, Verdict};

/// How long the played server thinks, and how long the tab waits.
const SLOW: Duration = Duration::from_millis(1_500);
const IMPATIENT: Duration = Duration::from_millis(500);

rule!(
    Check::client("R2.5", "a callback that was given up while /token is slow does not cost the login")
        .since(Capability::TokenEndpoint)
        .lab_rule("RFC 6749 §4.1.2, lab rule", "The browser hangs up during the exchange and reloads, during it or after it: it is logged in, with one token request.")
        .why("Code and state are spent by then: whoever does not keep the answer has lost the login.")
        .run(|target| Box::pin(abandoned(target)))
);
async fn abandoned(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    for pause in [Duration::ZERO, SLOW + IMPATIENT] {
        stage.play.script(|script| script.token_delay = SLOW);
        let mut browser = stage.browser();
        let begun = stage.begin(&mut browser).await?;
        let mut tab = Browser::new(&Http::new(IMPATIENT));
        share_cookies(&mut tab, std::slice::from_ref(&browser));
        if tab.get(begun.callback.clone()).await.is_ok() {
            return Err(Verdict::failed(
                "GET /callback, and the browser hangs up after half a second",
                "an answer only after the exchange, which takes longer",
                "an answer at once",
            ));
        }
        tokio::time::sleep(pause).await;
        let answer = browser.get(begun.callback.clone()).await?;
        answer.must(answer.status == 303, "303: the login worked, only its answer was lost")?;
        stage.accepted(&mut browser, &begun.code(), answer.clone()).await?;
        let count = stage.redemptions(&begun.code());
        answer.must(count == 1, format!("one token request, not {count}"))?;
        stage.must_be_logged_in(&mut browser, true).await?;
    }
    Ok(())
}
