//! `password-grant`: a token for a username and a password.

use crate::attack;
use crate::attack::Cell::Stopped;
use crate::attack::{Attack, Ending, Guard, Step};
use crate::scene::Scene;
use crate::support::missing;
use crate::who::Who::{Attacker, Client, Server};
use kit::Verdict;
use kit::ladder::Capability;

attack!(Attack {
    name: "password-grant",
    title: "A token for a username and a password",
    story: "The attacker's application asks the victim for her password and wants to trade it for a token. \
            A server with the password grant would teach its users to type their passwords everywhere.",
    steps: &[Step(
        Attacker,
        Server,
        "POST /token with grant_type=password, user0 and her true password",
    )],
    section: "RFC 9700 §2.4",
    cells: &[(Capability::TokenEndpoint, Stopped)],
    guards: &[Guard::since(Capability::TokenEndpoint)
        .line(
            "server/token.rs",
            "return Err(UnsupportedGrantType(\"This server does not know that grant_type.\"));",
        )
        .that("The match on grant_type knows no password grant.")],
    run: |scene| Box::pin(password_grant(scene)),
});

async fn password_grant(scene: Scene) -> Result<Ending, Verdict> {
    if !scene.has(Capability::TokenEndpoint) {
        return missing::token_endpoint(&scene).await;
    }
    scene.heading("The honest way works");
    let honest = scene.target.redeem(&scene.target.code().await?).http();
    scene.send(Client, honest, "A code is what this endpoint takes.").await?.must_be(200)?;
    scene.heading("The attack");
    let user = scene.target.user()?.clone();
    let request = scene.target.token_request(&scene.target.demo).set("grant_type", "password");
    let request = request.set("username", &user.username).set("password", &user.password).http();
    let answer = scene
        .send(
            Attacker,
            request,
            "Everything is right: the client's secret, the user's name, her password.",
        )
        .await?;
    if answer.status == 200 {
        return Ok(Ending::succeeded("A password bought a token, and the client has seen it."));
    }
    answer.must_be_oauth_error(400, "unsupported_grant_type")?;
    Ok(Ending::stopped(
        "a server without that grant",
        "unsupported_grant_type, although secret, name and password were right.",
    ))
}
