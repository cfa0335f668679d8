//! The shortest way to a node that fits. Each change is tried: decided with again, and held against the nodes. Pure.
//!
//! What changes is a node, its label, or what the manifest says of nodes; never what it says of the world: whom it
//! serves, to whom it is offered, what for.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{
    fit::{NodeSummary, fit},
    groups::Asked,
    inputs::Inputs,
    pod, runtime,
};
use crate::{
    decide::{Request, Verdict, decide},
    manifest::{
        model_deployment::ModelDeploymentSpec,
        names::NODE_COUNTRY,
        placement::{Region, Toleration},
        written::WrittenCountry,
    },
};

/// Ways that are told.
const MAX_WAYS: usize = 3;
/// Nodes that one command names.
const MAX_NAMES: usize = 5;
/// Countries, products and taints that are tried, each.
const MAX_TRIED: usize = 16;

/// A change after which a node fits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Way {
    /// What is changed and what follows, in one sentence.
    pub sentence: String,
    /// Nodes that fit then; none where the way is another node.
    pub nodes: usize,
}

/// The shortest ways, shortest first: one node before the manifest, one change before two; then those that gain most.
#[must_use]
pub fn shortest(asked: &Asked<'_>) -> Vec<Way> {
    let mut ways = Vec::new();
    if asked.decision.verdict == Verdict::Allowed {
        ways.extend(uncordon(asked));
        ways.extend(label(asked));
    }
    let countries = of_countries(asked);
    let products = of_products(asked);
    let mut changes: Vec<Way> = countries.iter().filter_map(|change| tried(asked, &[change])).collect();
    changes.extend(products.iter().filter_map(|change| tried(asked, &[change])));
    changes.extend(of_taints(asked).iter().filter_map(|change| tried(asked, &[change])));
    changes.sort_by_key(|way| std::cmp::Reverse(way.nodes));
    ways.extend(changes);
    if ways.is_empty() {
        let both = countries.iter().flat_map(|one| products.iter().map(move |other| [one, other]));
        let mut two: Vec<Way> = both.filter_map(|[one, other]| tried(asked, &[one, other])).collect();
        two.sort_by_key(|way| std::cmp::Reverse(way.nodes));
        ways.extend(two);
    }
    if ways.is_empty() && asked.decision.verdict == Verdict::Allowed {
        ways.push(another_node(asked.inputs));
    }
    ways.truncate(MAX_WAYS);
    ways
}

/// A change of what the manifest says of nodes.
struct Change {
    words: String,
    make: Box<dyn Fn(&mut ModelDeploymentSpec)>,
}

/// The way, if a node fits after these changes and the decision with them is that it may.
fn tried(asked: &Asked<'_>, changes: &[&Change]) -> Option<Way> {
    let mut spec = asked.request.spec.clone();
    for change in changes {
        (change.make)(&mut spec);
    }
    let decision = decide(&Request { spec: &spec, ..*asked.request }, asked.facts);
    if decision.verdict != Verdict::Allowed {
        return None;
    }
    let chosen = runtime::choose(&spec, asked.facts, &asked.inputs.runtime).ok()?;
    let (accelerator_labels, accelerator_resource) = (chosen.accelerator_labels, chosen.accelerator_resource);
    let places = decision.places;
    let inputs = Inputs { spec, accelerator_labels, accelerator_resource, places, ..asked.inputs.clone() };
    let inputs = inputs.with_chip_labels(asked.facts.catalog.accelerators());
    let nodes = fit(&inputs, asked.nodes).fit;
    let words = changes.iter().map(|change| change.words.as_str()).collect::<Vec<_>>().join(" and ");
    (nodes > 0).then(|| Way { sentence: format!("with {words}, {} (decided again: Allowed).", then(nodes)), nodes })
}

fn then(nodes: usize) -> String {
    if nodes == 1 { "1 node fits".into() } else { format!("{nodes} nodes fit") }
}

fn names(nodes: &[&str]) -> String {
    let shown = nodes.iter().take(MAX_NAMES).copied().collect::<Vec<_>>().join(" ");
    if nodes.len() > MAX_NAMES { format!("{shown} ...") } else { shown }
}

