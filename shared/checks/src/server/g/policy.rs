//! G7: what a page may load.

use crate::answer::Answer;
use crate::check::Check;
use crate::check::Keyword;
use crate::check::Outcome;
use crate::check::Subject;
use crate::check::Verdict;
use crate::encoding::origin;
use crate::html::login_form;
use crate::html::tags;
use crate::http::Request;
use crate::target::Target;

pub const CHECKS: &[Check] = &[Check {
    id: "G7",
    title: "every page has a strict Content-Security-Policy and no foreign asset",
    since: 1,
    until: None,
    subject: Subject::Server,
    keyword: Keyword::LabRule,
    section: "draft-ietf-oauth-v2-1 §7.12",
    must: "default-src 'none', style-src 'self', nothing unsafe; no asset from elsewhere; form-action, if given, allows the redirect to the client.",
    why: "What slips through the escaping must still not run.",
    run: |target| Box::pin(policy(target)),
}];

/// One page of every kind that the server has.
async fn every_page(target: &Target) -> Result<Vec<Answer>, Verdict> {
    let mut browser = target.browser();
    let asked = browser.get(target.request().url()).await?;
    let mut pages = vec![browser.follow(&asked).await?];
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
    pages.retain(|page| page.media_type() == "text/html");
    Ok(pages)
}

async fn policy(target: Target) -> Outcome {
    let pages = every_page(&target).await?;
    for page in &pages {
        let policy =
            page.all("content-security-policy").collect::<Vec<_>>().join("; ").to_ascii_lowercase();
        let directive = |name: &str| {
            policy
                .split(';')
                .map(str::trim)
                .find_map(|part| part.strip_prefix(name))
                .map(|rest| rest.trim().to_owned())
        };
        page.must(
            directive("default-src ").as_deref() == Some("'none'"),
            "Content-Security-Policy: default-src 'none'",
        )?;
        page.must(
            directive("style-src ").as_deref() == Some("'self'"),
            "Content-Security-Policy: style-src 'self'",
        )?;
        page.must(!policy.contains("unsafe-"), "nothing unsafe in the policy")?;
        if let (Some(allowed), Some(_)) = (directive("form-action "), login_form(&page.body)) {
            let client = origin(target.demo.redirect_uri()).to_ascii_lowercase();
            page.must(
                allowed.contains(&client),
                "form-action that allows the client's origin, or none",
            )?;
        }
        own_assets(&target, page)?;
    }
    let first = pages.first();
    first.map_or(Err(Verdict::failed("GET of all pages", "HTML pages", "none")), |_| Ok(()))
}

/// Nothing that a browser loads by itself comes from another origin, and no script stands in the page.
fn own_assets(target: &Target, page: &Answer) -> Outcome {
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
        let own = url.starts_with("data:")
            || (!url.contains("//"))
            || origin(url) == origin(&target.server);
        page.must(own, format!("no asset from elsewhere: {url}"))?;
    }
    let handlers = tags(&page.body)
        .iter()
        .any(|tag| tag.attributes.iter().any(|found| found.0.starts_with("on")));
    page.must(!handlers, "no inline event handler")?;
    Ok(())
}
