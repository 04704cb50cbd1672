//! `dns-rebinding-debug`: a foreign page reads /debug/state through a name of its own.

use crate::attack;
use crate::attack::Cell::Stopped;
use crate::attack::{Attack, Ending, Guard, Step};
use crate::scene::Scene;
use crate::support::hosts::EVIL;
use crate::who::Who::{Attacker, Client, Server, Victim};
use kit::ladder::Capability;
use kit::{Request, Verdict};

attack!(Attack {
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
    cells: &[(Capability::AuthorizationCode, Stopped)],
    guards: &[
        Guard::since(Capability::AuthorizationCode)
            .line(
                "shared/web/src/gate.rs",
                "peer.ip().to_canonical().is_loopback() && is_local(request)",
            )
            .that(
                "/debug answers only to a peer on this machine that calls it by a loopback name.",
            ),
    ],
    run: |scene| Box::pin(dns_rebinding_debug(scene)),
});

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
