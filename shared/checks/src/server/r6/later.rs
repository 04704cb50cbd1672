//! R6.1: a refresh token is for later.

use std::time::Duration;

use crate::{Check, rule};
use kit::{Outcome, Target};

rule!(
    Check::server("R6.1", "a refresh works after the code and the access token have ended")
        .must("RFC 6749 §1.5", "With a code and an access token of one second, a refresh three seconds later brings new tokens.")
        .why("That is what a refresh token is for; a server that forgets its family with the code ends every login early.")
        .run(|target| Box::pin(later(target)))
);
async fn later(target: Target) -> Outcome {
    // The code lives long enough to be redeemed on a busy machine.
    let short = [
        ("LAB_TTL_CODE", "4"),
        ("LAB_TTL_ACCESS", "1"),
    ];
    let target = target.with_settings(&short).await?;
    let tokens = target.tokens().await?;
    tokio::time::sleep(Duration::from_millis(5_500)).await;
    target.tokens_for(&target.refresh(&target.demo, tokens.refresh_token()?)).await?;
    Ok(())
}
