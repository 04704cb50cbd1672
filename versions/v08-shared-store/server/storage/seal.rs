//! Rows that only their own key opens: what a row must give back, and nobody may read in the store.

use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use base64::prelude::Engine;
use chacha20poly1305::AeadCore;
use chacha20poly1305::ChaCha20Poly1305;
use chacha20poly1305::KeyInit;
use chacha20poly1305::aead::Aead;
use chacha20poly1305::aead::OsRng;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::json;
use sha2::Digest;
use sha2::Sha256;

use super::key::Key;

/// The bytes of a nonce (RFC 8439 §2.3). It is random: one key seals a handful of rows.
const NONCE: usize = 12;

/// Encrypts a row under what its key was made from. `None` if nobody has that here.
pub fn seal(key: &Key, row: &impl Serialize) -> Option<Value> {
    let nonce = ChaCha20Poly1305::generate_nonce(&mut OsRng);
    let row = serde_json::to_vec(row).ok()?;
    let sealed = cipher(key)?.encrypt(&nonce, &*row).ok()?;
    let both = [&nonce[..], &sealed].concat();
    Some(json!({ "sealed": BASE64_URL_SAFE_NO_PAD.encode(both) }))
}

/// The row again. `None` if it was sealed under another key, or changed.
pub fn open<V: DeserializeOwned>(key: &Key, sealed: &Value) -> Option<V> {
    let both = BASE64_URL_SAFE_NO_PAD.decode(sealed["sealed"].as_str()?).ok()?;
    let (nonce, sealed) = both.split_at_checked(NONCE)?;
    let row = cipher(key)?.decrypt(nonce.into(), sealed).ok()?;
    serde_json::from_slice(&row).ok()
}

/// The store knows the SHA-256 of the secret itself, so the key that seals is made another way.
fn cipher(key: &Key) -> Option<ChaCha20Poly1305> {
    let secret = key.secret()?;
    Some(ChaCha20Poly1305::new(&Sha256::new_with_prefix("seal ").chain_update(secret).finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_key_opens_a_row_and_only_as_it_was() {
        let (key, row) = (Key::from("ticket"), json!({ "state": "secret" }));
        let sealed = seal(&key, &row).unwrap();
        assert!(!sealed.to_string().contains("secret"));
        assert_eq!(open(&key, &sealed), Some(row.clone()));
        assert_ne!(seal(&key, &row), Some(sealed.clone()), "never sealed twice alike");
        assert_eq!(open::<Value>(&Key::from("ticke"), &sealed), None);
        // What the store knows is not enough.
        assert_eq!(open::<Value>(&Key::from(key.name()), &sealed), None);
        assert_eq!(open::<Value>(&Key::readable(key.name().to_string()), &sealed), None);
        let text = sealed["sealed"].as_str().unwrap();
        let bent = text.replacen(&text[20..21], if &text[20..21] == "A" { "B" } else { "A" }, 1);
        for wrong in [
            bent.as_str(),
            "",
            "AAAA",
            &text[..text.len() - 4],
        ] {
            assert_eq!(open::<Value>(&key, &json!({ "sealed": wrong })), None);
        }
    }
}
