//! Manifest and decision become objects. Pure: the same inputs give the same objects, whatever version renders them.
//!
//! One file an object kind, and one for each part of the pod. What the pods are a function of stands in [`inputs`] and
//! is kept in a ControllerRevision; decision ids, dates and versions of ours are not among it.

pub mod affinity;
pub mod arguments;
pub mod budget;
pub mod chip_shown;
pub mod chip_ways;
pub mod deployment;
pub mod digest;
pub mod digest_job;
pub mod fit;
pub mod groups;
pub mod inputs;
pub mod next;
pub mod pod;
pub mod revision;
pub mod runtime;
pub mod selector;
pub mod service;
pub mod standing;
pub mod unfit;
pub mod way;
pub mod weights;
mod who;

use std::marker::PhantomData;

use k8s_openapi::{
    api::{
        apps::v1::{ControllerRevision, Deployment},
        batch::v1::Job,
        core::v1::Service,
        policy::v1::PodDisruptionBudget,
    },
    apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference},
};

use crate::manifest::{
    Reason,
    names::{DEPLOYMENT_LABEL, INSTANCE_LABEL, MANAGED_BY, MANAGED_BY_LABEL, NAME_LABEL},
};
use inputs::Inputs;
use std::collections::BTreeMap;

/// A plan that is computed.
#[derive(Clone, Debug)]
pub struct Prepared;
/// A plan whose objects stand in the cluster.
#[derive(Clone, Debug)]
pub struct Applied;

/// Every object that a deployment wants. Nothing means: there should be none.
#[derive(Clone, Debug)]
pub struct Plan<State> {
    /// Keeps what the pods were made from.
    pub revision: Option<ControllerRevision>,
    /// Where the model is called.
    pub service: Option<Service>,
    /// Keeps one replica during drains.
    pub budget: Option<PodDisruptionBudget>,
    /// The pods.
    pub deployment: Option<Deployment>,
    /// Asks what a tag stands for.
    pub digest: Option<Job>,
    /// How far it is.
    pub state: PhantomData<State>,
}

/// Whose objects they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Name of the ModelDeployment.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// Its UID.
    pub uid: String,
    /// Its generation.
    pub generation: i64,
}

/// Whether an object has the one with this UID as its controller. Anybody may make an object with our labels.
#[must_use]
pub fn is_controlled_by(metadata: &ObjectMeta, uid: &str) -> bool {
    metadata.owner_references.iter().flatten().any(|owner| owner.uid == uid && owner.controller == Some(true))
}

/// Whether an object carries the label of this ModelDeployment and nobody owns it: its owner was deleted without it, or
/// taken from it. The label is guarded, so that it was made for that name.
#[must_use]
pub fn is_orphan_of(metadata: &ObjectMeta, name: &str) -> bool {
    metadata.owner_references.as_ref().is_none_or(Vec::is_empty)
        && metadata.labels.as_ref().and_then(|labels| labels.get(DEPLOYMENT_LABEL)).is_some_and(|owner| owner == name)
}

/// Why a manifest that is allowed cannot be rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// Stable code.
    pub reason: Reason,
    /// What and why, and what to write instead.
    pub sentence: String,
}

impl Obstacle {
    /// An obstacle.
    pub fn new(reason: Reason, sentence: impl Into<String>) -> Self {
        Self { reason, sentence: sentence.into() }
    }

    /// For a page about nodes, of which none is asked then.
    #[must_use]
    pub fn no_pod(&self) -> String {
        format!("No pod can be made: {}: {}", self.reason, self.sentence)
    }
}

/// The objects for these inputs and this number of replicas.
#[must_use]
pub fn plan(owner: &Owner, inputs: &Inputs, memory: &revision::Memory, replicas: i32) -> Plan<Prepared> {
    Plan {
        revision: Some(revision::render(owner, inputs, memory)),
        service: Some(service::render(owner, inputs)),
        budget: budget::render(owner, replicas),
        deployment: Some(deployment::render(owner, inputs, replicas)),
        digest: None,
        state: PhantomData,
    }
}

/// No object at all.
#[must_use]
pub fn nothing() -> Plan<Prepared> {
    Plan { revision: None, service: None, budget: None, deployment: None, digest: None, state: PhantomData }
}

/// Labels of everything that is made for a deployment.
#[must_use]
pub fn labels(owner: &Owner) -> BTreeMap<String, String> {
    [
        (DEPLOYMENT_LABEL, owner.name.as_str()),
        (MANAGED_BY_LABEL, MANAGED_BY),
        (NAME_LABEL, "model"),
        (INSTANCE_LABEL, owner.name.as_str()),
    ]
    .map(|(k, v)| (k.to_owned(), v.to_owned()))
    .into()
}

/// Labels that pods are selected by: stable for the life of the deployment.
#[must_use]
pub fn selector(owner: &Owner) -> BTreeMap<String, String> {
    BTreeMap::from([(DEPLOYMENT_LABEL.to_owned(), owner.name.clone())])
}

/// Metadata of a child.
#[must_use]
pub fn metadata(owner: &Owner, name: &str) -> ObjectMeta {
    ObjectMeta {
        name: Some(name.to_owned()),
        namespace: Some(owner.namespace.clone()),
        labels: Some(labels(owner)),
        owner_references: Some(vec![owner_reference(owner)]),
        ..ObjectMeta::default()
    }
}

/// The reference by which the garbage collector removes a child with its owner.
#[must_use]
pub fn owner_reference(owner: &Owner) -> OwnerReference {
    OwnerReference {
        api_version: "modelport.dev/v1alpha1".into(),
        kind: "ModelDeployment".into(),
        name: owner.name.clone(),
        uid: owner.uid.clone(),
        controller: Some(true),
        block_owner_deletion: Some(true),
    }
}
