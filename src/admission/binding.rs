//! The report on bindings: a scheduler gives a pod of ours a node, and both are known. Off by default, and it only
//! reports: required affinity is what keeps pods in place, which scheduler and kubelet check. Pure.
//!
//! A Binding carries the name of the pod and no label of it, so no selector finds ours: namespaces are selected by a
//! label, and a pod that is not ours is let pass without a word.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{parse::ParseError, verdict::one_line};
use crate::{
    decide::Places,
    plan::fit::{self, NodeSummary},
};

/// A binding, as far as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Id to answer with.
    pub uid: String,
    /// Namespace of the pod.
    pub namespace: String,
    /// Name of the pod.
    pub pod: String,
    /// The node that it is to get.
    pub node: String,
}

/// What is said of a binding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// The pod is none of ours, or is not known yet.
    NotOurs,
    /// It may stand there.
    Right,
    /// The node is not known.
    NodeUnknown,
    /// It may not stand there, in words.
    Wrong(String),
}

impl Report {
    /// As a label of a metric.
    #[must_use]
    pub fn outcome(&self) -> &'static str {
        match self {
            Self::NotOurs => "not-ours",
            Self::Right => "right",
            Self::NodeUnknown => "node-unknown",
            Self::Wrong(_) => "wrong",
        }
    }
}

#[derive(Deserialize)]
struct Review {
    request: Option<Asked>,
}

#[derive(Deserialize)]
struct Asked {
    uid: String,
    #[serde(default)]
    namespace: String,
    #[serde(default)]
    name: String,
    object: Option<Object>,
}

#[derive(Deserialize)]
struct Object {
    target: Option<Target>,
}

#[derive(Deserialize)]
struct Target {
    #[serde(default)]
    name: String,
}

/// Reads a review of a binding.
pub fn read(bytes: &[u8]) -> Result<Binding, ParseError> {
    let review: Review = serde_json::from_slice(bytes).map_err(|error| ParseError::NotReview(error.to_string()))?;
    let asked = review.request.ok_or(ParseError::NoRequest)?;
    let node = asked.object.and_then(|object| object.target).map(|target| target.name).unwrap_or_default();
    Ok(Binding { uid: asked.uid, namespace: asked.namespace, pod: asked.name, node })
}

/// What is to be said of a pod of this deployment that gets this node.
#[must_use]
pub fn report(binding: &Binding, deployment: &str, places: &Places, node: Option<&NodeSummary>) -> Report {
    let Some(node) = node else { return Report::NodeUnknown };
    if fit::lets(places, node) {
        return Report::Right;
    }
    let (country, provider, region) = node.stands();
    let stands = [country, provider, region].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let stands = if stands.is_empty() { "a place that is not known".to_owned() } else { stands };
    Report::Wrong(format!(
        "pod {} of ModelDeployment {deployment} gets node {} in {stands}, where it may not stand ({})",
        binding.pod,
        node.name,
        places.by().collect::<Vec<_>>().join(", ")
    ))
}

/// The answer as an AdmissionReview: always allowed.
#[must_use]
pub fn reply(uid: &str, report: &Report) -> Value {
    let mut response = json!({"uid": uid, "allowed": true});
    if let (Report::Wrong(words), Some(map)) = (report, response.as_object_mut()) {
        let words = one_line(words);
        map.insert("warnings".into(), json!([words]));
        map.insert("auditAnnotations".into(), json!({"place": words}));
    }
    json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response})
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::{
        decide::{Allowance, Part},
        manifest::names::NODE_COUNTRY,
    };

    fn only(country: &str) -> Places {
        let only = Some(BTreeSet::from([country.to_owned()]));
        Places {
            countries: Allowance { only, ..Allowance::default() },
            parts: vec![Part { by: "ModelPolicy/x".into(), ..Part::default() }],
            ..Places::default()
        }
    }

    #[test]
    fn a_binding_to_another_country_is_allowed_and_reported() {
        let body =
            br#"{"request":{"uid":"u","namespace":"n","name":"p","object":{"target":{"kind":"Node","name":"a"}}}}"#;
        let binding = read(body).unwrap();
        assert_eq!((binding.pod.as_str(), binding.node.as_str()), ("p", "a"));
        let labels = [(NODE_COUNTRY.to_owned(), "HK".to_owned())].into();
        let node = NodeSummary { name: "a".into(), labels, ..NodeSummary::default() };
        let wrong = report(&binding, "bot", &only("SG"), Some(&node));
        let answer = reply(&binding.uid, &wrong);
        assert_eq!(answer["response"]["allowed"], true);
        assert_eq!(
            answer["response"]["auditAnnotations"]["place"],
            "pod p of ModelDeployment bot gets node a in HK, where it may not stand (ModelPolicy/x)"
        );
        assert_eq!(report(&binding, "bot", &only("HK"), Some(&node)), Report::Right);
        assert_eq!(report(&binding, "bot", &only("HK"), None), Report::NodeUnknown);
        assert!(reply("u", &Report::Right)["response"].get("warnings").is_none());
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_binding_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
            let _ = read(&bytes);
        }
    }
}
