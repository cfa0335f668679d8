//! Holds the data against itself: what a strict parser cannot see.

use std::collections::BTreeSet;

use super::condition::{Atom, Condition, Effect, Remedy, StateTest, Test};
use super::engine::ArgumentType;
use super::identify::{Basis, Identified};
use super::license::{LicenseKind, Trigger, Verification};
use super::rule::Support;
use super::words::{Hub, YesNo};
use super::*;

fn catalog() -> &'static Catalog {
    Catalog::built_in().expect("the built-in data reads")
}

fn conditions() -> impl Iterator<Item = (&'static License, &'static Condition)> {
    catalog()
        .licenses()
        .flat_map(|license| license.conditions.iter().map(move |condition| (license, condition)))
}

fn atoms(condition: &Condition) -> impl Iterator<Item = &Atom> {
    let Test { all_of, any_of } = &condition.when;
    all_of.iter().chain(any_of).chain(&condition.unless)
}

#[test]
fn everything_is_there() {
    let catalog = catalog();
    assert_eq!(catalog.licenses().count(), 160);
    assert_eq!(catalog.rules().count(), 74);
    assert_eq!(catalog.accelerators().all().len(), 59);
    assert_eq!(catalog.engines().count(), 3);
    assert_eq!(catalog.places().countries().count(), 249);
    assert_eq!(catalog.places().groups().count(), 15);
    assert_eq!(
        catalog
            .places()
            .providers()
            .map(|provider| provider.regions.len())
            .sum::<usize>(),
        487
    );
    let count = |how| catalog.licenses().filter(|license| license.verification == how).count();
    assert_eq!(count(Verification::NotVerified), 16);
}

#[test]
fn file_lists_name_every_file_of_the_folder() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalog/data");
    for (folder, listed) in [
        ("licenses", files::LICENSES.as_slice()),
        ("families", &files::FAMILIES),
        ("rules", &files::RULES),
    ] {
        let there: BTreeSet<String> = std::fs::read_dir(root.join(folder))
            .unwrap()
            .map(|file| format!("{folder}/{}", file.unwrap().file_name().to_string_lossy()))
            .filter(|name| name != "families/none.yaml")
            .collect();
        let listed: BTreeSet<String> = listed.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(there, listed);
    }
}

#[test]
fn every_condition_reads_as_one_plain_clause() {
    for (license, condition) in conditions() {
        let name = format!("{} {}", license.id, condition.id);
        let sentence = &condition.sentence;
        assert!(
            !sentence.is_empty() && sentence.chars().count() <= 240,
            "{name}: {sentence}"
        );
        assert!(!sentence.ends_with(['.', ',', ';', ':', ' ']), "{name}: {sentence}");
        assert!(
            sentence.starts_with(|first: char| first.is_ascii_lowercase()),
            "{name}: {sentence}"
        );
        assert!(
            !condition.when.all_of.is_empty() || !condition.when.any_of.is_empty(),
            "{name} is always on"
        );
    }
}

#[test]
fn condition_ids_are_unique_in_their_license() {
    for license in catalog().licenses() {
        let ids: BTreeSet<&str> = license
            .conditions
            .iter()
            .map(|condition| condition.id.as_str())
            .collect();
        assert_eq!(ids.len(), license.conditions.len(), "{}", license.id);
    }
}

