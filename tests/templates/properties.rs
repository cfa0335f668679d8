//! Any manifest: the same twice, restricted, and nothing written the second time.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Affinity, NodeSelectorRequirement};
use modelport::{
    decide::{Allowance, Places, Verdict},
    manifest::{
        model_deployment::ModelDeploymentSpec,
        names::{NODE_COUNTRY, NODE_PROVIDER, NODE_REGION},
    },
    plan::{affinity, next::RunsNow, revision, standing::Standing},
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{
    kit::{ACME, pass, snapshot},
    restricted::violations,
    server::written_again,
};

fn source() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!({"source": "hf://HuggingFaceTB/SmolLM2-135M-Instruct-GGUF"})),
        Just(json!({"source": "hf://Qwen/Qwen3-8B", "revision": "main"})),
        Just(json!({"source": "modelscope://Qwen/Qwen3-8B"})),
        Just(json!({"source": "pvc://models/a/b", "name": "Qwen/Qwen3-8B"})),
        Just(
            json!({"source": "oci://r.example.com/m:1", "digest": format!("sha256:{}", "a".repeat(64)), "name": "Qwen/Qwen3-8B"})
        ),
    ]
}

fn places() -> impl Strategy<Value = Value> {
    let countries = || prop::sample::subsequence(vec!["CN", "SG", "US", "DE", "FR", "HK", "JP"], 1..4);
    prop_oneof![
        Just(json!({})),
        countries().prop_map(|c| json!({"allow": {"countries": c}})),
        countries().prop_map(|c| json!({"deny": {"countries": c}})),
        Just(json!({"allow": {"groups": ["EU"]}})),
        Just(json!({"allow": {"providers": ["aws", "alibaba"]}, "deny": {"countries": ["HK"]}})),
        Just(json!({"allow": {"regions": [{"provider": "aws", "region": "ap-southeast-1"}]}})),
        Just(json!({"deny": {"regions": [{"provider": "aws", "region": "ap-southeast-1"}]}})),
        Just(json!({"nodeSelector": {"pool": "x"}, "tolerations": [{"key": "a", "operator": "Exists"}]})),
    ]
}

fn runtime() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!({})),
        Just(json!({"pod": {"requests": {"cpu": "1000m", "memory": "1024Mi"}}})),
        Just(json!({"pod": {"sharedMemory": "1024Mi", "imagePullSecrets": ["a", "b"]}})),
        Just(json!({"pod": {"priorityClassName": "p", "runtimeClassName": "r"}})),
    ]
}

