//! Which text a name stands for: one test for each trap that names set.

use modelport::{
    decide::{Decision, Effect, Verdict},
    facts::metadata::Metadata,
    manifest::{Reason, model_deployment::ModelDeploymentSpec},
};

use super::world::{World, yaml};

/// A deployment with no Licensee, of a model at a revision or unpinned, with files of its own or none.
pub fn decided(model: &str, files: Option<Metadata>) -> Decision {
    with(model, "", files)
}

/// The same with more lines in the manifest's model.
pub fn with(model: &str, more: &str, files: Option<Metadata>) -> Decision {
    let mut world = World::at("2026-11-26");
    world.metadata = files;
    world.decide("lab/x", &manifest(model, more))
}

pub fn manifest(model: &str, more: &str) -> ModelDeploymentSpec {
    let source = if model.contains("://") { model.to_owned() } else { format!("hf://{model}") };
    yaml(&format!("model: {{source: '{source}'{more}}}\n"))
}

#[expect(clippy::unnecessary_wraps, reason = "it is what a decision takes")]
pub fn files(all: &[(&str, &str)]) -> Option<Metadata> {
    let mut metadata = Metadata::default();
    for (name, text) in all {
        metadata.read(name, text.as_bytes());
    }
    Some(metadata)
}

pub fn card(matter: &str) -> Option<Metadata> {
    files(&[("README.md", &format!("---\n{matter}\n---\n"))])
}

pub fn licenses(decision: &Decision) -> Vec<&str> {
    decision.model.licenses.iter().map(|(id, _)| id.trim_start_matches("LicenseRef-")).collect()
}

pub fn finding(decision: &Decision, reason: Reason) -> Option<(Effect, &str)> {
    decision
        .findings
        .iter()
        .find(|f| f.reason == reason && f.effect < Effect::Passes)
        .map(|f| (f.effect, f.sentence.as_str()))
}

fn under(model: &str, expected: &[&str]) {
    let decision = decided(model, None);
    assert_eq!(licenses(&decision), expected, "{model}: {:?}", decision.findings);
}

/// At this day, one text; `None`: it may be any, and the decision waits for who can tell.
fn on(model: &str, day: &str, expected: Option<&str>) {
    let mut metadata = Metadata { date: Some(day.parse().unwrap()), ..Metadata::default() };
    metadata.files.push("README.md".into());
    let decision = decided(&format!("{model}@0123456789abcdef0123456789abcdef01234567"), Some(metadata));
    if let Some(id) = expected {
        return assert_eq!(licenses(&decision), [id], "{model} {day}: {:?}", decision.findings);
    }
    let (effect, sentence) = finding(&decision, Reason::LicenseAmbiguous).expect(model);
    assert!(effect == Effect::Waits && sentence.contains("stood under several texts"), "{sentence}");
    assert_eq!(decision.verdict, Verdict::Waiting);
}

#[test]
fn qwen_2_5_has_three_licences_by_size_and_qwen_3_8_by_model() {
    for (model, id) in [
        ("Qwen/Qwen2.5-3B-Instruct", "qwen-research-2024"),
        ("Qwen/Qwen2.5-72B-Instruct", "qwen-2024"),
        ("Qwen/Qwen2.5-7B-Instruct", "Apache-2.0"),
        ("Qwen/Qwen2.5-Coder-3B-Instruct", "qwen-research-2024"),
        ("Qwen/Qwen2.5-Coder-32B-Instruct", "Apache-2.0"),
        ("Qwen/Qwen3.8-2.4T-A95B", "qwen3.8-max"),
        ("Qwen/Qwen3.8-Flash-Next", "qwen-community-1.0"),
        ("Qwen/Qwen3.8-27B", "Apache-2.0"),
    ] {
        under(model, &[id]);
    }
}

#[test]
fn the_whole_of_a_beginning_belongs_to_it_and_not_to_a_shorter_one() {
    under("Qwen/Qwen2.5-VL-72B", &["qwen-2024"]);
    under("Qwen/Qwen2.5-VL-3B", &["qwen-research-2024"]);
    under("Qwen/Qwen2-Math-RM-72B", &["tongyi-qianwen"]);
    under("Qwen/Qwen2.5-VL-7B-Instruct", &["Apache-2.0"]);
}

#[test]
fn models_named_like_permissive_ones_over_other_terms_wait() {
    for model in ["openchat/openchat-3.5-0106-gemma", "llm-jp/llm-jp-3-172b-instruct3"] {
        assert_eq!(decided(model, None).verdict, Verdict::Waiting, "{model}");
    }
    under("openchat/openchat-3.5-0106", &["Apache-2.0"]);
    under("llm-jp/llm-jp-3-13b-instruct", &["Apache-2.0"]);
}

