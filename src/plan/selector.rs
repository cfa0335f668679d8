//! Whether a required node affinity lets a node, as scheduler and kubelet read it. Pure.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{NodeSelector, NodeSelectorRequirement, NodeSelectorTerm};

/// Whether it lets a node of this name with these labels. Terms are alternatives; an empty one lets none.
#[must_use]
pub fn lets(required: &NodeSelector, name: &str, labels: &BTreeMap<String, String>) -> bool {
    required.node_selector_terms.iter().any(|term| term_lets(term, name, labels))
}

fn term_lets(term: &NodeSelectorTerm, name: &str, labels: &BTreeMap<String, String>) -> bool {
    let expressions = term.match_expressions.as_deref().unwrap_or_default();
    let fields = term.match_fields.as_deref().unwrap_or_default();
    if expressions.is_empty() && fields.is_empty() {
        return false;
    }
    let of_label = |r: &NodeSelectorRequirement| holds(r, labels.get(&r.key).map(String::as_str));
    // The one field that there is.
    let of_field = |r: &NodeSelectorRequirement| holds(r, (r.key == "metadata.name").then_some(name));
    expressions.iter().all(of_label) && fields.iter().all(of_field)
}

fn holds(requirement: &NodeSelectorRequirement, value: Option<&str>) -> bool {
    let values = requirement.values.as_deref().unwrap_or_default();
    let listed = value.is_some_and(|value| values.iter().any(|v| v == value));
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<i64>().ok());
    let compared = number(value).zip(number(values.first().map(String::as_str)));
    match requirement.operator.as_str() {
        "In" => listed,
        "NotIn" => !listed,
        "Exists" => value.is_some(),
        "DoesNotExist" => value.is_none(),
        "Gt" => compared.is_some_and(|(value, bound)| value > bound),
        "Lt" => compared.is_some_and(|(value, bound)| value < bound),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::{
        decide::{Allowance, Places},
        manifest::names::{NODE_COUNTRY, NODE_PROVIDER, NODE_REGION},
        plan::{
            affinity,
            fit::{self, NodeSummary},
        },
    };

    fn term(key: &str, operator: &str, values: &[&str]) -> NodeSelectorTerm {
        let requirement = NodeSelectorRequirement {
            key: key.into(),
            operator: operator.into(),
            values: Some(values.iter().map(|v| (*v).to_owned()).collect()),
        };
        NodeSelectorTerm { match_expressions: Some(vec![requirement]), match_fields: None }
    }

    #[test]
    fn each_operator_is_read_as_the_scheduler_reads_it() {
        let labels = BTreeMap::from([("c".to_owned(), "CN".to_owned()), ("n".to_owned(), "5".to_owned())]);
        let one = |key, operator, values: &[&str]| {
            lets(&NodeSelector { node_selector_terms: vec![term(key, operator, values)] }, "node", &labels)
        };
        assert!(one("c", "In", &["CN", "SG"]) && !one("c", "In", &["SG"]) && !one("x", "In", &["CN"]));
        assert!(one("c", "NotIn", &["SG"]) && !one("c", "NotIn", &["CN"]) && one("x", "NotIn", &["CN"]));
        assert!(one("c", "Exists", &[]) && !one("x", "Exists", &[]));
        assert!(one("x", "DoesNotExist", &[]) && !one("c", "DoesNotExist", &[]));
        assert!(one("n", "Gt", &["4"]) && !one("n", "Gt", &["5"]) && one("n", "Lt", &["6"]) && !one("c", "Lt", &["6"]));
        assert!(!one("c", "Near", &["CN"]), "what is not known lets nothing");
        assert!(!lets(&NodeSelector::default(), "node", &labels), "no alternative lets nothing");
        let empty = NodeSelector { node_selector_terms: vec![NodeSelectorTerm::default()] };
        assert!(!lets(&empty, "node", &labels), "nor does an empty one");
        let mut named = term("metadata.name", "In", &["node"]);
        std::mem::swap(&mut named.match_expressions, &mut named.match_fields);
        let named = NodeSelector { node_selector_terms: vec![named] };
        assert!(lets(&named, "node", &labels) && !lets(&named, "other", &labels));
    }

    fn some_of(values: &'static [&'static str]) -> impl Strategy<Value = BTreeSet<String>> {
        prop::collection::btree_set(prop::sample::select(values).prop_map(str::to_owned), 0..3)
    }

    fn allowance(values: &'static [&'static str]) -> impl Strategy<Value = Allowance> {
        prop_oneof![
            prop::option::of(some_of(values)).prop_map(|only| Allowance { only, ..Allowance::default() }),
            some_of(values).prop_map(|never| Allowance { never, ..Allowance::default() }),
        ]
    }

    const COUNTRIES: &[&str] = &["CN", "SG", "FR"];
    const PROVIDERS: &[&str] = &["alibaba", "aws"];
    const REGIONS: &[&str] = &["ap-southeast-1", "eu-west-2"];

    fn pairs() -> impl Strategy<Value = BTreeSet<(String, String)>> {
        let pair = (prop::sample::select(PROVIDERS), prop::sample::select(REGIONS));
        prop::collection::btree_set(pair.prop_map(|(p, r)| (p.to_owned(), r.to_owned())), 0..4)
    }

    fn label(key: &'static str, values: &'static [&'static str]) -> impl Strategy<Value = Option<(String, String)>> {
        prop::option::of(prop::sample::select(values).prop_map(move |value| (key.to_owned(), value.to_owned())))
    }

    proptest! {
        // What the scheduler is told and what the watch moves pods by are the same predicate: else a pod would be moved
        // for ever from where the scheduler puts it.
        #[test]
        fn the_rendered_affinity_lets_a_node_when_the_places_do(
            countries in allowance(COUNTRIES), providers in allowance(PROVIDERS),
            regions in prop::option::of(pairs()), regions_denied in pairs(),
            country in label(NODE_COUNTRY, COUNTRIES), provider in label(NODE_PROVIDER, PROVIDERS),
            region in label(NODE_REGION, REGIONS),
        ) {
            let places = Places { countries, providers, regions, regions_denied, ..Places::default() };
            let labels = [country, provider, region].into_iter().flatten().collect::<BTreeMap<_, _>>();
            let node = NodeSummary { name: "node".into(), labels, ..NodeSummary::default() };
            let affinity = affinity::render(&places, &[]).and_then(|affinity| affinity.node_affinity);
            let required = affinity.and_then(|node| node.required_during_scheduling_ignored_during_execution);
            let rendered = required.is_none_or(|required| lets(&required, &node.name, &node.labels));
            prop_assert_eq!(rendered, fit::lets(&places, &node), "{:?} {:?}", places, node.labels);
        }
    }
}
