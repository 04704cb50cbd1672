//! G12: what every page says about itself, whatever it shows.

use crate::server::g::policy::every_page;
use crate::server::support::must;
use crate::{Check, rule};
use kit::{Answer, Outcome, Target};

rule!(
    Check::server("G12", "no page tells its address on, and none is kept")
        .should("RFC 9700 §4.2.4, RFC 9111 §5.2.2.5", "Every page and every redirect of the server, errors too: a Referrer-Policy that tells no other site (same-origin, no-referrer) and Cache-Control: no-store.")
        .why("Its addresses hold codes and tickets, its pages names; the next site and the next user of the browser need neither.")
        .run(|target| Box::pin(server_pages(target)))
);
async fn server_pages(target: Target) -> Outcome {
    let mut pages = every_page(&target).await?;
    let mut browser = target.browser();
    pages.push(browser.get(target.request().url()).await?);
    pages.push(target.log_in(&mut browser, target.user()?).await?);
    pages.push(browser.get(target.request().url()).await?);
    pages.push(browser.get(target.request().without("response_type").url()).await?);
    for page in &pages {
        discreet(page)?;
    }
    must(pages.len() > 10, "GET of all pages", "a dozen answers", pages.len().to_string())
}

/// The page is told to nobody and kept by nobody.
fn discreet(page: &Answer) -> Outcome {
    page.must_tell_no_other_site()?;
    page.must(page.has_word("cache-control", "no-store"), "Cache-Control: no-store")?;
    Ok(())
}
