//! Repositories that hold somebody else's model in another form, as their names say: `someone/Qwen3-8B-GGUF`.
//!
//! What is left of a name without the words for a form is looked up among the names of known models, then among the
//! beginnings of names that a whole family has: there, what follows must be words that known models are called by, so
//! that `Llama-3.1-8B-Instruct-German` points nowhere. The index is made once; a look-up costs what one name costs,
//! however many models are known.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

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
    /// What others call a model, by what its publisher calls it.
    spellings: HashMap<String, String>,
}

/// Known repositories by what their names come to without words for a form.
#[derive(Debug, Default)]
pub(super) struct Requants {
    forms: Forms,
    known: HashMap<String, Vec<String>>,
    /// Beginnings of repositories, by that of the name alone: `codellama-` to `codellama/CodeLlama-`.
    families: HashMap<String, Vec<String>>,
    /// Every word of a known model's name.
    words: HashSet<String>,
    /// Every publisher of a known model, in lower case.
    publishers: HashSet<String>,
}

impl Requants {
    /// Of these families.
    pub(super) fn load(families: &[Family]) -> Result<Self, super::load::LoadError> {
        let forms: Forms = super::load::one("requants.yaml")?;
        let mut index = Self { forms, ..Self::default() };
        let known = || families.iter().flat_map(|family| &family.known).filter(|known| known.hub == Hub::HuggingFace);
        let names = || known().flat_map(|known| known.repos.iter().chain(&known.prefixes));
        index.publishers = names().filter_map(|name| Some(name.split_once('/')?.0.to_ascii_lowercase())).collect();
        for repository in known().flat_map(|known| &known.repos) {
            let Some(stem) = index.stem(repository).map(str::to_ascii_lowercase) else { continue };
            index.words.extend(words(&stem).map(str::to_owned));
            let list = index.known.entry(stem).or_default();
            if !list.contains(repository) {
                list.push(repository.clone());
            }
        }
        for prefix in known().flat_map(|known| &known.prefixes).filter(|prefix| prefix.ends_with('-')) {
            let beginning = index.without_beginning(name_of(prefix)).to_ascii_lowercase();
            let list = index.families.entry(beginning).or_default();
            if !list.contains(prefix) {
                list.push(prefix.clone());
            }
        }
        Ok(index)
    }

    fn without_beginning<'n>(&self, name: &'n str) -> &'n str {
        let begins = |begin: &String| name.get(..begin.len()).is_some_and(|head| head.eq_ignore_ascii_case(begin));
        let begin = self.forms.beginnings.iter().find(|begin| begins(begin));
        begin.and_then(|begin| name.get(begin.len()..)).unwrap_or(name)
    }

    /// Without a publisher before the name: `Qwen_Qwen3-8B`, `models--Qwen--Qwen3-8B`.
    fn without_publisher<'n>(&self, name: &'n str) -> &'n str {
        let name = name.rsplit("--").next().unwrap_or(name);
        let own = name.split_once('_').filter(|(before, _)| self.publishers.contains(&before.to_ascii_lowercase()));
        own.map_or(name, |(_, own)| own)
    }

    /// The model's own part of a name; nothing where that could be any word.
    fn stem<'n>(&self, repository: &'n str) -> Option<&'n str> {
        let name = name_of(repository);
        if name.len() > MAX_NAME_BYTES {
            return None;
        }
        let mut stem = self.without_beginning(self.without_publisher(name));
        let without = |stem: &'n str, end: &String| {
            let at = stem.len().checked_sub(end.len())?;
            stem.get(at..)?.eq_ignore_ascii_case(end).then(|| stem.get(..at))?
        };
        let number_format =
            |stem: &'n str| stem.rsplit_once('-').filter(|(_, word)| is_format(word)).map(|(rest, _)| rest);
        let rest = |stem| self.forms.endings.iter().find_map(|end| without(stem, end)).or_else(|| number_format(stem));
        while let Some(shorter) = rest(stem) {
            stem = shorter;
        }
        let of_a_model =
            stem.contains(|c: char| c.is_ascii_digit()) && stem.contains(|c: char| c.is_ascii_alphabetic());
        of_a_model.then_some(stem)
    }

    /// Repositories of the families that a name begins like: the longest beginning, as the catalogue's own look-up has it.
    fn of_family(&self, stem: &str) -> Vec<String> {
        let mut beginning = format!("{}-", stem.to_ascii_lowercase());
        while let Some(at) = beginning.rfind('-') {
            beginning.truncate(at + 1);
            if let Some(prefixes) = self.families.get(&beginning) {
                let rest = stem.get(at + 1..).unwrap_or_default();
                let known = words(&rest.to_ascii_lowercase()).all(|word| self.words.contains(word) || is_size(word));
                let whole = |prefix: &String| format!("{prefix}{rest}").trim_end_matches('-').to_owned();
                return if known { prefixes.iter().map(whole).collect() } else { Vec::new() };
            }
            beginning.truncate(at);
        }
        Vec::new()
    }
}

