//! `code-race`: fifty redemptions of one code at the same moment.

use crate::attack;
use crate::attack::Cell::Stopped;
use crate::attack::{Attack, Ending, Step};
use crate::scene::Scene;
use crate::support::missing;
use crate::support::replay::{CROWD, ONE_LOCK, ONE_STEP, access_token};
use crate::who::Who::{Attacker, Server};
use kit::ladder::Capability;
use kit::{Answer, Verdict};

attack!(Attack {
    name: "code-race",
    title: "Fifty redemptions of one code at the same moment",
    story: "The attacker sends the same good token request fifty times at once. \
            A server that first looks whether the code is used and marks it later would hand out several tokens.",
    steps: &[Step(
        Attacker,
        Server,
        "50 times POST /token with the same code, in parallel",
    )],
    section: "OAuth 2.1 §4.1.3",
    cells: &[(Capability::TokenEndpoint, Stopped)],
    guards: &[ONE_LOCK, ONE_STEP],
    run: |scene| Box::pin(code_race(scene)),
});

async fn code_race(scene: Scene) -> Result<Ending, Verdict> {
    if !scene.has(Capability::TokenEndpoint) {
        return missing::token_endpoint(&scene).await;
    }
    scene.heading("The attack");
    let grant = scene.target.code().await?;
    let answers = scene.at_once(Attacker, scene.target.redeem(&grant).http(), CROWD).await?;
    let (won, lost): (Vec<&Answer>, Vec<&Answer>) =
        answers.iter().partition(|answer| answer.status == 200);
    if let Some(winner) = won.first() {
        scene.tell(Attacker, winner, format!("{} of {CROWD} get a token.", won.len()));
    }
    if let Some(loser) = lost.first() {
        scene.tell(
            Attacker,
            loser,
            format!("{} of {CROWD} are told that the code was used.", lost.len()),
        );
    }
    if won.len() > 1 {
        return Ok(Ending::succeeded(format!("One code, {} tokens.", won.len())));
    }
    for loser in lost {
        loser.must_be_oauth_error(400, "invalid_grant")?;
    }
    let one = won.first().ok_or_else(|| answers[0].fail("one of the requests gets a token"))?;
    one.must(!access_token(one).is_empty(), "an access token")?;
    scene.target.still_works().await?;
    Ok(Ending::stopped(
        if scene.has(Capability::SharedStore) {
            "compare and set"
        } else {
            "one lock around judging and marking"
        },
        format!("{CROWD} at once: one token, {} times invalid_grant.", CROWD - 1),
    ))
}
