//! What would change if other facts held.

use std::collections::BTreeMap;

use modelport::{
    decide::{Request, decide},
    facts::{Fact, files::Manifest, lines::Lines, overlay::Overlay, snapshot::Snapshot},
    manifest::{
        model_deployment::ModelDeploymentSpec,
        names::{NODE_ACCELERATOR, NODE_COUNTRY, NODE_PROVIDER},
    },
    plan::{
        inputs::{Inputs, Settings},
        runtime,
    },
    report::whatif::{Case, Runs, Then, WhatIf, whatif},
};
use serde_json::Value;

use crate::{
    kit::{ACME, catalog, golden, snapshot, today, yaml},
    scratch::{Scratch, modelport},
};

const DAY: &str = "2026-11-24";
const ONE_WORD: &str = "deploy/examples/03-one-word";

fn policy(spec: &str) -> String {
    format!("apiVersion: modelport.dev/v1alpha1\nkind: ModelPolicy\nmetadata: {{name: china}}\nspec: {spec}\n")
}

#[test]
fn a_stricter_policy_says_who_would_be_refused_and_a_laxer_one_who_would_not() {
    let scratch = Scratch::new("whatif");
    let strict = scratch.file(
        "strict.yaml",
        &policy("{namespaces: [support], regions: {deny: {countries: [CN]}, rules: [{rule: cn-genai-filing, mode: Enforce}]}}"),
    );
    let same = format!("{ONE_WORD}/china.yaml");
    let lax = scratch.file("lax.yaml", &policy("{namespaces: [other]}"));
    let mut told = String::new();
    for (title, change, code) in [
        ("The policy as it is.", same.as_str(), 0),
        ("A policy that lets no pod stand in CN.", &strict, 1),
        ("The policy for another namespace.", &lax, 0),
    ] {
        let answer = modelport(&["whatif", "-f", change, "--manifests", ONE_WORD, "--at", DAY]);
        assert_eq!(answer.code, code, "{title}: {answer:?}");
        assert!(answer.out.lines().all(|line| line.chars().count() <= 100), "{}", answer.out);
        told.push_str(&format!("{title}\n\n{}\n", answer.out));
    }
    let answer = modelport(&["whatif", "--delete", "modelpolicy/china", "--manifests", ONE_WORD, "--at", DAY]);
    assert_eq!(answer.code, 0, "{answer:?}");
    told.push_str(&format!("Without the policy.\n\n{}", answer.out));
    golden("check/whatif.txt", &told);
    let json = modelport(&["whatif", "-f", &strict, "--manifests", ONE_WORD, "--at", DAY, "-o", "json"]);
    assert_eq!(json.code, 1);
    golden("check/whatif.json", &json.out);
    let yaml = modelport(&["whatif", "-f", &strict, "--manifests", ONE_WORD, "--at", DAY, "-o", "yaml"]);
    let from_yaml: Value = serde_saphyr::from_str(&yaml.out).expect("YAML");
    assert_eq!(from_yaml, serde_json::from_str::<Value>(&json.out).expect("JSON"), "the same in both forms");
}

#[test]
fn a_change_that_cannot_be_told_ends_with_3() {
    let scratch = Scratch::new("whatif-bad");
    for (change, said) in [
        (
            "apiVersion: modelport.dev/v1alpha1\nkind: ModelPolicy\nmetadata: {name: x}\nspec: {namespace: [a]}\n",
            "unknown field",
        ),
        (
            "apiVersion: modelport.dev/v1alpha1\nkind: ModelDeployment\nmetadata: {name: x}\nspec: {model: {source: 'hf://a/b'}}\n",
            "deployments come from",
        ),
        ("apiVersion: v1\nkind: Service\nmetadata: {name: x}\n", "nothing of Modelport's"),
    ] {
        let file = scratch.file("change.yaml", change);
        let answer = modelport(&["whatif", "-f", &file, "--manifests", ONE_WORD]);
        assert!(answer.code == 3 && answer.err.contains(said), "{answer:?}");
    }
    let answer = modelport(&["whatif", "--delete", "Waiver/friday", "--manifests", ONE_WORD]);
    assert!(answer.code == 3 && answer.err.contains("Waiver/friday is not there"), "{answer:?}");
    let answer = modelport(&["whatif", "--delete", "Pod/x", "--manifests", ONE_WORD]);
    assert!(answer.code == 3 && answer.err.contains("is no kind of"), "{answer:?}");
}

