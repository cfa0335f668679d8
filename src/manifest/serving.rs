//! How much is served and by what: runtime, accelerators, scaling, rollout, exposure.

use std::collections::BTreeMap;

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which engine serves, and with which of the arguments that it lists.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Runtime {
    /// An InferenceRuntime or a built-in engine, such as `llama-cpp`, `vllm`, `sglang`; absent: chosen by the model's format.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 63))]
    pub name: Option<String>,
    /// Arguments, by the names that the runtime lists.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(length(max = 64), extend("additionalProperties" = {"type": "string", "maxLength": 256}))]
    pub arguments: BTreeMap<String, String>,
    /// The few things about the pod that a tenant may set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pod: Option<PodOverride>,
}

/// The few things about the pod that a tenant may set. None of them widens a right.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct PodOverride {
    /// Requests, such as `cpu: "4"`, `memory: 16Gi`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(length(max = 8), extend("additionalProperties" = {"type": "string", "maxLength": 32}))]
    pub requests: BTreeMap<String, String>,
    /// Limits.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(length(max = 8), extend("additionalProperties" = {"type": "string", "maxLength": 32}))]
    pub limits: BTreeMap<String, String>,
    /// Priority class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 253))]
    pub priority_class_name: Option<String>,
    /// Runtime class, for GPU nodes that need one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 253))]
    pub runtime_class_name: Option<String>,
    /// Names of pull secrets in the namespace.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 8), inner(length(min = 1, max = 253)))]
    pub image_pull_secrets: Vec<String>,
    /// Size of `/dev/shm`, such as `2Gi`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 32))]
    pub shared_memory: Option<String>,
}

/// Accelerators of one replica.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Accelerators {
    /// Product as the catalogue or the node's label names it, such as `A10`; absent: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 63))]
    pub product: Option<String>,
    /// Extended resource; `nvidia.com/gpu` unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 253))]
    pub resource: Option<String>,
    /// How many, for each replica.
    #[schemars(range(min = 1, max = 64))]
    pub count: i32,
}

/// How many replicas: a number, or a range with a metric; never both.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("!(has(self.replicas) && (has(self.min) || has(self.max)))")
    .message("scaling: write replicas, or min and max, not both").reason(Reason::FieldValueInvalid))]
#[x_kube(validation = Rule::new("!has(self.min) || (has(self.max) && self.min <= self.max)")
    .message("scaling: min needs a max that is at least as large").reason(Reason::FieldValueInvalid))]
pub struct Scaling {
    /// Fixed number; 1 unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1000))]
    pub replicas: Option<i32>,
    /// Least number of replicas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1000))]
    pub min: Option<i32>,
    /// Largest number of replicas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1000))]
    pub max: Option<i32>,
    /// What is scaled on; required with min and max.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 63))]
    pub metric: Option<String>,
}

/// When a newer content of the runtime is taken.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Rollout {
    /// `OnChange` (default: with the next change of this object) or `Auto` (at once).
    #[serde(default)]
    pub runtime_updates: RuntimeUpdates,
}

/// When a newer content of the runtime is taken.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RuntimeUpdates {
    /// With the next change of the ModelDeployment.
    #[default]
    OnChange,
    /// At once.
    Auto,
}

/// How the model is reached.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Expose {
    /// `ClusterIP` (default) or `Headless`.
    #[serde(default)]
    pub service: ServiceShape,
}

/// The Service's shape.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ServiceShape {
    /// One virtual address.
    #[default]
    ClusterIP,
    /// No virtual address; names resolve to the pods.
    Headless,
}
