//! What this client asks for, and when: each page asks for what it needs, once somebody wants it (RFC 9700 §2.3).

use serde::Serialize;

/// What a page needs, and where the browser goes once it is there.
#[derive(Clone, Copy, Serialize)]
pub struct Purpose {
    pub scope: &'static str,
    pub back: &'static str,
}

impl Purpose {
    /// By its name in `/start?for=`. Any other name, and none, is the login itself.
    pub fn named(name: Option<&str>) -> Purpose {
        let (scope, back) = match name {
            Some("read") => ("profile notes:read", "/notes"),
            Some("write") => ("profile notes:read notes:write", "/notes"),
            Some("admin") => ("profile admin", "/users"),
            _ => ("profile", "/"),
        };
        Purpose { scope, back }
    }
}
