//! Refresh tokens: `refresh-theft`, `refresh-race`, `refresh-store-theft`.

use crate::attack::Cell::Stopped;
use crate::attack::Who::{Attacker, Client, Server};
use crate::attack::{Attack, Ending, Guard, Step};
use crate::scene::Scene;
use crate::stories::bearer::is_alive;
use crate::stories::missing;
use crate::stories::replay::{CROWD, access_token};
use kit::target::App;
use kit::{Answer, Verdict};

/// A refresh token is judged and marked under one lock.
const ONE_LOCK: Guard = Guard {
    from: 6,
    until: None,
    file: "server/refresh.rs",
    anchor: "let judged = app.grants.update(grant_id, |grant| {",
    what: "The token is judged and replaced under one lock: it works once.",
};

/// Reuse ends the family.
pub const FAMILY: Guard = Guard {
    from: 6,
    until: None,
    file: "server/refresh.rs",
    anchor: "grant.revoked = true;",
    what: "Another token than the present one came: every token of this login ends.",
};

pub static REFRESH_THEFT: Attack = Attack {
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
    cells: &[(6, Stopped)],
    guards: &[ONE_LOCK, FAMILY],
    run: |scene| Box::pin(refresh_theft(scene)),
};

pub static REFRESH_RACE: Attack = Attack {
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
    cells: &[(6, Stopped)],
    guards: &[ONE_LOCK, FAMILY],
    run: |scene| Box::pin(refresh_race(scene)),
};

/// One turn with a refresh token: the answer, told.
pub async fn turn(
    scene: &Scene,
    who: crate::attack::Who,
    app: &App,
    token: &str,
    meaning: &str,
) -> Result<Answer, Verdict> {
    scene.send(who, scene.target.refresh(app, token).http(), meaning).await
}

/// The refresh token of a token response.
pub fn refresh_token(answer: &Answer) -> Result<String, Verdict> {
    let json = answer.json().unwrap_or_default();
    let token =
        json["refresh_token"].as_str().filter(|token| !token.is_empty() && answer.status == 200);
    token.map(str::to_owned).ok_or_else(|| answer.fail("200 with a refresh_token"))
}

async fn refresh_theft(scene: Scene) -> Result<Ending, Verdict> {
    if scene.version() < 6 {
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

async fn refresh_race(scene: Scene) -> Result<Ending, Verdict> {
    if scene.version() < 6 {
        return missing::refresh(&scene).await;
    }
    let app = scene.target.public()?.clone();
    scene.heading("One refresh alone works");
    let login = scene.target.tokens_of(&app).await?;
    let alone = turn(&scene, Client, &app, login.refresh_token()?, "The honest way.").await?;
    let token = refresh_token(&alone)?;
    scene.heading("The attack");
    let answers =
        scene.target.http.at_once(&scene.target.refresh(&app, &token).http(), CROWD).await?;
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
