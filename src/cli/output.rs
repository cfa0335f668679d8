//! How every command prints: text for people, JSON or YAML for programs.

use std::io::Write as _;

use anyhow::Context as _;
use clap::ValueEnum;
use serde::Serialize;

use crate::report::table::{MAX_COLUMNS, wrap};

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
    Ok(narrow(&serde_saphyr::to_string(value).context("printing YAML")?))
}

/// Text in lines that a terminal holds: a break in it, with an indent after, reads as one blank.
fn narrow(yaml: &str) -> String {
    let mut out = String::with_capacity(yaml.len());
    // The text that a mark began: how far it is indented, and that of its mark.
    let mut block: Option<(usize, Mark)> = None;
    for line in yaml.lines() {
        let indent = line.len() - line.trim_start().len();
        block = block.filter(|(of, _)| line.trim().is_empty() || indent > *of);
        let quoted = line.ends_with('"') && [": \"", "- \""].iter().any(|start| line.contains(start));
        let more = match &mut block {
            Some((_, Mark::Folded(text))) => (*text.get_or_insert(indent) == indent).then_some(0),
            Some((_, Mark::Literal)) => None,
            None => (quoted || plain(line)).then_some(4),
        };
        if block.is_none() {
            block = Mark::of(line).map(|mark| (indent, mark));
        }
        let room = MAX_COLUMNS.saturating_sub(indent + more.unwrap_or_default());
        // Two blanks beside each other would become one, and a word that is cut two.
        let breaks = !line.trim_start().contains("  ") && line.split_whitespace().all(|w| w.chars().count() <= room);
        match more.filter(|_| breaks && line.chars().count() > MAX_COLUMNS) {
            None => out.push_str(line),
            Some(more) => {
                let lead = format!("\n{}", " ".repeat(indent + more));
                out.push_str(&" ".repeat(indent));
                out.push_str(&wrap(line.trim_start(), room).join(&lead));
            }
        }
        out.push('\n');
    }
    out
}

/// Whether a line ends in words without quotes, none of which means something else at the start of a line.
fn plain(line: &str) -> bool {
    let words = line.trim_start().trim_start_matches("- ").split_whitespace();
    words.clone().count() > 2
        && words.into_iter().all(|word| word.starts_with(|c: char| c.is_alphanumeric() || c == '('))
}

/// How text over several lines begins.
enum Mark {
    /// Its breaks are blanks; how far it is indented, once that is known.
    Folded(Option<usize>),
    /// Its breaks are breaks.
    Literal,
}

impl Mark {
    fn of(line: &str) -> Option<Self> {
        let mark = line.rsplit(' ').next()?.trim_end_matches(['-', '+']);
        match mark {
            ">" => Some(Self::Folded(None)),
            "|" => Some(Self::Literal),
            _ => None,
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Catalog, confirm};

    #[test]
    fn yaml_that_is_narrowed_says_the_same() {
        let same = |value: serde_json::Value| {
            let text = yaml(&value).unwrap();
            let read: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
            assert_eq!(read, value, "{text}");
            // Text whose breaks are its own stays as wide as it is.
            let literal = text.lines().any(|line| matches!(Mark::of(line), Some(Mark::Literal)));
            let too_wide = |line: &&str| line.chars().count() > MAX_COLUMNS && line.split_whitespace().count() > 2;
            assert!(literal || text.lines().find(too_wide).is_none(), "{text}");
        };
        let catalog = Catalog::built_in().unwrap();
        catalog.rules().for_each(|rule| same(serde_json::to_value(rule).unwrap()));
        catalog.licenses().for_each(|license| {
            same(serde_json::to_value(license).unwrap());
            same(serde_json::to_value(confirm::object(license)).unwrap());
        });
        let long = "a: b, ".repeat(40);
        same(
            serde_json::json!({"a": long.trim(), "b": [long.trim(), {"c": long.trim()}], "d": format!("{long}\n{long}")}),
        );
    }
}
