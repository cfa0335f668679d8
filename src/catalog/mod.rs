//! The built-in data and its loader.
//!
//! Facts and rules are data: `data/` is compiled in by `build.rs`, read once, strictly, and indexed by id. Nothing here reads a
//! clock, a file or the cluster. `data/README.md` tells a lawyer how to read an entry.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

pub mod accelerator;
pub mod atom;
pub(crate) mod canonical;
#[cfg(test)]
mod check;
#[cfg(test)]
mod check_families;
#[cfg(test)]
mod check_tables;
pub mod chip_labels;
mod chip_names;
pub mod condition;
pub mod confirm;
pub mod country;
pub mod country_set;
pub mod engine;
mod expand;
pub mod identify;
mod index;
pub mod license;
pub mod load;
mod makes;
pub mod node_place;
#[cfg(test)]
mod node_place_check;
pub mod node_pool;
pub mod obligation;
pub mod place;
pub mod predicate;
pub mod preset;
pub mod print;
mod provider_id;
mod requant;
pub mod rule;
pub mod rule_chips;
mod rule_known;
pub mod rule_reach;
pub mod rule_test;
mod rule_words;
pub mod server;
#[cfg(test)]
mod server_check;
pub mod well_known;
pub mod words;

pub use accelerator::{Accelerator, Accelerators};
pub use atom::Atom;
pub use canonical::hash_of;
pub use condition::{Condition, Effect, Remedy, Test};
pub use engine::{Engine, NamedEngine};
pub use expand::{Expanded, Missing};
pub use identify::{Basis, Families, Family, Identified, Membership, NoEntry, Pin};
pub use license::License;
pub use load::{LoadError, Sector};
pub use node_place::{NodeEvidence, NodePlace};
pub use node_pool::PoolKind;
pub use obligation::{DutyKind, Obligation, Trigger};
pub use place::Places;
pub use predicate::Predicate;
pub use rule::{CompanyPolicy, Rule};
pub use server::Servers;

use index::{FixedIndex, LicenseIndex};
use rule_chips::ChipGroup;
use words::Hub;

/// Everything Modelport knows by itself, with the overrides of an organisation laid over its licences.
#[derive(Clone, Debug)]
pub struct Catalog {
    licenses: BTreeMap<String, Arc<Entry>>,
    index: Arc<LicenseIndex>,
    fixed: Arc<Fixed>,
}

/// A licence and the hash of its canonical form.
#[derive(Debug)]
struct Entry {
    license: License,
    hash: String,
    overridden: bool,
}

/// What no object overrides.
#[derive(Debug)]
struct Fixed {
    families: Families,
    places: Places,
    /// By id.
    rules: Vec<Rule>,
    policies: Vec<CompanyPolicy>,
    accelerators: Accelerators,
    rule_chips: BTreeMap<String, Vec<ChipGroup>>,
    engines: BTreeMap<String, NamedEngine>,
    sectors: Vec<Sector>,
    servers: Servers,
    pools: Vec<PoolKind>,
    well_known: well_known::WellKnown,
    makes: makes::Makes,
    requants: requant::Requants,
    index: FixedIndex,
}

static BUILT_IN: LazyLock<Result<Catalog, LoadError>> = LazyLock::new(Catalog::load);

impl Catalog {
    /// The built-in catalogue, parsed once. A test loads it, so an error here never leaves the workshop.
    pub fn built_in() -> Result<&'static Self, &'static LoadError> {
        BUILT_IN.as_ref()
    }

    fn load() -> Result<Self, LoadError> {
        let licenses = licenses(load::lists("licenses")?)?;
        let places = Places::load()?;
        let mut rules = place::unique("rule", load::lists::<Rule>("rules")?, |rule| &rule.id)?;
        rules.values_mut().try_for_each(|rule| rule.settle(&places))?;
        let rules: Vec<Rule> = rules.into_values().collect();
        let engines = load::one("engines.yaml")?;
        let sectors: Vec<Sector> = load::one("sectors.yaml")?;
        let accelerators = Accelerators::load()?;
        let none = load::one("without-entry.yaml")?;
        let families = families(load::lists("families")?, none, &licenses)?;
        let catalog = Self {
            fixed: Arc::new(Fixed {
                requants: requant::Requants::load(families.all())?,
                families,
                places,
                index: FixedIndex::new(&sectors, &rules),
                rule_chips: rule_chips::groups(&rules, &accelerators),
                rules,
                policies: load::one("company-policies.yaml")?,
                accelerators,
                engines: place::unique("engine", engines, |engine: &NamedEngine| &engine.id)?,
                sectors,
                well_known: load::one("well-known.yaml")?,
                makes: makes::Makes::new(load::one("makes.yaml")?)?,
                pools: load::one("node-pools.yaml")?,
                servers: load::one::<Servers>("servers.yaml")?.checked()?,
            }),
            index: Arc::default(),
            licenses,
        }
        .indexed();
        let fault = catalog.rules().find_map(|rule| rule.problem(&catalog).map(|what| (rule.id.clone(), what)));
        if let Some((id, what)) = fault {
            return Err(LoadError::NotTyped { id, what });
        }
        Ok(catalog)
    }

