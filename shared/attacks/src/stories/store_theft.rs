//! `store-theft`: a copy of the server's memory holds refresh tokens that work.

use crate::attack;
use crate::attack::Cell::{Stopped, Succeeds};
use crate::attack::{Attack, Ending, Guard, Step};
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
    name: "store-theft",
    title: "A copy of what the server stores holds refresh tokens that work",
    story: "The attacker gets a copy of what the server stores: a backup, a disk, a dump. \
            If the refresh tokens stand in it as they are sent, he renews the access of every user.",
    steps: &[
        Step(Attacker, Server, "copies the tables (here /debug/state stands for the stolen copy)"),
        Step(Attacker, Server, "POST /token as demo-client, with a refresh token from the copy"),
    ],
    section: "RFC 6819 §5.1.4.1",
    cells: &[
        (Capability::Refresh, Succeeds),
        (Capability::SharedStore, Stopped),
    ],
    guards: &[
        Guard::since(Capability::SharedStore)
            .line("server/storage/key.rs", "name: BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(secret)),")
            .that("What is stored is the hash of a secret. Nobody can send a hash, and nobody gets from it to the secret."),
        Guard::since(Capability::SharedStore)
            .line("server/refresh.rs", "if !grant.refresh_token.is_of(secret) {")
            .that("What comes is hashed before it is compared: the hash itself is another token, so it is reuse."),
    ],
    run: |scene| Box::pin(store_theft(scene)),
});

async fn store_theft(scene: Scene) -> Result<Ending, Verdict> {
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
    // As it is, or as its hash.
    let codes = [
        scene.target.key(&hers.code),
        hers.code.clone(),
    ];
    let rows = codes.iter().map(|code| &storage["authorization_codes"][code]);
    let grant_id = rows.filter_map(|row| row["grant_id"].as_str()).next().unwrap_or("");
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
        answer.must_be_oauth_error(400, "invalid_grant")?;
        dump.must(!dump.body.contains(&hers.code), "no code of hers in the copy")?;
        scene.target.still_works().await?;
        return Ok(Ending::stopped(
            "hashes in the store",
            "invalid_grant: what is stored is not what must be sent, and her tokens work on. (Passwords still stand there as they are: see password-store-theft.)",
        ));
    }
    let alive = is_alive(&scene, Attacker, &access_token(&answer)).await?;
    answer.must(alive, "an access token that works")?;
    Ok(Ending::succeeded(
        "A holds a fresh access token of user0: refresh tokens and client secrets stood there as they are sent.",
    ))
}
