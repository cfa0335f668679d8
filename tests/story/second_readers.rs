//! What a second round of cold readers found: words that said more than was meant, facts that were passed over, and
//! clauses that were read too widely or too narrowly. One sentence a case.

use modelport::{
    decide::{Decision, Effect, Finding, Verdict},
    manifest::Reason,
};

use super::world::{World, yaml};

fn first(decision: &Decision) -> (Verdict, Option<Reason>) {
    (decision.verdict, decision.weightiest().map(|finding| finding.reason))
}

const DAY: &str = "2026-11-27";

/// A model under a licence, for somebody who accepted and registered everything.
fn under(license: &str, usage: &str) -> Decision {
    let mut world = World::at(DAY);
    let covers = "who: l, when: 2026-01-01, covers: {all: Yes}";
    world.license("ours", &format!("{{license: {license}, models: [example/model]}}"));
    world.licensee(
        "acme",
        &format!(
            "{{namespaces: [shop], kind: company, seat: US, businessTypes: [none], competesWith: [none], accepted: [{{name: a, {covers}}}], registered: [{{name: r, {covers}}}]}}"
        ),
    );
    world.applies("shop/bot", &format!("model: {{source: \"hf://example/model\"}}\nusage: {{{usage}}}\n"))
}

/// Qwen3-8B under one policy about places.
fn placed(policy: &str, licensee: &str, manifest: &str) -> Decision {
    let mut world = World::at(DAY);
    world.policy("p", &format!("{{namespaces: [shop], {policy}}}"));
    world.licensee("acme", &format!("{{namespaces: [shop], kind: company, {licensee}}}"));
    world.decide("shop/bot", &yaml(&format!("model: {{source: \"hf://Qwen/Qwen3-8B\"}}\n{manifest}")))
}

fn of<'a>(decision: &'a Decision, about: &str) -> &'a Finding {
    let found = decision.findings.iter().find(|finding| finding.about == about);
    found.unwrap_or_else(|| panic!("nothing of {about}: {:?}", decision.findings))
}

#[test]
fn warfare_is_military_use() {
    for license in ["LicenseRef-deepseek-model-1.0", "LicenseRef-sam", "LicenseRef-llama-2"] {
        for sector in ["military", "warfare"] {
            let usage = format!("audience: internal, serves: [US], purpose: research, sectors: [{sector}]");
            assert_eq!(
                under(license, &usage).weightiest().unwrap().reason,
                Reason::SectorExcluded,
                "{license} {sector}"
            );
        }
    }
    assert_eq!(under("Apache-2.0", "audience: internal, sectors: [warfare]").verdict, Verdict::Allowed);
}

#[test]
fn weights_of_flux_dev_may_be_handed_on_and_its_end_users_may_not_be_reached() {
    let usage = |more: &str| {
        let usage = format!(
            "audience: public, serves: [US], purpose: non-commercial, production: No, assurances: [content-filter], {more}"
        );
        first(&under("LicenseRef-flux-1-dev-nc", &usage))
    };
    assert_eq!(usage("hostedForThirdParties: No, redistributesWeights: Yes"), (Verdict::Allowed, None));
    let refused = (Verdict::Refused, Some(Reason::TermNotMet));
    assert_eq!(usage("hostedForThirdParties: No"), refused);
    assert_eq!(usage("hostedForThirdParties: Yes, redistributesWeights: Yes"), refused, "hosted all the same");
}

#[test]
fn a_rail_licence_bans_what_its_own_list_says() {
    let sector = |license: &str, sector: &str| {
        under(license, &format!("audience: public, serves: [US], purpose: commercial, sectors: [{sector}]")).verdict
    };
    assert_eq!(sector("LicenseRef-bigscience-bloom-rail-1.0", "medical-diagnosis"), Verdict::Refused);
    assert_eq!(sector("LicenseRef-bigcode-openrail-m-v1", "law-enforcement"), Verdict::Allowed);
    assert_eq!(sector("LicenseRef-bigcode-openrail-m-v1", "automated-decisions"), Verdict::Refused);
    assert_eq!(sector("LicenseRef-bigscience-openrail-m", "law-enforcement"), Verdict::Refused);
}

