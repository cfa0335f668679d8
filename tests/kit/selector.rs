//! What a scheduler makes of a required node affinity, as Kubernetes describes it: terms are alternatives, expressions of
//! a term hold together, and a term without any lets no node.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Affinity, NodeSelectorRequirement};

/// Whether a node with these labels is let.
pub fn lets(affinity: Option<&Affinity>, labels: &BTreeMap<String, String>) -> bool {
    let Some(affinity) = affinity else { return true };
    let node = affinity.node_affinity.as_ref();
    let required = node.and_then(|node| node.required_during_scheduling_ignored_during_execution.as_ref());
    let Some(required) = required else { return true };
    required.node_selector_terms.iter().any(|term| {
        let expressions = term.match_expressions.as_deref().unwrap_or_default();
        assert!(term.match_fields.is_none(), "ours match no fields");
        !expressions.is_empty() && expressions.iter().all(|expression| holds(expression, labels))
    })
}

fn holds(expression: &NodeSelectorRequirement, labels: &BTreeMap<String, String>) -> bool {
    let value = labels.get(&expression.key);
    let values = expression.values.as_deref().unwrap_or_default();
    let listed = value.is_some_and(|value| values.contains(value));
    let lists = matches!(expression.operator.as_str(), "In" | "NotIn");
    assert_eq!(lists, !values.is_empty(), "the API server refuses {expression:?}");
    match expression.operator.as_str() {
        "In" => listed,
        "NotIn" => !listed,
        "Exists" => value.is_some(),
        "DoesNotExist" => value.is_none(),
        other => panic!("{other}"),
    }
}
