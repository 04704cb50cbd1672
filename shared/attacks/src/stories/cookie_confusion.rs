//! `cookie-confusion`: a session of one process is tried at the other.

use crate::attack;
use crate::attack::Cell::Stopped;
use crate::attack::{Attack, Ending, Guard, Step};
use crate::callback::Callback;
use crate::person::Person;
use crate::scene::Scene;
use crate::stories::session_fixation::{CLIENT_COOKIE, SERVER_COOKIE, knows};
use crate::support::cookies::no_client_session;
use crate::who::Who::{Attacker, Client, Server, Victim};
use kit::Verdict;
use kit::encoding::host;
use kit::ladder::Capability;

attack!(Attack {
    name: "cookie-confusion",
    title: "A session of one process is tried at the other",
    story: "Cookies do not know ports: the browser sends the cookies of localhost:5000 to localhost:5001 as well. \
            With one name for both, a session id of the one would be tried at the other, and a login at the one would wipe out the session at the other.",
    steps: &[
        Step(Victim, Server, "logs in; her browser holds lab_as and lab_client"),
        Step(Attacker, Server, "sends the client's session id as the server's"),
        Step(Attacker, Client, "sends the server's session id as the client's"),
    ],
    section: "RFC 6265 §8.5",
    cells: &[(Capability::State, Stopped)],
    guards: &[Guard::since(Capability::State)
        .line("shared/web/src/role.rs", "Role::Client => \"lab_client\",")
        .that("Each process has a cookie name of its own, and a session store of its own.")],
    run: |scene| Box::pin(cookie_confusion(scene)),
});

async fn cookie_confusion(scene: Scene) -> Result<Ending, Verdict> {
    if !scene.has(Capability::State) {
        return no_client_session(&scene).await;
    }
    scene.heading("The victim logs in");
    let here = host(&scene.target.server).to_owned();
    let mut victim = scene.victim()?;
    let hers = victim.start().await?;
    let ids = |name| victim.browser.cookie(&here, name).map(str::to_owned);
    let (Some(at_server), Some(at_client)) = (ids(SERVER_COOKIE), ids(CLIENT_COOKIE)) else {
        return wiped_out(&mut victim, &hers).await;
    };
    scene.aside(format!("Her browser now holds two cookies for the host {here}: {SERVER_COOKIE} and {CLIENT_COOKIE}. It sends both to both ports."));

    scene.heading("The client's id at the server");
    let mut attacker = scene.attacker()?;
    attacker.browser.plant(&here, SERVER_COOKIE, &at_client);
    let opened = knows(&scene, &mut attacker).await?;

    scene.heading("The server's id at the client");
    let mut second = scene.attacker()?;
    second.browser.plant(&here, CLIENT_COOKIE, &at_server);
    let taken = second.finish(&hers.url, &hers.code).await?;
    if opened || taken.accepted {
        return Ok(Ending::succeeded("A session id of one process opened a session at the other."));
    }
    taken.answer.must_be_page(400)?;

    scene.heading("The victim's two sessions live side by side");
    let received = victim.finish(&hers.url, &hers.code).await?;
    received.answer.must(received.accepted, "her login at S did not touch her session at C")?;
    Ok(Ending::stopped(
        "two names, two stores",
        "Neither id means anything to the other process, and V's login at S left her session at C alone.",
    ))
}

/// There is one cookie where two were expected: whose session is left?
async fn wiped_out(victim: &mut Person, hers: &Callback) -> Result<Ending, Verdict> {
    let received = victim.finish(&hers.url, &hers.code).await?;
    let wanted = "two cookies, or a session at the client that the login at the server wiped out";
    received.answer.must(!received.accepted, wanted)?;
    Ok(Ending::succeeded(
        "Both processes use one cookie: V's login at S wiped out her session at C, and C refuses her own callback.",
    ))
}
