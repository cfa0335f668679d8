//! What holds whatever a model's files say; and the same through the command line.

use std::{collections::BTreeSet, fs};

use modelport::{
    decide::Decision,
    facts::metadata::{Base, Carrier, Declared, Metadata, Relation},
    manifest::Reason,
};
use proptest::prelude::*;

use crate::program::program;

use super::{
    identity_names::decided,
    world::{World, yaml},
};

const MODELS: [&str; 7] = [
    "Qwen/Qwen3-8B",
    "meta-llama/Llama-2-7b-chat-hf",
    "deepseek-ai/DeepSeek-R1-Distill-Llama-70B",
    "Qwen/Qwen2.5-3B-Instruct",
    "acme/unknown",
    "01-ai/Yi-34B-Chat@aaaaaaaaaa",
    "MiniMaxAI/MiniMax-M2",
];

fn word() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "mit",
        "apache-2.0",
        "llama2",
        "gemma",
        "other",
        "unknown",
        "openrail",
        "mit OR gemma",
        "MIT AND llama3.1",
        "",
    ]);
    prop_oneof![3 => known.prop_map(str::to_owned), 1 => "[ -~]{0,40}"]
}

fn metadata() -> impl Strategy<Value = Metadata> {
    let declared =
        (prop::collection::vec(word(), 0..3), prop::option::of("[a-z0-9. -]{0,20}|modified-mit|qwen-research"))
            .prop_map(|(licenses, name)| Declared {
                carrier: Carrier::Card,
                file: "README.md".into(),
                licenses,
                name,
                link: None,
            });
    let name = prop_oneof![
        prop::sample::select(vec!["meta-llama/Llama-2-7b-hf", "acme/unknown", "acme/base", "Qwen/Qwen3-8B", "/mnt/x"])
            .prop_map(str::to_owned),
        "[ -~]{0,30}",
    ];
    let relation =
        prop::option::of(prop::sample::select(vec![Relation::Adapter, Relation::Quantized, Relation::Source]));
    let base = (name, relation).prop_map(|(name, relation)| Base {
        carrier: Carrier::Card,
        file: "README.md".into(),
        name,
        revision: None,
        relation,
    });
    let one = (prop::collection::vec(declared, 0..3), prop::collection::vec(base, 0..4))
        .prop_map(|(declared, bases)| Metadata {
            files: vec!["README.md".into()],
            declared,
            bases,
            ..Metadata::default()
        })
        .boxed();
    (one.clone(), one.clone(), one).prop_map(|(mut root, base, other)| {
        root.of_bases.insert("acme/base".into(), base);
        root.of_bases.insert("acme/unknown".into(), other);
        root
    })
}

