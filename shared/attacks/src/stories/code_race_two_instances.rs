//! `code-race-two-instances`: one code, at two servers at the same moment.

use crate::attack;
use crate::attack::Cell::Stopped;
use crate::attack::{Attack, Ending, Step};
use crate::scene::Scene;
use crate::support::instances::{ONE_STEP, race, strangers, winners};
use crate::support::missing;
use crate::who::Who::{Attacker, Server};
use kit::Verdict;
use kit::engine::Kind;
use kit::ladder::Capability;
use kit::two::Two;

attack!(Attack {
    name: "code-race-two-instances",
    title: "One code, at two servers at the same moment",
    story: "Two servers share a store, so that either can answer. \
            The attacker sends one code to both at once. If each reads that it is unused and then writes that it is used, both give him a token.",
    steps: &[
        Step(Attacker, Server, "25 times POST /token with a code, in parallel"),
        Step(Attacker, Server, "and 25 times with the same code at the other server"),
    ],
    section: "OAuth 2.1 §4.1.3",
    cells: &[(Capability::SharedStore, Stopped)],
    guards: &ONE_STEP,
    run: |scene| Box::pin(code_race(scene)),
});

async fn code_race(scene: Scene) -> Result<Ending, Verdict> {
    if !scene.has(Capability::TokenEndpoint) {
        return missing::token_endpoint(&scene).await;
    }
    if !scene.has(Capability::SharedStore) {
        return strangers(&scene).await;
    }
    let two = Two::start(&scene.target, Kind::File).await?;
    let own = scene.on(two.one.clone());
    own.aside(format!("Two servers share one store: {} and {}.", two.one.server, two.other.server));
    own.heading("The attack");
    // A race that is lost once proves little.
    for round in 1..=10 {
        let grant = two.one.code().await?;
        let answers = race(&two, &two.one.redeem(&grant), &two.other.redeem(&grant)).await?;
        let won = winners(&own, &answers, round == 1)?;
        if won > 1 {
            return Ok(Ending::succeeded(format!("One code, {won} tokens.")));
        }
    }
    two.other.still_works().await?;
    Ok(Ending::stopped(
        "compare and set",
        "Ten codes, fifty times each at two servers: one token for each code, 49 times invalid_grant.",
    ))
}
