//! `code-interception-public-client`: a stolen code of a client that has no secret.

use crate::attack;
use crate::attack::Cell::Stopped;
use crate::attack::{Attack, Ending, Guard, Step};
use crate::scene::Scene;
use crate::stories::code_injection::VERIFIER;
use crate::support::missing;
use crate::who::Who::{Attacker, Client, Server, Victim};
use kit::Verdict;
use kit::encoding::random;
use kit::ladder::Capability;

attack!(Attack {
    name: "code-interception-public-client",
    title: "A stolen code of a client that has no secret",
    story: "The attacker's app on the same machine receives the code of a public client, which has no secret that could protect it. \
            He takes the code to the token endpoint himself.",
    steps: &[
        Step(Victim, Server, "logs in for demo-public; the code is intercepted on its way back"),
        Step(Attacker, Server, "POST /token with the code, without a verifier"),
        Step(Attacker, Server, "POST /token with the code and a guessed verifier"),
        Step(Client, Server, "POST /token with the true verifier: works"),
    ],
    section: "RFC 7636 §1",
    cells: &[(Capability::TokenEndpoint, Stopped)],
    guards: &[
        Guard::since(Capability::TokenEndpoint)
            .line("server/code.rs", "params.get(\"code_verifier\").ok_or(InvalidRequest(\"code_verifier is missing.\"))?;")
            .that("Without a verifier there is no token."),
        VERIFIER,
    ],
    run: |scene| Box::pin(code_interception(scene)),
});

async fn code_interception(scene: Scene) -> Result<Ending, Verdict> {
    if !scene.has(Capability::TokenEndpoint) {
        return missing::token_endpoint(&scene).await;
    }
    scene.heading("The victim logs in for an app without a secret");
    let request = scene.target.authorization_request(scene.target.public()?);
    let mut victim = scene.victim()?;
    let hers = victim.authorize(&request.url(), &request.redirect_uri).await?;
    let grant = hers.grant(&request);
    scene.aside("Another program on V's machine receives this address instead of the app: both had registered for it.");
    scene.heading("The attack");
    let redeem = scene.target.redeem(&grant);
    let bare = redeem.clone().without("code_verifier").http();
    let first = scene
        .send(
            Attacker,
            bare,
            "A has the code and demo-public has no secret. A verifier he does not have.",
        )
        .await?;
    let guessed = redeem.clone().set("code_verifier", random()).http();
    let second = scene.send(Attacker, guessed, "He makes one up: 256 bits, one guess.").await?;
    if first.status == 200 || second.status == 200 {
        return Ok(Ending::succeeded("A holds an access token of V."));
    }
    first.must_be_oauth_error(400, "invalid_request")?;
    second.must_be_oauth_error(400, "invalid_grant")?;
    scene.heading("The app itself");
    let honest = scene
        .send(
            Client,
            redeem.http(),
            "The app that began the flow has the verifier: the code still works.",
        )
        .await?;
    honest.must_be(200)?;
    Ok(Ending::stopped(
        "PKCE",
        "Without the verifier invalid_request, with a guessed one invalid_grant, with the true one a token.",
    ))
}
