//! R5.10: rightly signed tokens that say the wrong thing.

use serde_json::Value;
use serde_json::json;

use crate::check::Check;
use crate::check::Keyword;
use crate::check::Outcome;
use crate::check::Subject;
use crate::server::r5::forgery::accepted;
use crate::server::r5::forgery::now;
use crate::server::r5::forgery::refused_though_signed;
use crate::server::r5::forgery::specimen;
use crate::target::Target;

pub const CHECKS: &[Check] = &[
    Check {
        id: "R5.10",
        title: "another typ is refused",
        since: 5,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::Must,
        section: "RFC 9068 §4",
        must: "typ JWT, missing or of another kind: 401 invalid_token; at+jwt and application/at+jwt: 200.",
        why: "A JWT made for another purpose must not open the API (RFC 8725 §3.11).",
        run: |target| Box::pin(other_typ(target)),
    },
    Check {
        id: "R5.10",
        title: "another iss or aud is refused",
        since: 5,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::Must,
        section: "RFC 9068 §4",
        must: "iss or aud of somebody else, or almost right: 401 invalid_token.",
        why: "A token for another API must not work here.",
        run: |target| Box::pin(other_party(target)),
    },
    Check {
        id: "R5.10",
        title: "a token that is expired, not yet valid or unknown by jti is refused",
        since: 5,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::Must,
        section: "RFC 9068 §4",
        must: "exp in the past or missing, nbf in the future, jti missing or unknown: 401 invalid_token.",
        why: "A good signature says who made the token, not that it still holds.",
        run: |target| Box::pin(out_of_time(target)),
    },
];

async fn other_typ(target: Target) -> Outcome {
    let (jwt, secret) = specimen(&target).await?;
    let forged = [
        jwt.header("typ", json!("JWT")),
        jwt.header("typ", Value::Null),
        jwt.header("typ", json!("")),
        jwt.header("typ", json!("id+jwt")),
        jwt.header("typ", json!("at+jwt+x")),
        jwt.header("typ", json!("logout+jwt")),
    ];
    refused_though_signed(&target, &forged, &secret).await?;
    let long = jwt.header("typ", json!("application/at+jwt"));
    accepted(&target, &long.signed(&secret)).await
}

async fn other_party(target: Target) -> Outcome {
    let (jwt, secret) = specimen(&target).await?;
    let text = |name: &str| jwt.claims[name].as_str().unwrap_or_default().to_owned();
    let mut forged = Vec::new();
    for name in ["iss", "aud"] {
        let almost = [
            "http://evil.example".to_owned(),
            format!("{}/", text(name)),
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
    ];
    refused_though_signed(&target, &forged, &secret).await?;
    let long_ago = jwt.claim("nbf", json!(now() - 3600));
    accepted(&target, &long_ago.signed(&secret)).await
}
