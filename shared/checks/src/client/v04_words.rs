//! Each bad answer of the token endpoint gets a sentence of its own, with what is wrong in it (RFC 6749 §5.1).

use std::collections::HashMap;

use super::judge::while_playing;
use super::stage::Stage;
use super::v04_exchange::bad_gateway;
use crate::{Check, rule};
use kit::html::text;
use kit::ladder::Capability;
use kit::play::Reply;
use kit::play::http::RawResponse;
use kit::{Outcome, Target, Verdict};
use serde_json::{Value, json};

/// A good token response with one member changed, or (with `null`) taken away.
fn with(name: &str, value: Value) -> Reply {
    let mut body = json!({ "access_token": "opaque", "token_type": "Bearer", "expires_in": 1800 });
    if let Some(members) = body.as_object_mut() {
        members.remove(name);
        if !value.is_null() {
            members.insert(name.to_owned(), value);
        }
    }
    Reply::json(&body)
}

fn html(status: u16) -> Reply {
    Reply::Always(RawResponse::new(status, "text/html", "<p>It works!</p>"))
}

rule!(
    Check::client("E14", "the page says what was wrong with an answer of the token endpoint")
        .since(Capability::TokenEndpoint)
        .lab_rule("RFC 6749 §5.1", "A 404, 405, 500, 302, HTML, a 200 with an error, and each member that is missing or of the wrong kind: a 502 page that names it, each in other words.")
        .why("One sentence for every fault sends its reader looking in the wrong place.")
        .run(|target| Box::pin(each_in_its_words(target)))
);
async fn each_in_its_words(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let cases: [(&str, Reply); 14] = [
        ("404", html(404)),
        ("405", Reply::text(405, "")),
        ("500", Reply::text(500, "Internal Server Error")),
        ("503", html(503)),
        ("302", Reply::text(302, "")),
        ("text/html", html(200)),
        ("access_token", with("access_token", Value::Null)),
        ("access_token", with("access_token", json!(17))),
        ("token_type", with("token_type", Value::Null)),
        ("token_type", with("token_type", json!("mac"))),
        ("expires_in", with("expires_in", json!("3600"))),
        ("expires_in", with("expires_in", json!([3600]))),
        ("expires_in", with("expires_in", json!({}))),
        ("access_token|invalid_grant", Reply::json(&json!({ "error": "invalid_grant" }))),
    ];
    let mut pages: HashMap<String, String> = HashMap::new();
    for (named, reply) in cases {
        let page = bad_gateway(&stage, reply.clone()).await?;
        let words = text(&page.body);
        let told = named.split('|').any(|name| words.contains(name));
        let named = named.split('|').next().unwrap_or_default();
        let judged = page.must(told, format!("a page that names {named}")).map(|_| ());
        judged.map_err(|verdict| while_playing(verdict, "/token", &reply))?;
        // Kinds of one member may share their words; two members, or two statuses, may not.
        if let Some(other) = pages.insert(words, named.to_owned()).filter(|other| other != named) {
            return Err(page.fail(format!("other words for {named} than for {other}")));
        }
    }
    Ok(())
}

rule!(
    Check::client("E14", "token_type is compared without case")
        .since(Capability::TokenEndpoint)
        .must("RFC 6749 §5.1", "A token response with token_type bearer, BEARER or Bearer is taken.")
        .why("RFC 6749 says that the value is case insensitive, and real servers write it in each way.")
        .run(|target| Box::pin(any_case(target)))
);
async fn any_case(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    for kind in ["bearer", "BEARER", "bEaReR"] {
        stage.play.script(|script| script.members = json!({ "token_type": kind }));
        let logged_in = stage.log_in(&mut stage.browser()).await;
        logged_in.map_err(|verdict| match verdict {
            Verdict::Failed { sent, wanted, got } => Verdict::Failed {
                sent: format!("{sent}\n(the played /token answered token_type {kind})"),
                wanted,
                got,
            },
            skipped @ Verdict::Skipped { .. } => skipped,
        })?;
    }
    Ok(())
}
