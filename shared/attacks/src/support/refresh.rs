//! Refresh tokens: `refresh-theft`, `refresh-race`, `store-theft`.

use crate::attack::Guard;
use crate::scene::Scene;
use kit::ladder::Capability;
use kit::target::App;
use kit::{Answer, Verdict};

/// A refresh token is judged and marked under one lock.
pub(crate) const ONE_LOCK: Guard = Guard::since(Capability::Refresh)
    .line("server/refresh.rs", "let judged = app.grants.update(grant_id, |grant| {")
    .that("The token is judged and replaced in one step: it works once.");

/// Reuse ends the family.
pub const FAMILY: Guard = Guard::since(Capability::Refresh)
    .line("server/refresh.rs", "grant.revoked = true;")
    .that("Another token than the present one came: every token of this login ends.");

/// One turn with a refresh token: the answer, told.
pub async fn turn(
    scene: &Scene,
    who: crate::who::Who,
    app: &App,
    token: &str,
    meaning: &str,
) -> Result<Answer, Verdict> {
    scene.send(who, scene.target.refresh(app, token).http(), meaning).await
}

/// The refresh token of a token response.
pub fn refresh_token(answer: &Answer) -> Result<String, Verdict> {
    let json = answer.json().unwrap_or_default();
    let token =
        json["refresh_token"].as_str().filter(|token| !token.is_empty() && answer.status == 200);
    token.map(str::to_owned).ok_or_else(|| answer.fail("200 with a refresh_token"))
}
