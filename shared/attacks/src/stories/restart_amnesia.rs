//! `restart-amnesia`: a used code and a revoked token, after the server has forgotten that they are.

use crate::attack;
use crate::attack::Cell::Stopped;
use crate::attack::{Attack, Ending, Guard, Step};
use crate::scene::Scene;
use crate::support::missing;
use crate::support::replay::access_token;
use crate::who::Who;
use crate::who::Who::{Attacker, Server};
use kit::engine::{Engine, Kind};
use kit::ladder::Capability;
use kit::{Answer, Request, Verdict};

attack!(Attack {
    name: "restart-amnesia",
    title: "A used code and a revoked token, after the server has forgotten that they are",
    story: "The attacker keeps a code that was used and a token that was revoked, and waits for the next restart, after which the signing secret is the same and what the server held in its memory is gone. \
            A server that only remembers what is forbidden, and forgets it, would take both again.",
    steps: &[
        Step(Attacker, Server, "has a used code, and a token that was revoked with it"),
        Step(Server, Server, "restarts with the same JWT_SECRET; what was in its memory is gone"),
        Step(Attacker, Server, "POST /token with the code, GET /api/me with the token"),
    ],
    section: "RFC 6819 §5.1.5.4",
    cells: &[(Capability::TokenEndpoint, Stopped)],
    guards: &[
        Guard::since(Capability::TokenEndpoint)
            .line("server/code.rs", "let unknown = InvalidGrant(\"This code is unknown or expired.\");")
            .that("A code that is not remembered is refused."),
        Guard::since(Capability::ProtectedApi)
            .before(Capability::SharedStore)
            .line("server/api.rs", "app.access_tokens.get(&claims.jti).filter(|row| app.is_alive(&row.grant_id));")
            .that("The list names the tokens that are good, not those that are bad: what is forgotten is refused, however well it is signed."),
        Guard::since(Capability::Refresh)
            .line("server/refresh.rs", "let unknown = InvalidGrant(\"This refresh token is unknown or expired.\");")
            .that("The same for refresh tokens."),
        Guard::since(Capability::SharedStore)
            .line("server/api.rs", "if !app.is_alive(&row.grant_id).await? {")
            .that("The grant outlives the process, and so does its mark: what was revoked stays revoked."),
    ],
    run: |scene| Box::pin(restart_amnesia(scene)),
});

async fn restart_amnesia(scene: Scene) -> Result<Ending, Verdict> {
    if !scene.has(Capability::TokenEndpoint) {
        return missing::token_endpoint(&scene).await;
    }
    // A pair of its own: others are still using the shared one.
    let store = match scene.has(Capability::SharedStore) {
        true => Some(Engine::start(Kind::File).map_err(Verdict::skipped)?),
        false => None,
    };
    let settings =
        store.iter().map(|store| ("LAB_STORE", store.store.as_str())).collect::<Vec<_>>();
    let own = scene.on(scene.target.with_settings(&settings).await?);
    own.heading("Before the restart");
    let app = own.target.public()?.clone();
    let grant = own.target.code_of(&app).await?;
    let redeem = own.target.redeem(&grant).http();
    let first = own.send(Attacker, redeem.clone(), "A code is redeemed.").await?;
    first.must_be(200)?;
    let again = own
        .send(
            Attacker,
            redeem.clone(),
            "The code comes again: the server revokes what came from it.",
        )
        .await?;
    again.must_be_oauth_error(400, "invalid_grant")?;

    let honest = own.target.tokens().await?;

    let after = after_the_restart(&own, redeem, &first).await?;
    if after.iter().any(|answer| answer.status == 200) {
        return Ok(Ending::succeeded("What was revoked before the restart works after it."));
    }
    refused(&after)?;
    own.target.still_works().await?;
    if store.is_some() {
        let meaning = "A login from before, of somebody who did nothing wrong.";
        let request = Request::get(own.target.url("/api/me")).bearer(&honest.access_token);
        own.send(Who::Client, request, meaning).await?.must_be(200)?;
        return Ok(Ending::stopped(
            "a store that outlives the process",
            "What was used or revoked before the restart is so after it, and every other login goes on.",
        ));
    }
    Ok(Ending::stopped(
        "a list of what is good",
        "Everything from before the restart was refused; a new login works. (The price: everybody has to log in again.)",
    ))
}

/// Everything from before, tried again on a server that remembers nothing.
async fn after_the_restart(
    own: &Scene,
    redeem: Request,
    first: &Answer,
) -> Result<Vec<Answer>, Verdict> {
    own.heading("After the restart");
    restart(own).await?;
    own.aside(match own.has(Capability::SharedStore) {
        true => "S starts again, with the same JWT_SECRET and the same store.",
        false => "S starts again, with the same JWT_SECRET. Everything that it knew is gone.",
    });
    let mut after = vec![own.send(Attacker, redeem, "The used code.").await?];
    if Capability::ProtectedApi.is_in(own.version()) {
        let request = Request::get(own.target.url("/api/me")).bearer(&access_token(first));
        let meaning = "The revoked token. Its signature is still right, and it has not expired.";
        after.push(own.send(Attacker, request, meaning).await?);
    }
    if Capability::Refresh.is_in(own.version()) {
        let json = first.json().unwrap_or_default();
        let old = json["refresh_token"].as_str().unwrap_or_default();
        let request = own.target.refresh(own.target.public()?, old).http();
        after.push(own.send(Attacker, request, "The revoked refresh token.").await?);
    }
    Ok(after)
}

fn refused(answers: &[Answer]) -> Result<(), Verdict> {
    for answer in answers {
        if answer.status == 401 {
            answer.must_be_bearer_error(401, Some("invalid_token"))?;
        } else {
            answer.must_be_oauth_error(400, "invalid_grant")?;
        }
    }
    Ok(())
}

/// Kills the server and starts it again at the same address with the same settings. It ends with the target's pair.
async fn restart(own: &Scene) -> Result<(), Verdict> {
    own.target.pair()?.server.kill();
    own.keep(own.target.instance().await?);
    Ok(())
}
