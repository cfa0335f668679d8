//! What a model's own files say, and what it was made from: one test for each way in which layers and labels mislead.

use modelport::{
    decide::{Effect, Verdict},
    facts::metadata::Metadata,
    manifest::Reason,
};

use super::{
    identity_names::{card, decided, files, finding, licenses, manifest, with},
    world::World,
};

#[test]
fn the_worked_stacks_resolve_to_all_their_layers() {
    for (model, bases, expected) in [
        ("deepseek-ai/DeepSeek-R1-Distill-Llama-70B", "", &["MIT", "llama-3.3"][..]),
        ("deepseek-ai/DeepSeek-R1-Distill-Llama-8B", "", &["MIT", "llama-3.1"]),
        ("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", "", &["Apache-2.0", "MIT"]),
        (
            "nvidia/Llama-3_3-Nemotron-Super-49B-v1_5",
            ", baseModels: [meta-llama/Llama-3.3-70B-Instruct]",
            &["llama-3.3", "nvidia-open-model-2025-04-28"],
        ),
        ("zai-org/cogvlm-chat-hf", "", &["MIT", "cogvlm", "llama-2"]),
        ("moonshotai/Kimi-Dev-72B", "", &["MIT", "qwen-2024"]),
        ("lmsys/vicuna-13b-v1.5", "", &["llama-2"]),
        ("upstage/SOLAR-10.7B-Instruct-v1.0", "", &["Apache-2.0", "CC-BY-NC-4.0"]),
        ("CohereLabs/c4ai-command-r-plus-08-2024", "", &["CC-BY-NC-4.0", "cohere-labs-cc-by-nc-aup"]),
    ] {
        let decision = with(model, bases, None);
        let mut found = licenses(&decision);
        found.sort_unstable();
        assert_eq!(found, expected, "{model}");
    }
    for (model, layer) in [
        ("allenai/Llama-3.1-Tulu-3-8B", "llama-3.1"),
        ("lmsys/vicuna-13b-v1.3", "llama-1"),
        ("tatsu-lab/alpaca-7b-wdiff", "llama-1"),
    ] {
        assert!(licenses(&decided(model, None)).contains(&layer), "{model}");
    }
}

#[test]
fn the_base_in_the_card_tells_which_llama_a_nemotron_is() {
    let model = "nvidia/Llama-3_3-Nemotron-Super-49B-v1_5";
    assert_eq!(decided(model, None).verdict, Verdict::Waiting, "nobody says which Llama");
    let matter =
        "license: other\nlicense_name: nvidia-open-model-license\nbase_model: meta-llama/Llama-3.3-70B-Instruct";
    let decision = decided(model, card(matter));
    let mut found = licenses(&decision);
    found.sort_unstable();
    assert_eq!(found, ["llama-3.3", "nvidia-open-model-2025-04-28"], "{:?}", decision.findings);
}

#[test]
fn a_permissive_tag_over_a_restricted_base_does_not_escape_it() {
    for relation in ["finetune", "adapter", "quantized", "merge", "something-new"] {
        let matter =
            format!("license: apache-2.0\nbase_model: meta-llama/Llama-2-7b-hf\nbase_model_relation: {relation}");
        let decision = decided("acme/tuned", card(&matter));
        assert_eq!(licenses(&decision), ["llama-2", "Apache-2.0"], "{relation}");
        let (effect, sentence) = finding(&decision, Reason::LicenseConflict).unwrap();
        assert_eq!(effect, Effect::Warns);
        assert!(
            sentence.contains("README.md") && sentence.contains("Llama 2") && sentence.contains("Apache-2.0"),
            "{sentence}"
        );
    }
}