#[test]
fn a_model_that_is_trained_on_outputs_is_held_against_the_kind_that_the_text_names() {
    let trained = |license: &str, kind: &str| {
        let usage = format!(
            "audience: internal, serves: [US], purpose: research, production: No, hostedForThirdParties: No, trainsOnOutputs: Yes, trainedModel: {{sameFamily: No, distributed: No, kind: {kind}}}"
        );
        let decision = under(license, &usage);
        decision.findings.iter().any(|finding| finding.reason == Reason::OutputTrainingExcluded)
    };
    for (license, kind, barred) in [
        ("LicenseRef-playground-v2-community", "image-model", true),
        ("LicenseRef-playground-v2-community", "language-model", false),
        ("LicenseRef-playground-v2-community", "other", false),
        ("LicenseRef-fish-audio-research", "foundation-model", true),
        ("LicenseRef-fish-audio-research", "language-model", false),
        ("LicenseRef-xai-community", "language-model", true),
        ("LicenseRef-xai-community", "image-model", false),
        ("LicenseRef-llama-2", "language-model", true),
        ("LicenseRef-llama-2", "image-model", false),
    ] {
        // A figure or a record may be missing; what is asked here is the training alone.
        assert_eq!(trained(license, kind), barred, "{license} {kind}");
    }
}

#[test]
fn the_source_of_a_changed_version_is_owed_by_who_changed_it() {
    let owes = |bases: &str| {
        let mut world = World::at(DAY);
        world.license("ours", "{license: AGPL-3.0-only, models: [example/model]}");
        world.license("base", "{license: AGPL-3.0-only, models: [example/base]}");
        let decision = world.applies(
            "shop/bot",
            &format!("model: {{source: \"hf://example/model\"{bases}}}\nusage: {{audience: public, serves: [US]}}\n"),
        );
        decision.obligations.iter().any(|owed| owed.now && owed.what.contains("users of a modified version"))
    };
    assert!(!owes(""));
    assert!(owes(", adapters: [example/base]"));
}

#[test]
fn a_combination_with_a_text_of_its_own_owes_a_copy_of_that_one_too() {
    let decision =
        under("LicenseRef-cogvlm", "audience: public, serves: [US], purpose: commercial, redistributesWeights: Yes");
    let copies = decision.obligations.iter().filter(|owed| owed.now && owed.kind == "LicenseCopy");
    assert!(copies.clone().any(|owed| owed.license == "CogVLM"), "{:?}", copies.collect::<Vec<_>>());
}

const CHINA: &str = "seat: CN, headquarters: CN";

#[test]
fn a_chip_that_is_named_and_not_known_is_refused_where_a_policy_refuses_what_is_not_known() {
    let decided = |unknown: &str| {
        placed(
            &format!("regions: {{unknownAccelerator: {unknown}, rules: [{{rule: us-ear-3a090, mode: Enforce}}]}}"),
            CHINA,
            "usage: {audience: internal, serves: [CN]}\nplacement: {allow: {countries: [CN]}}\naccelerators: {product: NVIDIA-X99, count: 1}\n",
        )
    };
    let refused = decided("Refuse");
    assert_eq!(first(&refused), (Verdict::Refused, Some(Reason::FilingMissing)));
    let said = &of(&refused, "us-ear-3a090").sentence;
    assert!(said.contains("the catalogue does not know enough of NVIDIA-X99"), "{said}");
    assert_eq!(decided("Warn").verdict, Verdict::Allowed);
}

#[test]
fn the_letters_ask_nothing_of_a_chip_that_export_lines_reach_already() {
    let filing = |rule: &str| {
        format!("{{name: {rule}, rule: {rule}, who: l, when: 2026-11-01, covers: {{services: [shop/bot]}}}}")
    };
    let licensee = format!(
        "{CHINA}, filings: [{}, {}, {}]",
        filing("us-ear-3a090"),
        filing("us-bis-2026-case-by-case"),
        filing("us-hq-guidance-2026-05")
    );
    let rules = ["us-bis-2026-case-by-case", "us-ear-3a090", "us-hq-guidance-2026-05", "us-is-informed-2025-04"];
    let rules: Vec<String> = rules.iter().map(|rule| format!("{{rule: {rule}, mode: Enforce}}")).collect();
    let policy = format!("regions: {{unknownAccelerator: Refuse, rules: [{}]}}", rules.join(", "));
    let chip = |product: &str| {
        let manifest = format!(
            "usage: {{audience: internal, serves: [CN], personalData: No}}\nplacement: {{allow: {{countries: [CN]}}}}\naccelerators: {{product: {product}, count: 1}}\n"
        );
        placed(&policy, &licensee, &manifest)
    };
    assert_eq!(chip("H200").verdict, Verdict::Allowed, "{:?}", chip("H200").findings);
    assert_eq!(chip("H20").weightiest().map(|finding| finding.about.as_str()), Some("us-is-informed-2025-04"));
}

