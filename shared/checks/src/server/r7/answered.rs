//! R7.8: of the form nothing counts but the decision and the ticks.

use crate::server::r7::support::{DOORS, admin, always_asked, exchange, opens_only, says};
use crate::{Check, rule};
use kit::answer::leads_to;
use kit::{Outcome, Target};

rule!(
    Check::server("R7.8", "what is added to the form of consent has no effect")
        .lab_rule("RFC 6749 §10.2", "Another client_id, redirect_uri, state, scope, user_id or challenge, and ticks for scopes that were not asked for, in the form or in its address: the code is the asking client's, at its own redirect_uri, for its own scope and the user who was asked.")
        .why("The form was in somebody's hands; what was asked stands at the server.")
        .run(|target| Box::pin(added(target)))
);
async fn added(target: Target) -> Outcome {
    let request = always_asked(&target)?;
    let (user, other) = (target.user()?, admin(&target)?);
    let evil = "http://127.0.0.1:5666/callback";
    let scopes = DOORS.map(|door| door.scope);
    let mut more = vec![
        ("client_id", target.other()?.client_id.clone()),
        ("redirect_uri", evil.to_owned()),
        ("state", "another".to_owned()),
        ("scope", scopes.join(" ")),
        ("user_id", other.username.clone()),
        ("username", other.username.clone()),
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_owned()),
        ("response_type", "token".to_owned()),
        ("scope:", "on".to_owned()),
        ("scope:notes:write", "on".to_owned()),
        ("scope:admin", "on".to_owned()),
        ("scope:profile notes:write", "on".to_owned()),
    ];
    more.push(("allowed_scopes", scopes.join(" ")));
    let query = kit::encoding::encode_pairs(&more);
    for in_address in [false, true] {
        let mut browser = target.browser();
        let mut question = target.question(&mut browser, &request, user).await?;
        let mut pairs = question.allow();
        if in_address {
            question.form.action = format!("{}?{query}", question.form.action);
        } else {
            pairs.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        }
        let answer = browser.reply(&question, &pairs).await?;
        let location = answer.header("location").unwrap_or_default();
        let home = leads_to(location, &request.redirect_uri)
            && answer.location_param("state").as_deref() == request.params.get("state");
        answer.must(home, "the client's own redirect_uri, with its own state")?;
        let tokens = target.tokens_for(&exchange(&target, &request, &answer)?).await?;
        says(&tokens, &["profile", "notes:read"])?;
        opens_only(&target, &tokens.access_token, &["profile", "notes:read"]).await?;
        let me = target.me(&tokens.access_token).await?;
        let json = me.json().unwrap_or_default();
        let good = json["sub"] == user.username.as_str()
            && json["client_id"] == request.app.client_id.as_str();
        me.must(good, "the user who was asked, and the client that asked")?;
    }
    Ok(())
}
