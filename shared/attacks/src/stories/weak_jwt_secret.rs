//! `weak-jwt-secret`: the signing secret is guessed from one token.

use crate::attack;
use crate::attack::Cell::Stopped;
use crate::attack::{Attack, Ending, Guard, Step};
use crate::scene::Scene;
use crate::support::missing;
use crate::who::Who::{Attacker, Server};
use kit::encoding::base64url;
use kit::ladder::Capability;
use kit::pair::{change, free_port, settings};
use kit::{Http, Process, Request, Verdict};
use std::time::Duration;

attack!(Attack {
    name: "weak-jwt-secret",
    title: "The signing secret is guessed from one token",
    story: "The attacker has one genuine token and tries secrets on it, offline, a billion a minute. \
            If the operator chose \"secret\", a short word or a published example, he soon signs tokens for everybody.",
    steps: &[
        Step(Attacker, Server, "waits for an operator who sets JWT_SECRET to something weak"),
        Step(Server, Attacker, "refuses to start with such a secret"),
    ],
    section: "RFC 8725 §3.5",
    cells: &[(Capability::ProtectedApi, Stopped)],
    guards: &[
        Guard::since(Capability::ProtectedApi)
            .line("shared/settings/src/jwt_secret.rs", "if bytes.len() < 32 {")
            .that("At least 256 bits, or the server does not start."),
        Guard::since(Capability::ProtectedApi)
            .line(
                "shared/settings/src/jwt_secret.rs",
                "if PUBLISHED.iter().any(|known| is_known(known, &bytes)) {",
            )
            .that("And none that stands in a public document."),
    ],
    run: |scene| Box::pin(weak_jwt_secret(scene)),
});

async fn weak_jwt_secret(scene: Scene) -> Result<Ending, Verdict> {
    if !scene.has(Capability::ProtectedApi) {
        return missing::api(&scene).await;
    }
    scene.heading("A strong secret");
    start(&scene, &base64url(&rand::random::<[u8; 32]>())).await?.map_err(|trouble| {
        Verdict::failed("start with 32 random bytes as JWT_SECRET", "a running server", trouble)
    })?;
    scene.aside("JWT_SECRET of 32 random bytes: the server starts.");
    scene.heading("The attack");
    let weak = [
        ("a word", "secret".to_owned()),
        ("31 bytes, one too few", base64url(&rand::random::<[u8; 31]>())),
        ("64 bytes, all the same", base64url(&[7; 64])),
        (
            "the example of RFC 7515, appendix A.1, with padding",
            "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow==".to_owned(),
        ),
        (
            "the example of RFC 7515, appendix A.1",
            "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow".to_owned(),
        ),
    ];
    for (what, secret) in &weak {
        match start(&scene, secret).await? {
            Ok(()) => {
                return Ok(Ending::succeeded(format!(
                    "The server started with {what} as JWT_SECRET; its tokens can be forged."
                )));
            }
            Err(words) if words.contains("JWT_SECRET") => {
                let said =
                    words.lines().find(|line| line.contains("JWT_SECRET")).unwrap_or_default();
                scene.aside(format!("JWT_SECRET is {what}. The server ends: {said}"));
            }
            Err(words) => {
                return Err(Verdict::failed(
                    format!("start with {what} as JWT_SECRET"),
                    "an end that names JWT_SECRET",
                    words,
                ));
            }
        }
    }
    Ok(Ending::stopped(
        "the check of the secret at the start",
        format!("{} weak secrets, {} servers that did not start.", weak.len(), weak.len()),
    ))
}

/// Starts a server of its own with this secret: it runs, or these were its last words.
async fn start(scene: &Scene, secret: &str) -> Result<Result<(), String>, Verdict> {
    let executables = scene.target.executables.as_ref();
    let exe = &executables
        .ok_or_else(|| Verdict::skipped("a server that can be started with another JWT_SECRET"))?
        .server;
    let broken = |trouble: String| Verdict::failed("look for a free port", "a free port", trouble);
    let (port, other) = (free_port().map_err(broken)?, free_port().map_err(broken)?);
    let mut settings = settings(port, other, b"");
    change(&mut settings, &[("JWT_SECRET", secret)]);
    let url = format!("http://localhost:{port}");
    Ok(match Process::start(exe, &settings, &url).await {
        Ok(_) => {
            let health = Http::new(Duration::from_secs(2))
                .send(Request::get(format!("{url}/healthz")))
                .await;
            drop(health);
            Ok(())
        }
        Err(words) => Err(words),
    })
}
