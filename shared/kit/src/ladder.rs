//! Which versions there are, and what each can do: the folders in `versions/`, and `brings` in their `rung.toml`.

use std::collections::BTreeMap;
use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The folders by number: 3 is `v03-pkce`.
static FOLDERS: LazyLock<BTreeMap<u8, String>> = LazyLock::new(|| {
    let entries = fs::read_dir(workspace().join("versions")).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    names.filter_map(|name| Some((number(name.split_once('-')?.0)?, name))).collect()
});

/// The root of the workspace that this program was built from.
pub fn workspace() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// 3 of `v03`.
pub fn number(version: &str) -> Option<u8> {
    version.strip_prefix('v')?.parse().ok()
}

/// The folder of a version: `v03-pkce` for 3. Empty if there is none.
pub fn folder(version: u8) -> &'static str {
    FOLDERS.get(&version).map_or("", String::as_str)
}

/// All versions, from the first to the newest.
pub fn versions() -> RangeInclusive<u8> {
    1..=newest()
}

/// The newest version.
pub fn newest() -> u8 {
    FOLDERS.keys().next_back().copied().unwrap_or(1)
}

/// What a server and its client can do. Checks and attacks ask for this, never for the number of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Capability {
    /// A login, and a code for the client (RFC 6749 §4.1).
    AuthorizationCode,
    /// `state` ties the response to a browser (RFC 9700 §4.7).
    State,
    /// `code_challenge` (RFC 7636).
    Pkce,
    /// `POST /token` (RFC 6749 §3.2).
    TokenEndpoint,
    /// `GET /api/me`, and access tokens that are JWTs (RFC 6750, RFC 9068).
    ProtectedApi,
    /// Refresh tokens, rotated (RFC 6749 §6).
    Refresh,
    /// `scope` (RFC 6749 §3.3).
    Scopes,
    /// The user is asked before a client gets anything (RFC 6749 §3.1).
    Consent,
    /// What the server remembers is kept outside of it, under hashes, and may be shared.
    SharedStore,
    /// OpenID Connect. No version brings it yet.
    OpenIdConnect,
}

/// Which version brings what.
static BRINGS: LazyLock<BTreeMap<String, u8>> = LazyLock::new(|| {
    let mut brings = BTreeMap::new();
    for version in FOLDERS.keys() {
        let list = rung(*version).remove("brings");
        let names = list.and_then(|list| list.try_into::<Vec<String>>().ok()).unwrap_or_default();
        for name in names {
            brings.entry(name).or_insert(*version);
        }
    }
    brings
});

/// What a version says of itself: its `rung.toml`. Empty if there is none.
fn rung(version: u8) -> toml::Table {
    let path = workspace().join("versions").join(folder(version)).join("rung.toml");
    fs::read_to_string(path).unwrap_or_default().parse().unwrap_or_default()
}

/// How many requirements the catalogue has for a version: R1.1 to R1.13 for v01.
pub fn requirements(version: u8) -> u16 {
    let count = rung(version).get("requirements").and_then(toml::Value::as_integer);
    count.and_then(|count| count.try_into().ok()).unwrap_or(0)
}

impl Capability {
    /// All of them, in the order in which the ladder brings them.
    pub const ALL: [Capability; 10] = [
        Capability::AuthorizationCode,
        Capability::State,
        Capability::Pkce,
        Capability::TokenEndpoint,
        Capability::ProtectedApi,
        Capability::Refresh,
        Capability::Scopes,
        Capability::Consent,
        Capability::SharedStore,
        Capability::OpenIdConnect,
    ];

    /// What `brings` in a `rung.toml` calls it.
    pub fn name(self) -> &'static str {
        match self {
            Capability::AuthorizationCode => "authorization-code",
            Capability::State => "state",
            Capability::Pkce => "pkce",
            Capability::TokenEndpoint => "token-endpoint",
            Capability::ProtectedApi => "protected-api",
            Capability::Refresh => "refresh",
            Capability::Scopes => "scopes",
            Capability::Consent => "consent",
            Capability::SharedStore => "shared-store",
            Capability::OpenIdConnect => "openid-connect",
        }
    }

    /// The first version that has it: 4 for v04. One beyond all numbers if none has.
    pub fn first(self) -> u8 {
        BRINGS.get(self.name()).copied().unwrap_or(u8::MAX)
    }

    /// Does this version have it?
    pub fn is_in(self, version: u8) -> bool {
        self.first() <= version
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_up_to_the_newest_has_a_folder() {
        assert!(newest() >= Capability::Refresh.first());
        for version in versions() {
            assert!(folder(version).starts_with(&format!("v{version:02}-")), "{version}");
        }
        assert_eq!((folder(0), folder(newest() + 1)), ("", ""));
    }

    #[test]
    fn what_a_version_brings_has_a_name_here() {
        for name in BRINGS.keys() {
            assert!(Capability::ALL.iter().any(|capability| capability.name() == name), "{name}");
        }
        assert!(Capability::ALL.is_sorted_by_key(|capability| capability.first()));
        let refresh = Capability::Refresh;
        assert!(refresh.is_in(newest()) && !refresh.is_in(refresh.first() - 1));
    }
}
