//! The secret that signs access tokens: whoever guesses it from one token signs tokens for everybody (RFC 8725 §3.5).

use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::GeneralPurpose;
use base64::engine::GeneralPurposeConfig;

use crate::refusal::Wrong;

/// base64url (RFC 4648 §5), with or without the padding that some tools write.
const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Secrets that are printed in documents, so everybody has them: RFC 7515 appendix A.1, RFC 7520 §3.5, and the
/// texts with which jwt.io's page begins.
const PUBLISHED: [&str; 5] = [
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
    "hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg",
    "a-string-secret-at-least-256-bits-long",
    "a-valid-string-secret-that-is-at-least-384-bits-long",
    "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
];

/// Decodes and judges the secret.
///
/// # Errors
/// Why it is weak. The secret itself is not shown.
pub fn judge(text: &str) -> Result<Vec<u8>, Wrong> {
    let bytes = BASE64URL.decode(text).map_err(|_| not_base64url(text))?;
    // Length first: what is too short is too short, whatever it says.
    if bytes.len() < 32 {
        return Err(wrong("is shorter than 32 bytes (256 bits) once it is decoded"));
    }
    if bytes.iter().all(|byte| *byte == bytes[0]) {
        return Err(wrong("is one byte, repeated"));
    }
    // Bytes are compared, not texts: padding must not make a published key look new.
    if PUBLISHED.iter().any(|known| is_known(known, &bytes)) {
        return Err(wrong("is printed in a public document"));
    }
    Ok(bytes)
}

/// Whether `bytes` are a published secret: its text decoded, or its text taken as the key itself.
fn is_known(known: &str, bytes: &[u8]) -> bool {
    known.as_bytes() == bytes || BASE64URL.decode(known).is_ok_and(|decoded| decoded == bytes)
}

fn not_base64url(text: &str) -> Wrong {
    let plain = text.contains(['+', '/']);
    let plain =
        plain && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
    match plain {
        true => Wrong::new("is base64 and not base64url", "Write - for each + and _ for each /."),
        false => wrong("is not base64url"),
    }
}

fn wrong(what: &str) -> Wrong {
    Wrong::new(
        what,
        "Take at least 32 random bytes in base64url, or leave it out: the server then makes one at each start.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(text: &str) -> String {
        judge(text).expect_err(text).what
    }

    fn encoded(bytes: &[u8]) -> String {
        base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    #[test]
    fn a_random_secret_is_decoded_with_and_without_padding() {
        let bytes: Vec<u8> = (100..132).collect();
        let text = encoded(&bytes);
        assert_eq!(judge(&text).as_ref(), Ok(&bytes));
        assert_eq!(judge(&format!("{text}=")).as_ref(), Ok(&bytes));
        assert!(judge(&format!("{text}====")).is_err());
        let mut nearly_one = [7; 32];
        nearly_one[31] = 8;
        assert!(judge(&encoded(&nearly_one)).is_ok());
    }

    #[test]
    fn short_and_repeated_ones_are_refused() {
        for text in [
            "hunter22",
            "",
            &encoded(b"only 31 bytes, one too few, so."),
        ] {
            assert!(why(text).contains("shorter than 32 bytes"), "{text}");
        }
        for bytes in [[0; 64], [7; 64], [255; 64]] {
            assert!(why(&encoded(&bytes)).contains("one byte, repeated"));
        }
        // 32 characters are 24 bytes.
        assert!(why("0123456789abcdef0123456789abcdef").contains("shorter than 32 bytes"));
    }

    #[test]
    fn other_alphabets_are_refused() {
        for text in ["secret", "not base64!", "hunter22é"] {
            assert!(why(text).contains("is not base64url"), "{text}");
        }
        assert!(
            why("hunter2 hunter2 hunter2 hunter2 hunter2 hunter2").contains("is not base64url")
        );
        let plain = why("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ+EstJQLr/T");
        assert!(plain.contains("base64 and not base64url"), "{plain}");
        // The last character holds bits that say nothing: two texts would mean one key.
        assert!(why("hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYh").contains("is not base64url"));
    }

    #[test]
    fn published_ones_are_refused_however_they_are_written() {
        for known in PUBLISHED {
            for text in [
                known.to_string(),
                format!("{known}="),
                format!("{known}=="),
                encoded(known.as_bytes()),
            ] {
                let error = judge(&text).expect_err(&text);
                assert!(!error.what.contains(&text) && !error.cure.contains(&text));
            }
        }
        let rfc = PUBLISHED[0];
        for text in [
            rfc.to_string(),
            format!("{rfc}="),
            format!("{rfc}=="),
            encoded(rfc.as_bytes()),
        ] {
            assert!(why(&text).contains("public document"), "{text}");
        }
        assert!(judge(&rfc.replace("AyM1", "AyM2")).is_ok());
    }
}
