//! The client's `state`: fresh, long, one per flow (RFC 6749 §10.10).

use super::stage::Stage;
use crate::server::support::must_be_unguessable;
use crate::{Check, rule};
use kit::{Outcome, Target};

const SAMPLES: usize = 24;

rule!(
    Check::client("R2.4", "the client's state is new for each flow and cannot be guessed")
        .must("RFC 6749 §10.10", "Each flow has a state of its own with at least 128 random bits.")
        .why("Who can guess the state can finish a flow that somebody else began.")
        .run(|target| Box::pin(fresh(target)))
);
async fn fresh(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut states = Vec::new();
    let mut same = stage.browser();
    for turn in 0..SAMPLES {
        let mut other = stage.browser();
        let browser = if turn % 2 == 0 { &mut same } else { &mut other };
        states.push(stage.begin(browser).await?.state()?);
    }
    must_be_unguessable("state", &states)?;
    stage.log_in(&mut same).await?;
    Ok(())
}
