//! Where pods may stand, as an answer: countries, providers, regions and accelerators, what is let and what never is.
//!
//! One predicate for all: the template renders it, the plan counts nodes by it, and whoever watches nodes asks it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::chips::ChipLimit;
use super::country_words::{MAX_LISTED, few, named};
use crate::manifest::names::{NODE_COUNTRY, NODE_PROVIDER, NODE_REGION};

/// Where pods may stand: a predicate, never a list of nodes. All its parts hold together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Places {
    /// Countries.
    pub countries: Allowance,
    /// Providers.
    pub providers: Allowance,
    /// Regions as (provider, region); nothing: any.
    pub regions: Option<BTreeSet<(String, String)>>,
    /// Regions excluded.
    pub regions_denied: BTreeSet<(String, String)>,
    /// Accelerators that pods keep off, and where.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chips: Vec<ChipLimit>,
    /// Who restricts places, and to what.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
}

/// What one of those who restrict lets by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// Who, in words: "spec.placement", "ModelPolicy/china", "Hunyuan-A13B (clause 5c)", "rule us-embargo".
    pub by: String,
    /// Countries.
    #[serde(default, skip_serializing_if = "Allowance::is_any")]
    pub countries: Allowance,
    /// Providers.
    #[serde(default, skip_serializing_if = "Allowance::is_any")]
    pub providers: Allowance,
    /// Regions as (provider, region); nothing: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regions: Option<BTreeSet<(String, String)>>,
    /// Regions excluded.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub regions_denied: BTreeSet<(String, String)>,
}

impl Part {
    /// That somebody lets these places by itself.
    pub(super) fn of(by: String, alone: Places) -> Self {
        let Places { countries, providers, regions, regions_denied, .. } = alone;
        Self { by, countries, providers, regions, regions_denied }
    }
}

/// What is allowed of a set.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Allowance {
    /// Only these; nothing: any. Already without what is denied.
    pub only: Option<BTreeSet<String>>,
    /// Never these; needed only where `only` is nothing.
    pub never: BTreeSet<String>,
    /// Whether it has to be known, where nothing else restricts it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub known: bool,
}

impl Allowance {
    /// Only these.
    #[must_use]
    pub fn only(values: BTreeSet<String>) -> Self {
        Self { only: Some(values), ..Self::default() }
    }

    /// All but these.
    #[must_use]
    pub fn never(values: BTreeSet<String>) -> Self {
        Self { never: values, ..Self::default() }
    }

    /// Whether a known value is allowed; an unknown one only where nothing restricts.
    #[must_use]
    pub fn allows(&self, value: Option<&str>) -> bool {
        match (value, &self.only) {
            (None, _) => !self.restricts(),
            (Some(v), Some(only)) => only.contains(v),
            (Some(v), None) => !self.never.contains(v),
        }
    }

    /// Whether anything is restricted.
    #[must_use]
    pub fn restricts(&self) -> bool {
        self.only.is_some() || !self.never.is_empty() || self.known
    }

    /// Whether nothing is restricted.
    #[must_use]
    pub fn is_any(&self) -> bool {
        !self.restricts()
    }

    /// Whether being known would be all that is asked.
    pub(super) fn is_known_unsaid(&self) -> bool {
        self.only.is_none() && self.never.is_empty()
    }

    /// Keeps to these, as far as they were allowed.
    pub fn keep_to(&mut self, values: &BTreeSet<String>) {
        let mut values = match self.only.take() {
            Some(known) => known.intersection(values).cloned().collect(),
            None => values.clone(),
        };
        values.retain(|value| !self.never.contains(value));
        self.only = Some(values);
    }

    /// Keeps out of these.
    pub fn keep_out(&mut self, values: &BTreeSet<String>) {
        // Of what is listed, what is taken out is gone, and need not be named beside it.
        match &mut self.only {
            Some(only) => only.retain(|value| !values.contains(value)),
            None => self.never.extend(values.iter().cloned()),
        }
    }

    /// Whether every value that this allows, known or not, the other allows too.
    #[must_use]
    pub fn is_within(&self, outer: &Self) -> bool {
        match (&self.only, &outer.only) {
            (Some(inner), Some(outer)) => inner.is_subset(outer),
            (Some(inner), None) => inner.is_disjoint(&outer.never),
            (None, Some(_)) => false,
            (None, None) => outer.never.is_subset(&self.never) && (self.restricts() || !outer.restricts()),
        }
    }

