//! Floods that make a server forget: `rotation-flood` and `login-flood`.

use crate::attack::Cell::Stopped;
use crate::attack::Who::{Attacker, Client, Server, Victim};
use crate::attack::{Attack, Ending, Guard, Step};
use crate::scene::Scene;
use crate::stories::bearer::is_alive;
use crate::stories::missing;
use crate::stories::refresh::{FAMILY, refresh_token, turn};
use crate::stories::replay::access_token;
use kit::{Request, Verdict};

/// So many rows a table may have here.
const ROWS: usize = 50;

pub static ROTATION_FLOOD: Attack = Attack {
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
    cells: &[(6, Stopped)],
    guards: &[
        Guard {
            from: 6,
            until: None,
            file: "server/refresh.rs",
            anchor: "let current: bool = grant.refresh_token.as_bytes().ct_eq(secret.as_bytes()).into();",
            what: "The token names its login, and the login knows the one secret that is good: any other is an old one, however old.",
        },
        FAMILY,
    ],
    run: |scene| Box::pin(rotation_flood(scene)),
};

pub static LOGIN_FLOOD: Attack = Attack {
    name: "login-flood",
    title: "One user's loop pushes everybody else out",
    story: "The attacker has an account and logs in again and again, in a new browser each time, until the server's tables are full. \
            A server that drops the oldest row, whoever it belongs to, logs all others out and forgets their codes.",
    steps: &[
        Step(Victim, Server, "logs in, and holds a code that has not been used yet"),
        Step(
            Attacker,
            Server,
            "logs in as user1, with a code each time, twice as often as a table has rows",
        ),
        Step(
            Victim,
            Server,
            "GET /authorize: is she still logged in, and is her code still known?",
        ),
    ],
    section: "RFC 6749 §10.13, CWE-770",
    cells: &[(1, Stopped)],
    guards: &[Guard {
        from: 1,
        until: None,
        file: "server/store.rs",
        anchor: "authorization_codes: Table::fair(settings.max_rows, |code| &code.user_id),",
        what: "A full table drops the oldest row of the user who holds the most.",
    }],
    run: |scene| Box::pin(login_flood(scene)),
};

async fn rotation_flood(scene: Scene) -> Result<Ending, Verdict> {
    if scene.version() < 6 {
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

async fn login_flood(scene: Scene) -> Result<Ending, Verdict> {
    let rows = ROWS.to_string();
    let own = scene.on(scene.target.with_settings(&[("LAB_MAX_ROWS", &rows)]).await?);
    own.heading("The victim logs in");
    let mut victim = own.victim()?;
    victim.log_in().await?;
    let request = own.target.request();
    let hers = victim.authorize(&request.url(), &request.redirect_uri).await?;
    own.heading("The attack");
    let attackers_user = own.attacker()?.user;
    for _ in 0..ROWS * 2 {
        let mut browser = own.target.browser();
        own.target.code_for(&mut browser, &own.target.request(), &attackers_user).await?;
    }
    own.aside(format!("A logs in as user1, {} times, in a new browser each time. S keeps at most {ROWS} rows in a table.", ROWS * 2));
    own.heading("The victim again");
    let again = victim.get(own.target.request().url(), "V asks for another code.").await?;
    let logged_in = again.location_param("code").is_some();
    let state = own
        .send(
            Victim,
            Request::get(own.target.url("/debug/state?format=json")),
            "The tables of S: is her first code among them?",
        )
        .await?;
    let storage = state.json().unwrap_or_default()["storage"].take();
    let known = storage["authorization_codes"].get(&hers.code).is_some();
    if !logged_in || !known {
        return Ok(Ending::succeeded("A's loop has logged V out, or made S forget her code."));
    }
    let codes = storage["authorization_codes"].as_object().map_or(0, serde_json::Map::len);
    state.must(codes <= ROWS, format!("at most {ROWS} codes: the table was full"))?;
    Ok(Ending::stopped(
        "fair tables",
        "V is still logged in and her code is known: what made room belonged to user1, who held the most.",
    ))
}
