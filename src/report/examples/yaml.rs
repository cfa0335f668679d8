//! An object as the YAML that a person would write.

use serde::Serialize;
use serde_json::Value;

/// One field of an object as YAML.
pub(super) fn block(key: &str, value: &Value) -> String {
    let one: serde_json::Map<String, Value> = std::iter::once((key.to_owned(), value.clone())).collect();
    serde_saphyr::to_string(&InOrder(&Value::Object(one))).unwrap_or_default()
}

/// Fields as a person would order them: what a thing is called and covers before what is known of it.
struct InOrder<'a>(&'a Value);

const FIRST: &[&str] = &[
    "name",
    "namespace",
    "namespaces",
    "rule",
    "mode",
    "kind",
    "displayName",
    "founded",
    "seat",
    "headquarters",
    "employer",
    "metrics",
    "accepted",
    "registered",
    "separateLicenses",
    "followsPolicy",
    "filings",
    "scope",
    "period",
    "value",
    "atMost",
    "atLeast",
    "currency",
    "who",
    "by",
    "date",
    "when",
    "from",
    "until",
    "reference",
    "covers",
    "model",
    "usage",
    "audience",
    "serves",
    "purpose",
    "placement",
    "allow",
    "deny",
];

impl Serialize for InOrder<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(map) => {
                let mut fields: Vec<(&String, &Value)> = map.iter().collect();
                fields.sort_by_key(|(key, _)| FIRST.iter().position(|first| first == key).unwrap_or(FIRST.len()));
                serializer.collect_map(fields.into_iter().map(|(key, value)| (key, InOrder(value))))
            }
            Value::Array(list) => serializer.collect_seq(list.iter().map(InOrder)),
            other => other.serialize(serializer),
        }
    }
}

/// What a person would not write: nothing, and what is so anyway.
pub(super) fn prune(value: Value, kind: &str) -> Value {
    let by_default: &[(&str, &str)] = &[
        ("disclose", "outcome"),
        ("admission", "Deny"),
        ("whenRefused", "Stop"),
        ("claims", "Warn"),
        ("byName", "Warn"),
        ("runtimeUpdates", "OnChange"),
        ("service", "ClusterIP"),
        ("catalogue", "30d"),
        ("place", "1h"),
        ("person", "24h"),
    ];
    match value {
        Value::Object(map) => {
            let is_rule = map.contains_key("rule");
            let kept = map.into_iter().map(|(key, value)| (key, prune(value, kind))).filter(|(key, value)| {
                let empty = match value {
                    Value::Null | Value::Bool(false) => true,
                    Value::Object(map) => map.is_empty(),
                    Value::Array(list) => list.is_empty(),
                    Value::Bool(true) | Value::Number(_) | Value::String(_) => false,
                };
                let usual = value.as_str().is_some_and(|text| by_default.contains(&(key.as_str(), text)));
                let enforce = kind == "ModelPolicy" && !is_rule && key == "mode" && value == "Enforce";
                !(empty || usual || enforce)
            });
            Value::Object(kept.collect())
        }
        Value::Array(list) => Value::Array(list.into_iter().map(|value| prune(value, kind)).collect()),
        other => other,
    }
}
