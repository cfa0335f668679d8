//! Small tables for a terminal of 100 columns.

use std::fmt::Write as _;

/// Widest line, in characters.
pub const MAX_COLUMNS: usize = 100;

/// Columns as wide as their widest cell, the last one wrapped to what is left; where that is little and too little,
/// it goes below, so that no line is cut.
#[must_use]
pub fn table(rows: &[Vec<String>]) -> String {
    lines(rows, MAX_COLUMNS).concat()
}

/// As [`table`]; where the names in the first column leave no room for the others, each stands on a line of its own.
#[must_use]
pub fn named(rows: &[Vec<String>]) -> String {
    let text = table(rows);
    if text.lines().all(|line| line.chars().count() <= MAX_COLUMNS) {
        return text;
    }
    let others: Vec<Vec<String>> = rows.iter().map(|row| row.iter().skip(1).cloned().collect()).collect();
    let mut out = String::new();
    for (row, other) in rows.iter().zip(lines(&others, MAX_COLUMNS - GAP)) {
        out.push_str(row.first().map(String::as_str).unwrap_or_default());
        out.push('\n');
        for line in other.lines() {
            let _ = writeln!(out, "{:GAP$}{line}", "");
        }
    }
    out
}

/// The rows, each with all its lines.
fn lines(rows: &[Vec<String>], max: usize) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns.saturating_sub(1)).map(width).collect();
    let beside: usize = widths.iter().map(|width| width + GAP).sum();
    let below = beside > MAX_INDENT && beside + width(widths.len()) > max;
    let indent = if below { INDENT_BELOW } else { beside };
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let mut out = String::new();
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
        for (i, part) in wrap(last, max.saturating_sub(indent)).iter().enumerate() {
            if i > 0 {
                line = " ".repeat(indent);
            }
            line.push_str(part);
            if !(below && part.is_empty()) {
                out.push_str(line.trim_end());
                out.push('\n');
            }
        }
        all.push(out);
    }
    all
}

/// Spaces between columns.
const GAP: usize = 2;

/// Widest indent of a last column that is wrapped beside the others.
const MAX_INDENT: usize = 56;

/// Indent of a last column that goes below.
const INDENT_BELOW: usize = 4;

/// `1 pod`, `2 pods`.
#[must_use]
pub fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// Words in lines of at most `width` characters; a list that is longer is cut after its commas, and a longer word has a
/// line of its own.
#[must_use]
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace().flat_map(|word| pieces(word, width)) {
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

/// A word, or the parts of a list that is wider than a line.
fn pieces(word: &str, width: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = word;
    while rest.chars().count() > width {
        let fits = |(at, _): &(usize, &str)| rest.get(..=*at).is_some_and(|head| head.chars().count() <= width);
        let cut = rest.match_indices(',').filter(|(at, _)| at + 1 < rest.len()).take_while(fits).last();
        let Some((head, tail)) = cut.and_then(|(at, _)| rest.split_at_checked(at + 1)) else { break };
        pieces.push(head);
        rest = tail;
    }
    pieces.push(rest);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_is_wider_than_a_line_is_cut_after_its_commas() {
        let list = vec!["AT"; 60].join(",");
        let lines = wrap(&format!("in {list} with 1"), 40);
        assert!(lines.iter().all(|line| line.chars().count() <= 40), "{lines:?}");
        assert_eq!(lines.concat().replace(' ', ""), format!("in{list}with1"));
        assert_eq!(wrap("one,two three", 7), ["one,two", "three"]);
        assert_eq!(wrap("unbreakable,", 5), ["unbreakable,"]);
    }

    #[test]
    fn the_last_column_is_wrapped_and_no_line_is_longer_than_a_terminal() {
        let text = "word ".repeat(60);
        let rows = vec![vec!["deploy/a.yaml".into(), "Allowed".into(), text], vec!["b".into(), "Refused".into()]];
        let out = table(&rows);
        assert!(out.lines().all(|line| line.chars().count() <= MAX_COLUMNS), "{out}");
        assert!(out.lines().last().unwrap().starts_with("b              Refused"), "{out}");
    }

    #[test]
    fn a_name_that_leaves_no_room_stands_on_a_line_of_its_own() {
        let row = |name: &str| vec![name.to_owned(), "CN".into(), "alibaba".into(), "word ".repeat(30)];
        let out = named(&[row(&"n".repeat(90)), row("short")]);
        assert!(out.lines().all(|line| line.chars().count() <= MAX_COLUMNS), "{out}");
        assert!(out.starts_with(&format!("{}\n  CN  alibaba  word", "n".repeat(90))), "{out}");
        assert_eq!(named(&[row("short")]), table(&[row("short")]));
    }
}
