//! R4.1, R4.2: what a good exchange brings, and that only POST brings it.

use crate::server::support::{must_be_unguessable, of_this_lab};
use crate::{Check, Keyword, Subject};
use kit::encoding::encode_pairs;
use kit::jwt::Jwt;
use kit::{Outcome, Request, Target};

pub const CHECKS: &[Check] = &[
    TOKEN_RESPONSE,
    LIFETIME,
    UNGUESSABLE,
    OPAQUE,
    ONLY_POST,
    NOT_ALLOWED,
];

const TOKEN_RESPONSE: Check = Check {
    id: "R4.1",
    title: "a good exchange brings an access token as JSON",
    since: 4,
    until: None,
    subject: Subject::Server,
    keyword: Keyword::Must,
    section: "RFC 6749 §5.1",
    must: "200, application/json, access_token, token_type Bearer, Cache-Control: no-store.",
    why: "Every client library reads exactly this.",
    run: |target| Box::pin(token_response(target)),
};

const LIFETIME: Check = Check {
    id: "R4.1",
    title: "a good exchange brings its lifetime too, and is kept from old caches",
    since: 4,
    until: None,
    subject: Subject::Server,
    keyword: Keyword::LabRule,
    section: "RFC 6749 §5.1",
    must: "expires_in as a positive number (1800 as LAB_TTL_ACCESS says), Pragma: no-cache, and no refresh_token before v06.",
    why: "RFC 6749 only recommends expires_in. It demands Pragma, which was for HTTP/1.0 caches (RFC 9111 §5.4), and OAuth 2.1 no longer does.",
    run: |target| Box::pin(lifetime(target)),
};

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

async fn lifetime(target: Target) -> Outcome {
    let tokens = target.tokens().await?;
    let (answer, json) = (&tokens.answer, &tokens.json);
    let seconds = json["expires_in"].as_u64().is_some_and(|seconds| seconds > 0);
    answer.must(seconds, "expires_in a number of seconds")?;
    answer.must(answer.has_word("pragma", "no-cache"), "Pragma: no-cache")?;
    if target.pair.is_some() {
        answer.must(json["expires_in"] == 1800, "expires_in 1800, as LAB_TTL_ACCESS says")?;
    }
    if target.version < 6 && target.pair.is_some() {
        answer.must(json.get("refresh_token").is_none(), "no refresh_token before v06")?;
    }
    Ok(())
}

const UNGUESSABLE: Check = Check {
    id: "R4.1",
    title: "access tokens cannot be guessed, never repeat and fit into a header",
    since: 4,
    until: None,
    subject: Subject::Server,
    keyword: Keyword::Must,
    section: "RFC 6749 §10.10, RFC 6750 §2.1",
    must: "Twenty access tokens are all different, can each hold at least 128 bits of chance, and consist of the characters of b64token.",
    why: "Whoever guesses a token is somebody else, and a token that does not fit into the header cannot be shown.",
    run: |target| Box::pin(unguessable(target)),
};

/// `1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="` (RFC 6750 §2.1).
fn is_b64token(token: &str) -> bool {
    let body = token.trim_end_matches('=');
    !body.is_empty() && body.chars().all(|c| c.is_ascii_alphanumeric() || "-._~+/".contains(c))
}

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

const OPAQUE: Check = Check {
    id: "R4.1",
    title: "the access token says nothing to whoever reads it",
    since: 4,
    until: Some(4),
    subject: Subject::Server,
    keyword: Keyword::LabRule,
    section: "RFC 6749 §1.4",
    must: "Until somebody has to read it, the token is a random string: no JWT, and no name of a user or a client in it.",
    why: "The client is not meant to look into it, so there is nothing to see.",
    run: |target| Box::pin(opaque(target)),
};

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

const ONLY_POST: Check = Check {
    id: "R4.2",
    title: "the token endpoint answers POST only",
    since: 4,
    until: None,
    subject: Subject::Server,
    keyword: Keyword::Must,
    section: "draft-ietf-oauth-v2-1 §3.2",
    must: "GET, PUT and DELETE with a valid request in the query bring no token, and the code is not spent. draft-ietf-oauth-v2-1 §3.2: the client \"MUST use the HTTP POST method\".",
    why: "A GET would put code and secret into URLs, and URLs into logs.",
    run: |target| Box::pin(only_post(target)),
};

const NOT_ALLOWED: Check = Check {
    id: "R4.2",
    title: "the token endpoint answers 405 to all but POST",
    since: 4,
    until: None,
    subject: Subject::Server,
    keyword: Keyword::LabRule,
    section: "RFC 9110 §15.5.6",
    must: "GET, HEAD, PUT and DELETE: 405 with Allow: POST.",
    why: "Whoever called it wrongly learns how to call it.",
    run: |target| Box::pin(only_post(target)),
};

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
