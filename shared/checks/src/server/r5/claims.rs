//! R5.10: rightly signed tokens that say the wrong thing.

use std::time::Duration;

use crate::server::r5::forgery::{accepted, jwt_of, now, refused, refused_though_signed, specimen};
use crate::server::support::almost;
use crate::{Check, rule};
use kit::jwt::Jwt;
use kit::{Outcome, Target};
use serde_json::{Value, json};
use time::OffsetDateTime;

rule!(
    Check::server("R5.10", "the access token is a JWT in the shape of RFC 9068")
        .lab_rule("RFC 9068 §2", "Header alg HS256 and typ at+jwt; claims iss, sub, aud, client_id, iat, exp and jti; exp − iat is expires_in; jti is new each time and in no other claim.")
        .why("The API can judge the token by itself, and knows what it is for.")
        .run(|target| Box::pin(token_shape(target)))
);
async fn token_shape(target: Target) -> Outcome {
    let tokens = target.tokens().await?;
    let jwt = jwt_of(&target, &tokens)?;
    let text = |name: &str| jwt.claims[name].as_str().unwrap_or_default().to_owned();
    let number = |name: &str| jwt.claims[name].as_u64().unwrap_or_default();
    let wanted = format!(
        "alg HS256, typ at+jwt, iss {0}, aud {0}/api, sub, client_id {1}, iat, exp, jti; got {2} {3}",
        target.server, target.demo.client_id, jwt.header, jwt.claims
    );
    let lifetime = number("exp").checked_sub(number("iat"));
    let good = jwt.header["alg"] == "HS256"
        && jwt.header["typ"] == "at+jwt"
        && text("iss") == target.server
        && text("aud") == format!("{}/api", target.server)
        && !text("sub").is_empty()
        && text("client_id") == target.demo.client_id
        && !text("jti").is_empty()
        && lifetime.is_some()
        && lifetime == tokens.json["expires_in"].as_u64();
    tokens.answer.must(good, wanted)?;
    let next = Jwt::read(&target.tokens().await?.access_token);
    let new = next.is_some_and(|next| next.claims["jti"] != jwt.claims["jti"]);
    tokens.answer.must(new, "another jti in the next token")?;
    Ok(())
}

rule!(
    Check::server("R5.10", "another typ is refused")
        .must("RFC 9068 §4, RFC 7515 §4.1.9", "typ JWT, missing or of another kind: 401 invalid_token; at+jwt and application/at+jwt, in any case: 200.")
        .why("A JWT made for another purpose must not open the API (RFC 8725 §3.11); a media type has no case.")
        .run(|target| Box::pin(other_typ(target)))
);
async fn other_typ(target: Target) -> Outcome {
    let (jwt, secret) = specimen(&target).await?;
    let wrong = [
        "JWT",
        "",
        "id+jwt",
        "at+jwt+x",
        "at+jw",
        "xat+jwt",
        "at jwt",
        " at+jwt",
        "logout+jwt",
        "application/jwt",
        "text/at+jwt",
        "application/application/at+jwt",
    ];
    let mut forged: Vec<Jwt> = wrong.iter().map(|typ| jwt.header("typ", json!(typ))).collect();
    forged.push(jwt.header("typ", Value::Null));
    refused_though_signed(&target, &forged, &secret).await?;
    for typ in [
        "application/at+jwt",
        "AT+JWT",
        "At+Jwt",
        "Application/AT+JWT",
    ] {
        accepted(&target, &jwt.header("typ", json!(typ)).signed(&secret)).await?;
    }
    Ok(())
}

rule!(
    Check::server("R5.10", "a crit that the server does not understand is refused")
        .must("RFC 7515 §4.1.11", "crit with any name, with an empty list, or with what is no list: 401 invalid_token; an unknown header without crit: 200.")
        .why("Whoever writes crit says: do not take this token unless you know what these mean. The server knows none.")
        .run(|target| Box::pin(unknown_crit(target)))
);
async fn unknown_crit(target: Target) -> Outcome {
    let (jwt, secret) = specimen(&target).await?;
    let forged = [
        jwt.header("crit", json!(["x-lab"])).header("x-lab", json!(true)),
        jwt.header("crit", json!(["exp"])).header("exp", json!(4_000_000_000_u64)),
        jwt.header("crit", json!(["b64"])).header("b64", json!(true)),
        jwt.header("crit", json!(["typ"])),
        jwt.header("crit", json!([])),
        jwt.header("crit", json!("x-lab")),
    ];
    refused_though_signed(&target, &forged, &secret).await?;
    accepted(&target, &jwt.header("x-lab", json!(true)).signed(&secret)).await
}

