//! What an author's word is worth beside a choice, and beside a name that somebody else's model has.

use modelport::{
    decide::{Decision, Effect, Verdict},
    manifest::Reason,
};

use super::{
    identity_names::{card, decided, finding, licenses, manifest, with},
    world::{World, yaml},
};

const REQUANT: &str = "bartowski/Meta-Llama-3.1-8B-Instruct-GGUF";

fn remedy(decision: &Decision, reason: Reason) -> &str {
    let of_it = decision.findings.iter().find(|finding| finding.reason == reason);
    of_it.and_then(|finding| finding.remedy.as_deref()).unwrap_or_default()
}

#[test]
fn a_choice_of_the_author_is_nobodys_until_one_is_named() {
    let spec = |license: &str| {
        yaml(&format!(
            "model: {{source: 'hf://acme/x', license: '{license}'}}\nusage: {{purpose: commercial, audience: internal}}"
        ))
    };
    let world = World::at("2026-11-26");
    let open = world.decide("lab/x", &spec("MIT OR CC-BY-NC-4.0"));
    assert_eq!((open.verdict, licenses(&open).len()), (Verdict::Refused, 2));
    let sentence = &open.findings[0].sentence;
    assert!(
        sentence.ends_with("says MIT OR CC-BY-NC-4.0, and nobody chose, so the terms of each are taken."),
        "{sentence}"
    );
    assert!(open.findings[0].remedy.as_deref().is_some_and(|remedy| remedy.contains("the one that is chosen")));
    let (effect, sentence) = finding(&open, Reason::LicenseConflict).unwrap();
    assert!(effect == Effect::Warns && sentence.contains("nobody chose"), "{sentence}");
    assert_eq!(world.decide("lab/x", &spec("MIT")).verdict, Verdict::Allowed);
    assert_eq!(world.decide("lab/x", &spec("MIT AND CC-BY-NC-4.0")).verdict, Verdict::Refused);
    let mut world = world;
    world.license("chosen", "{license: MIT, models: [acme/x]}");
    let chosen = world.decide("lab/x", &spec("MIT OR CC-BY-NC-4.0"));
    assert_eq!((chosen.verdict, licenses(&chosen)), (Verdict::Allowed, vec!["MIT"]), "{:?}", chosen.findings);
    assert_eq!(finding(&chosen, Reason::LicenseConflict), None);
}

#[test]
fn a_claim_against_the_model_that_a_name_points_to_waits() {
    for claim in ["Apache-2.0", "MIT", "llama3.3"] {
        let decision = with(REQUANT, &format!(", license: {claim}"), None);
        assert_eq!(decision.verdict, Verdict::Waiting, "{claim}");
        let (effect, sentence) = finding(&decision, Reason::LicenseConflict).unwrap();
        assert!(effect == Effect::Waits && sentence.contains("meta-llama/Llama-3.1-8B-Instruct"), "{sentence}");
        assert!(sentence.ends_with("under Llama 3.1."), "{sentence}");
        assert!(remedy(&decision, Reason::LicenseConflict).contains("spec.model.baseModels"));
    }
    for claim in ["llama3.1", "LicenseRef-llama-3.1"] {
        let same = with(REQUANT, &format!(", license: {claim}"), None);
        assert_eq!(finding(&same, Reason::LicenseConflict), None, "{claim}");
        assert_eq!(licenses(&same), ["llama-3.1"]);
    }
    let both = with(REQUANT, ", license: Apache-2.0, baseModels: [meta-llama/Llama-3.1-8B-Instruct]", None);
    assert_eq!(finding(&both, Reason::LicenseConflict), None);
    assert_eq!(licenses(&both), ["Apache-2.0", "llama-3.1"]);
    let mut world = World::at("2026-11-26");
    world.license("ours", &format!("{{license: Apache-2.0, models: [{REQUANT}]}}"));
    let said = world.decide("lab/x", &manifest(REQUANT, ", license: Apache-2.0"));
    assert_eq!(finding(&said, Reason::LicenseConflict), None, "a person of the organisation said so");
}

