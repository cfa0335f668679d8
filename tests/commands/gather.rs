//! Where commands are named: string literals and help texts of the sources, the chart, the pages.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A command, and where it stands.
pub struct Named {
    pub place: String,
    pub command: String,
}

/// Lower-case words that follow our name and are no subcommand.
const NO_COMMAND: &[&str] = &["modelport webhook"];

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Pages for users. The transcript of the demo is written by the demo, so that what stands in it ran.
pub fn pages() -> Vec<PathBuf> {
    let mut pages = vec![root().join("README.md"), root().join("tests/cluster/README.md")];
    for name in ["CONTRIBUTING.md", "SECURITY.md", "src/catalog/data/README.md"] {
        pages.push(root().join(name));
    }
    pages.extend(files(&root().join("docs"), "md").into_iter().filter(|path| !path.ends_with("demo.md")));
    pages
}

/// Everything that is named anywhere.
pub fn named() -> Vec<Named> {
    let mut found = Vec::new();
    for path in files(&root().join("src"), "rs") {
        found.extend(in_source(&path));
    }
    for path in files(&root().join("charts/modelport/templates"), "") {
        found.extend(in_text(&path));
    }
    found.extend(in_text(&root().join("tests/demo/last-screen.sh")));
    for path in pages() {
        found.extend(in_spans(&path));
        let ours = |n: &Named| {
            ["kubectl", "modelport", "helm", "make"].iter().any(|p| n.command.starts_with(&format!("{p} ")))
        };
        found.extend(typed_blocks(&path).into_iter().filter(ours));
    }
    found
}

/// Commands of the `sh` blocks of a page, each on one line, without what follows `#`.
pub fn typed_blocks(path: &Path) -> Vec<Named> {
    let text = read(path);
    let mut found = Vec::new();
    let mut inside = false;
    for (i, line) in one_line(&text).lines().enumerate() {
        if line.starts_with("```") {
            inside = !inside && line == "```sh";
        } else if inside {
            let command = line.split(" #").next().unwrap_or_default().trim();
            let parts = command.split(" && ").map(str::trim).filter(|part| !part.is_empty() && !part.starts_with('#'));
            found.extend(parts.map(|part| Named { place: place(path, i), command: part.to_owned() }));
        }
    }
    found
}

/// Continued lines joined, blanks within a line reduced to one.
pub fn one_line(text: &str) -> String {
    let joined = text.replace(",\\\n", ",").replace("\\\n", " ");
    joined.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join("\n")
}

/// Literals, and the doc comments of what becomes help text; no other comment, and no test.
fn in_source(path: &Path) -> Vec<Named> {
    let text = read(path);
    let help = path.components().any(|c| c.as_os_str() == "cli" || c.as_os_str() == "ops");
    let lines = text.lines().take_while(|line| !line.starts_with("#[cfg(test)]")).enumerate();
    lines
        .filter(|(_, line)| {
            let line = line.trim_start();
            !line.starts_with("//") || (help && line.starts_with("///"))
        })
        .flat_map(|(i, line)| in_sentence(path, i, line))
        .collect()
}

fn in_text(path: &Path) -> Vec<Named> {
    let text = read(path);
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.contains("include") && !line.trim_start().starts_with('#'))
        .flat_map(|(i, line)| in_sentence(path, i, line))
        .collect()
}

/// Code spans of a page.
fn in_spans(path: &Path) -> Vec<Named> {
    let text = read(path);
    let mut found = Vec::new();
    let mut inside = false;
    for (i, line) in text.lines().enumerate() {
        if line.starts_with("```") {
            inside = !inside;
        } else if !inside {
            let spans = line.split('`').skip(1).step_by(2);
            found.extend(spans.flat_map(|span| in_sentence(path, i, span)));
        }
    }
    found
}

/// The commands of one line of prose or code.
fn in_sentence(path: &Path, line_number: usize, line: &str) -> Vec<Named> {
    let mut found = Vec::new();
    let mut rest = 0;
    while let Some(at) = ["kubectl ", "modelport ", "helm ", "make "]
        .iter()
        .filter_map(|p| line.get(rest..)?.find(p).map(|at| at + rest))
        .min()
    {
        let before = line[..at].chars().next_back();
        // "make" is an English word: it counts at the start of a span or a literal alone.
        let starts = match before {
            None => true,
            Some(c) if line[at..].starts_with("make ") => c == '"' || c == '`',
            Some(c) => !c.is_alphanumeric() && !"/_.-=".contains(c),
        };
        let command = until_its_end(&line[at..]);
        rest = at + if starts { command.len().max(5) } else { 5 };
        let word = command.split_whitespace().nth(1).unwrap_or_default();
        let plain = word.starts_with(|c: char| c.is_ascii_lowercase() || c == '-');
        if starts && plain && !NO_COMMAND.iter().any(|no| command.starts_with(no)) {
            found.push(Named { place: place(path, line_number), command: command.trim().to_owned() });
        }
        if rest >= line.len() || !line.is_char_boundary(rest) {
            break;
        }
    }
    found
}

/// A command in a sentence ends with its quotes, its brackets, its clause or its column.
fn until_its_end(text: &str) -> &str {
    let ends = ["`", "\"", "'", ")", "|", ";", ", ", ". ", ": ", " (", "  ", "\\n", " && ", "..."];
    let end = ends.iter().filter_map(|end| text.find(end)).min().unwrap_or(text.len());
    text[..end].trim_end_matches(['.', ',', ':'])
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if extension.is_empty() || path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn place(path: &Path, line: usize) -> String {
    format!("{}:{}", path.strip_prefix(root()).unwrap_or(path).display(), line + 1)
}
