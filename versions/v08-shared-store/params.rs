//! Request parameters as raw pairs, exactly as they came (RFC 6749 §3.1 and §3.2).
//!
//! A parameter that comes twice is an error, an empty value counts as absent, an unknown name is ignored.

use axum::body::Bytes;
use axum::extract::FromRequest;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::Method;
use axum::http::StatusCode;
use axum::http::header::CONTENT_ENCODING;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::response::Response;
use percent_encoding::AsciiSet;
use percent_encoding::NON_ALPHANUMERIC;
use percent_encoding::PercentEncode;
use percent_encoding::percent_decode;
use percent_encoding::utf8_percent_encode;
use web::Problem;

/// More parameters than any request needs. Each one costs work, so their number is bounded before they are read.
const MOST: usize = 100;

/// Names that may come more than once (RFC 8707 §2, RFC 8693 §2.1). This server does not use them.
const MAY_REPEAT: [&str; 2] = ["resource", "audience"];

/// Everything but the unreserved characters is encoded (RFC 3986 §2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The parameters of one request. A value that is no clean text is `None`.
#[derive(Debug)]
pub struct Params(Vec<(String, Option<String>)>);

/// What can be wrong with parameters before their meaning is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadParams {
    /// A parameter came more than once.
    Repeated,
    /// A parameter is not UTF-8, or it holds a control character.
    Undecodable,
    /// There are more of them than are read.
    TooMany,
    /// The body is not a form.
    NotAForm,
    /// The body is a compressed form.
    Encoded,
    /// The body is larger than 64 KiB, or it was cut off.
    Unread,
}

impl Params {
    /// Reads `name=value` pairs (`application/x-www-form-urlencoded`, from a query or a body).
    pub fn parse(raw: &[u8]) -> Result<Params, BadParams> {
        let pairs = || raw.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
        if pairs().nth(MOST).is_some() {
            return Err(BadParams::TooMany);
        }
        Ok(Params(pairs().map(decode_pair).collect()))
    }

    /// The value of that name. `None` when it is absent or empty, and when [`Params::check`] refuses it.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut found = self.0.iter().filter(|(key, _)| key == name);
        match (found.next(), found.next()) {
            (Some((_, Some(value))), None) if !value.is_empty() => Some(value),
            _ => None,
        }
    }

    /// Refuses a parameter of that name that is repeated or undecodable.
    pub fn check(&self, name: &str) -> Result<(), BadParams> {
        let mut found = self.0.iter().filter(|(key, _)| key == name);
        match (found.next(), found.next()) {
            (_, Some(_)) if !MAY_REPEAT.contains(&name) => Err(BadParams::Repeated),
            (Some((_, None)), _) => Err(BadParams::Undecodable),
            _ => Ok(()),
        }
    }

    /// Refuses any parameter, known or not, that is repeated or undecodable.
    pub fn check_all(&self) -> Result<(), BadParams> {
        self.0.iter().try_for_each(|(name, _)| self.check(name))
    }
}

/// The parameters of a query, or of the form in a body: each there once, as text.
impl<S: Send + Sync> FromRequest<S> for Params {
    type Rejection = BadParams;

    async fn from_request(request: Request, state: &S) -> Result<Params, BadParams> {
        let params = match *request.method() {
            Method::GET | Method::HEAD => {
                Params::parse(request.uri().query().unwrap_or_default().as_bytes())?
            }
            _ => Params::parse(&form(request, state).await?)?,
        };
        params.check_all()?;
        Ok(params)
    }
}

async fn form<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, BadParams> {
    let is_form = is_form(request.headers());
    let body = Bytes::from_request(request, state).await.map_err(|_| BadParams::Unread)?;
    is_form.map(|()| body)
}

fn is_form(headers: &HeaderMap) -> Result<(), BadParams> {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    if !header(CONTENT_ENCODING).unwrap_or("identity").eq_ignore_ascii_case("identity") {
        return Err(BadParams::Encoded);
    }
    let media_type = header(CONTENT_TYPE).unwrap_or_default().split(';').next().unwrap_or_default();
    match media_type.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        true => Ok(()),
        false => Err(BadParams::NotAForm),
    }
}

