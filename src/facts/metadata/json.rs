//! JSON of a model's files: read whole, within a bound, and only then looked into.

use serde_json::Value;

/// Largest JSON file that is read, in bytes.
pub(super) const MAX_JSON_BYTES: usize = 1024 * 1024;

/// A JSON object; serde_json stops by itself at a nesting of 128.
pub(super) fn object(bytes: &[u8]) -> Result<Value, String> {
    if bytes.len() > MAX_JSON_BYTES {
        return Err(format!("it is larger than {MAX_JSON_BYTES} bytes"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let value: Value = serde_json::from_slice(bytes).map_err(|error| format!("it is not JSON: {error}"))?;
    if value.is_object() { Ok(value) } else { Err("it is not a JSON object".into()) }
}

/// Text at a path.
pub(super) fn text(value: &Value, pointer: &str) -> Option<String> {
    super::word(value.pointer(pointer)?.as_str()?)
}
