//! R5.1, R5.3, R5.4, R5.5, R5.8: where a token may stand, and what the API says when it does not.

use crate::server::support::shut;
use crate::{Check, rule};
use kit::encoding::encode_pairs;
use kit::request::FORM;
use kit::{Outcome, Request, Target};

/// `GET /api/me` with these Authorization headers.
fn me(target: &Target, values: &[String]) -> Request {
    let request = Request::get(target.url("/api/me"));
    values.iter().fold(request, |request, value| request.header("Authorization", value))
}

/// A good token opens the API, and the answer names its user.
async fn good_token_works(target: &Target, request: Request) -> Outcome {
    let answer = target.http.send(request).await?;
    let user = &target.user()?.username;
    let json =
        answer.media_type() == "application/json" && answer.body.contains(&format!("\"{user}\""));
    answer.must(answer.status == 200 && json, format!("200 and JSON with the user \"{user}\""))?;
    Ok(())
}

rule!(
    Check::server("R5.1", "no token is refused with a Bearer challenge")
        .must("RFC 6750 §3", "Without Authorization: an error status and WWW-Authenticate: Bearer with at least one parameter, nothing about the user. RFC 6750 §3: the server \"MUST include\" it.")
        .why("The client learns how to authenticate.")
        .run(|target| Box::pin(challenged(target)))
);
async fn challenged(target: Target) -> Outcome {
    let token = target.tokens().await?.access_token;
    let answer = target.http.send(me(&target, &[])).await?;
    shut(&target, &answer, 401, None)?;
    let challenge = answer.challenge("Bearer").unwrap_or_default();
    answer.must(challenge.contains('='), "WWW-Authenticate: Bearer with a parameter")?;
    good_token_works(&target, me(&target, &[format!("Bearer {token}")])).await
}

rule!(
    Check::server("R5.1", "no token is refused without an error code")
        .should("RFC 6750 §3.1", "Without Authorization: 401 and no error in the challenge.")
        .why("There is no mistake to report yet.")
        .run(|target| Box::pin(no_error_code(target)))
);
async fn no_error_code(target: Target) -> Outcome {
    let answer = target.http.send(me(&target, &[])).await?;
    let challenge = answer.challenge("Bearer").unwrap_or_default();
    let silent = answer.status == 401 && !challenge.contains("error");
    answer.must(silent, "401, and no error in WWW-Authenticate")?;
    let token = target.tokens().await?.access_token;
    good_token_works(&target, me(&target, &[format!("Bearer {token}")])).await
}

rule!(
    Check::server("R5.1", "no token is 401 with a realm, and another scheme is no token")
        .lab_rule("RFC 6750 §3, §3.1", "Without Authorization, with an empty one, or with another scheme: 401, WWW-Authenticate: Bearer realm=…, no error in it, nothing about the user.")
        .why("The client learns how to authenticate; there is no mistake to report yet.")
        .run(|target| Box::pin(no_token(target)))
);
async fn no_token(target: Target) -> Outcome {
    let token = target.tokens().await?.access_token;
    let user = &target.user()?.username;
    for values in [
        vec![],
        vec![String::new()],
        vec!["Basic ZGVtbzpkZW1v".to_owned()],
        vec![format!("Token {token}")],
        vec![format!("Bearers {token}")],
        vec![format!("xBearer {token}")],
    ] {
        let answer = target.http.send(me(&target, &values)).await?;
        answer.must_be_bearer_error(401, None)?;
        answer.must(!answer.body.contains(user), "nothing about the user")?;
    }
    good_token_works(&target, me(&target, &[format!("Bearer {token}")])).await
}

rule!(
    Check::server("R5.3", "the scheme Bearer is case-insensitive")
        .must(
            "draft-ietf-oauth-v2-1 §5.1.1, RFC 9110 §11.1",
            "Bearer, bearer, BEARER and bEaReR before a good token: 200 with the user."
        )
        .why("HTTP says so, and clients differ.")
        .run(|target| Box::pin(any_case(target)))
);

