//! Every setting of the lab, once: its name, default, meaning and rule.

use std::fmt::Write;

use crate::rule::Rule;

/// What a setting is about. `.env.example` has one part for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Ports and addresses.
    Places,
    /// How the client is registered.
    Registration,
    /// How long things live.
    Lifetimes,
    /// How much and how long a process bears.
    Bounds,
    /// What is left.
    Rest,
}

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its name, in the environment and in `.env`.
    pub name: &'static str,
    /// What holds when nothing is set. Addresses follow the ports, and a secret may be made at each start.
    pub default: &'static str,
    /// What it is for, in sentences.
    pub meaning: &'static str,
    /// What its value must be.
    pub rule: Rule,
    /// The part that it belongs to.
    pub group: Group,
}

const YEAR: u64 = 365 * 24 * 60 * 60;
const DAY: u64 = 24 * 60 * 60;

/// All settings, in the order of `.env.example`.
pub const SETTINGS: [Setting; 21] = [
    place(
        "AUTH_SERVER_PORT",
        "5000",
        Rule::Port,
        "Port of the authorization server (red). On macOS, AirPlay Receiver often holds 5000.",
    ),
    place("CLIENT_APP_PORT", "5001", Rule::Port, "Port of the client (blue)."),
    place(
        "AUTH_SERVER_URL",
        "http://localhost:5000",
        Rule::Address,
        "Where browsers and the client reach the server: http, host, port, no slash at the end.",
    ),
    place(
        "CLIENT_APP_URL",
        "http://localhost:5001",
        Rule::Address,
        "Where browsers reach the client: http, host, port, no slash at the end.",
    ),
    registration(
        "CLIENT_ID",
        "demo-client",
        Rule::ClientId,
        "The client's name at the server. The names of the other clients and of the users are taken.",
    ),
    registration(
        "CLIENT_SECRET",
        "demo-secret",
        Rule::Secret,
        "What the client proves itself with.",
    ),
    registration(
        "REDIRECT_URI",
        "http://localhost:5001/callback",
        Rule::RedirectUri,
        "Compared character by character. Follows CLIENT_APP_URL.",
    ),
    lifetime("LAB_TTL_CODE", "300", 600, "An authorization code."),
    lifetime("LAB_TTL_ACCESS", "1800", YEAR, "An access token."),
    lifetime("LAB_TTL_REFRESH", "604800", YEAR, "A login, however often it is refreshed."),
    lifetime("LAB_TTL_REFRESH_IDLE", "86400", YEAR, "A refresh token that nobody uses."),
    lifetime("LAB_TTL_PENDING", "600", DAY, "A request that waits at the login page."),
    lifetime("LAB_TTL_STATE", "600", DAY, "A state that waits for its answer, at the client."),
    bound(
        "LAB_MAX_ROWS",
        "10000",
        10_000_000,
        "The most rows of each table. A full table pushes out its oldest row.",
    ),
    bound(
        "LAB_MAX_CONNECTIONS",
        "512",
        65_535,
        "The most connections of a process. At the bound, the one that has been idle longest is closed.",
    ),
    bound("LAB_TIMEOUT_HEADER", "10", 3600, "Seconds until the header of a request must be there."),
    bound("LAB_TIMEOUT_BODY", "10", 3600, "Seconds until the body of a request must be there."),
    bound(
        "LAB_TIMEOUT_IDLE",
        "75",
        3600,
        "Seconds that a connection may stay open without a request.",
    ),
    rest(
        "JWT_SECRET",
        "",
        Rule::JwtSecret,
        "Signs access tokens: at least 32 random bytes, base64url. Without it, the server makes one at each start.",
    ),
    rest("LAB_DEBUG", "1", Rule::Number(0, 1), "0 turns /debug/* off."),
    rest(
        "LAB_STORE",
        "memory:",
        Rule::Store,
        "Where the server keeps what it remembers, from v08 on: memory:, file:PATH, redis://HOST:PORT or postgres://USER@HOST:PORT/DATABASE.",
    ),
];

const fn place(
    name: &'static str,
    default: &'static str,
    rule: Rule,
    meaning: &'static str,
) -> Setting {
    setting(name, default, meaning, rule, Group::Places)
}

