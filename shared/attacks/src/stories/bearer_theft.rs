//! `bearer-theft`: a stolen access token works for the thief.

use crate::attack;
use crate::attack::Cell::Succeeds;
use crate::attack::{Attack, Ending, Step};
use crate::scene::Scene;
use crate::support::missing;
use crate::who::Who;
use crate::who::Who::{Attacker, Client, Server};
use kit::browser::PLAYED;
use kit::jwt::row_of;
use kit::ladder::Capability;
use kit::{Request, Verdict};

attack!(Attack {
    name: "bearer-theft",
    title: "A stolen access token works for the thief",
    story: "The attacker has found the victim's access token in a log of the client. \
            It is a bearer token: whoever has it may use it, until it expires.",
    steps: &[
        Step(Client, Server, "gets a token for user0 and uses it"),
        Step(Attacker, Server, "GET /api/me with the same token, from elsewhere"),
    ],
    section: "RFC 9700 §4.10.1",
    cells: &[(Capability::ProtectedApi, Succeeds)],
    guards: &[],
    run: |scene| Box::pin(bearer_theft(scene)),
});

async fn bearer_theft(scene: Scene) -> Result<Ending, Verdict> {
    if !scene.has(Capability::ProtectedApi) {
        return missing::api(&scene).await;
    }
    scene.heading("The client uses its token");
    let tokens = scene.target.tokens().await?;
    let request = Request::get(scene.target.url("/api/me")).bearer(&tokens.access_token);
    let hers = scene.send(Client, request.clone(), "The API answers with V's data.").await?;
    hers.must_be(200)?;
    scene.heading("The attack");
    scene.aside("The token was in a debug log. A copies it.");
    let his = scene
        .send(
            Attacker,
            request,
            "The same request from A's machine. Nothing in it says who sends it.",
        )
        .await?;
    if his.status == 401 {
        his.must_be_bearer_error(401, Some("invalid_token"))?;
        return Ok(Ending::stopped(
            "proof of possession",
            "401 for a token without the key that it is bound to.",
        ));
    }
    his.must(his.status == 200 && his.json() == hers.json(), "the same data as for the client")?;
    let me = his.json().unwrap_or_default();
    let whose = me["sub"].as_str().unwrap_or_default();
    Ok(Ending::succeeded(format!("A reads {whose}'s data until the token expires.")))
}

/// Is an access token still good? From v05 the API says so; before, only the server's `/debug/state` can tell.
pub async fn is_alive(scene: &Scene, holder: Who, access_token: &str) -> Result<bool, Verdict> {
    if scene.has(Capability::ProtectedApi) {
        let request = Request::get(scene.target.url("/api/me")).bearer(access_token);
        let answer = scene.target.http.send(request.header(PLAYED, holder.lane())).await?;
        let meaning = if answer.status == 200 {
            "The API takes this token."
        } else {
            "The API refuses this token: it is dead."
        };
        scene.tell(holder, &answer, meaning);
        answer.must(matches!(answer.status, 200 | 401), "200 or 401")?;
        return Ok(answer.status == 200);
    }
    let mut rows = scene.target.storage().await?["access_tokens"].take();
    let row = rows[scene.target.key(&row_of(access_token))].take();
    let revoked = row["revoked"].as_bool();
    let revoked = revoked
        .ok_or_else(|| Verdict::failed("GET /debug/state", "the token's row", row.to_string()))?;
    scene.aside(format!("The row of this token in S's /debug/state says: revoked {revoked}."));
    Ok(!revoked)
}