/// Nodes that would do and are cordoned.
fn uncordon(asked: &Asked<'_>) -> Option<Way> {
    let would = |node: &&NodeSummary| {
        let open = NodeSummary { unschedulable: false, ..(*node).clone() };
        node.unschedulable && fit(asked.inputs, &[open]).fit == 1
    };
    let nodes: Vec<&str> = asked.nodes.iter().filter(would).map(|node| node.name.as_str()).collect();
    let sentence = format!("once they are ready for pods, kubectl uncordon {}: {}.", names(&nodes), then(nodes.len()));
    (!nodes.is_empty()).then_some(Way { sentence, nodes: nodes.len() })
}

/// Nodes that would do if they stand where pods may stand, which nobody has said.
fn label(asked: &Asked<'_>) -> Option<Way> {
    let allowed: Vec<&str> = asked.inputs.places.countries.only.iter().flatten().map(String::as_str).collect();
    let first = *allowed.first()?;
    let would = |node: &&NodeSummary| {
        let mut labelled = (*node).clone();
        labelled.labels.insert(NODE_COUNTRY.to_owned(), first.to_owned());
        node.stands().0.is_none() && fit(asked.inputs, &[labelled]).fit == 1
    };
    let nodes: Vec<&str> = asked.nodes.iter().filter(would).map(|node| node.name.as_str()).collect();
    if nodes.is_empty() {
        return None;
    }
    let written = if allowed.len() == 1 { first } else { "COUNTRY" };
    let countries =
        if allowed.len() > MAX_NAMES { asked.inputs.places.countries.words() } else { allowed.join(" or ") };
    let sentence = format!(
        "if {} {} in {}, an administrator says so: kubectl label node {} {NODE_COUNTRY}={written}; {} then.",
        names(&nodes),
        if nodes.len() == 1 { "stands" } else { "stand" },
        countries,
        names(&nodes),
        then(nodes.len()),
    );
    Some(Way { sentence, nodes: nodes.len() })
}

/// Providers and regions of nodes in one country.
type Stands<'n> = BTreeSet<(Option<&'n str>, Option<&'n str>)>;

/// One more country that nodes stand in, with the providers and regions that the manifest lists, too.
fn of_countries(asked: &Asked<'_>) -> Vec<Change> {
    let Some(allow) = &asked.request.spec.placement.allow else { return Vec::new() };
    let places = &asked.inputs.places;
    let mut stands: BTreeMap<&str, Stands<'_>> = BTreeMap::new();
    for node in asked.nodes {
        let (country, provider, region) = node.stands();
        if let Some(country) = country.filter(|_| !places.allow(country, provider, region)) {
            stands.entry(country).or_default().insert((provider, region));
        }
    }
    let by_country = !(allow.countries.is_empty() && allow.groups.is_empty());
    let (by_provider, by_region) = (!allow.providers.is_empty(), !allow.regions.is_empty());
    let change = |(country, stands): (&str, Stands<'_>)| {
        let country = country.to_owned();
        let here = stands.iter().map(|(p, r)| (p.map(str::to_owned), r.map(str::to_owned)));
        let here: Vec<(Option<String>, Option<String>)> = here.collect();
        let regions: Vec<String> =
            here.iter().filter_map(|(p, r)| Some(format!("{}/{}", p.as_ref()?, r.as_ref()?))).take(MAX_NAMES).collect();
        let new = here.iter().filter_map(|(provider, _)| provider.as_ref());
        let new: BTreeSet<&String> =
            new.filter(|provider| by_provider && !allow.providers.contains(provider)).collect();
        let mut parts: Vec<String> = new.into_iter().cloned().collect();
        if by_region && !regions.is_empty() {
            parts.push(regions.join(", "));
        }
        if by_country || parts.is_empty() {
            parts.insert(0, country.clone());
        }
        let words = format!("{} in spec.placement.allow", parts.join(" and "));
        let make = move |spec: &mut ModelDeploymentSpec| {
            let Some(allow) = &mut spec.placement.allow else { return };
            if by_country {
                allow.countries.push(WrittenCountry::from(country.as_str()));
            }
            for (provider, region) in &here {
                let Some(provider) = provider else { continue };
                if by_provider && !allow.providers.contains(provider) {
                    allow.providers.push(provider.clone());
                }
                if let Some(region) = region.as_ref().filter(|_| by_region) {
                    allow.regions.push(Region { provider: provider.clone(), region: region.clone() });
                }
            }
        };
        Change { words, make: Box::new(make) }
    };
    stands.into_iter().take(MAX_TRIED).map(change).collect()
}