#[test]
fn a_model_in_another_form_is_decided_by_what_it_was_made_from_once_that_is_named() {
    let unknown = decided(REQUANT, None);
    let (_, sentence) = finding(&unknown, Reason::LicenseUnknown).unwrap();
    assert!(sentence.contains("by its name it is meta-llama/Llama-3.1-8B-Instruct"), "{sentence}");
    assert!(remedy(&unknown, Reason::LicenseUnknown).contains("spec.model.baseModels"));
    let named = with(REQUANT, ", baseModels: [meta-llama/Llama-3.1-8B-Instruct]", None);
    assert_eq!(finding(&named, Reason::LicenseUnknown), None);
    assert_eq!(licenses(&named), ["llama-3.1"]);
    let (effect, sentence) = finding(&named, Reason::LicenseClaimed).unwrap();
    assert!(effect == Effect::Warns && sentence.ends_with("(spec.model.baseModels)."), "{sentence}");
    // Another base model than the one that the name says tells nothing of the model itself.
    let other = with(REQUANT, ", baseModels: [Qwen/Qwen3-8B]", None);
    let (effect, sentence) = finding(&other, Reason::LicenseUnknown).unwrap();
    assert!(effect == Effect::Waits && sentence.contains("itself"), "{sentence}");
    assert_eq!(finding(&decided("acme/Llama-3.1-8B-Instruct-German", None), Reason::LicenseClaimed), None);
}

#[test]
fn the_page_of_a_hub_is_no_source_and_the_source_is_said() {
    let decision = decided("https://huggingface.co/Qwen/Qwen3-8B", None);
    assert_eq!(remedy(&decision, Reason::SourceInvalid), "Write hf://Qwen/Qwen3-8B.");
}

#[test]
fn a_combination_is_not_said_to_apply_beside_its_own_members() {
    let spec =
        yaml("model: {source: 'hf://CohereLabs/c4ai-command-r-v01'}\nusage: {purpose: commercial, audience: internal}");
    let decision = World::at("2026-11-26").decide("lab/x", &spec);
    assert_eq!(decision.verdict, Verdict::Refused);
    assert!(!decision.findings[0].sentence.contains("both apply"), "{}", decision.findings[0].sentence);
}

#[test]
fn a_text_that_can_be_read_both_ways_warns_until_a_person_judges_it() {
    let spec = yaml(
        "model: {source: 'hf://stabilityai/stable-diffusion-3.5-large'}\nusage: {purpose: research, audience: internal, production: No}",
    );
    let of = |more: &str| {
        let mut world = World::at("2026-11-26");
        let accepted = "accepted: [{name: a, who: legal, when: 2026-01-01, covers: {all: Yes}}]";
        world.licensee("acme", &format!("namespaces: [lab]\nkind: company\nseat: US\n{accepted}\n{more}"));
        world.decide("lab/x", &spec)
    };
    let rich = "metrics: [{name: annual-revenue, scope: group, period: T12M, asOf: 2026-11-10, value: 900000000, currency: USD}]\n";
    let decision = of(rich);
    let (effect, sentence) = finding(&decision, Reason::TermUnclear).unwrap();
    assert_eq!((decision.verdict, effect), (Verdict::Allowed, Effect::Warns));
    assert!(sentence.ends_with("the text can be read both ways."), "{sentence}");
    assert!(finding(&of(""), Reason::TermUnclear).is_some(), "no figure is recorded");
    assert_eq!(finding(&of(&rich.replace("900000000", "9")), Reason::TermUnclear), None);
    let judged = "notApplicable: [{name: n, who: legal, when: 2026-11-01, reason: counsel says so, rule: LicenseRef-stability-community/revenue-threshold-research, covers: {all: Yes}}]";
    assert_eq!(finding(&of(&format!("{rich}{judged}")), Reason::TermUnclear), None);
}

/// What the card of a requant says, for an organisation above the limit of Llama 3.3.
fn big(source: &str, license: &str, matter: Option<&str>) -> Decision {
    let mut world = World::at("2026-11-26");
    world.licensee(
        "acme",
        "{namespaces: [lab], kind: company, seat: US, metrics: [{name: monthly-active-users, scope: group, period: 2023-01/2026-10, atLeast: 900000000, asOf: 2026-11-10, source: x}]}",
    );
    world.metadata = matter.and_then(card);
    let usage = "usage: {audience: public, serves: [SG], purpose: commercial}";
    world.decide("lab/x", &yaml(&format!("model: {{source: '{source}'{license}}}\n{usage}")))
}

