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

/// Whether a namespace is selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is.
    Selected,
    /// It is not.
    Passed,
    /// That hangs on its labels, which are not known.
    Labels,
    /// That hangs on words that cannot be read.
    Words,
}

/// Operators of a selector.
pub const OPERATORS: [&str; 4] = ["In", "NotIn", "Exists", "DoesNotExist"];

impl Selection<'_> {
    /// Whether the namespace with this name and these labels is selected.
    #[must_use]
    pub fn selects(&self, name: &str, labels: &BTreeMap<String, String>) -> bool {
        self.standing(name, Some(labels)) == Standing::Selected
    }

    /// Whether the namespace is selected, or why that is not known; no labels where nobody knows them.
    #[must_use]
    pub fn standing(&self, name: &str, labels: Option<&BTreeMap<String, String>>) -> Standing {
        match (self.namespaces, self.selector) {
            (Some(names), None) if names.iter().any(|n| n == name) => Standing::Selected,
            (Some(names), None) if names.iter().any(|n| may_mean(n, name)) => Standing::Words,
            (None, Some(selector)) => matches(selector, name, labels),
            _ => Standing::Passed,
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

/// Whether a text can be the name of a namespace.
#[must_use]
pub fn is_name(text: &str) -> bool {
    const MAX_BYTES: usize = 63;
    let fine = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=MAX_BYTES).contains(&text.len()) && text.bytes().all(fine) && !text.starts_with('-') && !text.ends_with('-')
}

/// Whether a text can be the value of a label.
#[must_use]
pub fn is_label_value(text: &str) -> bool {
    const MAX_BYTES: usize = 63;
    let ends = |c: Option<char>| c.is_none_or(|c| c.is_ascii_alphanumeric());
    let fine = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    text.len() <= MAX_BYTES && text.bytes().all(fine) && ends(text.chars().next()) && ends(text.chars().last())
}

/// Whether what is no name was perhaps meant for this one: with a `*`, by what stands before it.
fn may_mean(written: &str, name: &str) -> bool {
    let start = written.split_once('*').map_or("", |(start, _)| start);
    !is_name(written) && name.starts_with(start)
}

/// Whether a text is no value of a label, and perhaps means the one that was found, or one that nobody knows.
fn slip(written: &str, known: bool, found: Option<&str>) -> bool {
    let may_mean = |found: &str| match written.split_once('*') {
        Some((start, _)) => found.starts_with(start.trim()),
        None => written.trim().eq_ignore_ascii_case(found),
    };
    !is_label_value(written) && (!known || found.is_some_and(may_mean))
}

/// One thing that is not so decides, whatever else is not known.
fn matches(selector: &LabelSelector, name: &str, labels: Option<&BTreeMap<String, String>>) -> Standing {
    // Nothing where nobody knows; then perhaps the label is not there.
    let value = |key: &str| -> Option<Option<&str>> {
        if key == NAMESPACE_NAME_LABEL {
            return Some(Some(name));
        }
        labels.map(|labels| labels.get(key).map(String::as_str))
    };
    let standing = |so: Option<bool>| match so {
        Some(true) => Standing::Selected,
        Some(false) => Standing::Passed,
        None => Standing::Labels,
    };
    let by_labels = selector.match_labels.iter().flatten();
    let by_labels = by_labels.map(|(key, want)| {
        let so = value(key).map(|found| found == Some(want.as_str()));
        if slip(want, value(key).is_some(), value(key).flatten()) { Standing::Words } else { standing(so) }
    });
    let by_expressions = selector.match_expressions.iter().flatten().map(|expression| {
        let found = value(&expression.key);
        let values = || expression.values.iter().flatten();
        let listed = |found: Option<&str>| values().any(|v| Some(v.as_str()) == found);
        match expression.operator.as_str() {
            // A list that is empty, or holds what no label can be and may mean this one, says what nobody meant.
            "In" if values().next().is_none() => Standing::Words,
            "In" | "NotIn"
                if !found.is_some_and(listed)
                    && values().any(|value| slip(value, found.is_some(), found.flatten())) =>
            {
                Standing::Words
            }
            "In" => standing(found.map(|found| found.is_some() && listed(found))),
            "NotIn" => standing(found.map(|found| !listed(found))),
            "Exists" => standing(found.map(|found| found.is_some())),
            "DoesNotExist" => standing(found.map(|found| found.is_none())),
            _ => Standing::Words,
        }
    });
    let all: Vec<Standing> = by_labels.chain(by_expressions).collect();
    let decisive = [Standing::Passed, Standing::Words, Standing::Labels];
    decisive.into_iter().find(|one| all.contains(one)).unwrap_or(Standing::Selected)
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

    #[test]
    fn what_is_not_known_is_not_passed_over() {
        let names = ["*".to_owned(), "team-*".to_owned(), "Lab".to_owned()];
        let of = |names| Selection { namespaces: Some(names), selector: None };
        assert_eq!(of(&names[..1]).standing("lab", None), Standing::Words);
        assert_eq!(of(&names[1..2]).standing("lab", None), Standing::Passed);
        assert_eq!(of(&names[1..2]).standing("team-a", None), Standing::Words);
        assert_eq!(of(&names[2..]).standing("lab", None), Standing::Words);
        let selector = |text: &str| -> LabelSelector { serde_saphyr::from_str(text).unwrap() };
        let standing = |text: &str, labels| {
            Selection { namespaces: None, selector: Some(&selector(text)) }.standing("lab", labels)
        };
        let (none, known) = (None, labels(&[("team", "a")]));
        let typo = "{matchExpressions: [{key: team, operator: notin, values: [b]}]}";
        assert_eq!(standing(typo, Some(&known)), Standing::Words);
        assert_eq!(standing("{matchLabels: {team: a}}", none), Standing::Labels);
        assert_eq!(standing("{matchLabels: {team: a}}", Some(&known)), Standing::Selected);
        let passed = "{matchLabels: {team: a, kubernetes.io/metadata.name: other}}";
        assert_eq!(standing(passed, none), Standing::Passed, "one thing that is not so decides");
    }
}
