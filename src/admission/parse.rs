//! A review as bytes, read totally: whatever arrives, an answer can be given.

use kube::{
    Resource,
    core::{
        DynamicObject,
        admission::{AdmissionRequest, AdmissionReview, Operation},
    },
};

use serde::de::DeserializeOwned;

use crate::manifest::{ModelDeployment, Waiver, names::GROUP, shape};

/// Largest body that is read. The API server sends less; a direct caller is who this stops.
pub const MAX_REVIEW_BYTES: usize = 3 * 1024 * 1024;

/// A review of one of our kinds.
#[derive(Clone, Debug)]
pub enum Parsed {
    /// Of a ModelDeployment, or of something that calls itself one.
    Deployment(Box<Review>),
    /// Of a Waiver.
    Waiver(Box<Review<Waiver>>),
}

/// A review, as far as it could be read.
#[derive(Clone, Debug)]
pub struct Review<K = ModelDeployment> {
    /// Id to answer with.
    pub uid: String,
    /// The kind, where it is not ours: nothing is decided about it.
    pub foreign: Option<String>,
    /// What is done.
    pub operation: Operation,
    /// Subresource; empty for the object itself.
    pub subresource: String,
    /// Namespace.
    pub namespace: String,
    /// Name; with `generateName`, what it starts with.
    pub name: String,
    /// Whether nothing will be stored.
    pub dry_run: bool,
    /// Who asks.
    pub user: String,
    /// The asker's groups.
    pub groups: Vec<String>,
    /// The object, or why it cannot be read.
    pub object: Result<Option<Box<K>>, String>,
    /// The object before, where there was one that can be read.
    pub old: Option<Box<K>>,
    /// Whether the object is being deleted.
    pub deleting: bool,
}

/// Why bytes are no review.
#[derive(Debug, thiserror::Error)]
pub enum ParseError {
    /// Not JSON, or not an AdmissionReview.
    #[error("the body is not an AdmissionReview of admission.k8s.io/v1: {0}")]
    NotReview(String),
    /// A review without a request.
    #[error("the AdmissionReview holds no request")]
    NoRequest,
}

/// Reads a review. A spec that cannot be read is part of the result: it gets an answer, not a dropped connection.
pub fn review(bytes: &[u8]) -> Result<Parsed, ParseError> {
    let review: AdmissionReview<DynamicObject> =
        serde_json::from_slice(bytes).map_err(|e| ParseError::NotReview(e.to_string()))?;
    let request: AdmissionRequest<DynamicObject> = review.request.ok_or(ParseError::NoRequest)?;
    Ok(if request.kind.group == GROUP && request.kind.kind == "Waiver" {
        Parsed::Waiver(Box::new(of(request)))
    } else {
        Parsed::Deployment(Box::new(of(request)))
    })
}

fn of<K: Resource<DynamicType = ()> + DeserializeOwned>(request: AdmissionRequest<DynamicObject>) -> Review<K> {
    let deleting = request.object.as_ref().is_some_and(|o| o.metadata.deletion_timestamp.is_some());
    let generate_name = request.object.as_ref().and_then(|o| o.metadata.generate_name.clone());
    let foreign = (request.kind.group != GROUP || request.kind.kind != K::kind(&()))
        .then(|| format!("{}/{} {}", request.kind.group, request.kind.version, request.kind.kind));
    let object = match request.object {
        Some(object) if foreign.is_none() => typed(object).map(|o| Some(Box::new(o))),
        _ => Ok(None),
    };
    Review {
        uid: request.uid,
        foreign,
        operation: request.operation,
        subresource: request.sub_resource.unwrap_or_default(),
        namespace: request.namespace.unwrap_or_default(),
        name: Some(request.name).filter(|n| !n.is_empty()).or(generate_name).unwrap_or_default(),
        dry_run: request.dry_run,
        user: request.user_info.username.unwrap_or_default(),
        groups: request.user_info.groups.unwrap_or_default(),
        object,
        old: request.old_object.and_then(|o| typed(o).ok()).map(Box::new),
        deleting,
    }
}

fn typed<K: DeserializeOwned>(object: DynamicObject) -> Result<K, String> {
    let value = serde_json::to_value(object).map_err(|e| e.to_string())?;
    serde_json::from_value(value).map_err(|e| shape::plain(&e.to_string()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_spec_that_cannot_be_read_is_still_a_review() {
        let bytes = br#"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","kind":{"group":"modelport.dev","version":"v1alpha1","kind":"ModelDeployment"},"resource":{"group":"modelport.dev","version":"v1alpha1","resource":"modeldeployments"},"name":"m","namespace":"n","operation":"CREATE","userInfo":{},"object":{"apiVersion":"modelport.dev/v1alpha1","kind":"ModelDeployment","metadata":{"name":"m"},"spec":{"model":7}}}}"#;
        let Parsed::Deployment(review) = review(bytes).unwrap() else { panic!("another kind") };
        assert_eq!((review.uid.as_str(), review.name.as_str()), ("u", "m"));
        assert!(review.object.unwrap_err().contains("7 stands where fields are expected"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_review_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
            let _ = review(&bytes);
        }
    }
}
