//! Where entries are found, so that no decision walks the catalogue: its cost is that of what applies, however much else
//! is known.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use super::{Catalog, License, LoadError, Rule, canonical::hash_of, load::Sector};

/// Licences by words that are not their ids.
#[derive(Debug, Default)]
pub(super) struct LicenseIndex {
    /// Ids by their lower case; of two that differ in case alone, the first.
    ids: HashMap<String, String>,
    /// Ids by the lower case of a tag of the hubs, in order.
    tags: HashMap<String, Vec<String>>,
}

impl LicenseIndex {
    /// Of these licences, which come in the order of their ids.
    pub(super) fn new<'a>(licenses: impl Iterator<Item = &'a License>) -> Self {
        let mut index = Self::default();
        for license in licenses {
            index.ids.entry(license.id.to_ascii_lowercase()).or_insert_with(|| license.id.clone());
            for tag in &license.tags {
                let ids = index.tags.entry(tag.license.to_ascii_lowercase()).or_default();
                if ids.last() != Some(&license.id) {
                    ids.push(license.id.clone());
                }
            }
        }
        index
    }

    /// The id that is this word in any case.
    pub(super) fn id(&self, word: &str) -> Option<&str> {
        self.ids.get(&word.to_ascii_lowercase()).map(String::as_str)
    }

    /// The ids of the licences that carry this tag.
    pub(super) fn tagged(&self, word: &str) -> &[String] {
        self.tags.get(&word.to_ascii_lowercase()).map_or(&[][..], Vec::as_slice)
    }
}

/// Rules and sectors by id.
#[derive(Debug)]
pub(super) struct FixedIndex {
    /// Hash of each rule's canonical form.
    rule_hashes: HashMap<String, String>,
    sectors: HashMap<String, usize>,
}

impl FixedIndex {
    pub(super) fn new(rules: &BTreeMap<String, Rule>, sectors: &[Sector]) -> Result<Self, LoadError> {
        let mut rule_hashes = HashMap::new();
        for (id, rule) in rules {
            let hash =
                hash_of(rule).map_err(|error| LoadError::Canonical { id: id.clone(), what: error.to_string() })?;
            rule_hashes.insert(id.clone(), hash);
        }
        Ok(Self {
            rule_hashes,
            sectors: sectors.iter().enumerate().map(|(at, sector)| (sector.id.clone(), at)).collect(),
        })
    }

    pub(super) fn rule_hash(&self, id: &str) -> Option<&str> {
        self.rule_hashes.get(id).map(String::as_str)
    }

    pub(super) fn sector(&self, id: &str) -> Option<usize> {
        self.sectors.get(id).copied()
    }
}

impl Catalog {
    pub(super) fn indexed(mut self) -> Self {
        self.index = Arc::new(LicenseIndex::new(self.licenses()));
        self
    }

    /// A licence by its id in any case.
    #[must_use]
    pub fn license_in_any_case(&self, word: &str) -> Option<&License> {
        self.license(self.index.id(word)?)
    }

    /// The licences that carry a tag of the hubs, by id.
    pub fn tagged(&self, word: &str) -> impl Iterator<Item = &License> {
        self.index.tagged(word).iter().filter_map(|id| self.license(id))
    }

    /// SHA-256 of a rule's canonical form.
    #[must_use]
    pub fn rule_hash(&self, id: &str) -> Option<&str> {
        self.fixed.index.rule_hash(id)
    }

    /// A sector or act by id.
    #[must_use]
    pub fn sector(&self, id: &str) -> Option<&Sector> {
        self.fixed.sectors.get(self.fixed.index.sector(id)?)
    }
}
