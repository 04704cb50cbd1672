//! What a row is found by.

use std::fmt;

use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use base64::prelude::Engine;
use serde::Deserialize;
use serde::Serialize;
use sha2::Digest;
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// The SHA-256 of a secret. Whoever brings the secret finds the row; whoever reads the store learns no secret.
///
/// The secrets have 256 bits, so nobody finds one by trying (RFC 6819 §5.1.4.1.3). For a password that would not do.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key {
    name: String,
    /// It is never written anywhere: a key that was read from a row has none.
    #[serde(skip)]
    secret: Option<String>,
}

impl Key {
    /// A key that is no secret, and stands in the store as it is.
    pub fn readable(name: String) -> Key {
        Key { name, secret: None }
    }

    /// As the store knows it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it was made from, if it was made here.
    pub fn secret(&self) -> Option<&str> {
        self.secret.as_deref()
    }

    /// Whether it is the key of this secret.
    pub fn is_of(&self, secret: &str) -> bool {
        self.name.as_bytes().ct_eq(Key::from(secret).name.as_bytes()).into()
    }
}

impl From<&str> for Key {
    fn from(secret: &str) -> Key {
        Key {
            name: BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(secret)),
            secret: Some(secret.to_string()),
        }
    }
}

impl From<&String> for Key {
    fn from(secret: &String) -> Key {
        Key::from(secret.as_str())
    }
}

impl From<&Key> for Key {
    fn from(key: &Key) -> Key {
        key.clone()
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        self.name == other.name
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
