//! Worked cases of places, from data: nodes as a cloud labels them, a use, the policies of a company, and the verdict that
//! a careful reader of the rules comes to. A case that lists nodes with different accelerators is decided once for each.

use std::collections::{BTreeMap, BTreeSet};

use modelport::{
    catalog::{Catalog, NodeEvidence, NodePlace},
    decide::{Decision, Effect, Verdict},
    manifest::{Reason, model_deployment::ModelDeploymentSpec, model_policy::ModelPolicySpec, names::node_evidence},
    plan::fit::{NodeSummary, TaintView},
};
use serde::Deserialize;

use super::{
    selector,
    world::{World, yaml},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub id: String,
    pub title: String,
    pub workload: Workload,
    pub nodes: Vec<Node>,
    pub policies: Vec<String>,
    pub expect: Expected,
    #[allow(dead_code, reason = "for the reader")]
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workload {
    #[serde(default)]
    kind: String,
    model: String,
    audience: String,
    serves: Vec<String>,
    licensee_hq: String,
    entity_hq: String,
    personal_data: bool,
    #[allow(dead_code, reason = "for the reader")]
    resource: String,
    #[serde(default)]
    pub evidence: Vec<String>,
    #[serde(default)]
    allow_countries: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    pub name: String,
    #[serde(rename = "providerID")]
    pub provider_id: String,
    pub labels: BTreeMap<String, String>,
    #[serde(default)]
    pub taints: Vec<String>,
    #[serde(default)]
    pub evidence: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    verdict: String,
    pub eligible: Vec<String>,
    #[serde(default)]
    restricted: bool,
    #[serde(default)]
    countries: BTreeMap<String, Option<String>>,
    rules_hit: Vec<String>,
}

/// What is hit only by a node that the deployment's own list of countries leaves out before any rule is asked.
const LEFT_OUT_BEFORE: [(&str, &str); 1] = [("r11", "eu-gdpr")];

/// What is answered with another word here than by the reader of the case: the case, the reader's word, and ours.
///
/// r12 is a DaemonSet that somebody writes. Such a one is denied here as well, wherever its nodes stand: the policy on pods
/// and their controllers lets nobody create one that carries the label of a ModelDeployment, and one without it is not
/// Modelport's. What Modelport is asked for is a ModelDeployment of the same model for the same places; it makes pods that
/// their own template pins, none of which lands in Zurich, and that is allowed.
const ANOTHER_WORD: [(&str, &str, &str); 1] = [("r12", "deny", "allow")];

/// The rules that the company enforces beside its presets.
pub const RULES: &str = "{namespaces: [lab], regions: {rules: [{rule: CN, mode: Enforce}, {rule: EU, mode: Enforce}, {rule: US, mode: Enforce}, {rule: eu-gdpr, mode: Enforce}]}}";

fn repository(model: &str) -> &'static str {
    match model {
        "llama-2-7b-chat" => "meta-llama/Llama-2-7b-chat-hf",
        "llama-3.1-8b" => "meta-llama/Llama-3.1-8B-Instruct",
        "qwen2.5-72b" => "Qwen/Qwen2.5-72B-Instruct",
        "qwen2.5-7b" => "Qwen/Qwen2.5-7B-Instruct",
        "mistral-7b" => "mistralai/Mistral-7B-Instruct-v0.3",
        other => panic!("{other}"),
    }
}

fn place(node: &Node) -> NodePlace {
    let taints = node.taints.iter().map(String::as_str);
    let places = Catalog::built_in().expect("the catalogue").places();
    places.locate(&NodeEvidence::from_node(&node.provider_id, &node.labels, taints))
}

/// What the case says of the organisation, with what is recorded of it.
pub fn licensee(work: &Workload, evidence: &[&String]) -> String {
    let filings = evidence.iter().map(|key| {
        format!("{{name: \"{key}\", rule: \"{key}\", who: legal, when: 2026-11-20, covers: {{services: [lab/x]}}}}")
    });
    format!(
        "{{namespaces: [lab], kind: company, seat: {}, headquarters: {}, metrics: [{{name: monthly-active-users, scope: group, atMost: 1000000, period: 2023-01/2026-10}}], accepted: [{{name: a, who: l, when: 2026-01-01, covers: {{all: Yes}}}}], filings: [{}]}}",
        work.licensee_hq,
        work.entity_hq,
        filings.collect::<Vec<_>>().join(", ")
    )
}

