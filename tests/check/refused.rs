//! What the API server would not store, or would never serve, is told where nobody has a cluster yet.

use serde_json::Value;

use crate::scratch::{Answer, Scratch, modelport};

const DAY: &str = "2026-11-24";

fn document(kind: &str, metadata: &str, spec: &str) -> String {
    format!("apiVersion: modelport.dev/v1alpha1\nkind: {kind}\nmetadata: {{{metadata}}}\nspec: {{{spec}}}\n")
}

fn model(more: &str) -> String {
    document("ModelDeployment", "name: bot", &format!("model: {{source: 'hf://Qwen/Qwen3-8B'}}{more}"))
}

fn check(name: &str, text: &str) -> (Answer, String) {
    let scratch = Scratch::new(name);
    let answer = modelport(&["check", "-f", &scratch.file("a.yaml", text), "--at", DAY]);
    let words = answer.out.split_whitespace().collect::<Vec<_>>().join(" ");
    (answer, words)
}

#[test]
fn what_the_api_server_would_refuse_is_bad_input_with_the_field_and_what_to_write() {
    let licensee = |more: &str| document("Licensee", "name: acme", &format!("namespaces: [a], kind: company, {more}"));
    let metric = |more: &str| licensee(&format!("metrics: [{{name: monthly-active-users, scope: group, {more}}}]"));
    for (text, said) in [
        (
            document("ModelDeployment", &format!("name: {}", "a".repeat(53)), "model: {source: 'hf://Qwen/Qwen3-8B'}"),
            "metadata.name: at most 52 characters",
        ),
        (
            document("ModelDeployment", "name: s6.a", "model: {source: 'hf://Qwen/Qwen3-8B'}"),
            "metadata.name: write lower-case letters, digits and -",
        ),
        (
            document("ModelDeployment", "name: 1s5", "model: {source: 'hf://Qwen/Qwen3-8B'}"),
            "such as support-bot: its Service takes the name",
        ),
        (
            document("ModelDeployment", "generateName: S-", "model: {source: 'hf://Qwen/Qwen3-8B'}"),
            "metadata.name: write lower-case",
        ),
        (document("ModelDeployment", "name: bot", "model: {source: Qwen/Qwen3-8B}"), "is written hf://org/name"),
        (model(", scaling: {replicas: -1}"), "spec.scaling.replicas is -1, and the least is 0"),
        (model(", scaling: {min: 3, max: 1}"), "spec.scaling: min needs a max that is at least as large"),
        (model(", accelerators: {count: 0}"), "spec.accelerators.count is 0, and the least is 1"),
        (model(", placement: {tolerations: [{operator: Sometimes}]}"), "write Exists or Equal"),
        (metric("value: 1, period: last-year"), "spec.metrics[0]: a period is a month"),
        (metric("value: -1, period: '2024'"), "a figure is never negative"),
        (
            licensee("accepted: [{name: a, covers: {}}]"),
            "spec.accepted[0].covers says nothing; write one of all, countries",
        ),
        (licensee(&format!("seat: {}", "x".repeat(10_000))), "spec.seat has 10000 characters, and may have 64"),
        (document("ModelPolicy", "name: p", "mode: Enforce"), "and default: true"),
    ] {
        let (answer, words) = check("refused", &text);
        assert_eq!(answer.code, 3, "{text}: {answer:?}");
        assert!(words.contains(said), "{said}: {words}");
    }
}

#[test]
fn a_kind_of_ours_under_another_version_is_not_left_alone() {
    for api in ["apiVersion: modelport.io/v1alpha1\n", "apiVersion: modelport.dev/v1\n", ""] {
        let (answer, words) = check("versions", &model("").replace("apiVersion: modelport.dev/v1alpha1\n", api));
        assert_eq!(answer.code, 3, "{answer:?}");
        assert!(words.contains("write apiVersion: modelport.dev/v1alpha1"), "{words}");
    }
}

#[test]
fn an_empty_value_is_an_absent_one_as_in_the_cluster() {
    let (answer, _) = check("nulls", &model(", usage: null, scaling: , placement: {allow: }"));
    assert_eq!(answer.code, 0, "{answer:?}");
    let (answer, words) = check("nulls", &document("ModelDeployment", "name: bot", "model: {source: }"));
    assert_eq!(answer.code, 3, "{answer:?}");
    assert!(words.contains("spec.model.source is missing"), "{words}");
}

/// The shortest manifest that the help shows is one, and is allowed.
#[test]
fn the_manifest_of_the_help_page_is_allowed() {
    let page = modelport(&["check", "--help"]).out;
    let shown: Vec<&str> = page
        .lines()
        .skip_while(|line| !line.starts_with("The shortest manifest"))
        .skip(1)
        .take_while(|line| !line.is_empty())
        .map(|line| line.trim_start_matches("  "))
        .collect();
    assert!(shown.len() > 2, "{page}");
    let (answer, words) = check("shortest", &shown.join("\n"));
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(words.contains("1 allowed"), "{words}");
}

