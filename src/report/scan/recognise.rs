//! Which model server a container holds, and what its command line and environment tell it.

use super::{
    pod::Container,
    words::{Line, Variables, program},
};
use crate::catalog::{
    Servers,
    server::{Does, Server, Told},
    words::YesNo,
};

/// Words of a command line among which a program is looked for.
const MAX_BEFORE: usize = 12;
/// Adapters or draft models of one server.
const MAX_VALUES: usize = 16;

/// A program that the data knows, with the command lines that are its own.
pub(super) struct Hit<'a> {
    /// Which.
    pub server: &'a Server,
    /// What told it, in words.
    pub by: &'static str,
    /// Its command lines.
    pub lines: Vec<&'a Line>,
}

/// What a program was told, and by which flag or variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// The value.
    pub value: String,
    /// The flag or the variable.
    pub by: String,
}

/// The programs of a container that the data knows. A command line tells more than an image, and an image more than a
/// flag; what passes requests on holds no model, whatever its flags say.
pub(super) fn recognise<'a>(
    container: &Container,
    lines: &'a [Line],
    variables: &Variables<'_>,
    servers: &'a Servers,
) -> Vec<Hit<'a>> {
    let mut hits: Vec<Hit<'a>> = Vec::new();
    let mut settled = false;
    for line in lines {
        let server = servers.servers.iter().find(|s| s.commands.iter().any(|c| runs(line, c, servers)));
        if let Some(server) = server {
            settled |= server.does != Does::Fetches;
            hits.push(Hit { server, by: "command", lines: vec![line] });
        }
    }
    if !settled {
        let image = repository(&container.image);
        let by_image = servers.servers.iter().find(|s| s.images.iter().any(|pattern| ends(image, pattern)));
        let by_hint = || {
            servers.servers.iter().find(|s| {
                s.hints.iter().any(|flag| lines.iter().any(|line| flag_at(line, flag).is_some()))
                    && said(&s.model, &lines.iter().collect::<Vec<_>>(), variables).is_some()
            })
        };
        // What a fetching command line says is no longer the server's.
        let rest =
            lines.iter().filter(|line| !hits.iter().any(|hit| hit.lines.iter().any(|own| std::ptr::eq(*own, *line))));
        let found = by_image.map(|s| (s, "image")).or_else(|| by_hint().map(|s| (s, "arguments")));
        if let Some((server, by)) = found {
            let lines = rest.collect();
            hits.push(Hit { server, by, lines });
        }
    }
    hits.retain(|hit| hit.server.does != Does::Forwards);
    hits
}

/// An image without registry host, tag and digest. A host is kept where it is: patterns are ends.
pub(super) fn repository(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or_default();
    match image.rfind(':') {
        Some(colon) if !image.get(colon..).is_some_and(|tag| tag.contains('/')) => image.get(..colon).unwrap_or(image),
        _ => image,
    }
}

/// Whether a pattern is the end of an image's repository, in whole segments.
fn ends(repository: &str, pattern: &str) -> bool {
    let starts = std::iter::once(0).chain(repository.match_indices('/').map(|(at, _)| at + 1));
    starts.filter_map(|at| repository.get(at..)).any(|end| like(end, pattern))
}

fn like(text: &str, pattern: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(end), _) => text.ends_with(end),
        (_, Some(start)) => text.starts_with(start),
        _ => text == pattern,
    }
}

/// Whether a command line runs a program: its words follow each other, at the front or behind what launches programs.
fn runs(line: &Line, command: &str, servers: &Servers) -> bool {
    let Some(first) = line.words.first() else { return false };
    let launched = servers.launchers.iter().any(|launcher| like(program(first), launcher));
    let reach = if launched { MAX_BEFORE } else { 1 };
    (0..reach.min(line.words.len())).any(|at| {
        let mut words = line.words.iter().skip(at);
        let mut wanted = command.split(' ').enumerate();
        wanted.all(|(i, pattern)| {
            words.next().is_some_and(|word| like(if i == 0 { program(word) } else { word }, pattern))
        })
    })
}

