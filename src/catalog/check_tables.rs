//! Holds places, rules, engines and accelerators against each other.

use std::collections::BTreeSet;

use super::engine::ArgumentType;
use super::rule::Gate;
use super::words::YesNo;
use super::*;

fn catalog() -> &'static Catalog {
    Catalog::built_in().expect("the built-in data reads")
}

#[test]
fn every_country_and_area_in_the_tables_is_known() {
    let places = catalog().places();
    for group in places.groups() {
        assert!(group.members.iter().all(|code| places.country(code).is_some()), "{}", group.id);
        assert!(places.country(&group.id).is_none(), "{} is a country too", group.id);
    }
    let sources: BTreeSet<&str> = places.sources().iter().map(|source| source.id.as_str()).collect();
    for provider in places.providers() {
        for region in &provider.regions {
            let name = format!("{} {}", provider.provider, region.region);
            assert!(region.country.as_ref().is_none_or(|code| places.country(code).is_some()), "{name}");
            assert!(region.source.iter().all(|id| sources.contains(id.as_str())), "{name}");
        }
    }
    for zone in places.zones_abroad() {
        assert!(places.country(&zone.country).is_some() && zone.prefix.starts_with(&zone.parent), "{}", zone.prefix);
        assert!(places.region(&zone.provider, &zone.parent).is_some(), "{}", zone.prefix);
    }
    for rule in catalog().rules() {
        assert!(rule.sentence.chars().count() <= 160 && !rule.sentence.ends_with('.'), "{}", rule.id);
        for (country, like) in rule.named() {
            assert_eq!(rule.like(country), Some(*like), "{}: {country}", rule.id);
        }
    }
    for accelerator in catalog().accelerators().all() {
        assert!(places.country(&accelerator.origin).is_some(), "{}", accelerator.id);
    }
}

#[test]
fn shared_region_names_say_what_the_tables_say() {
    let places = catalog().places();
    for shared in places.shared_names() {
        let mut countries = BTreeSet::new();
        for meaning in &shared.meanings {
            let name = meaning.written.as_ref().unwrap_or(&shared.region);
            let region = places.region(&meaning.provider, name).expect(name);
            assert_eq!(region.country, meaning.country, "{} {}", meaning.provider, shared.region);
            countries.insert(&meaning.country);
        }
        assert_eq!(countries.len() == 1, shared.same_country == YesNo::Yes, "{}", shared.region);
    }
}

#[test]
fn areas_are_read_as_people_write_them() {
    let places = catalog().places();
    assert_eq!(places.contains("EU", "FR"), Some(true));
    assert_eq!(places.contains("EU27", "GB"), Some(false));
    assert_eq!(places.contains("EEA", "NO"), Some(true));
    assert_eq!(places.contains("UK", "GB"), Some(true));
    assert_eq!(places.contains("EU", "CH"), Some(false));
    assert_eq!(places.contains("ATLANTIS", "GB"), None);
    // Seven parts of member states have codes of their own; what is only associated is no part.
    assert_eq!(places.expand("EU").len(), 27 + 7);
    for (part, within) in
        [("RE", true), ("AX", true), ("MF", true), ("BL", false), ("NC", false), ("GL", false), ("FO", false)]
    {
        assert_eq!(places.contains("EU", part), Some(within), "{part}");
        assert_eq!(places.contains("EEA", part), Some(within), "{part}");
    }
    assert_eq!(places.expand("NO"), ["NO"]);
    assert!(!places.is_area("us"));
}

#[test]
fn every_rule_is_typed_and_knows_its_days_to_the_second() {
    let catalog = catalog();
    let rules: Vec<&Rule> = catalog.rules().collect();
    assert_eq!(rules.len(), 74);
    assert_eq!(rules.iter().filter(|rule| rule.verified.is_yes()).count(), 52);
    let ids: BTreeSet<&str> = rules.iter().map(|rule| rule.id.as_str()).collect();
    for rule in &rules {
        assert_eq!(rule.problem(catalog), None, "{}", rule.id);
        let keys = rule.requires.iter().map(|requirement| requirement.key.as_str());
        assert!(keys.into_iter().all(|key| !ids.contains(key)), "{}: a key is the id of a rule", rule.id);
    }
    let at = |id: &str, instant: &str| catalog.rule(id).unwrap().gate_at(instant.parse().unwrap());
    let ban = "eu-nudifier-ban";
    assert_eq!(at(ban, "2026-07-26T23:59:59Z"), None);
    assert_eq!(at(ban, "2026-12-01T23:59:59Z"), Some(Gate::Warn));
    assert_eq!(at(ban, "2026-12-02T00:00:00Z"), Some(Gate::DenyWithoutEvidence));
    assert_eq!(at("in-dpdp", "2027-04-30T23:59:59Z"), None);
    assert_eq!(at("in-dpdp", "2027-05-01T00:00:00Z"), Some(Gate::Info));
    assert!(catalog.rule("cn-genai-filing").unwrap().cite().ends_with("art. 17"));
}

#[test]
fn a_rule_whose_condition_is_not_typed_does_not_load() {
    let rule = catalog().rule("cn-icp").unwrap();
    let mut untyped = serde_json::to_value(rule).unwrap();
    untyped.as_object_mut().unwrap().remove("when");
    assert!(serde_json::from_value::<Rule>(untyped).unwrap_err().to_string().contains("when"));
    for when in ["{confirm: somebody thinks so}", "{allOf: []}", "{pods: {in: [ATLANTIS]}}"] {
        let rule = Rule { when: serde_saphyr::from_str(when).unwrap(), ..rule.clone() };
        assert!(rule.problem(catalog()).is_some(), "{when}");
    }
}

