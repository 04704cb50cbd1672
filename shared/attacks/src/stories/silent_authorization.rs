//! `silent-authorization`: another application gets the victim's code without a question.

use crate::attack;
use crate::attack::Cell::{Stopped, Succeeds};
use crate::attack::{Attack, Ending, Step};
use crate::callback::Callback;
use crate::person::Person;
use crate::scene::Scene;
use crate::support::consent::{ASKED, form, his_request, unasked};
use crate::support::notes;
use crate::who::Who::{Attacker, Server, Victim};
use kit::encoding::origin;
use kit::flow::{AuthorizationRequest, Grant};
use kit::ladder::Capability;
use kit::{Answer, Request, Verdict};

attack!(Attack {
    name: "silent-authorization",
    title: "Another application gets the victim's code without a question",
    story: "The attacker has registered an application of his own, demo-other. \
            The victim is logged in at the server and opens a page of his. One redirect later, his application has a code for her, and she has seen nothing. \
            That gets him whatever the API holds of hers: her name at least, and where it keeps her notes, the one about her spare key.",
    steps: &[
        Step(Victim, Server, "logs in for the honest client"),
        Step(Attacker, Victim, "a page that sends her browser to /authorize?client_id=demo-other…"),
        Step(Server, Attacker, "a code for user0, delivered to http://127.0.0.1:5666/callback"),
    ],
    section: "OAuth 2.1 §7.3",
    cells: &[
        (Capability::AuthorizationCode, Succeeds),
        (Capability::Consent, Stopped),
    ],
    guards: &[ASKED],
    run: |scene| Box::pin(silent_authorization(scene)),
});

async fn silent_authorization(scene: Scene) -> Result<Ending, Verdict> {
    let scene = unasked(&scene).await?;
    scene.heading("The victim uses the honest client");
    let mut victim = scene.victim()?;
    let hers = victim.start().await?;
    let received = victim.finish(&hers.url, &hers.code).await?;
    received.answer.must(received.accepted, "the client takes the victim's own code")?;

    scene.heading("The attack");
    scene.aside("V opens a page of A. It sends her browser to S, in the name of A's application demo-other.");
    let request = his_request(&scene)?;
    let answer = victim.browser.get(request.url()).await?;
    if let Some(there) = Callback::of(&answer) {
        scene.tell(
            victim.who,
            &answer,
            "S knows V, asks nothing, and sends her browser on with a code for A's application.",
        );
        let owner = scene.owner_of(&there.code).await?;
        return spend(&scene, &there.grant(&request), &there, &owner).await;
    }
    let keeps = "S knows V. But it doesn't know what she wants, so it keeps the request and sends her to a page.";
    scene.tell(victim.who, &answer, keeps);
    let page = victim.browser.follow(&answer).await?;
    scene.tell(
        victim.who,
        &page,
        "The page names A's application, what it asks for, and where the answer goes.",
    );
    stopped(&scene, &mut victim, &request, &page).await
}

/// She is asked, and says no. Her own client isn't in the way of anything: she has answered for it before.
async fn stopped(
    scene: &Scene,
    victim: &mut Person,
    request: &AuthorizationRequest,
    page: &Answer,
) -> Result<Ending, Verdict> {
    let names_him = page.body.contains(&request.app.client_id);
    page.must(names_him, "a page that names the application that asks")?;
    let denied = form(page)?.filled(&[("decision", "deny")]);
    let post = Request::form(scene.target.url("/consent"), &denied)
        .header("Origin", origin(&scene.target.server));
    let meaning =
        "V has never heard of that application and presses Deny. A gets an error, and no code.";
    let answer = victim.send(post, meaning).await?;
    answer.must_redirect_error(&request.redirect_uri, "access_denied")?;
    scene.heading("The honest client again");
    let again = victim.start().await?;
    scene.aside("No question this time: V has allowed this client the same before.");
    let received = victim.finish(&again.url, &again.code).await?;
    received.answer.must(received.accepted, "the client takes the victim's own code")?;
    Ok(Ending::stopped(
        "consent",
        "S asks V before A's application gets anything, and she says no: access_denied. Being logged in, or having allowed another client, is no yes to this one.",
    ))
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
    if scene.has(Capability::Scopes) {
        let loot = notes::loot(scene, grant).await?;
        return Ok(Ending::succeeded(format!("{loot} {owner} was never asked.")));
    }
    let token = notes::redeem(scene, grant).await?;
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
