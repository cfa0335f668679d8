//! Whom a policy is for, and what its entries name: what is mistyped there waits, and nothing that is related slips by.

use modelport::{
    catalog::Catalog,
    decide::{Decision, Effect, Verdict},
    facts::Unread,
    manifest::Reason,
};

use super::{
    identity_names::{finding, manifest},
    world::World,
};

fn under(policy: &str, model: &str, more: &str) -> Decision {
    let mut world = World::at("2026-11-26");
    world.policy("p", policy);
    world.decide("lab/x", &manifest(model, more))
}

fn licenses(entries: &str) -> String {
    format!("{{namespaces: [lab], licenses: {{{entries}}}}}")
}

#[test]
fn a_refused_publisher_is_refused_as_a_base_an_adapter_or_by_the_name_of_a_requant() {
    let refuse = licenses("refuse: [\"deepseek-ai/*\", \"BAAI/*\"]");
    for (model, more, says) in [
        ("acme/tuned", ", license: MIT, baseModels: [deepseek-ai/DeepSeek-R1]", "was made from or runs with"),
        ("Qwen/Qwen2.5-7B-Instruct", ", adapters: ['hf://BAAI/bge-m3']", "was made from or runs with"),
        ("acme/tuned", ", license: MIT, adapters: [BAAI/nobody-knows-this]", "was made from or runs with"),
        ("unsloth/DeepSeek-R1-GGUF", "", "is by its name"),
        ("unsloth/DeepSeek-R1-GGUF", ", license: MIT", "is by its name"),
    ] {
        let decision = under(&refuse, model, more);
        let (effect, sentence) = finding(&decision, Reason::LicenseRefusedByPolicy).expect(model);
        assert!(effect == Effect::Refuses && sentence.contains(says), "{sentence}");
        assert_eq!(decision.verdict, Verdict::Refused);
    }
    assert_eq!(under(&refuse, "Qwen/Qwen2.5-7B-Instruct", "").verdict, Verdict::Allowed);
}

#[test]
fn a_permitted_publisher_permits_no_adapter_of_another() {
    let allow = licenses("allow: [\"Qwen/*\"]");
    let adapter = ", adapters: ['hf://BAAI/bge-m3']";
    let decision = under(&allow, "Qwen/Qwen2.5-7B-Instruct", adapter);
    let (effect, sentence) = finding(&decision, Reason::LicenseNotPermitted).unwrap();
    assert!(effect == Effect::Refuses && sentence.ends_with("is not among them, nor is BAAI/bge-m3."), "{sentence}");
    assert_eq!(under(&allow, "Qwen/Qwen2.5-7B-Instruct", "").verdict, Verdict::Allowed);
    let both = licenses("allow: [\"Qwen/*\", \"BAAI/*\"]");
    assert_eq!(under(&both, "Qwen/Qwen2.5-7B-Instruct", adapter).verdict, Verdict::Allowed);
    let texts = licenses("allow: [Apache-2.0, MIT]");
    assert_eq!(under(&texts, "Qwen/Qwen2.5-7B-Instruct", adapter).verdict, Verdict::Allowed, "by its licences");
}

#[test]
fn an_entry_that_names_nothing_waits_and_says_what_to_write() {
    for (entry, remedy) in [
        ("llama3.1", "LicenseRef-llama-3.1"),
        ("apache2", "Apache-2.0"),
        ("Qwen", "Qwen/*"),
        ("*/Qwen3-8B", "org/name"),
    ] {
        for list in ["refuse", "allow", "needReview"] {
            let decision = under(&licenses(&format!("{list}: [\"{entry}\"]")), "Qwen/Qwen3-8B", "");
            let wrong = decision.findings.iter().find(|one| one.reason == Reason::PolicyInvalid).expect(entry);
            assert_eq!((decision.verdict, wrong.effect), (Verdict::Waiting, Effect::Waits), "{list} {entry}");
            assert!(wrong.sentence.contains(&format!("spec.licenses.{list}")), "{}", wrong.sentence);
            assert!(wrong.remedy.as_deref().is_some_and(|text| text.contains(remedy)), "{:?}", wrong.remedy);
        }
    }
    let audit = "{namespaces: [lab], mode: Audit, licenses: {refuse: [apache2]}}";
    assert_eq!(under(audit, "Qwen/Qwen3-8B", "").verdict, Verdict::Allowed);
    let mut world = World::at("2026-11-26");
    world.policy("p", &licenses("refuse: [house-text]"));
    let mut terms = serde_json::to_value(Catalog::built_in().unwrap().license("MIT").unwrap()).unwrap();
    terms["id"] = "house-text".into();
    let own = serde_json::json!({"license": "house-text", "models": ["acme/x"], "terms": terms});
    world.license("house", &own.to_string());
    assert_eq!(world.decide("lab/x", &manifest("Qwen/Qwen3-8B", "")).verdict, Verdict::Allowed);
}

