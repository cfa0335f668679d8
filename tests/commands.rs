//! Every command that a sentence, a page or the chart names is one, and every command of the README and the docs is run
//! by a suite.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on ends")]

use std::{collections::BTreeSet, fs, path::Path};

use clap::{CommandFactory as _, Parser as _, error::ErrorKind};
use modelport::{cli::Cli, manifest::definitions};

#[path = "commands/gather.rs"]
mod gather;
#[path = "commands/links.rs"]
mod links;
#[path = "kit/program.rs"]
mod program;

use gather::{Named, pages, root, typed_blocks};
use program::program;

/// Verbs of kubectl that we name, and whether a kind comes after them.
const KUBECTL: &[(&str, bool)] = &[
    ("annotate", true),
    ("apply", false),
    ("create", false),
    ("delete", true),
    ("describe", true),
    ("edit", true),
    ("exec", false),
    ("get", true),
    ("label", true),
    ("logs", false),
    ("patch", true),
    ("port-forward", false),
    ("rollout", false),
    ("scale", true),
    ("uncordon", false),
    ("wait", false),
];
/// Flags of kubectl whose value is the next word.
const KUBECTL_FLAGS: &[&str] = &["-n", "-l", "-L", "-f", "-o", "-p", "-c", "--namespace"];
/// Kinds of Kubernetes itself that we name.
const KINDS: &[&str] = &[
    "crd",
    "deployment",
    "events",
    "jobs",
    "lease",
    "namespace",
    "node",
    "nodes",
    "pod",
    "pods",
    "service",
    "validatingadmissionpolicybinding",
    "validatingwebhookconfiguration",
];
const HELM: &[&str] = &["install", "rollback", "template", "uninstall", "upgrade"];

/// What is wrong with a command; nothing when it is one.
fn fault(command: &str) -> Option<String> {
    // What a shell does with the output is the shell's.
    let own = command.split(" > ").flat_map(|part| part.split(" | ")).next().unwrap_or(command);
    let words = shlex::split(own).unwrap_or_default();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match *words.first()? {
        "kubectl" if words.get(1) == Some(&"modelport") => ours(&words[1..]),
        "modelport" => ours(&words),
        "kubectl" => kubectl(&words[1..]),
        "helm" => {
            let verb = words.get(1).copied().unwrap_or_default();
            (!HELM.contains(&verb)).then(|| format!("helm has no verb {verb} that we know"))
        }
        "make" => {
            let target = words.get(1).copied().unwrap_or_default();
            let makefile = fs::read_to_string(root().join("Makefile")).expect("the Makefile can be read");
            let known = makefile.lines().any(|line| line.starts_with(&format!("{target}:")));
            (!known).then(|| format!("the Makefile has no target {target}"))
        }
        other => Some(format!("{other} is not a program that we know")),
    }
}

fn ours(words: &[&str]) -> Option<String> {
    let subcommand = words.get(1).copied()?;
    if Cli::command().find_subcommand(subcommand).is_none() {
        return Some(format!("there is no subcommand {subcommand}"));
    }
    // A bare mention ("`modelport check`"), and a value that is filled in later, name the subcommand and no more.
    if words.len() == 2 || words.iter().any(|word| word.contains('{')) {
        return None;
    }
    let error = Cli::try_parse_from(words).err()?;
    // A flag named at the end ("`modelport check --replay`") stands for itself, without its value.
    let bare = words.last().is_some_and(|word| word.starts_with('-')) && error.kind() == ErrorKind::InvalidValue;
    (error.kind() != ErrorKind::DisplayHelp && !bare).then(|| error.to_string())
}

fn kubectl(words: &[&str]) -> Option<String> {
    let mut plain = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if KUBECTL_FLAGS.contains(word) {
            words.next();
        } else if !word.starts_with('-') {
            plain.push(*word);
        }
    }
    let verb = plain.first().copied().unwrap_or_default();
    let Some((_, with_kind)) = KUBECTL.iter().find(|(known, _)| *known == verb) else {
        return Some(format!("kubectl has no verb {verb} that we know"));
    };
    let kind = plain.get(1).copied().unwrap_or_default();
    if !with_kind || kind.is_empty() {
        return None;
    }
    let kind = kind.split('/').next().unwrap_or_default();
    let unknown = kind.split(',').find(|kind| !kinds().contains(*kind) && !kind.contains('{'));
    unknown.map(|kind| format!("there is no kind {kind}"))
}

