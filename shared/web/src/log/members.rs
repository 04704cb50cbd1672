//! The members of a JSON answer, as the log shows them: like parameters.

use std::borrow::Cow;
use std::fmt;

use serde::de::DeserializeSeed;
use serde::de::Deserializer;
use serde::de::Error;
use serde::de::IgnoredAny;
use serde::de::MapAccess;
use serde::de::SeqAccess;
use serde::de::Visitor;

use super::flow::Values;
use super::params;

/// So many members are shown.
const SHOWN: usize = 12;

/// Appends the members of the object, each with a blank before it, and collects what leads to the flow.
///
/// Returns whether it was an object. Nothing of it is copied on the way, unless a text has escapes.
pub(crate) fn push_all(line: &mut String, json: &[u8], values: &mut Values) -> bool {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    deserializer.deserialize_map(Members { line, values }).is_ok()
}

struct Members<'a> {
    line: &'a mut String,
    values: &'a mut Values,
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut count = 0;
        while let Some(name) = members.next_key_seed(Scalar)? {
            let name = name.unwrap_or_default();
            let value = members.next_value_seed(Scalar)?;
            count += 1;
            if count > SHOWN {
                continue;
            }
            self.line.push(' ');
            match value {
                Some(value) => {
                    self.values.add_named(&name, &value);
                    params::push(self.line, &name, &value);
                }
                None => params::push(self.line, &name, "{}"),
            }
        }
        Ok(())
    }
}

/// A text, a number, a truth value or null, as text; `None` for an object or a list.
struct Scalar;

impl<'de> DeserializeSeed<'de> for Scalar {
    type Value = Option<Cow<'de, str>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Scalar {
    type Value = Option<Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Borrowed(value)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(value.to_string())))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(value.to_string())))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(value.to_string())))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(value.to_string())))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Some(Cow::Borrowed(if value { "true" } else { "false" })))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Some(Cow::Borrowed("null")))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(json: &str) -> (bool, String) {
        let mut line = String::new();
        let object = push_all(&mut line, json.as_bytes(), &mut Values::default());
        (object, line)
    }

    #[test]
    fn members_are_shown_like_parameters() {
        let json = r#"{"access_token":"abcdefghijklmnopqrstuvwxyz","expires_in":1800,"x":[1,{}],"error":"a\nb","pin":123456}"#;
        let line = " access_token=abcdef… expires_in=1800 x=… error=a?b pin=…";
        assert_eq!(shown(json), (true, line.into()));
    }

    #[test]
    fn nonsense_is_no_object() {
        for json in [
            "", "[]", "1", "<html>", "{\"a\":", "\"text\"",
        ] {
            assert!(!shown(json).0, "{json}");
        }
    }

    #[test]
    fn deep_nesting_and_many_members_are_bounded() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(shown(&deep), (true, " a=…".into()));
        let many: Vec<_> = (0..1000).map(|n| format!("\"n{n}\":1")).collect();
        assert!(shown(&format!("{{{}}}", many.join(","))).1.len() < 200);
    }
}
