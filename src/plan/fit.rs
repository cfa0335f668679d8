//! How nodes answer a plan, and the guarded labels that say where each stands. To explain, never to permit. Pure.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{inputs::Inputs, pod, unfit::Unfit};
use crate::{
    catalog::{Catalog, NodeEvidence, NodePlace, chip_labels::NodeChip},
    decide::{KeptOff, Places},
    manifest::names::{NODE_ACCELERATOR, NODE_COUNTRY, NODE_PROVIDER, NODE_REGION, NODE_SOURCE},
};

/// A taint.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
pub struct TaintView {
    /// Key.
    pub key: String,
    /// Value.
    #[serde(default)]
    pub value: Option<String>,
    /// Effect.
    pub effect: String,
}

/// What is looked at of a node; a heartbeat changes none of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeSummary {
    /// Name.
    pub name: String,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// Taints.
    pub taints: Vec<TaintView>,
    /// Cordoned.
    pub unschedulable: bool,
    /// Extended resources that it offers, and how many.
    pub accelerators: BTreeMap<String, i64>,
    /// Whether it does not say yet what it can carry, as a node that somebody wrote down or that has only just joined: what
    /// is unknown keeps nothing out, and the scheduler has the last word.
    pub capacity_unsaid: bool,
    /// The cloud's id.
    pub provider_id: String,
}

impl NodeSummary {
    fn label(&self, key: &str) -> Option<&str> {
        self.labels.get(key).map(String::as_str).filter(|v| !v.is_empty())
    }

    /// Where it stands, by the guarded labels that pods select on.
    #[must_use]
    pub fn stands(&self) -> (Option<&str>, Option<&str>, Option<&str>) {
        (self.label(NODE_COUNTRY), self.label(NODE_PROVIDER), self.label(NODE_REGION))
    }

    /// Where it stands, by the evidence.
    #[must_use]
    pub fn place(&self, catalog: &Catalog) -> NodePlace {
        let taints = self.taints.iter().map(|t| t.key.as_str());
        catalog.places().locate(&NodeEvidence::from_node(&self.provider_id, &self.labels, taints))
    }

    /// Which accelerator it has, by the evidence.
    #[must_use]
    pub fn chip<'c>(&self, catalog: &'c Catalog, place: &NodePlace) -> NodeChip<'c> {
        catalog.accelerators().of_node(place.provider.as_deref(), &self.labels)
    }

    /// The guarded labels that the evidence gives: a value, or nothing for one that is to be taken away.
    ///
    /// A country without a source beside it is the administrator's and never touched. An accelerator that nothing shows
    /// is left as it is written: what a kubelet takes away of its own labels takes nothing away here.
    #[must_use]
    pub fn wanted_labels(&self, place: &NodePlace, chip: &NodeChip<'_>) -> BTreeMap<&'static str, Option<String>> {
        let mut wanted = BTreeMap::from([(NODE_PROVIDER, place.provider.clone()), (NODE_REGION, place.region.clone())]);
        let administrators = self.label(NODE_COUNTRY).is_some() && self.label(NODE_SOURCE).is_none();
        if !administrators {
            wanted.insert(NODE_COUNTRY, place.country.clone());
            wanted.insert(NODE_SOURCE, place.country.as_ref().and(place.evidence).map(|e| e.as_str().to_owned()));
        }
        if chip.id.is_some() || chip.contradiction.is_some() {
            wanted.insert(NODE_ACCELERATOR, chip.id.map(str::to_owned));
        }
        wanted.retain(|key, value| self.label(key) != value.as_deref());
        wanted
    }
}

/// How the nodes that exist answer a deployment; to explain, never to permit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fit {
    /// Nodes that would do.
    pub fit: usize,
    /// Nodes that would not, by why.
    pub not: BTreeMap<&'static str, usize>,
    /// Nodes whose country is not known, where one is asked for.
    pub unknown: Vec<String>,
}

impl Fit {
    /// One line for people: "4 nodes fit; 11 do not: 7 in another country, 4 without the accelerator".
    #[must_use]
    pub fn words(&self) -> String {
        let not: usize = self.not.values().sum();
        let verb = if self.fit == 1 { "node fits" } else { "nodes fit" };
        if not == 0 {
            return format!("{} {verb}", self.fit);
        }
        let parts = self.not.iter().map(|(why, n)| format!("{n} {why}")).collect::<Vec<_>>().join(", ");
        format!("{} {verb}; {not} not: {parts}", self.fit)
    }
}

