//! Where a code is left lying: `code-leak-referer` and `code-leak-history`.

use crate::attack::{Ending, Guard};
use crate::callback::{Callback, Received};
use crate::person::Person;
use crate::scene::Scene;
use crate::stories::code_injection::inject;
use crate::tell::short_address;
use kit::Verdict;
use kit::ladder::Capability;

/// After the callback the browser is sent on.
pub(crate) const CLEAN_ADDRESS: Guard = Guard::since(Capability::TokenEndpoint)
    .before(Capability::Scopes)
    .line("client/callback.rs", "Ok(Redirect::to(\"/\").into_response())")
    .that("The callback answers with a redirect, so the page on which the browser ends, and its history, hold neither code nor state.");

/// The same, where the browser goes on to the page that asked for more.
pub(crate) const CLEAN_ADDRESS_OF_A_PURPOSE: Guard = Guard::since(Capability::Scopes)
    .line("client/callback.rs", "Ok(Redirect::to(pending.purpose.back).into_response())")
    .that(CLEAN_ADDRESS.what);

pub(crate) async fn arrive(scene: &Scene) -> Result<(Person, Callback, Received), Verdict> {
    scene.heading("The victim logs in");
    let mut victim = scene.victim()?;
    let hers = victim.start().await?;
    let received = victim.finish(&hers.url, &hers.code).await?;
    received.answer.must(received.accepted, "the client takes the victim's own code")?;
    Ok((victim, hers, received))
}

pub(crate) async fn history(scene: Scene) -> Result<Ending, Verdict> {
    let (mut victim, hers, _) = arrive(&scene).await?;
    scene.heading("The attack");
    let addresses: Vec<String> =
        victim.history.iter().map(|url| short_address(url, &scene.target)).collect();
    scene.aside(format!(
        "V walks away. A sits down at her machine and reads the history:
{}",
        addresses.join(
            "
"
        )
    ));
    let found = victim.history.iter().any(|address| address.contains(&hers.code));
    if found {
        scene
            .aside("There it is, and nothing has used the code up. A takes it to his own browser.");
        return injected(&scene, &hers).await;
    }
    scene.aside("No code in it. Suppose that A finds it elsewhere, in a proxy's log say: redirects pass there, too.");
    let mut attacker = scene.attacker()?;
    let received = inject(&scene, &mut attacker, &hers.code).await?;
    refused(&received)?;
    scene.heading("The victim is unharmed");
    let home = victim.get(scene.client("/")?, "V's client still holds her token.").await?;
    home.must(
        home.status == 200 && home.body.contains("access_token"),
        "the victim's token on the client's page",
    )?;
    Ok(Ending::stopped(
        "a clean address",
        "The history holds no code. The same code from elsewhere was refused with invalid_grant: it is used, and A has no verifier for it.",
    ))
}

/// What the leaked code is worth: the thief gets in with it, or it is dead.
pub(crate) async fn injected(scene: &Scene, hers: &Callback) -> Result<Ending, Verdict> {
    let mut attacker = scene.attacker()?;
    let received = inject(scene, &mut attacker, &hers.code).await?;
    if received.accepted {
        let owner = scene.owner_of(&hers.code).await?;
        return Ok(Ending::succeeded(format!(
            "A has read {owner}'s code, and the client took it from A's browser."
        )));
    }
    refused(&received)?;
    Ok(Ending::stopped(
        "a code that is dead",
        "A has read the code, but it is used, and he has no verifier for it: invalid_grant.",
    ))
}

/// The token endpoint, not the client, said no.
pub(crate) fn refused(received: &Received) -> Result<(), Verdict> {
    let page = &received.answer;
    let named = page.status == 502 && page.body.contains("invalid_grant");
    page.must(named, "a 502 page that names invalid_grant").map(|_| ())
}