rule!(
    Check::server("R5.3", "the scheme Bearer is case-insensitive, and blanks may follow it")
        .lab_rule("RFC 6750 §2.1", "One, two or five blanks before a good token: 200 with the user.")
        .why("The grammar says 1*SP (RFC 9110 §11.4 too), but no sentence says MUST, and widely used servers take one.")
        .run(|target| Box::pin(any_case(target)))
);
async fn any_case(target: Target) -> Outcome {
    let token = target.tokens().await?.access_token;
    for scheme in ["Bearer", "bearer", "BEARER", "bEaReR"] {
        good_token_works(&target, me(&target, &[format!("{scheme} {token}")])).await?;
    }
    for blanks in ["  ", "     "].into_iter().filter(|_| target.exact) {
        good_token_works(&target, me(&target, &[format!("Bearer{blanks}{token}")])).await?;
    }
    Ok(())
}

rule!(
    Check::server("R5.4", "a token in the query opens nothing")
        .must("draft-ietf-oauth-v2-1 §5.1", "?access_token= with a good token, once, twice, or beside a header of another scheme: an error. draft-ietf-oauth-v2-1 §5.1: servers \"MUST ignore access tokens in a URI query parameter\".")
        .why("URLs are logged, remembered and sent on (RFC 9700 §4.3.2).")
        .run(|target| Box::pin(query_ignored(target)))
);

rule!(
    Check::server("R5.4", "a token in the query is ignored")
        .lab_rule("draft-ietf-oauth-v2-1 §5.1", "?access_token= with a good token, once, twice, or beside a header of another scheme: 401 as if there were none; an empty one is absent.")
        .why("URLs are logged, remembered and sent on (RFC 9700 §4.3.2).")
        .run(|target| Box::pin(query_ignored(target)))
);
async fn query_ignored(target: Target) -> Outcome {
    let token = target.tokens().await?.access_token;
    let once = encode_pairs(&[("access_token", &token)]);
    let url = |query: &str| target.url(&format!("/api/me?{query}"));
    for query in [
        once.clone(),
        format!("{once}&{once}"),
        "access_token=".to_owned(),
    ] {
        let alone = Request::get(url(&query));
        shut(&target, &target.http.send(alone).await?, 401, None)?;
        // One token was sent, and it stands where nobody looks; what the header holds is none.
        let beside = Request::get(url(&query)).header("Authorization", "Basic ZGVtbzpkZW1v");
        shut(&target, &target.http.send(beside).await?, 401, None)?;
    }
    // An empty one is absent: one token in the header, and no other.
    if target.exact {
        let empty = Request::get(url("access_token=")).bearer(&token);
        good_token_works(&target, empty).await?;
    }
    good_token_works(&target, me(&target, &[format!("Bearer {token}")])).await
}

rule!(
    Check::server("R5.5", "two tokens, or a malformed one, are 400 invalid_request")
        .should("RFC 6750 §3.1", "Header and query, or a header with no token or with two: 400 with error=\"invalid_request\".")
        .why("Two readers of the same request could each believe another token.")
        .run(|target| Box::pin(two_methods(target)))
);