#[test]
fn conflicts_seen_in_the_wild_are_reported_and_all_layers_apply() {
    for (model, matter, layers) in [
        // The card says mit and another name with it.
        ("deepseek-ai/Janus-Pro-1B", "license: mit\nlicense_name: deepseek", &["deepseek-model-1.0", "MIT"][..]),
        ("deepseek-ai/DeepSeek-R1-Distill-Llama-8B", "license: mit", &["llama-3.1", "MIT"]),
        ("unsloth/DeepSeek-R1-Distill-Llama-8B-GGUF", "license: llama3.3", &["llama-3.1", "MIT", "llama-3.3"]),
        ("deepseek-ai/DeepSeek-R1-Distill-Llama-70B", "license: mit", &["llama-3.3", "MIT"]),
        ("unsloth/DeepSeek-R1-Distill-Llama-70B-GGUF", "license: llama3.3", &["llama-3.3", "MIT"]),
        ("NousResearch/Hermes-4-70B", "license: llama3", &["llama-3.1", "llama-3"]),
        (
            "DevQuasar/falcon2-11B-GGUF",
            "license: apache-2.0\nbase_model: tiiuae/falcon-11B\nbase_model_relation: quantized",
            &["falcon-2-11b-1.0", "Apache-2.0"],
        ),
        (
            "tsunemoto/SOLAR-10.7B-Instruct-v1.0-GGUF",
            "license: apache-2.0\nbase_model: upstage/SOLAR-10.7B-Instruct-v1.0",
            &["CC-BY-NC-4.0", "Apache-2.0"],
        ),
        (
            "allenai/llama-3.1-tulu-2-8b",
            "license: apache-2.0\nbase_model: meta-llama/Llama-3.1-8B",
            &["llama-3.1", "Apache-2.0"],
        ),
        ("tiiuae/Falcon-H1-7B-Instruct", "license: apache-2.0", &["falcon-llm-2.0", "Apache-2.0"]),
        (
            "MadeAgents/Hammer2.0-3b",
            "license: cc-by-4.0\nbase_model: Qwen/Qwen2.5-Coder-3B-Instruct",
            &["qwen-research-2024", "CC-BY-4.0"],
        ),
    ] {
        let decision = decided(model, card(matter));
        for layer in layers {
            assert!(licenses(&decision).contains(layer), "{model}: {:?} {:?}", licenses(&decision), decision.findings);
        }
        let conflict = finding(&decision, Reason::LicenseConflict);
        // A 70B whose uploader names the base's licence leaves out MIT alone, which restricts nothing.
        assert_eq!(
            conflict.is_some(),
            !model.starts_with("unsloth/DeepSeek-R1-Distill-Llama-70B"),
            "{model}: {conflict:?}"
        );
    }
}

#[test]
fn a_conversion_that_dropped_or_never_had_a_licence_file_keeps_its_base() {
    for matter in [
        "base_model: LiquidAI/LFM2-1.2B\nbase_model_relation: quantized",
        "license: other\nlicense_name: lfm1.0\nbase_model: LiquidAI/LFM2-1.2B",
    ] {
        let decision = decided("onnx-community/LFM2-1.2B-ONNX", card(matter));
        assert_eq!(licenses(&decision), ["lfm-1.0"], "{:?}", decision.findings);
        assert_eq!(finding(&decision, Reason::LicenseUnknown), None);
    }
    let none = decided(
        "mlx-community/x",
        card("base_model: deepseek-ai/DeepSeek-R1-Distill-Llama-8B\nbase_model_relation: quantized"),
    );
    assert_eq!(licenses(&none), ["MIT", "llama-3.1"]);
    let tuned = decided("acme/x", card("base_model: Qwen/Qwen3-8B\nbase_model_relation: finetune"));
    let (effect, sentence) = finding(&tuned, Reason::LicenseUnknown).unwrap();
    assert_eq!(effect, Effect::Waits, "{sentence}");
}

