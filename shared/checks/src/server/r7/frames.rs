//! R7.9: no page of the server inside somebody else's page.

use crate::server::g::every_page;
use crate::server::r7::support::always_asked;
use crate::{Check, rule};
use kit::{Answer, Outcome, Target, Verdict};

/// Who may frame the page, by its policies: all of them hold (CSP Level 3 §8.1).
fn frame_ancestors(page: &Answer) -> Vec<String> {
    let policies = page.all("content-security-policy").flat_map(|policy| policy.split([';', ',']));
    let found = policies.filter_map(|part| {
        let (name, value) = part.trim().split_once(' ').unwrap_or((part.trim(), ""));
        name.eq_ignore_ascii_case("frame-ancestors").then(|| value.trim().to_ascii_lowercase())
    });
    found.collect()
}

fn by_policy(page: &Answer) -> bool {
    frame_ancestors(page).iter().any(|allowed| allowed == "'none'" || allowed == "'self'")
}

/// Where the user types a password, and where she says yes.
async fn login_and_consent(target: &Target) -> Result<[Answer; 2], Verdict> {
    let login = target.login_page(&mut target.browser(), &target.request()).await?.0;
    let request = always_asked(target)?;
    let question = target.question(&mut target.browser(), &request, target.user()?).await?;
    Ok([login, question.page])
}

rule!(
    Check::server("R7.9", "login and consent cannot be framed")
        .must("RFC 9700 §4.16", "Both pages have X-Frame-Options DENY or SAMEORIGIN, or a policy with frame-ancestors. RFC 9700 §4.16: \"Authorization servers MUST prevent clickjacking attacks\".")
        .why("A click that was meant for a game can say yes to an attacker.")
        .run(|target| Box::pin(not_framed(target)))
);
async fn not_framed(target: Target) -> Outcome {
    for page in login_and_consent(&target).await? {
        let option = page.header("x-frame-options").unwrap_or_default().to_ascii_uppercase();
        let guarded = matches!(option.as_str(), "DENY" | "SAMEORIGIN") || by_policy(&page);
        page.must(guarded, "X-Frame-Options, or frame-ancestors in the policy")?;
    }
    Ok(())
}

rule!(
    Check::server("R7.9", "login and consent have frame-ancestors in their policy")
        .should(
            "RFC 9700 §4.16",
            "Both pages have a Content-Security-Policy with frame-ancestors 'none' or 'self'."
        )
        .why("X-Frame-Options looks at one frame; a policy looks at all frames around it.")
        .run(|target| Box::pin(policy(target)))
);
async fn policy(target: Target) -> Outcome {
    for page in login_and_consent(&target).await? {
        page.must(by_policy(&page), "frame-ancestors 'none' or 'self'")?;
    }
    Ok(())
}

rule!(
    Check::server("R7.9", "no page of the server can be framed, not even an error")
        .lab_rule("RFC 9700 §4.16", "Every page, those of 400, 401, 403, 404, 405 and 414 included, has X-Frame-Options: DENY and frame-ancestors 'none'.")
        .why("Which page is worth a frame is for the attacker to find out.")
        .run(|target| Box::pin(every_page_guarded(target)))
);
async fn every_page_guarded(target: Target) -> Outcome {
    let mut pages = every_page(&target).await?;
    pages.extend(login_and_consent(&target).await?);
    let mut known = target.browser();
    target.log_in(&mut known, target.user()?).await?;
    pages.push(known.get(target.url("/consent?ticket=made-up")).await?);
    let statuses: Vec<u16> = pages.iter().map(|page| page.status).collect();
    for status in [200, 400, 401, 403, 404, 405, 414] {
        pages[0]
            .must(statuses.contains(&status), format!("a page with {status} among {statuses:?}"))?;
    }
    for page in &pages {
        let options: Vec<&str> = page.all("x-frame-options").collect();
        page.must(options == ["DENY"], "X-Frame-Options: DENY, once")?;
        let none = frame_ancestors(page) == ["'none'"];
        page.must(none, "frame-ancestors 'none', once")?;
    }
    Ok(())
}