fn kinds() -> BTreeSet<String> {
    let ours = definitions::all().into_iter().flat_map(|crd| {
        let names = crd.spec.names;
        [Some(names.plural), names.singular].into_iter().flatten().chain(names.short_names.unwrap_or_default())
    });
    ours.chain(KINDS.iter().map(|kind| (*kind).to_owned())).collect()
}

#[test]
fn every_command_that_is_named_is_one() {
    let named = gather::named();
    let count = |part: &str| named.iter().filter(|n| n.place.contains(part)).count();
    for part in ["src/decide", "src/manifest", "src/report", "src/cli", "src/admission", "NOTES.txt", "README", "docs/"]
    {
        assert!(count(part) > 0, "no command was found in {part}: the search is broken, or the list of places is old");
    }
    let wrong: Vec<String> = named
        .iter()
        .filter_map(|Named { place, command }| Some(format!("{place}: `{command}`: {}", fault(command)?)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_no_command_is_found_out() {
    for wrong in [
        "modelport chekc -f x",
        "modelport check --explian -f x",
        "kubectl modelport catalog lawyers",
        "kubectl edit mdp x",
        "kubectl frobnicate pods",
        "helm teleport x",
        "make tea",
    ] {
        assert!(fault(wrong).is_some(), "{wrong} passed");
    }
}

/// A row of `commands/executed.tsv`: a command as the page has it, the file that runs it, and the words of that file
/// which do (`=`: the command itself). `nothing` in place of the file: it needs what no suite has, and the third
/// column says what.
struct Row {
    command: String,
    file: String,
    words: String,
}

fn rows() -> Vec<Row> {
    let text = fs::read_to_string(root().join("tests/commands/executed.tsv")).expect("the table can be read");
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            let [command, file, words] = cells[..] else { panic!("three cells are wanted: {line}") };
            Row { command: command.into(), file: file.into(), words: words.into() }
        })
        .collect()
}

#[test]
fn every_command_of_the_readme_and_the_docs_is_run_by_a_suite() {
    let rows = rows();
    let mut seen = BTreeSet::new();
    let mut missing = Vec::new();
    for Named { place, command } in pages().iter().flat_map(|page| typed_blocks(page)) {
        if !rows.iter().any(|row| row.command == command) {
            missing.push(format!("{place}: {command}"));
        }
        seen.insert(command);
    }
    assert!(missing.is_empty(), "in no suite; run it in one and say so in executed.tsv:\n{}", missing.join("\n"));
    for Row { command, file, words } in rows {
        assert!(seen.contains(&command), "no page has this command any longer: {command}");
        if file == "nothing" {
            assert!(!words.is_empty(), "{command}: say what it needs");
            continue;
        }
        let text = fs::read_to_string(root().join(&file)).unwrap_or_else(|e| panic!("{file}: {e}"));
        let wanted = if words == "=" { &command } else { &words };
        assert!(gather::one_line(&text).contains(wanted.as_str()), "{file} does not hold: {wanted}");
    }
}

#[test]
fn the_checks_that_the_readme_shows_answer() {
    let readme = typed_blocks(&root().join("README.md"));
    let checks: Vec<_> = readme.iter().filter(|n| n.command.starts_with("modelport check")).collect();
    assert!(checks.len() >= 2, "the README shows fewer checks than it did");
    for Named { command, .. } in checks {
        let output =
            program().args(command.split_whitespace().skip(1)).current_dir(root()).output().expect("the program runs");
        let text = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{command}: the examples hold refusals: {text}");
        assert!(text.contains("refused"), "{command}: {text}");
    }
    assert!(Path::new(&root()).join("deploy/examples").is_dir());
}

/// A kind that may not be read cannot be compared: the operator would start on an older one with a warning only.
#[test]
fn every_kind_may_be_compared_by_the_operator_and_by_the_start_up_check() {
    for file in ["rbac/admission.yaml", "startup-check/rbac.yaml"] {
        let text = fs::read_to_string(root().join("charts/modelport/templates").join(file)).expect("the chart");
        for crd in definitions::all() {
            let name = crd.metadata.name.unwrap_or_default();
            assert!(text.contains(&format!("      - {name}\n")), "{file} does not name {name}");
        }
    }
}
