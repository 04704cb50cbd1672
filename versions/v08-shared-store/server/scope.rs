//! Scopes: what a client may ask for, and what a token may do (RFC 6749 §3.3).

use std::fmt;

use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde::Serializer;

use crate::params::Params;
use crate::store::Client;

/// Every scope of this server, and what it means to the person who is asked for it.
const SCOPES: [(&str, &str); 4] = [
    ("profile", "See who you are."),
    ("notes:read", "Read your notes."),
    ("notes:write", "Write notes in your name. The oldest make room for them."),
    ("admin", "List all users, if you may do so yourself."),
];

/// What a client gets that names no scope (RFC 6749 §3.3).
const DEFAULT: &str = "profile";

/// A set of known scopes. In which order they came, and how often, means nothing (RFC 6749 §3.3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope(Vec<&'static str>);

impl Scope {
    /// Reads names with one space between them. The error is a sentence for `invalid_scope`.
    pub fn parse(text: &str) -> Result<Scope, &'static str> {
        let names: Vec<&str> = text.split(' ').collect();
        if !names.iter().all(|name| is_scope_token(name)) {
            return Err("scope is not a list of names with one space between them.");
        }
        let known = SCOPES.iter().map(|(name, _)| *name);
        if names.iter().any(|name| !known.clone().any(|known| known == *name)) {
            return Err("scope has a name that this server does not know.");
        }
        Ok(Scope(known.filter(|known| names.contains(known)).collect()))
    }

    /// What the client asks for in this request. It must be registered for that.
    pub fn asked(params: &Params, client: &Client) -> Result<Scope, &'static str> {
        let scope = Scope::parse(params.get("scope").unwrap_or(DEFAULT))?;
        match scope.is_within(&client.allowed_scopes) {
            true => Ok(scope),
            false => Err("scope has a name that is not registered for this client."),
        }
    }

    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().copied()
    }

    pub fn contains(&self, name: &str) -> bool {
        self.0.contains(&name)
    }

    pub fn is_within(&self, other: &Scope) -> bool {
        self.names().all(|name| other.contains(name))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those of its names that are wanted.
    pub fn only(&self, wanted: impl Fn(&str) -> bool) -> Scope {
        Scope(self.names().filter(|name| wanted(name)).collect())
    }

    /// Each name, with the sentence for the person who is asked.
    pub fn explained(&self) -> Vec<(&'static str, &'static str)> {
        SCOPES.into_iter().filter(|(name, _)| self.contains(name)).collect()
    }
}

/// `scope-token` of RFC 6749 §3.3: printable, without space, quote and backslash.
fn is_scope_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\')
}

impl fmt::Display for Scope {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0.join(" "))
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Scope, D::Error> {
        // A name that has been taken from the list since is a power that nobody has any more.
        let text = String::deserialize(deserializer)?;
        let names = SCOPES.iter().map(|(name, _)| *name);
        Ok(Scope(names.filter(|name| text.split(' ').any(|kept| kept == *name)).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_repeats_mean_nothing() {
        let scope = Scope::parse("notes:read profile notes:read").unwrap();
        assert_eq!(scope, Scope::parse("profile notes:read").unwrap());
        assert_eq!(scope.to_string(), "profile notes:read");
    }

    #[test]
    fn near_misses_are_no_scopes() {
        for text in [
            "",
            " ",
            "profile ",
            " profile",
            "profile  notes:read",
            "profile\tadmin",
            "a\"b",
            "a\\b",
        ] {
            assert!(Scope::parse(text).unwrap_err().contains("one space"), "{text:?}");
        }
        for text in [
            "Profile",
            "profil",
            "profiles",
            "notes",
            "notes:",
            "notes:read:all",
            "profile,admin",
        ] {
            assert!(Scope::parse(text).unwrap_err().contains("know"), "{text:?}");
        }
    }

    #[test]
    fn a_set_is_within_another_or_not() {
        let scope = |text| Scope::parse(text).unwrap();
        assert!(scope("notes:read").is_within(&scope("profile notes:read")));
        assert!(!scope("profile admin").is_within(&scope("profile notes:read")));
        assert!(Scope::default().is_within(&Scope::default()));
        assert_eq!(scope("profile admin").only(|name| name != "admin"), scope("profile"));
    }
}