#[test]
fn a_policy_that_only_reports_says_what_it_would_wait_for() {
    let audited = placed(
        "mode: Audit, regions: {rules: [{rule: cn-cross-border-data, mode: Enforce}]}",
        "seat: SG, headquarters: SG",
        "usage: {audience: internal, serves: [CN]}\nplacement: {allow: {countries: [SG]}}\n",
    );
    let said = of(&audited, "cn-cross-border-data");
    assert_eq!((audited.verdict, said.effect), (Verdict::Allowed, Effect::Warns));
    let words = "the manifest does not say spec.usage.personalData, and ModelPolicy/p (Audit: it only reports) would wait for that";
    assert!(said.sentence.contains(words), "{}", said.sentence);
}

#[test]
fn a_gate_that_spares_internal_use_waits_for_the_audience() {
    let usage = |audience: &str| {
        first(&placed(
            "regions: {rules: [{rule: SA, mode: Enforce}]}",
            "seat: SG, headquarters: SG",
            &format!(
                "usage: {{{audience}serves: [SA], personalData: Yes}}\nplacement: {{allow: {{countries: [SG]}}}}\n"
            ),
        ))
    };
    assert_eq!(usage("audience: public, "), (Verdict::Refused, Some(Reason::FilingMissing)));
    assert_eq!(usage("audience: internal, "), (Verdict::Allowed, None));
    assert_eq!(usage(""), (Verdict::Waiting, Some(Reason::DeclarationMissing)));
}

#[test]
fn a_judgement_that_has_ended_is_said_to_have_ended() {
    let licensee = "seat: SG, notApplicable: [{name: judged, rule: cn-genai-filing, who: counsel, when: 2026-01-01, until: 2026-11-23, reason: no such service, covers: {services: [shop/bot]}}]";
    let decision = placed(
        "regions: {rules: [{rule: cn-genai-filing, mode: Enforce}]}",
        licensee,
        "usage: {audience: public, serves: [CN]}\nplacement: {allow: {countries: [CN]}}\n",
    );
    assert_eq!(first(&decision), (Verdict::Refused, Some(Reason::RecordEnded)));
    let said = &of(&decision, "cn-genai-filing").sentence;
    assert!(said.contains("record judged of 2026-01-01 by counsel covered shop/bot until 2026-11-23"), "{said}");
}

#[test]
fn blanks_say_neither_who_nor_why() {
    let record = |who: &str, reason: &str| {
        let record = format!(
            "notApplicable: [{{name: x, who: \"{who}\", when: 2026-01-01, reason: \"{reason}\", rule: cn-genai-filing, covers: {{services: [shop/bot]}}}}]"
        );
        let rules = "regions: {rules: [{rule: cn-genai-filing, mode: Enforce}]}";
        placed(rules, &record, "usage: {audience: public, serves: [CN]}\nplacement: {allow: {countries: [CN]}}\n")
            .verdict
    };
    assert_eq!(record("counsel", "no such service"), Verdict::Allowed);
    assert_eq!(record(" ", "no such service"), Verdict::Refused);
    assert_eq!(record("counsel", "  "), Verdict::Refused);
}

#[test]
fn an_entry_that_no_model_is_called_is_asked_about() {
    let refuse = |entry: &str| {
        first(&placed(&format!("licenses: {{refuse: [\"{entry}\"]}}"), "seat: SG", "usage: {audience: internal}\n"))
    };
    assert_eq!(refuse("Qwen/*"), (Verdict::Refused, Some(Reason::LicenseRefusedByPolicy)));
    for slip in [
        "Qwen/",
        " Qwen/*",
        "Qwen/Qwen3-8B@main",
        "Qwen//Qwen3-8B",
        "huggingface.co/Qwen/*",
        "Qwen/.*",
        "Qwen/?wen3-8B",
        "/",
    ] {
        assert_eq!(refuse(slip), (Verdict::Waiting, Some(Reason::PolicyInvalid)), "{slip}");
    }
}

