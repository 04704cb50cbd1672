//! `code-replay`: a code that was used is used again.

use crate::attack;
use crate::attack::Cell::Stopped;
use crate::attack::{Attack, Ending, Guard, Step};
use crate::scene::Scene;
use crate::stories::bearer_theft::is_alive;
use crate::support::missing;
use crate::support::replay::{ONE_LOCK, ONE_STEP, access_token};
use crate::who::Who::{Attacker, Client, Server};
use kit::Verdict;
use kit::ladder::Capability;

attack!(Attack {
    name: "code-replay",
    title: "A code that was used is used again",
    story: "The attacker has read the client's whole token request in a log: code, verifier, everything. \
            He sends it once more, and wants a second token.",
    steps: &[
        Step(Client, Server, "POST /token: the client redeems the code"),
        Step(Attacker, Server, "POST /token: the same request, byte for byte"),
        Step(Client, Server, "its own first token is dead now, too: somebody has a copy"),
    ],
    section: "RFC 6749 §4.1.2, OAuth 2.1 §7.5.2",
    cells: &[(Capability::TokenEndpoint, Stopped)],
    guards: &[
        Guard::since(Capability::TokenEndpoint)
            .line("server/code.rs", "app.grants.update(&winner.ok_or(unknown)?, |grant| grant.revoked = true)")
            .that("A used code is remembered. When it comes again, every token that came from it is revoked."),
        ONE_LOCK,
        ONE_STEP,
    ],
    run: |scene| Box::pin(code_replay(scene)),
});

async fn code_replay(scene: Scene) -> Result<Ending, Verdict> {
    if !scene.has(Capability::TokenEndpoint) {
        return missing::token_endpoint(&scene).await;
    }
    scene.heading("The client redeems its code");
    let grant = scene.target.code_of(scene.target.public()?).await?;
    let request = scene.target.redeem(&grant).http();
    let first = scene.send(Client, request.clone(), "The honest exchange. (demo-public: a client without a secret, so that the log holds all that is needed.)").await?;
    first.must_be(200)?;
    let token = access_token(&first);
    first.must(is_alive(&scene, Client, &token).await?, "a token that works")?;
    scene.heading("The attack");
    let again = scene.send(Attacker, request, "The same request again, as A has read it.").await?;
    if again.status == 200 {
        return Ok(Ending::succeeded("One code, two tokens: A holds one of them."));
    }
    again.must_be_oauth_error(400, "invalid_grant")?;
    if is_alive(&scene, Client, &token).await? {
        return Ok(Ending::succeeded(
            "Whoever came first keeps his token. Had that been A, he would now be the only one who has one.",
        ));
    }
    scene.target.still_works().await?;
    Ok(Ending::stopped(
        "a code that works once",
        "invalid_grant for the second request, and the token of the first is dead: nobody can tell which of the two was the thief.",
    ))
}
