//! Holds the data of model servers against the rest of the catalogue.

use super::server::{Does, Names, Told};
use super::words::Hub;
use super::*;

fn servers() -> &'static Servers {
    Catalog::built_in().expect("the built-in data reads").servers()
}

#[test]
fn every_name_of_a_library_stands_for_a_repository_whose_licence_is_known() {
    let catalog = Catalog::built_in().unwrap();
    for entry in &servers().libraries {
        assert_ne!(entry.of, Names::Repository, "{}", entry.name);
        assert_eq!(entry.repository.is_some(), entry.tags.is_empty(), "{}: one repository, or tags", entry.name);
        assert_eq!(entry.tags.is_empty(), entry.latest.is_none(), "{}: latest is one of the tags", entry.name);
        assert!(entry.latest.iter().all(|latest| entry.tags.contains_key(latest)), "{}", entry.name);
        for repository in entry.repository.iter().chain(entry.tags.values()) {
            let known = catalog.identify(Hub::HuggingFace, repository, None);
            assert!(!matches!(known, Identified::Unknown { .. }), "{} {repository}", entry.name);
        }
    }
}

#[test]
fn every_server_can_be_told_and_no_two_are_told_by_the_same() {
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for server in &servers().servers {
        let of = |kind: &'static str, marks: &'static [String]| marks.iter().map(move |mark| (kind, mark.as_str()));
        let marks = of("image", &server.images).chain(of("command", &server.commands)).chain(of("flag", &server.hints));
        let before = seen.len();
        for mark in marks {
            assert!(!seen.contains(&mark), "{}: {mark:?} is there already", server.id);
            seen.push(mark);
        }
        assert!(seen.len() > before, "{} is told by nothing", server.id);
        let told = [&server.model, &server.revision, &server.served, &server.adapters, &server.drafts, &server.folder];
        for flag in told.iter().flat_map(|told| &told.flags) {
            assert!(flag.starts_with('-') && !flag.contains('_'), "{} {flag}", server.id);
        }
        for variable in told.iter().flat_map(|told| &told.env) {
            assert!(!servers().is_secret_name(variable), "{} reads {variable}", server.id);
        }
        assert_eq!(server.does == Does::Forwards, server.model == Told::default(), "{}", server.id);
        assert!(server.does != Does::Serves || !server.sources.is_empty(), "{}", server.id);
    }
}

#[test]
fn a_tag_is_read_by_its_size() {
    let repository = |name| servers().repository(Names::Ollama, name);
    assert_eq!(repository("llama3.1"), Some("meta-llama/Llama-3.1-8B-Instruct"));
    assert_eq!(repository("library/llama3.1:70b-instruct-q4_K_M"), Some("meta-llama/Llama-3.1-70B-Instruct"));
    assert_eq!(repository("qwen2.5:3b"), Some("Qwen/Qwen2.5-3B-Instruct"));
    assert_eq!(repository("qwen2.5:3"), None);
    assert_eq!(repository("mistral:7b-q2"), Some("mistralai/Mistral-7B-Instruct-v0.3"));
    assert_eq!(repository("deepseek-r1:8b-llama-distill-q4_K_M"), Some("deepseek-ai/DeepSeek-R1-Distill-Llama-8B"));
    assert_eq!(repository("somebody/llama3.1"), None);
    assert_eq!(servers().repository(Names::Nim, "llama3.1"), None);
}

#[test]
fn credentials_are_told_by_name_and_by_shape() {
    for name in ["HF_TOKEN", "hugging_face_hub_token", "AWS_SECRET_ACCESS_KEY", "OPENAI_API_KEY"] {
        assert!(servers().is_secret_name(name), "{name}");
    }
    assert!(!servers().is_secret_name("MODEL_ID"));
    assert!(servers().is_secret("hf_abcdefgh") && !servers().is_secret("hf-internal-testing/tiny"));
}