    /// This catalogue with licences added, or replaced where an id is there already.
    pub fn with_overrides(&self, overrides: &[License]) -> Result<Self, LoadError> {
        let mut catalog = self.clone();
        for license in overrides {
            let entry = Arc::new(Entry::new(license.clone(), true)?);
            catalog.licenses.insert(license.id.clone(), entry);
        }
        Ok(catalog.indexed())
    }

    /// This catalogue with these licences in place of its own, to compare two versions.
    pub fn with_licenses(&self, licenses: Vec<License>) -> Result<Self, LoadError> {
        let mut catalog = self.clone();
        catalog.licenses.clear();
        for license in licenses {
            catalog.licenses.insert(license.id.clone(), Arc::new(Entry::new(license, false)?));
        }
        Ok(catalog.indexed())
    }

    /// A licence by id.
    #[must_use]
    pub fn license(&self, id: &str) -> Option<&License> {
        self.licenses.get(id).map(|entry| &entry.license)
    }

    /// All licences, by id.
    pub fn licenses(&self) -> impl Iterator<Item = &License> {
        self.licenses.values().map(|entry| &entry.license)
    }

    /// SHA-256 of a licence's canonical form.
    #[must_use]
    pub fn license_hash(&self, id: &str) -> Option<&str> {
        self.licenses.get(id).map(|entry| entry.hash.as_str())
    }

    /// Whether a licence comes from an object, and not from the built-in data.
    #[must_use]
    pub fn is_overridden(&self, id: &str) -> bool {
        self.licenses.get(id).is_some_and(|entry| entry.overridden)
    }

    /// Which licence a repository's model carries, and how that is known.
    #[must_use]
    pub fn identify(&self, hub: Hub, repo: &str, revision: Option<&str>) -> Identified<'_> {
        self.identify_at(hub, repo, Pin::new(revision))
    }

    /// The same, where the day of the commit may be known.
    #[must_use]
    pub fn identify_at(&self, hub: Hub, repo: &str, pin: Pin<'_>) -> Identified<'_> {
        self.fixed.families.identify(hub, repo, pin, |id| self.license(id)?.superseded_by.as_deref())
    }

    /// Model families.
    #[must_use]
    pub fn families(&self) -> &Families {
        &self.fixed.families
    }

    /// Countries, groups and regions.
    #[must_use]
    pub fn places(&self) -> &Places {
        &self.fixed.places
    }

    /// A rule by id.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        let at = self.fixed.rules.binary_search_by(|rule| rule.id.as_str().cmp(id)).ok()?;
        self.fixed.rules.get(at)
    }

    /// All rules, by id.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.fixed.rules.iter()
    }

    /// The accelerators that a rule tells apart, in groups; none where it asks about none.
    #[must_use]
    pub fn rule_chips(&self, id: &str) -> &[ChipGroup] {
        self.fixed.rule_chips.get(id).map_or(&[][..], Vec::as_slice)
    }

    /// What a company may choose and no statute demands.
    #[must_use]
    pub fn company_policies(&self) -> &[CompanyPolicy] {
        &self.fixed.policies
    }

    /// Accelerators.
    #[must_use]
    pub fn accelerators(&self) -> &Accelerators {
        &self.fixed.accelerators
    }

    /// An engine by id.
    #[must_use]
    pub fn engine(&self, id: &str) -> Option<&NamedEngine> {
        self.fixed.engines.get(id)
    }

    /// All engines, by id.
    pub fn engines(&self) -> impl Iterator<Item = &NamedEngine> {
        self.fixed.engines.values()
    }

    fn makes_table(&self) -> &makes::Makes {
        &self.fixed.makes
    }

    /// The sectors and acts that a manifest may declare.
    #[must_use]
    pub fn sectors(&self) -> &[Sector] {
        &self.fixed.sectors
    }
}

/// Licences by id; what they name of each other is there.
fn licenses(all: Vec<License>) -> Result<BTreeMap<String, Arc<Entry>>, LoadError> {
    let mut licenses: BTreeMap<String, Arc<Entry>> = BTreeMap::new();
    for license in all {
        let id = license.id.clone();
        if licenses.insert(id.clone(), Arc::new(Entry::new(license, false)?)).is_some() {
            return Err(LoadError::Duplicate { kind: "license", id });
        }
    }
    for Entry { license, .. } in licenses.values().map(Arc::as_ref) {
        let members = license.all_of.iter().flat_map(|member| {
            member.license.iter().chain(member.by_base_model.iter().map(|pattern| &pattern.license))
        });
        if let Some(id) = members.chain(&license.superseded_by).find(|id| !licenses.contains_key(*id)) {
            return Err(LoadError::Dangling { from: license.id.clone(), id: id.clone() });
        }
    }
    Ok(licenses)
}

/// Families that hold against the licences.
fn families(
    families: Vec<Family>,
    none: Vec<NoEntry>,
    licenses: &BTreeMap<String, Arc<Entry>>,
) -> Result<Families, LoadError> {
    let families = Families::new(families, none)?;
    let replaced_by = |id: &str| licenses.get(id)?.license.superseded_by.as_deref();
    families.hold(|id| licenses.contains_key(id), replaced_by)?;
    Ok(families)
}

impl Entry {
    fn new(license: License, overridden: bool) -> Result<Self, LoadError> {
        let hash = hash_of(&license)
            .map_err(|error| LoadError::Canonical { id: license.id.clone(), what: error.to_string() })?;
        Ok(Self { license, hash, overridden })
    }
}
