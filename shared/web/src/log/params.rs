//! The parameters of a query or a form, as the log shows them: `name=value`, secrets shortened.

use super::flow::Values;
use super::text;

/// How the value of a parameter is shown.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// It is no secret.
    Plain,
    /// It may be one: shortened.
    Known,
    /// Not even its beginning is shown.
    Hidden,
    /// Nobody knows what it is: shortened.
    Unknown,
}

impl Kind {
    fn of(name: &str) -> Kind {
        match name {
            "response_type"
            | "client_id"
            | "redirect_uri"
            | "code_challenge_method"
            | "error"
            | "error_description"
            | "grant_type"
            | "scope"
            | "resource"
            | "token_type"
            | "token_type_hint"
            | "expires_in"
            | "expires_at"
            | "format"
            | "from"
            | "iss"
            | "sub"
            | "username"
            | "name"
            | "user_id"
            | "prompt" => Kind::Plain,
            "state" | "code" | "ticket" | "code_challenge" | "code_verifier" | "access_token"
            | "refresh_token" | "id_token" | "nonce" => Kind::Known,
            "password" | "client_secret" | "client_assertion" => Kind::Hidden,
            _ => Kind::Unknown,
        }
    }
}

/// So many parameters are shown, and of a plain value so many characters.
const SHOWN: usize = 12;
const LONGEST: usize = 100;

/// So many parameters are looked at for one that leads to the flow.
const LOOKED_AT: usize = 32;

/// Appends every parameter, each with a blank before it.
pub(crate) fn push_all(line: &mut String, query: &str) {
    let mut pairs = split(query);
    for (name, value) in pairs.by_ref().take(SHOWN) {
        line.push(' ');
        match value {
            Some(value) => push(line, &text::decode(name), &text::decode(value)),
            // A value without a name, perhaps.
            None if !is_known(name) => text::push_short(line, name),
            None => line.push_str(name),
        }
    }
    let rest = pairs.count();
    if rest > 0 {
        line.push_str(&format!(" and {rest} more"));
    }
}

/// Appends one parameter.
pub(crate) fn push(line: &mut String, name: &str, value: &str) {
    let kind = Kind::of(name);
    text::push_cut(line, name, if kind == Kind::Unknown { 20 } else { 40 });
    line.push('=');
    if kind == Kind::Plain {
        push_plain(line, value);
    } else if kind == Kind::Hidden {
        line.push('…');
    } else if !value.is_empty() {
        text::push_short(line, value);
    }
}

/// A value with blanks is put in quotes, so that it cannot pass for further parameters.
fn push_plain(line: &mut String, value: &str) {
    if value.contains([' ', '"']) {
        line.push('"');
        text::push_cut(line, &value.replace('"', "'"), LONGEST);
        line.push('"');
    } else {
        text::push_cut(line, value, LONGEST);
    }
}

/// What a note shows of a value, and whether it may be recognised when it comes again.
pub(crate) fn shown(name: &str, value: &str) -> (String, bool) {
    let mut shown = String::new();
    push(&mut shown, name, value);
    let start = shown.find('=').map_or(0, |index| index + 1);
    (shown.split_off(start), Kind::of(name) == Kind::Known && !value.is_empty())
}

/// What a note shows of a row's field: of what may be a secret nothing, but it may be recognised.
pub(crate) fn field(name: &str, value: &str) -> (String, bool) {
    let moment = name.ends_with("_at") || name.ends_with("_until");
    let clean = |length| {
        let mut clean = String::new();
        text::push_cut(&mut clean, value, length);
        (clean, false)
    };
    match Kind::of(name) {
        Kind::Plain => clean(LONGEST),
        _ if moment => clean(40),
        Kind::Hidden => ("…".to_string(), false),
        Kind::Known => (text::shorten(value), true),
        // A sentence is not recognised, it is read in /debug/state.
        Kind::Unknown => ("…".to_string(), !value.is_empty() && !value.contains(' ')),
    }
}

/// Every parameter, decoded. What has no value and an unknown name may be a secret that lost its name.
pub(crate) fn each(query: &str, mut see: impl FnMut(&str, &str)) {
    for (name, value) in split(query).take(LOOKED_AT) {
        match value {
            Some(value) => see(&text::decode(name), &text::decode(value)),
            None if is_known(name) => see(name, ""),
            None => see("(no name)", &text::decode(name)),
        }
    }
}

/// The name, as far as a note shows it.
pub(crate) fn name(name: &str) -> String {
    let mut shown = String::new();
    text::push_cut(&mut shown, name, if is_known(name) { 40 } else { 20 });
    shown
}

fn is_known(name: &str) -> bool {
    Kind::of(name) != Kind::Unknown
}

/// Collects the values that may lead to the flow of this message.
pub(crate) fn collect(query: &str, values: &mut Values) {
    for (name, value) in split(query).take(LOOKED_AT) {
        if super::flow::travels(name) {
            values.add(&text::decode(value.unwrap_or_default()));
        }
    }
}

fn split(query: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| match pair.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (pair, None),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(query: &str) -> String {
        let mut line = String::new();
        push_all(&mut line, query);
        line
    }

    #[test]
    fn secrets_are_shortened_and_the_rest_is_not() {
        let secret = "abcdefghijklmnopqrstuvwxyz";
        assert_eq!(shown("error=access_denied&x=&state"), " error=access_denied x= state");
        assert_eq!(
            shown("redirect_uri=http%3A%2F%2Flocalhost%3A5001%2Fcallback"),
            " redirect_uri=http://localhost:5001/callback"
        );
        for name in [
            "code",
            "state",
            "refresh_token",
            "colour",
            "Password",
            "grant_type%00",
        ] {
            let line = shown(&format!("{name}={secret}"));
            assert!(line.ends_with("=abcdef…"), "{line}");
        }
        for name in [
            "password",
            "client_secret",
            "client_assertion",
        ] {
            assert_eq!(shown(&format!("{name}={secret}")), format!(" {name}=…"));
            assert_eq!(shown(&format!("{name}=short")), format!(" {name}=…"));
        }
    }

    #[test]
    fn a_secret_in_the_place_of_a_name_is_shortened_too() {
        assert_eq!(shown("abcdefghijklmnopqrstuvwxyz"), " abcdef…");
        assert_eq!(shown("abcdefghijklmnopqrstuvwxyz=1"), " abcdefghijklmnopqrst…=…");
    }

    #[test]
    fn no_value_passes_for_another_parameter_or_another_line() {
        assert_eq!(shown("error=a+state%3Db\"%0A"), " error=\"a state=b'?\"");
    }

    #[test]
    fn what_is_shown_is_bounded() {
        let many: Vec<_> = (0..1000).map(|n| format!("n{n}={n}")).collect();
        assert!(shown(&many.join("&")).ends_with(" n11=… and 988 more"));
        assert!(shown(&format!("error={}", "x".repeat(10_000))).len() < 120);
        assert!(shown(&format!("{}=1", "x".repeat(10_000))).len() < 50);
    }
}
