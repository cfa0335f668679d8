//! What the API server would not store, or would never serve, is told where nobody has a cluster yet.

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
