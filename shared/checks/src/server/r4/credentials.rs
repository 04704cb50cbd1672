//! R4.5, R4.6: how a client may show its secret.

use crate::server::r4::client::{in_body, secret_of};
use crate::{Check, rule};
use kit::{Outcome, Target};

rule!(
    Check::server("R4.5", "two ways to authenticate at once are refused")
        .must("RFC 6749 §2.3, §5.2", "Basic and client_secret in the body, or Basic and another client_id: 400 invalid_request; the same client_id is fine. RFC 6749 §5.2 gives that error to a request that \"utilizes more than one mechanism\".")
        .why("Two readers of the same request could believe another client.")
        .run(|target| Box::pin(two_methods(target)))
);
async fn two_methods(target: Target) -> Outcome {
    let secret = secret_of(&target.demo)?;
    let grant = target.code().await?;
    let good = target.redeem(&grant).basic(&target.demo.client_id, &secret);
    let bent = [
        good.clone().set("client_id", &target.demo.client_id).set("client_secret", &secret),
        good.clone().set("client_secret", &secret),
        good.clone().set("client_secret", "wrong"),
        good.clone().set("client_id", "demo-other"),
    ];
    for request in bent {
        let answer = target.send(&request).await?;
        // To a server that knows no Basic this is one method, and not one of its own.
        if !(target.secret_in_body && answer.status == 401) {
            answer.must_be_oauth_error(400, "invalid_request")?;
        }
    }
    target.tokens_for(&target.redeem(&grant).set("client_id", &target.demo.client_id)).await?;
    Ok(())
}

rule!(
    Check::server("R4.6", "Basic is accepted, and form-decoded")
        .must("RFC 6749 §2.3.1", "The same credentials work by Basic, by Basic with every byte percent-encoded, and by basic in lower case. RFC 6749 §2.3.1: the server \"MUST support the HTTP Basic authentication scheme\".")
        .why("Libraries differ in what they send; all of these are right.")
        .run(|target| Box::pin(both_methods(target)))
);

rule!(
    Check::server("R4.6", "Basic and body are both accepted, and Basic is form-decoded")
        .lab_rule("RFC 6749 §2.3.1", "The same credentials work by Basic, by Basic with every byte percent-encoded, by basic in lower case, and in the body.")
        .why("RFC 6749 lets a server do without the body; libraries differ in what they send, so this one takes both.")
        .run(|target| Box::pin(both_methods(target)))
);
async fn both_methods(target: Target) -> Outcome {
    let (id, secret) = (target.demo.client_id.clone(), secret_of(&target.demo)?);
    target.tokens().await?;
    if target.exact {
        let grant = target.code().await?;
        target.tokens_for(&in_body(target.redeem(&grant), &id, &secret)).await?;
    }
    let every_byte =
        |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    for (id, scheme) in [
        (id.clone(), "Basic"),
        (id.clone(), "basic"),
        (every_byte(&id), "BASIC"),
    ] {
        let grant = target.code().await?;
        let secret = if id.contains('%') {
            every_byte(&secret)
        } else {
            secret.clone()
        };
        let credentials = kit::encoding::base64(format!("{id}:{secret}").as_bytes());
        let request = target.redeem(&grant).no_basic().http();
        let request = request.header("Authorization", format!("{scheme} {credentials}"));
        let answer = target.http.send(request).await?;
        let token = answer.json().unwrap_or_default()["access_token"].is_string();
        answer.must(answer.status == 200 && token, "status 200 with an access_token")?;
    }
    Ok(())
}

rule!(
    Check::server("R4.6", "a secret full of special characters works by Basic and in the body")
        .must("RFC 6749 §2.3.1", "A secret with colon, plus, percent, space and ampersand is accepted when it is form-encoded as the section says.")
        .why("Without the decoding such clients are locked out, and only some of them.")
        .run(|target| Box::pin(special_secret(target)))
);
async fn special_secret(target: Target) -> Outcome {
    let secret = "a:b+c d%25&e=f\"é~!";
    let mut target = target.with_settings(&[("CLIENT_SECRET", secret)]).await?;
    target.demo.client_secret = Some(secret.to_owned());
    target.tokens().await?;
    let grant = target.code().await?;
    let good = target.redeem(&grant);
    let wrong = good.clone().basic(&target.demo.client_id, "a:b c d%&e=f\"é~!");
    target.send(&wrong).await?.must_be_oauth_error(401, "invalid_client")?;
    target.tokens_for(&in_body(good, &target.demo.client_id, secret)).await?;
    Ok(())
}
