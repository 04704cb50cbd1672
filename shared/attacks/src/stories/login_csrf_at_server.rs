//! `login-csrf-at-server`: the victim is logged in at the server as the attacker.

use crate::attack;
use crate::attack::Cell::Succeeds;
use crate::attack::{Attack, Ending, Step};
use crate::scene::Scene;
use crate::who::Who::{Attacker, Server, Victim};
use kit::flow::credentials;
use kit::ladder::Capability;
use kit::{Request, Verdict};

attack!(Attack {
    name: "login-csrf-at-server",
    title: "The victim is logged in at the server as the attacker",
    story: "The attacker's page sends the server's own login form from the victim's browser, filled with his name and password. \
            The server takes it, and whatever client she uses next works in his account.",
    steps: &[
        Step(Attacker, Victim, "a page with a form that sends itself to S/login, as user1"),
        Step(
            Victim,
            Server,
            "POST /login from a foreign page: her browser gets a session of user1",
        ),
        Step(Victim, Server, "starts at the honest client, and is not asked who she is"),
    ],
    section: "OWASP CSRF Prevention (login CSRF)",
    cells: &[(Capability::AuthorizationCode, Succeeds)],
    guards: &[],
    run: |scene| Box::pin(login_csrf_at_server(scene)),
});

async fn login_csrf_at_server(scene: Scene) -> Result<Ending, Verdict> {
    let mut victim = scene.victim()?;
    let attacker = scene.attacker()?;
    scene.heading("The attack");
    scene.aside("V opens a page of A. It holds a hidden form for S/login with A's own name and password, and sends it by itself.");
    let form = Request::form(scene.target.url("/login"), &credentials(&attacker.user))
        .header("Origin", "http://127.0.0.1:5666")
        .header("Sec-Fetch-Site", "cross-site");
    let answer = victim.browser.send(form).await?;
    if answer.status == 403 {
        scene.tell(victim.who, &answer, "S sees that the form does not come from its own page.");
        answer.must_be_page(403)?;
        return Ok(Ending::stopped(
            "a form that only S can make",
            "403 for a form of a foreign page.",
        ));
    }
    scene.tell(
        victim.who,
        &answer,
        "S does not ask where the form came from. V's browser gets a session of user1.",
    );
    answer.must(
        answer.is_redirect() && answer.header("set-cookie").is_some(),
        "a redirect with a session",
    )?;
    victim.known_as.clone_from(&attacker.user.username);
    scene.heading("Later, the victim uses the honest client");
    // She is user0; if S asked her now, she would log in as herself and the attack would have failed.
    let hers = victim.start().await?;
    let owner = scene.owner_of(&hers.code).await?;
    let received = victim.finish(&hers.url, &hers.code).await?;
    received.answer.must(received.accepted, "the client takes the code")?;
    received.answer.must(owner == attacker.user.username, "a code of the attacker")?;
    Ok(Ending::succeeded(format!(
        "V never typed a password, and the client serves her as {owner}. What she enters there, A reads."
    )))
}
