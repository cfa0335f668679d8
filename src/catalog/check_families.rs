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

/// The built-in MIT entry under other ids, with lines added: the smallest entries that read.
fn entries(ids: &[&str], more: &str) -> &'static str {
    let mut list = Vec::new();
    for id in ids {
        let mut entry = serde_json::to_value(catalog().license("MIT").unwrap()).unwrap();
        entry["id"] = (*id).into();
        list.push(entry);
    }
    if let Some((field, value)) = more.split_once('=') {
        list[0][field] = serde_json::from_str(value).unwrap();
    }
    Box::leak(serde_json::to_string(&list).unwrap().into_boxed_str())
}

fn bad_licenses(ids: &[&str], more: &str) -> String {
    load::read(("bad.yaml", entries(ids, more)))
        .and_then(licenses)
        .err()
        .map(|error| error.to_string())
        .unwrap_or_default()
}

#[test]
fn a_bad_license_file_is_refused_with_what_is_wrong() {
    assert_eq!(bad_licenses(&["a", "b"], ""), "", "two entries that are fine");
    assert_eq!(bad_licenses(&["a", "a"], ""), "license a is there twice");
    assert_eq!(bad_licenses(&["a"], r#"allOf=[{"license": "gone"}]"#), "a names gone, which has no entry");
    assert_eq!(bad_licenses(&["a"], r#"supersededBy="gone""#), "a names gone, which has no entry");
    let by_base = r#"allOf=[{"byBaseModel": [{"pattern": "x/*", "license": "gone"}]}]"#;
    assert_eq!(bad_licenses(&["a"], by_base), "a names gone, which has no entry");
    assert!(bad_licenses(&["a"], "surprise=1").contains("surprise"));
    let moon = r#"conditions=[{"id": "m", "effect": "Prohibited", "sentence": "x", "remedy": "OtherModel", "when": {"allOf": [{"moonPhase": "full"}]}, "verified": "Yes"}]"#;
    assert!(bad_licenses(&["a"], moon).contains("moonPhase"), "{}", bad_licenses(&["a"], moon));
}

/// As the build makes it of YAML.
fn json(yaml: &str) -> &'static str {
    let options = serde_saphyr::options! { strict_booleans: true };
    let value: serde_json::Value = serde_saphyr::from_str_with_options(yaml, options).unwrap();
    Box::leak(value.to_string().into_boxed_str())
}

/// What is said of families over the licences `new` and `old`, of which the second is replaced by the first or is not.
fn bad_families(text: &str, superseded: bool) -> String {
    let more = if superseded { r#"supersededBy="new""# } else { "" };
    let licenses = load::read(("good.yaml", entries(&["old", "new"], more))).and_then(licenses).unwrap();
    let read = load::read::<Vec<Family>>(("bad.yaml", json(text)));
    let none = load::read(("none.yaml", json("[{why: nobody read it, repos: [x/none]}]"))).unwrap();
    let held = read.and_then(|read| families(read, none, &licenses));
    held.err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn families_that_overlap_with_no_rule_of_precedence_are_refused() {
    let two = "[{name: o, license: old, known: [{basis: Card, repos: [x/a]}]}, {name: n, license: new, known: [{basis: Card, repos: [X/A]}]}]";
    let said = "x/a is under several texts (old, new), and nothing says which of them stands today";
    assert_eq!(bad_families(two, false), said);
    assert_eq!(bad_families(two, true), "", "one of them replaced the other");
    let prefixes = "[{name: o, license: old, known: [{basis: Card, prefixes: [x/a-]}]}, {name: n, license: new, known: [{basis: Card, prefixes: [x/a-]}]}]";
    assert!(bad_families(prefixes, false).starts_with("x/a- is under several texts"));
    let longer = "[{name: o, license: old, known: [{basis: Card, prefixes: [x/]}]}, {name: n, license: new, known: [{basis: Card, prefixes: [x/a-], repos: [x/a]}]}]";
    assert_eq!(bad_families(longer, false), "", "the longer beginning and the exact name win");
    for dated in ["until: 2024-05-30", "replaced: 'Yes'"] {
        let text = format!(
            "[{{name: o, license: old, known: [{{basis: Card, repos: [x/a], {dated}}}]}}, {{name: n, license: new, known: [{{basis: Card, repos: [x/a]}}]}}]"
        );
        assert_eq!(bad_families(&text, false), "", "{dated}");
    }
    let known_and_not = "[{name: o, license: old, known: [{basis: Card, repos: [x/none]}]}]";
    assert!(bad_families(known_and_not, false).starts_with("x/none is under several texts"));
}

#[test]
fn families_with_unknown_fields_dangling_licenses_or_doubled_members_are_refused() {
    let family = |rest: &str| format!("[{{name: f, {rest}}}]");
    assert_eq!(bad_families(&family("license: gone, known: []"), false), "f names gone, which has no entry");
    assert!(bad_families(&family("license: old, known: [], colour: red"), false).contains("colour"));
    assert!(bad_families(&family("license: old, known: [{basis: Guess}]"), false).contains("Guess"));
    assert!(bad_families(&family("license: old, known: [{basis: Card, since: 2024-01-01}]"), false).contains("since"));
    let twice = "license: old, known: [{basis: Card, repos: [x/a]}, {basis: Readme, repos: [x/A]}]";
    assert_eq!(bad_families(&family(twice), false), "family member x/a (old) is there twice");
}

#[test]
fn days_and_commits_are_given_where_a_name_has_several_texts_and_in_order() {
    for family in catalog().families().all() {
        for known in &family.known {
            assert!(known.from.zip(known.until).is_none_or(|(from, until)| from <= until), "{}", family.name);
            let pinned = known.from.is_some() || known.until.is_some() || !known.revisions.is_empty();
            let texts = |name: &String| {
                let others = catalog().families().all().iter().flat_map(|f| f.known.iter().map(move |k| (f, k)));
                others
                    .filter(|(_, k)| k.hub == known.hub && (k.repos.contains(name) || k.prefixes.contains(name)))
                    .count()
            };
            for name in known.repos.iter().chain(&known.prefixes).filter(|_| pinned) {
                assert!(texts(name) > 1, "{name} is dated, and has one text only");
            }
        }
    }
}
