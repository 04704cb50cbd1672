//! What the client forgets: tokens that nobody can reach any more.

use super::stage::Stage;
use crate::{Check, rule};
use kit::encoding::origin;
use kit::{Outcome, Request, Target};

rule!(
    Check::client("R5.11", "a new login and a logout leave no old tokens behind")
        .lab_rule("lab rule", "After two logins in one browser the client holds the tokens of one, after the logout none (/debug/state).")
        .why("Tokens that nobody can reach are still tokens: they wait for a thief.")
        .run(|target| Box::pin(forgets(target)))
);
async fn forgets(target: Target) -> Outcome {
    let stage = Stage::ours(&target, "it shows its tokens in /debug/state").await?;
    let mut browser = stage.browser();
    for _ in 0..2 {
        stage.log_in(&mut browser).await?;
        stage.holds(&mut browser, "tokens", 1).await?;
    }
    let logout = Request::form::<&str, &str>(stage.url("/logout"), &[]);
    let logout = logout.header("Origin", origin(&stage.client));
    browser.send(logout).await?.must_be(303)?;
    stage.holds(&mut browser, "tokens", 0).await
}
