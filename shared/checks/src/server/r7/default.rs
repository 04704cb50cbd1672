//! R7.2: what a client gets that names no scope, and that everybody is told what it is.

use crate::server::r7::support::{
    DOORS, always_asked, exchange, opens_only, says, tokens_at, tokens_with,
};
use crate::server::support::{must, of_this_lab, outcome_of};
use crate::{Check, rule};
use kit::jwt::{Jwt, row_of};
use kit::ladder::Capability;
use kit::{Outcome, Target, Verdict};

rule!(
    Check::server("R7.2", "a request without scope is served or refused")
        .must("RFC 6749 §3.3", "Without scope, or with an empty one: a code by a default, or error=invalid_scope with the state. RFC 6749 §3.3: the server \"MUST either process the request using a pre-defined default value or fail the request indicating an invalid scope\".")
        .why("Between a default and a refusal there is only a token that may do nobody knows what.")
        .run(|target| Box::pin(default_or_refusal(target)))
);
async fn default_or_refusal(target: Target) -> Outcome {
    for request in [
        target.request().without("scope"),
        target.request().set("scope", ""),
    ] {
        let answer = outcome_of(&target, &request).await?;
        if answer.location_param("error").is_some() {
            answer.must_redirect_error(&request.redirect_uri, "invalid_scope")?;
            let same = answer.location_param("state").as_deref() == request.params.get("state");
            answer.must(same, "the state of the request")?;
            continue;
        }
        target.tokens_for(&exchange(&target, &request, &answer)?).await?;
    }
    Ok(())
}

rule!(
    Check::server("R7.2", "a request without scope gets the least, and is told so")
        .lab_rule("RFC 6749 §3.3, §5.1", "Each client, without scope or with an empty one: \"scope\":\"profile\" in the token response, and the token opens /api/me and no other door.")
        .why("A default is what all careless clients get, so it is the least there is.")
        .run(|target| Box::pin(least(target)))
);
async fn least(target: Target) -> Outcome {
    let apps = [
        Some(&target.demo),
        target.other.as_ref(),
        target.public.as_ref(),
    ];
    for app in apps.into_iter().flatten() {
        let request = target.authorization_request(app);
        for more in ["", "&scope="] {
            let tokens = tokens_at(&target, &request, more).await?;
            says(&tokens, &["profile"])?;
            opens_only(&target, &tokens.access_token, &["profile"]).await?;
        }
    }
    Ok(())
}

rule!(
    Check::server("R7.2", "a token response says its scope when it is another than was asked for")
        .must("RFC 6749 §3.3, §5.1", "After a user has taken a tick away, the token response has a scope without it; so has that of a refresh. RFC 6749 §5.1: \"OPTIONAL, if identical to the scope requested by the client; otherwise, REQUIRED\".")
        .why("Otherwise the client offers what it will be refused.")
        .run(|target| Box::pin(told_when_different(target)))
);
async fn told_when_different(target: Target) -> Outcome {
    let request = always_asked(&target)?;
    let mut browser = target.browser();
    let question = target.question(&mut browser, &request, target.user()?).await?;
    if !question.ticks().contains(&"notes:read") {
        return Err(Verdict::skipped("a page of consent with a tick for each scope"));
    }
    let answer = browser.reply(&question, &question.allow_only(&["profile"])).await?;
    let tokens = target.tokens_for(&exchange(&target, &request, &answer)?).await?;
    says(&tokens, &["profile"])?;
    let next = target.refresh(&request.app, tokens.refresh_token()?);
    let next = target.tokens_for(&next).await?;
    // Asked for was nothing; a server that says something must say the truth.
    if next.json.get("scope").is_some() {
        says(&next, &["profile"])?;
    }
    Ok(())
}

