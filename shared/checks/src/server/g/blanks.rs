//! R2.1, R4.6, G1: in a query and in a form `+` is a blank, `%2B` is a plus, and names have a case.

use crate::server::support::refused_by_redirect;
use crate::{Check, rule};
use kit::encoding::base64;
use kit::request::FORM;
use kit::{Outcome, Request, Target};

rule!(
    Check::server("G1", "the names of parameters have a case")
        .lab_rule("RFC 6749 §1.9", "Response_Type=code is not a response_type: invalid_request; beside the right one it is unknown, and ignored.")
        .why("All names and values are case sensitive: what one side reads as a parameter, the other must not skip.")
        .run(|target| Box::pin(names(target)))
);
async fn names(target: Target) -> Outcome {
    for name in ["Response_Type", "RESPONSE_TYPE"] {
        let wrong = target.request().without("response_type").set(name, "code");
        refused_by_redirect(&target, &wrong, "invalid_request").await?;
        let beside = target.request().also(name, "token");
        target.code_for(&mut target.browser(), &beside, target.user()?).await?;
    }
    Ok(())
}

rule!(
    Check::server("R2.1", "a plus in the query is a blank in the state")
        .must("RFC 6749 App. B", "state=a+b%2Bc%20d comes back as the text `a b+c d`.")
        .why("A client that builds its address by the rules of forms must get its own state back.")
        .run(|target| Box::pin(in_state(target)))
);
async fn in_state(target: Target) -> Outcome {
    let request = target.request().without("state");
    let mut browser = target.browser();
    target.log_in(&mut browser, target.user()?).await?;
    let first = browser.get(format!("{}&state=a+b%2Bc%20d", request.url())).await?;
    let answer = target.walk_on(&mut browser, &request, first, Some(target.user()?)).await?;
    let state = answer.location_param("state");
    answer.must(state.as_deref() == Some("a b+c d"), "the state `a b+c d`")?;
    Ok(())
}

rule!(
    Check::server("R4.6", "a plus is a blank in a secret, by Basic and in the body")
        .must("RFC 6749 §2.3.1 and App. B", "The secret `open sesame+1` is accepted as open+sesame%2B1, and not as open%2Bsesame%2B1 or open+sesame+1.")
        .why("Both ways are form-encoded, and most libraries write a blank as a plus.")
        .run(|target| Box::pin(in_secret(target)))
);
async fn in_secret(target: Target) -> Outcome {
    let mut target = target.with_settings(&[("CLIENT_SECRET", "open sesame+1")]).await?;
    target.demo.client_secret = Some("open sesame+1".to_owned());
    for (written, good) in [
        ("open%2Bsesame%2B1", false),
        ("open+sesame+1", false),
        ("open+sesame%2B1", true),
        ("open%20sesame%2B1", true),
    ] {
        let form = |target: &Target, code: &str, verifier: &str| {
            let uri = kit::encoding::encode(target.demo.redirect_uri());
            format!(
                "grant_type=authorization_code&code={code}&redirect_uri={uri}&code_verifier={verifier}"
            )
        };
        let id = target.demo.client_id.clone();
        for in_body in [false, true] {
            let grant = target.code().await?;
            let mut body = form(&target, &grant.code, &grant.code_verifier);
            let mut request = Request::new("POST", target.url("/token"));
            if in_body {
                body += &format!("&client_id={id}&client_secret={written}");
            } else {
                let pair = format!("{id}:{written}");
                request =
                    request.header("Authorization", format!("Basic {}", base64(pair.as_bytes())));
            }
            let answer = target.http.send(request.body(FORM, body)).await?;
            if good {
                answer.must_be(200)?;
            } else {
                answer.must_be_oauth_error(401, "invalid_client")?;
            }
        }
    }
    Ok(())
}
