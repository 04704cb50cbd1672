//! What must hold of every page, whatever it says.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use crate::devtools;
use crate::person::Person;

/// The narrowest that WCAG asks a page to fit (1.4.10), a phone, and a desk.
pub const WIDTHS: [u32; 3] = [320, 360, 1280];

/// What sticks out of the page on the right.
const TOO_WIDE: &str = "
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const out = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > width + .5);
    return out.slice(0, 5).map(e => e.outerHTML.slice(0, 160)).concat('scrolls to ' + document.documentElement.scrollWidth);";

/// Every rule of axe-core, the best practices included; each violation as one line.
const AXE: &str = "
    return axe.run(document, { resultTypes: ['violations'] }).then(found => found.violations.map(fault =>
        fault.id + ': ' + fault.help + fault.nodes.slice(0, 3).map(node =>
            '\\n      ' + node.html.slice(0, 200) + '\\n      ' + (node.any[0] || node.all[0] || node.none[0] || {}).message
        ).join('')));";

/// The page without what differs each time: numbers, and random values.
const MARKUP: &str = r"
    return document.documentElement.outerHTML.replace(/[A-Za-z0-9_-]{43}|…[A-Za-z0-9_-]{6}…|\d+/g, '0')";

/// Pages that axe-core has seen: many are the same in every version.
static SEEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// The text of axe-core, if `LAB_AXE` says where it is.
///
/// # Errors
/// The file cannot be read.
pub fn axe() -> Result<Option<String>, String> {
    let Some(path) = std::env::var_os("LAB_AXE").filter(|path| !path.is_empty()) else {
        return Ok(None);
    };
    let path = PathBuf::from(path);
    let text = std::fs::read_to_string(&path);
    text.map(Some).map_err(|trouble| format!("LAB_AXE: {}: {trouble}", path.display()))
}

impl Person {
    /// What is wrong with the page on the screen, one line each.
    ///
    /// # Errors
    /// What chromedriver said.
    pub async fn faults(&self, axe: Option<&str>) -> Result<Vec<String>, String> {
        let mut faults = Vec::new();
        for width in WIDTHS {
            devtools::resize(&self.client, width, 800).await?;
            let wide = lines(&self.ask(TOO_WIDE, vec![]).await?);
            faults.extend(wide.map(|line| format!("at {width} pixels, sticks out: {line}")));
        }
        // A title and a language, one main heading: what a screen reader says first.
        let script = "return [document.title, document.documentElement.lang, document.querySelectorAll('h1').length]";
        let head = self.ask(script, vec![]).await?;
        if head[0].as_str().is_none_or(|title| !title.starts_with("[v")) || head[2] != 1 {
            faults.push(format!("title, language, headings: {head}"));
        }
        if let Some(axe) = axe
            && self.is_news().await?
        {
            // Once is enough: nothing has another colour or another name on a desk.
            devtools::resize(&self.client, 360, 800).await?;
            self.ask(axe, vec![]).await?;
            let found = self.ask(AXE, vec![]).await?;
            faults.extend(lines(&found).map(|line| format!("axe-core: {line}")));
        }
        Ok(faults)
    }

    /// Is this a page that axe-core has not seen yet?
    async fn is_news(&self) -> Result<bool, String> {
        let markup = self.ask(MARKUP, vec![]).await?.to_string();
        Ok(SEEN.lock().unwrap_or_else(PoisonError::into_inner).insert(markup))
    }

    /// What the console shows that it should not: errors, and things that could not be loaded.
    ///
    /// # Errors
    /// What chromedriver said.
    pub async fn complaints(&self) -> Result<Vec<String>, String> {
        let entries = devtools::console(&self.client).await?;
        let message = |entry: &Value| entry["message"].as_str().unwrap_or_default().to_owned();
        let is_loud = |entry: &&Value| entry["level"] == "SEVERE" || entry["level"] == "WARNING";
        let loud = entries.iter().filter(is_loud).map(message);
        Ok(loud.filter(|message| !is_a_refused_page(message)).collect())
    }

    /// The page's width on the screen.
    ///
    /// # Errors
    /// What chromedriver said.
    pub async fn resizes(&self, width: u32, height: u32) -> Result<(), String> {
        devtools::resize(&self.client, width, height).await
    }
}

/// A page that is an error page is told to the console like a picture that is missing. What a page asks for beside
/// itself is `/style.css` and whatever a later page needs: those are never to fail.
fn is_a_refused_page(message: &str) -> bool {
    let Some((url, _)) =
        message.split_once(" - Failed to load resource: the server responded with")
    else {
        return false;
    };
    let path = url.splitn(4, '/').nth(3).unwrap_or_default();
    let path = path.split('?').next().unwrap_or_default();
    !path.contains('.')
}

fn lines(found: &Value) -> impl Iterator<Item = String> + use<> {
    let lines = found.as_array().cloned().unwrap_or_else(|| vec![json!(found.to_string())]);
    lines.into_iter().map(|line| line.as_str().unwrap_or_default().to_owned())
}

#[test]
fn only_pages_may_be_refused() {
    let refused =
        " - Failed to load resource: the server responded with a status of 400 (Bad Request)";
    for page in ["callback?code=1.2", "", "nowhere"] {
        assert!(is_a_refused_page(&format!("http://localhost:1/{page}{refused}")));
    }
    assert!(!is_a_refused_page(&format!("http://localhost:1/style.css{refused}")));
    assert!(!is_a_refused_page("http://localhost:1/ 12:3 Uncaught ReferenceError"));
}
