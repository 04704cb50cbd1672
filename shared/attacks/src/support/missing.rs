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

/// There is no API but `/api/me`.
pub async fn notes(scene: &Scene) -> Result<Ending, Verdict> {
    if !scene.has(Capability::ProtectedApi) {
        return api(scene).await;
    }
    let tokens = scene.target.tokens().await?;
    let request = Request::get(scene.target.url("/api/notes")).bearer(&tokens.access_token);
    scene
        .send(Attacker, request, "The token is good, but there are no notes.")
        .await?
        .must_be(404)?;
    Ok(Ending::not_yet(
        "GET /api/notes answers 404: a token opens /api/me in this version, and there is nothing else that it could do",
    ))
}

/// Nobody is asked for consent.
pub async fn consent(scene: &Scene) -> Result<Ending, Verdict> {
    let request = Request::get(scene.target.url("/consent"));
    scene.send(Attacker, request, "There is no consent page.").await?.must_be(404)?;
    Ok(Ending::not_yet(
        "GET /consent answers 404: nobody is asked, so there is no answer to steal (see silent-authorization)",
    ))
}

/// `scope` is ignored, like any parameter that a server doesn't know.
pub async fn scopes(scene: &Scene) -> Result<Ending, Verdict> {
    let mut attacker = scene.attacker()?;
    attacker.log_in().await?;
    let request = scene.target.request().set("scope", "admin");
    let callback = attacker.authorize(&request.url(), &request.redirect_uri).await?;
    let row = scene.code_row(&callback.code).await?;
    callback.answer.must(row.get("scope").is_none(), "a code without a scope")?;
    scene.aside("S gives a code as always, and has noted no scope with it.");
    Ok(Ending::not_yet("scope is ignored in this version: no token can do more than another"))
}

/// There is no refresh grant, or no scope that it could widen.
pub async fn scopes_at_refresh(scene: &Scene) -> Result<Ending, Verdict> {
    if !scene.has(Capability::Refresh) {
        return refresh(scene).await;
    }
    let tokens = scene.target.tokens().await?;
    let form = scene.target.refresh(&scene.target.demo, tokens.refresh_token()?);
    let answer = scene
        .send(Attacker, form.set("scope", "admin").http(), "S renews as always: scope is ignored.")
        .await?;
    let silent = answer.json().is_some_and(|json| json.get("scope").is_none());
    answer.must(answer.status == 200 && silent, "200, and no scope in the response")?;
    Ok(Ending::not_yet("scope is ignored in this version: no token can do more than another"))
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
