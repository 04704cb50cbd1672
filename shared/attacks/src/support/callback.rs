//! A callback that the victim's browser never asked for: `login-csrf` and `planted-callback-without-state`.

use crate::attack::{Ending, Guard};
use crate::callback::Callback;
use crate::person::Person;
use crate::scene::Scene;
use kit::Verdict;
use kit::ladder::Capability;

/// `state` belongs to one browser.
pub(crate) const STATE: Guard = Guard::since(Capability::State)
    .line("client/callback.rs", "_ if !ours && !was_ours => Err(FOREIGN),")
    .that("The client takes an answer only for a request that this very browser has started and that waits for it.");

/// Which address is planted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Planted {
    /// With the attacker's own state, where there is one.
    Whole,
    /// Without state.
    WithoutState,
}

pub(crate) async fn plant(scene: Scene, planted: Planted) -> Result<Ending, Verdict> {
    let mut victim = honest_victim(&scene).await?;

    scene.heading("The attack");
    let mut attacker = scene.attacker()?;
    let his = attacker.start().await?;
    let link = match planted {
        Planted::Whole => his.url.clone(),
        Planted::WithoutState => his.without_state(),
    };
    scene.aside(
        "A does not follow this redirect. His code is still unused. He puts the address behind a link on his site; \
         V clicks it. A click on a link is a top-level GET, so her SameSite=Lax cookies travel with it.",
    );
    let received = victim.finish(&link, &his.code).await?;
    if received.accepted {
        let owner = scene.owner_of(&his.code).await?;
        let fills = match scene.has(Capability::Scopes) {
            true => "what she writes down now, about her spare key say, becomes a note of",
            false => {
                "in an application that logs her in by this code, she would now fill the account of"
            }
        };
        return Ok(Ending::succeeded(format!(
            "V's browser delivered the code of {owner}, and the client took it. V is user0: {fills} {owner}."
        )));
    }
    refused(&scene, &mut attacker, &his, received).await
}

/// The victim has used the client before, and has a flow of her own under way.
pub(crate) async fn honest_victim(scene: &Scene) -> Result<Person, Verdict> {
    scene.heading("The honest way, first");
    let mut victim = scene.victim()?;
    let hers = victim.start().await?;
    let received = victim.finish(&hers.url, &hers.code).await?;
    received.answer.must(received.accepted, "the client takes the victim's own code")?;
    victim.ask_client().await?;
    scene.aside("V has begun a second flow, too. So the client expects an answer from her browser: just not this one.");
    Ok(victim)
}

/// The refusal must be about the browser: the code is untouched, and in the attacker's own browser the address works.
pub(crate) async fn refused(
    scene: &Scene,
    attacker: &mut Person,
    his: &Callback,
    received: crate::callback::Received,
) -> Result<Ending, Verdict> {
    received.answer.must_be_page(400)?;
    let row = scene.code_row(&his.code).await?;
    received
        .answer
        .must(row["used"] == false, "the code is still unused: nothing was sent to the server")?;
    scene.heading("The same address in the browser that asked for it");
    let own = attacker.finish(&his.url, &his.code).await?;
    own.answer
        .must(own.accepted, "the client takes the attacker's code from the attacker's browser")?;
    Ok(Ending::stopped(
        "state",
        "V's browser got a 400 page and the code stayed unused. From A's own browser the same code is accepted: the client refused the browser, not the code.",
    ))
}
