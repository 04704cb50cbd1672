//! `silent-authorization`: another application gets the victim's code without a question.

use crate::attack;
use crate::attack::Cell::{Stopped, Succeeds};
use crate::attack::{Attack, Ending, Step};
use crate::callback::Callback;
use crate::scene::Scene;
use crate::who::Who::{Attacker, Server, Victim};
use kit::flow::Grant;
use kit::ladder::Capability;
use kit::{Request, Verdict};

attack!(Attack {
    name: "silent-authorization",
    title: "Another application gets the victim's code without a question",
    story: "The attacker has registered an application of his own, demo-other. \
            The victim is logged in at the server and opens a page of his. One redirect later, his application has a code for her, and she has seen nothing.",
    steps: &[
        Step(Victim, Server, "logs in for the honest client"),
        Step(Attacker, Victim, "a page that sends her browser to /authorize?client_id=demo-other…"),
        Step(Server, Attacker, "a code for user0, delivered to http://127.0.0.1:5666/callback"),
    ],
    section: "OAuth 2.1 §7.3",
    cells: &[
        (Capability::AuthorizationCode, Succeeds),
        (Capability::Consent, Stopped)
    ],
    guards: &[],
    run: |scene| Box::pin(silent_authorization(scene)),
});

async fn silent_authorization(scene: Scene) -> Result<Ending, Verdict> {
    scene.heading("The victim uses the honest client");
    let mut victim = scene.victim()?;
    let hers = victim.start().await?;
    let received = victim.finish(&hers.url, &hers.code).await?;
    received.answer.must(received.accepted, "the client takes the victim's own code")?;

    scene.heading("The attack");
    scene.aside("V opens a page of A. It sends her browser to S, in the name of A's application demo-other.");
    let evil = scene.target.other()?.clone();
    let request = scene.target.authorization_request(&evil);
    let walk = scene.target.path().stopping_at(&request.redirect_uri).without_consent();
    let answer = walk.open(&mut victim.browser, &request.url()).await?;
    if answer.status == 200 && answer.location().is_none() {
        scene.tell(victim.who, &answer, "S asks V before it answers.");
        answer.must_be_page(200)?;
        return Ok(Ending::stopped("consent", "S shows a page and gives no code."));
    }
    scene.tell(
        victim.who,
        &answer,
        "S knows V, asks nothing, and sends her browser on with a code for A's application.",
    );
    let code =
        answer.location_param("code").ok_or_else(|| answer.fail("a redirect with a code"))?;
    let owner = scene.owner_of(&code).await?;
    let there = Callback {
        url: answer.location().unwrap_or_default(),
        code: code.clone(),
        answer: answer.clone(),
    };
    let grant = Grant {
        app: evil,
        code,
        redirect_uri: request.redirect_uri.clone(),
        code_verifier: request.code_verifier.clone(),
        answer,
    };
    spend(&scene, &grant, &there, &owner).await
}

/// What the code is worth to its receiver.
async fn spend(
    scene: &Scene,
    grant: &Grant,
    there: &Callback,
    owner: &str,
) -> Result<Ending, Verdict> {
    let site = there.url.split('?').next().unwrap_or_default();
    if !scene.has(Capability::TokenEndpoint) {
        return Ok(Ending::succeeded(format!(
            "A's site ({site}) has a code for {owner}, and {owner} was never asked."
        )));
    }
    let redeem = scene.target.redeem(grant).http();
    let answer = scene
        .send(Attacker, redeem, "A's application redeems the code with its own secret.")
        .await?;
    answer.must_be(200)?;
    let token =
        answer.json().unwrap_or_default()["access_token"].as_str().unwrap_or_default().to_owned();
    if !scene.has(Capability::ProtectedApi) {
        return Ok(Ending::succeeded(format!(
            "A's application holds an access token for {owner}, who was never asked."
        )));
    }
    let request = Request::get(scene.target.url("/api/me")).bearer(&token);
    let me = scene
        .send(Attacker, request, "The API answers A's application as if V had agreed.")
        .await?;
    me.must(
        me.status == 200 && me.json().unwrap_or_default()["sub"] == owner,
        "the victim's data",
    )?;
    Ok(Ending::succeeded(format!(
        "A's application reads {owner}'s data, and {owner} was never asked."
    )))
}