#[test]
fn whom_a_policy_is_for_is_asked_where_it_cannot_be_read() {
    for (whom, says) in [
        ("namespaces: [\"*\"]", "which is no name of a namespace"),
        ("namespaces: [other, \"la*\"]", "which is no name of a namespace"),
        ("namespaceSelector: {matchExpressions: [{key: a, operator: notin, values: [b]}]}", "known one is NotIn"),
    ] {
        let decision = under(&format!("{{{whom}, licenses: {{refuse: [Apache-2.0]}}}}"), "Qwen/Qwen3-8B", "");
        let (effect, sentence) = finding(&decision, Reason::PolicyInvalid).expect(whom);
        assert!(effect == Effect::Waits && sentence.contains(says), "{sentence}");
        assert_eq!(decision.verdict, Verdict::Waiting);
    }
    let elsewhere = "{namespaces: [\"team-*\"], licenses: {refuse: [Apache-2.0]}}";
    assert_eq!(under(elsewhere, "Qwen/Qwen3-8B", "").verdict, Verdict::Allowed);
}

#[test]
fn a_policy_that_selects_by_labels_that_nobody_knows_waits_and_asks_for_the_namespace() {
    let mut world = World::at("2026-11-26");
    world.policy("p", "{namespaceSelector: {matchLabels: {team: x}}, licenses: {refuse: [Apache-2.0]}}");
    let qwen = manifest("Qwen/Qwen3-8B", "");
    assert_eq!(world.decide("lab/x", &qwen).verdict, Verdict::Allowed, "the namespace has no labels");
    let unread = Unread { kind: "Namespace".into(), name: Some("lab".into()), file: None, why: "x".into() };
    world.unread.push(unread);
    let decision = world.decide("lab/x", &qwen);
    let (effect, sentence) = finding(&decision, Reason::FactsNotReady).unwrap();
    assert_eq!((decision.verdict, effect), (Verdict::Waiting, Effect::Waits));
    assert_eq!(
        sentence,
        "ModelPolicy/p selects namespaces by their labels, and those of lab are not known. It may hold here."
    );
}

#[test]
fn a_licensee_that_cannot_be_read_as_meant_is_named_where_one_is_missing() {
    for (whom, says) in [
        ("namespaces: [\"*\"]", "namespace lab as it stands: in Licensee/acme, spec.namespaces[0] is \"*\""),
        (
            "namespaceSelector: {matchLabels: {team: x}}",
            "Licensee/acme selects by labels, and those of lab are not known",
        ),
    ] {
        let mut world = World::at("2026-11-26");
        world.licensee("acme", &format!("{{{whom}, kind: company, seat: US}}"));
        let unread = Unread { kind: "Namespace".into(), name: Some("lab".into()), file: None, why: "x".into() };
        world.unread.push(unread);
        let decision = world.decide("lab/x", &manifest("meta-llama/Llama-3.1-8B-Instruct", ""));
        let (_, sentence) = finding(&decision, Reason::LicenseeMissing).expect(whom);
        assert!(sentence.contains(says), "{sentence}");
    }
}

#[test]
fn an_act_or_a_state_that_no_licence_names_is_refused_with_the_nearest() {
    for (usage, says) in [
        ("acts: [Removes-Provenance]", "nearest known one is removes-provenance"),
        ("assurances: [content-filters]", "nearest known one is content-filter"),
        ("acts: [jumps]", "spec.usage.acts[0] is \"jumps\", which is no act that licences name."),
    ] {
        let world = World::at("2026-11-26");
        let spec = super::world::yaml(&format!("model: {{source: 'hf://Lightricks/LTX-2.5'}}\nusage: {{{usage}}}"));
        let decision = world.decide("lab/x", &spec);
        assert_eq!(decision.verdict, Verdict::Refused);
        let (_, sentence) = finding(&decision, Reason::ManifestInvalid).expect(usage);
        assert!(sentence.contains(says), "{sentence}");
    }
}
