//! R4.8: a code is good for its client and a short time.

use crate::server::support::{almost, patiently};
use crate::{Check, rule};
use kit::encoding::random;
use kit::target::outlive;
use kit::{Outcome, Target};

rule!(
    Check::server("R4.8", "a code that was never issued is invalid_grant")
        .must("RFC 6749 §3.2, §5.2", "An unknown or altered code: 400 invalid_grant; none, or an empty one: 400 invalid_request, because something required is missing (RFC 6749 §3.2: sent without a value it \"MUST be treated as if\" omitted).")
        .why("A code that can be made up is no proof of anything.")
        .run(|target| Box::pin(unknown_code(target)))
);
async fn unknown_code(target: Target) -> Outcome {
    let grant = target.code().await?;
    let good = target.redeem(&grant);
    let mut altered = vec![
        random(),
        "x".to_owned(),
        format!("{}A", grant.code),
        grant.code[..grant.code.len() - 1].to_owned(),
        format!(" {}", grant.code),
        format!("{} ", grant.code),
        "a".repeat(5000),
    ];
    altered.extend(almost(&grant.code));
    for code in altered {
        let answer = target.send(&good.clone().set("code", code)).await?;
        answer.must_be_oauth_error(400, "invalid_grant")?;
    }
    for bent in [
        good.clone().without("code"),
        good.clone().set("code", ""),
    ] {
        target.send(&bent).await?.must_be_oauth_error(400, "invalid_request")?;
    }
    target.tokens_for(&good).await?;
    Ok(())
}

rule!(
    Check::server("R4.8", "an expired code is invalid_grant")
        .must(
            "RFC 6749 §4.1.2, §5.2",
            "After its lifetime a code is refused with 400 invalid_grant; before it, it works."
        )
        .why("A code found in a log tomorrow must be worthless.")
        .run(|target| Box::pin(patiently(move |seconds| expired_code(target.clone(), seconds))))
);
async fn expired_code(target: Target, seconds: u64) -> Outcome {
    let target = target.with_settings(&[("LAB_TTL_CODE", &seconds.to_string())]).await?;
    let late = target.code().await?;
    let in_time = target.code().await?;
    target.tokens_for(&target.redeem(&in_time)).await?;
    outlive(seconds).await;
    target.send(&target.redeem(&late)).await?.must_be_oauth_error(400, "invalid_grant")?;
    Ok(())
}

rule!(
    Check::server("R4.8", "a code of another client is invalid_grant")
        .must("RFC 6749 §4.1.3, §5.2", "Another client, well authenticated, gets 400 invalid_grant; the owner can still redeem the code.")
        .why("Otherwise one registered client could collect the codes of all others.")
        .run(|target| Box::pin(other_client(target)))
);
async fn other_client(target: Target) -> Outcome {
    let other = target.other()?;
    let grant = target.code().await?;
    let good = target.redeem(&grant);
    let secret = other.client_secret.clone().unwrap_or_default();
    let theirs = good.clone().basic(&other.client_id, &secret);
    target.send(&theirs).await?.must_be_oauth_error(400, "invalid_grant")?;
    if let Ok(public) = target.public() {
        let theirs = good.clone().no_basic().set("client_id", &public.client_id);
        target.send(&theirs).await?.must_be_oauth_error(400, "invalid_grant")?;
    }
    target.tokens_for(&good).await?;
    target.tokens_of(other).await?;
    Ok(())
}