#[test]
fn every_atom_is_one_predicate_that_the_code_knows() {
    let places = catalog().places();
    let sectors: BTreeSet<&str> = catalog().sectors().iter().map(|sector| sector.id.as_str()).collect();
    for (license, condition) in conditions() {
        for atom in atoms(condition) {
            let name = format!("{} {}", license.id, condition.id);
            match atom.predicate().unwrap_or_else(|| panic!("{name}: not one member")) {
                Predicate::Purpose(test) => {
                    assert_ne!(test.within.is_empty(), test.outside.is_empty(), "{name}");
                }
                Predicate::Metric(test) => {
                    assert_eq!(test.name.is_money(), test.currency.is_some(), "{name}");
                    assert!(test.value > 0, "{name}");
                }
                Predicate::Seat(test) => assert!(test.within.iter().all(|area| places.is_area(area)), "{name}"),
                Predicate::Place(test) => {
                    assert!(test.within.iter().all(|area| places.is_area(area)), "{name}");
                    assert!(!test.covers.is_empty(), "{name}");
                }
                Predicate::Offer(test) => assert!(!test.within.is_empty(), "{name}"),
                Predicate::Licensee(test) => {
                    let set = [
                        test.kinds.is_empty(),
                        test.business_types.is_empty(),
                        test.competes_with.is_empty(),
                    ];
                    assert!(set.iter().any(|empty| !empty), "{name}");
                }
                Predicate::Sector(test) => {
                    assert!(!test.within.is_empty(), "{name}");
                    for sector in &test.within {
                        assert!(sectors.contains(sector.as_str()), "{name}: {sector}");
                    }
                }
                Predicate::State(StateTest {
                    answer, is_not, above, ..
                }) => {
                    let set = [answer.is_some(), is_not.is_some(), above.is_some()];
                    assert_eq!(set.iter().filter(|set| **set).count(), 1, "{name}");
                }
                Predicate::Policy(test) => assert!(!test.not_followed.is_empty(), "{name}"),
                Predicate::Unread(term) => {
                    assert!(!term.what.is_empty(), "{name}");
                    assert_eq!(condition.remedy, Remedy::ReadText, "{name}");
                    assert_eq!(condition.verified, YesNo::No, "{name}");
                }
                Predicate::Production(_) | Predicate::TrainsOnOutputs(_) | Predicate::Role(_) => {}
            }
        }
    }
}

#[test]
fn who_grants_is_named_where_somebody_has_to() {
    for (license, condition) in conditions() {
        let needs = matches!(
            condition.effect,
            Effect::SeparateLicenseRequired | Effect::RegistrationRequired | Effect::Notify | Effect::SecurityReview
        );
        assert!(
            !needs || condition.granted_by.is_some(),
            "{} {}",
            license.id,
            condition.id
        );
    }
}

#[test]
fn an_entry_that_nobody_read_says_so_in_a_condition() {
    for license in catalog().licenses() {
        let unread = license
            .conditions
            .iter()
            .any(|condition| atoms(condition).any(|atom| atom.unread.is_some()));
        let needed = license.verification == Verification::NotVerified || license.kind == LicenseKind::Ambiguous;
        assert!(!needed || unread, "{}", license.id);
    }
}

#[test]
fn every_display_over_a_threshold_names_its_condition() {
    for license in catalog().licenses() {
        for obligation in &license.obligations {
            let named = obligation.condition.as_ref();
            assert_eq!(
                obligation.trigger == Trigger::ThresholdExceeded,
                named.is_some(),
                "{}",
                license.id
            );
            if let Some(id) = named {
                assert!(
                    license.conditions.iter().any(|condition| condition.id == *id),
                    "{}: {id}",
                    license.id
                );
            }
        }
        for condition in license
            .conditions
            .iter()
            .filter(|condition| condition.effect == Effect::DisplayRequired)
        {
            let owed = license
                .obligations
                .iter()
                .any(|o| o.condition.as_deref() == Some(condition.id.as_str()));
            assert!(owed, "{}: {}", license.id, condition.id);
        }
    }
}

#[test]
fn every_reference_between_licenses_leads_somewhere() {
    for license in catalog().licenses() {
        let members = license.all_of.iter().flat_map(|member| {
            member
                .license
                .iter()
                .chain(member.by_base_model.iter().map(|pattern| &pattern.license))
        });
        for id in members.chain(&license.superseded_by) {
            assert!(catalog().license(id).is_some(), "{} names {id}", license.id);
            assert_ne!(*id, license.id);
        }
        assert_eq!(
            license.kind == LicenseKind::Composite,
            !license.all_of.is_empty(),
            "{}",
            license.id
        );
        let bases: Vec<String> = license
            .all_of
            .iter()
            .flat_map(|member| &member.by_base_model)
            .map(|pattern| pattern.pattern.replace('*', "x"))
            .collect();
        let bases: Vec<&str> = bases.iter().map(String::as_str).collect();
        let expanded = catalog().expand(&license.id, &bases);
        assert_eq!(expanded.missing, [], "{}", license.id);
        assert!(!expanded.licenses.is_empty(), "{}", license.id);
    }
}

