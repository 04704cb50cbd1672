//! The honest flow: what a user sees when nobody attacks, from the client's home page to the end of the version.

use crate::answer::Answer;
use crate::encoding::{origin, path, resolve};
use crate::html::forms;
use crate::ladder::Capability;
use crate::target::Target;
use crate::verdict::{Outcome, Verdict};

/// A user starts at the real client, logs in at the real server and comes back; from v05 on the client then asks the
/// API, from v06 on it refreshes as well.
///
/// # Errors
/// The flow ends elsewhere. Skipped when no client runs.
pub async fn honest_flow(target: &Target) -> Outcome {
    let client = target.client.as_deref().ok_or_else(|| Verdict::skipped("a running client"))?;
    let mut browser = target.browser();
    browser.get(format!("{client}/")).await?.must_be_page(200)?;
    let walk = target.path().also_inside(client).with(Some(target.user()?));
    let end = walk.open(&mut browser, &format!("{client}/start")).await?;
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

/// Does the page offer a way out? From v04 on the client's home page has a form to `/logout` while, and only while,
/// somebody is logged in.
pub fn offers_logout(page: &Answer) -> bool {
    let leads = |action: &str| path(&resolve(&page.request.url, action)) == "/logout";
    forms(&page.body).iter().any(|form| form.method == "POST" && leads(&form.action))
}
