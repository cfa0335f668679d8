//! The matrix as an SVG file: small, readable without colours, with a title for each cell.

use std::fmt::Write as _;

use super::matrix::{Cell, Matrix, State};

/// Pixels.
const CELL_WIDTH: usize = 84;
const CELL_HEIGHT: usize = 26;
const MARGIN: usize = 16;
const CHAR_WIDTH: usize = 7;
const LINE_HEIGHT: usize = 18;
const LEGEND_WIDTH: usize = 170;
/// Longest title of a row, in characters; the whole one stands in its tooltip.
const MAX_TITLE_CHARS: usize = 56;

/// Ground and writing of a state, in colours that differ in brightness, too.
fn colours(state: State) -> (&'static str, &'static str) {
    match state {
        State::Allowed => ("#d9f2e0", "#0b5c2b"),
        State::AllowedWithDuties => ("#dcebfb", "#0a4a8a"),
        State::Waiting => ("#fff3c4", "#6b4a00"),
        State::Refused => ("#fbd9d7", "#8a1710"),
    }
}

/// The file.
#[must_use]
pub fn svg(matrix: &Matrix, title: &str) -> String {
    let longest = matrix.rows.iter().map(|row| row.title.chars().count()).max().unwrap_or_default();
    let names = longest.min(MAX_TITLE_CHARS) * CHAR_WIDTH + MARGIN;
    let columns = matrix.countries.len() * CELL_WIDTH;
    let width = (2 * MARGIN + names + columns).max(2 * MARGIN + State::ALL.len() * LEGEND_WIDTH);
    let top = MARGIN + (2 + matrix.about.len()) * LINE_HEIGHT;
    let body = top + CELL_HEIGHT;
    let legend = body + matrix.rows.len() * CELL_HEIGHT + MARGIN;
    let height = legend + CELL_HEIGHT + 2 * LINE_HEIGHT + MARGIN;
    let counts = State::ALL.map(|state| format!("{} {}", matrix.count(state), state.words())).join(", ");
    let mut out = String::new();
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" role=\"img\" aria-labelledby=\"title desc\" \
         font-family=\"system-ui, sans-serif\" font-size=\"12\">"
    );
    let _ = writeln!(out, "<title id=\"title\">{}</title>", escaped(title));
    let _ = writeln!(out, "<desc id=\"desc\">{}</desc>", escaped(&description(matrix, &counts)));
    let _ = writeln!(out, "<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>");
    let mut y = MARGIN + LINE_HEIGHT;
    let _ =
        writeln!(out, "<text x=\"{MARGIN}\" y=\"{y}\" font-size=\"16\" font-weight=\"600\">{}</text>", escaped(title));
    for line in &matrix.about {
        y += LINE_HEIGHT;
        let _ = writeln!(out, "<text x=\"{MARGIN}\" y=\"{y}\" fill=\"#444444\">{}</text>", escaped(line));
    }
    for (i, country) in matrix.countries.iter().enumerate() {
        let x = MARGIN + names + i * CELL_WIDTH + CELL_WIDTH / 2;
        let y = top + LINE_HEIGHT;
        let _ = writeln!(
            out,
            "<text x=\"{x}\" y=\"{y}\" text-anchor=\"middle\" font-weight=\"600\">{}</text>",
            escaped(country)
        );
    }
    for (i, row) in matrix.rows.iter().enumerate() {
        let y = body + i * CELL_HEIGHT;
        let _ = writeln!(
            out,
            "<g><title>{}</title><text x=\"{MARGIN}\" y=\"{}\">{}</text></g>",
            escaped(&format!("{}: {}", row.title, row.license)),
            y + LINE_HEIGHT,
            escaped(&shortened(&row.title))
        );
        for (j, cell) in row.cells.iter().enumerate() {
            let told = format!("{} in {}: {}", row.title, cell.country, cell.told());
            one(&mut out, (MARGIN + names + j * CELL_WIDTH, y), cell.state, &cell.word(), &told);
        }
    }
    for (i, state) in State::ALL.into_iter().enumerate() {
        let (x, y) = (MARGIN + i * LEGEND_WIDTH, legend);
        one(&mut out, (x, y), state, sample(state), state.words());
        let _ = writeln!(
            out,
            "<text x=\"{}\" y=\"{}\">{}</text>",
            x + CELL_WIDTH + 4,
            y + LINE_HEIGHT,
            legend_words(state)
        );
    }
    let unseen = if matrix.not_surveyed() { " ? nobody looked for rules of the country itself." } else { "" };
    let y = legend + CELL_HEIGHT + LINE_HEIGHT;
    let _ = writeln!(
        out,
        "<text x=\"{MARGIN}\" y=\"{y}\" fill=\"#444444\">{}</text>",
        escaped(&format!("{counts}. ! a rule of the place is only reported.{unseen}"))
    );
    let y = y + LINE_HEIGHT;
    let _ = writeln!(
        out,
        "<text x=\"{MARGIN}\" y=\"{y}\" fill=\"#444444\">{}</text>",
        escaped(&format!("Decided for {}. Rules and facts as Modelport records them; no legal advice.", matrix.at))
    );
    out.push_str("</svg>\n");
    out
}

