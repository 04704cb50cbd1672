//! `refresh-race`: fifty refreshes with one token at the same moment.

use crate::attack;
use crate::attack::Cell::Stopped;
use crate::attack::{Attack, Ending, Step};
use crate::scene::Scene;
use crate::stories::bearer_theft::is_alive;
use crate::support::missing;
use crate::support::refresh::{FAMILY, ONE_LOCK, refresh_token, turn};
use crate::support::replay::{CROWD, access_token};
use crate::who::Who::{Attacker, Client, Server};
use kit::ladder::Capability;
use kit::{Answer, Verdict};

attack!(Attack {
    name: "refresh-race",
    title: "Fifty refreshes with one token at the same moment",
    story: "The attacker sends a stolen refresh token fifty times at once. \
            A server that marks it too late would hand out several families of tokens that know nothing of each other.",
    steps: &[Step(
        Attacker,
        Server,
        "50 times POST /token with the same refresh token, in parallel",
    )],
    section: "RFC 9700 §4.14.2",
    cells: &[(Capability::Refresh, Stopped)],
    guards: &[ONE_LOCK, FAMILY],
    run: |scene| Box::pin(refresh_race(scene)),
});

async fn refresh_race(scene: Scene) -> Result<Ending, Verdict> {
    if !scene.has(Capability::Refresh) {
        return missing::refresh(&scene).await;
    }
    let app = scene.target.public()?.clone();
    scene.heading("One refresh alone works");
    let login = scene.target.tokens_of(&app).await?;
    let alone = turn(&scene, Client, &app, login.refresh_token()?, "The honest way.").await?;
    let token = refresh_token(&alone)?;
    scene.heading("The attack");
    let answers = scene.at_once(Attacker, scene.target.refresh(&app, &token).http(), CROWD).await?;
    let (won, lost): (Vec<&Answer>, Vec<&Answer>) =
        answers.iter().partition(|answer| answer.status == 200);
    if let Some(loser) = lost.first() {
        scene.tell(
            Attacker,
            loser,
            format!("{} of {CROWD} are refused, {} got tokens.", lost.len(), won.len()),
        );
    }
    if won.len() > 1 {
        return Ok(Ending::succeeded(format!("One refresh token, {} new ones.", won.len())));
    }
    for loser in lost {
        loser.must_be_oauth_error(400, "invalid_grant")?;
    }
    // The winner's tokens die with the family as soon as a loser comes: it may even be refused itself.
    if let Some(winner) = won.first() {
        let after = turn(
            &scene,
            Attacker,
            &app,
            &refresh_token(winner)?,
            "The one that won is thrown out with the family.",
        )
        .await?;
        after.must_be_oauth_error(400, "invalid_grant")?;
        let alive = is_alive(&scene, Attacker, &access_token(winner)).await?;
        winner.must(!alive, "a dead access token")?;
    }
    Ok(Ending::stopped(
        "one lock, and the end of the family",
        format!(
            "{CROWD} at once: at most one gets tokens, and the reuse by the others ends those, too."
        ),
    ))
}
