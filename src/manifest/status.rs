//! The status of a ModelDeployment. Output only: nothing is ever decided from it.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Findings that the status holds at most; the rest is a count.
pub const MAX_STATUS_FINDINGS: usize = 8;

/// What was decided and what is.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct ModelDeploymentStatus {
    /// Generation that the rest describes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// `Allowed`, `Refused` or `Waiting`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<String>,
    /// Id of the decision, short form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
    /// What decided, weightiest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<StatusFinding>,
    /// How many findings there are in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub findings_total: Option<i64>,
    /// What is owed while it runs, in short.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub obligations: Vec<StatusObligation>,
    /// Licences that apply, for the table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// Countries that the pods may stand in, for the table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub countries: Option<String>,
    /// The model, as resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<StatusModel>,
    /// Engine that the pods run, pinned at their rollout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runtime: Option<String>,
    /// Where to call it, inside the cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// Pods that exist.
    #[serde(default)]
    pub replicas: i32,
    /// Pods that are ready.
    #[serde(default)]
    pub ready_replicas: i32,
    /// Ready and wanted, for the table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replicas_text: Option<String>,
    /// Label selector, for the scale subresource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selector: Option<String>,
    /// Eligible, Placeable, ModelReady, Progressing, Available, Ready, Stalled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["type".into()]))]
    pub conditions: Vec<Condition>,
}

/// A finding in short.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct StatusFinding {
    /// Stable code.
    pub reason: String,
    /// `Refuses`, `Waits`, `Warns` or `Passes`.
    pub effect: String,
    /// The sentence.
    pub message: String,
}

/// An obligation in short.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct StatusObligation {
    /// Kind, such as `Display`.
    pub kind: String,
    /// Licence and clause.
    pub by: String,
    /// What.
    pub what: String,
}

/// The model, as resolved.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct StatusModel {
    /// Repository, such as `Qwen/Qwen3-8B`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Last part of the name, with progress while it is fetched, for the table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
    /// Revision that the pods run, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// Digest of the artefact that the pods mount, of a model from a registry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// The tag that it was resolved from, where the manifest does not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_from: Option<String>,
    /// When the registry was asked (RFC 3339); absent where it was found in what runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<String>,
    /// Name to send in requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub served_name: Option<String>,
    /// How the licence is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license_known_by: Option<String>,
}
