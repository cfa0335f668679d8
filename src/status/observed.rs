//! What exists for one deployment, as far as it is looked at. Plain values: whoever watches fills them in.

use std::sync::Arc;

use k8s_openapi::{
    api::{
        apps::v1::{ControllerRevision, Deployment},
        batch::v1::Job,
        core::v1::{NodeSelector, Pod, Service},
        policy::v1::PodDisruptionBudget,
    },
    apimachinery::pkg::apis::meta::v1::{ObjectMeta, Time},
};
use serde::{Deserialize, Serialize};

use super::asked;
use crate::{
    decide::Verdict,
    plan::{
        fit::NodeSummary,
        next::{Exists, RunsNow},
        revision, selector,
        standing::{Placed, Standing},
    },
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
    /// Jobs that ask what its tag stands for.
    pub digest_jobs: Vec<Arc<Job>>,
    /// Their pods, whoever made them.
    pub digest_pods: Vec<Arc<PodView>>,
}

impl Observed {
    /// What the next step hangs on. Nodes are sorted by name.
    #[must_use]
    pub fn exists<'a>(&'a self, nodes: &'a [NodeSummary], owner: &str) -> Exists<'a> {
        Exists { runs: self.runs_now(nodes), tag: asked::known(self, owner) }
    }

    /// What runs, as far as our own revision tells; nothing where nothing was ever allowed. Nodes are sorted by name.
    #[must_use]
    pub fn runs_now<'a>(&'a self, nodes: &'a [NodeSummary]) -> Option<RunsNow<'a>> {
        let newest = self.revisions.iter().max_by_key(|r| (r.revision, r.metadata.creation_timestamp.clone()))?;
        let (inputs, memory) = revision::read(newest)?;
        let deployment = self.deployment.as_ref()?;
        let replicas = deployment.spec.as_ref().and_then(|s| s.replicas).unwrap_or(0);
        let pending = |pod: &PodView| pod.status.phase.as_deref() == Some("Pending") && pod.spec.node_name.is_none();
        let pods_pend = self.pods.iter().any(|p| pending(p));
        Some(RunsNow { inputs, memory, replicas, pods_pend, standing: self.standing(nodes) })
    }

    fn standing<'a>(&'a self, nodes: &'a [NodeSummary]) -> Standing<'a> {
        let placed = |pod: &'a Arc<PodView>| {
            let node = pod.spec.node_name.as_deref().filter(|_| pod.stands())?;
            let node = nodes.get(nodes.binary_search_by(|n| n.name.as_str().cmp(node)).ok()?)?;
            let own = pod.spec.required();
            Some(Placed {
                pod: pod.metadata.name.as_deref()?,
                uid: pod.metadata.uid.as_deref()?,
                node,
                own_template_lets: own.is_none_or(|own| selector::lets(own, &node.name, &node.labels)),
            })
        };
        Standing { placed: self.pods.iter().filter_map(placed).collect(), nodes, rolls: self.rolls() }
    }

    /// Whether pods of an older template are still there.
    fn rolls(&self) -> bool {
        let Some(deployment) = self.deployment.as_deref() else { return false };
        let Some(status) = deployment.status.as_ref() else { return true };
        status.observed_generation < deployment.metadata.generation
            || status.updated_replicas.unwrap_or(0) < status.replicas.unwrap_or(0)
    }

    /// Whether a pod stands on this node.
    #[must_use]
    pub fn stands_on(&self, node: &str) -> bool {
        self.pods.iter().any(|pod| pod.stands() && pod.spec.node_name.as_deref() == Some(node))
    }

    /// Pods that have a node and are not going.
    #[must_use]
    pub fn bound(&self) -> usize {
        self.pods.iter().filter(|pod| pod.spec.node_name.is_some() && pod.stands()).count()
    }

    /// Whether pods may run of which nothing is on record: the revision is not restored yet, or a newer version of ours
    /// wrote it. They are taken away for a refusal, and never because a fact is missing.
    #[must_use]
    pub fn must_be_left(&self, verdict: Verdict) -> bool {
        verdict == Verdict::Waiting && self.deployment.is_some() && self.runs_now(&[]).is_none()
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

impl PodView {
    /// Whether it is there to stay: neither going nor ended.
    #[must_use]
    pub fn stands(&self) -> bool {
        self.metadata.deletion_timestamp.is_none()
            && !matches!(self.status.phase.as_deref(), Some("Failed" | "Succeeded"))
    }
}

/// Where a pod stands, and where it asked to.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PodSpecView {
    /// Node, once bound.
    #[serde(default)]
    pub node_name: Option<String>,
    /// Affinity.
    #[serde(default)]
    pub affinity: Option<AffinityView>,
}

impl PodSpecView {
    /// The nodes that it asks for.
    #[must_use]
    pub fn required(&self) -> Option<&NodeSelector> {
        self.affinity.as_ref()?.node_affinity.as_ref()?.required_during_scheduling_ignored_during_execution.as_ref()
    }
}

/// A pod's affinity, as far as it is required.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AffinityView {
    /// To nodes.
    #[serde(default)]
    pub node_affinity: Option<NodeAffinityView>,
}

/// A pod's affinity to nodes, as far as it is required.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeAffinityView {
    /// Terms, any of which lets a node.
    #[serde(default)]
    pub required_during_scheduling_ignored_during_execution: Option<NodeSelector>,
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
    /// When it ended.
    #[serde(default)]
    pub finished_at: Option<Time>,
}
