//! What the client keeps of its logins: as many as it may, and no shorter than a login lasts.

use super::stage::Stage;
use crate::server::support::must_be_unguessable;
use crate::{Check, rule};
use kit::ladder::Capability;
use kit::target::outlive;
use kit::{Outcome, Target};

rule!(
    Check::client("E8", "of more logins than there is room for the oldest go")
        .since(Capability::TokenEndpoint)
        .lab_rule("lab rule", "With LAB_MAX_ROWS=10 and thirty logins the client holds the tokens of ten, the newest among them, by keys that nobody can guess.")
        .why("Logging in is free: whoever does it in a loop must not fill the memory.")
        .run(|target| Box::pin(many_logins(target)))
);
async fn many_logins(target: Target) -> Outcome {
    let stage = Stage::open_with(&target, &[("LAB_MAX_ROWS", "10")]).await?;
    let mut newest = stage.browser();
    for _ in 0..30 {
        newest = stage.browser();
        stage.log_in(&mut newest).await?;
    }
    stage.holds(&mut newest, "tokens", 10).await?;
    let memory = stage.memory(&mut newest).await?;
    let rows = memory["storage"]["tokens"].as_object();
    let keys: Vec<String> = rows.into_iter().flatten().map(|row| row.0.clone()).collect();
    must_be_unguessable("a key of a login in the client's storage", &keys)?;
    stage.must_be_logged_in(&mut newest, true).await
}

rule!(
    Check::client("E8", "the tokens of a login outlive the flow that brought them")
        .since(Capability::TokenEndpoint)
        .lab_rule("lab rule", "With LAB_TTL_STATE=3 the tokens are there, and the user logged in, five seconds after the login.")
        .why("Ten minutes are a long time for a login page and a short one for a login.")
        .run(|target| Box::pin(outlives(target)))
);
async fn outlives(target: Target) -> Outcome {
    let stage = Stage::open_with(&target, &[("LAB_TTL_STATE", "3")]).await?;
    let mut browser = stage.browser();
    stage.log_in(&mut browser).await?;
    outlive(4).await;
    stage.holds(&mut browser, "pending", 0).await?;
    stage.holds(&mut browser, "tokens", 1).await?;
    stage.must_be_logged_in(&mut browser, true).await
}
