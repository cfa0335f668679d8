//! The smallest placement expression: `In` as manifest or policy lists it, or `NotIn` always with `Exists`.
//!
//! Node selector terms are alternatives, so every requirement stands inside each of them. Pods select on the guarded
//! keys, and beside the guarded accelerator on the chip's own labels; nothing restricted gives no term, so that an
//! unlabelled cluster serves.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::{Affinity, NodeAffinity, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm};

use super::chip_ways::{self, Way};
use crate::{
    decide::{Allowance, Chips, Places},
    manifest::names::{NODE_ACCELERATOR, NODE_COUNTRY, NODE_DOMAIN, NODE_PROVIDER, NODE_REGION, node_evidence},
};

/// Required node affinity for these places and these accelerator labels; nothing where nothing restricts.
#[must_use]
pub fn render(places: &Places, accelerators: &[(String, Vec<String>)]) -> Option<Affinity> {
    let providers = allowance(NODE_PROVIDER, &places.providers);
    // One alternative for each way in which a node can satisfy what is let of countries and accelerators.
    let ways: Vec<_> = chip_ways::ways(places).iter().map(way).collect();
    let ways = if ways.is_empty() { no_node() } else { ways };

    // One alternative for each provider's regions, and for each label that may name the accelerator.
    let regions = region_alternatives(places);
    let labels = accelerators.iter().map(|(key, values)| vec![requirement(key, "In", values.iter().cloned())]);
    let ways: Vec<_> = ways.into_iter().map(|way| way.into_iter().chain(providers.iter().cloned()).collect()).collect();
    let mut terms = product(&product(&ways, &regions), &alternatives(labels.collect()));
    terms.retain(|term| satisfiable(term));
    let terms = if terms.is_empty() { no_node() } else { terms };
    // A term that asks nothing lets every node, whatever the others ask; the API server reads an empty one as no node.
    if terms.iter().any(Vec::is_empty) {
        return None;
    }
    let terms: Vec<_> = terms
        .into_iter()
        .map(|requirements| NodeSelectorTerm { match_expressions: Some(requirements), match_fields: None })
        .collect();
    (!terms.is_empty()).then(|| Affinity {
        node_affinity: Some(NodeAffinity {
            required_during_scheduling_ignored_during_execution: Some(NodeSelector { node_selector_terms: terms }),
            ..NodeAffinity::default()
        }),
        ..Affinity::default()
    })
}

/// Whether each alternative asks something of the guarded keys.
#[must_use]
pub fn places(affinity: &Affinity) -> bool {
    let required =
        affinity.node_affinity.as_ref().and_then(|a| a.required_during_scheduling_ignored_during_execution.as_ref());
    let asks =
        |term: &NodeSelectorTerm| term.match_expressions.iter().flatten().any(|r| r.key.starts_with(NODE_DOMAIN));
    required.is_some_and(|required| required.node_selector_terms.iter().all(asks))
}

/// Country, accelerator and evidence of one alternative.
fn way(way: &Way) -> Vec<NodeSelectorRequirement> {
    let mut all = allowance(NODE_COUNTRY, &way.countries);
    match &way.chips {
        Chips::Only(only) => all.push(requirement(NODE_ACCELERATOR, "In", only.iter().cloned())),
        Chips::Never(never) if never.is_empty() => {}
        // A node without the label is let: what is not known is not taken for controlled.
        Chips::Never(never) => all.push(requirement(NODE_ACCELERATOR, "NotIn", never.iter().cloned())),
    }
    // Labels are compared whole here. What carries a suffix that is not listed, such as `-MIG-1g.10gb`, is caught by the
    // guarded label, once the operator has looked at the node; a kubelet that lies from the first second on is not.
    all.extend(way.labels.iter().map(|(key, values)| requirement(key, "NotIn", values.iter().cloned())));
    // NotIn also matches a node without the label; an empty reference is none.
    let recorded = |key: &String| {
        let key = node_evidence(key);
        [requirement(&key, "Exists", []), requirement(&key, "NotIn", [String::new()])]
    };
    all.extend(way.evidence.iter().flat_map(recorded));
    all
}