/// What stands behind a flag: its value, and where the words after it begin.
fn flag_at<'l>(line: &'l Line, flag: &str) -> Option<(Option<&'l str>, usize)> {
    let same = |word: &str| {
        word == flag || (word.starts_with("--") && word.len() == flag.len() && word.replace('_', "-") == flag)
    };
    let mut found = None;
    for (at, word) in line.words.iter().enumerate() {
        match word.split_once('=') {
            Some((name, value)) if same(name) => found = Some((Some(value), at + 1)),
            _ if same(word) => found = Some((None, at + 1)),
            _ => {}
        }
    }
    found
}

fn is_flag(word: &str) -> bool {
    word.starts_with('-')
}

/// What these command lines, or the environment, tell. Of a flag that is there twice the last counts.
pub(super) fn said(told: &Told, lines: &[&Line], variables: &Variables<'_>) -> Option<Said> {
    let flagged = told.flags.iter().find_map(|flag| {
        let value = |line: &&Line| {
            let (value, next) = flag_at(line, flag)?;
            let next = || line.words.get(next).map(String::as_str).filter(|word| !is_flag(word));
            value.or_else(next).filter(|value| !value.is_empty()).map(str::to_owned)
        };
        lines.iter().rev().find_map(value).map(|value| Said { value, by: flag.clone() })
    });
    let bare = || {
        told.after.iter().find_map(|word| {
            let value = lines.iter().find_map(|line| bare_after(line, word))?;
            Some(Said { value: value.to_owned(), by: "argument".into() })
        })
    };
    let first = || {
        let line = lines.iter().find(|line| line.behind_entry_point && told.first_word.is_some_and(YesNo::is_yes))?;
        let word = line.words.first().filter(|word| !is_flag(word) && word.contains('/'))?;
        Some(Said { value: word.clone(), by: "argument".into() })
    };
    let variable = || {
        told.env.iter().find_map(|name| {
            let value = variables.value(name).filter(|value| !value.is_empty());
            let elsewhere = || variables.is_elsewhere(name).then(|| format!("$({name})"));
            value.or_else(elsewhere).map(|value| Said { value, by: name.clone() })
        })
    };
    flagged.or_else(bare).or_else(first).or_else(variable)
}

/// The bare word behind a command such as `serve`: the next one, or further on one that is no flag's value.
fn bare_after<'l>(line: &'l Line, word: &str) -> Option<&'l str> {
    let at = line.words.iter().take(MAX_BEFORE).position(|one| program(one) == word)?;
    let next = line.words.get(at + 1)?;
    if !is_flag(next) {
        return Some(next);
    }
    let pairs = line.words.windows(2).skip(at + 1);
    let mut bare = pairs.filter_map(|pair| match pair {
        [before, word] if !is_flag(word) && (!is_flag(before) || before.contains('=')) => Some(word.as_str()),
        _ => None,
    });
    // A value of a flag that takes several looks the same: only what names a model by publisher is taken.
    bare.rfind(|word| word.contains('/'))
}

/// All that these flags and variables list: several words, commas, `name=value` and JSON are read.
pub(super) fn listed(told: &Told, lines: &[&Line], variables: &Variables<'_>) -> Vec<Said> {
    let mut values: Vec<Said> = Vec::new();
    for flag in &told.flags {
        for line in lines {
            let Some((value, next)) = flag_at(line, flag) else { continue };
            let behind = line.words.iter().skip(next).take_while(|word| !is_flag(word)).map(String::as_str);
            let words: Vec<&str> = value.map_or_else(|| behind.collect(), |value| vec![value]);
            values.extend(words.into_iter().flat_map(parts).map(|value| Said { value, by: flag.clone() }));
        }
    }
    for name in &told.env {
        let value = variables.value(name).unwrap_or_default();
        values.extend(parts(&value).into_iter().map(|value| Said { value, by: name.clone() }));
    }
    values.truncate(MAX_VALUES);
    values
}

fn parts(word: &str) -> Vec<String> {
    if word.starts_with('{') {
        let json: serde_json::Value = serde_json::from_str(word).unwrap_or_default();
        let named = ["path", "model"].iter().find_map(|key| json.get(key)?.as_str().map(str::to_owned));
        return named.into_iter().collect();
    }
    let named = word.split(',').map(|part| part.split_once('=').map_or(part, |(_, value)| value));
    named.filter(|value| !value.is_empty()).map(str::to_owned).collect()
}
