//! `consent-csrf`: a page of the attacker says yes in the victim's name.

use crate::attack;
use crate::attack::Cell::Stopped;
use crate::attack::{Attack, Ending, Guard, Step};
use crate::callback::Callback;
use crate::person::Person;
use crate::scene::Scene;
use crate::support::consent::{allowed, form, his_request, unasked, with};
use crate::support::{missing, notes};
use crate::who::Who::{Attacker, Server, Victim};
use kit::encoding::{origin, random};
use kit::flow::AuthorizationRequest;
use kit::ladder::Capability;
use kit::{Request, Verdict};

/// The attacker's page: another port, but the same site as the server.
const PAGE: &str = "http://localhost:5666";

attack!(Attack {
    name: "consent-csrf",
    title: "A page of the attacker says yes in the victim's name",
    story: "The victim is logged in at the server and opens a page of the attacker. It sends the consent form by itself, with everything filled in: yes, his application may read her notes. \
            Her browser adds her cookie, so to the server it looks as if she had pressed Allow. She would never learn how he knows where the spare key is.",
    steps: &[
        Step(Attacker, Server, "begins two requests of his own application and keeps their tickets"),
        Step(
            Victim,
            Server,
            "POST /consent from his page, with his ticket and the csrf_token that belongs to it"
        ),
        Step(
            Victim,
            Server,
            "POST /consent with a ticket that her own browser has opened: without csrf_token, with a guess, with one of his"
        ),
    ],
    section: "RFC 6749 §10.12",
    cells: &[(Capability::Consent, Stopped)],
    guards: &[
        Guard::since(Capability::Consent)
            .line("server/consent.rs", "let ours = session.browser().await.is(&question.browser) && *question.user_id == *user_id;")
            .that("A question belongs to the browser and the user that were asked: his ticket counts in nobody else's browser."),
        Guard::since(Capability::Consent)
            .line("server/consent.rs", "if !bool::from(question.csrf_token.as_bytes().ct_eq(csrf_token.as_bytes())) {")
            .that("The form holds a secret that only the page itself can read. Another site can send a form, but can't see ours."),
    ],
    run: |scene| Box::pin(consent_csrf(scene)),
});

async fn consent_csrf(scene: Scene) -> Result<Ending, Verdict> {
    if !scene.has(Capability::Consent) {
        return missing::consent(&scene).await;
    }
    let scene = unasked(&scene).await?;
    scene.heading("The victim uses the honest client");
    let mut victim = scene.victim()?;
    let hers = victim.start().await?;
    let received = victim.finish(&hers.url, &hers.code).await?;
    received.answer.must(received.accepted, "the client takes the victim's own code")?;

    scene.heading("The attacker prepares his page");
    let mut attacker = scene.attacker()?;
    attacker.log_in().await?;
    let request = his_request(&scene)?;
    let his = allowed(&form(&attacker.until_asked(&request).await?)?);
    let second = his_request(&scene)?;
    let meaning = "A second request. He doesn't open it, and keeps the ticket in the address.";
    let waiting = attacker.get(second.url(), meaning).await?;
    let ticket = waiting.location_param("ticket");
    let ticket = ticket.ok_or_else(|| waiting.fail("a redirect with a ticket"))?;

    scene.heading("The attack");
    scene.aside(format!("V opens A's page on {PAGE}. That is the same site as S, so her SameSite=Lax cookie travels with whatever the page sends."));
    let meaning =
        "His own question, his own csrf_token. But S asked his browser, and this one is hers.";
    if let Some(ending) = send(&scene, &mut victim, &request, &his, meaning).await? {
        return Ok(ending);
    }
    let url = scene.target.url(&format!("/consent?ticket={ticket}"));
    let meaning = "A hidden image on his page opens the second question in her browser. So it is hers now, with a csrf_token that his page can't read.";
    victim.get(&url, meaning).await?.must_be_page(200)?;
    let known = with(his.clone(), "ticket", &ticket);
    let mut without = known.clone();
    without.retain(|pair| pair.0 != "csrf_token");
    let guesses = [
        (without, "The right ticket in the right browser, and no csrf_token."),
        (with(known.clone(), "csrf_token", &random()), "A guess: 256 bits, one try."),
        (known, "A true csrf_token, but of his own question."),
    ];
    for (guess, meaning) in guesses {
        if let Some(ending) = send(&scene, &mut victim, &second, &guess, meaning).await? {
            return Ok(ending);
        }
    }
    asked(&scene, &mut victim, &second, &url).await
}

/// His page sends the form in her browser. The ending, if S goes along.
async fn send(
    scene: &Scene,
    victim: &mut Person,
    request: &AuthorizationRequest,
    form: &[(String, String)],
    meaning: &str,
) -> Result<Option<Ending>, Verdict> {
    let post = Request::form(scene.target.url("/consent"), form).header("Origin", PAGE);
    let answer = victim.send(post, meaning).await?;
    if let Some(there) = Callback::of(&answer) {
        let loot = notes::loot(scene, &there.grant(request)).await?;
        return Ok(Some(Ending::succeeded(format!(
            "{loot} His page said yes, and she saw nothing."
        ))));
    }
    answer.must_be_page(403)?;
    Ok(None)
}

/// The question itself is alive and hers: by the form of the page she can answer it.
async fn asked(
    scene: &Scene,
    victim: &mut Person,
    request: &AuthorizationRequest,
    url: &str,
) -> Result<Ending, Verdict> {
    scene.heading("The same question, on the server's own page");
    let page =
        victim.get(url, "V opens the page herself. It is still waiting for her answer.").await?;
    let denied = form(&page)?.filled(&[("decision", "deny")]);
    let post = Request::form(scene.target.url("/consent"), &denied)
        .header("Origin", origin(&scene.target.server));
    let meaning = "With the csrf_token of this page her answer counts. She says no.";
    let answer = victim.send(post, meaning).await?;
    answer.must_redirect_error(&request.redirect_uri, "access_denied")?;
    Ok(Ending::stopped(
        "a question that belongs to one browser, and a secret in its form",
        "Four forms from A's page, four times 403. V's own answers count: Allow for her client, Deny for his.",
    ))
}
