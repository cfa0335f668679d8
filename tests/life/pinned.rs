//! What stays as it is: places, runtime, settings, counts.

use modelport::{facts::Fact, manifest::inference_runtime::InferenceRuntimeSpec, plan::inputs::Settings};

use crate::{cluster::Cluster, kit::catalog};

const QWEN: &str = r#"
model: {source: "hf://Qwen/Qwen3-8B"}
accelerators: {count: 1}
scaling: {replicas: 2}
"#;

fn running(manifest: &str) -> Cluster {
    let mut cluster = Cluster::at("2026-11-24");
    cluster.tell("It runs.");
    cluster.applies("search/qwen", manifest);
    cluster.then();
    assert_eq!(cluster.life("search/qwen").replicas(), 2);
    cluster
}

#[test]
fn a_narrowed_policy_narrows_at_once_and_widening_waits() {
    let mut cluster = Cluster::at("2026-11-24");
    cluster.policy("places", "{namespaces: [search], regions: {allow: {countries: [SG, US, HK]}}}");
    cluster.tell("The policy lets Singapore, the US and Hong Kong.");
    cluster.applies("search/qwen", QWEN);
    cluster.then();
    cluster.policy("places", "{namespaces: [search], regions: {allow: {countries: [SG, US]}}}");
    cluster.tell("Hong Kong is taken out: the template narrows at once.");
    cluster.then();
    assert_eq!(cluster.life("search/qwen").rollouts, 1);
    cluster.policy("places", "{namespaces: [search], regions: {allow: {countries: [SG, US, JP]}}}");
    cluster.tell("Japan is added: nothing that runs is restarted for it.");
    cluster.then();
    assert_eq!(cluster.life("search/qwen").rollouts, 1);
    cluster.nodes_fit = false;
    cluster.tell("Nodes are lost and pods pend.");
    cluster.settle();
    cluster.then();
    assert_eq!(cluster.life("search/qwen").rollouts, 2, "while pods pend, the wider place is taken");
    cluster.nodes_fit = true;
    cluster.settle();
    cluster.is_told_in("a-narrowed-policy");
}

#[test]
fn widening_comes_with_the_next_change() {
    let mut cluster = Cluster::at("2026-11-24");
    cluster.policy("places", "{namespaces: [search], regions: {allow: {countries: [SG]}}}");
    cluster.applies("search/qwen", QWEN);
    cluster.settle();
    cluster.policy("places", "{namespaces: [search], regions: {allow: {countries: [SG, JP]}}}");
    cluster.settle();
    assert_eq!(cluster.life("search/qwen").rollouts, 0);
    cluster.applies("search/qwen", &QWEN.replace("replicas: 2", "replicas: 3"));
    cluster.settle();
    assert_eq!(cluster.life("search/qwen").rollouts, 0, "a count is no change of the pods");
    cluster.applies("search/qwen", &QWEN.replace("accelerators: {count: 1}", "accelerators: {count: 2}"));
    cluster.tell("The manifest asks for two accelerators; Japan comes with that change.");
    cluster.then();
    assert_eq!(cluster.life("search/qwen").rollouts, 1);
    cluster.is_told_in("widening-with-the-next-change");
}

fn edited_vllm(image: &str) -> Fact<InferenceRuntimeSpec> {
    let mut engine = catalog().engine("vllm").expect("vllm").spec.clone();
    engine.image = image.into();
    Fact::new("vllm", None, InferenceRuntimeSpec { engine, overrides: true })
}

#[test]
fn a_runtime_edit_rolls_nothing_until_the_next_change() {
    let mut cluster = running(QWEN);
    cluster.facts.runtimes = vec![edited_vllm("vllm/vllm-openai:v0.34.0")];
    cluster.tell("The platform team moves vLLM to another version.");
    cluster.then();
    assert_eq!(cluster.life("search/qwen").rollouts, 0);
    cluster.applies("search/qwen", &QWEN.replace("count: 1", "count: 2"));
    cluster.tell("The engineer changes the manifest; the newer engine comes with it.");
    cluster.then();
    let life = cluster.life("search/qwen");
    assert_eq!(life.rollouts, 1);
    let text = serde_json::to_string(&life.observed.deployment.as_deref()).expect("JSON");
    assert!(text.contains("vllm-openai:v0.34.0"));
    cluster.is_told_in("a-runtime-edit");
}

#[test]
fn a_runtime_edit_is_taken_at_once_where_the_manifest_says_so() {
    let manifest = format!("{QWEN}rollout: {{runtimeUpdates: Auto}}\n");
    let mut cluster = running(&manifest);
    cluster.facts.runtimes = vec![edited_vllm("vllm/vllm-openai:v0.34.0")];
    cluster.settle();
    assert_eq!(cluster.life("search/qwen").rollouts, 1);
}

#[test]
fn an_operator_upgrade_with_other_settings_restarts_no_pod() {
    let mut cluster = running(QWEN);
    cluster.settings = Settings {
        fetch_image: "ghcr.io/modelport/modelport:9.9.9".into(),
        image_registry: Some("mirror.example.com".into()),
        proxy: Some("http://proxy.example.com:3128".into()),
        ..Settings::default()
    };
    cluster.tell("The operator is upgraded, with another image, registry and proxy.");
    cluster.then();
    assert_eq!(cluster.life("search/qwen").rollouts, 0);
    cluster.is_told_in("an-operator-upgrade");
}

#[test]
fn suspend_and_back() {
    let mut cluster = running(QWEN);
    cluster.tell("spec.suspend: true.");
    cluster.applies("search/qwen", &format!("{QWEN}suspend: true\n"));
    cluster.then();
    let life = cluster.life("search/qwen");
    assert_eq!((life.replicas(), life.condition("Ready").reason.as_str()), (0, "Suspended"));
    cluster.tell("And back.");
    cluster.applies("search/qwen", QWEN);
    cluster.then();
    let life = cluster.life("search/qwen");
    assert_eq!((life.replicas(), life.rollouts), (2, 0), "the same pods' template, the same count");
    cluster.is_told_in("suspend-and-back");
}

#[test]
fn a_manifest_that_cannot_be_rendered_leaves_what_runs() {
    let mut cluster = running(QWEN);
    cluster.tell("The manifest names a runtime that does not exist.");
    cluster.applies("search/qwen", &format!("{QWEN}runtime: {{name: tgi}}\n"));
    cluster.then();
    let life = cluster.life("search/qwen");
    assert_eq!((life.replicas(), life.rollouts), (2, 0));
    assert_eq!(life.condition("ModelReady").reason, "RuntimeMissing");
    cluster.is_told_in("a-runtime-that-does-not-exist");
}
