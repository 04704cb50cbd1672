//! Names that are not ours: `host-header-poisoning` and `dns-rebinding-debug`.

/// The attacker's name.
pub(crate) const EVIL: &str = "evil.test";