#[test]
fn a_nemotron_over_llama_is_under_the_llama_that_its_name_says() {
    under("nvidia/Llama-3_3-Nemotron-Super-49B-v1", &["nvidia-open-model-2025-04-28", "llama-3.3"]);
    under("nvidia/Llama-3.1-Nemotron-70B-Instruct-HF", &["nvidia-open-model-2025-04-28", "llama-3.1"]);
    under("nvidia/llama-3.2-nv-embedqa-1b-v2", &["nvidia-open-model-2025-04-28", "llama-3.2"]);
}

#[test]
fn one_line_of_names_changes_its_licence_between_versions() {
    for (model, id) in [
        ("mistralai/Ministral-8B-Instruct-2410", "mistral-research-0.1"),
        ("mistralai/Ministral-3-8B-Instruct-2512", "Apache-2.0"),
        ("Qwen/Qwen-Image", "Apache-2.0"),
        ("Qwen/Qwen-Image-2.1", "qwen-research-2026"),
        ("Lightricks/LTX-2", "ltx-2-community-2026-01"),
        ("Lightricks/LTX-2.3", "ltx-2-community-2026-01"),
        ("Lightricks/LTX-2.5", "ltx-2.x-community-2026-08"),
        ("fishaudio/openaudio-s1-mini", "CC-BY-NC-SA-4.0"),
        ("fishaudio/s2-pro", "fish-audio-research"),
        ("zai-org/glm-4-9b-chat", "glm-4"),
        ("zai-org/GLM-4-9B-0414", "MIT"),
        ("zai-org/GLM-5.3", "glm-5.3"),
        ("zai-org/GLM-5.3-Flash", "MIT"),
        ("deepseek-ai/DeepSeek-V3", "deepseek-model-1.0"),
        ("deepseek-ai/DeepSeek-V3-0324", "MIT"),
        ("stabilityai/stable-diffusion-xl-base-0.9", "sdxl-0.9-research"),
        ("stabilityai/stable-diffusion-xl-base-1.0", "openrail-plusplus-m"),
        ("mosaicml/mpt-7b", "Apache-2.0"),
        ("mosaicml/mpt-7b-chat", "CC-BY-NC-SA-4.0"),
        ("BAAI/Aquila2-34B", "baai-aquila"),
        ("BAAI/Aquila2-70B-Expr", "baai-aquila2-70b"),
        ("facebook/dinov2-base", "Apache-2.0"),
        ("facebook/dinov3-vits16-pretrain-lvd1689m", "dinov3"),
    ] {
        under(model, &[id]);
    }
    under("lmsys/vicuna-13b-v1.5", &["llama-2"]);
    assert!(licenses(&decided("lmsys/vicuna-13b-v1.3", None)).contains(&"llama-1"));
}

#[test]
fn modified_mit_names_four_texts_and_the_publisher_or_the_repository_tells_which() {
    for (model, id) in [
        ("moonshotai/Kimi-K2-Instruct", "kimi-k2-modified-mit"),
        ("MiniMaxAI/MiniMax-M2", "minimax-m2-modified-mit"),
        ("MiniMaxAI/MiniMax-M2.1", "minimax-m2.1-modified-mit"),
    ] {
        let known = decided(model, card("license: other\nlicense_name: modified-mit"));
        assert_eq!(licenses(&known), [id]);
        assert_eq!(finding(&known, Reason::LicenseConflict), None, "{model}");
    }
    let tuned =
        decided("acme/tuned", card("license: other\nlicense_name: modified-mit\nbase_model: MiniMaxAI/MiniMax-M2.1"));
    assert_eq!(licenses(&tuned), ["minimax-m2.1-modified-mit"], "{:?}", tuned.findings);
    let alone = decided("acme/alone", card("license: other\nlicense_name: modified-mit"));
    let (effect, sentence) = finding(&alone, Reason::LicenseAmbiguous).unwrap();
    assert_eq!((effect, alone.verdict), (Effect::Waits, Verdict::Waiting));
    assert!(sentence.contains("several texts go by"), "{sentence}");
}

#[test]
fn bsl_1_0_on_the_hub_is_boost_and_not_business_source() {
    for word in ["bsl-1.0", "BUSL-1.1"] {
        let decision = decided("acme/x", card(&format!("license: {word}")));
        assert_eq!(decision.verdict, Verdict::Waiting);
        let (_, sentence) = finding(&decision, Reason::LicenseUnknown).unwrap();
        assert!(sentence.contains(word), "{sentence}");
    }
}

#[test]
fn minimax_m2_had_three_licences_in_eighteen_days() {
    on("MiniMaxAI/MiniMax-M2", "2025-10-26", Some("Apache-2.0"));
    on("MiniMaxAI/MiniMax-M2", "2025-10-27", None);
    on("MiniMaxAI/MiniMax-M2", "2025-11-01", Some("MIT"));
    on("MiniMaxAI/MiniMax-M2", "2025-12-01", Some("minimax-m2-modified-mit"));
    under("MiniMaxAI/MiniMax-M2", &["minimax-m2-modified-mit"]);
    under("MiniMaxAI/MiniMax-M2.7", &["minimax-m2.7-nc"]);
}

