//! The examples in `deploy/examples` are the ones that the program generates, and what is decided about them is told.

use std::{fs, path::Path};

use modelport::{catalog::Catalog, cli::check::check_with, facts::files::Owned, report::examples};

use crate::program::program;

use super::world::golden;

#[test]
fn the_examples_are_fresh() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/examples");
    for (path, text) in examples::all() {
        let file = folder.join(&path);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::create_dir_all(file.parent().expect("a folder")).expect("the folder is made");
            fs::write(&file, &text).expect("the example is written");
        }
        assert_eq!(fs::read_to_string(&file).unwrap_or_default(), text, "{path} is stale; UPDATE_GOLDEN=1 writes it");
    }
}

#[test]
fn what_is_decided_about_the_examples() {
    let mut owned = Owned::default();
    for (path, text) in examples::all() {
        owned.read(&format!("deploy/examples/{path}"), &text);
    }
    let at = "2026-11-24T12:00:00Z".parse().expect("an instant");
    let outcome = check_with(&owned.manifests, &owned, Catalog::built_in().expect("the catalogue"), at);
    let text = outcome.text(false);
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    golden("examples", &format!("{text}\n{}", outcome.text(true)));
}

/// "modelport check: Refused, FilingMissing" in a comment is what it says.
#[test]
fn what_an_example_says_of_itself_is_what_check_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/examples");
    let mut compared = 0;
    for (path, text) in examples::all() {
        let Some(said) = text.lines().find_map(|line| line.strip_prefix("# modelport check: ")) else { continue };
        let top = Path::new(&path).iter().next().expect("a folder");
        let output = program()
            .args(["check", "--at", "2026-11-24", "-o", "json", "-f", "."])
            .current_dir(folder.join(top))
            .output()
            .expect("the program runs");
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let file = Path::new("./").join(Path::new(&path).strip_prefix(top).expect("below"));
        let decisions = json["decisions"].as_array().expect("decisions");
        let one = decisions.iter().find(|one| Path::new(one["file"].as_str().expect("a file")) == file);
        let one = one.unwrap_or_else(|| panic!("{path} is not among {json}"));
        let first = &one["decision"]["findings"][0];
        let decides = first["effect"] == "Refuses" || first["effect"] == "Waits";
        let mut words = vec![one["decision"]["verdict"].as_str().expect("a verdict").to_owned()];
        words.extend(first["reason"].as_str().filter(|_| decides).map(str::to_owned));
        if let Some(fit) = one["nodes"]["fit"].as_array() {
            words.push(format!("{} nodes fit", fit.len()));
        }
        assert_eq!(said, words.join(", "), "{path}: {}", one["decision"]["findings"]);
        compared += 1;
    }
    assert!(compared >= 9, "{compared}");
}

#[test]
fn the_program_answers_with_its_exit_code() {
    let run = |args: &[&str]| {
        let output = program().args(args).current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("the program runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let text = if text.starts_with('{') { text } else { text.split_whitespace().collect::<Vec<_>>().join(" ") };
        (output.status.code(), text)
    };
    let scratch = std::env::temp_dir().join(format!("modelport-check-{}", std::process::id()));
    fs::create_dir_all(&scratch).expect("a folder");
    let file = |name: &str, spec: &str| {
        let path = scratch.join(name);
        let text = format!(
            "apiVersion: modelport.dev/v1alpha1\nkind: ModelDeployment\nmetadata: {{name: x, namespace: lab}}\nspec: {spec}\n"
        );
        fs::write(&path, text).expect("written");
        path.display().to_string()
    };
    let allowed = file("allowed.yaml", "{model: {source: \"hf://Qwen/Qwen3-8B\"}}");
    let waits = file("waits.yaml", "{model: {source: \"hf://example/x\"}}");
    let refused = file("refused.yaml", "{model: {source: \"hf://Qwen/Qwen3-8B\"}, usage: {serves: [NO]}}");
    let unknown = file("unknown.yaml", "{model: {source: \"hf://Qwen/Qwen3-8B\"}, usage: {serve: [CN]}}");
    let typed = file("typed.yaml", "{model: {source: \"hf://Qwen/Qwen3-8B\"}, scaling: {replicas: two}}");
    assert_eq!(run(&["check", "-f", &allowed]).0, Some(0));
    assert_eq!(run(&["check", "-f", &waits]).0, Some(2));
    assert_eq!(run(&["check", "-f", &waits, "-f", &refused]).0, Some(1), "the worst wins");
    let (code, text) = run(&["check", "-f", &unknown, "-f", &refused]);
    assert_eq!(code, Some(3));
    assert!(text.contains("unknown field spec.usage.serve"), "{text}");
    let (code, text) = run(&["check", "-f", &typed]);
    assert_eq!(code, Some(3));
    assert!(text.contains("spec.scaling.replicas"), "{text}");
    assert_eq!(run(&["check", "-f", "no/such/file"]).0, Some(3));
    let (_, json) = run(&["check", "-f", &waits, "-o", "json", "--at", "2027-01-01"]);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json.pointer("/decisions/0/decision/verdict"), Some(&serde_json::Value::from("Waiting")));
    fs::remove_dir_all(&scratch).expect("removed");
}
