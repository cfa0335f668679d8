//! The canonical form of an entry or an object: JSON without spaces, keys and list items in the order of their bytes.
//! Its hash names it in decisions and reviews, whatever order a file, a map or a list keeps.

use serde::Serialize;
use serde_json::Value;

use crate::manifest::names::sha256_hex;

/// SHA-256 of the canonical form, in lower-case hexadecimal.
pub fn hash_of<T: Serialize>(entry: &T) -> Result<String, serde_json::Error> {
    let mut text = String::new();
    write(&serde_json::to_value(entry)?, true, &mut text)?;
    Ok(sha256_hex(text.as_bytes()))
}

/// The one list whose order says something: the first pattern that fits decides.
const ORDERED: &str = "byBaseModel";

fn write(value: &Value, free_order: bool, text: &mut String) -> Result<(), serde_json::Error> {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_unstable();
            text.push('{');
            for (at, key) in keys.into_iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                text.push_str(&serde_json::to_string(key)?);
                text.push(':');
                write(map.get(key).unwrap_or(&Value::Null), key != ORDERED, text)?;
            }
            text.push('}');
        }
        Value::Array(list) => {
            let mut items = Vec::with_capacity(list.len());
            for item in list {
                let mut one = String::new();
                write(item, true, &mut one)?;
                items.push(one);
            }
            if free_order {
                items.sort_unstable();
            }
            text.push('[');
            text.push_str(&items.join(","));
            text.push(']');
        }
        scalar => text.push_str(&serde_json::to_string(scalar)?),
    }
    Ok(())
}
