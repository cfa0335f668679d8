//! The Deployment.

use k8s_openapi::{
    api::apps::v1::{Deployment, DeploymentSpec, DeploymentStrategy, RollingUpdateDeployment},
    apimachinery::pkg::{apis::meta::v1::LabelSelector, util::intstr::IntOrString},
};

use super::{Inputs, Owner, metadata, pod, selector};

/// Loading large weights takes long; a rollout that gets no further for this long is reported.
const PROGRESS_DEADLINE_SECONDS: i32 = 3600;
/// Old ReplicaSets kept; what was allowed is kept in the ControllerRevision.
const REVISION_HISTORY: i32 = 2;

/// The Deployment with this many replicas.
#[must_use]
pub fn render(owner: &Owner, inputs: &Inputs, replicas: i32) -> Deployment {
    Deployment {
        metadata: metadata(owner, &owner.name),
        spec: Some(DeploymentSpec {
            progress_deadline_seconds: Some(PROGRESS_DEADLINE_SECONDS),
            replicas: Some(replicas),
            revision_history_limit: Some(REVISION_HISTORY),
            selector: LabelSelector { match_labels: Some(selector(owner)), ..LabelSelector::default() },
            strategy: Some(DeploymentStrategy {
                type_: Some("RollingUpdate".into()),
                rolling_update: Some(RollingUpdateDeployment {
                    max_surge: Some(IntOrString::Int(1)),
                    max_unavailable: Some(IntOrString::Int(0)),
                }),
            }),
            template: pod::render(owner, inputs),
            ..DeploymentSpec::default()
        }),
        status: None,
    }
}