#[test]
fn a_combination_is_decided_by_its_members() {
    let ids = |id, bases: &[&str]| -> Vec<&str> {
        catalog()
            .expand(id, bases)
            .licenses
            .iter()
            .map(|license| license.id.as_str())
            .collect()
    };
    assert_eq!(
        ids("LicenseRef-composite-deepseek-r1-distill-llama-70b", &[]),
        ["LicenseRef-llama-3.3", "MIT"]
    );
    assert_eq!(
        ids("LicenseRef-cogvlm", &[]),
        ["LicenseRef-cogvlm", "LicenseRef-llama-2", "MIT"]
    );
    assert_eq!(
        ids(
            "LicenseRef-composite-llama-nemotron",
            &["meta-llama/Llama-3.3-70B-Instruct"]
        ),
        ["LicenseRef-llama-3.3", "LicenseRef-nvidia-open-model-2025-04-28"]
    );
    let open = catalog().expand("LicenseRef-composite-llama-nemotron", &[]);
    assert!(matches!(open.missing.as_slice(), [Missing::BaseModel { .. }]));
}

#[test]
fn an_override_replaces_an_entry_and_changes_its_hash() {
    let mut mit = catalog().license("MIT").unwrap().clone();
    mit.notes = Some("read again by legal".into());
    let overridden = catalog().with_overrides(&[mit]).unwrap();
    assert!(overridden.is_overridden("MIT") && !catalog().is_overridden("MIT"));
    assert_ne!(overridden.license_hash("MIT"), catalog().license_hash("MIT"));
    assert_eq!(
        overridden.license_hash("Apache-2.0"),
        catalog().license_hash("Apache-2.0")
    );
    assert_eq!(catalog().license_hash("MIT").unwrap().len(), 64);
}

#[test]
fn an_unknown_field_or_predicate_does_not_read() {
    let good = serde_json::to_value(catalog().license("LicenseRef-llama-2").unwrap()).unwrap();
    assert!(serde_json::from_value::<License>(good.clone()).is_ok());
    let mut field = good.clone();
    field["extra"] = 1.into();
    assert!(serde_json::from_value::<License>(field).is_err());
    let mut predicate = good;
    predicate["conditions"][0]["when"]["allOf"][0] = serde_json::json!({"moonPhase": "full"});
    assert!(serde_json::from_value::<License>(predicate).is_err());
}

#[test]
fn every_repository_that_people_deploy_resolves_as_expected() {
    let mut rows = 0;
    for line in include_str!("testdata/repositories.tsv").lines() {
        let [repo, expected, basis] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        rows += 1;
        for name in [repo.to_owned(), repo.to_uppercase()] {
            match (
                catalog().identify(Hub::HuggingFace, &name, None),
                expected.strip_suffix('*'),
            ) {
                (Identified::Unknown { why }, None) => assert!(expected == "-" && why.is_some(), "{line}"),
                (Identified::Known(member), None) => {
                    assert_eq!(member.license, expected, "{line}");
                    assert_eq!(member.basis == Basis::NameOnly, basis == "background", "{line}");
                }
                (Identified::Known(member), Some(versions)) => {
                    assert!(member.license.starts_with(versions), "{line}");
                    let Identified::Ambiguous { candidates } = catalog().identify(
                        Hub::HuggingFace,
                        &name,
                        Some("0123456789abcdef0123456789abcdef01234567"),
                    ) else {
                        panic!("{line}: a revision that is not known tells nothing")
                    };
                    assert!(candidates.len() > 1 && candidates.iter().all(|one| one.license.starts_with(versions)));
                }
                (other, _) => panic!("{line}: {other:?}"),
            }
        }
    }
    assert_eq!(rows, 912);
}

#[test]
fn exact_names_beat_prefixes_and_the_longest_prefix_wins() {
    let known = |repo| match catalog().identify(Hub::HuggingFace, repo, None) {
        Identified::Known(member) => member.license,
        other => panic!("{repo}: {other:?}"),
    };
    assert_eq!(known("Qwen/Qwen2.5-7B-Instruct"), "Apache-2.0");
    assert_eq!(known("Qwen/Qwen2.5-72B-Instruct"), "LicenseRef-qwen-2024");
    assert_eq!(known("qwen/qwen2.5-3b-instruct"), "LicenseRef-qwen-research-2024");
    assert_eq!(known("xai-org/grok-2"), "LicenseRef-xai-community");
    assert_eq!(known("HuggingFaceTB/SmolLM2-135M-Instruct"), "Apache-2.0");
    assert_eq!(known("meta-llama/Llama-2-7b-chat-hf"), "LicenseRef-llama-2");
    for unknown in [
        "",
        "/",
        "-",
        "example/merge-7b",
        "LGAI-EXAONE/K-EXAONE-2.0-750B-A37B-FP8",
        "ünïcode-/x",
    ] {
        let found = catalog().identify(Hub::HuggingFace, unknown, None);
        assert!(matches!(found, Identified::Unknown { .. }), "{unknown}: {found:?}");
    }
    assert!(matches!(
        catalog().identify(Hub::ModelScope, "shakechen/llama-2-7b-hf", None),
        Identified::Known(member) if member.license == "LicenseRef-llama-2"
    ));
}

