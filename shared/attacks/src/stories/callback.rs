//! A callback that the victim's browser never asked for: `login-csrf` and `planted-callback-without-state`.

use crate::attack::Cell::{Stopped, Succeeds};
use crate::attack::Who::{Attacker, Client, Server, Victim};
use crate::attack::{Attack, Ending, Guard, Step};
use crate::callback::Callback;
use crate::person::Person;
use crate::scene::Scene;
use kit::Verdict;

/// `state` belongs to one browser.
const STATE: Guard = Guard {
    from: 2,
    until: None,
    file: "client/callback.rs",
    anchor: "_ if !ours && !was_ours => Err(FOREIGN),",
    what: "The client takes an answer only for a request that this very browser has started and that waits for it.",
};

pub static LOGIN_CSRF: Attack = Attack {
    name: "login-csrf",
    title: "The victim works inside the attacker's account",
    story: "The attacker logs in as himself and stops before his code reaches the client. \
            He puts that callback address behind a link: the victim's browser delivers his code. Where the client logs her in by that code, she works in his account from then on.",
    steps: &[
        Step(
            Attacker,
            Server,
            "logs in as user1 and receives a callback address with his own code",
        ),
        Step(Attacker, Victim, "a link to that address, which he has not opened himself"),
        Step(Victim, Client, "her browser opens it: GET /callback?code=…"),
    ],
    section: "RFC 9700 §4.7",
    cells: &[(1, Succeeds), (2, Stopped)],
    guards: &[STATE],
    run: |scene| Box::pin(plant(scene, Planted::Whole)),
};

pub static PLANTED_CALLBACK_WITHOUT_STATE: Attack = Attack {
    name: "planted-callback-without-state",
    title: "The same, hoping that a client with state also takes an answer without one",
    story: "The attacker takes state out of his callback address before he plants it. \
            A client that compares state only when there is one would take his code for the victim's.",
    steps: &[
        Step(
            Attacker,
            Server,
            "logs in as user1 and receives a callback address with his own code",
        ),
        Step(Attacker, Victim, "a link to that address, without the parameter state"),
        Step(Victim, Client, "her browser opens it: GET /callback?code=…"),
    ],
    section: "RFC 9700 §4.7.1",
    cells: &[(1, Succeeds), (2, Stopped)],
    guards: &[STATE],
    run: |scene| Box::pin(plant(scene, Planted::WithoutState)),
};

/// Which address is planted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Planted {
    /// With the attacker's own state, where there is one.
    Whole,
    /// Without state.
    WithoutState,
}

async fn plant(scene: Scene, planted: Planted) -> Result<Ending, Verdict> {
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
        return Ok(Ending::succeeded(format!(
            "V's browser delivered the code of {owner}, and the client took it. V is user0. In an application that logs her in by this code, she would now fill {owner}'s account."
        )));
    }
    refused(&scene, &mut attacker, &his, received).await
}

/// The victim has used the client before, and has a flow of her own under way.
async fn honest_victim(scene: &Scene) -> Result<Person, Verdict> {
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
async fn refused(
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
