//! `session-fixation`: a session id that the attacker knows before the victim logs in.

use crate::attack;
use crate::attack::Cell::Stopped;
use crate::attack::{Attack, Ending, Guard, Step};
use crate::person::Person;
use crate::scene::Scene;
use crate::who::Who::{Attacker, Server, Victim};
use kit::Verdict;
use kit::encoding::{host, random};
use kit::honest::offers_logout;
use kit::html::login_form;
use kit::ladder::Capability;

/// The server's cookie.
pub const SERVER_COOKIE: &str = "lab_as";

/// The client's cookie.
pub const CLIENT_COOKIE: &str = "lab_client";

attack!(Attack {
    name: "session-fixation",
    title: "A session id that the attacker knows before the victim logs in",
    story: "The attacker plants a session cookie of his choice in the victim's browser and waits for her login. \
            If the id stayed the same, he would be logged in with her.",
    steps: &[
        Step(
            Attacker,
            Victim,
            "plants lab_as=X in her browser, from another port of the same host",
        ),
        Step(Victim, Server, "logs in, with lab_as=X"),
        Step(Attacker, Server, "GET /authorize with lab_as=X"),
    ],
    section: "OWASP Session Management (session fixation)",
    cells: &[(Capability::AuthorizationCode, Stopped)],
    guards: &[
        Guard::since(Capability::AuthorizationCode)
            .line("server/login.rs", "session.renew().await;")
            .that("At the login the session gets a new id, and the old one is worth nothing."),
        Guard::since(Capability::State)
            .line("client/callback.rs", "session.enter(&")
            .that("The client does the same when a callback succeeds: a new id, and a new key for what this browser has begun."),
    ],
    run: |scene| Box::pin(session_fixation(scene)),
});

async fn session_fixation(scene: Scene) -> Result<Ending, Verdict> {
    let here = host(&scene.target.server).to_owned();
    scene.heading("A session of the attacker, planted");
    let mut attacker = scene.attacker()?;
    attacker.log_in().await?;
    let planted = cookie(&attacker, &here, SERVER_COOKIE)?;
    let mut victim = scene.victim()?;
    scene.aside(format!("A copies his own {SERVER_COOKIE} into V's browser: a page on another port of the same host can do that."));
    victim.browser.plant(&here, SERVER_COOKIE, &planted);
    victim.log_in().await?;
    let hers = cookie(&victim, &here, SERVER_COOKIE)?;
    let kept = hers == planted || knows(&scene, &mut attacker).await?;

    scene.heading("An id that the attacker made up");
    let made_up = random()[..22].to_owned();
    let mut second = scene.victim()?;
    second.browser.plant(&here, SERVER_COOKIE, &made_up);
    second.log_in().await?;
    let mut guest = scene.attacker()?;
    guest.browser.plant(&here, SERVER_COOKIE, &made_up);
    let adopted = knows(&scene, &mut guest).await?;

    if kept || adopted {
        return Ok(Ending::succeeded("The id that A knew before the login is logged in after it."));
    }
    scene.heading("The victim herself is logged in");
    let code =
        victim.authorize(&scene.target.request().url(), scene.target.demo.redirect_uri()).await?;
    let owner = scene.owner_of(&code.code).await?;
    code.answer.must(owner == victim.user.username, "a code of the victim")?;
    if scene.has(Capability::TokenEndpoint) && fixed_at_client(&scene).await? {
        return Ok(Ending::succeeded(
            "The client's session that A knew before holds V's token now.",
        ));
    }
    if scene.has(Capability::State) && planted_flow(&scene).await? {
        return Ok(Ending::succeeded(
            "The flow that A had begun in the planted session ended in V's browser after her login: she works in his account.",
        ));
    }
    Ok(Ending::stopped(
        "a new session id at login",
        "V's id changed when she logged in; with the planted one A is a stranger and gets the login page.",
    ))
}

/// Does S know who sits at this browser? It then gives a code without a login.
pub async fn knows(scene: &Scene, person: &mut Person) -> Result<bool, Verdict> {
    let request = scene.target.request();
    let answer = person.browser.get(request.url()).await?;
    if answer.location_param("code").is_some() {
        scene.tell(person.who, &answer, "S knows this session.");
        return Ok(true);
    }
    let page = person.browser.follow(&answer).await?;
    scene.tell(
        person.who,
        &page,
        "With the id that he planted A is a stranger: S asks for a login.",
    );
    page.must(page.status == 200 && login_form(&page.body).is_some(), "the login page")?;
    Ok(false)
}

/// The same at the client: does an id from before the callback show the victim's token after it?
async fn fixed_at_client(scene: &Scene) -> Result<bool, Verdict> {
    scene.heading("The same at the client");
    let mut attacker = scene.attacker()?;
    attacker.ask_client().await?;
    let here = host(&scene.client("/")?).to_owned();
    let planted = cookie(&attacker, &here, CLIENT_COOKIE)?;
    let mut victim = scene.victim()?;
    victim.browser.plant(&here, CLIENT_COOKIE, &planted);
    let hers = victim.start().await?;
    let received = victim.finish(&hers.url, &hers.code).await?;
    received.answer.must(received.accepted, "the client takes the victim's own code")?;
    let home = attacker.browser.get(scene.client("/")?).await?;
    let shown = offers_logout(&home);
    let meaning = if shown {
        "The old id shows V's token."
    } else {
        "The old id shows nothing of V's."
    };
    scene.tell(attacker.who, &home, meaning);
    home.must_be_page(200)?;
    Ok(shown)
}

/// A flow that the attacker began in the session that he then planted: does the client end it in the victim's browser
/// when she has long since logged in herself?
async fn planted_flow(scene: &Scene) -> Result<bool, Verdict> {
    scene.heading("A flow of his own, planted with the session");
    let here = host(&scene.client("/")?).to_owned();
    let mut attacker = scene.attacker()?;
    let his = attacker.start().await?;
    let planted = cookie(&attacker, &here, CLIENT_COOKIE)?;
    let mut victim = scene.victim()?;
    victim.browser.plant(&here, CLIENT_COOKIE, &planted);
    let hers = victim.start().await?;
    let received = victim.finish(&hers.url, &hers.code).await?;
    received.answer.must(received.accepted, "the client takes the victim's own code")?;
    scene.aside("Only now does A send her his callback address. Its state belongs to the session that she had before.");
    let late = victim.finish(&his.url, &his.code).await?;
    if !late.accepted {
        late.answer.must_be_page(400)?;
    }
    Ok(late.accepted)
}

pub fn cookie(person: &Person, host: &str, name: &str) -> Result<String, Verdict> {
    let value = person.browser.cookie(host, name).map(str::to_owned);
    value.ok_or_else(|| {
        Verdict::failed(person.browser.story().join("\n"), format!("a cookie {name}"), "none")
    })
}