const fn registration(
    name: &'static str,
    default: &'static str,
    rule: Rule,
    meaning: &'static str,
) -> Setting {
    setting(name, default, meaning, rule, Group::Registration)
}

const fn lifetime(
    name: &'static str,
    default: &'static str,
    most: u64,
    meaning: &'static str,
) -> Setting {
    setting(name, default, meaning, Rule::Number(1, most), Group::Lifetimes)
}

const fn bound(
    name: &'static str,
    default: &'static str,
    most: u64,
    meaning: &'static str,
) -> Setting {
    setting(name, default, meaning, Rule::Number(1, most), Group::Bounds)
}

const fn rest(
    name: &'static str,
    default: &'static str,
    rule: Rule,
    meaning: &'static str,
) -> Setting {
    setting(name, default, meaning, rule, Group::Rest)
}

const fn setting(
    name: &'static str,
    default: &'static str,
    meaning: &'static str,
    rule: Rule,
    group: Group,
) -> Setting {
    Setting {
        name,
        default,
        meaning,
        rule,
        group,
    }
}

/// The setting called `name`.
pub fn find(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

const HEAD: &str = "\
# Every setting of the lab, with its default. None is needed: the lab runs without a .env.
# To change something, copy this file to .env and take the # away. The environment wins over .env.
# Restart both processes afterwards. `cargo lab doctor` finds what cannot work or does not fit together.
#
# A line is NAME=value. A value with a blank, a quote or a # in it stands in quotes. Single quotes take
# everything between them as it is. Elsewhere a backslash goes before \" and \\ and $.
# Nothing is expanded: a $ that is not in single quotes and has no backslash is refused, and so are a name
# that stands twice and control characters. An empty value counts as not set; an empty secret is refused.
";

/// The text of `.env.example`.
pub fn example() -> String {
    let mut text = HEAD.to_string();
    let mut group = None;
    for setting in &SETTINGS {
        if group != Some(setting.group) {
            group = Some(setting.group);
            let _ = writeln!(text, "\n# --- {}", title(setting.group));
        }
        let range = match setting.rule {
            Rule::Number(0, 1) => String::new(),
            Rule::Number(least, most) => format!(" From {least} to {most}."),
            _ => String::new(),
        };
        let _ =
            writeln!(text, "# {}{range}\n#{}={}", setting.meaning, setting.name, setting.default);
    }
    text
}

fn title(group: Group) -> &'static str {
    match group {
        Group::Places => {
            "Where the two processes are. The addresses follow the ports, unless you set them."
        }
        Group::Registration => {
            "How the client is registered at the server. Both processes read these."
        }
        Group::Lifetimes => "Lifetimes, in seconds.",
        Group::Bounds => "Bounds: what one process keeps, and how long it waits.",
        Group::Rest => "The rest.",
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::Given;

    #[test]
    fn the_example_file_is_written_from_the_table() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.env.example");
        let kept = fs::read_to_string(file).unwrap_or_default().replace("\r\n", "\n");
        assert_eq!(
            kept,
            example(),
            ".env.example is out of date: cargo lab doctor --write-env-example"
        );
    }

    #[test]
    fn the_example_with_every_remark_sign_taken_away_is_what_holds_anyway() {
        let used: String = example()
            .lines()
            .filter(|line| *line != "#JWT_SECRET=")
            .map(|line| match line.strip_prefix('#') {
                Some(rest) if !rest.starts_with(' ') => format!("{rest}\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        let given = Given::parse(&used);
        assert_eq!(given.file.entries.len(), SETTINGS.len() - 1);
        let settings = given.settings().expect("the defaults are good");
        assert!(settings == Given::parse("").settings().expect("nothing needs to be set"));
    }

    #[test]
    fn no_name_stands_in_the_table_twice() {
        for (index, setting) in SETTINGS.iter().enumerate() {
            assert!(
                SETTINGS[..index].iter().all(|before| before.name != setting.name),
                "{}",
                setting.name
            );
            assert!(setting.meaning.ends_with('.'), "{}", setting.name);
        }
    }
}