impl BadParams {
    /// The same for every parameter: what was sent is never repeated back (RFC 6749 §5.2).
    pub fn describe(self) -> &'static str {
        match self {
            BadParams::Repeated => "A parameter was sent more than once.",
            BadParams::Undecodable => "A parameter is not UTF-8 or contains a control character.",
            BadParams::TooMany => "There are more than 100 parameters.",
            BadParams::NotAForm => {
                "The body must be a form: Content-Type application/x-www-form-urlencoded."
            }
            BadParams::Encoded => "The body must not be compressed: no Content-Encoding.",
            BadParams::Unread => "The body is larger than 64 KiB or was cut off in transit.",
        }
    }

    /// The status of the refusal.
    pub fn status(self) -> StatusCode {
        match self {
            BadParams::Encoded => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            BadParams::Unread => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

/// For a person: a page. The token endpoint has an answer of its own.
impl IntoResponse for BadParams {
    fn into_response(self) -> Response {
        Problem {
            status: self.status(),
            what: self.describe().into(),
            rule: "Each parameter may be sent once, as plain text (RFC 6749 §3.1).",
            hint: "Go back and send the form, or open the link, again.".into(),
        }
        .into_response()
    }
}

/// Adds parameters to an address, which keeps the query that it already has (RFC 6749 §3.1.2).
///
/// One without a value is left out: it means the same (RFC 6749 §3.1).
pub fn with_query(address: &str, params: &[(&str, &str)]) -> String {
    let mut address = address.to_string();
    for (name, value) in params.iter().filter(|(_, value)| !value.is_empty()) {
        address.push(if address.contains('?') { '&' } else { '?' });
        address.push_str(name);
        address.push('=');
        address.extend(encode(value));
    }
    address
}

/// Encodes a value so that it passes through a query or a form unchanged.
pub fn encode(value: &str) -> PercentEncode<'_> {
    utf8_percent_encode(value, RESERVED)
}

/// Decodes one part of a form: `+` is a space, `%xx` a byte. `None` when no clean text comes out.
pub fn decode(part: &[u8]) -> Option<String> {
    let spaced: Vec<u8> =
        part.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    let text = percent_decode(&spaced).decode_utf8().ok()?;
    Some(text.into_owned()).filter(|text| !text.contains(char::is_control))
}

fn decode_pair(pair: &[u8]) -> (String, Option<String>) {
    let end = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
    let (name, value) = (&pair[..end], pair.get(end + 1..).unwrap_or_default());
    match decode(name) {
        Some(name) => (name, decode(value)),
        None => (String::new(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g1_repeated_is_an_error_empty_is_absent_unknown_is_ignored() {
        let params = Params::parse(b"a=1&a=2&b=&c=3&resource=x&resource=y").unwrap();
        assert_eq!((params.get("a"), params.check("a")), (None, Err(BadParams::Repeated)));
        assert_eq!((params.get("b"), params.check("b")), (None, Ok(())));
        assert_eq!((params.get("c"), params.check("c")), (Some("3"), Ok(())));
        assert_eq!(params.check_all(), Err(BadParams::Repeated));
        let params = Params::parse(b"c=3&resource=x&resource=y").unwrap();
        assert_eq!(params.check_all(), Ok(()));
    }

    #[test]
    fn an_empty_parameter_that_is_repeated_is_repeated_all_the_same() {
        let params = Params::parse(b"a=&a=1").unwrap();
        assert_eq!((params.get("a"), params.check_all()), (None, Err(BadParams::Repeated)));
    }

    #[test]
    fn text_that_is_no_text_is_refused() {
        for raw in ["a=%ff", "a=%00", "a=x%0Ay", "%ff=1"] {
            let params = Params::parse(raw.as_bytes()).unwrap();
            assert_eq!(params.check_all(), Err(BadParams::Undecodable), "{raw}");
        }
    }

    #[test]
    fn g13_a_hundred_parameters_are_read_and_one_more_is_not() {
        let query = |count| (0..count).map(|n| format!("p{n}=1")).collect::<Vec<_>>().join("&");
        assert!(Params::parse(query(100).as_bytes()).is_ok());
        assert_eq!(Params::parse(query(101).as_bytes()).err(), Some(BadParams::TooMany));
    }

    #[test]
    fn pairs_end_at_an_ampersand_and_names_at_the_first_equals_sign() {
        let params = Params::parse(b"&a=1;b=2&&c=x=y=&d&&").unwrap();
        assert_eq!(params.check_all(), Ok(()));
        assert_eq!((params.get("a"), params.get("b")), (Some("1;b=2"), None));
        assert_eq!((params.get("c"), params.get("d")), (Some("x=y="), None));
    }

    #[test]
    fn what_goes_out_comes_back_byte_for_byte() {
        let value = "a b+c%26&=\"'<~é";
        let params = [("none", ""), ("state", value)];
        let address = with_query("http://localhost/callback?from=other", &params);
        assert!(address.starts_with("http://localhost/callback?from=other&state=a%20b%2Bc"));
        let (_, query) = address.split_once('?').unwrap();
        assert_eq!(Params::parse(query.as_bytes()).unwrap().get("state"), Some(value));
    }
}