rule!(
    Check::server("R7.2", "the order of a scope, and how often a name stands in it, means nothing")
        .lab_rule("RFC 6749 §3.3", "Any order, and names that are repeated: the response has each name once, and the token opens the same doors.")
        .why("A scope is a set of names, written as a list.")
        .run(|target| Box::pin(a_set(target)))
);
async fn a_set(target: Target) -> Outcome {
    for scope in [
        "profile notes:read",
        "notes:read profile",
        "profile profile notes:read",
        "notes:read profile notes:read profile",
    ] {
        let tokens = tokens_with(&target, &target.demo, target.user()?, scope).await?;
        says(&tokens, &["profile", "notes:read"])?;
        opens_only(&target, &tokens.access_token, &["profile", "notes:read"]).await?;
    }
    Ok(())
}

rule!(
    Check::server("R7.2", "every token response says its scope, and so does the token")
        .lab_rule("RFC 6749 §5.1, RFC 9068 §2.2.3", "Also when it is what was asked for, and after a refresh: scope in the response, in the claims, and at /api/me.")
        .why("A client that is always told needs no rule for silence.")
        .run(|target| Box::pin(always_told(target)))
);
async fn always_told(target: Target) -> Outcome {
    let scopes = ["profile", "notes:read"];
    let mut tokens = tokens_with(&target, &target.demo, target.user()?, &scopes.join(" ")).await?;
    for _ in 0..2 {
        says(&tokens, &scopes)?;
        let claims = Jwt::read(&tokens.access_token).map(|jwt| jwt.claims).unwrap_or_default();
        tokens
            .answer
            .must(claims["scope"] == tokens.json["scope"], "the same scope among the claims")?;
        let me = DOORS[0].knock(&target, &tokens.access_token).await?;
        me.must_be(200)?;
        let same = me.json().is_some_and(|json| json["scope"] == tokens.json["scope"]);
        me.must(same, "the scope of the token")?;
        let next = target.refresh(&target.demo, tokens.refresh_token()?);
        tokens = target.tokens_for(&next).await?;
    }
    Ok(())
}

rule!(
    Check::server("E7", "/debug/state shows scopes, roles and consents")
        .since(Capability::Scopes)
        .lab_rule("lab rule", "The rows of code, grant and access token hold the scope, each row of consents has user, client, address and one name of the scope in its key, and its end in expires_at, clients name and allowed_scopes, users roles.")
        .why("Learners, documents and checks read these names in every version.")
        .run(|target| Box::pin(rows(target)))
);
async fn rows(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let target = target.alone().await?;
    let request = target.request().set("scope", "notes:read profile");
    let grant = target.code_for(&mut target.browser(), &request, target.user()?).await?;
    let tokens = target.tokens_for(&target.redeem(&grant)).await?;
    let storage = target.storage().await?;
    let code = &storage["authorization_codes"][target.key(&grant.code)];
    let id = code["grant_id"].as_str().unwrap_or_default();
    let consents = storage["consents"].as_object().cloned().unwrap_or_default();
    let sent = "one login with scope=notes:read profile; then GET /debug/state";
    for row in [
        code,
        &storage["grants"][id],
        &storage["access_tokens"][target.key(&row_of(&tokens.access_token))],
    ] {
        let good = row["scope"] == "profile notes:read"
            && row["user_id"] == target.user()?.username.as_str()
            && row["client_id"] == target.demo.client_id.as_str();
        must(good, sent, "a row with user, client and the scope", row.to_string())?;
    }
    let (username, client_id) = (&target.user()?.username, &target.demo.client_id);
    let allowed = ["notes:read", "profile"]
        .map(|scope| format!("{username} {client_id} {} {scope}", request.redirect_uri));
    let end = consents.values().all(|row| row["expires_at"].is_string());
    must(
        end && consents.keys().eq(&allowed),
        sent,
        &format!("these rows of consents, each with expires_at: {allowed:?}"),
        format!("{consents:?}"),
    )?;
    let client = &storage["clients"][&target.demo.client_id];
    let named = client["name"].is_string() && client["allowed_scopes"].is_string();
    must(named, sent, "a client with name and allowed_scopes", client.to_string())?;
    let user = &storage["users"][&target.user()?.username];
    must(user["roles"].is_array(), sent, "a user with roles", user.to_string())
}
