//! From the error of the JSON library to a sentence that names the member and repeats no value.

/// What is wrong at `path`, where `error` is serde's message about it.
pub(crate) fn of(path: &str, error: &str) -> String {
    if let Some(member) = quoted_after(error, "missing field ") {
        return format!("{} is missing", join(path, member));
    }
    if let Some(member) = quoted_after(error, "duplicate field ") {
        return format!("{} is there twice", join(path, member));
    }
    let path = if path == "." { "the answer" } else { path };
    // A value that is a number and yet too large or negative.
    if error.starts_with("invalid value: integer") {
        return format!("{path} is out of range");
    }
    // Values stand between quotes or backticks before the last `, expected `; what was expected is our own word.
    let expected = error.rsplit_once(", expected ").map_or("", |(_, expected)| expected);
    let expected = expected.split(" at line ").next().unwrap_or_default();
    match expected {
        "a string" | "a borrowed string" => format!("{path} is not a string"),
        "a boolean" => format!("{path} is not true or false"),
        "f32" | "f64" => format!("{path} is not a number"),
        "a sequence" => format!("{path} is not a list"),
        "a map" => format!("{path} is not a JSON object"),
        number if is_integer(number) && error.starts_with("invalid type: floating point") => {
            format!("{path} is not a whole number")
        }
        number if is_integer(number) => format!("{path} is not a number"),
        object if object.starts_with("struct ") => format!("{path} is not a JSON object"),
        _ => format!("{path} is not what it should be"),
    }
}

fn quoted_after<'a>(error: &'a str, start: &str) -> Option<&'a str> {
    error.strip_prefix(start)?.split('`').nth(1)
}

fn join(path: &str, member: &str) -> String {
    match path {
        "." => member.to_string(),
        _ if path.ends_with(member) => path.to_string(),
        _ => format!("{path}.{member}"),
    }
}

fn is_integer(expected: &str) -> bool {
    expected
        .strip_prefix(['u', 'i'])
        .is_some_and(|bits| bits.bytes().all(|byte| byte.is_ascii_digit()))
}
