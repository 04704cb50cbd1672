//! `framing`: the login page inside a page of the attacker.

use crate::attack;
use crate::attack::Cell::{Stopped, Succeeds};
use crate::attack::{Attack, Ending, Step};
use crate::scene::Scene;
use crate::support::frames::{FRAME_ANCESTORS, X_FRAME_OPTIONS, forbids_framing};
use crate::who::Who::{Attacker, Server, Victim};
use kit::Verdict;
use kit::ladder::Capability;

attack!(Attack {
    name: "framing",
    title: "The login page inside a page of the attacker",
    story: "The attacker puts the server's page into a frame, invisible, above a page of his own. \
            The victim believes that she uses his page, and uses the server's: she logs in and doesn't know where. Where one click says yes, she loses more: see consent-clickjacking.",
    steps: &[
        Step(Attacker, Victim, "a page with <iframe src=\".../login\">"),
        Step(
            Victim,
            Server,
            "her browser loads the login page in the frame, if nothing forbids it",
        ),
    ],
    section: "RFC 9700 §4.16",
    cells: &[
        (Capability::AuthorizationCode, Succeeds),
        (Capability::Consent, Stopped)
    ],
    guards: &[X_FRAME_OPTIONS, FRAME_ANCESTORS],
    run: |scene| Box::pin(framing(scene)),
});

async fn framing(scene: Scene) -> Result<Ending, Verdict> {
    scene.heading("The attack");
    scene.aside("V opens a page of A that holds <iframe src=\"S/login\">.");
    let mut victim = scene.victim()?;
    let page = victim
        .get(
            scene.target.url("/login"),
            "Her browser asks S for the page in the frame, and looks at its headers.",
        )
        .await?;
    page.must_be_page(200)?;
    let asked = victim.ask_client().await?;
    let waiting = victim.browser.get(asked).await?;
    let with_ticket = victim.browser.follow(&waiting).await?;
    scene.tell(
        victim.who,
        &with_ticket,
        "The same page with a waiting request: the headers are the same.",
    );
    with_ticket.must_be_page(200)?;
    match (forbids_framing(&page), forbids_framing(&with_ticket)) {
        (Some(rule), Some(_)) => {
            scene.heading("The same page in a tab of its own");
            let hers = victim.start().await?;
            let received = victim.finish(&hers.url, &hers.code).await?;
            received.answer.must(received.accepted, "the client takes the victim's own code")?;
            Ok(Ending::stopped(
                rule.clone(),
                format!(
                    "Both pages say {rule}, so a browser leaves A's frame empty. In a tab of its own the page is the same, and V logs in by it."
                ),
            ))
        }
        _ => Ok(Ending::succeeded(
            "Neither X-Frame-Options nor frame-ancestors stands in the answer. A browser shows the page in A's frame \
             (`cargo test` shows it in a real one).",
        )),
    }
}
