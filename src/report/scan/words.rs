//! The command lines of a container: shells are looked into, and references to variables are replaced by the values
//! that the pod itself writes. No Secret and no ConfigMap is read, and no variable whose name tells of a credential.

use std::collections::BTreeMap;

use super::pod::Container;
use crate::catalog::Servers;

/// Shells inside of shells that are looked into.
const MAX_SHELLS: usize = 4;
/// References inside of values that are followed.
const MAX_REFERENCES: usize = 4;
/// Bytes of a word, once its references are replaced; what is longer keeps the rest as written.
const MAX_WORD_BYTES: usize = 64 * 1024;
/// Command lines of a container that are looked at.
const MAX_LINES: usize = 256;
/// Words before a shell or a program that are passed over: `tini -- env A=b nohup exec`.
const MAX_BEFORE: usize = 8;

const SHELLS: &[&str] = &["sh", "bash", "ash", "dash", "zsh"];
const BEFORE: &[&str] =
    &["exec", "nohup", "env", "time", "sudo", "then", "do", "else", "if", "while", "!", "{", "(", "export"];
const BETWEEN: &[&str] = &[";", "&", "|"];

/// One command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// Its words.
    pub words: Vec<String>,
    /// Whether the image's own entry point stands before them.
    pub behind_entry_point: bool,
}

/// Variables that may be read.
pub(super) struct Variables<'a> {
    container: &'a Container,
    servers: &'a Servers,
}

impl<'a> Variables<'a> {
    pub(super) fn new(container: &'a Container, servers: &'a Servers) -> Self {
        Self { container, servers }
    }

    /// The value that the pod writes, with its own references replaced.
    pub(super) fn value(&self, name: &str) -> Option<String> {
        self.follow(name, MAX_REFERENCES)
    }

    /// Whether there is such a variable, whose value stands elsewhere or may not be read.
    pub(super) fn is_elsewhere(&self, name: &str) -> bool {
        self.container.env.contains_key(name) && self.value(name).is_none()
    }

    fn follow(&self, name: &str, left: usize) -> Option<String> {
        if self.servers.is_secret_name(name) {
            return None;
        }
        let value = self.container.env.get(name)?.as_ref()?;
        let Some(left) = left.checked_sub(1) else { return Some(value.clone()) };
        Some(references(value, |name| self.follow(name, left)))
    }
}

/// All command lines of a container.
pub(super) fn lines(container: &Container, variables: &Variables<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    for (words, behind_entry_point) in [
        (container.command.iter().chain(&container.args).collect::<Vec<_>>(), container.command.is_empty()),
        (container.hook.iter().collect(), false),
    ] {
        let words = words.into_iter().map(|word| references(word, |name| variables.value(name))).collect();
        look(words, behind_entry_point, variables, MAX_SHELLS, &mut lines);
    }
    lines
}

fn look(words: Vec<String>, behind_entry_point: bool, variables: &Variables<'_>, left: usize, lines: &mut Vec<Line>) {
    if words.is_empty() || lines.len() >= MAX_LINES {
        return;
    }
    let Some((script, left)) = script(&words).zip(left.checked_sub(1)) else {
        lines.push(Line { words, behind_entry_point });
        return;
    };
    let mut set: BTreeMap<String, String> = BTreeMap::new();
    for command in commands(script) {
        let mut rest: Vec<String> = Vec::new();
        let mut before = true;
        for word in &command {
            let word = in_shell(word, |name| set.get(name).cloned().or_else(|| variables.value(name)));
            before &= rest.is_empty();
            match assignment(&word).filter(|_| before) {
                Some((name, value)) => drop(set.insert(name.to_owned(), value.to_owned())),
                None if before && BEFORE.contains(&word.as_str()) => {}
                None => rest.push(word),
            }
        }
        look(rest, false, variables, left, lines);
    }
}

/// The script of `sh -c SCRIPT`, with whatever stands before.
fn script(words: &[String]) -> Option<&str> {
    let at = words.iter().take(MAX_BEFORE).position(|word| SHELLS.contains(&program(word)))?;
    let mut asked = false;
    for word in words.iter().skip(at + 1) {
        match word.strip_prefix('-') {
            Some(option) => asked |= !option.starts_with('-') && option.contains('c'),
            None if word.starts_with('+') || matches!(word.as_str(), "pipefail" | "errexit" | "nounset") => {}
            None => return asked.then_some(word),
        }
    }
    None
}

/// The last part of a program's path.
pub(super) fn program(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

/// The commands of a script. Quotes that do not close are read as plain characters.
fn commands(script: &str) -> Vec<Vec<String>> {
    let apart = apart(script);
    let words = shlex::split(&apart).unwrap_or_else(|| apart.split_whitespace().map(str::to_owned).collect());
    let commands = words.split(|word| BETWEEN.contains(&word.as_str())).filter(|command| !command.is_empty());
    commands.take(MAX_LINES).map(<[String]>::to_vec).collect()
}

/// Puts what stands between two commands into words of its own, outside of quotes.
fn apart(script: &str) -> String {
    let mut out = String::with_capacity(script.len() + 16);
    let (mut quote, mut before) = (None, ' ');
    let mut chars = script.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None | Some('"'), '\\') => {
                out.push(c);
                match chars.next() {
                    // Lines that go on: a space in the place of both is what a shell makes of it.
                    Some('\n') if quote.is_none() => drop(out.pop().map(|_| out.push(' '))),
                    next => out.extend(next),
                }
            }
            (None, '\'' | '"') => {
                quote = Some(c);
                out.push(c);
            }
            (Some(open), _) => {
                quote = quote.filter(|_| open != c);
                out.push(c);
            }
            (None, '\n') => out.push_str("\n ; "),
            // `2>&1` is no end of a command.
            (None, '&') if before == '>' => out.push(c),
            (None, ';' | '&' | '|') => out.extend([' ', c, ' ']),
            (None, _) => out.push(c),
        }
        before = c;
    }
    out
}

