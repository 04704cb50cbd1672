//! Many requests at once, and tokens that live or die.

use crate::server::support::{must, refused_by_token};
use kit::jwt::row_of;
use kit::ladder::Capability;
use kit::{Answer, Outcome, Target, Verdict};

/// Of many equal requests to `/token` one got 200 with a token, every other was refused. The winner's access token.
pub fn one_winner(target: &Target, answers: &[Answer]) -> Result<String, Verdict> {
    let token = |answer: &Answer| {
        let json = answer.json().filter(|_| answer.status == 200)?;
        json["access_token"].as_str().map(str::to_owned)
    };
    let won = |answer: &&Answer| token(answer).is_some();
    let winners = answers.iter().filter(won).count();
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    for loser in answers.iter().filter(|answer| !won(answer)) {
        refused_by_token(target, loser, 400, "invalid_grant")?;
    }
    let sent = answers.first().map(|answer| answer.request.text()).unwrap_or_default();
    must(
        winners == 1,
        &format!("{} times at once:\n{sent}", answers.len()),
        "exactly one 200",
        format!("{winners} of them won: {statuses:?}"),
    )?;
    Ok(answers.iter().find_map(token).unwrap_or_default())
}

/// Is an access token still good? From v05 the API says so; before, only `/debug/state` can tell.
pub async fn is_alive(target: &Target, access_token: &str) -> Result<bool, Verdict> {
    if target.has(Capability::ProtectedApi) {
        let answer = target.me(access_token).await?;
        // A server that has no API yet fails the rules of v05; what it does with codes can still be seen.
        if answer.status != 404 || Capability::ProtectedApi.is_in(target.rule) {
            answer.must(matches!(answer.status, 200 | 401), "200 or 401")?;
            return Ok(answer.status == 200);
        }
    }
    let wanted = "the token (or its jti) among access_tokens, with revoked true or false";
    let mut rows = target.storage().await?["access_tokens"].take();
    let row = rows[target.key(&row_of(access_token))].take();
    let revoked = row["revoked"].as_bool();
    let revoked =
        revoked.ok_or_else(|| Verdict::failed("GET /debug/state", wanted, row.to_string()))?;
    Ok(!revoked)
}

/// Fails unless the access token is good (or, with `false`, dead).
pub async fn must_be_alive(
    target: &Target,
    access_token: &str,
    alive: bool,
    when: &str,
) -> Outcome {
    let state = |alive: bool| {
        if alive {
            "a token that works"
        } else {
            "a dead token"
        }
    };
    let found = is_alive(target, access_token).await?;
    must(found == alive, when, state(alive), state(found))
}
