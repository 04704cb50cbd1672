//! The login form of the server: `login-csrf-at-server`, `login-brute-force`, `password-store-theft`.

use std::time::Instant;

use crate::attack::Cell::Succeeds;
use crate::attack::Who::{Attacker, Server, Victim};
use crate::attack::{Attack, Ending, Step};
use crate::scene::Scene;
use kit::flow::credentials;
use kit::{Request, Verdict};

/// How many passwords are tried, the right one last.
const TRIES: usize = 100;

pub static LOGIN_CSRF_AT_SERVER: Attack = Attack {
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
    cells: &[(1, Succeeds)],
    guards: &[],
    run: |scene| Box::pin(login_csrf_at_server(scene)),
};

pub static LOGIN_BRUTE_FORCE: Attack = Attack {
    name: "login-brute-force",
    title: "Passwords are tried until one fits",
    story: "The attacker sends one password after the other from a list. \
            The server answers each time as if it were the first, so the list decides how long it takes.",
    steps: &[
        Step(Attacker, Server, "POST /login as user0 with the first hundred words of a list"),
        Step(Server, Attacker, "401, 401, 401 … and in the end a session"),
    ],
    section: "OAuth 2.1 §7.7",
    cells: &[(1, Succeeds)],
    guards: &[],
    run: |scene| Box::pin(login_brute_force(scene)),
};

pub static PASSWORD_STORE_THEFT: Attack = Attack {
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
    cells: &[(1, Succeeds)],
    guards: &[],
    run: |scene| Box::pin(password_store_theft(scene)),
};

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
