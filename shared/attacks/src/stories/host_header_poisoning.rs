//! `host-header-poisoning`: a false Host header that finds its way into links.

use crate::attack;
use crate::attack::Cell::Stopped;
use crate::attack::{Attack, Ending, Guard, Step};
use crate::scene::Scene;
use crate::support::hosts::EVIL;
use crate::who::Who::{Attacker, Client, Server};
use kit::encoding::origin;
use kit::ladder::Capability;
use kit::{Request, Verdict};

attack!(Attack {
    name: "host-header-poisoning",
    title: "A false Host header that finds its way into links",
    story: "The attacker sends requests with a Host header of his own, or has a cache or proxy store such an answer for others. \
            A process that builds its addresses from Host would send browsers, and with them codes, to his host.",
    steps: &[
        Step(Attacker, Client, "GET /start with Host: evil.test"),
        Step(Attacker, Server, "GET /authorize and GET / with Host: evil.test"),
    ],
    section: "OWASP Host Header Injection",
    cells: &[(Capability::AuthorizationCode, Stopped)],
    guards: &[
        Guard::since(Capability::AuthorizationCode)
            .line("client/start.rs", "(\"redirect_uri\", &settings.redirect_uri),")
            .that("Addresses come from the settings, never from the request."),
    ],
    run: |scene| Box::pin(host_header_poisoning(scene)),
});

/// The headers by which a request claims another host.
fn poisoned(url: &str) -> Request {
    Request::get(url)
        .header("Host", EVIL)
        .header("X-Forwarded-Host", EVIL)
        .header("Forwarded", format!("host={EVIL}"))
}

async fn host_header_poisoning(scene: Scene) -> Result<Ending, Verdict> {
    scene.heading("The honest way");
    let mut victim = scene.victim()?;
    victim.start().await?;
    scene.heading("The attack");
    let places = [
        (
            "C sends the browser to S all the same, and names its own redirect_uri.",
            scene.client("/start")?,
        ),
        ("C's page: no link leads to evil.test.", scene.client("/")?),
        ("S asks for a login by an address without any host.", scene.target.request().url()),
        ("S's page: no link leads to evil.test.", scene.target.url("/")),
        ("S's login page: its form goes to a path, not to a host.", scene.target.url("/login")),
    ];
    for (meaning, url) in places {
        let answer = scene.send(Attacker, poisoned(&url), meaning).await?;
        answer.must(matches!(answer.status, 200 | 303), "200 or 303, as without the false host")?;
        let there = answer.header("location").unwrap_or_default();
        if there.contains(EVIL) || answer.body.contains(EVIL) {
            return Ok(Ending::succeeded(format!(
                "{} answers with an address of {EVIL}: {there}",
                origin(&url)
            )));
        }
    }
    Ok(Ending::stopped(
        "addresses from the settings",
        "Five answers, and evil.test in none of them.",
    ))
}
