//! Why an object in a file cannot be read, in words for whoever wrote it.

use crate::manifest::{schema, shape};

/// Why a field cannot be read, and what may stand there.
pub(super) fn unread_because(kind: &str, at: &str, error: &str) -> String {
    // A list where fields are expected is read as their values, one after the other.
    let listed = at.split_once('[').map(|(place, _)| (place, schema::fields_at(kind, place)));
    if let Some((place, fields)) = listed.filter(|(_, fields)| !fields.is_empty()) {
        return format!("{place}: a list {}: {}", shape::FIELDS_EXPECTED, fields.join(", "));
    }
    let why = shape::plain(error);
    let fields = if why.ends_with(shape::FIELDS_EXPECTED) { schema::fields_at(kind, at) } else { Vec::new() };
    if fields.is_empty() { format!("{at}: {why}") } else { format!("{at}: {why}: {}", fields.join(", ")) }
}

/// A field that the definition does not have, with the one that may be meant, or those that it has.
pub(super) fn unknown_field(kind: &str, path: &str) -> String {
    const ALIKE_CHARS: usize = 4;
    let (place, name) = path.rsplit_once('.').unwrap_or(("", path));
    let known = schema::fields_at(kind, place);
    let begins = name.get(..ALIKE_CHARS).unwrap_or(name).to_ascii_lowercase();
    let near = shape::nearest(name, known.iter().copied());
    let near = near.or_else(|| known.iter().copied().find(|field| field.to_ascii_lowercase().starts_with(&begins)));
    match near {
        Some(near) => format!("unknown field {path}; the nearest is {near}"),
        None if known.is_empty() => format!("unknown field {path}"),
        None => format!("unknown field {path}; there may stand {}", known.join(", ")),
    }
}