rule!(
    Check::server("R5.10", "the second of exp is already too late")
        .must(
            "RFC 7519 §4.1.4",
            "A token whose exp is the present second: 401 invalid_token; a few seconds later: 200."
        )
        .why("The section says on or after, and libraries differ in which of the two they mean.")
        .run(|target| Box::pin(last_second(target)))
);
async fn last_second(target: Target) -> Outcome {
    let (jwt, secret) = specimen(&target).await?;
    for _ in 0..3 {
        // Sent when the second has just begun, so that the server judges within it.
        let begun = OffsetDateTime::now_utc().nanosecond();
        let left = Duration::from_nanos(1_000_000_000 - u64::from(begun));
        tokio::time::sleep(left + Duration::from_millis(20)).await;
        refused(&target, &jwt.claim("exp", json!(now())).signed(&secret)).await?;
    }
    accepted(&target, &jwt.claim("exp", json!(now() + 5)).signed(&secret)).await
}

rule!(
    Check::server("R5.10", "another iss or aud is refused")
        .must("RFC 9068 §4", "iss or aud of somebody else, or almost right: 401 invalid_token.")
        .why("A token for another API must not work here.")
        .run(|target| Box::pin(other_party(target)))
);
async fn other_party(target: Target) -> Outcome {
    let (jwt, secret) = specimen(&target).await?;
    let text = |name: &str| jwt.claims[name].as_str().unwrap_or_default().to_owned();
    let mut forged = Vec::new();
    for name in ["iss", "aud"] {
        let almost = [
            "http://evil.example".to_owned(),
            format!("{}/", text(name)),
            format!("{} ", text(name)),
            text(name)[1..].to_owned(),
            text(name)[..text(name).len() - 1].to_owned(),
            format!("{}.evil.example", text(name)),
            text(name).to_uppercase(),
            String::new(),
        ];
        forged.extend(almost.map(|value| jwt.claim(name, json!(value))));
        forged.push(jwt.claim(name, Value::Null));
    }
    // The other half's value, and the client's: both are well known here, and wrong.
    forged.push(jwt.claim("aud", json!(text("iss"))));
    forged.push(jwt.claim("aud", json!(text("client_id"))));
    refused_though_signed(&target, &forged, &secret).await
}

rule!(
    Check::server("R5.10", "a token that is expired, not yet valid or unknown by jti is refused")
        .must("RFC 9068 §4", "exp in the past or missing, nbf in the future, jti missing, unknown or almost right: 401 invalid_token.")
        .why("A good signature says who made the token, not that it still holds.")
        .run(|target| Box::pin(out_of_time(target)))
);
async fn out_of_time(target: Target) -> Outcome {
    let (jwt, secret) = specimen(&target).await?;
    let forged = [
        jwt.claim("exp", json!(now() - 3600)),
        jwt.claim("exp", Value::Null),
        jwt.claim("exp", json!("never")),
        jwt.claim("nbf", json!(now() + 3600)),
        jwt.claim("jti", Value::Null),
        jwt.claim("jti", json!("")),
        jwt.claim("jti", json!("no-such-jti")),
        jwt.claim("exp", json!(now() - 1)),
        jwt.claim("nbf", json!(now() + 30)),
    ];
    let jti = jwt.claims["jti"].as_str().unwrap_or_default();
    let near = almost(jti).into_iter().map(|near| jwt.claim("jti", json!(near)));
    let forged: Vec<Jwt> = forged.into_iter().chain(near).collect();
    refused_though_signed(&target, &forged, &secret).await?;
    let long_ago = jwt.claim("nbf", json!(now() - 3600));
    accepted(&target, &long_ago.signed(&secret)).await
}
