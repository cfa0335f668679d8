//! What the pods of a deployment say together. Pure.

use k8s_openapi::api::apps::v1::{DeploymentCondition, DeploymentStatus};

use super::observed::{ContainerView, Observed, PodView};
use crate::{
    fetch::record::Outcome,
    plan::{pod::ENGINE, weights::FETCHER},
};

/// What the pods say together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pods {
    /// Pods that exist and are not going.
    pub exist: i32,
    /// Pods that are ready.
    pub ready: i32,
    /// Replicas of the newest template.
    pub updated: i32,
    /// Whether the rollout controller has seen the newest Deployment.
    pub observed: bool,
    /// Why a pod is not scheduled, in the scheduler's words.
    pub unscheduled: Option<String>,
    /// Whether the fetcher is at work.
    pub fetching: bool,
    /// How far it is, in steps of ten.
    pub fetched_percent: Option<u8>,
    /// Why the fetch failed: code and sentence.
    pub fetch_failed: Option<(String, String)>,
    /// Whether some pod has its weights.
    pub fetched: bool,
    /// Commit that was fetched.
    pub revision: Option<String>,
    /// Why the engine does not start: image, crash.
    pub failing: Option<String>,
    /// Why pods are not even created, in the API server's words: a quota, an admission policy.
    pub not_created: Option<String>,
}

impl Pods {
    /// Of what is observed.
    #[must_use]
    pub fn of(observed: &Observed) -> Self {
        let status = observed.deployment.as_ref().and_then(|d| d.status.as_ref());
        let generation = observed.deployment.as_ref().and_then(|d| d.metadata.generation);
        let mut all = Self {
            updated: status.and_then(|s| s.updated_replicas).unwrap_or(0),
            observed: status.is_some_and(|s| s.observed_generation >= generation),
            not_created: status.and_then(not_created),
            ..Self::default()
        };
        for pod in observed.pods.iter().filter(|p| p.metadata.deletion_timestamp.is_none()) {
            all.add(pod);
        }
        all
    }

    fn add(&mut self, pod: &PodView) {
        if matches!(pod.status.phase.as_deref(), Some("Failed" | "Succeeded")) {
            return;
        }
        self.exist += 1;
        let condition = |kind: &str| pod.status.conditions.iter().find(|c| c.kind == kind);
        if condition("Ready").is_some_and(|c| c.status == "True") {
            self.ready += 1;
        }
        if let Some(no) = condition("PodScheduled").filter(|c| c.status == "False") {
            self.unscheduled.get_or_insert_with(|| no.message.clone().unwrap_or_default());
        }
        if let Some(fetcher) = pod.status.init_container_statuses.iter().find(|c| c.name == FETCHER) {
            self.add_fetcher(fetcher);
        }
        if let Some(engine) = pod.status.container_statuses.iter().find(|c| c.name == ENGINE) {
            self.add_engine(engine);
        }
    }

    fn add_fetcher(&mut self, fetcher: &ContainerView) {
        let ended = fetcher.state.terminated.as_ref();
        if ended.is_some_and(|e| e.exit_code == Some(0)) {
            self.fetched = true;
            if let Some(Outcome::Fetched { revision, .. }) = ended.and_then(|e| Outcome::parse(e.message.as_deref()?)) {
                self.revision = Some(revision);
            }
            return;
        }
        let last = ended.or(fetcher.last_state.terminated.as_ref());
        if let Some(Outcome::Failed { reason, message }) = last.and_then(|e| Outcome::parse(e.message.as_deref()?)) {
            self.fetch_failed = Some((format!("{reason:?}"), message));
        } else if let Some(why) = stuck(fetcher) {
            self.failing = Some(why);
        }
        self.fetching |= fetcher.state.running.is_some();
    }

    fn add_engine(&mut self, engine: &ContainerView) {
        if let Some(why) = stuck(engine) {
            self.failing = Some(why);
        }
    }
}

fn not_created(status: &DeploymentStatus) -> Option<String> {
    let failure = |c: &&DeploymentCondition| c.type_ == "ReplicaFailure" && c.status == "True";
    status.conditions.iter().flatten().find(failure)?.message.clone()
}

/// Why a container cannot start, where it cannot; a first start is no failure.
pub(super) fn stuck(container: &ContainerView) -> Option<String> {
    let waiting = container.state.waiting.as_ref()?;
    let reason = waiting.reason.as_deref()?;
    if ![
        "CrashLoopBackOff",
        "ErrImagePull",
        "ImagePullBackOff",
        "ErrImageNeverPull",
        "InvalidImageName",
        "CreateContainerConfigError",
        "CreateContainerError",
        "RunContainerError",
    ]
    .contains(&reason)
    {
        return None;
    }
    let ended = container.last_state.terminated.as_ref();
    let code = ended.and_then(|e| e.exit_code).map(|c| format!(", exit code {c}")).unwrap_or_default();
    let message = waiting.message.as_deref().map(|m| format!(": {m}")).unwrap_or_default();
    Some(format!("container {}: {reason}{code}{message}", container.name))
}
