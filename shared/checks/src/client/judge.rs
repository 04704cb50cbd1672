//! What several client checks ask of a page.

use kit::encoding::host;
use kit::html::tags;
use kit::play::Reply;
use kit::{Answer, Browser, Outcome, Verdict};

/// Markup that a check smuggles in as a value. If it comes alive, [`no_markup`] sees it.
pub const MARKUP: &str = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&";

/// No tag of the page came out of a value: no script, no event handler (G7).
///
/// # Errors
/// The page has one.
pub fn no_markup(page: &Answer) -> Outcome {
    let alive = tags(&page.body).into_iter().find(|tag| {
        tag.name == "script" || tag.attributes.iter().any(|attribute| attribute.0.starts_with("on"))
    });
    let found = alive.map(|tag| tag.name);
    page.must(found.is_none(), "a page on which smuggled markup stays text")?;
    Ok(())
}

/// Adds to a failure what the played server had answered.
pub fn while_playing(verdict: Verdict, path: &str, reply: &Reply) -> Verdict {
    match verdict {
        Verdict::Failed { sent, wanted, got } => {
            let sent = format!("{sent}\n(the played {path} answered: {reply})");
            Verdict::Failed { sent, wanted, got }
        }
        skipped @ Verdict::Skipped { .. } => skipped,
    }
}

/// The cookies of one host, as `name=value`, sorted.
pub fn cookies_of(browser: &Browser, url: &str) -> Vec<(String, String)> {
    let host = host(url);
    let mut cookies = browser
        .cookies()
        .iter()
        .filter(|cookie| cookie.host == host)
        .map(|cookie| (cookie.name.clone(), cookie.value.clone()))
        .collect::<Vec<_>>();
    cookies.sort();
    cookies
}

/// Puts the cookies of other tabs into one jar, as a browser does.
pub fn share_cookies(browser: &mut Browser, tabs: &[Browser]) {
    for tab in tabs {
        for cookie in tab.cookies() {
            browser.plant(&cookie.host, &cookie.name, &cookie.value);
        }
    }
}