#[test]
fn other_with_a_name_that_is_an_id_and_names_spelled_otherwise_are_understood() {
    let omni = decided("Qwen/Qwen3-Omni-30B-A3B-Instruct", card("license: other\nlicense_name: apache-2.0"));
    assert_eq!(licenses(&omni), ["Apache-2.0"]);
    assert_eq!(finding(&omni, Reason::LicenseConflict), None);
    let gemma = decided(
        "lmstudio-community/gemma-3-4b-it-GGUF",
        card("license: other\nlicense_name: google-gemma-terms-of-use\nbase_model: google/gemma-3-4b-it"),
    );
    assert_eq!(licenses(&gemma), ["gemma-tou-2026-04-01"]);
    for (word, id) in [
        ("llama2", "llama-2"),
        ("llama3.1", "llama-3.1"),
        ("gemma", "gemma-tou-2026-04-01"),
        ("agpl-3.0", "AGPL-3.0-only"),
    ] {
        assert_eq!(licenses(&decided("acme/x", card(&format!("license: {word}")))), [id], "{word}");
    }
}

#[test]
fn other_unknown_or_nothing_waits_where_nothing_else_says_it() {
    for matter in ["license: other", "license: unknown", "tags: [x]", "license: other\nlicense_link: LICENSE"] {
        let decision = decided("acme/x", card(matter));
        assert_eq!(decision.verdict, Verdict::Waiting, "{matter}");
        assert!(finding(&decision, Reason::LicenseUnknown).is_some(), "{matter}");
        let known = decided("Qwen/Qwen3-8B", card(matter));
        assert_eq!(licenses(&known), ["Apache-2.0"], "{matter}");
        assert_eq!(known.verdict, Verdict::Allowed, "{matter}");
    }
    let unnamed = decided("Qwen/Qwen3-8B", card("license: other\nlicense_name: their-own-text\nlicense_link: LICENSE"));
    let (effect, sentence) = finding(&unnamed, Reason::LicenseUnknown).unwrap();
    assert_eq!(effect, Effect::Waits);
    assert!(sentence.contains("their-own-text") && sentence.contains("LICENSE"), "{sentence}");
}

#[test]
fn a_list_means_all_of_it_and_or_is_a_choice_that_nobody_made() {
    for matter in ["license: [mit, llama2]", "license: mit AND llama2", "license: mit, llama2"] {
        assert_eq!(licenses(&decided("acme/x", card(matter))), ["MIT", "llama-2"], "{matter}");
    }
    let open = decided("acme/x", card("license: mit OR llama2"));
    assert_eq!(licenses(&open), ["MIT", "llama-2"], "the branch that passes is not assumed");
    assert!(finding(&open, Reason::LicenseConflict).unwrap().1.contains("nobody chose"));
    let chosen = with("acme/x", ", license: MIT", card("license: mit OR llama2"));
    assert_eq!(licenses(&chosen), ["MIT"]);
    assert_eq!(finding(&chosen, Reason::LicenseClaimed), None, "the files bear the choice out");
    let exception = decided("acme/x", card("license: Apache-2.0 WITH LLVM-exception"));
    assert_eq!(exception.verdict, Verdict::Waiting, "an exception that nobody read");
}

#[test]
fn a_model_whose_text_nobody_read_does_not_take_that_of_its_namesake() {
    let named = card("license: other\nlicense_name: hyperclovax-seed");
    let decision = decided("naver-hyperclovax/HyperCLOVAX-SEED-Think-32B", named);
    let (effect, sentence) = finding(&decision, Reason::LicenseUnknown).unwrap();
    assert!(effect == Effect::Waits && sentence.contains("own agreements with own dates"), "{sentence}");
    let permissive = decided("google/diffusiongemma-26B-A4B-it", card("license: apache-2.0"));
    assert_eq!((permissive.verdict, licenses(&permissive)), (Verdict::Allowed, vec!["Apache-2.0"]));
}

#[test]
fn a_derivative_may_tighten() {
    let decision = decided("acme/eva", card("license: cc-by-nc-4.0\nbase_model: Qwen/Qwen3-8B"));
    assert_eq!(licenses(&decision), ["Apache-2.0", "CC-BY-NC-4.0"]);
    let own = decided(
        "acme/eva",
        card("license: other\nlicense_name: eva-llama3.3\nbase_model: meta-llama/Llama-3.3-70B-Instruct"),
    );
    assert_eq!(own.verdict, Verdict::Waiting, "a text of its own that nobody here read");
    assert!(licenses(&own).contains(&"llama-3.3"));
}

