//! What a company may choose, as ready ModelPolicies: each is read as it is written, holds against the catalogue, and does
//! what its text says.

use std::collections::BTreeSet;

use modelport::{
    catalog::{Catalog, CompanyPolicy, preset},
    decide::{Decision, Verdict},
    manifest::{
        Reason,
        model_policy::{ModelPolicySpec, RuleStrictness},
        shape,
    },
};

use super::world::{World, yaml};

fn catalog() -> &'static Catalog {
    Catalog::built_in().expect("the catalogue")
}

fn presets() -> &'static [CompanyPolicy] {
    catalog().company_policies()
}

fn one(id: &str) -> &'static CompanyPolicy {
    presets().iter().find(|preset| preset.id == id).unwrap_or_else(|| panic!("{id}"))
}

#[test]
fn every_preset_is_read_as_written_and_holds_against_the_catalogue() {
    let written: Vec<serde_json::Value> = yaml(include_str!("../../src/catalog/data/company-policies.yaml"));
    assert_eq!(written.len(), presets().len());
    for (preset, written) in presets().iter().zip(&written) {
        let object = preset::object(preset).expect("an object");
        let mut spec = object["spec"].clone();
        assert_eq!(spec["namespaces"], serde_json::json!([preset::NAMESPACES]), "{}", preset.id);
        spec.as_object_mut().expect("a map").remove("namespaces");
        // Nothing that the data says is dropped, and nothing is added.
        assert_eq!(spec, written["spec"], "{}", preset.id);
        let mut read: ModelPolicySpec = serde_json::from_value(object["spec"].clone()).expect("a spec");
        // Who pastes it names the namespaces; until then that is what is wrong.
        read.namespaces = Some(vec!["lab".into()]);
        assert_eq!(shape::policy_problems(&read, catalog()), [], "{}", preset.id);
    }
}

#[test]
fn the_strict_preset_enforces_every_rule_verified_or_not() {
    let regions = &one("strict").spec.regions;
    let named: BTreeSet<&str> = regions.rules.iter().map(|mode| mode.rule.as_str()).collect();
    let all: BTreeSet<&str> = catalog().rules().map(|rule| rule.id.as_str()).collect();
    assert_eq!(named, all);
    assert!(regions.rules.iter().all(|mode| mode.mode == RuleStrictness::Enforce));
    assert!(catalog().rules().any(|rule| !rule.verified.is_yes()), "some are not verified");
}

fn with(id: &str, manifest: &str) -> Decision {
    let mut world = World::at("2026-11-24");
    world.licensee("acme", "{namespaces: [lab], kind: company, seat: SG, headquarters: SG, metrics: [{name: monthly-active-users, scope: group, atMost: 1000, period: 2023-01/2026-10}], accepted: [{name: a, who: l, when: 2026-01-01, covers: {all: Yes}}]}");
    if !id.is_empty() {
        let spec = ModelPolicySpec { namespaces: Some(vec!["lab".into()]), ..one(id).spec.clone() };
        world.policies.insert(id.into(), spec);
    }
    world.decide("lab/x", &yaml(manifest))
}

fn qwen(rest: &str) -> String {
    format!("model: {{source: \"hf://Qwen/Qwen3-8B\"}}\n{rest}")
}

#[test]
fn european_nodes_only_keeps_to_the_european_economic_area() {
    let places = with("policy-eu-nodes-only", &qwen("")).places;
    assert!(places.countries.allows(Some("NO")) && places.countries.allows(Some("FR")));
    assert!(!places.countries.allows(Some("CH")) && !places.countries.allows(Some("GB")));
    // As its text says: whomever they serve.
    let elsewhere = qwen("usage: {audience: internal, serves: [US]}\nplacement: {allow: {countries: [US]}}");
    assert_eq!(with("policy-eu-nodes-only", &elsewhere).verdict, Verdict::Refused);
    assert!(one("policy-eu-nodes-only").text.contains("whomever they serve"));
}

#[test]
fn no_service_in_mainland_china_refuses_it_wherever_pods_stand() {
    let serving = |country: &str| with("policy-no-cn-serving", &qwen(&format!("usage: {{serves: [\"{country}\"]}}")));
    assert_eq!(serving("CN").verdict, Verdict::Refused);
    assert_eq!(serving("HK").verdict, Verdict::Allowed);
}

#[test]
fn no_controlled_accelerator_in_the_controlled_countries_without_a_record() {
    let places = with("policy-no-controlled-chip-in-d5", &qwen("placement: {allow: {countries: [CN, SG]}}")).places;
    let on = |country: &str, chip: &str, evidence: &[&str]| {
        let guarded = |key: String| format!("modelport.dev.node-restriction.kubernetes.io/{key}");
        let mut labels =
            vec![(guarded("country".into()), country.to_owned()), (guarded("accelerator".into()), chip.to_owned())];
        labels.extend(evidence.iter().map(|key| (guarded(format!("evidence.{key}")), "D1".to_owned())));
        places.lets(&labels.into_iter().collect())
    };
    assert!(on("CN", "nvidia-a10", &[]) && on("SG", "nvidia-h100-sxm", &[]));
    assert!(!on("CN", "nvidia-h100-sxm", &[]) && !on("CN", "nvidia-h20", &[]) && !on("CN", "nvidia-l4", &[]));
    assert!(on("CN", "nvidia-h20", &["us.bis_licence"]));
    assert!(!on("CN", "nvidia-h200", &["us.bis_licence"]), "case by case asks for a certification as well");
    assert!(on("CN", "nvidia-h200", &["us.bis_licence", "us.h200_conditions"]));
}

#[test]
fn fail_closed_refuses_what_is_not_known() {
    assert_eq!(with("policy-fail-closed", &qwen("")).places.countries.words(), "any known");
}

#[test]
fn a_licences_territory_holds_without_any_policy() {
    assert!(one("policy-licence-territory").by_default.is_yes());
    assert_eq!(presets().iter().filter(|preset| preset.by_default.is_yes()).count(), 1);
    assert!(preset::remarks(one("policy-licence-territory")).contains("It holds without any policy"));
    let hunyuan = "model: {source: \"hf://tencent/Hunyuan-A13B-Instruct\"}\nusage: {audience: internal, serves: [SG]}\nplacement: {allow: {countries: [FR]}}";
    for id in ["", "policy-licence-territory"] {
        let decision = with(id, hunyuan);
        assert_eq!((decision.verdict, decision.findings[0].reason), (Verdict::Refused, Reason::PlaceExcluded), "{id}");
    }
}

#[test]
fn ascend_outside_china_waits_for_a_review() {
    let places = with("policy-ascend-review", &qwen("usage: {audience: internal, serves: [SG]}")).places;
    assert_eq!(places.chips.len(), 1);
    assert_eq!(places.chips[0].countries.words(), "not CN");
    assert!(!places.chips[0].chips.allow(Some("ascend-910b")) && places.chips[0].chips.allow(Some("nvidia-h100-sxm")));
}
