//! `refresh-race-two-instances`: one refresh token, at two servers at the same moment.

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
    name: "refresh-race-two-instances",
    title: "One refresh token, at two servers at the same moment",
    story: "The attacker sends a stolen refresh token to two servers at once. \
            If both replace it, there are two lines of tokens from one login, and nobody ever notices the copy.",
    steps: &[
        Step(Attacker, Server, "25 times POST /token with a refresh token, in parallel"),
        Step(Attacker, Server, "and 25 times with the same token at the other server"),
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
    if !scene.has(Capability::SharedStore) {
        return strangers(&scene).await;
    }
    let two = Two::start(&scene.target, Kind::File).await?;
    let own = scene.on(two.one.clone());
    own.aside(format!("Two servers share one store: {} and {}.", two.one.server, two.other.server));
    own.heading("The attack");
    // A race that is lost once proves little.
    for round in 1..=10 {
        let tokens = two.one.tokens().await?;
        let token = tokens.refresh_token()?;
        let (here, there) =
            (two.one.refresh(&two.one.demo, token), two.other.refresh(&two.other.demo, token));
        let answers = race(&two, &here, &there).await?;
        let won = winners(&own, &answers, round == 1)?;
        if won > 1 {
            return Ok(Ending::succeeded(format!("One refresh token, {won} new ones.")));
        }
        // The losers are reuse, so the login has ended, at both servers.
        let dead = two.other.me(&tokens.access_token).await?;
        dead.must_be_bearer_error(401, Some("invalid_token"))?;
    }
    two.other.still_works().await?;
    Ok(Ending::stopped(
        "compare and set",
        "Ten refresh tokens, fifty times each at two servers: one new one for each, 49 times invalid_grant, and each login has ended.",
    ))
}