/// Whether some node may satisfy all of it: a label's value is not both among those wanted and among those kept off.
fn satisfiable(term: &[NodeSelectorRequirement]) -> bool {
    let values = |one: &NodeSelectorRequirement| one.values.iter().flatten().cloned().collect::<BTreeSet<String>>();
    let kept_off = |wanted: &NodeSelectorRequirement| {
        let off = term.iter().filter(|other| other.operator == "NotIn" && other.key == wanted.key).flat_map(values);
        values(wanted).is_subset(&off.collect())
    };
    !term.iter().any(|one| one.operator == "In" && kept_off(one))
}

fn allowance(key: &str, allowance: &Allowance) -> Vec<NodeSelectorRequirement> {
    match &allowance.only {
        Some(only) => vec![requirement(key, "In", only.iter().cloned())],
        None if allowance.is_any() => Vec::new(),
        None if allowance.never.is_empty() => vec![requirement(key, "Exists", [])],
        // NotIn also matches a node without the label, whose place is unknown: hence Exists.
        None => vec![requirement(key, "Exists", []), requirement(key, "NotIn", allowance.never.iter().cloned())],
    }
}

/// A region's name means one thing on one provider and another on the next: each provider is an alternative of its own.
fn region_alternatives(places: &Places) -> Vec<Vec<NodeSelectorRequirement>> {
    match &places.regions {
        Some(regions) => allowed_regions(regions.difference(&places.regions_denied)),
        None => denied_regions(&places.regions_denied),
    }
}

fn allowed_regions<'a>(regions: impl Iterator<Item = &'a (String, String)>) -> Vec<Vec<NodeSelectorRequirement>> {
    let term = |(provider, regions): (&String, Vec<String>)| {
        vec![requirement(NODE_PROVIDER, "In", [provider.clone()]), requirement(NODE_REGION, "In", regions)]
    };
    let terms: Vec<_> = by_provider(regions).into_iter().map(term).collect();
    if terms.is_empty() { no_node() } else { terms }
}

/// No alternative would be no restriction at all: this one lets no node.
fn no_node() -> Vec<Vec<NodeSelectorRequirement>> {
    vec![vec![requirement(NODE_REGION, "Exists", []), requirement(NODE_REGION, "DoesNotExist", [])]]
}

/// Every other provider; and of each that has a denied region, its other regions.
fn denied_regions(denied: &BTreeSet<(String, String)>) -> Vec<Vec<NodeSelectorRequirement>> {
    let providers = by_provider(denied.iter());
    if providers.is_empty() {
        return vec![Vec::new()];
    }
    let elsewhere = vec![
        requirement(NODE_PROVIDER, "Exists", []),
        requirement(NODE_PROVIDER, "NotIn", providers.keys().map(|p| (*p).clone())),
    ];
    let term = |(provider, regions): (&String, Vec<String>)| {
        vec![
            requirement(NODE_PROVIDER, "In", [provider.clone()]),
            requirement(NODE_REGION, "Exists", []),
            requirement(NODE_REGION, "NotIn", regions),
        ]
    };
    std::iter::once(elsewhere).chain(providers.into_iter().map(term)).collect()
}

fn by_provider<'a>(regions: impl Iterator<Item = &'a (String, String)>) -> BTreeMap<&'a String, Vec<String>> {
    let mut of = BTreeMap::<_, Vec<String>>::new();
    for (provider, region) in regions {
        of.entry(provider).or_default().push(region.clone());
    }
    of
}

fn alternatives(list: Vec<Vec<NodeSelectorRequirement>>) -> Vec<Vec<NodeSelectorRequirement>> {
    if list.is_empty() { vec![Vec::new()] } else { list }
}