#[test]
fn the_licence_of_code_or_of_an_image_never_covers_weights() {
    let manifest = r#"{"annotations": {"org.opencontainers.image.licenses": "Apache-2.0"}}"#;
    let decision = decided("acme/x", files(&[("manifest.json", manifest)]));
    assert_eq!(licenses(&decision), [""; 0]);
    assert_eq!(decision.verdict, Verdict::Waiting);
    assert!(decision.findings.iter().any(|f| f.sentence.contains("not about the weights")), "{:?}", decision.findings);
    // Code under Apache-2.0, weights under the publisher's own text.
    for (model, layer) in
        [("baichuan-inc/Baichuan2-7B-Chat", "baichuan2-community"), ("apple/OpenELM-3B-Instruct", "apple-amlr")]
    {
        assert!(licenses(&decided(model, None)).contains(&layer), "{model}");
    }
}

#[test]
fn an_adapter_is_decided_with_its_base() {
    let config = r#"{"base_model_name_or_path": "meta-llama/Llama-3.1-8B-Instruct"}"#;
    let decision =
        decided("acme/lora", files(&[("README.md", "---\nlicense: mit\n---\n"), ("adapter_config.json", config)]));
    assert_eq!(licenses(&decision), ["llama-3.1", "MIT"]);
    let path = r#"{"base_model_name_or_path": "/mnt/models/base"}"#;
    let local = || files(&[("README.md", "---\nlicense: mit\n---\n"), ("adapter_config.json", path)]);
    let decision = decided("acme/lora", local());
    let (effect, sentence) = finding(&decision, Reason::LicenseUnknown).unwrap();
    assert!(effect == Effect::Waits && sentence.contains("/mnt/models/base"), "{sentence}");
    let named = with("acme/lora", ", baseModels: [Qwen/Qwen3-8B]", local());
    assert_eq!(licenses(&named), ["Apache-2.0", "MIT"]);
}

fn chain(length: usize, back_to: Option<usize>) -> Metadata {
    let name = |at: usize| format!("acme/m{at}");
    let one =
        |at: usize, next: &str| card(&format!("license: mit\nbase_model: {next}")).map(|m| (name(at), m)).unwrap();
    let mut root = one(0, &name(1)).1;
    for at in 1..length {
        let next = if at + 1 == length {
            back_to.map_or_else(|| "meta-llama/Llama-2-7b-hf".into(), name)
        } else {
            name(at + 1)
        };
        let (name, files) = one(at, &next);
        root.of_bases.insert(name, files);
    }
    root
}

#[test]
fn base_models_are_followed_through_their_own_files_eight_deep() {
    let decision = decided("acme/m0", Some(chain(6, None)));
    assert_eq!(licenses(&decision), ["llama-2", "MIT"], "{:?}", decision.findings);
    let deep = decided("acme/m0", Some(chain(12, None)));
    let (effect, sentence) = finding(&deep, Reason::LicenseUnknown).unwrap();
    assert!(effect == Effect::Waits && sentence.contains("more than 8"), "{sentence}");
}

#[test]
fn a_circle_of_base_models_is_said_and_waits() {
    for back_to in [0, 1] {
        let decision = decided("acme/m0", Some(chain(4, Some(back_to))));
        let (effect, sentence) = finding(&decision, Reason::LicenseUnknown).unwrap();
        assert!(effect == Effect::Waits && sentence.contains("in a circle"), "{sentence}");
    }
    let itself = decided("acme/m0", card("license: mit\nbase_model: ACME/m0"));
    assert!(finding(&itself, Reason::LicenseUnknown).unwrap().1.contains("in a circle"));
}

