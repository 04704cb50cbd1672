//! R4.1, R4.2: what a good exchange brings, and that only POST brings it.

use crate::check::Check;
use crate::check::Keyword;
use crate::check::Outcome;
use crate::check::Subject;
use crate::encoding::encode_pairs;
use crate::http::Request;
use crate::jwt::Jwt;
use crate::target::Target;

pub const CHECKS: &[Check] = &[
    Check {
        id: "R4.1",
        title: "a good exchange brings an access token as JSON",
        since: 4,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::Must,
        section: "RFC 6749 §5.1",
        must: "200, application/json, access_token, token_type Bearer, expires_in as a positive number, no-store and no-cache.",
        why: "Every client library reads exactly this.",
        run: |target| Box::pin(token_response(target)),
    },
    Check {
        id: "R4.1",
        title: "the access token is a JWT in the shape of RFC 9068",
        since: 4,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::LabRule,
        section: "RFC 9068 §2",
        must: "Header alg HS256 and typ at+jwt; claims iss, sub, aud, client_id, iat, exp and jti; exp − iat is expires_in.",
        why: "The API can judge the token by itself, and knows what it is for.",
        run: |target| Box::pin(token_shape(target)),
    },
    Check {
        id: "R4.2",
        title: "the token endpoint answers POST only",
        since: 4,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::Must,
        section: "draft-ietf-oauth-v2-1 §3.2",
        must: "GET, HEAD, PUT and DELETE: 405 with Allow: POST; a code sent that way is not spent.",
        why: "A GET would put code and secret into URLs, and URLs into logs.",
        run: |target| Box::pin(only_post(target)),
    },
];

async fn token_response(target: Target) -> Outcome {
    let tokens = target.tokens().await?;
    let (answer, json) = (&tokens.answer, &tokens.json);
    answer.must(answer.media_type() == "application/json", "Content-Type: application/json")?;
    answer.must(
        !tokens.access_token.is_empty()
            && json["token_type"].as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("Bearer"))
            && json["expires_in"].as_u64().is_some_and(|seconds| seconds > 0),
        "access_token, token_type \"Bearer\", expires_in a number of seconds",
    )?;
    answer.must(answer.has_word("cache-control", "no-store"), "Cache-Control: no-store")?;
    answer.must(answer.has_word("pragma", "no-cache"), "Pragma: no-cache")?;
    if target.pair.is_some() {
        answer.must(json["expires_in"] == 1800, "expires_in 1800, as LAB_TTL_ACCESS says")?;
    }
    if target.version < 6 && target.pair.is_some() {
        answer.must(json.get("refresh_token").is_none(), "no refresh_token before v06")?;
    }
    Ok(())
}

async fn token_shape(target: Target) -> Outcome {
    let tokens = target.tokens().await?;
    let jwt = Jwt::read(&tokens.access_token)
        .ok_or_else(|| tokens.answer.fail("a JWT as access_token"))?;
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
    Ok(())
}

async fn only_post(target: Target) -> Outcome {
    let grant = target.code().await?;
    let form = target.redeem(&grant);
    let url = format!("{}?{}", target.url("/token"), encode_pairs(&form.params.0));
    let secret = target.demo.client_secret.clone().unwrap_or_default();
    for method in ["GET", "HEAD", "PUT", "DELETE"] {
        let request = Request::new(method, &url).basic(&target.demo.client_id, &secret);
        let answer = target.http.send(request).await?;
        let good = answer.status == 405 && answer.has_word("allow", "POST");
        answer.must(good, "405 with Allow: POST")?;
    }
    target.tokens_for(&form).await?;
    Ok(())
}
