//! Holds the data against itself: what a strict parser cannot see.

use std::collections::BTreeSet;

use super::atom::StateTest;
use super::license::{LicenseKind, Verification};
use super::rule_test::RuleTest;
use super::words::YesNo;
use super::*;

fn catalog() -> &'static Catalog {
    Catalog::built_in().expect("the built-in data reads")
}

fn conditions() -> impl Iterator<Item = (&'static License, &'static Condition)> {
    catalog().licenses().flat_map(|license| license.conditions.iter().map(move |condition| (license, condition)))
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
    assert_eq!(catalog.places().providers().map(|provider| provider.regions.len()).sum::<usize>(), 487);
    let count = |how| catalog.licenses().filter(|license| license.verification == how).count();
    assert_eq!(count(Verification::NotVerified), 16);
}

#[test]
fn every_condition_reads_as_one_plain_clause() {
    for (license, condition) in conditions() {
        let name = format!("{} {}", license.id, condition.id);
        let sentence = &condition.sentence;
        assert!(!sentence.is_empty() && sentence.chars().count() <= 240, "{name}: {sentence}");
        assert!(!sentence.ends_with(['.', ',', ';', ':', ' ']), "{name}: {sentence}");
        assert!(sentence.starts_with(|first: char| first.is_ascii_lowercase()), "{name}: {sentence}");
        assert!(!condition.when.all_of.is_empty() || !condition.when.any_of.is_empty(), "{name} is always on");
    }
}

#[test]
fn a_text_names_every_sector_or_those_that_it_stands_for_and_no_ordinary_one() {
    let mut named: BTreeSet<String> = BTreeSet::new();
    for (_, condition) in conditions() {
        for atom in atoms(condition) {
            if let Some(Predicate::Sector(test)) = atom.predicate() {
                named.extend(test.within.iter().cloned());
            }
        }
    }
    for rule in catalog().rules() {
        named.extend(rule.ban.iter().flat_map(|ban| ban.declares.clone()));
        rule.visit(&mut |part| {
            if let RuleTest::Sector(sectors) = part {
                named.extend(sectors.within.iter().cloned());
            }
        });
    }
    for sector in catalog().sectors() {
        let ordinary = sector.ordinary == Some(YesNo::Yes);
        assert!(named.contains(&sector.id) != ordinary || !sector.stands_for.is_empty(), "{}", sector.id);
        for other in &sector.stands_for {
            assert!(!ordinary && named.contains(other), "{}: {other}", sector.id);
        }
        for word in &sector.also_called {
            assert!(catalog().sector(word).is_none(), "{}: {word} is an id", sector.id);
        }
    }
}

#[test]
fn a_sentence_that_counts_kinds_of_use_counts_right() {
    for (license, condition) in conditions() {
        let Some(rest) = condition.sentence.strip_prefix("bans ") else { continue };
        let Some(said) = rest.split(' ').next().and_then(|word| word.parse::<usize>().ok()) else { continue };
        let listed = atoms(condition).find_map(|atom| match atom.predicate() {
            Some(Predicate::Sector(test)) => Some(test.within.len()),
            _ => None,
        });
        assert_eq!(listed, Some(said), "{} {}", license.id, condition.sentence);
    }
}

#[test]
fn condition_ids_are_unique_in_their_license() {
    for license in catalog().licenses() {
        let ids: BTreeSet<&str> = license.conditions.iter().map(|condition| condition.id.as_str()).collect();
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
                    let set = [test.kinds.is_empty(), test.business_types.is_empty(), test.competes_with.is_empty()];
                    assert!(set.iter().any(|empty| !empty), "{name}");
                }
                Predicate::Sector(test) => {
                    assert!(!test.within.is_empty(), "{name}");
                    for sector in &test.within {
                        assert!(sectors.contains(sector.as_str()), "{name}: {sector}");
                    }
                }
                Predicate::State(StateTest { answer, is_not, above, .. }) => {
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
fn every_exemption_from_a_duty_is_one_predicate_on_what_a_manifest_says() {
    for license in catalog().licenses() {
        for atom in license.obligations.iter().flat_map(|obligation| &obligation.unless) {
            assert!(matches!(atom.predicate(), Some(Predicate::Role(_))), "{}: {atom:?}", license.id);
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
        assert!(!needs || condition.granted_by.is_some(), "{} {}", license.id, condition.id);
    }
}

#[test]
fn an_entry_that_nobody_read_says_so_in_a_condition() {
    for license in catalog().licenses() {
        let unread = license.conditions.iter().any(|condition| atoms(condition).any(|atom| atom.unread.is_some()));
        let needed = license.verification == Verification::NotVerified || license.kind == LicenseKind::Ambiguous;
        assert!(!needed || unread, "{}", license.id);
    }
}

#[test]
fn every_display_over_a_threshold_names_its_condition() {
    for license in catalog().licenses() {
        for obligation in &license.obligations {
            let named = obligation.condition.as_ref();
            assert_eq!(obligation.trigger == Trigger::ThresholdExceeded, named.is_some(), "{}", license.id);
            if let Some(id) = named {
                assert!(license.conditions.iter().any(|condition| condition.id == *id), "{}: {id}", license.id);
            }
        }
        for condition in license.conditions.iter().filter(|condition| condition.effect == Effect::DisplayRequired) {
            let owed = license.obligations.iter().any(|o| o.condition.as_deref() == Some(condition.id.as_str()));
            assert!(owed, "{}: {}", license.id, condition.id);
        }
    }
}

#[test]
fn every_reference_between_licenses_leads_somewhere() {
    for license in catalog().licenses() {
        let members = license.all_of.iter().flat_map(|member| {
            member.license.iter().chain(member.by_base_model.iter().map(|pattern| &pattern.license))
        });
        for id in members.chain(&license.superseded_by) {
            assert!(catalog().license(id).is_some(), "{} names {id}", license.id);
            assert_ne!(*id, license.id);
        }
        assert_eq!(license.kind == LicenseKind::Composite, !license.all_of.is_empty(), "{}", license.id);
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
        catalog().expand(id, bases).licenses.iter().map(|license| license.id.as_str()).collect()
    };
    assert_eq!(ids("LicenseRef-composite-deepseek-r1-distill-llama-70b", &[]), ["LicenseRef-llama-3.3", "MIT"]);
    assert_eq!(ids("LicenseRef-cogvlm", &[]), ["LicenseRef-cogvlm", "LicenseRef-llama-2", "MIT"]);
    assert_eq!(
        ids("LicenseRef-composite-llama-nemotron", &["meta-llama/Llama-3.3-70B-Instruct"]),
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
    assert_eq!(overridden.license_hash("Apache-2.0"), catalog().license_hash("Apache-2.0"));
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
fn the_types_shared_with_custom_resources_have_schemas_without_references() {
    let settings = schemars::generate::SchemaSettings::openapi3().with(|settings| settings.inline_subschemas = true);
    for schema in [
        settings.clone().into_generator().into_root_schema_for::<License>(),
        settings.into_generator().into_root_schema_for::<Engine>(),
    ] {
        let text = serde_json::to_string(&schema).unwrap();
        assert!(!text.contains("$ref"), "recursion does not fit a structural schema");
        assert!(text.len() < 150_000, "a CRD stays under 200 kB: {}", text.len());
    }
}
