//! What a note shows of a value: as much as the log, and a fingerprint of what travels.

use axum::http::HeaderMap;
use axum::http::HeaderValue;
use axum::http::header::COOKIE;
use axum::http::header::SET_COOKIE;
use axum::http::header::WWW_AUTHENTICATE;
use picture::Item;
use serde_json::Value;

use super::size;
use crate::log;
use crate::log::params;
use crate::log::text;

/// So many items a message or a row has at most, and so many bytes they take.
const MOST: usize = 24;
pub(super) const ROOM: usize = 1536;

/// The parameters of a query or a form.
pub(super) fn parameters(query: &str, to: &mut Vec<Item>) {
    params::each(query, |name, value| push(to, named(name, value)));
}

/// The members of a JSON object; of what is in them only that it is there.
pub(super) fn members(json: &[u8], to: &mut Vec<Item>) {
    let Ok(Value::Object(members)) = serde_json::from_slice(json) else {
        return;
    };
    for (name, value) in members {
        match value {
            Value::String(text) => push(to, named(&name, &text)),
            Value::Object(_) | Value::Array(_) => push(to, named(&name, "{}")),
            other => push(to, plain(&params::name(&name), &other.to_string())),
        }
    }
}

/// The fields of a row, what is nested by its path.
pub(super) fn fields(row: &Value, to: &mut Vec<Item>) {
    for (name, value) in row.as_object().into_iter().flatten() {
        match value {
            Value::Object(inner) => {
                for (member, value) in inner {
                    push(to, field(&format!("{name}.{member}"), value));
                }
            }
            value => push(to, field(name, value)),
        }
    }
}

/// One field of a row.
fn field(name: &str, value: &Value) -> Item {
    let last = name.rsplit('.').next().unwrap_or(name);
    match value {
        Value::String(text) => {
            let (shown, prints) = params::field(last, text);
            with_print(name, shown, prints, text)
        }
        Value::Null => unset(name),
        Value::Array(list) => plain(name, &format!("a list of {}", list.len())),
        Value::Object(_) => plain(name, "{}"),
        other => plain(name, &other.to_string()),
    }
}

/// A field that holds nothing.
pub(super) fn unset(name: &str) -> Item {
    plain(name, "not set")
}

/// The key of a row: never itself, only what it is recognised by.
pub(super) fn key(key: &str) -> Item {
    with_print("", String::new(), true, key)
}

/// What an application shows to be let in.
pub(super) fn authorization(header: Option<&str>, to: &mut Vec<Item>) {
    let Some(header) = header else { return };
    let mut shown = String::new();
    log::push_authorization(&mut shown, Some(header));
    let shown = shown.replace('\u{a0}', " ").trim_start_matches(" Authorization: ").to_string();
    let token = header.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("Bearer"));
    let token = token.map_or("", |(_, token)| token.trim_start());
    push(to, with_print("Authorization", shown, !token.is_empty(), token));
}

/// Headers that belong to the story. Of a cookie only its name and its attributes.
pub(super) fn headers(headers: &HeaderMap, cookie: &str, to: &mut Vec<Item>) {
    let ours = |line: &str| {
        line.trim_start().strip_prefix(cookie).is_some_and(|rest| rest.starts_with('='))
    };
    let lines =
        |name| headers.get_all(name).iter().filter_map(|value: &HeaderValue| value.to_str().ok());
    if lines(COOKIE).flat_map(|line| line.split(';')).any(ours) {
        push(to, plain("Cookie", &format!("{cookie}=…")));
    }
    for line in lines(SET_COOKIE).filter(|line| ours(line)) {
        let attributes = line.split_once(';').map_or("", |(_, attributes)| attributes);
        push(to, plain("Set-Cookie", &format!("{cookie}=…;{attributes}")));
    }
    for line in lines(WWW_AUTHENTICATE) {
        push(to, plain("WWW-Authenticate", line));
    }
}

fn named(name: &str, value: &str) -> Item {
    let (shown, prints) = params::shown(name, value);
    with_print(&params::name(name), shown, prints, value)
}

fn plain(name: &str, shown: &str) -> Item {
    let mut clean = String::new();
    text::push_cut(&mut clean, shown, 120);
    with_print(name, clean, false, "")
}

