//! Where entries are found, so that no decision walks the catalogue: its cost is that of what applies, however much else
//! is known.

use std::{collections::HashMap, sync::Arc};

use super::{
    Catalog, License, Rule,
    country_set::CountrySet,
    load::Sector,
    rule_reach::{Reached, RuleReach},
};

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

/// What does not change with an organisation's own licences.
#[derive(Debug)]
pub(super) struct FixedIndex {
    /// Sectors by id.
    sectors: HashMap<String, usize>,
    /// The countries that rules are of.
    surveyed: CountrySet,
    /// Whom rules can reach.
    reach: RuleReach,
}

impl FixedIndex {
    pub(super) fn new(sectors: &[Sector], rules: &[Rule]) -> Self {
        let mut surveyed = CountrySet::default();
        for rule in rules {
            surveyed.unite(rule.whose());
        }
        let sectors = sectors.iter().enumerate().map(|(at, sector)| (sector.id.clone(), at)).collect();
        Self { sectors, surveyed, reach: RuleReach::of(rules) }
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

    /// The countries that have a rule of their own, or one of a group that they belong to.
    #[must_use]
    pub fn surveyed(&self) -> &CountrySet {
        &self.fixed.index.surveyed
    }

    /// The rules that can hold for such places, by id; the others need not be asked.
    pub fn rules_that_reach(&self, reached: &Reached) -> impl Iterator<Item = &Rule> {
        self.fixed.index.reach.reached(reached).filter_map(|at| self.fixed.rules.get(at))
    }

    /// A sector or act by id.
    #[must_use]
    pub fn sector(&self, id: &str) -> Option<&Sector> {
        self.fixed.sectors.get(self.fixed.index.sector(id)?)
    }
}
