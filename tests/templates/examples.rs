//! Golden templates. A change here restarts every model of every user at their next change: read the diff.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use modelport::{
    decide::{Verdict, stopping::Course},
    facts::{Fact, snapshot::Snapshot},
    manifest::{model_deployment::ModelDeploymentSpec, model_policy::ModelPolicySpec},
    plan::{Owner, Plan, Prepared, next::Next},
};
use serde_json::Value;

use crate::{
    kit::{ACME, catalog, golden, owner, pass, pass_of, snapshot, to_yaml, yaml},
    restricted::violations,
    server::written_again,
};

/// The examples: name, manifest.
pub const EXAMPLES: &[(&str, &str)] = &[
    ("one-field", r#"model: {source: "hf://HuggingFaceTB/SmolLM2-135M-Instruct-GGUF"}"#),
    (
        "llama-2-on-a10-in-china",
        r#"
model: {source: "hf://meta-llama/Llama-2-7b-chat-hf", secretName: hf-token}
usage: {audience: internal, serves: [CN]}
placement: {allow: {countries: [CN]}}
accelerators: {product: NVIDIA-A10, count: 1}
"#,
    ),
    (
        "hunyuan-on-eight-gpus-in-singapore",
        r#"
model: {source: "hf://tencent/Hunyuan-A13B-Instruct"}
usage: {audience: public, serves: [SG]}
placement: {allow: {countries: [SG]}}
runtime: {name: sglang, arguments: {context-length: "32768", disable-radix-cache: "Yes"}}
accelerators: {count: 8}
"#,
    ),
    ("gguf-on-a-claim", r#"model: {source: "pvc://models/qwen/qwen3-8b-q4_k_m.gguf", name: Qwen/Qwen3-8B-GGUF}"#),
    (
        "image-by-digest",
        r#"
model:
  source: "oci://registry.example.com/models/qwen3-8b:v1"
  digest: "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
  name: Qwen/Qwen3-8B
"#,
    ),
    (
        "headless",
        r#"
model: {source: "hf://HuggingFaceTB/SmolLM2-135M-Instruct-GGUF"}
expose: {service: Headless}
"#,
    ),
    (
        "three-replicas",
        r#"
model: {source: "hf://HuggingFaceTB/SmolLM2-135M-Instruct-GGUF"}
scaling: {replicas: 3}
"#,
    ),
    (
        "pinned-file-with-a-secret",
        r#"
model:
  source: "hf://HuggingFaceTB/SmolLM2-135M-Instruct-GGUF"
  revision: 4af7a1bb4cc1e1f2d0f0d4f6a2c1a1c4f5e6d7c8
  file: smollm2-135m-instruct-q8_0.gguf
  secretName: hf-token
  servedName: smol
"#,
    ),
    (
        "every-knob-of-the-pod",
        r#"
model: {source: "modelscope://Qwen/Qwen3-8B"}
placement:
  deny: {countries: [KP, RU]}
  nodeSelector: {pool: inference}
  tolerations: [{key: dedicated, operator: Equal, value: models, effect: NoSchedule}]
runtime:
  name: vllm
  arguments: {max-model-len: "8192", enforce-eager: "Yes", gpu-memory-utilization: "0.9"}
  pod:
    requests: {cpu: "8", memory: 24Gi}
    limits: {memory: 48Gi}
    priorityClassName: models
    imagePullSecrets: [registry]
    sharedMemory: 16Gi
accelerators: {count: 2}
"#,
    ),
    (
        "two-regions-of-two-clouds",
        r#"
model: {source: "hf://HuggingFaceTB/SmolLM2-135M-Instruct-GGUF"}
placement:
  allow: {countries: [SG], regions: [{provider: aws, region: ap-southeast-1}, {provider: alibaba, region: ap-southeast-1}]}
"#,
    ),
    (
        "without-one-region-of-one-cloud",
        r#"
model: {source: "hf://HuggingFaceTB/SmolLM2-135M-Instruct-GGUF"}
placement: {deny: {regions: [{provider: aws, region: ap-southeast-1}]}}
"#,
    ),
];

/// An example, rolled out where Acme may.
pub fn rolled_out(name: &str, manifest: &str) -> Next {
    let spec: ModelDeploymentSpec = yaml(manifest);
    let next = pass(name, &spec, &snapshot(&[("acme", ACME)], &[]), None);
    let findings: Vec<String> = next.decision.findings.iter().map(modelport::decide::Finding::line).collect();
    assert_eq!(next.decision.verdict, Verdict::Allowed, "{name}: {}", findings.join("\n"));
    assert_eq!(next.course, Course::Run, "{name}");
    assert_eq!(next.obstacle, None, "{name}");
    next
}

fn told(plan: &Plan<Prepared>) -> String {
    // No `..`: a new kind of object is shown here too.
    let Plan { revision, service, budget, deployment, digest, state: _ } = plan;
    let mut text = String::new();
    let mut add = |yaml: Option<String>| {
        if let Some(yaml) = yaml {
            let _ = writeln!(text, "---\n{}", yaml.trim_end());
        }
    };
    add(digest.as_ref().map(to_yaml));
    add(deployment.as_ref().map(to_yaml));
    add(service.as_ref().map(to_yaml));
    add(budget.as_ref().map(to_yaml));
    // The engine is pinned by content; that content is the catalogue's, and read there.
    let revision = revision.as_ref().map(|revision| {
        let mut revision = serde_json::to_value(revision).expect("JSON");
        revision["data"]["engine"] = format!("as the catalogue has {}", revision["data"]["runtime"]).into();
        revision
    });
    add(revision.as_ref().map(to_yaml));
    text
}

#[test]
fn every_example_is_rendered_as_a_reviewer_read_it() {
    for (name, manifest) in EXAMPLES {
        golden(&format!("templates/{name}.golden.yaml"), &told(&rolled_out(name, manifest).plan));
    }
}

/// Where rules about accelerators are enforced and the manifest names none, with a preset of the catalogue.
fn limited(preset: &str) -> String {
    let presets = catalog().company_policies();
    let preset = presets.iter().find(|one| one.id == preset).unwrap_or_else(|| panic!("{preset}"));
    let spec = ModelPolicySpec { namespaces: Some(vec!["demo".into()]), ..preset.spec.clone() };
    let mut facts = snapshot(&[("acme", ACME)], &[]);
    facts.policies.push(Fact::new("chips", None, spec));
    let spec: ModelDeploymentSpec = yaml(
        "{model: {source: \"hf://Qwen/Qwen3-8B\"}, usage: {audience: internal, serves: [SG], personalData: No, purpose: internal-business}, placement: {allow: {countries: [CN, SG]}}, accelerators: {count: 1}}",
    );
    let next = pass("limited", &spec, &facts, None);
    let findings: Vec<String> = next.decision.findings.iter().map(modelport::decide::Finding::line).collect();
    let deployment = next.plan.deployment.unwrap_or_else(|| panic!("{}", findings.join("\n")));
    let affinity = deployment.spec.and_then(|spec| spec.template.spec?.affinity);
    to_yaml(&affinity)
}

#[test]
fn a_limit_on_accelerators_is_rendered_as_a_reviewer_read_it() {
    let text = limited("policy-no-controlled-chip-in-d5");
    golden("templates/no-controlled-chip-in-d5.golden.yaml", &text);
    // A template that grows with the table is read by every scheduler and kept in every pod.
    assert!(text.len() < 24_000, "{} bytes", text.len());
    golden("templates/strict.golden.yaml", &limited("strict"));
}

/// The files that we ship: every ModelDeployment in them that is allowed by the facts beside it.
fn shipped() -> Vec<(String, Next)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        let mut entries: Vec<_> =
            fs::read_dir(folder).expect("deploy/examples").map(|e| e.expect("an entry").path()).collect();
        entries.sort();
        found.push(folder.to_owned());
        entries.into_iter().filter(|path| path.is_dir()).for_each(|path| walk(&path, found));
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/examples");
    let mut folders = Vec::new();
    walk(&root, &mut folders);
    let mut all = Vec::new();
    for folder in folders {
        let mut facts = Snapshot::default();
        let mut manifests = Vec::new();
        let files = fs::read_dir(&folder).expect("a folder").map(|e| e.expect("an entry").path());
        for file in files.filter(|f| f.extension().is_some_and(|e| e == "yaml")) {
            let text = fs::read_to_string(&file).expect("a file");
            for object in serde_saphyr::from_multiple::<Value>(&text).expect("YAML") {
                let name = object["metadata"]["name"].as_str().expect("a name").to_owned();
                let spec = object["spec"].clone();
                match object["kind"].as_str().expect("a kind") {
                    "ModelDeployment" => {
                        let path = file.strip_prefix(&root).expect("below").with_extension("").display().to_string();
                        let namespace = object["metadata"]["namespace"].as_str().unwrap_or("default").to_owned();
                        manifests.push((path.replace('/', "-"), namespace, name, spec));
                    }
                    "Licensee" => {
                        facts.licensees.push(Fact::new(&name, None, serde_json::from_value(spec).expect("a Licensee")));
                    }
                    "ModelPolicy" => facts.policies.push(Fact::new(
                        &name,
                        None,
                        serde_json::from_value(spec).expect("a ModelPolicy"),
                    )),
                    "ModelLicense" => facts.licenses.push(Fact::new(
                        &name,
                        None,
                        serde_json::from_value(spec).expect("a ModelLicense"),
                    )),
                    "InferenceRuntime" => {
                        facts.runtimes.push(Fact::new(&name, None, serde_json::from_value(spec).expect("a runtime")));
                    }
                    // For `modelport check` alone.
                    "Node" => {}
                    other => panic!("{}: {other}", file.display()),
                }
            }
        }
        for (path, namespace, name, spec) in manifests {
            let spec: ModelDeploymentSpec = serde_json::from_value(spec).expect("a manifest");
            let next = pass_of(Owner { namespace, ..owner(&name) }, &spec, &facts, None);
            if next.course == Course::Run {
                all.push((path, next));
            } else {
                assert!(next.plan.deployment.is_none(), "{path} is not allowed, and has pods");
            }
        }
    }
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

#[test]
fn every_shipped_example_is_rendered_as_a_reviewer_read_it_restricted_and_written_once() {
    let all = shipped();
    assert!(all.len() >= 6, "only {} examples are allowed", all.len());
    for (path, next) in all {
        assert_eq!(next.obstacle, None, "{path}");
        golden(&format!("templates/shipped/{path}.golden.yaml"), &told(&next.plan));
        let deployment = next.plan.deployment.expect("a Deployment");
        assert_eq!(written_again(&serde_json::to_value(&deployment).expect("JSON")), None, "{path}");
        let pod = deployment.spec.expect("a spec").template.spec.expect("a pod");
        assert_eq!(violations(&pod), Vec::<String>::new(), "{path}");
    }
}

#[test]
fn a_template_holds_no_decision_no_date_and_no_version_of_ours() {
    for (name, manifest) in EXAMPLES {
        let next = rolled_out(name, manifest);
        let template = &next.plan.deployment.as_ref().expect("a Deployment").spec.as_ref().expect("a spec").template;
        let text = serde_json::to_string(template).expect("JSON").replace("modelport:0.1.0", "");
        assert!(!text.contains(next.decision.short_id()), "{name} holds the decision");
        assert!(!text.contains("2026-"), "{name} holds a date");
        assert!(!text.contains(env!("CARGO_PKG_VERSION")), "{name} holds our version");
        assert!(!text.contains("kubernetes.io/hostname\",\"operator"), "{name} holds a node's name");
        assert!(template.metadata.as_ref().is_some_and(|m| m.annotations.is_none()), "{name} has annotations");
    }
}

#[test]
fn an_engine_pod_is_probed_and_drained_and_asks_for_resources() {
    for (name, manifest) in EXAMPLES {
        let next = rolled_out(name, manifest);
        let pod = next.plan.deployment.expect("a Deployment").spec.expect("a spec").template.spec.expect("a pod");
        assert_eq!(pod.automount_service_account_token, Some(false), "{name}");
        assert_eq!(pod.service_account_name, None, "{name}");
        let engine = pod.containers.first().expect("an engine");
        assert!(
            engine.startup_probe.is_some() && engine.readiness_probe.is_some() && engine.liveness_probe.is_some(),
            "{name}"
        );
        let sleeps = engine
            .lifecycle
            .as_ref()
            .and_then(|l| l.pre_stop.as_ref())
            .and_then(|p| p.sleep.as_ref())
            .map(|s| s.seconds);
        let grace = pod.termination_grace_period_seconds.expect("a grace");
        assert!(sleeps.is_some_and(|s| s > 0 && s < grace), "{name}: {sleeps:?} of {grace}");
        let requests = engine.resources.as_ref().and_then(|r| r.requests.as_ref()).expect("requests");
        assert!(requests.contains_key("cpu") && requests.contains_key("memory"), "{name}");
        let secret_in_engine = engine.volume_mounts.iter().flatten().any(|m| m.name == "credentials");
        assert!(!secret_in_engine, "{name}: the engine sees the token");
    }
}
