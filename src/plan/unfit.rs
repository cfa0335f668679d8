//! Why a node will not do for a plan: a typed reason, with whoever keeps the node out where that is known. Pure.

use serde::Serialize;

use crate::decide::Places;

/// Why a node will not do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "why", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Unfit {
    /// Its country is not known, and these ask for it.
    CountryUnknown {
        /// Who asks, in words.
        by: Vec<String>,
    },
    /// Pods keep out of its country.
    Country {
        /// Its country.
        country: String,
        /// Who keeps them out, in words.
        by: Vec<String>,
    },
    /// Pods keep off its provider.
    Provider {
        /// Its provider, as far as it is known.
        provider: Option<String>,
        /// Who keeps them off, in words.
        by: Vec<String>,
    },
    /// Pods keep out of its region.
    Region {
        /// Its region, as far as it is known.
        region: Option<String>,
        /// Who keeps them out, in words.
        by: Vec<String>,
    },
    /// Pods keep off its accelerator.
    Chip {
        /// Its accelerator, by its id in the catalogue, as far as it is known.
        chip: Option<String>,
        /// Who keeps them off, in words.
        by: Vec<String>,
        /// The guarded labels that an administrator would record to lift it; none where nothing on a node does.
        lifted_by: Vec<String>,
    },
    /// It lacks a label that the manifest selects by.
    NodeSelector {
        /// The key.
        key: String,
        /// The value.
        value: String,
    },
    /// It does not show the accelerator that the manifest names.
    Product {
        /// As the manifest names it.
        asked: String,
    },
    /// It offers too few accelerators.
    Resource {
        /// The extended resource.
        resource: String,
        /// How many are asked for.
        asked: i32,
        /// How many it offers in all.
        has: i64,
    },
    /// It is cordoned.
    Cordoned,
    /// It carries a taint that the pods do not tolerate.
    Taint {
        /// The taint's key.
        key: String,
    },
}

impl Unfit {
    /// After a number of nodes: "7 in another country".
    #[must_use]
    pub fn words(&self) -> &'static str {
        match self {
            Self::CountryUnknown { .. } => "of unknown country",
            Self::Country { .. } => "in another country",
            Self::Provider { .. } => "of another provider",
            Self::Region { .. } => "in another region",
            Self::Chip { .. } => "with an accelerator that is kept off",
            Self::NodeSelector { .. } => "without a label of nodeSelector",
            Self::Product { .. } => "without the accelerator",
            Self::Resource { .. } => "without enough accelerators",
            Self::Cordoned => "cordoned",
            Self::Taint { .. } => "with a taint that is not tolerated",
        }
    }

    /// Who keeps the node out, in words; nobody but the manifest or the node itself where it is empty.
    #[must_use]
    pub fn by(&self) -> &[String] {
        match self {
            Self::CountryUnknown { by }
            | Self::Country { by, .. }
            | Self::Provider { by, .. }
            | Self::Region { by, .. }
            | Self::Chip { by, .. } => by,
            Self::NodeSelector { .. }
            | Self::Product { .. }
            | Self::Resource { .. }
            | Self::Cordoned
            | Self::Taint { .. } => &[],
        }
    }
}

/// Regions that a line shows; the rest is counted.
const MAX_REGIONS: usize = 4;

/// Regions are kept out, or are all that is let, and a node does not show in which one it stands.
#[must_use]
pub fn region_not_shown(by: &[String], places: &Places, provider: Option<&str>) -> String {
    let missing = if provider.is_none() { "cloud" } else { "region" };
    let (says, regions) = match &places.regions {
        Some(only) => ("lets only", only),
        None => ("keeps out of", &places.regions_denied),
    };
    let shown: Vec<String> = regions.iter().take(MAX_REGIONS).map(|(p, r)| format!("{p}/{r}")).collect();
    let more = regions.len() - shown.len();
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{} {says} {}{more}, and no known {missing} tells where this is", by.join(", "), shown.join(", "))
}
