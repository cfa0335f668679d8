//! The house: what is pure names no client, no runtime, no clock, no environment, no file; files are short; nothing
//! panics on purpose. Read from the sources, so that a new file is covered the day it is written.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on ends")]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Folders and files that are a function of their arguments.
const PURE: &[&str] = &[
    "src/manifest",
    "src/catalog",
    "src/decide",
    "src/plan",
    "src/status",
    "src/facts/metadata",
    "src/report/scan",
    "src/apply/differs.rs",
    "src/apply/quantity.rs",
    "src/admission/parse.rs",
    "src/admission/verdict.rs",
    "src/admission/binding.rs",
    "src/admission/configuration.rs",
    "src/admission/pod_policy.rs",
    "src/admission/scale_policy.rs",
    "src/admission/template_policy.rs",
    "src/admission/node_policy.rs",
    "src/admission/waiver.rs",
    "src/admission/waiver_policy.rs",
];

/// What makes an answer depend on more than the arguments.
const IMPURE: &[&str] = &[
    "kube::Client",
    "kube::Api",
    "kube::runtime",
    "tokio",
    "Timestamp::now",
    "Zoned::now",
    "SystemTime",
    "Instant::now",
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "reqwest",
    "rand::",
];

/// Folders that what is pure may not look into: they hold watches, clients and flags.
const ABOVE: &[&str] = &["crate::controller", "crate::cli", "crate::ops", "crate::reconcile"];

const MAX_LINES: usize = 400;

fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("src can be read") {
            let path = entry.expect("src can be read").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    walk(&root.join("src"), &mut found);
    found.sort();
    let named = found.into_iter().map(|path| {
        let name = path.strip_prefix(root).expect("in the repository").display().to_string();
        (name, fs::read_to_string(&path).expect("a source can be read"))
    });
    named.collect()
}

/// Modules that are compiled for tests only, by the `#[cfg(test)] mod name;` of the file above them.
fn test_files(sources: &[(String, String)]) -> Vec<String> {
    let mut files = Vec::new();
    for (name, text) in sources {
        let folder = name.strip_suffix("/mod.rs").or_else(|| name.strip_suffix(".rs")).unwrap_or(name);
        let folder = if name == "src/lib.rs" { "src" } else { folder };
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        for pair in lines.windows(2) {
            if let ["#[cfg(test)]", declared] = pair
                && let Some(module) = declared.strip_suffix(';').and_then(|d| d.rsplit("mod ").next())
            {
                files.push(format!("{folder}/{module}.rs"));
                files.push(format!("{folder}/{module}/"));
            }
        }
    }
    files
}

/// The lines of a source that are neither comment nor test.
fn code(text: &str) -> Vec<(usize, &str)> {
    let mut kept = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if line.trim() == "#[cfg(test)]" {
            // The item that follows, to its closing brace at the same depth.
            let indent = line.len() - line.trim_start().len();
            let close = format!("{}}}", " ".repeat(indent));
            for (_, inner) in lines.by_ref() {
                if inner == close
                    || (inner.trim_end().ends_with(';') && inner.len() - inner.trim_start().len() == indent)
                {
                    break;
                }
            }
            continue;
        }
        if !line.trim_start().starts_with("//") {
            kept.push((number + 1, line));
        }
    }
    kept
}

fn outside_tests() -> Vec<(String, String)> {
    let all = sources();
    let tests = test_files(&all);
    all.into_iter()
        .filter(|(name, _)| !tests.iter().any(|t| name == t || (t.ends_with('/') && name.starts_with(t))))
        .collect()
}

fn is_pure(name: &str) -> bool {
    PURE.iter().any(|p| name == *p || name.starts_with(&format!("{p}/")))
}

