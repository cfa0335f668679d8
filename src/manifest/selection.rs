//! Which namespaces an object of ours speaks for.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

/// The two ways to select namespaces; exactly one is written (a schema rule of each kind).
#[derive(Clone, Copy, Debug)]
pub struct Selection<'a> {
    /// Names.
    pub namespaces: Option<&'a [String]>,
    /// A selector over namespace labels; the empty selector means all.
    pub selector: Option<&'a LabelSelector>,
}

/// The label that the API server itself writes on each namespace, so that no tenant can choose it.
pub const NAMESPACE_NAME_LABEL: &str = "kubernetes.io/metadata.name";

impl Selection<'_> {
    /// Whether the namespace with this name and these labels is selected.
    #[must_use]
    pub fn selects(&self, name: &str, labels: &BTreeMap<String, String>) -> bool {
        match (self.namespaces, self.selector) {
            (Some(names), None) => names.iter().any(|n| n == name),
            (None, Some(selector)) => matches(selector, name, labels),
            _ => false,
        }
    }

    /// The label keys that a tenant may be able to write, and so choose what selects him.
    #[must_use]
    pub fn unguarded_keys(&self) -> Vec<String> {
        let Some(selector) = self.selector else { return Vec::new() };
        let by_label = selector.match_labels.iter().flat_map(|m| m.keys().cloned());
        let by_expression = selector.match_expressions.iter().flatten().map(|e| e.key.clone());
        by_label.chain(by_expression).filter(|key| key != NAMESPACE_NAME_LABEL).collect()
    }
}

fn matches(selector: &LabelSelector, name: &str, labels: &BTreeMap<String, String>) -> bool {
    let value = |key: &str| {
        if key == NAMESPACE_NAME_LABEL { Some(name) } else { labels.get(key).map(String::as_str) }
    };
    let labels_match = selector.match_labels.iter().flatten().all(|(key, want)| value(key) == Some(want.as_str()));
    labels_match
        && selector.match_expressions.iter().flatten().all(|expression| {
            let found = value(&expression.key);
            let listed = || expression.values.iter().flatten().any(|v| Some(v.as_str()) == found);
            match expression.operator.as_str() {
                "In" => found.is_some() && listed(),
                "NotIn" => !listed(),
                "Exists" => found.is_some(),
                "DoesNotExist" => found.is_none(),
                _ => false,
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn the_empty_selector_selects_all_and_nothing_written_selects_none() {
        let all = LabelSelector::default();
        assert!(Selection { namespaces: None, selector: Some(&all) }.selects("any", &labels(&[])));
        assert!(!Selection { namespaces: None, selector: None }.selects("any", &labels(&[])));
    }

    #[test]
    fn a_label_that_tenants_may_write_is_named() {
        let selector = LabelSelector {
            match_labels: Some(labels(&[("team", "a"), (NAMESPACE_NAME_LABEL, "x")])),
            ..LabelSelector::default()
        };
        let selection = Selection { namespaces: None, selector: Some(&selector) };
        assert_eq!(selection.unguarded_keys(), ["team"]);
        assert!(selection.selects("x", &labels(&[("team", "a")])));
        assert!(!selection.selects("y", &labels(&[("team", "a")])));
    }
}
