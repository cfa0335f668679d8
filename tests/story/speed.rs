//! How long a decision takes. Not asserted: `cargo test --release --test story speed -- --ignored --nocapture`.

use std::{collections::BTreeMap, time::Instant};

use modelport::{
    catalog::Catalog,
    decide::{Request, decide},
    facts::{Fact, Facts},
    manifest::{licensee::LicenseeSpec, model_deployment::ModelDeploymentSpec, model_policy::ModelPolicySpec},
};

use super::world::yaml;

#[test]
#[ignore = "a figure, and no assertion"]
fn speed_of_a_decision() {
    let licensee: LicenseeSpec = yaml(
        "{namespaces: [lab], kind: company, seat: US, metrics: [{name: monthly-active-users, scope: group, atMost: 10000000, period: 2023-01/2026-10}], accepted: [{name: a, who: l, when: 2026-01-01, covers: {licenses: [\"LicenseRef-llama-*\"]}}]}",
    );
    let policy: ModelPolicySpec = yaml(
        "{namespaces: [lab], regions: {rules: [{rule: cn-genai-filing, mode: Enforce}], allow: {groups: [EU], countries: [CN, US]}}}",
    );
    let (licensee, policy) = (Fact::new("acme", None, licensee), Fact::new("china", None, policy));
    let labels = BTreeMap::new();
    let catalog = Catalog::built_in().expect("the catalogue");
    for (what, text, policies) in [
        ("Apache-2.0, one field, no policy", "model: {source: \"hf://Qwen/Qwen3-8B\"}", vec![]),
        (
            "Llama 3.1, internal, no policy",
            "model: {source: \"hf://meta-llama/Llama-3.1-8B-Instruct\"}\nusage: {audience: internal, serves: [US]}",
            vec![],
        ),
        (
            "Llama 2 in CN under a policy",
            "model: {source: \"hf://meta-llama/Llama-2-7b-chat-hf\"}\nusage: {audience: internal, serves: [CN]}\nplacement: {allow: {countries: [CN]}}",
            vec![&policy],
        ),
        (
            "Hunyuan anywhere",
            "model: {source: \"hf://tencent/Hunyuan-A13B-Instruct\"}\nusage: {audience: public, serves: [SG]}",
            vec![],
        ),
    ] {
        let spec: ModelDeploymentSpec = yaml(text);
        let facts = Facts {
            now: "2026-11-24T12:00:00Z".parse().expect("an instant"),
            catalog,
            namespace_labels: &labels,
            licensees: vec![&licensee],
            policies,
            licenses: Vec::new(),
            runtimes: Vec::new(),
            unread: Vec::new(),
        };
        let request = Request { namespace: "lab", name: "x", spec: &spec };
        let mut times: Vec<f64> = (0..11)
            .map(|_| {
                let start = Instant::now();
                for _ in 0..2_000 {
                    std::hint::black_box(decide(std::hint::black_box(&request), &facts));
                }
                start.elapsed().as_secs_f64() * 1e6 / 2_000.0
            })
            .collect();
        times.sort_by(f64::total_cmp);
        println!("{what}: {:.1} us (median of 11 runs of 2,000)", times[5]);
    }
}