/// The manifest: what for, and the countries of its own list or else of the nodes that there are.
pub fn manifest(case: &Case, product: Option<&String>) -> ModelDeploymentSpec {
    let work = &case.workload;
    let quoted =
        |codes: &BTreeSet<String>| codes.iter().map(|code| format!("\"{code}\"")).collect::<Vec<_>>().join(", ");
    let known: BTreeSet<String> = case.nodes.iter().filter_map(|node| place(node).country).collect();
    let (groups, countries): (BTreeSet<String>, BTreeSet<String>) = match work.allow_countries.as_slice() {
        [] => (BTreeSet::new(), known),
        listed => listed.iter().cloned().partition(|area| area.len() > 2),
    };
    let mut lists = Vec::new();
    if !groups.is_empty() {
        lists.push(format!("groups: [{}]", quoted(&groups)));
    }
    if !countries.is_empty() {
        lists.push(format!("countries: [{}]", quoted(&countries)));
    }
    let product = product.map(|product| format!("product: {product}, ")).unwrap_or_default();
    yaml(&format!(
        "model: {{source: \"hf://{}\"}}\naccelerators: {{{product}count: 1}}\nusage: {{audience: {}, serves: [{}], personalData: {}}}\nplacement: {{allow: {{{}}}}}",
        repository(&work.model),
        work.audience,
        quoted(&work.serves.iter().cloned().collect()),
        if work.personal_data { "Yes" } else { "No" },
        lists.join(", ")
    ))
}

/// The company's policies: rules of these places are enforced, and for chips the very rules are named.
fn policy(case: &Case) -> String {
    let mut rules: Vec<&str> = vec!["CN", "HK", "EU", "US", "SG", "eu-gdpr"];
    let strict = case.policies.iter().any(|policy| policy == "policy-no-controlled-chip-in-d5");
    if strict {
        rules.extend(["us-ear-3a090", "us-is-informed-2025-04", "us-bis-2026-case-by-case"]);
    }
    let modes: Vec<String> = rules.iter().map(|rule| format!("{{rule: {rule}, mode: Enforce}}")).collect();
    let eu = case.policies.iter().any(|policy| policy == "policy-eu-nodes-only");
    let allow = if eu { "allow: {groups: [EEA]}, " } else { "" };
    format!("{{namespaces: [lab], regions: {{{allow}unknownAccelerator: Refuse, rules: [{}]}}}}", modes.join(", "))
}

/// Decides for pods that ask for this node's accelerator, with what is recorded for the deployment and for the node.
fn decide(case: &Case, node: &Node) -> Decision {
    let work = &case.workload;
    let mut world = World::at("2026-11-24");
    world.policy("company", &policy(case));
    world.licensee("acme", &licensee(work, &work.evidence.iter().chain(&node.evidence).collect::<Vec<_>>()));
    world.decide("lab/x", &manifest(case, node.labels.get("nvidia.com/gpu.product")))
}

