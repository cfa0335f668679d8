//! What a decision needs to know besides the manifest. Gathered by I/O elsewhere in this folder; these types are plain.
//!
//! Facts are borrowed from stores: an `Allowed` is decided without copying an object, and without any I/O.

pub mod files;
pub mod lines;
pub mod live;
pub mod metadata;
pub mod model_files;
pub mod overlay;
pub mod snapshot;
pub mod texts;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    catalog::{Catalog, canonical},
    manifest::{
        inference_runtime::InferenceRuntimeSpec, licensee::LicenseeSpec, model_license::ModelLicenseSpec,
        model_policy::ModelPolicySpec, names, waiver::WaiverSpec,
    },
};

/// An object of the platform or legal team, with the hash of its spec, taken once when it entered the store.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact<S> {
    /// `metadata.name`.
    pub name: String,
    /// SHA-256 of the canonical JSON of the spec: the order of its lists is not in it.
    pub hash: String,
    /// Cause that a person confirmed to stop deployments, from the annotation [`names::CONFIRM_STOP`].
    pub confirms_stop: Option<String>,
    /// When the API server stored it; nothing for a file.
    pub created: Option<Timestamp>,
    /// The spec.
    pub spec: S,
}

impl<S: Serialize> Fact<S> {
    /// A fact from an object's name, annotations and spec.
    #[must_use]
    pub fn new(name: &str, annotations: Option<&BTreeMap<String, String>>, spec: S) -> Self {
        // A spec that cannot be written as JSON has no hash, and then no two of them are told apart: none exists.
        let hash = canonical::hash_of(&spec).unwrap_or_default();
        let confirms_stop = annotations.and_then(|a| a.get(names::CONFIRM_STOP)).cloned();
        Self { name: name.to_owned(), hash, confirms_stop, created: None, spec }
    }
}

/// All that a decision needs besides the manifest.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// The instant that is decided for.
    pub now: Timestamp,
    /// Built-in licences, places, rules, engines.
    pub catalog: &'a Catalog,
    /// Labels of the deployment's namespace.
    pub namespace_labels: &'a BTreeMap<String, String>,
    /// Every Licensee; the decision picks those that select the namespace.
    pub licensees: Vec<&'a Fact<LicenseeSpec>>,
    /// Every ModelPolicy; the decision picks those that select the namespace.
    pub policies: Vec<&'a Fact<ModelPolicySpec>>,
    /// Every ModelLicense.
    pub licenses: Vec<&'a Fact<ModelLicenseSpec>>,
    /// Every InferenceRuntime.
    pub runtimes: Vec<&'a Fact<InferenceRuntimeSpec>>,
    /// What the model's own files declare, where they were read.
    pub metadata: Option<&'a Fact<metadata::Metadata>>,
    /// Every Waiver; the decision picks those for the deployment's UID.
    pub waivers: Vec<&'a Fact<WaiverSpec>>,
    /// Kinds whose store has not synced, or whose objects cannot be read: what is absent there is not known to be absent.
    pub unread: Vec<Unread>,
}

impl Facts<'_> {
    /// Labels of the deployment's namespace, where they are known: files need not hold the Namespace.
    #[must_use]
    pub fn labels_of(&self, namespace: &str) -> Option<&BTreeMap<String, String>> {
        let unread = |one: &Unread| one.kind == NAMESPACE && one.name.as_deref() == Some(namespace);
        (!self.unread.iter().any(unread)).then_some(self.namespace_labels)
    }
}

/// The kind of a namespace among the facts that are not known.
pub(crate) const NAMESPACE: &str = "Namespace";

/// Facts that exist and cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// Kind, such as `Licensee`.
    pub kind: String,
    /// Name of the object, or nothing for the whole store.
    pub name: Option<String>,
    /// The file that holds it; nothing where it is in a cluster.
    pub file: Option<String>,
    /// What is wrong, for a person.
    pub why: String,
}
