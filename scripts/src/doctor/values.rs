//! Each setting by itself: its name, and whether its value can be what it says.
//!
//! The processes refuse a bad value when they start (`shared/web/src/settings.rs`). Here all are found at once.

use crate::doctor::Finding;
use crate::settings::Settings;
use crate::suggest;

const YEAR: u64 = 365 * 24 * 60 * 60;

/// What a setting's value must be.
enum Form {
    Number(u64, u64),
    Url,
    RedirectUri,
    Secret,
    Text,
}

/// Every setting of the lab.
const SETTINGS: [(&str, Form); 16] = [
    ("AUTH_SERVER_PORT", Form::Number(1, 65_535)),
    ("CLIENT_APP_PORT", Form::Number(1, 65_535)),
    ("AUTH_SERVER_URL", Form::Url),
    ("CLIENT_APP_URL", Form::Url),
    ("CLIENT_ID", Form::Text),
    ("CLIENT_SECRET", Form::Text),
    ("REDIRECT_URI", Form::RedirectUri),
    ("LAB_TTL_CODE", Form::Number(1, 600)),
    ("LAB_TTL_ACCESS", Form::Number(1, YEAR)),
    ("LAB_TTL_REFRESH", Form::Number(1, YEAR)),
    ("LAB_TTL_REFRESH_IDLE", Form::Number(1, YEAR)),
    ("LAB_TTL_PENDING", Form::Number(1, 86_400)),
    ("LAB_TTL_STATE", Form::Number(1, 86_400)),
    ("LAB_MAX_ROWS", Form::Number(1, 10_000_000)),
    ("JWT_SECRET", Form::Secret),
    ("LAB_DEBUG", Form::Number(0, 1)),
];

/// Looks at every line of `.env` and at every value in force.
pub fn look(settings: &Settings) -> Vec<Finding> {
    let mut findings = Vec::new();
    for line in &settings.unreadable {
        findings.push(Finding::trouble(
            format!(".env line {line} is no setting."),
            "Write NAME=value, or # in front of a remark.",
        ));
    }
    let known: Vec<&str> = SETTINGS.iter().map(|(name, _)| *name).collect();
    for (index, entry) in settings.file.iter().enumerate() {
        let (line, name) = (entry.line, &entry.name);
        if !known.contains(&name.as_str()) {
            let meant = suggest::nearest(name, known.iter().copied());
            let cure = meant
                .map_or("Remove it, or see .env.example for the names.".into(), |meant| {
                    format!("Did you mean {meant}?")
                });
            findings.push(Finding::note(
                format!(".env line {line}: {name} is no setting of the lab."),
                cure,
            ));
        } else if settings.file[..index].iter().any(|before| before.name == *name) {
            findings.push(Finding::note(
                format!(".env line {line} sets {name} a second time."),
                "Keep one of the two lines.",
            ));
        } else if settings.environment.get(name).is_some_and(|value| *value != entry.value) {
            findings.push(Finding::note(
                format!("The environment sets {name}, so line {line} of .env does nothing."),
                format!("Unset {name} in this terminal if .env is meant."),
            ));
        }
    }
    for (name, form) in &SETTINGS {
        if let Some(value) = settings.get(name) {
            findings.extend(judge(name, value, form));
        }
    }
    findings
}

/// What is wrong with one value.
fn judge(name: &str, value: &str, form: &Form) -> Option<Finding> {
    let trouble = |cure: String| Some(Finding::trouble(format!("{name} is `{value}`."), cure));
    match form {
        Form::Text => None,
        Form::Number(least, most) => match value.parse::<u64>() {
            Ok(number) if (*least..=*most).contains(&number) => None,
            _ => trouble(format!("It must be a whole number from {least} to {most}.")),
        },
        Form::Url if is_origin(value) => None,
        Form::Url => trouble("It must look like http://localhost:5000: http, host, port, no slash at the end.".into()),
        Form::RedirectUri if is_redirect_uri(value) => None,
        Form::RedirectUri => {
            trouble("It must be an absolute http address without a fragment (RFC 6749 §3.1.2).".into())
        }
        Form::Secret => weakness(value).map(|why| {
            // The value is a secret: it is not printed.
            let cure = "Take at least 32 random bytes in base64url, or leave it out: the server then makes one at each start.";
            Finding::trouble(format!("{name} {why}."), cure)
        }),
    }
}

