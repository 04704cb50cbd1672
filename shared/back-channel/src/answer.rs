//! What came back, and whether it can be used.

use reqwest::StatusCode;
use reqwest::header::CONTENT_ENCODING;
use reqwest::header::CONTENT_TYPE;
use reqwest::header::HeaderMap;
use reqwest::header::HeaderName;
use serde::de::DeserializeOwned;

use crate::Failure;
use crate::sentence;

/// An answer that was read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    pub(crate) fn new(status: StatusCode, headers: HeaderMap, body: Vec<u8>) -> Answer {
        Answer {
            status,
            headers,
            body,
        }
    }

    /// The body, at most 64 KiB.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The media type without its parameters, in lower case: `application/json`. Empty if there is none.
    ///
    /// Whoever answers writes it. It holds only the characters of a media type, and at most 60 of them.
    pub fn content_type(&self) -> String {
        self.word(CONTENT_TYPE)
    }

    /// The body as `T`.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence's part without a full stop: `expires_in is not a number`,
    /// `access_token is missing`, `the answer is not JSON (text/html)`. No value of the answer is repeated.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        self.read().map_err(Failure::Unusable)
    }

    fn read<T: DeserializeOwned>(&self) -> Result<T, String> {
        let mut json = serde_json::Deserializer::from_slice(&self.body);
        let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            match error.inner().is_data() {
                true => sentence::of(&error.path().to_string(), &error.inner().to_string()),
                false => self.not_json(),
            }
        })?;
        json.end().map_err(|_| self.not_json())?;
        Ok(value)
    }

    fn not_json(&self) -> String {
        let coding = self.word(CONTENT_ENCODING);
        let content_type = self.content_type();
        if self.body.is_empty() {
            "the answer is empty".into()
        } else if !coding.is_empty() && coding != "identity" {
            format!("the answer is in a coding that this client did not ask for ({coding})")
        } else if content_type.is_empty() {
            "the answer is not JSON, and has no Content-Type".into()
        } else if content_type.contains("json") {
            format!("the answer is not JSON, although it says so ({content_type})")
        } else {
            format!("the answer is not JSON ({content_type})")
        }
    }

    fn word(&self, header: HeaderName) -> String {
        let value = self.headers.get(header).map(|value| value.as_bytes()).unwrap_or_default();
        let word = value.iter().take_while(|byte| **byte != b';').map(|byte| char::from(*byte));
        let word = word.filter(|c| c.is_ascii_alphanumeric() || "/+-._".contains(*c)).take(60);
        word.map(|c| c.to_ascii_lowercase()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only whether it can be read is looked at")]
    struct TokenResponse {
        access_token: String,
        expires_in: Option<u64>,
        #[serde(default)]
        fresh: bool,
    }

    fn wrong(content_type: &'static str, body: &str) -> String {
        let mut headers = HeaderMap::new();
        if !content_type.is_empty() {
            headers.insert(CONTENT_TYPE, content_type.parse().unwrap());
        }
        let answer = Answer::new(StatusCode::OK, headers, body.into());
        answer.read::<TokenResponse>().err().unwrap_or_else(|| "nothing".into())
    }

    #[test]
    fn the_sentence_names_the_member_that_is_wrong() {
        for (body, sentence) in [
            (r#"{"access_token":"t","expires_in":1800}"#, "nothing"),
            (r#"{"access_token":"t","expires_in":null}"#, "nothing"),
            (r#"{"access_token":"t","expires_in":"1800"}"#, "expires_in is not a number"),
            (r#"{"access_token":"t","expires_in":1.5}"#, "expires_in is not a whole number"),
            (r#"{"access_token":"t","expires_in":-1}"#, "expires_in is out of range"),
            (r#"{"access_token":"t","expires_in":1e99}"#, "expires_in is not a whole number"),
            (r#"{"access_token":["secret"]}"#, "access_token is not a string"),
            (r#"{"access_token":null}"#, "access_token is not a string"),
            (r#"{"access_token":"t","fresh":1}"#, "fresh is not true or false"),
            (r#"{"access_token":"t","access_token":"u"}"#, "access_token is there twice"),
            (r#"{"error":"invalid_grant"}"#, "access_token is missing"),
            ("[]", "the answer is not a JSON object"),
            ("\"text\"", "the answer is not a JSON object"),
        ] {
            assert_eq!(wrong("application/json", body), sentence, "{body}");
        }
    }

    #[test]
    fn what_is_no_json_is_called_by_its_type() {
        let html = "<!doctype html>";
        assert_eq!(wrong("text/html; charset=utf-8", html), "the answer is not JSON (text/html)");
        let said = "the answer is not JSON, although it says so (application/json)";
        assert_eq!(wrong("application/json", html), said);
        assert_eq!(wrong("application/json", r#"{"access_token":"t"} x"#), said);
        assert_eq!(wrong("application/json", ""), "the answer is empty");
        assert_eq!(wrong("", "x"), "the answer is not JSON, and has no Content-Type");
        assert_eq!(wrong("Text/<b>\"&x", "x"), "the answer is not JSON (text/bx)");
    }
}
