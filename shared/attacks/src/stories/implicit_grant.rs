//! `implicit-grant`: an access token straight into the address bar.

use crate::attack;
use crate::attack::Cell::Stopped;
use crate::attack::{Attack, Ending, Guard, Step};
use crate::scene::Scene;
use crate::support::redirects::logged_in;
use crate::who::Who::{Attacker, Server, Victim};
use kit::Verdict;
use kit::ladder::Capability;

attack!(Attack {
    name: "implicit-grant",
    title: "An access token straight into the address bar",
    story: "The attacker asks for response_type=token in the name of the honest client. \
            A server that still speaks the implicit grant would put an access token into the address, past PKCE and past the client's secret.",
    steps: &[
        Step(Attacker, Victim, "a link to /authorize?response_type=token…"),
        Step(Victim, Server, "opens it while she is logged in"),
        Step(Server, Victim, "error=unsupported_response_type, no token"),
    ],
    section: "RFC 9700 §2.1.2",
    cells: &[(Capability::AuthorizationCode, Stopped)],
    guards: &[Guard::since(Capability::AuthorizationCode)
        .line("server/authorize.rs", "\"unsupported_response_type\",")
        .that("Only response_type=code is known. Everything else goes back to the client as an error.")],
    run: |scene| Box::pin(implicit_grant(scene)),
});

async fn implicit_grant(scene: Scene) -> Result<Ending, Verdict> {
    let mut victim = logged_in(&scene).await?;
    scene.heading("The attack");
    let good = scene.target.request();
    for response_type in ["token", "id_token token", "code token"] {
        let request = good.clone().set("response_type", response_type);
        let answer =
            victim.get(request.url(), "An answer that would carry a token in the address.").await?;
        let there = answer.location().unwrap_or_default();
        if there.contains("access_token=") {
            return Ok(Ending::succeeded(format!("A token stands in the address: {there}")));
        }
        answer.must_redirect_error(&good.redirect_uri, "unsupported_response_type")?;
    }
    Ok(Ending::stopped(
        "response_type=code alone",
        "Three times error=unsupported_response_type, and no token in any address.",
    ))
}
