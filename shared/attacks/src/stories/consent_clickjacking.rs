//! `consent-clickjacking`: the victim clicks on a prize, and means Allow.

use crate::attack;
use crate::attack::Cell::Stopped;
use crate::attack::{Attack, Ending, Step};
use crate::callback::Callback;
use crate::scene::Scene;
use crate::support::consent::{allowed, form, his_request, unasked};
use crate::support::frames::{FRAME_ANCESTORS, X_FRAME_OPTIONS, forbids_framing};
use crate::support::{missing, notes};
use crate::who::Who::{Attacker, Server, Victim};
use kit::encoding::origin;
use kit::ladder::Capability;
use kit::{Request, Verdict};

attack!(Attack {
    name: "consent-clickjacking",
    title: "The victim clicks on a prize, and means Allow",
    story: "The attacker's page shows a prize and a button. Above it lies an invisible frame with the server's consent page, its Allow exactly over his button. \
            The victim is logged in and clicks on the prize. She has just let his application read where her spare key is.",
    steps: &[
        Step(
            Attacker,
            Victim,
            "a page on http://localhost:5666 with <iframe src=\"…/authorize?client_id=demo-other…\">"
        ),
        Step(Victim, Server, "her browser loads the frame, cookies included: the same site"),
        Step(Server, Victim, "the consent page, with two headers that keep it out of any frame"),
    ],
    section: "RFC 9700 §4.16",
    cells: &[(Capability::Consent, Stopped)],
    guards: &[X_FRAME_OPTIONS, FRAME_ANCESTORS],
    run: |scene| Box::pin(consent_clickjacking(scene)),
});

async fn consent_clickjacking(scene: Scene) -> Result<Ending, Verdict> {
    if !scene.has(Capability::Consent) {
        return missing::consent(&scene).await;
    }
    let scene = unasked(&scene).await?;
    scene.heading("The victim logs in");
    let mut victim = scene.victim()?;
    victim.log_in().await?;

    scene.heading("The attack");
    scene.aside("V opens a page of A on http://localhost:5666. A port is no border for a site, so her SameSite=Lax cookies travel into its frame.");
    let request = his_request(&scene)?;
    let page = victim.until_asked(&request).await?;
    let hers = form(&page)?;
    let Some(rule) = forbids_framing(&page) else {
        scene.aside(
            "Nothing forbids the frame, so the page is there, unseen. V clicks on the prize.",
        );
        let post = Request::form(scene.target.url("/consent"), &allowed(&hers))
            .header("Origin", origin(&scene.target.server));
        let answer = victim.send(post, "S takes the click for her word.").await?;
        let there = Callback::of(&answer).ok_or_else(|| answer.fail("a redirect with a code"))?;
        let loot = notes::loot(&scene, &there.grant(&request)).await?;
        return Ok(Ending::succeeded(format!("{loot} She saw a prize, and no question.")));
    };
    scene.aside(format!("That page came with the header {rule}. Her browser looks at it before it draws anything: the frame stays empty, and under the prize there is nothing to click."));

    scene.heading("The same page in a tab of its own");
    let post = Request::form(scene.target.url("/consent"), &hers.filled(&[("decision", "deny")]))
        .header("Origin", origin(&scene.target.server));
    let answer = victim.send(post, "Here V reads the question, and says no.").await?;
    answer.must_redirect_error(&request.redirect_uri, "access_denied")?;
    let own = victim.start().await?;
    let received = victim.finish(&own.url, &own.code).await?;
    received.answer.must(received.accepted, "the client takes the victim's own code")?;
    Ok(Ending::stopped(
        rule.clone(),
        format!(
            "The consent page says {rule}: a browser shows it in no frame, so there is no Allow under the prize. In a tab of its own it works."
        ),
    ))
}
