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

/// Lets the rollout take every pod of an older template at once, replacement or not: their time in a place that is no
/// longer let is over. No part of the template, so that nothing is rolled out for it.
pub fn let_go(deployment: &mut Deployment) {
    let strategy = deployment.spec.as_mut().and_then(|spec| spec.strategy.as_mut());
    if let Some(rolling) = strategy.and_then(|strategy| strategy.rolling_update.as_mut()) {
        rolling.max_unavailable = Some(IntOrString::String("100%".into()));
    }
}

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
