//! Where pods may stand, as an answer: countries, providers and regions, what is let and what never is.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

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
    /// Who restricts, in words: "spec.placement", "ModelPolicy/china", "Hunyuan-A13B (clause 5c)".
    pub by: Vec<String>,
}

/// What is allowed of a set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Allowance {
    /// Only these; nothing: any. Already without what is denied.
    pub only: Option<BTreeSet<String>>,
    /// Never these; needed only where `only` is nothing.
    pub never: BTreeSet<String>,
}

impl Allowance {
    /// Whether a known value is allowed; an unknown one only where nothing restricts.
    #[must_use]
    pub fn allows(&self, value: Option<&str>) -> bool {
        match (value, &self.only) {
            (None, only) => only.is_none() && self.never.is_empty(),
            (Some(v), Some(only)) => only.contains(v),
            (Some(v), None) => !self.never.contains(v),
        }
    }

    /// Whether anything is restricted.
    #[must_use]
    pub fn restricts(&self) -> bool {
        self.only.is_some() || !self.never.is_empty()
    }

    /// For a table: `CN,SG`, `not DE,FR`, or `any`.
    #[must_use]
    pub fn words(&self) -> String {
        let list = |set: &BTreeSet<String>| set.iter().map(String::as_str).collect::<Vec<_>>().join(",");
        match &self.only {
            Some(only) if only.is_empty() => "none".into(),
            Some(only) => list(only),
            None if self.never.is_empty() => "any".into(),
            None if self.never.len() > 4 => format!("not {} countries", self.never.len()),
            None => format!("not {}", list(&self.never)),
        }
    }
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

    /// Whether a node with this country, provider and region will do. Unknown matters only where something asks.
    #[must_use]
    pub fn allow(&self, country: Option<&str>, provider: Option<&str>, region: Option<&str>) -> bool {
        let pair = || Some((provider?.to_owned(), region?.to_owned()));
        let region_fine = match (&self.regions, pair()) {
            (None, _) if self.regions_denied.is_empty() => true,
            (None, Some(pair)) => !self.regions_denied.contains(&pair),
            // A provider that has no denied region needs to show none.
            (None, None) => provider.is_some_and(|p| self.regions_denied.iter().all(|(denied, _)| denied != p)),
            (Some(only), Some(pair)) => only.contains(&pair) && !self.regions_denied.contains(&pair),
            (_, None) => false,
        };
        self.countries.allows(country) && self.providers.allows(provider) && region_fine
    }

    /// Whether anything is restricted.
    #[must_use]
    pub fn restrict(&self) -> bool {
        self.countries.restricts()
            || self.providers.restricts()
            || self.regions.is_some()
            || !self.regions_denied.is_empty()
    }
}
