//! `login-brute-force`: passwords are tried until one fits.

use crate::attack;
use crate::attack::Cell::Succeeds;
use crate::attack::{Attack, Ending, Step};
use crate::scene::Scene;
use crate::who::Who::{Attacker, Server};
use kit::ladder::Capability;
use kit::{Request, Verdict};
use std::time::Instant;

/// How many passwords are tried, the right one last.
const TRIES: usize = 100;

attack!(Attack {
    name: "login-brute-force",
    title: "Passwords are tried until one fits",
    story: "The attacker sends one password after the other from a list. \
            The server answers each time as if it were the first, so the list decides how long it takes.",
    steps: &[
        Step(Attacker, Server, "POST /login as user0 with the first hundred words of a list"),
        Step(Server, Attacker, "401, 401, 401 … and in the end a session"),
    ],
    section: "OAuth 2.1 §7.7",
    cells: &[(Capability::AuthorizationCode, Succeeds)],
    guards: &[],
    run: |scene| Box::pin(login_brute_force(scene)),
});

async fn login_brute_force(scene: Scene) -> Result<Ending, Verdict> {
    let user = scene.victim()?.user;
    let mut attacker = scene.attacker()?;
    scene.heading("The attack");
    let url = scene.target.url("/login");
    let guess = |password: String| {
        Request::form(
            &url,
            &[
                ("username", user.username.clone()),
                ("password", password),
            ],
        )
    };
    let begin = Instant::now();
    for number in 1..TRIES {
        let answer = attacker.browser.send(guess(format!("guess{number}"))).await?;
        if answer.status == 429 {
            scene.tell(Attacker, &answer, "S has had enough.");
            scene.target.log_in(&mut scene.target.browser(), &user).await?;
            return Ok(Ending::stopped("a limit", format!("try {number} was answered with 429")));
        }
        answer.must_be_page(401)?;
        if number == 1 {
            scene.tell(Attacker, &answer, "Wrong. S says so, and waits for the next.");
        }
    }
    scene.aside(format!(
        "{} more tries with other words: 401 each time, in {} ms altogether.",
        TRIES - 2,
        begin.elapsed().as_millis()
    ));
    let answer =
        attacker.send(guess(user.password.clone()), "The last word of the list fits.").await?;
    answer.must(
        answer.status == 303 && answer.header("set-cookie").is_some(),
        "303 with a session",
    )?;
    Ok(Ending::succeeded(format!(
        "{TRIES} tries from one address, no delay, no lock: A is logged in as {}.",
        user.username
    )))
}
