//! Request parameters as raw pairs, exactly as they came (RFC 6749 §3.1 and §3.2).
//!
//! A parameter that comes twice is an error, an empty value counts as absent, an unknown name is ignored.

use percent_encoding::AsciiSet;
use percent_encoding::NON_ALPHANUMERIC;
use percent_encoding::percent_decode;
use percent_encoding::utf8_percent_encode;

/// Names that may come more than once (RFC 8707 §2, RFC 8693 §2.1). This server does not use them.
const MAY_REPEAT: [&str; 2] = ["resource", "audience"];

/// Everything but the unreserved characters is encoded (RFC 3986 §2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The parameters of one request, decoded but not judged.
pub struct Params(Vec<(String, Option<String>)>);

/// What can be wrong with a parameter before its meaning is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadParam {
    /// It came more than once.
    Repeated,
    /// It is not UTF-8, or it holds a control character.
    Undecodable,
}

impl Params {
    /// Reads `name=value` pairs (`application/x-www-form-urlencoded`, from a query or a body).
    pub fn parse(raw: &[u8]) -> Params {
        let pairs = raw.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
        Params(pairs.map(decode_pair).collect())
    }

    /// The value of that name; `None` when it is absent or empty.
    pub fn get(&self, name: &str) -> Result<Option<&str>, BadParam> {
        let mut found = self.0.iter().filter(|(key, _)| key == name);
        let (first, second) = (found.next(), found.next());
        match (first, second) {
            (_, Some(_)) => Err(BadParam::Repeated),
            (Some((_, None)), None) => Err(BadParam::Undecodable),
            (Some((_, Some(value))), None) => {
                Ok(Some(value.as_str()).filter(|value| !value.is_empty()))
            }
            (None, None) => Ok(None),
        }
    }

    /// Whether any parameter, known or not, is repeated or undecodable.
    pub fn check(&self) -> Result<(), BadParam> {
        let names = self.0.iter().map(|(name, _)| name.as_str());
        names
            .filter(|name| !MAY_REPEAT.contains(name))
            .try_for_each(|name| self.get(name).map(|_| ()))
    }
}

impl BadParam {
    /// The same for every parameter: what was sent is never repeated back (RFC 6749 §5.2).
    pub fn describe(self) -> &'static str {
        match self {
            BadParam::Repeated => "A parameter is there more than once.",
            BadParam::Undecodable => "A parameter is not UTF-8 or holds a control character.",
        }
    }
}

/// Adds parameters to an address, which keeps the query that it already has (RFC 6749 §3.1.2).
pub fn with_query(address: &str, params: &[(&str, &str)]) -> String {
    let mut address = address.to_string();
    for (name, value) in params {
        address.push(if address.contains('?') { '&' } else { '?' });
        address.push_str(name);
        address.push('=');
        address.push_str(&encode(value));
    }
    address
}

/// Encodes a value so that it passes through a query or a form unchanged.
pub fn encode(value: &str) -> String {
    utf8_percent_encode(value, RESERVED).to_string()
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
        let params = Params::parse(b"a=1&a=2&b=&c=3&resource=x&resource=y");
        assert_eq!(params.get("a"), Err(BadParam::Repeated));
        assert_eq!(params.get("b"), Ok(None));
        assert_eq!(params.get("c"), Ok(Some("3")));
        assert_eq!(params.check(), Err(BadParam::Repeated));
        assert_eq!(Params::parse(b"c=3&resource=x&resource=y").check(), Ok(()));
    }

    #[test]
    fn text_that_is_no_text_is_refused() {
        for raw in ["a=%ff", "a=%00", "a=x%0Ay", "%ff=1"] {
            assert_eq!(Params::parse(raw.as_bytes()).check(), Err(BadParam::Undecodable), "{raw}");
        }
    }

    #[test]
    fn what_goes_out_comes_back_byte_for_byte() {
        let value = "a b+c%26&=\"'<~é";
        let address = with_query("http://localhost/callback?from=other", &[("state", value)]);
        assert!(address.starts_with("http://localhost/callback?from=other&state=a%20b%2Bc"));
        let (_, query) = address.split_once('?').unwrap();
        assert_eq!(Params::parse(query.as_bytes()).get("state"), Ok(Some(value)));
    }
}
