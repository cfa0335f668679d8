//! Accelerators that pods keep off, as part of where they may stand.
//!
//! The node's accelerator is read from the guarded label, which is exact whatever suffix the chip's own labels carry.
//! Beside it stand those labels of the chip, so that a node that joins while nobody writes the guarded one is judged the
//! same.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Allowance;
use crate::manifest::names::{NODE_ACCELERATOR, NODE_COUNTRY, node_evidence};

/// Ids that words about a limit name; more are counted.
const MAX_IDS: usize = 3;

/// What somebody lets of accelerators in some countries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChipLimit {
    /// Where it holds. It holds as well where the country is not known.
    pub countries: Allowance,
    /// What it lets.
    pub chips: Chips,
    /// Labels of nodes, with the values that show an accelerator that is kept off. A plan fills them in.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, BTreeSet<String>>,
    /// Keys of evidence; a node on which all of them are recorded is let. None: nothing on a node lifts it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub evidence: BTreeSet<String>,
    /// Who says it, in words: "rule us-ear-3a090", "ModelPolicy/china".
    pub by: String,
}

/// Which accelerators are let, by the ids of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Chips {
    /// All but these; one that is not known is let.
    Never(BTreeSet<String>),
    /// These, and none that is not known.
    Only(BTreeSet<String>),
}

impl Default for Chips {
    fn default() -> Self {
        Self::Never(BTreeSet::new())
    }
}

impl Chips {
    /// Whether an accelerator is let; nothing: it is not known.
    #[must_use]
    pub fn allow(&self, chip: Option<&str>) -> bool {
        match (self, chip) {
            (Self::Never(never), Some(chip)) => !never.contains(chip),
            (Self::Never(_), None) => true,
            (Self::Only(only), Some(chip)) => only.contains(chip),
            (Self::Only(_), None) => false,
        }
    }

    /// What both let.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Never(one), Self::Never(two)) => Self::Never(one.union(two).cloned().collect()),
            (Self::Only(one), Self::Only(two)) => Self::Only(one.intersection(two).cloned().collect()),
            (Self::Only(only), Self::Never(never)) | (Self::Never(never), Self::Only(only)) => {
                Self::Only(only.difference(never).cloned().collect())
            }
        }
    }

    /// Whether every accelerator that this lets, the other lets too.
    #[must_use]
    pub fn is_within(&self, outer: &Self) -> bool {
        match (self, outer) {
            (Self::Never(inner), Self::Never(outer)) => outer.is_subset(inner),
            (Self::Only(inner), Self::Only(outer)) => inner.is_subset(outer),
            (Self::Only(inner), Self::Never(outer)) => inner.is_disjoint(outer),
            (Self::Never(_), Self::Only(_)) => false,
        }
    }
}

impl ChipLimit {
    /// For people: "in CN: 35 kept off, but not with us.bis_licence on the node", "only 15 known ones".
    #[must_use]
    pub fn words(&self) -> String {
        let list = |ids: &BTreeSet<String>| ids.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        let chips = match &self.chips {
            Chips::Never(never) if never.len() <= MAX_IDS => format!("{} kept off", list(never)),
            Chips::Never(never) => format!("{} kept off", never.len()),
            Chips::Only(only) => format!("only {} known ones", only.len()),
        };
        let countries = match self.countries.words() {
            words if words == "any" => String::new(),
            words => match words.strip_prefix("not ") {
                Some(others) => format!("outside {others}: "),
                None => format!("in {words}: "),
            },
        };
        let keys = self.evidence.iter().map(String::as_str).collect::<Vec<_>>().join(" and ");
        let lifted = match &self.chips {
            _ if keys.is_empty() => String::new(),
            Chips::Never(_) => format!(", but not with {keys} on the node"),
            Chips::Only(_) => format!(", and any with {keys} on the node"),
        };
        format!("{countries}{chips}{lifted}")
    }

    /// Whether it lets a node with these labels.
    #[must_use]
    pub fn lets(&self, labels: &BTreeMap<String, String>) -> bool {
        let country = labels.get(NODE_COUNTRY).filter(|country| !country.is_empty());
        let elsewhere = country.is_some_and(|country| !self.countries.allows(Some(country)));
        elsewhere || self.lets_chip(labels) || self.lifted(labels)
    }

    /// Whether the accelerator is one that it lets.
    fn lets_chip(&self, labels: &BTreeMap<String, String>) -> bool {
        let shows = |(key, values): (&String, &BTreeSet<String>)| labels.get(key).is_some_and(|v| values.contains(v));
        self.chips.allow(labels.get(NODE_ACCELERATOR).map(String::as_str)) && !self.labels.iter().any(shows)
    }

    /// Whether all that lifts it is recorded on the node.
    fn lifted(&self, labels: &BTreeMap<String, String>) -> bool {
        !self.evidence.is_empty() && self.lacks(labels).is_empty()
    }

    /// The labels that lift it on a node, of those that the node lacks.
    #[must_use]
    pub fn lacks(&self, labels: &BTreeMap<String, String>) -> Vec<String> {
        // The value is the reference: an empty one is none.
        let has = |label: &String| labels.get(label).is_some_and(|reference| !reference.is_empty());
        self.evidence.iter().map(|key| node_evidence(key)).filter(|label| !has(label)).collect()
    }

    /// Whether it lets no node that the other does not let.
    #[must_use]
    pub fn is_as_strict_as(&self, other: &Self) -> bool {
        let lifted_less =
            self.evidence.is_empty() || other.evidence.is_subset(&self.evidence) && !other.evidence.is_empty();
        let held =
            |(key, values): (&String, &BTreeSet<String>)| self.labels.get(key).is_some_and(|own| values.is_subset(own));
        other.countries.is_within(&self.countries)
            && self.chips.is_within(&other.chips)
            && lifted_less
            && other.labels.iter().all(held)
    }
}
