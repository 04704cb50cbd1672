//! `password-store-theft`: a copy of the server's memory holds every password.

use crate::attack;
use crate::attack::Cell::Succeeds;
use crate::attack::{Attack, Ending, Step};
use crate::scene::Scene;
use crate::who::Who::{Attacker, Server};
use kit::flow::credentials;
use kit::ladder::Capability;
use kit::{Request, Verdict};

attack!(Attack {
    name: "password-store-theft",
    title: "A copy of the server's memory holds every password",
    story: "The attacker gets a copy of what the server stores: a backup, a memory dump, an injected query. \
            The passwords stand in it as they are typed, so he logs in as anybody, here and wherever the same password is used.",
    steps: &[
        Step(
            Attacker,
            Server,
            "copies the table of users (here /debug/state stands for the stolen copy)",
        ),
        Step(Attacker, Server, "logs in as user0 with the password that he has read"),
    ],
    section: "OAuth 2.1 §7.7",
    cells: &[(Capability::AuthorizationCode, Succeeds)],
    guards: &[],
    run: |scene| Box::pin(password_store_theft(scene)),
});

async fn password_store_theft(scene: Scene) -> Result<Ending, Verdict> {
    let victim = scene.victim()?;
    scene.heading("The attack");
    let dump = scene.stolen_copy().await?;
    let name = &victim.user.username;
    let stored = dump.json().unwrap_or_default()["storage"]["users"][name.as_str()].take();
    stored
        .is_object()
        .then_some(())
        .ok_or_else(|| dump.fail("the row of the user in storage.users"))?;
    let password = stored["password"].as_str().unwrap_or_default().to_owned();
    scene.aside(format!("The row of {name} says: {stored}"));
    let mut thief = scene.attacker()?;
    thief.user.username.clone_from(name);
    thief.user.password = password;
    let form = Request::form(scene.target.url("/login"), &credentials(&thief.user));
    let answer = thief.send(form, "A types what he has read.").await?;
    if answer.status == 401 {
        return Ok(Ending::stopped("a slow hash", "what is stored is not what must be typed"));
    }
    answer.must(
        answer.status == 303 && answer.header("set-cookie").is_some(),
        "303 with a session",
    )?;
    Ok(Ending::succeeded(format!(
        "A is logged in as {name}: the password stood there as it is typed."
    )))
}
