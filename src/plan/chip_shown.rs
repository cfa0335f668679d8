//! The accelerators of a node, in words for people. Pure.

use super::fit::NodeSummary;
use crate::{
    catalog::{Accelerator, Catalog},
    manifest::{
        names::{NODE_ACCELERATOR, node_evidence},
        shape::nearest,
    },
};

/// The accelerators of a node, as its labels or its machine type show them: "4 A10"; or what it offers by number.
#[must_use]
pub fn accelerator(node: &NodeSummary, catalog: &Catalog) -> Option<String> {
    let place = node.place(catalog);
    let provider = node.stands().1.or(place.provider.as_deref());
    let shown = catalog.accelerators().of_node(provider, &node.labels);
    // What disagrees shows none; what was written stays where a node shows nothing any more.
    let id = match &shown.contradiction {
        None => shown.id.or_else(|| node.labels.get(NODE_ACCELERATOR).map(String::as_str)),
        Some(_) => None,
    };
    let name = id.and_then(|id| catalog.accelerators().get(id));
    let count = node.accelerators.iter().max_by_key(|(_, count)| **count);
    match (name, count) {
        (Some(name), Some((_, count))) => Some(format!("{count} {}", short_name(name))),
        (Some(name), None) => Some(short_name(name).to_owned()),
        (None, Some((resource, count))) => Some(format!("{count} {resource}")),
        (None, None) => None,
    }
}

/// As people say it, without what stands in brackets.
fn short_name(accelerator: &Accelerator) -> &str {
    accelerator.name.split(" (").next().unwrap_or(&accelerator.name)
}

/// The same, and where what shows it disagrees, what does.
#[must_use]
pub fn words(node: &NodeSummary, catalog: &Catalog) -> Option<String> {
    let unsure = node.chip(catalog, &node.place(catalog)).contradiction;
    unsure.map(|said| format!("one that is not known ({said})")).or_else(|| accelerator(node, catalog))
}

/// Evidence that stands on a node under a key that no rule asks for, in sentences: it lifts nothing.
#[must_use]
pub fn idle_evidence(node: &NodeSummary, catalog: &Catalog) -> Vec<String> {
    let prefix = node_evidence("");
    let keys = || catalog.rules().flat_map(|rule| &rule.requires).map(|requirement| requirement.key.as_str());
    let written = node.labels.keys().filter_map(|label| label.strip_prefix(&prefix));
    let idle = written.filter(|key| !keys().any(|known| known == *key));
    let words = |key: &str| {
        let near = nearest(key, keys()).map(|near| format!("; the nearest key is {near}")).unwrap_or_default();
        format!("its label evidence.{key} counts for nothing: no rule asks for that{near}")
    };
    idle.map(words).collect()
}