#[test]
fn own_licences_that_became_apache_are_told_apart_by_the_day() {
    for (model, before, after, old) in [
        ("01-ai/Yi-34B-Chat", "2024-05-29", "2024-05-31", "yi-2.1"),
        ("internlm/internlm2-chat-7b", "2025-01-14", "2025-01-16", "internlm-weights"),
        ("openbmb/MiniCPM-2B-sft-bf16", "2025-06-05", "2025-06-07", "minicpm-community-1.0"),
        ("openbmb/MiniCPM-V-2", "2025-09-14", "2025-09-16", "minicpm-community-1.0"),
        ("openbmb/MiniCPM-V-2_6", "2025-09-14", "2025-09-16", "minicpm-community-1.0"),
        ("openbmb/MiniCPM3-4B", "2025-06-05", "2025-06-07", "minicpm-community-1.0"),
        ("01-ai/Yi-9B", "2024-05-29", "2024-05-31", "yi-2.1"),
        ("01-ai/Yi-VL-34B", "2024-05-29", "2024-05-31", "yi-2.1"),
        ("tiiuae/falcon-7b", "2023-05-30", "2023-06-01", "tii-falcon-llm-1.0"),
        ("tiiuae/falcon-40b", "2023-05-30", "2023-06-01", "tii-falcon-llm-1.0"),
    ] {
        on(model, before, Some(old));
        on(model, after, Some("Apache-2.0"));
        under(model, &["Apache-2.0"]);
    }
    on("microsoft/phi-2", "2023-12-31", Some("microsoft-research-phi"));
    on("microsoft/phi-2", "2024-01-15", None);
    on("microsoft/phi-2", "2024-02-01", Some("MIT"));
}

#[test]
fn a_commit_that_the_catalogue_knows_tells_the_text_and_another_waits() {
    for (commit, id) in
        [("0b48303", "grok-2-community-initial"), ("d60cbe2", "grok-2-community"), ("daf4395", "xai-community")]
    {
        under(&format!("xai-org/grok-2@{commit}"), &[id]);
    }
    under("tiiuae/falcon-40b@b046281", &["Apache-2.0"]);
    under("xai-org/grok-2", &["xai-community"]);
    let unknown = decided("xai-org/grok-2@aaaaaaaaaa", None);
    let (effect, sentence) = finding(&unknown, Reason::LicenseAmbiguous).unwrap();
    assert_eq!(effect, Effect::Waits);
    assert!(sentence.contains("2025-11-04") && sentence.contains("aaaaaaaaaa"), "{sentence}");
}

#[test]
fn the_older_texts_of_chatglm_hunyuan_flux_and_sdxl_turbo_stand_before_their_day() {
    for (model, day, id) in [
        ("THUDM/chatglm-6b", "2023-07-01", "chatglm-6b-nc"),
        ("THUDM/chatglm-6b", "2023-07-10", "chatglm-6b"),
        ("THUDM/chatglm2-6b", "2023-07-10", "chatglm-6b-nc"),
        ("Tencent-Hunyuan/HunyuanDiT", "2024-12-16", "tencent-hunyuan-dit-2024-05"),
        ("Tencent-Hunyuan/HunyuanDiT", "2024-12-18", "tencent-hunyuan-dit"),
        ("tencent/HunyuanVideo", "2024-12-03", "tencent-hunyuan-video-2024-12-03"),
        ("tencent/HunyuanWorld-1", "2025-10-19", "tencent-hunyuan-world-1.0-2025-07"),
        ("black-forest-labs/FLUX.1-dev", "2025-06-01", "flux-1-dev-nc-1.0"),
        ("black-forest-labs/FLUX.1-dev", "2025-07-01", "flux-1-dev-nc"),
        ("stabilityai/sdxl-turbo", "2024-07-04", "stability-nc-research"),
        ("google/gemma-2-9b-it", "2024-08-01", "gemma-tou-2024-04-01"),
        ("nvidia/Nemotron-4-340B-Instruct", "2025-05-01", "nvidia-open-model-2025-04-28"),
    ] {
        on(model, day, Some(id));
    }
    // When it moved is not on record, and the name in its card stayed.
    on("stabilityai/sdxl-turbo", "2025-01-01", None);
    under("stabilityai/sdxl-turbo", &["stability-community"]);
    on("google/gemma-2-9b-it", "2024-03-01", None);
}