fn name_of(repository: &str) -> &str {
    repository.rsplit('/').next().unwrap_or(repository)
}

fn words(stem: &str) -> impl Iterator<Item = &str> {
    stem.split(['-', '_']).filter(|word| !word.is_empty())
}

/// A size or a version: `34b`, `1.5b`, `8x7b`, `a22b`, `v1.0`.
fn is_size(word: &str) -> bool {
    let number = word.strip_prefix(['a', 'v']).unwrap_or(word);
    let number = number.strip_suffix(['b', 'm', 'k', 'e']).unwrap_or(number);
    number != word && number.split(['.', 'x']).all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

/// A number format that is told by its pattern: `Q4_K_S`, `IQ4_XS`, `q4f16_1`, `4.0bpw`, `h6`, `g128`, `w4a16`, `4bit`. Of the
/// letters that may begin a version, the numbers are listed.
fn is_format(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    let digit = |text: &str| text.starts_with(|first: char| first.is_ascii_digit());
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let quantized = word.strip_prefix("iq").or_else(|| word.strip_prefix('q')).is_some_and(digit);
    let bits = ["bpw", "bit", "bits"].iter().any(|unit| word.strip_suffix(unit).is_some_and(number));
    let group = matches!(word.as_str(), "h6" | "h8" | "g32" | "g64" | "g128");
    let weights =
        word.strip_prefix('w').and_then(|rest| rest.split_once('a')).is_some_and(|(w, a)| number(w) && number(a));
    quantized || bits || group || weights
}

impl Catalog {
    /// Known repositories, other than this one, of a model that is called as this one is but for its form.
    pub fn namesakes<'a>(&'a self, repository: &str) -> impl Iterator<Item = Cow<'a, str>> {
        let requants = &self.fixed.requants;
        let stem = requants.stem(repository).map(|stem| {
            let spelling = requants.forms.spellings.get(&stem.to_ascii_lowercase());
            spelling.map_or(stem, String::as_str).to_owned()
        });
        let known = stem.as_ref().and_then(|stem| requants.known.get(&stem.to_ascii_lowercase()));
        let of_family = stem.as_ref().filter(|_| known.is_none()).map(|stem| requants.of_family(stem));
        let other = repository.to_owned();
        let known = known.into_iter().flatten().map(|known| Cow::Borrowed(known.as_str()));
        let of_family = of_family.into_iter().flatten().map(Cow::Owned);
        known.chain(of_family).filter(move |known| !known.eq_ignore_ascii_case(&other))
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::Catalog;

    fn first(name: &str) -> Option<String> {
        Catalog::built_in().unwrap().namesakes(name).next().map(Into::into)
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
            ("TheBloke/CodeLlama-34B-Instruct-GGUF", "codellama/CodeLlama-34B-Instruct"),
            ("mlx-community/Qwen1.5-72B-Chat-4bit", "Qwen/Qwen1.5-72B-Chat"),
            ("DevQuasar/falcon2-11B-GGUF", "tiiuae/falcon-11B"),
            ("bartowski/CohereForAI_c4ai-command-a-03-2025-GGUF", "CohereLabs/c4ai-command-a-03-2025"),
            ("someone/models--Qwen--Qwen2.5-3B-Instruct", "Qwen/Qwen2.5-3B-Instruct"),
            ("someone/Qwen2.5-3B-Instruct-4.0bpw-h6-exl2", "Qwen/Qwen2.5-3B-Instruct"),
            ("someone/Qwen2.5-3B-Instruct-IQ4_XS-GGUF", "Qwen/Qwen2.5-3B-Instruct"),
            ("mlc-ai/Qwen2.5-3B-Instruct-q4f16_1-MLC", "Qwen/Qwen2.5-3B-Instruct"),
        ] {
            assert_eq!(first(name).as_deref(), Some(model), "{name}");
        }
    }

    #[test]
    fn the_version_of_a_model_is_no_form_of_it() {
        assert_eq!(first("someone/MiniMax-H3-GGUF").as_deref(), Some("MiniMaxAI/MiniMax-H3"));
    }

    #[test]
    fn another_name_points_nowhere_and_no_repository_to_itself() {
        assert_eq!(first("acme/Llama-3.1-8B-Instruct-German"), None);
        assert_eq!(first("acme/CodeLlama-34B-Poems-GGUF"), None);
        assert_eq!(first("acme/GGUF"), None);
        assert_eq!(first(""), None);
        assert_eq!(first(&"a1".repeat(200)), None);
        let catalog = Catalog::built_in().unwrap();
        let own = "meta-llama/Llama-3.1-8B-Instruct";
        assert!(catalog.namesakes(own).all(|known| known != own));
    }
}
