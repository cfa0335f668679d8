//! Any manifest: the same twice, restricted, and nothing written the second time.

use std::collections::{BTreeMap, BTreeSet};

use modelport::{
    decide::{Allowance, ChipLimit, Chips, Places, Verdict},
    manifest::{
        model_deployment::ModelDeploymentSpec,
        names::{NODE_ACCELERATOR, NODE_COUNTRY, NODE_PROVIDER, NODE_REGION, node_evidence},
    },
    plan::{affinity, next::RunsNow, revision, standing::Standing},
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{
    kit::{ACME, catalog, pass, selector::lets, snapshot},
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

prop_compose! {
    fn allowance(words: &'static [&'static str])(
        only in prop::option::of(prop::sample::subsequence(words.to_vec(), 1..=words.len())),
        never in prop::sample::subsequence(words.to_vec(), 0..=2),
        known in any::<bool>(),
    ) -> Allowance {
        let never = never.into_iter().map(str::to_owned).collect();
        // As decided: what is denied is taken out of what is allowed.
        let only = only.map(|o| o.into_iter().map(str::to_owned).filter(|w| !std::collections::BTreeSet::contains(&never, w)).collect());
        Allowance { only, never, known }
    }
}

fn pairs() -> impl Strategy<Value = Vec<(String, String)>> {
    let all: Vec<_> = ["aws", "alibaba", "huawei"]
        .iter()
        .flat_map(|p| ["ap-southeast-1", "cn-north-1"].map(|r| ((*p).to_owned(), r.to_owned())))
        .collect();
    prop::sample::subsequence(all, 0..4)
}

fn set(words: &[&str]) -> BTreeSet<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

const CHIPS: [&str; 4] = ["nvidia-a10", "nvidia-h100-sxm", "nvidia-l4", "ascend-910b"];
const KEYS: [&str; 2] = ["us.bis_licence", "us.h200_conditions"];

prop_compose! {
    fn limit()(
        countries in allowance(&["CN", "SG", "HK"]),
        chips in prop::sample::subsequence(CHIPS.to_vec(), 0..=3),
        only in any::<bool>(),
        labels in any::<bool>(),
        evidence in prop::sample::subsequence(KEYS.to_vec(), 0..=2),
    ) -> ChipLimit {
        let chips = set(&chips);
        let labels = if labels && !only { catalog().accelerators().shown_by(&chips) } else { BTreeMap::new() };
        // Where a limit holds is never restricted to what is known.
        let countries = Allowance { known: false, ..countries };
        let chips = if only { Chips::Only(chips) } else { Chips::Never(chips) };
        ChipLimit { countries, chips, labels, evidence: set(&evidence), by: "rule x".into() }
    }
}

prop_compose! {
    fn node()(
        country in prop::option::of(prop::sample::select(vec!["CN", "SG", "HK"])),
        provider in prop::option::of(prop::sample::select(vec!["aws", "alibaba", "huawei"])),
        region in prop::option::of(prop::sample::select(vec!["ap-southeast-1", "cn-north-1"])),
        chip in prop::option::of(prop::sample::select(CHIPS.to_vec())),
        product in prop::option::of(prop::sample::select(vec!["NVIDIA-L4", "NVIDIA-L4-SHARED", "NVIDIA-A10", "other"])),
        evidence in prop::sample::subsequence(KEYS.to_vec(), 0..=2),
        reference in prop::sample::select(vec!["D123", ""]),
    ) -> BTreeMap<String, String> {
        let written = [
            (NODE_COUNTRY, country),
            (NODE_PROVIDER, provider),
            (NODE_REGION, region),
            (NODE_ACCELERATOR, chip),
            ("nvidia.com/gpu.product", product),
        ];
        let written = written.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?.to_owned())));
        written.chain(evidence.into_iter().map(|key| (node_evidence(key), reference.to_owned()))).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn the_scheduler_lets_a_node_exactly_where_the_predicate_does(
        countries in allowance(&["CN", "SG", "HK"]),
        providers in allowance(&["aws", "alibaba", "huawei"]),
        regions in prop::option::of(pairs()),
        denied in pairs(),
        chips in prop::collection::vec(limit(), 0..5),
        labels in node(),
    ) {
        let places = Places {
            countries,
            providers,
            regions: regions.map(|r| r.into_iter().collect()),
            regions_denied: denied.into_iter().collect(),
            chips,
            parts: vec![],
        };
        // An empty list of values is refused by the API server; a decision with one is Refused before.
        prop_assume!(places.providers.only.as_ref().is_none_or(|o| !o.is_empty()));
        let affinity = affinity::render(&places, &[]);
        prop_assert_eq!(lets(affinity.as_ref(), &labels), places.lets(&labels), "{:?}", affinity);
    }

    #[test]
    fn places_that_lie_within_others_let_no_further_node(
        inner in prop::collection::vec(limit(), 0..3),
        outer in prop::collection::vec(limit(), 0..3),
        one in allowance(&["CN", "SG"]),
        two in allowance(&["CN", "SG"]),
        labels in node(),
    ) {
        let of = |countries, chips| Places { countries, chips, ..Places::default() };
        let (inner, outer) = (of(one, inner), of(two, outer));
        prop_assert!(!inner.is_within(&outer) || !inner.lets(&labels) || outer.lets(&labels));
        prop_assert!(inner.is_within(&inner));
    }
}
