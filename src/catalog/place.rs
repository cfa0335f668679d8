//! Countries, groups of countries, and the regions of clouds.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::country::Country;
use super::country_set::{self, CountrySet};
use super::load::{self, LoadError};
use super::words::YesNo;

/// A set of countries that a law, a licence or a person names together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Group {
    /// Such as `EU`.
    pub id: String,
    /// As people say it.
    pub title: String,
    /// Other ids for the same set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Other words for it. They are no ids: where one is written, the id is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_called: Vec<String>,
    /// The countries.
    pub members: Vec<String>,
    /// How the set is made, when it is made from others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub derived: Option<String>,
    /// Whether it was read in a text.
    pub verified: YesNo,
    /// Where.
    pub source: String,
    /// For the reviewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A region of a cloud.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Region {
    /// As it stands in `topology.kubernetes.io/region`.
    pub region: String,
    /// Where it is; absent where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// City or state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// The partition or realm, on clouds that have several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition: Option<String>,
    /// Other values that labels and ids carry for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Who runs it, where that is somebody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// Whether it is open to the public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Whether id and country were both read in a text.
    pub verified: YesNo,
    /// Where, by id of `sources`.
    pub source: Vec<String>,
    /// For the reviewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The regions of one cloud.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Provider {
    /// Such as `aws`.
    pub provider: String,
    /// As people say it.
    pub name: String,
    /// Other words for it. They are no ids: where one is written, the id is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_called: Vec<String>,
    /// How its aliases are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias_note: Option<String>,
    /// Its regions.
    pub regions: Vec<Region>,
}

/// A zone that stands in another country than the region its name begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ZoneAbroad {
    /// Whose zone.
    pub provider: String,
    /// How its name begins.
    pub prefix: String,
    /// The region it belongs to.
    pub parent: String,
    /// Where it stands.
    pub country: String,
    /// City.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// Whether it was read in a text.
    pub verified: YesNo,
    /// Where.
    pub source: String,
}

/// A region name that several clouds use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SharedName {
    /// The name.
    pub region: String,
    /// Whether it is one country on all of them.
    pub same_country: YesNo,
    /// What it is where.
    pub meanings: Vec<Meaning>,
}

/// What a shared region name means on one cloud.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Meaning {
    /// The cloud.
    pub provider: String,
    /// How that cloud writes the name, where it differs in case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<String>,
    /// The country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// A form of `spec.providerID`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProviderForm {
    /// What stands before `://`; absent where the id has no scheme and is told by its shape.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
    /// Whose ids these are.
    pub provider: String,
    /// Where the region is.
    pub region: RegionFrom,
    /// The form, for people.
    pub form: String,
    /// How the region is taken from it, for people.
    pub rule: String,
    /// Whether it was read in the controller's source.
    pub verified: YesNo,
    /// Where.
    pub source: String,
    /// For the reviewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Where a provider id keeps the region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RegionFrom {
    /// The first path part is an AWS zone.
    AwsZone,
    /// The second path part is a Google Cloud zone.
    GceZone,
    /// The text before the first dot is the region.
    BeforeDot,
    /// The first path part is a Tencent zone, by name or by number.
    TencentZone,
    /// The fourth part of an OCID is the region or its key.
    OciOcid,
    /// The second path part, when there are three, is a Scaleway zone.
    ScalewayZone,
    /// Not in the id: the label tells.
    LabelOnly,
    /// Large Alibaba machines: not in the id, and only with their label.
    Lingjun,
    /// The machine stands outside the cloud that its id names.
    StandsElsewhere,
    /// Every OpenStack cloud writes the same.
    AnyOpenStack,
    /// No region table for it here.
    NoTable,
}

/// A source of the region tables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Source {
    /// How rows cite it.
    pub id: String,
    /// What it is.
    pub what: String,
}

/// All places, indexed.
#[derive(Clone, Debug)]
pub struct Places {
    countries: BTreeMap<String, Country>,
    groups: BTreeMap<String, Group>,
    aliases: HashMap<String, String>,
    sets: HashMap<String, CountrySet>,
    providers: Vec<Provider>,
    regions: HashMap<String, HashMap<String, (usize, usize)>>,
    zones: Vec<ZoneAbroad>,
    forms: Vec<ProviderForm>,
    shared: Vec<SharedName>,
    sources: Vec<Source>,
}

