//! The worked cases of places as objects, for a real scheduler: tests/regions/run.sh applies them. One folder a case, made
//! from the same data as the tests beside it.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use modelport::{catalog::Catalog, manifest::model_policy::ModelPolicySpec, manifest::names::node_evidence};
use serde_json::{Value, json};

use super::{
    regions::{Case, RULES, licensee, manifest},
    world::yaml,
};

/// Accelerators of every fake node: one, so that as many pods as nodes show which nodes are let.
const ACCELERATORS: u32 = 1;

fn object(kind: &str, metadata: &Value, spec: &impl serde::Serialize) -> Value {
    json!({"apiVersion": "modelport.dev/v1alpha1", "kind": kind, "metadata": metadata, "spec": spec})
}

fn list(items: &[Value]) -> Value {
    json!({"apiVersion": "v1", "kind": "List", "items": items})
}

/// The nodes of a case, each with its case as a label.
fn nodes(case: &Case) -> Vec<Value> {
    let node = |node: &super::regions::Node| {
        let mut labels = node.labels.clone();
        labels.insert("case".into(), case.id.clone());
        labels.extend(node.evidence.iter().map(|key| (node_evidence(key), "D1234567".to_owned())));
        let taints: Vec<Value> = node.taints.iter().map(|key| json!({"key": key, "effect": "NoSchedule"})).collect();
        let count = ACCELERATORS.to_string();
        json!({
            "name": format!("{}-{}", case.id, node.name),
            "providerID": node.provider_id,
            "labels": labels,
            "capacity": {"cpu": "128", "memory": "752Gi", "nvidia.com/gpu": count},
            "taints": taints,
        })
    };
    case.nodes.iter().map(node).collect()
}

/// Namespace, Licensee and policies of a case.
fn facts(case: &Case) -> Value {
    let here =
        |text: &str| text.replace("[lab]", &format!("[{}]", case.id)).replace("lab/x", &format!("{}/x", case.id));
    let evidence: Vec<&String> = case.workload.evidence.iter().collect();
    let licensee: Value = yaml(&here(&licensee(&case.workload, &evidence)));
    let rules: Value = yaml(&here(RULES));
    let mut items = vec![
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": case.id}}),
        object("Licensee", &json!({"name": case.id}), &licensee),
        object("ModelPolicy", &json!({"name": format!("{}-rules", case.id)}), &rules),
    ];
    let presets = Catalog::built_in().expect("the catalogue").company_policies();
    for id in &case.policies {
        let preset = presets.iter().find(|preset| preset.id == *id).unwrap_or_else(|| panic!("{id}"));
        let spec = ModelPolicySpec { namespaces: Some(vec![case.id.clone()]), ..preset.spec.clone() };
        items.push(object("ModelPolicy", &json!({"name": format!("{}-{id}", case.id)}), &spec));
    }
    list(&items)
}

/// The manifest: one pod more than nodes are let, kept to the nodes of the case.
fn deployment(case: &Case) -> Value {
    let mut spec = manifest(case, None);
    spec.placement.node_selector.insert("case".into(), case.id.clone());
    spec.scaling.replicas = Some(i32::try_from(case.expect.eligible.len() + 1).expect("few"));
    let taints = case.nodes.iter().flat_map(|node| &node.taints);
    let keys: std::collections::BTreeSet<&String> = taints.collect();
    spec.placement.tolerations =
        keys.into_iter().map(|key| yaml(&format!("{{key: {key}, operator: Exists}}"))).collect();
    object("ModelDeployment", &json!({"name": "x", "namespace": case.id}), &spec)
}

#[test]
fn the_worked_cases_for_a_cluster_are_fresh() {
    let cases: Vec<Case> = yaml(include_str!("region-cases.yaml"));
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let text = |value: &Value| format!("{}\n", serde_json::to_string_pretty(value).expect("JSON"));
    let (mut all, mut expected) = (Vec::new(), String::new());
    for case in &cases {
        all.extend(nodes(case));
        files.insert(format!("{}/facts.json", case.id), text(&facts(case)));
        files.insert(format!("{}/manifest.json", case.id), text(&deployment(case)));
        let names: Vec<String> = case.expect.eligible.iter().map(|name| format!("{}-{name}", case.id)).collect();
        let names = if names.is_empty() { "-".to_owned() } else { names.join(",") };
        let _ = writeln!(expected, "{}\t{names}\t{}", case.id, case.title);
    }
    files.insert("nodes.yaml".into(), text(&json!({"nodes": all})));
    files.insert("expected.tsv".into(), expected);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/regions/cases");
    for (path, text) in &files {
        let file = folder.join(path);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::create_dir_all(file.parent().expect("a folder")).expect("the folder is made");
            fs::write(&file, text).expect("written");
        }
        assert_eq!(&fs::read_to_string(&file).unwrap_or_default(), text, "{path} is stale; UPDATE_GOLDEN=1 writes it");
    }
}
