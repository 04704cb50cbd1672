//! G6, G7 on the client's side: its cookie and its pages.

use crate::server::g::pages::{safe_cookies, set_cookies};
use crate::server::g::policy::{own_assets, strict};
use crate::{Check, rule};
use kit::ladder::Capability;
use kit::{Outcome, Request, Target, Verdict};

fn client(target: &Target) -> Result<&str, Verdict> {
    target.client.as_deref().ok_or_else(|| Verdict::skipped("a running client"))
}

rule!(
    Check::client("G6", "the client's cookie is safe and named for its process")
        .since(Capability::State)
        .lab_rule("RFC 6265 §8.5", "/start sets a cookie with HttpOnly, SameSite=Lax, Path=/ and no Domain; it is lab_client.")
        .why("Cookies ignore ports: two processes on one host with one cookie name log each other out.")
        .run(|target| Box::pin(cookie(target)))
);
async fn cookie(target: Target) -> Outcome {
    let url = format!("{}/start", client(&target)?);
    let answer = target.browser().get(url).await?;
    answer.must(answer.is_redirect(), "a redirect to the server")?;
    let cookies = set_cookies(&answer);
    let named = cookies.iter().any(|cookie| cookie.0 == "lab_client" || target.pair.is_none());
    answer.must(named, "Set-Cookie: lab_client=…")?;
    safe_cookies(&answer, "lab_as")
}

rule!(
    Check::client("G7", "the client's pages have a strict Content-Security-Policy")
        .lab_rule("draft-ietf-oauth-v2-1 §7.12", "default-src 'none', style-src 'self', nothing unsafe, no asset from elsewhere, on the home page and on error pages.")
        .why("What slips through the escaping must still not run.")
        .run(|target| Box::pin(policy(target)))
);
async fn policy(target: Target) -> Outcome {
    let client = client(&target)?;
    let home = target.browser().get(format!("{client}/")).await?;
    home.must_be_page(200)?;
    let mut pages = vec![home];
    for path in [
        "/callback",
        "/callback?error=access_denied",
        "/no-such-page",
        "/profile",
        "/debug/state",
    ] {
        let request = Request::get(format!("{client}{path}")).header("Accept", "text/html");
        pages.push(target.browser().send(request).await?);
    }
    for page in pages.iter().filter(|page| page.media_type() == "text/html") {
        strict(page)?;
        own_assets(client, page)?;
    }
    Ok(())
}
