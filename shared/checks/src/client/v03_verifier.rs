//! PKCE at the client: the verifier stays at home (RFC 7636 §7.1).

use std::collections::HashSet;

use super::flow::Begun;
use super::stage::Stage;
use crate::{Check, rule};
use kit::encoding::s256;
use kit::ladder::Capability;
use kit::{Outcome, Target, Verdict};

rule!(
    Check::client("R3.5", "the verifier is new for each flow and in no URL")
        .must("RFC 7636 §4.1", "Each flow has its own S256 challenge, and no URL of the browser holds the verifier that fits it.")
        .why("Who steals the code from a URL must not find the key to it in the same place.")
        .run(|target| Box::pin(at_home(target)))
);
async fn at_home(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    let mut challenges = HashSet::new();
    for _ in 0..4 {
        let begun = stage.begin(&mut browser).await?;
        let challenge = challenge(&begun)?;
        let answer = browser.get(begun.callback.clone()).await?;
        let page = stage.accepted(&mut browser, &begun.code(), answer.clone()).await?;
        let urls = [
            begun.request_url.clone(),
            begun.callback.clone(),
            answer.location().unwrap_or_default(),
            page.request.url.clone(),
        ];
        if let Some(url) = urls.iter().find(|url| holds_verifier(url, &challenge)) {
            return Err(begun.start.fail(format!("no URL with the verifier in it, unlike {url}")));
        }
        if !challenges.insert(challenge) {
            return Err(begun.start.fail("a new code_challenge for each flow"));
        }
    }
    if stage.has(Capability::TokenEndpoint) {
        verifiers_redeemed(&stage, &challenges)
    } else {
        Ok(())
    }
}

/// The `code_challenge` of a flow, well-formed and by S256.
fn challenge(begun: &Begun) -> Result<String, Verdict> {
    let challenge = begun.asked("code_challenge").unwrap_or_default();
    let well_formed = challenge.len() == 43
        && challenge.chars().all(|c| is_unreserved(c) && c != '.' && c != '~');
    let s256 = begun.asked("code_challenge_method").as_deref() == Some("S256");
    begun.start.must(
        well_formed && s256,
        "code_challenge_method=S256 and a code_challenge of 43 base64url characters",
    )?;
    Ok(challenge)
}

/// Each challenge was answered at `/token` with its own verifier, which is well-formed (RFC 7636 §4.1).
fn verifiers_redeemed(stage: &Stage, challenges: &HashSet<String>) -> Outcome {
    let requests = stage.play.grants("authorization_code");
    let verifiers = requests.iter().filter_map(|request| request.form("code_verifier"));
    let good = verifiers
        .filter(|verifier| {
            (43..=128).contains(&verifier.len()) && verifier.chars().all(is_unreserved)
        })
        .map(s256)
        .collect::<HashSet<_>>();
    if good == *challenges {
        return Ok(());
    }
    Err(Verdict::failed(
        "four whole flows",
        "for each a code_verifier of 43 to 128 unreserved characters that fits its challenge",
        requests.iter().map(|request| request.line()).collect::<Vec<_>>().join("\n"),
    ))
}

fn is_unreserved(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~".contains(c)
}

/// Does anything in the URL hash to the challenge? Then it is the verifier.
fn holds_verifier(url: &str, challenge: &str) -> bool {
    url.split(|c| !is_unreserved(c)).any(|word| s256(word) == challenge)
}