impl Places {
    pub(super) fn load() -> Result<Self, LoadError> {
        let countries: Vec<Country> = load::one("countries.yaml")?;
        let groups: Vec<Group> = load::one("groups.yaml")?;
        let providers = load::each::<Provider>("regions")?;
        let mut regions: HashMap<String, HashMap<String, (usize, usize)>> = HashMap::new();
        for (p, provider) in providers.iter().enumerate() {
            let names = regions.entry(provider.provider.clone()).or_default();
            for (r, region) in provider.regions.iter().enumerate() {
                for name in std::iter::once(&region.region).chain(&region.aliases) {
                    if names.insert(name.clone(), (p, r)).is_some() {
                        return Err(LoadError::Duplicate {
                            kind: "region",
                            id: format!("{} {name}", provider.provider),
                        });
                    }
                }
            }
        }
        let mut aliases = HashMap::from([("UK".to_owned(), "GB".to_owned())]);
        for group in &groups {
            aliases.extend(group.aliases.iter().map(|alias| (alias.clone(), group.id.clone())));
        }
        let countries = unique("country", countries, |country| &country.code)?;
        let groups = unique("country group", groups, |group| &group.id)?;
        Ok(Self {
            sets: country_set::sets(&countries, &groups, &aliases),
            countries,
            groups,
            aliases,
            providers,
            regions,
            zones: load::one("zones.yaml")?,
            forms: load::one("provider-ids.yaml")?,
            shared: load::one("ambiguous-regions.yaml")?,
            sources: load::one("region-sources.yaml")?,
        })
    }

    /// A country by its code.
    #[must_use]
    pub fn country(&self, code: &str) -> Option<&Country> {
        self.countries.get(code)
    }

    /// All countries, by code.
    pub fn countries(&self) -> impl Iterator<Item = &Country> {
        self.countries.values()
    }

    /// A group of countries by its id or another name for it.
    #[must_use]
    pub fn group(&self, id: &str) -> Option<&Group> {
        self.groups.get(self.canonical(id))
    }

    /// All groups, by id.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.values()
    }

    /// Whether a word names a country or a group of countries.
    #[must_use]
    pub fn is_area(&self, area: &str) -> bool {
        let area = self.canonical(area);
        self.countries.contains_key(area) || self.groups.contains_key(area)
    }

    /// Whether a country lies in an area; `None` when the area is not known.
    #[must_use]
    pub fn contains(&self, area: &str, country: &str) -> Option<bool> {
        self.sets.get(area).map(|set| set.contains(country))
    }

    /// All countries of these areas together, other words for them included; areas that are not known have none.
    #[must_use]
    pub fn within<'s>(&self, areas: impl IntoIterator<Item = &'s str>) -> CountrySet {
        let mut all = CountrySet::default();
        areas.into_iter().filter_map(|area| self.sets.get(area)).for_each(|set| all.unite(set));
        all
    }

    /// The countries of an area, by code; empty when the area is not known.
    #[must_use]
    pub fn expand(&self, area: &str) -> Vec<&str> {
        let area = self.canonical(area);
        match self.groups.get(area) {
            Some(group) => group.members.iter().map(String::as_str).collect(),
            None => self.countries.get(area).map(|country| country.code.as_str()).into_iter().collect(),
        }
    }

    /// The word that the tables use: `UK` is `GB`, `EU27` is `EU`.
    #[must_use]
    pub fn canonical<'a>(&'a self, area: &'a str) -> &'a str {
        self.aliases.get(area).map_or(area, String::as_str)
    }

    /// A provider by its id.
    #[must_use]
    pub fn provider(&self, id: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.provider == id)
    }

    /// All providers.
    pub fn providers(&self) -> impl Iterator<Item = &Provider> {
        self.providers.iter()
    }

    /// A region, always by provider and name together.
    #[must_use]
    pub fn region(&self, provider: &str, name: &str) -> Option<&Region> {
        let &(p, r) = self.regions.get(provider)?.get(name)?;
        self.providers.get(p)?.regions.get(r)
    }

    /// The zone abroad that a zone's name belongs to.
    #[must_use]
    pub fn zone_abroad(&self, provider: &str, zone: &str) -> Option<&ZoneAbroad> {
        self.zones
            .iter()
            .filter(|row| row.provider == provider && zone.starts_with(&row.prefix))
            .max_by_key(|row| row.prefix.len())
    }

    /// All zones that stand in another country than their region.
    #[must_use]
    pub fn zones_abroad(&self) -> &[ZoneAbroad] {
        &self.zones
    }

    /// The forms of provider ids.
    #[must_use]
    pub fn provider_forms(&self) -> &[ProviderForm] {
        &self.forms
    }

    /// Region names that several clouds use.
    #[must_use]
    pub fn shared_names(&self) -> &[SharedName] {
        &self.shared
    }

    /// What the sources of the region tables are.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }
}

/// A map by id, where no id may come twice.
pub(super) fn unique<T>(
    kind: &'static str,
    list: Vec<T>,
    id: impl Fn(&T) -> &String,
) -> Result<BTreeMap<String, T>, LoadError> {
    let mut map = BTreeMap::new();
    for item in list {
        let key = id(&item).clone();
        if map.contains_key(&key) {
            return Err(LoadError::Duplicate { kind, id: key });
        }
        map.insert(key, item);
    }
    Ok(map)
}
