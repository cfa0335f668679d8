//! What an argument says about a model: a repository, an address, a name of a library, a path, or nothing that tells.

use serde::Serialize;

use crate::{
    catalog::{Servers, server::Names, words::Hub},
    manifest::{hub_address::is_revision, source::Source},
};

/// Longest argument that is read as a model, in bytes.
const MAX_REFERENCE_BYTES: usize = 512;
/// Web addresses of hubs, before `org/name`.
const HUB_ADDRESSES: &[(&str, Hub)] = &[
    ("https://huggingface.co/", Hub::HuggingFace),
    ("https://hf.co/", Hub::HuggingFace),
    ("huggingface.co/", Hub::HuggingFace),
    ("hf.co/", Hub::HuggingFace),
    ("huggingface://", Hub::HuggingFace),
    ("huggingface:", Hub::HuggingFace),
    ("hf://", Hub::HuggingFace),
    ("HF://", Hub::HuggingFace),
    ("https://modelscope.cn/models/", Hub::ModelScope),
    ("https://www.modelscope.cn/models/", Hub::ModelScope),
    ("modelscope://", Hub::ModelScope),
];
/// Endings of files that hold weights.
const WEIGHTS: &[&str] = &[".gguf", ".safetensors", ".bin", ".onnx", ".engine", ".llamafile"];

/// What an argument says about a model.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase", tag = "is")]
pub enum Reference {
    /// A repository on a hub.
    Repository {
        /// The hub's scheme: `hf` or `modelscope`.
        hub: &'static str,
        /// `org/name`.
        name: String,
        /// Revision.
        revision: Option<String>,
    },
    /// A name in a library that is no hub.
    Library {
        /// As written.
        name: String,
        /// The address of its bytes.
        source: String,
        /// The repository that it stands for, where the catalogue says so.
        repository: Option<String>,
    },
    /// An address that does not say whose model it holds; without user and query.
    Address {
        /// The address.
        address: String,
    },
    /// A path inside of the container.
    Path {
        /// The path.
        path: String,
    },
    /// A name without a publisher.
    Name {
        /// The name.
        name: String,
    },
    /// It is not known.
    Elsewhere {
        /// Why, in words.
        what: String,
    },
}

impl Reference {
    /// Reads an argument. What has the shape of a credential is not kept.
    pub(super) fn read(text: &str, names: Names, modelscope: bool, servers: &Servers) -> Self {
        let text = text.trim();
        let elsewhere = |what: String| Self::Elsewhere { what };
        if text.len() > MAX_REFERENCE_BYTES || text.chars().any(char::is_control) {
            return elsewhere("the argument has no form that a name of a model has".into());
        }
        if text.split(['/', '=', ':', '@', '?', '&']).any(|part| servers.is_secret(part)) {
            return elsewhere("the argument has the shape of a credential, and is not shown".into());
        }
        if let Some((_, after)) = text.split_once('$') {
            let name: String = after
                .trim_start_matches(['(', '{'])
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect();
            return elsewhere(format!("the value of variable {name} stands in no place that a scan reads"));
        }
        let address = HUB_ADDRESSES.iter().find_map(|(prefix, hub)| Some((text.strip_prefix(prefix)?, *hub)));
        if let Some((rest, hub)) = address {
            return Self::on_hub(rest, hub).unwrap_or_else(|| Self::Address { address: bare_address(text) });
        }
        if text.contains("://") {
            return Self::Address { address: bare_address(text) };
        }
        let weights = WEIGHTS.iter().any(|ending| text.to_ascii_lowercase().ends_with(ending));
        if text.starts_with(['/', '.', '~']) || weights {
            return Self::Path { path: text.to_owned() };
        }
        match names {
            Names::Repository => {
                let hub = if modelscope { Hub::ModelScope } else { Hub::HuggingFace };
                Self::on_hub(text, hub).unwrap_or_else(|| Self::Name { name: text.to_owned() })
            }
            Names::Ollama => {
                let path = if text.contains('/') { text.to_owned() } else { format!("library/{text}") };
                let repository = servers.repository(names, text).map(str::to_owned);
                Self::Library { name: text.to_owned(), source: format!("oci://registry.ollama.ai/{path}"), repository }
            }
            Names::Nim => {
                let repository = servers.repository(names, text).map(str::to_owned);
                Self::Library { name: text.to_owned(), source: format!("oci://nvcr.io/nim/{text}"), repository }
            }
        }
    }

