//! `InferenceRuntime`: an engine as data; the same shape as the built-in ones in the catalogue.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{CustomResource, KubeSchema};
use serde::{Deserialize, Serialize};

use crate::catalog::engine::Engine;

/// An engine as data. Written by the platform team.
#[derive(CustomResource, KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[kube(
    group = "modelport.dev",
    version = "v1alpha1",
    kind = "InferenceRuntime",
    plural = "inferenceruntimes",
    category = "modelport",
    status = "InferenceRuntimeStatus",
    derive = "PartialEq",
    printcolumn(name = "Ready", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].status"),
    printcolumn(name = "Reason", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].reason"),
    printcolumn(name = "Image", type_ = "string", json_path = ".spec.engine.image"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase")]
pub struct InferenceRuntimeSpec {
    /// The engine.
    pub engine: Engine,
    /// This engine replaces the built-in one of the same name.
    #[serde(default)]
    pub overrides: bool,
}

/// What the operator found in the object.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct InferenceRuntimeStatus {
    /// `Ready`, with what is wrong in the object if it is not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["type".into()]))]
    pub conditions: Vec<Condition>,
}