fn layers(decision: &Decision) -> BTreeSet<String> {
    decision.model.licenses.iter().map(|(id, _)| id.clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn any_files_are_decided_on_and_never_take_a_layer_away(
        model in prop::sample::select(MODELS.to_vec()),
        files in metadata(),
    ) {
        let without = decided(model, None);
        let with = decided(model, Some(files));
        prop_assert!(layers(&with).is_superset(&layers(&without)), "{:?} {:?}", layers(&with), layers(&without));
        if !layers(&without).is_empty() {
            prop_assert!(with.verdict >= without.verdict, "{:?}", with.findings);
        }
    }

    #[test]
    fn the_order_in_which_files_are_read_does_not_matter(
        model in prop::sample::select(MODELS.to_vec()),
        files in metadata(),
    ) {
        let mut turned = files.clone();
        turned.declared.reverse();
        turned.bases.reverse();
        let (one, other) = (decided(model, Some(files)), decided(model, Some(turned)));
        prop_assert_eq!(one.verdict, other.verdict);
        prop_assert_eq!(layers(&one), layers(&other));
    }

    #[test]
    fn one_more_declared_licence_never_widens(
        model in prop::sample::select(vec!["Qwen/Qwen3-8B", "MiniMaxAI/MiniMax-M2", "acme/fine"]),
        word in prop::sample::select(vec!["cc-by-nc-4.0", "llama2", "gemma", "other-text", "mit"]),
    ) {
        let declared = |licenses: &[&str]| Declared {
            carrier: Carrier::Card,
            file: "README.md".into(),
            licenses: licenses.iter().map(|word| (*word).to_owned()).collect(),
            name: None,
            link: None,
        };
        let of = |licenses: &[&str]| Metadata { declared: vec![declared(licenses)], ..Metadata::default() };
        let (one, two) = (decided(model, Some(of(&["apache-2.0"]))), decided(model, Some(of(&["apache-2.0", word]))));
        prop_assert!(two.verdict >= one.verdict);
        prop_assert!(layers(&two).is_superset(&layers(&one)));
    }
}

#[test]
fn modelport_check_takes_the_files_of_one_model() {
    let scratch = std::env::temp_dir().join(format!("modelport-check-files-{}", std::process::id()));
    fs::create_dir_all(&scratch).unwrap();
    let write = |name: &str, text: &str| {
        let path = scratch.join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let head = "apiVersion: modelport.dev/v1alpha1\nkind: ModelDeployment\nmetadata: {name: x, namespace: lab}\n";
    let one = write("one.yaml", &format!("{head}spec: {{model: {{source: 'hf://acme/tuned'}}}}\n"));
    write("README.md", "---\nlicense: apache-2.0\nbase_model: Qwen/Qwen3-8B\n---\n# A fine-tune\n");
    let folder = scratch.display().to_string();
    let run = |args: &[&str]| {
        let out = program().args(args).output().unwrap();
        (out.status.code(), format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr)))
    };
    let (code, text) = run(&["check", "-f", &one]);
    assert_eq!(code, Some(2), "{text}");
    let (code, text) = run(&["check", "-f", &one, "--model-files", &folder, "--explain"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("through Qwen/Qwen3-8B"), "{text}");
    let two = write("two.yaml", &format!("{head}spec: {{model: {{source: 'hf://acme/other'}}}}\n"));
    let (code, text) = run(&["check", "-f", &one, "-f", &two, "--model-files", &folder]);
    assert!(code == Some(3) && text.contains("give one manifest"), "{text}");
    let (code, text) = run(&["check", "-f", &one, "--model-files", "no/such/folder"]);
    assert!(code == Some(3) && text.contains("no/such/folder"), "{text}");
    fs::remove_dir_all(&scratch).unwrap();
}

#[test]
fn the_order_of_base_models_and_adapters_changes_nothing() {
    let known = [
        "meta-llama/Llama-3.2-3B",
        "meta-llama/Llama-3.2-11B-Vision",
        "meta-llama/Llama-4-Scout-17B-16E",
        "meta-llama/Llama-3.1-8B",
        "Qwen/Qwen2.5-VL-72B-Instruct",
        "acme/unknown",
    ];
    let mut world = World::at("2026-11-26");
    world.licensee("acme", "{namespaces: [lab], kind: company, seat: DE}");
    let decide = |field: &str, one: &str, other: &str| {
        let text = format!("model: {{source: 'hf://acme/x', license: MIT, {field}: ['{one}', '{other}']}}");
        world.decide("lab/x", &yaml(&text))
    };
    for field in ["baseModels", "adapters"] {
        for (i, one) in known.iter().enumerate() {
            for other in known.iter().skip(i + 1) {
                let (this, that) = (decide(field, one, other), decide(field, other, one));
                assert_eq!((this.verdict, &this.findings), (that.verdict, &that.findings), "{field}: {one} {other}");
                assert_eq!(this.obligations, that.obligations, "{field}: {one} {other}");
            }
        }
    }
}

#[test]
fn one_multimodal_relative_is_enough_for_a_term_about_multimodal_models() {
    let mut world = World::at("2026-11-26");
    world.licensee("acme", "{namespaces: [lab], kind: company, seat: DE}");
    for model in [
        "{source: 'hf://acme/x', license: MIT, baseModels: [meta-llama/Llama-3.2-3B, meta-llama/Llama-3.2-11B-Vision]}",
        "{source: 'hf://acme/x', license: MIT, baseModels: [meta-llama/Llama-3.1-8B, meta-llama/Llama-4-Scout-17B-16E]}",
        "{source: 'hf://meta-llama/Llama-3.2-3B-Instruct', adapters: [meta-llama/Llama-3.2-11B-Vision-Instruct]}",
    ] {
        let decision = world.decide("lab/x", &yaml(&format!("model: {model}")));
        assert!(decision.findings.iter().any(|one| one.reason == Reason::SeatExcluded), "{model}");
    }
    let text = world.decide("lab/x", &yaml("model: {source: 'hf://meta-llama/Llama-3.2-3B-Instruct'}"));
    assert!(!text.findings.iter().any(|one| one.reason == Reason::SeatExcluded));
}
