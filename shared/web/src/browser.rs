//! Which browser is this? A random key in its session tells, even before anyone logs in.

use crate::Session;
use crate::random_token;

/// The browser that sent a request, as far as its session tells.
#[derive(Clone, Debug, Default)]
pub struct Browser {
    key: Option<String>,
    before: Option<String>,
}

impl Browser {
    /// Whether this key stands for this browser now.
    pub fn is(&self, key: &str) -> bool {
        self.key.as_deref() == Some(key)
    }

    /// Whether this key stood for this browser until its last login, and no longer does.
    pub fn was(&self, key: &str) -> bool {
        self.before.as_deref() == Some(key) && !self.is(key)
    }

    /// The key; empty if the browser has no session.
    pub fn key(&self) -> &str {
        self.key.as_deref().unwrap_or_default()
    }
}

impl Session {
    /// The browser that sent this request.
    pub async fn browser(&self) -> Browser {
        Browser {
            key: self.get("browser").await,
            before: self.get("browser_before").await,
        }
    }

    /// The key that stands for this browser. A browser without a session gets both.
    ///
    /// It is set anew each time, because a session without a login lives only for a while after it was last set.
    pub async fn browser_key(&self) -> String {
        let key = self.get("browser").await.unwrap_or_else(random_token);
        self.set("browser", &key).await;
        key
    }

    /// A new session id and a new key: whoever planted or saw the old ones is left with nothing.
    ///
    /// For ten seconds, a request that is already under way with the old id still finds the old key.
    pub async fn enter(&self, key: &str) {
        let before = self.get("browser").await.unwrap_or_default();
        self.renew_with_grace().await;
        self.set("browser_before", &before).await;
        self.set("browser", key).await;
        self.set("login", "1").await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_its_key_and_was_the_one_before() {
        let browser = Browser {
            key: Some("new".to_string()),
            before: Some("old".to_string()),
        };
        assert!(browser.is("new") && !browser.is("old") && !browser.is("ne") && !browser.is(""));
        assert!(browser.was("old") && !browser.was("new") && !browser.was("other"));
        let nobody = Browser::default();
        assert!(!nobody.is("") && !nobody.was(""));
    }
}
