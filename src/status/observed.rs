//! What exists for one deployment, as far as it is looked at. Plain values: whoever watches fills them in.

use std::sync::Arc;

use k8s_openapi::{
    api::{
        apps::v1::{ControllerRevision, Deployment},
        core::v1::{Pod, Service},
        policy::v1::PodDisruptionBudget,
    },
    apimachinery::pkg::apis::meta::v1::ObjectMeta,
};
use serde::{Deserialize, Serialize};

use crate::{
    decide::Verdict,
    plan::{next::RunsNow, revision},
};

/// What exists for one deployment.
#[derive(Clone, Default)]
pub struct Observed {
    /// Its Deployment, whoever owns it.
    pub deployment: Option<Arc<Deployment>>,
    /// Its Service, whoever owns it.
    pub service: Option<Arc<Service>>,
    /// Its budget, whoever owns it.
    pub budget: Option<Arc<PodDisruptionBudget>>,
    /// Its revisions.
    pub revisions: Vec<Arc<ControllerRevision>>,
    /// Its pods.
    pub pods: Vec<Arc<PodView>>,
}

impl Observed {
    /// What runs, as far as our own revision tells; nothing where nothing was ever allowed.
    #[must_use]
    pub fn runs_now(&self) -> Option<RunsNow> {
        let newest = self.revisions.iter().max_by_key(|r| (r.revision, r.metadata.creation_timestamp.clone()))?;
        let (inputs, memory) = revision::read(newest)?;
        let deployment = self.deployment.as_ref()?;
        let replicas = deployment.spec.as_ref().and_then(|s| s.replicas).unwrap_or(0);
        let pending = |pod: &PodView| pod.status.phase.as_deref() == Some("Pending") && pod.spec.node_name.is_none();
        Some(RunsNow { inputs, memory, replicas, pods_pend: self.pods.iter().any(|p| pending(p)) })
    }

    /// Whether pods may run of which nothing is on record: the revision is not restored yet, or a newer version of ours
    /// wrote it. They are taken away for a refusal, and never because a fact is missing.
    #[must_use]
    pub fn must_be_left(&self, verdict: Verdict) -> bool {
        verdict == Verdict::Waiting && self.deployment.is_some() && self.runs_now().is_none()
    }
}

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
