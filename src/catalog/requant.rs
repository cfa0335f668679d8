//! Repositories that hold somebody else's model in another form, as their names say: `someone/Qwen3-8B-GGUF`.
//!
//! What is left of a name without the words for a form is looked up among the names of known models. The index is made
//! once; a look-up costs what one name costs, however many models are known.

use std::collections::HashMap;

use serde::Deserialize;

use super::{Catalog, identify::Family, words::Hub};

/// Longest name that is looked at, in bytes: hubs allow 96 for each part.
const MAX_NAME_BYTES: usize = 96;

/// Words for a form, in lower case.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Forms {
    /// What a name may begin with, and the model's own may not.
    beginnings: Vec<String>,
    /// What a name may end in, several of them in a row.
    endings: Vec<String>,
}

/// Known repositories by what their names come to without words for a form.
#[derive(Debug, Default)]
pub(super) struct Requants {
    forms: Forms,
    known: HashMap<String, Vec<String>>,
}

impl Requants {
    /// Of these families.
    pub(super) fn load(families: &[Family]) -> Result<Self, super::load::LoadError> {
        let forms: Forms = super::load::one(("requants.yaml", include_str!("data/requants.yaml")))?;
        let mut index = Self { forms, known: HashMap::new() };
        let known = families.iter().flat_map(|family| &family.known).filter(|known| known.hub == Hub::HuggingFace);
        for repository in known.flat_map(|known| &known.repos) {
            let Some(stem) = index.stem(repository) else { continue };
            let list = index.known.entry(stem).or_default();
            if !list.contains(repository) {
                list.push(repository.clone());
            }
        }
        Ok(index)
    }

    /// The model's own part of a name; nothing where that could be any word.
    fn stem(&self, repository: &str) -> Option<String> {
        let name = repository.rsplit('/').next().unwrap_or(repository);
        if name.len() > MAX_NAME_BYTES {
            return None;
        }
        let lower = name.to_ascii_lowercase();
        let mut stem = lower.as_str();
        if let Some(rest) = self.forms.beginnings.iter().find_map(|begin| stem.strip_prefix(begin.as_str())) {
            stem = rest;
        }
        while let Some(rest) = self.forms.endings.iter().find_map(|end| stem.strip_suffix(end.as_str())) {
            stem = rest;
        }
        let of_a_model =
            stem.contains(|c: char| c.is_ascii_digit()) && stem.contains(|c: char| c.is_ascii_alphabetic());
        of_a_model.then(|| stem.to_owned())
    }
}

impl Catalog {
    /// Known repositories, other than this one, of a model that is called as this one is but for its form.
    pub fn namesakes<'a>(&'a self, repository: &str) -> impl Iterator<Item = &'a str> {
        let requants = &self.fixed.requants;
        let known = requants.stem(repository).and_then(|stem| requants.known.get(&stem));
        let other = repository.to_owned();
        known.into_iter().flatten().map(String::as_str).filter(move |known| !known.eq_ignore_ascii_case(&other))
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::Catalog;

    fn first(name: &str) -> Option<&'static str> {
        Catalog::built_in().unwrap().namesakes(name).next()
    }

    #[test]
    fn a_name_points_to_the_model_whatever_form_it_is_in() {
        for (name, model) in [
            ("bartowski/Meta-Llama-3.1-8B-Instruct-GGUF", "meta-llama/Llama-3.1-8B-Instruct"),
            ("unsloth/Llama-3.1-8B-Instruct-unsloth-bnb-4bit", "meta-llama/Llama-3.1-8B-Instruct"),
            ("TheBloke/Llama-2-7B-Chat-GPTQ", "meta-llama/Llama-2-7b-chat-hf"),
            ("mlx-community/Qwen2.5-72B-Instruct-4bit", "Qwen/Qwen2.5-72B-Instruct"),
            ("RedHatAI/Llama-3.3-70B-Instruct-quantized.w8a8", "meta-llama/Llama-3.3-70B-Instruct"),
            ("hugging-quants/Meta-Llama-3.1-8B-Instruct-AWQ-INT4", "meta-llama/Llama-3.1-8B-Instruct"),
        ] {
            assert_eq!(first(name), Some(model), "{name}");
        }
    }

    #[test]
    fn another_name_points_nowhere_and_no_repository_to_itself() {
        assert_eq!(first("acme/Llama-3.1-8B-Instruct-German"), None);
        assert_eq!(first("acme/GGUF"), None);
        assert_eq!(first(""), None);
        assert_eq!(first(&"a1".repeat(200)), None);
        let catalog = Catalog::built_in().unwrap();
        let own = "meta-llama/Llama-3.1-8B-Instruct";
        assert!(catalog.namesakes(own).all(|known| known != own));
    }
}
