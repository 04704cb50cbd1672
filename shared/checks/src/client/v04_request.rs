//! What the client's token request says of the flow that it ends.

use super::stage::Stage;
use crate::check::Check;
use crate::check::Keyword;
use crate::check::Outcome;
use crate::check::Subject;
use crate::encoding::s256;
use crate::target::Target;

/// The checks of this file.
pub fn checks() -> Vec<Check> {
    vec![Check {
        id: "R4.13",
        title: "a token request says what its own flow said",
        since: 4,
        until: None,
        subject: Subject::Client,
        keyword: Keyword::Must,
        section: "RFC 6749 §4.1.3, RFC 7636 §4.5",
        must: "Of two flows in one browser, each token request has the redirect_uri of its authorization request and the verifier of its challenge, both once and in the body.",
        why: "A server that keeps to RFC 6749 refuses an exchange without them, and the verifier of another flow opens nothing.",
        run: |target| Box::pin(says_the_same(target)),
    }]
}

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