#[test]
fn a_revision_that_is_a_day_tells_the_text() {
    under("01-ai/Yi-34B-Chat@2024-01-01", &["yi-2.1"]);
    under("01-ai/Yi-34B-Chat@2025-01-01", &["Apache-2.0"]);
    assert_eq!(decided("01-ai/Yi-34B-Chat@v1.0", None).verdict, Verdict::Waiting);
}

#[test]
fn nemotron_51b_changed_the_licence_name_in_its_card() {
    let bases = ", baseModels: [meta-llama/Llama-3.1-70B-Instruct]";
    let now = with("nvidia/Llama-3_1-Nemotron-51B-Instruct", bases, None);
    assert!(licenses(&now).contains(&"llama-3.1"), "{now:?}");
    let other = with("nvidia/Llama-3_1-Nemotron-51B-Instruct@aaaaaaaa", bases, None);
    assert!(finding(&other, Reason::LicenseAmbiguous).is_some());
}

#[test]
fn solar_and_minimax_m2_5_carry_all_that_was_ever_declared() {
    under("upstage/SOLAR-10.7B-Instruct-v1.0", &["CC-BY-NC-4.0", "Apache-2.0"]);
    let m25 = decided("MiniMaxAI/MiniMax-M2.5", None);
    assert!(licenses(&m25).contains(&"minimax-model"), "{:?}", licenses(&m25));
}

#[test]
fn case_does_not_matter_and_a_name_of_the_other_hub_is_a_name_only() {
    under("QWEN/qwen2.5-72b-INSTRUCT", &["qwen-2024"]);
    let other = decided("modelscope://01-ai/Yi-34B-Chat", None);
    assert!(finding(&other, Reason::LicenseByName).is_some());
    let pinned = decided("modelscope://01-ai/Yi-34B-Chat@v1.0.0", None);
    assert_eq!(pinned.verdict, Verdict::Waiting, "a revision of the other hub tells nothing either");
}

#[test]
fn the_word_of_the_author_does_not_pick_one_of_several_texts_and_with_a_record_it_does() {
    let spec = manifest("01-ai/Yi-34B-Chat@v1.0", ", license: Apache-2.0");
    let mut world = World::at("2026-11-26");
    assert_eq!(world.decide("lab/x", &spec).verdict, Verdict::Waiting);
    world.licensee(
        "acme",
        "kind: company\nnamespaces: [lab]\naccepted: [{name: yi, covers: {licenses: [Apache-2.0], models: [01-ai/Yi-34B-Chat]}, who: legal, when: 2026-01-01}]",
    );
    let mut with_record = spec;
    with_record.usage.evidence = vec!["yi".into()];
    let decision = world.decide("lab/x", &with_record);
    assert_eq!(licenses(&decision), ["Apache-2.0"], "{:?}", decision.findings);
    assert!(decision.model.known_by.contains("Licensee/acme yi"), "{}", decision.model.known_by);
    assert_eq!(finding(&decision, Reason::LicenseClaimed), None);
}

#[test]
fn a_name_is_borne_out_by_files_by_a_modellicense_or_by_the_author_with_a_record() {
    let name = "HuggingFaceTB/SmolLM2-135M-Instruct";
    assert!(finding(&decided(name, None), Reason::LicenseByName).is_some());
    let borne = decided(name, card("license: apache-2.0\nbase_model: HuggingFaceTB/SmolLM2-135M"));
    let warned: Vec<_> = borne.findings.iter().filter(|f| f.effect < Effect::Passes && f.about == name).collect();
    assert!(warned.is_empty(), "{warned:?}");
    assert!(borne.model.known_by.ends_with("borne out by README.md"), "{}", borne.model.known_by);
    assert!(finding(&with(name, ", license: Apache-2.0", None), Reason::LicenseByName).is_some(), "a word alone");
    let mut world = World::at("2026-11-26");
    world.license("legal", &format!("license: Apache-2.0\nmodels: [{name}]"));
    let decision = world.decide("lab/x", &manifest(name, ""));
    assert_eq!(finding(&decision, Reason::LicenseByName), None);
}

#[test]
fn a_restrictive_licence_by_name_refuses_and_says_how_it_was_found() {
    let spec = yaml("model: {source: 'hf://Qwen/Qwen2.5-3B-Instruct'}\nusage: {purpose: commercial}");
    let mut world = World::at("2026-11-26");
    let decision = world.decide("lab/x", &spec);
    assert_eq!(decision.verdict, Verdict::Refused);
    let end = "the licence is known by the repository's name only.";
    assert!(decision.findings[0].sentence.ends_with(end), "{}", decision.findings[0].sentence);
    world.metadata = card("license: other\nlicense_name: qwen-research");
    let decision = world.decide("lab/x", &spec);
    assert_eq!(decision.verdict, Verdict::Refused);
    assert!(!decision.findings[0].sentence.contains("name only"), "{}", decision.findings[0].sentence);
}
