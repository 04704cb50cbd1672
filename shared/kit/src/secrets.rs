//! Secrets that a flow knows, and the log in which none of them may be found.

/// A log may show this many characters of a secret, so that a reader can tell two of them apart.
pub const SHOWN: usize = 6;

/// From this length on a piece of a secret counts as the secret.
const PIECE: usize = SHOWN + 2;

/// Shorter ones are looked for as a whole: `password` is a word, `password0` is a secret.
const LONG: usize = 12;

/// Secrets by their kind.
#[derive(Clone, Debug, Default)]
pub struct Secrets(Vec<(&'static str, String)>);

impl Secrets {
    /// None yet.
    pub fn new() -> Self {
        Secrets::default()
    }

    /// One more. An empty one is none.
    pub fn add(&mut self, kind: &'static str, value: impl Into<String>) {
        let value = value.into();
        if !value.is_empty() {
            self.0.push((kind, value));
        }
    }

    /// One of which not even the beginning may be shown, long enough for its first six characters to be no accident.
    pub fn add_hidden(&mut self, kind: &'static str, value: &str) {
        self.add(kind, value);
        if value.len() >= LONG {
            self.add(kind, value.chars().take(SHOWN).collect::<String>());
        }
    }

    /// Which kinds there are.
    pub fn kinds(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|secret| secret.0)
    }

    /// The first line of a log that holds a secret, or eight characters in a row of a long one, and whose secret it is.
    pub fn found_in(&self, log: &str) -> Option<String> {
        let found = |(kind, value): &(&'static str, String)| {
            let piece = pieces(value).find(|piece| log.contains(piece))?;
            let line = log.lines().find(|line| line.contains(piece)).unwrap_or_default();
            Some(format!("{kind} ({piece}…) in the line: {line}"))
        };
        self.0.iter().find_map(found)
    }
}

/// Eight characters in a row, at every place of every part; a short secret, and a part that is shorter, as it is.
fn pieces(secret: &str) -> impl Iterator<Item = &str> {
    let short = secret.len() < LONG || !secret.is_ascii();
    let whole = short.then_some(secret);
    let parts = secret.split('.').filter(move |part| !short && part.len() >= PIECE);
    let windows = parts.flat_map(|part| (0..=part.len() - PIECE).map(|at| &part[at..at + PIECE]));
    whole.into_iter().chain(windows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(kind: &'static str, value: &str, log: &str) -> bool {
        let mut secrets = Secrets::new();
        secrets.add(kind, value);
        secrets.found_in(log).is_some()
    }

    #[test]
    fn eight_characters_of_a_long_secret_are_found_and_six_are_not() {
        let code = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert!(found("code", code, "redeemed dBjftJeZ…"));
        assert!(found("code", code, "ends in gFWFOEjXk"));
        assert!(!found("code", code, "redeemed dBjftJ…"));
        assert!(!found("code", "", "redeemed"));
    }

    #[test]
    fn of_a_hidden_one_not_even_the_beginning_may_be_shown() {
        let mut secrets = Secrets::new();
        secrets.add_hidden("password", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r");
        assert!(secrets.found_in("password=dBjftJ…").is_some());
        assert!(secrets.found_in("password=dBjft…").is_none());
    }

    #[test]
    fn each_part_of_a_token_counts_and_a_short_password_counts_whole() {
        let token = "aaaaaaaaaaaaaaaaaaaa.bcdefghijklmnopq";
        assert!(found("refresh token", token, "the rest is bcdefghi"));
        assert!(found("password", "password0", "password0"));
        assert!(!found("password", "password0", "the password is hidden"));
    }
}