fn with_print(name: &str, shown: String, prints: bool, value: &str) -> Item {
    Item {
        name: name.to_string(),
        shown,
        print: prints.then(|| picture::print(value)),
    }
}

/// Adds what there is room for.
fn push(to: &mut Vec<Item>, item: Item) {
    if to.len() < MOST && size::of(to) + size::of(&item) <= ROOM {
        to.push(item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_and_no_whole_secret_is_noted() {
        let mut items = Vec::new();
        let secret = "abcdefghijklmnopqrstuvwxyz0123456789";
        parameters(
            &format!(
                "username=user0&password={secret}&client_secret={secret}&state={secret}&x={secret}&{secret}"
            ),
            &mut items,
        );
        authorization(Some(&format!("Bearer {secret}")), &mut items);
        members(
            format!("{{\"access_token\":\"{secret}\",\"expires_in\":1800,\"sub\":{{\"a\":1}}}}")
                .as_bytes(),
            &mut items,
        );
        fields(
            &serde_json::json!({ "browser": secret, "used": false, "code_challenge": null, "password": secret, "answer": { "code": secret } }),
            &mut items,
        );
        items.push(key(secret));
        let shown = format!("{items:?}");
        assert!(!shown.contains(&secret[..8]), "{shown}");
        let print = |name: &str| items.iter().find(|item| item.name == name).unwrap().print.clone();
        for name in [
            "password",
            "client_secret",
            "username",
            "expires_in",
            "used",
        ] {
            assert_eq!(print(name), None, "{name}");
        }
        for name in [
            "state",
            "Authorization",
            "access_token",
            "answer.code",
            "",
        ] {
            assert_eq!(print(name), Some(picture::print(secret)), "{name}");
        }
    }

    #[test]
    fn of_a_cookie_only_its_attributes_are_noted() {
        let mut map = HeaderMap::new();
        map.append(COOKIE, HeaderValue::from_static("other=1; lab_as=secret"));
        map.append(SET_COOKIE, HeaderValue::from_static("lab_as=secret; HttpOnly"));
        let mut items = Vec::new();
        headers(&map, "lab_as", &mut items);
        let shown: Vec<_> =
            items.iter().map(|item| format!("{}: {}", item.name, item.shown)).collect();
        assert_eq!(
            shown,
            [
                "Cookie: lab_as=…",
                "Set-Cookie: lab_as=…; HttpOnly"
            ]
        );
    }

    #[test]
    fn the_number_of_items_has_a_bound() {
        let mut items = Vec::new();
        parameters(&"a=1&".repeat(1000), &mut items);
        assert_eq!(items.len(), MOST);
    }

    #[test]
    fn the_bytes_of_the_items_have_a_bound_and_what_is_small_still_fits() {
        // A letter of four bytes, and what JSON writes as two.
        for letter in ["𠀀", "\"", "x"] {
            let long = letter.repeat(10_000);
            let long =
                percent_encoding::utf8_percent_encode(&long, percent_encoding::NON_ALPHANUMERIC);
            let long = long.to_string();
            let query: String = (0..20).map(|nth| format!("&error={nth}{long}")).collect();
            let json = serde_json::json!({ long.clone(): 1, "error": long, "scope": [long] });
            for many in [query + "&iss=1", json.to_string()] {
                let mut items = Vec::new();
                parameters(&many, &mut items);
                members(many.as_bytes(), &mut items);
                let size = size::of(&items);
                assert!((200..=ROOM).contains(&size), "{size}");
                assert!(items.iter().all(|item| item.shown.chars().count() <= 121), "{letter}");
                assert!(items.iter().all(|item| item.name.chars().count() <= 41), "{letter}");
            }
        }
    }

    #[test]
    fn what_another_process_says_can_be_printed() {
        let (mut items, sent) = (Vec::new(), "\u{1b}[31m\u{202e}x");
        members(format!("{{{:?}:1,\"user_id\":{0:?}}}", "a\nb").as_bytes(), &mut items);
        members(serde_json::json!({ sent: true, "iss": sent }).to_string().as_bytes(), &mut items);
        fields(&serde_json::json!({ "user_id": sent, "created_at": sent }), &mut items);
        for text in items.iter().flat_map(|item| [&item.name, &item.shown]) {
            assert!(!text.contains(['\u{1b}', '\u{202e}', '\n']), "{text:?}");
        }
        assert_eq!(items.len(), 6);
    }
}
