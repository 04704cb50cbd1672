//! What the value of a setting must be.

/// What a setting's value must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// A port that browsers open.
    Port,
    /// A whole number from the first to the second.
    Number(u64, u64),
    /// `http`, host, port, and nothing behind it.
    Address,
    /// An absolute address without a fragment (RFC 6749 §3.1.2).
    RedirectUri,
    /// A name that nobody else has at the server.
    ClientId,
    /// A text that is not shown.
    Secret,
    /// At least 32 random bytes in base64url. Not shown either.
    JwtSecret,
    /// Where the server keeps what it remembers. An address may hold a password, so it is not shown either.
    Store,
}

impl Rule {
    /// Whether the value must not be shown.
    pub fn is_secret(self) -> bool {
        matches!(self, Rule::Secret | Rule::JwtSecret | Rule::Store)
    }
}
