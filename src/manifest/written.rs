//! Values as people write them, read without ever failing.
//!
//! YAML 1.1 turns an unquoted `NO` into `false` and `Yes` into `true` before any server sees it, and the API server's
//! own answer to that ("must be of type string") helps nobody. So the schema leaves these few fields untyped, the
//! reading is total, and [`super::shape`] says "quote it".

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// Longest text where a country is written: enough for any country's name, which is answered with its code.
const MAX_COUNTRY_CHARS: u32 = 64;

/// A country as written: a code such as `CN`, or whatever YAML made of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WrittenCountry {
    /// Text; whether it is an ISO 3166-1 code is asked of [`super::country`].
    Text(String),
    /// Not text: the JSON that arrived, for the error sentence.
    NotText(String),
}

impl WrittenCountry {
    /// The text, or nothing where YAML made something else of it.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::NotText(_) => None,
        }
    }
}

impl From<&str> for WrittenCountry {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl<'de> Deserialize<'de> for WrittenCountry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(deserializer)? {
            Value::String(text) => Self::Text(text),
            other => Self::NotText(other.to_string()),
        })
    }
}

impl Serialize for WrittenCountry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::NotText(json) => serde_json::from_str::<Value>(json).unwrap_or(Value::Null).serialize(serializer),
        }
    }
}

impl JsonSchema for WrittenCountry {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Country".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "ISO 3166-1 alpha-2 country code, such as \"CN\". Quote it: YAML reads an unquoted NO as false.",
            "x-kubernetes-preserve-unknown-fields": true,
            // No rule can see an untyped field. A list or a group of fields says nothing here, whatever it holds.
            "maxLength": MAX_COUNTRY_CHARS,
            "maxItems": 0,
            "maxProperties": 0
        })
    }
}

/// Yes or no, where saying nothing means something else than no.
///
/// An unquoted `Yes` arrives as `true` and is the same answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum YesNo {
    /// `Yes`, or `true`.
    Yes,
    /// `No`, or `false`.
    No,
    /// Anything else; the schema refuses it, a stored one is reported by [`super::shape`].
    Unreadable,
}

impl<'de> Deserialize<'de> for YesNo {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(deserializer)? {
            Value::Bool(true) => Self::Yes,
            Value::Bool(false) => Self::No,
            Value::String(text) if text == "Yes" => Self::Yes,
            Value::String(text) if text == "No" => Self::No,
            _ => Self::Unreadable,
        })
    }
}

impl Serialize for YesNo {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::Yes => "Yes",
            Self::No => "No",
            Self::Unreadable => "Unreadable",
        })
    }
}

impl JsonSchema for YesNo {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "YesNo".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Yes or No. Absent means: not said.",
            "x-kubernetes-preserve-unknown-fields": true,
            "enum": ["Yes", "No", true, false]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unquoted_norway_is_kept_and_told_apart() {
        let countries: Vec<WrittenCountry> = serde_json::from_str(r#"["CN", false, 7]"#).unwrap();
        assert_eq!(countries[0].text(), Some("CN"));
        assert_eq!(countries[1], WrittenCountry::NotText("false".into()));
        assert_eq!(serde_json::to_string(&countries).unwrap(), r#"["CN",false,7]"#);
    }

    #[test]
    fn an_unquoted_yes_is_a_yes() {
        let read: Vec<YesNo> = serde_json::from_str(r#"["Yes", true, "No", false, "maybe"]"#).unwrap();
        assert_eq!(read, [YesNo::Yes, YesNo::Yes, YesNo::No, YesNo::No, YesNo::Unreadable]);
    }
}
