//! R4.5, R4.6: what an Authorization header says is taken as it is, and not passed over.

use crate::server::support::{almost, of_this_lab};
use crate::{Check, rule};
use kit::encoding::base64;
use kit::{Outcome, Target};

rule!(
    Check::server("R4.5", "a broken Authorization header is not passed over for a good secret in the body")
        .lab_rule("RFC 6749 §2.3", "Another scheme, no base64, no colon, bytes that are no text: 401 invalid_client although the body has the right client_id and secret; without the header: 200.")
        .why("Two ways at once are two clients: who judges the second when the first fails lets an attacker choose.")
        .run(|target| Box::pin(not_passed_over(target)))
);
async fn not_passed_over(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let grant = target.code().await?;
    let secret = target.demo.client_secret.clone().unwrap_or_default();
    let in_body = target
        .redeem(&grant)
        .no_basic()
        .set("client_id", &target.demo.client_id)
        .set("client_secret", secret);
    // The public client has nothing but its name in the body.
    let public = target.code_of(target.public()?).await?;
    let by_name = target.redeem(&public);
    for header in [
        "Bearer x".to_owned(),
        "Basic".to_owned(),
        "Basic !".to_owned(),
        format!("Basic {}", base64(b"demo-client")),
        format!("Basic {}", base64(b"demo-client\xff:x")),
    ] {
        for request in [&in_body, &by_name] {
            let request = request.http().header("Authorization", &header);
            target.http.send(request).await?.must_be_oauth_error(401, "invalid_client")?;
        }
    }
    target.tokens_for(&in_body).await?;
    target.tokens_for(&by_name).await?;
    Ok(())
}

rule!(
    Check::server("R4.5", "a client_id in the body that is almost that of the header is refused")
        .lab_rule("RFC 6749 §2.3", "Another case or one other character: 400 invalid_request; the same client_id: 200.")
        .why("Two names in one request are two clients, and whatever reads the body later takes the other one.")
        .run(|target| Box::pin(two_names(target)))
);
async fn two_names(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let grant = target.code().await?;
    let good = target.redeem(&grant);
    for name in almost(&target.demo.client_id) {
        let answer = target.send(&good.clone().set("client_id", name)).await?;
        answer.must_be_oauth_error(400, "invalid_request")?;
    }
    target.tokens_for(&good.clone().set("client_id", &target.demo.client_id)).await?;
    Ok(())
}

rule!(
    Check::server("R4.6", "a secret that holds a colon begins at the first one")
        .must("RFC 7617 §2", "With a secret that holds colons, Basic without form-encoding of them: 200; what follows the last colon alone: 401.")
        .why("A user-id holds no colon, so the first one ends it.")
        .run(|target| Box::pin(first_colon(target)))
);
async fn first_colon(target: Target) -> Outcome {
    let secret = "of:three:parts";
    let mut target = target.with_settings(&[("CLIENT_SECRET", secret)]).await?;
    target.demo.client_secret = Some(secret.to_owned());
    let grant = target.code().await?;
    let request = target.redeem(&grant).no_basic().http();
    let basic = |pair: String| format!("Basic {}", base64(pair.as_bytes()));
    for wrong in ["parts", "three:parts", "of"] {
        let header = basic(format!("{}:{wrong}", target.demo.client_id));
        let answer = target.http.send(request.clone().header("Authorization", header)).await?;
        answer.must_be_oauth_error(401, "invalid_client")?;
    }
    let header = basic(format!("{}:{secret}", target.demo.client_id));
    target.http.send(request.header("Authorization", header)).await?.must_be(200)?;
    Ok(())
}
