//! The Job that asks a registry what a tag stands for: a golden file, and what must hold for it.

use modelport::{
    manifest::{
        model_deployment::ModelDeploymentSpec,
        names::{DEPLOYMENT_LABEL, DIGEST_LABEL},
    },
    plan::{digest_job::render, inputs::Settings},
};

use crate::{
    kit::{golden, owner, pass, settings, snapshot, to_yaml, yaml},
    restricted::violations,
};

const BY_TAG: &str = r#"
model: {source: "oci://registry.example.com/ai/qwen:v1", name: Qwen/Qwen3-8B}
placement: {tolerations: [{key: dedicated, operator: Equal, value: models, effect: NoSchedule}]}
runtime: {pod: {imagePullSecrets: [registry]}}
accelerators: {count: 1}
"#;

fn every_flag() -> Settings {
    Settings {
        image_pull_secrets: vec!["house".into()],
        proxy: Some("http://proxy.example:3128".into()),
        no_proxy: Some("10.0.0.0/8".into()),
        ca_bundle_configmap: Some("authorities".into()),
        ..settings()
    }
}

#[test]
fn the_job_is_as_a_reviewer_read_it() {
    let spec: ModelDeploymentSpec = yaml(BY_TAG);
    let next = pass("by-tag", &spec, &snapshot(&[], &[]), None);
    let plain = next.plan.digest.expect("a Job");
    assert!(next.plan.deployment.is_none(), "no pod of the model before the digest is known");
    let full = render(&owner("by-tag"), &spec, &every_flag(), 3, Some("BadAnswer: it said nothing"));
    golden("templates/digest-job.golden.yaml", &format!("{}---\n{}", to_yaml(&plain), to_yaml(&full)));
}

#[test]
fn its_pod_is_restricted_has_no_token_and_is_no_pod_of_the_model() {
    let job = render(&owner("by-tag"), &yaml(BY_TAG), &every_flag(), 0, None);
    let template = job.spec.expect("a spec").template;
    let pod = template.spec.expect("a pod");
    assert_eq!(violations(&pod), Vec::<String>::new());
    assert_eq!(pod.automount_service_account_token, Some(false));
    let resources = pod.containers[0].resources.clone().expect("resources");
    for asked in [resources.requests, resources.limits] {
        let asked = asked.expect("a quota may ask for it");
        assert!(asked.contains_key("cpu") && asked.contains_key("memory"));
    }
    for labels in [template.metadata.and_then(|m| m.labels), job.metadata.labels] {
        let labels = labels.expect("labels");
        assert_eq!(labels.get(DIGEST_LABEL).map(String::as_str), Some("by-tag"));
        assert!(!labels.contains_key(DEPLOYMENT_LABEL), "the Service and the policies would take it for the model");
    }
}

#[test]
fn another_question_is_another_job_and_the_same_one_is_not() {
    let name = |spec: &str, settings: &Settings, attempt, before| {
        let owner = owner(&"x".repeat(52));
        let name = render(&owner, &yaml(spec), settings, attempt, before).metadata.name.expect("a name");
        assert!(name.len() <= 63, "{name}");
        name
    };
    let first = name(BY_TAG, &settings(), 0, None);
    assert_eq!(first, name(&BY_TAG.replace("count: 1", "count: 2"), &settings(), 0, Some("why")));
    assert_ne!(first, name(BY_TAG, &settings(), 1, None));
    assert_ne!(first, name(BY_TAG, &every_flag(), 0, None));
    assert_ne!(first, name(&BY_TAG.replace(":v1", ":v2"), &settings(), 0, None));
    assert_ne!(first, name(&BY_TAG.replace("[registry]", "[other]"), &settings(), 0, None));
}