fn one(out: &mut String, (x, y): (usize, usize), state: State, word: &str, told: &str) {
    let (ground, ink) = colours(state);
    let _ = writeln!(
        out,
        "<g><title>{}</title><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"3\" fill=\"{ground}\"/><text \
         x=\"{}\" y=\"{}\" text-anchor=\"middle\" fill=\"{ink}\">{}</text></g>",
        escaped(told),
        x + 2,
        y + 2,
        CELL_WIDTH - 4,
        CELL_HEIGHT - 4,
        x + CELL_WIDTH / 2,
        y + LINE_HEIGHT,
        escaped(word)
    );
}

/// What a cell of a state looks like.
fn sample(state: State) -> &'static str {
    match state {
        State::Allowed => "allowed",
        State::AllowedWithDuties => "owes N",
        State::Waiting => "waits",
        State::Refused => "refused",
    }
}

fn legend_words(state: State) -> &'static str {
    match state {
        State::Allowed => "nothing owed",
        State::AllowedWithDuties => "with duties",
        State::Waiting => "a fact is missing",
        State::Refused => "see its title",
    }
}

/// For who hears it instead: the counts, then row by row.
fn description(matrix: &Matrix, counts: &str) -> String {
    let cell = |cell: &Cell| format!("{} {}", cell.country, cell.word());
    let row = |row: &super::matrix::Row| {
        format!("{}: {}", row.title, row.cells.iter().map(cell).collect::<Vec<_>>().join(", "))
    };
    let rows: Vec<String> = matrix.rows.iter().map(row).collect();
    format!("Models by countries, decided for {}. {counts}. {}.", matrix.at, rows.join(". "))
}

fn shortened(title: &str) -> String {
    if title.chars().count() <= MAX_TITLE_CHARS {
        return title.to_owned();
    }
    title.chars().take(MAX_TITLE_CHARS - 3).chain("...".chars()).collect()
}

/// Text that XML takes as it is meant: names and words come from files of anybody.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // XML has no way to write the other control characters, and two that are no characters at all.
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::matrix::Row;

    #[test]
    fn what_a_file_says_is_never_read_as_markup() {
        let hostile = "<script>\"&'\u{1}\u{ffff}".to_owned();
        let cell = Cell {
            country: hostile.clone(),
            state: State::Refused,
            reason: Some(crate::manifest::Reason::PlaceExcluded),
            sentence: Some(hostile.clone()),
            owes: 0,
            rules_warn: 0,
            not_surveyed: false,
        };
        let matrix = Matrix {
            about: vec![hostile.clone()],
            at: jiff::Timestamp::UNIX_EPOCH,
            countries: vec![hostile.clone()],
            rows: vec![Row { title: hostile.clone(), license: hostile.clone(), cells: vec![cell] }],
        };
        let text = svg(&matrix, &hostile);
        assert!(!text.contains("<script") && !text.contains('\u{1}') && !text.contains('\u{ffff}'), "{text}");
        let marks = text.matches('<').count();
        assert_eq!(marks, text.matches('>').count(), "{text}");
        assert!(text.contains("&lt;script&gt;&quot;&amp;&#39;"), "{text}");
    }
}
