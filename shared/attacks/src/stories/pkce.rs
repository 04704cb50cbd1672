//! Getting around the proof: `pkce-downgrade` and `code-interception-public-client`.

use crate::attack::Cell::Stopped;
use crate::attack::Who::{Attacker, Client, Server, Victim};
use crate::attack::{Attack, Ending, Guard, Step};
use crate::scene::Scene;
use crate::stories::injection::VERIFIER;
use crate::stories::missing;
use kit::Verdict;
use kit::encoding::{random, s256};
use kit::flow::Grant;

pub static PKCE_DOWNGRADE: Attack = Attack {
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
    cells: &[(3, Stopped)],
    guards: &[
        Guard {
            from: 3,
            until: None,
            file: "server/pkce.rs",
            anchor: "let Some(challenge) = &request.code_challenge else {",
            what: "No challenge, no code.",
        },
        Guard {
            from: 3,
            until: None,
            file: "server/pkce.rs",
            anchor: "if request.code_challenge_method.as_deref() != Some(\"S256\") {",
            what: "S256 is the only method. An absent one would mean plain.",
        },
        VERIFIER,
    ],
    run: |scene| Box::pin(pkce_downgrade(scene)),
};

pub static CODE_INTERCEPTION: Attack = Attack {
    name: "code-interception-public-client",
    title: "A stolen code of a client that has no secret",
    story: "The attacker's app on the same machine receives the code of a public client, which has no secret that could protect it. \
            He takes the code to the token endpoint himself.",
    steps: &[
        Step(Victim, Server, "logs in for demo-public; the code is intercepted on its way back"),
        Step(Attacker, Server, "POST /token with the code, without a verifier"),
        Step(Attacker, Server, "POST /token with the code and a guessed verifier"),
        Step(Client, Server, "POST /token with the true verifier: works"),
    ],
    section: "RFC 7636 §1",
    cells: &[(4, Stopped)],
    guards: &[
        Guard {
            from: 4,
            until: None,
            file: "server/code.rs",
            anchor: "params.get(\"code_verifier\").ok_or(InvalidRequest(\"code_verifier is missing.\"))?;",
            what: "Without a verifier there is no token.",
        },
        VERIFIER,
    ],
    run: |scene| Box::pin(code_interception(scene)),
};

async fn pkce_downgrade(scene: Scene) -> Result<Ending, Verdict> {
    if scene.version() < 3 {
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
    if scene.version() >= 4 {
        return challenge_as_verifier(&scene).await;
    }
    Ok(Ending::stopped(
        "S256 alone",
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
        "S256 alone",
        "Four weakened requests, four times error=invalid_request, no code; and the challenge itself is no verifier.",
    ))
}

async fn code_interception(scene: Scene) -> Result<Ending, Verdict> {
    if scene.version() < 4 {
        return missing::token_endpoint(&scene).await;
    }
    scene.heading("The victim logs in for an app without a secret");
    let app = scene.target.public()?.clone();
    let request = scene.target.authorization_request(&app);
    let mut victim = scene.victim()?;
    let hers = victim.authorize(&request.url(), &request.redirect_uri).await?;
    let grant = Grant {
        app,
        code: hers.code,
        redirect_uri: request.redirect_uri.clone(),
        code_verifier: request.code_verifier.clone(),
        answer: hers.answer,
    };
    scene.aside("Another program on V's machine receives this address instead of the app: both had registered for it.");
    scene.heading("The attack");
    let redeem = scene.target.redeem(&grant);
    let bare = redeem.clone().without("code_verifier").http();
    let first = scene
        .send(
            Attacker,
            bare,
            "A has the code and demo-public has no secret. A verifier he does not have.",
        )
        .await?;
    let guessed = redeem.clone().set("code_verifier", random()).http();
    let second = scene.send(Attacker, guessed, "He makes one up: 256 bits, one guess.").await?;
    if first.status == 200 || second.status == 200 {
        return Ok(Ending::succeeded("A holds an access token of V."));
    }
    first.must_be_oauth_error(400, "invalid_request")?;
    second.must_be_oauth_error(400, "invalid_grant")?;
    scene.heading("The app itself");
    let honest = scene
        .send(
            Client,
            redeem.http(),
            "The app that began the flow has the verifier: the code still works.",
        )
        .await?;
    honest.must_be(200)?;
    Ok(Ending::stopped(
        "PKCE",
        "Without the verifier invalid_request, with a guessed one invalid_grant, with the true one a token.",
    ))
}
