//! Small tables for a terminal of 100 columns.

use std::fmt::Write as _;

/// Widest line, in characters.
pub const MAX_COLUMNS: usize = 100;

/// Columns as wide as their widest cell, the last one wrapped to what is left; where that is little and too little,
/// it goes below, so that no line is cut.
#[must_use]
pub fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns.saturating_sub(1)).map(width).collect();
    let beside: usize = widths.iter().map(|width| width + GAP).sum();
    let below = beside > MAX_INDENT && beside + width(widths.len()) > MAX_COLUMNS;
    let indent = if below { INDENT_BELOW } else { beside };
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let _ = write!(line, "{cell:<width$}{:GAP$}", "");
        }
        let last = row.get(widths.len()).map(String::as_str).unwrap_or_default();
        if below {
            out.push_str(line.trim_end());
            out.push('\n');
            line = " ".repeat(indent);
        }
        for (i, part) in wrap(last, MAX_COLUMNS - indent).iter().enumerate() {
            if i > 0 {
                line = " ".repeat(indent);
            }
            line.push_str(part);
            if !(below && part.is_empty()) {
                out.push_str(line.trim_end());
                out.push('\n');
            }
        }
    }
    out
}

/// Spaces between columns.
const GAP: usize = 2;

/// Widest indent of a last column that is wrapped beside the others.
const MAX_INDENT: usize = 56;

/// Indent of a last column that goes below.
const INDENT_BELOW: usize = 4;

/// `700,000,000`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Words in lines of at most `width` characters; a longer word has a line of its own.
#[must_use]
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_column_is_wrapped_and_no_line_is_longer_than_a_terminal() {
        let text = "word ".repeat(60);
        let rows = vec![vec!["deploy/a.yaml".into(), "Allowed".into(), text], vec!["b".into(), "Refused".into()]];
        let out = table(&rows);
        assert!(out.lines().all(|line| line.chars().count() <= MAX_COLUMNS), "{out}");
        assert!(out.lines().last().unwrap().starts_with("b              Refused"), "{out}");
    }
}