    /// For a table: `CN,SG`, `not DE,FR`, `any known` or `any`.
    #[must_use]
    pub fn words(&self) -> String {
        let list = |set: &BTreeSet<String>| set.iter().map(String::as_str).collect::<Vec<_>>().join(",");
        match &self.only {
            Some(only) if only.is_empty() => "none".into(),
            Some(only) => few(only).unwrap_or_else(|| list(only)),
            None if self.never.is_empty() && self.known => "any known".into(),
            None if self.never.is_empty() => "any".into(),
            None if self.never.len() <= MAX_LISTED => format!("not {}", list(&self.never)),
            None => match named(&self.never) {
                names if names.len() <= MAX_LISTED => format!("not {}", names.join(",")),
                _ => format!("not {} countries", self.never.len()),
            },
        }
    }
}

/// Which part of the predicate keeps pods off a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptOff<'p> {
    /// Its country.
    Country,
    /// Its provider.
    Provider,
    /// Its region.
    Region,
    /// Its accelerator, by this limit.
    Chip(&'p ChipLimit),
}

impl Places {
    /// For a table: countries, or where only regions are listed, how many of them.
    #[must_use]
    pub fn words(&self) -> String {
        match &self.regions {
            Some(regions) if !self.countries.restricts() && regions.len() == 1 => "1 region".into(),
            Some(regions) if !self.countries.restricts() => format!("{} regions", regions.len()),
            _ => self.countries.words(),
        }
    }

    /// Who restricts, in words.
    pub fn by(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().map(|part| part.by.as_str()).chain(self.chips.iter().map(|limit| limit.by.as_str()))
    }

    /// Whether pods may stand on a node with these labels. Only guarded ones are looked at, and the labels by which
    /// nodes show an accelerator that is kept off.
    #[must_use]
    pub fn lets(&self, labels: &BTreeMap<String, String>) -> bool {
        self.keeps_off(labels).is_none()
    }

    /// What keeps pods off a node with these labels.
    #[must_use]
    pub fn keeps_off(&self, labels: &BTreeMap<String, String>) -> Option<KeptOff<'_>> {
        let (country, provider, region) = stands(labels);
        if !self.countries.allows(country) {
            Some(KeptOff::Country)
        } else if !self.providers.allows(provider) {
            Some(KeptOff::Provider)
        } else if !region_fine(self.regions.as_ref(), &self.regions_denied, provider, region) {
            Some(KeptOff::Region)
        } else {
            self.chips.iter().find(|limit| !limit.lets(labels)).map(KeptOff::Chip)
        }
    }

    /// Whether a node with this country, provider and region will do, whatever its accelerator. Unknown matters only
    /// where something asks.
    #[must_use]
    pub fn allow(&self, country: Option<&str>, provider: Option<&str>, region: Option<&str>) -> bool {
        self.countries.allows(country)
            && self.providers.allows(provider)
            && region_fine(self.regions.as_ref(), &self.regions_denied, provider, region)
    }

    /// Who keeps pods off a node with these labels, by this part of the predicate, in words.
    #[must_use]
    pub fn who(&self, what: KeptOff<'_>, labels: &BTreeMap<String, String>) -> Vec<String> {
        let (country, provider, region) = stands(labels);
        let keeps = |part: &&Part| match what {
            KeptOff::Country => !part.countries.allows(country),
            KeptOff::Provider => !part.providers.allows(provider),
            KeptOff::Region => !region_fine(part.regions.as_ref(), &part.regions_denied, provider, region),
            KeptOff::Chip(_) => false,
        };
        match what {
            KeptOff::Chip(limit) => vec![limit.by.clone()],
            _ => self.parts.iter().filter(keeps).map(|part| part.by.clone()).collect(),
        }
    }

    /// Whether anything is restricted.
    #[must_use]
    pub fn restrict(&self) -> bool {
        self.countries.restricts()
            || self.providers.restricts()
            || self.regions.is_some()
            || !self.regions_denied.is_empty()
            || !self.chips.is_empty()
    }

    /// Whether every node that this lets, the other lets too.
    #[must_use]
    pub fn is_within(&self, outer: &Self) -> bool {
        let regions = match (&self.regions, &outer.regions) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(inner), Some(outer)) => inner.is_subset(outer),
        };
        self.countries.is_within(&outer.countries)
            && self.providers.is_within(&outer.providers)
            && regions
            && outer.regions_denied.is_subset(&self.regions_denied)
            && outer.chips.iter().all(|limit| self.chips.iter().any(|own| own.is_as_strict_as(limit)))
    }
}

/// Country, provider and region by the guarded labels.
fn stands(labels: &BTreeMap<String, String>) -> (Option<&str>, Option<&str>, Option<&str>) {
    let label = |key: &str| labels.get(key).map(String::as_str).filter(|value| !value.is_empty());
    (label(NODE_COUNTRY), label(NODE_PROVIDER), label(NODE_REGION))
}

