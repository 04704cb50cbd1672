//! R4.10, R4.12: what a second try leaves behind, and an empty secret.

use crate::check::Check;
use crate::check::Keyword;
use crate::check::Outcome;
use crate::check::Subject;
use crate::encoding::base64;
use crate::server::support::must;
use crate::server::support::of_this_lab;
use crate::target::Target;

pub const CHECKS: &[Check] = &[
    Check {
        id: "R4.10",
        title: "a second try leaves no grant",
        since: 4,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::LabRule,
        section: "RFC 6749 §4.1.2",
        must: "After three replays of a code, and twenty redemptions of another at the same moment, there are two grants, both revoked.",
        why: "A grant without tokens takes the place of somebody's login in a full table.",
        run: |target| Box::pin(no_grant(target)),
    },
    Check {
        id: "R4.12",
        title: "a public client may send its name by Basic, and nothing for a secret",
        since: 4,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::LabRule,
        section: "RFC 6749 §2.3.1",
        must: "Basic with client_id and an empty secret: 200 for demo-public, 401 invalid_client for demo-client.",
        why: "An empty secret is as good as none: enough for whoever has none, and not for others.",
        run: |target| Box::pin(empty_secret(target)),
    },
];

async fn no_grant(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let target = target.alone().await?;
    let (first, second) = (target.code().await?, target.code().await?);
    let redeem = target.redeem(&first);
    target.tokens_for(&redeem).await?;
    for _ in 0..3 {
        target.send(&redeem).await?.must_be_oauth_error(400, "invalid_grant")?;
    }
    target.http.at_once(&target.redeem(&second).http(), 20).await?;
    let grants = target.storage().await?["grants"].take();
    let rows = grants.as_object().into_iter().flatten();
    let revoked: Vec<bool> = rows.map(|row| row.1["revoked"] == true).collect();
    let sent = "replays of two codes; then GET /debug/state";
    must(revoked == [true, true], sent, "two grants, both revoked", grants.to_string())
}

async fn empty_secret(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let public = target.public()?;
    let grant = target.code_of(public).await?;
    let request = target.redeem(&grant).without("client_id").http();
    let basic = |name: &str| format!("Basic {}", base64(format!("{name}:").as_bytes()));
    let confidential = request.clone().header("Authorization", basic(&target.demo.client_id));
    target.http.send(confidential).await?.must_be_oauth_error(401, "invalid_client")?;
    let by_name = request.header("Authorization", basic(&public.client_id));
    target.http.send(by_name).await?.must_be(200)?;
    Ok(())
}
