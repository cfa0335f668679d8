//! What is kept of each watched object: only fields that are read, so that ten thousand pods fit in memory.

use std::collections::BTreeMap;

use k8s_openapi::{
    api::{
        apps::v1::Deployment,
        core::v1::{Namespace, Node, Pod},
    },
    apimachinery::pkg::{api::resource::Quantity, apis::meta::v1::ObjectMeta},
};
use kube::ResourceExt;
use serde::{Deserialize, Serialize};

/// A pod: where it stands and how it is.
#[derive(kube::Resource, Clone, Debug, Default, Deserialize, Serialize)]
#[resource(inherit = Pod)]
pub struct PodView {
    /// Name, labels, owner, deletion.
    pub metadata: ObjectMeta,
    /// Where it stands.
    #[serde(default)]
    pub spec: PodSpecView,
    /// How it is.
    #[serde(default)]
    pub status: PodStatusView,
}

/// Where a pod stands.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PodSpecView {
    /// Node, once bound.
    #[serde(default)]
    pub node_name: Option<String>,
}

/// How a pod is.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PodStatusView {
    /// Phase.
    #[serde(default)]
    pub phase: Option<String>,
    /// Conditions.
    #[serde(default)]
    pub conditions: Vec<PodConditionView>,
    /// The fetcher.
    #[serde(default)]
    pub init_container_statuses: Vec<ContainerView>,
    /// The engine.
    #[serde(default)]
    pub container_statuses: Vec<ContainerView>,
}

/// A pod's condition.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct PodConditionView {
    /// Type.
    #[serde(default, rename = "type")]
    pub kind: String,
    /// Status.
    #[serde(default)]
    pub status: String,
    /// Reason.
    #[serde(default)]
    pub reason: Option<String>,
    /// Message.
    #[serde(default)]
    pub message: Option<String>,
}

/// A container's state.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ContainerView {
    /// Name.
    #[serde(default)]
    pub name: String,
    /// Whether it is ready.
    #[serde(default)]
    pub ready: bool,
    /// How often it was restarted.
    #[serde(default)]
    pub restart_count: i32,
    /// Now.
    #[serde(default)]
    pub state: StateView,
    /// Before.
    #[serde(default)]
    pub last_state: StateView,
}

/// One of running, waiting, terminated.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct StateView {
    /// It runs.
    #[serde(default)]
    pub running: Option<serde_json::Value>,
    /// It waits.
    #[serde(default)]
    pub waiting: Option<WhyView>,
    /// It ended.
    #[serde(default)]
    pub terminated: Option<WhyView>,
}

/// Why a container waits or ended.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WhyView {
    /// Reason.
    #[serde(default)]
    pub reason: Option<String>,
    /// Message; of our fetcher: JSON.
    #[serde(default)]
    pub message: Option<String>,
    /// Exit code.
    #[serde(default)]
    pub exit_code: Option<i32>,
}

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

/// A taint.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
pub struct TaintView {
    /// Key.
    pub key: String,
    /// Value.
    #[serde(default)]
    pub value: Option<String>,
    /// Effect.
    pub effect: String,
}

/// What a node can carry.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct NodeStatusView {
    /// Allocatable.
    #[serde(default)]
    pub allocatable: BTreeMap<String, Quantity>,
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

/// A Deployment without what we do not compare.
pub fn trim_deployment(object: &mut Deployment) {
    trim(object);
    if let Some(status) = object.status.as_mut() {
        status.conditions = status
            .conditions
            .take()
            .map(|c| c.into_iter().filter(|c| c.status != "True" || c.type_ == "Progressing").collect());
    }
}