fn product(
    a: &[Vec<NodeSelectorRequirement>],
    b: &[Vec<NodeSelectorRequirement>],
) -> Vec<Vec<NodeSelectorRequirement>> {
    a.iter().flat_map(|x| b.iter().map(move |y| x.iter().chain(y).cloned().collect())).collect()
}

fn requirement(key: &str, operator: &str, values: impl IntoIterator<Item = String>) -> NodeSelectorRequirement {
    let values: Vec<String> = values.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    NodeSelectorRequirement {
        key: key.to_owned(),
        operator: operator.to_owned(),
        values: (!values.is_empty()).then_some(values),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(values: &[&str]) -> BTreeSet<String> {
        values.iter().map(|v| (*v).to_owned()).collect()
    }

    fn words(places: &Places, accelerators: &[(String, Vec<String>)]) -> Vec<String> {
        let Some(affinity) = render(places, accelerators) else { return vec![] };
        let terms = affinity
            .node_affinity
            .unwrap()
            .required_during_scheduling_ignored_during_execution
            .unwrap()
            .node_selector_terms;
        let line = |r: &NodeSelectorRequirement| {
            let key = r.key.rsplit('/').next().unwrap();
            format!(
                "{key} {}{}",
                r.operator,
                r.values.as_ref().map(|v| format!(" {}", v.join(","))).unwrap_or_default()
            )
        };
        terms.iter().map(|t| t.match_expressions.iter().flatten().map(line).collect::<Vec<_>>().join("; ")).collect()
    }

    #[test]
    fn nothing_restricted_gives_no_term() {
        assert!(render(&Places::default(), &[]).is_none());
    }

    #[test]
    fn a_list_is_in_and_an_exclusion_is_not_in_with_exists() {
        let cn = Places { countries: Allowance::only(set(&["SG", "CN"])), ..Places::default() };
        assert_eq!(words(&cn, &[]), ["country In CN,SG"]);
        let not = Places { countries: Allowance::never(set(&["GB", "FR"])), ..Places::default() };
        assert_eq!(words(&not, &[]), ["country Exists; country NotIn FR,GB"]);
    }

    #[test]
    fn each_providers_regions_are_an_alternative_with_the_country_in_each() {
        let regions =
            [("aws", "ap-southeast-1"), ("alibaba", "ap-southeast-1")].map(|(p, r)| (p.to_owned(), r.to_owned()));
        let places =
            Places { countries: Allowance::only(set(&["SG"])), regions: Some(regions.into()), ..Places::default() };
        assert_eq!(
            words(&places, &[]),
            [
                "country In SG; provider In alibaba; region In ap-southeast-1",
                "country In SG; provider In aws; region In ap-southeast-1"
            ]
        );
    }

    #[test]
    fn a_denied_region_leaves_the_region_of_that_name_on_other_providers() {
        let denied =
            [("huawei", "ap-southeast-1"), ("huawei", "cn-north-4")].map(|(p, r)| (p.to_owned(), r.to_owned()));
        let places = Places { regions_denied: denied.into(), ..Places::default() };
        assert_eq!(
            words(&places, &[]),
            [
                "provider Exists; provider NotIn huawei",
                "provider In huawei; region Exists; region NotIn ap-southeast-1,cn-north-4"
            ]
        );
    }

    #[test]
    fn where_no_region_is_left_no_node_fits() {
        let places = Places { regions: Some(BTreeSet::new()), ..Places::default() };
        assert_eq!(words(&places, &[]), ["region Exists; region DoesNotExist"]);
    }

    #[test]
    fn an_accelerator_may_be_named_by_one_label_or_another() {
        let labels = [
            ("nvidia.com/gpu.product".to_owned(), vec!["NVIDIA-A10".to_owned()]),
            ("x/gpu".to_owned(), vec!["A10".to_owned()]),
        ];
        let cn = Places { countries: Allowance::only(set(&["CN"])), ..Places::default() };
        assert_eq!(words(&cn, &labels), ["country In CN; gpu.product In NVIDIA-A10", "country In CN; gpu In A10"]);
    }
}