    /// `org/name`, with `@revision`, `:variant` (of GGUF files, or KServe's revision) or the path of a file behind it.
    fn on_hub(rest: &str, hub: Hub) -> Option<Self> {
        let rest = rest.split(['?', '#']).next()?.trim_end_matches('/');
        let mut parts = rest.split('/');
        let (org, name) = (parts.next()?, parts.next()?);
        let behind: Vec<&str> = parts.collect();
        let (name, after_name) = name.split_once(['@', ':']).map_or((name, None), |(name, after)| (name, Some(after)));
        let name = name.strip_suffix(".git").unwrap_or(name);
        let revision = match behind.as_slice() {
            [] => after_name.filter(|after| rest.contains('@') || is_commit(after)),
            ["resolve" | "blob" | "tree", revision, ..] => Some(*revision),
            _ => return None,
        };
        let revision = revision.filter(|revision| is_revision(revision)).map(str::to_owned);
        let repository = format!("{org}/{name}");
        Source::parse(&format!("hf://{repository}")).ok()?;
        Some(Self::Repository { hub: hub.scheme(), name: repository, revision })
    }

    /// The model in a path of a hub's cache: `models--org--name/snapshots/COMMIT`.
    pub(super) fn in_cache(path: &str) -> Option<Self> {
        let mut parts = path.split('/').skip_while(|part| !part.starts_with("models--"));
        let (org, name) = parts.next()?.strip_prefix("models--")?.split_once("--")?;
        let commit = parts.next().filter(|part| *part == "snapshots").and_then(|_| parts.next());
        let found = Self::on_hub(&format!("{org}/{name}"), Hub::HuggingFace)?;
        Some(found.at(commit))
    }

    /// At a revision that is said apart.
    pub(super) fn at(mut self, said: Option<&str>) -> Self {
        if let (Self::Repository { revision, .. }, Some(said)) = (&mut self, said.filter(|said| is_revision(said))) {
            *revision = Some(said.to_owned());
        }
        self
    }

    /// For a table.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Repository { name, revision: Some(revision), .. } => {
                let short: String = revision.chars().take(if is_commit(revision) { 7 } else { 128 }).collect();
                format!("{name}@{short}")
            }
            Self::Repository { name, .. } | Self::Library { name, .. } | Self::Name { name } => name.clone(),
            Self::Address { address } => address.clone(),
            Self::Path { path } => path.clone(),
            Self::Elsewhere { .. } => "?".into(),
        }
    }
}

fn is_commit(text: &str) -> bool {
    text.len() >= 40 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Without the user, who may have a password, and without the query, which may hold a signature.
fn bare_address(text: &str) -> String {
    let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = rest.split_once('/').map_or((rest, None), |(host, path)| (host, Some(path)));
    let host = host.rsplit('@').next().unwrap_or(host);
    let slash = path.map(|path| format!("/{path}")).unwrap_or_default();
    if scheme.is_empty() { format!("{host}{slash}") } else { format!("{scheme}://{host}{slash}") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::catalog::Catalog;

    fn read(text: &str, names: Names) -> Reference {
        Reference::read(text, names, false, Catalog::built_in().unwrap().servers())
    }

    #[test]
    fn the_usual_forms_are_read() {
        for (text, words) in [
            ("Qwen/Qwen3-8B", "Qwen/Qwen3-8B"),
            ("hf://Qwen/Qwen3-8B@v1", "Qwen/Qwen3-8B@v1"),
            ("hf://Qwen/Qwen3-8B:0123456789012345678901234567890123456789", "Qwen/Qwen3-8B@0123456"),
            ("ggml-org/gemma-3-1b-it-GGUF:Q4_K_M", "ggml-org/gemma-3-1b-it-GGUF"),
            ("https://huggingface.co/a/b/resolve/main/c.gguf?download=true", "a/b@main"),
            ("https://user:pw@huggingface.co/a/b", "https://huggingface.co/a/b"),
            ("https://x:hf_secret@host/a", "?"),
            ("s3://bucket/key?X-Amz-Signature=abc", "s3://bucket/key"),
            ("/models/a", "/models/a"),
            ("models/a.gguf", "models/a.gguf"),
            ("gpt2", "gpt2"),
            ("hf_abcdef", "?"),
            ("$(MODEL)", "?"),
            ("a/b/c", "a/b/c"),
        ] {
            assert_eq!(read(text, Names::Repository).words(), words, "{text}");
        }
        let Reference::Library { source, repository, .. } = read("llama3.1:8b", Names::Ollama) else { panic!() };
        assert_eq!(source, "oci://registry.ollama.ai/library/llama3.1:8b");
        assert_eq!(repository.as_deref(), Some("meta-llama/Llama-3.1-8B-Instruct"));
        assert_eq!(read("hf.co/a/b-GGUF:Q8_0", Names::Ollama).words(), "a/b-GGUF");
    }

    #[test]
    fn a_path_of_the_hubs_cache_names_its_model() {
        let path =
            "/root/.cache/huggingface/hub/models--Qwen--Qwen3-8B/snapshots/0123456789012345678901234567890123456789";
        assert_eq!(Reference::in_cache(path).unwrap().words(), "Qwen/Qwen3-8B@0123456");
        assert_eq!(Reference::in_cache("/models/Qwen3-8B"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_and_never_panics(text in "\\PC{0,600}") {
            let _ = read(&text, Names::Repository).words();
            let _ = read(&text, Names::Ollama).words();
            let _ = Reference::in_cache(&text);
        }
    }
}
