//! `open-redirector`: a link to the trusted server that ends at the attacker's site.

use crate::attack;
use crate::attack::Cell::Stopped;
use crate::attack::{Attack, Ending, Guard, Step};
use crate::scene::Scene;
use crate::support::redirects::{EVIL, EXACT, logged_in};
use crate::who::Who::{Attacker, Server, Victim};
use kit::encoding::origin;
use kit::flow::credentials;
use kit::ladder::Capability;
use kit::{Answer, Request, Verdict};

attack!(Attack {
    name: "open-redirector",
    title: "A link to the trusted server that ends at the attacker's site",
    story: "The attacker writes links that begin with the server's good name and carry his own address. \
            If the server redirects before it knows the client and its address, even with an error, it lends him its name for phishing.",
    steps: &[
        Step(
            Attacker,
            Victim,
            "a link to /authorize with an unknown client, or with a foreign redirect_uri",
        ),
        Step(Victim, Server, "opens it"),
        Step(Server, Victim, "a page that says what is wrong, and no redirect"),
    ],
    section: "RFC 9700 §4.11.2",
    cells: &[(Capability::AuthorizationCode, Stopped)],
    guards: &[
        Guard::since(Capability::AuthorizationCode)
            .line("server/authorize.rs", "let (client_id, client) = registered_client(app, params)?;")
            .that("Who asks, and where the answer may go, is judged first. Until both are known every mistake ends on a page."),
        EXACT,
    ],
    run: |scene| Box::pin(open_redirector(scene)),
});

/// Did the answer send the browser to a place outside of the pair?
fn leads_outside(scene: &Scene, answer: &Answer) -> bool {
    let there = answer.location().unwrap_or_default();
    let ours = [
        Some(scene.target.server.as_str()),
        scene.target.client.as_deref(),
    ];
    answer.is_redirect() && !ours.into_iter().flatten().any(|url| origin(url) == origin(&there))
}

async fn open_redirector(scene: Scene) -> Result<Ending, Verdict> {
    let mut victim = logged_in(&scene).await?;
    scene.heading("The attack");
    let good = scene.target.request();
    let bent = [
        ("An unknown client with an address of A.", good.clone().set("client_id", "evil").to(EVIL)),
        (
            "The honest client with an address of A and a second mistake, hoping for an error by redirect.",
            good.clone().to(EVIL).set("response_type", "token"),
        ),
        ("The same without that mistake.", good.clone().to(EVIL)),
        ("No client at all.", good.clone().without("client_id").to(EVIL)),
        ("Two addresses, the honest one first.", good.clone().also("redirect_uri", EVIL)),
        (
            "Two addresses, the evil one first.",
            good.clone()
                .without("redirect_uri")
                .to(EVIL)
                .also("redirect_uri", good.redirect_uri.as_str()),
        ),
    ];
    for (trick, request) in bent {
        let answer = victim.get(request.url(), trick).await?;
        if leads_outside(&scene, &answer) {
            return Ok(Ending::succeeded(format!(
                "S sent the browser to {}",
                answer.location().unwrap_or_default()
            )));
        }
        answer.must_be_page(400)?;
    }
    after_login(&scene).await
}

/// The login has no parameter that says where to go next.
async fn after_login(scene: &Scene) -> Result<Ending, Verdict> {
    let mut stranger = scene.victim()?;
    let user = stranger.user.clone();
    let names = [
        "next",
        "return_to",
        "redirect",
        "redirect_uri",
        "continue",
        "ticket",
    ];
    let mut pairs: Vec<(&str, &str)> = credentials(&user).to_vec();
    pairs.extend(names.map(|name| (name, EVIL)));
    let url = scene.target.url("/login");
    let request = Request::form(&url, &pairs).header("Origin", origin(&scene.target.server));
    let answer = stranger
        .send(
            request,
            "A login form with every name that other servers know for \"where to go next\".",
        )
        .await?;
    if leads_outside(scene, &answer) {
        return Ok(Ending::succeeded("The login sent the browser to the attacker's site."));
    }
    answer.must_be(303)?;
    Ok(Ending::stopped(
        "the registry of clients",
        "Six requests, six 400 pages without Location; the login ends on a page of S.",
    ))
}
