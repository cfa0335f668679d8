//! How every command prints: text for people, JSON or YAML for programs.

use std::io::Write as _;

use anyhow::Context as _;
use clap::ValueEnum;
use serde::Serialize;

/// How results are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
    /// For programs and people.
    Yaml,
}

impl Output {
    /// The value in this form; `text` is asked for only where a person reads.
    pub fn form<T: Serialize>(self, value: &T, text: impl FnOnce() -> String) -> anyhow::Result<String> {
        match self {
            Self::Text => Ok(text()),
            Self::Json => json(value),
            Self::Yaml => yaml(value),
        }
    }
}

/// A value as JSON that a person can read, too.
pub fn json<T: Serialize>(value: &T) -> anyhow::Result<String> {
    Ok(format!("{}\n", serde_json::to_string_pretty(value).context("printing JSON")?))
}

/// A value as YAML.
pub fn yaml<T: Serialize>(value: &T) -> anyhow::Result<String> {
    serde_saphyr::to_string(value).context("printing YAML")
}

/// Prints it; a closed pipe is the reader's choice, and no reason for another exit code.
pub fn print(text: &str) {
    let _ = std::io::stdout().lock().write_all(harmless(text).as_bytes());
}

/// Without the control characters that a terminal obeys: names and words come from files of anybody.
#[must_use]
pub fn harmless(text: &str) -> std::borrow::Cow<'_, str> {
    let obeyed = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    if text.contains(obeyed) { text.replace(obeyed, "\u{fffd}").into() } else { text.into() }
}
