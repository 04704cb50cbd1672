//! The one `Authorization` header of a request (RFC 9110 §11.6.2).

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

/// The scheme and the credentials. `None` when there is no such header, or an empty one.
///
/// # Errors
/// A sentence: there are two such headers, or one that is not ASCII.
pub fn authorization(headers: &HeaderMap) -> Result<Option<(&str, &str)>, &'static str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (first, second) = (values.next(), values.next());
    if second.is_some() {
        return Err("There is more than one Authorization header.");
    }
    let Some(value) = first else {
        return Ok(None);
    };
    let value = value.to_str().map_err(|_| "The Authorization header is not ASCII.")?.trim();
    let (scheme, credentials) = value.split_once(' ').unwrap_or((value, ""));
    // One blank or more stand between the two (RFC 9110 §11.4).
    Ok((!scheme.is_empty()).then_some((scheme, credentials.trim_start_matches(' '))))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn of(values: &[&str]) -> Result<Option<(String, String)>, &'static str> {
        let values = values
            .iter()
            .map(|value| (AUTHORIZATION, HeaderValue::from_bytes(value.as_bytes()).unwrap()));
        let headers: HeaderMap = values.collect();
        let found = authorization(&headers)?;
        Ok(found.map(|(scheme, credentials)| (scheme.to_string(), credentials.to_string())))
    }

    #[test]
    fn scheme_and_credentials_are_told_apart() {
        let pair = |scheme: &str, rest: &str| Ok(Some((scheme.to_string(), rest.to_string())));
        assert_eq!(of(&["Bearer abc"]), pair("Bearer", "abc"));
        assert_eq!(of(&["bearer   abc"]), pair("bearer", "abc"));
        assert_eq!(of(&["Basic a b"]), pair("Basic", "a b"));
        assert_eq!(of(&["Bearer"]), pair("Bearer", ""));
    }

    #[test]
    fn an_empty_header_is_an_absent_one() {
        assert_eq!(of(&[]), Ok(None));
        assert_eq!(of(&[""]), Ok(None));
        assert_eq!(of(&["  "]), Ok(None));
    }

    #[test]
    fn two_headers_are_refused_even_if_one_is_empty() {
        assert!(of(&["Bearer abc", "Bearer abc"]).is_err());
        assert!(of(&["Bearer abc", ""]).is_err());
        assert!(of(&["Bearer \u{e9}"]).is_err());
    }
}
