//! `refresh-theft`: a stolen refresh token, used beside its owner.

use crate::attack;
use crate::attack::Cell::Stopped;
use crate::attack::{Attack, Ending, Step};
use crate::scene::Scene;
use crate::stories::bearer_theft::is_alive;
use crate::support::missing;
use crate::support::refresh::{FAMILY, ONE_LOCK, refresh_token, turn};
use crate::support::replay::access_token;
use crate::who::Who::{Attacker, Client, Server};
use kit::Verdict;
use kit::ladder::Capability;
use kit::target::App;

attack!(Attack {
    name: "refresh-theft",
    title: "A stolen refresh token, used beside its owner",
    story: "The attacker has copied a refresh token and whatever its client needs to use it. He renews access with it, quietly, again and again. \
            With rotation, thief and owner collide: as soon as one of them sends a used token, both are logged out.",
    steps: &[
        Step(Attacker, Server, "POST /token with the stolen R1: gets R2 and an access token"),
        Step(Client, Server, "POST /token with R1, as always: invalid_grant"),
        Step(
            Attacker,
            Server,
            "POST /token with R2: invalid_grant, and every access token is dead",
        ),
    ],
    section: "RFC 9700 §4.14",
    cells: &[(Capability::Refresh, Stopped)],
    guards: &[ONE_LOCK, FAMILY],
    run: |scene| Box::pin(refresh_theft(scene)),
});

async fn refresh_theft(scene: Scene) -> Result<Ending, Verdict> {
    if !scene.has(Capability::Refresh) {
        return missing::refresh(&scene).await;
    }
    let app = scene.target.public()?.clone();
    if thief_first(&scene, &app).await? {
        return Ok(Ending::succeeded("After the owner's refresh A still has access."));
    }
    if owner_first(&scene, &app).await? {
        return Ok(Ending::succeeded("A used refresh token works again."));
    }
    Ok(Ending::stopped(
        "rotation and the end of the family",
        "Whoever came second was refused, and the first was thrown out with him: all refresh and access tokens of this login are dead.",
    ))
}

/// The thief renews before the owner does. Has he still access when the owner has come?
async fn thief_first(scene: &Scene, app: &App) -> Result<bool, Verdict> {
    scene.heading("The thief comes first");
    let login = scene.target.tokens_of(app).await?;
    let stolen = login.refresh_token()?.to_owned();
    scene.aside(
        "V logs in for demo-public, an app without a secret. A copies her refresh token R1.",
    );
    let quiet = "A renews with R1 and gets R2. So far nobody notices.";
    let first = turn(scene, Attacker, app, &stolen, quiet).await?;
    let his = refresh_token(&first)?;
    let seen = "V's app renews with R1, as always. S sees a used token: somebody has a copy.";
    let owner = turn(scene, Client, app, &stolen, seen).await?;
    let thief = turn(scene, Attacker, app, &his, "A tries R2.").await?;
    let alive = is_alive(scene, Attacker, &access_token(&first)).await?;
    if owner.status == 200 || thief.status == 200 || alive {
        return Ok(true);
    }
    owner.must_be_oauth_error(400, "invalid_grant")?;
    thief.must_be_oauth_error(400, "invalid_grant")?;
    Ok(false)
}

/// The owner renews before the thief does: the honest way works. Does the thief's copy?
async fn owner_first(scene: &Scene, app: &App) -> Result<bool, Verdict> {
    scene.heading("The owner comes first");
    let login = scene.target.tokens_of(app).await?;
    let stolen = login.refresh_token()?.to_owned();
    let honest = "V's app renews with R1 and gets R2: the honest way works.";
    let hers = turn(scene, Client, app, &stolen, honest).await?;
    let next = refresh_token(&hers)?;
    let copy = "A comes with his copy of R1, which is used.";
    let late = turn(scene, Attacker, app, &stolen, copy).await?;
    if late.status == 200 {
        return Ok(true);
    }
    late.must_be_oauth_error(400, "invalid_grant")?;
    let price = "V's app has to log in again. That is the price, and the alarm.";
    turn(scene, Client, app, &next, price).await?.must_be_oauth_error(400, "invalid_grant")?;
    let alive = is_alive(scene, Client, &access_token(&hers)).await?;
    hers.must(!alive, "a dead access token: the whole family ended")?;
    Ok(false)
}
