//! `code-race-two-instances`: one code, at two servers at the same moment.

use crate::attack;
use crate::attack::Cell::Stopped;
use crate::attack::{Attack, Ending, Step};
use crate::scene::Scene;
use crate::support::instances::{ONE_STEP, Once, race};
use crate::support::missing;
use crate::who::Who::{Attacker, Server};
use kit::Verdict;
use kit::ladder::Capability;
use kit::two::Two;

attack!(Attack {
    name: "code-race-two-instances",
    title: "One code, at two servers at the same moment",
    story: "Two servers share a store, so that either can answer. \
            The attacker sends one code to both at once. If each reads that it is unused and then writes that it is used, both give him a token.",
    steps: &[
        Step(Attacker, Server, "Ten times POST /token with a code, in parallel"),
        Step(Attacker, Server, "and ten times with the same code at the other server"),
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
    let begin = async |two: &Two| {
        let grant = two.one.code().await?;
        Ok(Once {
            here: two.one.redeem(&grant),
            there: two.other.redeem(&grant),
            ends: None,
        })
    };
    race(&scene, "code", begin).await
}
