//! Whose a document is, by its `apiVersion` and `kind`: one of ours under another group or version would be left alone by
//! everything that reads it, and nobody would hear of it.

use crate::manifest::{names::GROUP, schema, shape};

/// Version of the kinds.
const VERSION: &str = "v1alpha1";

/// Whose a document is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// One of our kinds.
    Ours,
    /// Another's: left alone.
    Other,
    /// Meant as ours, and written as none: the field, and why.
    Misnamed(&'static str, String),
}

/// Looks at what a document calls itself.
pub(super) fn whose(api: &str, kind: &str) -> Whose {
    let known = schema::kinds().any(|known| known == kind);
    let (group, _) = api.split_once('/').unwrap_or(("", api));
    if group != GROUP {
        // Others have kinds of these names too, in groups that nobody mistakes for ours.
        let like =
            group.is_empty() || group.contains("modelport") || shape::nearest(group, [GROUP].into_iter()).is_some();
        return if known && like { Whose::Misnamed("apiVersion", no_version(api, kind)) } else { Whose::Other };
    }
    if api != format!("{GROUP}/{VERSION}") {
        return Whose::Misnamed("apiVersion", no_version(api, kind));
    }
    if known {
        return Whose::Ours;
    }
    let near = shape::nearest(kind, schema::kinds()).map(|near| format!("; the nearest is {near}")).unwrap_or_default();
    Whose::Misnamed("kind", format!("{} is no kind of {GROUP}{near}", if kind.is_empty() { "nothing" } else { kind }))
}

/// The kinds of facts, without which nothing is decided that they may speak of, that a text names, in any case and form.
pub(super) fn facts_named_in(text: &str) -> impl Iterator<Item = &'static str> {
    let text = text.to_ascii_lowercase();
    let named = move |kind: &&str| {
        let after = text.match_indices("kind").filter_map(|(at, word)| text.get(at + word.len()..));
        let kind = kind.to_ascii_lowercase();
        let mut words = after.map(|rest| rest.trim_start_matches(['"', '\'', ':', ' ', '\t']));
        words.any(|rest| {
            rest.strip_prefix(&kind).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
        })
    };
    ["Licensee", "ModelPolicy", "ModelLicense"].into_iter().filter(named)
}

fn no_version(api: &str, kind: &str) -> String {
    let written = if api.is_empty() { "missing".to_owned() } else { api.to_owned() };
    format!("apiVersion is {written}; for {kind} write apiVersion: {GROUP}/{VERSION}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_our_kinds_under_another_version_is_told_which_to_write() {
        for api in ["", "v1", "v1alpha1", "modelport.dev/v1", "modelport.io/v1alpha1", "modelport.de/v1alpha1"] {
            let Whose::Misnamed("apiVersion", why) = whose(api, "ModelDeployment") else { panic!("{api}") };
            assert!(why.ends_with("for ModelDeployment write apiVersion: modelport.dev/v1alpha1"), "{why}");
        }
        assert_eq!(whose("modelport.dev/v1alpha1", "Waiver"), Whose::Ours);
    }

    #[test]
    fn a_kind_of_another_group_is_left_alone_even_where_it_has_the_name_of_one_of_ours() {
        for (api, kind) in [("v1", "Service"), ("", "Service"), ("ml.example.com/v1", "ModelDeployment"), ("", "")] {
            assert_eq!(whose(api, kind), Whose::Other, "{api} {kind}");
        }
    }

    #[test]
    fn a_kind_that_there_is_none_of_is_told_the_nearest() {
        let Whose::Misnamed("kind", why) = whose("modelport.dev/v1alpha1", "modeldeployment") else { panic!("a kind") };
        assert!(why.ends_with("the nearest is ModelDeployment"), "{why}");
    }
}