/// How these nodes answer these inputs.
#[must_use]
pub fn fit(inputs: &Inputs, nodes: &[NodeSummary]) -> Fit {
    let mut fit = Fit::default();
    for node in nodes {
        match obstacle(inputs, node) {
            None => fit.fit += 1,
            Some(why) => {
                if matches!(why, Unfit::CountryUnknown { .. }) {
                    fit.unknown.push(node.name.clone());
                }
                *fit.not.entry(why.words()).or_default() += 1;
            }
        }
    }
    fit
}

/// What disagrees about the place of nodes that have pods of these inputs, or could take them: each sentence once. Where
/// nothing asks for a place, it does not matter.
#[must_use]
pub fn disagrees<'a>(
    inputs: &Inputs,
    nodes: &[NodeSummary],
    disagreements: impl Iterator<Item = (&'a str, &'a [String])>,
    stands_on: impl Fn(&str) -> bool,
) -> Vec<String> {
    if !inputs.places.restrict() {
        return Vec::new();
    }
    let node = |name: &str| nodes.binary_search_by(|n| n.name.as_str().cmp(name)).ok().and_then(|at| nodes.get(at));
    let could = |name: &str| node(name).is_some_and(|node| obstacle(inputs, node).is_none());
    let concerned = disagreements.filter(|(name, _)| stands_on(name) || could(name));
    let sentences: BTreeSet<String> = concerned.flat_map(|(_, sentences)| sentences.iter().cloned()).collect();
    sentences.into_iter().collect()
}

/// Why a node will not do for these inputs, the first thing first; nothing where it will. The place is judged by the
/// same predicate that the template holds.
#[must_use]
pub fn obstacle(inputs: &Inputs, node: &NodeSummary) -> Option<Unfit> {
    if let Some(why) = wrong_place(inputs, node) {
        return Some(why);
    }
    let selector = &inputs.spec.placement.node_selector;
    if let Some((key, value)) = selector.iter().find(|(key, value)| node.label(key) != Some(value)) {
        return Some(Unfit::NodeSelector { key: key.clone(), value: value.clone() });
    }
    let labelled =
        |(key, values): &(String, Vec<String>)| node.label(key).is_some_and(|v| values.iter().any(|x| x == v));
    if !inputs.accelerator_labels.is_empty() && !inputs.accelerator_labels.iter().any(labelled) {
        let asked = inputs.spec.accelerators.as_ref().and_then(|asked| asked.product.clone());
        return Some(Unfit::Product { asked: asked.unwrap_or_default() });
    }
    let resource = pod::accelerators(inputs);
    if let (Some((resource, asked)), false) = (&resource, node.capacity_unsaid) {
        let has = node.accelerators.get(resource).copied().unwrap_or(0);
        if has < i64::from(*asked) {
            return Some(Unfit::Resource { resource: resource.clone(), asked: *asked, has });
        }
    }
    if node.unschedulable {
        return Some(Unfit::Cordoned);
    }
    let tolerated: BTreeSet<&str> = inputs.spec.placement.tolerations.iter().filter_map(|t| t.key.as_deref()).collect();
    let all = inputs.spec.placement.tolerations.iter().any(|t| t.key.is_none());
    let own = resource.as_ref().map(|(r, _)| r.as_str());
    let hard = |t: &&TaintView| {
        t.effect != "PreferNoSchedule" && !all && !tolerated.contains(t.key.as_str()) && own != Some(t.key.as_str())
    };
    node.taints.iter().find(hard).map(|taint| Unfit::Taint { key: taint.key.clone() })
}

/// Whether these places let this node: the one question that explaining and moving ask alike.
#[must_use]
pub fn lets(places: &Places, node: &NodeSummary) -> bool {
    places.lets(&node.labels)
}

fn wrong_place(inputs: &Inputs, node: &NodeSummary) -> Option<Unfit> {
    let places = &inputs.places;
    let what = places.keeps_off(&node.labels)?;
    let by = places.who(what, &node.labels);
    let (country, provider, region) = node.stands();
    let owned = |value: Option<&str>| value.map(str::to_owned);
    Some(match (what, country) {
        (KeptOff::Country, Some(country)) => Unfit::Country { country: country.to_owned(), by },
        (KeptOff::Country, None) => Unfit::CountryUnknown { by },
        (KeptOff::Provider, _) => Unfit::Provider { provider: owned(provider), by },
        (KeptOff::Region, _) => Unfit::Region { region: owned(region), by },
        (KeptOff::Chip(limit), _) => {
            Unfit::Chip { chip: owned(node.label(NODE_ACCELERATOR)), by, lifted_by: limit.lacks(&node.labels) }
        }
    })
}