#[test]
fn a_card_against_the_model_that_a_name_points_to_waits_as_a_claim_does() {
    let requant = "hf://bartowski/Llama-3.3-70B-Instruct-GGUF";
    let wrong = big(requant, "", Some("license: apache-2.0"));
    let (effect, sentence) = finding(&wrong, Reason::LicenseConflict).unwrap();
    assert_eq!((wrong.verdict, effect), (Verdict::Waiting, Effect::Waits));
    assert_eq!(
        sentence,
        "README.md says Apache-2.0 of bartowski/Llama-3.3-70B-Instruct-GGUF, which by its name is meta-llama/Llama-3.3-70B-Instruct, and that is under Llama 3.3."
    );
    let right = big(requant, "", Some("license: llama3.3"));
    assert_eq!(finding(&right, Reason::LicenseConflict), None);
    assert_eq!(right.verdict, Verdict::Refused, "{:?}", right.findings);
    let base = "license: apache-2.0\nbase_model: meta-llama/Llama-3.3-70B-Instruct";
    assert_eq!(big(requant, "", Some(base)).verdict, Verdict::Refused);
    let other = big("hf://bartowski/Qwen3-8B-GGUF", "", Some("license: mit"));
    assert_eq!(finding(&other, Reason::LicenseConflict).map(|(effect, _)| effect), Some(Effect::Warns), "both let it");
}

#[test]
fn a_claim_agrees_with_a_combination_where_it_brings_every_licence_that_restricts() {
    for (source, license) in [
        ("hf://mradermacher/DeepSeek-R1-Distill-Llama-70B-GGUF", "MIT"),
        ("hf://tsunemoto/SOLAR-10.7B-Instruct-v1.0-GGUF", "Apache-2.0"),
        ("hf://unsloth/Kimi-Dev-72B-GGUF", "MIT"),
        ("hf://TheBloke/CodeLlama-34B-Instruct-GGUF", "MIT"),
        ("hf://DevQuasar/falcon2-11B-GGUF", "Apache-2.0"),
        ("s3://bucket/x', name: 'bartowski/Llama-3.3-70B-Instruct-GGUF", "MIT"),
    ] {
        let decision = big(source, &format!(", license: {license}"), None);
        assert_eq!(decision.verdict, Verdict::Waiting, "{source}: {:?}", decision.findings);
        assert!(finding(&decision, Reason::LicenseConflict).is_some(), "{source}");
    }
    let whole = big("hf://mradermacher/DeepSeek-R1-Distill-Llama-70B-GGUF", ", license: MIT AND llama3.3", None);
    assert_eq!(finding(&whole, Reason::LicenseConflict), None);
    assert_eq!(whole.verdict, Verdict::Refused);
    let policy = big("hf://bartowski/aya-expanse-32b-GGUF", ", license: cc-by-nc-4.0", None);
    assert_eq!(finding(&policy, Reason::LicenseConflict), None, "the publisher's own tag");
    assert!(licenses(&policy).len() > 1, "the use policy comes with the name: {:?}", licenses(&policy));
}

#[test]
fn a_requant_of_which_nothing_is_said_is_refused_by_the_text_of_its_name_and_else_waits() {
    let refused = big("hf://bartowski/Llama-3.3-70B-Instruct-GGUF", "", None);
    assert_eq!(refused.verdict, Verdict::Refused);
    let (effect, sentence) = finding(&refused, Reason::UserThreshold).unwrap();
    assert!(effect == Effect::Refuses && sentence.ends_with("is meta-llama/Llama-3.3-70B-Instruct by its name only."));
    let waits = big("hf://bartowski/Llama-3.2-3B-Instruct-GGUF", ", baseModels: [acme/other]", None);
    assert_eq!(waits.verdict, Verdict::Waiting);
    assert_eq!(big("hf://bartowski/Qwen3-8B-GGUF", "", None).verdict, Verdict::Waiting);
    // What the base takes in is known as well: its terms about multimodal models hold.
    let mut world = World::at("2026-11-26");
    world.licensee("acme", "{namespaces: [lab], kind: company, seat: DE}");
    let vision = world.decide("lab/x", &yaml("model: {source: 'hf://unsloth/Llama-4-Scout-17B-16E-Instruct-GGUF'}"));
    assert_eq!(finding(&vision, Reason::SeatExcluded).map(|(effect, _)| effect), Some(Effect::Refuses));
}
