//! E5: the ticket that leads from the login back to the pending request.

use crate::check::Check;
use crate::check::Keyword;
use crate::check::Outcome;
use crate::check::Subject;
use crate::check::Verdict;
use crate::encoding::path;
use crate::encoding::random;
use crate::flow::AuthorizationRequest;
use crate::flow::credentials;
use crate::html::Form;
use crate::server::support::patiently;
use crate::target::Target;
use crate::target::outlive;

pub const CHECKS: &[Check] = &[
    Check {
        id: "E5",
        title: "a login without a pending request ends at /welcome",
        since: 1,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::LabRule,
        section: "lab rule",
        must: "A good password without ticket, or with one that nobody issued: a redirect to /welcome.",
        why: "The login works by itself; a made-up ticket leads nowhere.",
        run: |target| Box::pin(without_ticket(target)),
    },
    Check {
        id: "E5",
        title: "a ticket works once",
        since: 1,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::LabRule,
        section: "lab rule",
        must: "The same login form sent a second time: a redirect to /welcome, no second code.",
        why: "The back button must not mint codes.",
        run: |target| Box::pin(used_ticket(target)),
    },
    Check {
        id: "E5",
        title: "a ticket ends after its lifetime",
        since: 1,
        until: None,
        subject: Subject::Server,
        keyword: Keyword::LabRule,
        section: "lab rule",
        must: "A good password with a ticket that has expired: a redirect to /welcome, no code.",
        why: "A login page left open for a day should not finish a request that nobody remembers.",
        run: |target| Box::pin(patiently(move |seconds| expired_ticket(target.clone(), seconds))),
    },
];

async fn without_ticket(target: Target) -> Outcome {
    let user = target.user()?;
    let login = [
        ("username", user.username.clone()),
        ("password", user.password.clone()),
    ];
    for ticket in [
        None,
        Some(String::new()),
        Some(random()),
        Some("x".to_owned()),
    ] {
        let mut form = login.to_vec();
        form.extend(ticket.map(|ticket| ("ticket", ticket)));
        let answer = target.browser().post(&target.url("/login"), &form).await?;
        welcomed(&answer)?;
    }
    target.still_works().await
}

fn welcomed(answer: &crate::answer::Answer) -> Outcome {
    let location = answer.location().unwrap_or_default();
    let good = matches!(answer.status, 302 | 303)
        && path(&location) == "/welcome"
        && answer.location_param("code").is_none();
    answer.must(good, "a redirect to /welcome")?;
    Ok(())
}

/// A browser that stands before the login form of a request.
async fn at_the_form(
    target: &Target,
    request: &AuthorizationRequest,
) -> Result<(crate::browser::Browser, crate::answer::Answer, Form), Verdict> {
    let mut browser = target.browser();
    let (page, form) = target.login_page(&mut browser, request).await?;
    Ok((browser, page, form))
}

async fn used_ticket(target: Target) -> Outcome {
    let user = target.user()?;
    let request = target.request();
    let (mut browser, page, form) = at_the_form(&target, &request).await?;
    let mut other = browser.clone();
    let first = browser.submit(&page, &form, &credentials(user)).await?;
    target.walk_on(&mut browser, &request, first, None).await?;
    welcomed(&browser.submit(&page, &form, &credentials(user)).await?)?;
    welcomed(&other.submit(&page, &form, &credentials(user)).await?)
}

async fn expired_ticket(target: Target, seconds: u64) -> Outcome {
    let target = target.with_settings(&[("LAB_TTL_PENDING", &seconds.to_string())]).await?;
    let user = target.user()?;
    let (mut late, page, form) = at_the_form(&target, &target.request()).await?;
    target.still_works().await?;
    outlive(seconds).await;
    welcomed(&late.submit(&page, &form, &credentials(user)).await?)?;
    target.still_works().await
}
