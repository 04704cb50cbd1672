//! G4, G9: errors are OAuth's own, in OAuth's own letters.

use crate::answer::Answer;
use crate::check::Check;
use crate::check::Keyword;
use crate::check::Outcome;
use crate::check::Subject;
use crate::encoding::query_pairs;
use crate::http::Request;
use crate::target::Target;

pub const CHECKS: &[Check] = &[
    Check {
        id: "G4",
        title: "/token answers OAuth JSON even to what is no form",
        since: 4,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::LabRule,
        section: "RFC 6749 §5.2",
        must: "JSON, text, multipart or no content type: 400 invalid_request as JSON; with ;charset=UTF-8 a token.",
        why: "A client's error handling reads JSON; a framework's plain text breaks it.",
        run: |target| Box::pin(content_types(target)),
    },
    Check {
        id: "G9",
        title: "errors of /authorize use the allowed characters and repeat no input",
        since: 1,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::Must,
        section: "RFC 6749 §4.1.2.1",
        must: "error and error_description consist of %x20-21, %x23-5B and %x5D-7E, and hold nothing of the request.",
        why: "The client may show them; what an attacker sends must not get there.",
        run: |target| Box::pin(authorize_errors(target)),
    },
    Check {
        id: "G9",
        title: "errors of /token use the allowed characters and repeat no input",
        since: 4,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::Must,
        section: "RFC 6749 §5.2",
        must: "error and error_description consist of %x20-21, %x23-5B and %x5D-7E, and hold nothing of the request.",
        why: "Clients log and show them; what an attacker sends must not get there.",
        run: |target| Box::pin(token_errors(target)),
    },
];

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

/// Something that no server says by itself.
const MARK: &str = "zq7markzq7";

fn clean(answer: &Answer, texts: &[(&str, String)]) -> Outcome {
    for (name, text) in texts {
        let allowed =
            text.bytes().all(|byte| matches!(byte, 0x20..=0x21 | 0x23..=0x5B | 0x5D..=0x7E));
        answer.must(
            allowed,
            format!("{name} in the characters of RFC 6749 §5.2: no quote, no backslash, ASCII"),
        )?;
        answer.must(!text.contains(MARK), format!("{name} without anything of the request"))?;
    }
    Ok(())
}

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
        let answer = target.browser().get(request.url()).await?;
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
        clean(&answer, &texts)?;
        seen += texts.len();
        last = Some(answer);
    }
    // Which of these mistakes is an error at all is for R1.4 and R3.1 to R3.3; some of them are.
    if let (0, Some(answer)) = (seen, last) {
        return Err(answer.fail("a redirect with error"));
    }
    target.still_works().await
}

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
        clean(&answer, &texts)?;
    }
    target.tokens().await?;
    Ok(())
}
