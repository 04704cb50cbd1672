//! R4.1, R4.2: what a good exchange brings, and that only POST brings it.

use crate::server::support::{must_be_unguessable, of_this_lab};
use crate::{Check, rule};
use kit::encoding::encode_pairs;
use kit::jwt::Jwt;
use kit::ladder::Capability;
use kit::{Outcome, Request, Target};

rule!(
    Check::server("R4.1", "a good exchange brings an access token as JSON")
        .must(
            "RFC 6749 §5.1",
            "200, application/json, access_token, token_type Bearer, Cache-Control: no-store."
        )
        .why("Every client library reads exactly this.")
        .run(|target| Box::pin(token_response(target)))
);
async fn token_response(target: Target) -> Outcome {
    let tokens = target.tokens().await?;
    let (answer, json) = (&tokens.answer, &tokens.json);
    answer.must(answer.media_type() == "application/json", "Content-Type: application/json")?;
    answer.must(
        !tokens.access_token.is_empty()
            && json["token_type"].as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("Bearer")),
        "access_token, token_type \"Bearer\"",
    )?;
    answer.must(answer.has_word("cache-control", "no-store"), "Cache-Control: no-store")?;
    Ok(())
}

rule!(
    Check::server("R4.1", "a good exchange brings its lifetime too, and is kept from old caches")
        .lab_rule("RFC 6749 §5.1", "expires_in as a positive number (1800 as LAB_TTL_ACCESS says), Pragma: no-cache, and no refresh_token before v06.")
        .why("RFC 6749 only recommends expires_in. It demands Pragma, which was for HTTP/1.0 caches (RFC 9111 §5.4), and OAuth 2.1 no longer does.")
        .run(|target| Box::pin(lifetime(target)))
);
async fn lifetime(target: Target) -> Outcome {
    let tokens = target.tokens().await?;
    let (answer, json) = (&tokens.answer, &tokens.json);
    let seconds = json["expires_in"].as_u64().is_some_and(|seconds| seconds > 0);
    answer.must(seconds, "expires_in a number of seconds")?;
    answer.must(answer.has_word("pragma", "no-cache"), "Pragma: no-cache")?;
    if target.pair.is_some() {
        answer.must(json["expires_in"] == 1800, "expires_in 1800, as LAB_TTL_ACCESS says")?;
    }
    if !target.has(Capability::Refresh) && target.pair.is_some() {
        answer.must(json.get("refresh_token").is_none(), "no refresh_token before v06")?;
    }
    Ok(())
}

/// `1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="` (RFC 6750 §2.1).
fn is_b64token(token: &str) -> bool {
    let body = token.trim_end_matches('=');
    !body.is_empty() && body.chars().all(|c| c.is_ascii_alphanumeric() || "-._~+/".contains(c))
}

rule!(
    Check::server("R4.1", "access tokens cannot be guessed, never repeat and fit into a header")
        .must("RFC 6749 §10.10, RFC 6750 §2.1", "Twenty access tokens are all different, can each hold at least 128 bits of chance, and consist of the characters of b64token.")
        .why("Whoever guesses a token is somebody else, and a token that does not fit into the header cannot be shown.")
        .run(|target| Box::pin(unguessable(target)))
);
async fn unguessable(target: Target) -> Outcome {
    let mut browser = target.browser();
    let mut found = Vec::new();
    for _ in 0..20 {
        let grant = target.code_for(&mut browser, &target.request(), target.user()?).await?;
        let tokens = target.tokens_for(&target.redeem(&grant)).await?;
        let wanted = "an access token of the characters of b64token";
        tokens.answer.must(is_b64token(&tokens.access_token), wanted)?;
        found.push(tokens.access_token);
    }
    must_be_unguessable("an access token", &found)
}

rule!(
    Check::server("R4.1", "the access token says nothing to whoever reads it")
        .before(Capability::ProtectedApi)
        .lab_rule("RFC 6749 §1.4", "Until somebody has to read it, the token is a random string: no JWT, and no name of a user or a client in it.")
        .why("The client is not meant to look into it, so there is nothing to see.")
        .run(|target| Box::pin(opaque(target)))
);
async fn opaque(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let tokens = target.tokens().await?;
    let token = &tokens.access_token;
    let parts = token.split('.').filter_map(kit::encoding::from_base64url);
    let words: Vec<String> =
        parts.map(|part| String::from_utf8_lossy(&part).into_owned()).collect();
    let says = |word: &str| token.contains(word) || words.iter().any(|text| text.contains(word));
    let silent = Jwt::read(token).is_none()
        && !says(&target.user()?.username)
        && !says(&target.demo.client_id);
    tokens.answer.must(silent, "an opaque access token")?;
    Ok(())
}

rule!(
    Check::server("R4.2", "the token endpoint answers POST only")
        .must("draft-ietf-oauth-v2-1 §3.2", "GET, PUT and DELETE with a valid request in the query bring no token, and the code is not spent. draft-ietf-oauth-v2-1 §3.2: the client \"MUST use the HTTP POST method\".")
        .why("A GET would put code and secret into URLs, and URLs into logs.")
        .run(|target| Box::pin(only_post(target)))
);

rule!(
    Check::server("R4.2", "the token endpoint answers 405 to all but POST")
        .lab_rule("RFC 9110 §15.5.6", "GET, HEAD, PUT and DELETE: 405 with Allow: POST.")
        .why("Whoever called it wrongly learns how to call it.")
        .run(|target| Box::pin(only_post(target)))
);
async fn only_post(target: Target) -> Outcome {
    let grant = target.code().await?;
    let form = target.redeem(&grant);
    let url = format!("{}?{}", target.url("/token"), encode_pairs(&form.params.0));
    let secret = target.demo.client_secret.clone().unwrap_or_default();
    for method in ["GET", "HEAD", "PUT", "DELETE"] {
        let request = Request::new(method, &url).basic(&target.demo.client_id, &secret);
        let answer = target.http.send(request).await?;
        if target.exact {
            let good = answer.status == 405 && answer.has_word("allow", "POST");
            answer.must(good, "405 with Allow: POST")?;
        } else {
            let token = answer.body.contains("access_token");
            answer.must(answer.status != 200 && !token, "no token, and not 200")?;
        }
    }
    target.tokens_for(&form).await?;
    Ok(())
}