#[test]
fn a_thousand_deployments_are_decided_with_both_and_counted() {
    let scratch = Scratch::new("whatif-many");
    let mut all = std::fs::read_to_string(format!("{ONE_WORD}/acme.yaml")).expect("the Licensee");
    let bot = std::fs::read_to_string(format!("{ONE_WORD}/internal.yaml")).expect("the manifest");
    for i in 0..1000 {
        all.push_str("---\n");
        all.push_str(&bot.replace("name: support-bot", &format!("name: bot-{i}")));
    }
    let manifests = scratch.file("all.yaml", &all);
    let change = scratch.file("change.yaml", &policy("{namespaces: [support], regions: {deny: {countries: [CN]}}}"));
    let answer = modelport(&["whatif", "-f", &change, "--manifests", &manifests, "--at", DAY, "--limit", "3"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    assert!(answer.out.contains("997 more are not shown"), "{}", answer.out);
    assert!(answer.out.contains("1000 deployments: 1000 worse, 0 better, 0 as before."), "{}", answer.out);
}

/// The labels of a node in a country.
fn node(country: &str) -> BTreeMap<String, String> {
    let labels = [(NODE_COUNTRY, country), (NODE_PROVIDER, "aws")];
    labels.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// `count` deployments of one manifest in namespace demo that run in these countries, under another policy.
fn under(policy: &str, spec: &str, stands: &[&str], count: usize) -> WhatIf {
    on(policy, spec, stands.iter().map(|country| node(country)).collect(), count)
}

/// The same on nodes with these labels.
fn on(policy: &str, spec: &str, stands: Vec<BTreeMap<String, String>>, count: usize) -> WhatIf {
    let facts = snapshot(&[("acme", ACME)], &[]);
    let spec: ModelDeploymentSpec = yaml(spec);
    let manifest = |i| Manifest {
        file: String::new(),
        namespace: "demo".into(),
        name: format!("bot-{i}"),
        uid: None,
        spec: spec.clone(),
        lines: Lines::default(),
    };
    let manifests: Vec<Manifest> = (0..count).map(manifest).collect();
    let labels = BTreeMap::new();
    let facts = facts.facts(catalog(), &labels, today());
    let request = Request { namespace: "demo", name: "bot-0", uid: None, spec: &spec };
    let chosen = runtime::choose(&spec, &facts, "vllm").expect("an engine");
    let places = decide(&request, &facts).places;
    let inputs = Inputs::new(&spec, chosen, &places, &Settings::default(), catalog().accelerators());
    let runs = Runs { spec: spec.clone(), inputs: Some(inputs), allowed_by: Vec::new(), refused_since: None, stands };
    let cases: Vec<Case<'_>> =
        manifests.iter().map(|manifest| Case { manifest, facts: facts.clone(), runs: Some(&runs) }).collect();
    let with = Snapshot { policies: vec![Fact::new("new", None, yaml(policy))], ..Snapshot::default() };
    whatif(&cases, &Overlay { with, without: Vec::new() }, today())
}

#[test]
fn what_runs_is_told_when_it_would_be_stopped_moved_or_left() {
    let spec = "model: {source: \"hf://Qwen/Qwen3-8B\"}\nusage: {audience: internal, serves: [SG]}\nplacement: {allow: {countries: [SG, DE]}}\n";
    let then = |found: &WhatIf| found.deployments.first().and_then(|row| row.then);
    let stopped = under("{namespaces: [demo], licenses: {refuse: [Apache-2.0]}}", spec, &["SG"], 1);
    assert_eq!(then(&stopped), Some(Then::StopsAfter(86_400)), "{stopped:?}");
    assert_eq!((stopped.counts.stopped, stopped.exit_code()), (1, 1));
    let soon = "{namespaces: [demo], grace: {person: 10s}, licenses: {refuse: [Apache-2.0]}}";
    assert_eq!(then(&under(soon, spec, &["SG"], 1)), Some(Then::StopsAfter(10)));
    let many = under("{namespaces: [demo], licenses: {refuse: [Apache-2.0]}}", spec, &["SG"], 12);
    assert_eq!(then(&many), Some(Then::HeldUntilConfirmed), "one cause would stop twelve");
    let moved = under("{namespaces: [demo], regions: {deny: {countries: [DE]}}}", spec, &["SG", "DE", "DE"], 1);
    assert_eq!(then(&moved), Some(Then::MovesWithin(3600)), "{moved:?}");
    assert_eq!((moved.counts.pods_moved, moved.counts.worse, moved.exit_code()), (2, 1, 1));
    assert!(moved.text(10).contains("2 pods would be moved"), "{}", moved.text(10));
    let waits = under("{namespaces: [demo], licenses: {needReview: [Apache-2.0]}}", spec, &["SG"], 1);
    assert_eq!(then(&waits), Some(Then::GoesOn), "what waits is never stopped: {waits:?}");
    let only_warned =
        under("{namespaces: [demo], whenRefused: Warn, licenses: {refuse: [Apache-2.0]}}", spec, &["SG"], 1);
    assert_eq!(then(&only_warned), Some(Then::GoesOn));
    let with_chip = |chip: &str| {
        let mut labels = node("SG");
        labels.insert(NODE_ACCELERATOR.to_owned(), chip.to_owned());
        labels
    };
    let chips = "{namespaces: [demo], regions: {accelerators: {deny: {ids: [nvidia-h100-sxm]}}}}";
    let asks = format!("{spec}accelerators: {{count: 1}}\n");
    let off = on(chips, &asks, vec![with_chip("nvidia-h100-sxm"), with_chip("nvidia-l40s")], 1);
    assert_eq!((then(&off), off.counts.pods_moved), (Some(Then::MovesWithin(3600)), 1), "{off:?}");
    let same = under("{namespaces: [demo], regions: {allow: {countries: [SG, DE, FR]}}}", spec, &["SG", "DE"], 1);
    assert_eq!((same.deployments.len(), same.exit_code()), (0, 0), "{same:?}");
}