#[test]
fn families_name_licenses_that_are_there() {
    for family in catalog().families().all() {
        assert!(
            catalog().license(&family.license).is_some(),
            "{}: {}",
            family.name,
            family.license
        );
        for known in &family.known {
            assert!(
                known.prefixes.iter().all(|prefix| prefix.ends_with(['-', '/'])),
                "{}",
                family.name
            );
            assert!(known.repos.iter().all(|repo| repo.contains('/')), "{}", family.name);
        }
    }
}

#[test]
fn every_country_and_area_in_the_tables_is_known() {
    let places = catalog().places();
    for group in places.groups() {
        assert!(
            group.members.iter().all(|code| places.country(code).is_some()),
            "{}",
            group.id
        );
        assert!(places.country(&group.id).is_none(), "{} is a country too", group.id);
    }
    let sources: BTreeSet<&str> = places.sources().iter().map(|source| source.id.as_str()).collect();
    for provider in places.providers() {
        for region in &provider.regions {
            let name = format!("{} {}", provider.provider, region.region);
            assert!(
                region
                    .country
                    .as_ref()
                    .is_none_or(|code| places.country(code).is_some()),
                "{name}"
            );
            assert!(region.source.iter().all(|id| sources.contains(id.as_str())), "{name}");
        }
    }
    for zone in places.zones_abroad() {
        assert!(
            places.country(&zone.country).is_some() && zone.prefix.starts_with(&zone.parent),
            "{}",
            zone.prefix
        );
        assert!(places.region(&zone.provider, &zone.parent).is_some(), "{}", zone.prefix);
    }
    for rule in catalog().rules() {
        let country = rule.jurisdiction.split('-').next().unwrap_or_default();
        assert!(places.is_area(country), "{}", rule.id);
        let areas = rule.applies_when.serves.iter().chain(&rule.applies_when.nodes_in);
        assert!(areas.into_iter().all(|area| places.is_area(area)), "{}", rule.id);
        assert!(
            rule.sentence.chars().count() <= 160 && !rule.sentence.ends_with('.'),
            "{}",
            rule.id
        );
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
            assert_eq!(
                region.country, meaning.country,
                "{} {}",
                meaning.provider, shared.region
            );
            countries.insert(&meaning.country);
        }
        assert_eq!(
            countries.len() == 1,
            shared.same_country == YesNo::Yes,
            "{}",
            shared.region
        );
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
    assert_eq!(places.expand("EU").len(), 27);
    assert_eq!(places.expand("NO"), ["NO"]);
    assert!(!places.is_area("us"));
}

#[test]
fn only_the_filing_rule_is_decided_so_far_and_its_conditions_are_typed() {
    let decided: Vec<&Rule> = catalog()
        .rules()
        .filter(|rule| rule.support == Support::Decided)
        .collect();
    let [rule] = decided[..] else { panic!("{decided:?}") };
    assert_eq!(rule.id, "cn-genai-filing");
    assert_eq!(rule.applies_when.serves, ["CN"]);
    assert!(rule.in_force("2026-11-25".parse().unwrap()) && !rule.in_force("2023-08-14".parse().unwrap()));
    assert!(rule.cite().ends_with("art. 17"));
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
            assert_eq!(
                argument.kind == ArgumentType::Choice,
                !argument.values.is_empty(),
                "{name}"
            );
            let number = matches!(argument.kind, ArgumentType::Int | ArgumentType::Number);
            assert!(
                !number || argument.min.zip(argument.max).is_some_and(|(min, max)| min < max),
                "{name}"
            );
            assert!(!argument.doc.is_empty());
        }
        for argument in &spec.args {
            assert!(argument.flag.is_some() || argument.value.is_some());
            let name = argument.overridden_by.as_deref();
            assert!(name.is_none_or(|name| spec.allowed_arguments.iter().any(|allowed| allowed.name == name)));
        }
        let all: Vec<&str> = spec
            .args
            .iter()
            .filter_map(|argument| argument.value.as_deref())
            .collect();
        assert!(all.contains(&"{modelPath}") && all.contains(&"{servedName}") && all.contains(&"{port}"));
        assert!(
            spec.env
                .iter()
                .any(|variable| variable.name == "HF_HUB_OFFLINE" && variable.value == "1")
        );
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