#[test]
fn a_selector_that_can_select_nothing_is_asked_about() {
    let selected = |selector: &str| {
        let mut world = World::at(DAY);
        world.policy("p", &format!("{{namespaceSelector: {{{selector}}}, licenses: {{refuse: [Apache-2.0]}}}}"));
        world.decide("shop/bot", &yaml("model: {source: \"hf://Qwen/Qwen3-8B\"}")).verdict
    };
    let key = "kubernetes.io/metadata.name";
    assert_eq!(selected(&format!("matchLabels: {{{key}: shop}}")), Verdict::Refused);
    assert_eq!(selected(&format!("matchLabels: {{{key}: lab}}")), Verdict::Allowed);
    // What cannot mean this namespace is nobody's question.
    let certain = |operator: &str, values: &str| {
        selected(&format!("matchExpressions: [{{key: {key}, operator: {operator}, values: [{values}]}}]"))
    };
    assert_eq!(certain("In", "shop, \"stag*\""), Verdict::Refused);
    assert_eq!(certain("NotIn", "shop, \"kube-*\""), Verdict::Allowed);
    assert_eq!(certain("NotIn", "\"kube-*\""), Verdict::Refused);
    for slip in [
        format!("matchLabels: {{{key}: \"shop \"}}"),
        format!("matchExpressions: [{{key: {key}, operator: In, values: []}}]"),
        format!("matchExpressions: [{{key: {key}, operator: In}}]"),
        format!("matchExpressions: [{{key: {key}, operator: NotIn, values: [\"sh*\"]}}]"),
    ] {
        assert_eq!(selected(&slip), Verdict::Waiting, "{slip}");
    }
}

#[test]
fn a_base_model_under_another_spelling_of_the_name_is_that_model() {
    for (model, base) in [
        ("TheBloke/Llama-2-13B-chat-GPTQ", "meta-llama/Llama-2-13b-chat-hf"),
        ("bartowski/Meta-Llama-3.1-8B-Instruct-GGUF", "meta-llama/Meta-Llama-3.1-8B-Instruct"),
        ("bartowski/Qwen_Qwen3-8B-GGUF", "Qwen/Qwen3-8B"),
    ] {
        let decision = World::at(DAY)
            .decide("shop/bot", &yaml(&format!("model: {{source: \"hf://{model}\", baseModels: [{base}]}}")));
        let unknown = decision.findings.iter().find(|finding| finding.reason == Reason::LicenseUnknown);
        assert_eq!(unknown, None, "{model}");
        assert!(!decision.model.licenses.is_empty(), "{model}");
    }
}

#[test]
fn a_word_beside_a_licence_that_names_none_is_one_more_text() {
    let claimed = |license: &str| {
        World::at(DAY)
            .decide(
                "shop/bot",
                &yaml(&format!("model: {{source: \"pvc://w/m\", name: acme/own, license: \"{license}\"}}")),
            )
            .verdict
    };
    assert_eq!(claimed("MIT"), Verdict::Allowed);
    for more in ["MIT, other", "other,mit", "MIT AND other"] {
        assert_eq!(claimed(more), Verdict::Waiting, "{more}");
    }
}

#[test]
fn other_places_are_told_with_the_clouds_that_a_policy_keeps_to() {
    let decision = placed(
        "regions: {allow: {providers: [alibaba]}}",
        "seat: SG",
        "usage: {audience: internal}\nplacement: {allow: {providers: [aws]}}\n",
    );
    let remedy = decision.weightiest().and_then(|finding| finding.remedy.clone()).unwrap_or_default();
    assert!(remedy.ends_with("Allowed, with pods on alibaba."), "{remedy}");
}

#[test]
fn a_policy_that_only_reports_is_silent_where_it_takes_no_place_away() {
    let decided = |allow: &str| {
        let decision = placed(
            "mode: Audit, regions: {allow: {countries: [CN]}}",
            "seat: SG",
            &format!("usage: {{audience: internal}}\nplacement: {{allow: {{countries: [{allow}]}}}}\n"),
        );
        decision.findings.iter().any(|finding| finding.reason == Reason::PlaceNotPermitted)
    };
    assert!(!decided("CN"));
    assert!(decided("CN, SG"));
}
