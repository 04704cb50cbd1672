//! R5.10: whose token it is, and for which client, by its claims and by the API.

use crate::server::support::of_this_lab;
use crate::{Check, rule};
use kit::jwt::Jwt;
use kit::{Outcome, Target};

rule!(
    Check::server("R5.10", "sub is the user who logged in, client_id the client that asked")
        .lab_rule("RFC 9068 §2.2", "For both users and two clients: the claims sub and client_id, and what /api/me says, name that user and that client.")
        .why("An API that trusts the claims gives one user what is another's if they name the wrong one.")
        .run(|target| Box::pin(subject(target)))
);
async fn subject(target: Target) -> Outcome {
    of_this_lab(&target)?;
    for user in &target.users {
        for app in [&target.demo, target.other()?] {
            let request = target.authorization_request(app);
            let grant = target.code_for(&mut target.browser(), &request, user).await?;
            let tokens = target.tokens_for(&target.redeem(&grant)).await?;
            let claims = Jwt::read(&tokens.access_token)
                .ok_or_else(|| tokens.answer.fail("a JWT as access_token"))?
                .claims;
            let me = target.me(&tokens.access_token).await?;
            me.must_be(200)?;
            let told = me.json().unwrap_or_default();
            for said in [&claims, &told] {
                let right = said["sub"] == user.username.as_str()
                    && said["client_id"] == app.client_id.as_str();
                let wanted = format!("sub {}, client_id {}", user.username, app.client_id);
                me.must(right, format!("{wanted}, not {said}"))?;
            }
        }
    }
    Ok(())
}
