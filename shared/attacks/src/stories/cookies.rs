//! Sessions and their cookies: `session-fixation`, `cookie-confusion`, `cookie-planting`.

use crate::attack::Cell::{Stopped, Succeeds};
use crate::attack::Who::{Attacker, Client, Server, Victim};
use crate::attack::{Attack, Ending, Guard, Step};
use crate::callback::Callback;
use crate::person::Person;
use crate::scene::Scene;
use crate::stories::fixation::{CLIENT_COOKIE, SERVER_COOKIE, cookie, knows};
use kit::Verdict;
use kit::encoding::host;

pub static COOKIE_CONFUSION: Attack = Attack {
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
    cells: &[(2, Stopped)],
    guards: &[Guard {
        from: 2,
        until: None,
        file: "shared/web/src/role.rs",
        anchor: "Role::Client => \"lab_client\",",
        what: "Each process has a cookie name of its own, and a session store of its own.",
    }],
    run: |scene| Box::pin(cookie_confusion(scene)),
};

pub static COOKIE_PLANTING: Attack = Attack {
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
    cells: &[(2, Succeeds)],
    guards: &[],
    run: |scene| Box::pin(cookie_planting(scene)),
};

async fn cookie_confusion(scene: Scene) -> Result<Ending, Verdict> {
    if scene.version() < 2 {
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

async fn cookie_planting(scene: Scene) -> Result<Ending, Verdict> {
    if scene.version() < 2 {
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

async fn no_client_session(scene: &Scene) -> Result<Ending, Verdict> {
    let mut victim = scene.victim()?;
    let answer = victim
        .get(scene.client("/start")?, "C sends the browser away and sets no cookie.")
        .await?;
    answer.must(
        answer.is_redirect() && answer.header("set-cookie").is_none(),
        "a redirect without a cookie",
    )?;
    Ok(Ending::not_yet(
        "the client of this version has no session, so there is no cookie to plant or to confuse",
    ))
}
