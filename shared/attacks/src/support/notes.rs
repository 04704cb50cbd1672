//! What is at stake from scopes on: the notes of the victim.

use crate::scene::Scene;
use crate::support::replay::access_token;
use crate::who::Who;
use crate::who::Who::Attacker;
use kit::flow::Grant;
use kit::{Answer, Request, Verdict};

/// A redeems a code with the secret of his application, and gets an access token.
pub async fn redeem(scene: &Scene, grant: &Grant) -> Result<String, Verdict> {
    let redeem = scene.target.redeem(grant).http();
    let meaning = "A's application redeems the code with its own secret.";
    let answer = scene.send(Attacker, redeem, meaning).await?;
    answer.must_be(200)?;
    Ok(access_token(&answer))
}

/// `GET /api/notes` with a token.
pub async fn read(scene: &Scene, who: Who, token: &str, meaning: &str) -> Result<Answer, Verdict> {
    let request = Request::get(scene.target.url("/api/notes")).bearer(token);
    scene.send(who, request, meaning).await
}

/// `POST /api/notes` with a token.
pub async fn write(
    scene: &Scene,
    who: Who,
    token: &str,
    text: &str,
    meaning: &str,
) -> Result<Answer, Verdict> {
    let request = Request::form(scene.target.url("/api/notes"), &[("text", text)]).bearer(token);
    scene.send(who, request, meaning).await
}

/// The notes in an answer.
pub fn texts(answer: &Answer) -> Vec<String> {
    let json = answer.json().unwrap_or_default();
    let notes = json["notes"].as_array().into_iter().flatten();
    notes.filter_map(|note| note["text"].as_str().map(str::to_owned)).collect()
}

/// What a code of V's is worth to A's application: her notes.
///
/// # Errors
/// He doesn't get to read them.
pub async fn loot(scene: &Scene, grant: &Grant) -> Result<String, Verdict> {
    let token = redeem(scene, grant).await?;
    let notes = read(scene, Attacker, &token, "The API answers as if V had agreed.").await?;
    notes.must_be(200)?;
    let first = texts(&notes).into_iter().next().unwrap_or_default();
    Ok(format!("A's application reads V's notes, and in them: \"{first}\""))
}
