//! "Did you mean …?": the known name that is nearest to what was typed.

/// The known name that `typed` most likely stands for, if one is near enough.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    let score = |name: &str| {
        // Jaro-Winkler finds little alike in short names with two letters swapped.
        match strsim::osa_distance(&typed, name) {
            0 | 1 if typed.len() > 2 => 1.0,
            _ => strsim::jaro_winkler(&typed, name),
        }
    };
    known
        .into_iter()
        .map(|name| (score(&name.to_lowercase()), name))
        .filter(|(score, _)| *score > 0.75)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, name)| name)
}

/// The sentence for an unknown name: what was typed, the nearest known name, and all of them.
pub fn unknown(kind: &str, typed: &str, known: &[&str]) -> String {
    let meant = match nearest(typed, known.iter().copied()) {
        Some(name) => format!(" Did you mean {name}?"),
        None => String::new(),
    };
    format!("There is no {kind} `{typed}`.{meant}\nKnown: {}.", known.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_nonsense_is_not() {
        let known = ["login-csrf", "code-injection"];
        assert_eq!(nearest("logincsrf", known), Some("login-csrf"));
        assert_eq!(nearest("zzz", known), None);
        assert_eq!(nearest("rnu", ["attack", "run"]), Some("run"));
        assert_eq!(nearest("v9", ["v3"]), None);
        assert_eq!(
            unknown("attack", "login-crsf", &known),
            "There is no attack `login-crsf`. Did you mean login-csrf?\nKnown: login-csrf, code-injection."
        );
    }
}
