//! R7.7: a scope is what a user lends, a role what she has.

use crate::server::r7::support::{DOORS, admin, tokens_with};
use crate::{Check, rule};
use kit::{Outcome, Target};

rule!(
    Check::server("R7.7", "nobody can lend a client what they may not do themselves")
        .lab_rule("RFC 6750 §3.1", "With the scope admin: 403 access_denied for a user without the role, with no error in a challenge and nothing about the users; 200 with the users for one who has it, and 403 insufficient_scope if her token lacks the scope.")
        .why("Otherwise whoever may use an app with many scopes has many powers.")
        .run(|target| Box::pin(scope_and_role(target)))
);
async fn scope_and_role(target: Target) -> Outcome {
    let (plain, admin) = (target.user()?, admin(&target)?);
    let door = DOORS[3];
    let lent = tokens_with(&target, &target.demo, plain, "profile admin").await?;
    DOORS[0].opens(&target, &lent.access_token).await?;
    let answer = door.knock(&target, &lent.access_token).await?;
    let told = answer.json().is_some_and(|json| json["error"] == "access_denied");
    let silent = !answer.body.contains(&admin.username);
    answer.must(
        answer.status == 403 && told && silent,
        "403, \"error\":\"access_denied\", no users",
    )?;
    let challenge = answer.challenge("Bearer").unwrap_or_default();
    answer.must(
        !challenge.contains("error"),
        "no error in a challenge: another token is of no use",
    )?;
    answer.must(answer.has_word("cache-control", "no-store"), "Cache-Control: no-store")?;
    let both = tokens_with(&target, &target.demo, admin, "admin").await?;
    let answer = door.knock(&target, &both.access_token).await?;
    answer.must_be(200)?;
    let users = answer.json().unwrap_or_default()["users"].take();
    let listed = |name: &str| {
        users.as_array().is_some_and(|users| users.iter().any(|user| user["user_id"] == name))
    };
    answer.must(listed(&plain.username) && listed(&admin.username), "both users")?;
    let silent = !answer.body.contains(&plain.password);
    answer.must(silent, "no passwords")?;
    let role_only = tokens_with(&target, &target.demo, admin, "profile").await?;
    door.stays_shut(&target, &role_only.access_token).await
}
