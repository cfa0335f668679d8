//! Every field that a document lacks, not the first alone: who writes terms of their own fills in all of them at once.

use kube::CustomResourceExt;
use serde_json::Value;

/// Fields that are named.
const MAX_FIELDS: usize = 24;

/// Paths of the fields that the definition asks for and the document lacks, in the order of the definition.
pub(super) fn fields<K: CustomResourceExt>(document: &Value) -> Vec<String> {
    let definition = serde_json::to_value(K::crd()).unwrap_or_default();
    let Some(schema) = definition.pointer("/spec/versions/0/schema/openAPIV3Schema") else { return Vec::new() };
    let mut lacking = Vec::new();
    walk(schema, document, "", &mut lacking);
    lacking.truncate(MAX_FIELDS);
    lacking
}

/// Fields, said to be missing.
pub(super) fn words(fields: &[String]) -> String {
    format!("{} {} missing", fields.join(", "), if fields.len() == 1 { "is" } else { "are" })
}

fn walk(schema: &Value, written: &Value, path: &str, lacking: &mut Vec<String>) {
    match written {
        Value::Object(fields) => {
            let join = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
            let absent = required.filter_map(Value::as_str).filter(|name| !fields.contains_key(*name));
            lacking.extend(absent.map(join));
            for (name, value) in fields {
                if let Some(of) = schema.get("properties").and_then(|properties| properties.get(name)) {
                    walk(of, value, &join(name), lacking);
                }
            }
        }
        Value::Array(items) => {
            let Some(of) = schema.get("items") else { return };
            for (i, item) in items.iter().enumerate() {
                walk(of, item, &format!("{path}[{i}]"), lacking);
            }
        }
        _ => {}
    }
}
