//! `cookie-planting`: the attacker's browser session, planted together with his callback.

use crate::attack;
use crate::attack::Cell::Succeeds;
use crate::attack::{Attack, Ending, Step};
use crate::scene::Scene;
use crate::stories::session_fixation::{CLIENT_COOKIE, cookie};
use crate::support::cookies::no_client_session;
use crate::who::Who::{Attacker, Client, Victim};
use kit::Verdict;
use kit::encoding::host;
use kit::ladder::Capability;

attack!(Attack {
    name: "cookie-planting",
    title: "The attacker's browser session, planted together with his callback",
    story: "Whoever can set a cookie for the client's host, from another port or another subdomain, plants his own lab_client in the victim's browser. \
            Then his callback, with his state, comes from the browser that asked for it: login CSRF again, in spite of state.",
    steps: &[
        Step(Attacker, Client, "starts a flow: his lab_client=X and his state belong together"),
        Step(Attacker, Victim, "sets lab_client=X in her browser from http://localhost:5666"),
        Step(Victim, Client, "opens his callback address"),
    ],
    section: "RFC 6265 §8.6, RFC 9700 §4.7",
    cells: &[(Capability::State, Succeeds)],
    guards: &[],
    run: |scene| Box::pin(cookie_planting(scene)),
});

async fn cookie_planting(scene: Scene) -> Result<Ending, Verdict> {
    if !scene.has(Capability::State) {
        return no_client_session(&scene).await;
    }
    scene.heading("The attacker starts a flow");
    let here = host(&scene.client("/")?).to_owned();
    let mut attacker = scene.attacker()?;
    let his = attacker.start().await?;
    let planted = cookie(&attacker, &here, CLIENT_COOKIE)?;
    scene.heading("The attack");
    scene.aside(format!(
        "V opens a page of A on http://localhost:5666. It answers Set-Cookie: {CLIENT_COOKIE}=… with A's own value, for the host localhost, \
         and cookies do not know ports. Then it sends her browser to A's callback address."
    ));
    let mut victim = scene.victim()?;
    victim.browser.plant(&here, CLIENT_COOKIE, &planted);
    let received = victim.finish(&his.url, &his.code).await?;
    if !received.accepted {
        received.answer.must_be_page(400)?;
        let own = attacker.finish(&his.url, &his.code).await?;
        own.answer.must(own.accepted, "the client takes the code from the attacker's browser")?;
        return Ok(Ending::stopped(
            "a cookie that cannot be planted",
            "V's browser was refused with 400.",
        ));
    }
    let owner = scene.owner_of(&his.code).await?;
    Ok(Ending::succeeded(format!(
        "state was right and so was the session, because both were A's. V now works in the account of {owner}. \
         Only host names of their own for server and client end this: a cookie knows no port, whatever its prefix."
    )))
}
