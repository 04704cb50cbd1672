//! `refresh-store-theft`: a copy of the server's memory holds refresh tokens that work.

use crate::attack;
use crate::attack::Cell::Succeeds;
use crate::attack::{Attack, Ending, Step};
use crate::scene::Scene;
use crate::stories::bearer_theft::is_alive;
use crate::support::missing;
use crate::support::refresh::turn;
use crate::support::replay::access_token;
use crate::who::Who::{Attacker, Server};
use kit::Verdict;
use kit::ladder::Capability;
use kit::target::App;

attack!(Attack {
    name: "refresh-store-theft",
    title: "A copy of the server's memory holds refresh tokens that work",
    story: "The attacker gets a copy of what the server stores. \
            The refresh tokens and the clients' secrets stand in it as they are sent, so he renews the access of every user.",
    steps: &[
        Step(Attacker, Server, "copies the tables (here /debug/state stands for the stolen copy)"),
        Step(Attacker, Server, "POST /token as demo-client, with a refresh token from the copy"),
    ],
    section: "RFC 6819 §5.1.4.1",
    cells: &[(Capability::Refresh, Succeeds)],
    guards: &[],
    run: |scene| Box::pin(refresh_store_theft(scene)),
});

async fn refresh_store_theft(scene: Scene) -> Result<Ending, Verdict> {
    if !scene.has(Capability::Refresh) {
        return missing::refresh(&scene).await;
    }
    scene.heading("The victim logs in");
    let mut victim = scene.victim()?;
    let hers = victim.start().await?;
    let received = victim.finish(&hers.url, &hers.code).await?;
    received.answer.must(received.accepted, "the client takes the victim's own code")?;
    scene.heading("The attack");
    let dump = scene.stolen_copy().await?;
    let storage = dump.json().unwrap_or_default()["storage"].take();
    // The code leads to the grant, and the grant's name and secret together are the token.
    let grant_id = storage["authorization_codes"][&hers.code]["grant_id"].as_str().unwrap_or("");
    let secret = storage["grants"][grant_id]["refresh_token"].as_str();
    let Some(secret) = secret else {
        return Err(dump.fail("a row of grants for the victim's login, with its refresh_token"));
    };
    let stored = format!("{grant_id}.{secret}");
    let demo = &scene.target.demo;
    let secret = storage["clients"][demo.client_id.as_str()]["client_secret"].as_str();
    let app = App {
        client_secret: secret.map(str::to_owned),
        ..demo.clone()
    };
    let answer = turn(
        &scene,
        Attacker,
        &app,
        &stored,
        "A sends what he has read: the client's secret and V's refresh token.",
    )
    .await?;
    if answer.status != 200 {
        return Ok(Ending::stopped(
            "hashes in the store",
            format!("{}: what is stored is not what must be sent.", answer.status),
        ));
    }
    let alive = is_alive(&scene, Attacker, &access_token(&answer)).await?;
    answer.must(alive, "an access token that works")?;
    Ok(Ending::succeeded(
        "A holds a fresh access token of user0: refresh tokens and client secrets stood there as they are sent.",
    ))
}
