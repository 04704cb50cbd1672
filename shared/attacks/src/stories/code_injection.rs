//! `code-injection`: a stolen code logs the attacker in as the victim.

use crate::attack;
use crate::attack::Cell::{Stopped, Succeeds};
use crate::attack::{Attack, Ending, Guard, Step};
use crate::callback::{Callback, Received};
use crate::person::Person;
use crate::scene::Scene;
use crate::who::Who::{Attacker, Client, Server};
use kit::Verdict;
use kit::encoding::{encode, query_pairs};
use kit::ladder::Capability;

/// The verifier is compared with the challenge.
pub const VERIFIER: Guard = Guard::since(Capability::TokenEndpoint)
    .line("server/code.rs", "if !pkce::verify(challenge, verifier) {")
    .that("The server hashes the verifier that the client sent and compares it with the challenge that came before this code.");

attack!(Attack {
    name: "code-injection",
    title: "A stolen code logs the attacker in as the victim",
    story: "The attacker has seen the victim's code before it was used: in a log, in a Referer, in her history. \
            He starts a flow of his own, so that his state is good, and delivers her code in it.",
    steps: &[
        Step(Attacker, Client, "starts a flow of his own and keeps its state"),
        Step(Attacker, Client, "GET /callback with the victim's code and his own state"),
        Step(
            Client,
            Server,
            "from v04 on: redeems the code with the verifier of the attacker's flow",
        ),
    ],
    section: "RFC 9700 §4.5",
    cells: &[
        (Capability::AuthorizationCode, Succeeds),
        (Capability::TokenEndpoint, Stopped),
    ],
    guards: &[VERIFIER],
    run: |scene| Box::pin(code_injection(scene)),
});

async fn code_injection(scene: Scene) -> Result<Ending, Verdict> {
    scene.heading("The victim logs in");
    let mut victim = scene.victim()?;
    let hers = victim.start().await?;
    scene.aside(
        "Here the code leaks: the client is too busy just as V's browser brings it, say, and the proxy in front of the client writes the whole address into its error log. The code is still unused.",
    );
    scene.heading("The attack");
    let mut attacker = scene.attacker()?;
    let received = inject(&scene, &mut attacker, &hers.code).await?;
    if received.accepted {
        let owner = scene.owner_of(&hers.code).await?;
        return Ok(Ending::succeeded(format!(
            "The client took {owner}'s code from A's browser. An application that logs people in by the code now shows A {owner}'s account, without her password."
        )));
    }
    received.answer.must(
        received.answer.status == 502 && received.answer.body.contains("invalid_grant"),
        "a 502 page that names invalid_grant",
    )?;
    still_hers(&scene, &mut victim, &hers).await?;
    Ok(Ending::stopped(
        "PKCE",
        "The client sent V's code with the verifier of A's flow, and the server answered invalid_grant. \
         V's own browser could redeem the same code a moment later: the code was good, the verifier was not.",
    ))
}

/// Delivers somebody else's code in a flow of the person's own.
pub async fn inject(scene: &Scene, thief: &mut Person, code: &str) -> Result<Received, Verdict> {
    let asked = thief.ask_client().await?;
    let state = query_pairs(&asked).into_iter().find(|pair| pair.0 == "state").map(|pair| pair.1);
    let mut url = scene.client(&format!("/callback?code={}", encode(code)))?;
    match &state {
        Some(state) => {
            scene.aside("A keeps the state of this flow: the client will find that it belongs to his browser.");
            url += &format!("&state={}", encode(state));
        }
        None => scene.aside("There is no state in this version: any browser may bring any code."),
    }
    thief.finish(&url, code).await
}

/// A wrong try does not spoil the code for its owner.
async fn still_hers(scene: &Scene, victim: &mut Person, hers: &Callback) -> Result<(), Verdict> {
    scene.heading("The same code in the victim's own browser");
    let own = victim.finish(&hers.url, &hers.code).await?;
    own.answer
        .must(own.accepted, "the client takes the code from the browser that asked for it")?;
    Ok(())
}