fn assignment(word: &str) -> Option<(&str, &str)> {
    word.split_once('=').filter(|(name, _)| is_name(name))
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Replaces `$(NAME)`, as Kubernetes does; `$$` is a dollar, and what has no value stays as written.
fn references(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let inside = from.strip_prefix("$(").and_then(|inside| inside.split_once(')'));
        let replaced = inside.and_then(|(name, after)| Some((value(name)?, after)));
        if let Some(after) = from.strip_prefix("$$") {
            out.push('$');
            rest = after;
        } else if let Some((value, after)) = replaced.filter(|(value, _)| out.len() + value.len() <= MAX_WORD_BYTES) {
            out.push_str(&value);
            rest = after;
        } else {
            out.push('$');
            rest = from.get(1..).unwrap_or_default();
        }
    }
    out + rest
}

/// Replaces `$NAME`, `${NAME}` and `${NAME:-otherwise}`, as a shell does; what has no value stays as written.
fn in_shell(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let after_dollar = from.get(1..).unwrap_or_default();
        let braced = after_dollar.strip_prefix('{').and_then(|inside| inside.split_once('}'));
        let (replaced, after) = if let Some((inside, after)) = braced {
            let (name, otherwise) = inside.split_once(":-").map_or((inside, None), |(n, o)| (n, Some(o)));
            let found = value(name).filter(|value| otherwise.is_none() || !value.is_empty());
            (found.or_else(|| otherwise.map(str::to_owned)), after)
        } else {
            let end = after_dollar.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
            let (name, after) = after_dollar.split_at(end.unwrap_or(after_dollar.len()));
            (value(name).filter(|_| !name.is_empty()), after)
        };
        if let Some(replaced) = replaced.filter(|replaced| out.len() + replaced.len() <= MAX_WORD_BYTES) {
            out.push_str(&replaced);
            rest = after;
        } else {
            out.push('$');
            rest = after_dollar;
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    fn of(command: &[&str], env: &[(&str, Option<&str>)]) -> Vec<String> {
        let container = Container {
            command: command.iter().map(|word| (*word).to_owned()).collect(),
            env: env.iter().map(|(name, value)| ((*name).to_owned(), value.map(str::to_owned))).collect(),
            ..Container::default()
        };
        let servers = Catalog::built_in().unwrap().servers();
        let lines = lines(&container, &Variables::new(&container, servers));
        lines.into_iter().map(|line| line.words.join("|")).collect()
    }

    #[test]
    fn a_shell_is_looked_into() {
        assert_eq!(of(&["sh", "-c", "vllm serve 'org/a b' && echo done"], &[]), ["vllm|serve|org/a b", "echo|done"]);
        assert_eq!(of(&["/bin/bash", "-eu", "-o", "pipefail", "-c", "exec a;b"], &[]), ["a", "b"]);
        assert_eq!(
            of(&["tini", "--", "bash", "-lc", "a 2>&1 | tee \"x;y\"\nb \\\n  --c"], &[]),
            ["a|2>&1", "tee|x;y", "b|--c"]
        );
        assert_eq!(of(&["sh", "-c", "bash -c \"vllm serve a/b\""], &[]), ["vllm|serve|a/b"]);
        assert_eq!(of(&["sh", "run.sh"], &[]), ["sh|run.sh"]);
        assert_eq!(of(&["sh", "-c", "vllm serve it's"], &[]), ["vllm|serve|it's"]);
        assert_eq!(of(&["sh", "-c", "# vllm serve a/b\nsleep 1"], &[]), ["sleep|1"]);
    }

    #[test]
    fn variables_are_replaced_by_what_the_pod_writes() {
        let env = [("MODEL", Some("$(ORG)/b")), ("ORG", Some("a")), ("SECRET_MODEL", Some("hidden")), ("MAP", None)];
        assert_eq!(of(&["vllm", "serve", "$(MODEL)", "$$(MODEL)"], &env), ["vllm|serve|a/b|$(MODEL)"]);
        assert_eq!(
            of(&["sh", "-c", "vllm serve ${MODEL} $MAP $SECRET_MODEL"], &env),
            ["vllm|serve|a/b|$MAP|$SECRET_MODEL"]
        );
        assert_eq!(of(&["sh", "-c", "export M=c/d; vllm serve \"$M\" ${N:-e/f}"], &env), ["vllm|serve|c/d|e/f"]);
    }

    #[test]
    fn a_circle_of_references_ends() {
        let env = [("A", Some("$(B)$(B)")), ("B", Some("$(A)$(A)"))];
        assert!(of(&["x", "$(A)"], &env)[0].len() < 1000);
    }
}
