//! Numbers that a server may send, and that nobody has tried before: no sum may overflow, no login may crash.

use super::profile::NAME;
use super::stage::Stage;
use crate::{Check, rule};
use kit::html::text;
use kit::ladder::Capability;
use kit::{Browser, Outcome, Target};
use serde_json::{Value, json};

/// Every page of the client answers; whether well is another rule's affair.
async fn all_answer(stage: &Stage, browser: &mut Browser) -> Outcome {
    browser.get(stage.url("/")).await?.must_be_page(200)?;
    if stage.reaches(Capability::ProtectedApi) {
        let page = browser.get(stage.url("/profile")).await?;
        page.must(page.status != 500, "a page, and not a fault of the client")?;
    }
    Ok(())
}

rule!(
    Check::client("E15", "an expires_in beyond all calendars is the far future")
        .since(Capability::TokenEndpoint)
        .lab_rule("RFC 6749 §5.1", "With expires_in 2^31, 2^53, 2^63-1 or 2^64-1 the login works, and the home page and /profile answer.")
        .why("A moment plus a foreign number may lie beyond what a clock can say: a panic closes the connection.")
        .run(|target| Box::pin(far_future(target)))
);
async fn far_future(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    stage.play.script(|script| script.username = NAME.to_owned());
    for seconds in [
        1 << 31,
        1 << 53,
        (1 << 63) - 1,
        1 << 63,
        u64::MAX,
    ] {
        stage.play.script(|script| script.members = json!({ "expires_in": seconds }));
        let mut browser = stage.browser();
        stage.log_in(&mut browser).await?;
        all_answer(&stage, &mut browser).await?;
        stage.must_be_logged_in(&mut browser, true).await?;
        if stage.reaches(Capability::ProtectedApi) {
            stage.shows_user(&mut browser).await?;
        }
    }
    Ok(())
}

rule!(
    Check::client("E15", "an expires_in that is no count of seconds breaks nothing")
        .since(Capability::TokenEndpoint)
        .lab_rule("RFC 6749 §5.1", "With expires_in 0, -5, 1.5, 1e3, 1e300 or 2^64 the callback is a login or a 502 page that names expires_in, and every page answers.")
        .why("Numbers in JSON have no bounds, and a client that trusts their shape crashes.")
        .run(|target| Box::pin(odd(target)))
);
async fn odd(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let odd: [Value; 6] = [
        json!(0),
        json!(-5),
        json!(1.5),
        json!(1e3),
        json!(1e300),
        json!(18_446_744_073_709_551_616.0),
    ];
    for number in odd {
        stage.play.script(|script| script.members = json!({ "expires_in": number }));
        let mut browser = stage.browser();
        let begun = stage.begin(&mut browser).await?;
        let answer = browser.get(begun.callback.clone()).await?;
        let named = answer.status == 502 && text(&answer.body).contains("expires_in");
        answer.must(
            answer.is_redirect() || named,
            format!("a login, or a 502 page that names expires_in (it was {number})"),
        )?;
        all_answer(&stage, &mut browser).await?;
        stage.play.script(|script| script.members = Value::Null);
        stage.log_in(&mut browser).await?;
    }
    Ok(())
}
