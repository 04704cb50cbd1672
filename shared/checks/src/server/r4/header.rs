//! R4.5, R4.6: what may stand in the Authorization header of a token request.

use crate::check::Check;
use crate::check::Keyword;
use crate::check::Outcome;
use crate::check::Subject;
use crate::check::Verdict;
use crate::encoding::base64;
use crate::server::r4::client::secret_of;
use crate::target::Target;

pub const CHECKS: &[Check] = &[
    Check {
        id: "R4.5",
        title: "a second Authorization header is refused",
        since: 4,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::LabRule,
        section: "RFC 9110 §5.3, §11.6.2",
        must: "Two Authorization headers, equal or not: 400 invalid_request; the code is not spent.",
        why: "A proxy may read the one and the server the other.",
        run: |target| Box::pin(two_headers(target)),
    },
    Check {
        id: "R4.6",
        title: "another scheme than Basic shows no secret",
        since: 4,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::Must,
        section: "RFC 9110 §11.1",
        must: "The right credentials under the name of another scheme: 401 invalid_client; the code is not spent.",
        why: "What is read as Basic without being called so is read as something that nobody meant.",
        run: |target| Box::pin(other_scheme(target)),
    },
];

async fn two_headers(target: Target) -> Outcome {
    if target.pair.is_none() {
        // Many frameworks keep one of the two and never tell the server about the other.
        return Err(Verdict::skipped("a server of this lab: the rule is its own"));
    }
    let secret = secret_of(&target.demo)?;
    let grant = target.code().await?;
    for second in ["wrong", &secret] {
        let request = target.redeem(&grant).http().basic(&target.demo.client_id, second);
        target.http.send(request).await?.must_be_oauth_error(400, "invalid_request")?;
    }
    target.tokens_for(&target.redeem(&grant)).await?;
    Ok(())
}

async fn other_scheme(target: Target) -> Outcome {
    let (id, secret) = (&target.demo.client_id, secret_of(&target.demo)?);
    let grant = target.code().await?;
    let credentials = base64(format!("{id}:{secret}").as_bytes());
    for scheme in ["Bearer", "Digest", "Basics"] {
        let request = target.redeem(&grant).no_basic().http();
        let request = request.header("Authorization", format!("{scheme} {credentials}"));
        target.http.send(request).await?.must_be_oauth_error(401, "invalid_client")?;
    }
    target.tokens_for(&target.redeem(&grant)).await?;
    Ok(())
}
