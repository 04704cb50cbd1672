//! Names that are not ours: `host-header-poisoning` and `dns-rebinding-debug`.

use crate::attack::Cell::Stopped;
use crate::attack::Who::{Attacker, Client, Server, Victim};
use crate::attack::{Attack, Ending, Guard, Step};
use crate::scene::Scene;
use kit::encoding::origin;
use kit::{Request, Verdict};

/// The attacker's name.
const EVIL: &str = "evil.test";

pub static HOST_HEADER_POISONING: Attack = Attack {
    name: "host-header-poisoning",
    title: "A false Host header that finds its way into links",
    story: "The attacker sends requests with a Host header of his own, or has a cache or proxy store such an answer for others. \
            A process that builds its addresses from Host would send browsers, and with them codes, to his host.",
    steps: &[
        Step(Attacker, Client, "GET /start with Host: evil.test"),
        Step(Attacker, Server, "GET /authorize and GET / with Host: evil.test"),
    ],
    section: "OWASP Host Header Injection",
    cells: &[(1, Stopped)],
    guards: &[Guard {
        from: 1,
        until: None,
        file: "client/start.rs",
        anchor: "(\"redirect_uri\", &settings.redirect_uri),",
        what: "Addresses come from the settings, never from the request.",
    }],
    run: |scene| Box::pin(host_header_poisoning(scene)),
};

pub static DNS_REBINDING_DEBUG: Attack = Attack {
    name: "dns-rebinding-debug",
    title: "A foreign page reads /debug/state through a name of its own",
    story: "The attacker's name evil.test first points to his server and, a moment later, to 127.0.0.1. \
            For the victim's browser his page and the lab are then one origin, so his script may read what the lab answers: every password and every code.",
    steps: &[
        Step(
            Attacker,
            Victim,
            "a page on http://evil.test:5000, whose name then points to 127.0.0.1",
        ),
        Step(
            Victim,
            Server,
            "his script asks for /debug/state; the browser sends Host: evil.test:5000",
        ),
        Step(Victim, Client, "the same at the client"),
    ],
    section: "OWASP Host Header Injection (DNS rebinding)",
    cells: &[(1, Stopped)],
    guards: &[Guard {
        from: 1,
        until: None,
        file: "shared/web/src/gate.rs",
        anchor: "peer.ip().to_canonical().is_loopback() && is_local(request)",
        what: "/debug answers only to a peer on this machine that calls it by a loopback name.",
    }],
    run: |scene| Box::pin(dns_rebinding_debug(scene)),
};

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

async fn dns_rebinding_debug(scene: Scene) -> Result<Ending, Verdict> {
    let mut tried = 0;
    for base in [
        scene.target.server.clone(),
        scene.client("")?,
    ] {
        let who = if base == scene.target.server {
            "S"
        } else {
            "C"
        };
        let port = base.rsplit_once(':').map(|(_, port)| port.to_owned()).unwrap_or_default();
        let url = format!("{base}/debug/state?format=json");
        scene.heading(&format!("At {who}, by its own name"));
        let honest = scene
            .send(Victim, Request::get(&url), "The person in front of the machine may look.")
            .await?;
        honest.must(honest.status == 200 && honest.json().is_some(), "200 and JSON")?;
        scene.heading(&format!("At {who}, by a foreign name"));
        for name in [
            EVIL,
            "localhost.evil.test",
            "127.0.0.1.evil.test",
        ] {
            let request = Request::get(&url).header("Host", format!("{name}:{port}"));
            let meaning =
                format!("The script of a page on {name} asks. Its browser cannot hide the name.");
            let answer = scene.send(Victim, request, meaning).await?;
            if answer.json().is_some_and(|state| state["storage"].is_object()) {
                return Ok(Ending::succeeded(format!(
                    "{who} showed its memory to a page on {name}."
                )));
            }
            answer
                .must(matches!(answer.status, 400 | 404), "404, or 400 for a name that is none")?;
            tried += 1;
        }
    }
    Ok(Ending::stopped(
        "the Host header",
        format!(
            "{tried} requests under foreign names: 404 each time. Under localhost the same address answers."
        ),
    ))
}