/// The node as the scheduler sees it: its own labels, what the operator writes, and what an administrator recorded on it.
fn labelled(node: &Node) -> BTreeMap<String, String> {
    let catalog = Catalog::built_in().expect("the catalogue");
    let taints = node.taints.iter().map(|key| TaintView { key: key.clone(), ..TaintView::default() }).collect();
    let (name, provider_id, labels) = (node.name.clone(), node.provider_id.clone(), node.labels.clone());
    let summary = NodeSummary { name, provider_id, labels, taints, ..NodeSummary::default() };
    let place = summary.place(catalog);
    let wanted = summary.wanted_labels(&place, &summary.chip(catalog, &place));
    let mut labels = node.labels.clone();
    labels.extend(wanted.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
    labels.extend(node.evidence.iter().map(|key| (node_evidence(key), "D1234567".to_owned())));
    labels
}

#[test]
fn the_template_lets_exactly_the_nodes_that_the_worked_cases_list() {
    let cases: Vec<Case> = yaml(include_str!("region-cases.yaml"));
    let presets = Catalog::built_in().expect("the catalogue").company_policies();
    let mut wrong = Vec::new();
    for case in &cases {
        let mut world = World::at("2026-11-24");
        world.policy("rules", RULES);
        for id in &case.policies {
            let preset = presets.iter().find(|preset| preset.id == *id).unwrap_or_else(|| panic!("{id}"));
            let spec = ModelPolicySpec { namespaces: Some(vec!["lab".into()]), ..preset.spec.clone() };
            world.policies.insert(id.clone(), spec);
        }
        world.licensee("acme", &licensee(&case.workload, &case.workload.evidence.iter().collect::<Vec<_>>()));
        // No accelerator is named: one decision and one template for all nodes, and those that join later.
        let next = world.next("lab/x", &manifest(case, None));
        let template = next.plan.deployment.as_ref().and_then(|d| d.spec.as_ref()?.template.spec.as_ref());
        let affinity = template.map(|pod| pod.affinity.as_ref());
        let lets = |node: &&Node| affinity.is_some_and(|affinity| selector::lets(affinity, &labelled(node)));
        let eligible: Vec<&str> = case.nodes.iter().filter(lets).map(|node| node.name.as_str()).collect();
        let findings =
            || next.decision.findings.iter().map(|f| format!("\n    {}", f.line())).collect::<Vec<_>>().concat();
        if eligible != case.expect.eligible {
            wrong.push(format!("{} {eligible:?}, expected {:?}{}", case.id, case.expect.eligible, findings()));
        }
        if let Some(inputs) = &next.inputs {
            let let_by_predicate = |node: &&Node| inputs.places.lets(&labelled(node));
            let let_by_predicate: Vec<&str> =
                case.nodes.iter().filter(let_by_predicate).map(|node| node.name.as_str()).collect();
            assert_eq!(let_by_predicate, eligible, "{}", case.id);
        }
        if case.expect.restricted && affinity.flatten().is_none() {
            wrong.push(format!("{} pods are not pinned", case.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_worked_cases_are_decided_as_a_careful_reader_does() {
    let cases: Vec<Case> = yaml(include_str!("region-cases.yaml"));
    assert_eq!(cases.len(), 15);
    let catalog = Catalog::built_in().expect("the catalogue");
    let mut wrong = Vec::new();
    for case in &cases {
        let decided: Vec<(&Node, NodePlace, Decision)> =
            case.nodes.iter().map(|node| (node, place(node), decide(case, node))).collect();
        let may = |(node, _, decision): &&(&Node, NodePlace, Decision)| {
            decision.verdict == Verdict::Allowed && decision.places.lets(&labelled(node))
        };
        let eligible: Vec<&str> = decided.iter().filter(may).map(|(node, ..)| node.name.as_str()).collect();
        let warned = decided.iter().filter(may).any(|(.., decision)| {
            decision.findings.iter().any(|f| f.effect == Effect::Warns && f.reason == Reason::RuleWarns)
        });
        let verdict = match (eligible.is_empty(), warned) {
            (true, _) => "deny",
            (false, true) => "warn",
            (false, false) => "allow",
        };
        let ours = ANOTHER_WORD.iter().find(|(id, ..)| *id == case.id);
        let expected = ours.map_or(case.expect.verdict.as_str(), |(_, _, word)| *word);
        let mut fail = |what: String| wrong.push(format!("{} {}: {what}", case.id, case.title));
        let findings = || {
            let all = decided.iter().flat_map(|(_, _, d)| &d.findings);
            let lines: Vec<String> = all.map(|f| format!("\n    {} {}", f.effect.word(), f.line())).collect();
            lines.concat()
        };
        if verdict != expected || eligible != case.expect.eligible {
            fail(format!("{verdict} {eligible:?}, expected {expected} {:?}{}", case.expect.eligible, findings()));
        }
        if case.expect.restricted && !decided.iter().all(|(.., d)| d.places.restrict()) {
            fail("pods are not pinned".into());
        }
        for (name, country) in &case.expect.countries {
            let found = decided.iter().find(|(node, ..)| node.name == *name).map(|(_, place, _)| &place.country);
            if found != Some(country) {
                fail(format!("{name} stands in {found:?}"));
            }
        }
        for rule in case.expect.rules_hit.iter().filter(|rule| catalog.rule(rule).is_some()) {
            let hit = decided.iter().any(|(.., d)| d.findings.iter().any(|f| f.about == *rule));
            if hit == LEFT_OUT_BEFORE.contains(&(case.id.as_str(), rule.as_str())) {
                fail(format!("{rule} hit: {hit}{}", findings()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_answered_with_another_word_is_a_daemon_set_and_nothing_else() {
    let cases: Vec<Case> = yaml(include_str!("region-cases.yaml"));
    for case in &cases {
        let other = ANOTHER_WORD.iter().find(|(id, ..)| *id == case.id);
        assert_eq!(case.workload.kind == "DaemonSet", other.is_some(), "{}", case.id);
        assert!(other.is_none_or(|(_, theirs, _)| *theirs == case.expect.verdict), "{}", case.id);
    }
}
