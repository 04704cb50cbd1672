//! `forged-token`: an access token that the server never issued.

use crate::attack;
use crate::attack::Cell::Stopped;
use crate::attack::{Attack, Ending, Guard, Step};
use crate::scene::Scene;
use crate::support::missing;
use crate::who::Who::{Attacker, Client, Server};
use kit::jwt::Jwt;
use kit::ladder::Capability;
use kit::{Request, Verdict};
use serde_json::{Value, json};

attack!(Attack {
    name: "forged-token",
    title: "An access token that the server never issued",
    story: "The attacker takes a token of his own apart and writes another user into it: without a signature, with another algorithm, with a guessed secret. \
            Then he tries genuine signatures that were made for another purpose, another API or another time.",
    steps: &[
        Step(
            Attacker,
            Server,
            "tokens with alg none, a stripped or foreign signature, changed claims",
        ),
        Step(
            Attacker,
            Server,
            "tokens signed with the true secret, but by another alg, of another typ, iss, aud or time",
        ),
        Step(Client, Server, "the untouched token works before and after"),
    ],
    section: "RFC 8725 §2.1, §3.1, RFC 9068 §4",
    cells: &[(Capability::ProtectedApi, Stopped)],
    guards: &[
        guard(
            "let mut rules = Validation::new(Algorithm::HS256);",
            "One algorithm, chosen by the server and not by the token.",
        ),
        guard("rules.set_issuer(", "Only tokens of this server."),
        guard("rules.set_audience(", "Only tokens for this API."),
        guard(
            "rules.set_required_spec_claims(&[\"exp\", \"iss\", \"aud\", \"sub\"]);",
            "A claim that is missing is not a claim that is right.",
        ),
        guard("rules.validate_nbf = true;", "Not before its time."),
        guard(
            "let is_access_token = typ == \"at+jwt\" || typ == \"application/at+jwt\";",
            "Only access tokens, not any signed JWT.",
        ),
        guard(
            "(is_access_token && token.header.crit.is_none() && in_time).then_some(token.claims)",
            "Nor one that comes with rules which nobody here knows, nor one in the second of its end.",
        ),
        Guard::since(Capability::ProtectedApi)
            .line("server/api.rs", "app.access_tokens.get(&claims.jti)")
            .that("Only tokens that this server remembers."),
    ],
    run: |scene| Box::pin(forged_token(scene)),
});

const fn guard(anchor: &'static str, what: &'static str) -> Guard {
    Guard::since(Capability::ProtectedApi).line("server/jwt.rs", anchor).that(what)
}

async fn forged_token(scene: Scene) -> Result<Ending, Verdict> {
    if !scene.has(Capability::ProtectedApi) {
        return missing::api(&scene).await;
    }
    scene.heading("A genuine token");
    let mut attacker = scene.attacker()?;
    let (request, user) = (scene.target.request(), attacker.user.clone());
    let grant = scene.target.code_for(&mut attacker.browser, &request, &user).await?;
    let tokens = scene.target.tokens_for(&scene.target.redeem(&grant)).await?;
    let genuine = tokens.access_token.clone();
    let me = |token: &str| Request::get(scene.target.url("/api/me")).bearer(token);
    scene
        .send(Attacker, me(&genuine), "A's own token, as it was issued, works.")
        .await?
        .must_be(200)?;
    let jwt = Jwt::read(&genuine).ok_or_else(|| tokens.answer.fail("a JWT as access_token"))?;
    let secret = scene.target.jwt_secret()?.to_vec();
    scene.send(Attacker, me(&jwt.signed(&secret)), "Signed again with the true secret it works as well: what follows differs in one thing each.").await?.must_be(200)?;
    let mut count = 0;
    for (heading, forgeries) in [
        ("Without the secret", unsigned(&jwt, &genuine)),
        ("With the true secret", misused(&jwt, &secret)),
    ] {
        scene.heading(heading);
        for (trick, token) in forgeries {
            let answer = scene.send(Attacker, me(&token), trick).await?;
            if answer.status == 200 {
                return Ok(Ending::succeeded(format!("The API took a forged token ({trick})")));
            }
            answer.must_be_bearer_error(401, Some("invalid_token"))?;
            count += 1;
        }
    }
    scene.heading("The genuine token again");
    scene
        .send(Attacker, me(&genuine), "It still works: only the forgeries were refused.")
        .await?
        .must_be(200)?;
    Ok(Ending::stopped(
        "the rules of verify()",
        format!("{count} forgeries, {count} times 401 invalid_token."),
    ))
}

/// What anybody can make.
fn unsigned(jwt: &Jwt, genuine: &str) -> Vec<(&'static str, String)> {
    let evil = jwt.claim("sub", json!("user0"));
    let none = evil.header("alg", json!("none"));
    let input = genuine.rsplit_once('.').map_or(genuine, |(input, _)| input);
    vec![
        ("alg none, no signature.", format!("{}.", none.signing_input())),
        (
            "alg nOnE: a filter might look for small letters only.",
            format!("{}.", evil.header("alg", json!("nOnE")).signing_input()),
        ),
        ("The signature cut off.", format!("{input}.")),
        ("Another user, the old signature.", evil.as_it_was_signed()),
        (
            "A later exp, the old signature.",
            jwt.claim("exp", json!(4_000_000_000_u64)).as_it_was_signed(),
        ),
        ("Signed with a secret of A.", evil.signed(b"a secret that the attacker made up himself")),
        ("Signed with an empty secret.", evil.signed(b"")),
        ("Signed with the client's secret.", evil.signed(b"demo-secret")),
    ]
}

/// What only an insider, or another part of the same system, can make.
fn misused(jwt: &Jwt, secret: &[u8]) -> Vec<(&'static str, String)> {
    let past = json!(1_000_000_000);
    let bent = [
        ("HS512 instead of HS256.", jwt.header("alg", json!("HS512"))),
        ("HS384 instead of HS256.", jwt.header("alg", json!("HS384"))),
        ("typ JWT: made for something else.", jwt.header("typ", json!("JWT"))),
        ("No typ.", jwt.header("typ", Value::Null)),
        ("iss: another server.", jwt.claim("iss", json!("http://evil.test"))),
        ("crit: a rule that the server does not know.", jwt.header("crit", json!(["x-lab"]))),
        ("aud: another API.", jwt.claim("aud", json!("http://localhost/other-api"))),
        ("No aud.", jwt.claim("aud", Value::Null)),
        ("exp in the past.", jwt.claim("exp", past)),
        ("No exp: it would never end.", jwt.claim("exp", Value::Null)),
        ("nbf in the future.", jwt.claim("nbf", json!(4_000_000_000_u64))),
        ("A jti that was never issued.", jwt.claim("jti", json!("made-up"))),
        ("No jti.", jwt.claim("jti", Value::Null)),
    ];
    bent.into_iter().map(|(trick, jwt)| (trick, jwt.signed(secret))).collect()
}