#[test]
fn a_base_is_taken_as_it_stood_when_the_model_was_made() {
    let made = |day: &str| {
        let mut files = card("license: apache-2.0\nbase_model: 01-ai/Yi-34B").unwrap();
        files.date = Some(day.parse().unwrap());
        decided("acme/yi-tune", Some(files))
    };
    assert!(licenses(&made("2024-01-01")).contains(&"yi-2.1"));
    assert_eq!(licenses(&made("2025-01-01")), ["Apache-2.0"]);
}

#[test]
fn a_card_at_the_pinned_revision_tells_two_texts_apart_and_one_of_another_revision_tells_nothing() {
    let model = "01-ai/Yi-34B-Chat@aaaaaaaaaaaa";
    let yi = decided(model, card("license: other\nlicense_name: yi-license"));
    assert_eq!(licenses(&yi), ["yi-2.1"], "{:?}", yi.findings);
    assert_eq!(licenses(&decided(model, card("license: apache-2.0"))), ["Apache-2.0"]);
    let mut elsewhere = card("license: apache-2.0").unwrap();
    elsewhere.revision = Some("bbbbbbbbbbbb".into());
    let decision = decided(model, Some(elsewhere));
    assert_eq!(decision.verdict, Verdict::Waiting);
    assert!(finding(&decision, Reason::MetadataUnreadable).is_some());
}

#[test]
fn a_card_that_cannot_be_read_waits_unless_the_publishers_own_word_is_known() {
    let broken = || files(&[("README.md", "---\nlicense: [\n---\n")]);
    let decision = decided("acme/x", broken());
    assert_eq!(finding(&decision, Reason::MetadataUnreadable).unwrap().0, Effect::Waits);
    let known = decided("01-ai/Yi-9B", broken());
    assert_eq!(finding(&known, Reason::MetadataUnreadable).unwrap().0, Effect::Warns);
}

#[test]
fn a_modellicense_ends_what_files_leave_open() {
    let mut world = World::at("2026-11-26");
    world.metadata = card("license: other\nlicense_name: their-own-text\nbase_model: acme/x");
    let spec = manifest("acme/x", "");
    assert_eq!(world.decide("lab/x", &spec).verdict, Verdict::Waiting);
    world.license("legal", "license: MIT\nmodels: [acme/x]\noverrides: true");
    let decision = world.decide("lab/x", &spec);
    assert_eq!((decision.verdict, licenses(&decision)), (Verdict::Allowed, vec!["MIT"]), "{:?}", decision.findings);
}

#[test]
fn files_change_the_id_of_a_decision_and_never_widen_it() {
    let bare = decided("Qwen/Qwen2.5-3B-Instruct", None);
    let with_files = decided("Qwen/Qwen2.5-3B-Instruct", card("license: apache-2.0"));
    assert_ne!(bare.id, with_files.id);
    assert!(with_files.inputs.iter().any(|input| input.kind == "model files" && input.hash.len() == 64));
    assert!(with_files.verdict >= bare.verdict);
    assert!(licenses(&with_files).contains(&"qwen-research-2024"));
}

#[test]
fn other_beside_a_licence_is_a_text_that_nobody_named() {
    let decision = decided("someone/thing", card("license: [mit, other]"));
    let (effect, sentence) = finding(&decision, Reason::LicenseUnknown).expect("other");
    assert_eq!(effect, Effect::Waits, "{sentence}");
    assert!(sentence.contains("mit, other in README.md: another text applies beside"), "{sentence}");
    // Where the catalogue knows the text, that is what `other` means; a name of a text of its own explains it, too.
    assert_eq!(
        finding(&decided("Qwen/Qwen2.5-72B", card("license: [apache-2.0, other]")), Reason::LicenseUnknown),
        None
    );
}

#[test]
fn a_card_that_cannot_be_read_is_not_said_to_declare_nothing() {
    let decision = decided("someone/thing", card("license: {a: b}"));
    assert_eq!(finding(&decision, Reason::LicenseUnknown), None);
    let (effect, sentence) = finding(&decision, Reason::MetadataUnreadable).expect("the card");
    assert_eq!(effect, Effect::Waits);
    assert!(sentence.contains("license is neither a word nor a list of words"), "{sentence}");
}
