//! The front matter of a model card: YAML between two lines of `---` at the top of `README.md`.

use serde_json::Value;

use super::{Base, Carrier, Declared, MAX_BASES, MAX_LICENSES, Metadata, Relation, repository, word};

/// Largest front matter that is parsed, in bytes; cards of the hubs stay below a tenth of it.
const MAX_FRONT_MATTER_BYTES: usize = 256 * 1024;

/// Most nodes that aliases may add: a card needs none.
const MAX_ALIAS_EVENTS: usize = 1_000;

pub(super) fn read(metadata: &mut Metadata, file: &str, bytes: &[u8]) -> Result<(), String> {
    let Some(matter) = front_matter(bytes)? else { return Ok(()) };
    let mut limits = serde_saphyr::options::AliasLimits::default();
    limits.max_total_replayed_events = MAX_ALIAS_EVENTS;
    let options = serde_saphyr::options! { alias_limits: limits };
    let value: Value = serde_saphyr::from_str_with_options(matter, options).map_err(|error| {
        let text = error.to_string();
        let first = text.lines().next().unwrap_or_default();
        format!("its front matter is not YAML: {}", first.strip_prefix("error: ").unwrap_or(first))
    })?;
    let licenses = words(&value, "license", MAX_LICENSES)?;
    let single = |key: &str| value.get(key).and_then(Value::as_str).and_then(word);
    let (name, link) = (single("license_name"), single("license_link"));
    if !licenses.is_empty() || name.is_some() {
        let licenses = if licenses.is_empty() { vec!["other".to_owned()] } else { licenses };
        metadata.declared.push(Declared { carrier: Carrier::Card, file: file.into(), licenses, name, link });
    }
    let relation = single("base_model_relation").as_deref().and_then(relation);
    for base in words(&value, "base_model", MAX_BASES)? {
        metadata.base(Base {
            carrier: Carrier::Card,
            file: file.into(),
            name: repository(&base),
            revision: None,
            relation,
        });
    }
    Ok(())
}

/// What stands between the first two lines of `---`; nothing where the file does not begin with one.
fn front_matter(bytes: &[u8]) -> Result<Option<&str>, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let fence = |line: &[u8]| line.trim_ascii_end() == b"---";
    let mut lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let Some(first) = lines.next().filter(|line| fence(line)) else { return Ok(None) };
    let mut end = first.len();
    for line in lines {
        if fence(line) {
            let matter = bytes.get(first.len()..end).unwrap_or_default();
            return std::str::from_utf8(matter).map(Some).map_err(|_| "its front matter is not UTF-8".into());
        }
        end += line.len();
        if end > MAX_FRONT_MATTER_BYTES {
            return Err(format!("its front matter does not end within {MAX_FRONT_MATTER_BYTES} bytes"));
        }
    }
    Err("its front matter has no end".into())
}

/// One word or a list of them.
fn words(value: &Value, key: &str, most: usize) -> Result<Vec<String>, String> {
    let one = |value: &Value| match value {
        Value::String(text) => word(text),
        // YAML reads some words as numbers, such as a licence called 1.1.
        Value::Number(_) | Value::Bool(_) => word(&value.to_string()),
        _ => None,
    };
    match value.get(key) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(Vec::new()),
        Some(Value::Array(list)) if list.len() <= most => {
            let words: Vec<String> = list.iter().filter_map(one).collect();
            if words.len() < list.len() { Err(format!("{key} holds something that is no word")) } else { Ok(words) }
        }
        Some(Value::Array(_)) => Err(format!("{key} lists more than {most}")),
        Some(other) => match one(other) {
            Some(word) => Ok(vec![word]),
            None => Err(format!("{key} is neither a word nor a list of words")),
        },
    }
}

fn relation(word: &str) -> Option<Relation> {
    match word.to_ascii_lowercase().as_str() {
        "finetune" => Some(Relation::Finetune),
        "adapter" => Some(Relation::Adapter),
        "merge" => Some(Relation::Merge),
        "quantized" => Some(Relation::Quantized),
        _ => None,
    }
}