fn is_origin(url: &str) -> bool {
    let rest = url.strip_prefix("http://").filter(|rest| !rest.is_empty());
    rest.is_some_and(|rest| !rest.contains(['/', '?', '#', '@', ' ']))
}

fn is_redirect_uri(uri: &str) -> bool {
    let absolute = uri.starts_with("http://") || uri.starts_with("https://");
    absolute && !uri.contains('#') && !uri.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// Why a signing secret is weak (RFC 8725 §3.5), if it is.
fn weakness(secret: &str) -> Option<&'static str> {
    let Some(bytes) = base64url(secret.trim_end_matches('=')) else {
        return Some("is not base64url");
    };
    if bytes.len() < 32 {
        return Some("is shorter than 32 bytes (256 bits)");
    }
    bytes.iter().all(|byte| *byte == bytes[0]).then_some("is one byte, repeated")
}

/// Decodes base64url without padding (RFC 4648 §5).
fn base64url(text: &str) -> Option<Vec<u8>> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0u32, 0);
    for character in text.bytes() {
        let value = ALPHABET.iter().position(|known| *known == character)?;
        bits = (bits << 6 | value as u32) & 0xffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    (text.len() % 4 != 1).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Level;

    fn troubles(text: &str) -> Vec<String> {
        let findings =
            look(&Settings::parse(text)).into_iter().filter(|finding| finding.level != Level::Good);
        findings.map(|finding| format!("{} {}", finding.what, finding.cure)).collect()
    }

    #[test]
    fn good_settings_are_quiet() {
        let secret = "JWT_SECRET=MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY";
        let text = format!(
            "AUTH_SERVER_PORT=6000\nCLIENT_APP_URL=http://localhost:6001\nLAB_DEBUG=0\nCLIENT_ID=x\n{secret}\n"
        );
        assert_eq!(troubles(&text), [""; 0]);
        assert_eq!(troubles(""), [""; 0]);
    }

    #[test]
    fn each_mistake_is_named_with_its_cure() {
        for (text, wanted) in [
            ("AUTH_SERVER_PROT=1", "Did you mean AUTH_SERVER_PORT?"),
            ("hello", ".env line 1 is no setting."),
            ("LAB_DEBUG=1\nLAB_DEBUG=0", ".env line 2 sets LAB_DEBUG a second time."),
            (
                "CLIENT_APP_PORT=0",
                "CLIENT_APP_PORT is `0`. It must be a whole number from 1 to 65535.",
            ),
            ("LAB_TTL_CODE=601", "from 1 to 600"),
            ("LAB_DEBUG=yes", "from 0 to 1"),
            ("AUTH_SERVER_URL=http://localhost:5000/", "no slash at the end"),
            ("REDIRECT_URI=/callback", "absolute http address"),
            ("JWT_SECRET=secret", "is shorter than 32 bytes"),
            ("JWT_SECRET=not base64!", "is not base64url"),
            ("JWT_SECRET=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "is one byte, repeated"),
        ] {
            let found = troubles(text);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            assert!(found[0].contains(wanted), "{text}: {found:?}");
        }
        let secret = troubles("JWT_SECRET=hunter2secret");
        assert!(!secret[0].contains("hunter2"), "a secret is not printed: {secret:?}");
    }

    #[test]
    fn base64url_is_read_as_the_rfc_has_it() {
        assert_eq!(base64url("Zm9vYmE").as_deref(), Some(&b"fooba"[..]));
        assert_eq!(base64url("_-A").as_deref(), Some(&[0xff, 0xe0][..]));
        assert_eq!(base64url("a"), None);
        assert_eq!(base64url("a+"), None);
    }
}