rule!(
    Check::server("R5.5", "two tokens, or a malformed one, are 400 invalid_request, and so are two headers")
        .lab_rule("RFC 9110 §5.3", "Two Authorization headers, equal or not, or characters that no token has: 400 with error=\"invalid_request\".")
        .why("Many frameworks keep one of the two and never tell the API about the other; it may be the other one that a proxy read.")
        .run(|target| Box::pin(two_methods(target)))
);
async fn two_methods(target: Target) -> Outcome {
    let token = target.tokens().await?.access_token;
    let good = format!("Bearer {token}");
    let with_query = |value: &str| {
        let mut request = me(&target, std::slice::from_ref(&good));
        request.url = format!("{}?{}", request.url, encode_pairs(&[("access_token", value)]));
        request
    };
    let mut twice = with_query(&token);
    twice.url = format!("{}&{}", twice.url, encode_pairs(&[("access_token", &token)]));
    let mut bent = vec![
        with_query(&token),
        with_query("other"),
        twice,
        me(&target, &["Bearer".to_owned()]),
        me(&target, &["Bearer ".to_owned()]),
        me(&target, &[format!("{good} {token}")]),
    ];
    if target.exact {
        bent.push(me(&target, &[good.clone(), good.clone()]));
        let basic = "Basic ZGVtbzpkZW1v".to_owned();
        bent.push(me(&target, &[good.clone(), basic]));
        // §3.1 lets a malformed token be invalid_token as well.
        bent.push(me(&target, &[format!("Bearer \"{token}\"")]));
        bent.push(me(&target, &[format!("{good},")]));
        bent.push(me(&target, &["Bearer a{b}".to_owned()]));
    }
    for request in bent {
        target.http.send(request).await?.must_be_bearer_error(400, Some("invalid_request"))?;
    }
    good_token_works(&target, me(&target, &[good])).await
}

rule!(
    Check::server("R5.5", "a body is never read on GET")
        .must("RFC 6750 §2.2", "access_token in the body of a GET opens nothing, and changes nothing beside a good header.")
        .why("The section forbids the form method for methods whose body has no meaning.")
        .run(|target| Box::pin(body_ignored(target)))
);

rule!(
    Check::server("R5.5", "a body is never read on GET: 401 as if there were none")
        .lab_rule(
            "RFC 6750 §2.2",
            "access_token in the body of a GET alone: 401 with a challenge and no error."
        )
        .why("The section forbids the form method for methods whose body has no meaning.")
        .run(|target| Box::pin(body_ignored(target)))
);
async fn body_ignored(target: Target) -> Outcome {
    let token = target.tokens().await?.access_token;
    let body = encode_pairs(&[("access_token", &token)]);
    let alone = me(&target, &[]).body(FORM, body.clone());
    shut(&target, &target.http.send(alone).await?, 401, None)?;
    good_token_works(&target, me(&target, &[format!("Bearer {token}")]).body(FORM, body)).await
}

rule!(
    Check::server("R5.8", "no answer of the API is cacheable")
        .lab_rule("RFC 9111 §5.2.2.5", "Cache-Control: no-store with 200, with 401 and with 400.")
        .why("Personal data must not wait in a cache for the next reader.")
        .run(|target| Box::pin(not_cacheable(target)))
);
async fn not_cacheable(target: Target) -> Outcome {
    let token = target.tokens().await?.access_token;
    let cases = [
        (200, vec![format!("Bearer {token}")]),
        (401, vec![]),
        (401, vec!["Bearer unknown".to_owned()]),
        (400, vec!["Bearer".to_owned()]),
    ];
    for (status, values) in cases {
        let answer = target.http.send(me(&target, &values)).await?;
        answer.must_be(status)?;
        answer.must(answer.has_word("cache-control", "no-store"), "Cache-Control: no-store")?;
    }
    Ok(())
}

rule!(
    Check::server("R5.5", "the API answers GET only, HEAD included")
        .lab_rule("RFC 9110 §15.5.6", "HEAD, POST, PUT and DELETE with a good token: 405 with Allow: GET, nothing about the user.")
        .why("One way in is one way to guard; RFC 9110 §9.1 wants HEAD supported, so not answering it is a rule of this house.")
        .run(|target| Box::pin(only_get(target)))
);
async fn only_get(target: Target) -> Outcome {
    let token = target.tokens().await?.access_token;
    let user = &target.user()?.username;
    for method in ["HEAD", "POST", "PUT", "DELETE"] {
        let request = Request::new(method, target.url("/api/me")).bearer(&token);
        let answer = target.http.send(request).await?;
        let good = answer.status == 405 && answer.has_word("allow", "GET");
        answer.must(good && !answer.body.contains(user), "405 with Allow: GET, no user")?;
    }
    good_token_works(&target, me(&target, &[format!("Bearer {token}")])).await
}
