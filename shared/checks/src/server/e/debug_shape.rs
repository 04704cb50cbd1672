//! E7: the names in `/debug/state` are frozen.

use crate::server::e::debug::is_there;
use crate::server::support::of_this_lab;
use crate::{Check, rule};
use kit::ladder::Capability;
use kit::{Answer, Outcome, Target};
use serde_json::Value;

/// Fails unless the object has all these fields.
fn has(answer: &Answer, object: &Value, fields: &[&str]) -> Outcome {
    let all = fields.iter().all(|field| object.get(field).is_some());
    answer.must(all, format!("an object with {fields:?}; got {object}"))?;
    Ok(())
}

rule!(
    Check::server("E7", "/debug/state has its frozen shape")
        .lab_rule("lab rule", "request_args, session {logged_in, username}, storage with authorization_codes, access_tokens, users and clients, each row with its fields, and counts with the number of rows.")
        .why("Learners, documents and checks read these names in every version.")
        .run(|target| Box::pin(shape(target)))
);
async fn shape(target: Target) -> Outcome {
    is_there(&target).await?;
    let target = target.alone().await?;
    let user = target.user()?;
    let mut browser = target.browser();
    let grant = target.code_for(&mut browser, &target.request(), user).await?;
    let answer = browser.get(target.url("/debug/state?format=json&a=b")).await?;
    answer.must_be(200)?;
    let state = answer.json().unwrap_or_default();
    answer.must(state["request_args"]["a"] == "b", "request_args with the query")?;
    let session = &state["session"];
    let known = session["logged_in"] == true && session["username"] == user.username.as_str();
    answer.must(known, "session: logged_in true and the username")?;
    let storage = &state["storage"];
    has(
        &answer,
        storage,
        &[
            "authorization_codes",
            "access_tokens",
            "users",
            "clients",
        ],
    )?;
    let code = &storage["authorization_codes"][target.key(&grant.code)];
    has(
        &answer,
        code,
        &[
            "client_id",
            "redirect_uri",
            "code_challenge",
            "user_id",
            "expires_at",
            "used",
        ],
    )?;
    let good = code["client_id"] == target.demo.client_id.as_str()
        && code["redirect_uri"] == grant.redirect_uri.as_str()
        && code["user_id"] == user.username.as_str()
        && code["used"] == false;
    answer.must(good, "the code with its client, redirect_uri and user, unused")?;
    // That it is there from v03 on is R3.4.
    let early = !target.has(Capability::Pkce) && target.pair.is_some();
    answer.must(!early || code["code_challenge"].is_null(), "code_challenge null before v03")?;
    let counted = state["counts"]["authorization_codes"].as_u64().is_some_and(|rows| rows > 0);
    answer.must(counted, "counts with the number of authorization_codes, beside storage")?;
    has(&answer, &storage["users"][&user.username], &["user_id"])?;
    let client = &storage["clients"][&target.demo.client_id];
    answer.must(
        client["redirect_uris"][0] == target.demo.redirect_uri(),
        "the client with its redirect_uris",
    )?;
    // A foreign server may be further on than the rules that it is held against.
    if !target.has(Capability::TokenEndpoint) && target.pair.is_some() {
        let none = storage["access_tokens"].as_object().is_some_and(serde_json::Map::is_empty);
        answer.must(none, "access_tokens empty before v04")?;
    }
    let stranger = target.browser().get(target.url("/debug/state?format=json")).await?;
    let session = stranger.json().unwrap_or_default()["session"].take();
    let unknown = session["logged_in"] == false && session["username"].is_null();
    stranger.must(unknown, "session: logged_in false and username null without a cookie")?;
    Ok(())
}

rule!(
    Check::server("E7", "/debug/state shows each access token and which code is used")
        .since(Capability::TokenEndpoint)
        .lab_rule("lab rule", "After an exchange the code is marked as used and names its grant, grants has that row with user_id, client_id, expires_at and revoked, and a row of access_tokens names the grant, with user_id, client_id, expires_at and revoked.")
        .why("Learners, documents and checks read these names in every version.")
        .run(|target| Box::pin(tokens(target)))
);
async fn tokens(target: Target) -> Outcome {
    is_there(&target).await?;
    let target = target.alone().await?;
    let grant = target.code().await?;
    let tokens = target.tokens_for(&target.redeem(&grant)).await?;
    let storage = target.storage().await?;
    let code = &storage["authorization_codes"][target.key(&grant.code)];
    let wanted = "the code marked as used in /debug/state after its exchange, with its grant_id";
    let grant_id = code["grant_id"].as_str().unwrap_or_default();
    tokens.answer.must(code["used"] == true && !grant_id.is_empty(), wanted)?;
    let fields = [
        "user_id",
        "client_id",
        "expires_at",
        "revoked",
    ];
    has(&tokens.answer, &storage["grants"][grant_id], &fields)?;
    let mut rows = storage["access_tokens"].as_object().into_iter().flatten();
    let row = rows.find(|row| row.1["grant_id"] == grant_id);
    let row = row.map(|row| row.1.clone()).unwrap_or_default();
    has(&tokens.answer, &row, &fields)?;
    let user = target.user()?.username.as_str();
    let own = |row: &Value| {
        row["user_id"] == user
            && row["client_id"] == target.demo.client_id.as_str()
            && row["revoked"] == false
    };
    let good = own(&row) && own(&storage["grants"][grant_id]);
    tokens.answer.must(good, "both rows with user and client, not revoked")?;
    Ok(())
}

rule!(
    Check::server("E7", "/debug/state shows the refresh family in its grant")
        .since(Capability::Refresh)
        .lab_rule("lab rule", "The row of grants holds refresh_token, issued_at, expires_at, idle_until and rotations, and they change with a refresh; a login is two rows, however often it is refreshed.")
        .why("One must see what a rotation changes, and that it leaves nothing behind.")
        .run(|target| Box::pin(family(target)))
);
async fn family(target: Target) -> Outcome {
    is_there(&target).await?;
    of_this_lab(&target)?;
    let target = target.alone().await?;
    let mut tokens = target.tokens().await?;
    for rotation in 0..4 {
        let state = target.debug_state().await?;
        let storage = &state["storage"];
        let grants = storage["grants"].as_object().cloned().unwrap_or_default();
        let row = grants.values().next().cloned().unwrap_or_default();
        has(
            &tokens.answer,
            &row,
            &[
                "refresh_token",
                "issued_at",
                "expires_at",
                "idle_until",
                "rotations",
                "revoked",
            ],
        )?;
        let good = row["rotations"] == rotation
            && row["refresh_token"].as_str().is_some_and(|stored| {
                let sent = tokens.refresh_token.as_deref().and_then(|sent| sent.split_once('.'));
                sent.is_some_and(|(_, secret)| target.key(secret) == stored)
            });
        let wanted =
            format!("the refresh token that was sent, and rotations {rotation}; got {row}");
        tokens.answer.must(good, wanted)?;
        let counts = &state["counts"];
        let two = counts["grants"] == 1 && counts["access_tokens"] == 1;
        tokens.answer.must(two, format!("one grant and one access token; got {counts}"))?;
        let next = target.refresh(&target.demo, tokens.refresh_token()?);
        tokens = target.tokens_for(&next).await?;
    }
    Ok(())
}
