//! G4, G9: errors are OAuth's own, in OAuth's own letters.

use crate::server::support::{is_logged_in, of_this_lab, outcome_of};
use crate::{Check, rule};
use kit::encoding::query_pairs;
use kit::ladder::Capability;
use kit::request::FORM;
use kit::{Answer, Outcome, Request, Target};

rule!(
    Check::server("G4", "/token answers OAuth JSON even to what is no form")
        .since(Capability::TokenEndpoint)
        .lab_rule("RFC 6749 §5.2", "JSON, text, multipart or no content type: 400 invalid_request as JSON; with ;charset=UTF-8 a token.")
        .why("A client's error handling reads JSON; a framework's plain text breaks it.")
        .run(|target| Box::pin(content_types(target)))
);
async fn content_types(target: Target) -> Outcome {
    let grant = target.code().await?;
    let good = target.redeem(&grant);
    let with_type = |kind: Option<&str>| {
        let mut request = good.http();
        request.headers.retain(|header| header.0 != "Content-Type");
        match kind {
            Some(kind) => request.header("Content-Type", kind),
            None => request,
        }
    };
    let wrong = [
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencodedx",
        "nonsense",
    ];
    for kind in wrong.into_iter().map(Some).chain([None]) {
        target.http.send(with_type(kind)).await?.must_be_oauth_error(400, "invalid_request")?;
    }
    let json = Request {
        body: Some(br#"{"grant_type":"authorization_code"}"#.to_vec()),
        ..with_type(Some("application/json"))
    };
    target.http.send(json).await?.must_be_oauth_error(400, "invalid_request")?;
    let answer = target
        .http
        .send(with_type(Some("Application/X-WWW-Form-Urlencoded; charset=UTF-8")))
        .await?;
    answer.must(answer.status == 200, "200 for the form with a charset")?;
    Ok(())
}

/// `grant_type=x`, compressed by gzip.
const GZIP: [u8; 32] = [
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x4b, 0x2f, 0x4a, 0xcc, 0x2b, 0x89,
    0x2f, 0xa9, 0x2c, 0x48, 0xb5, 0xad, 0x00, 0x00, 0x52, 0x6c, 0x4c, 0x9c, 0x0c, 0x00, 0x00, 0x00,
];

rule!(
    Check::server("G4", "/token answers 415 to a body in another coding")
        .since(Capability::TokenEndpoint)
        .lab_rule("RFC 9110 §8.4, §15.5.16", "With Content-Encoding gzip, deflate or br, whatever the bytes are: 415 with JSON invalid_request; the code is not spent.")
        .why("What is read without being unpacked is read as something else, and the client is told of mistakes that it did not make.")
        .run(|target| Box::pin(content_coding(target)))
);
async fn content_coding(target: Target) -> Outcome {
    let grant = target.code().await?;
    let good = target.redeem(&grant);
    for coding in [
        "gzip",
        "GZIP",
        "deflate",
        "br",
        "gzip, gzip",
        "nonsense",
    ] {
        let plain = good.http().header("Content-Encoding", coding);
        let packed = Request {
            body: Some(GZIP.to_vec()),
            ..plain.clone()
        };
        for request in [plain, packed] {
            target.http.send(request).await?.must_be_oauth_error(415, "invalid_request")?;
        }
    }
    target.tokens_for(&good).await?;
    Ok(())
}

rule!(
    Check::server("G4", "/login says which form it takes")
        .lab_rule("RFC 9110 §15.5.16", "Multipart, JSON, text, or a compressed form: a 400 or 415 page that names the form, and nobody is logged in.")
        .why("A wrong password that was none sends people looking in the wrong place.")
        .run(|target| Box::pin(login_forms(target)))
);
async fn login_forms(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let user = target.user()?;
    let (name, password) = (&user.username, &user.password);
    let url = target.url("/login");
    let multipart = format!(
        "--x\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\n{name}\r\n\
         --x\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n{password}\r\n--x--\r\n"
    );
    let post = || Request::new("POST", &url).header("Origin", &target.server);
    let form = format!("username={name}&password={password}");
    let json = format!("{{\"username\":\"{name}\",\"password\":\"{password}\"}}");
    for request in [
        post().body("multipart/form-data; boundary=x", multipart),
        post().body("application/json", json),
        post().body("text/plain", form.clone()),
        post().body("application/x-www-form-urlencodedx", form.clone()),
        post().body(FORM, form.clone()).header("Content-Encoding", "gzip"),
        post().body(FORM, GZIP.to_vec()).header("Content-Encoding", "gzip"),
    ] {
        let mut browser = target.browser();
        let answer = browser.send(request).await?;
        answer.must_be_page(if answer.status == 415 { 415 } else { 400 })?;
        let said = answer.body.contains("x-www-form-urlencoded")
            || answer.body.contains("Content-Encoding");
        answer.must(said, "a page that names the form")?;
        let still_out = !is_logged_in(&target, &mut browser).await?;
        answer.must(still_out, "nobody logged in")?;
    }
    let usual = post().body(&format!("{FORM}; charset=UTF-8"), form);
    let answer = target.http.send(usual).await?;
    answer.must(answer.is_redirect(), "a redirect for the right form")?;
    Ok(())
}

/// Something that no server says by itself.
const MARK: &str = "zq7markzq7";

/// The letters are the RFC's affair; that no input is repeated is a lab rule.
fn clean(target: &Target, answer: &Answer, texts: &[(&str, String)]) -> Outcome {
    for (name, text) in texts {
        let allowed =
            text.bytes().all(|byte| matches!(byte, 0x20..=0x21 | 0x23..=0x5B | 0x5D..=0x7E));
        answer.must(
            allowed,
            format!("{name} in the characters of RFC 6749 §5.2: no quote, no backslash, ASCII"),
        )?;
        let silent = !target.exact || !text.contains(MARK);
        answer.must(silent, format!("{name} without anything of the request"))?;
    }
    Ok(())
}

rule!(
    Check::server("G9", "errors of /authorize use the allowed characters")
        .must(
            "RFC 6749 §4.1.2.1",
            "error and error_description consist of %x20-21, %x23-5B and %x5D-7E."
        )
        .why("They travel in a URL and in JSON, and a client may show them as they are.")
        .run(|target| Box::pin(authorize_errors(target)))
);

rule!(
    Check::server("G9", "errors of /authorize use the allowed characters and repeat no input")
        .lab_rule("lab rule", "error, error_description and error_uri hold nothing of the request.")
        .why("Clients log and show them; what an attacker sends must not get there.")
        .run(|target| Box::pin(authorize_errors(target)))
);
async fn authorize_errors(target: Target) -> Outcome {
    let good = target.request();
    let mut bent = vec![
        good.clone().without("response_type"),
        good.clone().set("response_type", MARK),
        good.clone().set("response_type", format!("token{MARK}\"\\é")),
        good.clone().also("response_type", MARK),
        good.clone().also("scope", MARK).also("scope", MARK),
    ];
    bent.push(good.clone().set("code_challenge", MARK));
    bent.push(good.clone().set("code_challenge_method", MARK));
    bent.push(good.without("code_challenge").set("nonsense", MARK));
    let mut last = None;
    let mut seen = 0;
    for request in bent {
        let answer = outcome_of(&target, &request).await?;
        let pairs = query_pairs(&answer.location().unwrap_or_default());
        let texts: Vec<(&str, String)> = [
            "error",
            "error_description",
            "error_uri",
        ]
        .iter()
        .filter_map(|name| {
            pairs.iter().find(|pair| pair.0 == *name).map(|pair| (*name, pair.1.clone()))
        })
        .collect();
        clean(&target, &answer, &texts)?;
        seen += texts.len();
        last = Some(answer);
    }
    // Which of these mistakes is an error at all is for R1.4 and R3.1 to R3.3; some of them are.
    if let (0, Some(answer)) = (seen, last) {
        return Err(answer.fail("a redirect with error"));
    }
    target.still_works().await
}

rule!(
    Check::server("G9", "errors of /token use the allowed characters")
        .since(Capability::TokenEndpoint)
        .must(
            "RFC 6749 §5.2",
            "error and error_description consist of %x20-21, %x23-5B and %x5D-7E."
        )
        .why("They travel in a URL and in JSON, and a client may show them as they are.")
        .run(|target| Box::pin(token_errors(target)))
);

rule!(
    Check::server("G9", "errors of /token use the allowed characters and repeat no input")
        .since(Capability::TokenEndpoint)
        .lab_rule("lab rule", "error, error_description and error_uri hold nothing of the request.")
        .why("Clients log and show them; what an attacker sends must not get there.")
        .run(|target| Box::pin(token_errors(target)))
);
async fn token_errors(target: Target) -> Outcome {
    let grant = target.code().await?;
    let good = target.redeem(&grant);
    let bent = [
        good.clone().set("grant_type", MARK),
        good.clone().without("grant_type").set("nonsense", MARK),
        good.clone().set("code", MARK),
        good.clone().set("redirect_uri", MARK),
        good.clone().set("code_verifier", MARK),
        good.clone().basic(MARK, MARK),
        good.clone().set("client_id", MARK),
        good.clone().also("code", MARK),
        target.refresh(&target.demo, MARK),
    ];
    for request in bent {
        let answer = target.send(&request).await?;
        let json = answer.json().unwrap_or_default();
        let texts: Vec<(&str, String)> = [
            "error",
            "error_description",
            "error_uri",
        ]
        .iter()
        .filter_map(|name| json[*name].as_str().map(|text| (*name, text.to_owned())))
        .collect();
        // Which of these mistakes is an error at all is for R4.3 to R4.9; the first one always is.
        answer.must(answer.status < 400 || !texts.is_empty(), "JSON with error")?;
        clean(&target, &answer, &texts)?;
    }
    target.tokens().await?;
    Ok(())
}
