//! `rotation-flood`: a thief renews until the owner's token is forgotten.

use crate::attack;
use crate::attack::Cell::Stopped;
use crate::attack::{Attack, Ending, Guard, Step};
use crate::scene::Scene;
use crate::stories::bearer_theft::is_alive;
use crate::support::floods::ROWS;
use crate::support::missing;
use crate::support::refresh::{FAMILY, refresh_token, turn};
use crate::support::replay::access_token;
use crate::who::Who::{Attacker, Client, Server};
use kit::Verdict;
use kit::ladder::Capability;

attack!(Attack {
    name: "rotation-flood",
    title: "A thief renews until the owner's token is forgotten",
    story: "The attacker has copied a refresh token and renews with it again and again, hundreds of times. \
            A server that keeps a row for each used token forgets the oldest at some point; then the owner's token is merely unknown, and no one notices the theft.",
    steps: &[
        Step(Attacker, Server, "POST /token with the stolen R1: gets R2"),
        Step(Attacker, Server, "renews with R2, R3, … six times as often as the table has rows"),
        Step(Client, Server, "POST /token with R1, as always"),
        Step(Attacker, Server, "POST /token with his newest token: has the login ended?"),
    ],
    section: "RFC 9700 §4.14.2",
    cells: &[(Capability::Refresh, Stopped)],
    guards: &[
        Guard::since(Capability::Refresh)
            .before(Capability::SharedStore)
            .line("server/refresh.rs", "let current: bool = grant.refresh_token.as_bytes().ct_eq(secret.as_bytes()).into();")
            .that("The token names its login, and the login knows the one secret that is good: any other is an old one, however old."),
        Guard::since(Capability::SharedStore)
            .line("server/refresh.rs", "if !grant.refresh_token.is_of(secret) {")
            .that("The token names its login, and the login knows the hash of the one secret that is good: any other is an old one, however old."),
        FAMILY,
    ],
    run: |scene| Box::pin(rotation_flood(scene)),
});

async fn rotation_flood(scene: Scene) -> Result<Ending, Verdict> {
    if !scene.has(Capability::Refresh) {
        return missing::refresh(&scene).await;
    }
    let rows = ROWS.to_string();
    let own = scene.on(scene.target.with_settings(&[("LAB_MAX_ROWS", &rows)]).await?);
    let app = own.target.public()?.clone();
    own.heading("The theft");
    let login = own.target.tokens_of(&app).await?;
    let stolen = login.refresh_token()?.to_owned();
    own.aside(format!("V logs in for demo-public, an app without a secret. A copies her refresh token R1. S keeps at most {ROWS} rows in a table."));
    let first = turn(&own, Attacker, &app, &stolen, "A renews with R1.").await?;
    let mut newest = refresh_token(&first)?;
    own.heading("The attack");
    let mut last = first;
    for _ in 0..ROWS * 6 {
        last = own.target.http.send(own.target.refresh(&app, &newest).http()).await?;
        newest = refresh_token(&last)?;
    }
    own.tell(Attacker, &last, format!("The last of {} renewals. Each has worked.", ROWS * 6));
    let alive = is_alive(&own, Attacker, &access_token(&last)).await?;
    last.must(alive, "an access token that works: the flood itself ends nothing")?;
    own.heading("The owner comes");
    let owner = turn(&own, Client, &app, &stolen, "V's app renews with R1, as always.").await?;
    let thief = turn(&own, Attacker, &app, &newest, "A tries his newest token.").await?;
    let alive = is_alive(&own, Attacker, &access_token(&last)).await?;
    if owner.status == 200 || thief.status == 200 || alive {
        return Ok(Ending::succeeded(
            "R1 was forgotten: S noticed nothing, and A still has access.",
        ));
    }
    owner.must_be_oauth_error(400, "invalid_grant")?;
    thief.must_be_oauth_error(400, "invalid_grant")?;
    own.target.still_works().await?;
    Ok(Ending::stopped(
        "one row for a login, whatever it does",
        format!(
            "After {} renewals R1 was still known as used: the login ended, for thief and owner alike.",
            ROWS * 6
        ),
    ))
}
