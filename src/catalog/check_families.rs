//! Holds the families against the licences, and against 912 names that people deploy.

use super::identify::{Basis, Identified};
use super::words::Hub;
use super::*;

fn catalog() -> &'static Catalog {
    Catalog::built_in().expect("the built-in data reads")
}

#[test]
fn every_repository_that_people_deploy_resolves_as_expected() {
    let mut rows = 0;
    for line in include_str!("testdata/repositories.tsv").lines() {
        let [repo, expected, basis] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        rows += 1;
        for name in [repo.to_owned(), repo.to_uppercase()] {
            match (catalog().identify(Hub::HuggingFace, &name, None), expected.strip_suffix('*')) {
                (Identified::Unknown { why }, None) => assert!(expected == "-" && why.is_some(), "{line}"),
                (Identified::Known(member), None) => {
                    assert_eq!(member.license, expected, "{line}");
                    assert_eq!(member.basis == Basis::NameOnly, basis == "background", "{line}");
                }
                (Identified::Known(member), Some(versions)) => {
                    assert!(member.license.starts_with(versions), "{line}");
                    let Identified::Ambiguous { candidates } =
                        catalog().identify(Hub::HuggingFace, &name, Some("0123456789abcdef0123456789abcdef01234567"))
                    else {
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
    for unknown in ["", "/", "-", "example/merge-7b", "LGAI-EXAONE/K-EXAONE-2.0-750B-A37B-FP8", "ünïcode-/x"] {
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
        assert!(catalog().license(&family.license).is_some(), "{}: {}", family.name, family.license);
        for known in &family.known {
            assert!(known.prefixes.iter().all(|prefix| prefix.ends_with(['-', '/'])), "{}", family.name);
            assert!(known.repos.iter().all(|repo| repo.contains('/')), "{}", family.name);
        }
    }
}
