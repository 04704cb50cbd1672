//! Whether a value is what its setting must be.

use crate::jwt_secret;
use crate::ports;
use crate::refusal::Wrong;
use crate::rule::Rule;
use crate::table::Setting;
use crate::url;

/// Who is registered at every server of the lab: two more clients, and the users. A client called like a user
/// could be taken for one (RFC 9068 §5).
const TAKEN: [&str; 4] = [
    "demo-other",
    "demo-public",
    "user0",
    "user1",
];

/// A redirect URI of `demo-other`.
const OTHER_REDIRECT_URI: &str = "http://127.0.0.1:5666/callback";

/// What the other redirect URI of `demo-other` ends with.
const OTHER_QUERY: &str = "/callback?from=other";

/// The longest text, in bytes. A client_id and a redirect URI must fit into one address three times as long.
const LONGEST: usize = 1024;

/// Judges one value.
///
/// # Errors
/// What is wrong with it.
pub fn judge(setting: &Setting, value: &str) -> Result<(), Wrong> {
    readable(value)?;
    match setting.rule {
        Rule::Port => port(setting, value),
        Rule::Number(least, most) => number(setting, value, least, most),
        Rule::Address => address(setting, value),
        Rule::RedirectUri => redirect_uri(value),
        Rule::ClientId => client_id(value),
        Rule::Secret if value.is_empty() => {
            Err(Wrong::new("is empty", format!("Set one, or remove it for {}.", setting.default)))
        }
        Rule::Secret => Ok(()),
        Rule::JwtSecret if value.is_empty() => {
            Err(Wrong::new("is empty", "Remove it: the server then makes one at each start."))
        }
        Rule::JwtSecret => jwt_secret::judge(value).map(drop),
        Rule::Store => store(value),
    }
}

/// What no value may be: it would be compared, sent or printed as something else than what one sees.
fn readable(value: &str) -> Result<(), Wrong> {
    let at = |c: char| format!("U+{:04X}", u32::from(c));
    if let Some(control) = value.chars().find(|c| c.is_control()) {
        return Err(Wrong::new(
            format!("has a control character in it ({})", at(control)),
            "Take it out.",
        ));
    }
    if let Some(hidden) = value.chars().find(|c| is_invisible(*c)) {
        return Err(Wrong::new(
            format!("has a character in it that nobody can see ({})", at(hidden)),
            "Take it out.",
        ));
    }
    if value.starts_with(char::is_whitespace) || value.ends_with(char::is_whitespace) {
        return Err(Wrong::new("begins or ends with a blank", "Take the blank away."));
    }
    if value.len() > LONGEST {
        return Err(Wrong::new(format!("is longer than {LONGEST} bytes"), "Make it shorter."));
    }
    Ok(())
}

/// Marks that turn the direction of text, join or separate letters, or stand for nothing at all.
fn is_invisible(character: char) -> bool {
    matches!(u32::from(character),
        0xad | 0x61c | 0x180e | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfeff | 0xfff9..=0xfffb | 0xe0000..=0xe007f)
}

fn port(setting: &Setting, value: &str) -> Result<(), Wrong> {
    ports::parse(value).map(drop).map_err(|why| {
        let cure = format!("Choose another one, or remove it for {}.", setting.default);
        Wrong::new(format!("is `{}`, which {why}", shortened(value)), cure)
    })
}

fn number(setting: &Setting, value: &str, least: u64, most: u64) -> Result<(), Wrong> {
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    match value.parse::<u64>() {
        Ok(number) if digits && (least..=most).contains(&number) => Ok(()),
        _ => Err(Wrong::new(
            format!("is `{}`", shortened(value)),
            format!(
                "It must be a whole number from {least} to {most}. Without it, {} holds.",
                setting.default
            ),
        )),
    }
}

fn address(setting: &Setting, value: &str) -> Result<(), Wrong> {
    let cure =
        format!("It must look like {}: http, host, port, no slash at the end.", setting.default);
    match url::split(value, &["http"]) {
        Ok(address) if address.rest.is_empty() => Ok(()),
        Ok(address) if address.rest == "/" => Err(Wrong::new("has a slash at the end", cure)),
        Ok(_) => Err(Wrong::new("goes on behind its host and port", cure)),
        Err(why) => Err(Wrong::new(why, cure)),
    }
}

fn redirect_uri(value: &str) -> Result<(), Wrong> {
    let cure = "It must be an absolute http address without a fragment (RFC 6749 §3.1.2), such as http://localhost:5001/callback.";
    let wrong = |what: String| Err(Wrong::new(what, cure));
    if value.contains('#') {
        return wrong("has a fragment (#)".into());
    }
    // RFC 3986 §2: browsers rewrite the others, and the server compares character by character.
    let good = |c: char| c.is_ascii_alphanumeric() || "-._~:/?[]@!$&'()*+,;=%".contains(c);
    if let Some(odd) = value.chars().find(|c| !good(*c)) {
        return wrong(format!("has `{}` in it, which no address has", odd.escape_debug()));
    }
    if let Err(why) = url::split(value, &["http", "https"]) {
        return wrong(why);
    }
    if value == OTHER_REDIRECT_URI || value.ends_with(OTHER_QUERY) {
        return Err(Wrong::new(
            "belongs to the client demo-other, which is registered at every server of the lab",
            "Choose another one, or remove it: it then follows CLIENT_APP_URL.",
        ));
    }
    Ok(())
}

fn client_id(value: &str) -> Result<(), Wrong> {
    match TAKEN.contains(&value) {
        true => Err(Wrong::new(
            format!("is `{value}`, and somebody else has that name at every server of the lab"),
            "Choose another one, or remove it for demo-client.",
        )),
        false => Ok(()),
    }
}

/// What comes behind the colon is judged by whoever opens it. It may hold a password, so nothing of it is shown.
fn store(value: &str) -> Result<(), Wrong> {
    let known = match value.split_once(':') {
        Some(("memory", rest)) => rest.is_empty(),
        Some(("file", path)) => !path.is_empty() && !path.starts_with("//"),
        Some(("redis" | "postgres" | "postgresql", rest)) => {
            rest.len() > 2 && rest.starts_with("//")
        }
        _ => false,
    };
    let cure = "Take memory:, file:PATH, redis://HOST:PORT or postgres://USER@HOST:PORT/DATABASE.";
    match known {
        true => Ok(()),
        false => Err(Wrong::new("names no store that this server knows", cure)),
    }
}

/// A value as it may be printed: what was typed, but not at any length.
fn shortened(value: &str) -> String {
    let cut: String = value.chars().take(40).collect();
    let dots = if cut.len() < value.len() { "…" } else { "" };
    format!("{}{dots}", cut.escape_debug())
}
