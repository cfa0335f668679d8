//! Patterns and rules of the definitions, as a person would say them.

use std::{
    collections::BTreeMap,
    sync::{LazyLock, Mutex, PoisonError},
};

use regex::Regex;

/// Every pattern of the definitions, and what to write.
pub(super) const PATTERNS: &[(&str, &str)] = &[
    ("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "a day as YYYY-MM-DD"),
    (
        "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2}))?$",
        "a day as YYYY-MM-DD, or an instant in RFC 3339 such as 2026-11-25T03:00:00Z",
    ),
    ("^(sha256:)?[0-9a-f]{64}$", "64 hexadecimal digits in lower case"),
    ("^sha256:[0-9a-f]{64}$", "sha256: and 64 hexadecimal digits in lower case"),
    ("^[A-Z][A-Z0-9_]{1,40}$", "capital letters, digits and _, from a letter on, such as VLLM_USE_V1"),
    ("^[A-Z]{2}$", "a country as the two capital letters of ISO 3166-1, such as KR"),
    ("^[A-Z]{3}$", "the three capital letters of ISO 4217, such as USD"),
    ("^[0-9]{1,9}([.][0-9]{1,9})?$", "a decimal number in quotes, with a point, such as \"1.08\""),
    ("^[0-9]{1,4}d$", "whole days, such as 400d"),
    ("^[0-9]{1,6}[smhd]$", "a number with a unit: 10s, 30m, 24h or 30d"),
    ("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "the namespace's name: small letters, digits and dashes"),
    ("^[a-z0-9-]+$", "lower-case letters, digits and -"),
    ("^[A-Za-z]+$", "letters alone, such as FilingMissing"),
    ("^[A-Za-z0-9][A-Za-z0-9._/-]*$", "letters, digits, and ., _, / and - between them, such as qwen3-8b"),
    ("^(Exists|Equal)$", "Exists or Equal"),
    ("^(NoSchedule|PreferNoSchedule|NoExecute)$", "NoSchedule, PreferNoSchedule or NoExecute"),
];

static COMPILED: LazyLock<Mutex<BTreeMap<String, Option<Regex>>>> = LazyLock::new(Mutex::default);

/// Whether a text fits a pattern, as the API server asks it: anywhere in the text. One that cannot be read fits all.
pub(super) fn fits(pattern: &str, text: &str) -> bool {
    let mut known = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    let compiled = known.entry(pattern.to_owned()).or_insert_with(|| Regex::new(pattern).ok());
    compiled.as_ref().is_none_or(|compiled| compiled.is_match(text))
}

/// What to write where a pattern asks for it.
pub(super) fn of_pattern(pattern: &str) -> String {
    let known = PATTERNS.iter().find(|(known, _)| *known == pattern);
    known.map_or_else(|| format!("what fits {pattern}"), |(_, words)| (*words).to_owned())
}

/// A rule's message, with where: it begins with its own field, which is not said twice.
pub(super) fn of_rule(at: &str, message: &str) -> String {
    if at.is_empty() {
        return message.to_owned();
    }
    let plain: String = at.split('[').map(|part| part.split_once(']').map_or(part, |(_, rest)| rest)).collect();
    let rest = message.split_once(": ").filter(|(field, _)| plain.ends_with(field)).map_or(message, |(_, rest)| rest);
    format!("{at}: {rest}")
}
