//! What the client's token request says of the flow that it ends, and a token_type that is almost the right one.

use super::stage::Stage;
use crate::{Check, rule};
use kit::encoding::s256;
use kit::ladder::Capability;
use kit::{Outcome, Target};
use serde_json::{Value, json};

rule!(
    Check::client("R4.13", "a token request says what its own flow said")
        .must("RFC 6749 §4.1.3, RFC 7636 §4.5", "Of two flows in one browser, each token request has the redirect_uri of its authorization request and the verifier of its challenge, both once and in the body.")
        .why("A server that keeps to RFC 6749 refuses an exchange without them, and the verifier of another flow opens nothing.")
        .run(|target| Box::pin(says_the_same(target)))
);
async fn says_the_same(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    let flows = [
        stage.begin(&mut browser).await?,
        stage.begin(&mut browser).await?,
    ];
    let mut others = [browser.clone(), browser];
    for (flow, browser) in flows.iter().zip(&mut others) {
        browser.get(flow.callback.clone()).await?;
        let heard = stage.play.grants("authorization_code");
        let sent = heard.iter().find(|sent| sent.form("code") == Some(&flow.code()));
        let Some(sent) = sent else {
            return Err(flow.authorize.fail("a token request with the code"));
        };
        let uri = sent.form("redirect_uri").map(str::to_owned);
        let challenge = sent.form("code_verifier").map(s256);
        let good = uri.is_some()
            && uri == flow.asked("redirect_uri")
            && challenge.is_some()
            && challenge == flow.asked("code_challenge")
            && sent.query.is_empty();
        let wanted = format!("a token request that says the same, not {}", sent.line());
        flow.authorize.must(good, wanted)?;
    }
    Ok(())
}

rule!(
    Check::client("E14", "a token_type that is almost Bearer is not used")
        .since(Capability::TokenEndpoint)
        .must("RFC 6749 §7.1", "Bearer2, Bear, BearerToken, a Bearer with a blank or a null before or after it: nobody is logged in, and the token goes nowhere.")
        .why("Who does not know the type does not know how the token may be shown, and to whom.")
        .run(|target| Box::pin(almost_bearer(target)))
);
async fn almost_bearer(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    for kind in [
        "Bearer2",
        "Bear",
        "BearerToken",
        " Bearer",
        "Bearer ",
        "Bearer\u{0}",
        "NotBearer",
    ] {
        stage.play.script(|script| script.members = json!({ "token_type": kind }));
        let mut browser = stage.browser();
        let flow = stage.begin(&mut browser).await?;
        let answer = browser.get(flow.callback).await?;
        if stage.ours {
            answer.must_be_page(502)?;
        }
        stage.must_be_logged_in(&mut browser, false).await?;
    }
    stage.play.script(|script| script.members = Value::Null);
    stage.still_works().await
}
