//! `pkce-downgrade`: a request without the challenge, or with one that hides nothing.

use crate::attack;
use crate::attack::Cell::Stopped;
use crate::attack::{Attack, Ending, Guard, Step};
use crate::scene::Scene;
use crate::stories::code_injection::VERIFIER;
use crate::support::missing;
use crate::who::Who::{Attacker, Client, Server};
use kit::Verdict;
use kit::encoding::{random, s256};
use kit::ladder::Capability;

attack!(Attack {
    name: "pkce-downgrade",
    title: "A request without the challenge, or with one that hides nothing",
    story: "The attacker takes code_challenge out of the authorization request, or asks for the method plain, in which challenge and verifier are the same. \
            A server that goes along issues a code that no verifier protects.",
    steps: &[
        Step(Attacker, Server, "GET /authorize without code_challenge"),
        Step(
            Attacker,
            Server,
            "GET /authorize with code_challenge_method=plain, or with none, which means plain",
        ),
        Step(
            Attacker,
            Server,
            "from v04 on: POST /token with the challenge itself as code_verifier",
        ),
    ],
    section: "RFC 9700 §4.8",
    cells: &[(Capability::Pkce, Stopped)],
    guards: &[
        Guard::since(Capability::Pkce)
            .line("server/pkce.rs", "let Some(challenge) = &request.code_challenge else {")
            .that("No challenge, no code."),
        Guard::since(Capability::Pkce)
            .line(
                "server/pkce.rs",
                "if request.code_challenge_method.as_deref() != Some(\"S256\") {",
            )
            .that("S256 is the only method. An absent one would mean plain."),
        VERIFIER,
    ],
    run: |scene| Box::pin(pkce_downgrade(scene)),
});

async fn pkce_downgrade(scene: Scene) -> Result<Ending, Verdict> {
    if !scene.has(Capability::Pkce) {
        return missing::pkce(&scene).await;
    }
    scene.heading("The honest request works");
    let mut attacker = scene.attacker()?;
    attacker.log_in().await?;
    let good = scene.target.request();
    let redirect_uri = good.redirect_uri.clone();
    attacker.authorize(&good.url(), &redirect_uri).await?;
    scene.heading("The attack");
    let plain = good.clone().set("code_challenge", random());
    let bent = [
        (
            "No challenge at all.",
            good.clone().without("code_challenge").without("code_challenge_method"),
        ),
        ("A method, but no challenge.", good.clone().without("code_challenge")),
        (
            "plain: whoever sees this request has the verifier.",
            plain.clone().set("code_challenge_method", "plain"),
        ),
        ("No method: that means plain (RFC 7636 §4.3).", plain.without("code_challenge_method")),
    ];
    for (trick, request) in bent {
        let answer = attacker.get(request.url(), trick).await?;
        if answer.location_param("code").is_some() {
            return Ok(Ending::succeeded("S issued a code that no verifier protects."));
        }
        answer.must_redirect_error(&redirect_uri, "invalid_request")?;
    }
    if scene.has(Capability::TokenEndpoint) {
        return challenge_as_verifier(&scene).await;
    }
    Ok(Ending::stopped(
        "nothing but S256 is taken",
        "Four weakened requests, four times error=invalid_request, no code.",
    ))
}

/// A server that compares challenge and verifier as they are treats S256 as plain.
async fn challenge_as_verifier(scene: &Scene) -> Result<Ending, Verdict> {
    scene.heading("The challenge itself as verifier");
    let grant = scene.target.code().await?;
    let forged =
        scene.target.redeem(&grant).set("code_verifier", s256(&grant.code_verifier)).http();
    let answer = scene
        .send(Attacker, forged, "A has seen the challenge in the address and sends it as verifier.")
        .await?;
    if answer.status == 200 {
        return Ok(Ending::succeeded("S took the challenge for the verifier."));
    }
    answer.must_be_oauth_error(400, "invalid_grant")?;
    let honest = scene.target.redeem(&grant).http();
    scene
        .send(Client, honest, "With the true verifier the same code works.")
        .await?
        .must_be(200)?;
    Ok(Ending::stopped(
        "nothing but S256 is taken",
        "Four weakened requests, four times error=invalid_request, no code; and the challenge itself is no verifier.",
    ))
}