/// What admission warns of, and the status after it.
#[test]
fn what_could_not_be_rolled_out_is_said_in_the_words_of_the_plan() {
    for (more, said) in [
        (", runtime: {name: tgi}", "RuntimeMissing: There is no InferenceRuntime and no built-in engine tgi"),
        (", runtime: {arguments: {model: /etc/passwd}}", "ArgumentNotListed"),
        (", scaling: {min: 1, max: 2, metric: tokens}", "NotBuiltYet: Scaling between min and max is not built yet"),
    ] {
        let (answer, words) = check("obstacle", &model(more));
        assert_eq!(answer.code, 0, "{answer:?}");
        assert!(words.contains(&format!("Note ModelDeployment/bot: {said}")), "{said}: {words}");
    }
    let s3 = document("ModelDeployment", "name: bot", "model: {source: 's3://bucket/m', name: Qwen/Qwen3-8B}");
    let (_, words) = check("obstacle", &s3);
    assert!(words.contains("NotBuiltYet: Fetching from s3:// is not built yet"), "{words}");
    // What is refused is not served, whatever its engine.
    let refused = model(", usage: {sectors: [no-such-sector]}, runtime: {name: tgi}");
    let (answer, words) = check("obstacle", &refused);
    assert_eq!(answer.code, 1, "{answer:?}");
    assert!(!words.contains("RuntimeMissing"), "{words}");
}

#[test]
fn a_licence_that_there_is_none_of_and_a_policy_without_a_place_are_said() {
    let record = "accepted: [{name: a, who: me, when: 2026-01-01, covers: {licenses: [Lama-2, MIT, LicenseRef-own, 'LicenseRef-llama-*', llama]}}]";
    let licensee = document("Licensee", "name: acme", &format!("namespaces: [a], kind: company, {record}"));
    let policy = |places: &str| document("ModelPolicy", "name: p", &format!("namespaces: [a], regions: {{{places}}}"));
    let near = "spec.accepted[0].covers.licenses[0] is \"Lama-2\", which is no licence of the catalogue, so it names nothing. The nearest known one is LicenseRef-llama-2.";
    for (text, said) in [
        (licensee.clone(), near),
        (
            policy("allow: {countries: [CN]}, deny: {countries: [CN]}"),
            "spec.regions allows CN and denies all of it, which leaves no place.",
        ),
        (
            policy("allow: {countries: [DE, FR]}, deny: {groups: [EU]}"),
            "spec.regions allows DE, FR and denies all of it",
        ),
        (
            policy("allow: {countries: [CN, SG]}, deny: {countries: [CN]}"),
            "spec.regions both allows and denies CN; what is denied counts.",
        ),
    ] {
        let (answer, words) = check("silent", &text);
        assert_eq!(answer.code, 0, "{answer:?}");
        assert!(words.contains(said), "{said}: {words}");
    }
    for fine in [
        "allow: {groups: [EU]}, deny: {countries: [DE]}",
        "allow: {countries: [CN]}, deny: {countries: [CN], providers: [alibaba]}",
    ] {
        let (_, words) = check("silent", &policy(fine));
        assert!(!words.contains("PlaceContradicts"), "{words}");
    }
    let scratch = Scratch::new("silent");
    let file = scratch.file("a.yaml", &licensee);
    let json: Value = serde_json::from_str(&modelport(&["check", "-f", &file, "-o", "json"]).out).expect("JSON");
    let fields = json["notes"].as_array().expect("notes").iter().filter(|note| note["reason"] == "LicenseeInvalid");
    assert_eq!(fields.count(), 2, "one mistyped, one that is no id: {json:#}");
}

#[test]
fn a_day_that_the_calendar_has_not_is_said_to_be_none() {
    let licensee = document("Licensee", "name: acme", "namespaces: [a], kind: company, founded: '2026-02-31'");
    let (answer, words) = check("no-day", &licensee);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(
        words.contains("spec.founded is \"2026-02-31\", and there is no such day. Write a day that the calendar has."),
        "{words}"
    );
}

#[test]
fn a_manifest_that_names_no_namespace_stands_in_the_one_that_is_said() {
    let scratch = Scratch::new("namespace");
    let policy = "apiVersion: modelport.dev/v1alpha1\nkind: ModelPolicy\nmetadata: {name: p}\nspec: {namespaces: [lab], licenses: {refuse: [Apache-2.0]}}\n---\n";
    let manifest = "apiVersion: modelport.dev/v1alpha1\nkind: ModelDeployment\nmetadata: {name: m}\nspec: {model: {source: \"hf://Qwen/Qwen3-8B\"}}\n";
    let file = scratch.file("m.yaml", &format!("{policy}{manifest}"));
    assert_eq!(modelport(&["check", "-f", &file]).code, 0);
    let lab = modelport(&["check", "-f", &file, "-n", "lab"]);
    assert_eq!(lab.code, 1, "{}", lab.out);
}