prop_compose! {
    pub fn manifest()(
        model in source(),
        placement in places(),
        runtime in runtime(),
        replicas in prop::option::of(0..5_i32),
        headless in any::<bool>(),
        accelerators in prop::option::of(1..9_i32),
        suspend in any::<bool>(),
    ) -> ModelDeploymentSpec {
        let mut spec = json!({
            "model": model,
            "placement": placement,
            "runtime": runtime,
            "expose": {"service": if headless { "Headless" } else { "ClusterIP" }},
            "suspend": suspend,
        });
        if let Some(replicas) = replicas {
            spec["scaling"] = json!({"replicas": replicas});
        }
        if let Some(count) = accelerators {
            spec["accelerators"] = json!({"count": count});
        }
        serde_json::from_value(spec).expect("a manifest")
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_manifest_renders_the_same_twice_restricted_and_is_applied_once(spec in manifest()) {
        let facts = snapshot(&[("acme", ACME)], &[]);
        let first = pass("any", &spec, &facts, None);
        let Some(deployment) = first.plan.deployment.clone() else {
            prop_assert!(first.decision.verdict != Verdict::Allowed || first.obstacle.is_some());
            return Ok(());
        };
        let again = pass("any", &spec, &facts, None);
        let all = |next: &modelport::plan::next::Next| json!([next.plan.deployment, next.plan.service, next.plan.budget, next.plan.revision]);
        prop_assert_eq!(all(&first), all(&again), "the same facts, another plan");

        // The second pass, with what runs read back from the revision that the first one left.
        let (inputs, memory) = revision::read(first.plan.revision.as_ref().expect("a revision")).expect("it can be read back");
        prop_assert_eq!(Some(&inputs), first.inputs.as_ref(), "the revision holds all inputs");
        let runs = RunsNow { inputs, memory, replicas: first.replicas, pods_pend: false, standing: Standing::default() };
        prop_assert_eq!(all(&first), all(&pass("any", &spec, &facts, Some(runs))), "what runs, rendered anew");

        for object in all(&first).as_array().expect("a list").iter().filter(|o| !o.is_null()) {
            prop_assert_eq!(written_again(object), None);
        }
        let pod = deployment.spec.expect("a spec").template.spec.expect("a pod");
        prop_assert_eq!(violations(&pod), Vec::<String>::new());
        for name in pod.volumes.iter().flatten().map(|v| &v.name) {
            let times = pod.volumes.iter().flatten().filter(|v| v.name == *name).count();
            prop_assert_eq!(times, 1, "volume {} twice", name);
        }
    }
}

/// Whether the scheduler lets a node with these labels.
fn lets(affinity: Option<&Affinity>, labels: &BTreeMap<&str, String>) -> bool {
    let Some(affinity) = affinity else { return true };
    let required =
        affinity.node_affinity.as_ref().and_then(|n| n.required_during_scheduling_ignored_during_execution.as_ref());
    let fits = |r: &NodeSelectorRequirement| {
        let value = labels.get(r.key.as_str());
        let listed = || value.is_some_and(|v| r.values.iter().flatten().any(|x| x == v));
        match r.operator.as_str() {
            "In" => listed(),
            "NotIn" => !listed(),
            "Exists" => value.is_some(),
            "DoesNotExist" => value.is_none(),
            other => panic!("{other}"),
        }
    };
    required.expect("a selector").node_selector_terms.iter().any(|t| t.match_expressions.iter().flatten().all(fits))
}

prop_compose! {
    fn allowance(words: &'static [&'static str])(
        only in prop::option::of(prop::sample::subsequence(words.to_vec(), 1..=words.len())),
        never in prop::sample::subsequence(words.to_vec(), 0..=2),
    ) -> Allowance {
        let never = never.into_iter().map(str::to_owned).collect();
        // As decided: what is denied is taken out of what is allowed.
        let only = only.map(|o| o.into_iter().map(str::to_owned).filter(|w| !std::collections::BTreeSet::contains(&never, w)).collect());
        Allowance { only, never }
    }
}

fn pairs() -> impl Strategy<Value = Vec<(String, String)>> {
    let all: Vec<_> = ["aws", "alibaba", "huawei"]
        .iter()
        .flat_map(|p| ["ap-southeast-1", "cn-north-1"].map(|r| ((*p).to_owned(), r.to_owned())))
        .collect();
    prop::sample::subsequence(all, 0..4)
}

proptest! {
    #[test]
    fn the_scheduler_lets_a_node_exactly_where_the_predicate_does(
        countries in allowance(&["CN", "SG", "HK"]),
        providers in allowance(&["aws", "alibaba", "huawei"]),
        regions in prop::option::of(pairs()),
        denied in pairs(),
        country in prop::option::of(prop::sample::select(vec!["CN", "SG", "HK"])),
        provider in prop::option::of(prop::sample::select(vec!["aws", "alibaba", "huawei"])),
        region in prop::option::of(prop::sample::select(vec!["ap-southeast-1", "cn-north-1"])),
    ) {
        let places = Places {
            countries,
            providers,
            regions: regions.map(|r| r.into_iter().collect()),
            regions_denied: denied.into_iter().collect(),
            by: vec![],
        };
        // An empty list of values is refused by the API server; a decision with one is Refused before.
        prop_assume!(places.countries.only.as_ref().is_none_or(|o| !o.is_empty()));
        prop_assume!(places.providers.only.as_ref().is_none_or(|o| !o.is_empty()));
        let labels: BTreeMap<&str, String> = [(NODE_COUNTRY, country), (NODE_PROVIDER, provider), (NODE_REGION, region)]
            .into_iter()
            .filter_map(|(key, value)| Some((key, value?.to_owned())))
            .collect();
        let affinity = affinity::render(&places, &[]);
        prop_assert_eq!(lets(affinity.as_ref(), &labels), places.allow(country, provider, region), "{:?}", affinity);
    }
}
