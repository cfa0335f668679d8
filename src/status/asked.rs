//! What the Jobs that ask a registry came to, from their status and from their pods' last words. Pure.

use jiff::Timestamp;
use k8s_openapi::api::{
    apps::v1::Deployment,
    batch::v1::{Job, JobCondition},
};

use super::{
    observed::{Observed, PodView},
    pods,
};
use crate::{
    fetch::registry::answer::Answer,
    manifest::names::{DIGEST_ATTEMPT, DIGEST_BEFORE},
    plan::{
        digest::{Asked, Known, Went},
        digest_job::ASKER,
        is_controlled_by,
        weights::VOLUME,
    },
};

/// What is known of a tag, from what exists for the deployment with this UID.
pub(super) fn known(observed: &Observed, owner: &str) -> Known {
    let jobs = observed.digest_jobs.iter().filter(|job| is_controlled_by(&job.metadata, owner));
    Known {
        template: observed.deployment.as_deref().and_then(mounted),
        asked: jobs.filter_map(|job| asked(job, &observed.digest_pods)).collect(),
    }
}

/// The image that a Deployment's template mounts the weights from.
fn mounted(deployment: &Deployment) -> Option<String> {
    let volumes = deployment.spec.as_ref()?.template.spec.as_ref()?.volumes.as_ref()?;
    volumes.iter().find(|volume| volume.name == VOLUME)?.image.as_ref()?.reference.clone()
}

fn asked(job: &Job, pods: &[std::sync::Arc<PodView>]) -> Option<Asked> {
    let annotation = |key: &str| job.metadata.annotations.as_ref().and_then(|a| a.get(key)).cloned();
    let uid = job.metadata.uid.as_deref()?;
    let pod = pods.iter().find(|pod| is_controlled_by(&pod.metadata, uid)).map(AsRef::as_ref);
    Some(Asked {
        name: job.metadata.name.clone()?,
        attempt: annotation(DIGEST_ATTEMPT).and_then(|n| n.parse().ok()).unwrap_or(0),
        before: annotation(DIGEST_BEFORE),
        went: went(job, pod),
    })
}

fn went(job: &Job, pod: Option<&PodView>) -> Went {
    let created = job.metadata.creation_timestamp.as_ref().map_or(Timestamp::UNIX_EPOCH, |t| t.0);
    let container = pod.and_then(|pod| pod.status.container_statuses.iter().find(|c| c.name == ASKER));
    if let Some(last) = container.and_then(|c| c.state.terminated.as_ref()) {
        let at = last.finished_at.as_ref().map_or(created, |t| t.0);
        return match Answer::parse(last.message.as_deref().unwrap_or_default()) {
            Answer::Digest(digest) => Went::Digest(digest, at),
            Answer::Failed { reason, message } => Went::Without(format!("{reason:?}: {message}"), at),
            Answer::Unreadable => {
                let how = last.reason.as_deref().unwrap_or("no reason");
                let code = last.exit_code.unwrap_or_default();
                let why =
                    format!("the pod that asked ended without an answer that reads as one ({how}, exit code {code})");
                Went::Without(why, at)
            }
        };
    }
    if let Some(over) = over(job) {
        let why = [over.reason.as_deref(), over.message.as_deref()];
        let why: Vec<&str> = why.into_iter().flatten().filter(|text| !text.is_empty()).collect();
        let why = format!("the Job that asks brought no answer ({})", why.join(": "));
        return Went::Without(why, over.last_transition_time.as_ref().map_or(created, |t| t.0));
    }
    let unscheduled = || {
        let conditions = &pod?.status.conditions;
        let no = conditions.iter().find(|c| c.kind == "PodScheduled" && c.status == "False")?;
        Some(format!("its pod has no node: {}", no.message.as_deref().unwrap_or_default()))
    };
    Went::Asking(container.and_then(pods::stuck).or_else(unscheduled))
}

fn over(job: &Job) -> Option<&JobCondition> {
    let conditions = job.status.as_ref()?.conditions.as_ref()?;
    conditions.iter().find(|c| matches!(c.type_.as_str(), "Complete" | "Failed") && c.status == "True")
}
