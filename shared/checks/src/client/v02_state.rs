//! The client's `state`: fresh, long, one per flow (RFC 6749 §10.10).

use super::stage::Stage;
use crate::server::support::must_be_unguessable;
use crate::{Check, Keyword, Subject};
use kit::{Outcome, Target};

/// The checks of this file.
pub fn checks() -> Vec<Check> {
    let fresh = Check {
        id: "R2.4",
        title: "the client's state is new for each flow and cannot be guessed",
        since: 2,
        until: None,
        subject: Subject::Client,
        keyword: Keyword::Must,
        section: "RFC 6749 §10.10",
        must: "Each flow has a state of its own with at least 128 random bits.",
        why: "Who can guess the state can finish a flow that somebody else began.",
        run: |target| Box::pin(fresh(target)),
    };
    vec![fresh]
}

const SAMPLES: usize = 24;

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
