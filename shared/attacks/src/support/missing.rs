//! Seen, not assumed: what a version does not have yet cannot be attacked.

use crate::attack::Ending;
use crate::scene::Scene;
use crate::who::Who::Attacker;
use kit::ladder::Capability;
use kit::{Request, Verdict};

/// There is no token endpoint.
pub async fn token_endpoint(scene: &Scene) -> Result<Ending, Verdict> {
    let form = Request::form(scene.target.url("/token"), &[("grant_type", "authorization_code")]);
    scene.send(Attacker, form, "There is no token endpoint.").await?.must_be(404)?;
    Ok(Ending::not_yet("POST /token answers 404: nothing is exchanged or issued in this version"))
}

/// There is no API.
pub async fn api(scene: &Scene) -> Result<Ending, Verdict> {
    let request = Request::get(scene.target.url("/api/me")).bearer("x.y.z");
    scene.send(Attacker, request, "There is no API.").await?.must_be(404)?;
    Ok(Ending::not_yet("GET /api/me answers 404: a token opens nothing in this version"))
}

/// There is no refresh grant.
pub async fn refresh(scene: &Scene) -> Result<Ending, Verdict> {
    if !scene.has(Capability::TokenEndpoint) {
        return token_endpoint(scene).await;
    }
    let form = scene.target.refresh(&scene.target.demo, "x").http();
    let answer = scene.send(Attacker, form, "There are no refresh tokens.").await?;
    answer.must_be_oauth_error(400, "unsupported_grant_type")?;
    Ok(Ending::not_yet("grant_type=refresh_token is unknown in this version"))
}

/// Nobody asks for a challenge.
pub async fn pkce(scene: &Scene) -> Result<Ending, Verdict> {
    let mut attacker = scene.attacker()?;
    attacker.log_in().await?;
    let request = scene.target.request().without("code_challenge").without("code_challenge_method");
    attacker.authorize(&request.url(), &request.redirect_uri).await?;
    Ok(Ending::not_yet(
        "a request without code_challenge is the usual one: there is nothing to take out",
    ))
}