#[test]
fn what_is_pure_names_no_client_runtime_clock_environment_or_file() {
    let mut found = Vec::new();
    for (name, text) in outside_tests().iter().filter(|(name, _)| is_pure(name)) {
        for (number, line) in code(text) {
            found.extend(
                IMPURE.iter().filter(|word| line.contains(**word)).map(|word| format!("{name}:{number} names {word}")),
            );
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn what_is_pure_does_not_look_up_into_what_does_io() {
    let mut found = Vec::new();
    for (name, text) in outside_tests().iter().filter(|(name, _)| is_pure(name)) {
        // A `use crate::{...}` is read as a whole, so that a nested import is seen.
        let joined = code(text).iter().map(|(_, line)| line.trim()).collect::<Vec<_>>().join(" ");
        for module in ABOVE {
            let short = module.trim_start_matches("crate::");
            let nested = joined
                .split("use crate::{")
                .skip(1)
                .filter_map(|rest| rest.split(';').next())
                .any(|list| top_level(list, short));
            if joined.contains(&format!("{module}::")) || nested {
                found.push(format!("{name} imports {module}"));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Whether `name` is imported at the first level of a `use crate::{...}` list.
fn top_level(list: &str, name: &str) -> bool {
    let mut depth = 0_i32;
    let mut word = String::new();
    let mut words = Vec::new();
    for c in list.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => words.push(std::mem::take(&mut word)),
            _ if depth == 0 => word.push(c),
            _ => {}
        }
    }
    words.push(word);
    words.iter().any(|w| w.trim().split("::").next() == Some(name))
}

#[test]
fn an_import_is_found_at_the_first_level_and_test_code_is_left_out() {
    assert!(top_level("catalog::{a, controller}, ops::{tls}, plan", "ops"));
    assert!(!top_level("catalog::{a, controller}, ops::{tls}, plan", "controller"));
    let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() { x.unwrap() }\n}\nfn c() {}\n// tokio\n";
    assert_eq!(code(text), [(1, "fn a() {}"), (6, "fn c() {}")]);
    let above = [("src/plan/mod.rs".to_owned(), "#[cfg(test)]\nmod check;\n".to_owned())];
    assert_eq!(test_files(&above), ["src/plan/check.rs", "src/plan/check/"]);
}

#[test]
fn no_file_is_longer_than_a_person_reads() {
    let long = sources().into_iter().filter(|(_, text)| text.lines().count() > MAX_LINES);
    let long: Vec<String> = long.map(|(name, text)| format!("{name}: {} lines", text.lines().count())).collect();
    assert!(long.is_empty(), "over {MAX_LINES} lines, without exception:\n{}", long.join("\n"));
}

#[test]
fn nothing_outside_tests_panics_on_purpose() {
    let words = [
        ".unwrap()",
        ".expect(\"",
        ".expect(&",
        ".unwrap_err()",
        "panic!(",
        "todo!(",
        "unimplemented!(",
        "unreachable!(",
    ];
    let mut found = Vec::new();
    for (name, text) in outside_tests() {
        for (number, line) in code(&text) {
            found.extend(words.iter().filter(|w| line.contains(**w)).map(|w| format!("{name}:{number} {w}")));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_reconcile_is_the_calls_in_order_and_little_else() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/reconcile.rs")).expect("it is there");
    let body =
        text.split("pub async fn reconcile(").nth(1).and_then(|t| t.split("\n}\n").next()).expect("the function");
    assert!(body.lines().count() < 80, "{} lines", body.lines().count());
    let calls = [".snapshot()", ".facts(", "next(", "apply(", "compute(", "write_status("];
    let mut at = 0;
    for call in calls {
        let found = body
            .get(at..)
            .and_then(|rest| rest.find(call))
            .unwrap_or_else(|| panic!("{call} is not called after the one before"));
        at += found + call.len();
    }
}

#[test]
fn no_licence_and_no_rule_is_named_in_the_logic() {
    let catalog = modelport::catalog::Catalog::built_in().expect("the catalogue");
    let licenses = catalog.licenses().filter(|license| license.id != "MIT").map(|license| license.id.clone());
    let rules = catalog.rules().map(|rule| rule.id.clone());
    let names: Vec<String> = licenses.chain(rules).collect();
    let logic = ["src/decide", "src/plan", "src/apply", "src/status", "src/admission", "src/catalog", "src/controller"];
    let mut looked_at = 0;
    let sources = sources();
    let tests = test_files(&sources);
    let here = |path: &str| logic.iter().any(|folder| path.starts_with(folder));
    for (path, text) in &sources {
        if !here(path) || tests.iter().any(|test| path.starts_with(test.as_str())) {
            continue;
        }
        looked_at += 1;
        for (number, line) in code(text) {
            let named = names.iter().find(|name| line.contains(name.as_str()));
            assert_eq!(named, None, "{path}:{number}: {line}");
        }
    }
    assert!(looked_at > 60, "{looked_at} files were looked at");
}