fn region_fine(
    regions: Option<&BTreeSet<(String, String)>>,
    denied: &BTreeSet<(String, String)>,
    provider: Option<&str>,
    region: Option<&str>,
) -> bool {
    let pair = provider.zip(region).map(|(provider, region)| (provider.to_owned(), region.to_owned()));
    match (regions, pair) {
        (None, _) if denied.is_empty() => true,
        (None, Some(pair)) => !denied.contains(&pair),
        // A provider that has no denied region needs to show none.
        (None, None) => provider.is_some_and(|p| denied.iter().all(|(denied, _)| denied != p)),
        (Some(only), Some(pair)) => only.contains(&pair) && !denied.contains(&pair),
        (_, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::Chips;

    fn set(words: &[&str]) -> BTreeSet<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    fn only(codes: &[&str]) -> Places {
        Places { countries: Allowance::only(set(codes)), ..Places::default() }
    }

    fn never(codes: &[&str]) -> Places {
        Places { countries: Allowance::never(set(codes)), ..Places::default() }
    }

    #[test]
    fn a_place_lies_within_another_when_every_node_that_it_lets_is_let() {
        assert!(only(&["CN"]).is_within(&only(&["CN", "SG"])));
        assert!(!only(&["CN", "SG"]).is_within(&only(&["CN"])));
        assert!(only(&["CN"]).is_within(&never(&["FR"])));
        assert!(!only(&["FR"]).is_within(&never(&["FR"])));
        assert!(!never(&["FR"]).is_within(&only(&["CN"])));
        assert!(never(&["FR", "DE"]).is_within(&never(&["FR"])));
        assert!(!never(&["FR"]).is_within(&never(&["FR", "DE"])));
        assert!(only(&["CN"]).is_within(&Places::default()));
        assert!(!Places::default().is_within(&only(&["CN"])));
        let known = Places { countries: Allowance { known: true, ..Allowance::default() }, ..Places::default() };
        assert!(known.is_within(&Places::default()) && only(&["CN"]).is_within(&known));
        assert!(never(&["FR"]).is_within(&known) && !Places::default().is_within(&known));
    }

    #[test]
    fn places_with_a_limit_on_accelerators_lie_within_those_without() {
        let limited = |countries: Allowance, chips: Chips, evidence: &[&str]| {
            let limit = ChipLimit { countries, chips, evidence: set(evidence), by: "r".into(), ..ChipLimit::default() };
            Places { chips: vec![limit], ..Places::default() }
        };
        let in_cn = || Allowance::only(set(&["CN"]));
        let few = limited(in_cn(), Chips::Never(set(&["h100"])), &["k"]);
        assert!(few.is_within(&Places::default()) && !Places::default().is_within(&few));
        for stricter in [
            limited(in_cn(), Chips::Never(set(&["h100", "l4"])), &["k"]),
            limited(in_cn(), Chips::Only(set(&["a10"])), &["k"]),
            limited(Allowance::default(), Chips::Never(set(&["h100"])), &["k"]),
            limited(in_cn(), Chips::Never(set(&["h100"])), &["k", "more"]),
            limited(in_cn(), Chips::Never(set(&["h100"])), &[]),
        ] {
            assert!(stricter.is_within(&few) && !few.is_within(&stricter), "{stricter:?}");
        }
    }

    #[test]
    fn a_limit_holds_where_the_country_is_not_known_and_evidence_on_the_node_lifts_it() {
        let limit = ChipLimit {
            countries: Allowance::only(set(&["CN"])),
            chips: Chips::Never(set(&["h100"])),
            labels: BTreeMap::from([("nvidia.com/gpu.product".to_owned(), set(&["NVIDIA-H100-NVL"]))]),
            evidence: set(&["us.bis_licence"]),
            by: "rule r".into(),
        };
        let places = Places { chips: vec![limit], ..Places::default() };
        let guarded = |key: &str| format!("modelport.dev.node-restriction.kubernetes.io/{key}");
        let lets = |labels: &[(&str, &str)]| {
            let name = |key: &str| if key.contains('/') { key.to_owned() } else { guarded(key) };
            places.lets(&labels.iter().map(|(key, value)| (name(key), (*value).to_owned())).collect())
        };
        assert!(lets(&[]) && lets(&[("country", "CN")]) && lets(&[("country", "CN"), ("accelerator", "a10")]));
        assert!(!lets(&[("country", "CN"), ("accelerator", "h100")]) && !lets(&[("accelerator", "h100")]));
        assert!(!lets(&[("country", "CN"), ("nvidia.com/gpu.product", "NVIDIA-H100-NVL")]));
        assert!(lets(&[("country", "SG"), ("accelerator", "h100")]));
        assert!(lets(&[("country", "CN"), ("accelerator", "h100"), ("evidence.us.bis_licence", "D123")]));
    }
}