/// Another product, as the label of a node in an allowed place shows it.
fn of_products(asked: &Asked<'_>) -> Vec<Change> {
    let asked_for = asked.request.spec.accelerators.as_ref().and_then(|a| a.product.as_deref());
    let known = asked.facts.catalog.accelerators();
    let Some(now) = asked_for else { return Vec::new() };
    let now: Vec<&str> = known.meant(now).iter().map(|known| known.id.as_str()).collect();
    let mut products: BTreeMap<&str, &str> = BTreeMap::new();
    for (key, value) in asked.nodes.iter().flat_map(|node| &node.labels).filter(|(key, _)| key.contains("gpu.product"))
    {
        if let Some(one) = known.by_label(key, value).filter(|one| !now.contains(&one.id.as_str())) {
            products.entry(one.id.as_str()).or_insert(value.as_str());
        }
    }
    let change = |value: &str| {
        let value = value.to_owned();
        Change {
            words: format!("spec.accelerators.product {value}"),
            make: Box::new(move |spec: &mut ModelDeploymentSpec| {
                if let Some(accelerators) = &mut spec.accelerators {
                    accelerators.product = Some(value.clone());
                }
            }),
        }
    };
    products.into_values().take(MAX_TRIED).map(change).collect()
}

/// One more taint that is tolerated.
fn of_taints(asked: &Asked<'_>) -> Vec<Change> {
    let keys: BTreeSet<&str> = asked.nodes.iter().flat_map(|node| &node.taints).map(|t| t.key.as_str()).collect();
    let change = |key: &str| {
        let key = key.to_owned();
        Change {
            words: format!("a toleration of {key} in spec.placement.tolerations"),
            make: Box::new(move |spec: &mut ModelDeploymentSpec| {
                let toleration =
                    Toleration { key: Some(key.clone()), operator: Some("Exists".into()), value: None, effect: None };
                spec.placement.tolerations.push(toleration);
            }),
        }
    };
    keys.into_iter().take(MAX_TRIED).map(change).collect()
}

/// No change of what there is makes a node fit.
fn another_node(inputs: &Inputs) -> Way {
    let product = inputs.spec.accelerators.as_ref().and_then(|a| a.product.as_deref());
    let mut needs = Vec::new();
    let places = &inputs.places;
    if places.countries.restricts() || places.regions.is_some() {
        needs.push(match places.words() {
            words if words == "any known" => "in a country that is known".into(),
            words => match words.strip_prefix("not ") {
                Some(others) => format!("anywhere but in {others}"),
                None => format!("in {words}"),
            },
        });
    }
    if !places.regions_denied.is_empty() {
        let regions: Vec<String> = places.regions_denied.iter().map(|(p, r)| format!("{p}/{r}")).collect();
        let shown = regions.get(..MAX_NAMES).unwrap_or(&regions).join(", ");
        let more = if regions.len() > MAX_NAMES { " ..." } else { "" };
        needs.push(format!("of a known cloud outside {shown}{more}"));
    }
    if let Some(providers) = Some(&places.providers).filter(|providers| providers.restricts()) {
        needs.push(match providers.words() {
            words if words == "any known" => "of a known cloud".into(),
            words => match words.strip_prefix("not ") {
                Some(others) => format!("of a known cloud that is not {others}"),
                None => format!("of {words}"),
            },
        });
    }
    let labels: Vec<String> =
        inputs.spec.placement.node_selector.iter().map(|(key, value)| format!("{key}={value}")).collect();
    if !labels.is_empty() {
        needs.push(format!("labelled {}", labels.join(", ")));
    }
    if let Some((resource, count)) = pod::accelerators(inputs) {
        needs.push(format!("with {count} {}", product.map_or(resource, str::to_owned)));
    }
    let limits: BTreeSet<&str> = places.chips.iter().map(|limit| limit.by.as_str()).collect();
    if !limits.is_empty() {
        let lets = if limits.len() == 1 { "lets" } else { "let" };
        needs.push(format!("that {} {lets}", limits.into_iter().collect::<Vec<_>>().join(" and ")));
    }
    let node = if needs.is_empty() { "another node".into() } else { format!("a node {}", needs.join(" ")) };
    Way { sentence: format!("it takes {node}. Pools at rest: kubectl modelport nodes --pools."), nodes: 0 }
}
