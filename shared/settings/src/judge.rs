//! Judges everything that is given: each value by itself, then all of them together.

use std::time::Duration;

use crate::given::Given;
use crate::jwt_secret;
use crate::refusal::Refusal;
use crate::refusal::Wrong;
use crate::rules;
use crate::settings::Settings;
use crate::table;
use crate::table::Setting;
use crate::url;

#[cfg(test)]
mod tests;

impl Given {
    /// The settings in force.
    ///
    /// # Errors
    /// Everything that is refused, the lines of `.env` first.
    pub fn settings(&self) -> Result<Settings, Vec<Refusal>> {
        let (settings, refusals) = self.judge();
        if refusals.is_empty() {
            Ok(settings)
        } else {
            Err(refusals)
        }
    }

    /// The settings, with the default in the place of what is refused, and everything that is refused.
    pub fn judge(&self) -> (Settings, Vec<Refusal>) {
        let mut judge = Judge {
            given: self,
            refusals: self.file.refusals.clone(),
        };
        let settings = judge.settings();
        judge.together(&settings);
        (settings, judge.refusals)
    }
}

struct Judge<'a> {
    given: &'a Given,
    refusals: Vec<Refusal>,
}

impl Judge<'_> {
    fn settings(&mut self) -> Settings {
        let auth_server_port = self.port("AUTH_SERVER_PORT");
        let client_app_port = self.port("CLIENT_APP_PORT");
        let auth_server_url = self.url("AUTH_SERVER_URL", auth_server_port);
        let client_app_url = self.url("CLIENT_APP_URL", client_app_port);
        let redirect_uri = self.text("REDIRECT_URI");
        Settings {
            auth_server_port,
            client_app_port,
            auth_server_url,
            client_app_origin: origin(&client_app_url),
            client_id: self.text_or_default("CLIENT_ID"),
            client_secret: self.text_or_default("CLIENT_SECRET"),
            redirect_uri: redirect_uri.unwrap_or_else(|| format!("{client_app_url}/callback")),
            client_app_url,
            ttl_code: self.seconds("LAB_TTL_CODE"),
            ttl_access: self.seconds("LAB_TTL_ACCESS"),
            ttl_refresh: self.seconds("LAB_TTL_REFRESH"),
            ttl_refresh_idle: self.seconds("LAB_TTL_REFRESH_IDLE"),
            ttl_pending: self.seconds("LAB_TTL_PENDING"),
            ttl_state: self.seconds("LAB_TTL_STATE"),
            max_rows: self.count("LAB_MAX_ROWS"),
            jwt_secret: self.text("JWT_SECRET").and_then(|text| jwt_secret::judge(&text).ok()),
            debug: self.number("LAB_DEBUG") == 1,
            timeout_header: self.seconds("LAB_TIMEOUT_HEADER"),
            timeout_body: self.seconds("LAB_TIMEOUT_BODY"),
            timeout_idle: self.seconds("LAB_TIMEOUT_IDLE"),
            max_connections: self.count("LAB_MAX_CONNECTIONS"),
            store: self.text_or_default("LAB_STORE"),
        }
    }

    /// What two settings cannot be at the same time.
    fn together(&mut self, settings: &Settings) {
        if settings.auth_server_port == settings.client_app_port {
            self.both(
                ["AUTH_SERVER_PORT", "CLIENT_APP_PORT"],
                format!("are the same: {}.", settings.auth_server_port),
                "Each process needs a port of its own.",
            );
        } else if origin(&settings.auth_server_url) == settings.client_app_origin {
            self.both(
                ["AUTH_SERVER_URL", "CLIENT_APP_URL"],
                "are the same address.".into(),
                "Leave both out: they follow the ports.",
            );
        }
    }

    /// Refuses a pair, unless one of the two is refused already: its default stands in its place then.
    fn both(&mut self, names: [&str; 2], what: String, cure: &str) {
        let refused =
            |name: &str| self.refusals.iter().any(|refusal| refusal.name.as_deref() == Some(name));
        if names.iter().any(|name| refused(name)) {
            return;
        }
        let place = |name: &str| match self.given.get(name) {
            Some((_, source)) => format!("{name} ({source})"),
            None => name.to_string(),
        };
        self.refusals.push(Refusal {
            name: Some(names[0].into()),
            what: format!("{} and {} {what}", place(names[0]), place(names[1])),
            cure: cure.into(),
        });
    }

    /// A value that is set and good.
    fn text(&mut self, name: &str) -> Option<String> {
        let setting = setting(name);
        let (value, source) = self.given.get(name)?;
        // An empty value counts as not set, but nobody empties a secret to get the one that everybody knows.
        if value == Some("") && !setting.rule.is_secret() {
            return None;
        }
        let judged = match value {
            Some(value) => rules::judge(setting, value).map(|()| value.to_string()),
            None => Err(Wrong::new("is not UTF-8", "Set it anew.")),
        };
        match judged {
            Ok(value) => Some(value),
            Err(wrong) => {
                self.refusals.push(Refusal {
                    name: Some(name.into()),
                    what: format!("{name} ({source}) {}.", wrong.what),
                    cure: wrong.cure,
                });
                None
            }
        }
    }

    fn text_or_default(&mut self, name: &str) -> String {
        self.text(name).unwrap_or_else(|| setting(name).default.into())
    }

    /// A number that its rule has found good, or the table's default, which a test reads.
    fn number(&mut self, name: &str) -> u64 {
        self.text_or_default(name).parse().unwrap_or_default()
    }

    fn port(&mut self, name: &str) -> u16 {
        self.number(name).try_into().unwrap_or_default()
    }

    fn count(&mut self, name: &str) -> usize {
        self.number(name).try_into().unwrap_or(usize::MAX)
    }

    fn seconds(&mut self, name: &str) -> Duration {
        Duration::from_secs(self.number(name))
    }

    fn url(&mut self, name: &str, port: u16) -> String {
        self.text(name).unwrap_or_else(|| format!("http://localhost:{port}"))
    }
}

fn setting(name: &str) -> &'static Setting {
    table::find(name).unwrap_or_else(|| panic!("{name} is not in the table of settings"))
}

/// The origin of an address that has been found good.
fn origin(address: &str) -> String {
    url::split(address, &["http"]).map_or_else(|_| address.into(), |address| address.origin())
}
