//! What a model makes besides text, by its repository's name.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{
    Catalog,
    identify::Identified,
    load::LoadError,
    words::{Hub, Made},
};

/// The table as it is written.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Written {
    /// Words in a name that leave it open, in small letters.
    words: Vec<String>,
    /// Models, by what they make.
    models: Vec<Entry>,
}

/// Models that make the same.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Entry {
    /// What; empty: nothing but text.
    makes: Vec<Made>,
    /// Repositories; a trailing `*` stands for any ending.
    repos: Vec<String>,
}

/// What models make, by owner and name.
#[derive(Clone, Debug, Default)]
pub(super) struct Makes {
    words: Vec<String>,
    /// By the owner in small letters: the beginning of the rest, whether it is the whole, and what it makes.
    owners: HashMap<String, Vec<(String, bool, Vec<Made>)>>,
}

impl Makes {
    pub(super) fn new(written: Written) -> Result<Self, LoadError> {
        let mut owners: HashMap<String, Vec<(String, bool, Vec<Made>)>> = HashMap::new();
        for entry in &written.models {
            for repo in &entry.repos {
                let low = repo.to_ascii_lowercase();
                let Some((owner, rest)) = low.split_once('/') else {
                    return Err(LoadError::Dangling { from: "makes.yaml".into(), id: repo.clone() });
                };
                let names = owners.entry(owner.to_owned()).or_default();
                let (start, whole) = rest.strip_suffix('*').map_or((rest, true), |start| (start, false));
                if names.iter().any(|(name, ..)| name == start) {
                    return Err(LoadError::Duplicate { kind: "model in makes.yaml", id: repo.clone() });
                }
                names.push((start.to_owned(), whole, entry.makes.clone()));
            }
        }
        for names in owners.values_mut() {
            names.sort_by_key(|(name, ..)| std::cmp::Reverse(name.len()));
        }
        Ok(Self { words: written.words, owners })
    }

    fn listed(&self, low: &str) -> Option<&[Made]> {
        let (owner, rest) = low.split_once('/')?;
        let fits =
            |(name, whole, _): &&(String, bool, Vec<Made>)| if *whole { rest == name } else { rest.starts_with(name) };
        self.owners.get(owner)?.iter().find(fits).map(|(.., makes)| makes.as_slice())
    }

    fn leaves_open(&self, low: &str) -> bool {
        let name = low.rsplit('/').next().unwrap_or(low);
        self.words.iter().any(|word| name.contains(word.as_str()))
    }
}

impl Catalog {
    /// What a model makes besides text, by its own name and those of the models that it is made of; nothing where that is
    /// not known. Asked of few decisions, and bounded by the names.
    #[must_use]
    pub fn makes(&self, names: &[&str]) -> Option<Vec<Made>> {
        let table = self.makes_table();
        let mut made = Vec::new();
        let mut known = false;
        for name in names {
            let low = name.to_ascii_lowercase();
            if let Some(makes) = table.listed(&low) {
                known = true;
                made.extend_from_slice(makes);
            } else if table.leaves_open(&low) {
                return None;
            } else {
                known |= !matches!(self.identify(Hub::HuggingFace, name, None), Identified::Unknown { .. });
            }
        }
        known.then_some(made)
    }
}

#[cfg(test)]
mod tests {
    use super::{Catalog, Made};

    #[test]
    fn what_a_model_makes_is_known_by_its_own_name_or_that_of_its_base() {
        let catalog = Catalog::built_in().unwrap();
        let makes = |names: &[&str]| catalog.makes(names);
        assert_eq!(makes(&["Qwen/Qwen3-8B"]), Some(vec![]));
        assert_eq!(
            makes(&["meta-llama/Llama-3.2-11B-Vision-Instruct"]),
            Some(vec![]),
            "it looks at images and makes none"
        );
        assert_eq!(makes(&["qwen/qwen-image-2.1"]), Some(vec![Made::Image]));
        assert_eq!(makes(&["nvidia/Cosmos-Reason1-7B"]), Some(vec![]), "the longest name wins");
        assert_eq!(makes(&["nvidia/Cosmos-1.0-Diffusion-7B-Text2World"]), Some(vec![Made::Video]));
        assert_eq!(makes(&["stabilityai/sv3d"]), Some(vec![Made::Video, Made::ThreeD]));
        assert_eq!(makes(&["acme/portraits", "black-forest-labs/FLUX.1-schnell"]), Some(vec![Made::Image]));
        assert_eq!(makes(&["acme/bot", "Qwen/Qwen3-8B"]), Some(vec![]));
        assert_eq!(makes(&["acme/bot"]), None, "nobody knows it");
        assert_eq!(makes(&["acme/bot-tts", "Qwen/Qwen3-8B"]), None, "its name speaks of more than its base makes");
        assert_eq!(makes(&["Qwen/Qwen3-Voice-8B"]), None, "so does a new member of a family");
        assert_eq!(makes(&[]), None);
    }

    #[test]
    fn every_model_that_is_listed_is_one_that_the_catalogue_knows() {
        let catalog = Catalog::built_in().unwrap();
        let families = || catalog.families().all().iter().flat_map(|family| &family.known);
        let mut names = families()
            .flat_map(|known| known.repos.iter().chain(&known.prefixes))
            .map(|name| name.to_ascii_lowercase());
        let known: Vec<String> = names.by_ref().collect();
        for (owner, list) in &catalog.makes_table().owners {
            for (start, ..) in list {
                let full = format!("{owner}/{start}");
                let there = known.iter().any(|name| name.starts_with(&full) || full.starts_with(name.as_str()));
                assert!(there, "{full}");
            }
        }
    }
}
