//! What is kept of each watched object: only fields that are read, so that ten thousand pods fit in memory.

use std::collections::BTreeMap;

use k8s_openapi::{
    api::core::v1::{Namespace, Node},
    apimachinery::pkg::{api::resource::Quantity, apis::meta::v1::ObjectMeta},
};
use kube::ResourceExt;
use serde::{Deserialize, Serialize};

use crate::plan::fit::{NodeSummary, TaintView};

/// A node: where it stands, what it carries.
#[derive(kube::Resource, Clone, Debug, Default, Deserialize, Serialize)]
#[resource(inherit = Node)]
pub struct NodeView {
    /// Name and labels.
    pub metadata: ObjectMeta,
    /// Provider id and taints.
    #[serde(default)]
    pub spec: NodeSpecView,
    /// What it can carry.
    #[serde(default)]
    pub status: NodeStatusView,
}

impl NodeView {
    /// What a plan looks at.
    #[must_use]
    pub fn summary(&self) -> NodeSummary {
        let NodeStatusView { allocatable, capacity } = &self.status;
        let carries = if allocatable.is_empty() { capacity } else { allocatable };
        let extended = carries.iter().filter(|(name, _)| name.contains('/'));
        let accelerators = extended.filter_map(|(name, q)| Some((name.clone(), q.0.parse().ok().filter(|n| *n > 0)?)));
        NodeSummary {
            name: self.name_any(),
            labels: self.labels().clone(),
            taints: self.spec.taints.clone(),
            unschedulable: self.spec.unschedulable,
            accelerators: accelerators.collect(),
            capacity_unsaid: carries.is_empty(),
            provider_id: self.spec.provider_id.clone().unwrap_or_default(),
        }
    }
}

/// Provider id and taints.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeSpecView {
    /// The cloud's id of the machine.
    #[serde(default, rename = "providerID")]
    pub provider_id: Option<String>,
    /// Taints.
    #[serde(default)]
    pub taints: Vec<TaintView>,
    /// Cordoned.
    #[serde(default)]
    pub unschedulable: bool,
}

/// What a node can carry.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct NodeStatusView {
    /// Allocatable.
    #[serde(default)]
    pub allocatable: BTreeMap<String, Quantity>,
    /// Capacity, for a node that is written down without the other.
    #[serde(default)]
    pub capacity: BTreeMap<String, Quantity>,
}

/// A namespace: its labels.
#[derive(kube::Resource, Clone, Debug, Default, Deserialize, Serialize)]
#[resource(inherit = Namespace)]
pub struct NamespaceView {
    /// Name and labels.
    pub metadata: ObjectMeta,
}

/// Drops what no reconcile reads, before it reaches a store.
pub fn trim<K: ResourceExt>(object: &mut K) {
    object.meta_mut().managed_fields = None;
}

/// As [`trim`], and of a pod or node the annotations too.
pub fn trim_with_annotations<K: ResourceExt>(object: &mut K) {
    trim(object);
    object.meta_mut().annotations = None;
}
