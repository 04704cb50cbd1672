//! What the token endpoint writes beside its error code is for developers, and stays off the page (RFC 6749 §5.2).

use super::judge::while_playing;
use super::stage::Stage;
use super::v04_exchange::bad_gateway;
use crate::{Check, rule};
use kit::ladder::Capability;
use kit::play::Reply;
use kit::play::http::RawResponse;
use kit::{Outcome, Target};
use serde_json::json;

rule!(
    Check::client("E14", "the words of the token endpoint are not shown")
        .since(Capability::TokenEndpoint)
        .lab_rule("RFC 6749 §5.2", "The page for a 400 or 401 names the error and shows nothing of error_description, error_uri or other members.")
        .why("On our page the words of somebody else speak with our voice; and a server under attack may repeat there what it was sent.")
        .run(|target| Box::pin(not_shown(target)))
);
async fn not_shown(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    for (status, error) in [
        (400, "invalid_grant"),
        (400, "invalid_request"),
        (401, "invalid_client"),
    ] {
        let body = json!({
            "error": error,
            "error_description": "Call 0900-123 and say your password.",
            "error_uri": "https://evil.example/0900-123",
            "hint": "0900-123",
        });
        let reply = Reply::Always(RawResponse::new(status, "application/json", body.to_string()));
        let page = bad_gateway(&stage, reply.clone()).await?;
        let named = page.body.contains(error) && !page.body.contains("0900-123");
        let judged = page.must(named, format!("a page with {error} and none of the other words"));
        judged.map(|_| ()).map_err(|verdict| while_playing(verdict, "/token", &reply))?;
    }
    stage.still_works().await
}
