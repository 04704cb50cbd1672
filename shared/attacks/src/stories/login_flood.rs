//! `login-flood`: one user's loop pushes everybody else out.

use crate::attack;
use crate::attack::Cell::Stopped;
use crate::attack::{Attack, Ending, Guard, Step};
use crate::scene::Scene;
use crate::support::floods::ROWS;
use crate::who::Who::{Attacker, Server, Victim};
use kit::ladder::Capability;
use kit::{Request, Verdict};

attack!(Attack {
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
    cells: &[(Capability::AuthorizationCode, Stopped)],
    guards: &[
        Guard::since(Capability::AuthorizationCode)
            .line("server/store.rs", "|code| &code.user_id)")
            .that("A full table drops the oldest row of the user who holds the most."),
    ],
    run: |scene| Box::pin(login_flood(scene)),
});

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
    let request = own.target.request();
    let again = victim.get(request.url(), "V asks for another code.").await?;
    let again = own.target.onward(&mut victim.browser, &request, again).await?;
    let logged_in = again.location_param("code").is_some();
    own.target.settle().await;
    let state = own
        .send(
            Victim,
            Request::get(own.target.url("/debug/state?format=json")),
            "The tables of S: is her first code among them?",
        )
        .await?;
    let storage = state.json().unwrap_or_default()["storage"].take();
    let known = storage["authorization_codes"].get(scene.target.key(&hers.code)).is_some();
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