#[test]
fn engines_never_let_a_manifest_choose_model_code_path_or_address() {
    let banned = [
        "model", "revision", "lora", "adapter", "remote", "path", "host", "port", "url", "token", "download", "config",
    ];
    for engine in catalog().engines() {
        let spec = &engine.spec;
        for argument in &spec.allowed_arguments {
            let name = argument.name.as_str();
            assert_eq!(argument.flag, format!("--{name}"));
            let chooses = name.split('-').any(|part| banned.contains(&part));
            assert!(name == "max-model-len" || !chooses, "{} {name}", engine.id);
            assert_eq!(argument.kind == ArgumentType::Choice, !argument.values.is_empty(), "{name}");
            let number = matches!(argument.kind, ArgumentType::Int | ArgumentType::Number);
            assert!(!number || argument.min.zip(argument.max).is_some_and(|(min, max)| min < max), "{name}");
            assert!(!argument.doc.is_empty());
        }
        for argument in &spec.args {
            assert!(argument.flag.is_some() || argument.value.is_some());
            let name = argument.overridden_by.as_deref();
            assert!(name.is_none_or(|name| spec.allowed_arguments.iter().any(|allowed| allowed.name == name)));
        }
        let all: Vec<&str> = spec.args.iter().filter_map(|argument| argument.value.as_deref()).collect();
        assert!(all.contains(&"{modelPath}") && all.contains(&"{servedName}") && all.contains(&"{port}"));
        assert!(spec.env.iter().any(|variable| variable.name == "HF_HUB_OFFLINE" && variable.value == "1"));
        assert!(spec.drain.pre_stop_sleep_seconds < spec.drain.termination_grace_seconds);
        assert_eq!(spec.ports.http, 8000);
        assert_eq!(spec.probes.liveness.path, "/health");
        assert!(!spec.image.ends_with(":latest"));
    }
}

#[test]
fn accelerators_are_told_by_whole_tokens() {
    let chips = catalog().accelerators();
    let id = |label: &str| chips.normalise(label).map(|chip| chip.id.as_str());
    for (label, expected) in [
        ("NVIDIA-H100-80GB-HBM3", Some("nvidia-h100-sxm")),
        ("nvidia-h100-80gb-hbm3-SHARED", Some("nvidia-h100-sxm")),
        ("NVIDIA-H100-80GB-HBM3-MIG-1g.10gb", Some("nvidia-h100-sxm")),
        ("NVIDIA-H100-80GB-HBM3-MIG-INVALID", Some("nvidia-h100-sxm")),
        ("NVIDIA-H100-PCIe", Some("nvidia-h100-pcie")),
        ("NVIDIA-H100-NVL", Some("nvidia-h100-nvl")),
        ("NVIDIA-H800", Some("nvidia-h800")),
        ("NVIDIA-H20", Some("nvidia-h20")),
        ("NVIDIA-H200", Some("nvidia-h200")),
        ("NVIDIA-L4", Some("nvidia-l4")),
        ("NVIDIA-L40", Some("nvidia-l40")),
        ("NVIDIA-L40S", Some("nvidia-l40s")),
        ("NVIDIA-A10", Some("nvidia-a10")),
        ("NVIDIA-A10-24GB", Some("nvidia-a10")),
        ("NVIDIA-A10G", Some("nvidia-a10g")),
        ("Tesla-T4", Some("nvidia-t4")),
        ("NVIDIA-GB200", Some("nvidia-gb200")),
        ("NVIDIA-GH200-120GB", Some("nvidia-gh200")),
        ("NVIDIA-GeForce-RTX-4090", Some("nvidia-rtx-4090")),
        ("NVIDIA-GeForce-RTX-4090-D", Some("nvidia-rtx-4090d")),
        ("NVIDIA-GeForce-RTX-5090-D-v2", Some("nvidia-rtx-5090d-v2")),
        ("AMD_Instinct_MI300X_OAM", Some("amd-mi300x")),
        ("PPU-ZW810E", Some("alibaba-ppu-zw810e")),
        ("NVIDIA-GeForce-RTX-4090-Laptop-GPU", None),
        ("NVIDIA-RTX-A1000", None),
        ("NVIDIA-H80", None),
        ("", None),
        ("-", None),
    ] {
        assert_eq!(id(label), expected, "{label}");
    }
    let by = |key, value| chips.by_label(key, value).map(|chip| chip.id.as_str());
    assert_eq!(by("amd.com/gpu.device-id", "74a1"), Some("amd-mi300x"));
    assert_eq!(by("accelerator", "huawei-Ascend910"), None);
    assert_eq!(by("nvidia.com/gpu.product", "NVIDIA-A10-SHARED"), Some("nvidia-a10"));
    assert_eq!(by("example.com/colour", "A10"), None);
    for chip in chips.all() {
        for label in chip.labels.iter().filter(|label| label.key == "nvidia.com/gpu.product") {
            for value in &label.values {
                assert_eq!(id(value), Some(chip.id.as_str()), "{value}");
            }
        }
    }
}
