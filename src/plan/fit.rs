//! How nodes answer a plan, and the guarded labels that say where each stands. To explain, never to permit. Pure.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{inputs::Inputs, pod};
use crate::{
    catalog::{Catalog, NodeEvidence, NodePlace},
    decide::Places,
    manifest::names::{NODE_COUNTRY, NODE_PROVIDER, NODE_REGION, NODE_SOURCE},
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

    /// The guarded labels that the evidence gives: a value, or nothing for one that is to be taken away.
    ///
    /// A country without a source beside it is the administrator's and never touched.
    #[must_use]
    pub fn wanted_labels(&self, place: &NodePlace) -> BTreeMap<&'static str, Option<String>> {
        let mut wanted = BTreeMap::from([(NODE_PROVIDER, place.provider.clone()), (NODE_REGION, place.region.clone())]);
        let administrators = self.label(NODE_COUNTRY).is_some() && self.label(NODE_SOURCE).is_none();
        if !administrators {
            wanted.insert(NODE_COUNTRY, place.country.clone());
            wanted.insert(NODE_SOURCE, place.country.as_ref().and(place.evidence).map(|e| e.as_str().to_owned()));
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
                if why == UNKNOWN {
                    fit.unknown.push(node.name.clone());
                }
                *fit.not.entry(why).or_default() += 1;
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

const UNKNOWN: &str = "of unknown country";

fn obstacle(inputs: &Inputs, node: &NodeSummary) -> Option<&'static str> {
    if let Some(why) = wrong_place(&inputs.places, node) {
        return Some(why);
    }
    let selector = &inputs.spec.placement.node_selector;
    if selector.iter().any(|(key, value)| node.label(key) != Some(value)) {
        return Some("without a label of nodeSelector");
    }
    let labelled =
        |(key, values): &(String, Vec<String>)| node.label(key).is_some_and(|v| values.iter().any(|x| x == v));
    if !inputs.accelerator_labels.is_empty() && !inputs.accelerator_labels.iter().any(labelled) {
        return Some("without the accelerator");
    }
    let resource = pod::accelerators(inputs);
    if let Some((resource, count)) = &resource
        && node.accelerators.get(resource).copied().unwrap_or(0) < i64::from(*count)
    {
        return Some("without enough accelerators");
    }
    let tolerated: BTreeSet<&str> = inputs.spec.placement.tolerations.iter().filter_map(|t| t.key.as_deref()).collect();
    let all = inputs.spec.placement.tolerations.iter().any(|t| t.key.is_none());
    let own = resource.as_ref().map(|(r, _)| r.as_str());
    let hard = |t: &&TaintView| {
        t.effect != "PreferNoSchedule" && !all && !tolerated.contains(t.key.as_str()) && own != Some(t.key.as_str())
    };
    if node.unschedulable {
        return Some("cordoned");
    }
    node.taints.iter().any(|t| hard(&t)).then_some("with a taint that is not tolerated")
}

/// Whether these places let this node: the one question that explaining and moving ask alike.
#[must_use]
pub fn lets(places: &Places, node: &NodeSummary) -> bool {
    let (country, provider, region) = node.stands();
    places.allow(country, provider, region)
}

fn wrong_place(places: &Places, node: &NodeSummary) -> Option<&'static str> {
    let (country, provider, _) = node.stands();
    if lets(places, node) {
        None
    } else if country.is_none() && places.countries.restricts() {
        Some(UNKNOWN)
    } else if !places.countries.allows(country) {
        Some("in another country")
    } else if !places.providers.allows(provider) {
        Some("of another provider")
    } else {
        Some("in another region")
    }
}
