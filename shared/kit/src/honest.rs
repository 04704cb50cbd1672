//! The honest flow: what a user sees when nobody attacks, from the client's home page to the end of the version.

use crate::answer::Answer;
use crate::browser::Browser;
use crate::encoding::{origin, path, resolve};
use crate::flow::credentials;
use crate::html::{forms, login_form};
use crate::ladder::Capability;
use crate::target::Target;
use crate::verdict::{Outcome, Verdict};

/// More steps than this from `/start` to the end are a loop.
const MOST_STEPS: usize = 12;

/// A user starts at the real client, logs in at the real server and comes back; from v05 on the client then asks the
/// API, from v06 on it refreshes as well.
///
/// # Errors
/// The flow ends elsewhere. Skipped when no client runs.
pub async fn honest_flow(target: &Target) -> Outcome {
    let client = target.client.as_deref().ok_or_else(|| Verdict::skipped("a running client"))?;
    let mut browser = target.browser();
    browser.get(format!("{client}/")).await?.must_be_page(200)?;
    let end = walk(target, client, &mut browser).await?;
    end.must_be_page(200)?;
    end.must(origin(&end.request.url) == origin(client), "a page of the client at the end")?;
    if target.has(Capability::TokenEndpoint) {
        end.must(end.body.contains("access_token"), "a page that shows the token response")?;
    }
    if target.has(Capability::ProtectedApi) {
        browser.get(format!("{client}/profile")).await?.must_be_page(200)?;
    }
    if target.has(Capability::Refresh) {
        let none: [(&str, &str); 0] = [];
        browser.post(&format!("{client}/refresh"), &none).await?.must_be(303)?;
        browser.get(format!("{client}/profile")).await?.must_be_page(200)?;
    }
    Ok(())
}

/// From `/start` along every redirect, through the login form, to the page at the end.
async fn walk(target: &Target, client: &str, browser: &mut Browser) -> Result<Answer, Verdict> {
    let mut user = Some(target.user()?);
    let mut answer = browser.get(format!("{client}/start")).await?;
    for _ in 0..MOST_STEPS {
        if let Some(location) = answer.location().filter(|_| (300..400).contains(&answer.status)) {
            answer = browser.get(location).await?;
            continue;
        }
        match login_form(&answer.body).and_then(|form| Some((form, user.take()?))) {
            Some((form, user)) => {
                answer = browser.submit(&answer, &form, &credentials(user)).await?;
            }
            None => return Ok(answer),
        }
    }
    Err(answer.fail(format!("an end after at most {MOST_STEPS} steps")))
}

/// Does the page offer a way out? From v04 on the client's home page has a form to `/logout` while, and only while,
/// somebody is logged in.
pub fn offers_logout(page: &Answer) -> bool {
    let leads = |action: &str| path(&resolve(&page.request.url, action)) == "/logout";
    forms(&page.body).iter().any(|form| form.method == "POST" && leads(&form.action))
}
