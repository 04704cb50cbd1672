//! `refresh-race-two-instances`: one refresh token, at two servers at the same moment.

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
    name: "refresh-race-two-instances",
    title: "One refresh token, at two servers at the same moment",
    story: "The attacker sends a stolen refresh token to two servers at once. \
            If both replace it, there are two lines of tokens from one login, and nobody ever notices the copy.",
    steps: &[
        Step(Attacker, Server, "Ten times POST /token with a refresh token, in parallel"),
        Step(Attacker, Server, "and ten times with the same token at the other server"),
    ],
    section: "RFC 9700 §4.14.2",
    cells: &[(Capability::SharedStore, Stopped)],
    guards: &ONE_STEP,
    run: |scene| Box::pin(refresh_race(scene)),
});

async fn refresh_race(scene: Scene) -> Result<Ending, Verdict> {
    if !scene.has(Capability::Refresh) {
        return missing::refresh(&scene).await;
    }
    let begin = async |two: &Two| {
        let tokens = two.one.tokens().await?;
        let token = tokens.refresh_token()?;
        Ok(Once {
            here: two.one.refresh(&two.one.demo, token),
            there: two.other.refresh(&two.other.demo, token),
            // The losers are reuse, so the login has ended, at both servers.
            ends: Some(tokens.access_token),
        })
    };
    race(&scene, "refresh token", begin).await
}
