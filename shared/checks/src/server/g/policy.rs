//! G7: what a page may load.

use crate::{Check, rule};
use kit::encoding::origin;
use kit::html::{consent_form, login_form, tags};
use kit::ladder::Capability;
use kit::{Answer, Outcome, Request, Target, Verdict};

/// One page of every kind that the server has.
pub(crate) async fn every_page(target: &Target) -> Result<Vec<Answer>, Verdict> {
    let mut browser = target.browser();
    let mut pages = vec![target.login_page(&mut browser, &target.request()).await?.0];
    pages.push(target.try_log_in(&mut browser, "nobody", "wrong").await?);
    pages.push(browser.get(target.request().set("client_id", "no-such-client").url()).await?);
    pages.push(browser.get(target.url(&format!("/authorize?x={}", "x".repeat(9000)))).await?);
    pages.push(browser.send(Request::new("POST", target.url("/authorize"))).await?);
    target.log_in(&mut browser, target.user()?).await?;
    for path in [
        "/",
        "/login",
        "/welcome",
        "/no-such-page",
        "/debug/state",
    ] {
        pages.push(
            browser.send(Request::get(target.url(path)).header("Accept", "text/html")).await?,
        );
    }
    if let (true, Ok(public)) = (target.has(Capability::Consent), target.public()) {
        let request = target.authorization_request(public);
        // That the user is asked is for R7.11 to judge.
        if let Ok(question) = target.may_ask(&mut browser, &request, target.user()?).await? {
            pages.push(question.page);
        }
    }
    // On a pair of its own: the messages of all other checks would make a long page.
    let alone = target.alone().await?;
    for path in [
        "/debug/flow",
        "/debug/flow?format=fragment",
    ] {
        let request = Request::get(alone.url(path)).header("Accept", "text/html");
        pages.push(alone.browser().send(request).await?);
    }
    pages.retain(|page| page.media_type() == "text/html");
    Ok(pages)
}

rule!(
    Check::server("G7", "every page has a strict Content-Security-Policy")
        .lab_rule("draft-ietf-oauth-v2-1 §7.12", "default-src 'none', style-src 'self', whatever else is loaded is our own, nothing unsafe; no asset from elsewhere; form-action, if given, allows the redirect to the client.")
        .why("What slips through the escaping must still not run.")
        .run(|target| Box::pin(policy(target)))
);
async fn policy(target: Target) -> Outcome {
    let pages = every_page(&target).await?;
    for page in &pages {
        strict(page)?;
        own_assets(&target.server, page)?;
        let asks = login_form(&page.body).is_some() || consent_form(&page.body).is_some();
        if let (Some(allowed), true) = (directive(page, "form-action "), asks) {
            let client = origin(target.demo.redirect_uri()).to_ascii_lowercase();
            page.must(
                allowed.contains(&client),
                "form-action that allows the client's origin, or none",
            )?;
        }
    }
    let first = pages.first();
    first.map_or(Err(Verdict::failed("GET of all pages", "HTML pages", "none")), |_| Ok(()))
}

/// What the page's Content-Security-Policy says about one thing.
fn directive(page: &Answer, name: &str) -> Option<String> {
    let policy =
        page.all("content-security-policy").collect::<Vec<_>>().join("; ").to_ascii_lowercase();
    let mut parts = policy.split(';').map(str::trim);
    parts.find_map(|part| part.strip_prefix(name)).map(|rest| rest.trim().to_owned())
}

/// The page lets nothing run and nothing in but its own style sheet.
pub(super) fn strict(page: &Answer) -> Outcome {
    let is = |name: &str, value: &str| directive(page, name).as_deref() == Some(value);
    page.must(is("default-src ", "'none'"), "Content-Security-Policy: default-src 'none'")?;
    page.must(is("style-src ", "'self'"), "Content-Security-Policy: style-src 'self'")?;
    for kind in [
        "script-src ",
        "connect-src ",
        "img-src ",
        "font-src ",
        "frame-src ",
        "object-src ",
    ] {
        let loaded = self::directive(page, kind).unwrap_or_default();
        let own =
            loaded.split_whitespace().all(|source| ["'none'", "'self'", "data:"].contains(&source));
        page.must(own, format!("nothing foreign in the policy's {kind}"))?;
    }
    let unsafe_word = page.all("content-security-policy").any(|policy| policy.contains("unsafe-"));
    page.must(!unsafe_word, "nothing unsafe in the policy")?;
    Ok(())
}

/// Nothing that a browser loads by itself comes from another origin, and no script stands in the page.
pub(super) fn own_assets(server: &str, page: &Answer) -> Outcome {
    for tag in tags(&page.body) {
        let loaded = match tag.name.as_str() {
            "link" => tag.get("href"),
            "script" | "img" | "iframe" | "audio" | "video" | "source" | "embed" => tag.get("src"),
            "object" => tag.get("data"),
            _ => None,
        };
        let Some(url) = loaded else {
            page.must(tag.name != "script", "no inline script")?;
            continue;
        };
        let own =
            url.starts_with("data:") || (!url.contains("//")) || origin(url) == origin(server);
        page.must(own, format!("no asset from elsewhere: {url}"))?;
    }
    let handlers = tags(&page.body)
        .iter()
        .any(|tag| tag.attributes.iter().any(|found| found.0.starts_with("on")));
    page.must(!handlers, "no inline event handler")?;
    Ok(())
}
